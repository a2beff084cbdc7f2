/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "engine/atd_yaml.h"

#include <apr_strings.h>
#include <apr_time.h>
#include <pthread.h>

static const atd_place_t start = {.file = "site.yaml", .line = 1, .column = 1};

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
    return atd_yaml_parse(tree, text, strlen(text), &start, atd_test_pool);
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
    {"\n# only a comment\n", "{}"},
    {"---\n", "{}"},
    {"~", "{}"},
    {"\xEF\xBB\xBF"
     "a: b",
     "{\"a\":\"b\"}"},
    {"# %YAML\n---\na: b\n", "{\"a\":\"b\"}"},
    {"a: b\r\nc: d\r\n", "{\"a\":\"b\",\"c\":\"d\"}"},
    {"a: 1\nb: 1.50\nc: true\nd: null\ne:\nf: ~", "{\"a\":1,\"b\":1.50,\"c\":true,\"d\":null,\"e\":null,\"f\":null}"},
    {"a: '1'\nb: \"true\"\nc: 'null'\nd: ''", "{\"a\":\"1\",\"b\":\"true\",\"c\":\"null\",\"d\":\"\"}"},
    {"a: yes\nb: 12:30\nc: 2025-06-16", "{\"a\":\"yes\",\"b\":\"12:30\",\"c\":\"2025-06-16\"}"},
    {"a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}"},
    {"a: one\n  two\n\n  three", "{\"a\":\"one two\\nthree\"}"},
    {"a: 'it''s'\nb: \"x\\ty\\u00e9\"", "{\"a\":\"it's\",\"b\":\"x\\ty\xC3\xA9\"}"},
    {"a:\n- b\n- - c\n  - d\n- e: f\n  g: h", "{\"a\":[\"b\",[\"c\",\"d\"],{\"e\":\"f\",\"g\":\"h\"}]}"},
    {"a: [b, 'c', {d: e}, []]\nf: {}", "{\"a\":[\"b\",\"c\",{\"d\":\"e\"},[]],\"f\":{}}"},
    {"{\"a\": \"b\",\n\t\"c\":[1,2.5,null,false]}\n", "{\"a\":\"b\",\"c\":[1,2.5,null,false]}"},
    {"? a\n: b", "{\"a\":\"b\"}"},
    {"1: a\ntrue: b", "{\"1\":\"a\",\"true\":\"b\"}"},
    {"'<<': a", "{\"\\u003C\\u003C\":\"a\"}"},
    {"a: x # y\nb: x#y\nc: http://x", "{\"a\":\"x\",\"b\":\"x#y\",\"c\":\"http://x\"}"},
    {"a: b\n...\n", "{\"a\":\"b\"}"},
    {"---\na: b\n--- \n# end\n\n... \n", "{\"a\":\"b\"}"},
    {"a: b\r\n---\r\n", "{\"a\":\"b\"}"},
    {"a: &x b\nc: *x", "{\"a\":\"b\",\"c\":\"b\"}"},
    {"a: &x [1, &y 2]\nc: *x\nd: [*y, *x]", "{\"a\":[1,2],\"c\":[1,2],\"d\":[2,[1,2]]}"},
    {"a: &x {b: c}\nd: *x\ne: &x 1\nf: *x", "{\"a\":{\"b\":\"c\"},\"d\":{\"b\":\"c\"},\"e\":1,\"f\":1}"},
    {"a: &x\nb: *x", "{\"a\":null,\"b\":null}"},
    {"a: \"x\\r\\ny\"", "{\"a\":\"x\\r\\ny\"}"},
    {"\xC3\xA9: \xE6\x97\xA5\xE6\x9C\xAC", "{\"\xC3\xA9\":\"\xE6\x97\xA5\xE6\x9C\xAC\"}"},
};

START_TEST(document_is_read)
{
    ck_assert_str_eq(json(readings[_i].text), readings[_i].json);
}
END_TEST

START_TEST(no_text_at_all)
{
    const atd_value_t *tree;

    ATD_OK(atd_yaml_parse(&tree, NULL, 0, &start, atd_test_pool));
    ck_assert_int_eq(atd_value_type(tree), ATD_MAP);
}
END_TEST

