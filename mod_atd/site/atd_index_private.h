/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_INDEX_PRIVATE_H
#define ATD_INDEX_PRIVATE_H

#include "site/atd_catalog.h"
#include "site/atd_index.h"

#include <sqlite3.h>

/**
 * @file atd_index_private.h
 * What the parts of the index share: the handle, its statements, reading and writing rows.
 */

/** Statements, prepared when they are first used; their texts are in atd_index_sql.c. */
typedef enum atd_sql_t {
    ATD_SQL_BEGIN,
    ATD_SQL_COMMIT,
    ATD_SQL_ROLLBACK,
    ATD_SQL_STATE,
    ATD_SQL_SET_STATE,
    ATD_SQL_MODIFIED,
    ATD_SQL_FILES,
    ATD_SQL_PUT_FILE,
    ATD_SQL_TOUCH_FILE,
    ATD_SQL_BREAK_FILE,
    ATD_SQL_GET_FILE,
    ATD_SQL_DELETE_FILE,
    ATD_SQL_PUT_TERM,
    ATD_SQL_DELETE_TERMS,
    ATD_SQL_PUT_ALIAS,
    ATD_SQL_DELETE_ALIASES,
    ATD_SQL_PUT_FORMER,
    ATD_SQL_MOVE_FORMER,
    ATD_SQL_GET_SEEN,
    ATD_SQL_PUT_SEEN,
    ATD_SQL_PUT_TEXT,
    ATD_SQL_GET_TEXT,
    ATD_SQL_DELETE_TEXT,
    ATD_SQL_PUT_WORDS,
    ATD_SQL_DELETE_WORDS,
    ATD_SQL_SET_WORDS,
    ATD_SQL_WORDS_ARE_BULK,
    ATD_SQL_HAS_ID,
    ATD_SQL_SAME_SLUG,
    ATD_SQL_SHADOW_FILE,
    ATD_SQL_SHADOW_TERMS,
    ATD_SQL_FIND,
    ATD_SQL_FIND_ALIAS,
    ATD_SQL_FIND_FORMER,
    ATD_SQL_LIST_ALL,
    ATD_SQL_LIST_RECENT,
    ATD_SQL_LIST_TERM,
    ATD_SQL_LIST_SERIES,
    ATD_SQL_LIST_MONTHS,
    ATD_SQL_LIST_PAGES,
    ATD_SQL_LIST_REDIRECTS,
    ATD_SQL_COUNT_ALL,
    ATD_SQL_COUNT_TERM,
    ATD_SQL_COUNT_SERIES,
    ATD_SQL_COUNT_MONTHS,
    ATD_SQL_COUNT_PAGES,
    ATD_SQL_COUNT_REDIRECTS,
    ATD_SQL_ALIASES,
    ATD_SQL_OLDER,
    ATD_SQL_NEWER,
    ATD_SQL_CARRIERS,
    ATD_SQL_POST,
    ATD_SQL_SUMMARY,
    ATD_SQL_TERMS,
    ATD_SQL_TERM,
    ATD_SQL_MONTHS,
    ATD_SQL_RECORD,
    ATD_SQL_RECORDS,
    ATD_SQL_SLUGS,
    ATD_SQL_CHANGES,
    ATD_SQL_NEWEST,
    ATD_SQL_SEARCH,
    ATD_SQL_STATEMENTS
} atd_sql_t;

extern const char *const atd_index_sql[ATD_SQL_STATEMENTS];

/** Makes all tables; changes of it need a new ATD_INDEX_VERSION. */
extern const char atd_index_schema[];
#define ATD_INDEX_VERSION 2

/** Most that a query waits for another process, milliseconds: writers lock readers out only while one of them recovers. */
#define ATD_INDEX_PATIENCE 1000

struct atd_index_t {
    sqlite3 *db;
    sqlite3_stmt *statements[ATD_SQL_STATEMENTS];
    atd_root_t content;
    const char *file; /* NULL: in memory */
    apr_uint64_t device, inode;
    bool corrupt;
    apr_pool_t *pool;
};

/**
 * A post's id is the number of such a span since 1970 that has its date, or one near it that is free: ids are in the order of
 * dates, and near each other, since FTS5 keeps their differences. Those of static pages and all else are negative.
 */
#define ATD_INDEX_ID_SECONDS 16

/** Kinds of rows: those of the catalog, and what is in no list: posts that only redirect, and what nobody understands. */
enum { ATD_ROW_POST, ATD_ROW_PAGE, ATD_ROW_AUTHOR, ATD_ROW_CATEGORY, ATD_ROW_REDIRECT, ATD_ROW_BROKEN };

/**
 * A statement, reset and ready for binding; NULL where it can't be prepared, which atd_index_step() tells. Each is
 * used by one caller at a time; atd_index_reset() ends its reading.
 */
sqlite3_stmt *atd_index_statement(atd_index_t *index, atd_sql_t which);

/** Ends the use of a statement, so that it keeps no old state of the database in sight. */
void atd_index_reset(sqlite3_stmt *statement);

