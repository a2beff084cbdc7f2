/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_template_private.h"

#include "base/atd_limits.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include <string.h>

/* A tag that waits for its closing tag. */
typedef struct open_t {
    apr_uint32_t node;
    atd_template_tag_t tag;
    apr_size_t dedent;     /* in force around it */
    apr_size_t first_line; /* of a block: start of the first line of its content that is not blank */
} open_t;

typedef struct compiler_t {
    atd_template_t *template;
    atd_template_scanner_t scanner;
    apr_pool_t *pool;
    apr_array_header_t *nodes;
    apr_array_header_t *keys;
    open_t open[ATD_MAX_TEMPLATE_DEPTH];
    unsigned depth;
    apr_size_t at;     /* first byte that is not compiled yet */
    apr_size_t dedent; /* blanks to leave out at the start of each line: an argument's own indentation */
    bool bol;          /* no node has been made for the current line yet */
} compiler_t;

static atd_template_node_t *node_at(const compiler_t *c, apr_uint32_t number)
{
    return &APR_ARRAY_IDX(c->nodes, (int)number, atd_template_node_t);
}

static apr_uint32_t node_count(const compiler_t *c)
{
    return (apr_uint32_t)c->nodes->nelts;
}

static atd_template_node_t *add_node(compiler_t *c, atd_template_kind_t kind, apr_size_t at)
{
    atd_template_node_t *node = apr_array_push(c->nodes);

    memset(node, 0, sizeof *node);
    node->kind = (unsigned char)kind;
    node->at = (apr_uint32_t)at;
    node->end = node_count(c);
    return node;
}

/* What stands directly within a parent tag, blocks apart, is ignored. */
static bool is_in_parent(const compiler_t *c)
{
    return c->depth > 0 && node_at(c, c->open[c->depth - 1].node)->kind == ATD_NODE_PARENT;
}

static apr_size_t blanks_at(const compiler_t *c, apr_size_t at, apr_size_t max)
{
    const char *text = c->template->text;
    apr_size_t count = 0;

    while (count < max && at + count < c->template->length && (text[at + count] == ' ' || text[at + count] == '\t'))
        count++;
    return count;
}

static void add_text(compiler_t *c, apr_size_t from, apr_size_t to)
{
    atd_template_node_t *node;

    if (from == to)
        return;
    node = add_node(c, ATD_NODE_TEXT, from);
    node->length = (apr_uint32_t)(to - from);
    node->bol = c->bol;
    c->bol = c->template->text[to - 1] == '\n';
}

static void add_dedented_text(compiler_t *c, apr_size_t from, apr_size_t to)
{
    const char *text = c->template->text;

    while (from < to) {
        const char *newline = memchr(text + from, '\n', to - from);
        apr_size_t next = newline ? (apr_size_t)(newline - text) + 1 : to;

        if (from == 0 || text[from - 1] == '\n')
            from += blanks_at(c, from, c->dedent < to - from ? c->dedent : to - from);
        add_text(c, from, next);
        from = next;
    }
}

/* Text from where the compiler is up to @p to. */
static void take_text(compiler_t *c, apr_size_t to)
{
    if (is_in_parent(c))
        return;
    if (c->dedent > 0)
        add_dedented_text(c, c->at, to);
    else
        add_text(c, c->at, to);
}

/* Takes the text before a tag. A tag that has a line of its own takes the whole line with it. */
static bool take_line(compiler_t *c, const atd_template_tag_t *tag)
{
    bool standalone = tag->first && tag->next_line;

    take_text(c, standalone ? tag->at - tag->lead : tag->at);
    c->at = standalone ? tag->next_line : tag->end;
    return standalone;
}

static void take_bol(compiler_t *c, atd_template_node_t *node)
{
    node->bol = c->bol;
    c->bol = false;
}

static void add_key(compiler_t *c, atd_template_node_t *node, const char *text, apr_size_t length)
{
    atd_template_key_t *key = apr_array_push(c->keys);

    if (node->key_count++ == 0)
        node->first_key = (apr_uint32_t)c->keys->nelts - 1;
    key->text = text;
    key->length = length;
}

static void add_path(compiler_t *c, atd_template_node_t *node, const atd_template_tag_t *tag)
{
    const char *part = tag->name;
    const char *end = part + tag->length;
    const char *dot;

    if (tag->length == 1 && *part == '.')
        return;
    while ((dot = memchr(part, '.', (apr_size_t)(end - part)))) {
        add_key(c, node, part, (apr_size_t)(dot - part));
        part = dot + 1;
    }
    add_key(c, node, part, (apr_size_t)(end - part));
}

