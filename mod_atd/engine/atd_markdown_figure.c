/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_markdown_private.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

cmark_node *atd_markdown_marker(atd_marker_t marker)
{
    const char literal[] = {ATD_MARKER, (char)marker, '\0'};
    cmark_node *node = cmark_node_new(CMARK_NODE_TEXT);

    cmark_node_set_literal(node, literal);
    return node;
}

static cmark_node *text_node(const char *text)
{
    cmark_node *node = cmark_node_new(CMARK_NODE_TEXT);

    cmark_node_set_literal(node, text);
    return node;
}

static bool is_type(cmark_node *node, cmark_node_type type)
{
    return node && cmark_node_get_type(node) == type;
}

/* The image that @p node is, or that is all of a link; else NULL. */
static cmark_node *image_of(cmark_node *node)
{
    if (is_type(node, CMARK_NODE_LINK)) {
        node = cmark_node_first_child(node);
        if (node && cmark_node_next(node))
            return NULL;
    }
    return is_type(node, CMARK_NODE_IMAGE) ? node : NULL;
}

/* The title becomes the caption, and is not shown twice. */
static bool caption_by_title(cmark_node *paragraph, cmark_node *image, apr_pool_t *pool)
{
    const char *title = apr_pstrdup(pool, cmark_node_get_title(image));

    if (title[strspn(title, " \n")] == '\0')
        return false;
    cmark_node_set_title(image, "");
    cmark_node_prepend_child(paragraph, atd_markdown_marker(ATD_MARKER_FIGURE));
    cmark_node_append_child(paragraph, atd_markdown_marker(ATD_MARKER_CAPTION));
    cmark_node_append_child(paragraph, text_node(title));
    cmark_node_append_child(paragraph, atd_markdown_marker(ATD_MARKER_FIGURE_END));
    return true;
}

static const char *text_of(cmark_node *node)
{
    return is_type(node, CMARK_NODE_TEXT) ? cmark_node_get_literal(node) : "";
}

static const char *skip_prefix(const char *text)
{
    text += strspn(text, " ");
    if (strncasecmp(text, "caption:", 8) == 0)
        text += 8;
    return text + strspn(text, " ");
}

/* "(Caption: ...)" loses its parentheses and the word. Returns false where nothing would be left. */
static bool trim_text(cmark_node *node, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, text_of(node));
    apr_size_t length = strlen(text);
    bool is_round = length > 1 && *text == '(' && text[length - 1] == ')';
    const char *caption;

    if (is_round)
        text[length - 1] = '\0';
    caption = skip_prefix(text + is_round);
    if (*caption)
        cmark_node_set_literal(node, caption);
    return *caption != '\0';
}

/* The same where other markup stands between beginning and end. */
static void trim_ends(cmark_node *first, cmark_node *last, apr_pool_t *pool)
{
    const char *opening = apr_pstrdup(pool, text_of(first));
    char *closing = apr_pstrdup(pool, text_of(last));
    apr_size_t length = strlen(closing);
    bool is_round = *opening == '(' && length > 0 && closing[length - 1] == ')';

    if (is_round) {
        closing[length - 1] = '\0';
        cmark_node_set_literal(last, closing);
    }
    if (*opening)
        cmark_node_set_literal(first, skip_prefix(opening + is_round));
}

static bool caption_by_emphasis(cmark_node *paragraph, cmark_node *emphasis, apr_pool_t *pool)
{
    cmark_node *first;
    cmark_node *last;

    cmark_consolidate_text_nodes(emphasis); /* some characters split a text */
    first = cmark_node_first_child(emphasis);
    last = cmark_node_last_child(emphasis);
    if (first != last)
        trim_ends(first, last, pool);
    else if (is_type(first, CMARK_NODE_TEXT) && !trim_text(first, pool))
        return false;
    cmark_node_prepend_child(paragraph, atd_markdown_marker(ATD_MARKER_FIGURE));
    cmark_node_prepend_child(emphasis, atd_markdown_marker(ATD_MARKER_CAPTION));
    cmark_node_append_child(emphasis, atd_markdown_marker(ATD_MARKER_FIGURE_END));
    return true;
}

/* Blanks at the end of a line leave an empty text. */
static cmark_node *next_of(cmark_node *node)
{
    node = cmark_node_next(node);
    if (is_type(node, CMARK_NODE_TEXT) && *cmark_node_get_literal(node) == '\0')
        node = cmark_node_next(node);
    return node;
}

bool atd_markdown_figure(cmark_node *paragraph, apr_pool_t *pool)
{
    cmark_node *first = cmark_node_first_child(paragraph);
    cmark_node *image = image_of(first);
    cmark_node *gap;
    cmark_node *emphasis;

    /* A footnote's last paragraph ends with the link back, which would stand outside of the figure. */
    if (!image || is_type(cmark_node_parent(paragraph), CMARK_NODE_FOOTNOTE_DEFINITION))
        return false;
    gap = next_of(first);
    if (!gap)
        return caption_by_title(paragraph, image, pool);
    emphasis = cmark_node_next(gap);
    if (!is_type(gap, CMARK_NODE_SOFTBREAK) && !is_type(gap, CMARK_NODE_LINEBREAK))
        return false;
    if (!is_type(emphasis, CMARK_NODE_EMPH) || cmark_node_next(emphasis))
        return false;
    return caption_by_emphasis(paragraph, emphasis, pool);
}
