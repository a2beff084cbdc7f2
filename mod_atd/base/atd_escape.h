/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_ESCAPE_H
#define ATD_ESCAPE_H

#include "base/atd_buffer.h"
#include "base/atd_value.h"

/**
 * @file atd_escape.h
 * Text into each context that a page has. Each function appends to @p out and is safe for hostile input.
 */

/** HTML text and quoted attribute values: & < > " ' become references (the HTML standard, section 13.3). */
void atd_escape_html(atd_buffer_t *out, const char *text, apr_size_t length);

/**
 * Text or a quoted attribute value of XML 1.0: & < > " ' become references; what is not UTF-8, control characters and the
 * code points that XML forbids (section 2.2) become U+FFFD. Tabs and line ends stay, which a reader of an attribute takes
 * for blanks.
 */
void atd_escape_xml(atd_buffer_t *out, const char *text, apr_size_t length);

/** A CDATA section with its brackets: an end of one in @p text is split over two; characters are mended as above. */
void atd_escape_cdata(atd_buffer_t *out, const char *text, apr_size_t length);

/**
 * A path or URL for use in an attribute or a Location header, before HTML escaping: bytes outside RFC 3986's
 * unreserved and reserved sets, and a % that begins no escape, become %XX. Idempotent.
 */
void atd_escape_url(atd_buffer_t *out, const char *url, apr_size_t length);

/** One component of a query or a path: everything but RFC 3986's unreserved characters becomes %XX. */
void atd_escape_component(atd_buffer_t *out, const char *text, apr_size_t length);

/**
 * A JSON string with its quotes (RFC 8259, section 7). < > & and U+2028, U+2029 are written as \u escapes, so
 * that it can stand in a script element; a byte that is not UTF-8 becomes U+FFFD.
 */
void atd_escape_json(atd_buffer_t *out, const char *text, apr_size_t length);

/** A whole value as JSON in one line, its strings escaped as above. */
void atd_escape_json_value(atd_buffer_t *out, const atd_value_t *value);

#endif
