/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_related.h"

#include "base/atd_text.h"
#include "site/atd_catalog.h"
#include "site/atd_view.h"

#include <stdlib.h>
#include <string.h>

typedef struct candidate_t {
    const atd_post_t *post;
    int score;
} candidate_t;

static bool has_tag(const atd_post_t *post, const char *tag)
{
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++) {
        if (strcasecmp(atd_value_text(atd_value_at(post->tags, i)), tag) == 0)
            return true;
    }
    return false;
}

static int score(const atd_post_t *post, const atd_post_t *other)
{
    int shared = post->category && other->category && strcasecmp(post->category, other->category) == 0;

    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        shared += has_tag(other, atd_value_text(atd_value_at(post->tags, i)));
    return shared;
}

static int compare(const void *a, const void *b)
{
    const candidate_t *left = a;
    const candidate_t *right = b;

    if (left->score != right->score)
        return right->score - left->score;
    if (left->post->date.at != right->post->date.at)
        return left->post->date.at > right->post->date.at ? -1 : 1;
    return strcmp(left->post->path, right->post->path);
}

static atd_error_t *add_best(atd_value_t *list, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    apr_array_header_t *candidates = apr_array_make(pool, 16, sizeof(candidate_t));
    apr_array_header_t *posts;
    atd_error_t *error = atd_catalog_load(&posts, &site->content, post->path, pool);

    for (int i = 0; !error && i < posts->nelts; i++) {
        const atd_post_t *other = APR_ARRAY_IDX(posts, i, const atd_post_t *);
        int shared = score(post, other);

        if (shared == 0 || other->is_page || !atd_post_is_public(other, site->now))
            continue;
        APR_ARRAY_PUSH(candidates, candidate_t) = (candidate_t){.post = other, .score = shared};
    }
    qsort(candidates->elts, (apr_size_t)candidates->nelts, sizeof(candidate_t), compare);
    for (int i = 0; i < candidates->nelts && i < site->settings->related; i++)
        atd_value_push(list, atd_view_summary(site, APR_ARRAY_IDX(candidates, i, candidate_t).post, pool));
    return error;
}

static void add_named(atd_value_t *list, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < atd_value_count(post->related); i++) {
        const char *slug = atd_text_slug(atd_value_text(atd_value_at(post->related, i)), pool);
        const atd_post_t *other = NULL;
        atd_error_t *error = *slug ? atd_catalog_find(&other, &site->content, slug, pool) : NULL;

        if ((apr_int64_t)atd_value_count(list) >= site->settings->related)
            return;
        if (!error && other && strcmp(other->path, post->path) != 0 && atd_post_is_public(other, site->now))
            atd_value_push(list, atd_view_summary(site, other, pool));
    }
}

atd_error_t *atd_related_view(const atd_value_t **list, const atd_site_t *site, const atd_post_t *post,
                              apr_pool_t *pool)
{
    atd_value_t *view = atd_value_list(pool);
    atd_error_t *error = NULL;

    if (post->related)
        add_named(view, site, post, pool);
    else if (site->settings->related > 0 && (post->tags || post->category))
        error = add_best(view, site, post, pool);
    *list = view;
    return error;
}
