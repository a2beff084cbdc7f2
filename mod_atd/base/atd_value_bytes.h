/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_VALUE_BYTES_H
#define ATD_VALUE_BYTES_H

#include "base/atd_buffer.h"
#include "base/atd_value.h"

/**
 * @file atd_value_bytes.h
 * A value tree as bytes, for the index, and back. The bytes mean the same on every machine.
 */

/** Appends @p value. */
void atd_value_pack(atd_buffer_t *out, const atd_value_t *value);

/**
 * The tree whose bytes these are. Its texts refer to @p bytes, which must live as long as @p pool. Safe for any bytes.
 * @return NULL where they are no tree, or one that nests deeper than any reader of front matter lets through
 */
const atd_value_t *atd_value_unpack(const char *bytes, apr_size_t length, apr_pool_t *pool);

#endif
