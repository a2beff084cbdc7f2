/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_MEMO_H
#define ATD_MEMO_H

#include <apr_pools.h>

/**
 * @file atd_memo.h
 * What was worked out of the files below a root, for a process that makes many pages while nothing changes: an export. What
 * answers requests has none, since it must see each edit. One thread's at a time.
 */
typedef struct atd_memo_t atd_memo_t;

/** What a value is of, so that the same path can be the key of several. */
typedef enum atd_memo_kind_t {
    ATD_MEMO_AUTHOR,  /**< front matter of an author's file */
    ATD_MEMO_ADDRESS, /**< address of the post in a file */
    ATD_MEMO_IMAGE,   /**< size of an image */
    ATD_MEMO_COUNT,   /**< number of posts of a list */
    ATD_MEMO_TERM,    /**< a tag, category or author */
    ATD_MEMO_KINDS
} atd_memo_kind_t;

/** An empty memo; its memory is of @p pool. */
atd_memo_t *atd_memo_create(apr_pool_t *pool);

/** Where values are to be made that are given to atd_memo_set(); they live as long as the memo. */
apr_pool_t *atd_memo_pool(const atd_memo_t *memo);

/** The value; NULL where there is none, or @p memo is NULL. */
const void *atd_memo_get(const atd_memo_t *memo, atd_memo_kind_t kind, const char *key);

/** Remembers a value, which is not NULL. @p key is copied. */
void atd_memo_set(atd_memo_t *memo, atd_memo_kind_t kind, const char *key, const void *value);

/** The one large value, where it was remembered under @p key; else NULL. */
const void *atd_memo_last(const atd_memo_t *memo, const char *key);

/** Forgets the large value. @return where the next one is to be made, until this is called again */
apr_pool_t *atd_memo_renew(atd_memo_t *memo);

/** Remembers the large value. @p key is copied. */
void atd_memo_keep(atd_memo_t *memo, const char *key, const void *value);

#endif
