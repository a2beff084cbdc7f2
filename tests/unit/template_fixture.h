/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEMPLATE_FIXTURE_H
#define TEMPLATE_FIXTURE_H

#include "atd_test.h"
#include "base/atd_limits.h"
#include "engine/atd_template.h"

#include <apr_strings.h>

/**
 * @file template_fixture.h
 * Data, partials and short names for the two files that test templates.
 */

static atd_value_t *data;     /* what the templates of a test are rendered with */
static atd_value_t *partials; /* name -> source */

static inline void data_setup(void)
{
    data = atd_value_map(atd_test_pool);
    partials = atd_value_map(atd_test_pool);
}

/** A test case that has a pool and empty data. */
static inline TCase *template_test_case(Suite *suite, const char *name)
{
    TCase *tests = atd_test_case(suite, name);

    tcase_add_checked_fixture(tests, data_setup, NULL);
    return tests;
}

/** Sets a key to what a plain YAML scalar means. */
static inline void set(const char *key, const char *plain)
{
    atd_value_set(data, key, atd_value_plain(atd_test_pool, plain, strlen(plain)));
}

/** Sets the source of a partial. */
static inline void partial(const char *name, const char *source)
{
    atd_value_set(partials, name, atd_value_string(atd_test_pool, source));
}

/** 0, 1, 2 ... */
static inline atd_value_t *list_of(unsigned count)
{
    atd_value_t *list = atd_value_list(atd_test_pool);

    for (unsigned i = 0; i < count; i++)
        atd_value_push(list, atd_value_int(atd_test_pool, i));
    return list;
}

static inline atd_value_t *map_with(const char *key, const char *text)
{
    atd_value_t *map = atd_value_map(atd_test_pool);

    atd_value_set(map, key, atd_value_string(atd_test_pool, text));
    return map;
}

static inline const char *repeat(const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_palloc(atd_test_pool, length * count + 1);

    for (unsigned i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    all[length * count] = '\0';
    return all;
}

static inline atd_error_t *find_partial(const atd_template_t **found, void *baton, const char *name, apr_pool_t *pool)
{
    const atd_value_t *source = atd_value_get(baton, name);

    *found = NULL;
    if (!source)
        return atd_error_hint(atd_error_make(pool, ATD_E_PARTIAL, NULL, "no partial %s", name), "make it");
    return atd_template_compile(found, atd_value_text(source), atd_value_length(source), apr_pstrdup(pool, name), pool);
}

/** Compiles a source named "page" and renders it to at most @p max bytes. */
static inline atd_error_t *render_bounded(const char **text, const char *source, apr_size_t max)
{
    const atd_template_loader_t loader = {find_partial, partials};
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, max);
    const atd_template_t *compiled;
    atd_error_t *error;

    error = atd_template_compile(&compiled, source, strlen(source), "page", atd_test_pool);
    if (!error)
        error = atd_template_render(out, compiled, data, &loader, atd_test_pool);
    return error ? error : atd_buffer_take(text, NULL, out, "the page");
}

static inline atd_error_t *render(const char *source)
{
    const char *text;

    return render_bounded(&text, source, ATD_MAX_PAGE);
}

static inline const char *rendered(const char *source)
{
    const char *text = NULL;

    ATD_OK(render_bounded(&text, source, ATD_MAX_PAGE));
    return text;
}

static inline atd_error_t *compile(const char *source, apr_size_t length)
{
    const atd_template_t *compiled;

    return atd_template_compile(&compiled, source, length, "page", atd_test_pool);
}

#define RENDERS(source, expected) ck_assert_str_eq(rendered(source), expected)

#define HAS(text, part) ck_assert_msg((text) && strstr(text, part), "\"%s\" is not in: %s", part, text)

#endif
