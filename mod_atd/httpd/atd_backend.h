/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_BACKEND_H
#define ATD_BACKEND_H

#include "site/atd_second.h"

#include <httpd.h>
#include <http_config.h>

/**
 * @file atd_backend.h
 * AtdCacheBackend: the second level of the cache in one of httpd's own small object caches (ap_socache.h).
 *
 * One thread of each child makes all calls, one after the other, since some providers wait for ever for a server that
 * hangs. A request waits for its answer no longer than ATD_BACKEND_PATIENCE. After a call that failed or took longer, this
 * child leaves the backend alone for ATD_BACKEND_PAUSE, and then lets one request try.
 */

/** Microseconds. */
#define ATD_BACKEND_PATIENCE ((apr_interval_time_t)100 * 1000)
#define ATD_BACKEND_PAUSE ((apr_interval_time_t)10 * 1000 * 1000)

/** Forgets the configuration of before, and declares the mutex "atd-backend". For pre_config. */
apr_status_t atd_backend_declare(apr_pool_t *pconf);

/** The directive. */
const char *atd_backend_set(cmd_parms *cmd, void *record, const char *spec);

/** Readies what was configured. For post_config; what fails is logged, and there is no second level. */
void atd_backend_open(apr_pool_t *pconf, server_rec *s);

/** Starts the thread; it ends with @p pchild. For child_init. */
void atd_backend_start(apr_pool_t *pchild, server_rec *s);

/** The port for atd_cache_t; NULL where there is no backend. */
const atd_second_t *atd_backend_second(void);

#endif
