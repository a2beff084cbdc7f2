/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_json.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "engine/atd_source.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <jansson.h>

#include <string.h>

/* Digits of a real number: what people wrote comes back, where 17 would turn 1.1 into 1.1000000000000001. */
#define REAL_DIGITS 15

typedef struct builder_t {
    const atd_source_t *source;
    apr_pool_t *pool;
    apr_size_t start; /* of the opening brace */
    atd_place_t place;
    unsigned nodes;
} builder_t;

static atd_error_t *refuse(const builder_t *b, atd_error_id_t id, const char *message, const char *hint)
{
    return atd_source_error(b->source, b->start, id, hint, "%s", message);
}

/* ---- the tree ---- */

static atd_error_t *build(const atd_value_t **value, builder_t *b, json_t *json, unsigned depth);

static atd_error_t *check_key(const builder_t *b, const char *key)
{
    if (!*key)
        return refuse(b, ATD_E_JSON, "a key is empty", "write \"key\": value");
    if (atd_source_has_control(b->source, key, strlen(key)))
        return refuse(b, ATD_E_ENCODING, "a key has a control character in it", "leave it out");
    return NULL;
}

static atd_error_t *build_map(atd_value_t *map, builder_t *b, json_t *json, unsigned depth)
{
    atd_error_t *error = NULL;

    for (void *at = json_object_iter(json); at && !error; at = json_object_iter_next(json, at)) {
        const char *key = json_object_iter_key(at);
        const atd_value_t *item;

        error = check_key(b, key);
        if (!error)
            error = build(&item, b, json_object_iter_value(at), depth + 1);
        if (!error)
            atd_value_set(map, key, item);
    }
    return error;
}

static atd_error_t *build_list(atd_value_t *list, builder_t *b, json_t *json, unsigned depth)
{
    atd_error_t *error = NULL;

    for (size_t i = 0; i < json_array_size(json) && !error; i++) {
        const atd_value_t *item;

        error = build(&item, b, json_array_get(json, i), depth + 1);
        if (!error)
            atd_value_push(list, item);
    }
    return error;
}

static atd_value_t *make_real(const builder_t *b, const json_t *json)
{
    char text[64];
    size_t length = json_dumpb(json, text, sizeof text, JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));

    return atd_value_plain(b->pool, text, length < sizeof text ? length : 0);
}

static atd_value_t *make_value(const builder_t *b, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return atd_value_map(b->pool);
    case JSON_ARRAY:
        return atd_value_list(b->pool);
    case JSON_STRING:
        return atd_value_string_n(b->pool, json_string_value(json), json_string_length(json));
    case JSON_INTEGER:
        return atd_value_int(b->pool, json_integer_value(json));
    case JSON_REAL:
        return make_real(b, json);
    case JSON_TRUE:
    case JSON_FALSE:
        return atd_value_bool(b->pool, json_is_true(json));
    default:
        return atd_value_null(b->pool);
    }
}

static atd_error_t *too_deep(const builder_t *b)
{
    return refuse(b, ATD_E_LIMIT,
                  apr_psprintf(b->pool, "lists and maps are nested more than %d deep", ATD_MAX_DATA_DEPTH),
                  "keep the front matter flat");
}

static atd_error_t *build(const atd_value_t **value, builder_t *b, json_t *json, unsigned depth)
{
    bool nests = json_is_object(json) || json_is_array(json);
    atd_value_t *made;

    if (nests && depth > ATD_MAX_DATA_DEPTH)
        return too_deep(b);
    if (++b->nodes > ATD_MAX_DATA_NODES)
        return refuse(b, ATD_E_LIMIT, apr_psprintf(b->pool, "more than %d values, lists and maps", ATD_MAX_DATA_NODES),
                      "keep large tables out of the front matter");
    if (json_is_string(json) && atd_source_has_control(b->source, json_string_value(json), json_string_length(json)))
        return refuse(b, ATD_E_ENCODING, "a text has a control character in it", "leave it out");
    made = make_value(b, json);
    atd_value_set_place(made, b->place.line, b->place.column);
    *value = made;
    if (json_is_object(json))
        return build_map(made, b, json, depth);
    return json_is_array(json) ? build_list(made, b, json, depth) : NULL;
}

/* ---- what is wrong ---- */

/* jansson stands behind the token that it complains of, and repeats it if it has at most 20 bytes: "... near '<token>'". */
static apr_size_t token_start(const atd_source_t *source, const json_error_t *fault)
{
    const char *near = strstr(fault->text, " near '");
    apr_size_t at = fault->position < 0 ? 0 : (apr_size_t)fault->position;
    apr_size_t token = near ? strlen(near + strlen(" near '")) - 1 : 0;

    if (at > source->length)
        at = source->length;
    if (near)
        return token <= at ? at - token : at;
    if (at > 1 && source->text[at - 1] == '"') {
        for (at--; at > 0 && source->text[at - 1] != '"' && source->text[at - 1] != '\n';)
            at--;
        return at > 0 ? at - 1 : at;
    }
    return at;
}

