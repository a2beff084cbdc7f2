/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGMENT_FIXTURE_H
#define SEGMENT_FIXTURE_H

#include "atd_test.h"
#include "site/atd_segment.h"

#include <apr_strings.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

/**
 * @file segment_fixture.h
 * Memory and lock for a segment: shared between processes, with a robust mutex, as httpd has them.
 */
typedef struct memory_t {
    pthread_mutex_t mutex;
    _Alignas(4096) char bytes[];
} memory_t;

/* As APR does: a dead owner is not told of; the segment must find out by itself. */
static inline bool lock_memory(void *baton)
{
    memory_t *memory = baton;
    struct timespec until;
    int status;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    status = pthread_mutex_timedlock(&memory->mutex, &until);
    if (status == EOWNERDEAD)
        status = pthread_mutex_consistent(&memory->mutex);
    return status == 0;
}

static inline void unlock_memory(void *baton)
{
    pthread_mutex_unlock(&((memory_t *)baton)->mutex);
}

static inline bool refuse_lock(void *baton)
{
    (void)baton;
    return false;
}

static inline memory_t *make_memory(apr_size_t size)
{
    memory_t *memory = mmap(NULL, sizeof(memory_t) + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;

    ck_assert(memory != MAP_FAILED);
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&memory->mutex, &attributes);
    ck_assert(atd_segment_format(memory->bytes, size));
    return memory;
}

static inline atd_segment_t *attach_memory(memory_t *memory, apr_size_t size, apr_pool_t *pool)
{
    const atd_segment_lock_t lock = {lock_memory, unlock_memory, memory};

    return atd_segment_attach(memory->bytes, size, &lock, pool);
}

static inline atd_segment_t *make_segment(apr_size_t size)
{
    atd_segment_t *segment = attach_memory(make_memory(size), size, atd_test_pool);

    ck_assert_ptr_nonnull(segment);
    return segment;
}

/** A key "site NUL name"; its memory is of @p pool. */
static inline atd_segment_key_t key_of(const atd_segment_t *segment, const char *site, const char *name,
                                       apr_pool_t *pool)
{
    apr_size_t site_length = strlen(site) + 1;
    char *bytes = apr_palloc(pool, site_length + strlen(name) + 1);
    atd_segment_key_t key;

    memcpy(bytes, site, site_length);
    strcpy(bytes + site_length, name);
    atd_segment_key(&key, segment, bytes, site_length + strlen(name), site_length);
    return key;
}

static inline bool put_text(const atd_segment_t *segment, const char *name, const char *text, apr_pool_t *pool)
{
    const atd_segment_key_t key = key_of(segment, "site", name, pool);
    const atd_segment_entry_t entry = {.front = text, .front_length = strlen(text), .back = "back", .back_length = 4};

    return atd_segment_put(segment, &key, &entry, 100);
}

static inline const char *get_text(const atd_segment_t *segment, const char *name, apr_pool_t *pool)
{
    const atd_segment_key_t key = key_of(segment, "site", name, pool);
    atd_segment_hit_t hit;

    return atd_segment_get(&hit, segment, &key, false, pool) ? apr_pstrmemdup(pool, hit.front, hit.front_length) : NULL;
}

static inline void check_audit(const atd_segment_t *segment)
{
    atd_segment_audit_t audit;

    ck_assert(atd_segment_audit(&audit, segment, atd_test_pool));
    ck_assert_uint_eq(audit.faults, 0);
    ck_assert_uint_eq(audit.free + audit.owned, audit.blocks);
}

#endif
