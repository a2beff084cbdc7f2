/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "gfm_examples.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * The examples of the GFM specification and of cmark-gfm's tests of its extensions, run as data: one test of Check for
 * each. They go through this project's engine, without post-processing, and must come out byte for byte; with it, too,
 * but for what it is there for. The numbers of examples are written here, so that none can go missing unseen.
 */
#define SPEC_EXAMPLES 673 /* two of them are marked "disabled" */
#define SPEC_DISABLED 2
#define EXTENSION_EXAMPLES 30

/* Examples of extensions.txt name no extension: all are on there. */
#define ALL_EXTENSIONS "table strikethrough autolink tagfilter footnotes tasklist"

/*
 * The only example that does not come out as the text says: there the text says "<IGNORE>", since all that upstream
 * asks is that its program does not crash. What comes out is written down all the same.
 */
#define IGNORED_EXAMPLE 20
static const char ignored_html[] = "<p>This shouldn't crash everything: (<em>A</em>@_.A</p>\n";

static const char *render_with(const gfm_example_t *example, const atd_markdown_options_t *options)
{
    const atd_document_t *document = NULL;

    ATD_OK(atd_renderer_inprocess.render(&document, atd_renderer_inprocess.baton, example->markdown,
                                         strlen(example->markdown), options, atd_test_pool));
    return atd_document_html(document, NULL);
}

static const char *render_example(const gfm_example_t *example, const char *extensions)
{
    const atd_markdown_options_t options = gfm_options(extensions);

    return render_with(example, &options);
}

static const gfm_example_t *example_at(const char *name, int index)
{
    const apr_array_header_t *examples = gfm_examples(name);

    ck_assert_msg(index < examples->nelts, "%s has no example %d", name, index + 1);
    return &APR_ARRAY_IDX(examples, index, gfm_example_t);
}

static void compare(const char *name, int number, const gfm_example_t *example, const char *html)
{
    ck_assert_msg(strcmp(html, example->html) == 0, "%s, example %d: %s\nexpected [%s]\ngot      [%s]", name, number,
                  example->markdown, example->html, html);
}

START_TEST(no_example_is_left_out)
{
    const apr_array_header_t *examples = gfm_examples("gfm/spec.txt");
    int disabled = 0;

    for (int i = 0; i < examples->nelts; i++)
        disabled += strcmp(APR_ARRAY_IDX(examples, i, gfm_example_t).extensions, "disabled") == 0;
    ck_assert_int_eq(examples->nelts, SPEC_EXAMPLES);
    ck_assert_int_eq(disabled, SPEC_DISABLED);
    ck_assert_int_eq(gfm_examples("gfm/extensions.txt")->nelts, EXTENSION_EXAMPLES);
}
END_TEST

START_TEST(renders_as_specified)
{
    const gfm_example_t *example = example_at("gfm/spec.txt", _i);

    if (strcmp(example->extensions, "disabled") == 0)
        return;
    compare("spec.txt", _i + 1, example, render_example(example, example->extensions));
}
END_TEST

START_TEST(renders_extensions_as_specified)
{
    const gfm_example_t *example = example_at("gfm/extensions.txt", _i);

    if (_i + 1 == IGNORED_EXAMPLE) {
        ck_assert_str_eq(example->html, "<IGNORE>\n");
        ck_assert_str_eq(render_example(example, ALL_EXTENSIONS), ignored_html);
        return;
    }
    compare("extensions.txt", _i + 1, example, render_example(example, ALL_EXTENSIONS));
}
END_TEST

/* The HTML without the ids of headings, none of which the specification has. */
static const char *without_ids(const char *html)
{
    char *copy = apr_pstrdup(atd_test_pool, html);

    for (char *at = copy; (at = strstr(at, "<h")) != NULL; at += 3) {
        char *end = at[2] >= '1' && at[2] <= '6' && strncmp(at + 3, " id=\"", 5) == 0 ? strstr(at, "\">") : NULL;

        if (end)
            memmove(at + 3, end + 1, strlen(end + 1) + 1);
    }
    return copy;
}

/*
 * Examples that post-processing changes in another way, as atd_markdown.h says: the title of an image that is alone
 * becomes its caption; a URL of a scheme that is not known is emptied.
 */
static const int captioned[] = {580, 581, 584, 585, 592, 593, 594, 596, 597, 599};
static const int emptied[] = {606, 607, 609};

static bool is_in(const int *numbers, size_t count, int number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

START_TEST(postprocessing_adds_ids_alone)
{
    const gfm_example_t *example = example_at("gfm/spec.txt", _i);
    atd_markdown_options_t options = gfm_options(example->extensions);
    const char *html;

    if (strcmp(example->extensions, "disabled") == 0)
        return;
    options.outline = true;
    html = without_ids(render_with(example, &options));
    if (is_in(captioned, sizeof captioned / sizeof *captioned, _i + 1))
        ck_assert_msg(strncmp(html, "<figure><img ", 13) == 0, "example %d: %s", _i + 1, html);
    else if (is_in(emptied, sizeof emptied / sizeof *emptied, _i + 1))
        ck_assert_msg(strncmp(html, "<p><a href=\"\">", 14) == 0, "example %d: %s", _i + 1, html);
    else
        compare("spec.txt, post-processed", _i + 1, example, html);
}
END_TEST

START_TEST(spec_is_missing)
{
    ck_assert_msg(!getenv("CI"), "ATD_SPEC_DIR names no folder with gfm/spec.txt; in CI it must");
    printf("skipped: the GFM specification's examples; put test/spec.txt and test/extensions.txt of "
           "github.com/github/cmark-gfm into $ATD_SPEC_DIR/gfm/\n");
}
END_TEST

Suite *gfm_spec_suite(void)
{
    Suite *suite = suite_create("gfm specification");
    TCase *tests = atd_test_case(suite, "published examples");

    if (!gfm_is_there()) {
        tcase_add_test(tests, spec_is_missing);
        return suite;
    }
    tcase_add_test(tests, no_example_is_left_out);
    tcase_add_loop_test(tests, renders_as_specified, 0, SPEC_EXAMPLES);
    tcase_add_loop_test(tests, postprocessing_adds_ids_alone, 0, SPEC_EXAMPLES);
    tcase_add_loop_test(tests, renders_extensions_as_specified, 0, EXTENSION_EXAMPLES);
    return suite;
}
