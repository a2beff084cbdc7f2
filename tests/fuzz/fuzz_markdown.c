/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_text.h"
#include "engine/atd_markdown.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * libFuzzer's target for Markdown. An input is rendered as a post, with raw HTML let through, and without
 * post-processing. Besides crashes it finds HTML that the engine does not understand or that is not nested well, places
 * of links and headings that are not right, schemes that run code, documents that don't come through a pipe, and
 * results that differ when they are made again. Inputs are short, since cmark-gfm's time is not linear in their length.
 */
#define INPUT_MAX 2048
#define DEPTH_MAX 4096

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* ---- nesting ---- */

typedef struct tag_t {
    const char *name;
    size_t length;
} tag_t;

typedef struct nesting_t {
    tag_t open[DEPTH_MAX];
    size_t depth;
    bool in_paragraph;
} nesting_t;

static bool is_named(const tag_t *tag, const char *name)
{
    return tag->length == strlen(name) && memcmp(tag->name, name, tag->length) == 0;
}

static void open_tag(nesting_t *nesting, tag_t tag)
{
    require(nesting->depth < DEPTH_MAX);
    require(!nesting->in_paragraph || !is_named(&tag, "figure"));
    nesting->in_paragraph = nesting->in_paragraph || is_named(&tag, "p");
    nesting->open[nesting->depth++] = tag;
}

static void close_tag(nesting_t *nesting, tag_t tag)
{
    const tag_t *last;

    require(nesting->depth > 0);
    last = &nesting->open[--nesting->depth];
    require(last->length == tag.length && memcmp(last->name, tag.name, tag.length) == 0);
    nesting->in_paragraph = nesting->in_paragraph && !is_named(&tag, "p");
}

/* Each tag is closed in its turn. Tags without content end with " />", and attributes have no `>`. */
static void check_nesting(const char *html)
{
    static nesting_t nesting;

    nesting.depth = 0;
    nesting.in_paragraph = false;
    while ((html = strchr(html, '<')) != NULL) {
        bool is_end = html[1] == '/';
        const char *name = html + 1 + is_end;
        const char *end = strchr(html, '>');

        require(end != NULL);
        html = end + 1;
        if (*name == '!' || end[-1] == '/')
            continue;
        if (is_end)
            close_tag(&nesting, (tag_t){name, (size_t)(end - name)});
        else
            open_tag(&nesting, (tag_t){name, strcspn(name, " >")});
    }
    require(nesting.depth == 0);
}

/* ---- the document ---- */

static void check_marks(const atd_document_t *document)
{
    apr_size_t length;
    const char *html = atd_document_html(document, &length);
    apr_size_t from = 0;
    atd_mark_t mark;

    for (apr_size_t i = 0; atd_document_mark(&mark, document, i); i++) {
        const char *opening = mark.kind == ATD_MARK_LINK ? "<a href=\"" : "<img src=\"";

        require(mark.url_at >= from + strlen(opening) && mark.attributes_at < length && mark.line > 0);
        require(begins_with(html + mark.url_at - strlen(opening), opening));
        require(mark.url_at + mark.url_length + 1 == mark.attributes_at && html[mark.attributes_at - 1] == '"');
        require(!memchr(html + mark.url_at, '"', mark.url_length));
        require(strchr(" >", html[mark.attributes_at]) != NULL);
        require(!mark.url_length == !*mark.url);
        require(strncasecmp(html + mark.url_at, "javascript:", 11) != 0);
        require(strncasecmp(html + mark.url_at, "vbscript:", 9) != 0);
        from = mark.attributes_at;
    }
}

static void check_headings(const atd_document_t *document, apr_pool_t *pool)
{
    const char *at = atd_document_html(document, NULL);
    atd_heading_t heading;

    for (apr_size_t i = 0; atd_document_heading(&heading, document, i); i++) {
        require(*heading.id && !strpbrk(heading.id, " \"<>&\n"));
        at = strstr(at, apr_psprintf(pool, "<h%u id=\"%s\">", heading.level, heading.id));
        require(at != NULL);
    }
}

/* cmark-gfm itself cuts characters where a footnote's sign leads over a line end; post-processing mends that. */
static void check_utf8(const atd_document_t *document)
{
    apr_size_t html_length, plain_length;
    const char *html = atd_document_html(document, &html_length);
    const char *plain = atd_document_plain(document, &plain_length);

    require(atd_text_valid_prefix(html, html_length) == html_length);
    require(atd_text_valid_prefix(plain, plain_length) == plain_length);
}

static void check_texts(const atd_document_t *document)
{
    apr_size_t html_length, plain_length;
    const char *html = atd_document_html(document, &html_length);
    const char *plain = atd_document_plain(document, &plain_length);

    require(strlen(html) == html_length && strlen(plain) == plain_length);
    require(strstr(plain, atd_document_first_paragraph(document)) != NULL);
    require(!strstr(plain, "\n\n") && !strstr(plain, "  "));
    require(atd_document_words(document) <= plain_length);
}

static void check_same(const atd_document_t *document, const atd_document_t *same)
{
    apr_size_t length, same_length;
    const void *bytes = atd_document_bytes(document, &length);
    const void *same_bytes = atd_document_bytes(same, &same_length);

    require(length == same_length && memcmp(bytes, same_bytes, length) == 0);
}

static void fuzz(const char *markdown, size_t length, const atd_markdown_options_t *options, apr_pool_t *pool)
{
    const atd_renderer_t *renderer = &atd_renderer_inprocess;
    const atd_document_t *document, *again, *opened;
    apr_size_t size;
    const void *bytes;

    require(!renderer->render(&document, renderer->baton, markdown, length, options, pool));
    require(!renderer->render(&again, renderer->baton, markdown, length, options, pool));
    check_same(document, again);
    bytes = atd_document_bytes(document, &size);
    require(!atd_document_open(&opened, bytes, size, pool));
    check_same(document, opened);
    check_texts(opened);
    check_marks(opened);
    if (options->outline || !options->footnotes)
        check_utf8(opened);
    if (options->outline)
        check_headings(opened, pool);
    if (!options->raw_html)
        check_nesting(atd_document_html(opened, NULL));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    atd_markdown_initialize();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    atd_markdown_options_t options = atd_markdown_post_options;
    apr_pool_t *pool;

    if (size > INPUT_MAX)
        return 0;
    apr_pool_create(&pool, NULL);
    fuzz((const char *)bytes, size, &options, pool);
    options.raw_html = true;
    options.tagfilter = options.smart = false;
    fuzz((const char *)bytes, size, &options, pool);
    options = (atd_markdown_options_t){.tables = size % 2, .footnotes = size % 3 == 0};
    fuzz((const char *)bytes, size, &options, pool);
    apr_pool_destroy(pool);
    return 0;
}
