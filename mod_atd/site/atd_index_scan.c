/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/* A scan takes one part in so many of the time, at most. */
#define SHARE 50

/* Where each request is to see what there is, a scan that takes longer than this is made more rarely all the same. */
#define LONG_SCAN ((apr_interval_time_t)100 * 1000)

/* No scan takes an hour: a damaged state must not keep the next one from being made for days. */
#define MAX_COST apr_time_from_sec(3600)

/* Files between two commits: others see how far it is, and the log is written back. */
#define BATCH 1000

typedef struct change_t {
    const atd_catalog_file_t *file;
    atd_known_t known;
} change_t;

typedef struct scan_t {
    atd_index_t *index;
    const atd_index_policy_t *policy;
    atd_index_state_t state;
    apr_time_t began, reading; /* of the scan, and of the reading of files in it */
    bool ends;                 /* before all is done */
    apr_array_header_t *files; /* of atd_catalog_file_t, as they are */
    apr_array_header_t
        *changes;             /* of change_t: those that were changed first, so that what was taken back goes first */
    apr_array_header_t *gone; /* of atd_known_t */
    atd_index_batch_t batch;
    apr_pool_t *pool;
} scan_t;

/* ---- one scanner at a time ---- */

typedef enum hold_t { HOLD_TAKEN, HOLD_BUSY, HOLD_FAILED } hold_t;

/* Whoever may write scans; the others don't wait. */
static hold_t begin(atd_index_t *index)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_BEGIN);
    int code;

    if (!statement)
        return HOLD_FAILED;
    sqlite3_busy_timeout(index->db, 0);
    code = sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_busy_timeout(index->db, ATD_INDEX_PATIENCE);
    if (code == SQLITE_DONE)
        return HOLD_TAKEN;
    return (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED ? HOLD_BUSY : HOLD_FAILED;
}

static atd_error_t *finish(atd_index_t *index, atd_sql_t how, apr_pool_t *pool)
{
    return atd_index_run(index, atd_index_statement(index, how), pool);
}

/* What SQLite rolled back by itself is no error here. */
static void roll_back(atd_index_t *index)
{
    sqlite3_stmt *statement = sqlite3_get_autocommit(index->db) ? NULL : atd_index_statement(index, ATD_SQL_ROLLBACK);

    if (statement)
        sqlite3_step(statement);
    atd_index_reset(statement);
}

/* ---- what is different ---- */

static void read_known(atd_known_t *known, sqlite3_stmt *statement, apr_pool_t *pool)
{
    known->id = sqlite3_column_int64(statement, 0);
    known->file.path = atd_column_text(statement, 1, pool);
    known->file.kind = (atd_catalog_kind_t)sqlite3_column_int(statement, 2);
    known->file.rank = (unsigned)sqlite3_column_int(statement, 3);
    known->file.stamp = (atd_stamp_t){.device = (apr_uint64_t)sqlite3_column_int64(statement, 4),
                                      .inode = (apr_uint64_t)sqlite3_column_int64(statement, 5),
                                      .size = (apr_uint64_t)sqlite3_column_int64(statement, 6),
                                      .mtime = sqlite3_column_int64(statement, 7),
                                      .ctime = sqlite3_column_int64(statement, 8)};
    known->hash = sqlite3_column_int64(statement, 9);
    known->slug = atd_column_text(statement, 10, pool);
}

/* Which stands first, the file on disk or the row, by their common order. */
static int compare_places(const atd_catalog_file_t *file, sqlite3_stmt *row)
{
    unsigned rank = (unsigned)sqlite3_column_int(row, 3);

    if (file->rank != rank)
        return file->rank < rank ? -1 : 1;
    return strcmp(file->path, (const char *)sqlite3_column_text(row, 1));
}

static bool has_stamp(sqlite3_stmt *row, const atd_stamp_t *stamp)
{
    const atd_stamp_t known = {.device = (apr_uint64_t)sqlite3_column_int64(row, 4),
                               .inode = (apr_uint64_t)sqlite3_column_int64(row, 5),
                               .size = (apr_uint64_t)sqlite3_column_int64(row, 6),
                               .mtime = sqlite3_column_int64(row, 7),
                               .ctime = sqlite3_column_int64(row, 8)};

    return atd_stamp_equal(&known, stamp);
}

static void note_new(scan_t *scan, int from, int to)
{
    for (int i = from; i < to; i++)
        APR_ARRAY_PUSH(scan->changes, change_t) =
            (change_t){.file = &APR_ARRAY_IDX(scan->files, i, atd_catalog_file_t)};
}

