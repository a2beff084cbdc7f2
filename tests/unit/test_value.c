/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_value.h"

#include <apr_strings.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static atd_value_t *text_value(const char *text)
{
    return atd_value_string(atd_test_pool, text);
}

START_TEST(scalars)
{
    const atd_value_t *number = atd_value_int(atd_test_pool, -42);
    const atd_value_t *truth = atd_value_bool(atd_test_pool, true);
    const atd_value_t *lie = atd_value_bool(atd_test_pool, false);
    const atd_value_t *null = atd_value_null(atd_test_pool);

    ck_assert_int_eq(atd_value_type(number), ATD_INT);
    ck_assert_int_eq(atd_value_number(number), -42);
    ck_assert_str_eq(atd_value_text(number), "-42");
    ck_assert_uint_eq(atd_value_length(number), 3);
    ck_assert(!atd_value_is_true(number));
    ck_assert_int_eq(atd_value_type(truth), ATD_BOOL);
    ck_assert(atd_value_is_true(truth) && !atd_value_is_true(lie));
    ck_assert_str_eq(atd_value_text(truth), "true");
    ck_assert_str_eq(atd_value_text(lie), "false");
    ck_assert_int_eq(atd_value_number(truth), 0);
    ck_assert_int_eq(atd_value_type(null), ATD_NULL);
    ck_assert_str_eq(atd_value_text(null), "");
    ck_assert_uint_eq(atd_value_length(null), 0);
}
END_TEST

START_TEST(texts)
{
    char bytes[] = "abc";
    const atd_value_t *copy = text_value(bytes);
    const atd_value_t *part = atd_value_string_n(atd_test_pool, bytes, 2);
    const atd_value_t *same = atd_value_string_ref(atd_test_pool, bytes, 2);
    const atd_value_t *nul = atd_value_string_n(atd_test_pool, "a\0b", 3);

    bytes[0] = 'X';
    ck_assert_int_eq(atd_value_type(copy), ATD_STRING);
    ck_assert_str_eq(atd_value_text(copy), "abc");
    ck_assert_str_eq(atd_value_text(part), "ab");
    ck_assert_ptr_eq(atd_value_text(same), bytes);
    ck_assert_uint_eq(atd_value_length(same), 2);
    ck_assert_uint_eq(atd_value_length(nul), 3);
    ck_assert_int_eq(atd_value_type(text_value(NULL)), ATD_NULL);
    ck_assert_int_eq(atd_value_type(text_value("")), ATD_STRING);
}
END_TEST

typedef struct plain_t {
    const char *text;
    atd_type_t type;
    apr_int64_t number;
} plain_t;

static const plain_t plains[] = {
    {"", ATD_NULL, 0},
    {"~", ATD_NULL, 0},
    {"null", ATD_NULL, 0},
    {"Null", ATD_NULL, 0},
    {"NULL", ATD_NULL, 0},
    {"nUll", ATD_STRING, 0},
    {"true", ATD_BOOL, 0},
    {"True", ATD_BOOL, 0},
    {"TRUE", ATD_BOOL, 0},
    {"false", ATD_BOOL, 0},
    {"False", ATD_BOOL, 0},
    {"FALSE", ATD_BOOL, 0},
    {"yes", ATD_STRING, 0},
    {"no", ATD_STRING, 0},
    {"on", ATD_STRING, 0},
    {"off", ATD_STRING, 0},
    {"tRue", ATD_STRING, 0},
    {"0", ATD_INT, 0},
    {"2025", ATD_INT, 2025},
    {"-7", ATD_INT, -7},
    {"+7", ATD_INT, 7},
    {"007", ATD_INT, 7},
    {"999999999999999999", ATD_INT, 999999999999999999},
    {"-999999999999999999", ATD_INT, -999999999999999999},
    {"1234567890123456789", ATD_STRING, 0}, /* too long to be a number that is reckoned with */
    {"-", ATD_STRING, 0},
    {"+", ATD_STRING, 0},
    {"1a", ATD_STRING, 0},
    {"1 2", ATD_STRING, 0},
    {"--1", ATD_STRING, 0},
    {"0x1F", ATD_STRING, 0},
    {"0o17", ATD_STRING, 0},
    {".inf", ATD_STRING, 0},
    {".nan", ATD_STRING, 0},
    {"1.10", ATD_REAL, 0},
    {"-1.5", ATD_REAL, 0},
    {"+.5", ATD_REAL, 0},
    {"1.", ATD_REAL, 0},
    {"1e5", ATD_REAL, 0},
    {"1.5E-3", ATD_REAL, 0},
    {"1e+5", ATD_REAL, 0},
    {".", ATD_STRING, 0},
    {"e5", ATD_STRING, 0},
    {".e5", ATD_STRING, 0},
    {"1e", ATD_STRING, 0},
    {"1e+", ATD_STRING, 0},
    {"1e5x", ATD_STRING, 0},
    {"1.2.3", ATD_STRING, 0},
    {"2025-06-16", ATD_STRING, 0},
    {"12:30", ATD_STRING, 0},
};

