/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TOML_H
#define ATD_TOML_H

#include "base/atd_error.h"
#include "base/atd_value.h"

/**
 * @file atd_toml.h
 * TOML 1.0 into a value tree, as toml++ reads it. Keys keep their order in the file. Refused are duplicate and empty keys,
 * control characters, and all beyond ATD_MAX_DATA_DEPTH and ATD_MAX_DATA_NODES. Safe for any bytes and any number of
 * threads; no exception leaves it.
 */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Parses @p length bytes of @p text, at most ATD_MAX_FRONT_MATTER. @p place names the file and the line and column of its
 * first byte, so that errors and values carry places in the file. A decimal number keeps the text that it was written
 * as, but for underscores; dates and times become text as RFC 3339 writes them (`2025-06-16T14:30:00Z`, `2025-06-16`),
 * infinity and "not a number" text, too. The tree, and the error, are of @p pool.
 * @return ATD_E_TOML, ATD_E_DUPLICATE, ATD_E_ENCODING or ATD_E_LIMIT, with excerpt and hint
 */
atd_error_t *atd_toml_parse(const atd_value_t **tree, const char *text, apr_size_t length, const atd_place_t *place,
                            apr_pool_t *pool) __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif

#endif
