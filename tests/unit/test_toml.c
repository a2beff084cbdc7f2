/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "base/atd_time.h"
#include "engine/atd_toml.h"

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
    return atd_toml_parse(tree, text, strlen(text), &start, atd_test_pool);
}

/* The tree as JSON. */
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
    {"", "{}"},
    {"# \xC3\xA9 only a comment\n", "{}"},
    {"\xEF\xBB\xBF"
     "a = 'b'\r\n",
     "{\"a\":\"b\"}"},
    {"z = 1\na = 2\nm = 3", "{\"z\":1,\"a\":2,\"m\":3}"},
    {"a = 1_000\nb = 1.10\nc = 0xFF\nd = 0b11\ne = 1e3", "{\"a\":1000,\"b\":1.10,\"c\":255,\"d\":3,\"e\":1e3}"},
    {"a = 9223372036854775807\nb = -7", "{\"a\":9223372036854775807,\"b\":-7}"},
    {"a = inf\nb = -nan", "{\"a\":\"inf\",\"b\":\"-nan\"}"},
    {"a = true\nb = false # no", "{\"a\":true,\"b\":false}"},
    {"a = 2025-06-16 # day\nb = 07:32:00", "{\"a\":\"2025-06-16\",\"b\":\"07:32:00\"}"},
    {"a = 1979-05-27 07:32:00.5-07:00", "{\"a\":\"1979-05-27T07:32:00.5-07:00\"}"},
    {"a = [1979-05-27t07:32:00z,2025-06-16]", "{\"a\":[\"1979-05-27T07:32:00Z\",\"2025-06-16\"]}"},
    {"a = \"x\\ty\\u00e9\\\"\"\nb = 'it\\'", "{\"a\":\"x\\ty\xC3\xA9\\\"\",\"b\":\"it\\\\\"}"},
    {"a = \"\"\"\nx\ny \\\n  \xC3\xA9\"\"\"\"\"\nb = '''z'''", "{\"a\":\"x\\ny \xC3\xA9\\\"\\\"\",\"b\":\"z\"}"},
    {"a = [1, 'b', [2], {c = 3}, []]\nd = {}", "{\"a\":[1,\"b\",[2],{\"c\":3},[]],\"d\":{}}"},
    {"[params]\nb = 1\n[params.deep]\nc = 2\n", "{\"params\":{\"b\":1,\"deep\":{\"c\":2}}}"},
    {"[[resources]]\nsrc = 'x'\n[[resources]]\nsrc = 'y'", "{\"resources\":[{\"src\":\"x\"},{\"src\":\"y\"}]}"},
    {"a.b.'c.d' = 1\na.e = 2", "{\"a\":{\"b\":{\"c.d\":1},\"e\":2}}"},
    {"\"\xC3\xA9\" = '\xE6\x97\xA5'", "{\"\xC3\xA9\":\"\xE6\x97\xA5\"}"},
};

START_TEST(document_is_read)
{
    ck_assert_str_eq(json(readings[_i].text), readings[_i].json);
}
END_TEST

START_TEST(dates_are_dates)
{
    const atd_value_t *tree;
    atd_date_t date;

    ATD_OK(parse(&tree, "a = 2025-06-16\nb = 2025-06-16 07:32:00Z\nc = 2025-06-16T07:32:00.25+02:00\n"
                        "d = 2025-06-16T07:32:00\n"));
    for (apr_size_t i = 0; i < atd_value_count(tree); i++)
        ck_assert_msg(atd_date_parse(&date, atd_value_text(atd_value_at(tree, i))), "%s",
                      atd_value_text(atd_value_at(tree, i)));
}
END_TEST

START_TEST(no_text_at_all)
{
    const atd_value_t *tree;

    ATD_OK(atd_toml_parse(&tree, NULL, 0, &start, atd_test_pool));
    ck_assert_int_eq(atd_value_type(tree), ATD_MAP);
}
END_TEST

static void stands_at(const atd_value_t *value, unsigned line, unsigned column)
{
    ck_assert_uint_eq(atd_value_line(value), line);
    ck_assert_uint_eq(atd_value_column(value), column);
}

