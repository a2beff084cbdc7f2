/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PURGE_H
#define ATD_PURGE_H

#include "site/atd_segment.h"

/**
 * @file atd_purge.h
 * Which pages are to go from the cache, as a form says it. An entry goes where every field that is set holds for it;
 * all representations of a page and all hosts that it was made for have the same fields.
 */
typedef struct atd_purge_t {
    const char *site;  /**< content folder, as the status page shows it; or NULL */
    const char *url;   /**< decoded URL path without slashes at its end; or NULL */
    const char *slug;  /**< of a post or a static page; or NULL */
    const char *tag;   /**< one surrogate key, such as tag-news; or NULL */
    bool all;          /**< needed where nothing else is set */
    const char *token; /**< what the form was sent with; or NULL */
} atd_purge_t;

/**
 * Takes one field of a form, decoded; an empty one sets nothing. A URL may have a scheme, a host and a query, which are
 * left out. What it keeps is of @p pool.
 * @return NULL, or what is wrong, for the person who sent it
 */
const char *atd_purge_set(atd_purge_t *purge, const char *name, const char *value, apr_pool_t *pool);

/** True where it says of which pages it is. A form that says nothing would remove all. */
bool atd_purge_is_set(const atd_purge_t *purge);

/** Removes what is meant. @return how many entries went */
apr_size_t atd_purge_run(const atd_purge_t *purge, const atd_segment_t *segment, apr_pool_t *pool);

#endif
