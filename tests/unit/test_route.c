/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_route.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static atd_route_t parsed(const char *rest)
{
    atd_route_t route;

    atd_route_parse(&route, rest, atd_test_pool);
    return route;
}

static const struct {
    const char *rest;
    atd_route_kind_t kind;
    const char *name;
} routes[] = {
    {"", ATD_ROUTE_HOME, NULL},
    {"my-post", ATD_ROUTE_POST, "my-post"},
    {"2025", ATD_ROUTE_POST, "2025"},
    {"\xC3\xA4rger", ATD_ROUTE_POST, "\xC3\xA4rger"},
    {"\xE6\x97\xA5\xE6\x9C\xAC", ATD_ROUTE_POST, "\xE6\x97\xA5\xE6\x9C\xAC"},
    {"my-post/", ATD_ROUTE_MOVED, "my-post"},
    {"My-Post", ATD_ROUTE_MOVED, "my-post"},
    {"MY-POST/", ATD_ROUTE_MOVED, "my-post"},
    {"my-post//", ATD_ROUTE_NONE, NULL},
    {"/", ATD_ROUTE_NONE, NULL},
    {"//", ATD_ROUTE_NONE, NULL},
    {"/my-post", ATD_ROUTE_NONE, NULL},
    {"a/b", ATD_ROUTE_NONE, NULL},
    {"..", ATD_ROUTE_NONE, NULL},
    {"../", ATD_ROUTE_NONE, NULL},
    {"../etc/passwd", ATD_ROUTE_NONE, NULL},
    {".", ATD_ROUTE_NONE, NULL},
    {"%2e%2e", ATD_ROUTE_NONE, NULL},
    {"a%00b", ATD_ROUTE_NONE, NULL},
    {"a\x01", ATD_ROUTE_NONE, NULL},
    {"a b", ATD_ROUTE_NONE, NULL},
    {"a--b", ATD_ROUTE_NONE, NULL},
    {"-a", ATD_ROUTE_NONE, NULL},
    {"a-", ATD_ROUTE_NONE, NULL},
    {"a_b", ATD_ROUTE_NONE, NULL},
    {"a.md", ATD_ROUTE_NONE, NULL},
    {"a\\b", ATD_ROUTE_NONE, NULL},
    {"a;b", ATD_ROUTE_NONE, NULL},
    {"<script>", ATD_ROUTE_NONE, NULL},
    {"\xC0\xAE\xC0\xAE", ATD_ROUTE_NONE, NULL},         /* overlong dots */
    {"\xC1\xA1", ATD_ROUTE_NONE, NULL},                 /* overlong a */
    {"\xE0\x80\xAF", ATD_ROUTE_NONE, NULL},             /* overlong slash */
    {"\xED\xA0\x80", ATD_ROUTE_NONE, NULL},             /* surrogate */
    {"\xFF\xFE", ATD_ROUTE_NONE, NULL},                 /* not UTF-8 */
    {"a\xCC\x88", ATD_ROUTE_NONE, NULL},                /* not NFC */
    {"\xEF\xBC\x8E\xEF\xBC\x8E", ATD_ROUTE_NONE, NULL}, /* full-width dots */
    {"_theme/style.0123456789ab.css", ATD_ROUTE_ASSET, "style.css"},
    {"_theme/a.b.0123456789ab.css", ATD_ROUTE_ASSET, "a.b.css"},
    {"_theme/style.css", ATD_ROUTE_NONE, NULL},
    {"_theme/style..css", ATD_ROUTE_NONE, NULL},
    {"_theme/.abc.css", ATD_ROUTE_NONE, NULL},
    {"_theme/..abc.css", ATD_ROUTE_NONE, NULL},
    {"_theme/", ATD_ROUTE_NONE, NULL},
    {"_theme", ATD_ROUTE_NONE, NULL},
    {"_theme/style", ATD_ROUTE_NONE, NULL},
    {"_theme/../a.b.css", ATD_ROUTE_NONE, NULL},
    {"_theme/a/b.c.css", ATD_ROUTE_NONE, NULL},
};

START_TEST(rest_gives_the_route)
{
    atd_route_t route = parsed(routes[_i].rest);

    ck_assert_msg(route.kind == routes[_i].kind, "%s: %d", routes[_i].rest, (int)route.kind);
    ck_assert_pstr_eq(route.name, routes[_i].name);
    if (route.kind != ATD_ROUTE_ASSET)
        ck_assert_ptr_null(route.hash);
}
END_TEST

START_TEST(asset_has_a_hash)
{
    ck_assert_str_eq(parsed("_theme/style.0123456789ab.css").hash, "0123456789ab");
}
END_TEST

START_TEST(long_names_are_refused_quickly)
{
    apr_time_t start = apr_time_now();

    ck_assert_int_eq(parsed(repeated("a", ATD_MAX_SLUG)).kind, ATD_ROUTE_POST);
    ck_assert_int_eq(parsed(apr_pstrcat(atd_test_pool, repeated("a", ATD_MAX_SLUG), "/", NULL)).kind, ATD_ROUTE_MOVED);
    ck_assert_int_eq(parsed(repeated("a", ATD_MAX_SLUG + 1)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("A", 10240)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("../", 4000)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("\xC3\xA4", 5000)).kind, ATD_ROUTE_NONE);
    ck_assert_int_lt(apr_time_now() - start, apr_time_from_sec(1));
}
END_TEST

static const char *const hidden[] = {
    "a.md",        "A.MD",       "posts/a.markdown", "a.mdown",       "a.mkd",       "a.mdx",
    "a.md~",       "a.md.bak",   "#a.md#",           "a.md.swp",      "site.yaml",   "SITE.YML",
    "site.json",   "Site.JSON",  "site.json~",       "site.json.bak", "x/site.json", "a.yaml.orig",
    "a.toml",      "a.mustache", "a.sqlite",         "a.sqlite-wal",  ".htaccess",   "x.htaccess",
    ".git/config", "a/.env",     "_posts/a.png",     "a/_b/c.png",    "//.git",      "a//_b",
    "..",          "../a.png",   "_theme/x.css",     "a.md/b.png",
};
static const char *const shown[] = {"",          ".well-known/acme-challenge/x",
                                    "a.png",     "images/a.jpg",
                                    "a.json",    "mysite.json",
                                    "a.md5",     "a-md",
                                    "md",        "a.yamlx",
                                    "a/b_c",     "a.txt",
                                    "amd/b.css", "data.xml",
                                    "a/",        "/",
                                    "x.pdf"};

START_TEST(sources_are_never_served_as_files)
{
    for (unsigned i = 0; i < sizeof hidden / sizeof *hidden; i++)
        ck_assert_msg(atd_route_is_hidden(hidden[i]), "%s is served", hidden[i]);
    for (unsigned i = 0; i < sizeof shown / sizeof *shown; i++)
        ck_assert_msg(!atd_route_is_hidden(shown[i]), "%s is hidden", shown[i]);
}
END_TEST

Suite *route_suite(void)
{
    Suite *suite = suite_create("route");
    TCase *tests = atd_test_case(suite, "route");

    tcase_add_loop_test(tests, rest_gives_the_route, 0, (int)(sizeof routes / sizeof *routes));
    tcase_add_test(tests, asset_has_a_hash);
    tcase_add_test(tests, long_names_are_refused_quickly);
    tcase_add_test(tests, sources_are_never_served_as_files);
    return suite;
}
