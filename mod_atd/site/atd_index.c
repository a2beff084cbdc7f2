/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

#include "base/atd_value_bytes.h"
#include "site/atd_tokenizer.h"

#include <apr_strings.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- statements ---- */

/* Notes what no retry mends; a lock that somebody holds is nothing of the kind. */
static void note_damage(atd_index_t *index)
{
    int code = sqlite3_errcode(index->db) & 0xFF;

    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_IOERR || code == SQLITE_ERROR ||
        code == SQLITE_SCHEMA || code == SQLITE_CANTOPEN || code == SQLITE_FORMAT)
        index->corrupt = true;
}

atd_error_t *atd_index_error(atd_index_t *index, apr_pool_t *pool)
{
    note_damage(index);
    return atd_error_make(pool, ATD_E_INDEX, NULL, "the index %s can't be used: %s",
                          index->file ? index->file : "in memory", sqlite3_errmsg(index->db));
}

atd_error_t *atd_index_damage(atd_index_t *index, apr_pool_t *pool)
{
    index->corrupt = true;
    return atd_error_make(pool, ATD_E_INDEX, NULL, "the index %s can't be used: it is damaged",
                          index->file ? index->file : "in memory");
}

sqlite3_stmt *atd_index_statement(atd_index_t *index, atd_sql_t which)
{
    sqlite3_stmt **statement = &index->statements[which];

    if (!*statement && sqlite3_prepare_v3(index->db, atd_index_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement,
                                          NULL) != SQLITE_OK) {
        note_damage(index);
        return NULL;
    }
    return *statement;
}

void atd_index_reset(sqlite3_stmt *statement)
{
    if (!statement)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

void atd_bind_int(sqlite3_stmt *statement, const char *name, apr_int64_t number)
{
    int place = sqlite3_bind_parameter_index(statement, name);

    if (place)
        sqlite3_bind_int64(statement, place, number);
}

void atd_bind_text(sqlite3_stmt *statement, const char *name, const char *text)
{
    int place = sqlite3_bind_parameter_index(statement, name);

    if (place)
        sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

void atd_bind_bytes(sqlite3_stmt *statement, const char *name, const char *bytes, apr_size_t length)
{
    int place = sqlite3_bind_parameter_index(statement, name);

    if (place)
        sqlite3_bind_blob64(statement, place, bytes, length, SQLITE_STATIC);
}

bool atd_index_step(atd_error_t **error, atd_index_t *index, sqlite3_stmt *statement, apr_pool_t *pool)
{
    int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;

    *error = NULL;
    if (code == SQLITE_ROW)
        return true;
    *error = code == SQLITE_DONE ? NULL : atd_index_error(index, pool);
    return false;
}

atd_error_t *atd_index_run(atd_index_t *index, sqlite3_stmt *statement, apr_pool_t *pool)
{
    atd_error_t *error = NULL;

    while (atd_index_step(&error, index, statement, pool))
        ;
    atd_index_reset(statement);
    return error;
}

const char *atd_column_text(sqlite3_stmt *statement, int column, apr_pool_t *pool)
{
    return apr_pstrdup(pool, (const char *)sqlite3_column_text(statement, column));
}

const char *atd_column_bytes(apr_size_t *length, sqlite3_stmt *statement, int column, apr_pool_t *pool)
{
    const void *bytes = sqlite3_column_blob(statement, column);

    *length = (apr_size_t)sqlite3_column_bytes(statement, column);
    return bytes ? apr_pmemdup(pool, bytes, *length) : NULL;
}

#define SEAL sizeof(apr_uint64_t)

static void sum_up(apr_uint64_t *sum, const char *bytes, apr_size_t length)
{
    for (apr_size_t i = 0; i < length; i++) {
        *sum = (*sum ^ (unsigned char)bytes[i]) * 0x9E3779B185EBCA87u;
        *sum ^= *sum >> 29;
    }
}

static apr_uint64_t seal_of(const char *path, const char *bytes, apr_size_t length)
{
    apr_uint64_t sum = length;

    sum_up(&sum, path, strlen(path) + 1);
    sum_up(&sum, bytes, length);
    return sum;
}

const char *atd_index_seal(apr_size_t *sealed, const char *path, const char *bytes, apr_size_t length, apr_pool_t *pool)
{
    const apr_uint64_t seal = seal_of(path, bytes, length);
    char *copy = apr_palloc(pool, length + SEAL);

    memcpy(copy, bytes, length);
    memcpy(copy + length, &seal, SEAL);
    *sealed = length + SEAL;
    return copy;
}

static bool is_sealed(const char *path, const char *bytes, apr_size_t length)
{
    apr_uint64_t seal;

    if (!path || !bytes || length < SEAL)
        return false;
    memcpy(&seal, bytes + length - SEAL, SEAL);
    return seal == seal_of(path, bytes, length - SEAL);
}

const atd_value_t *atd_index_data(atd_index_t *index, const char *path, sqlite3_stmt *statement, int column,
                                  apr_pool_t *pool)
{
    apr_size_t length;
    const char *bytes = atd_column_bytes(&length, statement, column, pool);
    const atd_value_t *data = is_sealed(path, bytes, length) ? atd_value_unpack(bytes, length - SEAL, pool) : NULL;

    if (!data)
        index->corrupt = true;
    return data;
}

const atd_post_t *atd_index_post(atd_index_t *index, sqlite3_stmt *statement, int first, apr_pool_t *pool)
{
    const atd_people_t people = atd_people_of_index(index);
    const char *path = atd_column_text(statement, first, pool);
    const atd_value_t *data = atd_index_data(index, path, statement, first + 2, pool);
    atd_post_t *post;

    if (!data)
        return NULL;
    post = atd_post_of_data(path, data, &people, pool);
    post->words = sqlite3_column_int64(statement, first + 3);
    post->summary = atd_column_text(statement, first + 4, pool);
    post->seen = sqlite3_column_int64(statement, first + 5);
    return post;
}

/* ---- state ---- */

atd_error_t *atd_index_state(atd_index_state_t *state, atd_index_t *index, apr_pool_t *pool)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_STATE);
    atd_error_t *error;

    *state = (atd_index_state_t){0};
    if (atd_index_step(&error, index, statement, pool)) {
        state->complete = sqlite3_column_int(statement, 0) != 0;
        state->digest.sum = (apr_uint64_t)sqlite3_column_int64(statement, 1);
        state->digest.portable = (apr_uint64_t)sqlite3_column_int64(statement, 2);
        state->digest.newest.mtime = sqlite3_column_int64(statement, 3);
        state->digest.newest.ctime = sqlite3_column_int64(statement, 4);
        state->scanned = sqlite3_column_int64(statement, 5);
        state->cost = sqlite3_column_int64(statement, 6) & APR_INT64_MAX;
        state->modified = sqlite3_column_int64(statement, 7);
        state->files = sqlite3_column_int64(statement, 8);
        state->waiting = sqlite3_column_int64(statement, 9);
    }
    atd_index_reset(statement);
    return error;
}

