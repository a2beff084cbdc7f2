/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_yaml.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "engine/atd_yaml_private.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <yaml.h>

#include <string.h>

/* Uses of anchors: more than anybody writes, and few enough that what they stand for stays small. */
#define MAX_ALIASES 100

/* Characters of an author's name that a message repeats. */
#define LONGEST_SHOWN 80

/* What an anchor names. An alias of it counts as all of its nodes, so that aliases of aliases can't multiply. */
typedef struct anchor_t {
    const atd_value_t *value;
    unsigned nodes;
    unsigned height;
} anchor_t;

/* A list or map that is not closed yet. */
typedef struct frame_t {
    atd_value_t *value;
    const char *key;    /* of a map, its value not read yet; or NULL */
    const char *anchor; /* or NULL */
    unsigned nodes;     /* that were counted before it */
    unsigned height;    /* levels of lists and maps, its own included */
} frame_t;

typedef struct builder_t {
    const atd_source_t *source;
    apr_pool_t *pool;
    yaml_parser_t parser;
    frame_t stack[ATD_MAX_DATA_DEPTH];
    unsigned depth;
    unsigned nodes;
    unsigned aliases;
    apr_hash_t *anchors;
    const atd_value_t *root;
    atd_yaml_last_t last;
    yaml_mark_t last_start, last_end;
} builder_t;

/* libyaml counts characters. */
static apr_size_t offset_of(const builder_t *b, yaml_mark_t mark)
{
    atd_cursor_t cursor = atd_cursor_make(b->source);

    atd_cursor_seek(&cursor, b->source, mark.index);
    return cursor.at;
}

static atd_error_t *refuse(const builder_t *b, yaml_mark_t mark, atd_error_id_t id, const char *message,
                           const char *hint)
{
    return atd_source_error(b->source, offset_of(b, mark), id, hint, "%s", message);
}

/* A name as a message shows it: in one line, and not too long. */
static const char *shown(const builder_t *b, const char *name)
{
    return atd_text_excerpt(atd_text_collapse(name, b->pool), LONGEST_SHOWN, b->pool);
}

static void set_place(const builder_t *b, atd_value_t *value, yaml_mark_t mark)
{
    const atd_place_t *start = &b->source->place;
    unsigned column = (unsigned)mark.column + (mark.line == 0 ? start->column : 1);

    atd_value_set_place(value, start->line + (unsigned)mark.line, column);
}

/* ---- the tree ---- */

static frame_t *top(builder_t *b)
{
    return b->depth ? &b->stack[b->depth - 1] : NULL;
}

static bool wants_key(builder_t *b)
{
    const frame_t *frame = top(b);

    return frame && atd_value_type(frame->value) == ATD_MAP && !frame->key;
}

static atd_error_t *count(builder_t *b, unsigned nodes, yaml_mark_t mark)
{
    b->nodes += nodes;
    if (b->nodes <= ATD_MAX_DATA_NODES)
        return NULL;
    return refuse(b, mark, ATD_E_LIMIT,
                  apr_psprintf(b->pool, "more than %d values, lists and maps", ATD_MAX_DATA_NODES),
                  "keep large tables out of the front matter");
}

static void raise_height(builder_t *b, unsigned height)
{
    frame_t *frame = top(b);

    if (frame && frame->height < height + 1)
        frame->height = height + 1;
}

/* Puts a finished value into what it stands in. */
static void attach(builder_t *b, const atd_value_t *value, unsigned height)
{
    frame_t *frame = top(b);

    raise_height(b, height);
    if (!frame) {
        b->root = value;
    } else if (atd_value_type(frame->value) == ATD_LIST) {
        atd_value_push(frame->value, value);
    } else {
        atd_value_set(frame->value, frame->key, value);
        frame->key = NULL;
    }
}

static void remember(builder_t *b, const char *name, const atd_value_t *value, unsigned nodes, unsigned height)
{
    anchor_t *anchor;

    if (!name)
        return;
    anchor = apr_palloc(b->pool, sizeof *anchor);
    *anchor = (anchor_t){.value = value, .nodes = nodes, .height = height};
    apr_hash_set(b->anchors, apr_pstrdup(b->pool, name), APR_HASH_KEY_STRING, anchor);
}

/* ---- scalars ---- */

