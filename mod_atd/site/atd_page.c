/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "site/atd_catalog.h"
#include "site/atd_opensearch.h"
#include "site/atd_permalink.h"
#include "site/atd_view.h"

#include <apr_strings.h>

#include <string.h>

#define HTML "text/html; charset=utf-8"
#define EXPECTED_PAGE (32 * 1024)
#define SUGGESTIONS 3

/* Seconds after which who asked too early may ask again: where the index is being built, and where it could not be used. */
#define BUILDING_RETRY 2
#define INDEX_RETRY 1

atd_error_t *atd_page_render(atd_page_t *page, const atd_theme_t *theme, const char *template_name,
                             const atd_value_t *view, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, EXPECTED_PAGE, ATD_MAX_PAGE);
    atd_error_t *error = atd_theme_render(out, theme, template_name, view, pool);

    if (!error)
        error = atd_buffer_take(&page->body, &page->length, out, "the page");
    page->type = HTML;
    page->preload = atd_value_text(atd_value_find(view, "assets.style_css"));
    return error;
}

void atd_page_describe(atd_page_t *page, const atd_facts_t *facts)
{
    page->status = 200;
    page->lang = facts->lang;
    page->indexable = facts->indexable;
    page->personal = facts->hidden != NULL;
}

void atd_page_redirect(atd_page_t *page, const atd_site_t *site, int status, const char *location, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, strlen(location), strlen(location) * 3 + 1);

    atd_escape_url(out, location, strlen(location));
    page->status = status;
    page->location = atd_buffer_take(&location, NULL, out, "the URL") ? site->url : location;
    page->type = HTML;
    page->body = "";
    page->length = 0;
}

/* Another way to write the same address keeps its query; where an author redirects to is a new address. */
void atd_page_redirect_to_right(atd_page_t *page, const atd_site_t *site, const char *url, apr_pool_t *pool)
{
    atd_page_redirect(page, site, 301, url, pool);
    page->keeps_query = true;
}

atd_error_t *atd_page_take(atd_page_t *page, const char *type, atd_buffer_t *out, const char *what)
{
    page->status = 200;
    page->type = type;
    return atd_buffer_take(&page->body, &page->length, out, what);
}

/* An old hash, from a page that somebody still has open, gets the file as it is now. */
static void make_asset(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    atd_asset_t asset;

    if (!atd_theme_asset(&asset, site->theme, route->name)) {
        atd_page_of_error(page, site, 404, NULL, pool);
        return;
    }
    page->status = 200;
    page->type = asset.type;
    page->body = asset.bytes;
    page->length = asset.length;
    page->indexable = true;
    page->immutable = strcmp(asset.hash, route->hash) == 0;
    page->tags = "theme";
}

static atd_error_t *make_opensearch(atd_page_t *page, const atd_site_t *site, const atd_route_t *route,
                                    apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 2048, ATD_MAX_PAGE);

    if (route->moved) {
        atd_page_redirect_to_right(page, site, atd_site_url(site, atd_route_path(route, pool), pool), pool);
        return NULL;
    }
    atd_opensearch_write(out, site, pool);
    return atd_page_take(page, ATD_OPENSEARCH_TYPE, out, "the description of the search");
}

static const char *title_of_status(int status)
{
    switch (status) {
    case 404:
        return "Page not found";
    case 410:
        return "This page is gone";
    case 503:
        return "One moment, please";
    default:
        return "Something went wrong";
    }
}

static const char *message_of_status(int status)
{
    switch (status) {
    case 404:
        return "There is nothing at this address.";
    case 410:
        return "Its author has taken it back.";
    case 503:
        return "This page is being prepared. Try again in a few seconds.";
    default:
        return "This page can't be shown at the moment. Its author can find the reason in the server's error log.";
    }
}

static void set_suggestions(atd_value_t *shown, const atd_site_t *site, const apr_array_header_t *posts,
                            apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < posts->nelts && i < SUGGESTIONS; i++)
        atd_value_push(list, atd_view_summary(site, APR_ARRAY_IDX(posts, i, const atd_post_t *), pool));
    atd_value_set(shown, "suggestions", list);
    atd_value_set(shown, "hasSuggestions", atd_value_bool(pool, atd_value_count(list) > 0));
}

static atd_error_t *render_error(atd_page_t *page, const atd_site_t *site, const atd_theme_t *theme,
                                 const atd_error_t *detail, const apr_array_header_t *suggestions, apr_pool_t *pool)
{
    const char *title = title_of_status(page->status);
    atd_value_t *view, *shown;
    atd_facts_t facts;
    atd_error_t *error;

    atd_facts_of_error(&facts, site, title, pool);
    error = atd_view_make(&view, site, &facts, pool);
    if (error)
        return error;
    shown = atd_view_error(page->status, title, message_of_status(page->status), detail, pool);
    if (suggestions)
        set_suggestions(shown, site, suggestions, pool);
    atd_value_set(view, "error", shown);
    return atd_page_render(page, theme, "error", view, pool);
}

