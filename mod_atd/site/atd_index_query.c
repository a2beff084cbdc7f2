/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

#include "base/atd_text.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/* The newest posts of a tag that are looked at; a tag that has more is no sign of likeness. */
#define CARRIERS 200

static sqlite3_stmt *prepare(atd_index_t *index, atd_sql_t which, const atd_index_viewer_t *viewer)
{
    sqlite3_stmt *statement = atd_index_statement(index, which);

    atd_bind_int(statement, ":now", viewer->now);
    atd_bind_int(statement, ":drafts", viewer->drafts);
    return statement;
}

/* What the columns of a row say of when it is public is held against its post: the row may be damaged. */
static const atd_post_t *shown_post(atd_index_t *index, const atd_index_viewer_t *viewer, sqlite3_stmt *statement,
                                    apr_pool_t *pool)
{
    const atd_post_t *post = atd_index_post(index, statement, 0, pool);

    if (!post || viewer->drafts || atd_post_is_public(post, viewer->now))
        return post;
    index->corrupt = true;
    return NULL;
}

static atd_error_t *read_posts(apr_array_header_t *posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                               sqlite3_stmt *statement)
{
    atd_error_t *error;

    while (atd_index_step(&error, index, statement, posts->pool)) {
        const atd_post_t *post = shown_post(index, viewer, statement, posts->pool);

        if (post)
            APR_ARRAY_PUSH(posts, const atd_post_t *) = post;
    }
    atd_index_reset(statement);
    return error;
}

static atd_error_t *read_post(const atd_post_t **post, atd_index_t *index, const atd_index_viewer_t *viewer,
                              sqlite3_stmt *statement, apr_pool_t *pool)
{
    atd_error_t *error;

    *post = atd_index_step(&error, index, statement, pool) ? shown_post(index, viewer, statement, pool) : NULL;
    atd_index_reset(statement);
    return error;
}

static atd_error_t *read_number(apr_int64_t *number, atd_index_t *index, sqlite3_stmt *statement)
{
    atd_error_t *error;

    *number = atd_index_step(&error, index, statement, index->pool) ? sqlite3_column_int64(statement, 0) : 0;
    atd_index_reset(statement);
    return error;
}

/* ---- lists ---- */

static const struct {
    atd_sql_t list, count;
    atd_term_kind_t term;
} lists[] = {
    [ATD_LIST_ALL] = {ATD_SQL_LIST_ALL, ATD_SQL_COUNT_ALL, ATD_TERM_TAG},
    [ATD_LIST_RECENT] = {ATD_SQL_LIST_RECENT, ATD_SQL_COUNT_ALL, ATD_TERM_TAG},
    [ATD_LIST_TAG] = {ATD_SQL_LIST_TERM, ATD_SQL_COUNT_TERM, ATD_TERM_TAG},
    [ATD_LIST_CATEGORY] = {ATD_SQL_LIST_TERM, ATD_SQL_COUNT_TERM, ATD_TERM_CATEGORY},
    [ATD_LIST_AUTHOR] = {ATD_SQL_LIST_TERM, ATD_SQL_COUNT_TERM, ATD_TERM_AUTHOR},
    [ATD_LIST_SERIES] = {ATD_SQL_LIST_SERIES, ATD_SQL_COUNT_SERIES, ATD_TERM_TAG},
    [ATD_LIST_MONTHS] = {ATD_SQL_LIST_MONTHS, ATD_SQL_COUNT_MONTHS, ATD_TERM_TAG},
    [ATD_LIST_PAGES] = {ATD_SQL_LIST_PAGES, ATD_SQL_COUNT_PAGES, ATD_TERM_TAG},
    [ATD_LIST_REDIRECTS] = {ATD_SQL_LIST_REDIRECTS, ATD_SQL_COUNT_REDIRECTS, ATD_TERM_TAG},
};

static sqlite3_stmt *prepare_list(atd_index_t *index, atd_sql_t which, const atd_index_viewer_t *viewer,
                                  const atd_list_query_t *query)
{
    sqlite3_stmt *statement = prepare(index, which, viewer);

    atd_bind_int(statement, ":term", lists[query->kind].term);
    atd_bind_text(statement, ":slug", query->slug);
    atd_bind_int(statement, ":first", query->first);
    atd_bind_int(statement, ":last", query->last);
    atd_bind_int(statement, ":feed", query->feed);
    atd_bind_int(statement, ":limit", query->limit);
    atd_bind_int(statement, ":offset", query->offset);
    return statement;
}

atd_error_t *atd_index_list(apr_array_header_t **posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                            const atd_list_query_t *query, apr_pool_t *pool)
{
    *posts = apr_array_make(pool, 16, sizeof(const atd_post_t *));
    return read_posts(*posts, index, viewer, prepare_list(index, lists[query->kind].list, viewer, query));
}

