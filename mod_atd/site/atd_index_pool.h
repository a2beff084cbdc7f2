/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_INDEX_POOL_H
#define ATD_INDEX_POOL_H

#include "site/atd_index.h"

/**
 * @file atd_index_pool.h
 * The index handles of one process: a request takes one, and gives it back when its pool is cleared. Of each content folder
 * up to 4 idle handles are kept, 32 in all; the one that was not used for longest is closed first.
 *
 * Where the folder of the files can't be used there is one index in memory for each content folder, which one request holds
 * at a time; 16 of them are kept.
 */
typedef struct atd_index_pool_t atd_index_pool_t;

/**
 * An empty pool; @p process must outlive all requests. Call it before there are threads.
 * @param folder of the files, absolute; or NULL: all indexes are in memory
 */
apr_status_t atd_index_pool_create(atd_index_pool_t **pool, const char *folder, apr_pool_t *process);

/** @p tell gets the first reason why an index is in memory though there is a folder; once in the pool's life, in any thread. */
void atd_index_pool_tell(atd_index_pool_t *pool, void (*tell)(void *baton, const atd_error_t *error), void *baton);

/**
 * A handle of @p content for @p request alone, until that pool is cleared. While it is usable, the same request gets the same
 * one again. Any thread; only who wants an index in memory that another request holds waits for it, 2 s at most, and then
 * gets a transient one.
 * @return ATD_E_INDEX where not even one in memory can be had
 */
atd_error_t *atd_index_acquire(atd_index_t **index, atd_index_pool_t *pool, const atd_root_t *content,
                               apr_pool_t *request) __attribute__((warn_unused_result));

/**
 * Closes the handle that @p request holds, since it failed; the next one is opened anew. Where its file looks as it should
 * all the same (a full disk, a lock that nobody lifts), the content's index is in memory for a while.
 */
void atd_index_abandon(atd_index_pool_t *pool, const atd_root_t *content, apr_pool_t *request);

/** The file of @p content's index: a digest of what tells it from others. */
const char *atd_index_file(const char *folder, const atd_root_t *content, apr_pool_t *pool);

#endif
