/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_yaml_private.h"

#include "base/atd_buffer.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/* Characters of an author's text that a hint repeats. */
#define QUOTED_MAX 80

/* Bytes of the line in front of the value that a hint repeats. */
#define LEAD_MAX 80

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_word_byte(char byte)
{
    return apr_isalnum(byte) || strchr("_@$.-", byte) || (unsigned char)byte >= 0x80;
}

static apr_size_t skip_blanks(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    while (at < end && is_blank(source->text[at]))
        at++;
    return at;
}

/* Behind the quoted text that begins at `at`, or `end` where it does not end. */
static apr_size_t skip_quoted(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    char quote = source->text[at];

    for (at++; at < end; at++) {
        if (source->text[at] == '\\' && quote == '"')
            at++;
        else if (source->text[at] == quote)
            return at + 1;
    }
    return end;
}

/* The colon that ends the key at `at`; 0 where there is none. */
static apr_size_t find_colon(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    const char *text = source->text;

    if (at < end && (text[at] == '\'' || text[at] == '"'))
        at = skip_quoted(source, at, end);
    for (; at < end; at++) {
        if (text[at] == ':' && (at + 1 == end || is_blank(text[at + 1])))
            return at;
        if (text[at] == '#' && at > 0 && is_blank(text[at - 1]))
            return 0;
    }
    return 0;
}

/* Where the value's text ends: a comment, and blanks, don't belong to it. */
static apr_size_t find_end(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    const char *text = source->text;
    apr_size_t i = at;

    if (at < end && (text[at] == '\'' || text[at] == '"'))
        i = skip_quoted(source, at, end);
    for (; i < end; i++)
        if (text[i] == '#' && i > at && is_blank(text[i - 1]))
            end = i;
    while (end > at && is_blank(text[end - 1]))
        end--;
    return end;
}

atd_yaml_line_t atd_yaml_line(const atd_source_t *source, apr_size_t at)
{
    apr_size_t end = atd_source_line_end(source, at);
    atd_yaml_line_t line = {.start = atd_source_line_start(source, at)};

    line.first = skip_blanks(source, line.start, end);
    line.key = line.first;
    while (line.key + 1 < end && source->text[line.key] == '-' && is_blank(source->text[line.key + 1]))
        line.key = skip_blanks(source, line.key + 1, end);
    line.colon = find_colon(source, line.key, end);
    line.value = line.colon ? skip_blanks(source, line.colon + 1, end) : line.key;
    line.end = find_end(source, line.value, end);
    return line;
}

apr_size_t atd_yaml_word(const atd_source_t *source, apr_size_t at)
{
    apr_size_t end = at;

    if (at < source->length && (source->text[at] == '\'' || source->text[at] == '"'))
        return skip_quoted(source, at, atd_source_line_end(source, at)) - at;
    while (end < source->length && is_word_byte(source->text[end]))
        end++;
    return end - at;
}

apr_size_t atd_yaml_tight_colon(const atd_source_t *source, apr_size_t at)
{
    apr_size_t word = atd_yaml_word(source, at);
    apr_size_t colon = at + word;

    if (word == 0 || colon + 1 >= source->length || source->text[colon] != ':')
        return 0;
    if (apr_isspace(source->text[colon + 1]))
        return 0;
    if (colon + 2 < source->length && memcmp(source->text + colon + 1, "//", 2) == 0) /* a URL */
        return 0;
    return colon;
}

/* Behind character number `max` of the stretch. */
static apr_size_t cut(const atd_source_t *source, apr_size_t at, apr_size_t end, unsigned max)
{
    for (; at < end; at++)
        if (((unsigned char)source->text[at] & 0xC0) != 0x80 && max-- == 0)
            return at;
    return end;
}

/* True for text in quotes, though it may have the same quote within a word; not for "A" and "B". */
static bool has_quotes_around(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    const char *text = source->text;

    if (at + 1 >= end || (text[at] != '\'' && text[at] != '"') || text[end - 1] != text[at])
        return false;
    return !is_blank(text[skip_quoted(source, at, end)]);
}

/* The stretch in single quotes. Quotes that it has around it are not repeated, and quotes in it are doubled. */
static void put_quoted(atd_buffer_t *out, const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    const char *text = source->text;
    bool around = has_quotes_around(source, at, end);
    bool doubled = around && text[at] == '\'';
    apr_size_t stop;

    if (around) {
        at++;
        end--;
    }
    stop = cut(source, at, end, QUOTED_MAX);
    atd_buffer_putc(out, '\'');
    for (; at < stop; at++) {
        if (text[at] == '\'')
            atd_buffer_putc(out, '\'');
        if (text[at] == '\'' && doubled && at + 1 < stop && text[at + 1] == '\'') /* doubled already */
            at++;
        atd_buffer_putc(out, text[at]);
    }
    atd_buffer_puts(out, stop < end ? "…'" : "'");
}

/* Within brackets the stretch up to the next comma or bracket is meant. */
static apr_size_t end_in_brackets(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    apr_size_t stop = at;

    while (stop < end && !strchr(",]}", source->text[stop]))
        stop++;
    while (stop > at && is_blank(source->text[stop - 1]))
        stop--;
    return stop;
}

const char *atd_yaml_quote_hint(const atd_source_t *source, apr_size_t at)
{
    atd_yaml_line_t line = atd_yaml_line(source, at);
    atd_buffer_t *out = atd_buffer_create(source->pool, 0, 1024);
    apr_size_t lead = line.first;
    const char *hint;

    if (at < line.colon)
        return "put the text in front of the colon in quotes";
    if (line.value < at && line.value < line.end && strchr("[{", source->text[line.value])) {
        lead = line.value = at;
        line.end = end_in_brackets(source, at, line.end);
    }
    if (line.value >= line.end)
        return "put the text in single quotes";
    atd_buffer_puts(out, "put the value in quotes: ");
    if (line.value - lead <= LEAD_MAX)
        atd_buffer_add(out, source->text + lead, line.value - lead);
    put_quoted(out, source, line.value, line.end);
    return atd_buffer_take(&hint, NULL, out, "a hint") ? "put the value in quotes" : hint;
}

atd_error_t *atd_yaml_refuse_tight_colon(const atd_source_t *source, apr_size_t colon)
{
    apr_size_t start = colon;
    const char *key;

    while (start > 0 && (is_word_byte(source->text[start - 1]) || strchr("'\"", source->text[start - 1])))
        start--;
    key = apr_pstrmemdup(source->pool, source->text + start, cut(source, start, colon, 40) - start);
    return atd_source_error(source, colon, ATD_E_YAML,
                            apr_psprintf(source->pool, "put a blank behind the colon: '%s: ...'", key),
                            "there is no blank behind the colon of '%s'", key);
}

atd_error_t *atd_yaml_refuse_tight_dash(const atd_source_t *source, apr_size_t dash)
{
    apr_size_t end = atd_yaml_line(source, dash).end;
    apr_size_t stop = end > dash ? cut(source, dash + 1, end, 40) : dash;
    const char *item = stop > dash ? apr_pstrmemdup(source->pool, source->text + dash + 1, stop - dash - 1) : "...";

    return atd_source_error(source, dash, ATD_E_YAML,
                            apr_psprintf(source->pool, "write '- %s%s'", item, stop < end ? "…" : ""),
                            "there is no blank behind the dash of a list item");
}
