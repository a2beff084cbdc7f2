/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"

#include <apr_strings.h>
#include <errno.h>

static const atd_place_t place = {.file = "posts/a.md", .line = 3, .column = 8};

static const char *excerpt(const char *text, unsigned line)
{
    const atd_place_t at = {.file = "a", .line = line};
    atd_error_t *error = atd_error_make(atd_test_pool, ATD_E_YAML, &at, "no");

    atd_error_excerpt(error, text, strlen(text), atd_test_pool);
    return error->excerpt;
}

START_TEST(is_made_with_its_place)
{
    const atd_error_t *error = atd_error_make(atd_test_pool, ATD_E_TYPE, &place, "%s is %d", "x", 5);

    ATD_FAILS(error, ATD_E_TYPE, 3, 8);
    ck_assert_int_eq(error->status, APR_EGENERAL);
    ck_assert_str_eq(error->file, "posts/a.md");
    ck_assert_str_eq(error->message, "x is 5");
    ck_assert_ptr_null(error->hint);
    ck_assert_ptr_null(error->excerpt);
    error = atd_error_make(atd_test_pool, ATD_E_TYPE, NULL, "no");
    ATD_FAILS(error, ATD_E_TYPE, 0, 0);
    ck_assert_ptr_null(error->file);
}
END_TEST

START_TEST(hint_is_set)
{
    atd_error_t *error = atd_error_make(atd_test_pool, ATD_E_TYPE, NULL, "no");

    ck_assert_ptr_eq(atd_error_hint(error, "do it"), error);
    ck_assert_str_eq(error->hint, "do it");
}
END_TEST

typedef struct status_t {
    apr_status_t status;
    atd_error_id_t id;
} status_t;

static const status_t statuses[] = {
    {ENOENT, ATD_E_MISSING},   {ENOTDIR, ATD_E_MISSING}, {ENAMETOOLONG, ATD_E_MISSING},
    {EACCES, ATD_E_FORBIDDEN}, {ELOOP, ATD_E_FORBIDDEN}, {EXDEV, ATD_E_FORBIDDEN},
    {EIO, ATD_E_IO},           {EMFILE, ATD_E_IO},       {APR_EGENERAL, ATD_E_IO},
};

START_TEST(status_gives_the_id)
{
    const status_t *expected = &statuses[_i];
    const atd_error_t *error = atd_error_from_status(atd_test_pool, expected->status, "a.md", "can't open");

    ATD_FAILS(error, expected->id, 0, 0);
    ck_assert_int_eq(error->status, expected->status);
    ck_assert_str_eq(error->file, "a.md");
    ck_assert_msg(strncmp(error->message, "can't open: ", 12) == 0 && error->message[12], "%s", error->message);
}
END_TEST

START_TEST(excerpt_is_one_line)
{
    ck_assert_str_eq(excerpt("one\ntwo\r\nthree", 1), "one");
    ck_assert_str_eq(excerpt("one\ntwo\r\nthree", 2), "two");
    ck_assert_str_eq(excerpt("one\ntwo\r\nthree", 3), "three");
    ck_assert_str_eq(excerpt("one\n", 2), "");
    ck_assert_str_eq(excerpt("\n\nx", 2), "");
    ck_assert_str_eq(excerpt("", 1), "");
    ck_assert_ptr_null(excerpt("one\ntwo", 3));
    ck_assert_ptr_null(excerpt("one\ntwo", 0));
}
END_TEST

START_TEST(excerpt_is_safe_to_show)
{
    ck_assert_str_eq(excerpt("a\x1B[31m\tb\x7F\xC3\xA9\rc", 1), "a [31m\tb \xC3\xA9 c");
}
END_TEST

