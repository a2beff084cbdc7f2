/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_list.h"
#include "site_fixture.h"

#include <apr_strings.h>

static atd_route_t route;

static const atd_list_t *list_at(const atd_site_t *site, const char *rest)
{
    const atd_list_t *list = NULL;
    atd_index_t *index = NULL;

    atd_route_parse(&route, rest, atd_test_pool);
    ck_assert_msg(atd_list_is(&route), "%s", rest);
    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    ATD_OK(atd_list_load(&list, site, index, &route, atd_test_pool));
    return list;
}

static const char *slugs_of(const atd_list_t *list)
{
    const char *text = "";

    ck_assert_ptr_nonnull(list);
    for (int i = 0; i < list->posts->nelts; i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "", APR_ARRAY_IDX(list->posts, i, const atd_post_t *)->slug,
                           NULL);
    return text;
}

static const char *slugs_at(const char *rest)
{
    return slugs_of(list_at(open_site(), rest));
}

static bool is_there(const char *rest)
{
    return list_at(open_site(), rest) != NULL;
}

static void put_posts(void)
{
    put_file("posts/a.md", "---\ndate: 2025-06-16\ntags: [Red, Two Words]\ncategory: News\nauthor: Ada\n---\n");
    put_file("posts/b.md", "---\ndate: 2025-05-31\ntags: [red]\ncategory: news\nauthors: [ada, Bob]\n---\n");
    put_file("posts/c.md", "---\ndate: 2024-12-31\ntags: [RED]\ncategory: Other\nrss: false\nfeatured: true\n---\n");
    put_file("posts/draft.md", "---\ndate: 2025-04-01\ntags: [red, hidden]\nstatus: draft\nauthor: Eve\n---\n");
    put_file("posts/later.md", "---\ndate: 2030-01-01\ntags: [red]\ncategory: later\n---\n");
    put_file("posts/over.md", "---\ndate: 2020-01-01\ntags: [red]\nexpires: 2021-01-01\n---\n");
    put_file("posts/undated.md", "---\ntitle: U\n---\n");
    put_file("pages/about.md", "---\ntags: [red]\ncategory: news\nauthor: Ada\ndate: 2025-06-01\n---\n");
}

START_TEST(routes_of_lists_are_told_apart)
{
    static const struct {
        const char *rest;
        bool is_list;
    } routes[] = {
        {"", true},         {"page/2", true},       {"feed.xml", true},        {"category/x", true}, {"tag/x", true},
        {"author/x", true}, {"archive/2025", true}, {"archive/2025/06", true}, {"archive", false},   {"tags", false},
        {"a", false},       {"search", false},      {"sitemap.xml", false},    {"a/b/c", false}};

    for (unsigned i = 0; i < sizeof routes / sizeof *routes; i++) {
        atd_route_parse(&route, routes[i].rest, atd_test_pool);
        ck_assert_msg(atd_list_is(&route) == routes[i].is_list, "%s", routes[i].rest);
    }
}
END_TEST

START_TEST(each_kind_has_its_posts)
{
    put_posts();
    ck_assert_str_eq(slugs_at(""), "c a b undated"); /* featured ones first */
    ck_assert_str_eq(slugs_at("tag/red"), "a b c");
    ck_assert_str_eq(slugs_at("tag/two-words"), "a");
    ck_assert_str_eq(slugs_at("category/news"), "a b");
    ck_assert_str_eq(slugs_at("author/ada"), "a b");
    ck_assert_str_eq(slugs_at("author/bob"), "b");
    ck_assert_str_eq(slugs_at("archive/2025"), "a b");
    ck_assert_str_eq(slugs_at("archive/2025/06"), "a");
    ck_assert_str_eq(slugs_at("archive/2024/12"), "c");
}
END_TEST

START_TEST(feeds_are_by_date_and_leave_out_who_wants_it)
{
    put_posts();
    ck_assert_str_eq(slugs_at("feed.xml"), "a b undated");
    ck_assert_str_eq(slugs_at("tag/red/atom.xml"), "a b");
    ck_assert_str_eq(slugs_at("category/other/feed.json"), "");
    put_file("site.yaml", "feed: {limit: 1}\npageSize: 1\n");
    ck_assert_str_eq(slugs_at("tag/red/feed.xml"), "a");
}
END_TEST

START_TEST(hidden_posts_are_their_authors_alone)
{
    put_posts();
    ck_assert(!is_there("tag/hidden") && !is_there("author/eve") && !is_there("category/later"));
    ck_assert(!is_there("archive/2030") && !is_there("archive/2025/04") && !is_there("archive/2020"));
    ck_assert(!is_there("tag/hidden/feed.xml"));
    test_config.drafts = true;
    ck_assert_str_eq(slugs_at("tag/hidden"), "draft");
    ck_assert_str_eq(slugs_at("author/eve"), "draft");
    ck_assert_str_eq(slugs_at("category/later"), "later");
    ck_assert_str_eq(slugs_at("archive/2020"), "over");
    ck_assert_str_eq(slugs_at("tag/red"), "later a b draft c over");
}
END_TEST

/* A scheduled post appears, and an expired one goes, without an edit. */
START_TEST(time_alone_changes_lists)
{
    put_posts();
    test_config.now = apr_time_from_sec(1900000000); /* 2030-03-17 */
    ck_assert_str_eq(slugs_at("category/later"), "later");
    test_config.now = apr_time_from_sec(1600000000); /* 2020-09-13 */
    ck_assert_str_eq(slugs_at("tag/red"), "over");
    ck_assert(!is_there("category/news"));
}
END_TEST