atd_error_t *atd_index_count(apr_int64_t *count, atd_index_t *index, const atd_index_viewer_t *viewer,
                             const atd_list_query_t *query)
{
    return read_number(count, index, prepare_list(index, lists[query->kind].count, viewer, query));
}

/* ---- single posts ---- */

static atd_error_t *read_entry(atd_entry_t *entry, atd_index_t *index, sqlite3_stmt *statement, apr_pool_t *pool)
{
    atd_error_t *error;

    *entry = (atd_entry_t){0};
    if (atd_index_step(&error, index, statement, pool)) {
        entry->path = atd_column_text(statement, 0, pool);
        entry->seen = sqlite3_column_int64(statement, 1);
    }
    atd_index_reset(statement);
    return error;
}

atd_error_t *atd_index_find(atd_entry_t *entry, atd_index_t *index, const char *slug, apr_pool_t *pool)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_FIND);

    atd_bind_text(statement, ":slug", slug);
    return read_entry(entry, index, statement, pool);
}

atd_error_t *atd_index_summary(const atd_post_t **post, atd_index_t *index, const char *slug, apr_pool_t *pool)
{
    static const atd_index_viewer_t anybody = {.drafts = true};
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_SUMMARY);

    atd_bind_text(statement, ":slug", slug);
    return read_post(post, index, &anybody, statement, pool);
}

atd_error_t *atd_index_find_moved(atd_entry_t *entry, atd_index_t *index, const char *address, apr_pool_t *pool)
{
    static const atd_sql_t both[] = {ATD_SQL_FIND_ALIAS, ATD_SQL_FIND_FORMER};
    atd_error_t *error = NULL;

    *entry = (atd_entry_t){0};
    for (int i = 0; !error && !entry->path && i < 2; i++) {
        sqlite3_stmt *statement = atd_index_statement(index, both[i]);

        atd_bind_text(statement, ":address", address);
        error = read_entry(entry, index, statement, pool);
    }
    return error;
}

static atd_error_t *neighbour(const atd_post_t **found, atd_index_t *index, atd_sql_t which,
                              const atd_index_viewer_t *viewer, const atd_post_t *post, apr_pool_t *pool)
{
    sqlite3_stmt *statement = prepare(index, which, viewer);

    atd_bind_int(statement, ":date", post->date.at);
    atd_bind_text(statement, ":path", post->path);
    return read_post(found, index, viewer, statement, pool);
}

atd_error_t *atd_index_neighbours(const atd_post_t **older, const atd_post_t **newer, atd_index_t *index,
                                  const atd_index_viewer_t *viewer, const atd_post_t *post, apr_pool_t *pool)
{
    atd_error_t *error = neighbour(older, index, ATD_SQL_OLDER, viewer, post, pool);

    return error ? error : neighbour(newer, index, ATD_SQL_NEWER, viewer, post, pool);
}

/* ---- related posts ---- */

typedef struct candidate_t {
    apr_int64_t id, date;
    double score;
} candidate_t;

/* Posts that share something with one, by their ids. */
typedef struct likeness_t {
    atd_index_t *index;
    const atd_index_viewer_t *viewer;
    apr_hash_t *candidates; /* id -> candidate_t * */
    apr_int64_t self;
    apr_pool_t *pool;
} likeness_t;

static void add_carrier(const likeness_t *likeness, apr_int64_t id, apr_int64_t date, double weight)
{
    candidate_t *candidate = apr_hash_get(likeness->candidates, &id, sizeof id);

    if (id == likeness->self)
        return;
    if (!candidate) {
        candidate = apr_pcalloc(likeness->pool, sizeof *candidate);
        candidate->id = id;
        candidate->date = date;
        apr_hash_set(likeness->candidates, &candidate->id, sizeof candidate->id, candidate);
    }
    candidate->score += weight;
}

/* A term that few posts have weighs much: with n of them 1/n of @p most. */
static atd_error_t *add_carriers(const likeness_t *likeness, atd_term_kind_t kind, const char *slug, double most)
{
    sqlite3_stmt *statement = prepare(likeness->index, ATD_SQL_CARRIERS, likeness->viewer);
    apr_array_header_t *carriers = apr_array_make(likeness->pool, CARRIERS, sizeof(candidate_t));
    atd_error_t *error;

    atd_bind_int(statement, ":term", kind);
    atd_bind_text(statement, ":slug", slug);
    atd_bind_int(statement, ":limit", CARRIERS);
    while (atd_index_step(&error, likeness->index, statement, likeness->pool))
        APR_ARRAY_PUSH(carriers, candidate_t) =
            (candidate_t){.id = sqlite3_column_int64(statement, 0), .date = sqlite3_column_int64(statement, 1)};
    atd_index_reset(statement);
    for (int i = 0; i < carriers->nelts; i++) {
        const candidate_t *carrier = &APR_ARRAY_IDX(carriers, i, candidate_t);

        add_carrier(likeness, carrier->id, carrier->date, most / carriers->nelts);
    }
    return error;
}

