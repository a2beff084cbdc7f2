/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_route.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#include <stdlib.h>

static atd_route_t parsed(const char *rest)
{
    atd_route_t route;

    atd_route_parse(&route, rest, atd_test_pool);
    return route;
}

#define RIGHT false
#define MOVED true

static const struct {
    const char *rest;
    atd_route_kind_t kind;
    const char *name;
    bool moved;
} routes[] = {
    {"", ATD_ROUTE_HOME, NULL, RIGHT},
    {"index.html", ATD_ROUTE_HOME, NULL, MOVED},
    {"INDEX.HTM/", ATD_ROUTE_HOME, NULL, MOVED},
    {"my-post", ATD_ROUTE_POST, "my-post", RIGHT},
    {"2025", ATD_ROUTE_POST, "2025", RIGHT},
    {"page", ATD_ROUTE_POST, "page", RIGHT},
    {"tag", ATD_ROUTE_POST, "tag", RIGHT},
    {"index", ATD_ROUTE_POST, "index", RIGHT},
    {"\xC3\xA4rger", ATD_ROUTE_POST, "\xC3\xA4rger", RIGHT},
    {"\xE6\x97\xA5\xE6\x9C\xAC", ATD_ROUTE_POST, "\xE6\x97\xA5\xE6\x9C\xAC", RIGHT},
    {"my-post/", ATD_ROUTE_POST, "my-post", MOVED},
    {"My-Post", ATD_ROUTE_POST, "my-post", MOVED},
    {"MY-POST/", ATD_ROUTE_POST, "my-post", MOVED},
    {"\xC3\x84rger", ATD_ROUTE_POST, "\xC3\xA4rger", MOVED},
    {"a\xCC\x88", ATD_ROUTE_POST, "\xC3\xA4", MOVED}, /* not NFC */
    {"my-post.html", ATD_ROUTE_POST, "my-post", MOVED},
    {"My-Post.HTM/", ATD_ROUTE_POST, "my-post", MOVED},
    {"my-post/index.html", ATD_ROUTE_POST, "my-post", MOVED},
    {"my-post.md", ATD_ROUTE_MARKDOWN, "my-post", RIGHT},
    {"My-Post.MD/", ATD_ROUTE_MARKDOWN, "my-post", MOVED},
    {"my-post.json", ATD_ROUTE_DATA, "my-post", RIGHT},
    {"website.json", ATD_ROUTE_DATA, "website", RIGHT},
    {"site.md", ATD_ROUTE_MARKDOWN, "site", RIGHT},
    {"site.json", ATD_ROUTE_NONE, NULL, RIGHT},
    {"Site.JSON/", ATD_ROUTE_NONE, NULL, RIGHT},
    {"my-post.md.html", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a_b.md", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a.b.md", ATD_ROUTE_NONE, NULL, RIGHT},
    {"posts/a.md", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a.md~", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a.mustache", ATD_ROUTE_NONE, NULL, RIGHT},
    {"site.yaml", ATD_ROUTE_NONE, NULL, RIGHT},
    {"category/news", ATD_ROUTE_CATEGORY, "news", RIGHT},
    {"tag/c", ATD_ROUTE_TAG, "c", RIGHT},
    {"tag/page", ATD_ROUTE_TAG, "page", RIGHT},
    {"tag/feed", ATD_ROUTE_TAG, "feed", RIGHT},
    {"Tag/News/", ATD_ROUTE_TAG, "news", MOVED},
    {"tag/news.html", ATD_ROUTE_TAG, "news", MOVED},
    {"tag/news/index.html", ATD_ROUTE_TAG, "news", MOVED},
    {"author/jane", ATD_ROUTE_AUTHOR, "jane", RIGHT},
    {"author/\xC3\x9C", ATD_ROUTE_AUTHOR, "\xC3\xBC", MOVED},
    {"tags", ATD_ROUTE_TAGS, "tags", RIGHT},
    {"Tags", ATD_ROUTE_TAGS, "tags", MOVED},
    {"categories/", ATD_ROUTE_CATEGORIES, "categories", MOVED},
    {"authors.html", ATD_ROUTE_AUTHORS, "authors", MOVED},
    {"archive", ATD_ROUTE_ARCHIVE, "archive", RIGHT},
    {"archive/page/1", ATD_ROUTE_ARCHIVE, "archive", MOVED},
    {"sitemap.xml", ATD_ROUTE_SITEMAP, NULL, RIGHT},
    {"sitemap", ATD_ROUTE_POST, "sitemap", RIGHT},
    {"llms.txt", ATD_ROUTE_LLMS, NULL, RIGHT},
    {"LLMS.txt/", ATD_ROUTE_LLMS, NULL, MOVED},
    {"llms-full.txt", ATD_ROUTE_LLMS_FULL, NULL, RIGHT},
    {"search", ATD_ROUTE_SEARCH, "search", RIGHT},
    {"search/", ATD_ROUTE_SEARCH, "search", MOVED},
    {"search.json", ATD_ROUTE_SEARCH, NULL, RIGHT},
    {"opensearch.xml", ATD_ROUTE_OPENSEARCH, NULL, RIGHT},
    {"feed", ATD_ROUTE_HOME, "feed", MOVED},
    {"feed/", ATD_ROUTE_HOME, NULL, MOVED},
    {"rss", ATD_ROUTE_HOME, "rss", MOVED},
    {"Atom", ATD_ROUTE_HOME, NULL, MOVED},
    {"a/b", ATD_ROUTE_OTHER, "a/b", RIGHT},
    {"a/b/", ATD_ROUTE_OTHER, "a/b", MOVED},
    {"2025/06/My_Post.html", ATD_ROUTE_OTHER, "2025/06/My_Post.html", RIGHT},
    {"tag/a/b", ATD_ROUTE_OTHER, "tag/a/b", RIGHT},
    {"tag/page/2", ATD_ROUTE_OTHER, "tag/page/2", RIGHT},
    {"tag/a b", ATD_ROUTE_OTHER, "tag/a b", RIGHT},
    {"tag/a/feed/page/1", ATD_ROUTE_OTHER, "tag/a/feed/page/1", RIGHT},
    {"tags/page/2", ATD_ROUTE_OTHER, "tags/page/2", RIGHT},
    {"page/0", ATD_ROUTE_OTHER, "page/0", RIGHT},
    {"page/-1", ATD_ROUTE_OTHER, "page/-1", RIGHT},
    {"page/1x", ATD_ROUTE_OTHER, "page/1x", RIGHT},
    {"page/4294967297", ATD_ROUTE_OTHER, "page/4294967297", RIGHT},
    {"archive/25", ATD_ROUTE_OTHER, "archive/25", RIGHT},
    {"archive/0000", ATD_ROUTE_OTHER, "archive/0000", RIGHT},
    {"archive/2025/13", ATD_ROUTE_OTHER, "archive/2025/13", RIGHT},
    {"archive/2025/00", ATD_ROUTE_OTHER, "archive/2025/00", RIGHT},
    {"archive/2025/06/16", ATD_ROUTE_OTHER, "archive/2025/06/16", RIGHT},
    {"archive/feed.xml", ATD_ROUTE_OTHER, "archive/feed.xml", RIGHT},
    {"sitemap-0.xml", ATD_ROUTE_OTHER, "sitemap-0.xml", RIGHT},
    {"sitemap-.xml", ATD_ROUTE_OTHER, "sitemap-.xml", RIGHT},
    {"sitemap-9999999.xml", ATD_ROUTE_OTHER, "sitemap-9999999.xml", RIGHT},
    {"feed.xml.html", ATD_ROUTE_OTHER, "feed.xml.html", RIGHT},
    {"index.html.html", ATD_ROUTE_OTHER, "index.html.html", RIGHT},
    {"a/b/c/d/e/f/g/h/i/j", ATD_ROUTE_OTHER, "a/b/c/d/e/f/g/h/i/j", RIGHT},
    {"%2e%2e", ATD_ROUTE_OTHER, "%2e%2e", RIGHT},
    {"a%00b", ATD_ROUTE_OTHER, "a%00b", RIGHT},
    {"a b", ATD_ROUTE_OTHER, "a b", RIGHT},
    {"a--b", ATD_ROUTE_OTHER, "a--b", RIGHT},
    {"-a", ATD_ROUTE_OTHER, "-a", RIGHT},
    {"a-", ATD_ROUTE_OTHER, "a-", RIGHT},
    {"a_b", ATD_ROUTE_OTHER, "a_b", RIGHT},
    {"a\xE2\x80\x94"
     "b",
     ATD_ROUTE_OTHER,
     "a\xE2\x80\x94"
     "b",
     RIGHT}, /* a dash */
    {"a;b", ATD_ROUTE_OTHER, "a;b", RIGHT},
    {"a.png", ATD_ROUTE_OTHER, "a.png", RIGHT},
    {"<script>", ATD_ROUTE_OTHER, "<script>", RIGHT},
    {"\xEF\xBC\x8E\xEF\xBC\x8E", ATD_ROUTE_OTHER, "\xEF\xBC\x8E\xEF\xBC\x8E", RIGHT}, /* full-width dots */
    {"my-post//", ATD_ROUTE_NONE, NULL, RIGHT},
    {"/", ATD_ROUTE_NONE, NULL, RIGHT},
    {"//", ATD_ROUTE_NONE, NULL, RIGHT},
    {"/my-post", ATD_ROUTE_NONE, NULL, RIGHT},
    {"tag//news", ATD_ROUTE_NONE, NULL, RIGHT},
    {"..", ATD_ROUTE_NONE, NULL, RIGHT},
    {"../", ATD_ROUTE_NONE, NULL, RIGHT},
    {"../etc/passwd", ATD_ROUTE_NONE, NULL, RIGHT},
    {"tag/../x", ATD_ROUTE_NONE, NULL, RIGHT},
    {".", ATD_ROUTE_NONE, NULL, RIGHT},
    {".html", ATD_ROUTE_NONE, NULL, RIGHT},
    {"tag/.html", ATD_ROUTE_NONE, NULL, RIGHT},
    {".git/config", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_drafts/a", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a\x01", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a\x7F", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a\r\nb", ATD_ROUTE_NONE, NULL, RIGHT},
    {"a\\b", ATD_ROUTE_NONE, NULL, RIGHT},
    {"\xC0\xAE\xC0\xAE", ATD_ROUTE_NONE, NULL, RIGHT}, /* overlong dots */
    {"\xC1\xA1", ATD_ROUTE_NONE, NULL, RIGHT},         /* overlong a */
    {"\xE0\x80\xAF", ATD_ROUTE_NONE, NULL, RIGHT},     /* overlong slash */
    {"\xED\xA0\x80", ATD_ROUTE_NONE, NULL, RIGHT},     /* surrogate */
    {"\xFF\xFE", ATD_ROUTE_NONE, NULL, RIGHT},         /* not UTF-8 */
    {"\xFF"
     "ab",
     ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/style.0123456789ab.css", ATD_ROUTE_ASSET, "style.css", RIGHT},
    {"_theme/a.b.0123456789ab.css", ATD_ROUTE_ASSET, "a.b.css", RIGHT},
    {"_theme/style.css", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/style..css", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/.abc.css", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/..abc.css", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/style", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/../a.b.css", ATD_ROUTE_NONE, NULL, RIGHT},
    {"_theme/a/b.c.css", ATD_ROUTE_NONE, NULL, RIGHT},
};

/* What atd_route_path() gives is its own right path, and leads to the same. */
static void check_round_trip(const char *rest)
{
    atd_route_t route = parsed(rest);
    const char *path = atd_route_path(&route, atd_test_pool);
    atd_route_t again;

    ck_assert_msg((path == NULL) == (route.kind == ATD_ROUTE_NONE), "%s", rest);
    if (!path)
        return;
    ck_assert_msg(route.moved == (strcmp(path, rest) != 0), "%s: %s", rest, path);
    again = parsed(path);
    ck_assert_msg(!again.moved, "%s: %s is moved", rest, path);
    ck_assert_msg(again.kind == route.kind && again.format == route.format && again.page == route.page &&
                      again.year == route.year && again.month == route.month,
                  "%s: %s", rest, path);
    if (route.kind != ATD_ROUTE_HOME)
        ck_assert_pstr_eq(again.name, route.name);
    ck_assert_pstr_eq(again.hash, route.hash);
    ck_assert_str_eq(atd_route_path(&again, atd_test_pool), path);
}

START_TEST(rest_gives_the_route)
{
    atd_route_t route = parsed(routes[_i].rest);

    ck_assert_msg(route.kind == routes[_i].kind, "%s: %d", routes[_i].rest, (int)route.kind);
    ck_assert_pstr_eq(route.name, routes[_i].name);
    ck_assert_msg(route.moved == routes[_i].moved, "%s: %d", routes[_i].rest, route.moved);
    if (route.kind != ATD_ROUTE_ASSET)
        ck_assert_ptr_null(route.hash);
    check_round_trip(routes[_i].rest);
}
END_TEST

static const struct {
    const char *rest, *path;
    atd_format_t format;
    unsigned page, year, month;
} lists[] = {
    {"", "", ATD_FORMAT_PAGE, 1, 0, 0},
    {"page/1", "", ATD_FORMAT_PAGE, 1, 0, 0},
    {"page/1/", "", ATD_FORMAT_PAGE, 1, 0, 0},
    {"page/2", "page/2", ATD_FORMAT_PAGE, 2, 0, 0},
    {"Page/02/index.html", "page/2", ATD_FORMAT_PAGE, 2, 0, 0},
    {"page/999999", "page/999999", ATD_FORMAT_PAGE, 999999, 0, 0},
    {"feed.xml", "feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"feed", "feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"feed/", "feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"rss", "feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"RSS.xml", "feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"index.xml", "feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"atom.xml", "atom.xml", ATD_FORMAT_ATOM, 1, 0, 0},
    {"atom", "atom.xml", ATD_FORMAT_ATOM, 1, 0, 0},
    {"feed.json", "feed.json", ATD_FORMAT_JSON, 1, 0, 0},
    {"search.json", "search.json", ATD_FORMAT_JSON, 0, 0, 0},
    {"tag/news/page/1", "tag/news", ATD_FORMAT_PAGE, 1, 0, 0},
    {"tag/news/page/3", "tag/news/page/3", ATD_FORMAT_PAGE, 3, 0, 0},
    {"tag/page/page/3", "tag/page/page/3", ATD_FORMAT_PAGE, 3, 0, 0},
    {"tag/news/feed.xml", "tag/news/feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"tag/News/feed/", "tag/news/feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"category/a/index.xml", "category/a/feed.xml", ATD_FORMAT_RSS, 1, 0, 0},
    {"author/a/atom", "author/a/atom.xml", ATD_FORMAT_ATOM, 1, 0, 0},
    {"author/a/feed.json", "author/a/feed.json", ATD_FORMAT_JSON, 1, 0, 0},
    {"archive", "archive", ATD_FORMAT_PAGE, 1, 0, 0},
    {"archive/page/2", "archive/page/2", ATD_FORMAT_PAGE, 2, 0, 0},
    {"archive/2025", "archive/2025", ATD_FORMAT_PAGE, 1, 2025, 0},
    {"archive/2025/page/2/", "archive/2025/page/2", ATD_FORMAT_PAGE, 2, 2025, 0},
    {"archive/2025/06", "archive/2025/06", ATD_FORMAT_PAGE, 1, 2025, 6},
    {"archive/2025/6", "archive/2025/06", ATD_FORMAT_PAGE, 1, 2025, 6},
    {"archive/2025/12/page/4", "archive/2025/12/page/4", ATD_FORMAT_PAGE, 4, 2025, 12},
    {"sitemap.xml", "sitemap.xml", ATD_FORMAT_PAGE, 0, 0, 0},
    {"sitemap-1.xml", "sitemap-1.xml", ATD_FORMAT_PAGE, 1, 0, 0},
    {"Sitemap-03.xml", "sitemap-3.xml", ATD_FORMAT_PAGE, 3, 0, 0},
    {"my-post", "my-post", ATD_FORMAT_PAGE, 0, 0, 0},
};

START_TEST(rest_gives_the_list)
{
    atd_route_t route = parsed(lists[_i].rest);

    ck_assert_str_eq(atd_route_path(&route, atd_test_pool), lists[_i].path);
    ck_assert_int_eq(route.format, lists[_i].format);
    ck_assert_uint_eq(route.page, lists[_i].page);
    ck_assert_uint_eq(route.year, lists[_i].year);
    ck_assert_uint_eq(route.month, lists[_i].month);
    ck_assert(route.moved == (strcmp(lists[_i].rest, lists[_i].path) != 0));
    check_round_trip(lists[_i].rest);
}
END_TEST

/* All paths of up to four parts, with and without a slash between and behind them. */
START_TEST(every_path_comes_round)
{
    static const char *const parts[] = {"tag",    "category", "archive",  "page",       "1",         "2",
                                        "02",     "2025",     "feed",     "atom.xml",   "feed.json", "A",
                                        "b.html", "c_d",      ".md",      "index.html", "",          "search",
                                        "x.md",   "site",     "\xC3\x84", "tags/",      "_x"};
    const unsigned count = sizeof parts / sizeof *parts;
    const unsigned total = count * count * count * count;
    apr_pool_t *pool = atd_test_pool;

    for (unsigned i = 0; i < total; i += getenv("ATD_QUICK") ? 29 : 1) {
        apr_pool_create(&atd_test_pool, pool);
        check_round_trip(apr_pstrcat(atd_test_pool, parts[i % count], i % 2 ? "/" : "", parts[i / count % count],
                                     i % 7 ? "/" : "", parts[i / count / count % count], i % 3 ? "/" : "",
                                     parts[i / count / count / count], NULL));
        apr_pool_destroy(atd_test_pool);
    }
    atd_test_pool = pool;
}
END_TEST

START_TEST(none_has_no_path)
{
    const atd_route_t route = {.kind = ATD_ROUTE_NONE};

    ck_assert_ptr_null(atd_route_path(&route, atd_test_pool));
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
    ck_assert_int_eq(parsed(apr_pstrcat(atd_test_pool, repeated("a", ATD_MAX_SLUG), "/", NULL)).kind, ATD_ROUTE_POST);
    ck_assert_int_eq(parsed(repeated("a", ATD_MAX_SLUG + 1)).kind, ATD_ROUTE_OTHER);
    ck_assert_int_eq(parsed(repeated("a", ATD_MAX_ALIAS)).kind, ATD_ROUTE_OTHER);
    ck_assert_int_eq(parsed(repeated("a", ATD_MAX_ALIAS + 1)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("A", 10240)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("../", 4000)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("\xC3\xA4", 5000)).kind, ATD_ROUTE_NONE);
    ck_assert_int_eq(parsed(repeated("a/", 500000)).kind, ATD_ROUTE_NONE);
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
    tcase_add_loop_test(tests, rest_gives_the_list, 0, (int)(sizeof lists / sizeof *lists));
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_path_comes_round);
    tcase_add_test(tests, none_has_no_path);
    tcase_add_test(tests, asset_has_a_hash);
    tcase_add_test(tests, long_names_are_refused_quickly);
    tcase_add_test(tests, sources_are_never_served_as_files);
    return suite;
}
