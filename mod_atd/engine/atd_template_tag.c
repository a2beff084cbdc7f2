/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_template_private.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#include <stdarg.h>
#include <string.h>

#define PARTIAL_PARTS 3

const char atd_template_partial_hint[] =
    "a partial's name is made of letters, digits, - and _, with at most two / between "
    "folders, and has no extension: {{>card}}, {{>post/card}}";

unsigned atd_template_line(const atd_template_t *source, apr_size_t at)
{
    const char *end = source->text + at;
    const char *text = source->text;
    unsigned line = 1;

    while ((text = memchr(text, '\n', (apr_size_t)(end - text)))) {
        text++;
        line++;
    }
    return line;
}

static unsigned column_of(const atd_template_t *source, apr_size_t at)
{
    unsigned column = 1;

    while (at > 0 && source->text[at - 1] != '\n') {
        at--;
        column += ((unsigned char)source->text[at] & 0xC0) != 0x80; /* a character counts once */
    }
    return column;
}

atd_error_t *atd_template_error(const atd_template_t *source, apr_size_t at, atd_error_id_t id, apr_pool_t *pool,
                                const char *format, ...)
{
    const atd_place_t place = {source->file, atd_template_line(source, at), column_of(source, at)};
    atd_error_t *error;
    va_list args;

    va_start(args, format);
    error = atd_error_make(pool, id, &place, "%s", apr_pvsprintf(pool, format, args));
    va_end(args);
    atd_error_excerpt(error, source->text, source->length, pool);
    return error;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_space(char byte)
{
    return is_blank(byte) || byte == '\n' || byte == '\r' || byte == '\v' || byte == '\f';
}

static bool is_partial_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '_';
}

bool atd_template_is_partial_name(const char *name, apr_size_t length)
{
    apr_size_t part = 0;
    unsigned parts = 1;

    if (length > ATD_TEMPLATE_MAX_NAME)
        return false;
    for (apr_size_t i = 0; i < length; i++) {
        if (name[i] == '/' && part > 0 && parts < PARTIAL_PARTS) {
            parts++;
            part = 0;
        } else if (is_partial_byte(name[i])) {
            part++;
        } else {
            return false;
        }
    }
    return part > 0;
}

/* Delimiters are short, so that this is linear for any text. */
static const char *find(const char *from, const char *end, const char *what, apr_size_t length)
{
    while ((apr_size_t)(end - from) >= length) {
        from = memchr(from, *what, (apr_size_t)(end - from) - length + 1);
        if (!from || memcmp(from, what, length) == 0)
            return from;
        from++;
    }
    return NULL;
}

static void set_delimiters(atd_template_scanner_t *scanner, const char *opening, apr_size_t opening_length,
                           const char *closing, apr_size_t closing_length)
{
    memcpy(scanner->opening, opening, opening_length);
    memcpy(scanner->closing, closing, closing_length);
    scanner->opening[opening_length] = scanner->closing[closing_length] = '\0';
    scanner->opening_length = opening_length;
    scanner->closing_length = closing_length;
}

void atd_template_scanner_init(atd_template_scanner_t *scanner, const atd_template_t *source, apr_pool_t *pool)
{
    scanner->source = source;
    scanner->pool = pool;
    set_delimiters(scanner, "{{", 2, "}}", 2);
}

static atd_error_t *fail(const atd_template_scanner_t *scanner, const atd_template_tag_t *tag, atd_error_id_t id,
                         const char *message, const char *hint)
{
    return atd_error_hint(atd_template_error(scanner->source, tag->at, id, scanner->pool, "%s", message), hint);
}

static apr_size_t word_length(const char *text, const char *end)
{
    const char *at = text;

    while (at < end && !is_space(*at))
        at++;
    return (apr_size_t)(at - text);
}

static const char *skip_space(const char *text, const char *end)
{
    while (text < end && is_space(*text))
        text++;
    return text;
}