START_TEST(length_counts_and_not_a_nul)
{
    const atd_value_t *tree;

    ATD_OK(atd_yaml_parse(&tree, "a: bcd: [", 5, &start, atd_test_pool));
    ck_assert_str_eq(atd_value_text(atd_value_get(tree, "a")), "bc");
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
    const char *text = "a: b\r\n\xC3\xA9: \xC3\xA9\r\nlist:\r\n  - x\r\n  - {y: z}\r\nn:\r\n";
    const atd_value_t *tree;

    ATD_OK(atd_yaml_parse(&tree, text, strlen(text), &place, atd_test_pool));
    stands_at(tree, 7, 5);
    stands_at(atd_value_get(tree, "a"), 7, 8);
    stands_at(atd_value_get(tree, "\xC3\xA9"), 8, 4);
    stands_at(atd_value_get(tree, "list"), 10, 3);
    stands_at(atd_value_at(atd_value_get(tree, "list"), 0), 10, 5);
    stands_at(atd_value_at(atd_value_get(tree, "list"), 1), 11, 5);
    stands_at(atd_value_find(atd_value_at(atd_value_get(tree, "list"), 1), "y"), 11, 9);
    ck_assert_uint_eq(atd_value_line(atd_value_get(tree, "n")), 12);
}
END_TEST

START_TEST(tree_outlives_the_text)
{
    char *text = apr_pstrdup(atd_test_pool, "key: value\nlist: [item]");
    const atd_value_t *tree;

    ATD_OK(parse(&tree, text));
    memset(text, 'x', strlen(text));
    ck_assert_str_eq(atd_value_text(atd_value_get(tree, "key")), "value");
    ck_assert_str_eq(atd_value_text(atd_value_at(atd_value_get(tree, "list"), 0)), "item");
}
END_TEST

/* ---- bounds ---- */

START_TEST(depth_is_bounded)
{
    const char *open = repeat("[", ATD_MAX_DATA_DEPTH - 1);
    const char *close = repeat("]", ATD_MAX_DATA_DEPTH - 1);
    const atd_value_t *tree;
    const atd_error_t *error;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "a: ", open, close, NULL)));
    error = parse(&tree, apr_pstrcat(atd_test_pool, "a: ", open, "[]", close, NULL));
    ATD_FAILS(error, ATD_E_LIMIT, 1, 4 + ATD_MAX_DATA_DEPTH - 1);
    ck_assert_str_eq(error->message, "lists and maps are nested more than 32 deep");
    ck_assert_str_eq(error->hint, "put text with brackets in quotes");
}
END_TEST

/* An alias is as deep as what it stands for. */
START_TEST(depth_counts_aliases)
{
    const char *open = repeat("[", 20);
    const char *close = repeat("]", 20);
    const char *anchor = apr_pstrcat(atd_test_pool, "a: &x ", open, close, "\nb: ", NULL);
    const atd_value_t *tree;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, anchor, repeat("[", 11), "*x", repeat("]", 11), NULL)));
    ATD_FAILS(parse(&tree, apr_pstrcat(atd_test_pool, anchor, repeat("[", 12), "*x", repeat("]", 12), NULL)),
              ATD_E_LIMIT, 2, 16);
    ATD_FAILS(parse(&tree, apr_pstrcat(atd_test_pool, anchor, "&y [1, *x]\nc: &z [*y]\nd: ", repeat("[", 10), "*z",
                                       repeat("]", 10), NULL)),
              ATD_E_LIMIT, 4, 14);
}
END_TEST

START_TEST(nodes_are_bounded)
{
    const char *most = repeat("a,", ATD_MAX_DATA_NODES - 3); /* with the map, the list and b's value */
    const atd_value_t *tree;
    const atd_error_t *error;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "a: [", most, "]\nb: c", NULL)));
    error = parse(&tree, apr_pstrcat(atd_test_pool, "a: [", most, "]\nb: []", NULL));
    ATD_OK(error);
    error = parse(&tree, apr_pstrcat(atd_test_pool, "a: [", most, "]\nb: c\nd: e", NULL));
    ATD_FAILS(error, ATD_E_LIMIT, 3, 4);
    ck_assert_str_eq(error->message, "more than 10000 values, lists and maps");
    ATD_FAILS(parse(&tree, apr_pstrcat(atd_test_pool, "a: [", most, "]\nb: [c]", NULL)), ATD_E_LIMIT, 2, 5);
}
END_TEST

