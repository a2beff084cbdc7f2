/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_settings.h"

#include "base/atd_limits.h"
#include "engine/atd_yaml.h"
#include "site/atd_field.h"
#include "site/atd_permalink.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <stddef.h>
#include <string.h>

const char *const atd_settings_files[2] = {"site.yaml", "site.json"};

#define AT(member) offsetof(atd_settings_t, member)

static const atd_field_t fields[] = {
    {.names = {"title", "name"}, .kind = ATD_KIND_TEXT, .offset = AT(title), .otherwise = "Blog"},
    {.names = {"description", "tagline"}, .kind = ATD_KIND_TEXT, .offset = AT(description)},
    {.names = {"url", "baseURL"}, .kind = ATD_KIND_URL, .offset = AT(url)},
    {.names = {"language", "lang", "locale"}, .kind = ATD_KIND_TEXT, .offset = AT(language), .otherwise = "en"},
    {.names = {"author.name", "author"}, .kind = ATD_KIND_TEXT, .offset = AT(author)},
    {.names = {"publisher.name"}, .kind = ATD_KIND_TEXT, .offset = AT(publisher_name)},
    {.names = {"publisher.logo", "logo"}, .kind = ATD_KIND_URL, .offset = AT(publisher_logo)},
    {.names = {"image"}, .kind = ATD_KIND_URL, .offset = AT(image)},
    {.names = {"images.base"}, .kind = ATD_KIND_URL, .offset = AT(image_base)},
    {.names = {"social.twitter", "social.x"}, .kind = ATD_KIND_TEXT, .offset = AT(twitter)},
    {.names = {"markdown.externalRel"},
     .kind = ATD_KIND_TEXT,
     .offset = AT(external_rel),
     .otherwise = "external noopener"},
    {.names = {"markdown.smart"}, .kind = ATD_KIND_SWITCH, .offset = AT(smart), .otherwise = "true"},
    {.names = {"markdown.toc"}, .kind = ATD_KIND_SWITCH, .offset = AT(toc), .otherwise = "false"},
    {.names = {"feed.full"}, .kind = ATD_KIND_SWITCH, .offset = AT(feed_full), .otherwise = "true"},
    {.names = {"feed.limit"},
     .kind = ATD_KIND_NUMBER,
     .offset = AT(feed_limit),
     .min = 1,
     .max = 500,
     .otherwise = "20"},
    {.names = {"footer"}, .kind = ATD_KIND_TEXT, .offset = AT(footer)},
    {.names = {"permalink"}, .kind = ATD_KIND_TEXT, .offset = AT(permalink), .otherwise = "/:slug"},
    {.names = {"pageSize"}, .kind = ATD_KIND_NUMBER, .offset = AT(page_size), .min = 1, .max = 1000, .otherwise = "10"},
    {.names = {"related"}, .kind = ATD_KIND_NUMBER, .offset = AT(related), .min = 0, .max = 50, .otherwise = "3"},
    {.names = {"wordsPerMinute"},
     .kind = ATD_KIND_NUMBER,
     .offset = AT(words_per_minute),
     .min = 50,
     .max = 1000,
     .otherwise = "200"},
    {.names = {"shareButtons"}, .kind = ATD_KIND_SWITCH, .offset = AT(share_buttons), .otherwise = "true"},
    {.names = {"nav"}, .kind = ATD_KIND_LIST, .offset = AT(nav)},
    {.names = {"share"}, .kind = ATD_KIND_WORDS, .offset = AT(share), .otherwise = "x, facebook, linkedin, email"},
    {.names = {"social"}, .kind = ATD_KIND_MAP, .offset = AT(social)},
    {.names = {"comments"}, .kind = ATD_KIND_MAP, .offset = AT(comments)},
    {.names = {"newsletter"}, .kind = ATD_KIND_MAP, .offset = AT(newsletter)},
    {.names = {"params"}, .kind = ATD_KIND_MAP, .offset = AT(params)},
};

