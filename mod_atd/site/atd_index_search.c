/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

#include "base/atd_buffer.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_search_deadline.h"
#include "site/atd_search_query.h"
#include "site/atd_search_snippet.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

#define NEWEST 1000 /* posts that are ranked; as many again with the words in title or tags */

/* ---- rank ---- */

enum { TITLE, TAGS, HEADINGS, BODY, COLUMNS };

#define GRAIN 4.0 /* ranks that differ by less are equal */

/* Of one phrase: a column counts once, but the body more the oftener it is there, never as much as a heading. */
static double weight_of(const Fts5ExtensionApi *api, Fts5Context *context, int phrase)
{
    static const double weights[COLUMNS] = {[TITLE] = 10, [TAGS] = 6, [HEADINGS] = 3};
    int found[COLUMNS] = {0};
    Fts5PhraseIter at;
    double sum = 0;
    int column, offset;

    if (api->xPhraseFirst(context, phrase, &at, &column, &offset) != SQLITE_OK)
        return 0;
    for (; column >= 0; api->xPhraseNext(context, &at, &column, &offset))
        found[column % COLUMNS]++;
    for (int i = 0; i < BODY; i++)
        sum += found[i] ? weights[i] : 0;
    return sum + 3.0 * found[BODY] / (found[BODY] + 4);
}

/* bm25() would look at all rows that match. Where the expression is there twice, the second one counts, which is whole. */
static void rank(const Fts5ExtensionApi *api, Fts5Context *context, sqlite3_context *result, int count,
                 sqlite3_value **values)
{
    int phrases = api->xPhraseCount(context);
    double sum = 0;

    for (int i = count > 0 && sqlite3_value_int(values[0]) ? phrases / 2 : 0; i < phrases; i++)
        sum += weight_of(api, context, i);
    sqlite3_result_int64(result, (sqlite3_int64)(sum * GRAIN));
}

bool atd_index_rank_register(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    fts5_api *api = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api && api->xCreateFunction(api, "atd_rank", NULL, rank, NULL) == SQLITE_OK;
}

/* ---- what is found ---- */

typedef struct found_t {
    apr_int64_t id, rank;
} found_t;

typedef struct search_t {
    atd_index_t *index;
    const atd_index_viewer_t *viewer;
    apr_array_header_t *found; /* of found_t */
    bool out_of_time;
    apr_pool_t *pool;
} search_t;

/*
 * A step of a statement that reads what a visitor wrote, or that the clock ends. An expression that FTS5 does not understand
 * finds nothing, and says nothing of the file.
 */
static bool step(atd_error_t **error, search_t *search, sqlite3_stmt *statement)
{
    int code = statement ? sqlite3_step(statement) : SQLITE_MISUSE;

    *error = NULL;
    if (code == SQLITE_ROW)
        return true;
    if ((code & 0xFF) == SQLITE_INTERRUPT)
        search->out_of_time = true;
    else if (code != SQLITE_DONE && (code & 0xFF) != SQLITE_ERROR)
        *error = atd_index_error(search->index, search->pool);
    return false;
}

/* *full: there are more than @p limit. */
static atd_error_t *find(bool *full, search_t *search, const char *match, bool twice, apr_int64_t limit)
{
    sqlite3_stmt *statement = atd_index_statement(search->index, ATD_SQL_SEARCH);
    apr_int64_t rows = 0;
    atd_error_t *error;

    atd_bind_text(statement, ":match", match);
    atd_bind_int(statement, ":twice", twice);
    atd_bind_int(statement, ":now", search->viewer->now);
    atd_bind_int(statement, ":drafts", search->viewer->drafts);
    atd_bind_int(statement, ":limit", limit + 1);
    while (step(&error, search, statement) && rows++ < limit)
        APR_ARRAY_PUSH(search->found, found_t) =
            (found_t){.id = sqlite3_column_int64(statement, 0), .rank = sqlite3_column_int64(statement, 1)};
    atd_index_reset(statement);
    *full = rows > limit;
    return error;
}

static int compare_ids(const void *a, const void *b)
{
    const found_t *left = a;
    const found_t *right = b;

    return (left->id < right->id) - (left->id > right->id);
}

static int compare_found(const void *a, const void *b)
{
    const found_t *left = a;
    const found_t *right = b;

    return left->rank != right->rank ? (left->rank < right->rank ? 1 : -1) : compare_ids(a, b);
}

