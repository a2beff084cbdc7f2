/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <apr_xml.h>

#define EVIL "'</title></script><script>alert(1)</script>\"''&'"

static const atd_page_t *page(const char *rest)
{
    return page_at(open_site(), rest);
}

static void check_status(const char *rest, int status)
{
    const atd_page_t *made = page(rest);

    ck_assert_msg(made->status == status, "%s: %d", rest, made->status);
    ck_assert(status == 200 || !made->indexable);
    ck_assert_int_eq(made->location != NULL, status == 301);
}

static void check_right(const char *rest, const char *name)
{
    const atd_page_t *made = page(rest);

    check_status(rest, 301);
    ck_assert_str_eq(made->location, apr_pstrcat(atd_test_pool, "https://example.org/blog/", name, NULL));
    ck_assert(made->keeps_query && !made->personal);
}

static void put_posts(void)
{
    put_file("posts/a.md", markdown_of("title: Post A\ndate: 2025-06-16\ntags: [Red]\ncategory: News\nauthor: Ada\n",
                                       "[x](/y) ![p](p.png) [f](#f) [c](c.md)\n"));
    put_file("posts/b.md",
             "---\ntitle: Post B\ndate: 2025-06-15\ntags: [red]\ncategory: News\nauthor: Ada\n---\nText\n");
    put_file("posts/c.md",
             "---\ntitle: Quiet\ndate: 2025-06-14\ntags: [red]\ncategory: News\nauthor: Ada\nrss: false\n---\nText\n");
    put_file("posts/d.md", "---\ntitle: Hidden\ndate: 2025-06-13\ntags: [red]\ncategory: News\nauthor: Ada\n"
                           "status: draft\n---\nText\n");
    put_file("posts/e.md",
             "---\ntitle: Hidden\ndate: 2030-06-13\ntags: [red]\ncategory: News\nauthor: Ada\n---\nText\n");
    put_file("posts/f.md", "---\ntitle: Hidden\ndate: 2025-06-11\ntags: [red]\ncategory: News\nauthor: Ada\n"
                           "expires: 2025-06-12\n---\nText\n");
}

static const struct {
    const char *rest, *title, *tags;
} kinds[] = {
    {"", "Blog", "home"},
    {"category/news", "News | Blog", "list category-news"},
    {"tag/red", "red | Blog", "list tag-red"},
    {"author/ada", "Ada | Blog", "list author-ada"},
    {"archive/2025", "2025 | Blog", "list"},
    {"archive/2025/06", "June 2025 | Blog", "list"},
    {"archive", "Archive | Blog", "list"},
    {"tags", "Tags | Blog", "list"},
    {"categories", "Categories | Blog", "list"},
    {"authors", "Authors | Blog", "list"},
};

#define LISTS 6 /* of the kinds, those that show posts */
#define KINDS (int)(sizeof kinds / sizeof *kinds)

START_TEST(each_kind_is_shown)
{
    const atd_page_t *made;

    put_posts();
    made = page(kinds[_i].rest);
    ck_assert_int_eq(made->status, 200);
    ck_assert_str_eq(made->type, "text/html; charset=utf-8");
    ck_assert(made->indexable && !made->personal && !made->immutable);
    ck_assert_ptr_null(made->canonical);
    ck_assert_ptr_null(made->error);
    ck_assert_str_eq(made->tags, kinds[_i].tags);
    ck_assert_int_gt(made->modified, 0);
    ck_assert_str_eq(made->lang, "en");
    HAS(made->preload, "/blog/_theme/style.");
    if (_i == 2) /* as its newest post writes it */
        HAS(made->body, "ed | Blog</title>");
    else
        HAS(made->body, apr_pstrcat(atd_test_pool, "<title>", kinds[_i].title, "</title>", NULL));
    HAS(made->body, apr_pstrcat(atd_test_pool, "<link rel=\"canonical\" href=\"https://example.org/blog/",
                                kinds[_i].rest, "\">", NULL));
    LACKS(made->body, "Hidden");
    if (_i < LISTS) {
        HAS(made->body, ">Post A<");
        HAS(made->body, ">Quiet<"); /* only feeds leave it out */
    }
}
END_TEST

START_TEST(each_kind_is_its_authors_alone_with_drafts)
{
    put_posts();
    test_config.drafts = true;
    ck_assert(page(kinds[_i].rest)->personal);
    ck_assert(!page(kinds[_i].rest)->indexable);
    if (_i < LISTS)
        HAS(page(kinds[_i].rest)->body, ">Hidden<");
}
END_TEST

