/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_limits.h"
#include "site/atd_sitemap.h"

#include <apr_hash.h>

#include <string.h>

#define EXPECTED_SITEMAP (64 * 1024)

/* Entries of each part of a divided sitemap: few enough that one with long URLs is far below ATD_MAX_SITEMAP. */
#define PART 10000

/* What is in a sitemap, in this order. */
typedef enum group_t { PAGES, POSTS, CATEGORIES, TAGS, AUTHORS, GROUPS } group_t;

static const struct {
    atd_term_kind_t term;
    atd_route_kind_t route;
} lists[GROUPS] = {
    [CATEGORIES] = {ATD_TERM_CATEGORY, ATD_ROUTE_CATEGORY},
    [TAGS] = {ATD_TERM_TAG, ATD_ROUTE_TAG},
    [AUTHORS] = {ATD_TERM_AUTHOR, ATD_ROUTE_AUTHOR},
};

typedef struct work_t {
    const atd_site_t *site;
    atd_index_t *index;
    atd_index_viewer_t viewer;
    apr_array_header_t *terms[GROUPS]; /* of atd_term_t, once they are asked for */
    apr_hash_t *closed;                /* slugs of categories that ask to be left out */
    atd_sitemap_t sitemap;
    bool may_thin; /* leave out an entry's images and alternates rather than the entry */
    bool full;
    apr_pool_t *pool;
} work_t;

/* ---- what there is ---- */

static atd_error_t *load_terms(work_t *work, group_t group)
{
    if (work->terms[group])
        return NULL;
    return atd_index_terms(&work->terms[group], work->index, &work->viewer, lists[group].term, work->pool);
}

/* Whatever of them wants to be left out, so that the counts are had for nothing. The home page is among the pages. */
static atd_error_t *count_group(apr_int64_t *count, work_t *work, group_t group)
{
    const atd_list_query_t query = {.kind = group == PAGES ? ATD_LIST_PAGES : ATD_LIST_RECENT};
    atd_error_t *error;

    if (group <= POSTS) {
        error = atd_index_count(count, work->index, &work->viewer, &query);
        *count += group == PAGES;
        return error;
    }
    error = load_terms(work, group);
    *count = error ? 0 : work->terms[group]->nelts;
    return error;
}

static atd_error_t *load_closed(work_t *work)
{
    apr_array_header_t *records;
    atd_error_t *error = atd_index_records(&records, work->index, ATD_TERM_CATEGORY, work->pool);

    work->closed = apr_hash_make(work->pool);
    for (int i = 0; !error && i < records->nelts; i++) {
        const atd_record_t *record = APR_ARRAY_IDX(records, i, const atd_record_t *);
        atd_category_t category;

        atd_category_read(&category, record->data, &(atd_reading_t){.file = record->path, .pool = work->pool});
        if (category.noindex == ATD_FLAG_ON)
            apr_hash_set(work->closed, record->slug, APR_HASH_KEY_STRING, record);
    }
    return error;
}

/* ---- entries ---- */

static void put(work_t *work, atd_sitemap_entry_t *entry)
{
    bool done = atd_sitemap_put(&work->sitemap, entry);

    if (!done && work->may_thin) {
        entry->image = NULL;
        entry->alternates = NULL;
        done = atd_sitemap_put(&work->sitemap, entry);
    }
    work->full = !done;
}

/* Only what a search engine may list, and under this address. */
static bool is_listed(const atd_site_t *site, const atd_post_t *post, const char *url, apr_pool_t *pool)
{
    if (post->sitemap == ATD_FLAG_OFF || post->redirect_to || !atd_facts_may_index(post))
        return false;
    return !post->canonical || strcmp(atd_site_absolute(site, post->canonical, pool), url) == 0;
}

/* A post that was written long before it appeared is new on the day that it does. */
static atd_date_t modified_of(const atd_post_t *post)
{
    if (post->modified.at)
        return post->modified;
    return post->date.at > post->seen ? post->date : (atd_date_t){.at = post->seen};
}

