/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_LLMS_H
#define ATD_LLMS_H

#include "site/atd_site.h"

/**
 * @file atd_llms.h
 * llms.txt (llmstxt.org) and llms-full.txt as a pure function: what is in them is decided elsewhere. Titles and
 * descriptions are plain text, whose Markdown is escaped. Items whose addresses are not below the blog are left out.
 */
typedef struct atd_llms_item_t {
    const char *title;
    const char *url;          /**< absolute, of the page */
    const char *markdown_url; /**< absolute, of its Markdown: what llms.txt links; NULL: the page itself */
    const char *description;  /**< or NULL */
    atd_date_t date;          /**< at 0: none; in llms-full.txt only */
    const char *markdown;     /**< the body; in llms-full.txt only; or NULL */
    apr_size_t markdown_length;
} atd_llms_item_t;

/** A list below a heading: "Posts", a category, "Pages", "Optional". */
typedef struct atd_llms_section_t {
    const char *name;
    const apr_array_header_t *items; /**< of atd_llms_item_t */
} atd_llms_section_t;

/**
 * Appends llms.txt: the blog's title, its description as a quotation, @p about (a paragraph of Markdown, or NULL), and the
 * sections, an array of atd_llms_section_t; those without items are left out.
 */
void atd_llms_write(atd_buffer_t *out, const atd_site_t *site, const char *about, const apr_array_header_t *sections,
                    apr_pool_t *pool);

/** Appends the begin of llms-full.txt: the same without sections. */
void atd_llms_full_begin(atd_buffer_t *out, const atd_site_t *site, const char *about, apr_pool_t *pool);

/** Appends a post: a rule, its title, address and date, its Markdown. A code block that is left open is closed. */
void atd_llms_full_put(atd_buffer_t *out, const atd_site_t *site, const atd_llms_item_t *item, apr_pool_t *pool);

#endif
