/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_accept.h"

#include <apr_lib.h>

#include <string.h>
#include <strings.h>

int atd_accept_weight(const char **at)
{
    int weight;
    int unit = 100;

    if (**at != '0' && **at != '1')
        return -1;
    weight = (*(*at)++ - '0') * 1000;
    if (**at == '.') {
        (*at)++;
        for (; apr_isdigit(**at); (*at)++, unit /= 10)
            weight += (**at - '0') * unit;
    }
    return weight > 1000 || !strchr(" \t;,", **at) ? -1 : weight; /* strchr() finds the end, too */
}

/* ---- one range ---- */

/* Part of the field. */
typedef struct span_t {
    const char *at;
    size_t length;
} span_t;

typedef struct range_t {
    span_t type;    /* "text/html", "text/" followed by an asterisk ... */
    int weight;     /* 0 to 1000 */
    int parameters; /* that are true of what is sent */
    bool is_gfm;    /* one of them is true of Markdown alone */
    bool is_other;  /* one is true of neither */
} range_t;

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t");
}

static bool is(span_t span, const char *word)
{
    return span.length == strlen(word) && strncasecmp(span.at, word, span.length) == 0;
}

/* A token, or a quoted string, in which commas and semicolons mean nothing; without its quotes. */
static span_t read_value(const char **at)
{
    span_t value = {*at, strcspn(*at, " \t;,")};

    if (**at != '"') {
        *at += value.length;
        return value;
    }
    value.at = ++*at;
    while (**at && **at != '"')
        *at += **at == '\\' && (*at)[1] ? 2 : 1;
    value.length = (size_t)(*at - value.at);
    *at += **at == '"';
    return value;
}

static void read_parameter(range_t *range, const char **at)
{
    span_t name = {*at, strcspn(*at, " \t=;,")};
    span_t value;

    *at += name.length;
    if (**at != '=') {
        range->is_other = range->is_other || name.length > 0;
        return;
    }
    ++*at;
    if (is(name, "q")) {
        range->weight = atd_accept_weight(at);
        *at += strcspn(*at, ";,");
        return;
    }
    value = read_value(at);
    range->parameters++;
    if (is(name, "variant") && is(value, "GFM"))
        range->is_gfm = true;
    else if (!is(name, "charset") || !is(value, "utf-8"))
        range->is_other = true;
}

/* Up to the comma behind it, or the end. */
static range_t read_range(const char **at)
{
    range_t range = {.type = {*at, strcspn(*at, " \t;,")}, .weight = 1000};

    *at = skip_space(*at + range.type.length);
    while (**at && **at != ',') {
        if (**at == ';') {
            *at = skip_space(*at + 1);
            read_parameter(&range, at);
        } else {
            range.is_other = true; /* "text/html foo" */
            *at += strcspn(*at, ";,");
        }
        *at = skip_space(*at);
    }
    range.weight = range.weight < 0 ? 0 : range.weight;
    return range;
}

/* ---- which type it counts for ---- */

typedef struct wish_t {
    const char *type;
    int weight;
    int specificity; /* of the range that it was taken from */
    bool is_named;
} wish_t;

/* How closely @p range names @p type; 0 where it doesn't. */
static int specificity_of(const range_t *range, const char *type)
{
    if (range->is_other)
        return 0;
    if (is(range->type, "*/*"))
        return 1;
    if (is(range->type, "text/*"))
        return 2;
    return is(range->type, type) ? 3 + range->parameters : 0;
}

static void consider(wish_t *wish, const range_t *range)
{
    int specificity = specificity_of(range, wish->type);

    if (specificity == 0 || specificity < wish->specificity)
        return;
    if (specificity > wish->specificity || range->weight > wish->weight)
        wish->weight = range->weight;
    wish->specificity = specificity;
    wish->is_named = specificity >= 3;
}

/* What nearly no client says, so that the others cost next to nothing. */
static bool names_markdown(const char *accept)
{
    const char *at = accept;

    while ((at = strpbrk(at, "mM")) != NULL) {
        if (strncasecmp(at, "markdown", strlen("markdown")) == 0)
            return true;
        at++;
    }
    return false;
}

bool atd_accept_prefers_markdown(const char *accept)
{
    wish_t markdown = {.type = "text/markdown"};
    wish_t html = {.type = "text/html"};

    if (!accept || !names_markdown(accept))
        return false;
    for (const char *at = accept; *at; at += *at == ',') {
        range_t range;

        at = skip_space(at);
        range = read_range(&at);
        consider(&markdown, &range);
        if (!range.is_gfm)
            consider(&html, &range);
    }
    return markdown.is_named && markdown.weight > html.weight;
}
