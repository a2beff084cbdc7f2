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
    tcase_add_test(tests, missing_folder_is_an_error);
    return suite;
}
