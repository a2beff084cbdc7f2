/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_search_snippet.h"

#include "base/atd_buffer.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_tokenizer.h"

#include <apr_strings.h>
#include <apr_tables.h>

#include <string.h>

#define WORDS 24                       /* of a snippet */
#define LEAD 6                         /* of them before the first find */
#define LOOKED ((apr_size_t)64 * 1024) /* bytes of a text */
#define ELLIPSIS "\xE2\x80\xA6"

typedef struct token_t {
    const char *bytes;
    int size;
    int start, end; /* in the text */
} token_t;

typedef struct phrase_t {
    apr_array_header_t *tokens; /* of token_t */
    bool beginning;
} phrase_t;

static int take(void *context, int flags, const char *bytes, int size, int start, int end)
{
    apr_array_header_t *tokens = context;

    (void)flags;
    APR_ARRAY_PUSH(tokens, token_t) = (token_t){
        .bytes = apr_pstrmemdup(tokens->pool, bytes, (apr_size_t)size), .size = size, .start = start, .end = end};
    return SQLITE_OK;
}

static apr_array_header_t *tokens_of(const char *text, apr_size_t length, apr_pool_t *pool)
{
    apr_array_header_t *tokens = apr_array_make(pool, 64, sizeof(token_t));

    atd_tokenizer_run(text, (int)length, take, tokens);
    return tokens;
}

/* The quoted phrases of an expression; those behind the parenthesis that ends the first group are excluded ones. */
static apr_array_header_t *phrases_of(const char *match, apr_pool_t *pool)
{
    apr_array_header_t *phrases = apr_array_make(pool, 8, sizeof(phrase_t));
    const char *at = match;

    while (at && *at && *at != ')') {
        const char *end;

        if (*at++ != '"')
            continue;
        end = strchr(at, '"');
        if (!end)
            break;
        APR_ARRAY_PUSH(phrases, phrase_t) = (phrase_t){.tokens = tokens_of(at, (apr_size_t)(end - at), pool),
                                                       .beginning = strncmp(end, "\" *", 3) == 0};
        at = end + 1;
    }
    return phrases;
}

static bool is_like(const token_t *wanted, const token_t *token, bool beginning)
{
    return (beginning ? token->size >= wanted->size : token->size == wanted->size) &&
           memcmp(wanted->bytes, token->bytes, (apr_size_t)wanted->size) == 0;
}

/* How many tokens a phrase has at @p at; 0 where it is not there. */
static int length_at(const phrase_t *phrase, const apr_array_header_t *tokens, int at)
{
    int length = phrase->tokens->nelts;

    if (at + length > tokens->nelts)
        return 0;
    for (int i = 0; i < length; i++) {
        if (!is_like(&APR_ARRAY_IDX(phrase->tokens, i, token_t), &APR_ARRAY_IDX(tokens, at + i, token_t),
                     phrase->beginning && i == length - 1))
            return 0;
    }
    return length;
}

/* For each token how many from there on are found, and by which phrase. */
typedef struct find_t {
    int length, phrase;
} find_t;

static find_t *find_all(const apr_array_header_t *tokens, const apr_array_header_t *phrases, apr_pool_t *pool)
{
    find_t *finds = apr_pcalloc(pool, sizeof *finds * (apr_size_t)(tokens->nelts + 1));

    for (int at = 0; at < tokens->nelts; at++) {
        for (int p = 0; p < phrases->nelts; p++) {
            int length = length_at(&APR_ARRAY_IDX(phrases, p, phrase_t), tokens, at);

            if (length > finds[at].length)
                finds[at] = (find_t){.length = length, .phrase = p};
        }
    }
    return finds;
}

/* Different phrases count much, further ones of the same little. */
static int worth(const find_t *finds, int first, int end)
{
    unsigned seen = 0;
    int sum = 0;

    for (int at = first; at < end; at++) {
        unsigned bit = 1u << (finds[at].phrase % 32);

        if (finds[at].length > 0 && at + finds[at].length <= end) {
            sum += seen & bit ? 1 : WORDS;
            seen |= bit;
        }
    }
    return sum;
}

/* The first token of the best part, which begins shortly before a find. */
static int best_part(const find_t *finds, int count)
{
    int best = 0;
    int most = 0;

    for (int at = 0; at < count; at++) {
        int first = at > LEAD ? at - LEAD : 0;
        int value = finds[at].length ? worth(finds, first, first + WORDS < count ? first + WORDS : count) : 0;

        if (value > most) {
            most = value;
            best = first;
        }
    }
    return count <= WORDS ? 0 : best > count - WORDS ? count - WORDS : best;
}

static void put_plain(atd_buffer_t *out, const char *text, int from, int to)
{
    for (int i = from; i < to; i++)
        atd_buffer_putc(out, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
}

/* From the end of the token before to that of the last one, so that punctuation stays. */
static void put_part(atd_buffer_t *out, const char *text, const apr_array_header_t *tokens, const find_t *finds,
                     int first, int end)
{
    int at = APR_ARRAY_IDX(tokens, first, token_t).start;

    for (int i = first; i < end;) {
        int length = finds[i].length && i + finds[i].length <= end ? finds[i].length : 1;
        int start = APR_ARRAY_IDX(tokens, i, token_t).start;
        int stop = APR_ARRAY_IDX(tokens, i + length - 1, token_t).end;

        put_plain(out, text, at, start);
        atd_buffer_puts(out, finds[i].length ? ATD_SEARCH_MARK : "");
        put_plain(out, text, start, stop);
        atd_buffer_puts(out, finds[i].length ? ATD_SEARCH_MARK_END : "");
        at = stop;
        i += length;
    }
}

const char *atd_search_snippet_make(const char *body, const char *match, apr_pool_t *pool)
{
    apr_size_t whole = body ? strlen(body) : 0;
    apr_size_t length = whole > LOOKED ? atd_text_valid_prefix(body, LOOKED) : whole;
    apr_array_header_t *tokens = tokens_of(body, length, pool);
    const find_t *finds = find_all(tokens, phrases_of(match, pool), pool);
    int first = best_part(finds, tokens->nelts);
    int end = first + WORDS < tokens->nelts ? first + WORDS : tokens->nelts;
    atd_buffer_t *out = atd_buffer_create(pool, 512, 4 * LOOKED);
    const char *text;

    if (tokens->nelts == 0)
        return "";
    atd_buffer_puts(out, first > 0 ? ELLIPSIS : "");
    put_part(out, body, tokens, finds, first, end);
    if (end < tokens->nelts || length < whole)
        atd_buffer_puts(out, ELLIPSIS);
    else
        put_plain(out, body, APR_ARRAY_IDX(tokens, end - 1, token_t).end, (int)length);
    if (atd_buffer_take(&text, NULL, out, "the snippet"))
        return "";
    return atd_search_snippet_html(atd_text_collapse(text, pool), pool);
}
