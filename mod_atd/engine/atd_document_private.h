/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_DOCUMENT_PRIVATE_H
#define ATD_DOCUMENT_PRIVATE_H

#include "engine/atd_markdown.h"

#include <apr_tables.h>

/**
 * @file atd_document_private.h
 * The flat block, for the one who makes it:
 *
 *     header | heading records | mark records | html NUL | plain NUL | first paragraph NUL | ids, texts and URLs, each NUL
 *
 * Numbers are of 32 bits and in the machine's order; offsets count from the beginning of the block.
 */
typedef struct atd_document_parts_t {
    const char *html;
    apr_size_t html_length;
    const char *plain;
    apr_size_t plain_length;
    const char *first_paragraph;
    apr_size_t words;
    const apr_array_header_t *headings; /**< atd_heading_t */
    const apr_array_header_t *marks;    /**< atd_mark_t, in the order of their places */
} atd_document_parts_t;

/**
 * Copies the parts into one block of @p pool.
 * @return ATD_E_LIMIT where the strings of headings and marks take more than ATD_MAX_PAGE
 */
atd_error_t *atd_document_make(const atd_document_t **document, const atd_document_parts_t *parts, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
