/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_PERSON_H
#define ATD_PERSON_H

#include "base/atd_file.h"
#include "site/atd_field.h"

/**
 * @file atd_person.h
 * Authors of a post: maps, names, or slugs of files in authors/.
 */

/** An author. */
typedef struct atd_person_t {
    const char *name;
    const char *slug;
    const char *role;
    const char *image;
    const char *url;
    const char *email;
    const char *bio;
    const atd_value_t *social; /**< map of network to URL or name; or NULL */
} atd_person_t;

/**
 * Reads `author`, `authors` and `coAuthors` of a front matter: each a map, a text, or a list of these. A text that
 * is the slug of authors/<slug>.md stands for that file's front matter; any other text is a name.
 * @param content NULL: author files are not looked up
 * @return array of atd_person_t, each with a name and a slug, in order, nobody twice; empty where none is given
 */
apr_array_header_t *atd_person_read_all(const atd_value_t *data, const atd_root_t *content, atd_reading_t *reading);

#endif