START_TEST(pages_come_to_an_end)
{
    static const char *const there[] = {"page/3",
                                        "tag/red/page/3",
                                        "category/news/page/2",
                                        "author/ada/page/3",
                                        "archive/2025/page/3",
                                        "archive/2025/06/page/2"};
    static const char *const past[] = {"page/4",
                                       "tag/red/page/4",
                                       "category/news/page/999999",
                                       "author/ada/page/4",
                                       "archive/2025/page/4",
                                       "archive/2025/06/page/4",
                                       "archive/page/2",
                                       "tags/page/2",
                                       "archive/2025/page/0",
                                       "tag/red/page/2/3"};

    put_posts();
    put_file("site.yaml", "pageSize: 1\n");
    for (unsigned i = 0; i < sizeof there / sizeof *there; i++)
        check_status(there[i], 200);
    for (unsigned i = 0; i < sizeof past / sizeof *past; i++)
        check_status(past[i], 404);
    HAS(page("page/2")->body, "<link rel=\"prev\" href=\"https://example.org/blog/\">");
    HAS(page("page/2")->body, "<link rel=\"next\" href=\"https://example.org/blog/page/3\">");
    HAS(page("tag/red/page/2")->body, "<link rel=\"canonical\" href=\"https://example.org/blog/tag/red/page/2\">");
}
END_TEST

START_TEST(blog_may_be_empty)
{
    static const char *const there[] = {"",     "feed.xml", "atom.xml",   "feed.json",
                                        "tags", "archive",  "categories", "authors"};
    static const char *const missing[] = {"page/2",   "tag/x",        "category/x",
                                          "author/x", "archive/2025", "tag/x/feed.xml"};

    for (unsigned i = 0; i < sizeof there / sizeof *there; i++)
        check_status(there[i], 200);
    for (unsigned i = 0; i < sizeof missing / sizeof *missing; i++)
        check_status(missing[i], 404);
}
END_TEST

START_TEST(redirects_lead_to_what_is_there)
{
    static const char *const missing[] = {"tag/none/",        "Tag/None",        "category/none/page/1",
                                          "author/none/feed", "archive/2024/6",  "page/2/",
                                          "tag/red/page/2/",  "archive/2025/7/", "tag/none/index.xml"};

    put_posts();
    check_right("tag/Red/", "tag/red");
    check_right("TAG/red", "tag/red");
    check_right("category/news/page/1", "category/news");
    check_right("tag/red/feed", "tag/red/feed.xml");
    check_right("author/ada/rss.xml", "author/ada/feed.xml");
    check_right("category/news/atom/", "category/news/atom.xml");
    check_right("archive/2025/6", "archive/2025/06");
    check_right("archive/", "archive");
    check_right("Tags", "tags");
    check_right("categories/index.html", "categories");
    check_right("rss", "feed.xml");
    for (unsigned i = 0; i < sizeof missing / sizeof *missing; i++)
        check_status(missing[i], 404);
}
END_TEST

START_TEST(a_file_is_enough_for_a_category_and_an_author)
{
    put_file("categories/new.md", "---\nname: Brand New\n---\nSoon.\n");
    put_file("authors/ada.md", "---\nname: Ada L.\nbio: A poet\n---\n");
    check_status("category/new", 200);
    HAS(page("category/new")->body, "<p>Soon.</p>");
    HAS(page("category/new")->body, "Brand New");
    check_status("category/new/feed.xml", 200);
    check_status("category/new/page/2", 404);
    check_right("category/New/", "category/new");
    check_status("author/ada", 200);
    HAS(page("author/ada")->body, "A poet");
    check_status("tag/new", 404);
    put_file("categories/new.md", "---\nname: Brand New\nnoindex: true\n---\nSoon.\n");
    ck_assert(!page("category/new")->indexable);
}
END_TEST

/* ---- feeds ---- */

static const char *const lists[] = {"", "tag/red", "category/news", "author/ada"};
static const char *const formats[] = {"feed.xml", "atom.xml", "feed.json"};

