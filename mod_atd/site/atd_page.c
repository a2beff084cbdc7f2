/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "site/atd_catalog.h"
#include "site/atd_opensearch.h"
#include "site/atd_view.h"

#include <apr_strings.h>

#include <string.h>

#define HTML "text/html; charset=utf-8"
#define EXPECTED_PAGE (32 * 1024)

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
        return "Not ready yet";
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
        return "The posts of this blog are being looked through. Please come again in a moment.";
    default:
        return "This page can't be shown at the moment. Its author can find the reason in the server's error log.";
    }
}

static atd_error_t *render_error(atd_page_t *page, const atd_site_t *site, const atd_theme_t *theme,
                                 const atd_error_t *detail, apr_pool_t *pool)
{
    const char *title = title_of_status(page->status);
    atd_value_t *view;
    atd_facts_t facts;
    atd_error_t *error;

    atd_facts_of_error(&facts, site, title, pool);
    error = atd_view_make(&view, site, &facts, pool);
    if (error)
        return error;
    atd_value_set(view, "error", atd_view_error(page->status, title, message_of_status(page->status), detail, pool));
    return atd_page_render(page, theme, "error", view, pool);
}

void atd_page_of_error(atd_page_t *page, const atd_site_t *site, int status, const atd_error_t *error, apr_pool_t *pool)
{
    const atd_error_t *detail = site->debug ? error : NULL;
    const atd_theme_t *builtin;
    atd_error_t *failed;

    memset(page, 0, sizeof *page);
    page->status = status;
    page->error = error;
    page->lang = site->settings->language;
    page->personal = detail != NULL;
    failed = render_error(page, site, site->theme, detail, pool);
    if (failed)
        failed = atd_theme_load(&builtin, NULL, pool);
    else
        return;
    if (!failed)
        failed = render_error(page, site, builtin, detail, pool);
    if (failed) { /* the built-in theme can't fail, but a page is owed all the same */
        page->type = "text/plain; charset=utf-8";
        page->body = title_of_status(status);
        page->length = strlen(page->body);
    }
}

void atd_page_of_building(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool)
{
    atd_page_of_error(page, site, 503, NULL, pool);
    page->retry_after = 2;
}

/* A post that was taken back by an edit that is broken besides is not one to show the last good page of. */
static void make_failed(atd_page_t *page, const atd_site_t *site, const atd_error_t *error, apr_pool_t *pool)
{
    bool withdrawn = !site->drafts && !site->debug && atd_catalog_is_withdrawn(&site->content, error->file, pool);

    atd_page_of_error(page, site, withdrawn ? 404 : 500, error, pool);
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
    case ATD_ROUTE_SEARCH:
        return atd_page_make_post(page, site, route, pool);
    case ATD_ROUTE_MARKDOWN:
    case ATD_ROUTE_DATA:
        return atd_page_make_twin(page, site, route, pool);
    case ATD_ROUTE_OPENSEARCH:
        return make_opensearch(page, site, route, pool);
    case ATD_ROUTE_ASSET:
        make_asset(page, site, route, pool);
        return NULL;
    default:
        atd_page_of_error(page, site, 404, NULL, pool);
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
