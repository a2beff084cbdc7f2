/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_frontmatter.h"

#include "base/atd_limits.h"
#include "engine/atd_source.h"
#include "engine/atd_yaml.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/* Lines that are looked through for keys without a fence before them. */
#define LINES_WITHOUT_FENCE 40

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
static apr_size_t find_closing(const atd_source_t *source, apr_size_t at)
{
    while (at < source->length && !is_fence(source, at, "---") && !is_fence(source, at, "..."))
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

/* "title: x", at the beginning of a line. */
static bool is_key_line(const atd_source_t *source, apr_size_t at)
{
    apr_size_t end = atd_source_line_end(source, at);
    apr_size_t start = at;

    while (at < end && (apr_isalnum(source->text[at]) || source->text[at] == '_'))
        at++;
    return at > start && at < end && source->text[at] == ':' && (at + 1 == end || source->text[at + 1] == ' ');
}

/* Two keys or more on the first lines, then a fence: the first one was forgotten. */
static atd_error_t *find_forgotten_fence(const atd_source_t *source, apr_size_t first)
{
    apr_size_t at = first;
    int keys = 0;

    if (!is_key_line(source, first))
        return NULL;
    for (int line = 0; line < LINES_WITHOUT_FENCE && at < source->length; line++) {
        if (keys > 1 && is_fence(source, at, "---"))
            return atd_source_error(source, first, ATD_E_FENCE, "put a line '---' above the first key",
                                    "the front matter has no first fence");
        keys += is_key_line(source, at);
        at = atd_source_next_line(source, at);
    }
    return NULL;
}

static atd_error_t *refuse_toml(const atd_source_t *source, apr_size_t first)
{
    if (!is_fence(source, first, "+++"))
        return NULL;
    return atd_source_error(source, first, ATD_E_FENCE, "write YAML between two lines '---'",
                            "the front matter is TOML, which is not understood");
}

static void take_body(atd_frontmatter_t *parts, const atd_source_t *source, apr_size_t at)
{
    parts->body = source->text + at;
    parts->body_length = source->length - at;
    parts->body_line = atd_source_place(source, at).line;
}

static atd_error_t *read_fenced(atd_frontmatter_t *parts, const atd_source_t *source, apr_size_t first)
{
    apr_size_t start = atd_source_next_line(source, first);
    apr_size_t end = find_closing(source, start);
    const atd_place_t place = atd_source_place(source, start);

    if (end == source->length)
        return atd_source_error(source, first, ATD_E_FENCE, "put a line '---' below the last key",
                                "the front matter that begins here is never closed");
    if (end - start > ATD_MAX_FRONT_MATTER)
        return atd_source_error(source, first, ATD_E_LIMIT, "keep long texts in the body",
                                "the front matter is larger than %d bytes", ATD_MAX_FRONT_MATTER);
    take_body(parts, source, atd_source_next_line(source, end));
    return atd_yaml_parse(&parts->data, source->text + start, end - start, &place, source->pool);
}

/* Blank lines above the first fence are an oversight: a draft's `status` must not become text because of them. */
atd_error_t *atd_frontmatter_parse(atd_frontmatter_t *parts, const char *text, apr_size_t length, const char *file,
                                   apr_pool_t *pool)
{
    const atd_place_t place = {.file = file, .line = 1, .column = 1};
    const atd_source_t source = atd_source_make(text, length, &place, pool);
    atd_error_t *error = atd_source_check(&source, ATD_CHARSET_MARKDOWN);
    apr_size_t first = skip_blank_lines(&source);

    if (error)
        return error;
    if (is_fence(&source, first, "---"))
        return read_fenced(parts, &source, first);
    error = refuse_toml(&source, first);
    if (!error)
        error = find_forgotten_fence(&source, first);
    parts->data = atd_value_map(pool);
    take_body(parts, &source, 0);
    return error;
}
