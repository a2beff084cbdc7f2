/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_related.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *related_of(const char *settings, const char *front_matter)
{
    const atd_value_t *list = NULL;
    const char *text = "";

    put_file("posts/own.md", markdown_of(front_matter, ""));
    ATD_OK(atd_related_view(&list, open_site_with(settings), load_post("posts/own.md"), atd_test_pool));
    for (apr_size_t i = 0; i < atd_value_count(list); i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "", text_at(atd_value_at(list, i), "slug"), NULL);
    return text;
}

static void related_setup(void)
{
    put_file("posts/two.md", "---\ntags: [A, b]\ndate: 2025-01-01\n---\n");
    put_file("posts/new.md", "---\ntags: [a]\ndate: 2025-03-01\n---\n");
    put_file("posts/old.md", "---\ntags: [a]\ndate: 2025-02-01\n---\n");
    put_file("posts/cat.md", "---\ncategory: tech\ntags: [a]\ndate: 2024-01-01\n---\n");
    put_file("posts/none.md", "---\ntags: [z]\n---\n");
    put_file("posts/draft.md", "---\ntags: [a, b]\nstatus: draft\n---\n");
    put_file("posts/later.md", "---\ntags: [a, b]\ndate: 2030-01-01\n---\n");
    put_file("posts/broken.md", "---\ntags: [a, b\n---\n");
    put_file("pages/about.md", "---\ntags: [a, b]\n---\n");
}

START_TEST(shared_tags_count)
{
    ck_assert_str_eq(related_of("{}", "tags: [a, B]\ncategory: Tech\n"), "two cat new");
    ck_assert_str_eq(related_of("related: 10\n", "tags: [a, b]\ncategory: Tech\n"), "two cat new old");
    ck_assert_str_eq(related_of("{}", "category: Tech\n"), "cat");
    ck_assert_str_eq(related_of("{}", "tags: [y]\n"), "");
    ck_assert_str_eq(related_of("{}", "title: x\n"), "");
    ck_assert_str_eq(related_of("related: 0\n", "tags: [a]\n"), "");
}
END_TEST

START_TEST(empty_list_is_computed)
{
    ck_assert_str_eq(related_of("related: 1\n", "tags: [a, b]\nrelatedPosts: []\n"), "two");
    ck_assert_str_eq(related_of("related: 1\n", "tags: [a, b]\nrelatedPosts: ['']\n"), "two");
}
END_TEST

START_TEST(named_posts_keep_their_order)
{
    ck_assert_str_eq(related_of("{}", "tags: [a]\nrelatedPosts: [none, old, new]\n"), "none old new");
    ck_assert_str_eq(related_of("related: 2\n", "relatedPosts: [none, old, new]\n"), "none old");
    ck_assert_str_eq(related_of("related: 0\n", "relatedPosts: [none]\n"), "");
    ck_assert_str_eq(related_of("{}", "relatedPosts: [Old, missing, '!', draft, later, broken, own, new]\n"),
                     "old new");
}
END_TEST

START_TEST(posts_of_the_same_day_are_ordered_by_path)
{
    put_file("posts/b1.md", "---\ntags: [q]\n---\n");
    put_file("posts/a1.md", "---\ntags: [q]\n---\n");
    ck_assert_str_eq(related_of("{}", "tags: [q]\n"), "a1 b1");
}
END_TEST

/* One tag that few have is worth more than one that many have. */
START_TEST(rare_tags_weigh_more)
{
    put_file("posts/rare.md", "---\ntags: [rare]\ndate: 2020-01-01\n---\n");
    ck_assert_str_eq(related_of("related: 1\n", "tags: [a, rare]\n"), "rare");
    ck_assert_str_eq(related_of("related: 2\n", "tags: [a, b, rare]\n"), "two rare");
}
END_TEST

/* ---- before, after, and in a series ---- */

static const atd_value_t *shown(const char *path)
{
    const atd_site_t *site = open_site();
    atd_value_t *view = atd_value_map(atd_test_pool);

    ATD_OK(atd_related_add_neighbours(view, site, load_post(path), atd_test_pool));
    return view;
}

static void check_neighbours(const char *path, const char *previous, const char *next)
{
    const atd_value_t *view = shown(path);

    ck_assert_int_eq(atd_value_type(atd_value_get(view, "previous")), previous ? ATD_MAP : ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "next")), next ? ATD_MAP : ATD_NULL);
    if (previous)
        TEXT_AT(view, "previous.path", previous);
    if (next)
        TEXT_AT(view, "next.path", next);
}

