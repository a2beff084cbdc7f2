/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_markdown_private.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_strings.h>

#include <string.h>
#include <strings.h>

/* --- Headings --- */

/*
 * APR's own hash lets an author write any number of headings that meet in one bucket. This one depends on where the
 * process was loaded to, which an author does not know.
 */
static unsigned hash_id(const char *id, apr_ssize_t *length)
{
    static const char here = '\0';
    apr_uint64_t hash = (apr_uint64_t)(apr_uintptr_t)&here;

    if (*length == APR_HASH_KEY_STRING)
        *length = (apr_ssize_t)strlen(id);
    for (apr_ssize_t i = 0; i < *length; i++) {
        hash = (hash ^ (unsigned char)id[i]) * 0x9E3779B97F4A7C15U;
        hash ^= hash >> 29;
    }
    return (unsigned)(hash ^ hash >> 32);
}

/* What github-slugger does: `foo`, `foo-1`, ..., and never one that another heading has by itself. */
static const char *unique_id(atd_outline_t *outline, const char *id)
{
    unsigned *last = apr_hash_get(outline->ids, id, APR_HASH_KEY_STRING);
    const char *unique = id;

    while (apr_hash_get(outline->ids, unique, APR_HASH_KEY_STRING))
        unique = apr_psprintf(outline->pool, "%s-%u", id, ++*last);
    apr_hash_set(outline->ids, unique, APR_HASH_KEY_STRING, apr_pcalloc(outline->pool, sizeof *last));
    return unique;
}

static const char *text_of(atd_buffer_t *buffer)
{
    const char *text;

    return atd_buffer_take(&text, NULL, buffer, "the text") ? "" : text;
}

static const char *heading_id(atd_outline_t *outline)
{
    const char *id = atd_text_heading_id(text_of(outline->heading_text), outline->pool);

    if (*id == '\0')
        id = "section";
    if (outline->has_footnotes && (strncmp(id, "fn-", 3) == 0 || strncmp(id, "fnref-", 6) == 0))
        id = apr_pstrcat(outline->pool, "section-", id, NULL);
    return unique_id(outline, id);
}

static void open_heading(atd_outline_t *outline, cmark_node *node)
{
    if (!outline->marking)
        return;
    outline->heading = node;
    outline->start = atd_plain_next(&outline->plain);
    atd_buffer_truncate(outline->heading_text, 0);
    cmark_node_prepend_child(node, atd_markdown_marker(ATD_MARKER_HEADING));
}

static atd_span_t span_from(const atd_outline_t *outline, apr_size_t start)
{
    apr_size_t end = atd_buffer_length(outline->plain.out);

    return (atd_span_t){.at = start, .length = end > start ? end - start : 0};
}

static void close_heading(atd_outline_t *outline, cmark_node *node)
{
    atd_heading_t *heading;

    if (!outline->marking)
        return;
    heading = apr_array_push(outline->headings);
    heading->level = (unsigned)cmark_node_get_heading_level(node);
    heading->id = heading_id(outline);
    *(atd_span_t *)apr_array_push(outline->spans) = span_from(outline, outline->start);
    outline->heading = NULL;
}

/* --- Paragraphs --- */

static void open_paragraph(atd_outline_t *outline, cmark_node *node)
{
    outline->start = atd_plain_next(&outline->plain);
    if (outline->marking && atd_markdown_figure(node, outline->pool))
        outline->figure = node;
}

static void close_paragraph(atd_outline_t *outline, cmark_node *node)
{
    atd_span_t span = span_from(outline, outline->start);
    bool is_nested = cmark_node_get_type(cmark_node_parent(node)) != CMARK_NODE_DOCUMENT;
    bool is_better = outline->first.length == 0 || (outline->first_is_nested && !is_nested);

    if (span.length > 0 && is_better && node != outline->figure && !outline->footnote) {
        outline->first = span;
        outline->first_is_nested = is_nested;
    }
    outline->figure = NULL;
}

