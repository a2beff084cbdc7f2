/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_frontmatter.h"

#include "base/atd_limits.h"
#include "engine/atd_json.h"
#include "engine/atd_source.h"
#include "engine/atd_toml.h"
#include "engine/atd_yaml.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/* Lines that are looked through for keys without a fence, or behind a brace. */
#define LINES_OF_KEYS 40

typedef atd_error_t *(*reader_t)(const atd_value_t **tree, const char *text, apr_size_t length,
                                 const atd_place_t *place, apr_pool_t *pool);

/* A format between fences. */
typedef struct format_t {
    const char *fence;
    const char *other_closing;
    char separator; /* behind a key */
    const char *open_hint;
    const char *close_hint;
    reader_t read;
} format_t;

static const format_t formats[] = {
    {.fence = "---",
     .other_closing = "...",
     .separator = ':',
     .open_hint = "put a line '---' above the first key",
     .close_hint = "put a line '---' below the last key",
     .read = atd_yaml_parse},
    {.fence = "+++",
     .other_closing = "+++",
     .separator = '=',
     .open_hint = "put a line '+++' above the first key",
     .close_hint = "put a line '+++' below the last key",
     .read = atd_toml_parse},
};
#define FORMATS (sizeof formats / sizeof *formats)

/* The three characters of @p fence, and nothing but blanks behind them. */
static bool is_fence(const atd_source_t *source, apr_size_t at, const char *fence)
{
    apr_size_t end = atd_source_line_end(source, at);

    if (at >= source->length || end - at < 3 || memcmp(source->text + at, fence, 3) != 0)
        return false;
    for (at += 3; at < end; at++) {
        if (source->text[at] != ' ' && source->text[at] != '\t')
            return false;
    }
    return true;
}

/* The line that ends the front matter; the length of the text where there is none. */
static apr_size_t find_closing(const atd_source_t *source, apr_size_t at, const format_t *format)
{
    while (at < source->length && !is_fence(source, at, format->fence) && !is_fence(source, at, format->other_closing))
        at = atd_source_next_line(source, at);
    return at;
}

/* Offset of the first line that is not blank. */
static apr_size_t skip_blank_lines(const atd_source_t *source)
{
    apr_size_t at = 0;
    apr_size_t line = 0;

    while (at < source->length && apr_isspace(source->text[at])) {
        if (source->text[at++] == '\n')
            line = at;
    }
    return line;
}

/* "title: x" or "title = x", at the beginning of a line. */
static bool is_key_line(const atd_source_t *source, apr_size_t at, const format_t *format)
{
    apr_size_t end = atd_source_line_end(source, at);
    apr_size_t start = at;

    while (at < end && (apr_isalnum(source->text[at]) || source->text[at] == '_'))
        at++;
    if (format->separator == '=' && at > start && at < end && source->text[at] == ' ')
        at++;
    return at > start && at < end && source->text[at] == format->separator &&
           (at + 1 == end || source->text[at + 1] == ' ');
}

/* Two keys or more on the first lines, then a fence: the first one was forgotten. */
static atd_error_t *find_forgotten_fence(const atd_source_t *source, apr_size_t first, const format_t *format)
{
    apr_size_t at = first;
    int keys = 0;

    if (!is_key_line(source, first, format))
        return NULL;
    for (int line = 0; line < LINES_OF_KEYS && at < source->length; line++) {
        if (keys > 1 && is_fence(source, at, format->fence))
            return atd_source_error(source, first, ATD_E_FENCE, format->open_hint,
                                    "the front matter has no first fence");
        keys += is_key_line(source, at, format);
        at = atd_source_next_line(source, at);
    }
    return NULL;
}

static void take_body(atd_frontmatter_t *parts, const atd_source_t *source, apr_size_t at)
{
    parts->body = source->text + at;
    parts->body_length = source->length - at;
    parts->body_line = atd_source_place(source, at).line;
}