/* Both are in the same order: one pass finds what is new, changed or gone. New files are noted from *at on. */
static int compare_row(scan_t *scan, int at, sqlite3_stmt *row)
{
    int order = -1;
    int first = at;

    while (at < scan->files->nelts) {
        order = compare_places(&APR_ARRAY_IDX(scan->files, at, atd_catalog_file_t), row);
        if (order >= 0)
            break;
        at++;
    }
    note_new(scan, first, at);
    if (at < scan->files->nelts && order == 0) {
        const atd_catalog_file_t *file = &APR_ARRAY_IDX(scan->files, at, atd_catalog_file_t);

        if (!has_stamp(row, &file->stamp)) {
            change_t *change = apr_array_push(scan->changes);

            change->file = file;
            read_known(&change->known, row, scan->pool);
        }
        return at + 1;
    }
    read_known(apr_array_push(scan->gone), row, scan->pool);
    return at;
}

static int compare_changes(const void *a, const void *b)
{
    const change_t *left = a;
    const change_t *right = b;

    if ((left->known.id == 0) != (right->known.id == 0))
        return left->known.id ? -1 : 1;
    return left->file < right->file ? -1 : left->file > right->file;
}

/* NOT NULL does not keep a damaged row from having none. */
static bool is_whole(sqlite3_stmt *row)
{
    return sqlite3_column_type(row, 1) == SQLITE_TEXT && sqlite3_column_type(row, 10) == SQLITE_TEXT;
}

static atd_error_t *compare(scan_t *scan)
{
    sqlite3_stmt *rows = atd_index_statement(scan->index, ATD_SQL_FILES);
    atd_error_t *error;
    int at = 0;

    scan->changes = apr_array_make(scan->pool, 16, sizeof(change_t));
    scan->gone = apr_array_make(scan->pool, 4, sizeof(atd_known_t));
    scan->batch.slugs = apr_array_make(scan->pool, 16, sizeof(const char *));
    scan->batch.words = atd_index_words_create(scan->index, scan->pool);
    while (atd_index_step(&error, scan->index, rows, scan->pool) && is_whole(rows))
        at = compare_row(scan, at, rows);
    if (!error && sqlite3_data_count(rows))
        error = atd_index_damage(scan->index, scan->pool);
    atd_index_reset(rows);
    note_new(scan, at, scan->files->nelts);
    qsort(scan->changes->elts, (apr_size_t)scan->changes->nelts, sizeof(change_t), compare_changes);
    return error;
}

/* ---- files that have another name now ---- */

/* A row's kind may be one that the catalog doesn't have, of a post or a page. */
static bool is_of_kind(const atd_known_t *gone, atd_catalog_kind_t kind)
{
    return gone->file.kind <= ATD_CATALOG_CATEGORY ? gone->file.kind == kind : kind <= ATD_CATALOG_PAGE;
}

static bool is_same_file(const atd_known_t *gone, const atd_catalog_file_t *file)
{
    return gone->id && is_of_kind(gone, file->kind) && gone->file.stamp.inode == file->stamp.inode &&
           gone->file.stamp.device == file->stamp.device && gone->file.stamp.mtime == file->stamp.mtime &&
           gone->file.stamp.size == file->stamp.size;
}

static atd_error_t *move_former(const scan_t *scan, const atd_known_t *known, const char *path)
{
    sqlite3_stmt *statement = atd_index_statement(scan->index, ATD_SQL_MOVE_FORMER);

    atd_bind_text(statement, ":old", known->file.path);
    atd_bind_text(statement, ":path", path);
    return atd_index_run(scan->index, statement, scan->pool);
}

/* By their inodes: a folder of many files that gets another name is no reason to compare each with each. */
static apr_hash_t *gone_by_inode(const scan_t *scan)
{
    apr_hash_t *hash = apr_hash_make(scan->pool);

    for (int i = 0; i < scan->gone->nelts; i++) {
        atd_known_t *gone = &APR_ARRAY_IDX(scan->gone, i, atd_known_t);

        apr_hash_set(hash, &gone->file.stamp.inode, sizeof gone->file.stamp.inode, gone);
    }
    return hash;
}

