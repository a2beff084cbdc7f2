/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SITEMAP_H
#define ATD_SITEMAP_H

#include "site/atd_site.h"

/**
 * @file atd_sitemap.h
 * Sitemaps and their index (sitemaps.org/protocol.html) as a pure function, with Google's extensions for images and for
 * languages. Which pages are in them is decided elsewhere. A sitemap speaks only for what lies below its own folder: URLs
 * that are not the blog's, and such of 2,048 bytes or more, are left out.
 */

/** The same page in a language, or the page itself. */
typedef struct atd_sitemap_alternate_t {
    const char *lang; /**< BCP 47, or "x-default" */
    const char *url;  /**< absolute */
} atd_sitemap_alternate_t;

typedef struct atd_sitemap_entry_t {
    const char *url;         /**< absolute */
    atd_date_t modified;     /**< at 0: not known */
    atd_priority_t priority; /**< high is 1.0, low 0.3; medium is the protocol's default and not said */
    const char *image;       /**< absolute URL; or NULL */
    const char *image_title, *image_caption;
    const apr_array_header_t *alternates; /**< of atd_sitemap_alternate_t; or NULL */
} atd_sitemap_entry_t;

/** Media type. */
#define ATD_SITEMAP_TYPE "application/xml; charset=utf-8"

/** A sitemap that is being written. Callers may read urls; the rest is for atd_sitemap.c alone. */
typedef struct atd_sitemap_t {
    atd_buffer_t *out;
    const atd_site_t *site;
    apr_size_t begin; /**< of it in the buffer */
    unsigned urls;    /**< in it so far */
    apr_pool_t *pool;
} atd_sitemap_t;

/** Begins a sitemap; @p out should take ATD_MAX_SITEMAP bytes. */
void atd_sitemap_begin(atd_sitemap_t *sitemap, atd_buffer_t *out, const atd_site_t *site, apr_pool_t *pool);

/**
 * Adds a page, or leaves it out as said above.
 * @return false where the sitemap is full (ATD_MAX_SITEMAP_URLS, ATD_MAX_SITEMAP): end it, the page begins the next one
 */
bool atd_sitemap_put(atd_sitemap_t *sitemap, const atd_sitemap_entry_t *entry);

/** Ends a sitemap. */
void atd_sitemap_end(atd_sitemap_t *sitemap);

/**
 * The alternates of a post for its entry, from its `translations`: itself under its own language, then the others; NULL
 * where it has no translations. @p url is its own.
 */
const apr_array_header_t *atd_sitemap_alternates(const atd_site_t *site, const atd_post_t *post, const char *url,
                                                 apr_pool_t *pool);

/** A sitemap in an index. */
typedef struct atd_sitemap_part_t {
    const char *url;     /**< absolute */
    atd_date_t modified; /**< of the newest page in it; at 0: not known */
} atd_sitemap_part_t;

/**
 * Appends an index of sitemaps, an array of atd_sitemap_part_t.
 * @return ATD_E_LIMIT past ATD_MAX_SITEMAP_URLS
 */
atd_error_t *atd_sitemap_write_index(atd_buffer_t *out, const apr_array_header_t *parts, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
