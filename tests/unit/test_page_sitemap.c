/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index.h"
#include "site_fixture.h"

#include <apr_strings.h>

#define BLOG "https://example.org/blog/"

/* Paths below the blog of all <loc> of pages, with blanks between. */
static const char *locations(const char *xml)
{
    const char *all = "";

    for (const char *at = strstr(xml, "<loc>" BLOG); at; at = strstr(at + 1, "<loc>" BLOG)) {
        const char *begin = at + strlen("<loc>" BLOG);
        const char *path = apr_pstrmemdup(atd_test_pool, begin, strcspn(begin, "<"));

        all = apr_pstrcat(atd_test_pool, all, *all ? " " : "", *path ? path : ".", NULL);
    }
    return all;
}

static const atd_page_t *sitemap_at(const char *rest)
{
    const atd_page_t *page = page_at(open_site(), rest);

    ck_assert_msg(page->status == 200, "%d %s", page->status, page->body);
    ck_assert_str_eq(page->type, "application/xml; charset=utf-8");
    ck_assert(!page->indexable);
    ck_assert_str_eq(page->tags, "list");
    ck_assert(page->modified > 0);
    return page;
}

static void put_blog(void)
{
    put_file("site.yaml", "title: T\nlanguage: en\n");
    put_file("pages/about.md", "---\ntitle: About\n---\n");
    put_file("posts/old.md", "---\ntitle: Old\ndate: 2024-01-01\nlastModified: 2024-02-03T04:05:06+02:00\n"
                             "category: News\ntags: [x, y]\nauthor: Ada\npriority: high\n---\n");
    put_file("posts/new.md", "---\ntitle: New\ndate: 2025-01-01\nlastModified: 2025-01-02\ntags: [x]\n"
                             "translations: {de: neu}\nfeaturedImage: {src: a b.png, alt: A & b, caption: C}\n---\n");
}

START_TEST(everything_is_listed_in_order)
{
    const char *xml;

    put_blog();
    xml = sitemap_at("sitemap.xml")->body;
    ck_assert_str_eq(locations(xml), ". about new old category/news tag/x tag/y author/ada");
    HAS(xml, "<loc>" BLOG "old</loc>\n<lastmod>2024-02-03T04:05:06+02:00</lastmod>\n<priority>1.0</priority>\n</url>");
    HAS(xml, "<loc>" BLOG "new</loc>\n<lastmod>2025-01-02T00:00:00+00:00</lastmod>\n"
             "<xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"" BLOG "new\"/>\n"
             "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"" BLOG "neu\"/>\n"
             "<image:image>\n<image:loc>" BLOG "posts/a%20b.png</image:loc>\n<image:caption>C</image:caption>\n"
             "<image:title>A &amp; b</image:title>\n</image:image>\n</url>");
    HAS(xml, "<loc>" BLOG "tag/x</loc>\n<lastmod>2025-01-02T00:00:00+00:00</lastmod>");
    HAS(xml, "<loc>" BLOG "tag/y</loc>\n<lastmod>2024-02-03T02:05:06+00:00</lastmod>");
    HAS(xml, "<loc>" BLOG "</loc>\n<lastmod>2");
}
END_TEST

/* Front matter of what is not listed. */
static const char *const closed[] = {
    "status: draft",
    "date: 2030-01-01",
    "expires: 2025-06-30",
    "noindex: true",
    "metaRobots: nofollow, none",
    "sitemap: false",
    "redirect_to: /x",
    "canonicalUrl: https://x.org/a",
    "canonicalUrl: /blog/b",
    "sitemap: {disable: true}",
    "status: archived",
};

START_TEST(what_must_not_be_found_is_left_out)
{
    put_file("posts/a.md", apr_pstrcat(atd_test_pool, "---\n", closed[_i], "\n---\n", NULL));
    put_file("pages/p.md", apr_pstrcat(atd_test_pool, "---\n", closed[_i], "\n---\n", NULL));
    ck_assert_str_eq(locations(sitemap_at("sitemap.xml")->body), ".");
    test_config.drafts = true;
    ck_assert_str_eq(locations(sitemap_at("sitemap.xml")->body), ".");
    ck_assert(sitemap_at("sitemap.xml")->personal);
}
END_TEST

/* Of what is. */
static const char *const open[] = {
    "canonicalUrl: https://example.org/blog/a",
    "canonicalUrl: /blog/a",
    "metaRobots: index, nofollow",
    "sitemap: true",
    "sitemap: {priority: 0.5, filename: sitemap.xml}",
};

START_TEST(all_else_is_listed)
{
    put_file("posts/a.md", apr_pstrcat(atd_test_pool, "---\n", open[_i], "\n---\n", NULL));
    ck_assert_str_eq(locations(sitemap_at("sitemap.xml")->body), ". a");
}
END_TEST