START_TEST(values_have_places)
{
    const atd_place_t place = {.file = "a.md", .line = 7, .column = 5};
    const char *text = "a = 1\r\n'\xC3\xA9' = '\xC3\xA9'\r\nlist = ['\xC3\xA9',\r\n  {y = 2}]\r\n[t.u]\r\nv.w = 3\r\n";
    const atd_value_t *tree;

    ATD_OK(atd_toml_parse(&tree, text, strlen(text), &place, atd_test_pool));
    stands_at(tree, 7, 5);
    stands_at(atd_value_get(tree, "a"), 7, 9);
    stands_at(atd_value_get(tree, "\xC3\xA9"), 8, 7);
    stands_at(atd_value_get(tree, "list"), 9, 8);
    stands_at(atd_value_at(atd_value_get(tree, "list"), 1), 10, 3);
    stands_at(atd_value_get(atd_value_at(atd_value_get(tree, "list"), 1), "y"), 10, 8);
    ck_assert_uint_eq(atd_value_line(atd_value_get(tree, "t")), 11);
    stands_at(atd_value_find(tree, "t.u.v.w"), 12, 7);
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
    {"a = 1\ntitle = Hello", ATD_E_TOML, 2, 9, "text must stand in quotes", "title = \"Hello\""},
    {"title = tomorrow", ATD_E_TOML, 1, 9, "text must stand in quotes", "title = \"Hello\""},
    {"draft = True", ATD_E_TOML, 1, 9, "small letters", "true or false"},
    {"title: 'x'", ATD_E_TOML, 1, 6, "a colon", "key = value"},
    {"my title = 'x'", ATD_E_TOML, 1, 4, "not followed by '='", "key = value"},
    {"title =\n", ATD_E_TOML, 1, 8, "no value", "leave the line out"},
    {"title = \"x\ny = 1", ATD_E_TOML, 1, 11, "not closed in its line", "three"},
    {"title = 'x\ny = 1", ATD_E_TOML, 1, 11, "not closed in its line", "three"},
    {"a = \"\"\"x\ny\n\n", ATD_E_TOML, 2, 1, "ends within a value", "close"},
    {"a = [1,\n2\n", ATD_E_TOML, 2, 1, "ends within a value", "close"},
    {"a = {b = 1\n}", ATD_E_TOML, 1, 11, "in one line", "[name]"},
    {"date = 16.06.2025", ATD_E_TOML, 1, 8, "neither a number nor a date", "2025-06-16"},
    {"date = 2025-13-01", ATD_E_TOML, 1, 8, "neither a number nor a date", "2025-06-16"},
    {"date = 1979-05-27Tx", ATD_E_TOML, 1, 8, "neither a number nor a date", "2025-06-16"},
    {"a = 'it's'", ATD_E_TOML, 1, 9, "behind the value", "in quotes"},
    {"a = \xC3\xA9", ATD_E_TOML, 1, 5, "only stand in quotes", "in quotes"},
    {"a\xC2\xA0= 1", ATD_E_TOML, 1, 2, "only stand in quotes", "in quotes"},
    {"a = \"\\q\"", ATD_E_TOML, 1, 7, "unknown escape", "key = value"},
    {"'' = 1", ATD_E_TOML, 1, 1, "a key is empty", "key = value"},
    {"a = 1\nb = 2\na = 3", ATD_E_DUPLICATE, 3, 1, "'a' is given twice", "keep one"},
    {"a = 1\n  a.b = 2", ATD_E_DUPLICATE, 2, 3, "given twice", "keep one"},
    {"[a]\n[b]\n[a]", ATD_E_DUPLICATE, 3, 1, "'a' is given twice", "keep one"},
    {"x = {a = 1, a = 2}", ATD_E_DUPLICATE, 1, 13, "given twice", "keep one"},
    {"a = 1\nb = \"\\u0007\"", ATD_E_ENCODING, 2, 5, "a control character", "leave it out"},
    {"\"\\u0000\" = 1", ATD_E_ENCODING, 1, 1, "a control character", "leave it out"},
    {"a = 'x\x01'", ATD_E_ENCODING, 1, 7, "a control character", "delete it"},
    {"a = 'x\xFF'", ATD_E_ENCODING, 1, 7, "not UTF-8", "UTF-8"},
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

START_TEST(depth_is_bounded)
{
    const char *open = repeat("[", ATD_MAX_DATA_DEPTH - 1);
    const char *close = repeat("]", ATD_MAX_DATA_DEPTH - 1);
    const char *keys = repeat("a.", ATD_MAX_DATA_DEPTH - 1);
    const atd_value_t *tree;
    const atd_error_t *error;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "a = ", open, close, NULL)));
    error = parse(&tree, apr_pstrcat(atd_test_pool, "a = ", open, "[]", close, NULL));
    ck_assert_int_eq(error->id, ATD_E_LIMIT);
    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, keys, "a = 1", NULL)));
    error = parse(&tree, apr_pstrcat(atd_test_pool, keys, "a = []", NULL));
    ck_assert_int_eq(error->id, ATD_E_LIMIT);
    error = parse(&tree, apr_pstrcat(atd_test_pool, keys, "a.a = 1", NULL));
    ck_assert_int_eq(error->id, ATD_E_LIMIT);
}
END_TEST

