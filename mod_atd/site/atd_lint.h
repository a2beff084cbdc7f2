/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_LINT_H
#define ATD_LINT_H

#include "site/atd_site.h"

/**
 * @file atd_lint.h
 * Everything that can be said of a content folder before a visitor sees it: what keeps a page from being served, and
 * what a good post lacks.
 */

/** How much a finding weighs. */
typedef enum atd_severity_t {
    ATD_SEVERITY_NOTE,    /**< nothing is wrong: why a post is hidden */
    ATD_SEVERITY_WARNING, /**< the page is served, but could be better */
    ATD_SEVERITY_ERROR    /**< the page is not served */
} atd_severity_t;

atd_severity_t atd_lint_severity(const atd_error_t *finding);

/** "error", "warning" or "note". */
const char *atd_lint_severity_name(const atd_error_t *finding);

/**
 * Checks settings, theme and all posts of the blog that @p config names.
 * @param findings array of atd_error_t *, in the order of files and lines
 * @return an error where the folder itself can't be read
 */
atd_error_t *atd_lint_run(apr_array_header_t **findings, const atd_site_config_t *config, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
