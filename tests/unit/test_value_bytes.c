/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_value_bytes.h"

#include "base/atd_limits.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <stdlib.h>

static const char sample[] = "title: A \"title\"\n"
                             "empty: ''\n"
                             "nothing: ~\n"
                             "number: -42\n"
                             "real: 1.10\n"
                             "truth: true\n"
                             "text: '42'\n"
                             "tags: [a, 'b c', \"\xC3\xA4\", []]\n"
                             "seo: {description: Long text, keywords: [x, y], deep: {er: {est: 1}}}\n"
                             "map: {}\n";

static const char *pack(apr_size_t *length, const atd_value_t *value)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *bytes = NULL;

    atd_value_pack(out, value);
    ATD_OK(atd_buffer_take(&bytes, length, out, "the bytes"));
    return bytes;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Looks at all there is, so that sanitizers see what can't be read. */
static bool same(const atd_value_t *a, const atd_value_t *b)
{
    bool equal = atd_value_type(a) == atd_value_type(b) && same_text(atd_value_text(a), atd_value_text(b)) &&
                 atd_value_length(a) == atd_value_length(b) && atd_value_number(a) == atd_value_number(b) &&
                 atd_value_is_true(a) == atd_value_is_true(b) && atd_value_line(a) == atd_value_line(b) &&
                 atd_value_column(a) == atd_value_column(b) && atd_value_count(a) == atd_value_count(b);

    for (apr_size_t i = 0; equal && i < atd_value_count(a); i++)
        equal =
            same_text(atd_value_key_at(a, i), atd_value_key_at(b, i)) && same(atd_value_at(a, i), atd_value_at(b, i));
    return equal;
}

static void check_round_trip(const atd_value_t *value)
{
    apr_size_t length;
    const char *bytes = pack(&length, value);
    const atd_value_t *again = atd_value_unpack(bytes, length, atd_test_pool);

    ck_assert_ptr_nonnull(again);
    ck_assert(same(value, again));
}

START_TEST(trees_come_back)
{
    check_round_trip(yaml_of(sample));
    check_round_trip(atd_value_map(atd_test_pool));
    check_round_trip(atd_value_list(atd_test_pool));
    check_round_trip(atd_value_null(atd_test_pool));
    check_round_trip(atd_value_int(atd_test_pool, APR_INT64_C(-999999999999999999)));
    check_round_trip(atd_value_bool(atd_test_pool, false));
    check_round_trip(atd_value_string_n(atd_test_pool, "a\0b", 3));
    check_round_trip(atd_value_string(atd_test_pool, repeated("long ", 5000)));
}
END_TEST

START_TEST(places_come_back)
{
    atd_value_t *value = atd_value_string(atd_test_pool, "x");

    atd_value_set_place(value, 65536, 4294967295u);
    check_round_trip(value);
}
END_TEST

/* The deepest that YAML may be, and one that no reader lets through. */
START_TEST(depth_is_bounded)
{
    for (unsigned depth = 1; depth < 3 * ATD_MAX_DATA_DEPTH; depth++) {
        atd_value_t *value = atd_value_list(atd_test_pool);
        apr_size_t length;
        const char *bytes;

        for (unsigned i = 1; i < depth; i++) {
            atd_value_t *outer = atd_value_list(atd_test_pool);

            atd_value_push(outer, value);
            value = outer;
        }
        bytes = pack(&length, value);
        if (depth <= ATD_MAX_DATA_DEPTH + 1)
            ck_assert_ptr_nonnull(atd_value_unpack(bytes, length, atd_test_pool));
        if (depth > ATD_MAX_DATA_DEPTH + 4)
            ck_assert_ptr_null(atd_value_unpack(bytes, length, atd_test_pool));
    }
}
END_TEST

/* A copy that ends where its memory does, so that sanitizers see who reads on. */
static bool unpacks(const char *bytes, apr_size_t length)
{
    char *copy = malloc(length ? length : 1);
    const atd_value_t *value;
    apr_pool_t *pool;
    bool good;

    memcpy(copy, bytes, length);
    apr_pool_create(&pool, atd_test_pool);
    value = atd_value_unpack(copy, length, pool);
    good = value && same(value, value);
    apr_pool_destroy(pool);
    free(copy);
    return good;
}

START_TEST(cut_bytes_are_no_tree)
{
    apr_size_t length;
    const char *bytes = pack(&length, yaml_of(sample));

    ck_assert(unpacks(bytes, length));
    for (apr_size_t cut = 0; cut < length; cut++)
        ck_assert_msg(!unpacks(bytes, cut), "%u of %u bytes", (unsigned)cut, (unsigned)length);
    ck_assert(!unpacks(apr_pstrcat(atd_test_pool, "", NULL), 0));
}
END_TEST

START_TEST(flipped_bytes_do_no_harm)
{
    apr_size_t length;
    const char *bytes = pack(&length, yaml_of(sample));

    for (apr_size_t at = 0; at < length; at++) {
        for (unsigned bit = 0; bit < 256; bit += bit < 8 ? 1 : 31) {
            char *flipped = apr_pmemdup(atd_test_pool, bytes, length);

            flipped[at] = (char)(bit < 8 ? flipped[at] ^ (1 << bit) : (char)bit);
            unpacks(flipped, length);
        }
    }
}
END_TEST

START_TEST(random_bytes_do_no_harm)
{
    unsigned state = 1;

    for (int round = 0; round < 20000; round++) {
        char bytes[64];

        for (apr_size_t i = 0; i < sizeof bytes; i++) {
            state = state * 1664525u + 1013904223u;
            bytes[i] = (char)(round % 2 ? state >> 24 : (state >> 24) % 8);
        }
        unpacks(bytes, sizeof bytes - (apr_size_t)round % 64);
    }
}
END_TEST

/* A count or a length that promises more than there is must not be believed. */
START_TEST(large_numbers_cost_nothing)
{
    static const char list[] = "\x05\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";
    static const char text[] = "\x04\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";
    static const char endless[] = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01";

    ck_assert(!unpacks(list, sizeof list - 1));
    ck_assert(!unpacks(text, sizeof text - 1));
    ck_assert(!unpacks(endless, sizeof endless - 1));
}
END_TEST

START_TEST(bytes_behind_a_tree_are_refused)
{
    apr_size_t length;
    const char *bytes = pack(&length, yaml_of(sample));
    char *longer = apr_pcalloc(atd_test_pool, length + 1);

    memcpy(longer, bytes, length);
    ck_assert(!unpacks(longer, length + 1));
}
END_TEST

Suite *value_bytes_suite(void)
{
    Suite *suite = suite_create("value bytes");
    TCase *tests = atd_test_case(suite, "value bytes");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, trees_come_back);
    tcase_add_test(tests, places_come_back);
    tcase_add_test(tests, depth_is_bounded);
    tcase_add_test(tests, cut_bytes_are_no_tree);
    tcase_add_test(tests, flipped_bytes_do_no_harm);
    tcase_add_test(tests, random_bytes_do_no_harm);
    tcase_add_test(tests, large_numbers_cost_nothing);
    tcase_add_test(tests, bytes_behind_a_tree_are_refused);
    return suite;
}
