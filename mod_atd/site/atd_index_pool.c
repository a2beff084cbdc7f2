/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_pool.h"

#include <apr_allocator.h>
#include <apr_sha1.h>
#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT 32
#define KEPT_OF_CONTENT 4
#define IN_MEMORY 16

#define PATIENCE ((apr_interval_time_t)2 * 1000 * 1000)

/* A file that could not be used is tried again after this time. */
#define PAUSE ((apr_interval_time_t)1000 * 1000)

typedef enum kind_t { KIND_FILE, KIND_MEMORY, KIND_TRANSIENT } kind_t;

typedef struct handle_t {
    atd_index_t *index;
    apr_pool_t *pool; /* its own, with an allocator of its own: requests of all threads use it */
    const char *key;
    kind_t kind;
    apr_uint64_t used;
} handle_t;

/* A content folder whose index is in memory. */
typedef struct place_t {
    handle_t *handle;
    bool held;
    unsigned waiting;
    apr_uint64_t used;
} place_t;

/* That the file of a content folder could not be used. */
typedef struct failure_t {
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_time_t until;
} failure_t;

struct atd_index_pool_t {
    const char *folder;
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *given_back;
    handle_t *idle[KEPT];
    place_t memory[IN_MEMORY];
    failure_t failures[IN_MEMORY];
    apr_uint64_t clock;
    void (*tell)(void *baton, const atd_error_t *error);
    void *baton;
    atomic_bool told;
    bool closing;
};

/* What a request holds, found by its pool. */
typedef struct lease_t {
    atd_index_pool_t *pool;
    handle_t *handle; /* NULL: given back */
} lease_t;

/* ---- names ---- */

static const char *key_of(const atd_root_t *content, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%d:%s:%s", (int)content->links, content->below ? content->below : "", content->path);
}

static void digest_of(unsigned char digest[APR_SHA1_DIGESTSIZE], const char *key)
{
    apr_sha1_ctx_t context;

    apr_sha1_init(&context);
    apr_sha1_update_binary(&context, (const unsigned char *)key, (unsigned)strlen(key));
    apr_sha1_final(digest, &context);
}

const char *atd_index_file(const char *folder, const atd_root_t *content, apr_pool_t *pool)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    char *name = apr_pcalloc(pool, sizeof digest * 2 + 1);

    digest_of(digest, key_of(content, pool));
    for (apr_size_t i = 0; i < sizeof digest; i++)
        apr_snprintf(name + 2 * i, 3, "%02x", digest[i]);
    return apr_pstrcat(pool, folder, "/", name, ".sqlite", NULL);
}

/* ---- handles ---- */

static apr_pool_t *make_pool(void)
{
    apr_allocator_t *allocator;
    apr_pool_t *pool = NULL;

    if (apr_allocator_create(&allocator))
        return NULL;
    if (apr_pool_create_unmanaged_ex(&pool, NULL, allocator))
        apr_allocator_destroy(allocator);
    else
        apr_allocator_owner_set(allocator, pool);
    return pool;
}

static void close_handle(handle_t *handle)
{
    if (!handle)
        return;
    atd_index_close(handle->index);
    apr_pool_destroy(handle->pool);
}

static atd_error_t *open_handle(handle_t **opened, const atd_root_t *content, const char *file, const char *key,
                                kind_t kind, apr_pool_t *request)
{
    apr_pool_t *pool = make_pool();
    atd_index_t *index;
    atd_error_t *error;

    if (!pool)
        return atd_error_make(request, ATD_E_INDEX, NULL, "out of memory for an index");
    apr_pool_tag(pool, "atd_index");
    error = atd_index_open(&index, content, file, pool);
    if (error) {
        error = atd_error_copy(error, request);
        apr_pool_destroy(pool);
        return error;
    }
    *opened = apr_pcalloc(pool, sizeof **opened);
    **opened = (handle_t){.index = index, .pool = pool, .key = apr_pstrdup(pool, key), .kind = kind};
    return NULL;
}

/* ---- what lies at a file's place ---- */

/* A database with its log and the memory of that. */
typedef struct names_t {
    const char *folder;
    const char *files[3];
} names_t;

static bool is_plain_file(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, R_OK | W_OK) == 0;
}

static ino_t inode_of(const names_t *names)
{
    struct stat info;

    return lstat(names->files[0], &info) == 0 ? info.st_ino : 0;
}

/*
 * A log without its database, a folder or a link of that name, a file that may not be read: SQLite stumbles over all of them.
 * So it does over one that was emptied while other processes have it open, whose locks they keep. The file itself is not
 * looked into: to close it would end this process's own locks (fcntl(2)).
 */
