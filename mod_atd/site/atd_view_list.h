/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_VIEW_LIST_H
#define ATD_VIEW_LIST_H

#include "site/atd_facts.h"

/**
 * @file atd_view_list.h
 * What templates see of lists: posts, pagination, overviews. docs/templates.md is its description.
 */

/** Adds `posts`, `pagination` and `hasPagination` of a list to a page's view, and `list`, null on the home page. */
atd_error_t *atd_view_list_add(atd_value_t *view, const atd_site_t *site, atd_index_t *index, const atd_facts_t *facts,
                               apr_pool_t *pool) __attribute__((warn_unused_result));

/** Adds `terms` and `hasTerms`: the overview of a kind. */
atd_error_t *atd_view_list_terms(atd_value_t *view, const atd_site_t *site, atd_index_t *index, atd_term_kind_t kind,
                                 apr_pool_t *pool) __attribute__((warn_unused_result));

/** Adds `archive`: all years and months. */
atd_error_t *atd_view_list_archive(atd_value_t *view, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** {page, pages, total, previous, next, first, last, items}. @p path_of gives the URL path of a page. */
const atd_value_t *atd_view_pagination(unsigned page, unsigned pages, apr_int64_t total,
                                       const char *(*path_of)(const void *baton, unsigned page, apr_pool_t *pool),
                                       const void *baton, apr_pool_t *pool);

#endif
