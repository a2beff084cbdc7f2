/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_EXPORT_H
#define ATD_EXPORT_H

#include "site/atd_route.h"
#include "site/atd_site.h"

/**
 * @file atd_export.h
 * What a blog is as static files: which of its addresses there are, and the file of each, below the folder that stands for the
 * blog's own path. A page's file is its address with ".html", under which static hosts serve it at the address itself.
 */
typedef enum atd_export_kind_t {
    ATD_EXPORT_PAGE,     /**< what the module answers at an address */
    ATD_EXPORT_MISSING,  /**< the page that it answers at an address that leads nowhere */
    ATD_EXPORT_REDIRECT, /**< an address that leads elsewhere; no file */
    ATD_EXPORT_COPY      /**< a file beside the Markdown, as it is */
} atd_export_kind_t;

typedef struct atd_export_item_t {
    atd_export_kind_t kind;
    const char *path; /**< the address below the blog, decoded; the file's below the content folder */
    const char *file; /**< plain path below the output folder; NULL of a redirect */
} atd_export_item_t;

/** The file of a route that is none of a post: "index.html", "tag/x/page/2.html", "feed.xml". NULL for ATD_ROUTE_NONE. */
const char *atd_export_file(const atd_route_t *route, apr_pool_t *pool);

/**
 * Lists all that a visitor could ask for as atd_export_item_t. No two have the same file. The module may still answer 404
 * to some of them.
 * @param out stamp of the output folder, which is left out where it lies in the content folder
 * @param findings gets an atd_error_t * for each item that is left out since another one has its file; or NULL
 */
atd_error_t *atd_export_list(apr_array_header_t **items, const atd_site_t *site, const atd_stamp_t *out,
                             apr_array_header_t *findings, apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
