/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_sources.h"

#include "base/atd_buffer.h"
#include "site/atd_catalog.h"

#include <apr_strings.h>

#include <string.h>

/* Longer records are not kept, and such pages not cached: more than any page reads one by one. */
#define MAX_BYTES (256 * 1024)

/* A second change within this time may leave the same stamp: the kernel's clock ticks each 1 to 10 ms. */
#define RACY_NANOSECONDS ((apr_int64_t)20 * 1000 * 1000)

/* What is compared in whole seconds must not change within one; the rest is for clocks that differ a little. */
#define NANOSECONDS ((apr_int64_t)1000 * 1000 * 1000)
#define PORTABLE_NANOSECONDS (2 * NANOSECONDS)

typedef enum kind_t { KIND_FILE, KIND_MISSING, KIND_LIST } kind_t;

/* One source as bytes: this record, then the path and a NUL, padded to 8. */
typedef struct record_t {
    atd_stamp_t stamp;     /* of a file */
    apr_uint64_t digest;   /* of a list */
    apr_uint64_t portable; /* the same for other machines */
    apr_uint16_t kind;
    apr_uint16_t root;
    apr_uint32_t path_length;
} record_t;

typedef struct watch_baton_t {
    atd_sources_t *sources;
    atd_sources_root_t root;
    apr_uint64_t list; /* digest of the last list that was noted */
    bool has_list;
} watch_baton_t;

struct atd_sources_t {
    atd_buffer_t *records;
    watch_baton_t batons[ATD_SOURCES_ROOTS];
    atd_watch_t watches[ATD_SOURCES_ROOTS];
    int lists; /* that are being read */
    apr_time_t now;
    apr_time_t ends;
    apr_int64_t newest; /* nanoseconds, as those below */
    apr_int64_t frame_modified;
    apr_int64_t content_modified;
};

static apr_int64_t later(apr_int64_t a, apr_int64_t b)
{
    return a > b ? a : b;
}

static void add(atd_sources_t *sources, const record_t *record, const char *path)
{
    static const char zeros[8];

    atd_buffer_add(sources->records, (const char *)record, sizeof *record);
    atd_buffer_add(sources->records, path, record->path_length + 1);
    atd_buffer_add(sources->records, zeros, (8 - (record->path_length + 1) % 8) % 8);
}

static void note_times(const watch_baton_t *baton, const char *path, const atd_stamp_t *stamp)
{
    atd_sources_t *sources = baton->sources;

    sources->newest = later(sources->newest, stamp->ctime);
    if (baton->root == ATD_SOURCES_THEME || strncmp(path, "site.", 5) == 0)
        sources->frame_modified = later(sources->frame_modified, stamp->mtime);
    else
        sources->content_modified = later(sources->content_modified, stamp->mtime);
}

static void note_file(void *data, const char *path, const atd_stamp_t *stamp)
{
    const watch_baton_t *baton = data;
    record_t record = {.kind = stamp ? KIND_FILE : KIND_MISSING, .root = (apr_uint16_t)baton->root};

    if (baton->sources->lists > 0)
        return;
    record.path_length = (apr_uint32_t)strlen(path);
    if (stamp) {
        record.stamp = *stamp;
        note_times(baton, path, stamp);
    }
    add(baton->sources, &record, path);
}

static void begin_list(void *data, const atd_digest_t *digest)
{
    watch_baton_t *baton = data;
    const record_t record = {
        .kind = KIND_LIST,
        .root = (apr_uint16_t)baton->root,
        .digest = digest->sum,
        .portable = digest->portable,
    };

    if (baton->sources->lists++ == 0 && !(baton->has_list && baton->list == digest->sum)) {
        add(baton->sources, &record,
            ""); /* once, though a page reads all posts twice: each costs a walk when it is checked */
        baton->list = digest->sum;
        baton->has_list = true;
    }
    note_times(baton, "", &digest->newest);
}

static void end_list(void *data)
{
    ((const watch_baton_t *)data)->sources->lists--;
}

static void note_boundary(void *data, apr_int64_t time)
{
    atd_sources_until(((const watch_baton_t *)data)->sources, time);
}

atd_sources_t *atd_sources_create(apr_time_t now, apr_pool_t *pool)
{
    atd_sources_t *sources = apr_pcalloc(pool, sizeof *sources);

    sources->now = now;
    sources->records = atd_buffer_create(pool, 1024, MAX_BYTES);
    for (int i = 0; i < ATD_SOURCES_ROOTS; i++) {
        sources->batons[i] = (watch_baton_t){.sources = sources, .root = (atd_sources_root_t)i};
        sources->watches[i] = (atd_watch_t){
            .file = note_file,
            .list_begin = begin_list,
            .list_end = end_list,
            .boundary = note_boundary,
            .baton = &sources->batons[i],
        };
    }
    return sources;
}

const atd_watch_t *atd_sources_watch(atd_sources_t *sources, atd_sources_root_t root)
{
    return &sources->watches[root];
}

void atd_sources_until(atd_sources_t *sources, apr_time_t time)
{
    if (time > sources->now && (sources->ends == 0 || time < sources->ends))
        sources->ends = time;
}

apr_time_t atd_sources_ends(const atd_sources_t *sources)
{
    return sources->ends;
}

