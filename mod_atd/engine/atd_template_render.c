/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_template_private.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"

#include <apr_strings.h>

#include <string.h>

/* Keys of a map that a hint lists, and the longest it shows. */
#define HINT_KEYS 8
#define HINT_KEY_LENGTH 40

typedef atd_template_node_t node_t;

/* What goes in front of each line of a template: that of the templates around it, then its own. */
typedef struct indent_t {
    const struct indent_t *outer;
    const char *text;
    apr_size_t length;
} indent_t;

/* The arguments of a parent tag, and those that were in force where the tag stands. */
typedef struct arguments_t {
    const struct arguments_t *outer;
    const atd_template_t *template;
    const node_t *parent;
} arguments_t;

/* A template at work. */
typedef struct scope_t {
    const atd_template_t *template;
    const indent_t *indent;
    const arguments_t *arguments;
} scope_t;

typedef struct renderer_t {
    atd_buffer_t *out;
    const atd_template_loader_t *loader;
    apr_pool_t *pool;
    const atd_value_t *contexts[ATD_MAX_TEMPLATE_DEPTH + 1]; /* the data, and one for each section around */
    unsigned top;
    unsigned nesting; /* partials, parents and arguments around */
    unsigned steps;
    const indent_t *written; /* innermost indentation that the current line has already, or NULL */
} renderer_t;

static atd_error_t *render_nodes(renderer_t *r, const scope_t *scope, apr_uint32_t from, apr_uint32_t to);

static const atd_template_key_t *keys_of(const scope_t *scope, const node_t *node)
{
    return scope->template->keys + node->first_key;
}

static const char *name_of(const renderer_t *r, const scope_t *scope, const node_t *node)
{
    const atd_template_key_t *first = keys_of(scope, node);
    const atd_template_key_t *last = first + node->key_count - 1;

    if (node->key_count == 0)
        return ".";
    return apr_pstrmemdup(r->pool, first->text, (apr_size_t)(last->text - first->text) + last->length);
}

static atd_error_t *fail(const renderer_t *r, const scope_t *scope, const node_t *node, atd_error_id_t id,
                         const char *message, const char *hint)
{
    return atd_error_hint(atd_template_error(scope->template, node->at, id, r->pool, "%s", message), hint);
}

static atd_error_t *too_many_steps(const renderer_t *r, const scope_t *scope, const node_t *node)
{
    return fail(r, scope, node, ATD_E_LIMIT,
                apr_psprintf(r->pool, "the page needs more than %d tags", ATD_MAX_TEMPLATE_STEPS),
                "loops within loops multiply: show fewer items, or move the inner loop out");
}

static atd_error_t *too_deep(const renderer_t *r, const scope_t *scope, const node_t *node, const char *what)
{
    return fail(r, scope, node, ATD_E_LIMIT,
                apr_psprintf(r->pool, "%s are nested more than %d deep", what, ATD_MAX_TEMPLATE_DEPTH),
                "a partial that includes itself must do so within a section that comes to an end");
}

static atd_error_t *too_large(const renderer_t *r, const scope_t *scope, const node_t *node)
{
    const atd_error_t *full;
    const char *bytes;

    full = atd_buffer_take(&bytes, NULL, r->out, "the page");
    return fail(r, scope, node, ATD_E_LIMIT, full ? full->message : "the page is too large",
                "loops within loops multiply: show fewer items on one page");
}

/* A look-up that few pages need, through many contexts or by a long name, counts as several steps. */
static void count_probes(renderer_t *r, unsigned probes, apr_size_t length)
{
    r->steps += probes * (1 + (unsigned)length / 32) / 4;
}

static const atd_value_t *look_up(renderer_t *r, const scope_t *scope, const node_t *node)
{
    const atd_template_key_t *key = keys_of(scope, node);
    const atd_value_t *value = NULL;
    unsigned probes;

    if (node->key_count == 0)
        return r->contexts[r->top];
    for (probes = 0; probes <= r->top && !value; probes++)
        value = atd_value_get_n(r->contexts[r->top - probes], key->text, key->length);
    count_probes(r, probes + node->key_count, key->length);
    for (unsigned i = 1; i < node->key_count && value; i++)
        value = atd_value_get_n(value, key[i].text, key[i].length);
    return value;
}