/** Binds by the name in the text; names that the statement lacks are passed over. */
void atd_bind_int(sqlite3_stmt *statement, const char *name, apr_int64_t number);
/** @p text must live until the statement is reset. */
void atd_bind_text(sqlite3_stmt *statement, const char *name, const char *text);
void atd_bind_bytes(sqlite3_stmt *statement, const char *name, const char *bytes, apr_size_t length);

/** A step to the next row. @return true where there is one; *error is set where the statement failed. */
bool atd_index_step(atd_error_t **error, atd_index_t *index, sqlite3_stmt *statement, apr_pool_t *pool);

/** Runs a statement that gives no rows, and resets it. */
atd_error_t *atd_index_run(atd_index_t *index, sqlite3_stmt *statement, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** ATD_E_INDEX for what SQLite says; notes what no retry mends. */
atd_error_t *atd_index_error(atd_index_t *index, apr_pool_t *pool);

/** ATD_E_INDEX for damage that SQLite doesn't see. */
atd_error_t *atd_index_damage(atd_index_t *index, apr_pool_t *pool);

/** Makes `atd_rank` known to a connection: how well a row of the full-text table fits. */
bool atd_index_rank_register(sqlite3 *db);

/** Copies of columns; a NULL column is NULL. */
const char *atd_column_text(sqlite3_stmt *statement, int column, apr_pool_t *pool);
const char *atd_column_bytes(apr_size_t *length, sqlite3_stmt *statement, int column, apr_pool_t *pool);

/**
 * Packed front matter with a checksum of it and its path behind it: SQLite has none, and a byte that is wrong by accident
 * must not make a draft a post. @p sealed is the length of what is returned.
 */
const char *atd_index_seal(apr_size_t *sealed, const char *path, const char *bytes, apr_size_t length,
                           apr_pool_t *pool);

/** The front matter in column @p column of a row; NULL where it is damaged, which the index is then found to be. */
const atd_value_t *atd_index_data(atd_index_t *index, const char *path, sqlite3_stmt *statement, int column,
                                  apr_pool_t *pool);

/** The post in a row of path, slug, data, words, summary, seen; from column @p first on. NULL where its data are damaged. */
const atd_post_t *atd_index_post(atd_index_t *index, sqlite3_stmt *statement, int first, apr_pool_t *pool);

/** What tells the content folder from others. */
const char *atd_index_content_name(const atd_index_t *index, apr_pool_t *pool);

/** A row as it was before its file changed. */
typedef struct atd_known_t {
    apr_int64_t id; /* 0: there is none */
    atd_catalog_file_t file;
    apr_int64_t hash;
    const char *slug;
} atd_known_t;

/** What full-text search reads of a post. Strings may be NULL. */
typedef struct atd_index_text_t {
    const char *title, *tags, *headings, *body;
} atd_index_text_t;

/** Changes of the full-text table, kept until atd_index_words_flush() makes them in the order of ids. */
typedef struct atd_index_words_t atd_index_words_t;

atd_index_words_t *atd_index_words_create(atd_index_t *index, apr_pool_t *pool);

/** Adds the text of a post. */
atd_error_t *atd_index_words_put(atd_index_words_t *words, apr_int64_t id, const atd_index_text_t *text,
                                 apr_pool_t *scratch) __attribute__((warn_unused_result));

/** Takes the text of a post out, if it has any. */
atd_error_t *atd_index_words_remove(atd_index_words_t *words, apr_int64_t id, apr_pool_t *scratch)
    __attribute__((warn_unused_result));

/** True where so much is kept that it is time for a flush. */
bool atd_index_words_are_many(const atd_index_words_t *words);

/** Makes the changes; to be called before each commit. */
atd_error_t *atd_index_words_flush(atd_index_words_t *words, apr_pool_t *scratch) __attribute__((warn_unused_result));

/** Sets the full-text table up for changes of so many files. */
atd_error_t *atd_index_words_expect(atd_index_t *index, int files, apr_pool_t *scratch)
    __attribute__((warn_unused_result));

/** What the files of a batch have changed. */
typedef struct atd_index_batch_t {
    apr_array_header_t *slugs; /**< of const char *: touched */
    atd_index_words_t *words;
} atd_index_batch_t;

/** Reads a file and puts it into the index in the place of @p known. */
atd_error_t *atd_index_put(atd_index_t *index, const atd_index_policy_t *policy, const atd_catalog_file_t *file,
                           const atd_known_t *known, const atd_index_batch_t *batch, apr_pool_t *scratch)
    __attribute__((warn_unused_result));

/** Takes a file out of the index. */
atd_error_t *atd_index_remove(atd_index_t *index, const atd_known_t *known, const atd_index_batch_t *batch,
                              apr_pool_t *scratch) __attribute__((warn_unused_result));

/** Tells of what is wrong with a file, where anybody wants to know. */
void atd_index_report(const atd_index_policy_t *policy, const atd_error_t *finding);

/** Works out which of the files with the same slug is shown; tells of those that are not. */
atd_error_t *atd_index_settle(atd_index_t *index, const atd_index_policy_t *policy, const apr_array_header_t *slugs,
                              apr_pool_t *scratch) __attribute__((warn_unused_result));

#endif
