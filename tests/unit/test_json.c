/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "engine/atd_json.h"

#include <apr_strings.h>
#include <apr_time.h>

static const atd_place_t start = {.file = "a.md", .line = 1, .column = 1};

static const char *repeat(const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_pcalloc(atd_test_pool, length * count + 1);

    for (unsigned i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    return all;
}

static atd_error_t *parse(const atd_value_t **tree, const char *text)
{
    apr_size_t used;

    return atd_json_parse(tree, &used, text, strlen(text), &start, atd_test_pool);
}

/* The tree as JSON again. */
static const char *json(const char *text)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 1000000);
    const atd_value_t *tree;
    const char *bytes;

    ATD_OK(parse(&tree, text));
    atd_escape_json_value(out, tree);
    ATD_OK(atd_buffer_take(&bytes, NULL, out, "the tree"));
    return bytes;
}

typedef struct reading_t {
    const char *text;
    const char *json;
} reading_t;

static const reading_t readings[] = {
    {"{}", "{}"},
    {"\r\n\t {\n}\n", "{}"},
    {"\xEF\xBB\xBF{\"a\": \"b\"}", "{\"a\":\"b\"}"},
    {"{\"z\":1,\"a\":[2,{\"b\":null}],\"c\":{}}", "{\"z\":1,\"a\":[2,{\"b\":null}],\"c\":{}}"},
    {"{\"a\":true,\"b\":false}", "{\"a\":true,\"b\":false}"},
    {"{\"a\":1.10,\"b\":-0.1,\"c\":1e3}", "{\"a\":1.1,\"b\":-0.1,\"c\":1000.0}"},
    {"{\"a\":9223372036854775807}", "{\"a\":9223372036854775807}"},
    {"{\"a\":\"\\u00e9\\n\\t\\/\"}", "{\"a\":\"\xC3\xA9\\n\\t/\"}"},
    {"{\"a\":\"true\",\"b\":\"1\"}", "{\"a\":\"true\",\"b\":\"1\"}"},
};

START_TEST(object_is_read)
{
    ck_assert_str_eq(json(readings[_i].text), readings[_i].json);
}
END_TEST

START_TEST(scalars_have_types)
{
    const atd_value_t *tree;

    ATD_OK(parse(&tree, "{\"i\": 7, \"r\": 1.5, \"b\": true, \"n\": null, \"s\": \"7\"}"));
    ck_assert_int_eq(atd_value_number(atd_value_get(tree, "i")), 7);
    ck_assert_int_eq(atd_value_type(atd_value_get(tree, "r")), ATD_REAL);
    ck_assert(atd_value_is_true(atd_value_get(tree, "b")));
    ck_assert_int_eq(atd_value_type(atd_value_get(tree, "n")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_value_get(tree, "s")), ATD_STRING);
}
END_TEST

START_TEST(end_of_the_object_is_told)
{
    static const char text[] = "\xEF\xBB\xBF\n{\"a\": \"}\"}} rest";
    const atd_value_t *tree;
    apr_size_t used;

    ATD_OK(atd_json_parse(&tree, &used, text, strlen(text), &start, atd_test_pool));
    ck_assert_str_eq(text + used, "} rest");
    ck_assert_uint_eq(atd_value_line(tree), 2);
    ck_assert_uint_eq(atd_value_column(tree), 1);
    ck_assert_uint_eq(atd_value_line(atd_value_get(tree, "a")), 2);
}
END_TEST

typedef struct fault_t {
    const char *text;
    atd_error_id_t id;
    unsigned line, column;
    const char *message;
    const char *hint;
} fault_t;