static void sort(apr_array_header_t *found, int (*compare)(const void *, const void *))
{
    qsort(found->elts, (apr_size_t)found->nelts, sizeof(found_t), compare);
}

static void drop_doubles(apr_array_header_t *found)
{
    int kept = 0;

    sort(found, compare_ids);
    for (int i = 0; i < found->nelts; i++) {
        const found_t *next = &APR_ARRAY_IDX(found, i, found_t);

        if (kept == 0 || APR_ARRAY_IDX(found, kept - 1, found_t).id != next->id)
            APR_ARRAY_IDX(found, kept++, found_t) = *next;
    }
    found->nelts = kept;
}

/* Of a word that more posts have than are ranked, older ones with it in the title are not to be missed. */
static atd_error_t *find_all(bool *more, search_t *search, const char *match)
{
    bool full = false;
    atd_error_t *error = find(more, search, match, false, NEWEST);

    if (!error && *more && !search->out_of_time) {
        error = find(&full, search, apr_psprintf(search->pool, "({title tags} : (%s)) AND (%s)", match, match), true,
                     NEWEST);
        drop_doubles(search->found);
    }
    sort(search->found, compare_found);
    return error;
}

/* ---- what is shown ---- */

static atd_error_t *load_post(const atd_post_t **post, search_t *search, apr_int64_t id)
{
    sqlite3_stmt *statement = atd_index_statement(search->index, ATD_SQL_POST);
    atd_error_t *error;

    atd_bind_int(statement, ":id", id);
    *post = step(&error, search, statement) ? atd_index_post(search->index, statement, 0, search->pool) : NULL;
    atd_index_reset(statement);
    return error;
}

static atd_error_t *load_snippet(const char **snippet, search_t *search, apr_int64_t id, const char *match)
{
    sqlite3_stmt *statement = atd_index_statement(search->index, ATD_SQL_GET_TEXT);
    atd_error_t *error;

    *snippet = "";
    atd_bind_int(statement, ":id", id);
    if (step(&error, search, statement))
        *snippet = atd_search_snippet_make((const char *)sqlite3_column_text(statement, 3), match, search->pool);
    atd_index_reset(statement);
    return error;
}

static atd_error_t *load_hit(apr_array_header_t *hits, search_t *search, apr_int64_t id, const char *match)
{
    atd_search_hit_t hit = {0};
    atd_error_t *error = load_post(&hit.post, search, id);

    if (!error && hit.post)
        error = load_snippet(&hit.snippet, search, id, match);
    if (!error && hit.post)
        APR_ARRAY_PUSH(hits, atd_search_hit_t) = hit;
    return error;
}