static bool put_post(void *baton, const atd_post_t *post, apr_pool_t *scratch)
{
    work_t *work = baton;
    const char *url = atd_site_post_url(work->site, post, scratch);
    const atd_picture_t *image = &post->image;
    atd_sitemap_entry_t entry = {.url = url, .priority = post->priority, .modified = modified_of(post)};

    if (!is_listed(work->site, post, url, scratch))
        return true;
    entry.alternates = atd_sitemap_alternates(work->site, post, url, scratch);
    if (image->src) {
        entry.image = atd_picture_url(work->site, post, image->src, scratch);
        entry.image_title = image->alt;
        entry.image_caption = image->caption;
    }
    put(work, &entry);
    return !work->full;
}

static void put_home(work_t *work)
{
    atd_sitemap_entry_t entry = {
        .url = work->site->url, .priority = ATD_PRIORITY_MEDIUM, .modified = {.at = atd_site_modified(work->site)}};

    put(work, &entry);
}

static void put_term(work_t *work, group_t group, const atd_term_t *term, apr_pool_t *scratch)
{
    const atd_route_t route = {.kind = lists[group].route, .name = term->slug, .page = 1};
    atd_sitemap_entry_t entry = {.url = atd_site_url(work->site, atd_route_path(&route, scratch), scratch),
                                 .priority = ATD_PRIORITY_MEDIUM,
                                 .modified = {.at = term->newest}};

    if (group != CATEGORIES || !apr_hash_get(work->closed, term->slug, APR_HASH_KEY_STRING))
        put(work, &entry);
}

