/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_value.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include <stdlib.h>
#include <string.h>

/* Maps up to this many keys are searched in order, which is faster than hashing; larger ones get a hash. */
#define LINEAR_KEYS 12

typedef struct entry_t {
    const char *key;
    apr_size_t key_length;
    const atd_value_t *value;
} entry_t;

struct atd_value_t {
    atd_type_t type;
    unsigned line;
    unsigned column;
    union {
        struct {
            const char *text;
            apr_size_t length;
            apr_int64_t number; /* of ATD_INT; 1 for a true ATD_BOOL */
        } scalar;
        apr_array_header_t *items; /* of const atd_value_t * */
        struct {
            apr_array_header_t *entries; /* of entry_t, in order */
            apr_hash_t *index;           /* key -> entry number + 1; NULL while small */
        } map;
    } as;
};

static atd_value_t *make(apr_pool_t *pool, atd_type_t type)
{
    atd_value_t *value = apr_pcalloc(pool, sizeof *value);

    value->type = type;
    return value;
}

static atd_value_t *make_scalar(apr_pool_t *pool, atd_type_t type, const char *text, apr_size_t length)
{
    atd_value_t *value = make(pool, type);

    value->as.scalar.text = text;
    value->as.scalar.length = length;
    return value;
}

atd_value_t *atd_value_null(apr_pool_t *pool)
{
    return make_scalar(pool, ATD_NULL, "", 0);
}

atd_value_t *atd_value_bool(apr_pool_t *pool, bool truth)
{
    atd_value_t *value = make_scalar(pool, ATD_BOOL, truth ? "true" : "false", truth ? 4 : 5);

    value->as.scalar.number = truth;
    return value;
}

atd_value_t *atd_value_int(apr_pool_t *pool, apr_int64_t number)
{
    const char *text = apr_psprintf(pool, "%" APR_INT64_T_FMT, number);
    atd_value_t *value = make_scalar(pool, ATD_INT, text, strlen(text));

    value->as.scalar.number = number;
    return value;
}

atd_value_t *atd_value_string(apr_pool_t *pool, const char *text)
{
    return text ? atd_value_string_n(pool, text, strlen(text)) : atd_value_null(pool);
}

atd_value_t *atd_value_string_n(apr_pool_t *pool, const char *text, apr_size_t length)
{
    return make_scalar(pool, ATD_STRING, apr_pstrmemdup(pool, text, length), length);
}

atd_value_t *atd_value_string_ref(apr_pool_t *pool, const char *text, apr_size_t length)
{
    return make_scalar(pool, ATD_STRING, text, length);
}

atd_value_t *atd_value_list(apr_pool_t *pool)
{
    atd_value_t *value = make(pool, ATD_LIST);

    value->as.items = apr_array_make(pool, 4, sizeof(const atd_value_t *));
    return value;
}

atd_value_t *atd_value_map(apr_pool_t *pool)
{
    atd_value_t *value = make(pool, ATD_MAP);

    value->as.map.entries = apr_array_make(pool, 8, sizeof(entry_t));
    return value;
}

static bool is_one_of(const char *text, const char *const words[3])
{
    return strcmp(text, words[0]) == 0 || strcmp(text, words[1]) == 0 || strcmp(text, words[2]) == 0;
}

