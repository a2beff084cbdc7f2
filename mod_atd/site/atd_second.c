/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_second.h"

#include <apr_sha1.h>

#include <string.h>

/* Read as one number, it tells machines of the other byte order, too. Changes with the layout of anything in an object. */
#define FORMAT 0x4154440000000001u

#define LONGEST_LIFE (apr_time_from_sec(86400))

/* Rounded down to seconds by some; less than this is not worth a call. */
#define SHORTEST_LIFE (apr_time_from_sec(2))

typedef struct record_t {
    apr_uint64_t format;
    apr_uint32_t sources_length;
    apr_uint32_t page_length;
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_uint32_t reserved;
} record_t;

static void add_number(apr_sha1_ctx_t *context, apr_uint64_t number)
{
    apr_sha1_update_binary(context, (const unsigned char *)&number, sizeof number);
}

/* The digest comes first: providers sort by the first byte. */
void atd_second_id(unsigned char id[ATD_SECOND_ID], const char *key, apr_size_t key_length, const char *origin)
{
    static const char version[] = "mod_atd " ATD_VERSION;
    apr_sha1_ctx_t context;

    memset(id, 0, ATD_SECOND_ID);
    apr_sha1_init(&context);
    add_number(&context, FORMAT);
    apr_sha1_update_binary(&context, (const unsigned char *)version, sizeof version);
    add_number(&context, key_length);
    apr_sha1_update_binary(&context, (const unsigned char *)key, (unsigned)key_length);
    apr_sha1_update_binary(&context, (const unsigned char *)origin, (unsigned)strlen(origin));
    apr_sha1_final(id, &context);
}

static void digest_object(unsigned char digest[APR_SHA1_DIGESTSIZE], const unsigned char *id, const char *bytes,
                          apr_size_t length)
{
    apr_sha1_ctx_t context;

    apr_sha1_init(&context);
    apr_sha1_update_binary(&context, id, ATD_SECOND_ID);
    apr_sha1_update_binary(&context, (const unsigned char *)bytes, (unsigned)length);
    apr_sha1_final(digest, &context);
}

static bool read_record(record_t *record, const unsigned char *id, const char *bytes, apr_size_t length)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];

    if (length < sizeof *record || length > ATD_SECOND_MAX)
        return false;
    memcpy(record, bytes, sizeof *record);
    if (record->format != FORMAT ||
        (apr_uint64_t)sizeof *record + record->sources_length + record->page_length != length)
        return false;
    digest_object(digest, id, bytes + sizeof *record, length - sizeof *record);
    return memcmp(digest, record->digest, sizeof digest) == 0;
}

/* What is put there, and nothing else: an error page, say, would be shown by all. */
static bool is_ordinary(const atd_page_t *page)
{
    return page->status == 200 && page->encoding == ATD_IDENTITY && !page->personal && !page->error && page->etag;
}

/* The clock that it was made by may be ahead of ours. */
static void set_times(atd_page_t *page, atd_sources_t *sources, apr_time_t now)
{
    if (page->modified > now)
        page->modified = now;
    atd_sources_until(sources, page->ends);
}

bool atd_second_get(atd_page_t *page, atd_sources_t *sources, const atd_second_t *second,
                    const unsigned char id[ATD_SECOND_ID], const atd_root_t *roots, apr_time_t now, apr_pool_t *pool)
{
    const char *bytes;
    apr_size_t length;
    record_t record;

    if (!second->get(second->baton, id, &bytes, &length, pool) || !read_record(&record, id, bytes, length))
        return false;
    bytes += sizeof record;
    if (!atd_page_unpack(page, bytes + record.sources_length, record.page_length) || !is_ordinary(page) ||
        (page->ends && page->ends <= now) || !atd_sources_adopt(sources, bytes, record.sources_length, roots, pool))
        return false;
    set_times(page, sources, now);
    return true;
}

static apr_time_t expiry_of(const atd_page_t *page, apr_time_t now)
{
    apr_time_t expires = now + LONGEST_LIFE;

    return page->ends && page->ends < expires ? page->ends : expires;
}

bool atd_second_put(const atd_second_t *second, const unsigned char id[ATD_SECOND_ID], const atd_page_t *page,
                    const atd_sources_t *sources, apr_time_t now, apr_pool_t *pool)
{
    const char *made_from, *packed;
    apr_size_t made_from_length, packed_length;
    apr_time_t expires = expiry_of(page, now);
    record_t record = {.format = FORMAT};
    char *bytes;

    if (!is_ordinary(page) || expires < now + SHORTEST_LIFE || !atd_sources_are_portable(sources, now) ||
        !atd_sources_bytes(&made_from, &made_from_length, sources) ||
        !atd_page_pack(&packed, &packed_length, page, pool) ||
        sizeof record + made_from_length + packed_length > ATD_SECOND_MAX)
        return false;
    record.sources_length = (apr_uint32_t)made_from_length;
    record.page_length = (apr_uint32_t)packed_length;
    bytes = apr_palloc(pool, sizeof record + made_from_length + packed_length);
    memcpy(bytes + sizeof record, made_from, made_from_length);
    memcpy(bytes + sizeof record + made_from_length, packed, packed_length);
    digest_object(record.digest, id, bytes + sizeof record, made_from_length + packed_length);
    memcpy(bytes, &record, sizeof record);
    return second->put(second->baton, id, bytes, sizeof record + made_from_length + packed_length, expires);
}
