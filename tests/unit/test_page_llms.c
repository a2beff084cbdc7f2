/* SPDX-License-Identifier: Apache-2.0 */
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#define BLOG "https://example.org/blog/"
#define DATA                                                                                                           \
    "\n## Feeds and data\n\n- [RSS feed](" BLOG "feed.xml)\n- [Atom feed](" BLOG "atom.xml)\n"                         \
    "- [JSON feed](" BLOG "feed.json)\n- [Sitemap](" BLOG "sitemap.xml)\n"                                             \
    "- [Full text](" BLOG "llms-full.txt): all posts as Markdown in one file\n"

static const char *text_of(const char *rest)
{
    const atd_page_t *page = page_at(open_site(), rest);

    ck_assert_msg(page->status == 200, "%d %s", page->status, page->body);
    ck_assert_str_eq(page->type, "text/plain; charset=utf-8");
    ck_assert(!page->indexable);
    ck_assert_str_eq(page->tags, "list");
    return page->body;
}

START_TEST(everything_is_told_of)
{
    put_file("site.yaml", "title: My blog\ndescription: About things\npermalink: /:year/:slug\n");
    put_file("pages/about.md", "---\ntitle: About\ndescription: Who we are\n---\n");
    put_file("posts/old.md", "---\ntitle: Old\ndate: 2024-01-01\n---\nThe first\nparagraph.\n\nMore.\n");
    put_file("posts/new.md", "---\ntitle: New [x]\ndate: 2025-01-01\nexcerpt: An excerpt\ncategory: News\n---\n");
    put_file("posts/shut.md", "---\ncategory: Shut\ndate: 2023-01-01\n---\n");
    put_file("categories/news.md", "---\nname: The news\ndescription: All that is new\n---\n");
    put_file("categories/shut.md", "---\nname: Shut\nnoindex: true\n---\n");
    ck_assert_str_eq(text_of("llms.txt"),
                     "# My blog\n\n> About things\n\n## Posts\n\n- [New \\[x\\]](" BLOG "new.md): An excerpt\n"
                     "- [Old](" BLOG "old.md): The first paragraph.\n- [Shut](" BLOG "shut.md)\n"
                     "\n## Pages\n\n- [About](" BLOG "about.md): Who we are\n"
                     "\n## Categories\n\n- [The news](" BLOG "category/news): All that is new\n" DATA);
    ck_assert(page_at(open_site(), "llms.txt")->modified > 0);
    ck_assert_str_eq(page_at(open_site(), "LLMS.txt")->location, BLOG "llms.txt");
}
END_TEST

START_TEST(empty_blog_has_data)
{
    put_file("site.yaml", "title: T\n");
    ck_assert_str_eq(text_of("llms.txt"), "# T\n" DATA);
    ck_assert_str_eq(text_of("llms-full.txt"), "# T\n");
}
END_TEST

static const char *const closed[] = {
    "status: draft", "date: 2030-01-01", "expires: 2025-06-30", "noindex: true", "metaRobots: none", "redirect_to: /x",
};

START_TEST(what_must_not_be_found_is_left_out)
{
    const char *text = apr_pstrcat(atd_test_pool, "---\ntitle: Secret\n", closed[_i], "\n---\nSecret\n", NULL);

    put_file("posts/a.md", text);
    put_file("pages/p.md", text);
    LACKS(text_of("llms.txt"), "Secret");
    LACKS(text_of("llms-full.txt"), "Secret");
    test_config.drafts = true;
    LACKS(text_of("llms.txt"), "Secret");
    LACKS(text_of("llms-full.txt"), "Secret");
    ck_assert(page_at(open_site(), "llms.txt")->personal);
}
END_TEST

START_TEST(long_list_says_that_it_is_cut)
{
    const char *text;

    for (int i = 1; i <= 201; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/p%d.md", i), i == 201 ? "---\nnoindex: true\n---\n" : "x");
    text = text_of("llms.txt");
    ck_assert_uint_eq(count_of(text, ".md): x"), 200);
    LACKS(text, "entries at most");
    put_file("posts/p201.md", "x");
    text = text_of("llms.txt");
    ck_assert_uint_eq(count_of(text, ".md): x"), 200);
    HAS(text, "\n\nThe lists below have 200 entries at most. All posts are in the [archive](" BLOG "archive), their"
              " text is in [llms-full.txt](" BLOG "llms-full.txt), and all addresses are in the [sitemap](" BLOG
              "sitemap.xml).\n\n## Posts\n");
}
END_TEST

START_TEST(full_text_has_all_posts)
{
    put_file("site.yaml", "title: T\n");
    put_file("pages/about.md", "---\ntitle: About\n---\n");
    put_file("posts/a.md", "---\ntitle: A\ndate: 2025-01-01\n---\n\n## Part\n\n```c\nint x;\n");
    put_file("posts/b.md", "---\ntitle: B\ndate: 2024-01-01\n---\n");
    ck_assert_str_eq(text_of("llms-full.txt"),
                     "# T\n\n---\n\n# A\n\nURL: " BLOG "a\nDate: 2025-01-01\n\n## Part\n\n```c\nint x;\n```\n"
                     "\n---\n\n# B\n\nURL: " BLOG "b\nDate: 2024-01-01\n");
}
END_TEST

START_TEST(full_text_says_where_it_is_cut)
{
    const char *body = repeated("0123456789abcde\n", 1000 * 1000 / 16);
    const char *text;

    for (int i = 0; i < 12; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/p%02d.md", i), body);
    text = text_of("llms-full.txt");
    ck_assert_uint_le(strlen(text), ATD_MAX_LLMS);
    ck_assert_uint_gt(strlen(text), ATD_MAX_LLMS - 3 * 1000 * 1000);
    HAS(text, "0123456789abcde\n\n---\n\nThis file is cut off here, at its limit of 8388608 bytes. Older posts are in"
              " the [archive](" BLOG "archive).\n");
    ck_assert_str_eq(strstr(text, "archive)") + strlen("archive)"), ".\n");
}
END_TEST

Suite *page_llms_suite(void)
{
    Suite *suite = suite_create("page_llms");
    TCase *tests = site_test_case(suite, "page_llms");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, everything_is_told_of);
    tcase_add_test(tests, empty_blog_has_data);
    tcase_add_loop_test(tests, what_must_not_be_found_is_left_out, 0, (int)(sizeof closed / sizeof *closed));
    tcase_add_test(tests, long_list_says_that_it_is_cut);
    tcase_add_test(tests, full_text_has_all_posts);
    tcase_add_test(tests, full_text_says_where_it_is_cut);
    return suite;
}
