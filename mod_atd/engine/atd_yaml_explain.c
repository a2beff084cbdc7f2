/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_yaml_private.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/* libyaml takes a key of one line and at most this many characters. */
#define LONGEST_KEY 1024

static const char unclosed_hint[] =
    "end the text with the same quote; an apostrophe within single quotes is written twice";

/* The byte at `at`, NUL behind the end. */
static char byte_at(const atd_source_t *source, apr_size_t at)
{
    return (char)(at < source->length ? source->text[at] : '\0');
}

static bool starts_with(const atd_source_t *source, apr_size_t at, const char *prefix)
{
    apr_size_t length = strlen(prefix);

    return length <= source->length - at && memcmp(source->text + at, prefix, length) == 0;
}

/* The complaint of a value that can't be written without quotes. */
static atd_error_t *ask_for_quotes(const atd_source_t *source, apr_size_t at, const char *what)
{
    return atd_source_error(source, at, ATD_E_YAML, atd_yaml_quote_hint(source, at), "%s", what);
}

static atd_error_t *refuse_tab(const atd_source_t *source, apr_size_t at)
{
    apr_size_t first = atd_yaml_line(source, at).first;

    return atd_source_error(source, at, ATD_E_YAML, "use spaces, and no tabs", "%s",
                            at < first ? "a tab is used for indentation" : "a tab stands where a space belongs");
}

/* Tabs in the indentation of the line that `at` is in. Those of JSON do no harm. */
static atd_error_t *find_tab(const atd_source_t *source, apr_size_t at)
{
    const char *tab;
    atd_yaml_line_t line = atd_yaml_line(source, at);

    tab = memchr(source->text + line.start, '\t', line.first - line.start);
    return tab ? refuse_tab(source, (apr_size_t)(tab - source->text)) : NULL;
}

static atd_error_t *explain_indented_tab(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    atd_error_t *error;

    if (strstr(fault->context, "flow") || strstr(fault->context, "quoted"))
        return NULL;
    error = find_tab(source, fault->at);
    return error || !strstr(fault->context, "simple key") ? error : find_tab(source, fault->context_at);
}

static atd_error_t *explain_tab(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    return byte_at(source, fault->at) == '\t' ? refuse_tab(source, fault->at) : NULL;
}

/* ---- a colon too many ---- */

static atd_error_t *refuse_colon(const atd_source_t *source, apr_size_t colon, const char *hint)
{
    return atd_source_error(source, colon, ATD_E_YAML, hint, "a colon followed by a space inside unquoted text");
}

/* True where the line of `at` is the next one behind that of `before`, empty lines left out. */
static bool is_next_line(const atd_source_t *source, apr_size_t before, apr_size_t at)
{
    apr_size_t next = atd_source_line_end(source, before);

    while (next < at && apr_isspace(source->text[next]))
        next++;
    return next >= atd_yaml_line(source, at).first;
}

static atd_error_t *refuse_deep_key(const atd_source_t *source, const atd_yaml_line_t *line,
                                    const atd_yaml_line_t *above)
{
    const char *hint =
        apr_psprintf(source->pool, "begin it in column %u, as the line above, or leave the value there out",
                     atd_source_place(source, above->key).column);

    return atd_source_error(source, line->first, ATD_E_YAML, hint,
                            "the line is indented below one that has a value already");
}

static atd_error_t *refuse_line_without_colon(const atd_source_t *source, apr_size_t at)
{
    return atd_source_error(source, at, ATD_E_YAML,
                            "write 'key: value' or '- item'; a line that continues the text above is indented more",
                            "the line is neither 'key: value' nor a list item");
}

/* A colon, or a blank behind it, that only looks like one. */
static atd_error_t *explain_odd_colon(const atd_source_t *source, apr_size_t at, apr_size_t end)
{
    for (; at < end; at++) {
        if (starts_with(source, at, "\uFF1A"))
            return atd_source_error(source, at, ATD_E_YAML, "type ': ' instead of it",
                                    "a full-width colon (U+FF1A) is not a colon for YAML");
        if (starts_with(source, at, ":\u00A0") || starts_with(source, at, ":\u3000"))
            return atd_source_error(source, at + 1, ATD_E_YAML, "type an ordinary space instead of it",
                                    "the space behind the colon is a special one (U+%s)",
                                    starts_with(source, at, ":\u3000") ? "3000" : "00A0");
    }
    return NULL;
}