/* ---- files ---- */

/* Tries, within ATD_INDEX_PATIENCE, of what others may keep from being done. */
#define TRIES 50

/* Whoever makes or removes files of an index holds its folder; -1 where that can't be. Closing it lets go. */
static int hold_folder(const char *file, apr_pool_t *pool)
{
    const char *slash = strrchr(file, '/');
    int fd = open(slash ? apr_pstrmemdup(pool, file, (apr_size_t)(slash - file) + 1) : ".",
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (int tries = 0; fd >= 0 && tries < TRIES && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; tries++)
        apr_sleep(apr_time_from_msec(ATD_INDEX_PATIENCE / TRIES));
    return fd;
}

static void let_go(int folder)
{
    if (folder >= 0)
        close(folder);
}

static void remove_logs(const char *file, apr_pool_t *pool)
{
    unlink(apr_pstrcat(pool, file, "-wal", NULL));
    unlink(apr_pstrcat(pool, file, "-shm", NULL));
}

static void remove_file(const char *file, apr_pool_t *pool)
{
    unlink(file);
    remove_logs(file, pool);
}

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int integer_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/* ---- whose log it is ---- */

/* A number that a file carries within (application_id), and no copy of it or other file in its place has; 0: no file. */
static int number_of(const char *file)
{
    apr_uint64_t mixed;
    struct stat info;

    if (stat(file, &info) != 0)
        return 0;
    mixed = ((apr_uint64_t)info.st_dev * 31 + (apr_uint64_t)info.st_ino + 1) * 0x9E3779B185EBCA87u;
    return (int)(mixed >> 34) + 1;
}

/*
 * Looked up without a lock and without the log. A descriptor of our own would do harm: closing it ends all locks that
 * this process has on the file. @return false where that can't be told
 */
static bool read_number(int *number, const char *file, apr_pool_t *pool)
{
    atd_buffer_t *uri = atd_buffer_create(pool, 256, 16384);
    const char *name;
    sqlite3 *db = NULL;
    int code;

    atd_buffer_puts(uri, "file://");
    for (const char *at = file; *at; at++)
        strchr("%?#", *at) ? atd_buffer_printf(uri, "%%%02X", (unsigned char)*at) : atd_buffer_putc(uri, *at);
    atd_buffer_puts(uri, "?immutable=1");
    if (atd_buffer_take(&name, NULL, uri, "the name of the index"))
        return false;
    code = sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
    *number = code == SQLITE_OK ? integer_of(db, "PRAGMA application_id") : 0;
    if (code == SQLITE_OK)
        code = sqlite3_errcode(db) & 0xFF;
    sqlite3_close(db);
    return code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW || code == SQLITE_NOTADB;
}

/*
 * A log that another file left, one that was deleted or replaced, must not be taken for this one's. Worse: the memory of its
 * locks may still be mapped by handles of this process, and SQLite would cut it under their hands (SIGBUS).
 */
static void remove_strays(const char *file, apr_pool_t *pool)
{
    int number = 0;
    int own = number_of(file);

    if (own == 0 || (read_number(&number, file, pool) && number != own))
        remove_logs(file, pool);
}

/* At once in the file itself, where others look for it. */
static bool sign(sqlite3 *db)
{
    const char *file = sqlite3_db_filename(db, "main");
    int own = file && *file ? number_of(file) : 0;
    char sql[100];

    if (own == 0 || integer_of(db, "PRAGMA application_id") == own)
        return true;
    apr_snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA wal_checkpoint(TRUNCATE)", own);
    return run(db, sql);
}

/* ---- opening ---- */

/*
 * No memory map of the file: who cuts it short would kill the process (SIGBUS). Derived data need not survive a loss of
 * power, only be whole: the log is synchronised where it is written back.
 */
static bool configure(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return run(db, "PRAGMA mmap_size=0; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
                   "PRAGMA cache_size=-1024; PRAGMA journal_size_limit=16777216");
}

/* A file of another blog, put here by somebody, is as good as a broken one. */
static bool is_of(sqlite3 *db, const char *content)
{
    sqlite3_stmt *statement = NULL;
    bool same = true;

    if (sqlite3_prepare_v2(db, "SELECT content FROM state", -1, &statement, NULL) != SQLITE_OK)
        return false;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);

        same = text && strcmp(text, content) == 0;
    }
    sqlite3_finalize(statement);
    return same;
}

