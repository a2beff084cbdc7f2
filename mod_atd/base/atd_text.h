/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TEXT_H
#define ATD_TEXT_H

#include "base/atd_buffer.h"

/**
 * @file atd_text.h
 * UTF-8 text: checked, folded to slugs, collapsed and cut. Unicode's tables are libutf8proc's.
 */

/** Length of the longest prefix that is UTF-8 (RFC 3629: no surrogates, no overlong forms). */
apr_size_t atd_text_valid_prefix(const char *text, apr_size_t length);

/**
 * The slug of a title or tag: letters and digits of any script are kept, in lower case and NFC; an apostrophe
 * within a word goes; all else becomes one `-` between words. At most ATD_MAX_SLUG bytes, cut at a character.
 * "" where nothing is left. Memory of @p pool.
 */
const char *atd_text_slug(const char *text, apr_pool_t *pool);

/** True for what atd_text_slug() may return, 1 to ATD_MAX_SLUG bytes: the only names that URLs look up. */
bool atd_text_is_slug(const char *text, apr_size_t length, apr_pool_t *scratch);

/**
 * GitHub's id of a heading: lower case; letters, marks, digits, connector punctuation and `-` are kept; spaces
 * become `-`; all else is left out. Not made unique here. Memory of @p pool.
 */
const char *atd_text_heading_id(const char *text, apr_pool_t *pool);

/** Runs of white space become one space; none at the ends. Memory of @p pool. */
const char *atd_text_collapse(const char *text, apr_pool_t *pool);

/** At most @p characters of @p text, cut between words, with "…" where something was cut. Memory of @p pool. */
const char *atd_text_excerpt(const char *text, apr_size_t characters, apr_pool_t *pool);

/**
 * Any bytes as text for a person: what is not UTF-8, control characters and code points that are no characters become
 * U+FFFD. Memory of @p pool.
 */
const char *atd_text_shown(const char *bytes, apr_pool_t *pool);

/** Appends @p code point as UTF-8; nothing where it is none (RFC 3629: no surrogates, none past U+10FFFF). */
void atd_text_put(atd_buffer_t *out, apr_int32_t code);

/**
 * How many letters to insert, delete, replace or swap with their neighbours make @p b of @p a (Damerau and
 * Levenshtein's distance in the form of optimal string alignment: no letter is touched twice), counted in code points;
 * a byte that is not UTF-8 counts as one. More than @p max is max + 1, and ends the work early: it grows with
 * length * max.
 * Texts of more than ATD_MAX_SLUG bytes are max + 1 apart.
 */
unsigned atd_text_distance(const char *a, const char *b, unsigned max);

#endif
