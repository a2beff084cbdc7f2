/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_STATE_H
#define ATD_STATE_H

#include <httpd.h>
#include <http_config.h>

/**
 * @file atd_state.h
 * AtdStateDir: the folder of the indexes, which the parent makes for the user that children run as; and the pool of a child's
 * handles.
 */

/** See site/atd_index_pool.h. */
typedef struct atd_index_pool_t atd_index_pool_t;

/** Makes the folder where it is missing. For post_config; what fails is logged, and indexes are in memory. */
void atd_state_open(apr_pool_t *pconf, server_rec *s);

/** Makes this child's pool. For child_init. */
void atd_state_child_init(apr_pool_t *pchild, server_rec *s);

/** The folder; NULL where there is none to use. */
const char *atd_state_folder(void);

/** This child's handles; NULL where there was no memory for them. */
atd_index_pool_t *atd_state_indexes(void);

#endif
