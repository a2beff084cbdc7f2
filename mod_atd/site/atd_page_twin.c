/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_limits.h"
#include "site/atd_related.h"
#include "site/atd_twin.h"

#include <string.h>

static atd_error_t *show_markdown(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, post->body_length + 1024, ATD_MAX_PAGE);
    atd_facts_t facts;

    atd_facts_of_post(&facts, site, post, NULL, pool);
    atd_page_describe(page, &facts);
    page->canonical = facts.canonical;
    atd_twin_put_markdown(out, site, &facts, pool);
    return atd_page_take(page, ATD_TWIN_MARKDOWN, out, "the source of the post");
}

/* Static pages have no neighbours. */
static atd_error_t *find_others(atd_twin_t *twin, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *near = atd_value_map(pool);
    atd_error_t *error;

    if (post->is_page)
        return NULL;
    error = atd_related_view(&twin->related, site, post, pool);
    if (!error)
        error = atd_related_add_neighbours(near, site, post, pool);
    twin->near = near;
    return error;
}

static atd_error_t *show_data(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_time_t seen,
                              apr_pool_t *pool)
{
    atd_twin_t twin = {.seen = seen};
    const atd_body_t *body;
    atd_buffer_t *out;
    atd_facts_t facts;
    atd_error_t *error = atd_body_make(&body, site, post, pool);

    if (error)
        return error;
    atd_facts_of_post(&facts, site, post, body, pool);
    twin.facts = &facts;
    error = find_others(&twin, site, post, pool);
    if (error)
        return error;
    atd_page_describe(page, &facts);
    page->canonical = facts.canonical;
    out = atd_buffer_create(pool, body->length * 2 + 4096, ATD_MAX_FEED);
    error = atd_twin_put_data(out, site, &twin, pool);
    return error ? error : atd_page_take(page, ATD_TWIN_DATA, out, "the data of the post");
}

static atd_error_t *show(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, const atd_post_t *post,
                         const atd_entry_t *entry, apr_pool_t *pool)
{
    atd_error_t *error = route->kind == ATD_ROUTE_MARKDOWN ? show_markdown(page, site, post, pool)
                                                           : show_data(page, site, post, entry->seen, pool);

    page->indexable = false; /* search engines have the page */
    page->modified = post->modified.at ? post->modified.at : entry->seen;
    page->tags = atd_page_tags_of(post, pool);
    return error;
}

static void redirect(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, const atd_post_t *post,
                     apr_pool_t *pool)
{
    atd_route_t right = {.kind = route->kind, .name = post->slug};

    atd_page_redirect_to_right(page, site, atd_site_url(site, atd_route_path(&right, pool), pool), pool);
    page->personal = !atd_post_is_public(post, site->now);
}

/* A post that sends its readers elsewhere has nothing to read here. */
static int status_of(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    int status = atd_page_status_of(site, post);

    return status == 200 && atd_page_redirect_of(site, post, pool) ? 404 : status;
}

atd_error_t *atd_page_make_twin(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    const atd_post_t *post;
    atd_entry_t entry;
    bool renamed = false;
    int status;
    atd_error_t *error = atd_page_find_post(&post, &entry, site, route->name, pool);

    if (!error && !post) {
        error = atd_page_find_moved(&post, site, route, pool);
        renamed = post != NULL;
    }
    if (error)
        return error;
    status = status_of(site, post, pool);
    if (status != 200)
        atd_page_of_error(page, site, status, NULL, pool);
    else if (route->moved || renamed)
        redirect(page, site, route, post, pool);
    else
        return show(page, site, route, post, &entry, pool);
    return NULL;
}
