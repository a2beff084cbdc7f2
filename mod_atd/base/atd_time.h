/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TIME_H
#define ATD_TIME_H

#include <apr_pools.h>
#include <apr_time.h>

#include <stdbool.h>

/**
 * @file atd_time.h
 * Dates as authors write them and as pages, JSON-LD and feeds show them. No function looks at the clock, the locale or
 * the process's time zone.
 */
typedef struct atd_date_t {
    apr_time_t at; /**< microseconds since 1970-01-01T00:00:00Z; 0 = no date was given */
    int offset;    /**< seconds east of UTC that it was written with; 0 where none was: such dates are UTC */
    bool day_only; /**< no time of day was given: it is midnight */
} atd_date_t;

/**
 * Reads ISO 8601 and RFC 3339 dates (`2025-06-16`, with `T` or a blank before a time, `Z` or an offset with or without
 * colon and blank behind it; the year once more between the two, as git writes it) and the English forms of JavaScript
 * and RFC 5322 (`Jul 08 2022`, `8 July 2022`, each with an optional week day before it).
 * @return false where it is none of these, there is no such day, or it is not after 1970-01-01T00:00:00Z
 */
bool atd_date_parse(atd_date_t *date, const char *text);

/** "2025-06-16T14:06:20+00:00", in the offset it was written with (RFC 3339). Memory of @p pool. */
const char *atd_date_iso(const atd_date_t *date, apr_pool_t *pool);

/** "Mon, 16 Jun 2025 14:06:20 +0000", in the offset it was written with (RFC 822 with RFC 1123's years of four digits). */
const char *atd_date_rfc822(const atd_date_t *date, apr_pool_t *pool);

/** "2025-06-16". */
const char *atd_date_day(const atd_date_t *date, apr_pool_t *pool);

/** "June 16, 2025". */
const char *atd_date_human(const atd_date_t *date, apr_pool_t *pool);

/** "June" of @p month 1 to 12; "" past these. */
const char *atd_date_month_name(int month);

#endif