/* Else posts that go in the middle would make it of two states. */
static atd_error_t *begin(const search_t *search)
{
    return sqlite3_exec(search->index->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK
               ? NULL
               : atd_index_error(search->index, search->pool);
}

static void end(const search_t *search)
{
    atd_search_deadline_clear(search->index->db);
    sqlite3_exec(search->index->db, "COMMIT", NULL, NULL, NULL);
}

atd_error_t *atd_index_search(atd_search_result_t *result, atd_index_t *index, const atd_index_viewer_t *viewer,
                              const char *match, apr_int64_t offset, apr_int64_t limit, apr_interval_time_t time,
                              apr_pool_t *pool)
{
    search_t search = {
        .index = index, .viewer = viewer, .found = apr_array_make(pool, 64, sizeof(found_t)), .pool = pool};
    atd_error_t *error;

    *result = (atd_search_result_t){.hits = apr_array_make(pool, 10, sizeof(atd_search_hit_t))};
    if (!match)
        return NULL;
    error = begin(&search);
    if (error)
        return error;
    atd_search_deadline_set(index->db, time);
    error = find_all(&result->more_than_total, &search, match);
    atd_search_deadline_clear(index->db); /* the few rows of a page are always read */
    for (apr_int64_t i = offset; !error && i >= 0 && i < search.found->nelts && i - offset < limit; i++)
        error = load_hit(result->hits, &search, APR_ARRAY_IDX(search.found, (int)i, found_t).id, match);
    end(&search);
    result->total = search.found->nelts;
    result->out_of_time = search.out_of_time;
    return error;
}

/* ---- what may have been meant ---- */

#define CANDIDATES 4000 /* slugs that are compared */
#define WORDY 200       /* posts with words of the slug that are ranked */
#define SUGGEST_TIME ((apr_interval_time_t)20 * 1000)

/* So many letters may be wrong. */
static unsigned tolerance_of(apr_size_t length)
{
    return length < 5 ? 1 : length < 12 ? 2 : length < 24 ? 3 : 4;
}

/* The next slug after all that begin with the same byte. */
static const char *after(const char *slug, apr_pool_t *pool)
{
    const char next[] = {(char)((unsigned char)*slug + 1), '\0'};

    return apr_pstrdup(pool, next);
}

static atd_error_t *find_near(search_t *search, const char *slug)
{
    sqlite3_stmt *statement = atd_index_statement(search->index, ATD_SQL_SLUGS);
    apr_size_t length = strlen(slug);
    unsigned most = tolerance_of(length);
    atd_error_t *error;

    atd_bind_text(statement, ":from", apr_pstrmemdup(search->pool, slug, 1));
    atd_bind_text(statement, ":to", after(slug, search->pool));
    atd_bind_int(statement, ":shortest", (apr_int64_t)length - most);
    atd_bind_int(statement, ":longest", (apr_int64_t)length + most);
    atd_bind_int(statement, ":now", search->viewer->now);
    atd_bind_int(statement, ":drafts", search->viewer->drafts);
    atd_bind_int(statement, ":limit", CANDIDATES);
    while (step(&error, search, statement)) {
        unsigned distance = atd_text_distance((const char *)sqlite3_column_text(statement, 1), slug, most);

        if (distance <= most)
            APR_ARRAY_PUSH(search->found, found_t) =
                (found_t){.id = sqlite3_column_int64(statement, 0), .rank = -(apr_int64_t)distance};
    }
    atd_index_reset(statement);
    sort(search->found, compare_found);
    return error;
}

/* "salt-and-pepper" as `"salt" OR "and" OR "pepper"`: what a slug consists of has no quotes. */
static const char *any_word(const char *slug, apr_pool_t *pool)
{
    const char *match = NULL;
    int count = 0;

    while (*slug && count < ATD_MAX_QUERY_TERMS) {
        apr_size_t length = strcspn(slug, "-");

        if (length > 2) {
            match = apr_pstrcat(pool, match ? match : "", match ? " OR \"" : "\"", apr_pstrmemdup(pool, slug, length),
                                "\"", NULL);
            count++;
        }
        slug += length + (slug[length] == '-');
    }
    return match;
}

static bool has_post(const apr_array_header_t *posts, const atd_post_t *post)
{
    for (int i = 0; i < posts->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(posts, i, const atd_post_t *)->path, post->path) == 0)
            return true;
    }
    return false;
}

static atd_error_t *load_posts(apr_array_header_t *posts, search_t *search, apr_int64_t limit)
{
    atd_error_t *error = NULL;

    for (int i = 0; !error && i < search->found->nelts && posts->nelts < limit; i++) {
        const atd_post_t *post;

        error = load_post(&post, search, APR_ARRAY_IDX(search->found, i, found_t).id);
        if (!error && post && !has_post(posts, post))
            APR_ARRAY_PUSH(posts, const atd_post_t *) = post;
    }
    return error;
}

static atd_error_t *suggest(apr_array_header_t *posts, search_t *search, const char *slug, apr_int64_t limit)
{
    const char *match = any_word(slug, search->pool);
    bool full;
    atd_error_t *error = find_near(search, slug);

    if (!error)
        error = load_posts(posts, search, limit);
    if (error || posts->nelts >= limit || !match)
        return error;
    apr_array_clear(search->found);
    error = find(&full, search, match, false, WORDY);
    sort(search->found, compare_found);
    return error ? error : load_posts(posts, search, limit);
}

atd_error_t *atd_index_suggest(apr_array_header_t **posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                               const char *slug, apr_int64_t limit, apr_pool_t *pool)
{
    search_t search = {
        .index = index, .viewer = viewer, .found = apr_array_make(pool, 64, sizeof(found_t)), .pool = pool};
    atd_error_t *error;

    *posts = apr_array_make(pool, 8, sizeof(const atd_post_t *));
    if (!atd_text_is_slug(slug, strlen(slug), pool))
        return NULL;
    error = begin(&search);
    if (error)
        return error;
    atd_search_deadline_set(index->db, SUGGEST_TIME);
    error = suggest(*posts, &search, slug, limit);
    end(&search);
    return error;
}