START_TEST(aliases_are_bounded)
{
    const char *most = repeat("*x,", 100);
    const atd_value_t *tree;
    const atd_error_t *error;

    ATD_OK(parse(&tree, apr_pstrcat(atd_test_pool, "a: &x 1\nb: [", most, "]", NULL)));
    error = parse(&tree, apr_pstrcat(atd_test_pool, "a: &x 1\nb: [", most, "]\nc: *x", NULL));
    ATD_FAILS(error, ATD_E_LIMIT, 3, 4);
    ck_assert_str_eq(error->message, "more than 100 aliases ('*name')");
    ck_assert_str_eq(error->hint, "write the values out");
}
END_TEST

/* Ten aliases of ten aliases of ...: each stands for all below it. */
START_TEST(aliases_can_not_multiply)
{
    const char *text = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
    const atd_value_t *tree;

    for (char name = 'b'; name <= 'i'; name++)
        text = apr_psprintf(atd_test_pool, "%s%c: &%c [%s]\n", text, name, name,
                            repeat(apr_psprintf(atd_test_pool, "*%c,", name - 1), 10));
    ATD_FAILS(parse(&tree, text), ATD_E_LIMIT, 4, 29);
}
END_TEST

typedef struct hostile_t {
    const char *before;
    const char *unit;
    const char *after;
} hostile_t;

static const hostile_t hostile[] = {
    {"", "[", ""},
    {"", "{", ""},
    {"", "[a,", ""},
    {"", "{a: ", ""},
    {"", "a: [", ""},
    {"", "{a: [", ""},
    {"", "- ", ""},
    {"", "? ", ""},
    {"", "? a\n", ""},
    {"", "! ", ""},
    {"", "%TAG !a! tag:x,2000:\n", ""},
    {"a: b\n", "%TAG !a! tag:x,2000:\n", ""},
    {"a: b\n...\n", "%TAG !a! tag:x,2000:\n", "---\n"},
    {"", "---\n", ""},
    {"a: b\n", "---\n", ""},
    {"a: b\n", "...\n", "c"},
    {"a: b\n", "# x\n", "c"},
    {"", "#\n", "%"},
    {"a: [", "&a x,", "]"},
    {"a: [", "&a [],", "]"},
    {"a: ", "&a ", ""},
    {"a: &x b\nc: [", "*x,", "]"},
    {"a: ", "'' ", ""},
    {"a: '", "x\n", ""},
    {"a: \"", "\\", ""},
    {"a: \"", "\\x41", "\""},
    {"a: ", "x: ", ""},
    {"a: x\n", " y\n", "z: a"},
    {"a: x\n", "\t", ""},
    {"a: |\n", " x\n", "y"},
    {"a: |\n", "\n", " y"},
    {"a: |", "9", ""},
    {"", "a", ""},
    {"", "a", ": b"},
    {"", "a:\n ", ""},
    {"", "\xC3\xA9", ": b: c"},
    {"", "k\xEF\xBC\x9A\n", "a: b"},
    {"a: [", "[]", ""},
    {"a: x", "[]", "\nb: ["},
    {"a: x", "['", "\nb: ["},
    {"a: x", "[ \"", "\nb: ["},
    {"a: [x", " [", ""},
    {"a: ", "!x", ""},
    {"a: ", "*", ""},
    {"a: 'b' ", "]", ""},
    {"", "\r\n", "a: b: c"},
    {"a:", ":", ""},
    {"", "-x\n", "a: b"},
};

/* What would cost libyaml, or what explains its complaints, seconds if they were let. */
START_TEST(hostile_text_is_cheap)
{
    const hostile_t *text = &hostile[_i];
    const char *units = repeat(text->unit, ATD_MAX_FRONT_MATTER / (unsigned)strlen(text->unit));
    apr_time_t begin = apr_time_now();
    const atd_value_t *tree = NULL;
    const atd_error_t *error = parse(&tree, apr_pstrcat(atd_test_pool, text->before, units, text->after, NULL));

    ck_assert((error != NULL) != (tree != NULL));
    ck_assert(!error || (error->line > 0 && error->column > 0 && strlen(error->message) < 300));
    ck_assert(!error || (error->hint && strlen(error->hint) < 700));
    ck_assert_int_lt(apr_time_now() - begin, apr_time_from_sec(1));
}
END_TEST

