/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_FEED_H
#define ATD_FEED_H

#include "site/atd_facts.h"

/**
 * @file atd_feed.h
 * Feeds as a pure function: posts in, bytes out. Which posts are in a feed, and who may see them, is decided elsewhere.
 * RSS 2.0 (rssboard.org/rss-specification) with the modules content, dc, media and atom; Atom (RFC 4287); JSON Feed 1.1
 * (jsonfeed.org/version/1.1). What is not known is left out, and nothing looks at the clock: the same posts are the same
 * bytes.
 */
typedef enum atd_feed_format_t { ATD_FEED_RSS, ATD_FEED_ATOM, ATD_FEED_JSON } atd_feed_format_t;

/** A post of a feed. */
typedef struct atd_feed_item_t {
    const atd_facts_t *facts; /**< of a post, with its body; without one it is in the feed with its excerpt */
    const char *url;          /**< absolute, percent-encoded; also its id, so it must not change */
    apr_time_t modified;      /**< microseconds; a time before the post's date counts as the date */
} atd_feed_item_t;

typedef struct atd_feed_t {
    const char *title;               /**< "Blog", "Tag: x | Blog" */
    const char *description;         /**< or NULL */
    const char *lang;                /**< BCP 47 */
    const char *home;                /**< absolute URL of the page that it is the feed of */
    const char *self;                /**< absolute URL of the feed */
    const apr_array_header_t *items; /**< of atd_feed_item_t, newest first; may be empty */
    bool full;                       /**< whole posts, else excerpts */
} atd_feed_t;

/**
 * Appends the feed. Memory of @p pool; what one post needs meanwhile is given back before the next.
 * @return ATD_E_LIMIT where one post's content would be larger than ATD_MAX_PAGE; whether @p out overflowed is told by
 * atd_buffer_take()
 */
atd_error_t *atd_feed_write(atd_buffer_t *out, atd_feed_format_t format, const atd_site_t *site, const atd_feed_t *feed,
                            apr_pool_t *pool) __attribute__((warn_unused_result));

/** Media type with its charset: "application/rss+xml; charset=utf-8". */
const char *atd_feed_type(atd_feed_format_t format);

/**
 * Appends HTML of a page as it can be read elsewhere: the URLs in href, src, srcset, poster, action, formaction, cite,
 * longdesc and an object's data are made absolute, relative ones and fragments by @p url, the page's own; script elements
 * and event handlers (on...) are left out, and so is a tag that has no end. Comments and the content of style, iframe,
 * textarea and the like stay as they are. Takes linear time.
 */
void atd_feed_content(atd_buffer_t *out, const atd_site_t *site, const char *url, const char *html, apr_size_t length,
                      apr_pool_t *pool);

#endif
