/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_IMPROVER_H
#define ATD_IMPROVER_H

#include "site/atd_cache.h"

#include <httpd.h>

/**
 * @file atd_improver.h
 * Compresses pages that are hit often as well as can be, off the request's path: one thread of low priority in each child,
 * with a short queue. What doesn't fit into the queue stays as it is until it is stored anew.
 */

/** Starts the thread; it ends with @p pchild. For child_init. */
void atd_improver_start(apr_pool_t *pchild, server_rec *s);

/** Looks whether a page that was just hit is worth it, and leaves it to the thread. Costs nothing else. */
void atd_improver_offer(const atd_page_t *page, const atd_cache_t *cache, const atd_cache_request_t *request);

#endif