/* Two processes may come at the same time: the second one finds the tables. */
static bool make_tables(sqlite3 *db)
{
    bool made;

    if (!run(db, "BEGIN IMMEDIATE"))
        return false;
    made = integer_of(db, "PRAGMA user_version") == ATD_INDEX_VERSION ||
           (run(db, atd_index_schema) && run(db, "PRAGMA user_version=" APR_STRINGIFY(ATD_INDEX_VERSION)));
    return run(db, made ? "COMMIT" : "ROLLBACK") && made;
}

const char *atd_index_content_name(const atd_index_t *index, apr_pool_t *pool)
{
    const atd_root_t *content = &index->content;

    return apr_psprintf(pool, "%s%s%s %d", content->path, content->below ? "//" : "",
                        content->below ? content->below : "", content->links);
}

static bool prepare(sqlite3 *db, const char *content)
{
    int version;

    if (!configure(db) || !sign(db) || atd_tokenizer_register(db) != SQLITE_OK || !atd_index_rank_register(db))
        return false;
    version = integer_of(db, "PRAGMA user_version");
    if (version == 0)
        return make_tables(db);
    return version == ATD_INDEX_VERSION && is_of(db, content);
}

/*
 * SQLite's locks know no queue: who waits for one that another process takes again and again would wait in vain for what
 * may long be there. And for the first change to a log nobody waits at all. So all is tried again, after short waits.
 */
static bool prepare_patiently(sqlite3 *db, const char *content)
{
    bool ready = false;

    sqlite3_busy_timeout(db, ATD_INDEX_PATIENCE / TRIES);
    for (int tries = 0; !ready && tries < TRIES; tries++) {
        ready = prepare(db, content);
        if (!ready && (sqlite3_errcode(db) & 0xFF) != SQLITE_BUSY)
            break;
        if (!ready)
            apr_sleep(apr_time_from_msec(ATD_INDEX_PATIENCE / TRIES));
    }
    sqlite3_busy_timeout(db, ATD_INDEX_PATIENCE);
    return ready;
}

