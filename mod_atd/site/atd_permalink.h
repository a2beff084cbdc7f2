/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PERMALINK_H
#define ATD_PERMALINK_H

#include "site/atd_post.h"

/**
 * @file atd_permalink.h
 * The address of a post below the blog: site.yaml's `permalink`, a pattern of names such as "/:year/:month/:slug", and
 * what other systems' addresses of the same post look like.
 */

/** Where site.yaml says nothing. */
#define ATD_PERMALINK_DEFAULT "/:slug"

/**
 * Checks a pattern and gives it in its normal form: Jekyll's "date", "pretty" and "none" written out, synonyms of names
 * replaced, no slash and no ".html" at its end. Any fault is noted at @p value.
 * @param normal of the reading's pool; ATD_PERMALINK_DEFAULT where there is a fault
 * @return the error; or NULL
 */
const atd_error_t *atd_permalink_check(const char **normal, const char *pattern, const atd_value_t *value,
                                       atd_reading_t *reading);

/**
 * The path of @p post below the blog, decoded, without a slash at its ends: "2025/06/my-post". Days are those of the date's
 * own offset. A page, a post without the date that the pattern asks for, and one whose path would be that of another route
 * ("tag/my-post", of a category "tag"), have just their slug.
 * @param pattern in normal form
 */
const char *atd_permalink_path(const char *pattern, const atd_post_t *post, apr_pool_t *pool);

/**
 * The last component of any path as a slug, without "index.html", ".html" and slashes at the end.
 * @return false where nothing is left
 */
bool atd_permalink_slug(const char **slug, const char *path, apr_pool_t *pool);

/**
 * True where @p path looks like an address of @p post under any usual pattern: its last component folds to the post's slug,
 * and each before it is the year, month or day (with or without a leading zero) of its date or of its file's name,
 * "2025-06-16", the slug of its category or of a tag, "post", "posts" or "blog".
 */
bool atd_permalink_matches(const char *path, const atd_post_t *post, apr_pool_t *pool);

#endif