static bool is_clean(const names_t *names)
{
    struct stat info;

    for (int i = 1; i < 3; i++) {
        if (lstat(names->files[i], &info) == 0 && !is_plain_file(names->files[i]))
            return false;
    }
    return is_plain_file(names->files[0]) && lstat(names->files[0], &info) == 0 && info.st_size > 0;
}

static void clear(const names_t *names)
{
    for (int i = 0; i < 3; i++) {
        if (unlink(names->files[i]) != 0)
            rmdir(names->files[i]);
    }
}

/*
 * Who clears a place does so alone, or it would remove the log that another process has just begun beside its own. Opening
 * takes the same lock where it makes a file: it must be let go before. @p inode: clear only what is still this file
 */
static void clear_alone(const names_t *names, const ino_t *inode)
{
    int lock = open(names->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (lock < 0)
        return;
    if (flock(lock, LOCK_EX) == 0 && (inode ? inode_of(names) == *inode : !is_clean(names)))
        clear(names);
    close(lock);
}

/* What can't be opened, for a lock that nobody lifts, say, makes way, unless another process has just put it right. */
static atd_error_t *open_file(handle_t **handle, const atd_index_pool_t *pool, const atd_root_t *content,
                              const char *key, apr_pool_t *request)
{
    const char *file = atd_index_file(pool->folder, content, request);
    const names_t names = {pool->folder,
                           {file, apr_pstrcat(request, file, "-wal", NULL), apr_pstrcat(request, file, "-shm", NULL)}};
    atd_error_t *error;
    ino_t inode;

    if (!is_clean(&names))
        clear_alone(&names, NULL);
    inode = inode_of(&names);
    error = open_handle(handle, content, file, key, KIND_FILE, request);
    if (!error)
        return NULL;
    clear_alone(&names, &inode);
    return open_handle(handle, content, file, key, KIND_FILE, request);
}

/* ---- idle handles ---- */

/* Called with the mutex held. */
static handle_t *take_idle(atd_index_pool_t *pool, const char *key)
{
    handle_t **best = NULL;
    handle_t *handle = NULL;

    for (int i = 0; i < KEPT; i++) {
        if (pool->idle[i] && strcmp(pool->idle[i]->key, key) == 0 && (!best || pool->idle[i]->used > (*best)->used))
            best = &pool->idle[i];
    }
    if (best) {
        handle = *best;
        *best = NULL;
    }
    return handle;
}

static bool is_older(const handle_t *handle, handle_t *const *than)
{
    return !than || handle->used < (*than)->used;
}

/* A place for one more handle with @p key; the one that was in it is to be closed. Called with the mutex held. */
static handle_t **find_place(atd_index_pool_t *pool, const char *key)
{
    handle_t **empty = NULL, **oldest = NULL, **oldest_of_content = NULL;
    unsigned of_content = 0;

    for (int i = 0; i < KEPT; i++) {
        handle_t **place = &pool->idle[i];

        if (!*place) {
            empty = place;
            continue;
        }
        if (is_older(*place, oldest))
            oldest = place;
        if (strcmp((*place)->key, key) != 0)
            continue;
        of_content++;
        if (is_older(*place, oldest_of_content))
            oldest_of_content = place;
    }
    if (of_content >= KEPT_OF_CONTENT)
        return oldest_of_content;
    return empty ? empty : oldest;
}

static void keep_idle(atd_index_pool_t *pool, handle_t *handle)
{
    handle_t **place;
    handle_t *other;

    apr_thread_mutex_lock(pool->mutex);
    place = find_place(pool, handle->key);
    other = *place;
    *place = handle;
    handle->used = ++pool->clock;
    apr_thread_mutex_unlock(pool->mutex);
    close_handle(other);
}

/* ---- indexes in memory; all called with the mutex held ---- */

static place_t *find_memory(atd_index_pool_t *pool, const char *key)
{
    for (int i = 0; i < IN_MEMORY; i++) {
        if (pool->memory[i].handle && strcmp(pool->memory[i].handle->key, key) == 0)
            return &pool->memory[i];
    }
    return NULL;
}

static bool is_unused(const place_t *place)
{
    return !place->held && place->waiting == 0;
}

/* One that is empty, or that nobody has asked for longest; NULL where all are in use. */
static place_t *free_memory(atd_index_pool_t *pool)
{
    place_t *oldest = NULL;

    for (int i = 0; i < IN_MEMORY; i++) {
        place_t *place = &pool->memory[i];

        if (is_unused(place) && !place->handle)
            return place;
        if (is_unused(place) && (!oldest || place->used < oldest->used))
            oldest = place;
    }
    return oldest;
}

/* @return NULL where it took too long, or what was waited for is no more */
static handle_t *wait_for(atd_index_pool_t *pool, place_t *place)
{
    apr_time_t end = apr_time_now() + PATIENCE;
    apr_time_t now;

    place->waiting++;
    while (place->held && (now = apr_time_now()) < end)
        apr_thread_cond_timedwait(pool->given_back, pool->mutex, end - now);
    place->waiting--;
    if (place->held || !place->handle)
        return NULL;
    place->held = true;
    place->used = ++pool->clock;
    return place->handle;
}

/* An empty index in memory is opened in no time: others may wait for it. */
static atd_error_t *take_memory(handle_t **handle, atd_index_pool_t *pool, const atd_root_t *content, const char *key,
                                apr_pool_t *request)
{
    place_t *place = find_memory(pool, key);
    atd_error_t *error;

    *handle = place ? wait_for(pool, place) : NULL;
    if (*handle)
        return NULL;
    place = find_memory(pool, key) ? NULL : free_memory(pool);
    error = open_handle(handle, content, NULL, key, place ? KIND_MEMORY : KIND_TRANSIENT, request);
    if (error || !place)
        return error;
    close_handle(place->handle);
    *place = (place_t){.handle = *handle, .held = true, .used = ++pool->clock};
    return NULL;
}

static void give_back_memory(atd_index_pool_t *pool, handle_t *handle, bool keep)
{
    place_t *place = find_memory(pool, handle->key);

    place->held = false;
    if (!keep) {
        close_handle(handle);
        place->handle = NULL;
    }
    apr_thread_cond_broadcast(pool->given_back);
}

/* ---- files that could not be used; all called with the mutex held ---- */

static failure_t *find_failure(atd_index_pool_t *pool, const unsigned char *digest)
{
    failure_t *first = &pool->failures[0];

    for (int i = 0; i < IN_MEMORY; i++) {
        failure_t *failure = &pool->failures[i];

        if (memcmp(failure->digest, digest, sizeof failure->digest) == 0)
            return failure;
        if (failure->until < first->until)
            first = failure;
    }
    return first;
}

static bool is_paused(atd_index_pool_t *pool, const char *key)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    const failure_t *failure;
    apr_time_t now = apr_time_now();

    digest_of(digest, key);
    failure = find_failure(pool, digest);
    return memcmp(failure->digest, digest, sizeof digest) == 0 && now < failure->until && now + PAUSE >= failure->until;
}

