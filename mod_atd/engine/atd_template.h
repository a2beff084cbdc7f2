/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TEMPLATE_H
#define ATD_TEMPLATE_H

#include "base/atd_buffer.h"
#include "base/atd_error.h"
#include "base/atd_value.h"

/**
 * @file atd_template.h
 * Mustache as the specification has it (github.com/mustache/spec: interpolation, sections, inverted, comments,
 * delimiters, partials, inheritance, dynamic names), without lambdas. A template is compiled once and may
 * then be rendered by any number of threads at a time; nothing in it changes.
 *
 * Where the specification leaves a choice:
 * - False are null, false, "" and an empty list; all else is true, 0 and an empty map, too. `{{x}}` of false
 *   prints "false", of a number its text as it was written.
 * - A key whose value is null hides the same key of outer contexts.
 * - The content of an argument, `{{<p}}{{$a}}content{{/a}}{{/p}}`, belongs to the template in which it is written: a
 *   block within it is a parameter of that template, and is not filled by other arguments of the same tag. Of
 *   several arguments for one block the outermost template's wins.
 * - Anything but blocks directly within a parent tag is ignored.
 * - A byte order mark at the start of a template is left out.
 */

/** A compiled template. */
typedef struct atd_template_t atd_template_t;

/**
 * Finds a partial or parent by name while a page is rendered. @p name is 1 to 3 parts of [A-Za-z0-9_-]+ with `/`
 * between them, at most 255 bytes, and valid during the call alone.
 * @return NULL and *found; or an error, ATD_E_PARTIAL where there is none. *found == NULL with no error means
 *         that the tag renders as nothing, as the specification asks. An error without a file is given the
 *         place of the tag; any other is passed on as it is.
 */
typedef struct atd_template_loader_t {
    atd_error_t *(*find)(const atd_template_t **found, void *baton, const char *name, apr_pool_t *pool);
    void *baton;
} atd_template_loader_t;

/**
 * Compiles @p length bytes of @p text; both text and result live in @p pool (the text is copied).
 * @param file name for errors, kept by reference
 * @return ATD_E_TEMPLATE with line, column, excerpt and hint; ATD_E_PARTIAL for a partial's name that no loader
 *         would be asked for; ATD_E_LIMIT (ATD_MAX_TEMPLATE, _DEPTH, names of 255 bytes, delimiters of 16)
 */
atd_error_t *atd_template_compile(const atd_template_t **compiled, const char *text, apr_size_t length,
                                  const char *file, apr_pool_t *pool) __attribute__((warn_unused_result));

/**
 * Renders @p compiled with @p data (a map; "." and nested contexts as the specification has them) to the end of
 * @p out. Interpolating a list or a map, even an empty one, is an error, since it is a slip of the template's author
 * in every case we know. A map with the key `__tag__` and the value `code`, which is how the specification's
 * data write a lambda, is refused by every tag that names it.
 * @param loader NULL where there are no partials; a tag that asks for one is an error then
 * @param pool scratch memory and the error's
 * @return ATD_E_LIMIT (ATD_MAX_TEMPLATE_DEPTH sections at a time, as many partials, parents and arguments at a
 *         time, ATD_MAX_TEMPLATE_STEPS, of which a look-up through many contexts takes several, or @p out is full),
 *         ATD_E_PARTIAL, ATD_E_LAMBDA, ATD_E_TYPE, all with the tag's file, line, column and excerpt; or the loader's.
 *         @p out then holds a part and must be thrown away
 */
atd_error_t *atd_template_render(atd_buffer_t *out, const atd_template_t *compiled, const atd_value_t *data,
                                 const atd_template_loader_t *loader, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