static int compare_candidates(const void *a, const void *b)
{
    const candidate_t *left = *(const candidate_t *const *)a;
    const candidate_t *right = *(const candidate_t *const *)b;

    if (left->score < right->score || left->score > right->score)
        return left->score > right->score ? -1 : 1;
    if (left->date != right->date)
        return left->date > right->date ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static atd_error_t *load_best(apr_array_header_t *posts, const likeness_t *likeness, apr_int64_t limit)
{
    apr_array_header_t *sorted = apr_array_make(likeness->pool, 16, sizeof(candidate_t *));
    atd_error_t *error = NULL;

    for (apr_hash_index_t *at = apr_hash_first(likeness->pool, likeness->candidates); at; at = apr_hash_next(at))
        APR_ARRAY_PUSH(sorted, candidate_t *) = apr_hash_this_val(at);
    qsort(sorted->elts, (apr_size_t)sorted->nelts, sizeof(candidate_t *), compare_candidates);
    for (int i = 0; !error && i < sorted->nelts && i < limit; i++) {
        sqlite3_stmt *statement = atd_index_statement(likeness->index, ATD_SQL_POST);

        atd_bind_int(statement, ":id", APR_ARRAY_IDX(sorted, i, candidate_t *)->id);
        error = read_posts(posts, likeness->index, likeness->viewer, statement);
    }
    return error;
}

static atd_error_t *id_of(apr_int64_t *id, atd_index_t *index, const char *path)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_GET_FILE);

    atd_bind_text(statement, ":path", path);
    return read_number(id, index, statement);
}

/* A whole tag that nobody else has would weigh 1; the category never outweighs a tag. */
#define TAG_WEIGHT 1.0
#define CATEGORY_WEIGHT 0.0001

atd_error_t *atd_index_related(apr_array_header_t **posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                               const atd_post_t *post, apr_int64_t limit, apr_pool_t *pool)
{
    likeness_t likeness = {.index = index, .viewer = viewer, .candidates = apr_hash_make(pool), .pool = pool};
    atd_error_t *error = id_of(&likeness.self, index, post->path);

    *posts = apr_array_make(pool, (int)limit, sizeof(const atd_post_t *));
    for (apr_size_t i = 0; !error && i < atd_value_count(post->tags); i++)
        error = add_carriers(&likeness, ATD_TERM_TAG, atd_text_slug(atd_value_text(atd_value_at(post->tags, i)), pool),
                             TAG_WEIGHT);
    if (!error && post->category)
        error = add_carriers(&likeness, ATD_TERM_CATEGORY, atd_text_slug(post->category, pool), CATEGORY_WEIGHT);
    return error ? error : load_best(*posts, &likeness, limit);
}

atd_error_t *atd_index_aliases(apr_array_header_t **addresses, atd_index_t *index, const atd_index_viewer_t *viewer,
                               apr_pool_t *pool)
{
    sqlite3_stmt *statement = prepare(index, ATD_SQL_ALIASES, viewer);
    atd_error_t *error;

    *addresses = apr_array_make(pool, 16, sizeof(const char *));
    while (atd_index_step(&error, index, statement, pool))
        APR_ARRAY_PUSH(*addresses, const char *) = atd_column_text(statement, 0, pool);
    atd_index_reset(statement);
    return error;
}

/* ---- terms and months ---- */

static atd_error_t *read_terms(apr_array_header_t *terms, atd_index_t *index, sqlite3_stmt *statement)
{
    atd_error_t *error;

    while (atd_index_step(&error, index, statement, terms->pool)) {
        const atd_term_t term = {.slug = atd_column_text(statement, 0, terms->pool),
                                 .name = atd_column_text(statement, 1, terms->pool),
                                 .count = sqlite3_column_int64(statement, 2),
                                 .newest = sqlite3_column_int64(statement, 3)};

        if (term.slug && term.name)
            APR_ARRAY_PUSH(terms, atd_term_t) = term;
        else
            index->corrupt = true;
    }
    atd_index_reset(statement);
    return error;
}

atd_error_t *atd_index_terms(apr_array_header_t **terms, atd_index_t *index, const atd_index_viewer_t *viewer,
                             atd_term_kind_t kind, apr_pool_t *pool)
{
    sqlite3_stmt *statement = prepare(index, ATD_SQL_TERMS, viewer);

    *terms = apr_array_make(pool, 64, sizeof(atd_term_t));
    atd_bind_int(statement, ":term", kind);
    return read_terms(*terms, index, statement);
}

