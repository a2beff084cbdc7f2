/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_limits.h"
#include "engine/atd_template.h"
#include "engine/atd_yaml.h"

#include <apr_strings.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * The tests that the Mustache specification publishes (github.com/mustache/spec), run as data: one test of Check for
 * each of theirs. The numbers of tests are written here, so that none can go missing unseen.
 */
typedef struct spec_file_t {
    const char *name;
    int tests;
} spec_file_t;

static const spec_file_t rendered_files[] = {
    {"comments", 12}, {"delimiters", 14}, {"interpolation", 42}, {"inverted", 22},
    {"partials", 12}, {"sections", 34},   {"~inheritance", 27},  {"~dynamic-names", 21},
};

#define CORE_TESTS 136
#define INHERITANCE_TESTS 27
#define DYNAMIC_NAMES_TESTS 21
#define RENDERED_TESTS (CORE_TESTS + INHERITANCE_TESTS + DYNAMIC_NAMES_TESTS)
#define LAMBDA_TESTS 10

static const atd_value_t *read_tests(const char *name)
{
    const atd_place_t place = {name, 1, 1};
    const atd_value_t *tree;
    const char *path = atd_test_spec_path(apr_pstrcat(atd_test_pool, "mustache/", name, ".json", NULL));
    const char *text;
    apr_size_t length;

    ck_assert_msg(path != NULL, "ATD_SPEC_DIR has no mustache/%s.json", name);
    text = atd_test_read(path, &length);
    ATD_OK(atd_yaml_parse(&tree, text, length, &place, atd_test_pool));
    return atd_value_get(tree, "tests");
}

/* A partial that the test does not have renders as nothing, as the specification asks. */
static atd_error_t *find_in_map(const atd_template_t **found, void *baton, const char *name, apr_pool_t *pool)
{
    const atd_value_t *partial = atd_value_get(baton, name);

    *found = NULL;
    if (!partial)
        return NULL;
    return atd_template_compile(found, atd_value_text(partial), atd_value_length(partial), name, pool);
}

static atd_error_t *render_test(const char **text, const atd_value_t *test)
{
    const atd_value_t *template = atd_value_get(test, "template");
    const atd_template_loader_t loader = {find_in_map, (void *)atd_value_get(test, "partials")};
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const atd_template_t *compiled;
    atd_error_t *error;

    error =
        atd_template_compile(&compiled, atd_value_text(template), atd_value_length(template), "test", atd_test_pool);
    if (!error)
        error = atd_template_render(out, compiled, atd_value_get(test, "data"), &loader, atd_test_pool);
    return error ? error : atd_buffer_take(text, NULL, out, "the page");
}

START_TEST(file_has_all_its_tests)
{
    const spec_file_t *file = &rendered_files[_i];

    ck_assert_msg((int)atd_value_count(read_tests(file->name)) == file->tests, "%s.json has %d tests, not %d",
                  file->name, (int)atd_value_count(read_tests(file->name)), file->tests);
}
END_TEST

START_TEST(no_test_is_left_out)
{
    int sum = 0;

    for (int i = 0; i < 6; i++)
        sum += rendered_files[i].tests;
    ck_assert_int_eq(sum, CORE_TESTS);
    ck_assert_int_eq(rendered_files[6].tests, INHERITANCE_TESTS);
    ck_assert_int_eq(rendered_files[7].tests, DYNAMIC_NAMES_TESTS);
    ck_assert_int_eq((int)atd_value_count(read_tests("~lambdas")), LAMBDA_TESTS);
}
END_TEST

/* Test _i of all files in the order of the table. */
START_TEST(renders_as_specified)
{
    const spec_file_t *file = rendered_files;
    const atd_value_t *test;
    const char *name;
    const char *expected;
    const char *text = "";
    const atd_error_t *error;
    int number = _i;

    for (; number >= file->tests; file++)
        number -= file->tests;
    test = atd_value_at(read_tests(file->name), (apr_size_t)number);
    name = atd_value_text(atd_value_get(test, "name"));
    expected = atd_value_text(atd_value_get(test, "expected"));
    ck_assert(name && expected && atd_value_text(atd_value_get(test, "template")));
    error = render_test(&text, test);
    ck_assert_msg(!error, "%s.json, \"%s\": %s", file->name, name, error ? atd_error_line(error, atd_test_pool) : "");
    ck_assert_msg(strcmp(text, expected) == 0, "%s.json, \"%s\":\nexpected [%s]\ngot      [%s]", file->name, name,
                  expected, text);
}
END_TEST

START_TEST(lambda_is_refused)
{
    const atd_value_t *test = atd_value_at(read_tests("~lambdas"), (apr_size_t)_i);
    const char *name = atd_value_text(atd_value_get(test, "name"));
    const char *source = atd_value_text(atd_value_get(test, "template"));
    const char *tag = strstr(source, "lambda");
    const char *text = "";
    const atd_error_t *error = render_test(&text, test);

    ck_assert_msg(error != NULL, "~lambdas.json, \"%s\" was rendered: %s", name, text);
    ck_assert_msg(error->id == ATD_E_LAMBDA, "~lambdas.json, \"%s\": %s", name, atd_error_line(error, atd_test_pool));
    ck_assert_ptr_nonnull(strstr(error->message, "lambda is code"));
    ck_assert_ptr_nonnull(error->hint);
    ck_assert_uint_eq(error->line, memchr(source, '\n', (size_t)(tag - source)) ? 2 : 1);
    ck_assert_uint_gt(error->column, 0);
    ck_assert_msg(strchr("{|", error->excerpt[error->column - 1]), "column %u of %s", error->column, error->excerpt);
}
END_TEST

START_TEST(spec_is_missing)
{
    ck_assert_msg(!getenv("CI"), "ATD_SPEC_DIR names no folder with mustache/*.json; in CI it must");
    printf("skipped: the Mustache specification's tests; put specs/*.json of github.com/mustache/spec into "
           "$ATD_SPEC_DIR/mustache/\n");
}
END_TEST

static bool has_spec(void)
{
    bool found;

    apr_pool_create(&atd_test_pool, NULL);
    found = atd_test_spec_path("mustache/comments.json") != NULL;
    apr_pool_destroy(atd_test_pool);
    atd_test_pool = NULL;
    return found;
}

Suite *mustache_spec_suite(void)
{
    Suite *suite = suite_create("mustache specification");
    int files = (int)(sizeof rendered_files / sizeof *rendered_files);
    TCase *tests = atd_test_case(suite, "published tests");

    if (!has_spec()) {
        tcase_add_test(tests, spec_is_missing);
        return suite;
    }
    tcase_add_loop_test(tests, file_has_all_its_tests, 0, files);
    tcase_add_test(tests, no_test_is_left_out);
    tcase_add_loop_test(tests, renders_as_specified, 0, RENDERED_TESTS);
    tcase_add_loop_test(tests, lambda_is_refused, 0, LAMBDA_TESTS);
    return suite;
}
