/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_EXPORT_WORK_H
#define ATD_EXPORT_WORK_H

#include "cli/atd_export_folder.h"
#include "site/atd_export.h"

/**
 * @file atd_export_work.h
 * Makes and writes the files of an export in several processes, since the Markdown library parses one text at a time in each.
 */
typedef enum atd_export_done_t {
    ATD_EXPORT_ABSENT,  /**< there is no such page */
    ATD_EXPORT_WRITTEN, /**< or was there with the same bytes */
    ATD_EXPORT_FAILED   /**< it can't be made */
} atd_export_done_t;

typedef struct atd_export_work_t {
    const atd_site_config_t *config; /**< its theme is loaded; its index is ignored */
    const char *index;               /**< file of an index that is up to date, and that this process has closed */
    const apr_array_header_t *items; /**< of atd_export_item_t */
    atd_export_folder_t *folder;
    int jobs; /**< from 1 to ATD_EXPORT_MAX_JOBS */
} atd_export_work_t;

typedef struct atd_export_result_t {
    const unsigned char *done;     /**< an atd_export_done_t for each item */
    apr_array_header_t *redirects; /**< of const char *: lines of a _redirects file, sorted */
    apr_array_header_t *errors;    /**< of const char *: what kept pages from being made, each once, sorted */
    const char *fatal;             /**< why the work was given up; or NULL */
} atd_export_result_t;

/** Does the work; returns when all processes have ended. */
void atd_export_work(atd_export_result_t *result, const atd_export_work_t *work, apr_pool_t *pool);

#endif