START_TEST(plain_text_has_a_meaning)
{
    const plain_t *plain = &plains[_i];
    const atd_value_t *value = atd_value_plain(atd_test_pool, plain->text, strlen(plain->text));

    ck_assert_msg(atd_value_type(value) == plain->type, "%s is %s", plain->text, atd_value_type_name(value));
    ck_assert_int_eq(atd_value_number(value), plain->number);
    if (plain->type != ATD_NULL && plain->type != ATD_BOOL)
        ck_assert_str_eq(atd_value_text(value), plain->text);
    if (plain->type == ATD_BOOL)
        ck_assert(atd_value_is_true(value) == (*plain->text == 't' || *plain->text == 'T'));
}
END_TEST

START_TEST(plain_text_ends_where_told)
{
    ck_assert_int_eq(atd_value_number(atd_value_plain(atd_test_pool, "123", 2)), 12);
}
END_TEST

START_TEST(types_have_names)
{
    ck_assert_str_eq(atd_value_type_name(NULL), "nothing");
    ck_assert_str_eq(atd_value_type_name(atd_value_null(atd_test_pool)), "nothing");
    ck_assert_str_eq(atd_value_type_name(atd_value_bool(atd_test_pool, true)), "true or false");
    ck_assert_str_eq(atd_value_type_name(atd_value_int(atd_test_pool, 1)), "a number");
    ck_assert_str_eq(atd_value_type_name(atd_value_plain(atd_test_pool, "1.5", 3)), "a number");
    ck_assert_str_eq(atd_value_type_name(text_value("")), "text");
    ck_assert_str_eq(atd_value_type_name(atd_value_list(atd_test_pool)), "a list");
    ck_assert_str_eq(atd_value_type_name(atd_value_map(atd_test_pool)), "a map");
}
END_TEST

START_TEST(place_is_kept)
{
    atd_value_t *value = text_value("x");

    ck_assert_uint_eq(atd_value_line(value), 0);
    ck_assert_uint_eq(atd_value_column(value), 0);
    atd_value_set_place(value, 3, 8);
    ck_assert_uint_eq(atd_value_line(value), 3);
    ck_assert_uint_eq(atd_value_column(value), 8);
    ck_assert_uint_eq(atd_value_line(NULL), 0);
    ck_assert_uint_eq(atd_value_column(NULL), 0);
}
END_TEST

START_TEST(nothing_is_asked_anything)
{
    ck_assert_int_eq(atd_value_type(NULL), ATD_NULL);
    ck_assert_ptr_null(atd_value_text(NULL));
    ck_assert_uint_eq(atd_value_length(NULL), 0);
    ck_assert_int_eq(atd_value_number(NULL), 0);
    ck_assert(!atd_value_is_true(NULL));
    ck_assert(atd_value_is_empty(NULL));
    ck_assert_uint_eq(atd_value_count(NULL), 0);
    ck_assert_ptr_null(atd_value_at(NULL, 0));
    ck_assert_ptr_null(atd_value_key_at(NULL, 0));
    ck_assert_ptr_null(atd_value_get(NULL, "a"));
    ck_assert_ptr_null(atd_value_get_n(NULL, "a", 1));
    ck_assert_ptr_null(atd_value_find(NULL, "a.b"));
}
END_TEST

