/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_STATUS_PAGE_H
#define ATD_STATUS_PAGE_H

#include "base/atd_error.h"
#include "site/atd_index_survey.h"
#include "site/atd_segment.h"

/**
 * @file atd_status_page.h
 * The figures of the cache and of the indexes as a page, as JSON, for Prometheus and for mod_status: numbers in, text out.
 */
typedef struct atd_status_site_t {
    const char *name; /**< its content folder: UTF-8 without control characters */
    apr_size_t entries;
    apr_size_t bytes;
} atd_status_site_t;

typedef struct atd_status_t {
    bool on; /**< false: there is no cache, and all figures are 0 */
    apr_time_t now;
    apr_size_t size; /**< bytes, as all sizes */
    apr_size_t used;
    apr_size_t entries;
    apr_time_t oldest; /**< 0 while empty */
    apr_uint64_t counts[ATD_COUNTS];
    unsigned site_count;
    atd_status_site_t *sites;          /**< the largest first, each name but once; 32 at most */
    const apr_array_header_t *indexes; /**< of atd_index_info_t; or NULL */
} atd_status_t;

/** What one count is called. */
typedef struct atd_status_counter_t {
    atd_segment_count_t what;
    const char *name;    /**< in JSON */
    const char *metric;  /**< in OpenMetrics, within atd_cache_<metric>_total */
    const char *meaning; /**< half a sentence */
} atd_status_counter_t;

/** All ATD_COUNTS of them, in the order in which they are shown. */
extern const atd_status_counter_t atd_status_counters[];

/** What the page says of what was just done. */
typedef struct atd_status_notice_t {
    const char *text; /**< NULL: nothing was done */
    bool refused;
} atd_status_notice_t;

/** Takes the cache's figures; memory of @p pool. @param segment NULL where the cache is off */
void atd_status_read(atd_status_t *status, const atd_segment_t *segment, apr_time_t now, apr_pool_t *pool);

/** Requests answered with a page from the cache, fresh or not, or of its second level, of all: "97.4" percent. NULL before the first one. */
const char *atd_status_hit_rate(const atd_status_t *status, apr_pool_t *pool);

/** Seconds since the oldest entry was stored; 0 while there is none. */
apr_int64_t atd_status_oldest_age(const atd_status_t *status);

/**
 * The page, with forms that POST to its own URL with @p token.
 * @param host what the server is called
 */
atd_error_t *atd_status_html(const char **text, const atd_status_t *status, const atd_status_notice_t *notice,
                             const char *host, const char *token, apr_pool_t *pool) __attribute__((warn_unused_result));

/** The section of mod_status's page. */
atd_error_t *atd_status_section_html(const char **text, const atd_status_t *status, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The lines of mod_status's `?auto`. */
const char *atd_status_section_text(const atd_status_t *status, apr_pool_t *pool);

/** One JSON object; docs/directives.md tells its keys. */
atd_error_t *atd_status_json(const char **text, const atd_status_t *status, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** OpenMetrics text, version 1.0.0. */
atd_error_t *atd_status_metrics(const char **text, const atd_status_t *status, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
