/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_FRONTMATTER_H
#define ATD_FRONTMATTER_H

#include "base/atd_error.h"
#include "base/atd_value.h"

/**
 * @file atd_frontmatter.h
 * Parts a Markdown file into its front matter and its body.
 */
typedef struct atd_frontmatter_t {
    const atd_value_t *data; /**< always a map; empty where the file has no front matter */
    const char *body;        /**< first byte of the Markdown, within the text that was given; not terminated */
    apr_size_t body_length;
    unsigned body_line; /**< the body's first line, from 1, counted in the file */
} atd_frontmatter_t;

/**
 * Reads the front matter: YAML between a first line `---` and the next line `---` or `...`, TOML between two lines `+++`,
 * or a JSON object with which the file begins and behind whose closing brace the body does. A byte order mark, blank
 * lines above, CRLF line ends and blanks behind the fences are accepted. A file that begins otherwise has no front
 * matter; one whose first lines look like `key: value` with a `---` below them, or like `key = value` with a `+++`, gets an
 * ATD_E_FENCE that tells to add the first fence. What begins with a brace is JSON only where a quoted key and a colon follow;
 * or where the brace is alone in its line and one of the next lines is such a key; or where it is an empty object alone
 * in its line. All else is text (`{{ tag }}`, `{% tag %}`, `{: .class}`).
 * @param file name for errors
 * @return ATD_E_FENCE, ATD_E_LIMIT (ATD_MAX_FRONT_MATTER), ATD_E_ENCODING where the file is not UTF-8 or holds
 *         a control character, or the errors of atd_yaml_parse(), atd_toml_parse() and atd_json_parse()
 */
atd_error_t *atd_frontmatter_parse(atd_frontmatter_t *parts, const char *text, apr_size_t length, const char *file,
                                   apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