static void add_name(compiler_t *c, atd_template_node_t *node, const atd_template_tag_t *tag)
{
    node->dynamic = tag->dynamic;
    if (node->kind == ATD_NODE_BLOCK)
        add_key(c, node, tag->name, tag->length);
    else if (tag->dynamic || (node->kind != ATD_NODE_PARTIAL && node->kind != ATD_NODE_PARENT))
        add_path(c, node, tag);
    else
        add_key(c, node, apr_pstrmemdup(c->pool, tag->name, tag->length), tag->length);
}

/* The blanks at the start of a line, less what an enclosing argument's content is moved to the left. */
static void set_indent(const compiler_t *c, atd_template_node_t *node, apr_size_t line, apr_size_t blanks)
{
    apr_size_t cut = blanks < c->dedent ? blanks : c->dedent;

    node->indent_at = (apr_uint32_t)(line + cut);
    node->indent_length = (apr_uint32_t)(blanks - cut);
}

static void add_value(compiler_t *c, const atd_template_tag_t *tag)
{
    atd_template_node_t *node;

    take_text(c, tag->at);
    c->at = tag->end;
    node = add_node(c, tag->sigil ? ATD_NODE_RAW : ATD_NODE_ESCAPED, tag->at);
    take_bol(c, node);
    add_name(c, node, tag);
}

static void add_partial(compiler_t *c, const atd_template_tag_t *tag)
{
    bool standalone = take_line(c, tag);
    atd_template_node_t *node = add_node(c, ATD_NODE_PARTIAL, tag->at);

    node->standalone = standalone;
    if (standalone)
        set_indent(c, node, tag->at - tag->lead, tag->lead);
    else
        take_bol(c, node);
    add_name(c, node, tag);
}

static atd_error_t *push(compiler_t *c, atd_template_node_t *node, const atd_template_tag_t *tag)
{
    open_t *open;

    if (c->depth == ATD_MAX_TEMPLATE_DEPTH)
        return atd_error_hint(atd_template_error(c->template, tag->at, ATD_E_LIMIT, c->pool,
                                                 "sections are nested more than %d deep", ATD_MAX_TEMPLATE_DEPTH),
                              "move the inner ones to a partial, {{>name}}");
    add_name(c, node, tag);
    open = &c->open[c->depth++];
    open->node = node_count(c) - 1;
    open->tag = *tag;
    open->dedent = c->dedent;
    open->first_line = 0;
    return NULL;
}

static atd_error_t *open_section(compiler_t *c, const atd_template_tag_t *tag)
{
    bool standalone = take_line(c, tag);
    atd_template_node_t *node = add_node(c, tag->sigil == '#' ? ATD_NODE_SECTION : ATD_NODE_INVERTED, tag->at);

    if (!standalone)
        take_bol(c, node);
    return push(c, node, tag);
}

/* Whether it has lines of its own is known when it is closed. */
static atd_error_t *open_parent(compiler_t *c, const atd_template_tag_t *tag)
{
    atd_template_node_t *node;

    take_text(c, tag->at);
    c->at = tag->end;
    node = add_node(c, ATD_NODE_PARENT, tag->at);
    take_bol(c, node);
    return push(c, node, tag);
}

static apr_size_t first_line_with_text(const compiler_t *c, apr_size_t line)
{
    const char *text = c->template->text;

    for (;;) {
        apr_size_t at = line + blanks_at(c, line, c->template->length);

        if (at < c->template->length && text[at] == '\r')
            at++;
        if (at >= c->template->length || text[at] != '\n')
            return line;
        line = at + 1;
    }
}

static void open_argument(compiler_t *c, atd_template_node_t *node, const open_t *open)
{
    node->standalone = open->tag.next_line != 0;
    c->at = node->standalone ? open->tag.next_line : open->tag.end;
    c->bol = node->standalone;
    if (node->standalone)
        c->dedent = blanks_at(c, open->first_line, c->template->length);
}

static atd_error_t *open_block(compiler_t *c, const atd_template_tag_t *tag)
{
    bool argument = is_in_parent(c);
    bool standalone = take_line(c, tag);
    atd_template_node_t *node = add_node(c, ATD_NODE_BLOCK, tag->at);
    atd_error_t *error;
    open_t *open;

    node->standalone = standalone;
    if (!standalone)
        take_bol(c, node);
    if ((error = push(c, node, tag)))
        return error;
    open = &c->open[c->depth - 1];
    if (tag->next_line)
        open->first_line = first_line_with_text(c, tag->next_line);
    if (argument)
        open_argument(c, node, open);
    return NULL;
}