static void check_well_formed(const char *text, apr_size_t length)
{
    apr_xml_parser *parser = apr_xml_parser_create(atd_test_pool);
    apr_xml_doc *document;

    ck_assert_msg(apr_xml_parser_feed(parser, text, length) == APR_SUCCESS, "%s", text);
    ck_assert_msg(apr_xml_parser_done(parser, &document) == APR_SUCCESS, "%s", text);
}

static void check_feed(const atd_page_t *made, bool xml)
{
    ck_assert_int_eq(made->status, 200);
    if (xml)
        check_well_formed(made->body, made->length);
    else
        ck_assert_int_eq(atd_value_type(yaml_of(made->body)), ATD_MAP);
}

static const char *feed_address(int test)
{
    return apr_pstrcat(atd_test_pool, lists[test / 3], test < 3 ? "" : "/", formats[test % 3], NULL);
}

START_TEST(each_feed_is_well_formed)
{
    const char *rest = feed_address(_i);
    const char *home = apr_pstrcat(atd_test_pool, "https://example.org/blog/", lists[_i / 3], NULL);
    const atd_page_t *made;

    put_posts();
    made = page(rest);
    check_feed(made, _i % 3 != 2);
    HAS(made->body, apr_pstrcat(atd_test_pool, "https://example.org/blog/", rest, NULL));
    ck_assert_pstr_eq(made->canonical, home);
    ck_assert(!made->personal);
    ck_assert_int_gt(made->modified, 0);
    HAS(made->tags, _i < 3 ? "home" : "list ");
    HAS(made->body, "Post A");
    HAS(made->body, "Post B");
    LACKS(made->body, "Hidden");
    LACKS(made->body, "Quiet");
    LACKS(made->body, "=\"/");
    LACKS(made->body, "=\\\"/");
    LACKS(made->body, ":\"/");
    LACKS(made->body, ">/");
    HAS(made->body, "https://example.org/y");
    HAS(made->body, "https://example.org/blog/posts/p.png");
    HAS(made->body, "https://example.org/blog/a#f");
    HAS(made->body, "https://example.org/blog/c");
}
END_TEST

START_TEST(each_feed_takes_hostile_names)
{
    const char *rest = feed_address(_i);

    put_file("site.yaml", "title: " EVIL "\ndescription: " EVIL "\nauthor: " EVIL "\n");
    put_file("categories/news.md", "---\nname: " EVIL "\ndescription: " EVIL "\n---\n");
    put_file("authors/ada.md", "---\nname: " EVIL "\nbio: " EVIL "\n---\n");
    put_file("posts/a.md", "---\ntitle: " EVIL "\ndate: 2025-06-16\ntags: [Red, " EVIL "]\ncategory: News\n"
                           "author: ada\nexcerpt: " EVIL "\nimage: {src: /a.png, alt: " EVIL "}\n---\n]]> <b>\n");
    check_feed(page(rest), _i % 3 != 2);
    LACKS(page(rest)->body, "<script>");
}
END_TEST

START_TEST(feeds_show_drafts_to_their_author_alone)
{
    put_posts();
    test_config.drafts = true;
    HAS(page("feed.xml")->body, "Hidden");
    ck_assert(page("feed.xml")->personal);
}
END_TEST

/* A post that was taken back since it was listed. */
START_TEST(feed_looks_at_its_posts_again)
{
    const atd_site_t *site = open_site();
    atd_index_t *index = NULL;

    put_posts();
    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    put_file("posts/a.md", "---\ntitle: Post A\nstatus: draft\n---\n");
    put_file("posts/b.md", "---\ntitle: Post B: x\n---\n");
    LACKS(page_at(site, "feed.xml")->body, "Post A");
    LACKS(page_at(site, "feed.xml")->body, "Post B");
    ck_assert_int_eq(page_at(site, "feed.xml")->status, 200);
}
END_TEST

/* ---- hostile names, and other ways to fail ---- */

static void check_harmless(const char *rest)
{
    const atd_page_t *made = page(rest);

    ck_assert_msg(made->status == 200, "%s: %d", rest, made->status);
    ck_assert_msg(!strstr(made->body, "<script>"), "%s: %s", rest, made->body);
    ck_assert_uint_eq(count_of(made->body, "</script>"), 1);
    ck_assert_uint_eq(count_of(made->body, "</title>"), 1);
    HAS(made->body, "alert(1)");
    jsonld_of(made->body);
}

