/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SEARCH_DEADLINE_H
#define ATD_SEARCH_DEADLINE_H

#include <apr_time.h>
#include <sqlite3.h>

/**
 * @file atd_search_deadline.h
 * A bound of time for the statements of one connection. It has no memory but the connection's; connections in several
 * threads don't know of each other. It takes the place of the connection's progress handler. One step within FTS5 can't
 * be interrupted: a search that walks long lists without a row to show may end some milliseconds later.
 */

/**
 * From now on, until it is cleared, a step of any statement of @p db that goes on after @p time ends with
 * SQLITE_INTERRUPT. By a clock that nobody sets.
 * @param time up to 24 days; less than a millisecond is one
 */
void atd_search_deadline_set(sqlite3 *db, apr_interval_time_t time);

/** Lets the statements of @p db take their time again. */
void atd_search_deadline_clear(sqlite3 *db);

#endif
