/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_related.h"

#include "base/atd_text.h"
#include "site/atd_view.h"

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