bool atd_sources_are_settled(const atd_sources_t *sources, apr_time_t now)
{
    return sources->newest + RACY_NANOSECONDS < now * 1000;
}

apr_time_t atd_sources_frame_modified(const atd_sources_t *sources)
{
    return sources->frame_modified / 1000;
}

apr_time_t atd_sources_content_modified(const atd_sources_t *sources)
{
    return sources->content_modified / 1000;
}

bool atd_sources_bytes(const char **bytes, apr_size_t *length, const atd_sources_t *sources)
{
    return !atd_buffer_take(bytes, length, sources->records, "the record of sources");
}

static atd_error_t *digest_of(atd_digest_t *digest, const atd_root_t *root, apr_pool_t *scratch)
{
    apr_array_header_t *files;
    atd_error_t *error;

    *digest = (atd_digest_t){0};
    if (root->listing)
        return root->listing->digest(root->listing->baton, digest, scratch);
    error = atd_catalog_walk(&files, root, scratch);
    if (!error)
        atd_catalog_digest(digest, files);
    return error;
}

static bool holds(const record_t *record, const char *path, const atd_root_t *roots, apr_pool_t *scratch)
{
    const atd_root_t *root = &roots[record->root];
    atd_digest_t digest;
    atd_stamp_t stamp;

    if (!root->path)
        return false;
    if (record->kind == KIND_LIST)
        return !digest_of(&digest, root, scratch) && digest.sum != 0 && digest.sum == record->digest;
    if (atd_file_stamp(&stamp, root, path, scratch))
        return record->kind == KIND_MISSING;
    return record->kind == KIND_FILE && atd_stamp_equal(&stamp, &record->stamp);
}

/* The record at @p *at, which is moved behind it. @return NULL where there is none, else its path */
static const char *take(record_t *record, apr_size_t *at, const char *bytes, apr_size_t length)
{
    const char *path;

    if (length - *at < sizeof *record + 8)
        return NULL;
    memcpy(record, bytes + *at, sizeof *record);
    path = bytes + *at + sizeof *record;
    *at += sizeof *record + ((apr_size_t)record->path_length / 8 + 1) * 8;
    if (*at > length || record->root >= ATD_SOURCES_ROOTS || path[record->path_length] != '\0')
        return NULL;
    return path;
}

bool atd_sources_hold(const char *bytes, apr_size_t length, const atd_root_t *roots, apr_pool_t *scratch)
{
    for (apr_size_t at = 0; at < length;) {
        record_t record;
        const char *path = take(&record, &at, bytes, length);

        if (!path || !holds(&record, path, roots, scratch))
            return false;
    }
    return true;
}

/* ---- of another machine ---- */

/* One look at the disk, whatever the bytes say: each list takes a walk over all posts. */
typedef struct lists_t {
    bool known[ATD_SOURCES_ROOTS];
    atd_digest_t digests[ATD_SOURCES_ROOTS];
} lists_t;

static const atd_digest_t *list_of(lists_t *lists, unsigned which, const atd_root_t *root, apr_pool_t *scratch)
{
    atd_digest_t *digest = &lists->digests[which];

    if (!lists->known[which] && digest_of(digest, root, scratch))
        *digest = (atd_digest_t){0};
    lists->known[which] = true;
    return digest;
}

static bool adopt_list(const atd_watch_t *watch, const atd_digest_t *digest, const record_t *record)
{
    if (record->portable == 0 || digest->portable != record->portable)
        return false;
    watch->list_begin(watch->baton, digest);
    watch->list_end(watch->baton);
    return true;
}

static bool is_same_elsewhere(const atd_stamp_t *here, const atd_stamp_t *there)
{
    return here->size == there->size && here->mtime / NANOSECONDS == there->mtime / NANOSECONDS;
}

static bool adopt_file(const atd_watch_t *watch, const atd_root_t *root, const record_t *record, const char *path,
                       apr_pool_t *scratch)
{
    atd_stamp_t stamp;
    bool missing = atd_file_stamp(&stamp, root, path, scratch) != NULL;

    if (record->kind != (missing ? KIND_MISSING : KIND_FILE) ||
        (!missing && !is_same_elsewhere(&stamp, &record->stamp)))
        return false;
    watch->file(watch->baton, path, missing ? NULL : &stamp);
    return true;
}

bool atd_sources_adopt(atd_sources_t *sources, const char *bytes, apr_size_t length, const atd_root_t *roots,
                       apr_pool_t *scratch)
{
    lists_t lists = {0};

    if (length > MAX_BYTES)
        return false;
    for (apr_size_t at = 0; at < length;) {
        record_t record;
        const char *path = take(&record, &at, bytes, length);
        const atd_root_t *root = path ? &roots[record.root] : NULL;
        const atd_watch_t *watch = root ? &sources->watches[record.root] : NULL;

        if (!root || !root->path)
            return false;
        if (record.kind == KIND_LIST ? !adopt_list(watch, list_of(&lists, record.root, root, scratch), &record)
                                     : !adopt_file(watch, root, &record, path, scratch))
            return false;
    }
    return true;
}

bool atd_sources_are_portable(const atd_sources_t *sources, apr_time_t now)
{
    return later(sources->frame_modified, sources->content_modified) + PORTABLE_NANOSECONDS < now * 1000;
}
