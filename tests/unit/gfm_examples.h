/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GFM_EXAMPLES_H
#define GFM_EXAMPLES_H

#include "atd_test.h"
#include "engine/atd_markdown.h"

#include <apr_strings.h>
#include <apr_tables.h>

/**
 * @file gfm_examples.h
 * The examples in the text of a specification: between lines of 32 backticks, the first with the word `example` and
 * names of extensions behind them, Markdown, a line with a full stop, HTML. An arrow stands for a tab.
 */
typedef struct gfm_example_t {
    const char *extensions; /**< the rest of the first line: "", "table", "disabled" ... */
    const char *markdown;
    const char *html;
} gfm_example_t;

#define GFM_FENCE "````````````````````````````````"
#define GFM_ARROW "\xE2\x86\x92"

/** The next line without its line end, cut out of @p *text; NULL at the end. */
static inline char *gfm_line(char **text)
{
    char *line = *text;
    char *end = strchr(line, '\n');

    if (!*line)
        return NULL;
    *text = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

/** The lines down to @p last. */
static inline const char *gfm_lines_until(char **text, const char *last)
{
    const char *lines = "";
    char *line;

    while ((line = gfm_line(text)) != NULL && strcmp(line, last) != 0) {
        for (char *arrow; (arrow = strstr(line, GFM_ARROW)) != NULL;) {
            *arrow = '\t';
            memmove(arrow + 1, arrow + 3, strlen(arrow + 3) + 1);
        }
        lines = apr_pstrcat(atd_test_pool, lines, line, "\n", NULL);
    }
    ck_assert_msg(line != NULL, "an example does not end");
    return lines;
}

/** All examples of a file of the published suites, as gfm_example_t in atd_test_pool. */
static inline const apr_array_header_t *gfm_examples(const char *name)
{
    static const char opening[] = GFM_FENCE " example";
    apr_array_header_t *examples = apr_array_make(atd_test_pool, 700, sizeof(gfm_example_t));
    const char *path = atd_test_spec_path(name);
    apr_size_t length;
    char *text, *line;

    ck_assert_msg(path != NULL, "ATD_SPEC_DIR has no %s", name);
    text = apr_pstrdup(atd_test_pool, atd_test_read(path, &length));
    while ((line = gfm_line(&text)) != NULL) {
        gfm_example_t *example;

        if (strncmp(line, opening, sizeof opening - 1) != 0)
            continue;
        example = apr_array_push(examples);
        example->extensions = line + sizeof opening - 1 + strspn(line + sizeof opening - 1, " ");
        example->markdown = gfm_lines_until(&text, ".");
        example->html = gfm_lines_until(&text, GFM_FENCE);
    }
    return examples;
}

/** True where both files are there; to be asked before any test runs. */
static inline bool gfm_is_there(void)
{
    bool found;

    apr_pool_create(&atd_test_pool, NULL);
    found = atd_test_spec_path("gfm/spec.txt") && atd_test_spec_path("gfm/extensions.txt");
    apr_pool_destroy(atd_test_pool);
    atd_test_pool = NULL;
    return found;
}

/** What the specification's own examples are rendered with: the extensions named, raw HTML, no post-processing. */
static inline atd_markdown_options_t gfm_options(const char *extensions)
{
    return (atd_markdown_options_t){
        .tables = strstr(extensions, "table") != NULL,
        .strikethrough = strstr(extensions, "strikethrough") != NULL,
        .autolink = strstr(extensions, "autolink") != NULL,
        .tasklist = strstr(extensions, "tasklist") != NULL,
        .footnotes = strstr(extensions, "footnotes") != NULL,
        .tagfilter = strstr(extensions, "tagfilter") != NULL,
        .raw_html = true,
    };
}

#endif
