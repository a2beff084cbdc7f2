/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_MARKDOWN_H
#define ATD_MARKDOWN_H

#include "base/atd_error.h"

/**
 * @file atd_markdown.h
 * Markdown to HTML as a pure function: bytes and options in; HTML and an outline out; no files, no clock, no
 * globals. The result is one flat block of memory (offsets, no pointers), so that it can cross a pipe from a helper
 * process; what is asked of it goes through the functions below. A block from elsewhere is checked once, as a whole, by
 * atd_document_open().
 */

/**
 * What a document is rendered with. All false is plain CommonMark with GFM's extensions off. The post-processing is:
 * - headings get an id: GitHub's, unique in the document (`foo`, `foo-1`); "section" where a heading has no letters;
 * - an image with an emphasised line below it in the same paragraph, or an image with a title that is alone in its
 *   paragraph, becomes `<figure>...<figcaption>`; the word `Caption:` and parentheses around all are left out;
 * - links and images of Markdown, not those of raw HTML, are marked, see atd_mark_t;
 * - their URLs are emptied, with or without raw_html, unless they are relative or of a known scheme that runs no code
 *   (http, https, mailto, tel and the like; for images also bitmaps as `data:`). A control character in a URL makes it
 *   unsafe.
 * All else is byte for byte what cmark-gfm writes without it. Input that is not UTF-8 is mended with U+FFFD; so is,
 * in post-processing, what cmark-gfm cuts in brackets that begin with `[^` and hold a line end.
 */
typedef struct atd_markdown_options_t {
    bool tables, strikethrough, autolink, tasklist, footnotes, tagfilter;
    bool smart;    /**< typographic quotes, dashes and ellipses */
    bool raw_html; /**< let HTML through; else it is left out, and with it unsafe URLs */
    bool outline;  /**< post-processing: heading ids, figures with captions, places of links and images, safe URLs */
} atd_markdown_options_t;

/** The options that posts are rendered with: everything but raw_html. */
extern const atd_markdown_options_t atd_markdown_post_options;

/** Kinds of places in the HTML that the site layer completes, in the order in which they stand. */
typedef enum atd_mark_kind_t { ATD_MARK_LINK, ATD_MARK_IMAGE } atd_mark_kind_t;

/**
 * A link or an image. In the HTML its `href="` or `src="` value is at [url_at, url_at + url_length), HTML-escaped as
 * cmark wrote it; further attributes of its tag may be inserted at attributes_at, which is past the url's
 * closing quote and before the tag's `>` or ` />`. Places ascend and do not overlap.
 */
typedef struct atd_mark_t {
    atd_mark_kind_t kind;
    apr_size_t url_at;
    apr_size_t url_length;
    apr_size_t attributes_at;
    const char *url;  /**< as the author wrote it, unescaped; "" where it was not safe */
    const char *text; /**< an image's alternative text; "" for a link */
    unsigned line; /**< in the body, from 1; too small by the line ends within code or titles before it in the block */
} atd_mark_t;

/** A heading. */
typedef struct atd_heading_t {
    unsigned level;   /**< 1 to 6 */
    const char *id;   /**< GitHub's slug, unique in the document */
    const char *text; /**< plain text */
} atd_heading_t;

/** A rendered document. */
typedef struct atd_document_t atd_document_t;

/**
 * A renderer: in process, or (later) a sandboxed helper. @p document is of @p pool. Any thread may call it.
 */
typedef struct atd_renderer_t {
    atd_error_t *(*render)(const atd_document_t **document, void *baton, const char *markdown, apr_size_t length,
                           const atd_markdown_options_t *options, apr_pool_t *pool);
    void *baton;
} atd_renderer_t;

/**
 * Registers cmark-gfm's extensions. Rendering does it where nobody has; done before a fork it is done once for all
 * children. Any thread may call it; calling it again does nothing.
 */
void atd_markdown_initialize(void);

/** cmark-gfm's version, such as "0.29.0.gfm.6". */
const char *atd_markdown_version(void);

/**
 * Renders in this process; parses of several threads wait for each other (cmark-gfm keeps its state in globals).
 * Fails with ATD_E_LIMIT where the Markdown is larger than ATD_MAX_SOURCE, or the HTML or the URLs and titles in it would
 * be larger than ATD_MAX_PAGE. Some hostile inputs keep cmark-gfm busy for long, or make it end the process.
 */
extern const atd_renderer_t atd_renderer_inprocess;

/** HTML, NUL-terminated; @p length may be NULL. All pointers that these hand out live as long as the document. */
const char *atd_document_html(const atd_document_t *document, apr_size_t *length);
/**
 * All text without markup, blocks separated by a newline and cells by a space, white space collapsed. Code blocks, HTML,
 * alternative texts and the signs of footnotes are left out.
 */
const char *atd_document_plain(const atd_document_t *document, apr_size_t *length);
/**
 * Plain text of the first paragraph that is neither just an image nor a figure; one of the document itself comes before
 * those within lists and quotations, and footnotes don't count. "" where there is none.
 */
const char *atd_document_first_paragraph(const atd_document_t *document);
/** Words outside code blocks. In scripts without spaces (Han, Kana, Thai) each character of a word counts as half a word. */
apr_size_t atd_document_words(const atd_document_t *document);
apr_size_t atd_document_heading_count(const atd_document_t *document);
/** @return false past the end */
bool atd_document_heading(atd_heading_t *heading, const atd_document_t *document, apr_size_t index);
apr_size_t atd_document_mark_count(const atd_document_t *document);
/** @return false past the end */
bool atd_document_mark(atd_mark_t *mark, const atd_document_t *document, apr_size_t index);

/** The flat block itself, for a pipe. */
const void *atd_document_bytes(const atd_document_t *document, apr_size_t *length);
/**
 * Takes a block that came through a pipe; the bytes are copied.
 * @return ATD_E_MARKDOWN where any offset, length or terminator in it does not hold
 */
atd_error_t *atd_document_open(const atd_document_t **document, const void *bytes, apr_size_t length, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
