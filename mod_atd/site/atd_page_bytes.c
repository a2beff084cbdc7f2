/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"

#include <string.h>

/* A page as bytes: this record, then its texts, each with a NUL, then the body with one. */
typedef struct record_t {
    apr_int64_t modified;
    apr_int64_t ends;
    apr_uint32_t texts; /* bytes of all texts */
    apr_uint32_t length;
    apr_uint16_t status;
    unsigned char encoding;
    unsigned char flags;
} record_t;

enum { FLAG_IMMUTABLE = 1, FLAG_INDEXABLE = 2, FLAG_ANY_ORIGIN = 4, FLAG_BEST = 8, FLAG_KEEPS_QUERY = 16 };

#define TEXTS 8

/* In the order in which they stand; an absent one is empty. */
static void list_texts(const char **texts, const atd_page_t *page)
{
    texts[0] = page->type;
    texts[1] = page->lang;
    texts[2] = page->location;
    texts[3] = page->etag;
    texts[4] = page->plain_etag;
    texts[5] = page->tags;
    texts[6] = page->preload;
    texts[7] = page->links;
}

static unsigned char flags_of(const atd_page_t *page)
{
    return (unsigned char)((page->immutable ? FLAG_IMMUTABLE : 0) | (page->indexable ? FLAG_INDEXABLE : 0) |
                           (page->any_origin ? FLAG_ANY_ORIGIN : 0) | (page->best ? FLAG_BEST : 0) |
                           (page->keeps_query ? FLAG_KEEPS_QUERY : 0));
}

static apr_size_t length_of(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

bool atd_page_pack(const char **bytes, apr_size_t *length, const atd_page_t *page, apr_pool_t *pool)
{
    record_t record = {
        .modified = page->modified,
        .ends = page->ends,
        .length = (apr_uint32_t)page->length,
        .status = (apr_uint16_t)page->status,
        .encoding = (unsigned char)page->encoding,
        .flags = flags_of(page),
    };
    const char *texts[TEXTS];
    char *to;

    list_texts(texts, page);
    for (int i = 0; i < TEXTS; i++)
        record.texts += (apr_uint32_t)length_of(texts[i]);
    if (page->length > APR_UINT32_MAX / 4)
        return false;
    *length = sizeof record + record.texts + page->length + 1;
    to = apr_palloc(pool, *length);
    *bytes = to;
    memcpy(to, &record, sizeof record);
    to += sizeof record;
    for (int i = 0; i < TEXTS; i++) {
        memcpy(to, texts[i] ? texts[i] : "", length_of(texts[i]));
        to += length_of(texts[i]);
    }
    memcpy(to, page->body, page->length);
    to[page->length] = '\0';
    return true;
}

/* The text at @p *at, which is moved behind it, or to NULL where none ends before @p end; NULL for an empty one. */
static const char *take_text(const char **at, const char *end)
{
    const char *text = *at;
    const char *nul = text ? memchr(text, '\0', (apr_size_t)(end - text)) : NULL;

    *at = nul ? nul + 1 : NULL;
    return nul && nul > text ? text : NULL;
}

bool atd_page_unpack(atd_page_t *page, const char *bytes, apr_size_t length)
{
    const char *at = bytes + sizeof(record_t);
    const char *end;
    record_t record;

    if (length < sizeof record)
        return false;
    memcpy(&record, bytes, sizeof record);
    if ((apr_uint64_t)sizeof record + record.texts + record.length + 1 != length || bytes[length - 1] != '\0' ||
        record.encoding > ATD_BROTLI)
        return false;
    end = at + record.texts;
    *page = (atd_page_t){
        .status = record.status,
        .modified = record.modified,
        .ends = record.ends,
        .encoding = (atd_encoding_t)record.encoding,
        .immutable = record.flags & FLAG_IMMUTABLE,
        .indexable = record.flags & FLAG_INDEXABLE,
        .any_origin = record.flags & FLAG_ANY_ORIGIN,
        .best = record.flags & FLAG_BEST,
        .keeps_query = record.flags & FLAG_KEEPS_QUERY,
        .body = end,
        .length = record.length,
    };
    page->type = take_text(&at, end);
    page->lang = take_text(&at, end);
    page->location = take_text(&at, end);
    page->etag = take_text(&at, end);
    page->plain_etag = take_text(&at, end);
    page->tags = take_text(&at, end);
    page->preload = take_text(&at, end);
    page->links = take_text(&at, end);
    return page->type && at == end;
}
