/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_memo.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

struct atd_memo_t {
    apr_hash_t *values[ATD_MEMO_KINDS];
    const char *last_key; /* NULL: there is no large value */
    const void *last;
    apr_pool_t *pool, *large;
};

atd_memo_t *atd_memo_create(apr_pool_t *pool)
{
    atd_memo_t *memo = apr_pcalloc(pool, sizeof *memo);

    memo->pool = pool;
    apr_pool_create(&memo->large, pool);
    for (int i = 0; i < ATD_MEMO_KINDS; i++)
        memo->values[i] = apr_hash_make(pool);
    return memo;
}

apr_pool_t *atd_memo_pool(const atd_memo_t *memo)
{
    return memo->pool;
}

const void *atd_memo_get(const atd_memo_t *memo, atd_memo_kind_t kind, const char *key)
{
    return memo ? apr_hash_get(memo->values[kind], key, APR_HASH_KEY_STRING) : NULL;
}

void atd_memo_set(atd_memo_t *memo, atd_memo_kind_t kind, const char *key, const void *value)
{
    apr_hash_set(memo->values[kind], apr_pstrdup(memo->pool, key), APR_HASH_KEY_STRING, value);
}

const void *atd_memo_last(const atd_memo_t *memo, const char *key)
{
    return memo && memo->last_key && strcmp(memo->last_key, key) == 0 ? memo->last : NULL;
}

apr_pool_t *atd_memo_renew(atd_memo_t *memo)
{
    memo->last_key = NULL;
    memo->last = NULL;
    apr_pool_clear(memo->large);
    return memo->large;
}

void atd_memo_keep(atd_memo_t *memo, const char *key, const void *value)
{
    memo->last_key = apr_pstrdup(memo->large, key);
    memo->last = value;
}
