/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SOURCE_H
#define ATD_SOURCE_H

#include "base/atd_error.h"

/**
 * @file atd_source.h
 * A text and where it begins in its file: turns offsets into places, and makes errors of them. Offsets and lengths are
 * in bytes. Shared by the readers of front matter, YAML, TOML and JSON.
 */
typedef struct atd_source_t {
    const char *text;
    apr_size_t length;
    atd_place_t place; /**< of the first byte */
    apr_pool_t *pool;  /**< of errors */
} atd_source_t;

/** A position that is moved over the text by characters. */
typedef struct atd_cursor_t {
    apr_size_t character; /**< characters in front of it */
    apr_size_t at;
    unsigned line; /**< in the file, from 1 */
    unsigned column;
} atd_cursor_t;

/** What may be in a text besides printable characters, tabs and line ends. */
typedef enum atd_charset_t {
    ATD_CHARSET_MARKDOWN, /**< form feeds, and Unicode's own controls */
    ATD_CHARSET_YAML /**< nothing: libyaml takes U+0085, U+2028, U+2029 and a carriage return without a line feed for
                               line ends, which people and editors don't see */
} atd_charset_t;

/** A source without the byte order mark that @p text may begin with. Nothing is copied; @p place likewise. */
atd_source_t atd_source_make(const char *text, apr_size_t length, const atd_place_t *place, apr_pool_t *pool);

/** At the beginning. */
atd_cursor_t atd_cursor_make(const atd_source_t *source);

/** Moves to character number @p character (from 0), or to the end where there are fewer; forward it is cheap. */
void atd_cursor_seek(atd_cursor_t *cursor, const atd_source_t *source, apr_size_t character);

/** The place of offset @p at. */
atd_place_t atd_source_place(const atd_source_t *source, apr_size_t at);

/** Offset of the first byte of the line that @p at is in. */
apr_size_t atd_source_line_start(const atd_source_t *source, apr_size_t at);

/** Offset of the line end (without a carriage return) of the line that @p at is in. */
apr_size_t atd_source_line_end(const atd_source_t *source, apr_size_t at);

/** Offset of the first byte of the line below the one that @p at is in; the length of the text where there is none. */
apr_size_t atd_source_next_line(const atd_source_t *source, apr_size_t at);

/** Makes an error with the place of offset @p at and its line as the excerpt. */
atd_error_t *atd_source_error(const atd_source_t *source, apr_size_t at, atd_error_id_t id, const char *hint,
                              const char *format, ...) __attribute__((format(printf, 5, 6)));

/** ATD_E_ENCODING for the first byte that is not UTF-8 or not of @p charset; else NULL. */
atd_error_t *atd_source_check(const atd_source_t *source, atd_charset_t charset) __attribute__((warn_unused_result));

/** True where @p text, a key or value read from @p source, has a character that only an escape in it can have written. */
bool atd_source_has_control(const atd_source_t *source, const char *text, apr_size_t length);

#endif
