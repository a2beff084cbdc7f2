/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "engine/atd_frontmatter.h"

#include <apr_general.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for files with front matter. Besides crashes it finds errors without a place, bodies that don't
 * begin where they are said to, values without a place, and values that don't print as JSON.
 */
#define INPUT_MAX 8192

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static unsigned count_lines(const char *text, const char *end)
{
    unsigned lines = 1;

    while (text < end)
        lines += *text++ == '\n';
    return lines;
}

static void check_error(const atd_error_t *error, const char *text, size_t size, apr_pool_t *pool)
{
    require(error->message && *error->message && error->file && error->line > 0 && error->column > 0);
    require(error->line <= count_lines(text, text + size));
    require(error->excerpt != NULL);
    require(strstr(atd_error_line(error, pool), error->file) != NULL);
}

/* All that a value says of itself fits together; the lists and maps in it likewise. */
static void check_value(const atd_value_t *value, unsigned depth)
{
    atd_type_t type = atd_value_type(value);

    require(depth <= ATD_MAX_DATA_DEPTH + 1);
    require(atd_value_line(value) > 0 && atd_value_column(value) > 0);
    require(!atd_value_text(value) == (type == ATD_LIST || type == ATD_MAP));
    require(!atd_value_text(value) || strlen(atd_value_text(value)) == atd_value_length(value));
    for (apr_size_t i = 0; i < atd_value_count(value); i++) {
        const char *key = atd_value_key_at(value, i);

        require(!key == (type == ATD_LIST));
        require(!key || atd_value_get(value, key) == atd_value_at(value, i));
        check_value(atd_value_at(value, i), depth + 1);
    }
}

/* One line of UTF-8 that can stand in a script element, its brackets in pairs. */
static void check_json(const atd_value_t *value, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 256, ATD_MAX_PAGE);
    const char *json;
    apr_size_t length;
    long depth = 0;
    bool in_string = false;

    atd_escape_json_value(out, value);
    require(!atd_buffer_take(&json, &length, out, "the JSON"));
    require(atd_text_valid_prefix(json, length) == length && !strpbrk(json, "<>&\n"));
    for (; *json; json++) {
        require((unsigned char)*json >= ' ');
        if (in_string && *json == '\\')
            require(*++json != '\0');
        else if (*json == '"')
            in_string = !in_string;
        else if (!in_string)
            depth += (strchr("[{", *json) != NULL) - (strchr("]}", *json) != NULL);
        require(depth >= 0);
    }
    require(depth == 0 && !in_string);
}

static void check_body(const atd_frontmatter_t *parts, const char *text, size_t size)
{
    require(parts->body >= text && parts->body + parts->body_length == text + size);
    require(parts->body_line == count_lines(text, parts->body));
}

static void fuzz(const char *text, size_t size, apr_pool_t *pool)
{
    atd_frontmatter_t parts;
    const atd_error_t *error = atd_frontmatter_parse(&parts, text, size, "post.md", pool);

    if (error) {
        check_error(error, text, size, pool);
        return;
    }
    require(atd_value_type(parts.data) == ATD_MAP);
    for (apr_size_t i = 0; i < atd_value_count(parts.data); i++)
        check_value(atd_value_at(parts.data, i), 1);
    check_json(parts.data, pool);
    check_body(&parts, text, size);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool;

    if (size > INPUT_MAX)
        return 0;
    apr_pool_create(&pool, NULL);
    fuzz((const char *)bytes, size, pool);
    apr_pool_destroy(pool);
    return 0;
}