/* toml++ would make as many tables as there are dots, within each other, and free them by recursion. */
START_TEST(dotted_keys_are_bounded)
{
    static const char *const heads[] = {
        "",
        "[",
        "[[",
        "x = {",
        "x = [\n\"\"\"a\"\"\"\"\", {",
        "x = '''\n\"''' # \"\n",
        "[x]\n",
        "x = [ '''a'''', {",
        "x = \"\\\\\"\n",
        "x = [\"\"\"\\\"\"\"\", {",
        "'a'.\"#\".",
    };
    const atd_value_t *tree;
    const char *keys = repeat(_i % 2 ? "a." : "\"=\" . ", 8000);
    const atd_error_t *error = parse(&tree, apr_pstrcat(atd_test_pool, heads[_i / 2], keys, "a = 1", NULL));

    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(error->id, ATD_E_LIMIT);
}
END_TEST

START_TEST(dots_in_text_are_free)
{
    const char *dots = repeat("a.", 1000);
    const atd_value_t *tree;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "a = '", dots, "' # ", dots, "\nb = \"\"\"\n", dots, "\"\"\"\nc = [",
                                    repeat("1.5,", 1000), "]", NULL)));
}
END_TEST

START_TEST(nodes_are_bounded)
{
    const char *most = repeat("1,", ATD_MAX_DATA_NODES - 3);
    const atd_value_t *tree;
    const atd_error_t *error;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "a = [", most, "1]", NULL)));
    error = parse(&tree, apr_pstrcat(atd_test_pool, "a = [", most, "1,1]", NULL));
    ck_assert_int_eq(error->id, ATD_E_LIMIT);
}
END_TEST

START_TEST(hostile_text_is_cheap)
{
    static const char *const units[] = {"[",  "[a]\n", "[[a]]\n",   "{a=", "a=[\n",   "a.",
                                        "\"", "'''",   "a = '''\n", "#",   "[a.b]\n", "[a.b.c]\n[[a.d]]\n",
                                        "1,", "\\",    "1_"};
    const char *text = repeat(units[_i], ATD_MAX_FRONT_MATTER / (unsigned)strlen(units[_i]) - 2);
    apr_time_t begin = apr_time_now();
    const atd_value_t *tree;
    const atd_error_t *error = parse(&tree, text);

    error = parse(&tree, apr_pstrcat(atd_test_pool, "x = [", text, NULL));
    ck_assert_ptr_nonnull(error);
    ck_assert_int_lt(apr_time_now() - begin, apr_time_from_sec(2));
}
END_TEST

Suite *toml_suite(void)
{
    Suite *suite = suite_create("toml");
    TCase *tests = atd_test_case(suite, "toml");

    tcase_add_loop_test(tests, document_is_read, 0, (int)(sizeof readings / sizeof *readings));
    tcase_add_test(tests, dates_are_dates);
    tcase_add_test(tests, no_text_at_all);
    tcase_add_test(tests, values_have_places);
    tcase_add_loop_test(tests, fault_is_told, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, depth_is_bounded);
    tcase_add_loop_test(tests, dotted_keys_are_bounded, 0, 22);
    tcase_add_test(tests, dots_in_text_are_free);
    tcase_add_test(tests, nodes_are_bounded);
    tcase_add_loop_test(tests, hostile_text_is_cheap, 0, 15);
    return suite;
}