/* A renamed file keeps its row, and so what leads to it. */
static atd_error_t *adopt(const scan_t *scan, apr_hash_t *by_inode, change_t *change)
{
    atd_known_t *gone = apr_hash_get(by_inode, &change->file->stamp.inode, sizeof change->file->stamp.inode);

    if (!gone || !is_same_file(gone, change->file))
        return NULL;
    change->known = *gone;
    gone->id = 0;
    return move_former(scan, &change->known, change->file->path);
}

static atd_error_t *drop_gone(scan_t *scan)
{
    apr_hash_t *by_inode = gone_by_inode(scan);
    atd_error_t *error = NULL;

    for (int i = 0; !error && scan->gone->nelts && i < scan->changes->nelts; i++) {
        change_t *change = &APR_ARRAY_IDX(scan->changes, i, change_t);

        if (change->known.id == 0)
            error = adopt(scan, by_inode, change);
    }
    for (int i = 0; !error && i < scan->gone->nelts; i++) {
        const atd_known_t *gone = &APR_ARRAY_IDX(scan->gone, i, atd_known_t);

        if (gone->id)
            error = atd_index_remove(scan->index, gone, &scan->batch, scan->pool);
        if (!error && atd_index_words_are_many(scan->batch.words))
            error = atd_index_words_flush(scan->batch.words, scan->pool);
    }
    return error;
}

/* ---- bringing it up to date ---- */

static atd_error_t *save_state(const scan_t *scan)
{
    const atd_index_state_t *state = &scan->state;
    sqlite3_stmt *statement = atd_index_statement(scan->index, ATD_SQL_SET_STATE);

    atd_bind_text(statement, ":content", atd_index_content_name(scan->index, scan->pool));
    atd_bind_int(statement, ":complete", state->complete);
    atd_bind_int(statement, ":digest", (apr_int64_t)state->digest.sum);
    atd_bind_int(statement, ":portable", (apr_int64_t)state->digest.portable);
    atd_bind_int(statement, ":mtime", state->digest.newest.mtime);
    atd_bind_int(statement, ":ctime", state->digest.newest.ctime);
    atd_bind_int(statement, ":scanned", state->scanned);
    atd_bind_int(statement, ":cost", state->cost);
    atd_bind_int(statement, ":modified", state->modified);
    atd_bind_int(statement, ":files", state->files);
    atd_bind_int(statement, ":waiting", state->waiting);
    return atd_index_run(scan->index, statement, scan->pool);
}

static bool is_out_of_time(const scan_t *scan)
{
    return scan->policy->budget > 0 && apr_time_now() - scan->reading > scan->policy->budget;
}

/* One file at least is read, so that any budget is enough in the end. */
static bool has_to_end(scan_t *scan, int done)
{
    const atd_index_policy_t *policy = scan->policy;

    scan->ends = scan->ends || is_out_of_time(scan) ||
                 (policy->go_on && !policy->go_on(policy->baton, done, scan->changes->nelts));
    return scan->ends;
}

/* Words wait in memory for the others of their batch. */
static bool may_go_on(scan_t *scan, int done)
{
    return !has_to_end(scan, done) && !atd_index_words_are_many(scan->batch.words);
}

static atd_error_t *put_some(scan_t *scan, int *at, int end)
{
    apr_pool_t *each;
    atd_error_t *error = NULL;

    apr_pool_create(&each, scan->pool);
    for (int first = *at; !error && *at < end && (may_go_on(scan, *at) || *at == first); (*at)++) {
        const change_t *change = &APR_ARRAY_IDX(scan->changes, *at, change_t);

        error = atd_index_put(scan->index, scan->policy, change->file, &change->known, &scan->batch, each);
        if (!error)
            apr_pool_clear(each);
    }
    return error;
}

/* Of a first build that is done, what the files say; later on, now. A file that got just another stamp counts for nothing. */
static atd_error_t *note_modified(scan_t *scan)
{
    sqlite3_stmt *statement;
    atd_error_t *error;

    if (scan->state.modified && scan->batch.slugs->nelts)
        scan->state.modified = scan->began;
    if (scan->state.modified || !scan->state.complete)
        return NULL;
    statement = atd_index_statement(scan->index, ATD_SQL_MODIFIED);
    if (atd_index_step(&error, scan->index, statement, scan->pool))
        scan->state.modified = sqlite3_column_int64(statement, 0);
    atd_index_reset(statement);
    return error;
}

