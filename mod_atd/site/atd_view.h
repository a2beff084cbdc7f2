/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_VIEW_H
#define ATD_VIEW_H

#include "site/atd_facts.h"

/**
 * @file atd_view.h
 * The data that templates see; docs/templates.md is its description. Every key of a record is always there, null
 * where it says nothing, so that no template finds an outer record's value by mistake.
 */

/** The root map of a page: site, page (with the head's HTML) and assets. The caller adds what the page shows. */
atd_error_t *atd_view_make(atd_value_t **view, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** A post in full, for its own page. @p related: list of summaries; or NULL. */
atd_value_t *atd_view_post(const atd_site_t *site, const atd_facts_t *facts, const atd_value_t *related,
                           apr_pool_t *pool);

/** A post in a list. */
const atd_value_t *atd_view_summary(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** What an error page shows. @p detail: what to show of an error to its author; or NULL. */
atd_value_t *atd_view_error(int status, const char *title, const char *message, const atd_error_t *detail,
                            apr_pool_t *pool);

#endif