START_TEST(emptiness)
{
    atd_value_t *list = atd_value_list(atd_test_pool);
    atd_value_t *map = atd_value_map(atd_test_pool);

    ck_assert(atd_value_is_empty(atd_value_null(atd_test_pool)));
    ck_assert(atd_value_is_empty(text_value("")));
    ck_assert(!atd_value_is_empty(text_value(" ")));
    ck_assert(!atd_value_is_empty(atd_value_int(atd_test_pool, 0)));
    ck_assert(!atd_value_is_empty(atd_value_bool(atd_test_pool, false)));
    ck_assert(!atd_value_is_empty(atd_value_plain(atd_test_pool, "0.0", 3)));
    ck_assert(atd_value_is_empty(list));
    ck_assert(atd_value_is_empty(map));
    atd_value_push(list, NULL);
    atd_value_set(map, "", NULL);
    ck_assert(!atd_value_is_empty(list));
    ck_assert(!atd_value_is_empty(map));
}
END_TEST

START_TEST(lists)
{
    atd_value_t *list = atd_value_list(atd_test_pool);

    for (int i = 0; i < 100; i++)
        atd_value_push(list, atd_value_int(atd_test_pool, i));
    ck_assert_uint_eq(atd_value_count(list), 100);
    for (unsigned i = 0; i < 100; i++)
        ck_assert_int_eq(atd_value_number(atd_value_at(list, i)), i);
    ck_assert_ptr_null(atd_value_at(list, 100));
    ck_assert_ptr_null(atd_value_key_at(list, 0));
    ck_assert_ptr_null(atd_value_get(list, "0"));
    ck_assert_ptr_null(atd_value_text(list));
    ck_assert_uint_eq(atd_value_length(list), 0);
    ck_assert_uint_eq(atd_value_count(text_value("x")), 0);
}
END_TEST

/* With few keys the map is searched in order, with many by a hash. */
START_TEST(maps)
{
    static const unsigned sizes[] = {1, 12, 13, 1000};
    atd_value_t *map = atd_value_map(atd_test_pool);
    unsigned size = sizes[_i];
    char key[10];

    for (unsigned i = 0; i < size; i++) {
        apr_snprintf(key, sizeof key, "k%u", i);
        atd_value_set(map, key, atd_value_int(atd_test_pool, i));
    }
    for (unsigned i = 0; i < size; i += 2) {
        apr_snprintf(key, sizeof key, "k%u", i);
        atd_value_set(map, key, atd_value_int(atd_test_pool, 5000 + i));
    }
    ck_assert_uint_eq(atd_value_count(map), size);
    for (unsigned i = 0; i < size; i++) {
        unsigned expected = i % 2 ? i : 5000 + i;

        apr_snprintf(key, sizeof key, "k%u", i);
        ck_assert_int_eq(atd_value_number(atd_value_get(map, key)), expected);
        ck_assert_int_eq(atd_value_number(atd_value_at(map, i)), expected);
        ck_assert_str_eq(atd_value_key_at(map, i), key);
    }
    ck_assert_ptr_null(atd_value_get(map, "k"));
    ck_assert_ptr_null(atd_value_get(map, ""));
    ck_assert_ptr_null(atd_value_get(map, "q0"));
    ck_assert_ptr_nonnull(atd_value_get_n(map, "k0x", 2));
    ck_assert_ptr_null(atd_value_get_n(map, "k0x", 1));
    ck_assert_ptr_null(atd_value_at(map, size));
    ck_assert_ptr_null(atd_value_key_at(map, size));
    ck_assert_ptr_null(atd_value_text(map));
}
END_TEST

START_TEST(text_of_nothing_is_null)
{
    atd_value_t *map = atd_value_map(atd_test_pool);

    atd_value_set_text(map, "a", "x");
    atd_value_set_text(map, "b", "");
    atd_value_set_text(map, "c", NULL);
    ck_assert_str_eq(atd_value_text(atd_value_get(map, "a")), "x");
    ck_assert_int_eq(atd_value_type(atd_value_get(map, "b")), ATD_NULL);
    ck_assert_ptr_nonnull(atd_value_get(map, "b"));
    ck_assert_ptr_nonnull(atd_value_get(map, "c"));
}
END_TEST

