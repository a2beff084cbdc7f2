/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_FACTS_H
#define ATD_FACTS_H

#include "site/atd_body.h"
#include "site/atd_list.h"
#include "site/atd_person.h"
#include "site/atd_picture.h"

/**
 * @file atd_facts.h
 * What a page says about itself, worked out once from front matter, body and settings with all fallbacks, so that
 * meta tags, JSON-LD and templates can't differ.
 */
typedef enum atd_page_kind_t {
    ATD_PAGE_HOME,
    ATD_PAGE_POST,
    ATD_PAGE_STATIC, /**< about, contact: below pages/ */
    ATD_PAGE_CATEGORY,
    ATD_PAGE_TAG,
    ATD_PAGE_AUTHOR,
    ATD_PAGE_ARCHIVE, /**< all months, a year or a month */
    ATD_PAGE_TAGS,
    ATD_PAGE_CATEGORIES,
    ATD_PAGE_AUTHORS,
    ATD_PAGE_SEARCH,
    ATD_PAGE_ERROR
} atd_page_kind_t;

/** A page above this one. */
typedef struct atd_crumb_t {
    const char *name;
    const char *url; /**< absolute */
} atd_crumb_t;

/** The same text elsewhere. */
typedef struct atd_translation_t {
    const char *lang; /**< BCP 47, well-formed, not the page's own; or "x-default": for readers of all others */
    const char *url;  /**< absolute */
} atd_translation_t;

typedef struct atd_facts_t {
    atd_page_kind_t kind;
    const atd_post_t *post;      /**< NULL but for posts and static pages */
    const atd_body_t *body;      /**< NULL likewise, and in lists */
    const char *heading;         /**< what the page is called, plain */
    const char *title;           /**< of the title element */
    const char *description;     /**< NULL: say nothing */
    const char *path;            /**< URL path, percent-encoded */
    const char *canonical;       /**< absolute */
    const char *lang;            /**< BCP 47 */
    const char *robots;          /**< NULL on error pages */
    bool indexable;              /**< no noindex anywhere: canonical and JSON-LD are sent */
    const char *hidden;          /**< why only its author sees it; NULL where it is public */
    const char *reading_time;    /**< "9 minutes", in the page's language unless the author wrote words */
    apr_int64_t minutes;         /**< the author's, else counted; 0 where neither is known */
    const atd_value_t *keywords; /**< list of texts; or NULL */
    atd_target_t image;          /**< url NULL where there is none */
    const char *image_alt, *image_caption;
    const apr_array_header_t *authors;      /**< of atd_person_t: the post's, else the site's own author, else empty */
    const apr_array_header_t *translations; /**< of atd_translation_t, in the author's order */

    /* Of lists and the home page; NULL elsewhere. */
    const atd_list_t *list;
    const char *previous, *next; /**< absolute URLs of the pages of the list before and after this one */
    atd_crumb_t above; /**< between home and this page: a post's category, a category's parent; name NULL: nothing */
} atd_facts_t;

/** Facts of a post or static page; @p body may be NULL for a summary in a list. */
void atd_facts_of_post(atd_facts_t *facts, const atd_site_t *site, const atd_post_t *post, const atd_body_t *body,
                       apr_pool_t *pool);

/** True where its author lets search engines list a post; hidden ones are not told apart here. */
bool atd_facts_may_index(const atd_post_t *post);

/** The description alone, plain; or NULL. @p body may be NULL, as above. */
const char *atd_facts_description(const atd_post_t *post, const atd_body_t *body, apr_pool_t *pool);

/** The translations alone, as in atd_facts_t. */
const apr_array_header_t *atd_facts_translations(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** Facts of the home page. @p list: the page of it that is shown; or NULL */
void atd_facts_of_home(atd_facts_t *facts, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool);

/** Facts of a page of any other list. */
void atd_facts_of_list(atd_facts_t *facts, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool);

/** Facts of a page that shows no posts by itself, called @p heading, at @p name below the blog: overviews, the search. */
void atd_facts_of_overview(atd_facts_t *facts, const atd_site_t *site, atd_page_kind_t kind, const char *heading,
                           const char *name, apr_pool_t *pool);

/** Facts of an error page that is called @p heading. */
void atd_facts_of_error(atd_facts_t *facts, const atd_site_t *site, const char *heading, apr_pool_t *pool);

#endif