/* Text of several lines, and now `word:` or `more words:` on the last of them. */
static atd_error_t *explain_colon_below(const atd_source_t *source, const atd_yaml_fault_t *fault,
                                        const atd_yaml_line_t *line)
{
    atd_yaml_line_t above = atd_yaml_line(source, fault->last_at);
    bool is_key = line->first + atd_yaml_word(source, line->first) == fault->at;
    apr_size_t tight = atd_yaml_tight_colon(source, fault->last_at);
    atd_error_t *odd = explain_odd_colon(source, fault->last_at, line->start);

    if (odd)
        return odd;
    if (tight)
        return atd_yaml_refuse_tight_colon(source, tight);
    if (above.first == fault->last_at) { /* the text begins its line */
        if (is_key && above.first + atd_yaml_word(source, above.first) == above.end)
            return refuse_line_without_colon(source, above.first);
    } else if (is_key && is_next_line(source, fault->last_at, fault->at)) {
        return refuse_deep_key(source, line, &above);
    }
    return refuse_colon(source, fault->at, "put the whole text in quotes, or begin it on a line of its own below '>-'");
}

static atd_error_t *explain_colon(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    atd_yaml_line_t line = atd_yaml_line(source, fault->at);

    if (line.colon && line.colon < fault->at)
        return refuse_colon(source, fault->at, atd_yaml_quote_hint(source, fault->at));
    if (fault->last == ATD_YAML_LAST_PLAIN && fault->last_at < line.start && line.first < fault->at)
        return explain_colon_below(source, fault, &line);
    return atd_source_error(source, fault->at, ATD_E_YAML, "write 'key: value', or put the text in quotes",
                            "a colon without a key in front of it");
}

/* ---- a colon too few ---- */

static atd_error_t *explain_no_colon(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    apr_size_t at = fault->context_at;
    apr_size_t end = atd_source_line_end(source, at);
    apr_size_t tight = atd_yaml_tight_colon(source, at);
    atd_error_t *error = explain_odd_colon(source, at, end);
    char first = byte_at(source, at);

    if (error)
        return error;
    if (first == '-' && at + 1 < end)
        return atd_yaml_refuse_tight_dash(source, at);
    if (tight)
        return atd_yaml_refuse_tight_colon(source, tight);
    if ((first == '\'' || first == '"') && fault->last_at == at && fault->last_end > end)
        return atd_source_error(source, at, ATD_E_YAML, unclosed_hint, "the quote is not closed on its line");
    if (end - at > LONGEST_KEY)
        return atd_source_error(source, at, ATD_E_YAML, "write 'key: value', or indent it to continue the text above",
                                "a long line without a key");
    return refuse_line_without_colon(source, at);
}

/* ---- quotes and brackets ---- */

static bool is_quoted(atd_yaml_last_t last)
{
    return last == ATD_YAML_LAST_SINGLE || last == ATD_YAML_LAST_DOUBLE;
}

/* The text went on behind its closing quote. */
static atd_error_t *explain_quote(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    bool touches = fault->at == fault->last_end;
    bool many_lines = atd_source_line_end(source, fault->last_at) < fault->last_end;

    if (!is_quoted(fault->last) || fault->at >= source->length || byte_at(source, fault->at) == ',')
        return NULL;
    if (atd_source_line_end(source, fault->last_end) < fault->at)
        return NULL;
    if (many_lines)
        return atd_source_error(source, fault->last_at, ATD_E_YAML, unclosed_hint,
                                "the quote is not closed on its line");
    if (!touches && strstr(fault->context, "flow")) /* it is a comma that is missing */
        return NULL;
    if (!touches)
        return ask_for_quotes(source, fault->at, "text behind a closing quote");
    return atd_source_error(source, fault->last_end - 1, ATD_E_YAML, atd_yaml_quote_hint(source, fault->last_at), "%s",
                            fault->last == ATD_YAML_LAST_SINGLE ? "a single quote inside text in single quotes"
                                                                : "a double quote inside text in double quotes");
}