static bool is_lambda(const atd_value_t *value)
{
    const char *tag;

    if (atd_value_type(value) != ATD_MAP)
        return false;
    tag = atd_value_text(atd_value_get_n(value, "__tag__", 7));
    return tag && strcmp(tag, "code") == 0;
}

static atd_error_t *refuse_lambda(const renderer_t *r, const scope_t *scope, const node_t *node)
{
    return fail(r, scope, node, ATD_E_LAMBDA,
                apr_psprintf(r->pool, "%s is code (a lambda), which templates here never run", name_of(r, scope, node)),
                "put the finished value into the data instead");
}

static bool is_true(const atd_value_t *value)
{
    switch (atd_value_type(value)) {
    case ATD_NULL:
        return false;
    case ATD_BOOL:
        return atd_value_is_true(value);
    case ATD_STRING:
    case ATD_LIST:
        return !atd_value_is_empty(value);
    default:
        return true;
    }
}

/* "name, role, ...", or "" for a map without short keys. */
static const char *list_keys(const renderer_t *r, const atd_value_t *map)
{
    atd_buffer_t *keys = atd_buffer_create(r->pool, 128, HINT_KEYS * (HINT_KEY_LENGTH + 8));
    apr_size_t shown = 0;
    const char *text;

    for (apr_size_t i = 0; i < atd_value_count(map) && shown < HINT_KEYS; i++) {
        const char *key = atd_value_key_at(map, i);

        if (strlen(key) > HINT_KEY_LENGTH)
            continue;
        atd_buffer_puts(keys, shown++ ? ", " : "");
        atd_buffer_puts(keys, key);
    }
    if (shown > 0 && shown < atd_value_count(map))
        atd_buffer_puts(keys, ", ...");
    return atd_buffer_take(&text, NULL, keys, "the hint") ? "" : text;
}

static atd_error_t *not_text(const renderer_t *r, const scope_t *scope, const node_t *node, const atd_value_t *value)
{
    const char *name = name_of(r, scope, node);
    bool list = atd_value_type(value) == ATD_LIST;
    const char *keys = list ? "" : list_keys(r, value);
    const char *hint = "it has no key that could be named";

    if (list)
        hint = apr_psprintf(r->pool, "a section shows it item by item: {{#%s}}{{.}}{{/%s}}", name, name);
    else if (*keys)
        hint = apr_psprintf(r->pool, "name one of its keys: %s", keys);
    return fail(r, scope, node, ATD_E_TYPE,
                apr_psprintf(r->pool, "%s is %s, where text is needed", name, atd_value_type_name(value)), hint);
}

/* Outermost first; what an argument's first line was given by its block is not written again. */
static void put_indents(renderer_t *r, const indent_t *indent)
{
    if (!indent || indent == r->written)
        return;
    put_indents(r, indent->outer);
    atd_buffer_add(r->out, indent->text, indent->length);
}

static void begin_line(renderer_t *r, const indent_t *indent)
{
    put_indents(r, indent);
    r->written = NULL;
}

static void put_text(renderer_t *r, const scope_t *scope, const node_t *node)
{
    const char *text = scope->template->text + node->at;
    const char *end = text + node->length;
    const char *newline;

    while (scope->indent && (newline = memchr(text, '\n', (apr_size_t)(end - text))) && newline + 1 < end &&
           !atd_buffer_overflowed(r->out)) {
        atd_buffer_add(r->out, text, (apr_size_t)(newline + 1 - text));
        begin_line(r, scope->indent);
        text = newline + 1;
    }
    atd_buffer_add(r->out, text, (apr_size_t)(end - text));
}

static atd_error_t *put_value(renderer_t *r, const scope_t *scope, const node_t *node)
{
    const atd_value_t *value = look_up(r, scope, node);
    const char *text = atd_value_text(value);

    if (text && node->kind == ATD_NODE_ESCAPED)
        atd_escape_html(r->out, text, atd_value_length(value));
    else if (text)
        atd_buffer_add(r->out, text, atd_value_length(value));
    else if (is_lambda(value))
        return refuse_lambda(r, scope, node);
    else if (value)
        return not_text(r, scope, node, value);
    return NULL;
}