static const char *tag_text(const compiler_t *c, char sigil, const atd_template_tag_t *tag)
{
    return apr_psprintf(c->pool, "%s%c%s%.*s%s", c->scanner.opening, sigil, tag->dynamic ? "*" : "", (int)tag->length,
                        tag->name, c->scanner.closing);
}

static bool is_closed_by(const open_t *open, const atd_template_tag_t *tag)
{
    const char *name = tag->name;
    const char *end = name + tag->length;

    if (open->tag.dynamic && *name++ != '*')
        return false;
    return (apr_size_t)(end - name) == open->tag.length && memcmp(name, open->tag.name, open->tag.length) == 0;
}

static atd_error_t *closes_nothing(const compiler_t *c, const atd_template_tag_t *tag)
{
    return atd_error_hint(atd_template_error(c->template, tag->at, ATD_E_TEMPLATE, c->pool,
                                             "%s closes nothing that is open", tag_text(c, '/', tag)),
                          apr_psprintf(c->pool, "remove it, or open it before with %s", tag_text(c, '#', tag)));
}

static atd_error_t *closes_another(const compiler_t *c, const atd_template_tag_t *tag)
{
    const atd_template_tag_t *opened = &c->open[c->depth - 1].tag;

    return atd_error_hint(atd_template_error(c->template, tag->at, ATD_E_TEMPLATE, c->pool,
                                             "%s stands where %s of line %u is still open", tag_text(c, '/', tag),
                                             tag_text(c, opened->sigil, opened),
                                             atd_template_line(c->template, opened->at)),
                          apr_psprintf(c->pool, "write %s before it", tag_text(c, '/', opened)));
}

static atd_error_t *check_close(const compiler_t *c, const atd_template_tag_t *tag)
{
    if (c->depth == 0)
        return closes_nothing(c, tag);
    return is_closed_by(&c->open[c->depth - 1], tag) ? NULL : closes_another(c, tag);
}

/* A tag that does not have the line to itself keeps its line's indentation, which lies before it. */
static bool close_line(compiler_t *c, const atd_template_tag_t *tag)
{
    bool standalone = take_line(c, tag);

    if (!standalone && c->bol)
        take_bol(c, add_node(c, ATD_NODE_TEXT, tag->at));
    return standalone;
}

/* Takes the blanks before a parent tag back, which open_parent() could not know to be indentation. */
static void untake_blanks(compiler_t *c, const open_t *open)
{
    apr_size_t line = open->tag.at - open->tag.lead;
    atd_template_node_t *text;

    if (open->node == 0)
        return;
    text = node_at(c, open->node - 1);
    if (text->kind != ATD_NODE_TEXT || text->at + text->length != open->tag.at)
        return;
    text->length = text->at < line ? (apr_uint32_t)line - text->at : 0;
    text->bol = text->bol && text->length > 0;
}

/* Text within it is ignored, so what lies before its opening and behind its closing tag decides. */
static void close_parent(compiler_t *c, const open_t *open, const atd_template_tag_t *tag)
{
    atd_template_node_t *node = node_at(c, open->node);

    node->standalone = open->tag.first && tag->next_line;
    if (node->standalone) {
        untake_blanks(c, open);
        set_indent(c, node, open->tag.at - open->tag.lead, open->tag.lead);
        node->bol = false;
    }
    c->at = node->standalone ? tag->next_line : tag->end;
    c->bol = node->standalone;
}

static void close_argument(compiler_t *c, const open_t *open, const atd_template_tag_t *tag)
{
    take_text(c, tag->first ? tag->at - tag->lead : tag->at);
    c->at = tag->end;
    c->dedent = open->dedent;
}

/* What overrides the block is indented as its default is, or as the block is where there is none. */
static void close_parameter(compiler_t *c, const open_t *open, const atd_template_tag_t *tag)
{
    const char *text = c->template->text;
    apr_size_t line = open->tag.at - open->tag.lead;
    atd_template_node_t *node;

    close_line(c, tag);
    node = node_at(c, open->node);
    if (node->standalone && open->node + 1 < node_count(c))
        set_indent(c, node, open->first_line, blanks_at(c, open->first_line, c->template->length));
    else if (node->standalone ||
             (open->tag.first && tag->next_line && !memchr(text + open->tag.at, '\n', tag->at - open->tag.at)))
        set_indent(c, node, line, open->tag.lead);
}

