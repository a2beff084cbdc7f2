/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SHM_H
#define ATD_SHM_H

#include "site/atd_segment.h"

#include <httpd.h>

/**
 * @file atd_shm.h
 * The segment's memory and lock in httpd: an anonymous shared segment and a global mutex on the process's pool, made once
 * in the parent and found again after each graceful restart, while children of older generations still use them. What
 * is made of pconf would be gone with the restart: a cold cache, and old children that lock what was destroyed.
 */

/** Declares the mutex, so that the directive `Mutex` knows "atd-cache". For pre_config. */
apr_status_t atd_shm_declare(apr_pool_t *pconf);

/**
 * Finds the segment of the generation before, or makes one where there is none, or its size or layout is another.
 * For post_config, once the configuration is final. What fails is logged, and the cache is off: pages are still served.
 * @param size bytes; 0 for no cache
 */
void atd_shm_open(server_rec *s, apr_size_t size);

/** Prepares this child for locking. For child_init. */
void atd_shm_child_init(apr_pool_t *pchild, server_rec *s);

/** The segment; NULL where the cache is off. */
const atd_segment_t *atd_shm_segment(void);

#endif
