/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SEARCH_SNIPPET_H
#define ATD_SEARCH_SNIPPET_H

#include <apr_pools.h>

/**
 * @file atd_search_snippet.h
 * What FTS5's snippet() and highlight() find, as HTML. The marks around a find are control characters, which no text
 * in the index has.
 */
#define ATD_SEARCH_MARK "\x02"     /**< the beginning of a find */
#define ATD_SEARCH_MARK_END "\x03" /**< its end */

/**
 * Escaped text with `<mark>` and `</mark>`, which are in pairs whatever the text says, and never within each other.
 * What is not UTF-8 becomes U+FFFD. Memory of @p pool.
 * @param text with ATD_SEARCH_MARK and ATD_SEARCH_MARK_END around each find; NULL is ""
 */
const char *atd_search_snippet_html(const char *text, apr_pool_t *pool);

/**
 * Some 24 words of @p body, those where most of a search is found, as atd_search_snippet_html() makes HTML of them, with an
 * ellipsis where they were cut out. What stands far behind in a long text is not looked at.
 * @param body plain text; NULL is ""
 * @param match by atd_search_query_parse()
 */
const char *atd_search_snippet_make(const char *body, const char *match, apr_pool_t *pool);

#endif