/* --- Links and images --- */

/*
 * The marker stands in the title, since that takes no new node: cmark looks through all ancestors of a node that is put
 * in, which an author could make as many as there are links.
 */
static void put_marker(const atd_outline_t *outline, cmark_node *node)
{
    const char marker[] = {ATD_MARKER, ATD_MARKER_URL, '\0'};

    cmark_node_set_title(node, apr_pstrcat(outline->pool, marker, cmark_node_get_title(node), NULL));
}

static void note_mark(atd_outline_t *outline, cmark_node *node, atd_mark_kind_t kind)
{
    atd_mark_t *mark;

    outline->weight += strlen(cmark_node_get_url(node)) + strlen(cmark_node_get_title(node));
    if (!outline->marking)
        return;
    if (!atd_markdown_url_is_safe(cmark_node_get_url(node), kind == ATD_MARK_IMAGE))
        cmark_node_set_url(node, "");
    mark = apr_array_push(outline->marks);
    mark->kind = kind;
    mark->url = cmark_node_get_url(node);
    mark->text = "";
    mark->line = outline->line;
    put_marker(outline, node);
}

static void open_image(atd_outline_t *outline, cmark_node *node)
{
    note_mark(outline, node, ATD_MARK_IMAGE);
    outline->image = node;
    atd_buffer_truncate(outline->image_text, 0);
}

static void close_image(atd_outline_t *outline)
{
    if (outline->marking)
        APR_ARRAY_IDX(outline->marks, outline->marks->nelts - 1, atd_mark_t).text =
            apr_pstrdup(outline->pool, text_of(outline->image_text));
    outline->image = NULL;
}

/* --- Text --- */

static void add_text(atd_outline_t *outline, const char *text)
{
    if (*text == ATD_MARKER)
        return;
    if (outline->image) {
        atd_buffer_puts(outline->image_text, text);
        return;
    }
    atd_plain_add(&outline->plain, text);
    if (outline->heading)
        atd_buffer_puts(outline->heading_text, text);
}

/*
 * Where brackets that begin as a footnote's sign hold a line end cmark-gfm cuts the text in them short, and knows no
 * characters then.
 */
static void mend_text(const atd_outline_t *outline, cmark_node *node)
{
    const char *text = cmark_node_get_literal(node);
    apr_size_t left = strlen(text);
    apr_size_t valid = strstr(text, "[^") ? atd_text_valid_prefix(text, left) : left;
    atd_buffer_t *out;

    if (valid == left || !outline->marking)
        return;
    out = atd_buffer_create(outline->pool, left + 8, ATD_MAX_PAGE);
    for (; valid < left; valid = atd_text_valid_prefix(text, left)) {
        atd_buffer_add(out, text, valid);
        atd_text_put(out, 0xFFFD);
        text += valid + 1;
        left -= valid + 1;
    }
    atd_buffer_puts(out, text);
    cmark_node_set_literal(node, text_of(out));
}

/* HTML is left out, but a line break parts words. */
static void add_html(atd_outline_t *outline, const char *html)
{
    if (outline->image)
        add_text(outline, html); /* cmark writes it into the alternative text, too */
    else if (strncasecmp(html, "<br", 3) == 0)
        add_text(outline, " ");
}

/* --- The walk --- */

static bool is_cell(cmark_node *node)
{
    return strcmp(cmark_node_get_type_string(node), "table_cell") == 0;
}

/* Before and behind each block. */
static void part_blocks(atd_outline_t *outline, cmark_node *node, cmark_node_type type)
{
    if ((type & CMARK_NODE_TYPE_MASK) != CMARK_NODE_TYPE_BLOCK)
        return;
    atd_plain_gap(&outline->plain, is_cell(node) ? ' ' : '\n');
}

