/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PAGE_PRIVATE_H
#define ATD_PAGE_PRIVATE_H

#include "site/atd_facts.h"
#include "site/atd_page.h"

/**
 * @file atd_page_private.h
 * What the makers of pages share. Each makes the page of some kinds of routes; an error is made into a page by atd_page.c.
 */

/** Renders a template into the page. */
atd_error_t *atd_page_render(atd_page_t *page, const atd_theme_t *theme, const char *template_name,
                             const atd_value_t *view, apr_pool_t *pool) __attribute__((warn_unused_result));

/** Takes a page's facts over: status 200. */
void atd_page_describe(atd_page_t *page, const atd_facts_t *facts);

/** A redirect to an absolute URL. */
void atd_page_redirect(atd_page_t *page, const atd_site_t *site, int status, const char *location, apr_pool_t *pool);

/** The same, for good, to the right way to write an address, whose query it keeps. */
void atd_page_redirect_to_right(atd_page_t *page, const atd_site_t *site, const char *url, apr_pool_t *pool);

/**
 * The theme's 404, with up to three public posts whose slugs are like what @p route asks for. Whatever goes wrong with finding
 * these leaves them out.
 */
void atd_page_of_missing(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool);

/**
 * Adds a link to the page: @p url, absolute, is percent-encoded where it isn't. @p type: media type without parameters; NULL
 * says none.
 */
void atd_page_link(atd_page_t *page, const char *url, const char *rel, const char *type, apr_pool_t *pool);

/** Adds links to the other forms of a public post. */
void atd_page_link_forms(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** Adds the link to the description of the blog for machines. */
void atd_page_link_description(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool);

/** Makes a page that is no HTML: @p out is a feed, a sitemap or the like. */
atd_error_t *atd_page_take(atd_page_t *page, const char *type, atd_buffer_t *out, const char *what)
    __attribute__((warn_unused_result));

/** "Come again in a moment": what was asked for needs the index, which is being built. */
void atd_page_of_building(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool);

/** The page of a slug, of a path that ends with one, or of a former address; 404 where there is none. */
atd_error_t *atd_page_make_post(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** Lists of posts, their feeds, overviews. */
atd_error_t *atd_page_make_list(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The search, as a page or as data; what is looked for is in the route's query. */
atd_error_t *atd_page_make_search(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** Tells whether a shown post has a word as its slug that is a route's: the post comes first then. */
atd_error_t *atd_page_is_taken(bool *taken, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** sitemap.xml: all addresses, or an index of its parts; and these parts. */
atd_error_t *atd_page_make_sitemap(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** llms.txt and llms-full.txt. */
atd_error_t *atd_page_make_llms(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The source of a post, and its data. */
atd_error_t *atd_page_make_twin(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The status of a post's page: 200 where it may be shown, 410 where its author took it back for good, else 404. */
int atd_page_status_of(const atd_site_t *site, const atd_post_t *post);

/** Where a post sends its readers; NULL where it doesn't, or would send them round in a circle. */
const char *atd_page_redirect_of(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** Surrogate keys of what is made of a post: a purge of "tag-news" reaches all of it. */
const char *atd_page_tags_of(const atd_post_t *post, apr_pool_t *pool);

/**
 * Finds the post that may be shown and had the address of @p route before.
 * @param post NULL where there is none; nothing is told of hidden ones
 */
atd_error_t *atd_page_find_moved(const atd_post_t **post, const atd_site_t *site, const atd_route_t *route,
                                 apr_pool_t *pool) __attribute__((warn_unused_result));

/**
 * Loads the post that a slug leads to, and what the index knows of it.
 * @param post NULL where there is none, public or not
 */
atd_error_t *atd_page_find_post(const atd_post_t **post, atd_entry_t *entry, const atd_site_t *site, const char *slug,
                                apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