static void pause_file(atd_index_pool_t *pool, const char *key)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    failure_t *failure;

    digest_of(digest, key);
    failure = find_failure(pool, digest);
    memcpy(failure->digest, digest, sizeof digest);
    failure->until = apr_time_now() + PAUSE;
}

/* ---- taking ---- */

static void note_failure(atd_index_pool_t *pool, const char *key, const atd_error_t *error)
{
    apr_thread_mutex_lock(pool->mutex);
    pause_file(pool, key);
    apr_thread_mutex_unlock(pool->mutex);
    if (error && pool->tell && !atomic_exchange(&pool->told, true))
        pool->tell(pool->baton, error);
}

/* A usable one among those that are idle; what others did to its file shows only now. */
static handle_t *take_usable(atd_index_pool_t *pool, const char *key)
{
    handle_t *handle;

    for (;;) {
        apr_thread_mutex_lock(pool->mutex);
        handle = take_idle(pool, key);
        apr_thread_mutex_unlock(pool->mutex);
        if (!handle || atd_index_is_usable(handle->index))
            return handle;
        close_handle(handle);
    }
}

/* What was in memory while the file could not be used. */
static void drop_memory(atd_index_pool_t *pool, const char *key)
{
    place_t *place;

    apr_thread_mutex_lock(pool->mutex);
    place = find_memory(pool, key);
    if (place && is_unused(place)) {
        close_handle(place->handle);
        place->handle = NULL;
    }
    apr_thread_mutex_unlock(pool->mutex);
}

static atd_error_t *take(handle_t **handle, atd_index_pool_t *pool, const atd_root_t *content, const char *key,
                         apr_pool_t *request)
{
    bool with_file = pool->folder != NULL;
    atd_error_t *error;

    if (with_file) {
        apr_thread_mutex_lock(pool->mutex);
        with_file = !is_paused(pool, key);
        apr_thread_mutex_unlock(pool->mutex);
    }
    *handle = with_file ? take_usable(pool, key) : NULL;
    if (*handle)
        return NULL;
    error = with_file ? open_file(handle, pool, content, key, request) : NULL;
    if (error)
        note_failure(pool, key, error);
    if (*handle) {
        drop_memory(pool, key);
        return NULL;
    }
    apr_thread_mutex_lock(pool->mutex);
    error = take_memory(handle, pool, content, key, request);
    apr_thread_mutex_unlock(pool->mutex);
    return error;
}

