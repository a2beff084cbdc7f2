/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_source.h"

#include "base/atd_text.h"

#include <apr_strings.h>

#include <stdarg.h>
#include <string.h>

#define BOM "\xEF\xBB\xBF"
#define BOM_LENGTH 3

static const char utf8_hint[] = "save the file as UTF-8";

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

atd_source_t atd_source_make(const char *text, apr_size_t length, const atd_place_t *place, apr_pool_t *pool)
{
    atd_source_t source = {.text = text ? text : "", .length = length, .place = *place, .pool = pool};

    if (length >= BOM_LENGTH && memcmp(text, BOM, BOM_LENGTH) == 0) {
        source.text += BOM_LENGTH;
        source.length -= BOM_LENGTH;
    }
    return source;
}

atd_cursor_t atd_cursor_make(const atd_source_t *source)
{
    return (atd_cursor_t){.line = source->place.line, .column = source->place.column};
}

static void advance(atd_cursor_t *cursor, const atd_source_t *source)
{
    bool newline = source->text[cursor->at] == '\n';

    do
        cursor->at++;
    while (cursor->at < source->length && !begins_character(source->text[cursor->at]));
    cursor->character++;
    cursor->line += newline;
    cursor->column = newline ? 1 : cursor->column + 1;
}

void atd_cursor_seek(atd_cursor_t *cursor, const atd_source_t *source, apr_size_t character)
{
    if (character < cursor->character)
        *cursor = atd_cursor_make(source);
    while (cursor->character < character && cursor->at < source->length)
        advance(cursor, source);
}

atd_place_t atd_source_place(const atd_source_t *source, apr_size_t at)
{
    atd_cursor_t cursor = atd_cursor_make(source);

    while (cursor.at < at && cursor.at < source->length)
        advance(&cursor, source);
    return (atd_place_t){.file = source->place.file, .line = cursor.line, .column = cursor.column};
}

apr_size_t atd_source_line_start(const atd_source_t *source, apr_size_t at)
{
    while (at > 0 && source->text[at - 1] != '\n')
        at--;
    return at;
}

apr_size_t atd_source_line_end(const atd_source_t *source, apr_size_t at)
{
    const char *newline = at < source->length ? memchr(source->text + at, '\n', source->length - at) : NULL;
    apr_size_t end = newline ? (apr_size_t)(newline - source->text) : source->length;

    return end > at && source->text[end - 1] == '\r' ? end - 1 : end;
}

apr_size_t atd_source_next_line(const atd_source_t *source, apr_size_t at)
{
    const char *newline = at < source->length ? memchr(source->text + at, '\n', source->length - at) : NULL;

    return newline ? (apr_size_t)(newline - source->text) + 1 : source->length;
}

atd_error_t *atd_source_error(const atd_source_t *source, apr_size_t at, atd_error_id_t id, const char *hint,
                              const char *format, ...)
{
    const atd_place_t place = atd_source_place(source, at);
    atd_error_t *error;
    va_list args;

    va_start(args, format);
    error = atd_error_make(source->pool, id, &place, "%s", apr_pvsprintf(source->pool, format, args));
    va_end(args);
    error->line -= source->place.line - 1; /* atd_error_excerpt() counts lines in what it is given */
    atd_error_excerpt(error, source->text, source->length, source->pool);
    error->line = place.line;
    return atd_error_hint(error, hint);
}

/* The code point at @p text, which is valid UTF-8 and NUL-terminated or longer than the character. */
static unsigned code_at(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;

    if (byte[0] < 0x80)
        return byte[0];
    if (byte[0] < 0xE0)
        return (byte[0] & 0x1Fu) << 6 | (byte[1] & 0x3Fu);
    if (byte[0] < 0xF0)
        return (byte[0] & 0x0Fu) << 12 | (byte[1] & 0x3Fu) << 6 | (byte[2] & 0x3Fu);
    return 0x10000; /* which one does not matter here */
}

static bool is_allowed(unsigned code, atd_charset_t charset)
{
    if (code < 0x20)
        return code == '\t' || code == '\n' || code == '\r' || (code == '\f' && charset == ATD_CHARSET_MARKDOWN);
    if (charset == ATD_CHARSET_MARKDOWN)
        return true;
    return (code < 0x7F || code > 0x9F) && code != 0x2028 && code != 0x2029 && code != 0xFFFE && code != 0xFFFF;
}

static atd_error_t *refuse_encoding(const atd_source_t *source, apr_size_t at)
{
    const char *text = source->text;

    if (at == 0 && source->length >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return atd_source_error(source, at, ATD_E_ENCODING, utf8_hint, "the file is UTF-16, not UTF-8");
    return atd_source_error(source, at, ATD_E_ENCODING, utf8_hint, "not UTF-8: the byte 0x%02X",
                            (unsigned)(unsigned char)text[at]);
}

static bool is_lone_return(const atd_source_t *source, apr_size_t at)
{
    return source->text[at] == '\r' && (at + 1 == source->length || source->text[at + 1] != '\n');
}

static atd_error_t *refuse_character(const atd_source_t *source, apr_size_t at, unsigned code)
{
    if (code == 0)
        return atd_source_error(source, at, ATD_E_ENCODING, "save the file as plain text in UTF-8", "a NUL byte");
    return atd_source_error(source, at, ATD_E_ENCODING, "delete it", "%s (U+%04X)",
                            code >= 0x2028 ? "an invisible line separator or noncharacter" : "a control character",
                            code);
}

/* What nearly every byte is, and what is allowed everywhere. */
static bool is_plain(char byte)
{
    return (byte >= ' ' && byte < 0x7F) || byte == '\n';
}

atd_error_t *atd_source_check(const atd_source_t *source, atd_charset_t charset)
{
    apr_size_t valid = atd_text_valid_prefix(source->text, source->length);

    for (apr_size_t at = 0; at < valid; at++) {
        if (is_plain(source->text[at]))
            continue;
        if (!begins_character(source->text[at]))
            continue;
        if (!is_allowed(code_at(source->text + at), charset))
            return refuse_character(source, at, code_at(source->text + at));
        if (charset == ATD_CHARSET_YAML && is_lone_return(source, at))
            return atd_source_error(source, at, ATD_E_ENCODING, "save the file with Unix or Windows line ends",
                                    "a carriage return without a line feed (U+000D)");
    }
    return valid < source->length ? refuse_encoding(source, valid) : NULL;
}

bool atd_source_has_control(const atd_source_t *source, const char *text, apr_size_t length)
{
    const atd_source_t scalar = {.text = text, .length = length, .place = source->place, .pool = source->pool};

    return atd_source_check(&scalar, ATD_CHARSET_YAML) != NULL;
}
