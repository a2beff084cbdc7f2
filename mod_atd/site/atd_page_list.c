/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_limits.h"
#include "site/atd_feed.h"
#include "site/atd_list.h"
#include "site/atd_view.h"
#include "site/atd_view_list.h"

#include <apr_strings.h>

#include <string.h>

#define EXPECTED_FEED (64 * 1024)

/* ---- pages ---- */

/* Surrogate keys: a purge of "tag-news" reaches the lists, too. */
static const char *tags_of(const atd_route_t *route, apr_pool_t *pool)
{
    switch (route->kind) {
    case ATD_ROUTE_CATEGORY:
        return apr_pstrcat(pool, "list category-", route->name, NULL);
    case ATD_ROUTE_TAG:
        return apr_pstrcat(pool, "list tag-", route->name, NULL);
    case ATD_ROUTE_AUTHOR:
        return apr_pstrcat(pool, "list author-", route->name, NULL);
    case ATD_ROUTE_HOME:
        return "home";
    default:
        return "list";
    }
}

/* Lists change with any post, by its author's hand or in time. */
static void set_common(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    page->modified = atd_site_modified(site);
    page->personal = site->drafts;
    page->tags = tags_of(route, pool);
}

static atd_error_t *show_list(atd_page_t *page, const atd_site_t *site, atd_index_t *index, const atd_list_t *list,
                              apr_pool_t *pool)
{
    bool home = list->route->kind == ATD_ROUTE_HOME;
    atd_value_t *view;
    atd_facts_t facts;
    atd_error_t *error;

    (home ? atd_facts_of_home : atd_facts_of_list)(&facts, site, list, pool);
    error = atd_view_make(&view, site, &facts, pool);
    if (!error)
        error = atd_view_list_add(view, site, index, &facts, pool);
    if (error)
        return error;
    atd_page_describe(page, &facts);
    set_common(page, site, list->route, pool);
    if (home)
        atd_page_link_description(page, site, pool);
    return atd_page_render(page, site->theme, home ? "home" : "list", view, pool);
}

/* ---- feeds ---- */

static atd_feed_format_t format_of(const atd_route_t *route)
{
    switch (route->format) {
    case ATD_FORMAT_ATOM:
        return ATD_FEED_ATOM;
    case ATD_FORMAT_JSON:
        return ATD_FEED_JSON;
    default:
        return ATD_FEED_RSS;
    }
}

static atd_error_t *make_item(atd_feed_item_t *item, const atd_site_t *site, const atd_post_t *summary,
                              apr_pool_t *pool)
{
    atd_facts_t *facts = apr_palloc(pool, sizeof *facts);
    const atd_body_t *body;
    const atd_post_t *post;
    atd_error_t *error = atd_post_load(&post, &site->content, summary->path, NULL, pool);

    if (!error)
        error = atd_body_make(&body, site, post, pool);
    if (error)
        return error;
    atd_facts_of_post(facts, site, post, body, pool);
    item->facts = facts;
    item->url = atd_site_post_url(site, post, pool);
    item->modified = post->modified.at ? post->modified.at : summary->seen;
    return NULL;
}

/* A post that was edited since it was listed, so that it is broken or hidden now, is left out. */
static apr_array_header_t *make_items(const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    apr_array_header_t *items = apr_array_make(pool, list->posts->nelts, sizeof(atd_feed_item_t));

    for (int i = 0; i < list->posts->nelts; i++) {
        atd_feed_item_t item = {0};
        const atd_error_t *error = make_item(&item, site, APR_ARRAY_IDX(list->posts, i, const atd_post_t *), pool);

        if (!error && (site->drafts || atd_post_is_public(item.facts->post, site->now)))
            APR_ARRAY_PUSH(items, atd_feed_item_t) = item;
    }
    return items;
}

/* The formats of one feed have the same posts. */
static const apr_array_header_t *find_items(const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    atd_memo_t *memo = site->content.memo;
    const char *key = memo ? atd_list_path(list->route, 1, pool) : NULL;
    const apr_array_header_t *items = memo ? atd_memo_last(memo, key) : NULL;

    if (!memo)
        return make_items(site, list, pool);
    if (!items) {
        items = make_items(site, list, atd_memo_renew(memo));
        atd_memo_keep(memo, key, items);
    }
    return items;
}

