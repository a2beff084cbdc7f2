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
    {.names = {"active"}, .kind = ATD_KIND_FLAG, .offset = AT(active)},
};

static bool is_known(const apr_array_header_t *list, const char *slug)
{
    for (int i = 0; i < list->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(list, i, atd_person_t).slug, slug) == 0)
            return true;
    }
    return false;
}

static void add(apr_array_header_t *list, atd_person_t *person, const atd_value_t *value, atd_reading_t *reading)
{
    if (!person->name) {
        atd_error_hint(atd_reading_note(reading, ATD_E_TYPE, value, "an author has no name"), "add a name: to it");
        return;
    }
    person->slug = atd_text_slug(person->slug ? person->slug : person->name, reading->pool);
    if (is_known(list, person->slug))
        return;
    if (list->nelts < MAX_AUTHORS)
        APR_ARRAY_PUSH(list, atd_person_t) = *person;
    else
        atd_reading_note(reading, ATD_E_LIMIT, value, "has more than %d authors", MAX_AUTHORS);
}

static atd_error_t *read_file(const atd_value_t **data, const atd_root_t *content, const char *slug, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, "authors/", slug, ".md", NULL);
    atd_frontmatter_t parts;
    atd_file_t file;
    atd_error_t *error = atd_file_read(&file, content, path, ATD_MAX_SOURCE, pool);

    *data = NULL;
    if (error && error->id == ATD_E_MISSING)
        return NULL;
    if (!error)
        error = atd_frontmatter_parse(&parts, file.bytes, file.length, path, pool);
    if (!error)
        *data = parts.data;
    return error;
}

/* What comes of reading an author's file. */
typedef struct found_t {
    const atd_value_t *data;
    atd_error_t *error;
} found_t;

static atd_error_t *find_file(const atd_value_t **data, void *baton, const char *slug, apr_pool_t *pool)
{
    const atd_root_t *content = baton;
    const found_t *known = atd_memo_get(content->memo, ATD_MEMO_AUTHOR, slug);
    found_t *found;

    if (!content->memo)
        return read_file(data, content, slug, pool);
    if (!known) {
        known = found = apr_pcalloc(atd_memo_pool(content->memo), sizeof *found);
        found->error = read_file(&found->data, content, slug, atd_memo_pool(content->memo));
        atd_memo_set(content->memo, ATD_MEMO_AUTHOR, slug, found);
    }
    *data = known->data;
    return known->error;
}

atd_people_t atd_people_of_content(const atd_root_t *content)
{
    return (atd_people_t){.find = find_file, .baton = (void *)content};
}

void atd_person_read(atd_person_t *person, const atd_value_t *data, atd_reading_t *reading)
{
    atd_field_read(person, fields, sizeof fields / sizeof *fields, data, reading);
}

/* The errors of an author's file are the post's, too. */
static const atd_value_t *look_up(const atd_people_t *people, const char *slug, atd_reading_t *reading)
{
    const atd_value_t *data = NULL;
    atd_error_t *error = people && *slug ? people->find(&data, people->baton, slug, reading->pool) : NULL;

    if (error && reading->findings)
        APR_ARRAY_PUSH(reading->findings, atd_error_t *) = error;
    if (error && !reading->first)
        reading->first = error;
    return data;
}

static void read_named(apr_array_header_t *list, const atd_value_t *value, const atd_people_t *people,
                       atd_reading_t *reading)
{
    const char *text = atd_value_text(value);
    const char *slug = atd_text_slug(text, reading->pool);
    const atd_value_t *data = look_up(people, slug, reading);
    atd_person_t person = {0};

    if (data) {
        atd_reading_t file = *reading;

        file.file = apr_pstrcat(reading->pool, "authors/", slug, ".md", NULL);
        atd_person_read(&person, data, &file);
        reading->first = file.first;
        person.slug = slug;
    }
    if (!person.name)
        person.name = text;
    add(list, &person, value, reading);
}

static void read_one(apr_array_header_t *list, const atd_value_t *value, const atd_people_t *people,
                     atd_reading_t *reading)
{
    atd_person_t person = {0};

    switch (atd_value_type(value)) {
    case ATD_MAP:
        atd_person_read(&person, value, reading);
        add(list, &person, value, reading);
        break;
    case ATD_LIST:
        atd_reading_note(reading, ATD_E_TYPE, value, "an author can't be a list within a list");
        break;
    default:
        if (!atd_value_is_empty(value))
            read_named(list, value, people, reading);
    }
}

apr_array_header_t *atd_person_read_all(const atd_value_t *data, const atd_people_t *people, atd_reading_t *reading)
{
    static const char *const keys[] = {"author", "authors", "coAuthors"};
    apr_array_header_t *list = apr_array_make(reading->pool, 2, sizeof(atd_person_t));

    for (apr_size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const atd_value_t *value = atd_value_get(data, keys[k]);

        if (atd_value_type(value) != ATD_LIST) {
            read_one(list, value, people, reading);
            continue;
        }
        for (apr_size_t i = 0; i < atd_value_count(value); i++)
            read_one(list, atd_value_at(value, i), people, reading);
    }
    return list;
}