/* The last character before @p at that is no blank. */
static apr_size_t last_before(const atd_source_t *source, apr_size_t at)
{
    while (at > 0 && apr_isspace(source->text[at - 1]))
        at--;
    return at > 0 ? at - 1 : 0;
}

static atd_error_t *explain_syntax(const atd_source_t *source, apr_size_t at, const json_error_t *fault)
{
    const char *message = fault->text;
    char here = at < source->length ? source->text[at] : '\0';
    char before = at > 0 ? source->text[last_before(source, at)] : '\0';

    if (before == ',' && (here == '}' || here == ']'))
        return atd_source_error(source, at, ATD_E_JSON, "leave the comma before it out",
                                "a comma is followed by nothing");
    if (here == '\'')
        return atd_source_error(source, at, ATD_E_JSON, "write \"text\"", "a single quotation mark begins no text");
    if (here == '"' && before != '\0' && !strchr("{[,:", before))
        return atd_source_error(source, at, ATD_E_JSON, "put a comma behind the value before it",
                                "a comma is missing before this");
    if (here == '/')
        return atd_source_error(source, at, ATD_E_JSON, "leave it out", "JSON has no comments");
    if (strncmp(message, "unexpected newline", strlen("unexpected newline")) == 0)
        return atd_source_error(source, at, ATD_E_JSON, "close it; a line end within is written \\n",
                                "a quotation mark is not closed in its line");
    if (apr_isalpha(here) && before == ':')
        return atd_source_error(source, at, ATD_E_JSON, "write \"text\"", "text must stand in quotes");
    if (apr_isalpha(here) && (before == '{' || before == ','))
        return atd_source_error(source, at, ATD_E_JSON, "write \"key\": value", "a key must stand in quotes");
    return atd_source_error(source, at, ATD_E_JSON, "write \"key\": value, with commas between",
                            "not well-formed JSON: %s", atd_text_shown(message, source->pool));
}

static atd_error_t *explain_end(const atd_source_t *source, apr_size_t whole)
{
    if (source->length < whole)
        return atd_source_error(source, 0, ATD_E_LIMIT, "close its brace, or keep long texts in the body",
                                "the front matter is larger than %d bytes", ATD_MAX_FRONT_MATTER);
    return atd_source_error(source, last_before(source, source->length), ATD_E_JSON,
                            "put the missing '}', ']' or '\"' there", "the JSON front matter is never closed");
}

static atd_error_t *explain(const atd_source_t *source, const json_error_t *fault, apr_size_t whole)
{
    apr_size_t at = token_start(source, fault);

    switch (json_error_code(fault)) {
    case json_error_premature_end_of_input:
        return explain_end(source, whole);
    case json_error_stack_overflow:
        return atd_source_error(source, at, ATD_E_LIMIT, "keep the front matter flat",
                                "lists and maps are nested more than %d deep", ATD_MAX_DATA_DEPTH);
    case json_error_duplicate_key:
        return atd_source_error(source, at, ATD_E_DUPLICATE, "keep one of the two", "a key is given twice");
    case json_error_numeric_overflow:
        return atd_source_error(source, at, ATD_E_JSON, "write it as text, in quotes", "a number is too large");
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return atd_source_error(source, at, ATD_E_ENCODING, "leave it out", "a text has a NUL character in it");
    case json_error_invalid_utf8:
        return atd_source_error(source, at, ATD_E_ENCODING, "save the file as UTF-8", "not UTF-8");
    case json_error_out_of_memory:
        return atd_source_error(source, at, ATD_E_JSON, NULL, "out of memory");
    default:
        return explain_syntax(source, at, fault);
    }
}

static apr_size_t bounded(const char *text, apr_size_t length)
{
    return length > ATD_MAX_FRONT_MATTER ? atd_text_valid_prefix(text, ATD_MAX_FRONT_MATTER) : length;
}

static atd_error_t *begin(builder_t *b)
{
    const atd_source_t *source = b->source;

    while (b->start < source->length && apr_isspace(source->text[b->start]))
        b->start++;
    b->place = atd_source_place(source, b->start);
    if (b->start == source->length || source->text[b->start] != '{')
        return refuse(b, ATD_E_TYPE, "keys and values between braces are expected here",
                      "write { \"title\": \"My first post\" }");
    return NULL;
}

atd_error_t *atd_json_parse(const atd_value_t **tree, apr_size_t *used, const char *text, apr_size_t length,
                            const atd_place_t *place, apr_pool_t *pool)
{
    atd_source_t source = atd_source_make(text, length, place, pool);
    apr_size_t whole = source.length;
    builder_t b = {.source = &source, .pool = pool};
    json_error_t fault;
    json_t *json;
    atd_error_t *error;

    source.length = bounded(source.text, whole);
    error = begin(&b);
    if (error)
        return error;
    json = json_loadb(source.text, source.length, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &fault);
    if (!json)
        return explain(&source, &fault, whole);
    *used = (apr_size_t)fault.position + (length - whole);
    error = build(tree, &b, json, 1);
    json_decref(json);
    return error;
}
