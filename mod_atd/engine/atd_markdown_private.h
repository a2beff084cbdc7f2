/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_MARKDOWN_PRIVATE_H
#define ATD_MARKDOWN_PRIVATE_H

#include "base/atd_buffer.h"
#include "engine/atd_document_private.h"

#include <apr_hash.h>
#include <cmark-gfm.h>

/**
 * @file atd_markdown_private.h
 * How a parsed document becomes an atd_document_t, between the atd_markdown*.c files:
 *
 *     tree --atd_outline_collect()--> tree with markers, outline --cmark_render_html()--> HTML with markers
 *          --atd_outline_complete()--> HTML, places
 *
 * A marker is a byte that UTF-8 never has, and so neither the author's text nor cmark's output, then a byte that says
 * what follows. cmark's own renderer writes all HTML and carries the markers through: in the text of a node, or
 * at the beginning of a link's title. What a marker stands for is taken from the outline, in the order of the document.
 */
#define ATD_MARKER '\xFF'

typedef enum atd_marker_t {
    ATD_MARKER_URL = 'u',        /**< begins the title of a link or an image: the next mark */
    ATD_MARKER_HEADING = 'h',    /**< begins a heading: the next heading */
    ATD_MARKER_FIGURE = 'f',     /**< begins a paragraph that is a figure */
    ATD_MARKER_CAPTION = 'c',    /**< begins its caption */
    ATD_MARKER_FIGURE_END = 'e', /**< ends its caption, and with it the figure */
} atd_marker_t;

/** Plain text being collected: white space collapsed, nothing at its ends. */
typedef struct atd_plain_t {
    atd_buffer_t *out;
    char gap; /**< what comes before the next character: NUL, a space or a newline */
} atd_plain_t;

/** Appends text, its white space collapsed. */
void atd_plain_add(atd_plain_t *plain, const char *text);
/** Notes white space: a newline wins over a space. */
void atd_plain_gap(atd_plain_t *plain, char gap);
/** Where in the buffer the next character will stand. */
apr_size_t atd_plain_next(const atd_plain_t *plain);
/** Words, as atd_document_words() has them. */
apr_size_t atd_plain_words(const char *text, apr_size_t length);

/** A stretch of the plain text. */
typedef struct atd_span_t {
    apr_size_t at;
    apr_size_t length;
} atd_span_t;

/** What a walk through the tree has found. All memory is of its pool, but for the marks' URLs, which are the tree's. */
typedef struct atd_outline_t {
    apr_pool_t *pool;
    bool marking; /**< false: collect text alone, and leave the tree as it is */
    atd_plain_t plain;
    atd_span_t first;             /**< the first paragraph */
    bool first_is_nested;         /**< it is in a list or a quotation: one that is not is better */
    apr_array_header_t *headings; /**< atd_heading_t; their texts are set by atd_outline_complete() */
    apr_array_header_t *spans;    /**< atd_span_t, the texts of the headings */
    apr_array_header_t *marks;    /**< atd_mark_t; their places are set by atd_outline_complete() */

    /* The walk's own. */
    apr_hash_t *ids;            /* id -> unsigned *, the number last put behind it */
    bool has_footnotes;         /* ids that begin as theirs are taken */
    atd_buffer_t *heading_text; /* of the one it is in, its white space as it is */
    atd_buffer_t *image_text;   /* likewise */
    cmark_node *heading;        /* the one that the walk is in; or NULL */
    cmark_node *image;          /* likewise */
    cmark_node *footnote;       /* likewise, a definition */
    cmark_node *figure;         /* likewise, a paragraph */
    apr_size_t start;           /* of the paragraph or heading in the plain text */
    apr_size_t weight;          /* bytes of URLs and titles so far */
    unsigned line;              /* the last one known */
} atd_outline_t;

/**
 * Walks through the tree; with @p marking it also puts the markers in, and empties URLs that are not safe. The tree must
 * outlive the outline.
 * @return ATD_E_LIMIT where links defined once and used often would make the page too large
 */
atd_error_t *atd_outline_collect(atd_outline_t *outline, cmark_node *root, bool marking, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/**
 * Takes the markers out of the HTML, puts in what they stand for and notes the places; fills @p parts, all of it in the
 * outline's pool.
 * @return ATD_E_LIMIT; ATD_E_MARKDOWN where a marker does not stand where cmark-gfm is known to put it
 */
atd_error_t *atd_outline_complete(atd_document_parts_t *parts, atd_outline_t *outline, const char *html)
    __attribute__((warn_unused_result));

/**
 * Puts markers into a paragraph that is a figure: an image, alone with a title, or with an emphasised line below it.
 * The walk must not have gone into the paragraph yet.
 * @return false where it is none; it is unchanged then
 */
bool atd_markdown_figure(cmark_node *paragraph, apr_pool_t *pool);

/** A new text node that is a marker. */
cmark_node *atd_markdown_marker(atd_marker_t marker);

/**
 * True for a URL that may stand in a page: relative, or of a scheme that runs no code; `data:` for bitmap images alone.
 * One with control characters is not safe: browsers take some of them out before they look for the scheme.
 */
bool atd_markdown_url_is_safe(const char *url, bool is_image);

#endif
