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
    atd_flag_t active;         /**< off: writes here no more */
} atd_person_t;

/** Where authors are looked up that a post names by their slug. */
typedef struct atd_people_t {
    /** Gives the front matter of authors/<slug>.md, and NULL where there is no such file. */
    atd_error_t *(*find)(const atd_value_t **data, void *baton, const char *slug, apr_pool_t *pool);
    void *baton;
} atd_people_t;

/** Looks them up in the files of @p content, which must outlive it. */
atd_people_t atd_people_of_content(const atd_root_t *content);

/**
 * Reads `author`, `authors` and `coAuthors` of a front matter: each a map, a text, or a list of these. A text that
 * is the slug of authors/<slug>.md stands for that file's front matter; any other text is a name.
 * @param people NULL: no author is looked up
 * @return array of atd_person_t, each with a name and a slug, in order, nobody twice; empty where none is given
 */
apr_array_header_t *atd_person_read_all(const atd_value_t *data, const atd_people_t *people, atd_reading_t *reading);

/** Fills @p person from the front matter of an author's file; a name that is missing stays NULL. */
void atd_person_read(atd_person_t *person, const atd_value_t *data, atd_reading_t *reading);

#endif
