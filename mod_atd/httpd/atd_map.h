/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_MAP_H
#define ATD_MAP_H

#include "httpd/atd_config.h"
#include "site/atd_route.h"
#include "site/atd_site.h"

/**
 * @file atd_map.h
 * From httpd's view of a request to a blog, its URL path and a route in it. docs/internals.md tells which hook does what
 * and what other modules do to us.
 */

/** The name of our handler in r->handler. */
#define ATD_HANDLER "atd"

/** What the mapping found, kept in the request's module record until the handler runs. */
typedef struct atd_request_t {
    atd_root_t content;
    const char *base; /**< URL path of the blog, decoded, begins and ends with a slash */
    atd_route_t route;
    bool needs_slash; /**< the blog's own path was asked for without its final slash */
} atd_request_t;

/**
 * translate_name: a blog in <Location> or a server that has AtdContent need not exist below DocumentRoot; its URLs map
 * to the content folder, so that access control and plain files work as anywhere.
 */
int atd_map_translate(request_rec *r);

/**
 * type_checker, before all others: MultiViews would turn /blog/my-post into my-post.md later. Claims the request
 * by r->handler, or leaves it: real files that may be shown, other folders' index files, what an Alias maps elsewhere,
 * an AtdEngine that is off. Where AtdContent names another folder, a file there becomes the request's.
 */
int atd_map_claim(request_rec *r);

#endif