/* Each different key is looked up among all earlier ones. */
START_TEST(many_keys_are_cheap)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 1000000);
    apr_time_t begin = apr_time_now();
    const atd_value_t *tree;
    const char *text;

    for (int i = 0; i < ATD_MAX_DATA_NODES - 1; i++)
        atd_buffer_printf(out, "%x: \n", i);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the text"));
    ATD_OK(parse(&tree, text));
    ck_assert_uint_eq(atd_value_count(tree), ATD_MAX_DATA_NODES - 1);
    ck_assert_int_lt(apr_time_now() - begin, apr_time_from_sec(1));
}
END_TEST

/* Whatever bytes come, there is a tree or an error. The numbers are the same in each run. */
START_TEST(any_bytes)
{
    static const char alphabet[] = "ab: \n\t-'\"[]{},&*!|>%@`#?\\x\r\xC3\xA9~<.";
    unsigned state = (unsigned)_i + 1;

    for (int i = 0; i < 1000; i++) {
        char text[40];
        apr_size_t length;
        const atd_value_t *tree = NULL;
        const atd_error_t *error;

        state = state * 1103515245u + 12345u;
        length = (state >> 16) % sizeof text;
        for (apr_size_t at = 0; at < length; at++) {
            state = state * 1103515245u + 12345u;
            text[at] = alphabet[(state >> 16) % (sizeof alphabet - 1)];
        }
        error = atd_yaml_parse(&tree, text, length, &start, atd_test_pool);
        ck_assert((error != NULL) != (tree != NULL));
        ck_assert(!error || (error->message && error->hint && error->line > 0 && error->column > 0));
        apr_pool_clear(atd_test_pool);
    }
}
END_TEST

static void *parse_often(void *baton)
{
    apr_pool_t *pool;

    for (int i = 0; i < 200; i++) {
        const char *text = i % 2 ? "a: [b, {c: d}]" : "a: b: c";
        const atd_value_t *tree = NULL;
        const atd_error_t *error;

        apr_pool_create(&pool, NULL);
        error = atd_yaml_parse(&tree, text, strlen(text), &start, pool);
        if ((error == NULL) != (i % 2 == 1) || (error && error->column != 5))
            *(bool *)baton = false;
        apr_pool_destroy(pool);
    }
    return NULL;
}

START_TEST(threads_do_not_meet)
{
    pthread_t threads[8];
    bool fine[8];

    for (int i = 0; i < 8; i++) {
        fine[i] = true;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, parse_often, &fine[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(fine[i]);
    }
}
END_TEST

static void add_bounds(Suite *suite)
{
    TCase *tests = atd_test_case(suite, "bounds");

    tcase_add_test(tests, depth_is_bounded);
    tcase_add_test(tests, depth_counts_aliases);
    tcase_add_test(tests, nodes_are_bounded);
    tcase_add_test(tests, aliases_are_bounded);
    tcase_add_test(tests, aliases_can_not_multiply);
    tcase_add_loop_test(tests, hostile_text_is_cheap, 0, (int)(sizeof hostile / sizeof *hostile));
    tcase_add_test(tests, many_keys_are_cheap);
    tcase_add_loop_test(tests, any_bytes, 0, 20);
    tcase_add_test(tests, threads_do_not_meet);
}

Suite *yaml_suite(void)
{
    Suite *suite = suite_create("yaml");
    TCase *tests = atd_test_case(suite, "reading");

    tcase_add_loop_test(tests, document_is_read, 0, (int)(sizeof readings / sizeof *readings));
    tcase_add_test(tests, no_text_at_all);
    tcase_add_test(tests, length_counts_and_not_a_nul);
    tcase_add_test(tests, values_have_places);
    tcase_add_test(tests, tree_outlives_the_text);
    add_bounds(suite);
    return suite;
}
