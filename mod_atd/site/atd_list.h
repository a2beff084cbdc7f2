/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_LIST_H
#define ATD_LIST_H

#include "site/atd_category.h"
#include "site/atd_route.h"
#include "site/atd_site.h"

/**
 * @file atd_list.h
 * One page of a list of posts, as a route asks for it: of all, of a category, tag, author, year or month.
 */
typedef struct atd_list_t {
    const atd_route_t *route;
    const char *name;        /**< of the category, tag, author; NULL for home, and for archives, which have a date */
    const char *description; /**< plain; or NULL */
    const char *parent;      /**< name of the category above it; NULL where there is none, or it has no list */
    const atd_category_t *category; /**< what its file says; or NULL */
    const atd_person_t *person;     /**< the author; or NULL */
    const atd_record_t *record;     /**< the file of the category or author; or NULL */
    apr_int64_t count;              /**< of posts on all pages */
    unsigned pages;                 /**< at least 1 */
    apr_array_header_t *posts;      /**< of const atd_post_t *, without bodies: those of this page */
} atd_list_t;

/** True for the routes that are lists of posts. */
bool atd_list_is(const atd_route_t *route);

/**
 * Loads the page of @p route, or as many posts as a feed has where it asks for one.
 * @param list NULL where there is no such list, or no such page of it
 */
atd_error_t *atd_list_load(const atd_list_t **list, const atd_site_t *site, atd_index_t *index,
                           const atd_route_t *route, apr_pool_t *pool) __attribute__((warn_unused_result));

/** The category's file's front matter; *category is NULL where it has none. */
atd_error_t *atd_list_category(const atd_category_t **category, const atd_record_t **record, atd_index_t *index,
                               const char *slug, apr_pool_t *pool) __attribute__((warn_unused_result));

/** A tag, category or author as the site shows it, by slug; *term is NULL where no shown post has it. */
atd_error_t *atd_list_term(const atd_term_t **term, const atd_site_t *site, atd_index_t *index, atd_term_kind_t kind,
                           const char *slug, apr_pool_t *pool) __attribute__((warn_unused_result));

/** An author by slug: what the file says, and the name as posts write it where there is none; NULL where nothing is known. */
atd_error_t *atd_list_person(const atd_person_t **person, const atd_record_t **record, atd_index_t *index,
                             const char *slug, const char *name, apr_pool_t *pool) __attribute__((warn_unused_result));

/** URL path below the blog, decoded, of page @p page of the list that @p route is of. */
const char *atd_list_path(const atd_route_t *route, unsigned page, apr_pool_t *pool);

/** What the names of a list's feeds stand behind, below the blog: "tag/x/"; "" for home, and for archives, which have none. */
const char *atd_list_feeds(const atd_route_t *route, apr_pool_t *pool);

#endif
