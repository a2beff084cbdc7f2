/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_POST_H
#define ATD_POST_H

#include "base/atd_file.h"
#include "site/atd_field.h"
#include "site/atd_person.h"

/**
 * @file atd_post.h
 * One Markdown file as a post: its front matter in typed fields, under the names of this project and under those of
 * Jekyll, Hugo and Astro. The body is not rendered here. An empty value counts as absent.
 */

/** What the author says of the post's state. */
typedef enum atd_status_t {
    ATD_STATUS_DRAFT, /**< first, so that what nobody set is hidden */
    ATD_STATUS_PUBLISHED,
    ATD_STATUS_SCHEDULED, /**< public from its date on */
    ATD_STATUS_ARCHIVED,  /**< hidden, kept for its author */
    ATD_STATUS_GONE       /**< answers 410 */
} atd_status_t;

/** Orders posts that are equal otherwise. */
typedef enum atd_priority_t { ATD_PRIORITY_LOW = 1, ATD_PRIORITY_MEDIUM, ATD_PRIORITY_HIGH } atd_priority_t;

/** An image as the author refers to it. */
typedef struct atd_picture_t {
    const char *src; /**< NULL: no image */
    const char *alt;
    const char *caption;
    unsigned line; /**< in the file */
} atd_picture_t;

/** What overrides the post's own facts on one network. */
typedef struct atd_card_t {
    const char *title, *description, *image, *type, *site, *creator;
} atd_card_t;

/** A post. Strings are NULL where nothing was given. */
typedef struct atd_post_t {
    const char *path;   /**< below the content root */
    const char *folder; /**< of path, "" or with a trailing slash: relative references start there */
    const char *slug;
    bool is_page; /**< below pages/: in no list and no feed */
    atd_status_t status;
    atd_priority_t priority;
    atd_flag_t featured, toc, comments, share_buttons, noindex, rss, newsletter, amp, sitemap;
    const char *title, *seo_title, *excerpt, *description, *category, *reading_time, *canonical, *robots, *lang,
        *layout;
    const char *series, *content_warning, *redirect_to, *custom_css, *custom_js;
    apr_int64_t part_number, redirect_status;
    atd_date_t date, modified, expires;
    atd_picture_t image;
    apr_array_header_t *authors;     /**< of atd_person_t; at least the site's own once the view is made */
    const atd_value_t *tags;         /**< list of texts; or NULL, as all below */
    const atd_value_t *keywords;     /**< list of texts */
    const atd_value_t *related;      /**< list of slugs */
    const atd_value_t *aliases;      /**< list of paths */
    const atd_value_t *gallery;      /**< list of {src, alt, caption} */
    const atd_value_t *video;        /**< {url, thumbnail, duration, transcript} */
    const atd_value_t *schema;       /**< JSON-LD of the author */
    const atd_value_t *translations; /**< map of language to slug or URL */
    atd_card_t twitter, facebook;
    const char *twitter_card;
    const atd_value_t *data; /**< the whole front matter */
    const char *body;        /**< Markdown, in the text given to atd_post_parse() */
    apr_size_t body_length;
    unsigned body_line; /**< its first line in the file */

    /* What the index knows of its body and file, for lists, where no body is rendered; 0 and NULL where it was not asked. */
    apr_int64_t words;
    const char *summary; /**< plain, of the first paragraph */
    apr_time_t seen;     /**< when its file was first seen as it is now, microseconds */
} atd_post_t;

/**
 * A post of a front matter that was parsed without an error before; it has no body.
 * @param people for authors that are named by their slug; or NULL
 */
atd_post_t *atd_post_of_data(const char *path, const atd_value_t *data, const atd_people_t *people, apr_pool_t *pool);

/** True for file names that hold Markdown: .md, .markdown, .mdown, .mkd. */
bool atd_post_is_source(const char *name);

/** The slug that a path gives where the front matter has none: its name, or its folder's for index.md, without a date. */
const char *atd_post_path_slug(const char *path, apr_pool_t *pool);

/** "2025-06-16" where a path's name begins so, as in Jekyll; else NULL. The digits need not be a day. */
const char *atd_post_path_day(const char *path, apr_pool_t *pool);

/**
 * Makes a post of a file's text, which must outlive it.
 * @param content for author files (authors/<slug>.md); or NULL to leave authors as they stand
 * @param findings gets every error and warning; or NULL
 * @return the first error; *post is then NULL
 */
atd_error_t *atd_post_parse(const atd_post_t **post, const char *path, const char *text, apr_size_t length,
                            const atd_root_t *content, apr_array_header_t *findings, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The status that a text stands for, in any case. @return false where it is none */
bool atd_post_status(atd_status_t *status, const char *text);

/** The key that an author may have meant by one that is not known, "status" for "staus"; NULL where none is near. */
const char *atd_post_known_key(const char *key);

/** Reads and parses the file at @p path below @p content. */
atd_error_t *atd_post_load(const atd_post_t **post, const atd_root_t *content, const char *path,
                           apr_array_header_t *findings, apr_pool_t *pool) __attribute__((warn_unused_result));

/** A time that no clock reaches. */
#define ATD_NEVER APR_INT64_MAX

/** When a post is public: from @p appears to before @p ends, microseconds; ATD_NEVER where it never appears, or never goes. */
void atd_post_span(apr_time_t *appears, apr_time_t *ends, const atd_post_t *post);

/**
 * The one predicate for pages, lists, feeds and search (atd_post_span() is it for the index): published, its date reached and not expired. What it doesn't
 * understand is a draft. @p now in microseconds since 1970.
 */
bool atd_post_is_public(const atd_post_t *post, apr_time_t now);

/** Why a post is hidden at @p now, for authors ("scheduled for 2026-01-01T00:00:00+00:00"); NULL where it is public. */
const char *atd_post_hidden_because(const atd_post_t *post, apr_time_t now, apr_pool_t *pool);

#endif
