/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

static sqlite3_stmt *prepare(atd_index_t *index, atd_sql_t which, const atd_index_viewer_t *viewer)
{
    sqlite3_stmt *statement = atd_index_statement(index, which);

    atd_bind_int(statement, ":now", viewer->now);
    atd_bind_int(statement, ":drafts", viewer->drafts);
    return statement;
}

static atd_error_t *visit_all(atd_index_t *index, sqlite3_stmt *statement, atd_index_visit_t visit, void *baton,
                              apr_pool_t *scratch)
{
    atd_error_t *error;
    bool more = true;

    while (more && atd_index_step(&error, index, statement, scratch)) {
        const atd_post_t *post = atd_index_post(index, statement, 0, scratch);

        more = !post || visit(baton, post, scratch);
        apr_pool_clear(scratch);
    }
    return more ? error : NULL;
}

atd_error_t *atd_index_each(atd_index_t *index, const atd_index_viewer_t *viewer, const atd_list_query_t *query,
                            atd_index_visit_t visit, void *baton, apr_pool_t *pool)
{
    atd_sql_t which = query->kind == ATD_LIST_PAGES ? ATD_SQL_LIST_PAGES : ATD_SQL_LIST_RECENT;
    sqlite3_stmt *statement = prepare(index, which, viewer);
    apr_pool_t *scratch;
    atd_error_t *error;

    atd_bind_int(statement, ":feed", query->feed);
    atd_bind_int(statement, ":limit", query->limit);
    atd_bind_int(statement, ":offset", query->offset);
    apr_pool_create(&scratch, pool);
    error = visit_all(index, statement, visit, baton, scratch);
    atd_index_reset(statement);
    if (!error) /* which would go with it */
        apr_pool_destroy(scratch);
    return error;
}

atd_error_t *atd_index_newest(apr_array_header_t **times, atd_index_t *index, const atd_index_viewer_t *viewer,
                              apr_int64_t size, apr_pool_t *pool)
{
    sqlite3_stmt *statement = prepare(index, ATD_SQL_NEWEST, viewer);
    atd_error_t *error;

    *times = apr_array_make(pool, 8, sizeof(apr_time_t));
    for (apr_int64_t i = 0; atd_index_step(&error, index, statement, pool); i++) {
        apr_time_t at = sqlite3_column_int64(statement, 0);
        apr_time_t *newest;

        if (i % size == 0)
            APR_ARRAY_PUSH(*times, apr_time_t) = 0;
        newest = &APR_ARRAY_IDX(*times, (*times)->nelts - 1, apr_time_t);
        *newest = at > *newest ? at : *newest;
    }
    atd_index_reset(statement);
    return error;
}
