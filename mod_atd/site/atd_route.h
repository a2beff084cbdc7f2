/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_ROUTE_H
#define ATD_ROUTE_H

#include <apr_pools.h>

#include <stdbool.h>

/**
 * @file atd_route.h
 * What a URL below a blog asks for. A pure function of the URL: nothing is looked up.
 */
typedef enum atd_route_kind_t {
    ATD_ROUTE_NONE,  /**< nothing that could exist: 404 */
    ATD_ROUTE_HOME,  /**< "" */
    ATD_ROUTE_POST,  /**< a slug */
    ATD_ROUTE_MOVED, /**< a slug that is written another way (a slash behind it, capitals of ASCII): go to name */
    ATD_ROUTE_ASSET  /**< "_theme/<name>.<hash>.<ending>" */
} atd_route_kind_t;

typedef struct atd_route_t {
    atd_route_kind_t kind;
    const char *name; /**< the slug; or the asset's file name without its hash */
    const char *hash; /**< of an asset */
} atd_route_t;

/** Parses what is left of the decoded URL path behind the blog's own path, without a leading slash. */
void atd_route_parse(atd_route_t *route, const char *rest, apr_pool_t *pool);

/**
 * True for paths that are never served as files, even where they exist: Markdown and its editors' copies, site.yaml,
 * templates, and every component that begins with a dot (but .well-known) or an underscore.
 */
bool atd_route_is_hidden(const char *rest);

#endif
