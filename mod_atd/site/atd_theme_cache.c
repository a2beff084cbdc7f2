/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_theme_cache.h"

#include <apr_allocator.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include <stdatomic.h>
#include <string.h>

#define KEPT 64

/* Freed by whoever drops the last reference; the cache itself holds one while the theme is listed. */
typedef struct entry_t {
    const atd_theme_t *theme;
    apr_pool_t *pool;
    char *key;
    atomic_int references;
    apr_uint64_t used;
} entry_t;

struct atd_theme_cache_t {
    apr_thread_mutex_t *mutex;
    entry_t *entries[KEPT];
    apr_uint64_t clock;
};

static apr_status_t release(void *data)
{
    entry_t *entry = data;

    if (atomic_fetch_sub(&entry->references, 1) == 1)
        apr_pool_destroy(entry->pool);
    return APR_SUCCESS;
}

static apr_status_t release_all(void *data)
{
    atd_theme_cache_t *cache = data;

    for (int i = 0; i < KEPT; i++) {
        if (cache->entries[i])
            release(cache->entries[i]);
        cache->entries[i] = NULL;
    }
    return APR_SUCCESS;
}

apr_status_t atd_theme_cache_create(atd_theme_cache_t **cache, apr_pool_t *pool)
{
    *cache = apr_pcalloc(pool, sizeof **cache);
    apr_pool_cleanup_register(pool, *cache, release_all, apr_pool_cleanup_null);
    return apr_thread_mutex_create(&(*cache)->mutex, APR_THREAD_MUTEX_DEFAULT, pool);
}

static entry_t **find(atd_theme_cache_t *cache, const char *key)
{
    for (int i = 0; i < KEPT; i++) {
        if (cache->entries[i] && strcmp(cache->entries[i]->key, key) == 0)
            return &cache->entries[i];
    }
    return NULL;
}

static entry_t **free_place(atd_theme_cache_t *cache)
{
    entry_t **oldest = &cache->entries[0];

    for (int i = 0; i < KEPT; i++) {
        if (!cache->entries[i])
            return &cache->entries[i];
        if (cache->entries[i]->used < (*oldest)->used)
            oldest = &cache->entries[i];
    }
    release(*oldest);
    *oldest = NULL;
    return oldest;
}

/* A pool with an allocator of its own: the theme may be freed in another thread than it was made in. */
static apr_status_t make_pool(apr_pool_t **pool)
{
    apr_allocator_t *allocator;
    apr_status_t status = apr_allocator_create(&allocator);

    if (status)
        return status;
    status = apr_pool_create_unmanaged_ex(pool, NULL, allocator);
    if (status)
        apr_allocator_destroy(allocator);
    else
        apr_allocator_owner_set(allocator, *pool);
    return status;
}

static atd_error_t *load(entry_t **loaded, const atd_root_t *root, const char *key, apr_pool_t *scratch)
{
    apr_pool_t *pool;
    entry_t *entry;
    atd_error_t *error;

    if (make_pool(&pool))
        return atd_error_make(scratch, ATD_E_IO, NULL, "out of memory for a theme");
    apr_pool_tag(pool, "atd_theme");
    entry = apr_pcalloc(pool, sizeof *entry);
    entry->pool = pool;
    entry->key = apr_pstrdup(pool, key);
    atomic_init(&entry->references, 1);
    error = atd_theme_load(&entry->theme, root, pool);
    if (error) {
        error = atd_error_copy(error, scratch);
        apr_pool_destroy(pool);
        return error;
    }
    *loaded = entry;
    return NULL;
}

/* Called with the mutex held. */
static atd_error_t *get_listed(entry_t **entry, atd_theme_cache_t *cache, const atd_root_t *root, const char *key,
                               apr_pool_t *pool)
{
    entry_t **place = find(cache, key);
    atd_error_t *error;

    if (place && !atd_theme_is_fresh((*place)->theme, pool)) {
        release(*place);
        *place = NULL;
        place = NULL;
    }
    if (!place) {
        error = load(entry, root, key, pool);
        if (error)
            return error;
        place = free_place(cache);
        *place = *entry;
    }
    *entry = *place;
    (*entry)->used = ++cache->clock;
    atomic_fetch_add(&(*entry)->references, 1);
    return NULL;
}

atd_error_t *atd_theme_cache_get(const atd_theme_t **theme, atd_theme_cache_t *cache, const atd_root_t *root,
                                 apr_pool_t *pool)
{
    const char *key =
        root ? apr_psprintf(pool, "%d:%s:%s", (int)root->links, root->below ? root->below : "", root->path) : "";
    entry_t *entry = NULL;
    atd_error_t *error;

    apr_thread_mutex_lock(cache->mutex);
    error = get_listed(&entry, cache, root, key, pool);
    apr_thread_mutex_unlock(cache->mutex);
    if (error)
        return error;
    apr_pool_cleanup_register(pool, entry, release, apr_pool_cleanup_null);
    *theme = entry->theme;
    return NULL;
}
