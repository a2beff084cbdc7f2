/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_text.h"
#include "site/atd_catalog.h"
#include "site/atd_permalink.h"
#include "site/atd_related.h"
#include "site/atd_view.h"

#include <apr_escape.h>
#include <apr_strings.h>

#include <string.h>

/* `layout:` chooses among the theme's templates by name; one that it lacks is no error. */
static const char *template_of(const atd_site_t *site, const atd_post_t *post)
{
    if (post->layout && atd_theme_has_template(site->theme, post->layout))
        return post->layout;
    return post->is_page ? "page" : "post";
}

const char *atd_page_tags_of(const atd_post_t *post, apr_pool_t *pool)
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

atd_error_t *atd_page_of_post(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    const atd_value_t *related = NULL;
    const atd_body_t *body;
    atd_value_t *view, *shown;
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
    shown = atd_view_post(site, &facts, related, pool);
    if (!post->is_page)
        error = atd_related_add_neighbours(shown, site, post, pool);
    if (error)
        return error;
    atd_value_set(view, "post", shown);
    atd_page_describe(page, &facts);
    page->modified = post->modified.at;
    page->tags = atd_page_tags_of(post, pool);
    if (!facts.hidden)
        atd_page_link_forms(page, site, post, pool);
    return atd_page_render(page, site->theme, template_of(site, post), view, pool);
}

int atd_page_status_of(const atd_site_t *site, const atd_post_t *post)
{
    if (!post)
        return 404;
    if (site->drafts || atd_post_is_public(post, site->now))
        return 200;
    return post->status == ATD_STATUS_GONE ? 410 : 404;
}

const char *atd_page_redirect_of(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
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
                              const atd_post_t *post, const atd_entry_t *entry, const char *right, apr_pool_t *pool)
{
    const char *elsewhere = atd_page_redirect_of(site, post, pool);
    atd_error_t *error;

    if (is_right(route, right) && !elsewhere) {
        error = atd_page_of_post(page, site, post, pool);
        if (!page->modified)
            page->modified = entry->seen;
        return error;
    }
    if (is_right(route, right))
        atd_page_redirect(page, site, (int)post->redirect_status, elsewhere, pool);
    else
        atd_page_redirect_to_right(page, site, atd_site_url(site, right, pool), pool);
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
atd_error_t *atd_page_find_post(const atd_post_t **post, atd_entry_t *entry, const atd_site_t *site, const char *slug,
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

/*
 * An alias is below the blog, or below the host as its author knows it from elsewhere. A single component's ".html" is no
 * part of the route, but may be one of the alias.
 */
static atd_error_t *find_moved(atd_entry_t *entry, atd_index_t *index, const atd_site_t *site, const atd_route_t *route,
                               apr_pool_t *pool)
{
    const char *inside = apr_punescape_url(pool, site->path + 1, NULL, NULL, 0);
    const char *outside = site->url + strlen(site->origin) + 1;
    const char *const folders[] = {"", inside, outside};
    const char *const endings[] = {"", ".html"};
    int count = route->kind == ATD_ROUTE_OTHER ? 3 : 6;
    atd_error_t *error = NULL;

    for (int i = 0; !error && !entry->path && i < count; i++)
        error = atd_index_find_moved(entry, index, apr_pstrcat(pool, folders[i % 3], route->name, endings[i / 3], NULL),
                                     pool);
    return error;
}

atd_error_t *atd_page_find_moved(const atd_post_t **post, const atd_site_t *site, const atd_route_t *route,
                                 apr_pool_t *pool)
{
    atd_entry_t entry = {0};
    atd_index_t *index;
    atd_error_t *error = atd_site_index(&index, site, pool);

    *post = NULL;
    if (!error && index)
        error = find_moved(&entry, index, site, route, pool);
    if (!error && entry.path)
        error = atd_post_load(post, &site->content, entry.path, NULL, pool);
    if (error && error->id == ATD_E_MISSING)
        return NULL;
    if (error || atd_page_status_of(site, *post) != 200 || strcmp((*post)->slug, route->name) == 0)
        *post = NULL;
    return error;
}

static atd_error_t *try_moved(atd_page_t *page, bool *done, const atd_site_t *site, const atd_route_t *route,
                              apr_pool_t *pool)
{
    const atd_post_t *post;
    atd_error_t *error = atd_page_find_moved(&post, site, route, pool);

    *done = post != NULL;
    if (!post)
        return error;
    atd_page_redirect_to_right(page, site, atd_site_post_url(site, post, pool), pool);
    page->personal = !atd_post_is_public(post, site->now);
    return NULL;
}

static void show_absent(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, const atd_post_t *post,
                        apr_pool_t *pool)
{
    int status = atd_page_status_of(site, post);

    if (status == 404)
        atd_page_of_missing(page, site, route, pool);
    else
        atd_page_of_error(page, site, status, NULL, pool);
}

atd_error_t *atd_page_make_post(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    const char *slug = route->name;
    const atd_post_t *post = NULL;
    const char *right = NULL;
    atd_entry_t entry = {0};
    atd_error_t *error = NULL;
    bool moved = false;

    if (slug && (route->kind != ATD_ROUTE_OTHER || atd_permalink_slug(&slug, route->name, pool)))
        error = atd_page_find_post(&post, &entry, site, slug, pool);
    if (error && may_lead_to_post(site, route))
        return error;
    if (post)
        right = atd_permalink_path(site->settings->permalink, post, pool);
    if (post && !leads_to(route, right, post, pool))
        post = NULL;
    if (atd_page_status_of(site, post) == 200)
        return show_post(page, site, route, post, &entry, right, pool);
    error = post || !route->name ? NULL : try_moved(page, &moved, site, route, pool);
    if (error || moved)
        return error;
    if (!post && atd_site_is_building(site))
        atd_page_of_building(page, site, pool);
    else
        show_absent(page, site, route, post, pool);
    return NULL;
}

atd_error_t *atd_page_is_taken(bool *taken, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    bool word = route->name && route->kind != ATD_ROUTE_CATEGORY && route->kind != ATD_ROUTE_TAG &&
                route->kind != ATD_ROUTE_AUTHOR;
    const atd_post_t *post = NULL;
    atd_entry_t entry;
    atd_error_t *error = word ? atd_page_find_post(&post, &entry, site, route->name, pool) : NULL;

    *taken = atd_page_status_of(site, post) == 200;
    return error;
}