static atd_error_t *close_tag(compiler_t *c, const atd_template_tag_t *tag)
{
    atd_error_t *error = check_close(c, tag);
    const open_t *open;

    if (error)
        return error;
    open = &c->open[c->depth - 1];
    if (open->tag.sigil == '<')
        close_parent(c, open, tag);
    else if (open->tag.sigil == '$' && c->depth > 1 && c->open[c->depth - 2].tag.sigil == '<')
        close_argument(c, open, tag);
    else if (open->tag.sigil == '$')
        close_parameter(c, open, tag);
    else
        close_line(c, tag);
    node_at(c, open->node)->end = node_count(c);
    c->depth--;
    return NULL;
}

static atd_error_t *compile_tag(compiler_t *c, const atd_template_tag_t *tag)
{
    switch (tag->sigil) {
    case '#':
    case '^':
        return open_section(c, tag);
    case '<':
        return open_parent(c, tag);
    case '$':
        return open_block(c, tag);
    case '/':
        return close_tag(c, tag);
    case '>':
        add_partial(c, tag);
        return NULL;
    case '!':
    case '=':
        take_line(c, tag);
        return NULL;
    default:
        add_value(c, tag);
        return NULL;
    }
}

static atd_error_t *check_end(const compiler_t *c)
{
    const atd_template_tag_t *tag;

    if (c->depth == 0)
        return NULL;
    tag = &c->open[c->depth - 1].tag;
    return atd_error_hint(atd_template_error(c->template, tag->at, ATD_E_TEMPLATE, c->pool, "%s is never closed",
                                             tag_text(c, tag->sigil, tag)),
                          apr_psprintf(c->pool, "write %s where it ends", tag_text(c, '/', tag)));
}

static atd_error_t *compile_tags(compiler_t *c)
{
    atd_template_tag_t tag;
    atd_error_t *error;

    while (!(error = atd_template_scan(&tag, &c->scanner, c->at)) && tag.at < c->template->length)
        if ((error = compile_tag(c, &tag)))
            return error;
    if (error)
        return error;
    take_text(c, c->template->length);
    return check_end(c);
}

/* Arrays grow in @p scratch, so that what they outgrow does not stay with the template. */
static atd_error_t *compile(atd_template_t *template, apr_pool_t *pool, apr_pool_t *scratch)
{
    compiler_t *c = apr_pcalloc(scratch, sizeof *c);
    atd_error_t *error;

    c->template = template;
    c->pool = pool;
    c->nodes = apr_array_make(scratch, 64, sizeof(atd_template_node_t));
    c->keys = apr_array_make(scratch, 64, sizeof(atd_template_key_t));
    c->bol = true;
    atd_template_scanner_init(&c->scanner, template, pool);
    error = compile_tags(c);
    if (error)
        return error;
    template->nodes = apr_pmemdup(pool, c->nodes->elts, sizeof(atd_template_node_t) * (apr_size_t)c->nodes->nelts);
    template->keys = apr_pmemdup(pool, c->keys->elts, sizeof(atd_template_key_t) * (apr_size_t)c->keys->nelts);
    template->node_count = node_count(c);
    return NULL;
}

static atd_error_t *too_large(const char *file, apr_pool_t *pool)
{
    const atd_place_t place = {.file = file};

    return atd_error_hint(
        atd_error_make(pool, ATD_E_LIMIT, &place, "the template is larger than %d bytes", ATD_MAX_TEMPLATE),
        "move parts of it to partials, {{>name}}, or to a style sheet or script");
}

atd_error_t *atd_template_compile(const atd_template_t **compiled, const char *text, apr_size_t length,
                                  const char *file, apr_pool_t *pool)
{
    atd_template_t *template;
    apr_pool_t *scratch;
    atd_error_t *error;

    if (length > ATD_MAX_TEMPLATE)
        return too_large(file, pool);
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    template = apr_pcalloc(pool, sizeof *template);
    template->file = file;
    template->text = length ? apr_pstrmemdup(pool, text, length) : "";
    template->length = length;
    apr_pool_create(&scratch, pool);
    error = compile(template, pool, scratch);
    apr_pool_destroy(scratch);
    if (!error)
        *compiled = template;
    return error;
}