static atd_error_t *render_items(renderer_t *r, const scope_t *scope, const node_t *node, const atd_value_t *list)
{
    apr_uint32_t body = (apr_uint32_t)(node - scope->template->nodes) + 1;

    for (apr_size_t i = 0; i < atd_value_count(list); i++) {
        atd_error_t *error;

        if (++r->steps > ATD_MAX_TEMPLATE_STEPS)
            return too_many_steps(r, scope, node);
        r->contexts[r->top] = atd_value_at(list, i);
        if ((error = render_nodes(r, scope, body, node->end)))
            return error;
    }
    return NULL;
}

static atd_error_t *render_section(renderer_t *r, const scope_t *scope, const node_t *node)
{
    apr_uint32_t body = (apr_uint32_t)(node - scope->template->nodes) + 1;
    const atd_value_t *value = look_up(r, scope, node);
    atd_error_t *error;

    if (!is_true(value))
        return NULL;
    if (is_lambda(value))
        return refuse_lambda(r, scope, node);
    if (r->top == ATD_MAX_TEMPLATE_DEPTH)
        return too_deep(r, scope, node, "sections");
    r->contexts[++r->top] = value;
    error = atd_value_type(value) == ATD_LIST ? render_items(r, scope, node, value)
                                              : render_nodes(r, scope, body, node->end);
    r->top--;
    return error;
}

static atd_error_t *render_inverted(renderer_t *r, const scope_t *scope, const node_t *node, apr_uint32_t *next)
{
    const atd_value_t *value = look_up(r, scope, node);

    if (is_lambda(value))
        return refuse_lambda(r, scope, node);
    if (is_true(value))
        *next = node->end;
    return NULL;
}

/* The name of a partial; *length is 0 where a dynamic one leads to nothing. */
static atd_error_t *partial_name(const char **name, apr_size_t *length, renderer_t *r, const scope_t *scope,
                                 const node_t *node)
{
    const atd_value_t *value;

    if (!node->dynamic) {
        *name = keys_of(scope, node)->text;
        *length = keys_of(scope, node)->length;
        return NULL;
    }
    value = look_up(r, scope, node);
    *name = atd_value_text(value);
    *length = atd_value_length(value);
    if (is_lambda(value))
        return refuse_lambda(r, scope, node);
    if (value && !*name)
        return not_text(r, scope, node, value);
    if (*length > 0 && !atd_template_is_partial_name(*name, *length))
        return fail(
            r, scope, node, ATD_E_PARTIAL,
            apr_psprintf(r->pool, "the value of %s is not a name that a partial can have", name_of(r, scope, node)),
            atd_template_partial_hint);
    return NULL;
}

static atd_error_t *find_partial(const atd_template_t **found, renderer_t *r, const scope_t *scope, const node_t *node)
{
    char terminated[ATD_TEMPLATE_MAX_NAME + 1];
    const char *name;
    apr_size_t length;
    atd_error_t *error = partial_name(&name, &length, r, scope, node);

    *found = NULL;
    if (error || length == 0)
        return error;
    memcpy(terminated, name, length);
    terminated[length] = '\0';
    if (!r->loader)
        return fail(r, scope, node, ATD_E_PARTIAL, apr_psprintf(r->pool, "there is no partial %s here", terminated),
                    "remove the tag");
    error = r->loader->find(found, r->loader->baton, terminated, r->pool);
    if (error && !error->file) {
        const atd_error_t *here = fail(r, scope, node, error->id, error->message, error->hint);

        error = atd_error_copy(error, r->pool); /* the loader may hand out one error to several threads */
        error->file = here->file;
        error->line = here->line;
        error->column = here->column;
        error->excerpt = here->excerpt;
    }
    return error;
}

/* The indentation of a partial, parent or block within that of @p outer; kept in @p indent. */
static const indent_t *add_indent(indent_t *indent, const indent_t *outer, const scope_t *scope, const node_t *node)
{
    if (node->indent_length == 0)
        return outer;
    indent->outer = outer;
    indent->text = scope->template->text + node->indent_at;
    indent->length = node->indent_length;
    return indent;
}