atd_error_t *atd_index_term(const atd_term_t **term, atd_index_t *index, const atd_index_viewer_t *viewer,
                            atd_term_kind_t kind, const char *slug, apr_pool_t *pool)
{
    sqlite3_stmt *statement = prepare(index, ATD_SQL_TERM, viewer);
    apr_array_header_t *terms = apr_array_make(pool, 1, sizeof(atd_term_t));
    atd_error_t *error;

    atd_bind_int(statement, ":term", kind);
    atd_bind_text(statement, ":slug", slug);
    error = read_terms(terms, index, statement);
    *term = terms->nelts ? &APR_ARRAY_IDX(terms, 0, atd_term_t) : NULL;
    return error;
}

atd_error_t *atd_index_months(apr_array_header_t **months, atd_index_t *index, const atd_index_viewer_t *viewer,
                              apr_pool_t *pool)
{
    sqlite3_stmt *statement = prepare(index, ATD_SQL_MONTHS, viewer);
    atd_error_t *error;

    *months = apr_array_make(pool, 64, sizeof(atd_month_t));
    while (atd_index_step(&error, index, statement, pool)) {
        unsigned month = (unsigned)sqlite3_column_int(statement, 0);

        APR_ARRAY_PUSH(*months, atd_month_t) =
            (atd_month_t){.year = month / 100, .month = month % 100, .count = sqlite3_column_int64(statement, 1)};
    }
    atd_index_reset(statement);
    return error;
}

/* ---- authors and categories ---- */

static atd_error_t *read_records(apr_array_header_t *records, atd_index_t *index, sqlite3_stmt *statement)
{
    apr_pool_t *pool = records->pool;
    atd_error_t *error;

    while (atd_index_step(&error, index, statement, pool)) {
        atd_record_t *record = apr_pcalloc(pool, sizeof *record);

        record->path = atd_column_text(statement, 0, pool);
        record->slug = atd_column_text(statement, 1, pool);
        record->data = atd_index_data(index, record->path, statement, 2, pool);
        if (record->data && record->slug)
            APR_ARRAY_PUSH(records, const atd_record_t *) = record;
    }
    atd_index_reset(statement);
    return error;
}

static int row_kind(atd_term_kind_t kind)
{
    return kind == ATD_TERM_AUTHOR ? ATD_ROW_AUTHOR : ATD_ROW_CATEGORY;
}

atd_error_t *atd_index_record(const atd_record_t **record, atd_index_t *index, atd_term_kind_t kind, const char *slug,
                              apr_pool_t *pool)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_RECORD);
    apr_array_header_t *records = apr_array_make(pool, 1, sizeof(const atd_record_t *));
    atd_error_t *error;

    atd_bind_int(statement, ":kind", row_kind(kind));
    atd_bind_text(statement, ":slug", slug);
    error = read_records(records, index, statement);
    *record = records->nelts ? APR_ARRAY_IDX(records, 0, const atd_record_t *) : NULL;
    return error;
}

atd_error_t *atd_index_records(apr_array_header_t **records, atd_index_t *index, atd_term_kind_t kind, apr_pool_t *pool)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_RECORDS);

    *records = apr_array_make(pool, 16, sizeof(const atd_record_t *));
    atd_bind_int(statement, ":kind", row_kind(kind));
    return read_records(*records, index, statement);
}

/* An author's file that can't be understood is told of by the scan; here it is as good as none. */
static atd_error_t *find_person(const atd_value_t **data, void *baton, const char *slug, apr_pool_t *pool)
{
    const atd_record_t *record;
    atd_error_t *error = atd_index_record(&record, baton, ATD_TERM_AUTHOR, slug, pool);

    *data = !error && record ? record->data : NULL;
    return NULL;
}

atd_people_t atd_people_of_index(atd_index_t *index)
{
    return (atd_people_t){.find = find_person, .baton = index};
}

/* ---- time ---- */

atd_error_t *atd_index_changes(apr_time_t *last, apr_time_t *next, atd_index_t *index, apr_time_t now)
{
    sqlite3_stmt *statement = atd_index_statement(index, ATD_SQL_CHANGES);
    atd_error_t *error;

    atd_bind_int(statement, ":now", now);
    atd_bind_int(statement, ":never", ATD_NEVER);
    *last = *next = 0;
    if (atd_index_step(&error, index, statement, index->pool)) {
        *last = sqlite3_column_int64(statement, 0);
        *next = sqlite3_column_int64(statement, 1);
    }
    atd_index_reset(statement);
    return error;
}
