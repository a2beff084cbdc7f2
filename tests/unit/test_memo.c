/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_memo.h"

START_TEST(values_are_found_by_kind_and_key)
{
    atd_memo_t *memo = atd_memo_create(atd_test_pool);
    char key[] = "a";

    ck_assert_ptr_null(atd_memo_get(NULL, ATD_MEMO_IMAGE, "a"));
    ck_assert_ptr_null(atd_memo_get(memo, ATD_MEMO_IMAGE, "a"));
    atd_memo_set(memo, ATD_MEMO_IMAGE, key, "one");
    key[0] = 'b';
    ck_assert_str_eq(atd_memo_get(memo, ATD_MEMO_IMAGE, "a"), "one");
    ck_assert_ptr_null(atd_memo_get(memo, ATD_MEMO_AUTHOR, "a"));
    ck_assert_ptr_null(atd_memo_get(memo, ATD_MEMO_IMAGE, "b"));
}
END_TEST

START_TEST(one_large_value_is_kept)
{
    atd_memo_t *memo = atd_memo_create(atd_test_pool);

    ck_assert_ptr_null(atd_memo_last(NULL, "a"));
    ck_assert_ptr_null(atd_memo_last(memo, "a"));
    ck_assert_ptr_nonnull(atd_memo_renew(memo));
    atd_memo_keep(memo, "a", "one");
    ck_assert_str_eq(atd_memo_last(memo, "a"), "one");
    ck_assert_ptr_null(atd_memo_last(memo, "b"));
    atd_memo_renew(memo);
    ck_assert_ptr_null(atd_memo_last(memo, "a"));
}
END_TEST

Suite *memo_suite(void)
{
    Suite *suite = suite_create("memo");
    TCase *tests = atd_test_case(suite, "memo");

    tcase_add_test(tests, values_are_found_by_kind_and_key);
    tcase_add_test(tests, one_large_value_is_kept);
    return suite;
}
