/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_INDEX_SURVEY_H
#define ATD_INDEX_SURVEY_H

#include <apr_tables.h>
#include <apr_time.h>

#include <stdbool.h>

/**
 * @file atd_index_survey.h
 * What the files of all indexes in a folder say of themselves, for those who watch over a server. Nothing is changed.
 */
typedef struct atd_index_info_t {
    const char *content;      /**< the folder: UTF-8 without control characters */
    bool complete;            /**< false while it is being built */
    apr_int64_t files;        /**< found by the last scan */
    apr_int64_t waiting;      /**< of them still to be read */
    apr_time_t scanned;       /**< when the last scan began */
    apr_interval_time_t cost; /**< of a scan with nothing to read */
    apr_off_t bytes;          /**< of the file with its log */
} atd_index_info_t;

/** Most that are told of. */
#define ATD_INDEX_SURVEY_MAX 64

/**
 * All indexes in @p folder as atd_index_info_t, by content folder; files that can't be read now are left out. Waits for none.
 * @param folder NULL: there are none
 */
void atd_index_survey(apr_array_header_t **indexes, const char *folder, apr_pool_t *pool);

#endif
