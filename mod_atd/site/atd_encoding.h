/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_ENCODING_H
#define ATD_ENCODING_H

#include <apr_pools.h>

#include <stdbool.h>

/**
 * @file atd_encoding.h
 * Content codings (RFC 9110, section 8.4.1): which one a client wants, and how bodies get it. By zlib and brotli.
 */
typedef enum atd_encoding_t { ATD_IDENTITY, ATD_GZIP, ATD_BROTLI } atd_encoding_t;

/** Shorter bodies are not worth it: they fit into one packet as they are. */
#define ATD_ENCODING_MIN_LENGTH 256

/** "gzip", "br"; NULL for identity. */
const char *atd_encoding_name(atd_encoding_t encoding);

/**
 * The coding with the highest weight in an Accept-Encoding field (RFC 9110, section 12.5.3); among equals br, then gzip.
 * `*` stands for those not named. Identity where none is acceptable: a page is worth more than a 406.
 * @param header the field's value; NULL where the request has none, which here means identity
 */
atd_encoding_t atd_encoding_choose(const char *header);

/** True for media types whose bodies get smaller: text, JSON, XML, SVG, scripts. */
bool atd_encoding_helps(const char *type);

/**
 * Compresses @p length bytes; @p best takes about a hundred times as long and saves a tenth.
 * @return false where it failed or did not get smaller; the result is of @p pool
 */
bool atd_encoding_compress(const char **out, apr_size_t *out_length, atd_encoding_t encoding, bool best,
                           const char *bytes, apr_size_t length, apr_pool_t *pool);

#endif
