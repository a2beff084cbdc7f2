/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_field.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <stdarg.h>
#include <string.h>

atd_error_t *atd_reading_note(atd_reading_t *reading, atd_error_id_t id, const atd_value_t *value, const char *format,
                              ...)
{
    const atd_place_t place = {.file = reading->file, .line = atd_value_line(value), .column = atd_value_column(value)};
    atd_error_t *error;
    va_list args;

    va_start(args, format);
    error = atd_error_make(reading->pool, id, &place, "%s", apr_pvsprintf(reading->pool, format, args));
    va_end(args);
    if (reading->findings)
        APR_ARRAY_PUSH(reading->findings, atd_error_t *) = error;
    if (!reading->first && !atd_error_is_warning(error))
        reading->first = error;
    return error;
}

const atd_value_t *atd_field_value(const atd_field_t *field, const atd_value_t *data)
{
    for (int i = 0; i < ATD_FIELD_NAMES && field->names[i]; i++) {
        const atd_value_t *value = atd_value_find(data, field->names[i]);

        if (!atd_value_is_empty(value))
            return value;
    }
    return NULL;
}

const atd_field_t *atd_field_find(const atd_field_t *fields, apr_size_t count, const char *path)
{
    for (apr_size_t i = 0; i < count; i++) {
        for (int n = 0; n < ATD_FIELD_NAMES && fields[i].names[n]; n++) {
            if (strcmp(fields[i].names[n], path) == 0)
                return &fields[i];
        }
    }
    return NULL;
}

static void wrong_type(const atd_field_t *field, const atd_value_t *value, const char *expected, atd_reading_t *reading)
{
    const char *text = atd_value_text(value);

    if (text)
        atd_reading_note(reading, ATD_E_TYPE, value, "'%s' must be %s, found %s: '%.80s'", field->names[0], expected,
                         atd_value_type_name(value), text);
    else
        atd_reading_note(reading, ATD_E_TYPE, value, "'%s' must be %s, found %s", field->names[0], expected,
                         atd_value_type_name(value));
}

static apr_size_t scheme_length(const char *url)
{
    apr_size_t length = 0;

    if (!apr_isalpha(*url))
        return 0;
    while (apr_isalnum(url[length]) || (url[length] && strchr("+-.", url[length])))
        length++;
    return url[length] == ':' ? length : 0;
}

bool atd_url_is_absolute(const char *url)
{
    return scheme_length(url) > 0 || (url[0] == '/' && url[1] == '/');
}

bool atd_url_is_safe(const char *url, bool mail)
{
    static const char *const schemes[] = {"http", "https", "mailto", "tel"};
    apr_size_t length = scheme_length(url);
    int known = mail ? 4 : 2;

    for (const char *at = url; *at; at++) {
        if (apr_iscntrl(*at) || *at == '\\')
            return false;
    }
    if (*url == ' ' || (*url && url[strlen(url) - 1] == ' '))
        return false;
    for (int i = 0; i < known; i++) {
        if (strlen(schemes[i]) == length && strncasecmp(url, schemes[i], length) == 0)
            return true;
    }
    /* A colon before the first slash would be read as a scheme by some browsers, whatever comes before it. */
    return length == 0 && strcspn(url, ":") >= strcspn(url, "/?#");
}

static bool read_flag(const char *text, bool *truth)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *truth = i % 2;
            return true;
        }
    }
    return false;
}

static char *trim(char *word)
{
    apr_size_t length;

    word += strspn(word, " \t");
    length = strlen(word);
    while (length > 0 && strchr(" \t", word[length - 1]))
        length--;
    word[length] = '\0';
    return word;
}

/* "a, b" has commas; "a b" is Jekyll's form of a list. */
static const atd_value_t *split_words(const atd_value_t *value, apr_pool_t *pool)
{
    const char *separators = strchr(atd_value_text(value), ',') ? "," : " \t";
    atd_value_t *list = atd_value_list(pool);
    char *rest = apr_pstrdup(pool, atd_value_text(value));
    char *state = NULL;

    for (char *word = apr_strtok(rest, separators, &state); word; word = apr_strtok(NULL, separators, &state)) {
        atd_value_t *item;

        word = trim(word);
        if (!*word)
            continue;
        item = atd_value_string(pool, word);
        atd_value_set_place(item, atd_value_line(value), atd_value_column(value));
        atd_value_push(list, item);
    }
    atd_value_set_place(list, atd_value_line(value), atd_value_column(value));
    return list;
}

static const atd_value_t *without_empty(const atd_value_t *value, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(value); i++) {
        if (!atd_value_is_empty(atd_value_at(value, i)))
            atd_value_push(list, atd_value_at(value, i));
    }
    atd_value_set_place(list, atd_value_line(value), atd_value_column(value));
    return list;
}

/* "-one" below "tags:" is text for YAML. */
static bool is_tight_item(const char *text)
{
    return text && text[0] == '-' && text[1] && text[1] != ' ';
}