START_TEST(hostile_names_stay_text)
{
    static const char *const rests[] = {"tag/title-script-script-alert-1-script",
                                        "category/title-script-script-alert-1-script",
                                        "author/title-script-script-alert-1-script",
                                        "tags",
                                        "categories",
                                        "authors",
                                        "a",
                                        "category/known",
                                        "author/ada",
                                        "category/child"};

    put_file("a.md", "---\ntags: [" EVIL "]\ncategory: " EVIL "\nauthors: [" EVIL ", ada]\n---\n");
    put_file("categories/known.md",
             "---\nname: " EVIL "\ndescription: " EVIL "\nseoTitle: " EVIL "\nmetaDescription: " EVIL "\ncolor: " EVIL
             "\nimage: '/\"><script>alert(1)</script>'\n---\n<script>x</script>\n");
    put_file("categories/child.md", "---\nparent: known\n---\n");
    put_file("authors/ada.md", "---\nname: " EVIL "\nbio: " EVIL "\nrole: " EVIL "\n---\n<script>x</script>\n");
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++)
        check_harmless(rests[i]);
}
END_TEST

/* Keys that mean something else in a post, or nothing. */
START_TEST(files_of_authors_and_categories_are_no_posts)
{
    put_file("authors/ada.md",
             "---\nname: Ada\nsocial: {twitter: ada, facebook: ada}\nimage: [x]\ndate: never\nstatus: draft\n"
             "redirect: /x\nseo: no\n---\nSome *text*.\n");
    put_file("categories/c.md", "---\nname: C\nstatus: new\npriority: 1\ndate: [1]\nlang: x y\n---\nSome *text*.\n");
    check_status("author/ada", 200);
    HAS(page("author/ada")->body, "Some <em>text</em>.");
    check_status("category/c", 200);
    HAS(page("category/c")->body, "Some <em>text</em>.");
}
END_TEST

START_TEST(file_may_break_after_it_was_listed)
{
    const atd_site_t *site;
    atd_index_t *index = NULL;

    put_file("categories/c.md", "---\nname: C\n---\nSome text.\n");
    put_file("categories/d.md", "---\nname: D\n---\nSome text.\n");
    site = open_site();
    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    put_file("categories/c.md", "---\nname: C: c\n---\nSome text.\n");
    remove_file("categories/d.md");
    ck_assert_int_eq(page_at(site, "category/c")->status, 200);
    LACKS(page_at(site, "category/c")->body, "Some text.");
    ck_assert_int_eq(page_at(site, "category/d")->status, 200);
}
END_TEST

START_TEST(lists_wait_for_the_index)
{
    static const char *const rests[] = {"", "feed.xml", "tags", "tag/red", "tag/red/"};
    const atd_index_policy_t policy = {.interval = 0, .budget = 1, .renderer = &atd_renderer_inprocess};

    for (unsigned i = 0; i < 50; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/%u.md", i), "---\ntags: [red]\n---\n");
    test_config.policy = &policy;
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++) {
        check_status(rests[i], 503);
        ck_assert_uint_gt(page(rests[i])->retry_after, 0);
    }
    check_status("7", 200);    /* found by its name meanwhile */
    check_status("none", 503); /* it may have another name */
}
END_TEST

Suite *page_list_suite(void)
{
    Suite *suite = suite_create("page_list");
    TCase *tests = site_test_case(suite, "lists");

    tcase_add_loop_test(tests, each_kind_is_shown, 0, KINDS);
    tcase_add_loop_test(tests, each_kind_is_its_authors_alone_with_drafts, 0, KINDS);
    tcase_add_test(tests, pages_come_to_an_end);
    tcase_add_test(tests, blog_may_be_empty);
    tcase_add_test(tests, redirects_lead_to_what_is_there);
    tcase_add_test(tests, a_file_is_enough_for_a_category_and_an_author);
    tcase_add_test(tests, hostile_names_stay_text);
    tcase_add_test(tests, files_of_authors_and_categories_are_no_posts);
    tcase_add_test(tests, file_may_break_after_it_was_listed);
    tcase_add_test(tests, lists_wait_for_the_index);
    tests = site_test_case(suite, "feeds");
    tcase_add_loop_test(tests, each_feed_is_well_formed, 0, 12);
    tcase_add_loop_test(tests, each_feed_takes_hostile_names, 0, 12);
    tcase_add_test(tests, feeds_show_drafts_to_their_author_alone);
    tcase_add_test(tests, feed_looks_at_its_posts_again);
    return suite;
}