static void note_line(atd_outline_t *outline, cmark_node *node)
{
    int line = cmark_node_get_start_line(node); /* 0 for line breaks, and for addresses that autolink finds */

    if (line > 0)
        outline->line = (unsigned)line;
}

static void enter(atd_outline_t *outline, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);

    note_line(outline, node);
    part_blocks(outline, node, type);
    switch (type) {
    case CMARK_NODE_HEADING:
        open_heading(outline, node);
        break;
    case CMARK_NODE_PARAGRAPH:
        open_paragraph(outline, node);
        break;
    case CMARK_NODE_FOOTNOTE_DEFINITION:
        outline->footnote = node;
        break;
    case CMARK_NODE_LINK:
        note_mark(outline, node, ATD_MARK_LINK);
        break;
    case CMARK_NODE_IMAGE:
        open_image(outline, node);
        break;
    case CMARK_NODE_TEXT:
        mend_text(outline, node);
        add_text(outline, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_CODE:
        add_text(outline, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_HTML_INLINE:
        add_html(outline, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        add_text(outline, " ");
        break;
    default:
        break;
    }
}

static void leave(atd_outline_t *outline, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);

    part_blocks(outline, node, type);
    switch (type) {
    case CMARK_NODE_HEADING:
        close_heading(outline, node);
        break;
    case CMARK_NODE_PARAGRAPH:
        close_paragraph(outline, node);
        break;
    case CMARK_NODE_FOOTNOTE_DEFINITION:
        outline->footnote = NULL;
        break;
    case CMARK_NODE_IMAGE:
        close_image(outline);
        break;
    default:
        break;
    }
}

/* Within an image only its text counts: cmark writes no tags there. */
static void visit_in_image(atd_outline_t *outline, cmark_node *node, cmark_event_type event)
{
    cmark_node_type type = cmark_node_get_type(node);

    if (event == CMARK_EVENT_EXIT && node == outline->image)
        leave(outline, node);
    else if (event == CMARK_EVENT_ENTER && type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE)
        enter(outline, node);
}

static bool is_too_large(const atd_outline_t *outline)
{
    return outline->weight > ATD_MAX_PAGE || atd_buffer_overflowed(outline->plain.out);
}

static void walk(atd_outline_t *outline, cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE && !is_too_large(outline)) {
        cmark_node *node = cmark_iter_get_node(iter);

        if (outline->image)
            visit_in_image(outline, node, event);
        else if (event == CMARK_EVENT_ENTER)
            enter(outline, node);
        else
            leave(outline, node);
    }
    cmark_iter_free(iter);
}

static bool has_footnotes(cmark_node *root)
{
    cmark_node *last = cmark_node_last_child(root);

    return last && cmark_node_get_type(last) == CMARK_NODE_FOOTNOTE_DEFINITION;
}

atd_error_t *atd_outline_collect(atd_outline_t *outline, cmark_node *root, bool marking, apr_pool_t *pool)
{
    *outline = (atd_outline_t){
        .pool = pool,
        .marking = marking,
        .plain = {.out = atd_buffer_create(pool, 4096, ATD_MAX_PAGE)},
        .headings = apr_array_make(pool, 16, sizeof(atd_heading_t)),
        .spans = apr_array_make(pool, 16, sizeof(atd_span_t)),
        .marks = apr_array_make(pool, 16, sizeof(atd_mark_t)),
        .ids = apr_hash_make_custom(pool, hash_id),
        .has_footnotes = has_footnotes(root),
        .heading_text = atd_buffer_create(pool, 256, ATD_MAX_PAGE),
        .image_text = atd_buffer_create(pool, 256, ATD_MAX_PAGE),
    };
    walk(outline, root);
    if (is_too_large(outline))
        return atd_error_hint(
            atd_error_make(pool, ATD_E_LIMIT, NULL, "the page would be larger than %d bytes", ATD_MAX_PAGE),
            "split the post, or use shorter URLs and titles where a link is used many times");
    return NULL;
}
