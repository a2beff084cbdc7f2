/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"
#include "site/atd_sources.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for what an entry of the cache consists of: a page as bytes, and the record of its sources. An input
 * is taken for both. What can be unpacked must be whole, and the same after it was packed again.
 */
#define INPUT_MAX 8192

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool texts_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_equal(const atd_page_t *a, const atd_page_t *b)
{
    require(a->status == b->status && a->ends == b->ends && a->modified == b->modified);
    require(a->encoding == b->encoding && a->best == b->best && a->any_origin == b->any_origin);
    require(a->immutable == b->immutable && a->indexable == b->indexable);
    require(texts_equal(a->type, b->type) && texts_equal(a->lang, b->lang) && texts_equal(a->tags, b->tags));
    require(texts_equal(a->location, b->location) && texts_equal(a->preload, b->preload));
    require(texts_equal(a->etag, b->etag) && texts_equal(a->plain_etag, b->plain_etag));
    require(a->length == b->length && memcmp(a->body, b->body, a->length + 1) == 0);
}

static void fuzz_page(const char *bytes, size_t size, apr_pool_t *pool)
{
    atd_page_t page, again;
    const char *packed;
    apr_size_t length;

    if (!atd_page_unpack(&page, bytes, size))
        return;
    require(page.type && page.body[page.length] == '\0' && page.encoding <= ATD_BROTLI);
    require(atd_page_pack(&packed, &length, &page, pool) && length == size);
    require(atd_page_unpack(&again, packed, length));
    check_equal(&page, &again);
}

static void fuzz_sources(const char *bytes, size_t size, apr_pool_t *pool)
{
    atd_root_t roots[ATD_SOURCES_ROOTS] = {{0}};

    roots[ATD_SOURCES_CONTENT].path = "/nowhere";
    atd_sources_hold(bytes, size, roots, pool);
    atd_sources_adopt(atd_sources_create(0, pool), bytes, size, roots, pool);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool;

    if (size > INPUT_MAX)
        return 0;
    apr_pool_create(&pool, NULL);
    fuzz_page((const char *)bytes, size, pool);
    fuzz_sources((const char *)bytes, size, pool);
    apr_pool_destroy(pool);
    return 0;
}
