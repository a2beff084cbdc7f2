/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_YAML_H
#define ATD_YAML_H

#include "base/atd_error.h"
#include "base/atd_value.h"

/**
 * @file atd_yaml.h
 * YAML (and so JSON) into a value tree. Only the event interface of libyaml is used, one document is read, and
 * what people don't write by hand in front matter is refused: tags, directives, merge keys and more than 100
 * uses of anchors; so are duplicate keys, control characters and all beyond ATD_MAX_DATA_DEPTH and
 * ATD_MAX_DATA_NODES. Safe for any bytes and any number of threads.
 */

/**
 * Parses @p length bytes of @p text. @p place names the file and the line and column of its first byte
 * (1, 1 for a whole file), so that errors and values carry places in the file. An empty document gives an
 * empty map. The tree, and the error, are of @p pool.
 * @return ATD_E_YAML, ATD_E_TYPE where the document is no map, ATD_E_DUPLICATE, ATD_E_ENCODING or ATD_E_LIMIT, with
 *         excerpt and hint
 */
atd_error_t *atd_yaml_parse(const atd_value_t **tree, const char *text, apr_size_t length, const atd_place_t *place,
                            apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