static const fault_t faults[] = {
    {"", ATD_E_TYPE, 1, 1, "keys and values", "My first post"},
    {"[1]", ATD_E_TYPE, 1, 1, "keys and values", "My first post"},
    {"{\n \"a\": 1,\n}", ATD_E_JSON, 3, 1, "a comma is followed by nothing", "leave the comma"},
    {"{\n \"a\": [1,]\n}", ATD_E_JSON, 2, 10, "a comma is followed by nothing", "leave the comma"},
    {"{\n \"a\": 1\n \"b\": 2\n}", ATD_E_JSON, 3, 2, "a comma is missing", "put a comma"},
    {"{\"a\": 1 \"a key that is longer than twenty bytes\": 2\n}", ATD_E_JSON, 1, 9, "a comma is missing",
     "put a comma"},
    {"{\"a\": b}", ATD_E_JSON, 1, 7, "text must stand in quotes", "\"text\""},
    {"{\"a\": 'b'}", ATD_E_JSON, 1, 7, "single quotation mark", "\"text\""},
    {"{a: 1}", ATD_E_JSON, 1, 2, "a key must stand in quotes", "\"key\": value"},
    {"{\"a\": \"b\n\"}", ATD_E_JSON, 1, 7, "not closed in its line", "\\n"},
    {"{ // x\n}", ATD_E_JSON, 1, 3, "no comments", "leave it out"},
    {"{\"a\": 01}", ATD_E_JSON, 1, 7, "not well-formed JSON", "commas"},
    {"{\"\xC3\xA9\": \"\\q\"}", ATD_E_JSON, 1, 7, "invalid escape", "commas"},
    {"{\"a\": 1", ATD_E_JSON, 1, 7, "never closed", "missing"},
    {"{\"a\": 1,\n\"a\": 2}", ATD_E_DUPLICATE, 2, 1, "given twice", "keep one"},
    {"{\"a\": {\"b\": 1, \"b\": 2}}", ATD_E_DUPLICATE, 1, 16, "given twice", "keep one"},
    {"{\"a\": 99999999999999999999}", ATD_E_JSON, 1, 7, "too large", "quotes"},
    {"{\"a\": 1e999}", ATD_E_JSON, 1, 7, "too large", "quotes"},
    {"{\"\": 1}", ATD_E_JSON, 1, 1, "a key is empty", "\"key\""},
    {"{\"a\": \"\\u0007\"}", ATD_E_ENCODING, 1, 1, "a control character", "leave it out"},
    {"{\"\\u0085\": 1}", ATD_E_ENCODING, 1, 1, "a control character", "leave it out"},
    {"{\"a\": \"\\u0000\"}", ATD_E_ENCODING, 1, 7, "NUL", "leave it out"},
    {"{\"\\u0000\": 1}", ATD_E_ENCODING, 1, 2, "NUL", "leave it out"},
    {"{\"a\": \"\xFF\"}", ATD_E_ENCODING, 1, 7, "not UTF-8", "UTF-8"},
};

START_TEST(fault_is_told)
{
    const fault_t *fault = &faults[_i];
    const atd_value_t *tree;
    const atd_error_t *error = parse(&tree, fault->text);

    ATD_FAILS(error, fault->id, fault->line, fault->column);
    ck_assert_msg(strstr(error->message, fault->message) != NULL, "%s", error->message);
    ck_assert_msg(strstr(error->hint, fault->hint) != NULL, "%s", error->hint);
    ck_assert_str_eq(error->file, "a.md");
    ck_assert_ptr_nonnull(error->excerpt);
}
END_TEST

START_TEST(bounds_are_kept)
{
    const char *open = repeat("[", ATD_MAX_DATA_DEPTH - 1);
    const char *close = repeat("]", ATD_MAX_DATA_DEPTH - 1);
    const char *most = repeat("1,", ATD_MAX_DATA_NODES - 3);
    const char *long_text = repeat("\xC3\xA9", ATD_MAX_FRONT_MATTER);
    const atd_value_t *tree;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "{\"a\":", open, close, "}", NULL)));
    ATD_FAILS(parse(&tree, apr_pstrcat(atd_test_pool, "{\"a\":", open, "[]", close, "}", NULL)), ATD_E_LIMIT, 1, 1);
    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "{\"a\":[", most, "1]}", NULL)));
    ATD_FAILS(parse(&tree, apr_pstrcat(atd_test_pool, "{\"a\":[", most, "1,1]}", NULL)), ATD_E_LIMIT, 1, 1);
    ATD_FAILS(parse(&tree, apr_pstrcat(atd_test_pool, "{\"a\":\"", long_text, "\"}", NULL)), ATD_E_LIMIT, 1, 1);
}
END_TEST

START_TEST(hostile_text_is_cheap)
{
    static const char *const units[] = {"[", "{\"a\":", "[{\"a\":", "1,", "\"a\":1,", "\"", "\\", "\"\\u0061"};
    const char *text = repeat(units[_i], ATD_MAX_FRONT_MATTER / (unsigned)strlen(units[_i]) - 2);
    apr_time_t begin = apr_time_now();
    const atd_value_t *tree;

    ck_assert_ptr_nonnull(parse(&tree, apr_pstrcat(atd_test_pool, "{\"a\":", text, NULL)));
    ck_assert_int_lt(apr_time_now() - begin, apr_time_from_sec(1));
}
END_TEST

Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tests = atd_test_case(suite, "json");

    tcase_add_loop_test(tests, object_is_read, 0, (int)(sizeof readings / sizeof *readings));
    tcase_add_test(tests, scalars_have_types);
    tcase_add_test(tests, end_of_the_object_is_told);
    tcase_add_loop_test(tests, fault_is_told, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, bounds_are_kept);
    tcase_add_loop_test(tests, hostile_text_is_cheap, 0, 8);
    return suite;
}
