/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_value_bytes.h"

#include "base/atd_limits.h"

#include <string.h>

/* One level more than front matter has: the map that it is. */
#define MAX_DEPTH (ATD_MAX_DATA_DEPTH + 2)

typedef struct reader_t {
    const unsigned char *at;
    const unsigned char *end;
    bool failed;
    apr_pool_t *pool;
} reader_t;

/* Seven bits a byte, the lowest first; the top bit says that another one follows. */
static void put_number(atd_buffer_t *out, apr_uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        atd_buffer_putc(out, (char)(0x80 | (number & 0x7F)));
    atd_buffer_putc(out, (char)number);
}

static apr_uint64_t take_number(reader_t *reader)
{
    apr_uint64_t number = 0;

    for (unsigned shift = 0; shift < 63 && reader->at < reader->end; shift += 7) {
        unsigned byte = *reader->at++;

        number |= (apr_uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return number;
    }
    reader->failed = true;
    return 0;
}

/* With a NUL, so that it can be read where it lies. */
static void put_text(atd_buffer_t *out, const char *text, apr_size_t length)
{
    put_number(out, length);
    atd_buffer_add(out, text, length);
    atd_buffer_putc(out, '\0');
}

static const char *take_text(apr_size_t *length, reader_t *reader)
{
    apr_uint64_t size = take_number(reader);
    const char *text = (const char *)reader->at;

    *length = 0;
    if (reader->failed || size >= (apr_uint64_t)(reader->end - reader->at) || text[size] != '\0') {
        reader->failed = true;
        return "";
    }
    *length = (apr_size_t)size;
    reader->at += size + 1;
    return text;
}

void atd_value_pack(atd_buffer_t *out, const atd_value_t *value)
{
    atd_type_t type = atd_value_type(value);

    put_number(out, type);
    put_number(out, atd_value_line(value));
    put_number(out, atd_value_column(value));
    if (type != ATD_LIST && type != ATD_MAP) {
        put_text(out, atd_value_text(value) ? atd_value_text(value) : "", atd_value_length(value));
        return;
    }
    put_number(out, atd_value_count(value));
    for (apr_size_t i = 0; i < atd_value_count(value); i++) {
        const char *key = atd_value_key_at(value, i);

        if (key)
            put_text(out, key, strlen(key));
        atd_value_pack(out, atd_value_at(value, i));
    }
}

static atd_value_t *take_value(reader_t *reader, int depth);

static atd_value_t *take_scalar(reader_t *reader, atd_type_t type)
{
    apr_size_t length;
    const char *text = take_text(&length, reader);

    return type == ATD_STRING ? atd_value_string_ref(reader->pool, text, length)
                              : atd_value_plain(reader->pool, text, length);
}

static atd_value_t *take_children(reader_t *reader, atd_type_t type, int depth)
{
    atd_value_t *value = type == ATD_MAP ? atd_value_map(reader->pool) : atd_value_list(reader->pool);
    apr_uint64_t count = take_number(reader);

    for (apr_uint64_t i = 0; i < count && !reader->failed; i++) {
        apr_size_t length;
        const char *key = type == ATD_MAP ? take_text(&length, reader) : NULL;
        atd_value_t *child = take_value(reader, depth + 1);

        if (key)
            atd_value_set(value, key, child);
        else
            atd_value_push(value, child);
    }
    return value;
}

static atd_value_t *take_value(reader_t *reader, int depth)
{
    apr_uint64_t type = take_number(reader);
    apr_uint64_t line = take_number(reader);
    apr_uint64_t column = take_number(reader);
    atd_value_t *value;

    if (depth > MAX_DEPTH || type > ATD_MAP)
        reader->failed = true;
    if (reader->failed)
        return atd_value_null(reader->pool);
    value = type == ATD_LIST || type == ATD_MAP ? take_children(reader, (atd_type_t)type, depth)
                                                : take_scalar(reader, (atd_type_t)type);
    atd_value_set_place(value, (unsigned)line, (unsigned)column);
    return value;
}

const atd_value_t *atd_value_unpack(const char *bytes, apr_size_t length, apr_pool_t *pool)
{
    reader_t reader = {.at = (const unsigned char *)bytes, .end = (const unsigned char *)bytes + length, .pool = pool};
    const atd_value_t *value = take_value(&reader, 0);

    return reader.failed || reader.at != reader.end ? NULL : value;
}
