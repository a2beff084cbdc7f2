/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_CATALOG_H
#define ATD_CATALOG_H

#include "site/atd_post.h"

#include <apr_tables.h>

/**
 * @file atd_catalog.h
 * The files of a content folder that a blog is made of, found by listing its folders: posts are <name>.md and
 * <name>/index.md at its root, and all Markdown in posts/ (post/, blog/, Jekyll's _posts/) and the folders within; pages/,
 * authors/ and categories/ hold what they say. Nothing is remembered between calls: atd_index.h does that.
 */
typedef enum atd_catalog_kind_t {
    ATD_CATALOG_POST,
    ATD_CATALOG_PAGE, /**< below pages/: in no list and no feed */
    ATD_CATALOG_AUTHOR,
    ATD_CATALOG_CATEGORY
} atd_catalog_kind_t;

/** A source file. */
typedef struct atd_catalog_file_t {
    const char *path; /**< below the content root */
    atd_catalog_kind_t kind;
    unsigned rank; /**< of its folder: where two have the same slug, the lower (rank, path) wins */
    atd_stamp_t stamp;
} atd_catalog_file_t;

/**
 * All source files as atd_catalog_file_t, in the order of (rank, path); a call for each, none is opened. The content's
 * watch is not told.
 * @return ATD_E_LIMIT past ATD_MAX_POSTS, or why the root can't be listed; other folders that can't are left out
 */
atd_error_t *atd_catalog_walk(apr_array_header_t **files, const atd_root_t *content, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** Digests what atd_catalog_walk() found. */
void atd_catalog_digest(atd_digest_t *digest, const apr_array_header_t *files);

/**
 * Finds the post with @p slug where a file of that name would be. *post is NULL where there is none.
 * @return the error of a post that has this slug but can't be understood
 */
atd_error_t *atd_catalog_guess(const atd_post_t **post, const atd_root_t *content, const char *slug, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The slug that a file which can't be understood would have: that of a line before the body, in any format, else its name's. */
const char *atd_catalog_broken_slug(const char *text, const char *path, apr_pool_t *pool);

/**
 * True for the text of a file that can't be understood but has a line that takes it back: `status:` with draft, archived,
 * scheduled or gone, `draft: true` or `published: false`, in any case and quotes, and so in TOML and JSON. What stood there
 * before must not go on being shown.
 */
bool atd_catalog_takes_back(const char *text, apr_pool_t *scratch);

/** The same for a file; false where there is none. */
bool atd_catalog_is_withdrawn(const atd_root_t *content, const char *path, apr_pool_t *scratch);

#endif
