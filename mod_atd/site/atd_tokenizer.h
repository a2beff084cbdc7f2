/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TOKENIZER_H
#define ATD_TOKENIZER_H

#include <apr.h>
#include <sqlite3.h>

#include <stdbool.h>

/**
 * @file atd_tokenizer.h
 * Words of text in any script, for SQLite's full-text search (FTS5): the tokenizer `atd`. It has no state; any threads.
 *
 * - Letters and digits (Unicode's L and N) make a token, with the marks between them.
 * - A token is in compatibility decomposition (NFKD), without accents, points and other marks that only colour a
 *   letter, and with cases folded: "Über" is "uber", "ﬁn" is "fin", "ß" is "ss". Vowel signs, viramas and kana's
 *   voicing stay: without them other words would be meant. What Unicode calls ignorable, such as soft hyphens, goes.
 * - An apostrophe between two letters joins them: "don't" and "don’t" are "dont".
 * - In scripts that put no blanks between words (Han, Hiragana, Katakana, Thai, Lao, Myanmar, Khmer) each letter is a
 *   token with the marks that follow it, so that a word is a phrase.
 * - What is not UTF-8 separates words, and so does all else.
 * - Of a longer token the first ATD_MAX_TOKEN bytes count, cut between characters.
 */

/**
 * Takes one token, as FTS5's xToken does.
 * @param flags always 0
 * @param token @p size bytes, 1 to ATD_MAX_TOKEN, without a NUL; valid during the call
 * @param start,end bytes of the text that it was made of
 * @return SQLITE_OK to go on; anything else ends the work and is handed out
 */
typedef int atd_tokenizer_take_fn(void *context, int flags, const char *token, int size, int start, int end);

/**
 * Gives each token of @p length bytes of text to @p take, in their order.
 * @return what @p take last returned; SQLITE_OK where there was no token
 */
int atd_tokenizer_run(const char *text, int length, atd_tokenizer_take_fn *take, void *context);

/** Makes `tokenize = 'atd'` known to a connection. @return SQLite's result code; SQLITE_ERROR where it has no FTS5 */
int atd_tokenizer_register(sqlite3 *db);

#endif
