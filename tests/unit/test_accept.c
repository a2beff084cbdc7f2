/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_accept.h"
#include "site_fixture.h"

#include <apr_strings.h>

typedef struct choice_t {
    const char *accept;
    bool markdown;
} choice_t;

static const choice_t choices[] = {
    /* nothing said of it */
    {NULL, false},
    {"", false},
    {",", false},
    {"*/*", false},
    {"text/*", false},
    {"text/*;q=0.9, text/html;q=0.1", false},
    {"text/html;q=0, */*", false},
    {"application/json", false},
    {"markdown", false},
    {"markdown/*", false},
    {"application/markdown", false},
    {"text/x-markdown", false},
    {"text/markdownish", false},
    {"text/markdow", false},
    {"x-text/markdown", false},
    {"text/plain;format=markdown", false},
    /* browsers, and programs that take what comes */
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", false},
    {"text/html, text/plain, */*", false},
    /* named, and HTML not */
    {"text/markdown", true},
    {"TEXT/Markdown", true},
    {" text/markdown ", true},
    {"\ttext/markdown\t", true},
    {",,text/markdown,,", true},
    {"text/markdown;q=0.001", true},
    {"text/markdown, text/plain", true},
    {"text/plain, text/markdown;q=0.1", true},
    {"application/json;q=1, text/markdown;q=0.2", true},
    /* weights */
    {"text/markdown, text/html", false},
    {"text/html, text/markdown", false},
    {"text/markdown;q=1.0, text/html;q=1", false},
    {"text/markdown, text/html;q=0.9", true},
    {"text/html;q=0.9, text/markdown", true},
    {"text/markdown;q=0.9, text/html", false},
    {"text/markdown;q=0.8, text/html;q=0.8", false},
    {"text/markdown;q=0.801, text/html;q=0.8", true},
    {"text/markdown;q=0.5, text/html;q=0.4", true},
    {"text/markdown;q=0.5,text/html;q=0.6", false},
    {"text/markdown, text/html;q=0", true},
    {"text/markdown;q=0, text/html;q=0", false},
    {"text/markdown;q=0", false},
    {"text/markdown;q=0.000", false},
    {"text/markdown;q=0, */*", false},
    /* the closest range counts */
    {"text/markdown, */*", false},
    {"text/markdown, */*;q=0.9", true},
    {"*/*;q=0.1, text/markdown", true},
    {"text/markdown, text/*;q=0.9, */*", true},
    {"text/markdown, text/*, */*;q=0.1", false},
    {"text/markdown;q=0.5, */*;q=0.8", false},
    {"text/markdown;q=0.5, text/*;q=0.4, */*", true},
    {"text/markdown;q=0.5, text/html;q=0.1, text/*", true},
    {"text/markdown;q=0.5, text/html;q=0.1, */*", true},
    {"text/markdown;q=0.2, text/html;q=0, */*", true},
    {"text/html, text/*;q=0.1, text/markdown;q=0.9", false},
    {"text/markdown, text/html;q=0.5, text/html;q=1", false},
    {"text/markdown;q=0.1, text/markdown;q=0.9, text/html;q=0.5", true},
    /* parameters */
    {"text/markdown;charset=utf-8", true},
    {"text/markdown; charset=UTF-8; q=0.9, text/html;q=0.8", true},
    {"text/markdown;charset=\"utf-8\"", true},
    {"text/markdown;variant=GFM", true},
    {"text/markdown;variant=gfm;charset=utf-8;q=0.5, text/html;q=0.4", true},
    {"text/markdown;charset=utf-8;q=0.9, text/markdown;q=0.1, text/html;q=0.5", true},
    {"text/markdown;charset=utf-8;q=0.1, text/markdown, text/html;q=0.5", false},
    {"text/html;charset=utf-8;q=0.1, text/html, text/markdown;q=0.5", true},
    {"text/html;variant=GFM, text/markdown;q=0.5", true},
    {"text/html;level=1, text/markdown;q=0.5", true},
    {"text/markdown;variant=pandoc", false},
    {"text/markdown;charset=latin1", false},
    {"text/markdown;x", false},
    {"text/markdown;x=\"a,text/markdown;q=1\"", false},
    {"text/plain;x=\"text/markdown\"", false},
    {"text/plain;x=\", text/markdown, \"", false},
    {"text/plain;x=\"\\\", text/markdown\"", false},
    {"text/plain;x=\"\\\"\", text/markdown", true},
    /* blanks and letters */
    {"text/markdown ; q=0.5 , text/html ; q=0.4", true},
    {"text/markdown\t;\tQ=0.5,text/html;Q=0.6", false},
    {"text/markdown;", true},
    {"text/markdown;;q=0.5,text/html;q=0.6", false},
    /* malformed */
    {"text/markdown;q=", false},
    {"text/markdown;q=x", false},
    {"text/markdown;q=-1", false},
    {"text/markdown;q=2", false},
    {"text/markdown;q=1.5", false},
    {"text/markdown;q=0.5x", false},
    {"text/markdown;q", false},
    {"text/markdown, text/html;q=x", true},
    {"text/markdown foo", false},
    {"text / markdown", false},
    {"text/markdown;x=\"", false},
    {"text/markdown;x=\"\\", false},
    {"text/markdown;=", false},
    {";text/markdown", false},
    {"text/markdown=1", false},
};

START_TEST(header_is_understood)
{
    const choice_t *choice = &choices[_i];

    ck_assert_msg(atd_accept_prefers_markdown(choice->accept) == choice->markdown, "%s",
                  choice->accept ? choice->accept : "none");
}
END_TEST

/* An answer, whatever the field is, and each part of it read once. */
START_TEST(hostile_fields_end)
{
    static const char *const parts[] = {",", ";",  "\"",         "=", " ", ";q=", ";x=\"", "text/markdown,",
                                        "/", "\\", "*/*;q=0.1,", "m"};

    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *many = repeated(parts[i], 20000);

        ck_assert(!atd_accept_prefers_markdown(apr_pstrcat(atd_test_pool, many, " text/markdown;q=0", NULL)) || i == 7);
        atd_accept_prefers_markdown(apr_pstrcat(atd_test_pool, "text/markdown", many, NULL));
    }
}
END_TEST

START_TEST(weights_are_read)
{
    static const struct {
        const char *text;
        int weight;
        apr_size_t length;
    } weights[] = {{"0", 0, 1},      {"1", 1000, 1},     {"0.", 0, 2},       {"0.5", 500, 3},  {"0.25;x", 250, 4},
                   {"0.1 ", 100, 3}, {"1.000", 1000, 5}, {"0.999,", 999, 5}, {"0.0019", 1, 6}, {"", -1, 0},
                   {"x", -1, 0},     {"2", -1, 0},       {"1.001", -1, 5},   {"0.5x", -1, 3},  {"00", -1, 1}};

    for (unsigned i = 0; i < sizeof weights / sizeof *weights; i++) {
        const char *at = weights[i].text;

        ck_assert_int_eq(atd_accept_weight(&at), weights[i].weight);
        ck_assert_uint_eq((apr_size_t)(at - weights[i].text), weights[i].length);
    }
}
END_TEST

Suite *accept_suite(void)
{
    Suite *suite = suite_create("accept");
    TCase *tests = atd_test_case(suite, "Accept");

    tcase_add_loop_test(tests, header_is_understood, 0, sizeof choices / sizeof *choices);
    tcase_add_test(tests, hostile_fields_end);
    tcase_add_test(tests, weights_are_read);
    return suite;
}
