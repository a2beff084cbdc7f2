/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PICTURE_H
#define ATD_PICTURE_H

#include "site/atd_site.h"

/**
 * @file atd_picture.h
 * Where an author's reference to a file leads: an image's URL and size, a link's target.
 */
typedef struct atd_target_t {
    const char *url; /**< as it stands in the page, percent-encoded, not HTML-escaped; NULL: unsafe, leave it out */
    const char *absolute;   /**< the same with scheme and host */
    const char *file;       /**< path below the content root where it is a file there; or NULL */
    const char *type;       /**< media type of a local image that could be measured; or NULL */
    unsigned width, height; /**< 0 = not known */
} atd_target_t;

/**
 * Resolves an image reference of @p post (or of the site where @p post is NULL): absolute and rooted ones stay; one
 * to a file beside the post becomes that file's URL; any other gets settings' image_base in front. A local file's
 * header is read for its size.
 */
void atd_picture_resolve(atd_target_t *target, const atd_site_t *site, const atd_post_t *post, const char *reference,
                         apr_pool_t *pool);

/**
 * The absolute URL of the same image and nothing else, for lists of any length: no file is read, none is looked for but where
 * image_base could be meant, and the content's watch is not told. NULL: unsafe, leave it out.
 */
const char *atd_picture_url(const atd_site_t *site, const atd_post_t *post, const char *reference, apr_pool_t *pool);

/**
 * Resolves a link of @p post: one to a Markdown file beside it becomes that post's URL; one to another file there, the
 * file's. Fragments and queries are kept.
 */
void atd_link_resolve(atd_target_t *target, const atd_site_t *site, const atd_post_t *post, const char *reference,
                      apr_pool_t *pool);

/** True for an absolute http or https URL that leads to another host than the blog's. */
bool atd_link_is_external(const atd_site_t *site, const char *url);

#endif
