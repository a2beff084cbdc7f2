/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SITE_H
#define ATD_SITE_H

#include "engine/atd_markdown.h"
#include "site/atd_index.h"
#include "site/atd_post.h"
#include "site/atd_settings.h"
#include "site/atd_theme.h"

/**
 * @file atd_site.h
 * A blog as one request, or one run of the command, sees it: where its files are, at which URL it stands, what
 * its settings and its theme are. Read-only once opened; all functions of the site layer take it.
 */
typedef struct atd_site_index_t atd_site_index_t;

typedef struct atd_site_t {
    atd_root_t content;
    const char *path;   /**< URL path of the home page, percent-encoded, begins and ends with a slash: "/blog/" */
    const char *url;    /**< the same absolute: "https://example.org/blog/" */
    const char *origin; /**< "https://example.org": rooted references are completed with it */
    const atd_settings_t *settings;
    const atd_theme_t *theme;
    const atd_renderer_t *renderer;
    bool drafts;               /**< hidden posts are shown, with noindex */
    bool debug;                /**< errors are shown with file, line, column and excerpt */
    bool raw_html;             /**< HTML in Markdown, custom CSS and scripts pass */
    apr_time_t now;            /**< what "now" is for this page */
    atd_site_index_t *indexed; /**< see atd_site_index() */
} atd_site_t;

/** What the caller, httpd or the command line, says of a blog. */
typedef struct atd_site_config_t {
    atd_root_t content;
    const char *base;        /**< URL path of the home page, decoded, with or without slashes at its ends */
    const char *origin;      /**< where site.yaml has no url: "http://host:port" */
    const apr_table_t *sets; /**< AtdSet; or NULL */
    const atd_theme_t *theme;
    const atd_renderer_t *renderer;
    bool drafts, debug, raw_html;
    apr_time_t now;
    atd_index_t *index;               /**< NULL: one in memory is made when it is needed */
    const atd_index_policy_t *policy; /**< of that index; NULL: scan once, whatever it takes */
} atd_site_config_t;

/**
 * Opens a blog: reads its settings and works out its URLs.
 * @param findings gets warnings on the settings; or NULL
 */
atd_error_t *atd_site_open(const atd_site_t **site, const atd_site_config_t *config, apr_array_header_t *findings,
                           apr_pool_t *pool) __attribute__((warn_unused_result));

/**
 * The blog's index, brought up to date when it is first asked for. The content's watch is told of all that lists are made
 * from, and when they next change by themselves.
 * @param index NULL where it is still being built: what needs it can't be made yet
 */
atd_error_t *atd_site_index(atd_index_t **index, const atd_site_t *site, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** True where atd_site_index() was asked, and the index is still being built. */
bool atd_site_is_building(const atd_site_t *site);

/** When a list of posts may last have changed, by an edit or by the time; 0 before atd_site_index() was asked. */
apr_time_t atd_site_modified(const atd_site_t *site);

/** Who looks at the blog, for queries. */
atd_index_viewer_t atd_site_viewer(const atd_site_t *site);

/** URL path of @p name below the blog, percent-encoded: "/blog/my-post". */
const char *atd_site_path(const atd_site_t *site, const char *name, apr_pool_t *pool);

/** Absolute URL of @p name below the blog. */
const char *atd_site_url(const atd_site_t *site, const char *name, apr_pool_t *pool);

/** URL path of @p post, percent-encoded, as the site's `permalink` has it. */
const char *atd_site_post_path(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** Absolute URL of @p post. */
const char *atd_site_post_url(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** Makes a reference absolute: "/x" by the origin, "x" by the blog, "//h/x" by https; absolute ones stay. */
const char *atd_site_absolute(const atd_site_t *site, const char *reference, apr_pool_t *pool);

#endif
