/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "site/atd_page.h"

#include <apr_strings.h>
#include <stdlib.h>

static const atd_page_t pages[] = {
    {.status = 200, .type = "text/html; charset=utf-8", .body = "<p>Hello</p>\n", .length = 13},
    {.status = 301,
     .type = "text/html",
     .body = "",
     .location = "https://example.org/blog/a%20b",
     .any_origin = true,
     .keeps_query = true},
    {.status = 200, .type = "image/png", .body = "\x89PNG\r\n\0\0x", .length = 9, .immutable = true},
    {.status = 500, .type = "text/plain", .body = "broken", .length = 6, .ends = 1800000000000001, .etag = "\"0\""},
    {.status = 200,
     .type = "text/html; charset=utf-8",
     .body = "\x1F\x8B\0\0",
     .length = 4,
     .lang = "de-CH",
     .indexable = true,
     .modified = 1751328000000000,
     .preload = "/blog/_theme/style.css?v=1",
     .links = "<https://example.org/blog/a.md>; rel=\"alternate\"; type=\"text/markdown\"",
     .tags = "post-a category-news tag-b",
     .any_origin = true,
     .etag = "\"0123456789abcdef-g\"",
     .plain_etag = "\"fedcba9876543210\"",
     .ends = 1751328001000000,
     .encoding = ATD_GZIP,
     .best = true},
    {.status = 410, .type = "t", .body = "x", .length = 1, .encoding = ATD_BROTLI, .modified = -1},
};

#define PAGES (int)(sizeof pages / sizeof *pages)

static void check_texts(const atd_page_t *found, const atd_page_t *page)
{
    ck_assert_pstr_eq(found->type, page->type);
    ck_assert_pstr_eq(found->location, page->location);
    ck_assert_pstr_eq(found->lang, page->lang);
    ck_assert_pstr_eq(found->preload, page->preload);
    ck_assert_pstr_eq(found->links, page->links);
    ck_assert_pstr_eq(found->tags, page->tags);
    ck_assert_pstr_eq(found->etag, page->etag);
    ck_assert_pstr_eq(found->plain_etag, page->plain_etag);
    ck_assert_uint_eq(found->length, page->length);
    ck_assert_mem_eq(found->body, page->body, page->length);
    ck_assert_int_eq(found->body[found->length], '\0');
}

static void check_facts(const atd_page_t *found, const atd_page_t *page)
{
    ck_assert_int_eq(found->status, page->status);
    ck_assert_int_eq(found->immutable, page->immutable);
    ck_assert_int_eq(found->indexable, page->indexable);
    ck_assert_int_eq(found->any_origin, page->any_origin);
    ck_assert_int_eq(found->keeps_query, page->keeps_query);
    ck_assert_int_eq(found->best, page->best);
    ck_assert_int_eq(found->encoding, page->encoding);
    ck_assert_int_eq(found->modified, page->modified);
    ck_assert_int_eq(found->ends, page->ends);
}

START_TEST(what_is_packed_can_be_unpacked)
{
    atd_page_t page;
    const char *bytes;
    apr_size_t length;

    ck_assert(atd_page_pack(&bytes, &length, &pages[_i], atd_test_pool));
    ck_assert(atd_page_unpack(&page, bytes, length));
    check_texts(&page, &pages[_i]);
    check_facts(&page, &pages[_i]);
}
END_TEST

START_TEST(errors_and_secrets_are_not_kept)
{
    const atd_error_t error = {.message = "secret"};
    atd_page_t page = pages[0];
    const char *bytes;
    apr_size_t length;

    page.error = &error;
    page.personal = true;
    page.uses = 7;
    ck_assert(atd_page_pack(&bytes, &length, &page, atd_test_pool));
    ck_assert(atd_page_unpack(&page, bytes, length));
    ck_assert_ptr_null(page.error);
    ck_assert(!page.personal);
    ck_assert_uint_eq(page.uses, 0);
}
END_TEST

START_TEST(too_large_is_refused)
{
    atd_page_t page = pages[0];
    const char *bytes;
    apr_size_t length;

    page.length = APR_UINT32_MAX;
    ck_assert(!atd_page_pack(&bytes, &length, &page, atd_test_pool));
}
END_TEST

/* A copy that ends where its memory does, so that sanitizers see who reads on. */
static bool unpack_copy(const char *bytes, apr_size_t length)
{
    char *copy = malloc(length ? length : 1);
    const char *const end = copy + length;
    atd_page_t page;
    bool good;

    memcpy(copy, bytes, length);
    good = atd_page_unpack(&page, copy, length);
    if (good) {
        const char *const texts[] = {page.type,       page.lang, page.location, page.etag,
                                     page.plain_etag, page.tags, page.preload,  page.links};

        for (apr_size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            ck_assert(!texts[i] || (texts[i] > copy && texts[i] + strlen(texts[i]) < end));
        ck_assert(page.body > copy && page.body + page.length < end && page.body[page.length] == '\0');
        ck_assert_int_le(page.encoding, ATD_BROTLI);
    }
    free(copy);
    return good;
}

START_TEST(cut_is_refused)
{
    const char *bytes;
    apr_size_t length;

    ck_assert(atd_page_pack(&bytes, &length, &pages[_i], atd_test_pool));
    for (apr_size_t i = 0; i < length; i++)
        ck_assert_msg(!unpack_copy(bytes, i), "%zu of %zu bytes", i, length);
    ck_assert(unpack_copy(bytes, length));
}
END_TEST

START_TEST(flipped_does_no_harm)
{
    const char *bytes;
    apr_size_t length;
    unsigned state = 5;
    char *copy;

    ck_assert(atd_page_pack(&bytes, &length, &pages[_i], atd_test_pool));
    copy = apr_palloc(atd_test_pool, length);
    for (int round = 0; round < 5000; round++) {
        memcpy(copy, bytes, length);
        for (int flips = 0; flips <= round % 4; flips++) {
            state = state * 1664525u + 1013904223u;
            copy[(state >> 8) % length] ^= (char)(1 << (state >> 4) % 8);
        }
        unpack_copy(copy, length);
    }
}
END_TEST

/* Texts that fill their part without a NUL, and lengths that add up beyond 32 bits. */
START_TEST(lies_are_refused)
{
    char zeros[200] = {0};
    char ones[200];

    memset(ones, 0xFF, sizeof ones);
    for (apr_size_t length = 0; length <= sizeof zeros; length++) {
        unpack_copy(zeros, length);
        ck_assert(!unpack_copy(ones, length));
    }
}
END_TEST

Suite *page_bytes_suite(void)
{
    Suite *suite = suite_create("page bytes");
    TCase *tests = atd_test_case(suite, "packing");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, what_is_packed_can_be_unpacked, 0, PAGES);
    tcase_add_test(tests, errors_and_secrets_are_not_kept);
    tcase_add_test(tests, too_large_is_refused);
    tcase_add_loop_test(tests, cut_is_refused, 0, PAGES);
    tcase_add_loop_test(tests, flipped_does_no_harm, 0, PAGES);
    tcase_add_test(tests, lies_are_refused);
    return suite;
}
