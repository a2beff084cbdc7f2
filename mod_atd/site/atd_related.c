/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_related.h"

#include "base/atd_text.h"
#include "site/atd_view.h"
#include "site/atd_view_parts.h"

#include <string.h>

static atd_error_t *add_best(atd_value_t *list, const atd_site_t *site, const atd_post_t *post, atd_index_t *index,
                             apr_pool_t *pool)
{
    const atd_index_viewer_t everybody = {.now = site->now};
    apr_array_header_t *posts;
    atd_error_t *error = atd_index_related(&posts, index, &everybody, post, site->settings->related, pool);

    for (int i = 0; !error && i < posts->nelts; i++)
        atd_value_push(list, atd_view_summary(site, APR_ARRAY_IDX(posts, i, const atd_post_t *), pool));
    return error;
}

/* A slug that is not there is the author's slip, and no reason to show nothing. */
static atd_error_t *add_named(atd_value_t *list, const atd_site_t *site, const atd_post_t *post, atd_index_t *index,
                              apr_pool_t *pool)
{
    atd_error_t *error = NULL;

    for (apr_size_t i = 0; !error && i < atd_value_count(post->related); i++) {
        const char *slug = atd_text_slug(atd_value_text(atd_value_at(post->related, i)), pool);
        const atd_post_t *other = NULL;

        if ((apr_int64_t)atd_value_count(list) >= site->settings->related)
            break;
        if (*slug)
            error = atd_index_summary(&other, index, slug, pool);
        if (!error && other && strcmp(other->path, post->path) != 0 && atd_post_is_public(other, site->now))
            atd_value_push(list, atd_view_summary(site, other, pool));
    }
    return error;
}

atd_error_t *atd_related_view(const atd_value_t **list, const atd_site_t *site, const atd_post_t *post,
                              apr_pool_t *pool)
{
    atd_value_t *view = atd_value_list(pool);
    atd_index_t *index;
    atd_error_t *error = atd_site_index(&index, site, pool);

    *list = view;
    if (error || !index || site->settings->related == 0)
        return error;
    return (post->related ? add_named : add_best)(view, site, post, index, pool);
}

/* ---- before, after, and in a series ---- */

/* A series of more parts is shown in part. */
#define MAX_PARTS 100

static const atd_value_t *view_neighbour(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!post)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "title", atd_text_collapse(post->title, pool));
    atd_value_set_text(map, "path", atd_site_post_path(site, post, pool));
    atd_value_set(map, "date", atd_view_date(&post->date, post->lang ? post->lang : site->settings->language, pool));
    return map;
}

static const atd_value_t *view_part(const atd_site_t *site, const atd_post_t *part, const atd_post_t *current,
                                    apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    atd_value_set_text(map, "title", atd_text_collapse(part->title, pool));
    atd_value_set_text(map, "path", atd_site_post_path(site, part, pool));
    atd_value_set(map, "part", part->part_number ? atd_value_int(pool, part->part_number) : atd_value_null(pool));
    atd_value_set(map, "isCurrent", atd_value_bool(pool, strcmp(part->path, current->path) == 0));
    return map;
}

/* A public post may be kept by anybody, where its author sees drafts, too; so it names none. */
static atd_index_viewer_t viewer_of(const atd_site_t *site, const atd_post_t *post)
{
    return (atd_index_viewer_t){.now = site->now, .drafts = site->drafts && !atd_post_is_public(post, site->now)};
}

static atd_error_t *add_series(atd_value_t *view, const atd_site_t *site, const atd_post_t *post, atd_index_t *index,
                               apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = viewer_of(site, post);
    const atd_list_query_t query = {
        .kind = ATD_LIST_SERIES, .slug = atd_text_slug(post->series, pool), .limit = MAX_PARTS};
    atd_value_t *map = atd_value_map(pool);
    atd_value_t *parts = atd_value_list(pool);
    apr_array_header_t *posts;
    apr_int64_t total = 0;
    atd_error_t *error = atd_index_list(&posts, index, &viewer, &query, pool);

    if (!error)
        error = atd_index_count(&total, index, &viewer, &query);
    for (int i = 0; !error && i < posts->nelts; i++)
        atd_value_push(parts, view_part(site, APR_ARRAY_IDX(posts, i, const atd_post_t *), post, pool));
    atd_value_set_text(map, "title", post->series);
    atd_value_set(map, "part", post->part_number ? atd_value_int(pool, post->part_number) : atd_value_null(pool));
    atd_value_set(map, "total", atd_value_int(pool, total));
    atd_value_set(map, "posts", parts);
    atd_value_set(map, "hasPosts", atd_value_bool(pool, atd_value_count(parts) > 1));
    atd_value_set(view, "series", map);
    return error;
}

atd_error_t *atd_related_add_neighbours(atd_value_t *view, const atd_site_t *site, const atd_post_t *post,
                                        apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = viewer_of(site, post);
    const atd_post_t *older = NULL, *newer = NULL;
    atd_index_t *index;
    atd_error_t *error = atd_site_index(&index, site, pool);

    if (error || !index)
        return error;
    error = atd_index_neighbours(&older, &newer, index, &viewer, post, pool);
    atd_value_set(view, "previous", view_neighbour(site, older, pool));
    atd_value_set(view, "next", view_neighbour(site, newer, pool));
    return error || !post->series ? error : add_series(view, site, post, index, pool);
}
