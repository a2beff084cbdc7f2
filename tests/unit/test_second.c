/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_second.h"
#include "site_fixture.h"

#include <apr_strings.h>

#define NOW apr_time_from_sec(4000000000) /* files that were written just now are old by then */
#define DAY apr_time_from_sec(86400)
#define HOUR apr_time_from_sec(3600)

/* One object, whatever its id. */
typedef struct memory_t {
    unsigned char id[ATD_SECOND_ID];
    char *bytes;
    apr_size_t length;
    apr_time_t expires;
    unsigned puts;
} memory_t;

static memory_t memory;
static atd_root_t roots[ATD_SOURCES_ROOTS];
static unsigned char id[ATD_SECOND_ID];

static bool get(void *baton, const unsigned char *wanted, const char **bytes, apr_size_t *length, apr_pool_t *pool)
{
    (void)baton;
    (void)wanted;
    *bytes = apr_pmemdup(pool, memory.bytes, memory.length);
    *length = memory.length;
    return memory.bytes != NULL;
}

static bool put(void *baton, const unsigned char *name, const char *bytes, apr_size_t length, apr_time_t expires)
{
    (void)baton;
    memory.puts++;
    memcpy(memory.id, name, sizeof memory.id);
    memory.bytes = apr_pmemdup(atd_test_pool, bytes, length);
    memory.length = length;
    memory.expires = expires;
    return true;
}

static const atd_second_t second = {.get = get, .put = put};

static void second_setup(void)
{
    memset(&memory, 0, sizeof memory);
    roots[ATD_SOURCES_CONTENT] = test_content;
    roots[ATD_SOURCES_THEME] = (atd_root_t){0};
    put_file("a.md", "text");
    atd_second_id(id, "key", 3, "https://example.org");
}

static atd_page_t page_of(const char *body)
{
    return (atd_page_t){.status = 200, .type = "text/html", .body = body, .length = strlen(body), .etag = "\"1\""};
}

static bool offer(const atd_page_t *page)
{
    atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
    atd_root_t content = test_content;
    atd_file_t file;

    content.watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    ATD_OK(atd_file_read(&file, &content, "a.md", 100, atd_test_pool));
    return atd_second_put(&second, id, page, sources, NOW, atd_test_pool);
}

static bool find_at(atd_page_t *page, const unsigned char *name, apr_time_t now)
{
    return atd_second_get(page, atd_sources_create(now, atd_test_pool), &second, name, roots, now, atd_test_pool);
}

static bool find(atd_page_t *page)
{
    return find_at(page, id, NOW);
}

START_TEST(what_is_put_is_got)
{
    atd_page_t page = page_of("Hello");
    atd_page_t got;

    page.modified = NOW + HOUR;
    ck_assert(!find(&got));
    ck_assert(offer(&page));
    ck_assert_mem_eq(memory.id, id, sizeof id);
    ck_assert_int_eq(memory.expires, NOW + DAY);
    ck_assert(find(&got));
    ck_assert_str_eq(got.body, "Hello");
    ck_assert_int_eq(got.modified, NOW); /* by a clock that is ahead */
    put_file("a.md", "other");
    ck_assert(!find(&got));
}
END_TEST

START_TEST(what_has_an_end_goes_by_it)
{
    atd_page_t page = page_of("Hello");
    atd_page_t got;

    page.ends = NOW + HOUR;
    ck_assert(offer(&page));
    ck_assert_int_eq(memory.expires, NOW + HOUR);
    ck_assert(find_at(&got, id, NOW + HOUR - 1));
    ck_assert(!find_at(&got, id, NOW + HOUR));
    page.ends = NOW + 1000;
    ck_assert(!offer(&page));
}
END_TEST

START_TEST(only_ordinary_pages_are_put)
{
    const atd_error_t error = {0};
    atd_page_t pages[] = {page_of("404"),     page_of("personal"), page_of("error"),
                          page_of("encoded"), page_of("no tag"),   page_of(repeated("x", 999900))};

    pages[0].status = 404;
    pages[1].personal = true;
    pages[2].error = &error;
    pages[3].encoding = ATD_GZIP;
    pages[4].etag = NULL;
    for (apr_size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        ck_assert_msg(!offer(&pages[i]), "%.10s", pages[i].body);
    ck_assert_uint_eq(memory.puts, 0);
}
END_TEST

START_TEST(other_ids_are_other_objects)
{
    static const char *const origins[] = {"https://example.org", "http://example.org", ""};
    static const char *const keys[] = {"key", "ke", "keyh"};
    const atd_page_t page = page_of("Hello");
    unsigned char other[ATD_SECOND_ID];
    atd_page_t got;

    ck_assert(offer(&page));
    for (int i = 0; i < 9; i++) {
        atd_second_id(other, keys[i / 3], strlen(keys[i / 3]), origins[i % 3]);
        ck_assert_int_eq(memcmp(other, id, sizeof id) == 0, i == 0);
        ck_assert_int_eq(find_at(&got, other, NOW), i == 0); /* though its bytes are handed out */
    }
}
END_TEST

START_TEST(damaged_objects_are_none)
{
    const atd_page_t page = page_of("Hello");
    const char *good;
    apr_size_t length;
    atd_page_t got;

    ck_assert(offer(&page));
    good = memory.bytes;
    length = memory.length;
    for (apr_size_t i = 0; i < length; i++) {
        memory.bytes = apr_pmemdup(atd_test_pool, good, length);
        memory.bytes[i] ^= (char)(1 << i % 8);
        ck_assert_msg(!find(&got) || (i >= 36 && i < 40), "byte %zu", i); /* those four mean nothing */
        memory.bytes = apr_pmemdup(atd_test_pool, good, length);
        memory.length = i;
        ck_assert_msg(!find(&got), "%zu bytes", i);
        memory.length = length;
    }
}
END_TEST

Suite *second_suite(void)
{
    Suite *suite = suite_create("second");
    TCase *tests = site_test_case(suite, "objects");

    tcase_add_checked_fixture(tests, second_setup, NULL);
    tcase_add_test(tests, what_is_put_is_got);
    tcase_add_test(tests, what_has_an_end_goes_by_it);
    tcase_add_test(tests, only_ordinary_pages_are_put);
    tcase_add_test(tests, other_ids_are_other_objects);
    tcase_add_test(tests, damaged_objects_are_none);
    return suite;
}
