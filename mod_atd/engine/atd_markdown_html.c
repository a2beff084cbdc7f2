/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_markdown_private.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#include <string.h>

/* HTML that is being copied without its markers. */
typedef struct copy_t {
    atd_buffer_t *out;
    const char *at;  /* what has not been copied yet */
    const char *end; /* of all */
    const char *html;
    atd_outline_t *outline;
    int heading; /* the next one */
    int mark;    /* likewise */
} copy_t;

static bool is_before(const copy_t *copy, const char *at, const char *text)
{
    apr_size_t length = strlen(text);

    return (apr_size_t)(at - copy->html) >= length && memcmp(at - length, text, length) == 0;
}

static void drop(copy_t *copy, apr_size_t length)
{
    atd_buffer_truncate(copy->out, atd_buffer_length(copy->out) - length);
}

static bool drop_if(copy_t *copy, const char *at, const char *text)
{
    bool is_there = is_before(copy, at, text);

    if (is_there)
        drop(copy, strlen(text));
    return is_there;
}

static void skip_if(copy_t *copy, const char *text)
{
    apr_size_t length = strlen(text);

    if ((apr_size_t)(copy->end - copy->at) >= length && memcmp(copy->at, text, length) == 0)
        copy->at += length;
}

/* The quote that begins the attribute's value of which @p at is past the last byte; cmark writes no quote within. */
static const char *opening_quote(const copy_t *copy, const char *at)
{
    while (at > copy->html && *--at != '"')
        ;
    return at;
}

/* Before: `<a href="URL" title="` or `<img src="URL" alt="TEXT" title="`; behind: the title, or nothing and a quote. */
static bool place_url(copy_t *copy, const char *marker)
{
    static const char title[] = "\" title=\"";
    static const char alt[] = "\" alt=\"";
    atd_mark_t *mark;
    bool is_image;
    const char *end = marker - strlen(title);
    const char *url;

    if (copy->mark >= copy->outline->marks->nelts || !is_before(copy, marker, title))
        return false;
    mark = &APR_ARRAY_IDX(copy->outline->marks, copy->mark++, atd_mark_t);
    is_image = mark->kind == ATD_MARK_IMAGE;
    if (is_image) {
        end = opening_quote(copy, end) + 1;
        if (!is_before(copy, end, alt))
            return false;
        end -= strlen(alt);
    }
    url = opening_quote(copy, end) + 1;
    if (url > end || !is_before(copy, url, is_image ? "<img src=\"" : "<a href=\""))
        return false;
    mark->url_at = atd_buffer_length(copy->out) - (apr_size_t)(marker - url);
    mark->url_length = (apr_size_t)(end - url);
    mark->attributes_at = mark->url_at + mark->url_length + 1;
    if (copy->at < copy->end && *copy->at == '"') { /* no title */
        drop(copy, strlen(title) - 1);
        copy->at++;
    }
    return true;
}

static bool place_heading(copy_t *copy, const char *marker)
{
    const atd_heading_t *heading;

    if (copy->heading >= copy->outline->headings->nelts || !drop_if(copy, marker, ">"))
        return false;
    heading = &APR_ARRAY_IDX(copy->outline->headings, copy->heading++, atd_heading_t);
    atd_buffer_puts(copy->out, " id=\"");
    atd_buffer_puts(copy->out, heading->id); /* letters, digits and hyphens alone */
    atd_buffer_puts(copy->out, "\">");
    return true;
}

/* In the items of a tight list paragraphs have no tags. */
static bool place_figure(copy_t *copy, const char *marker)
{
    drop_if(copy, marker, "<p>");
    atd_buffer_puts(copy->out, "<figure>");
    return true;
}

/* A caption that was a title has neither emphasis nor line break before it. */
static bool place_caption(copy_t *copy, const char *marker)
{
    if (!drop_if(copy, marker, "<br />\n<em>"))
        drop_if(copy, marker, "\n<em>");
    atd_buffer_puts(copy->out, "<figcaption>");
    return true;
}

static bool place_figure_end(copy_t *copy)
{
    skip_if(copy, "</em>");
    skip_if(copy, "</p>");
    atd_buffer_puts(copy->out, "</figcaption></figure>");
    return true;
}

static bool place(copy_t *copy, const char *marker)
{
    switch (marker[1]) {
    case ATD_MARKER_URL:
        return place_url(copy, marker);
    case ATD_MARKER_HEADING:
        return place_heading(copy, marker);
    case ATD_MARKER_FIGURE:
        return place_figure(copy, marker);
    case ATD_MARKER_CAPTION:
        return place_caption(copy, marker);
    case ATD_MARKER_FIGURE_END:
        return place_figure_end(copy);
    default:
        return false;
    }
}

/* Returns false where a marker is out of place. HTML that grows too large is cut: the buffer tells. */
static bool copy_html(copy_t *copy)
{
    const char *marker;

    while ((marker = memchr(copy->at, ATD_MARKER, (apr_size_t)(copy->end - copy->at))) != NULL) {
        atd_buffer_add(copy->out, copy->at, (apr_size_t)(marker - copy->at));
        if (atd_buffer_overflowed(copy->out))
            return true;
        copy->at = marker + 2; /* at most the final NUL */
        if (!place(copy, marker))
            return false;
    }
    atd_buffer_add(copy->out, copy->at, (apr_size_t)(copy->end - copy->at));
    return copy->heading == copy->outline->headings->nelts && copy->mark == copy->outline->marks->nelts;
}

static void set_heading_texts(atd_outline_t *outline, const char *plain)
{
    for (int i = 0; i < outline->headings->nelts; i++) {
        atd_span_t span = APR_ARRAY_IDX(outline->spans, i, atd_span_t);

        APR_ARRAY_IDX(outline->headings, i, atd_heading_t).text =
            apr_pstrmemdup(outline->pool, plain + span.at, span.length);
    }
}

atd_error_t *atd_outline_complete(atd_document_parts_t *parts, atd_outline_t *outline, const char *html)
{
    apr_size_t length = strlen(html);
    copy_t copy = {.at = html, .end = html + length, .html = html, .outline = outline};
    atd_error_t *error;

    copy.out = atd_buffer_create(outline->pool, length + length / 16, ATD_MAX_PAGE);
    if (!copy_html(&copy))
        return atd_error_hint(atd_error_make(outline->pool, ATD_E_MARKDOWN, NULL,
                                             "cmark-gfm wrote HTML that mod_atd does not understand"),
                              "use the version of cmark-gfm that mod_atd was tested with, 0.29.0.gfm.6");
    error = atd_buffer_take(&parts->html, &parts->html_length, copy.out, "the page");
    if (!error)
        error = atd_buffer_take(&parts->plain, &parts->plain_length, outline->plain.out, "the page's text");
    if (error)
        return error;
    set_heading_texts(outline, parts->plain);
    parts->first_paragraph = apr_pstrmemdup(outline->pool, parts->plain + outline->first.at, outline->first.length);
    parts->words = atd_plain_words(parts->plain, parts->plain_length);
    parts->headings = outline->headings;
    parts->marks = outline->marks;
    return NULL;
}
