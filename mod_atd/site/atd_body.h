/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_BODY_H
#define ATD_BODY_H

#include "site/atd_site.h"

/**
 * @file atd_body.h
 * A post's body: rendered by the engine, then completed with what only the site knows: where links and images lead,
 * how large images are, which links leave the site.
 */
typedef struct atd_body_t {
    const atd_document_t *document;
    const char *html; /**< complete, NUL-terminated */
    apr_size_t length;
    apr_int64_t minutes; /**< reading time, at least 1 */
    const char *summary; /**< the excerpt given, else the first paragraph, plain, at most 300 characters */
    const atd_value_t
        *toc; /**< {items: [{id, text, level, children}]}, children {items} or false; NULL without headings */
} atd_body_t;

/** Renders the body of @p post. */
atd_error_t *atd_body_make(const atd_body_t **body, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The time that @p words take to read, in minutes, at least 1. */
apr_int64_t atd_body_minutes(const atd_site_t *site, apr_int64_t words);

/** The first paragraph, plain, at most 300 characters of it. */
const char *atd_body_summary(const atd_document_t *document, apr_pool_t *pool);

#endif
