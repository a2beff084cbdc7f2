/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_list.h"

#include "base/atd_text.h"

#include <apr_strings.h>

#include <string.h>

bool atd_list_is(const atd_route_t *route)
{
    switch (route->kind) {
    case ATD_ROUTE_HOME:
    case ATD_ROUTE_CATEGORY:
    case ATD_ROUTE_TAG:
    case ATD_ROUTE_AUTHOR:
        return true;
    case ATD_ROUTE_ARCHIVE:
        return route->year != 0;
    default:
        return false;
    }
}

const char *atd_list_path(const atd_route_t *route, unsigned page, apr_pool_t *pool)
{
    atd_route_t other = *route;

    other.page = page;
    other.format = ATD_FORMAT_PAGE;
    other.moved = false;
    return atd_route_path(&other, pool);
}

const char *atd_list_feeds(const atd_route_t *route, apr_pool_t *pool)
{
    if (route->kind == ATD_ROUTE_HOME || route->kind == ATD_ROUTE_ARCHIVE)
        return "";
    return apr_pstrcat(pool, atd_list_path(route, 1, pool), "/", NULL);
}

atd_error_t *atd_list_category(const atd_category_t **category, const atd_record_t **record, atd_index_t *index,
                               const char *slug, apr_pool_t *pool)
{
    atd_error_t *error = atd_index_record(record, index, ATD_TERM_CATEGORY, slug, pool);
    atd_category_t *read;

    *category = NULL;
    if (error || !*record)
        return error;
    read = apr_palloc(pool, sizeof *read);
    atd_category_read(read, (*record)->data, &(atd_reading_t){.file = (*record)->path, .pool = pool});
    *category = read;
    return NULL;
}

atd_error_t *atd_list_person(const atd_person_t **person, const atd_record_t **record, atd_index_t *index,
                             const char *slug, const char *name, apr_pool_t *pool)
{
    atd_error_t *error = atd_index_record(record, index, ATD_TERM_AUTHOR, slug, pool);
    atd_person_t *read = apr_pcalloc(pool, sizeof *read);

    *person = NULL;
    if (error)
        return error;
    if (*record)
        atd_person_read(read, (*record)->data, &(atd_reading_t){.file = (*record)->path, .pool = pool});
    if (!read->name)
        read->name = name;
    read->slug = slug;
    if (read->name)
        *person = read;
    return NULL;
}

/* ---- what the route is about ---- */

static const atd_term_kind_t terms[] = {
    [ATD_ROUTE_CATEGORY] = ATD_TERM_CATEGORY, [ATD_ROUTE_TAG] = ATD_TERM_TAG, [ATD_ROUTE_AUTHOR] = ATD_TERM_AUTHOR};

/* By its file, else as its newest post writes it. */
static atd_error_t *find_parent(atd_list_t *list, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    const char *slug = list->category->parent;
    const atd_category_t *category;
    const atd_record_t *record;
    const atd_term_t *term = NULL;
    atd_error_t *error;

    if (!slug || !*slug || strcmp(slug, list->route->name) == 0)
        return NULL;
    error = atd_list_category(&category, &record, index, slug, pool);
    if (!error)
        error = atd_index_term(&term, index, &viewer, ATD_TERM_CATEGORY, slug, pool);
    if (error)
        return error;
    list->parent = category && category->name ? category->name : term ? term->name : category ? slug : NULL;
    return NULL;
}

