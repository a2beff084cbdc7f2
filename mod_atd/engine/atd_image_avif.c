/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_image_private.h"

/*
 * An AVIF file is a tree of boxes (ISO 14496-12, 4.2), of which these matter here:
 *
 *     ftyp
 *     meta --- pitm              which item is the image
 *          \-- iprp --- ipco     the properties, ispe and irot among them
 *                   \-- ipma     which of them each item has, by their numbers from 1
 *
 * A box must be whole. One that is cut off could hide a rotation, and then the sides would be the wrong way round.
 */
typedef struct box_t {
    atd_part_t head; /* from the size on */
    atd_part_t content;
} box_t;

/* Numbers of the properties that an item has. */
typedef struct properties_t {
    atd_part_t numbers;
    unsigned size; /* of a number, in bytes; its first bit says that the property is essential */
    apr_uint64_t count;
} properties_t;

typedef struct sides_t {
    apr_uint64_t width;
    apr_uint64_t height;
} sides_t;

static bool is_box(const box_t *box, const char *type)
{
    return atd_part_has(box->head, 4, type, 4);
}

/* Takes the first box off @p rest. Its size is 1 where a longer one follows, and 0 where it takes all that is left. */
static bool next_box(box_t *box, atd_part_t *rest)
{
    apr_uint64_t size;
    unsigned header = 8;

    if (!atd_part_big(&size, *rest, 0, 4))
        return false;
    if (size == 0)
        size = rest->length;
    else if (size == 1 && atd_part_big(&size, *rest, 8, 8))
        header = 16;
    if (size < header || !atd_part_cut(&box->head, *rest, size))
        return false;
    box->content = atd_part_from(box->head, header);
    *rest = atd_part_from(*rest, (apr_size_t)size);
    return true;
}

static bool find_box(box_t *box, atd_part_t rest, const char *type)
{
    while (next_box(box, &rest))
        if (is_box(box, type))
            return true;
    return false;
}

/* A HEIC photo names mif1, too: among the brands only AVIF's own tell, even where the major one is mif1. */
static bool is_avif(atd_part_t file)
{
    atd_part_t brands;
    box_t box;

    if (!next_box(&box, &file) || !is_box(&box, "ftyp"))
        return false;
    brands = box.content;
    for (apr_size_t at = 0; at < brands.length; at += at == 0 ? 8 : 4) /* the second word is a version */
        if (atd_part_has(brands, at, "avif", 4) || atd_part_has(brands, at, "avis", 4))
            return true;
    return false;
}

static bool read_primary(apr_uint64_t *item, atd_part_t meta)
{
    apr_uint64_t version;
    box_t box;

    return find_box(&box, meta, "pitm") && atd_part_big(&version, box.content, 0, 1) &&
           atd_part_big(item, box.content, 4, version == 0 ? 2 : 4);
}

/* The entry of @p item in an ipma box (ISO 23008-12, 9.3.2). */
static bool find_entry(properties_t *properties, atd_part_t ipma, apr_uint64_t item)
{
    apr_uint64_t version, flags, entries, id;
    unsigned id_size;
    apr_size_t at = 8;

    if (!atd_part_big(&version, ipma, 0, 1) || !atd_part_big(&flags, ipma, 1, 3) || !atd_part_big(&entries, ipma, 4, 4))
        return false;
    id_size = version == 0 ? 2 : 4;
    properties->size = flags & 1 ? 2 : 1;
    for (; entries > 0; entries--) {
        if (!atd_part_big(&id, ipma, at, id_size) || !atd_part_big(&properties->count, ipma, at + id_size, 1))
            return false;
        at += id_size + 1;
        properties->numbers = atd_part_from(ipma, at);
        if (id == item)
            return true;
        at += (apr_size_t)properties->count * properties->size;
    }
    return false;
}

static bool find_properties(properties_t *properties, atd_part_t iprp, apr_uint64_t item)
{
    box_t box;

    while (next_box(&box, &iprp))
        if (is_box(&box, "ipma") && find_entry(properties, box.content, item))
            return true;
    return false;
}

static bool find_property(box_t *box, atd_part_t ipco, apr_uint64_t number)
{
    for (; number > 0; number--)
        if (!next_box(box, &ipco))
            return false;
    return true;
}

/* Extents set the sides, and a quarter of a turn, or three, swaps them; other properties don't touch them. */
static bool apply(sides_t *sides, const box_t *property)
{
    const sides_t before = *sides;
    apr_uint64_t turns;

    if (is_box(property, "ispe"))
        return atd_part_big(&sides->width, property->content, 4, 4) &&
               atd_part_big(&sides->height, property->content, 8, 4);
    if (!is_box(property, "irot"))
        return true;
    if (!atd_part_big(&turns, property->content, 0, 1))
        return false;
    if (turns & 1)
        *sides = (sides_t){.width = before.height, .height = before.width};
    return true;
}

/* An entry has at most 255 properties, which bounds the walks through them. */
static bool apply_all(sides_t *sides, const properties_t *properties, atd_part_t ipco)
{
    const apr_uint64_t mask = properties->size == 2 ? 0x7FFF : 0x7F;
    apr_uint64_t number;
    box_t property;

    for (apr_size_t i = 0; i < properties->count; i++) {
        if (!atd_part_big(&number, properties->numbers, i * properties->size, properties->size))
            return false;
        if ((number & mask) == 0)
            continue;
        if (!find_property(&property, ipco, number & mask) || !apply(sides, &property))
            return false;
    }
    return true;
}

bool atd_image_avif(atd_image_t *image, atd_part_t file)
{
    properties_t properties;
    sides_t sides = {0};
    box_t box, ipco;
    apr_uint64_t item;
    atd_part_t meta;

    if (!is_avif(file) || !find_box(&box, file, "meta"))
        return false;
    meta = atd_part_from(box.content, 4); /* after a version and flags */
    if (!read_primary(&item, meta) || !find_box(&box, meta, "iprp") || !find_box(&ipco, box.content, "ipco"))
        return false;
    return find_properties(&properties, box.content, item) && apply_all(&sides, &properties, ipco.content) &&
           atd_image_set(image, "image/avif", sides.width, sides.height);
}