static atd_error_t *check_scalar(const builder_t *b, const yaml_event_t *event)
{
    if (event->data.scalar.tag)
        return refuse(b, event->start_mark, ATD_E_YAML, "a tag ('!' before a value) is not understood",
                      "leave it out, or put the value in quotes");
    if (atd_source_has_control(b->source, (const char *)event->data.scalar.value, event->data.scalar.length))
        return refuse(b, event->start_mark, ATD_E_ENCODING, "the text has a control character in it", "leave it out");
    return NULL;
}

static atd_error_t *take_key(builder_t *b, const yaml_event_t *event)
{
    const char *key = (const char *)event->data.scalar.value;
    frame_t *frame = top(b);
    const atd_value_t *earlier = atd_value_get(frame->value, key);

    if (event->data.scalar.anchor)
        return refuse(b, event->start_mark, ATD_E_YAML, "a key can't have an anchor", "leave the '&' out");
    if (!*key)
        return refuse(b, event->start_mark, ATD_E_YAML, "a key is empty", "write 'key: value'");
    if (strcmp(key, "<<") == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return refuse(b, event->start_mark, ATD_E_YAML, "merge keys ('<<') are not understood",
                      "write the keys out where they belong");
    if (earlier)
        return refuse(b, event->start_mark, ATD_E_DUPLICATE,
                      apr_psprintf(b->pool, "the key '%s' is given twice; its first value is in line %u", shown(b, key),
                                   atd_value_line(earlier)),
                      "keep one of the two");
    frame->key = apr_pstrdup(b->pool, key);
    return NULL;
}

static atd_value_t *make_scalar(const builder_t *b, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    apr_size_t length = event->data.scalar.length;

    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return atd_value_plain(b->pool, text, length);
    return atd_value_string_n(b->pool, text, length);
}

static atd_error_t *take_scalar(builder_t *b, const yaml_event_t *event)
{
    atd_error_t *error = check_scalar(b, event);
    atd_value_t *value;

    if (!error && wants_key(b))
        return take_key(b, event);
    if (!error)
        error = count(b, 1, event->start_mark);
    if (error)
        return error;
    value = make_scalar(b, event);
    set_place(b, value, event->start_mark);
    remember(b, (const char *)event->data.scalar.anchor, value, 1, 0);
    attach(b, value, 0);
    return NULL;
}

/* ---- lists, maps and aliases ---- */

static atd_error_t *too_deep(const builder_t *b, yaml_mark_t mark)
{
    return refuse(b, mark, ATD_E_LIMIT,
                  apr_psprintf(b->pool, "lists and maps are nested more than %d deep", ATD_MAX_DATA_DEPTH),
                  "put text with brackets in quotes");
}

static atd_error_t *open_frame(builder_t *b, const yaml_event_t *event, atd_value_t *value, const yaml_char_t *anchor,
                               const yaml_char_t *tag)
{
    frame_t *frame;

    if (tag)
        return refuse(b, event->start_mark, ATD_E_YAML, "a tag ('!' before a value) is not understood", "leave it out");
    if (wants_key(b))
        return refuse(b, event->start_mark, ATD_E_YAML, "a key can't be a list or a map",
                      "put text with brackets in quotes");
    if (b->depth == ATD_MAX_DATA_DEPTH)
        return too_deep(b, event->start_mark);
    frame = &b->stack[b->depth++];
    *frame = (frame_t){.value = value, .nodes = b->nodes, .height = 1};
    frame->anchor = apr_pstrdup(b->pool, (const char *)anchor);
    set_place(b, value, event->start_mark);
    return count(b, 1, event->start_mark);
}

static void close_frame(builder_t *b)
{
    const frame_t frame = *top(b);

    b->depth--;
    remember(b, frame.anchor, frame.value, b->nodes - frame.nodes, frame.height);
    attach(b, frame.value, frame.height);
}

static atd_error_t *take_alias(builder_t *b, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const anchor_t *anchor = apr_hash_get(b->anchors, name, APR_HASH_KEY_STRING);
    atd_error_t *error;

    if (!anchor)
        return refuse(b, event->start_mark, ATD_E_YAML,
                      apr_psprintf(b->pool, "'*%s' refers to nothing that stands above it", shown(b, name)),
                      "put text that begins with '*' in quotes");
    if (wants_key(b))
        return refuse(b, event->start_mark, ATD_E_YAML, "a key can't be an alias", "write the key itself");
    if (++b->aliases > MAX_ALIASES)
        return refuse(b, event->start_mark, ATD_E_LIMIT,
                      apr_psprintf(b->pool, "more than %d aliases ('*name')", MAX_ALIASES), "write the values out");
    if (b->depth + anchor->height > ATD_MAX_DATA_DEPTH)
        return too_deep(b, event->start_mark);
    error = count(b, anchor->nodes, event->start_mark);
    if (!error)
        attach(b, anchor->value, anchor->height);
    return error;
}

/* ---- the document ---- */

static atd_error_t *take_event(builder_t *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_frame(b, event, atd_value_list(b->pool), event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_frame(b, event, atd_value_map(b->pool), event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_frame(b);
        return NULL;
    case YAML_ALIAS_EVENT:
        return take_alias(b, event);
    default:
        return NULL;
    }
}

static void note_last(builder_t *b, atd_yaml_last_t last, yaml_mark_t start, yaml_mark_t end)
{
    b->last = last;
    b->last_start = start;
    b->last_end = end;
}

static void note_last_scalar(builder_t *b, yaml_scalar_style_t style, yaml_mark_t start, yaml_mark_t end)
{
    static const atd_yaml_last_t kinds[] = {
        [YAML_PLAIN_SCALAR_STYLE] = ATD_YAML_LAST_PLAIN,
        [YAML_SINGLE_QUOTED_SCALAR_STYLE] = ATD_YAML_LAST_SINGLE,
        [YAML_DOUBLE_QUOTED_SCALAR_STYLE] = ATD_YAML_LAST_DOUBLE,
        [YAML_LITERAL_SCALAR_STYLE] = ATD_YAML_LAST_BLOCK,
        [YAML_FOLDED_SCALAR_STYLE] = ATD_YAML_LAST_BLOCK,
    };

    note_last(b, kinds[style], start, end);
}

static void note_last_event(builder_t *b, const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT && event->end_mark.index > event->start_mark.index)
        note_last_scalar(b, event->data.scalar.style, event->start_mark, event->end_mark);
    else if ((event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT) &&
             event->end_mark.index > event->start_mark.index) /* a bracket; the end of an indented one is empty */
        note_last(b, ATD_YAML_LAST_FLOW, event->start_mark, event->end_mark);
}

/* What the scanner has read ahead, but the parser not handed out when the scanner failed. */
static void note_last_tokens(builder_t *b)
{
    apr_size_t end = b->parser.problem_mark.index;

    for (const yaml_token_t *token = b->parser.tokens.head; token && token < b->parser.tokens.tail; token++) {
        if (token->start_mark.index >= end) /* what the parser complains of */
            return;
        if (token->type == YAML_SCALAR_TOKEN)
            note_last_scalar(b, token->data.scalar.style, token->start_mark, token->end_mark);
        else if (token->type == YAML_FLOW_SEQUENCE_END_TOKEN || token->type == YAML_FLOW_MAPPING_END_TOKEN)
            note_last(b, ATD_YAML_LAST_FLOW, token->start_mark, token->end_mark);
    }
}

static atd_error_t *explain(builder_t *b)
{
    const yaml_parser_t *parser = &b->parser;
    atd_yaml_fault_t fault = {
        .problem = parser->problem ? parser->problem : "out of memory",
        .context = parser->context ? parser->context : "",
    };

    note_last_tokens(b);
    fault.at = offset_of(b, parser->problem_mark);
    fault.context_at = offset_of(b, parser->context_mark);
    fault.last = b->last;
    fault.last_at = offset_of(b, b->last_start);
    fault.last_end = offset_of(b, b->last_end);
    return atd_yaml_explain(b->source, &fault);
}

/* True for `---` or `...`, with nothing but blanks behind it. */
static bool is_marker(const atd_source_t *source, apr_size_t at, const char *marker)
{
    apr_size_t end = atd_source_line_end(source, at);

    if (end - at < 3 || memcmp(source->text + at, marker, 3) != 0)
        return false;
    return at + 3 + strspn(source->text + at + 3, " \t") >= end;
}

/* The first line from @p at on that is no comment, not empty and not the end of a document; else the length. */
static apr_size_t find_rest(const atd_source_t *source, apr_size_t at)
{
    while (at < source->length) {
        apr_size_t end = atd_source_line_end(source, at);
        apr_size_t first = at + strspn(source->text + at, " \t");

        if (first < end && source->text[first] != '#' && !is_marker(source, at, "..."))
            return at;
        at = atd_source_next_line(source, at);
    }
    return at;
}

/* What follows the document is not given to libyaml: directives there would cost it much. */
static atd_error_t *check_rest(const builder_t *b, yaml_mark_t end)
{
    const atd_source_t *source = b->source;
    apr_size_t at = find_rest(source, offset_of(b, end));
    bool marker = is_marker(source, at, "---");

    if (at == source->length || (marker && find_rest(source, atd_source_next_line(source, at)) == source->length))
        return NULL;
    if (source->text[at] == ':')
        return atd_yaml_refuse_tight_colon(source, at);
    if (strncmp(source->text + at, "---", 3) == 0 || source->text[at] == '%')
        return atd_source_error(source, at, ATD_E_YAML, "keep one: all keys belong between the first two '---'",
                                "a second YAML document begins here");
    if (atd_value_column(b->root) > atd_source_place(source, at).column)
        return atd_source_error(source, at, ATD_E_YAML, "begin all keys in column 1",
                                "the line is indented less than the first key");
    return atd_source_error(source, at, ATD_E_YAML, "leave it out, or leave out the brackets around all keys",
                            "text behind the end of the document");
}

static atd_error_t *check_root(builder_t *b)
{
    atd_type_t type = atd_value_type(b->root);
    atd_error_t *error;

    if (type == ATD_NULL)
        b->root = atd_value_map(b->pool);
    if (type == ATD_NULL || type == ATD_MAP)
        return NULL;
    error = atd_source_error(b->source, 0, ATD_E_TYPE, "write lines such as 'title: My first post'",
                             "keys and values are expected here, found %s", atd_value_type_name(b->root));
    return error;
}

static atd_error_t *read_document(builder_t *b)
{
    yaml_event_t event;
    yaml_event_type_t type;
    atd_error_t *error;

    do {
        if (!yaml_parser_parse(&b->parser, &event))
            return explain(b);
        type = event.type;
        error = take_event(b, &event);
        note_last_event(b, &event);
        if (!error && type == YAML_DOCUMENT_END_EVENT)
            error = check_rest(b, event.end_mark);
        yaml_event_delete(&event);
    } while (!error && type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT);
    return error ? error : check_root(b);
}

/* Before the document a '%' in the first column is a directive; further down libyaml complains of it itself. */
static atd_error_t *refuse_directives(const atd_source_t *source)
{
    for (apr_size_t at = 0; at < source->length; at = atd_source_next_line(source, at)) {
        apr_size_t end = atd_source_line_end(source, at);
        apr_size_t first = at + strspn(source->text + at, " \t");

        if (first < end && source->text[at] == '%')
            return atd_source_error(source, at, ATD_E_YAML, "leave the line out",
                                    "YAML directives ('%%') are not understood");
        if (first < end && source->text[first] != '#')
            return NULL;
    }
    return NULL;
}

static atd_error_t *parse(const atd_value_t **tree, const atd_source_t *source)
{
    builder_t b = {.source = source, .pool = source->pool, .anchors = apr_hash_make(source->pool)};
    atd_error_t *error;

    if (!yaml_parser_initialize(&b.parser))
        return atd_source_error(source, 0, ATD_E_YAML, NULL, "out of memory");
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)source->text, source->length);
    error = read_document(&b);
    yaml_parser_delete(&b.parser);
    if (!error)
        *tree = b.root;
    return error;
}

atd_error_t *atd_yaml_parse(const atd_value_t **tree, const char *text, apr_size_t length, const atd_place_t *place,
                            apr_pool_t *pool)
{
    /* Terminated, so that looking at a line may run to its end. */
    const atd_source_t source = atd_source_make(apr_pstrmemdup(pool, text ? text : "", length), length, place, pool);
    atd_error_t *error = atd_source_check(&source, ATD_CHARSET_YAML);

    if (!error)
        error = refuse_directives(&source);
    return error ? error : parse(tree, &source);
}
