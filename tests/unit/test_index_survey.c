/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_pool.h"
#include "site/atd_index_survey.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *folder;

static void survey_setup(void)
{
    put_file("state/note.txt", "not an index");
    folder = apr_pstrcat(atd_test_pool, test_content.path, "/state", NULL);
}

static apr_array_header_t *surveyed(void)
{
    apr_array_header_t *indexes;

    atd_index_survey(&indexes, folder, atd_test_pool);
    return indexes;
}

/* @param budget 1: no file is read */
static void make_index(const char *below, apr_interval_time_t budget)
{
    const atd_index_policy_t policy = {.renderer = &atd_renderer_inprocess, .budget = budget};
    atd_root_t content = test_content;
    atd_index_state_t state;
    atd_index_t *index;

    content.below = below;
    ATD_OK(atd_index_open(&index, &content, atd_index_file(folder, &content, atd_test_pool), atd_test_pool));
    ATD_OK(atd_index_refresh(&state, index, &policy, atd_test_pool));
    atd_index_close(index);
}

START_TEST(indexes_are_told_of_by_folder)
{
    apr_array_header_t *indexes;
    const atd_index_info_t *info;

    put_file("b/p.md", "---\ntitle: P\n---\n");
    put_file("b/q.md", "---\ntitle: Q\n---\n");
    put_file("a/p.md", "---\ntitle: P\n---\n");
    put_file("a/q.md", "---\ntitle: Q\n---\n");
    make_index("b", 0);
    make_index("a", 1);
    indexes = surveyed();
    ck_assert_int_eq(indexes->nelts, 2);
    info = &APR_ARRAY_IDX(indexes, 0, atd_index_info_t);
    ck_assert_str_eq(info->content, apr_pstrcat(atd_test_pool, test_content.path, "/a", NULL));
    ck_assert(!info->complete);
    ck_assert_int_eq(info->files, 2);
    ck_assert_int_eq(info->waiting, 1); /* one is read within any time */
    info = &APR_ARRAY_IDX(indexes, 1, atd_index_info_t);
    ck_assert_str_eq(info->content, apr_pstrcat(atd_test_pool, test_content.path, "/b", NULL));
    ck_assert(info->complete);
    ck_assert_int_eq(info->files, 2);
    ck_assert_int_eq(info->waiting, 0);
    ck_assert_int_gt(info->scanned, 0);
    ck_assert_int_gt(info->bytes, 4096);
}
END_TEST

START_TEST(what_is_no_index_is_left_out)
{
    apr_array_header_t *indexes;

    put_file("state/garbage.sqlite", "garbage garbage garbage");
    put_file("state/empty.sqlite", "");
    put_file("state/folder.sqlite/x", "");
    put_link("/etc/passwd", "state/link.sqlite");
    put_file("p.md", "---\ntitle: P\n---\n");
    make_index(NULL, 0);
    indexes = surveyed();
    ck_assert_int_eq(indexes->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(indexes, 0, atd_index_info_t).content, test_content.path);
}
END_TEST

START_TEST(no_folder_has_no_indexes)
{
    folder = NULL;
    ck_assert_int_eq(surveyed()->nelts, 0);
    folder = "/nothing/here";
    ck_assert_int_eq(surveyed()->nelts, 0);
}
END_TEST

Suite *index_survey_suite(void)
{
    Suite *suite = suite_create("index survey");
    TCase *tests = site_test_case(suite, "index survey");

    tcase_add_checked_fixture(tests, survey_setup, NULL);
    tcase_add_test(tests, indexes_are_told_of_by_folder);
    tcase_add_test(tests, what_is_no_index_is_left_out);
    tcase_add_test(tests, no_folder_has_no_indexes);
    return suite;
}