static atd_error_t *render_partial(renderer_t *r, const scope_t *scope, const node_t *node)
{
    const arguments_t arguments = {scope->arguments, scope->template, node};
    const atd_template_t *found;
    indent_t indent;
    scope_t inner;
    atd_error_t *error;

    if (r->nesting == ATD_MAX_TEMPLATE_DEPTH)
        return too_deep(r, scope, node, "partials");
    error = find_partial(&found, r, scope, node);
    if (error || !found)
        return error;
    inner.template = found;
    inner.indent = node->standalone ? add_indent(&indent, scope->indent, scope, node) : NULL;
    inner.arguments = node->kind == ATD_NODE_PARENT ? &arguments : scope->arguments;
    r->nesting++;
    error = render_nodes(r, &inner, 0, found->node_count);
    r->nesting--;
    return error;
}

static const node_t *find_argument(renderer_t *r, const arguments_t *arguments, const atd_template_key_t *name)
{
    const node_t *nodes = arguments->template->nodes;
    const node_t *end = nodes + arguments->parent->end;

    for (const node_t *node = arguments->parent + 1; node < end; node = nodes + node->end) {
        const atd_template_key_t *key = arguments->template->keys + node->first_key;

        r->steps++;
        if (node->kind == ATD_NODE_BLOCK && key->length == name->length &&
            memcmp(key->text, name->text, name->length) == 0)
            return node;
    }
    return NULL;
}

static atd_error_t *render_argument(renderer_t *r, const scope_t *scope, const node_t *block,
                                    const arguments_t *arguments, const node_t *argument)
{
    apr_uint32_t body = (apr_uint32_t)(argument - arguments->template->nodes) + 1;
    scope_t inner = {arguments->template, NULL, arguments->outer};
    indent_t indent;
    atd_error_t *error;

    if (r->nesting == ATD_MAX_TEMPLATE_DEPTH)
        return too_deep(r, scope, block, "partials");
    if (body == argument->end)
        return NULL;
    inner.indent = add_indent(&indent, scope->indent, scope, block);
    if (block->standalone)
        begin_line(r, inner.indent);
    r->written = argument->standalone ? inner.indent : NULL;
    r->nesting++;
    error = render_nodes(r, &inner, body, argument->end);
    r->nesting--;
    r->written = NULL;
    return error;
}

static atd_error_t *render_block(renderer_t *r, const scope_t *scope, const node_t *node, apr_uint32_t *next)
{
    const arguments_t *owner = NULL;
    const node_t *argument = NULL;

    for (const arguments_t *arguments = scope->arguments; arguments; arguments = arguments->outer) {
        const node_t *found = find_argument(r, arguments, keys_of(scope, node));

        if (found) {
            owner = arguments;
            argument = found;
        }
    }
    if (!argument)
        return NULL; /* its default follows */
    *next = node->end;
    return render_argument(r, scope, node, owner, argument);
}

static atd_error_t *render_node(renderer_t *r, const scope_t *scope, const node_t *node, apr_uint32_t *next)
{
    switch (node->kind) {
    case ATD_NODE_TEXT:
        put_text(r, scope, node);
        return NULL;
    case ATD_NODE_ESCAPED:
    case ATD_NODE_RAW:
        return put_value(r, scope, node);
    case ATD_NODE_SECTION:
        *next = node->end;
        return render_section(r, scope, node);
    case ATD_NODE_INVERTED:
        return render_inverted(r, scope, node, next);
    case ATD_NODE_PARTIAL:
    case ATD_NODE_PARENT:
        *next = node->end;
        return render_partial(r, scope, node);
    default:
        return render_block(r, scope, node, next);
    }
}

static atd_error_t *render_nodes(renderer_t *r, const scope_t *scope, apr_uint32_t from, apr_uint32_t to)
{
    while (from < to) {
        const node_t *node = &scope->template->nodes[from];
        atd_error_t *error;

        from++;
        if (++r->steps > ATD_MAX_TEMPLATE_STEPS)
            return too_many_steps(r, scope, node);
        if (node->bol && scope->indent)
            begin_line(r, scope->indent);
        if ((error = render_node(r, scope, node, &from)))
            return error;
        if (atd_buffer_overflowed(r->out))
            return too_large(r, scope, node);
    }
    return NULL;
}

atd_error_t *atd_template_render(atd_buffer_t *out, const atd_template_t *compiled, const atd_value_t *data,
                                 const atd_template_loader_t *loader, apr_pool_t *pool)
{
    renderer_t r = {.out = out, .loader = loader, .pool = pool};

    r.contexts[0] = data;
    return render_nodes(&r, &(scope_t){.template = compiled}, 0, compiled->node_count);
}
