/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_INDEXER_H
#define ATD_INDEXER_H

#include "base/atd_file.h"

#include <httpd.h>

/**
 * @file atd_indexer.h
 * Builds the indexes of large blogs, off the requests' path: one thread of low priority in each child. A request reads no more
 * files than a moment allows; the rest is left to this thread of whichever child comes first.
 */

/** Starts the thread; it ends with @p pchild. For child_init, after atd_state_child_init(). */
void atd_indexer_start(apr_pool_t *pchild, server_rec *s);

/** Leaves an index to the thread that a refresh did not complete. Any thread; what doesn't fit into the queue is asked for again. */
void atd_indexer_offer(const atd_root_t *content);

#endif
