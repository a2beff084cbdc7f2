/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_buffer.h"

static void holds(atd_buffer_t *buffer, const char *expected)
{
    const char *bytes;
    apr_size_t length;

    ATD_OK(atd_buffer_take(&bytes, &length, buffer, "the page"));
    ck_assert_str_eq(bytes, expected);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert_uint_eq(atd_buffer_length(buffer), length);
}

START_TEST(appends)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 0, 1000);
    const char *bytes;

    holds(buffer, "");
    ck_assert_int_eq(atd_buffer_last(buffer), '\0');
    atd_buffer_puts(buffer, "ab");
    atd_buffer_puts(buffer, NULL);
    atd_buffer_puts(buffer, "");
    atd_buffer_add(buffer, "cde", 2);
    atd_buffer_add(buffer, NULL, 0);
    atd_buffer_putc(buffer, 'e');
    atd_buffer_printf(buffer, "%d-%s", 7, "x");
    holds(buffer, "abcde7-x");
    ck_assert_int_eq(atd_buffer_last(buffer), 'x');
    ATD_OK(atd_buffer_take(&bytes, NULL, buffer, "the page"));
    ck_assert_str_eq(bytes, "abcde7-x");
}
END_TEST

START_TEST(any_byte_is_kept)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 0, 1000);
    const char *bytes;
    apr_size_t length;

    for (int byte = 0; byte < 256; byte++)
        atd_buffer_putc(buffer, (char)byte);
    ATD_OK(atd_buffer_take(&bytes, &length, buffer, "the page"));
    ck_assert_uint_eq(length, 256);
    for (int byte = 0; byte < 256; byte++)
        ck_assert_int_eq((unsigned char)bytes[byte], byte);
}
END_TEST

START_TEST(grows_up_to_its_maximum)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 10, 100000);
    const char *bytes;
    apr_size_t length;

    for (unsigned i = 0; i < 100000; i++)
        atd_buffer_putc(buffer, (char)('a' + i % 26));
    ck_assert(!atd_buffer_overflowed(buffer));
    ATD_OK(atd_buffer_take(&bytes, &length, buffer, "the page"));
    ck_assert_uint_eq(length, 100000);
    for (unsigned i = 0; i < length; i++)
        ck_assert_int_eq(bytes[i], 'a' + (int)(i % 26));
    atd_buffer_putc(buffer, 'x');
    ck_assert(atd_buffer_overflowed(buffer));
}
END_TEST

START_TEST(one_large_append_fits)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 0, 5000);
    char large[4000];

    memset(large, 'l', sizeof large);
    atd_buffer_puts(buffer, "s");
    atd_buffer_add(buffer, large, sizeof large);
    ck_assert_uint_eq(atd_buffer_length(buffer), 4001);
    ck_assert_int_eq(atd_buffer_last(buffer), 'l');
}
END_TEST

START_TEST(overflow_is_for_ever)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 1000, 4);
    const char *bytes = "untouched";
    const atd_error_t *error;

    atd_buffer_puts(buffer, "1234");
    holds(buffer, "1234");
    atd_buffer_putc(buffer, '5');
    atd_buffer_truncate(buffer, 0);
    atd_buffer_putc(buffer, '6');
    ck_assert(atd_buffer_overflowed(buffer));
    ck_assert_uint_eq(atd_buffer_length(buffer), 0);
    error = atd_buffer_take(&bytes, NULL, buffer, "the page");
    ATD_FAILS(error, ATD_E_LIMIT, 0, 0);
    ck_assert_str_eq(error->message, "the page would be larger than 4 bytes");
    ck_assert_str_eq(bytes, "untouched");
}
END_TEST

START_TEST(maximum_may_be_nothing)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 0, 0);

    atd_buffer_puts(buffer, "");
    holds(buffer, "");
    atd_buffer_putc(buffer, 'x');
    ck_assert(atd_buffer_overflowed(buffer));
}
END_TEST

START_TEST(huge_length_overflows)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 0, 100);

    atd_buffer_putc(buffer, 'x');
    atd_buffer_add(buffer, "y", APR_SIZE_MAX);
    ck_assert(atd_buffer_overflowed(buffer));
}
END_TEST

START_TEST(truncates)
{
    atd_buffer_t *buffer = atd_buffer_create(atd_test_pool, 0, 100);

    atd_buffer_puts(buffer, "abc");
    atd_buffer_truncate(buffer, 4);
    holds(buffer, "abc");
    atd_buffer_truncate(buffer, 3);
    holds(buffer, "abc");
    atd_buffer_truncate(buffer, 1);
    atd_buffer_putc(buffer, 'z');
    holds(buffer, "az");
}
END_TEST

Suite *buffer_suite(void)
{
    Suite *suite = suite_create("buffer");
    TCase *tests = atd_test_case(suite, "buffer");

    tcase_add_test(tests, appends);
    tcase_add_test(tests, any_byte_is_kept);
    tcase_add_test(tests, grows_up_to_its_maximum);
    tcase_add_test(tests, one_large_append_fits);
    tcase_add_test(tests, overflow_is_for_ever);
    tcase_add_test(tests, maximum_may_be_nothing);
    tcase_add_test(tests, huge_length_overflows);
    tcase_add_test(tests, truncates);
    return suite;
}
