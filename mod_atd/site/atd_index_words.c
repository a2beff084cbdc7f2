/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/*
 * FTS5 ends a segment whenever an id is not above the one before it. Files come in the order of their names, ids are in
 * that of dates: without sorting each post would be a segment of its own.
 */
#define KEPT ((apr_size_t)4 * 1024 * 1024) /* bytes of text */

/* Changes of so many files are quicker with few large segments, which are merged when all is done. */
#define MANY 500

typedef struct change_t {
    apr_int64_t id;
    int number; /* in the order in which they came */
    bool removed;
    atd_index_text_t text;
} change_t;

struct atd_index_words_t {
    atd_index_t *index;
    apr_array_header_t *changes; /* of change_t */
    apr_size_t bytes;
    apr_pool_t *pool; /* of the changes */
};

static void begin(atd_index_words_t *words)
{
    apr_pool_clear(words->pool);
    words->changes = apr_array_make(words->pool, 64, sizeof(change_t));
    words->bytes = 0;
}

atd_index_words_t *atd_index_words_create(atd_index_t *index, apr_pool_t *pool)
{
    atd_index_words_t *words = apr_pcalloc(pool, sizeof *words);

    words->index = index;
    apr_pool_create(&words->pool, pool);
    begin(words);
    return words;
}

bool atd_index_words_are_many(const atd_index_words_t *words)
{
    return words->bytes >= KEPT;
}

/* ---- changes ---- */

static const char *keep(atd_index_words_t *words, const char *text)
{
    apr_size_t length = text ? strlen(text) : 0;

    words->bytes += length;
    return text ? apr_pstrmemdup(words->pool, text, length) : NULL;
}

static void note(atd_index_words_t *words, apr_int64_t id, bool removed, const atd_index_text_t *text)
{
    change_t *change = apr_array_push(words->changes);

    change->id = id;
    change->number = words->changes->nelts;
    change->removed = removed;
    change->text.title = keep(words, text->title);
    change->text.tags = keep(words, text->tags);
    change->text.headings = keep(words, text->headings);
    change->text.body = keep(words, text->body);
}

static void bind_change(sqlite3_stmt *statement, apr_int64_t id, const atd_index_text_t *text)
{
    atd_bind_int(statement, ":id", id);
    atd_bind_text(statement, ":title", text->title);
    atd_bind_text(statement, ":tags", text->tags);
    atd_bind_text(statement, ":headings", text->headings);
    atd_bind_text(statement, ":body", text->body);
}

atd_error_t *atd_index_words_put(atd_index_words_t *words, apr_int64_t id, const atd_index_text_t *text,
                                 apr_pool_t *scratch)
{
    sqlite3_stmt *statement = atd_index_statement(words->index, ATD_SQL_PUT_TEXT);

    note(words, id, false, text);
    bind_change(statement, id, text);
    return atd_index_run(words->index, statement, scratch);
}

atd_error_t *atd_index_words_remove(atd_index_words_t *words, apr_int64_t id, apr_pool_t *scratch)
{
    sqlite3_stmt *statement = atd_index_statement(words->index, ATD_SQL_GET_TEXT);
    atd_error_t *error;
    bool found;

    atd_bind_int(statement, ":id", id);
    found = atd_index_step(&error, words->index, statement, scratch);
    if (found) {
        const atd_index_text_t text = {.title = (const char *)sqlite3_column_text(statement, 0),
                                       .tags = (const char *)sqlite3_column_text(statement, 1),
                                       .headings = (const char *)sqlite3_column_text(statement, 2),
                                       .body = (const char *)sqlite3_column_text(statement, 3)};

        note(words, id, true, &text);
    }
    atd_index_reset(statement);
    if (!found || error)
        return error;
    statement = atd_index_statement(words->index, ATD_SQL_DELETE_TEXT);
    atd_bind_int(statement, ":id", id);
    return atd_index_run(words->index, statement, scratch);
}

static int compare_changes(const void *a, const void *b)
{
    const change_t *left = a;
    const change_t *right = b;

    if (left->id != right->id)
        return left->id > right->id ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

atd_error_t *atd_index_words_flush(atd_index_words_t *words, apr_pool_t *scratch)
{
    apr_array_header_t *changes = words->changes;
    atd_error_t *error = NULL;

    qsort(changes->elts, (apr_size_t)changes->nelts, sizeof(change_t), compare_changes);
    for (int i = 0; !error && i < changes->nelts; i++) {
        const change_t *change = &APR_ARRAY_IDX(changes, i, change_t);
        sqlite3_stmt *statement =
            atd_index_statement(words->index, change->removed ? ATD_SQL_DELETE_WORDS : ATD_SQL_PUT_WORDS);

        bind_change(statement, change->id, &change->text);
        error = atd_index_run(words->index, statement, scratch);
    }
    begin(words);
    return error;
}

/* ---- how they are put together ---- */

static atd_error_t *set(atd_index_t *index, const char *name, apr_int64_t number, apr_pool_t *scratch)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_SET_WORDS);

    atd_bind_text(statement, ":name", name);
    atd_bind_int(statement, ":number", number);
    return atd_index_run(index, statement, scratch);
}

static atd_error_t *is_bulk(bool *bulk, atd_index_t *index, apr_pool_t *scratch)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_WORDS_ARE_BULK);
    atd_error_t *error;

    *bulk = atd_index_step(&error, index, statement, scratch);
    atd_index_reset(statement);
    return error;
}

atd_error_t *atd_index_words_expect(atd_index_t *index, int files, apr_pool_t *scratch)
{
    bool bulk;
    bool wanted = files > MANY;
    atd_error_t *error = is_bulk(&bulk, index, scratch);

    if (error || bulk == wanted)
        return error;
    error = set(index, "hashsize", wanted ? 64 * 1024 * 1024 : 1024 * 1024, scratch); /* KEPT is the bound */
    if (!error)
        error =
            set(index, "crisismerge", 1000, scratch); /* one small change must not merge all that a build has left */
    return error ? error : set(index, "automerge", wanted ? 0 : 4, scratch);
}
