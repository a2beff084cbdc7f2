/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_text.h"

#include "base/atd_limits.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <utf8proc.h>

#include <stdlib.h>
#include <string.h>

static utf8proc_ssize_t next_code(const char *text, apr_size_t length, utf8proc_int32_t *code)
{
    return utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, code);
}

/* Past the ASCII that begins at @p at, in steps of eight bytes: a few too few may be skipped. */
static apr_size_t skip_ascii(const char *text, apr_size_t at, apr_size_t length)
{
    apr_uint64_t word;

    for (; length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (word & 0x8080808080808080u)
            break;
    }
    return at;
}

apr_size_t atd_text_valid_prefix(const char *text, apr_size_t length)
{
    apr_size_t at = 0;

    while ((at = skip_ascii(text, at, length)) < length) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = 1;

        if ((unsigned char)text[at] >= 0x80)
            size = next_code(text + at, length - at, &code);
        if (size <= 0)
            return at;
        at += (apr_size_t)size;
    }
    return at;
}

void atd_text_put(atd_buffer_t *out, apr_int32_t code)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t size = utf8proc_encode_char(code, bytes);

    if (utf8proc_codepoint_valid(code)) /* no surrogate */
        atd_buffer_add(out, (const char *)bytes, (apr_size_t)size);
}

/* NFC of the whole text, which utf8proc hands out in malloc()'s memory; the text itself where it is not UTF-8. */
static const char *normalize(const char *text, apr_pool_t *pool)
{
    utf8proc_uint8_t *normal = NULL;
    const char *copy = text;

    if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &normal,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE) >= 0)
        copy = apr_pstrdup(pool, (const char *)normal);
    free(normal);
    return copy;
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

static bool is_letter_or_digit(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return true;
    default:
        return false;
    }
}

static bool is_apostrophe(utf8proc_int32_t code)
{
    return code == '\'' || code == 0x2019;
}

/* Appends a letter, behind a `-` after a gap; false, and nothing, where the slug would get too long. */
static bool put_letter(atd_buffer_t *out, utf8proc_int32_t code, bool gap)
{
    apr_size_t before = atd_buffer_length(out);

    if (gap && before > 0)
        atd_buffer_putc(out, '-');
    atd_text_put(out, utf8proc_tolower(code));
    if (atd_buffer_length(out) <= ATD_MAX_SLUG)
        return true;
    atd_buffer_truncate(out, before);
    return false;
}

const char *atd_text_slug(const char *text, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, ATD_MAX_SLUG, ATD_MAX_SLUG + 8);
    bool gap = false;
    const char *slug;

    if (!is_ascii(text))
        text = normalize(text, pool);
    for (apr_size_t left = strlen(text); left > 0;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = next_code(text, left, &code);

        if (size <= 0) { /* not UTF-8: a gap */
            size = 1;
            code = ' ';
        }
        text += size;
        left -= (apr_size_t)size;
        if (!is_letter_or_digit(code)) {
            gap = gap || !is_apostrophe(code); /* "don't" is one word */
            continue;
        }
        if (!put_letter(out, code, gap))
            break;
        gap = false;
    }
    if (atd_buffer_take(&slug, NULL, out, "the slug"))
        return "";
    return is_ascii(slug) ? slug : normalize(slug, pool); /* an apostrophe that went may have kept two letters apart */
}

/* What nearly every slug is: small letters, digits, and single hyphens between them. */
static bool is_plain_slug(const char *text, apr_size_t length)
{
    bool hyphen = true;

    for (apr_size_t i = 0; i < length; i++) {
        bool word = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9');

        if (!word && (hyphen || text[i] != '-'))
            return false;
        hyphen = !word;
    }
    return !hyphen;
}

bool atd_text_is_slug(const char *text, apr_size_t length, apr_pool_t *scratch)
{
    const char *copy;

    if (length == 0 || length > ATD_MAX_SLUG || memchr(text, '\0', length))
        return false;
    if (is_plain_slug(text, length))
        return true;
    copy = apr_pstrmemdup(scratch, text, length);
    return strcmp(copy, atd_text_slug(copy, scratch)) == 0;
}

const char *atd_text_heading_id(const char *text, apr_pool_t *pool)
{
    apr_size_t left = strlen(text);
    atd_buffer_t *out = atd_buffer_create(pool, left, left * 3 + 4);
    const char *id;

    while (left > 0) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = next_code(text, left, &code);

        if (size <= 0) {
            size = 1;
            code = 0;
        }
        text += size;
        left -= (apr_size_t)size;
        if (code == ' ')
            atd_buffer_putc(out, '-');
        else if (code == '-' || is_letter_or_digit(code) || utf8proc_category(code) == UTF8PROC_CATEGORY_PC)
            atd_text_put(out, utf8proc_tolower(code));
    }
    return atd_buffer_take(&id, NULL, out, "the heading's id") ? "" : id;
}