#define FIELD_COUNT (sizeof fields / sizeof *fields)

/* "publisher.name" and a text become {publisher: {name: text}}. */
static const atd_value_t *nest(const char *path, const atd_value_t *value, apr_pool_t *pool)
{
    const char *dot = strchr(path, '.');
    atd_value_t *map = atd_value_map(pool);

    if (!dot)
        atd_value_set(map, path, value);
    else
        atd_value_set(map, apr_pstrmemdup(pool, path, (apr_size_t)(dot - path)), nest(dot + 1, value, pool));
    return map;
}

static bool is_free(const char *key)
{
    return strncmp(key, "params.", 7) == 0 || strncmp(key, "social.", 7) == 0 || strncmp(key, "comments.", 9) == 0 ||
           strncmp(key, "newsletter.", 11) == 0;
}

/* With a host, and without a query or a fragment: paths are put behind it. */
static bool is_web_url(const char *url)
{
    apr_size_t scheme = strncasecmp(url, "https://", 8) == 0 ? 8 : strncasecmp(url, "http://", 7) == 0 ? 7 : 0;

    return scheme > 0 && url[scheme] && !strchr("/?#", url[scheme]) && !strpbrk(url, "?#");
}

static void check_url(const atd_settings_t *settings, const atd_value_t *data, atd_reading_t *reading)
{
    if (settings->url && !is_web_url(settings->url))
        atd_error_hint(atd_reading_note(reading, ATD_E_URL,
                                        atd_field_value(atd_field_find(fields, FIELD_COUNT, "url"), data),
                                        "'url' must be an absolute URL, found '%.80s'", settings->url),
                       "write it with its scheme: https://example.org");
}

static void check_language(const atd_settings_t *settings, const atd_value_t *data, atd_reading_t *reading)
{
    for (const char *at = settings->language; *at; at++) {
        if (!apr_isalnum(*at) && *at != '-' && *at != '_') {
            atd_error_hint(atd_reading_note(reading, ATD_E_VALUE,
                                            atd_field_value(atd_field_find(fields, FIELD_COUNT, "language"), data),
                                            "'language' can't be '%.80s'", settings->language),
                           "write a language tag: en, de-AT, zh-Hant");
            return;
        }
    }
}

static void check_permalink(atd_settings_t *settings, const atd_value_t *data, atd_reading_t *reading)
{
    atd_permalink_check(&settings->permalink, settings->permalink,
                        atd_field_value(atd_field_find(fields, FIELD_COUNT, "permalink"), data), reading);
}

static void read_settings(atd_settings_t *settings, const atd_value_t *data, atd_reading_t *reading)
{
    atd_field_read(settings, fields, FIELD_COUNT, data, reading);
    check_url(settings, data, reading);
    check_language(settings, data, reading);
    check_permalink(settings, data, reading);
}

static atd_error_t *value_of_set(const atd_value_t **value, const char *key, const char *text, apr_pool_t *pool)
{
    const atd_field_t *field = atd_field_find(fields, FIELD_COUNT, key);

    if (!field && !is_free(key))
        return atd_error_hint(atd_error_make(pool, ATD_E_SETTING, NULL, "AtdSet: there is no setting '%.80s'", key),
                              "the settings are those of site.yaml; free ones begin with params.");
    if (field && (field->kind == ATD_KIND_LIST || field->kind == ATD_KIND_MAP))
        return atd_error_hint(atd_error_make(pool, ATD_E_SETTING, NULL, "AtdSet: '%s' is %s, not a text", key,
                                             field->kind == ATD_KIND_LIST ? "a list" : "a map"),
                              "set it in site.yaml");
    *value = field && field->kind == ATD_KIND_NUMBER ? atd_value_plain(pool, text, strlen(text))
                                                     : atd_value_string(pool, text);
    return NULL;
}