/* Another process that scanned between two batches has done what is left, and given the files other rows. */
static atd_error_t *hold_on(hold_t *hold, scan_t *scan)
{
    atd_index_state_t now;
    atd_error_t *error = NULL;

    *hold = begin(scan->index);
    if (*hold == HOLD_TAKEN)
        error = atd_index_state(&now, scan->index, scan->pool);
    if (!error && *hold == HOLD_TAKEN && (now.scanned != scan->state.scanned || now.waiting != scan->state.waiting))
        *hold = HOLD_BUSY;
    if (!error && *hold == HOLD_BUSY)
        error = atd_index_state(&scan->state, scan->index, scan->pool);
    scan->state.changed = true;
    return error;
}

/* What was done so far is seen by others. *hold tells whether there is more to do, and that no other process took over. */
static atd_error_t *commit_some(scan_t *scan, int done, hold_t *hold)
{
    atd_error_t *error = atd_index_words_flush(scan->batch.words, scan->pool);

    if (!error)
        error = atd_index_settle(scan->index, scan->policy, scan->batch.slugs, scan->pool);
    scan->state.waiting = scan->changes->nelts - done;
    scan->state.complete = scan->state.waiting == 0;
    if (!scan->state.complete)
        scan->state.digest = (atd_digest_t){0};
    if (!error && scan->state.complete)
        error = atd_index_words_expect(scan->index, 0, scan->pool);
    if (!error)
        error = note_modified(scan);
    apr_array_clear(scan->batch.slugs);
    if (!error)
        error = save_state(scan);
    if (!error)
        error = finish(scan->index, ATD_SQL_COMMIT, scan->pool);
    if (!error && !scan->state.complete && !scan->ends)
        return hold_on(hold, scan);
    *hold = HOLD_BUSY;
    return error;
}

static atd_error_t *apply(scan_t *scan, const atd_digest_t *digest)
{
    atd_error_t *error = atd_index_words_expect(scan->index, scan->changes->nelts + scan->gone->nelts, scan->pool);
    hold_t hold = HOLD_TAKEN;
    int at = 0;

    if (!error)
        error = drop_gone(scan);
    scan->reading = apr_time_now();
    while (!error && hold == HOLD_TAKEN) {
        int end = at + BATCH < scan->changes->nelts ? at + BATCH : scan->changes->nelts;

        error = put_some(scan, &at, end);
        if (at == scan->changes->nelts)
            scan->state.digest = *digest;
        if (!error)
            error = commit_some(scan, at, &hold);
    }
    return !error && hold == HOLD_FAILED ? atd_index_error(scan->index, scan->pool) : error;
}

/* The state of what others did since it was looked at, while only this process may write. */
static atd_error_t *scan_held(scan_t *scan)
{
    atd_digest_t digest;
    atd_error_t *error = atd_catalog_walk(&scan->files, &scan->index->content, scan->pool);

    if (error)
        return error;
    atd_catalog_digest(&digest, scan->files);
    scan->state.scanned = scan->began;
    scan->state.cost = apr_time_now() - scan->began;
    scan->state.files = scan->files->nelts;
    if (scan->state.complete && digest.sum == scan->state.digest.sum) {
        error = save_state(scan);
        return error ? error : finish(scan->index, ATD_SQL_COMMIT, scan->pool);
    }
    error = compare(scan);
    scan->state.changed = true;
    return error ? error : apply(scan, &digest);
}

/* A time of scan that lies ahead is one of a clock that was set back. */
static bool is_due(const atd_index_state_t *state, const atd_index_policy_t *policy, apr_time_t now)
{
    apr_interval_time_t interval = policy->interval;

    if (!state->complete || state->scanned < 0 || state->scanned > now || state->cost > MAX_COST)
        return true;
    if (state->cost * SHARE > interval && (interval > 0 || state->cost > LONG_SCAN))
        interval = state->cost * SHARE;
    return now - state->scanned >= interval;
}

atd_error_t *atd_index_refresh(atd_index_state_t *state, atd_index_t *index, const atd_index_policy_t *policy,
                               apr_pool_t *scratch)
{
    scan_t scan = {.index = index, .policy = policy, .began = apr_time_now(), .pool = scratch};
    atd_error_t *error = atd_index_state(state, index, scratch);
    hold_t hold;

    if (error || !is_due(state, policy, scan.began))
        return error;
    hold = begin(index);
    if (hold == HOLD_BUSY)
        return NULL;
    if (hold == HOLD_FAILED)
        return atd_index_error(index, scratch);
    error = atd_index_state(&scan.state, index, scratch);
    if (!error && is_due(&scan.state, policy, scan.began))
        error = scan_held(&scan);
    roll_back(index);
    if (!error)
        *state = scan.state;
    return error;
}
