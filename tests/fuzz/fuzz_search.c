/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_search_query.h"
#include "site/atd_search_snippet.h"
#include "site/atd_tokenizer.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for the full-text search. An input is a query, a line feed, and a text, which is indexed and
 * searched. Besides crashes it finds queries that FTS5 does not take, tokens out of order, and HTML that is
 * not safe.
 */
#define INPUT_MAX 2048

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static sqlite3 *db;
static sqlite3_stmt *search;

static void require(bool condition)
{
    if (!condition)
        abort();
}

static int check_token(void *context, int flags, const char *bytes, int size, int start, int end)
{
    int *last_end = context;

    require(flags == 0 && size > 0 && size <= ATD_MAX_TOKEN && start >= *last_end && end > start);
    require(atd_text_valid_prefix(bytes, (apr_size_t)size) == (apr_size_t)size && !memchr(bytes, '\0', (size_t)size));
    *last_end = end;
    return SQLITE_OK;
}

static void check_html(const char *html)
{
    bool open = false;

    require(atd_text_valid_prefix(html, strlen(html)) == strlen(html) && !strpbrk(html, "\"'" ATD_SEARCH_MARK));
    for (const char *at = html; (at = strpbrk(at, "<>")) != NULL;) {
        const char *tag = open ? "</mark>" : "<mark>";

        require(strncmp(at, tag, strlen(tag)) == 0);
        at += strlen(tag);
        open = !open;
    }
    require(!open);
}

static void run(const char *sql)
{
    require(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static void add_text(const char *text, int length)
{
    sqlite3_stmt *insert;

    require(sqlite3_prepare_v2(db, "INSERT INTO words VALUES('Salt and pepper', ?1)", -1, &insert, NULL) == SQLITE_OK);
    sqlite3_bind_text(insert, 1, text, length, SQLITE_STATIC);
    require(sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_finalize(insert);
}

static void check_search(const char *match, apr_pool_t *pool)
{
    int result;

    sqlite3_bind_text(search, 1, match, -1, SQLITE_STATIC);
    while ((result = sqlite3_step(search)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(search); i++)
            check_html(atd_search_snippet_html((const char *)sqlite3_column_text(search, i), pool));
    }
    require(result == SQLITE_DONE);
    sqlite3_reset(search);
}

static void check_query(const char *text, apr_pool_t *pool)
{
    atd_search_query_t query;
    atd_search_query_t again;

    atd_search_query_parse(&query, text, pool);
    require(strlen(query.shown) <= ATD_MAX_QUERY * 3);
    require(atd_text_valid_prefix(query.shown, strlen(query.shown)) == strlen(query.shown));
    if (query.match)
        check_search(query.match, pool);
    if (strlen(query.shown) > ATD_MAX_QUERY)
        return;
    atd_search_query_parse(&again, query.shown, pool); /* what a form shows is what it sends */
    require(strcmp(again.shown, query.shown) == 0 && !again.match == !query.match);
    require(!query.match || strcmp(again.match, query.match) == 0);
}

static void fuzz(const char *query, const char *text, int length, apr_pool_t *pool)
{
    int last_end = 0;

    require(atd_tokenizer_run(text, length, check_token, &last_end) == SQLITE_OK && last_end <= length);
    run("BEGIN");
    add_text(text, length);
    check_query(query, pool);
    run("ROLLBACK");
    check_html(atd_search_snippet_html(apr_pstrmemdup(pool, text, (apr_size_t)length), pool));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    require(sqlite3_open(":memory:", &db) == SQLITE_OK && atd_tokenizer_register(db) == SQLITE_OK);
    run("CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize='atd')");
    require(
        sqlite3_prepare_v2(db,
                           "SELECT snippet(words, 1, char(2), char(3), '…', 12), highlight(words, 0, char(2), char(3))"
                           " FROM words WHERE words MATCH ?1 ORDER BY bm25(words, 10, 1)",
                           -1, &search, NULL) == SQLITE_OK);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *input = (const char *)bytes;
    const char *line_end = size ? memchr(input, '\n', size) : NULL;
    size_t length = line_end ? (size_t)(line_end - input) : size;
    const char *text = line_end ? line_end + 1 : input;
    apr_pool_t *pool;

    if (size > INPUT_MAX)
        return 0;
    apr_pool_create(&pool, NULL);
    fuzz(apr_pstrmemdup(pool, input, length), text, (int)(input + size - text), pool);
    apr_pool_destroy(pool);
    return 0;
}
