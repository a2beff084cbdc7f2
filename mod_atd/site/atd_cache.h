/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_CACHE_H
#define ATD_CACHE_H

#include "site/atd_encoding.h"
#include "site/atd_page.h"
#include "site/atd_second.h"
#include "site/atd_segment.h"
#include "site/atd_sources.h"

/**
 * @file atd_cache.h
 * Pages from the segment: fresh ones at once; one request looks at what a page was made from, or makes it, while the others
 * go on with what there is. Each representation (identity, gzip, br) is an entry of its own, with its own sources, so that
 * a hit copies only the bytes that it sends.
 *
 * An entry is fresh for `revalidate` after its sources were last looked at, and never past its end. A page that can't be
 * made any more because its author broke a file goes on as it was last good; one that is gone, or no longer public, goes.
 *
 * Where there is a second level, who is to make a page and store it asks there first, and tells it of what it made.
 */
typedef struct atd_cache_t {
    const atd_segment_t *segment;
    unsigned share;             /**< most percent of a stripe for one site */
    const atd_second_t *second; /**< or NULL */
} atd_cache_t;

/** How a page was come by. */
typedef enum atd_outcome_t {
    ATD_OUTCOME_HIT,       /**< from the cache, fresh */
    ATD_OUTCOME_CHECKED,   /**< from the cache, after a look at its sources */
    ATD_OUTCOME_STALE,     /**< from the cache, while another request checks or makes it */
    ATD_OUTCOME_LAST_GOOD, /**< from the cache, since it can't be made any more */
    ATD_OUTCOME_MISS,      /**< made, and stored */
    ATD_OUTCOME_BYPASS,    /**< made, and not stored */
    ATD_OUTCOME_SECOND     /**< from the second level, and stored */
} atd_outcome_t;

/** "hit", "miss" ...: for Server-Timing and logs. */
const char *atd_outcome_name(atd_outcome_t outcome);

/** One request. */
typedef struct atd_cache_request_t {
    const char *key; /**< all that tells this page from others but scheme, host and representation */
    apr_size_t key_length;
    apr_size_t site_length; /**< of the key's first part, which is its site's */
    const char *origin;     /**< scheme and host; in the key of pages that depend on it */
    atd_encoding_t encoding;
    apr_time_t now;
    apr_interval_time_t revalidate; /**< microseconds; 0: look at the sources each time */
    const atd_root_t *roots;        /**< ATD_SOURCES_ROOTS of them, for checks */
    /** Makes the page, noting its sources; fails never: what goes wrong is a page, too. */
    void (*make)(atd_page_t *page, atd_sources_t *sources, void *baton, apr_pool_t *pool);
    void *baton;
} atd_cache_request_t;

/**
 * Gets a page. Its bytes are of @p pool. @p page->error is set where there is something to log, though the page may be the
 * last good one. Any thread; sleeps at most ATD_CACHE_PATIENCE where another request makes the same page for the first time.
 */
void atd_cache_get(atd_page_t *page, atd_outcome_t *outcome, const atd_cache_t *cache,
                   const atd_cache_request_t *request, apr_pool_t *pool);

/** Makes a page as it would come out of a cache, where there is none. */
void atd_cache_make(atd_page_t *page, const atd_cache_request_t *request, apr_pool_t *pool);

/** Looks a fresh page up and does nothing else. @return false where there is none */
bool atd_cache_peek(atd_page_t *page, const atd_cache_t *cache, const atd_cache_request_t *request, apr_pool_t *pool);

/**
 * Compresses a page that was compressed cheaply as well as can be, in the place of the cheap one: takes tens of
 * milliseconds, for a thread that nobody waits for. @return false where there was nothing to do
 */
bool atd_cache_improve(const atd_cache_t *cache, const atd_cache_request_t *request, apr_pool_t *pool);

/** Microseconds: most that a request waits for another one's first page, and most that making a page holds others off. */
#define ATD_CACHE_PATIENCE ((apr_interval_time_t)250 * 1000)
#define ATD_CACHE_LEASE ((apr_interval_time_t)2 * 1000 * 1000)

#endif
