/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_VALUE_H
#define ATD_VALUE_H

#include <apr_pools.h>

#include <stdbool.h>

/**
 * @file atd_value.h
 * The value tree: what YAML says, what templates read, what JSON-LD is written from. A scalar keeps the text
 * it was written as beside what it means, so that `version: 1.10` prints as 1.10 and a title of 2025 is text
 * that happens to look like a number. A value knows its line and column, so that whoever finds fault
 * with it can say where. Values belong to the pool they are made from; a tree that is no longer changed may
 * be read by any number of threads.
 */
typedef enum atd_type_t { ATD_NULL, ATD_BOOL, ATD_INT, ATD_REAL, ATD_STRING, ATD_LIST, ATD_MAP } atd_type_t;

typedef struct atd_value_t atd_value_t;

atd_value_t *atd_value_null(apr_pool_t *pool);
atd_value_t *atd_value_bool(apr_pool_t *pool, bool truth);
atd_value_t *atd_value_int(apr_pool_t *pool, apr_int64_t number);
/** Text; copied. A NULL @p text gives a null value. */
atd_value_t *atd_value_string(apr_pool_t *pool, const char *text);
/** Text of @p length bytes; copied. */
atd_value_t *atd_value_string_n(apr_pool_t *pool, const char *text, apr_size_t length);
/** Text that is not copied and must live as long as the pool: for large bodies. */
atd_value_t *atd_value_string_ref(apr_pool_t *pool, const char *text, apr_size_t length);
atd_value_t *atd_value_list(apr_pool_t *pool);
atd_value_t *atd_value_map(apr_pool_t *pool);

/**
 * What an unquoted YAML scalar means, by YAML 1.2's core schema (section 10.3.2): null, true/false, integer, real, else
 * text. YAML 1.1's yes/no, and 0x1F, 0o17, .inf, .nan and integers of more than 18 digits, are text on purpose.
 */
atd_value_t *atd_value_plain(apr_pool_t *pool, const char *text, apr_size_t length);

atd_type_t atd_value_type(const atd_value_t *value);
/** "a list", "text", "nothing" ...: for messages. */
const char *atd_value_type_name(const atd_value_t *value);

void atd_value_set_place(atd_value_t *value, unsigned line, unsigned column);
unsigned atd_value_line(const atd_value_t *value);
unsigned atd_value_column(const atd_value_t *value);

/** A scalar's text as it was written ("" for null); NULL for lists, maps and a NULL @p value. */
const char *atd_value_text(const atd_value_t *value);
/** Length of atd_value_text() in bytes. */
apr_size_t atd_value_length(const atd_value_t *value);
/** The number of an ATD_INT; 0 for all others. */
apr_int64_t atd_value_number(const atd_value_t *value);
/** True for an ATD_BOOL that is true, false for all others. */
bool atd_value_is_true(const atd_value_t *value);
/** Null, a NULL @p value, empty text, an empty list or an empty map: counts as absent in front matter. */
bool atd_value_is_empty(const atd_value_t *value);

/** Items of a list or entries of a map; 0 for all others. */
apr_size_t atd_value_count(const atd_value_t *value);
/** Item @p index of a list or value of entry @p index of a map, in order; NULL past the end. */
const atd_value_t *atd_value_at(const atd_value_t *value, apr_size_t index);
/** Key of entry @p index of a map; NULL past the end. */
const char *atd_value_key_at(const atd_value_t *value, apr_size_t index);

/** Appends to a list; @p item is not copied. */
void atd_value_push(atd_value_t *list, const atd_value_t *item);
/** Sets a key of a map, in the place of an earlier value if there is one; @p key is copied, @p item is not. */
void atd_value_set(atd_value_t *map, const char *key, const atd_value_t *item);
/**
 * The same with text; a NULL or empty @p text sets null and not nothing, since a template would look a missing key up
 * in the outer contexts and find another thing's.
 */
void atd_value_set_text(atd_value_t *map, const char *key, const char *text);

/** The value of @p key; NULL where @p map is no map, is NULL, or has no such key. */
const atd_value_t *atd_value_get(const atd_value_t *map, const char *key);
/** The same for a key that is not NUL-terminated. */
const atd_value_t *atd_value_get_n(const atd_value_t *map, const char *key, apr_size_t length);
/** Follows a path of keys, "seo.description"; NULL where a step is missing. */
const atd_value_t *atd_value_find(const atd_value_t *map, const char *path);

/** A new map of all entries of @p under with those of @p over laid above them, maps within maps likewise. */
atd_value_t *atd_value_merge(apr_pool_t *pool, const atd_value_t *under, const atd_value_t *over);

#endif
