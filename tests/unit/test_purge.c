/* SPDX-License-Identifier: Apache-2.0 */
#include "segment_fixture.h"
#include "site/atd_page.h"
#include "site/atd_purge.h"

/* As httpd writes keys: site, settings, base, route, and what tells representations apart. */
typedef struct stored_t {
    const char *site;
    const char *base;
    atd_route_kind_t kind;
    const char *path;
    const char *tail; /* representation and origin */
    const char *tags;
    const char *moved;
} stored_t;

static const stored_t stored[] = {
    {"/srv/a", "/blog/", ATD_ROUTE_POST, "one", "0", "post-one tag-news", NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_POST, "one", "1", "post-one tag-news", NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_POST, "one", "0http://example.org", "post-one tag-news", NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_POST, "one", "0", NULL, "moved one"},
    {"/srv/a", "/blog/", ATD_ROUTE_OTHER, "2025/06/one", "0", NULL, NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_MARKDOWN, "one.md", "0", NULL, NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_TAG, "tag/one", "0", NULL, NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_POST, "one-more", "0", NULL, NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_POST, "two", "0", "post-two tag-new tag-newsroom author-news", NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_HOME, NULL, "0", "home", NULL},
    {"/srv/a", "/blog/", ATD_ROUTE_ASSET, "_theme/one.0123.css", "0", "theme", NULL},
    {"/srv/b", "/", ATD_ROUTE_POST, "one", "0", "post-one", NULL},
    {"/srv/b", "/", ATD_ROUTE_HOME, NULL, "0", "home", NULL},
};

#define STORED (sizeof stored / sizeof *stored)

static void put_entry(const atd_segment_t *segment, const stored_t *what)
{
    const atd_page_t page = {.status = 200, .type = "text/html", .body = "body", .length = 4, .tags = what->tags};
    atd_buffer_t *key = atd_buffer_create(atd_test_pool, 256, 4096);
    atd_segment_entry_t entry = {0};
    atd_segment_key_t hashed;
    const char *bytes;
    apr_size_t length;

    atd_buffer_add(key, what->site, strlen(what->site) + 1);
    atd_buffer_add(key,
                   "below\0"
                   "0111"
                   "theme\0"
                   "\0"
                   "title\0"
                   "Blog",
                   26);
    atd_buffer_add(key, "", 1);
    atd_buffer_add(key, what->base, strlen(what->base) + 1);
    atd_buffer_putc(key, (char)('0' + what->kind));
    atd_buffer_add(key, what->path ? what->path : "", (what->path ? strlen(what->path) : 0) + 1);
    atd_buffer_add(key, what->moved ? what->moved : "", (what->moved ? strlen(what->moved) : 0) + 1);
    atd_buffer_puts(key, what->tail);
    ATD_OK(atd_buffer_take(&bytes, &length, key, "the key"));
    atd_segment_key(&hashed, segment, bytes, length, strlen(what->site) + 1);
    ck_assert(atd_page_pack(&entry.front, &entry.front_length, &page, atd_test_pool));
    ck_assert(atd_segment_put(segment, &hashed, &entry, 100));
}

/* "site=/srv/a&tag=tag-news": what is set for both. */
static const char *fill(atd_purge_t *purge, const char *form)
{
    char *copy = apr_pstrdup(atd_test_pool, form);
    const char *fault = NULL;
    char *last = NULL;

    *purge = (atd_purge_t){0};
    for (char *field = apr_strtok(copy, "&", &last); field && !fault; field = apr_strtok(NULL, "&", &last)) {
        char *value = strchr(field, '=');

        *value++ = '\0';
        fault = atd_purge_set(purge, field, value, atd_test_pool);
    }
    return fault;
}

static const struct {
    const char *form;
    apr_size_t gone;
} cases[] = {
    {"all=1", STORED},
    {"site=/srv/a", 11},
    {"site=/srv/b", 2},
    {"site=/srv", 0},
    {"site=/srv/a/", 0},
    {"slug=one", 7},
    {"slug=One", 0},
    {"slug=one&site=/srv/b", 1},
    {"slug=one&site=/srv/b&all=1", 1},
    {"url=/blog/one", 4},
    {"url=/blog/one/", 4},
    {"url=/blog/ONE", 4},
    {"url=/Blog/one", 0},
    {"url=/blog/%6fne?x=y#z", 4},
    {"url=https://example.org:8443/blog/one?x", 4},
    {"url=/blog/2025/06/one", 1},
    {"url=/blog/tag/one", 1},
    {"url=/one", 1},
    {"url=/blog/", 1},
    {"url=/blog", 1},
    {"url=/", 1},
    {"url=https://example.org", 1},
    {"url=/blog/on", 0},
    {"url=/blog/one/two", 0},
    {"tag=tag-news", 3},
    {"tag=tag-new", 1},
    {"tag=news", 0},
    {"tag=home", 2},
    {"tag=home&site=/srv/a", 1},
    {"tag=tag-news&slug=two", 0},
    {"slug=&url=&tag=home&site=", 2},
    {"token=x", 0},
    {"all=", 0},
};

