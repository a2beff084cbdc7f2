/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_shm.h"

#include "httpd/mod_atd.h"

#include <apr_global_mutex.h>
#include <apr_shm.h>
#include <http_config.h>
#include <http_log.h>
#include <util_mutex.h>

APLOG_USE_MODULE(atd);

#define MUTEX_TYPE "atd-cache"
#define RETAINED "mod_atd-segment"

/* A writer holds the lock for some ten microseconds; who waits longer than this serves its page without storing it. */
#define LOCK_PATIENCE ((apr_interval_time_t)50 * 1000)
#define LOCK_NAP 100

#define CACHE_LINE 64

/* Kept over restarts, while this module's code is unloaded and loaded again: no pointer to it may be in here. */
typedef struct retained_t {
    apr_pool_t *pool;
    apr_shm_t *shm;
    apr_global_mutex_t *mutex;
    apr_size_t size;
    unsigned version;
} retained_t;

static atd_segment_t *segment;
static apr_global_mutex_t *mutex;

/* Any error, a dead owner that the mechanism can't mend among them, means: don't store. */
static bool lock(void *baton)
{
    apr_time_t end = 0;
    apr_status_t status;

    (void)baton;
    while (APR_STATUS_IS_EBUSY(status = apr_global_mutex_trylock(mutex))) {
        apr_time_t now = apr_time_now();

        end = end ? end : now + LOCK_PATIENCE;
        if (now >= end || now + LOCK_PATIENCE < end)
            return false;
        apr_sleep(LOCK_NAP);
    }
    return status == APR_SUCCESS;
}

static void unlock(void *baton)
{
    (void)baton;
    apr_global_mutex_unlock(mutex);
}

apr_status_t atd_shm_declare(apr_pool_t *pconf)
{
    return ap_mutex_register(pconf, MUTEX_TYPE, NULL, APR_LOCK_DEFAULT, 0);
}

static void close_retained(retained_t *retained)
{
    if (retained->pool)
        apr_pool_destroy(retained->pool);
    *retained = (retained_t){0};
}

/* The owner of a POSIX semaphore that dies keeps it for ever. */
static bool is_robust(const retained_t *retained, server_rec *s)
{
    if (apr_global_mutex_mech(retained->mutex) != APR_LOCK_POSIXSEM)
        return true;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                 "mod_atd: 'Mutex posixsem' can't be used for " MUTEX_TYPE
                 ", since a child that dies would block it for ever: the cache is off. "
                 "Remove it, or write 'Mutex pthread " MUTEX_TYPE "'");
    return false;
}

/* APR hands out memory behind a word of its own; the segment's slots are cache lines. */
static void *base_of(const retained_t *retained)
{
    apr_uintptr_t address = (apr_uintptr_t)apr_shm_baseaddr_get(retained->shm);

    return (void *)((address + CACHE_LINE - 1) & ~(apr_uintptr_t)(CACHE_LINE - 1));
}

static bool make(retained_t *retained, server_rec *s, apr_size_t size)
{
    apr_status_t status;

    apr_pool_create(&retained->pool, s->process->pool);
    apr_pool_tag(retained->pool, "mod_atd segment");
    retained->size = size;
    retained->version = ATD_SEGMENT_VERSION;
    status = ap_global_mutex_create(&retained->mutex, NULL, MUTEX_TYPE, NULL, s, retained->pool, 0);
    if (!status && !is_robust(retained, s))
        return false;
    if (!status)
        status = apr_shm_create(&retained->shm, size + CACHE_LINE, NULL, retained->pool);
    if (status)
        ap_log_error(APLOG_MARK, APLOG_ERR, status, s,
                     "mod_atd: can't make a shared segment of %" APR_SIZE_T_FMT
                     " bytes and its mutex: the cache is off (choose a smaller AtdCacheSize)",
                     size);
    return !status && atd_segment_format(base_of(retained), size);
}

static retained_t *find_retained(void)
{
    retained_t *retained = ap_retained_data_get(RETAINED);

    return retained ? retained : ap_retained_data_create(RETAINED, sizeof *retained);
}

void atd_shm_open(server_rec *s, apr_size_t size)
{
    const atd_segment_lock_t port = {.lock = lock, .unlock = unlock};
    retained_t *retained = find_retained();

    segment = NULL;
    if (retained->size != size || retained->version != ATD_SEGMENT_VERSION)
        close_retained(retained);
    if (size == 0)
        return;
    if (!retained->pool && !make(retained, s, size)) {
        close_retained(retained);
        return;
    }
    mutex = retained->mutex;
    segment = atd_segment_attach(base_of(retained), size, &port, s->process->pconf);
}

void atd_shm_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status;

    if (!segment)
        return;
    status = apr_global_mutex_child_init(&mutex, apr_global_mutex_lockfile(mutex), pchild);
    if (status) {
        segment = NULL;
        ap_log_error(APLOG_MARK, APLOG_ERR, status, s,
                     "mod_atd: can't open the mutex " MUTEX_TYPE " in a child: it serves without the cache");
    }
}

const atd_segment_t *atd_shm_segment(void)
{
    return segment;
}
