/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_JSON_H
#define ATD_JSON_H

#include "base/atd_error.h"
#include "base/atd_value.h"

/**
 * @file atd_json.h
 * JSON into a value tree, as jansson reads it (RFC 8259). Refused are duplicate and empty keys, control characters, numbers
 * that don't fit, and all beyond ATD_MAX_FRONT_MATTER, ATD_MAX_DATA_DEPTH and ATD_MAX_DATA_NODES. Safe for any bytes and
 * any number of threads.
 */

/**
 * Parses the object that @p text begins with, blanks before it; *@p used becomes the offset of the byte behind its closing
 * brace. What follows is not looked at. @p place names the file and the line and column of the text's first byte.
 * Errors have their own places; all values have that of the opening brace, since jansson tells none. A real number is
 * written with at most 15 digits, all else as it stands there. The tree, and the error, are of @p pool.
 * @return ATD_E_JSON, ATD_E_TYPE where it is no object, ATD_E_DUPLICATE, ATD_E_ENCODING or ATD_E_LIMIT, with excerpt and hint
 */
atd_error_t *atd_json_parse(const atd_value_t **tree, apr_size_t *used, const char *text, apr_size_t length,
                            const atd_place_t *place, apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