START_TEST(excerpt_is_cut_at_a_character)
{
    char text[400];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_uint_eq(strlen(excerpt(text, 1)), 200);
    memcpy(text + 198, "\xE2\x82\xAC", 3);
    ck_assert_uint_eq(strlen(excerpt(text, 1)), 198);
    memcpy(text + 197, "\xE2\x82\xACx", 4);
    ck_assert_uint_eq(strlen(excerpt(text, 1)), 200);
    text[200] = '\0';
    ck_assert_uint_eq(strlen(excerpt(text, 1)), 200);
    memset(text, 0x80, 399);
    ck_assert_str_eq(excerpt(text, 1), "");
}
END_TEST

START_TEST(copy_outlives_its_pool)
{
    apr_pool_t *pool;
    atd_error_t *error;
    const atd_error_t *copy;

    apr_pool_create(&pool, NULL);
    error = atd_error_make(pool, ATD_E_DATE, &place, "no date: %s", "x");
    error->file = apr_pstrdup(pool, "b.md");
    atd_error_hint(error, apr_pstrdup(pool, "give one"));
    atd_error_excerpt(error, "1\n2\n3", 5, pool);
    error->status = 7;
    copy = atd_error_copy(error, atd_test_pool);
    apr_pool_destroy(pool);
    ATD_FAILS(copy, ATD_E_DATE, 3, 8);
    ck_assert_int_eq(copy->status, 7);
    ck_assert_str_eq(copy->file, "b.md");
    ck_assert_str_eq(copy->message, "no date: x");
    ck_assert_str_eq(copy->hint, "give one");
    ck_assert_str_eq(copy->excerpt, "3");
    copy = atd_error_copy(atd_error_make(atd_test_pool, ATD_E_IO, NULL, "no"), atd_test_pool);
    ck_assert(!copy->file && !copy->hint && !copy->excerpt);
}
END_TEST

START_TEST(findings_are_warnings)
{
    ck_assert(!atd_error_is_warning(atd_error_make(atd_test_pool, ATD_E_IO, NULL, "no")));
    ck_assert(!atd_error_is_warning(atd_error_make(atd_test_pool, ATD_E_SETTING, NULL, "no")));
    ck_assert(atd_error_is_warning(atd_error_make(atd_test_pool, ATD_W_UNKNOWN, NULL, "no")));
    ck_assert(atd_error_is_warning(atd_error_make(atd_test_pool, ATD_W_HIDDEN, NULL, "no")));
}
END_TEST

START_TEST(line_says_it_all)
{
    atd_error_t *error = atd_error_make(atd_test_pool, ATD_E_YAML, &place, "bad");

    ck_assert_str_eq(atd_error_line(error, atd_test_pool), "posts/a.md:3:8: bad [ATD0011]");
    atd_error_hint(error, "mend it");
    ck_assert_str_eq(atd_error_line(error, atd_test_pool), "posts/a.md:3:8: bad (mend it) [ATD0011]");
    error->column = 0;
    ck_assert_str_eq(atd_error_line(error, atd_test_pool), "posts/a.md:3: bad (mend it) [ATD0011]");
    error->line = 0;
    ck_assert_str_eq(atd_error_line(error, atd_test_pool), "posts/a.md: bad (mend it) [ATD0011]");
    error->file = NULL;
    ck_assert_str_eq(atd_error_line(error, atd_test_pool), "bad (mend it) [ATD0011]");
}
END_TEST

Suite *error_suite(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = atd_test_case(suite, "error");

    tcase_add_test(tests, is_made_with_its_place);
    tcase_add_test(tests, hint_is_set);
    tcase_add_loop_test(tests, status_gives_the_id, 0, (int)(sizeof statuses / sizeof *statuses));
    tcase_add_test(tests, excerpt_is_one_line);
    tcase_add_test(tests, excerpt_is_safe_to_show);
    tcase_add_test(tests, excerpt_is_cut_at_a_character);
    tcase_add_test(tests, copy_outlives_its_pool);
    tcase_add_test(tests, findings_are_warnings);
    tcase_add_test(tests, line_says_it_all);
    return suite;
}
