/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_search_query.h"
#include "site/atd_view.h"
#include "site/atd_view_list.h"

#include <apr_escape.h>
#include <apr_strings.h>

#include <string.h>

/* Most that one search may take. */
#define PATIENCE ((apr_interval_time_t)200 * 1000)

/* Nobody reads on; each page costs as much as all before it. */
#define MAX_PAGES 50

#define EXPECTED_JSON 8192

/* What was asked for, and what was found. */
typedef struct search_t {
    const atd_site_t *site;
    atd_search_query_t query;
    bool too_long;
    unsigned page, pages;
    atd_search_result_t result;
} search_t;

/* ---- the query ---- */

/* The first value of a form's field in a URL's query, decoded; what is no right encoding counts as it is written. */
static const char *field_of(const char *query, const char *name, apr_pool_t *pool)
{
    apr_size_t length = strlen(name);

    while (query && *query) {
        apr_size_t size = strcspn(query, "&");

        if (size > length && strncmp(query, name, length) == 0 && query[length] == '=') {
            const char *value = apr_pstrmemdup(pool, query + length + 1, size - length - 1);
            const char *decoded = apr_punescape_url(pool, value, NULL, NULL, 1);

            return decoded ? decoded : value;
        }
        query += size;
        query += *query == '&';
    }
    return NULL;
}

static unsigned page_of(const char *text)
{
    apr_size_t length = text ? strlen(text) : 0;
    apr_int64_t page = length > 0 && length < 5 && strspn(text, "0123456789") == length ? apr_atoi64(text) : 1;

    return page < 1 ? 1 : page > MAX_PAGES ? MAX_PAGES : (unsigned)page;
}

static void read_query(search_t *search, const char *query, apr_pool_t *pool)
{
    const char *text = field_of(query, "q", pool);

    search->too_long = text && strlen(text) > ATD_MAX_QUERY;
    search->page = page_of(field_of(query, "page", pool));
    search->pages = 1;
    if (text)
        atd_search_query_parse(&search->query, text, pool);
    if (search->too_long)
        search->query.match = NULL;
}

static atd_error_t *run(search_t *search, atd_index_t *index, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(search->site);
    apr_int64_t size = search->site->settings->page_size;
    apr_int64_t offset = (apr_int64_t)(search->page - 1) * size;
    atd_error_t *error;

    search->result.hits = apr_array_make(pool, 1, sizeof(atd_search_hit_t));
    if (!search->query.match)
        return NULL;
    error = atd_index_search(&search->result, index, &viewer, search->query.match, offset, size, PATIENCE, pool);
    if (search->result.total > 0)
        search->pages = (unsigned)((search->result.total + size - 1) / size);
    if (search->pages > MAX_PAGES)
        search->pages = MAX_PAGES;
    return error;
}

static bool has_query(const search_t *search)
{
    return search->query.shown && *search->query.shown;
}

/* ---- the page ---- */

static const char *encode(const char *text, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, strlen(text), strlen(text) * 3 + 1);
    const char *encoded;

    atd_escape_component(out, text, strlen(text));
    return atd_buffer_take(&encoded, NULL, out, "the query") ? "" : encoded;
}

static const char *path_of_page(const void *baton, unsigned page, apr_pool_t *pool)
{
    const search_t *search = baton;
    const char *path = atd_site_path(search->site, "search", pool);
    const char *query = encode(search->query.shown, pool);

    return page == 1 ? apr_pstrcat(pool, path, "?q=", query, NULL)
                     : apr_psprintf(pool, "%s?q=%s&page=%u", path, query, page);
}

static const atd_value_t *view_results(const search_t *search, apr_pool_t *pool)
{
    atd_value_t *results = atd_value_list(pool);

    for (int i = 0; i < search->result.hits->nelts; i++) {
        const atd_search_hit_t *hit = &APR_ARRAY_IDX(search->result.hits, i, atd_search_hit_t);
        atd_value_t *map = atd_value_merge(pool, atd_view_summary(search->site, hit->post, pool), atd_value_map(pool));

        atd_value_set_text(map, "snippet", hit->snippet);
        atd_value_push(results, map);
    }
    return results;
}

