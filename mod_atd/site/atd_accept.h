/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_ACCEPT_H
#define ATD_ACCEPT_H

#include <stdbool.h>

/**
 * @file atd_accept.h
 * Which form of a post a client wants, from its Accept field (RFC 9110, section 12.5.1).
 */

/**
 * True where the field names text/markdown with a higher weight than text/html has. The weight of a type is that of the most
 * specific range that it falls under; a range without a weight has 1, a malformed weight is 0, and what no range covers has
 * 0, too. Of equal weights HTML wins, so that no browser is sent anything else. Ranges with parameters are those of other
 * types, but for `charset=utf-8` and `variant=GFM` (RFC 7763), which are true of what is sent. Linear time.
 * @param accept the field's value; NULL where the request has none, which means HTML
 */
bool atd_accept_prefers_markdown(const char *accept);

/**
 * Reads a weight (RFC 9110, section 12.4.2) at @p *at, which is moved behind it: "0.5" is 500.
 * @return -1 where there is none, or where something else follows than a blank, `;`, `,` or the end
 */
int atd_accept_weight(const char **at);

#endif