const char *atd_text_collapse(const char *text, apr_pool_t *pool)
{
    char *copy = apr_palloc(pool, strlen(text) + 1);
    char *to = copy;

    for (; *text; text++) {
        if (!apr_isspace(*text))
            *to++ = *text;
        else if (to > copy && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to > copy && to[-1] == ' ')
        to--;
    *to = '\0';
    return copy;
}

const char *atd_text_excerpt(const char *text, apr_size_t characters, apr_pool_t *pool)
{
    const char *end = text;
    const char *word = NULL;

    for (; *end && characters > 0; characters--) {
        if (*end == ' ')
            word = end;
        end++;
        while (((unsigned char)*end & 0xC0) == 0x80)
            end++;
    }
    if (*end == '\0')
        return text;
    if (*end != ' ' && word)
        end = word;
    return apr_pstrcat(pool, apr_pstrmemdup(pool, text, (apr_size_t)(end - text)), "…", NULL);
}

const char *atd_text_shown(const char *bytes, apr_pool_t *pool)
{
    apr_size_t left = strlen(bytes);
    atd_buffer_t *out = atd_buffer_create(pool, left + 1, left * 3 + 1);
    const char *text;

    while (left > 0) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)left, &code);
        utf8proc_category_t category = size > 0 ? utf8proc_category(code) : UTF8PROC_CATEGORY_CC;

        size = size > 0 ? size : 1;
        if (category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CN)
            atd_text_put(out, 0xFFFD);
        else
            atd_buffer_add(out, bytes, (apr_size_t)size);
        bytes += size;
        left -= (apr_size_t)size;
    }
    return atd_buffer_take(&text, NULL, out, "the text") ? "" : text;
}

/* ---- distance ---- */

static unsigned read_codes(apr_int32_t *codes, const char *text)
{
    apr_size_t left = strlen(text);
    unsigned count = 0;

    while (left > 0) {
        utf8proc_int32_t code;
        utf8proc_ssize_t size = next_code(text, left, &code);

        if (size <= 0) {
            size = 1;
            code = -(unsigned char)*text; /* no code point */
        }
        codes[count++] = code;
        text += size;
        left -= (apr_size_t)size;
    }
    return count;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Three rows of the table of distances; of each only the columns within max of the diagonal are made. */
typedef struct rows_t {
    apr_int32_t a[ATD_MAX_SLUG];
    apr_int32_t b[ATD_MAX_SLUG];
    unsigned row[3][ATD_MAX_SLUG + 2];
} rows_t;

static unsigned make_cell(const rows_t *rows, unsigned i, unsigned j)
{
    const unsigned *above = rows->row[(i + 2) % 3];
    unsigned cell = least(above[j], rows->row[i % 3][j - 1]) + 1;

    cell = least(cell, above[j - 1] + (rows->a[i - 1] != rows->b[j - 1]));
    if (i > 1 && j > 1 && rows->a[i - 1] == rows->b[j - 2] && rows->a[i - 2] == rows->b[j - 1])
        cell = least(cell, rows->row[(i + 1) % 3][j - 2] + 1);
    return cell;
}

/* Makes row @p i; returns the least distance in it. */
static unsigned make_row(rows_t *rows, unsigned i, unsigned length, unsigned max)
{
    unsigned *row = rows->row[i % 3];
    unsigned first = i > max ? i - max : 1;
    unsigned last = least(length, i + max);
    unsigned smallest;

    smallest = row[first - 1] = first == 1 ? i : max + 1;
    for (unsigned j = first; j <= last; j++) {
        row[j] = make_cell(rows, i, j);
        smallest = least(smallest, row[j]);
    }
    row[last + 1] = max + 1; /* which the next row looks at */
    return smallest;
}

unsigned atd_text_distance(const char *a, const char *b, unsigned max)
{
    rows_t rows;
    unsigned a_length;
    unsigned b_length;

    max = least(max, ATD_MAX_SLUG);
    if (strlen(a) > ATD_MAX_SLUG || strlen(b) > ATD_MAX_SLUG)
        return max + 1;
    a_length = read_codes(rows.a, a);
    b_length = read_codes(rows.b, b);
    if (a_length > b_length + max || b_length > a_length + max)
        return max + 1;
    for (unsigned j = 0; j <= b_length; j++)
        rows.row[0][j] = j;
    rows.row[0][b_length + 1] = max + 1;
    for (unsigned i = 1; i <= a_length; i++) {
        if (make_row(&rows, i, b_length, max) > max)
            return max + 1;
    }
    return least(rows.row[a_length % 3][b_length], max + 1);
}