static atd_error_t *explain_behind_bracket(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    if (fault->last != ATD_YAML_LAST_FLOW || fault->at >= source->length || byte_at(source, fault->at) == ',')
        return NULL;
    if (atd_source_line_end(source, fault->last_end) < fault->at)
        return NULL;
    return atd_source_error(source, fault->at, ATD_E_YAML,
                            atd_yaml_quote_hint(source, atd_yaml_line(source, fault->at).value),
                            "text behind a closing bracket");
}

static atd_error_t *explain_comma(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    if (byte_at(source, fault->at) != ',' || strstr(fault->context, "flow"))
        return NULL;
    return atd_source_error(source, fault->at, ATD_E_YAML, "leave the comma out, or put the whole value in quotes",
                            "a comma behind a value");
}

/* True where the bracket at `at` has its counterpart. Brackets within quotes don't count. */
static bool is_balanced(const atd_source_t *source, apr_size_t at)
{
    apr_size_t depth = 0;
    char quote = '\0';

    for (char before = '\0'; at < source->length; before = source->text[at++]) {
        char byte = source->text[at];

        if (quote) {
            if (byte == '\\' && quote == '"')
                at++; /* the next one is not the end */
            else if (byte == quote)
                quote = '\0';
        } else if (byte == '"' || (byte == '\'' && strchr(" \t\n[{,:", before))) {
            quote = byte;
        } else if (byte == '[' || byte == '{') {
            depth++;
        } else if ((byte == ']' || byte == '}') && --depth == 0) {
            return true;
        }
    }
    return false;
}

static atd_error_t *explain_bracket(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    char closing = (char)(byte_at(source, fault->context_at) == '[' ? ']' : '}');
    const char *hint;

    if (!is_balanced(source, fault->context_at)) {
        hint = apr_psprintf(source->pool, "add the closing '%c', or %s", closing,
                            atd_yaml_quote_hint(source, fault->context_at));
        return atd_source_error(source, fault->context_at, ATD_E_YAML, hint, "the bracket is not closed");
    }
    hint = apr_psprintf(source->pool, "put a comma between the entries, and a '%c' behind the last", closing);
    return atd_source_error(source, fault->at, ATD_E_YAML, hint, "a comma or a closing bracket is missing here");
}

/* The text ends behind an opening bracket or a comma; libyaml tells where it ends. */
static atd_error_t *explain_bracket_at_end(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    atd_yaml_fault_t bracket = *fault;

    if (fault->at < source->length)
        return NULL;
    for (apr_size_t at = source->length; at > 0; at--) {
        bracket.context_at = at - 1;
        if (strchr("[{", source->text[at - 1]) && !is_balanced(source, at - 1))
            return explain_bracket(source, &bracket);
    }
    return NULL;
}

static atd_error_t *explain_unclosed(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    return atd_source_error(source, fault->context_at, ATD_E_YAML, unclosed_hint, "the quote is not closed");
}

static atd_error_t *explain_escape(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    apr_size_t slash = fault->at;

    while (slash > fault->context_at && source->text[slash] != '\\')
        slash--;
    if (strstr(fault->problem, "invalid Unicode"))
        return atd_source_error(source, slash, ATD_E_YAML, "write the character itself",
                                "the escape does not stand for a character");
    return atd_source_error(source, slash, ATD_E_YAML,
                            "write the backslash twice, or put the text in single quotes, where it is nothing special",
                            "a backslash inside double quotes begins an escape, and this is none");
}

/* ---- characters that text can't begin with ---- */

static atd_error_t *refuse_first(const atd_source_t *source, apr_size_t at)
{
    const char *what = apr_psprintf(source->pool, "unquoted text can't begin with '%c'", byte_at(source, at));

    return ask_for_quotes(source, at, what);
}

static atd_error_t *explain_first(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    char byte = byte_at(source, fault->at);

    return byte > ' ' && byte < 0x7F ? refuse_first(source, fault->at) : NULL;
}