static atd_error_t *read_delimiters(atd_template_scanner_t *scanner, const atd_template_tag_t *tag)
{
    const char *end = tag->name + tag->length;
    const char *opening = tag->name;
    apr_size_t opening_length = word_length(opening, end);
    const char *closing = skip_space(opening + opening_length, end);
    apr_size_t closing_length = word_length(closing, end);

    if (opening_length == 0 || closing_length == 0 || closing + closing_length != end ||
        memchr(tag->name, '=', tag->length))
        return fail(scanner, tag, ATD_E_TEMPLATE, "a change of delimiters needs two of them with a blank between",
                    "write {{=<% %>=}}, and <%={{ }}=%> to change back");
    if (opening_length > ATD_TEMPLATE_MAX_DELIMITER || closing_length > ATD_TEMPLATE_MAX_DELIMITER)
        return fail(scanner, tag, ATD_E_LIMIT, "a delimiter is longer than 16 bytes",
                    "take a shorter one such as <% or |");
    set_delimiters(scanner, opening, opening_length, closing, closing_length);
    return NULL;
}

static const char *hint_for_spaces(const atd_template_tag_t *tag)
{
    static const char *const helpers[] = {"if", "unless", "each", "with", "else", "for", "include", "block"};
    apr_size_t word = word_length(tag->name, tag->name + tag->length);

    for (unsigned i = 0; i < sizeof helpers / sizeof *helpers; i++)
        if (strlen(helpers[i]) == word && memcmp(helpers[i], tag->name, word) == 0)
            return "Mustache has no commands such as if or each: {{#name}}...{{/name}} shows what is in it where name "
                   "is "
                   "set, once for each item of a list; {{^name}}...{{/name}} where it is not";
    return "a name has no blanks in it; a comment is written {{! like this }}";
}

static bool has_space(const atd_template_tag_t *tag)
{
    return word_length(tag->name, tag->name + tag->length) < tag->length;
}

static bool has_empty_part(const char *name, apr_size_t length)
{
    if (length == 1 && *name == '.')
        return false;
    return length == 0 || *name == '.' || name[length - 1] == '.' || find(name, name + length, "..", 2);
}

static unsigned count_parts(const char *name, apr_size_t length)
{
    unsigned parts = 1;

    for (apr_size_t i = 0; i < length; i++)
        parts += name[i] == '.';
    return parts;
}

static atd_error_t *check_path(const atd_template_scanner_t *scanner, const atd_template_tag_t *tag)
{
    if (has_empty_part(tag->name, tag->length))
        return fail(scanner, tag, ATD_E_TEMPLATE, "a name has an empty part before, between or behind its dots",
                    "write {{post.title}}; {{.}} alone is the item of the list that a section is at");
    if (count_parts(tag->name, tag->length) > ATD_MAX_TEMPLATE_DEPTH)
        return fail(scanner, tag, ATD_E_LIMIT, "a name has more than 32 parts", "no data are nested as deep as this");
    return NULL;
}

static atd_error_t *check_name(const atd_template_scanner_t *scanner, const atd_template_tag_t *tag)
{
    if (tag->length == 0)
        return fail(scanner, tag, ATD_E_TEMPLATE, "a tag without a name", "write {{name}}, or remove the tag");
    if (find(tag->name, tag->name + tag->length, scanner->opening, scanner->opening_length))
        return fail(
            scanner, tag, ATD_E_TEMPLATE, "a tag is not closed before the next one begins",
            apr_psprintf(scanner->pool, "a tag ends with %s%s", tag->sigil == '{' ? "}" : "", scanner->closing));
    if (has_space(tag))
        return fail(scanner, tag, ATD_E_TEMPLATE, "a tag's name has a blank or a line end in it", hint_for_spaces(tag));
    if (tag->length > ATD_TEMPLATE_MAX_NAME)
        return fail(scanner, tag, ATD_E_LIMIT, "a name is longer than 255 bytes", "take a shorter one");
    return NULL;
}