START_TEST(neighbours_are_those_by_date)
{
    check_neighbours("posts/old.md", "/blog/two", "/blog/new");
    check_neighbours("posts/two.md", "/blog/cat", "/blog/old");
    check_neighbours("posts/new.md", "/blog/old", NULL);  /* what comes later is not public */
    check_neighbours("posts/none.md", NULL, "/blog/cat"); /* without a date */
    ck_assert_str_eq(keys_of(atd_value_get(shown("posts/old.md"), "next")), "title path date");
    TEXT_AT(shown("posts/old.md"), "next.title", "New");
    TEXT_AT(shown("posts/old.md"), "next.date.day", "2025-03-01");
    TEXT_AT(shown("posts/old.md"), "series", NULL);
    put_file("posts/new2.md", "---\ndate: 2025-03-01\n---\n");
    check_neighbours("posts/new.md", "/blog/new2", NULL); /* equals by path, as lists have them */
    check_neighbours("posts/new2.md", "/blog/old", "/blog/new");
    test_config.drafts = true;
    check_neighbours("posts/new.md", "/blog/new2", NULL); /* a public page, which anybody may keep */
    check_neighbours("posts/later.md", "/blog/new", NULL);
}
END_TEST

START_TEST(series_has_its_parts_in_order)
{
    const atd_value_t *view;

    put_file("posts/s2.md", "---\ntitle: Second\nseries: My Series\npartNumber: 2\ndate: 2025-01-01\n---\n");
    put_file("posts/s1.md", "---\ntitle: First\nseries: my series\npartNumber: 1\ndate: 2025-02-01\n---\n");
    put_file("posts/s3.md", "---\ntitle: Third\nseries: My Series\npartNumber: 10\n---\n");
    put_file("posts/s4.md", "---\ntitle: Hidden\nseries: My Series\npartNumber: 3\nstatus: draft\n---\n");
    put_file("posts/other.md", "---\ntitle: Other\nseries: Other\n---\n");
    view = atd_value_get(shown("posts/s2.md"), "series");
    ck_assert_str_eq(keys_of(view), "title part total posts hasPosts");
    TEXT_AT(view, "title", "My Series");
    TEXT_AT(view, "part", "2");
    TEXT_AT(view, "total", "3");
    TEXT_AT(view, "hasPosts", "true");
    ck_assert_str_eq(keys_of(atd_value_at(atd_value_get(view, "posts"), 0)), "title path part isCurrent");
    ck_assert_pstr_eq(item_at(view, "posts", 0, "title"), "First");
    ck_assert_pstr_eq(item_at(view, "posts", 1, "path"), "/blog/s2");
    ck_assert_pstr_eq(item_at(view, "posts", 2, "part"), "10");
    ck_assert_pstr_eq(item_at(view, "posts", 0, "isCurrent"), "false");
    ck_assert_pstr_eq(item_at(view, "posts", 1, "isCurrent"), "true");
    view = atd_value_get(shown("posts/other.md"), "series");
    TEXT_AT(view, "hasPosts", "false"); /* it alone is none to choose from */
    ck_assert_int_eq(atd_value_type(atd_value_get(view, "part")), ATD_NULL);
}
END_TEST

START_TEST(long_series_is_shown_in_part)
{
    const atd_value_t *view;

    for (unsigned i = 1; i <= 103; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/p%u.md", i),
                 apr_psprintf(atd_test_pool, "---\nseries: S\npartNumber: %u\n---\n", i));
    view = atd_value_get(shown("posts/p1.md"), "series");
    TEXT_AT(view, "total", "103");
    ck_assert_uint_eq(atd_value_count(atd_value_get(view, "posts")), 100);
}
END_TEST

START_TEST(missing_folder_is_an_error)
{
    const atd_post_t *post = post_of("tags: [a]\n");
    const atd_value_t *list;
    atd_site_t site = *open_site();

    site.content.path = "/nonexistent";
    ATD_FAILS(atd_related_view(&list, &site, post, atd_test_pool), ATD_E_MISSING, 0, 0);
}
END_TEST

Suite *related_suite(void)
{
    Suite *suite = suite_create("related");
    TCase *tests = site_test_case(suite, "related");

    tcase_add_checked_fixture(tests, related_setup, NULL);
    tcase_add_test(tests, shared_tags_count);
    tcase_add_test(tests, empty_list_is_computed);
    tcase_add_test(tests, named_posts_keep_their_order);
    tcase_add_test(tests, posts_of_the_same_day_are_ordered_by_path);
    tcase_add_test(tests, rare_tags_weigh_more);
    tcase_add_test(tests, neighbours_are_those_by_date);
    tcase_add_test(tests, series_has_its_parts_in_order);
    tcase_add_test(tests, long_series_is_shown_in_part);
    tcase_add_test(tests, missing_folder_is_an_error);
    return suite;
}