static atd_error_t *describe_category(atd_list_t *list, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
{
    const char *slug = list->route->name;
    atd_error_t *error = atd_list_category(&list->category, &list->record, index, slug, pool);

    if (error || !list->category)
        return error;
    if (list->category->name)
        list->name = list->category->name;
    else if (!list->name)
        list->name = slug;
    if (list->category->description)
        list->description = atd_text_collapse(list->category->description, pool);
    return find_parent(list, site, index, pool);
}

static atd_error_t *describe_author(atd_list_t *list, atd_index_t *index, const char *slug, apr_pool_t *pool)
{
    atd_error_t *error = atd_list_person(&list->person, &list->record, index, slug, list->name, pool);

    if (error || !list->person)
        return error;
    list->name = list->person->name;
    if (list->person->bio)
        list->description = atd_text_collapse(list->person->bio, pool);
    return NULL;
}

static const atd_term_t *copy_term(const atd_term_t *term, apr_pool_t *pool)
{
    atd_term_t *copy = apr_pcalloc(pool, sizeof *copy);

    if (!term)
        return copy;
    *copy = *term;
    copy->slug = apr_pstrdup(pool, term->slug);
    copy->name = apr_pstrdup(pool, term->name);
    return copy;
}

atd_error_t *atd_list_term(const atd_term_t **term, const atd_site_t *site, atd_index_t *index, atd_term_kind_t kind,
                           const char *slug, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    atd_memo_t *memo = site->content.memo;
    const char *key = memo ? apr_psprintf(pool, "%d %s", kind, slug) : NULL;
    const atd_term_t *known = memo ? atd_memo_get(memo, ATD_MEMO_TERM, key) : NULL;
    atd_error_t *error = NULL;

    if (!known) {
        error = atd_index_term(term, index, &viewer, kind, slug, pool);
        if (error || !memo)
            return error;
        known = copy_term(*term, atd_memo_pool(memo));
        atd_memo_set(memo, ATD_MEMO_TERM, key, known);
    }
    *term = known->slug ? known : NULL;
    return NULL;
}

/* A term has a page where a shown post has it, or where it has a file of its own. Without a name there is no list. */
static atd_error_t *describe_term(atd_list_t *list, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
{
    const atd_route_t *route = list->route;
    const atd_term_t *term;
    atd_error_t *error = atd_list_term(&term, site, index, terms[route->kind], route->name, pool);

    if (error)
        return error;
    list->name = term ? term->name : NULL;
    list->count = term ? term->count : 0;
    if (route->kind == ATD_ROUTE_CATEGORY)
        return describe_category(list, site, index, pool);
    return route->kind == ATD_ROUTE_AUTHOR ? describe_author(list, index, route->name, pool) : NULL;
}

/* ---- its posts ---- */

static void make_query(atd_list_query_t *query, const atd_site_t *site, const atd_route_t *route)
{
    static const atd_list_kind_t kinds[] = {[ATD_ROUTE_HOME] = ATD_LIST_ALL,
                                            [ATD_ROUTE_CATEGORY] = ATD_LIST_CATEGORY,
                                            [ATD_ROUTE_TAG] = ATD_LIST_TAG,
                                            [ATD_ROUTE_AUTHOR] = ATD_LIST_AUTHOR,
                                            [ATD_ROUTE_ARCHIVE] = ATD_LIST_MONTHS};
    bool feed = route->format != ATD_FORMAT_PAGE;

    memset(query, 0, sizeof *query);
    query->kind = feed && route->kind == ATD_ROUTE_HOME ? ATD_LIST_RECENT : kinds[route->kind];
    query->slug = route->name;
    query->first = route->year * 100 + (route->month ? route->month : 1);
    query->last = route->year * 100 + (route->month ? route->month : 12);
    query->feed = feed;
    query->limit = feed ? site->settings->feed_limit : site->settings->page_size;
    query->offset = feed ? 0 : (apr_int64_t)(route->page - 1) * query->limit;
}

static unsigned pages_of(apr_int64_t count, apr_int64_t size)
{
    return count > 0 ? (unsigned)((count + size - 1) / size) : 1;
}

/* Home is there without posts, and so is what has a file; an archive is not. */
static bool exists(const atd_list_t *list)
{
    if (list->route->format == ATD_FORMAT_PAGE && list->route->page > list->pages)
        return false;
    if (list->route->kind == ATD_ROUTE_HOME)
        return true;
    return list->route->kind == ATD_ROUTE_ARCHIVE ? list->count > 0 : list->name != NULL;
}

static atd_error_t *count_posts(apr_int64_t *count, const atd_site_t *site, atd_index_t *index,
                                const atd_list_query_t *query, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    atd_memo_t *memo = site->content.memo;
    const char *key = memo ? apr_psprintf(pool, "%d %u %u", query->kind, query->first, query->last) : NULL;
    const apr_int64_t *known = memo ? atd_memo_get(memo, ATD_MEMO_COUNT, key) : NULL;
    atd_error_t *error;

    if (known) {
        *count = *known;
        return NULL;
    }
    error = atd_index_count(count, index, &viewer, query);
    if (!error && memo)
        atd_memo_set(memo, ATD_MEMO_COUNT, key, apr_pmemdup(atd_memo_pool(memo), count, sizeof *count));
    return error;
}

static atd_error_t *load_posts(atd_list_t *list, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    atd_list_query_t query;
    atd_error_t *error = NULL;

    make_query(&query, site, list->route);
    if (list->route->kind == ATD_ROUTE_HOME || list->route->kind == ATD_ROUTE_ARCHIVE)
        error = count_posts(&list->count, site, index, &query, pool);
    list->pages = pages_of(list->count, query.limit);
    if (error || !exists(list))
        return error;
    return atd_index_list(&list->posts, index, &viewer, &query, pool);
}

/* An author without a file is who the newest post says. */
static void describe_by_post(atd_list_t *list)
{
    const atd_post_t *post = list->posts->nelts ? APR_ARRAY_IDX(list->posts, 0, const atd_post_t *) : NULL;

    for (int i = 0; post && i < post->authors->nelts; i++) {
        const atd_person_t *person = &APR_ARRAY_IDX(post->authors, i, atd_person_t);

        if (strcmp(person->slug, list->route->name) == 0)
            list->person = person;
    }
}

atd_error_t *atd_list_load(const atd_list_t **loaded, const atd_site_t *site, atd_index_t *index,
                           const atd_route_t *route, apr_pool_t *pool)
{
    atd_list_t *list = apr_pcalloc(pool, sizeof *list);
    bool plain = route->kind == ATD_ROUTE_HOME || route->kind == ATD_ROUTE_ARCHIVE;
    atd_error_t *error;

    *loaded = NULL;
    list->route = route;
    error = plain ? NULL : describe_term(list, site, index, pool);
    if (!error)
        error = load_posts(list, site, index, pool);
    if (error || !list->posts)
        return error;
    if (list->person && !list->record)
        describe_by_post(list);
    *loaded = list;
    return NULL;
}
