/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SOURCES_H
#define ATD_SOURCES_H

#include "base/atd_file.h"

#include <apr_time.h>

/**
 * @file atd_sources.h
 * What a page was made from: files with their stamps, files that were looked for and not there, and lists of posts. Taken
 * down while the page is made, kept beside it in the cache, and held against the disk when the page is checked.
 */
typedef struct atd_sources_t atd_sources_t;

/** Roots that the paths of sources start from. */
typedef enum atd_sources_root_t { ATD_SOURCES_CONTENT, ATD_SOURCES_THEME, ATD_SOURCES_ROOTS } atd_sources_root_t;

/** An empty record of a page that is made at @p now, microseconds. */
atd_sources_t *atd_sources_create(apr_time_t now, apr_pool_t *pool);

/** Notes that the page must be made anew at @p time, if that lies ahead; the earliest such time counts. */
void atd_sources_until(atd_sources_t *sources, apr_time_t time);

/** What atd_root_t takes, so that all that is read below it is noted. */
const atd_watch_t *atd_sources_watch(atd_sources_t *sources, atd_sources_root_t root);

/** The time noted; 0 where there is none. */
apr_time_t atd_sources_ends(const atd_sources_t *sources);

/**
 * True where nothing was changed so shortly before @p now that a second change could hide behind the same stamp.
 * File systems stamp by a clock that ticks each few milliseconds.
 */
bool atd_sources_are_settled(const atd_sources_t *sources, apr_time_t now);

/** Latest modification (mtime) of theme and settings, and of all else, microseconds; 0 where there is none. */
apr_time_t atd_sources_frame_modified(const atd_sources_t *sources);
apr_time_t atd_sources_content_modified(const atd_sources_t *sources);

/** The record as bytes, of the pool it was made from. @return false where it is too long to keep */
bool atd_sources_bytes(const char **bytes, apr_size_t *length, const atd_sources_t *sources);

/** True where all that the bytes tell of is still as it was. @p roots has ATD_SOURCES_ROOTS entries, without watches. */
bool atd_sources_hold(const char *bytes, apr_size_t length, const atd_root_t *roots, apr_pool_t *scratch);

/**
 * True where all was changed so long before @p now that another machine, to which inodes and fractions of a second mean
 * nothing, can tell what it has from what the page was made of.
 */
bool atd_sources_are_portable(const atd_sources_t *sources, apr_time_t now);

/**
 * Holds a record of another machine against this one's disk: files by path, size and mtime in seconds, what is missing by
 * being missing here, lists by their portable digest. What is the same goes into @p sources, an empty record, with the
 * stamps that it has here, so that the page can be kept as if it had been made here. The bytes may be anybody's: they
 * cost no more than a look at each path, and one at each list.
 * @return false where something differs; @p sources is of no use then
 */
bool atd_sources_adopt(atd_sources_t *sources, const char *bytes, apr_size_t length, const atd_root_t *roots,
                       apr_pool_t *scratch);

#endif
