/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_REPORT_H
#define ATD_REPORT_H

#include "base/atd_file.h"

#include <httpd.h>

/**
 * @file atd_report.h
 * What an index finds wrong with files goes to the error log, 20 lines at a time and then a sum. One thread's.
 */
typedef struct atd_report_t {
    request_rec *r;   /**< or NULL: of no request */
    server_rec *s;    /**< where there is no request */
    const char *blog; /**< its folder */
    unsigned lines, more;
    apr_pool_t *pool; /**< for the lines */
} atd_report_t;

/** The blog's folder, as messages name it. */
const char *atd_report_blog(const atd_root_t *content, apr_pool_t *pool);

/** Writes a line; files with the same slug are a warning, all else an error. atd_index_policy_t's report(). */
void atd_report_finding(void *report, const atd_error_t *finding);

/** Tells how many lines were left out. */
void atd_report_end(atd_report_t *report);

#endif