static atd_error_t *show_feed(atd_page_t *page, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, EXPECTED_FEED, ATD_MAX_FEED);
    const atd_feed_format_t format = format_of(list->route);
    atd_facts_t facts;
    atd_error_t *error;

    (list->route->kind == ATD_ROUTE_HOME ? atd_facts_of_home : atd_facts_of_list)(&facts, site, list, pool);
    error =
        atd_feed_write(out, format, site,
                       &(atd_feed_t){.title = list->route->kind == ATD_ROUTE_HOME ? site->settings->title : facts.title,
                                     .description = facts.description ? facts.description : site->settings->description,
                                     .lang = facts.lang,
                                     .home = facts.canonical,
                                     .self = atd_site_url(site, atd_route_path(list->route, pool), pool),
                                     .items = find_items(site, list, pool),
                                     .full = site->settings->feed_full},
                       pool);
    set_common(page, site, list->route, pool);
    page->canonical = facts.canonical;
    return error ? error : atd_page_take(page, atd_feed_type(format), out, "the feed");
}

/* ---- overviews ---- */

static const struct {
    atd_page_kind_t page;
    atd_term_kind_t term;
    const char *heading, *name;
} overviews[] = {
    [ATD_ROUTE_TAGS] = {ATD_PAGE_TAGS, ATD_TERM_TAG, "Tags", "tags"},
    [ATD_ROUTE_CATEGORIES] = {ATD_PAGE_CATEGORIES, ATD_TERM_CATEGORY, "Categories", "categories"},
    [ATD_ROUTE_AUTHORS] = {ATD_PAGE_AUTHORS, ATD_TERM_AUTHOR, "Authors", "authors"},
    [ATD_ROUTE_ARCHIVE] = {ATD_PAGE_ARCHIVE, ATD_TERM_TAG, "Archive", "archive"},
};

static atd_error_t *show_overview(atd_page_t *page, const atd_site_t *site, atd_index_t *index,
                                  const atd_route_t *route, apr_pool_t *pool)
{
    bool archive = route->kind == ATD_ROUTE_ARCHIVE;
    atd_value_t *view;
    atd_facts_t facts;
    atd_error_t *error;

    atd_facts_of_overview(&facts, site, overviews[route->kind].page, overviews[route->kind].heading,
                          overviews[route->kind].name, pool);
    error = atd_view_make(&view, site, &facts, pool);
    if (!error && archive)
        error = atd_view_list_archive(view, site, index, pool);
    else if (!error)
        error = atd_view_list_terms(view, site, index, overviews[route->kind].term, pool);
    if (error)
        return error;
    atd_value_set(view, "list", atd_value_null(pool));
    atd_page_describe(page, &facts);
    set_common(page, site, route, pool);
    return atd_page_render(page, site->theme, archive ? "archive" : "terms", view, pool);
}

/* ---- which one ---- */

/* A redirect is sent only to what is there. */
static atd_error_t *show(atd_page_t *page, const atd_site_t *site, atd_index_t *index, const atd_route_t *route,
                         apr_pool_t *pool)
{
    const atd_list_t *list = NULL;
    bool is_list = atd_list_is(route);
    atd_error_t *error = is_list ? atd_list_load(&list, site, index, route, pool) : NULL;

    if (error)
        return error;
    if (is_list ? !list : route->page > 1) /* overviews have one page */
        atd_page_of_missing(page, site, route, pool);
    else if (route->moved)
        atd_page_redirect_to_right(page, site, atd_site_url(site, atd_route_path(route, pool), pool), pool);
    else if (!is_list)
        return show_overview(page, site, index, route, pool);
    else
        return route->format == ATD_FORMAT_PAGE ? show_list(page, site, index, list, pool)
                                                : show_feed(page, site, list, pool);
    return NULL;
}

atd_error_t *atd_page_make_list(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    atd_index_t *index;
    bool taken;
    atd_error_t *error = atd_page_is_taken(&taken, site, route, pool);

    if (!error && taken)
        return atd_page_make_post(page, site, route, pool);
    if (!error)
        error = atd_site_index(&index, site, pool);
    if (error)
        return error;
    if (index)
        return show(page, site, index, route, pool);
    atd_page_of_building(page, site, pool);
    return NULL;
}