static const atd_value_t *view_search(const search_t *search, apr_pool_t *pool)
{
    bool found = search->result.hits->nelts > 0;
    atd_value_t *map = atd_value_map(pool);

    atd_value_set_text(map, "query", search->query.shown);
    atd_value_set_text(map, "action", atd_site_path(search->site, "search", pool));
    atd_value_set(map, "total", atd_value_int(pool, search->result.total));
    atd_value_set(map, "tooLong", atd_value_bool(pool, search->too_long));
    atd_value_set(map, "results", view_results(search, pool));
    atd_value_set(map, "hasResults", atd_value_bool(pool, found));
    atd_value_set(map, "isEmpty", atd_value_bool(pool, has_query(search) && !search->too_long && !found));
    return map;
}

static atd_error_t *show_page(atd_page_t *page, const search_t *search, apr_pool_t *pool)
{
    const atd_site_t *site = search->site;
    atd_value_t *view;
    atd_facts_t facts;
    atd_error_t *error;

    atd_facts_of_overview(&facts, site, ATD_PAGE_SEARCH, "Search", "search", pool);
    if (has_query(search))
        facts.title = apr_pstrcat(pool, search->query.shown, " | ", site->settings->title, NULL);
    error = atd_view_make(&view, site, &facts, pool);
    if (error)
        return error;
    atd_value_set(view, "list", atd_value_null(pool));
    atd_value_set(view, "search", view_search(search, pool));
    atd_value_set(view, "pagination",
                  has_query(search) ? atd_view_pagination(search->page, search->pages, search->result.total,
                                                          path_of_page, search, pool)
                                    : atd_value_null(pool));
    atd_value_set(view, "hasPagination", atd_value_bool(pool, has_query(search) && search->pages > 1));
    atd_page_describe(page, &facts);
    return atd_page_render(page, site->theme, "search", view, pool);
}

/* ---- the same as data ---- */

static const atd_value_t *data_of_hit(const atd_site_t *site, const atd_search_hit_t *hit, apr_pool_t *pool)
{
    const atd_post_t *post = hit->post;
    atd_value_t *map = atd_value_map(pool);

    atd_value_set_text(map, "title", atd_text_collapse(post->title, pool));
    atd_value_set_text(map, "url", atd_site_post_url(site, post, pool));
    atd_value_set_text(map, "snippet_html", hit->snippet);
    if (post->date.at)
        atd_value_set_text(map, "date_published", atd_date_iso(&post->date, pool));
    if (post->tags)
        atd_value_set(map, "tags", post->tags);
    return map;
}

static atd_error_t *show_data(atd_page_t *page, const search_t *search, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, EXPECTED_JSON, ATD_MAX_PAGE);
    atd_value_t *map = atd_value_map(pool);
    atd_value_t *results = atd_value_list(pool);

    for (int i = 0; i < search->result.hits->nelts; i++)
        atd_value_push(results,
                       data_of_hit(search->site, &APR_ARRAY_IDX(search->result.hits, i, atd_search_hit_t), pool));
    atd_value_set(map, "query", atd_value_string(pool, search->query.shown ? search->query.shown : ""));
    atd_value_set(map, "total", atd_value_int(pool, search->result.total));
    atd_value_set(map, "page", atd_value_int(pool, search->page));
    atd_value_set(map, "pages", atd_value_int(pool, search->pages));
    atd_value_set(map, "results", results);
    atd_escape_json_value(out, map);
    return atd_page_take(page, "application/json; charset=utf-8", out, "the list");
}

/* ---- which one ---- */

atd_error_t *atd_page_make_search(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    search_t search = {.site = site};
    atd_index_t *index;
    bool taken = false;
    atd_error_t *error = atd_page_is_taken(&taken, site, route, pool);

    if (!error && taken)
        return atd_page_make_post(page, site, route, pool);
    if (!error)
        error = atd_site_index(&index, site, pool);
    if (error)
        return error;
    if (!index) {
        atd_page_of_building(page, site, pool);
        return NULL;
    }
    if (route->moved) {
        atd_page_redirect_to_right(page, site, atd_site_url(site, atd_route_path(route, pool), pool), pool);
        return NULL;
    }
    read_query(&search, route->query, pool);
    error = run(&search, index, pool);
    if (!error)
        error = (route->format == ATD_FORMAT_JSON ? show_data : show_page)(page, &search, pool);
    page->personal = site->drafts;
    return error;
}