/* [-+]?[0-9]+ that fits: a longer one, a telephone number say, stays text. */
static bool is_int(const char *text, apr_int64_t *number)
{
    const char *digits = text + (*text == '-' || *text == '+');
    apr_size_t count = strspn(digits, "0123456789");

    if (count == 0 || count > 18 || digits[count] != '\0')
        return false;
    *number = apr_atoi64(text);
    return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? with a point or an exponent in it. */
static bool is_real(const char *text)
{
    const char *at = text + (*text == '-' || *text == '+');
    apr_size_t whole = strspn(at, "0123456789");
    apr_size_t part = 0;

    at += whole;
    if (!*at || !strchr(".eE", *at))
        return false;
    if (*at == '.') {
        at++;
        part = strspn(at, "0123456789");
        at += part;
    }
    if (whole + part == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '-' || *at == '+';
        if (strspn(at, "0123456789") == 0)
            return false;
        at += strspn(at, "0123456789");
    }
    return *at == '\0';
}

atd_value_t *atd_value_plain(apr_pool_t *pool, const char *text, apr_size_t length)
{
    static const char *const nulls[] = {"null", "Null", "NULL"};
    static const char *const trues[] = {"true", "True", "TRUE"};
    static const char *const falses[] = {"false", "False", "FALSE"};
    const char *copy = apr_pstrmemdup(pool, text, length);
    atd_value_t *value = make_scalar(pool, ATD_STRING, copy, length);
    apr_int64_t number;

    if (length == 0 || strcmp(copy, "~") == 0 || is_one_of(copy, nulls))
        return atd_value_null(pool);
    if (is_one_of(copy, trues) || is_one_of(copy, falses))
        return atd_value_bool(pool, *copy == 't' || *copy == 'T');
    if (is_int(copy, &number)) {
        value->type = ATD_INT;
        value->as.scalar.number = number;
    } else if (is_real(copy)) {
        value->type = ATD_REAL;
    }
    return value;
}

atd_type_t atd_value_type(const atd_value_t *value)
{
    return value ? value->type : ATD_NULL;
}

const char *atd_value_type_name(const atd_value_t *value)
{
    static const char *const names[] = {
        [ATD_NULL] = "nothing", [ATD_BOOL] = "true or false", [ATD_INT] = "a number", [ATD_REAL] = "a number",
        [ATD_STRING] = "text",  [ATD_LIST] = "a list",        [ATD_MAP] = "a map",
    };

    return names[atd_value_type(value)];
}

void atd_value_set_place(atd_value_t *value, unsigned line, unsigned column)
{
    value->line = line;
    value->column = column;
}

unsigned atd_value_line(const atd_value_t *value)
{
    return value ? value->line : 0;
}

unsigned atd_value_column(const atd_value_t *value)
{
    return value ? value->column : 0;
}

static bool is_scalar(const atd_value_t *value)
{
    return value && value->type != ATD_LIST && value->type != ATD_MAP;
}

const char *atd_value_text(const atd_value_t *value)
{
    return is_scalar(value) ? value->as.scalar.text : NULL;
}

apr_size_t atd_value_length(const atd_value_t *value)
{
    return is_scalar(value) ? value->as.scalar.length : 0;
}

apr_int64_t atd_value_number(const atd_value_t *value)
{
    return atd_value_type(value) == ATD_INT ? value->as.scalar.number : 0;
}

bool atd_value_is_true(const atd_value_t *value)
{
    return atd_value_type(value) == ATD_BOOL && value->as.scalar.number;
}

bool atd_value_is_empty(const atd_value_t *value)
{
    switch (atd_value_type(value)) {
    case ATD_NULL:
        return true;
    case ATD_STRING:
        return value->as.scalar.length == 0;
    case ATD_LIST:
    case ATD_MAP:
        return atd_value_count(value) == 0;
    default:
        return false;
    }
}

apr_size_t atd_value_count(const atd_value_t *value)
{
    switch (atd_value_type(value)) {
    case ATD_LIST:
        return (apr_size_t)value->as.items->nelts;
    case ATD_MAP:
        return (apr_size_t)value->as.map.entries->nelts;
    default:
        return 0;
    }
}

static entry_t *entry_at(const atd_value_t *map, apr_size_t index)
{
    return &APR_ARRAY_IDX(map->as.map.entries, (int)index, entry_t);
}

const atd_value_t *atd_value_at(const atd_value_t *value, apr_size_t index)
{
    if (index >= atd_value_count(value))
        return NULL;
    if (value->type == ATD_LIST)
        return APR_ARRAY_IDX(value->as.items, (int)index, const atd_value_t *);
    return entry_at(value, index)->value;
}

const char *atd_value_key_at(const atd_value_t *value, apr_size_t index)
{
    if (atd_value_type(value) != ATD_MAP || index >= atd_value_count(value))
        return NULL;
    return entry_at(value, index)->key;
}

void atd_value_push(atd_value_t *list, const atd_value_t *item)
{
    APR_ARRAY_PUSH(list->as.items, const atd_value_t *) = item;
}

static entry_t *find_entry(const atd_value_t *map, const char *key, apr_size_t length)
{
    const apr_array_header_t *entries = map->as.map.entries;

    if (map->as.map.index) {
        const void *number = apr_hash_get(map->as.map.index, key, (apr_ssize_t)length);

        return number ? entry_at(map, (apr_size_t)(apr_uintptr_t)number - 1) : NULL;
    }
    for (int i = 0; i < entries->nelts; i++) {
        entry_t *entry = entry_at(map, (apr_size_t)i);

        if (entry->key_length == length && memcmp(entry->key, key, length) == 0)
            return entry;
    }
    return NULL;
}

static void index_entry(atd_value_t *map, apr_size_t number)
{
    const entry_t *entry = entry_at(map, number);

    apr_hash_set(map->as.map.index, entry->key, (apr_ssize_t)entry->key_length, (void *)(apr_uintptr_t)(number + 1));
}

void atd_value_set(atd_value_t *map, const char *key, const atd_value_t *item)
{
    apr_array_header_t *entries = map->as.map.entries;
    apr_size_t length = strlen(key);
    entry_t *entry = find_entry(map, key, length);

    if (entry) {
        entry->value = item;
        return;
    }
    entry = apr_array_push(entries);
    entry->key = apr_pstrmemdup(entries->pool, key, length);
    entry->key_length = length;
    entry->value = item;
    if (map->as.map.index) {
        index_entry(map, (apr_size_t)entries->nelts - 1);
    } else if (entries->nelts > LINEAR_KEYS) {
        map->as.map.index = apr_hash_make(entries->pool);
        for (int i = 0; i < entries->nelts; i++)
            index_entry(map, (apr_size_t)i);
    }
}

void atd_value_set_text(atd_value_t *map, const char *key, const char *text)
{
    atd_value_set(map, key, atd_value_string(map->as.map.entries->pool, text && *text ? text : NULL));
}

const atd_value_t *atd_value_get_n(const atd_value_t *map, const char *key, apr_size_t length)
{
    const entry_t *entry = atd_value_type(map) == ATD_MAP ? find_entry(map, key, length) : NULL;

    return entry ? entry->value : NULL;
}

const atd_value_t *atd_value_get(const atd_value_t *map, const char *key)
{
    return atd_value_get_n(map, key, strlen(key));
}

const atd_value_t *atd_value_find(const atd_value_t *map, const char *path)
{
    const char *dot;

    while (map && (dot = strchr(path, '.'))) {
        map = atd_value_get_n(map, path, (apr_size_t)(dot - path));
        path = dot + 1;
    }
    return atd_value_get(map, path);
}

atd_value_t *atd_value_merge(apr_pool_t *pool, const atd_value_t *under, const atd_value_t *over)
{
    atd_value_t *merged = atd_value_map(pool);

    for (apr_size_t i = 0; i < atd_value_count(under); i++)
        atd_value_set(merged, atd_value_key_at(under, i), atd_value_at(under, i));
    for (apr_size_t i = 0; i < atd_value_count(over); i++) {
        const char *key = atd_value_key_at(over, i);
        const atd_value_t *above = atd_value_at(over, i);
        const atd_value_t *below = atd_value_get(under, key);

        if (atd_value_type(above) == ATD_MAP && atd_value_type(below) == ATD_MAP)
            above = atd_value_merge(pool, below, above);
        atd_value_set(merged, key, above);
    }
    return merged;
}
