/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const atd_page_t *page(const char *rest)
{
    return page_at(open_site(), rest);
}

static void check_status(const char *rest, int status)
{
    const atd_page_t *made = page(rest);

    ck_assert_msg(made->status == status, "%s: %d", rest, made->status);
    ck_assert_int_eq(made->location != NULL, status == 301);
}

static void check_moved(const atd_page_t *made, const char *name)
{
    ck_assert_int_eq(made->status, 301);
    ck_assert_str_eq(made->location, apr_pstrcat(atd_test_pool, "https://example.org/blog/", name, NULL));
    ck_assert(made->keeps_query);
}

/* ---- aliases ---- */

START_TEST(alias_leads_to_its_post)
{
    static const char *const rests[] = {"old",          "old/",        "Old", "2011/03/name.html", "deep/er/old",
                                        "deep/er/old/", "rooted",      "a/b", "elsewhere",         "page.html",
                                        "word press",   "caf\xC3\xA9", "dir"};

    put_file("a.md", markdown_of("aliases: [old, 2011/03/name.html, deep/er/old/, /blog/rooted, /a/b, "
                                 "'https://old.example/elsewhere?x=1#y', page.html, word press, "
                                 "'caf\xC3\xA9', /blog/dir/index.html]\n",
                                 "Text\n"));
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++) {
        const atd_page_t *made = page(rests[i]);

        ck_assert_msg(made->status == 301, "%s: %d", rests[i], made->status);
        check_moved(made, "a");
        ck_assert(!made->personal);
    }
    check_status("none", 404);
    check_status("er/old", 404);
    check_status("blog/rooted/x", 404);
}
END_TEST

START_TEST(rooted_alias_begins_where_the_blog_is)
{
    put_file("a.md", markdown_of("aliases: ['/\xC3\xBC x/old', /seen/older]\n", "Text\n"));
    put_file("site.yaml", "url: https://example.org/seen\n");
    test_config.base = "/\xC3\xBC x";
    ck_assert_str_eq(page("old")->location, "https://example.org/seen/a");
    ck_assert_str_eq(page("older")->location, "https://example.org/seen/a");
    test_config.base = "/";
    put_file("site.yaml", "{}");
    put_file("a.md", markdown_of("aliases: [/old]\n", "Text\n"));
    ck_assert_str_eq(page("old")->location, "https://example.org/a");
}
END_TEST

START_TEST(alias_leads_to_the_permalink)
{
    put_file("site.yaml", "permalink: /:year/:slug\n");
    put_file("a.md", markdown_of("date: 2025-06-16\naliases: [old]\n", "Text\n"));
    check_moved(page("old"), "2025/a");
    check_status("2025/a", 200);
}
END_TEST

START_TEST(alias_tells_nothing_of_hidden_posts)
{
    static const char *const states[] = {"status: draft\n", "date: 2030-01-01\n", "expires: 2020-01-01\n",
                                         "status: archived\n", "status: gone\n"};

    for (unsigned i = 0; i < sizeof states / sizeof *states; i++) {
        put_file("a.md", markdown_of(apr_pstrcat(atd_test_pool, "aliases: [old]\n", states[i], NULL), "Text\n"));
        check_status("old", 404);
    }
    test_config.drafts = true;
    check_moved(page("old"), "a");
    ck_assert(page("old")->personal);
}
END_TEST

START_TEST(alias_makes_no_circle)
{
    put_file("a.md", markdown_of("aliases: [a, /blog/a, A, a/, a.html, /blog/]\n", "Text\n"));
    check_status("a", 200);
    check_moved(page("a/"), "a");
    check_status("", 200);
    put_file("a.md", markdown_of("aliases: [a]\nstatus: draft\n", "Text\n"));
    check_status("a", 404);
    put_file("site.yaml", "permalink: /:year/:slug\n");
    put_file("a.md", markdown_of("aliases: [2025/a, a]\ndate: 2025-06-16\n", "Text\n"));
    check_status("2025/a", 200);
    check_moved(page("a"), "2025/a");
}
END_TEST

START_TEST(post_comes_before_an_alias)
{
    put_file("a.md", markdown_of("aliases: [b, tags, feed.xml, draft]\n", "Text\n"));
    put_file("b.md", markdown_of("title: B\n", "Text\n"));
    put_file("draft.md", markdown_of("title: D\nstatus: draft\n", "Text\n"));
    check_status("b", 200);
    HAS(page("b")->body, "<title>B | Blog</title>");
    check_status("tags", 200);
    check_status("feed.xml", 200);
    check_status("draft", 404);
}
END_TEST

START_TEST(first_of_two_has_the_alias)
{
    put_file("posts/b.md", markdown_of("aliases: [old]\n", "Text\n"));
    put_file("posts/a.md", markdown_of("aliases: [old]\n", "Text\n"));
    check_moved(page("old"), "a");
}
END_TEST