static void give_back(atd_index_pool_t *pool, handle_t *handle, bool keep)
{
    keep = keep && atd_index_is_usable(handle->index);
    if (handle->kind == KIND_MEMORY) {
        apr_thread_mutex_lock(pool->mutex);
        give_back_memory(pool, handle, keep);
        apr_thread_mutex_unlock(pool->mutex);
    } else if (keep && handle->kind == KIND_FILE) {
        keep_idle(pool, handle);
    } else {
        close_handle(handle);
    }
}

/* ---- leases ---- */

/* A process that is ended by a signal may be anywhere in SQLite: what it holds is left as it is, as by a kill. */
static apr_status_t end_lease(void *data)
{
    lease_t *lease = data;
    handle_t *handle = lease->handle;

    lease->handle = NULL;
    if (handle && !lease->pool->closing)
        give_back(lease->pool, handle, true);
    return APR_SUCCESS;
}

static lease_t *find_lease(atd_index_pool_t *pool, const char *key, apr_pool_t *request)
{
    const char *name = apr_psprintf(request, "atd_index %pp %s", (void *)pool, key);
    void *found = NULL;
    lease_t *lease;

    apr_pool_userdata_get(&found, name, request);
    if (found)
        return found;
    lease = apr_pcalloc(request, sizeof *lease);
    lease->pool = pool;
    apr_pool_userdata_setn(lease, name, NULL, request);
    apr_pool_cleanup_register(request, lease, end_lease, apr_pool_cleanup_null);
    return lease;
}

atd_error_t *atd_index_acquire(atd_index_t **index, atd_index_pool_t *pool, const atd_root_t *content,
                               apr_pool_t *request)
{
    const char *key = key_of(content, request);
    lease_t *lease = find_lease(pool, key, request);
    atd_error_t *error = NULL;

    if (lease->handle && !atd_index_is_usable(lease->handle->index))
        end_lease(lease);
    if (!lease->handle)
        error = take(&lease->handle, pool, content, key, request);
    if (error)
        lease->handle = NULL;
    else
        *index = lease->handle->index;
    return error;
}

void atd_index_abandon(atd_index_pool_t *pool, const atd_root_t *content, apr_pool_t *request)
{
    const char *key = key_of(content, request);
    lease_t *lease = find_lease(pool, key, request);
    handle_t *handle = lease->handle;

    lease->handle = NULL;
    if (!handle)
        return;
    if (handle->kind == KIND_FILE && atd_index_is_usable(handle->index))
        note_failure(pool, key, NULL);
    give_back(pool, handle, false);
}

/* ---- the pool ---- */

/* Before the requests' pools go with the process's. */
static apr_status_t begin_to_close(void *data)
{
    ((atd_index_pool_t *)data)->closing = true;
    return APR_SUCCESS;
}

static apr_status_t close_idle(void *data)
{
    atd_index_pool_t *pool = data;

    for (int i = 0; i < KEPT; i++)
        close_handle(pool->idle[i]);
    for (int i = 0; i < IN_MEMORY; i++) {
        if (!pool->memory[i].held)
            close_handle(pool->memory[i].handle);
    }
    return APR_SUCCESS;
}

apr_status_t atd_index_pool_create(atd_index_pool_t **created, const char *folder, apr_pool_t *process)
{
    atd_index_pool_t *pool = apr_pcalloc(process, sizeof *pool);
    apr_status_t status;

    pool->folder = apr_pstrdup(process, folder);
    atomic_init(&pool->told, false);
    status = apr_thread_mutex_create(&pool->mutex, APR_THREAD_MUTEX_DEFAULT, process);
    if (!status)
        status = apr_thread_cond_create(&pool->given_back, process);
    if (status)
        return status;
    apr_pool_pre_cleanup_register(process, pool, begin_to_close);
    apr_pool_cleanup_register(process, pool, close_idle, apr_pool_cleanup_null);
    *created = pool;
    return APR_SUCCESS;
}

void atd_index_pool_tell(atd_index_pool_t *pool, void (*tell)(void *baton, const atd_error_t *error), void *baton)
{
    pool->tell = tell;
    pool->baton = baton;
}