START_TEST(fields_say_what_goes)
{
    atd_segment_t *segment = make_segment(1024 * 1024);
    atd_purge_t purge;

    for (apr_size_t i = 0; i < STORED; i++)
        put_entry(segment, &stored[i]);
    ck_assert_ptr_null(fill(&purge, cases[_i].form));
    ck_assert_msg(atd_purge_run(&purge, segment, atd_test_pool) == cases[_i].gone, "%s", cases[_i].form);
    ck_assert_uint_eq(atd_purge_run(&purge, segment, atd_test_pool), 0);
    check_audit(segment);
}
END_TEST

START_TEST(a_form_that_says_nothing_removes_nothing)
{
    atd_purge_t purge;

    ck_assert_ptr_null(fill(&purge, "site=&url=&slug=&tag=&all=&token=x"));
    ck_assert(!atd_purge_is_set(&purge));
    ck_assert_str_eq(purge.token, "x");
    ck_assert_ptr_null(fill(&purge, "url=/"));
    ck_assert(atd_purge_is_set(&purge));
}
END_TEST

START_TEST(slips_are_told)
{
    atd_purge_t purge;

    ck_assert_ptr_nonnull(strstr(fill(&purge, "tags=x"), "'tags'"));
    ck_assert_ptr_nonnull(strstr(fill(&purge, "a\x01\xff=x"), "'a\uFFFD\uFFFD'"));
    ck_assert_ptr_nonnull(strstr(fill(&purge, "url=blog/one"), "begins with a slash"));
    ck_assert_ptr_nonnull(strstr(fill(&purge, "url=/blog/%zz"), "%"));
    ck_assert_ptr_nonnull(strstr(fill(&purge, "url=/blog/%00"), "%"));
}
END_TEST

/* A folder as the list of sites shows it, which is cut and mended. */
START_TEST(a_site_is_found_by_what_is_shown_of_it)
{
    atd_segment_t *segment = make_segment(1024 * 1024);
    const char *path = apr_psprintf(atd_test_pool, "/srv/\x01\xff%0200d", 7);
    const stored_t what = {path, "/", ATD_ROUTE_POST, "one", "0", NULL, NULL};
    atd_purge_t purge = {0};

    put_entry(segment, &what);
    purge.site = apr_psprintf(atd_test_pool, "/srv/\uFFFD\uFFFD%0152d", 0);
    ck_assert_uint_eq(atd_purge_run(&purge, segment, atd_test_pool), 1);
    put_entry(segment, &what);
    purge.site = path;
    ck_assert_uint_eq(atd_purge_run(&purge, segment, atd_test_pool), 1);
}
END_TEST

START_TEST(keys_of_another_form_are_left_alone)
{
    static const char *const keys[] = {"", "a", "quick http://example.org/blog/one", "\0", "\0\0", "a\0\0\0"};
    static const apr_size_t lengths[] = {0, 1, 33, 1, 2, 4};
    static const char *const forms[] = {"url=/blog/one", "slug=one", "tag=x", "site=/srv/a", "url=/"};
    const atd_segment_entry_t entry = {.front = "front", .front_length = 5};
    atd_segment_t *segment = make_segment(1024 * 1024);
    atd_segment_key_t key;
    atd_purge_t purge;

    for (int i = 0; i < 6; i++) {
        atd_segment_key(&key, segment, keys[i], lengths[i], lengths[i]);
        ck_assert(atd_segment_put(segment, &key, &entry, 100));
    }
    for (int i = 0; i < 5; i++) {
        ck_assert_ptr_null(fill(&purge, forms[i]));
        ck_assert_uint_eq(atd_purge_run(&purge, segment, atd_test_pool), 0);
    }
    ck_assert_ptr_null(fill(&purge, "all=1"));
    ck_assert_uint_eq(atd_purge_run(&purge, segment, atd_test_pool), 6);
}
END_TEST

Suite *purge_suite(void)
{
    Suite *suite = suite_create("purge");
    TCase *tests = atd_test_case(suite, "purge");

    tcase_add_loop_test(tests, fields_say_what_goes, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, a_form_that_says_nothing_removes_nothing);
    tcase_add_test(tests, slips_are_told);
    tcase_add_test(tests, a_site_is_found_by_what_is_shown_of_it);
    tcase_add_test(tests, keys_of_another_form_are_left_alone);
    return suite;
}
