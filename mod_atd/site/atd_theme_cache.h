/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_THEME_CACHE_H
#define ATD_THEME_CACHE_H

#include "site/atd_theme.h"

/**
 * @file atd_theme_cache.h
 * The compiled themes of one process, so that a page does not compile its templates. A theme whose files have changed is
 * loaded anew while requests that began with the old one end with it. At most 64 themes are kept; the one that was not
 * asked for longest goes first.
 */
typedef struct atd_theme_cache_t atd_theme_cache_t;

/** An empty cache; @p pool is the process's and must outlive all requests. Call it before there are threads. */
apr_status_t atd_theme_cache_create(atd_theme_cache_t **cache, apr_pool_t *pool);

/**
 * The theme in @p root (NULL: the built-in one), loaded where needed. It stays valid until @p pool is cleared.
 * Any thread; loading blocks only those who want a theme at that moment.
 */
atd_error_t *atd_theme_cache_get(const atd_theme_t **theme, atd_theme_cache_t *cache, const atd_root_t *root,
                                 apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