START_TEST(closed_category_is_left_out)
{
    put_file("posts/a.md", "---\ncategory: News\n---\n");
    put_file("posts/b.md", "---\ncategory: Other\n---\n");
    put_file("categories/news.md", "---\nname: News\nnoindex: true\n---\n");
    ck_assert_str_eq(locations(sitemap_at("sitemap.xml")->body), ". a b category/other");
}
END_TEST

START_TEST(date_counts_where_it_is_later_than_the_file)
{
    put_file("posts/a.md", "---\ndate: 2031-01-01T08:00:00+02:00\n---\n");
    put_file("posts/b.md", "---\ndate: 2001-01-01\n---\n");
    test_config.now = apr_time_from_sec(2000000000);
    HAS(sitemap_at("sitemap.xml")->body, BLOG "a</loc>\n<lastmod>2031-01-01T08:00:00+02:00</lastmod>");
    LACKS(sitemap_at("sitemap.xml")->body, "<lastmod>2001");
}
END_TEST

START_TEST(parts_are_there_for_any_blog)
{
    put_blog();
    ck_assert_str_eq(locations(sitemap_at("sitemap-1.xml")->body), ". about");
    ck_assert_str_eq(locations(sitemap_at("sitemap-2.xml")->body), "new old");
    ck_assert_str_eq(locations(sitemap_at("sitemap-3.xml")->body), "category/news");
    ck_assert_str_eq(locations(sitemap_at("sitemap-4.xml")->body), "tag/x tag/y");
    ck_assert_str_eq(locations(sitemap_at("sitemap-5.xml")->body), "author/ada");
    ck_assert_int_eq(page_at(open_site(), "sitemap-6.xml")->status, 404);
    ck_assert_int_eq(page_at(open_site(), "sitemap-999999.xml")->status, 404);
    ck_assert_int_eq(page_at(open_site(), "Sitemap-9.xml")->status, 404);
    ck_assert_str_eq(page_at(open_site(), "Sitemap-2.XML")->location, BLOG "sitemap-2.xml");
    ck_assert_str_eq(page_at(open_site(), "SITEMAP.xml")->location, BLOG "sitemap.xml");
}
END_TEST

/* Tags make as many addresses as are wanted of few files. */
static void put_many(void)
{
    for (int file = 0; file < 800; file++) {
        const char *tags = "";

        for (int tag = 0; tag < 64; tag++)
            tags = apr_psprintf(atd_test_pool, "%s t%d", tags, file * 64 + tag);
        put_file(apr_psprintf(atd_test_pool, "posts/p%03d.md", file),
                 apr_psprintf(atd_test_pool, "---\ndate: 2025-01-01\nlastModified: 2025-02-%02d\ntags: %s\n---\n",
                              file % 28 + 1, tags));
    }
}

START_TEST(large_blog_has_an_index)
{
    const atd_site_t *site;
    const char *xml;
    unsigned sum = 0;

    put_many();
    site = open_site();
    xml = page_at(site, "sitemap.xml")->body;
    ck_assert_uint_eq(count_of(xml, "<sitemap>"), 1 + 1 + 6);
    HAS(xml, "<loc>" BLOG "sitemap-2.xml</loc>\n<lastmod>2025-02-28T00:00:00+00:00</lastmod>\n");
    HAS(xml,
        "<loc>" BLOG "sitemap-8.xml</loc>\n<lastmod>2025-02-28T00:00:00+00:00</lastmod>\n</sitemap>\n</sitemapindex>");
    for (int i = 1; i <= 8; i++)
        sum += count_of(page_at(site, apr_psprintf(atd_test_pool, "sitemap-%d.xml", i))->body, "<url>");
    ck_assert_uint_eq(sum, 1 + 800 + 800 * 64);
    ck_assert_int_eq(page_at(site, "sitemap-9.xml")->status, 404);
}
END_TEST

Suite *page_sitemap_suite(void)
{
    Suite *suite = suite_create("page_sitemap");
    TCase *tests = site_test_case(suite, "page_sitemap");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, everything_is_listed_in_order);
    tcase_add_loop_test(tests, what_must_not_be_found_is_left_out, 0, (int)(sizeof closed / sizeof *closed));
    tcase_add_loop_test(tests, all_else_is_listed, 0, (int)(sizeof open / sizeof *open));
    tcase_add_test(tests, closed_category_is_left_out);
    tcase_add_test(tests, date_counts_where_it_is_later_than_the_file);
    tcase_add_test(tests, parts_are_there_for_any_blog);
    tcase_add_test(tests, large_blog_has_an_index);
    return suite;
}