static const atd_value_t *check_words(const atd_field_t *field, const atd_value_t *value, atd_reading_t *reading)
{
    const atd_value_t *list;

    if (!atd_value_text(value) && atd_value_type(value) != ATD_LIST) {
        wrong_type(field, value, "a list of texts", reading);
        return NULL;
    }
    if (is_tight_item(atd_value_text(value))) {
        atd_error_hint(atd_reading_note(reading, ATD_E_TYPE, value, "'%s' must be a list, found the text '%.80s'",
                                        field->names[0], atd_value_text(value)),
                       "put a blank behind the dash of each item: '- item'");
        return NULL;
    }
    for (apr_size_t i = 0; i < atd_value_count(value); i++) {
        if (!atd_value_text(atd_value_at(value, i))) {
            wrong_type(field, atd_value_at(value, i), "a list of texts", reading);
            return NULL;
        }
    }
    list = atd_value_text(value) ? split_words(value, reading->pool) : without_empty(value, reading->pool);
    return atd_value_count(list) > 0 ? list : NULL;
}

static void read_text(const char **to, const atd_field_t *field, const atd_value_t *value, atd_reading_t *reading)
{
    const char *text = atd_value_text(value);

    if (!text)
        wrong_type(field, value, "text", reading);
    else if (field->kind == ATD_KIND_URL && !atd_url_is_safe(text, false))
        atd_error_hint(atd_reading_note(reading, ATD_E_URL, value,
                                        "'%s' is not a URL that may stand in a page: '%.80s'", field->names[0], text),
                       "use http, https, or a path");
    else
        *to = text;
}

static void read_date(atd_date_t *to, const atd_field_t *field, const atd_value_t *value, atd_reading_t *reading)
{
    const char *text = atd_value_text(value);

    if (!text)
        wrong_type(field, value, "a date", reading);
    else if (!atd_date_parse(to, text))
        atd_error_hint(
            atd_reading_note(reading, ATD_E_DATE, value, "'%s' is not a date: '%.80s'", field->names[0], text),
            "write it as 2025-06-16 or 2025-06-16T14:30:00Z");
}

static void read_truth(void *to, const atd_field_t *field, const atd_value_t *value, atd_reading_t *reading)
{
    const char *text = atd_value_text(value);
    bool truth;

    if (!text || !read_flag(text, &truth))
        wrong_type(field, value, "true or false", reading);
    else if (field->kind == ATD_KIND_SWITCH)
        *(bool *)to = truth;
    else
        *(atd_flag_t *)to = truth ? ATD_FLAG_ON : ATD_FLAG_OFF;
}

static void read_number(apr_int64_t *to, const atd_field_t *field, const atd_value_t *value, atd_reading_t *reading)
{
    apr_int64_t number = atd_value_number(value);

    if (atd_value_type(value) != ATD_INT)
        wrong_type(field, value, "a number", reading);
    else if (number < field->min || number > field->max)
        atd_reading_note(reading, ATD_E_VALUE, value,
                         "'%s' must be from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT ", found %" APR_INT64_T_FMT,
                         field->names[0], field->min, field->max, number);
    else
        *to = number;
}

static void read_tree(const atd_value_t **to, const atd_field_t *field, const atd_value_t *value,
                      atd_reading_t *reading)
{
    if (field->kind == ATD_KIND_WORDS)
        *to = check_words(field, value, reading);
    else if (field->kind == ATD_KIND_LIST && atd_value_type(value) != ATD_LIST)
        wrong_type(field, value, "a list", reading);
    else if (field->kind == ATD_KIND_MAP && atd_value_type(value) != ATD_MAP)
        wrong_type(field, value, "a map", reading);
    else
        *to = value;
}

static void read_value(void *to, const atd_field_t *field, const atd_value_t *value, atd_reading_t *reading)
{
    switch (field->kind) {
    case ATD_KIND_TEXT:
    case ATD_KIND_URL:
        read_text(to, field, value, reading);
        break;
    case ATD_KIND_DATE:
        read_date(to, field, value, reading);
        break;
    case ATD_KIND_FLAG:
    case ATD_KIND_SWITCH:
        read_truth(to, field, value, reading);
        break;
    case ATD_KIND_NUMBER:
        read_number(to, field, value, reading);
        break;
    case ATD_KIND_WORDS:
    case ATD_KIND_LIST:
    case ATD_KIND_MAP:
    case ATD_KIND_ANY:
        read_tree(to, field, value, reading);
        break;
    }
}

void atd_field_read(void *record, const atd_field_t *fields, apr_size_t count, const atd_value_t *data,
                    atd_reading_t *reading)
{
    for (apr_size_t i = 0; i < count; i++) {
        const atd_field_t *field = &fields[i];
        const atd_value_t *value = atd_field_value(field, data);
        void *to = (char *)record + field->offset;

        if (field->otherwise)
            read_value(to, field, atd_value_plain(reading->pool, field->otherwise, strlen(field->otherwise)), reading);
        if (value)
            read_value(to, field, value, reading);
    }
}
