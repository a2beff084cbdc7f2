/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_person.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "engine/atd_frontmatter.h"

#include <apr_strings.h>

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof(atd_person_t, member)
#define MAX_AUTHORS 32

static const atd_field_t fields[] = {
    {.names = {"name", "title"}, .kind = ATD_KIND_TEXT, .offset = AT(name)},
    {.names = {"slug"}, .kind = ATD_KIND_TEXT, .offset = AT(slug)},
    {.names = {"role", "jobTitle"}, .kind = ATD_KIND_TEXT, .offset = AT(role)},
    {.names = {"image", "avatar", "picture"}, .kind = ATD_KIND_URL, .offset = AT(image)},
    {.names = {"url", "link", "website"}, .kind = ATD_KIND_URL, .offset = AT(url)},
    {.names = {"email"}, .kind = ATD_KIND_TEXT, .offset = AT(email)},
    {.names = {"bio", "description"}, .kind = ATD_KIND_TEXT, .offset = AT(bio)},
    {.names = {"social"}, .kind = ATD_KIND_MAP, .offset = AT(social)},
};

static bool is_known(const apr_array_header_t *people, const char *slug)
{
    for (int i = 0; i < people->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(people, i, atd_person_t).slug, slug) == 0)
            return true;
    }
    return false;
}

static void add(apr_array_header_t *people, atd_person_t *person, const atd_value_t *value, atd_reading_t *reading)
{
    if (!person->name) {
        atd_error_hint(atd_reading_note(reading, ATD_E_TYPE, value, "an author has no name"), "add a name: to it");
        return;
    }
    person->slug = atd_text_slug(person->slug ? person->slug : person->name, reading->pool);
    if (is_known(people, person->slug))
        return;
    if (people->nelts < MAX_AUTHORS)
        APR_ARRAY_PUSH(people, atd_person_t) = *person;
    else
        atd_reading_note(reading, ATD_E_LIMIT, value, "has more than %d authors", MAX_AUTHORS);
}

/* The front matter of authors/<slug>.md; NULL where there is no such file. Its errors are the post's, too. */
static const atd_value_t *author_file(const char *slug, const atd_root_t *content, atd_reading_t *reading)
{
    const char *path = apr_pstrcat(reading->pool, "authors/", slug, ".md", NULL);
    atd_frontmatter_t parts;
    atd_file_t file;
    atd_error_t *error = atd_file_read(&file, content, path, ATD_MAX_SOURCE, reading->pool);

    if (error && error->id == ATD_E_MISSING)
        return NULL;
    if (!error)
        error = atd_frontmatter_parse(&parts, file.bytes, file.length, path, reading->pool);
    if (!error)
        return parts.data;
    if (reading->findings)
        APR_ARRAY_PUSH(reading->findings, atd_error_t *) = error;
    if (!reading->first)
        reading->first = error;
    return NULL;
}

static void read_named(apr_array_header_t *people, const atd_value_t *value, const atd_root_t *content,
                       atd_reading_t *reading)
{
    const char *text = atd_value_text(value);
    const char *slug = atd_text_slug(text, reading->pool);
    const atd_value_t *data = content && *slug ? author_file(slug, content, reading) : NULL;
    atd_person_t person = {0};

    if (data) {
        atd_reading_t file = *reading;

        file.file = apr_pstrcat(reading->pool, "authors/", slug, ".md", NULL);
        atd_field_read(&person, fields, sizeof fields / sizeof *fields, data, &file);
        reading->first = file.first;
        person.slug = slug;
    }
    if (!person.name)
        person.name = text;
    add(people, &person, value, reading);
}

static void read_one(apr_array_header_t *people, const atd_value_t *value, const atd_root_t *content,
                     atd_reading_t *reading)
{
    atd_person_t person = {0};

    switch (atd_value_type(value)) {
    case ATD_MAP:
        atd_field_read(&person, fields, sizeof fields / sizeof *fields, value, reading);
        add(people, &person, value, reading);
        break;
    case ATD_LIST:
        atd_reading_note(reading, ATD_E_TYPE, value, "an author can't be a list within a list");
        break;
    default:
        if (!atd_value_is_empty(value))
            read_named(people, value, content, reading);
    }
}

apr_array_header_t *atd_person_read_all(const atd_value_t *data, const atd_root_t *content, atd_reading_t *reading)
{
    static const char *const keys[] = {"author", "authors", "coAuthors"};
    apr_array_header_t *people = apr_array_make(reading->pool, 2, sizeof(atd_person_t));

    for (apr_size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const atd_value_t *value = atd_value_get(data, keys[k]);

        if (atd_value_type(value) != ATD_LIST) {
            read_one(people, value, content, reading);
            continue;
        }
        for (apr_size_t i = 0; i < atd_value_count(value); i++)
            read_one(people, atd_value_at(value, i), content, reading);
    }
    return people;
}