START_TEST(paths)
{
    atd_value_t *map = atd_value_map(atd_test_pool);
    atd_value_t *seo = atd_value_map(atd_test_pool);

    atd_value_set(map, "seo", seo);
    atd_value_set_text(map, "title", "t");
    atd_value_set_text(seo, "description", "d");
    ck_assert_str_eq(atd_value_text(atd_value_find(map, "seo.description")), "d");
    ck_assert_ptr_eq(atd_value_find(map, "seo"), seo);
    ck_assert_ptr_null(atd_value_find(map, "seo.title"));
    ck_assert_ptr_null(atd_value_find(map, "none.title"));
    ck_assert_ptr_null(atd_value_find(map, "title.x"));
    ck_assert_ptr_null(atd_value_find(map, "a.b.c"));
    ck_assert_ptr_null(atd_value_find(map, "seo."));
    ck_assert_ptr_null(atd_value_find(map, ""));
}
END_TEST

START_TEST(merging)
{
    atd_value_t *under = atd_value_map(atd_test_pool);
    atd_value_t *over = atd_value_map(atd_test_pool);
    atd_value_t *inner_under = atd_value_map(atd_test_pool);
    atd_value_t *inner_over = atd_value_map(atd_test_pool);
    const atd_value_t *merged;

    atd_value_set_text(under, "a", "1");
    atd_value_set_text(under, "b", "2");
    atd_value_set(under, "in", inner_under);
    atd_value_set(under, "mixed", inner_under);
    atd_value_set_text(inner_under, "x", "3");
    atd_value_set_text(inner_under, "y", "4");
    atd_value_set_text(over, "b", "5");
    atd_value_set_text(over, "c", "6");
    atd_value_set(over, "in", inner_over);
    atd_value_set_text(over, "mixed", "7");
    atd_value_set_text(inner_over, "y", "8");
    merged = atd_value_merge(atd_test_pool, under, over);
    ck_assert_uint_eq(atd_value_count(merged), 5);
    ck_assert_str_eq(atd_value_text(atd_value_get(merged, "a")), "1");
    ck_assert_str_eq(atd_value_text(atd_value_get(merged, "b")), "5");
    ck_assert_str_eq(atd_value_text(atd_value_get(merged, "c")), "6");
    ck_assert_str_eq(atd_value_text(atd_value_find(merged, "in.x")), "3");
    ck_assert_str_eq(atd_value_text(atd_value_find(merged, "in.y")), "8");
    ck_assert_str_eq(atd_value_text(atd_value_get(merged, "mixed")), "7");
    ck_assert_str_eq(atd_value_key_at(merged, 1), "b");
    ck_assert_str_eq(atd_value_text(atd_value_find(under, "in.y")), "4");
    ck_assert_uint_eq(atd_value_count(over), 4);
}
END_TEST

START_TEST(merging_with_nothing)
{
    atd_value_t *map = atd_value_map(atd_test_pool);

    atd_value_set_text(map, "a", "1");
    ck_assert_uint_eq(atd_value_count(atd_value_merge(atd_test_pool, NULL, map)), 1);
    ck_assert_uint_eq(atd_value_count(atd_value_merge(atd_test_pool, map, NULL)), 1);
    ck_assert_int_eq(atd_value_type(atd_value_merge(atd_test_pool, NULL, NULL)), ATD_MAP);
}
END_TEST

Suite *value_suite(void)
{
    Suite *suite = suite_create("value");
    TCase *tests = atd_test_case(suite, "value");

    tcase_add_test(tests, scalars);
    tcase_add_test(tests, texts);
    tcase_add_loop_test(tests, plain_text_has_a_meaning, 0, COUNT(plains));
    tcase_add_test(tests, plain_text_ends_where_told);
    tcase_add_test(tests, types_have_names);
    tcase_add_test(tests, place_is_kept);
    tcase_add_test(tests, nothing_is_asked_anything);
    tcase_add_test(tests, emptiness);
    tcase_add_test(tests, lists);
    tcase_add_loop_test(tests, maps, 0, 4);
    tcase_add_test(tests, text_of_nothing_is_null);
    tcase_add_test(tests, paths);
    tcase_add_test(tests, merging);
    tcase_add_test(tests, merging_with_nothing);
    return suite;
}
