/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_CATALOG_H
#define ATD_CATALOG_H

#include "site/atd_post.h"

#include <apr_tables.h>

/**
 * @file atd_catalog.h
 * The posts of a content folder, found by reading it: <name>.md and <name>/index.md at its root, in posts/ (or Jekyll's
 * _posts/) and in pages/. Nothing is remembered between calls.
 */

/** Paths below @p content of all files that may be posts or pages, in order, as `const char *`. */
atd_error_t *atd_catalog_paths(apr_array_header_t **paths, const atd_root_t *content, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/**
 * Loads all posts and pages, as `const atd_post_t *`. One that can't be understood is left out.
 * @param except path of a file that is not wanted; or NULL
 */
atd_error_t *atd_catalog_load(apr_array_header_t **posts, const atd_root_t *content, const char *except,
                              apr_pool_t *pool) __attribute__((warn_unused_result));

/** Digests all files that lists are made from, posts and authors. */
atd_error_t *atd_catalog_digest(atd_digest_t *digest, const atd_root_t *content, apr_pool_t *scratch)
    __attribute__((warn_unused_result));

/**
 * Finds the post with @p slug, by its file name first. *post is NULL where there is none.
 * @return the error of a post that has this slug but can't be understood
 */
atd_error_t *atd_catalog_find(const atd_post_t **post, const atd_root_t *content, const char *slug, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/**
 * True for a file that can't be understood but has a line that takes it back: `status:` with draft, archived, scheduled or
 * gone, `draft: true` or `published: false`, in any case and quotes, or the same in TOML or JSON. What stood there before
 * must not go on being shown.
 */
bool atd_catalog_is_withdrawn(const atd_root_t *content, const char *path, apr_pool_t *scratch);

#endif