static void make_error(atd_page_t *page, const atd_site_t *site, int status, const atd_error_t *error,
                       const apr_array_header_t *suggestions, apr_pool_t *pool)
{
    const atd_error_t *detail = site->debug ? error : NULL;
    const atd_theme_t *builtin;
    atd_error_t *failed;

    memset(page, 0, sizeof *page);
    page->status = status;
    page->error = error;
    page->lang = site->settings->language;
    page->personal = detail != NULL;
    failed = render_error(page, site, site->theme, detail, suggestions, pool);
    if (failed)
        failed = atd_theme_load(&builtin, NULL, pool);
    else
        return;
    if (!failed)
        failed = render_error(page, site, builtin, detail, suggestions, pool);
    if (failed) { /* the built-in theme can't fail, but a page is owed all the same */
        page->type = "text/plain; charset=utf-8";
        page->body = title_of_status(status);
        page->length = strlen(page->body);
    }
}

void atd_page_of_error(atd_page_t *page, const atd_site_t *site, int status, const atd_error_t *error, apr_pool_t *pool)
{
    make_error(page, site, status, error, NULL, pool);
}

/* ---- what may have been meant ---- */

/* The posts whose slugs are nearest to what an address ends with; those that are not public are nobody's to guess. */
static apr_array_header_t *find_suggestions(const atd_site_t *site, const char *name, apr_pool_t *pool)
{
    const atd_index_viewer_t visitor = {.now = site->now};
    apr_array_header_t *posts = NULL;
    atd_index_t *index = NULL;
    const char *slug;

    if (!name || !atd_permalink_slug(&slug, name, pool) || atd_site_index(&index, site, pool) || !index)
        return NULL;
    return atd_index_suggest(&posts, index, &visitor, slug, SUGGESTIONS, pool) ? NULL : posts;
}

void atd_page_of_missing(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    make_error(page, site, 404, NULL, find_suggestions(site, route->name, pool), pool);
}

void atd_page_of_building(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool)
{
    atd_page_of_error(page, site, 503, NULL, pool);
    page->retry_after = BUILDING_RETRY;
}

/* A post that was taken back by an edit that is broken besides is not one to show the last good page of. */
static bool is_withdrawn(const atd_site_t *site, const atd_error_t *error, apr_pool_t *pool)
{
    return !site->drafts && !site->debug && atd_catalog_is_withdrawn(&site->content, error->file, pool);
}

/* An index that can't be used is nobody's slip, and will soon be another one. */
static void make_failed(atd_page_t *page, const atd_site_t *site, const atd_error_t *error, apr_pool_t *pool)
{
    bool lacks_index = error->id == ATD_E_INDEX;

    if (!lacks_index && is_withdrawn(site, error, pool))
        atd_page_of_error(page, site, 404, error, pool);
    else
        atd_page_of_error(page, site, lacks_index ? 503 : 500, error, pool);
    page->retry_after = lacks_index ? INDEX_RETRY : 0;
}

static atd_error_t *make(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    switch (route->kind) {
    case ATD_ROUTE_HOME:
    case ATD_ROUTE_CATEGORY:
    case ATD_ROUTE_TAG:
    case ATD_ROUTE_AUTHOR:
    case ATD_ROUTE_ARCHIVE:
    case ATD_ROUTE_TAGS:
    case ATD_ROUTE_CATEGORIES:
    case ATD_ROUTE_AUTHORS:
        return atd_page_make_list(page, site, route, pool);
    case ATD_ROUTE_POST:
    case ATD_ROUTE_OTHER:
        return atd_page_make_post(page, site, route, pool);
    case ATD_ROUTE_SEARCH:
        return atd_page_make_search(page, site, route, pool);
    case ATD_ROUTE_SITEMAP:
        return atd_page_make_sitemap(page, site, route, pool);
    case ATD_ROUTE_LLMS:
    case ATD_ROUTE_LLMS_FULL:
        return atd_page_make_llms(page, site, route, pool);
    case ATD_ROUTE_MARKDOWN:
    case ATD_ROUTE_DATA:
        return atd_page_make_twin(page, site, route, pool);
    case ATD_ROUTE_OPENSEARCH:
        return make_opensearch(page, site, route, pool);
    case ATD_ROUTE_ASSET:
        make_asset(page, site, route, pool);
        return NULL;
    default:
        atd_page_of_missing(page, site, route, pool);
        return NULL;
    }
}

void atd_page_make(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    atd_error_t *error;

    memset(page, 0, sizeof *page);
    error = make(page, site, route, pool);
    if (error)
        make_failed(page, site, error, pool);
    if (page->canonical)
        atd_page_link(page, page->canonical, "canonical", NULL, pool);
    page->any_origin = site->settings->url != NULL;
}