static bool is_damaged(sqlite3 *db)
{
    int code = sqlite3_errcode(db) & 0xFF;

    return code != SQLITE_BUSY && code != SQLITE_LOCKED && code != SQLITE_CANTOPEN && code != SQLITE_READONLY &&
           code != SQLITE_PERM && code != SQLITE_FULL;
}

static int open_db(sqlite3 **db, const char *file)
{
    return sqlite3_open_v2(file ? file : ":memory:", db,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW |
                               SQLITE_OPEN_EXRESCODE,
                           NULL);
}

/* A file that is no index, or of another version, is removed, and the second try begins with none. */
static atd_error_t *open_prepared(sqlite3 **db, const char *file, const char *content, apr_pool_t *pool)
{
    atd_error_t *error = NULL;

    for (int tries = 0; tries < 2; tries++) {
        int code = open_db(db, file);

        if (code == SQLITE_OK && prepare_patiently(*db, content))
            return NULL;
        error = atd_error_make(pool, ATD_E_INDEX, NULL, "the index %s can't be opened: %s", file ? file : "in memory",
                               sqlite3_errmsg(*db));
        if (code == SQLITE_OK && file && is_damaged(*db))
            remove_file(file, pool);
        else
            tries = 2;
        sqlite3_close(*db);
        *db = NULL;
    }
    return error;
}

static bool is_in_place(const atd_index_t *index)
{
    struct stat info;

    return stat(index->file, &info) == 0 && (apr_uint64_t)info.st_dev == index->device &&
           (apr_uint64_t)info.st_ino == index->inode;
}

static apr_status_t close_handle(void *data)
{
    atd_index_t *index = data;

    for (int i = 0; i < ATD_SQL_STATEMENTS; i++)
        sqlite3_finalize(index->statements[i]);
    memset(index->statements, 0, sizeof index->statements);
    sqlite3_close(index->db);
    index->db = NULL;
    if (index->corrupt && index->file) {
        int folder = hold_folder(index->file, index->pool);

        if (is_in_place(index))
            remove_file(index->file, index->pool);
        let_go(folder);
    }
    return APR_SUCCESS;
}

static void note_file(atd_index_t *index)
{
    struct stat info;

    if (index->file && stat(index->file, &info) == 0) {
        index->device = (apr_uint64_t)info.st_dev;
        index->inode = (apr_uint64_t)info.st_ino;
    }
}

/*
 * SQLite is told to follow no link, so that nobody who may write beside the index leads it to another file. It would refuse
 * one in the folder's path, too, which is the administrator's (/var/cache may be one).
 */
static const char *without_links(const char *file, apr_pool_t *pool)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash ? realpath(apr_pstrmemdup(pool, file, (apr_size_t)(slash - file) + 1), NULL) : NULL;
    const char *path = folder ? apr_pstrcat(pool, folder, slash, NULL) : apr_pstrdup(pool, file);

    free(folder);
    return path;
}

atd_error_t *atd_index_open(atd_index_t **opened, const atd_root_t *content, const char *file, apr_pool_t *pool)
{
    atd_index_t *index = apr_pcalloc(pool, sizeof *index);
    atd_error_t *error;
    int folder = -1;

    index->pool = pool;
    index->file = file ? without_links(file, pool) : NULL;
    index->content = (atd_root_t){
        .path = apr_pstrdup(pool, content->path), .below = apr_pstrdup(pool, content->below), .links = content->links};
    if (index->file) {
        folder = hold_folder(index->file, pool);
        remove_strays(index->file, pool);
    }
    error = open_prepared(&index->db, index->file, atd_index_content_name(index, pool), pool);
    let_go(folder);
    if (error)
        return error;
    note_file(index);
    apr_pool_cleanup_register(pool, index, close_handle, apr_pool_cleanup_null);
    *opened = index;
    return NULL;
}

void atd_index_set_cache(atd_index_t *index, unsigned kibibytes)
{
    char sql[64];

    apr_snprintf(sql, sizeof sql, "PRAGMA cache_size=-%u", kibibytes);
    run(index->db, sql);
}

bool atd_index_is_usable(const atd_index_t *index)
{
    return !index->corrupt && (!index->file || is_in_place(index));
}

void atd_index_close(atd_index_t *index)
{
    apr_pool_cleanup_run(index->pool, index, close_handle);
}