static atd_error_t *read_fenced(atd_frontmatter_t *parts, const atd_source_t *source, apr_size_t first,
                                const format_t *format)
{
    apr_size_t start = atd_source_next_line(source, first);
    apr_size_t end = find_closing(source, start, format);
    const atd_place_t place = atd_source_place(source, start);

    if (end == source->length)
        return atd_source_error(source, first, ATD_E_FENCE, format->close_hint,
                                "the front matter that begins here is never closed");
    if (end - start > ATD_MAX_FRONT_MATTER)
        return atd_source_error(source, first, ATD_E_LIMIT, "keep long texts in the body",
                                "the front matter is larger than %d bytes", ATD_MAX_FRONT_MATTER);
    take_body(parts, source, atd_source_next_line(source, end));
    return format->read(&parts->data, source->text + start, end - start, &place, source->pool);
}

/* ---- JSON ---- */

static apr_size_t skip_blanks(const atd_source_t *source, apr_size_t at, bool lines)
{
    while (at < source->length && apr_isspace(source->text[at]) && (lines || source->text[at] != '\n'))
        at++;
    return at;
}

/* `"key":` */
static bool is_quoted_key(const atd_source_t *source, apr_size_t at)
{
    apr_size_t end = atd_source_line_end(source, at);

    if (at >= end || source->text[at] != '"')
        return false;
    for (at++; at < end && source->text[at] != '"'; at++) {
        if (source->text[at] == '\\')
            at++;
    }
    at = skip_blanks(source, at + 1, true);
    return at < source->length && source->text[at] == ':';
}

static bool ends_line(const atd_source_t *source, apr_size_t at)
{
    at = skip_blanks(source, at, false);
    return at >= source->length || source->text[at] == '\n';
}

/* A text may begin with a brace, too; a draft whose first key is broken must not become one. */
static bool begins_json(const atd_source_t *source, apr_size_t brace)
{
    apr_size_t at = skip_blanks(source, brace + 1, true);

    if (brace >= source->length || source->text[brace] != '{')
        return false;
    if (is_quoted_key(source, at))
        return true;
    if (at < source->length && source->text[at] == '}')
        return ends_line(source, at + 1);
    if (!ends_line(source, brace + 1))
        return false;
    for (int line = 0; line < LINES_OF_KEYS && at < source->length; line++) {
        if (is_quoted_key(source, skip_blanks(source, at, false)))
            return true;
        at = atd_source_next_line(source, at);
    }
    return false;
}

static atd_error_t *read_json(atd_frontmatter_t *parts, const atd_source_t *source, apr_size_t brace)
{
    const atd_place_t place = atd_source_place(source, brace);
    apr_size_t end;
    atd_error_t *error =
        atd_json_parse(&parts->data, &end, source->text + brace, source->length - brace, &place, source->pool);

    if (error)
        return error;
    end += brace;
    take_body(parts, source, ends_line(source, end) ? atd_source_next_line(source, end) : end);
    return NULL;
}

/* Blank lines above the first fence are an oversight: a draft's `status` must not become text because of them. */
atd_error_t *atd_frontmatter_parse(atd_frontmatter_t *parts, const char *text, apr_size_t length, const char *file,
                                   apr_pool_t *pool)
{
    const atd_place_t place = {.file = file, .line = 1, .column = 1};
    const atd_source_t source = atd_source_make(text, length, &place, pool);
    atd_error_t *error = atd_source_check(&source, ATD_CHARSET_MARKDOWN);
    apr_size_t first = skip_blank_lines(&source);
    apr_size_t brace = skip_blanks(&source, first, false);

    if (error)
        return error;
    for (apr_size_t i = 0; i < FORMATS; i++) {
        if (is_fence(&source, first, formats[i].fence))
            return read_fenced(parts, &source, first, &formats[i]);
    }
    if (begins_json(&source, brace))
        return read_json(parts, &source, brace);
    for (apr_size_t i = 0; !error && i < FORMATS; i++)
        error = find_forgotten_fence(&source, first, &formats[i]);
    parts->data = atd_value_map(pool);
    take_body(parts, &source, 0);
    return error;
}
