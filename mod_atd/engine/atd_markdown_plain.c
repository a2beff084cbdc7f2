/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_markdown_private.h"

#include <utf8proc.h>

#include <string.h>

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

apr_size_t atd_plain_next(const atd_plain_t *plain)
{
    apr_size_t length = atd_buffer_length(plain->out);

    return length + (plain->gap && length);
}

void atd_plain_gap(atd_plain_t *plain, char gap)
{
    if (plain->gap != '\n')
        plain->gap = gap;
}

/* Appends what is not white space, the gap before it. */
static void add_run(atd_plain_t *plain, const char *run, apr_size_t length)
{
    if (plain->gap && atd_buffer_length(plain->out))
        atd_buffer_putc(plain->out, plain->gap);
    plain->gap = '\0';
    atd_buffer_add(plain->out, run, length);
}

/* True where a run ends: at the last byte of the text, or at white space that isn't just one space within it. */
static bool ends_run(const char *at)
{
    if ((unsigned char)*at > ' ') /* nearly always */
        return false;
    if (!is_space(*at))
        return *at == '\0';
    return *at != ' ' || is_space(at[1]) || at[1] == '\0';
}

void atd_plain_add(atd_plain_t *plain, const char *text)
{
    while (*text) {
        const char *end = text;

        if (is_space(*text)) {
            atd_plain_gap(plain, ' ');
            text++;
            continue;
        }
        while (!ends_run(end))
            end++;
        add_run(plain, text, (apr_size_t)(end - text));
        text = end;
    }
}

/* Code points that are written without spaces between words: from, to; in ascending order. */
static const utf8proc_int32_t unspaced[][2] = {
    {0x0E00, 0x0EFF},   /* Thai, Lao */
    {0x1000, 0x109F},   /* Myanmar */
    {0x1780, 0x17FF},   /* Khmer */
    {0x3005, 0x3007},   /* Han marks and zero */
    {0x3040, 0x30FF},   /* Hiragana, Katakana */
    {0x31F0, 0x31FF},   /* Katakana for Ainu */
    {0x3400, 0x4DBF},   /* Han */
    {0x4E00, 0x9FFF},   /* Han */
    {0xF900, 0xFAFF},   /* Han */
    {0xFF66, 0xFF9F},   /* Katakana of half width */
    {0x20000, 0x3FFFD}, /* Han */
};

static bool is_unspaced(utf8proc_int32_t code)
{
    for (size_t i = 0; i < sizeof unspaced / sizeof *unspaced && code >= unspaced[i][0]; i++)
        if (code <= unspaced[i][1])
            return true;
    return false;
}

typedef enum glyph_t { GLYPH_SPACE, GLYPH_SIGN, GLYPH_LETTER } glyph_t;

static glyph_t glyph_of(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return GLYPH_SPACE;
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return GLYPH_LETTER;
    default:
        return GLYPH_SIGN;
    }
}

static glyph_t ascii_glyph(char byte)
{
    if (byte <= ' ')
        return GLYPH_SPACE;
    if ((byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z'))
        return GLYPH_LETTER;
    return GLYPH_SIGN;
}

/* The glyph at @p *text, which is moved past it; @p code is set. Unicode's tables are asked where there is need. */
static glyph_t next_glyph(const char **text, const char *end, utf8proc_int32_t *code)
{
    utf8proc_ssize_t size;

    if (**text >= 0) {
        *code = *(*text)++;
        return ascii_glyph((char)*code);
    }
    size = utf8proc_iterate((const utf8proc_uint8_t *)*text, end - *text, code);
    *text += size > 0 ? size : 1;
    return size > 0 ? glyph_of(*code) : GLYPH_SIGN;
}

/* Past the rest of a word, as far as it is ASCII. */
static const char *skip_ascii(const char *text, const char *end)
{
    while (text<end && * text> ' ')
        text++;
    return text;
}

apr_size_t atd_plain_words(const char *text, apr_size_t length)
{
    const char *end = text + length;
    apr_size_t halves = 0;
    bool in_word = false;

    while (text < end) {
        utf8proc_int32_t code;
        glyph_t glyph = next_glyph(&text, end, &code);

        if (glyph == GLYPH_SPACE) {
            in_word = false;
        } else if (glyph == GLYPH_LETTER && is_unspaced(code)) {
            halves++;
            in_word = false;
        } else if (glyph == GLYPH_LETTER && !in_word) {
            halves += 2;
            in_word = true;
        }
        if (in_word)
            text = skip_ascii(text, end);
    }
    return (halves + 1) / 2;
}
