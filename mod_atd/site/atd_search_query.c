/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_search_query.h"

#include "base/atd_buffer.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_tokenizer.h"

#include <utf8proc.h>

#include <string.h>

/* Each byte can become U+FFFD, each term gets quotes and an operator. */
#define SHOWN_MAX (ATD_MAX_QUERY * 3)
#define MATCH_MAX (SHOWN_MAX + ATD_MAX_QUERY_TERMS * 16 + 16)

/* ---- the text ---- */

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static apr_size_t cut(const char *text)
{
    apr_size_t length = strnlen(text, ATD_MAX_QUERY + 1);

    if (length <= ATD_MAX_QUERY)
        return length;
    length = ATD_MAX_QUERY;
    while (length > ATD_MAX_QUERY - 3 && is_continuation(text[length]))
        length--;
    return length;
}

static bool is_blank(utf8proc_int32_t code)
{
    utf8proc_category_t category = utf8proc_category(code);

    return (code >= '\t' && code <= '\r') || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

static bool is_shown(utf8proc_int32_t code)
{
    return utf8proc_category(code) != UTF8PROC_CATEGORY_CC && utf8proc_category(code) != UTF8PROC_CATEGORY_CN;
}

static const char *make_shown(const char *text, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, ATD_MAX_QUERY, SHOWN_MAX);
    bool blank = false;
    const char *shown;

    for (apr_size_t left = cut(text); left > 0;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)left, &code);

        if (size <= 0) {
            size = 1;
            code = 0xFFFD;
        }
        text += size;
        left -= (apr_size_t)size;
        if (is_blank(code)) {
            blank = true;
            continue;
        }
        if (blank && atd_buffer_length(out) > 0)
            atd_buffer_putc(out, ' ');
        blank = false;
        atd_text_put(out, is_shown(code) ? code : 0xFFFD);
    }
    return atd_buffer_take(&shown, NULL, out, "the query") ? "" : shown;
}

/* ---- terms ---- */

typedef struct term_t {
    const char *text;
    int length;
    bool phrase;
    bool starred; /* a * stands behind it */
    bool excluded;
    bool beginning; /* its last token can be the beginning of words */
} term_t;

typedef struct terms_t {
    term_t term[ATD_MAX_QUERY_TERMS];
    unsigned count;
    unsigned wanted;
} terms_t;

/* Bytes of the double quote at @p at, also of what phones put in its place (U+201C to U+201E); 0 for anything else. */
static apr_size_t quote_size(const char *at)
{
    if (*at == '"')
        return 1;
    return strncmp(at, "\xE2\x80\x9C", 3) == 0 || strncmp(at, "\xE2\x80\x9D", 3) == 0 ||
                   strncmp(at, "\xE2\x80\x9E", 3) == 0
               ? 3
               : 0;
}

static const char *find_quote(const char *at)
{
    while (*at && !quote_size(at))
        at++;
    return at;
}

static const char *find_word_end(const char *at)
{
    while (*at && *at != ' ' && !quote_size(at))
        at++;
    return at;
}

/* Reads the term at @p at, which is no blank; returns what comes behind it. */
static const char *read_term(term_t *term, const char *at)
{
    const char *end;

    *term = (term_t){.excluded = *at == '-'};
    at += term->excluded;
    term->phrase = quote_size(at) > 0;
    at += quote_size(at);
    end = term->phrase ? find_quote(at) : find_word_end(at);
    term->text = at;
    term->length = (int)(end - at);
    if (term->phrase) {
        end += quote_size(end);
        term->starred = *end == '*';
    } else {
        term->starred = end > at && end[-1] == '*';
    }
    return end;
}

/* The last token decides: the beginning "a" would be that of too many words. */
static int weigh_token(void *context, int flags, const char *token, int size, int start, int end)
{
    term_t *term = context;
    int characters = 0;

    (void)flags;
    (void)start;
    (void)end;
    for (int i = 0; i < size; i++)
        characters += !is_continuation(token[i]);
    term->beginning = characters >= 2 || size >= 3;
    return SQLITE_OK;
}

static int stop(void *context, int flags, const char *token, int size, int start, int end)
{
    (void)context;
    (void)flags;
    (void)token;
    (void)size;
    (void)start;
    (void)end;
    return SQLITE_DONE;
}

static bool has_token(const term_t *term)
{
    return atd_tokenizer_run(term->text, term->length, stop, NULL) == SQLITE_DONE;
}

static void read_terms(terms_t *terms, const char *text)
{
    terms->count = terms->wanted = 0;
    while (*text && terms->count < ATD_MAX_QUERY_TERMS) {
        term_t *term = &terms->term[terms->count];

        if (*text == ' ') {
            text++;
            continue;
        }
        text = read_term(term, text);
        if (!has_token(term))
            continue;
        atd_tokenizer_run(term->text, term->length, weigh_token, term);
        terms->count++;
        terms->wanted += !term->excluded;
    }
    if (*text == '\0' && terms->count > 0 && !terms->term[terms->count - 1].phrase &&
        !terms->term[terms->count - 1].excluded)
        terms->term[terms->count - 1].starred = true;
}

/* ---- the expression ---- */

/* No term has a double quote in it. */
static void put_terms(atd_buffer_t *out, const terms_t *terms, bool excluded, const char *between)
{
    bool first = true;

    for (unsigned i = 0; i < terms->count; i++) {
        const term_t *term = &terms->term[i];

        if (term->excluded != excluded)
            continue;
        if (!first)
            atd_buffer_puts(out, between);
        first = false;
        atd_buffer_putc(out, '"');
        atd_buffer_add(out, term->text, (apr_size_t)term->length);
        atd_buffer_puts(out, term->starred && term->beginning ? "\" *" : "\"");
    }
}

void atd_search_query_parse(atd_search_query_t *query, const char *text, apr_pool_t *pool)
{
    terms_t terms;
    atd_buffer_t *out;

    *query = (atd_search_query_t){.shown = make_shown(text, pool)};
    read_terms(&terms, query->shown);
    if (terms.wanted == 0)
        return;
    out = atd_buffer_create(pool, 2 * ATD_MAX_QUERY, MATCH_MAX);
    atd_buffer_putc(out, '(');
    put_terms(out, &terms, false, " AND ");
    atd_buffer_putc(out, ')');
    if (terms.wanted < terms.count) {
        atd_buffer_puts(out, " NOT (");
        put_terms(out, &terms, true, " OR ");
        atd_buffer_putc(out, ')');
    }
    if (atd_buffer_take(&query->match, NULL, out, "the expression"))
        query->match = NULL;
}