static atd_error_t *put_terms(work_t *work, group_t group, apr_int64_t offset, apr_int64_t limit)
{
    atd_error_t *error = load_terms(work, group);
    apr_pool_t *scratch;

    if (!error && group == CATEGORIES)
        error = load_closed(work);
    if (error)
        return error;
    apr_pool_create(&scratch, work->pool);
    for (apr_int64_t i = offset; !work->full && i < work->terms[group]->nelts && i < offset + limit; i++) {
        put_term(work, group, &APR_ARRAY_IDX(work->terms[group], i, atd_term_t), scratch);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static atd_error_t *put_group(work_t *work, group_t group, apr_int64_t offset, apr_int64_t limit)
{
    atd_list_query_t query = {.kind = ATD_LIST_RECENT, .offset = offset, .limit = limit};

    if (group > POSTS)
        return put_terms(work, group, offset, limit);
    if (group == PAGES) {
        query.kind = ATD_LIST_PAGES;
        if (offset == 0)
            put_home(work);
        query.limit -= offset == 0;
        query.offset -= offset > 0;
    }
    return atd_index_each(work->index, &work->viewer, &query, put_post, work, work->pool);
}

/* ---- one, or many and their index ---- */

static void begin(work_t *work)
{
    atd_sitemap_begin(&work->sitemap, atd_buffer_create(work->pool, EXPECTED_SITEMAP, ATD_MAX_SITEMAP), work->site,
                      work->pool);
    work->full = false;
}

static atd_error_t *end(atd_page_t *page, work_t *work)
{
    if (work->full)
        return atd_error_make(work->pool, ATD_E_LIMIT, NULL, "the sitemap would be larger than %d bytes",
                              ATD_MAX_SITEMAP);
    atd_sitemap_end(&work->sitemap);
    return atd_page_take(page, ATD_SITEMAP_TYPE, work->sitemap.out, "the sitemap");
}

/* @param fits false where it has to be divided */
static atd_error_t *make_whole(atd_page_t *page, bool *fits, work_t *work)
{
    apr_int64_t counts[GROUPS], sum = 0;
    atd_error_t *error = NULL;

    *fits = false;
    for (int group = 0; !error && group < GROUPS; group++) {
        error = count_group(&counts[group], work, (group_t)group);
        sum += counts[group];
    }
    if (error || sum > ATD_MAX_SITEMAP_URLS)
        return error;
    begin(work);
    for (int group = 0; !error && !work->full && group < GROUPS; group++)
        error = put_group(work, (group_t)group, 0, counts[group]);
    *fits = !work->full;
    return error || work->full ? error : end(page, work);
}

static apr_time_t newest_term(const apr_array_header_t *terms, apr_int64_t offset)
{
    apr_time_t newest = 0;

    for (apr_int64_t i = offset; i < terms->nelts && i < offset + PART; i++) {
        const atd_term_t *term = &APR_ARRAY_IDX(terms, i, atd_term_t);

        newest = term->newest > newest ? term->newest : newest;
    }
    return newest;
}

static apr_time_t newest_of(const work_t *work, group_t group, apr_int64_t offset, const apr_array_header_t *times)
{
    if (group == PAGES)
        return offset == 0 ? atd_site_modified(work->site) : 0;
    if (group > POSTS)
        return newest_term(work->terms[group], offset);
    return offset / PART < times->nelts ? APR_ARRAY_IDX(times, offset / PART, apr_time_t) : 0;
}

static atd_error_t *add_parts(apr_array_header_t *parts, work_t *work, group_t group, const apr_array_header_t *times)
{
    apr_int64_t count;
    atd_error_t *error = count_group(&count, work, group);

    for (apr_int64_t offset = 0; !error && offset < count; offset += PART) {
        const atd_route_t route = {.kind = ATD_ROUTE_SITEMAP, .page = (unsigned)parts->nelts + 1};

        APR_ARRAY_PUSH(parts, atd_sitemap_part_t) =
            (atd_sitemap_part_t){.url = atd_site_url(work->site, atd_route_path(&route, work->pool), work->pool),
                                 .modified = {.at = newest_of(work, group, offset, times)}};
    }
    return error;
}

static atd_error_t *make_index(atd_page_t *page, work_t *work)
{
    apr_array_header_t *parts = apr_array_make(work->pool, 16, sizeof(atd_sitemap_part_t));
    atd_buffer_t *out = atd_buffer_create(work->pool, EXPECTED_SITEMAP, ATD_MAX_SITEMAP);
    apr_array_header_t *times;
    atd_error_t *error = atd_index_newest(&times, work->index, &work->viewer, PART, work->pool);

    for (int group = 0; !error && group < GROUPS; group++)
        error = add_parts(parts, work, (group_t)group, times);
    if (!error)
        error = atd_sitemap_write_index(out, parts, work->pool);
    return error ? error : atd_page_take(page, ATD_SITEMAP_TYPE, out, "the index of sitemaps");
}

/* @param group GROUPS where there is no part of that number */
static atd_error_t *find_part(group_t *group, apr_int64_t *offset, work_t *work, unsigned number)
{
    apr_int64_t before = 0; /* parts */
    atd_error_t *error = NULL;
    int at = 0;

    for (; !error && at < GROUPS; at++) {
        apr_int64_t count, parts;

        error = count_group(&count, work, (group_t)at);
        parts = (count + PART - 1) / PART;
        *offset = ((apr_int64_t)number - 1 - before) * PART;
        if (number <= before + parts)
            break;
        before += parts;
    }
    *group = (group_t)at;
    return error;
}

/* A part is there whether the sitemap is divided or not: engines go on asking for what they know. */
static atd_error_t *make_part(atd_page_t *page, work_t *work, const atd_route_t *route)
{
    apr_int64_t offset;
    group_t group;
    atd_error_t *error = find_part(&group, &offset, work, route->page);

    if (error)
        return error;
    if (group == GROUPS) {
        atd_page_of_error(page, work->site, 404, NULL, work->pool);
        return NULL;
    }
    begin(work);
    work->may_thin = true;
    error = put_group(work, group, offset, PART);
    return error ? error : end(page, work);
}

static atd_error_t *make(atd_page_t *page, work_t *work, const atd_route_t *route)
{
    bool fits;
    atd_error_t *error;

    if (route->page > 0)
        return make_part(page, work, route);
    error = make_whole(page, &fits, work);
    return error || fits ? error : make_index(page, work);
}

atd_error_t *atd_page_make_sitemap(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    work_t work = {.site = site, .viewer = {.now = site->now}, .pool = pool};
    atd_error_t *error = atd_site_index(&work.index, site, pool);

    if (error)
        return error;
    if (!work.index) {
        atd_page_of_building(page, site, pool);
        return NULL;
    }
    error = make(page, &work, route);
    if (error || page->status != 200)
        return error;
    page->modified = atd_site_modified(site);
    page->personal = site->drafts;
    page->tags = "list";
    if (route->moved)
        atd_page_redirect_to_right(page, site, atd_site_url(site, atd_route_path(route, pool), pool), pool);
    return NULL;
}
