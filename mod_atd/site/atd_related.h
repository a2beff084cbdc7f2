/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_RELATED_H
#define ATD_RELATED_H

#include "site/atd_site.h"

/**
 * @file atd_related.h
 * Which posts a reader may want next: those before and after it, the parts of its series, and related ones: those that the author names in `relatedPosts`, in that order; where none is
 * named, those that share its rarest tags, then those of its category, newer ones first.
 */

/** A list of summaries of public posts, at most the settings' `related`; empty where there is none. */
atd_error_t *atd_related_view(const atd_value_t **list, const atd_site_t *site, const atd_post_t *post,
                              apr_pool_t *pool) __attribute__((warn_unused_result));

/** Adds `previous`, `next` and the other parts of its `series` to the view of a post. */
atd_error_t *atd_related_add_neighbours(atd_value_t *view, const atd_site_t *site, const atd_post_t *post,
                                        apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