atd_error_t *atd_settings_check(const char *key, const char *text, apr_pool_t *pool)
{
    atd_reading_t reading = {.pool = pool};
    atd_settings_t scratch = {0};
    const atd_value_t *value;
    atd_error_t *error = value_of_set(&value, key, text, pool);

    if (error)
        return error;
    read_settings(&scratch, nest(key, value, pool), &reading);
    return reading.first;
}

static atd_error_t *apply_sets(const atd_value_t **data, const apr_table_t *sets, apr_pool_t *pool)
{
    const apr_array_header_t *entries = apr_table_elts(sets);

    for (int i = 0; i < entries->nelts; i++) {
        const apr_table_entry_t *set = &APR_ARRAY_IDX(entries, i, apr_table_entry_t);
        const atd_field_t *field = atd_field_find(fields, FIELD_COUNT, set->key);
        const char *path = field ? field->names[0] : set->key; /* the name that wins over its synonyms in the file */
        const atd_value_t *value;
        atd_error_t *error = value_of_set(&value, set->key, set->val, pool);

        if (error)
            return error;
        *data = atd_value_merge(pool, *data, nest(path, value, pool));
    }
    return NULL;
}

/* The first of the two files that exists; an empty map where there is none. */
static atd_error_t *read_data(const atd_value_t **data, const char **name, const atd_root_t *content, apr_pool_t *pool)
{
    for (int i = 0; i < 2; i++) {
        const atd_place_t place = {.file = atd_settings_files[i], .line = 1, .column = 1};
        atd_file_t file;
        atd_error_t *error = atd_file_read(&file, content, place.file, ATD_MAX_FRONT_MATTER, pool);

        *name = place.file;
        if (!error)
            return atd_yaml_parse(data, file.bytes, file.length, &place, pool);
        if (error->id != ATD_E_MISSING)
            return error;
    }
    *data = atd_value_map(pool);
    return NULL;
}

static const char *without_trailing_slash(const char *url, apr_pool_t *pool)
{
    apr_size_t length = url ? strlen(url) : 0;

    while (length > 0 && url[length - 1] == '/')
        length--;
    return length ? apr_pstrmemdup(pool, url, length) : NULL;
}

/* "feed" of "feed.limit". */
static bool is_map_of_settings(const char *key)
{
    apr_size_t length = strlen(key);

    for (apr_size_t i = 0; i < FIELD_COUNT; i++) {
        const char *name = fields[i].names[0];

        if (strncmp(name, key, length) == 0 && name[length] == '.')
            return true;
    }
    return false;
}

static bool is_known(const char *key)
{
    return atd_field_find(fields, FIELD_COUNT, key) || is_map_of_settings(key);
}

static void warn_of_unknown(const atd_value_t *data, atd_reading_t *reading)
{
    for (apr_size_t i = 0; i < atd_value_count(data); i++) {
        const char *key = atd_value_key_at(data, i);

        if (!is_known(key))
            atd_error_hint(atd_reading_note(reading, ATD_W_UNKNOWN, atd_value_at(data, i),
                                            "'%.80s' is no setting that mod_atd knows", key),
                           "put what only your theme reads below params:");
    }
}

atd_error_t *atd_settings_load(const atd_settings_t **settings, const atd_root_t *content, const apr_table_t *sets,
                               apr_array_header_t *findings, apr_pool_t *pool)
{
    atd_settings_t *loaded = apr_pcalloc(pool, sizeof *loaded);
    atd_reading_t reading = {.findings = findings, .pool = pool};
    const atd_value_t *data;
    atd_error_t *error = read_data(&data, &reading.file, content, pool);

    if (!error && findings)
        warn_of_unknown(data, &reading);
    if (!error && sets)
        error = apply_sets(&data, sets, pool);
    if (error)
        return error;
    loaded->data = data;
    read_settings(loaded, data, &reading);
    loaded->url = without_trailing_slash(loaded->url, pool);
    *settings = loaded;
    return reading.first;
}
