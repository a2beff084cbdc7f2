/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_site.h"
#include "site_fixture.h"

static const struct {
    const char *base;
    const char *path;
} bases[] = {
    {"/blog/", "/blog/"},
    {"blog", "/blog/"},
    {"/", "/"},
    {"", "/"},
    {NULL, "/"},
    {"//a///b//", "/a/b/"},
    {"/my blog/", "/my%20blog/"},
    {"/100%/", "/100%25/"},
    {"/a?b#c/", "/a%3Fb%23c/"},
    {"/caf\xC3\xA9/", "/caf%C3%A9/"},
    {"/~user/blog/", "/~user/blog/"},
};

START_TEST(base_is_encoded)
{
    test_config.base = bases[_i].base;
    ck_assert_str_eq(open_site()->path, bases[_i].path);
}
END_TEST

START_TEST(urls_come_from_the_request)
{
    const atd_site_t *site = open_site();

    ck_assert_str_eq(site->origin, "https://example.org");
    ck_assert_str_eq(site->url, "https://example.org/blog/");
    ck_assert_ptr_eq(site->theme, test_config.theme);
    ck_assert(!site->drafts && !site->debug && !site->raw_html);
    ck_assert(site->now == test_config.now);
}
END_TEST

START_TEST(urls_come_from_the_settings)
{
    const atd_site_t *site = open_site_with("url: https://x.org/\n");

    ck_assert_str_eq(site->origin, "https://x.org");
    ck_assert_str_eq(site->url, "https://x.org/blog/");
    site = open_site_with("url: http://x.org:8080/news/blog/\n");
    ck_assert_str_eq(site->origin, "http://x.org:8080");
    ck_assert_str_eq(site->url, "http://x.org:8080/news/blog/");
    ck_assert_str_eq(site->path, "/blog/");
}
END_TEST

START_TEST(flags_are_taken_over)
{
    const atd_site_t *site;

    test_config.drafts = test_config.debug = test_config.raw_html = true;
    site = open_site();
    ck_assert(site->drafts && site->debug && site->raw_html);
}
END_TEST

START_TEST(names_are_encoded)
{
    const atd_site_t *site = open_site();

    ck_assert_str_eq(atd_site_path(site, "my-post", atd_test_pool), "/blog/my-post");
    ck_assert_str_eq(atd_site_path(site, "", atd_test_pool), "/blog/");
    ck_assert_str_eq(atd_site_path(site, "a/b c?d#e%", atd_test_pool), "/blog/a/b%20c%3Fd%23e%25");
    ck_assert_str_eq(atd_site_url(site, "\xC3\xA4", atd_test_pool), "https://example.org/blog/%C3%A4");
    ck_assert_str_eq(atd_site_path(site, "\"<'>&", atd_test_pool), "/blog/%22%3C%27%3E%26");
}
END_TEST

START_TEST(post_has_the_address_of_the_permalink)
{
    const atd_post_t *post = post_of("slug: '\xC3\xA4'\ndate: 2025-06-16\n");
    const atd_site_t *site = open_site();

    ck_assert_str_eq(atd_site_post_path(site, post, atd_test_pool), "/blog/%C3%A4");
    ck_assert_str_eq(atd_site_post_url(site, post, atd_test_pool), "https://example.org/blog/%C3%A4");
    site = open_site_with("permalink: /:year/:slug\n");
    ck_assert_str_eq(atd_site_post_path(site, post, atd_test_pool), "/blog/2025/%C3%A4");
    ck_assert_str_eq(atd_site_post_url(site, post, atd_test_pool), "https://example.org/blog/2025/%C3%A4");
}
END_TEST

static const struct {
    const char *reference;
    const char *url;
} references[] = {
    {"/x", "https://example.org/x"},       {"x", "https://example.org/blog/x"}, {"//h/x", "https://h/x"},
    {"http://h/x", "http://h/x"},          {"mailto:a@b", "mailto:a@b"},        {"", "https://example.org/blog/"},
    {"#a", "https://example.org/blog/#a"}, {"/", "https://example.org/"},
};

START_TEST(references_are_made_absolute)
{
    ck_assert_str_eq(atd_site_absolute(open_site(), references[_i].reference, atd_test_pool), references[_i].url);
}
END_TEST

START_TEST(bad_settings_are_an_error)
{
    apr_array_header_t *findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    const atd_site_t *site = NULL;

    put_file("site.yaml", "pageSize: x\nother: y\n");
    ATD_FAILS(atd_site_open(&site, &test_config, findings, atd_test_pool), ATD_E_TYPE, 1, 11);
    ck_assert_int_eq(findings->nelts, 2);
}
END_TEST

Suite *site_suite(void)
{
    Suite *suite = suite_create("site");
    TCase *tests = site_test_case(suite, "site");

    tcase_add_loop_test(tests, base_is_encoded, 0, (int)(sizeof bases / sizeof *bases));
    tcase_add_test(tests, urls_come_from_the_request);
    tcase_add_test(tests, urls_come_from_the_settings);
    tcase_add_test(tests, flags_are_taken_over);
    tcase_add_test(tests, names_are_encoded);
    tcase_add_loop_test(tests, references_are_made_absolute, 0, (int)(sizeof references / sizeof *references));
    tcase_add_test(tests, bad_settings_are_an_error);
    tcase_add_test(tests, post_has_the_address_of_the_permalink);
    return suite;
}
