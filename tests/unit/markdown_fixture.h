/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MARKDOWN_FIXTURE_H
#define MARKDOWN_FIXTURE_H

#include "atd_test.h"
#include "base/atd_buffer.h"
#include "base/atd_limits.h"
#include "engine/atd_markdown.h"

#include <apr_lib.h>
#include <apr_strings.h>

/**
 * @file markdown_fixture.h
 * Rendering for the files that test Markdown. Whatever a test renders, what the header promises of any document is
 * checked of it, too.
 */

static atd_markdown_options_t options; /* what the documents of a test are rendered with */

static inline void options_setup(void)
{
    options = atd_markdown_post_options;
}

/** A test case that has a pool and the options of posts. */
static inline TCase *markdown_test_case(Suite *suite, const char *name)
{
    TCase *tests = atd_test_case(suite, name);

    tcase_add_checked_fixture(tests, options_setup, NULL);
    return tests;
}

/** A URL as cmark writes it into an attribute. */
static inline const char *escaped_url(const char *url)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 64, ATD_MAX_PAGE);
    const char *text;

    for (; *url; url++) {
        if (*url == '&')
            atd_buffer_puts(out, "&amp;");
        else if (*url == '\'')
            atd_buffer_puts(out, "&#x27;");
        else if (*url > 0 && (apr_isalnum(*url) || strchr("-_.+!*(),%#@?=;:/$~", *url)))
            atd_buffer_putc(out, *url);
        else
            atd_buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*url);
    }
    ATD_OK(atd_buffer_take(&text, NULL, out, "the url"));
    return text;
}

static inline bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static inline void check_mark(const char *html, const atd_mark_t *mark)
{
    const char *opening = mark->kind == ATD_MARK_LINK ? "<a href=\"" : "<img src=\"";
    const char *url = escaped_url(mark->url);
    const char *behind = html + mark->attributes_at;

    ck_assert_uint_ge(mark->url_at, strlen(opening));
    ck_assert_msg(begins_with(html + mark->url_at - strlen(opening), opening), "%s: %s", mark->url, html);
    ck_assert_msg(mark->url_length == strlen(url) && begins_with(html + mark->url_at, url),
                  "%s is not at %u, %u bytes: %s", url, (unsigned)mark->url_at, (unsigned)mark->url_length, html);
    ck_assert_uint_eq(mark->attributes_at, mark->url_at + mark->url_length + 1);
    ck_assert_int_eq(behind[-1], '"');
    if (mark->kind == ATD_MARK_IMAGE)
        ck_assert_msg(begins_with(behind, " alt=\""), "%s", behind);
    else
        ck_assert_msg(begins_with(behind, ">") || begins_with(behind, " title=\""), "%s", behind);
    ck_assert(mark->line > 0 && (mark->kind == ATD_MARK_IMAGE || *mark->text == '\0'));
}

static inline void check_marks(const atd_document_t *document)
{
    apr_size_t count = atd_document_mark_count(document);
    apr_size_t from = 0;
    atd_mark_t mark;

    for (apr_size_t i = 0; i < count; i++) {
        ck_assert(atd_document_mark(&mark, document, i));
        ck_assert_uint_ge(mark.url_at, from);
        check_mark(atd_document_html(document, NULL), &mark);
        from = mark.attributes_at;
    }
    ck_assert(!atd_document_mark(&mark, document, count));
}

static inline void check_headings(const atd_document_t *document)
{
    apr_size_t count = atd_document_heading_count(document);
    const char *at = atd_document_html(document, NULL);
    atd_heading_t heading;

    for (apr_size_t i = 0; i < count; i++) {
        ck_assert(atd_document_heading(&heading, document, i));
        at = strstr(at, apr_psprintf(atd_test_pool, "<h%u id=\"%s\">", heading.level, heading.id));
        ck_assert_msg(at != NULL, "heading %s is not in its place", heading.id);
    }
    ck_assert(!atd_document_heading(&heading, document, count));
}

static inline void check_document(const atd_document_t *document)
{
    apr_size_t html_length, plain_length;
    const char *html = atd_document_html(document, &html_length);
    const char *plain = atd_document_plain(document, &plain_length);

    ck_assert_uint_eq(strlen(html), html_length);
    ck_assert_uint_eq(strlen(plain), plain_length);
    ck_assert_ptr_null(memchr(html, '\xFF', html_length));
    ck_assert_ptr_nonnull(strstr(plain, atd_document_first_paragraph(document)));
    check_headings(document);
    check_marks(document);
}

static inline atd_error_t *render(const atd_document_t **document, const char *markdown, apr_size_t length)
{
    return atd_renderer_inprocess.render(document, atd_renderer_inprocess.baton, markdown, length, &options,
                                         atd_test_pool);
}

static inline const atd_document_t *document_n(const char *markdown, apr_size_t length)
{
    const atd_document_t *document = NULL;

    ATD_OK(render(&document, markdown, length));
    check_document(document);
    return document;
}

static inline const atd_document_t *document_of(const char *markdown)
{
    return document_n(markdown, strlen(markdown));
}

static inline const char *html_of(const char *markdown)
{
    return atd_document_html(document_of(markdown), NULL);
}

static inline const char *plain_of(const char *markdown)
{
    return atd_document_plain(document_of(markdown), NULL);
}

static inline atd_heading_t heading_of(const atd_document_t *document, apr_size_t index)
{
    atd_heading_t heading;

    ck_assert(atd_document_heading(&heading, document, index));
    return heading;
}

static inline atd_mark_t mark_of(const atd_document_t *document, apr_size_t index)
{
    atd_mark_t mark;

    ck_assert(atd_document_mark(&mark, document, index));
    return mark;
}

static inline const char *repeat(const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_palloc(atd_test_pool, length * count + 1);

    for (unsigned i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    all[length * count] = '\0';
    return all;
}

/** Markdown and the HTML, or the text, that it becomes. */
typedef struct pair_t {
    const char *markdown;
    const char *expected;
} pair_t;

#define COUNT_OF(array) (int)(sizeof(array) / sizeof *(array))

#define RENDERS(markdown, expected) ck_assert_str_eq(html_of(markdown), expected)

#define HAS(text, part) ck_assert_msg((text) && strstr(text, part), "\"%s\" is not in: %s", part, text)

/** The other files of the suite: marks, safe URLs and plain text in test_markdown_outline.c; a post as a whole. */
void markdown_outline_tests(Suite *suite);
void markdown_sample_tests(Suite *suite);

#endif