/* Anchors, aliases, tags, directives, block scalars: libyaml's complaint is about what follows the character. */
static atd_error_t *explain_first_of_context(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    char byte = byte_at(source, fault->context_at);

    return byte && strchr("&*!%|>", byte) ? refuse_first(source, fault->context_at) : NULL;
}

static atd_error_t *explain_dash(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    atd_yaml_line_t line = atd_yaml_line(source, fault->at);
    const char *hint = apr_psprintf(source->pool, "begin the list on the next line, or %s",
                                    atd_yaml_quote_hint(source, line.colon ? line.value : fault->at));

    return atd_source_error(source, fault->at, ATD_E_YAML, hint, "a list can't begin on the line of its key");
}

/* ---- indentation ---- */

static atd_error_t *explain_indentation(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    atd_yaml_line_t line = atd_yaml_line(source, fault->at);
    bool in_list = strstr(fault->context, "collection");
    unsigned column = atd_source_place(source, fault->context_at).column;

    if (line.first != fault->at || fault->at >= source->length || strchr("]}", source->text[fault->at]))
        return NULL;
    if (in_list)
        return atd_source_error(source, fault->at, ATD_E_YAML,
                                apr_psprintf(source->pool, "begin each item with '- ' in column %u", column),
                                "the line is in a list but does not begin with '- '");
    if (line.key != line.first)
        return atd_source_error(source, fault->at, ATD_E_YAML, "write the list's key on the line above, 'tags:'",
                                "a list item where a key is expected");
    if (line.colon == fault->at)
        return explain_colon(source, fault);
    return atd_source_error(source, fault->at, ATD_E_YAML, "begin it in the same column as the keys that it belongs to",
                            "the line's indentation is not that of any line above");
}

/* ---- the table ---- */

typedef struct rule_t {
    const char *problem;                                                                /* a part of libyaml's words */
    const char *context;                                                                /* likewise */
    atd_error_t *(*explain)(const atd_source_t *source, const atd_yaml_fault_t *fault); /* NULL: not this one */
} rule_t;

/* Words of libyaml 0.2.5's scanner.c and parser.c; the first rule that fits and has something to say wins. */
static const rule_t rules[] = {
    {"", "", explain_indented_tab},
    {"mapping values are not allowed", "", explain_colon},
    {"could not find expected ':'", "", explain_no_colon},
    {"", "tag", explain_first_of_context},
    {"", "directive", explain_first_of_context},
    {"did not find expected alphabetic", "", explain_first_of_context},
    {"did not find expected comment or line break", "", explain_first_of_context},
    {"indentation indicator equal to 0", "", explain_first_of_context},
    {"escape character", "", explain_escape},
    {"hexdecimal", "", explain_escape},
    {"invalid Unicode", "", explain_escape},
    {"", "quoted scalar", explain_unclosed},
    {"found a tab", "", explain_tab},
    {"cannot start any token", "", explain_tab},
    {"cannot start any token", "", explain_first},
    {"block sequence entries are not allowed", "", explain_dash},
    {"mapping keys are not allowed", "", explain_first},
    {"expected node content", "", explain_bracket_at_end},
    {"expected node content", "", explain_first},
    {"did not find expected", "", explain_quote},
    {"did not find expected", "", explain_behind_bracket},
    {"did not find expected", "", explain_comma},
    {"did not find expected ',' or", "", explain_bracket},
    {"did not find expected key", "", explain_indentation},
    {"did not find expected '-'", "", explain_indentation},
    {"did not find expected", "", explain_first},
};

atd_error_t *atd_yaml_explain(const atd_source_t *source, const atd_yaml_fault_t *fault)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const rule_t *rule = &rules[i];
        atd_error_t *error = NULL;

        if (strstr(fault->problem, rule->problem) && strstr(fault->context, rule->context))
            error = rule->explain(source, fault);
        if (error)
            return error;
    }
    return ask_for_quotes(source, fault->at, apr_psprintf(source->pool, "not valid YAML: %s", fault->problem));
}
