/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SEARCH_QUERY_H
#define ATD_SEARCH_QUERY_H

#include <apr_pools.h>

/**
 * @file atd_search_query.h
 * What a visitor types, as an expression for MATCH of FTS5 that is never a syntax error, in a table with the tokenizer
 * of atd_tokenizer.h (https://www.sqlite.org/fts5.html#full_text_query_syntax).
 *
 * - Words are wanted all together; "double quotes", also typographic ones, make a phrase, to the end where none closes.
 * - A word or phrase with a `*` behind it is the beginning of words; so is a bare word that ends the query, which may
 *   not be typed to its end. Their last token has two characters at least, or one of three bytes, as Han's have.
 * - A `-` in front of a word or phrase excludes it, where anything else is wanted.
 * - All else that FTS5 would understand (AND, NEAR, parentheses, columns, ^, +) is plain text, and a term without any
 *   letter or digit is left out.
 * - Of the text ATD_MAX_QUERY bytes count, cut between characters, and of the terms ATD_MAX_QUERY_TERMS.
 */
typedef struct atd_search_query_t {
    const char *match; /**< for MATCH; NULL where nothing is searched for */
    const char
        *shown; /**< what counted, for a person: UTF-8 without control characters (U+FFFD), its blanks collapsed */
} atd_search_query_t;

/** Reads @p text, any bytes. Memory of @p pool. */
void atd_search_query_parse(atd_search_query_t *query, const char *text, apr_pool_t *pool);

#endif
