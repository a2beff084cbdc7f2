/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_limits.h"
#include "engine/atd_template.h"
#include "engine/atd_yaml.h"

#include <apr_general.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for templates. An input is a template, a line "---", and YAML that it is rendered with; partials
 * are taken from the YAML's map "partials" (name: source), and "self" is the template itself. Besides crashes it finds
 * errors without a place, and pages that differ when they are rendered again.
 */
#define INPUT_MAX 8192
#define PAGE_MAX 65536

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct theme_t {
    const atd_value_t *sources;
    const atd_template_t *self;
    apr_hash_t *compiled;
    apr_pool_t *pool;
} theme_t;

static void require(bool condition)
{
    if (!condition)
        abort();
}

static atd_error_t *find_partial(const atd_template_t **found, void *baton, const char *name, apr_pool_t *pool)
{
    theme_t *theme = baton;
    const atd_value_t *source = atd_value_get(theme->sources, name);
    atd_error_t *error;

    require(strlen(name) <= 255 && *name && !strstr(name, "..") && *name != '/');
    *found = strcmp(name, "self") == 0 ? theme->self : apr_hash_get(theme->compiled, name, APR_HASH_KEY_STRING);
    if (*found || !atd_value_text(source))
        return NULL;
    error = atd_template_compile(found, atd_value_text(source), atd_value_length(source), "partial", theme->pool);
    if (error)
        return atd_error_copy(error, pool);
    apr_hash_set(theme->compiled, apr_pstrdup(theme->pool, name), APR_HASH_KEY_STRING, *found);
    return NULL;
}

static void check_error(const atd_error_t *error)
{
    require(error->message && error->file && error->line > 0 && error->column > 0 && error->excerpt);
}

static const char *render(apr_size_t *length, theme_t *theme, const atd_value_t *data, apr_pool_t *pool)
{
    const atd_template_loader_t loader = {find_partial, theme};
    atd_buffer_t *out = atd_buffer_create(pool, 0, PAGE_MAX);
    const atd_error_t *error = atd_template_render(out, theme->self, data, &loader, pool);
    const char *text;

    if (error) {
        check_error(error);
        return NULL;
    }
    require(!atd_buffer_take(&text, length, out, "the page"));
    return text;
}

static void fuzz(const char *source, apr_size_t source_length, const char *yaml, apr_size_t yaml_length,
                 apr_pool_t *pool)
{
    const atd_place_t place = {"data", 1, 1};
    theme_t theme = {.compiled = apr_hash_make(pool), .pool = pool};
    const atd_value_t *data;
    atd_error_t *error;
    const char *first, *second;
    apr_size_t first_length = 0, second_length = 0;

    error = atd_template_compile(&theme.self, source, source_length, "page", pool);
    if (error) {
        check_error(error);
        return;
    }
    if (atd_yaml_parse(&data, yaml, yaml_length, &place, pool))
        data = NULL;
    theme.sources = atd_value_get(data, "partials");
    first = render(&first_length, &theme, data, pool);
    second = render(&second_length, &theme, data, pool);
    require(!first == !second && first_length == second_length);
    require(!first || memcmp(first, second, first_length) == 0);
}

static size_t find_separator(const char *text, size_t size)
{
    for (size_t i = 0; i + 5 <= size; i++)
        if (memcmp(text + i, "\n---\n", 5) == 0)
            return i;
    return size;
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
    const char *text = (const char *)bytes;
    size_t end = find_separator(text, size);
    size_t data = end < size ? end + 5 : size;
    apr_pool_t *pool;

    if (size > INPUT_MAX)
        return 0;
    apr_pool_create(&pool, NULL);
    fuzz(text, end, text + data, size - data, pool);
    apr_pool_destroy(pool);
    return 0;
}