/* {{>*name}}: the star may have blanks on both sides. */
static void take_star(atd_template_tag_t *tag)
{
    const char *end = tag->name + tag->length;

    if (tag->length == 0 || *tag->name != '*')
        return;
    tag->dynamic = true;
    tag->name = skip_space(tag->name + 1, end);
    tag->length = (apr_size_t)(end - tag->name);
}

static atd_error_t *check_tag(atd_template_scanner_t *scanner, atd_template_tag_t *tag)
{
    bool partial = tag->sigil == '>' || tag->sigil == '<';
    atd_error_t *error;

    if (tag->sigil == '!')
        return NULL;
    if (tag->sigil == '=')
        return read_delimiters(scanner, tag);
    if (partial)
        take_star(tag);
    if ((error = check_name(scanner, tag)))
        return error;
    if (tag->sigil == '/' || tag->sigil == '$')
        return NULL;
    if (partial && !tag->dynamic)
        return atd_template_is_partial_name(tag->name, tag->length)
                   ? NULL
                   : fail(scanner, tag, ATD_E_PARTIAL, "not a name that a partial can have", atd_template_partial_hint);
    return check_path(scanner, tag);
}

static void look_around(atd_template_tag_t *tag, const atd_template_t *source)
{
    const char *text = source->text;
    apr_size_t at = tag->at;

    while (at > 0 && is_blank(text[at - 1]))
        at--;
    tag->first = at == 0 || text[at - 1] == '\n';
    tag->lead = tag->at - at;
    for (at = tag->end; at < source->length && is_blank(text[at]);)
        at++;
    if (at + 1 < source->length && text[at] == '\r' && text[at + 1] == '\n')
        at++;
    if (at == source->length)
        tag->next_line = at;
    else
        tag->next_line = text[at] == '\n' ? at + 1 : 0;
}

/* What ends the tag: }}, or =}} or }}} for the kinds that begin likewise. */
static apr_size_t closing_of(char *closing, const atd_template_scanner_t *scanner, char sigil)
{
    apr_size_t length = 0;

    if (sigil == '=' || sigil == '{')
        closing[length++] = (char)(sigil == '=' ? '=' : '}');
    memcpy(closing + length, scanner->closing, scanner->closing_length + 1);
    return length + scanner->closing_length;
}

static void take_name(atd_template_tag_t *tag, const char *from, const char *to)
{
    from = skip_space(from, to);
    while (to > from && is_space(to[-1]))
        to--;
    tag->name = from;
    tag->length = (apr_size_t)(to - from);
}

atd_error_t *atd_template_scan(atd_template_tag_t *tag, atd_template_scanner_t *scanner, apr_size_t from)
{
    const atd_template_t *source = scanner->source;
    const char *end = source->text + source->length;
    const char *start = find(source->text + from, end, scanner->opening, scanner->opening_length);
    char closing[ATD_TEMPLATE_MAX_DELIMITER + 2];
    apr_size_t closing_length;
    const char *close;

    memset(tag, 0, sizeof *tag);
    tag->at = start ? (apr_size_t)(start - source->text) : source->length;
    if (!start)
        return NULL;
    start += scanner->opening_length;
    if (start < end && *start && strchr("#^/><$&{!=", *start))
        tag->sigil = *start++;
    closing_length = closing_of(closing, scanner, tag->sigil);
    close = find(start, end, closing, closing_length);
    if (!close)
        return atd_error_hint(atd_template_error(source, tag->at, ATD_E_TEMPLATE, scanner->pool, "a tag is not closed"),
                              apr_psprintf(scanner->pool, "end it with %s", closing));
    tag->end = (apr_size_t)(close - source->text) + closing_length;
    take_name(tag, start, close);
    look_around(tag, source);
    return check_tag(scanner, tag);
}