START_TEST(redirecting_post_may_have_aliases)
{
    put_file("a.md", markdown_of("aliases: [old]\nredirect: https://x.org/\n", "Text\n"));
    check_moved(page("old"), "a");
    ck_assert_str_eq(page("a")->location, "https://x.org/");
}
END_TEST

START_TEST(static_page_may_have_aliases)
{
    put_file("pages/about.md", markdown_of("aliases: [who]\n", "Text\n"));
    check_moved(page("who"), "about");
}
END_TEST

/* ---- former slugs ---- */

/* Looks at all files at each page, and remembers what there was. */
static void keep_index(void)
{
    static const atd_index_policy_t policy = {.renderer = &atd_renderer_inprocess};

    ATD_OK(atd_index_open(&test_config.index, &test_content, NULL, atd_test_pool));
    test_config.policy = &policy;
}

START_TEST(former_slug_leads_on)
{
    keep_index();
    put_file("posts/a.md", markdown_of("title: A\nslug: first\n", "Text\n"));
    check_status("first", 200);
    put_file("posts/a.md", markdown_of("title: A\nslug: second-one\n", "Text\n"));
    check_status("second-one", 200);
    check_moved(page("first"), "second-one");
    check_moved(page("First/"), "second-one");
    put_file("posts/a.md", markdown_of("title: A\nslug: third\n", "Text\n."));
    check_moved(page("first"), "third");
    check_moved(page("second-one"), "third");
    put_file("posts/a.md", markdown_of("title: A\nslug: first\n", "Text\n"));
    check_status("first", 200);
    check_moved(page("third"), "first");
    put_file("posts/a.md", markdown_of("title: A\nslug: last\nstatus: draft\n", "Text\n"));
    check_status("first", 404);
    check_status("third", 404);
    remove_file("posts/a.md");
    check_status("first", 404);
}
END_TEST

START_TEST(new_post_has_a_former_slug)
{
    keep_index();
    put_file("posts/a.md", markdown_of("title: A\nslug: first\n", "Text\n"));
    check_status("first", 200);
    put_file("posts/a.md", markdown_of("title: A\nslug: second-one\n", "Text\n"));
    put_file("posts/b.md", markdown_of("title: B\nslug: first\n", "Text\n"));
    check_status("first", 200);
    HAS(page("first")->body, "<title>B | Blog</title>");
}
END_TEST

/* ---- a post's own page ---- */

START_TEST(post_has_surrogate_keys)
{
    put_file("a.md", markdown_of("category: My Cat\ntags: [T, u v]\nauthors: [Ada, Bob C]\n", "Text\n"));
    put_file("pages/about.md", "x");
    ck_assert_str_eq(page("a")->tags, "post-a category-my-cat tag-t tag-u-v author-ada author-bob-c");
    ck_assert_str_eq(page("about")->tags, "page-about");
}
END_TEST

START_TEST(post_says_when_it_was_modified)
{
    put_file("a.md", markdown_of("lastModified: '2025-06-17T10:00:00Z'\n", "Text\n"));
    put_file("b.md", "x");
    ck_assert_int_eq(page("a")->modified, apr_time_from_sec(1750154400));
    ck_assert_int_gt(page("b")->modified, 0); /* first seen */
    ck_assert_ptr_null(page("a")->canonical);
}
END_TEST

START_TEST(post_shows_its_neighbours)
{
    put_file("a.md", "---\ntitle: Post A\ndate: 2025-06-01\nseries: S\npartNumber: 1\n---\n");
    put_file("b.md", "---\ntitle: Post B\ndate: 2025-06-02\nseries: S\npartNumber: 2\n---\n");
    put_file("c.md", "---\ntitle: Post C\ndate: 2025-06-03\n---\n");
    HAS(page("b")->body, "href=\"/blog/a\"");
    HAS(page("b")->body, "href=\"/blog/c\"");
    LACKS(page("a")->body, "href=\"/blog/c\"");
}
END_TEST

Suite *page_post_suite(void)
{
    Suite *suite = suite_create("page_post");
    TCase *tests = site_test_case(suite, "addresses");

    tcase_add_test(tests, alias_leads_to_its_post);
    tcase_add_test(tests, rooted_alias_begins_where_the_blog_is);
    tcase_add_test(tests, alias_leads_to_the_permalink);
    tcase_add_test(tests, alias_tells_nothing_of_hidden_posts);
    tcase_add_test(tests, alias_makes_no_circle);
    tcase_add_test(tests, post_comes_before_an_alias);
    tcase_add_test(tests, first_of_two_has_the_alias);
    tcase_add_test(tests, redirecting_post_may_have_aliases);
    tcase_add_test(tests, static_page_may_have_aliases);
    tcase_add_test(tests, former_slug_leads_on);
    tcase_add_test(tests, new_post_has_a_former_slug);
    tests = site_test_case(suite, "posts");
    tcase_add_test(tests, post_has_surrogate_keys);
    tcase_add_test(tests, post_says_when_it_was_modified);
    tcase_add_test(tests, post_shows_its_neighbours);
    return suite;
}
