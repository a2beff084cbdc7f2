/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_catalog.h"
#include "site/atd_permalink.h"
#include "site/atd_person.h"
#include "site/atd_related.h"
#include "site/atd_view.h"

#include <apr_strings.h>

#include <string.h>

#define HTML "text/html; charset=utf-8"
#define EXPECTED_PAGE (32 * 1024)

/* Seconds after which who asked too early may ask again: where the index is being built, and where it could not be used. */
#define BUILDING_RETRY 2
#define INDEX_RETRY 1

static atd_error_t *render(atd_page_t *page, const atd_theme_t *theme, const char *template_name,
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

/* `layout:` chooses among the theme's templates by name; one that it lacks is no error. */
static const char *template_of(const atd_site_t *site, const atd_post_t *post)
{
    if (post->layout && atd_theme_has_template(site->theme, post->layout))
        return post->layout;
    return post->is_page ? "page" : "post";
}

/* Surrogate keys: a purge of "tag-news" reaches every page that shows one of these posts in full. */
static const char *tags_of(const atd_post_t *post, apr_pool_t *pool)
{
    const char *tags = apr_pstrcat(pool, post->is_page ? "page-" : "post-", post->slug, NULL);

    if (post->category)
        tags = apr_pstrcat(pool, tags, " category-", atd_text_slug(post->category, pool), NULL);
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        tags = apr_pstrcat(pool, tags, " tag-", atd_text_slug(atd_value_text(atd_value_at(post->tags, i)), pool), NULL);
    for (int i = 0; i < post->authors->nelts; i++)
        tags = apr_pstrcat(pool, tags, " author-", APR_ARRAY_IDX(post->authors, i, atd_person_t).slug, NULL);
    return tags;
}

static void describe(atd_page_t *page, const atd_facts_t *facts)
{
    page->status = 200;
    page->lang = facts->lang;
    page->indexable = facts->indexable;
    page->personal = facts->hidden != NULL;
}

atd_error_t *atd_page_of_post(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    const atd_value_t *related = NULL;
    const atd_body_t *body;
    atd_value_t *view;
    atd_facts_t facts;
    atd_error_t *error = atd_body_make(&body, site, post, pool);

    if (error)
        return error;
    atd_facts_of_post(&facts, site, post, body, pool);
    error = atd_view_make(&view, site, &facts, pool);
    if (!error && !post->is_page)
        error = atd_related_view(&related, site, post, pool);
    if (error)
        return error;
    atd_value_set(view, "post", atd_view_post(site, &facts, related, pool));
    describe(page, &facts);
    page->modified = post->modified.at;
    page->tags = tags_of(post, pool);
    return render(page, site->theme, template_of(site, post), view, pool);
}

static void redirect(atd_page_t *page, const atd_site_t *site, int status, const char *location, apr_pool_t *pool)
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
static void redirect_to_right(atd_page_t *page, const atd_site_t *site, const char *url, apr_pool_t *pool)
{
    redirect(page, site, 301, url, pool);
    page->keeps_query = true;
}

/* @return 200 where a post may be shown, 410 where its author took it back for good, else 404 */
static int status_of(const atd_site_t *site, const atd_post_t *post)
{
    if (!post)
        return 404;
    if (site->drafts || atd_post_is_public(post, site->now))
        return 200;
    return post->status == ATD_STATUS_GONE ? 410 : 404;
}

/* Where a post sends its readers; NULL where it doesn't, or would send them round in a circle. */
static const char *redirect_of(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    const char *location = post->redirect_to ? atd_site_absolute(site, post->redirect_to, pool) : NULL;

    if (!location || strcmp(location, atd_site_post_url(site, post, pool)) == 0 ||
        strcmp(location, atd_site_url(site, post->slug, pool)) == 0)
        return NULL;
    return location;
}

/* The address is the post's own, or has been: under a slug, under any usual pattern. */
static bool leads_to(const atd_route_t *route, const char *right, const atd_post_t *post, apr_pool_t *pool)
{
    return route->kind != ATD_ROUTE_OTHER || strcmp(route->name, right) == 0 ||
           atd_permalink_matches(route->name, post, pool);
}

/* As it was written, but for what atd_route_path() puts right; a feed's older address may be a slug as it stands. */
static bool is_right(const atd_route_t *route, const char *right)
{
    return (!route->moved || route->kind == ATD_ROUTE_HOME) && strcmp(route->name, right) == 0;
}

/* A redirect is sent only where it leads somewhere, so that it tells nothing of hidden posts. */
static atd_error_t *show_post(atd_page_t *page, const atd_site_t *site, const atd_route_t *route,
                              const atd_post_t *post, const char *right, apr_pool_t *pool)
{
    const char *elsewhere = redirect_of(site, post, pool);

    if (is_right(route, right) && !elsewhere)
        return atd_page_of_post(page, site, post, pool);
    if (is_right(route, right))
        redirect(page, site, (int)post->redirect_status, elsewhere, pool);
    else
        redirect_to_right(page, site, atd_site_url(site, right, pool), pool);
    page->personal = !atd_post_is_public(post, site->now);
    return NULL;
}

/* No path but a slug is a post's own where the pattern says nothing else. */
static bool may_lead_to_post(const atd_site_t *site, const atd_route_t *route)
{
    return route->kind != ATD_ROUTE_OTHER || strcmp(site->settings->permalink, ATD_PERMALINK_DEFAULT) != 0;
}

/* A file that was edited or removed since the index was brought up to date has the slug no more: NULL. */
static atd_error_t *load_indexed(const atd_post_t **post, const atd_site_t *site, const char *path, const char *slug,
                                 apr_pool_t *pool)
{
    atd_error_t *error = atd_post_load(post, &site->content, path, NULL, pool);

    if (error && error->id == ATD_E_MISSING)
        return NULL;
    if (!error && strcmp((*post)->slug, slug) != 0)
        *post = NULL;
    return error;
}

/* By the index; a file that it doesn't know yet, where one with this name would be. */
static atd_error_t *find_post(const atd_post_t **post, atd_entry_t *entry, const atd_site_t *site, const char *slug,
                              apr_pool_t *pool)
{
    atd_index_t *index;
    atd_error_t *error = atd_site_index(&index, site, pool);

    *post = NULL;
    *entry = (atd_entry_t){0};
    if (!error && index)
        error = atd_index_find(entry, index, slug, pool);
    if (!error && entry->path)
        error = load_indexed(post, site, entry->path, slug, pool);
    return error || *post ? error : atd_catalog_guess(post, &site->content, slug, pool);
}

/* What needs the index is made when there is one. */
static void make_building(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool)
{
    atd_page_of_error(page, site, 503, NULL, pool);
    page->retry_after = BUILDING_RETRY;
}

/* The post that a slug, or a path that ends with one, leads to; a 404 page where there is none. */
static atd_error_t *make_post(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    const char *slug = route->name;
    const atd_post_t *post = NULL;
    const char *right = NULL;
    atd_entry_t seen;
    atd_error_t *error = NULL;

    if (slug && (route->kind != ATD_ROUTE_OTHER || atd_permalink_slug(&slug, route->name, pool)))
        error = find_post(&post, &seen, site, slug, pool);
    if (error && may_lead_to_post(site, route))
        return error;
    if (post)
        right = atd_permalink_path(site->settings->permalink, post, pool);
    if (post && !leads_to(route, right, post, pool))
        post = NULL;
    if (status_of(site, post) == 200)
        return show_post(page, site, route, post, right, pool);
    if (!post && atd_site_is_building(site))
        make_building(page, site, pool);
    else
        atd_page_of_error(page, site, status_of(site, post), NULL, pool);
    return NULL;
}

static atd_error_t *view_list(const atd_value_t **view, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    const atd_list_query_t query = {.kind = ATD_LIST_ALL, .limit = 1000};
    atd_value_t *list = atd_value_list(pool);
    apr_array_header_t *posts;
    atd_error_t *error = atd_index_list(&posts, index, &viewer, &query, pool);

    for (int i = 0; !error && i < posts->nelts; i++)
        atd_value_push(list, atd_view_summary(site, APR_ARRAY_IDX(posts, i, const atd_post_t *), pool));
    *view = list;
    return error;
}

static atd_error_t *make_home(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool)
{
    const atd_value_t *posts;
    atd_index_t *index;
    atd_value_t *view;
    atd_facts_t facts;
    atd_error_t *error = atd_site_index(&index, site, pool);

    if (error)
        return error;
    if (!index) {
        make_building(page, site, pool);
        return NULL;
    }
    error = view_list(&posts, site, index, pool);
    if (error)
        return error;
    atd_facts_of_home(&facts, site, pool);
    error = atd_view_make(&view, site, &facts, pool);
    if (error)
        return error;
    atd_value_set(view, "posts", posts);
    describe(page, &facts);
    page->personal = site->drafts;
    page->tags = "home";
    return render(page, site->theme, "home", view, pool);
}

/* Feeds, by the addresses that some posts have, too; pages of the list. */
static atd_error_t *make_home_of(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    if (route->format != ATD_FORMAT_PAGE || route->page != 1)
        return make_post(page, site, route, pool);
    if (!route->moved)
        return make_home(page, site, pool);
    redirect_to_right(page, site, site->url, pool);
    return NULL;
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
    return render(page, theme, "error", view, pool);
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

void atd_page_make(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    atd_error_t *error = NULL;

    memset(page, 0, sizeof *page);
    switch (route->kind) {
    case ATD_ROUTE_HOME:
        error = make_home_of(page, site, route, pool);
        break;
    case ATD_ROUTE_POST:
    case ATD_ROUTE_OTHER:
    case ATD_ROUTE_ARCHIVE:
    case ATD_ROUTE_TAGS:
    case ATD_ROUTE_CATEGORIES:
    case ATD_ROUTE_AUTHORS:
    case ATD_ROUTE_SEARCH:
        error = make_post(page, site, route, pool);
        break;
    case ATD_ROUTE_ASSET:
        make_asset(page, site, route, pool);
        break;
    default:
        atd_page_of_error(page, site, 404, NULL, pool);
        break;
    }
    if (error)
        make_failed(page, site, error, pool);
    page->any_origin = site->settings->url != NULL;
}
