/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_markdown_private.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

const atd_markdown_options_t atd_markdown_post_options = {
    .tables = true,
    .strikethrough = true,
    .autolink = true,
    .tasklist = true,
    .footnotes = true,
    .tagfilter = true,
    .smart = true,
    .outline = true,
};

/* cmark's extensions and the options that ask for them. */
static const struct {
    const char *name;
    size_t option;
} extensions[] = {
    {"table", offsetof(atd_markdown_options_t, tables)},
    {"strikethrough", offsetof(atd_markdown_options_t, strikethrough)},
    {"autolink", offsetof(atd_markdown_options_t, autolink)},
    {"tagfilter", offsetof(atd_markdown_options_t, tagfilter)},
    {"tasklist", offsetof(atd_markdown_options_t, tasklist)},
};

/* Each parse sets cmark's table of special characters, which is the whole process's, and sets it back. */
static pthread_mutex_t parsing = PTHREAD_MUTEX_INITIALIZER;

void atd_markdown_initialize(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, cmark_gfm_core_extensions_ensure_registered);
}

const char *atd_markdown_version(void)
{
    return cmark_version_string();
}

static int flags_of(const atd_markdown_options_t *options)
{
    int flags = CMARK_OPT_DEFAULT;

    if (options->smart)
        flags |= CMARK_OPT_SMART;
    if (options->footnotes)
        flags |= CMARK_OPT_FOOTNOTES;
    if (options->raw_html)
        flags |= CMARK_OPT_UNSAFE;
    return flags;
}

static void attach_extensions(cmark_parser *parser, const atd_markdown_options_t *options)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        if (*(const bool *)((const char *)options + extensions[i].option))
            cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i].name));
}

/* The renderer needs the parser's list of extensions, so that both live until the end. */
typedef struct parse_t {
    cmark_parser *parser;
    cmark_node *root;
} parse_t;

static void parse(parse_t *result, const char *markdown, apr_size_t length, const atd_markdown_options_t *options)
{
    int flags = flags_of(options);

    if (atd_text_valid_prefix(markdown, length) < length) /* else cmark need not look again */
        flags |= CMARK_OPT_VALIDATE_UTF8;
    pthread_mutex_lock(&parsing);
    result->parser = cmark_parser_new(flags);
    attach_extensions(result->parser, options);
    cmark_parser_feed(result->parser, markdown, length);
    result->root = cmark_parser_finish(result->parser);
    pthread_mutex_unlock(&parsing);
}

static void parse_free(parse_t *result)
{
    cmark_node_free(result->root);
    cmark_parser_free(result->parser);
}

static atd_error_t *render_tree(atd_document_parts_t *parts, parse_t *tree, const atd_markdown_options_t *options,
                                apr_pool_t *scratch)
{
    atd_outline_t outline;
    atd_error_t *error = atd_outline_collect(&outline, tree->root, options->outline, scratch);
    char *html;

    if (error)
        return error;
    html = cmark_render_html(tree->root, flags_of(options), cmark_parser_get_syntax_extensions(tree->parser));
    error = atd_outline_complete(parts, &outline, html);
    free(html);
    return error;
}

static atd_error_t *render_in(const atd_document_t **document, const char *markdown, apr_size_t length,
                              const atd_markdown_options_t *options, apr_pool_t *pool, apr_pool_t *scratch)
{
    atd_document_parts_t parts;
    parse_t tree;
    atd_error_t *error;

    parse(&tree, markdown, length, options);
    error = render_tree(&parts, &tree, options, scratch);
    if (!error)
        error = atd_document_make(document, &parts, pool);
    else
        error = atd_error_copy(error, pool);
    parse_free(&tree);
    return error;
}

static atd_error_t *render(const atd_document_t **document, void *baton, const char *markdown, apr_size_t length,
                           const atd_markdown_options_t *options, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    atd_error_t *error;

    (void)baton;
    if (length > ATD_MAX_SOURCE)
        return atd_error_hint(
            atd_error_make(pool, ATD_E_LIMIT, NULL, "the text is larger than %d bytes", ATD_MAX_SOURCE),
            "split the post");
    atd_markdown_initialize();
    apr_pool_create(&scratch, pool);
    apr_pool_tag(scratch, "atd_markdown");
    error = render_in(document, markdown, length, options, pool, scratch);
    apr_pool_destroy(scratch);
    return error;
}

const atd_renderer_t atd_renderer_inprocess = {.render = render};
