/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PAGE_H
#define ATD_PAGE_H

#include "site/atd_encoding.h"
#include "site/atd_route.h"
#include "site/atd_site.h"

/**
 * @file atd_page.h
 * From a route to what is sent: the whole work of a request, without HTTP.
 */
typedef struct atd_page_t {
    int status;       /**< 200, 301 ..., 404, 410, 500, 503: it can't be made now, but soon */
    const char *type; /**< media type with charset */
    const char *body; /**< NUL-terminated */
    apr_size_t length;
    const char *location;     /**< absolute, percent-encoded; of a redirect, else NULL */
    const char *lang;         /**< BCP 47; or NULL */
    bool immutable;           /**< an asset under its own hash */
    bool personal;            /**< a hidden post that was shown: no cache may keep it */
    bool indexable;           /**< false: X-Robots-Tag noindex */
    const atd_error_t *error; /**< what to log; or NULL */
    apr_time_t modified;      /**< Last-Modified as its author says; 0: not said */
    const char *canonical;    /**< absolute URL of the page that this is another form of; or NULL */
    const char *preload;      /**< URL path of the style sheet; or NULL */
    const char *links;    /**< value of a Link field (RFC 8288): other forms of the page, what describes it; or NULL */
    const char *tags;     /**< surrogate keys, with blanks between; or NULL */
    unsigned retry_after; /**< of a 503: seconds after which it may be there; else 0 */
    bool keeps_query;     /**< of a redirect: to the same page under its right address */
    bool any_origin;      /**< it is the same under every scheme and host */

    /* What only the cache knows. */
    const char *etag;        /**< strong, with its quotes */
    const char *plain_etag;  /**< of the identity representation that this one was made from; or NULL */
    apr_time_t ends;         /**< when it must be made anew; 0: at no set time */
    atd_encoding_t encoding; /**< of the body */
    bool best;               /**< compressed as well as can be */
    unsigned uses;           /**< hits so far, saturated */
} atd_page_t;

/**
 * Makes the page. Never fails: what goes wrong becomes a page with status 500 and @p error, whose details it
 * shows only where the site says debug; a page that is not there, or not public, becomes the theme's 404.
 */
void atd_page_make(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool);

/** The URL of the page's other form of a media type, "text/markdown", from its links; NULL where it has none. */
const char *atd_page_alternate(const atd_page_t *page, const char *type, apr_pool_t *pool);

/** An error page of the theme; the built-in one's where the theme itself is at fault. @p error may be NULL. */
void atd_page_of_error(atd_page_t *page, const atd_site_t *site, int status, const atd_error_t *error,
                       apr_pool_t *pool);

/**
 * A page as bytes, for the cache: its error, and whether it is personal, are left out.
 * @return false where it is too large
 */
bool atd_page_pack(const char **bytes, apr_size_t *length, const atd_page_t *page, apr_pool_t *pool);

/** The page whose bytes these are; it refers to them. @return false where they are none */
bool atd_page_unpack(atd_page_t *page, const char *bytes, apr_size_t length);

/** Renders one post whether it is public or not, for `atd render`. */
atd_error_t *atd_page_of_post(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
