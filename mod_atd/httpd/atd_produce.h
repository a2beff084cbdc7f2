/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PRODUCE_H
#define ATD_PRODUCE_H

#include "httpd/atd_map.h"
#include "site/atd_cache.h"

/**
 * @file atd_produce.h
 * From a mapped request to a page: out of the cache, or made.
 */

/**
 * Gets the page that was asked for; never fails.
 * @param outcome how it was come by: ATD_OUTCOME_BYPASS where the cache is off
 */
void atd_produce(atd_page_t *page, atd_outcome_t *outcome, const atd_request_t *mapped, const atd_dir_config_t *config,
                 request_rec *r);

/** The cache as the server of @p r is configured; its segment is NULL where it is off. */
atd_cache_t atd_produce_cache(const request_rec *r);

#endif