START_TEST(pages_hold_a_page_size_each)
{
    const atd_list_t *list;

    put_posts();
    put_file("site.yaml", "pageSize: 2\n");
    list = list_at(open_site(), "tag/red");
    ck_assert_int_eq(list->count, 3);
    ck_assert_uint_eq(list->pages, 2);
    ck_assert_str_eq(slugs_of(list), "a b");
    ck_assert_str_eq(slugs_at("tag/red/page/2"), "c");
    ck_assert(!is_there("tag/red/page/3") && !is_there("tag/red/page/999999"));
    ck_assert_str_eq(slugs_at("page/2"), "b undated");
    ck_assert(!is_there("page/3"));
    ck_assert_str_eq(slugs_at("archive/2025"), "a b");
    ck_assert(!is_there("archive/2025/page/2"));
}
END_TEST

START_TEST(home_is_there_without_posts)
{
    const atd_list_t *list = list_at(open_site(), "");

    ck_assert_str_eq(slugs_of(list), "");
    ck_assert_int_eq(list->count, 0);
    ck_assert_uint_eq(list->pages, 1);
    ck_assert_ptr_null(list->name);
    ck_assert(!is_there("page/2") && is_there("feed.xml") && !is_there("tag/x") && !is_there("archive/2025"));
}
END_TEST

START_TEST(category_has_what_its_file_says)
{
    const atd_list_t *list;

    put_posts();
    put_file("categories/news.md",
             "---\nname: All  News\ndescription: ' What\n\n  is new '\nparent: World\n---\nText\n");
    put_file("categories/empty.md", "---\nparent: News\n---\n");
    put_file("categories/alone.md", "---\nparent: alone\n---\n");
    put_file("categories/orphan.md", "---\nparent: nowhere\n---\n");
    list = list_at(open_site(), "category/news");
    ck_assert_str_eq(list->name, "All  News");
    ck_assert_str_eq(list->description, "What is new");
    ck_assert_str_eq(list->record->path, "categories/news.md");
    ck_assert_ptr_null(list->parent);
    list = list_at(open_site(), "category/empty"); /* a file is enough */
    ck_assert_str_eq(list->name, "empty");
    ck_assert_str_eq(list->parent, "All  News");
    ck_assert_int_eq(list->count, 0);
    ck_assert_str_eq(slugs_of(list), "");
    ck_assert_ptr_null(list_at(open_site(), "category/alone")->parent);
    ck_assert_ptr_null(list_at(open_site(), "category/orphan")->parent);
    ck_assert_ptr_null(list_at(open_site(), "category/other")->category);
    put_file("categories/orphan.md", "---\nparent: other\n---\n");
    ck_assert_str_eq(list_at(open_site(), "category/orphan")->parent, "Other");
    ck_assert(!is_there("category/empty/page/2"));
}
END_TEST

START_TEST(author_has_what_the_file_says)
{
    const atd_list_t *list;

    put_posts();
    put_file("authors/ada.md", "---\nname: Ada L.\nbio: ' B\n\n  b '\nrole: Poet\n---\nText\n");
    put_file("authors/zoe.md", "---\nname: Zoe\n---\n");
    put_file("authors/nobody.md", "---\nrole: None\n---\n");
    list = list_at(open_site(), "author/ada");
    ck_assert_str_eq(list->name, "Ada L.");
    ck_assert_str_eq(list->description, "B b");
    ck_assert_str_eq(list->person->role, "Poet");
    ck_assert_str_eq(list->person->slug, "ada");
    ck_assert_str_eq(list_at(open_site(), "author/bob")->person->name, "Bob");
    ck_assert_ptr_null(list_at(open_site(), "author/bob")->record);
    ck_assert_str_eq(list_at(open_site(), "author/zoe")->name, "Zoe");
    ck_assert(!is_there("author/nobody") && !is_there("author/none"));
}
END_TEST

START_TEST(broken_file_of_a_category_is_as_good_as_none)
{
    put_posts();
    put_file("categories/news.md", "---\nname: A: b\n---\n");
    ck_assert_ptr_null(list_at(open_site(), "category/news")->category);
    put_file("categories/only.md", "---\nname: A: b\n---\n");
    ck_assert(!is_there("category/only"));
}
END_TEST

START_TEST(pages_have_paths)
{
    static const char *const rests[][3] = {{"tag/x/feed.xml", "tag/x", "tag/x/page/2"},
                                           {"page/7", "", "page/2"},
                                           {"archive/2025/06/", "archive/2025/06", "archive/2025/06/page/2"},
                                           {"category/\xC3\xA9", "category/\xC3\xA9", "category/\xC3\xA9/page/2"}};

    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++) {
        atd_route_parse(&route, rests[i][0], atd_test_pool);
        ck_assert_str_eq(atd_list_path(&route, 1, atd_test_pool), rests[i][1]);
        ck_assert_str_eq(atd_list_path(&route, 2, atd_test_pool), rests[i][2]);
    }
}
END_TEST

Suite *list_suite(void)
{
    Suite *suite = suite_create("list");
    TCase *tests = site_test_case(suite, "list");

    tcase_add_test(tests, routes_of_lists_are_told_apart);
    tcase_add_test(tests, each_kind_has_its_posts);
    tcase_add_test(tests, feeds_are_by_date_and_leave_out_who_wants_it);
    tcase_add_test(tests, hidden_posts_are_their_authors_alone);
    tcase_add_test(tests, time_alone_changes_lists);
    tcase_add_test(tests, pages_hold_a_page_size_each);
    tcase_add_test(tests, home_is_there_without_posts);
    tcase_add_test(tests, category_has_what_its_file_says);
    tcase_add_test(tests, author_has_what_the_file_says);
    tcase_add_test(tests, broken_file_of_a_category_is_as_good_as_none);
    tcase_add_test(tests, pages_have_paths);
    return suite;
}
