/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_tokenizer.h"

#include "base/atd_limits.h"

#include <utf8proc.h>

#include <stdint.h>
#include <string.h>

/* The longest decomposition has 18 code points (U+FDFA). */
#define FOLDED_MAX 32

#define APOSTROPHE_LETTER 0x02BC /* Unicode calls it a letter */
#define TATWEEL 0x0640           /* Arabic's stretching, a letter as well */

typedef unsigned char byte_t;

/* What an ASCII letter or digit is folded to; 0 for all other bytes. */
static const byte_t ascii[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8',
    ['9'] = '9', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h',
    ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q',
    ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
    ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i',
    ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
};

/* ---- characters ---- */

typedef enum kind_t {
    NONE,       /* separates tokens */
    LETTER,     /* of a word */
    SINGLE,     /* a token of its own */
    MARK,       /* belongs to the letter before it */
    APOSTROPHE, /* belongs to a word where a letter follows */
} kind_t;

typedef struct character_t {
    utf8proc_int32_t code;
    const byte_t *end;
    const utf8proc_property_t *property;
    kind_t kind;
} character_t;

typedef struct range_t {
    utf8proc_int32_t first;
    utf8proc_int32_t last;
} range_t;

/* Scripts without blanks between words, in Unicode's order. */
static const range_t singles[] = {
    {0x0E00, 0x0EFF},   /* Thai, Lao */
    {0x1000, 0x109F},   /* Myanmar */
    {0x1780, 0x17FF},   /* Khmer */
    {0x3005, 0x3007},   /* Han's marks of repetition and zero */
    {0x3021, 0x3029},   /* Suzhou numerals */
    {0x3041, 0x30FF},   /* Hiragana, Katakana */
    {0x31F0, 0x31FF},   /* Katakana for Ainu */
    {0x3400, 0x4DBF},   /* Han */
    {0x4E00, 0x9FFF},   /* Han */
    {0xA9E0, 0xA9FF},   /* Myanmar */
    {0xAA60, 0xAA7F},   /* Myanmar */
    {0xF900, 0xFAFF},   /* Han for compatibility */
    {0xFF66, 0xFF9F},   /* Katakana of half the width */
    {0x1AFF0, 0x1B16F}, /* Kana */
    {0x20000, 0x3FFFF}, /* Han */
};

static bool is_single(utf8proc_int32_t code)
{
    size_t at = 0;

    while (at < sizeof singles / sizeof *singles && code > singles[at].last)
        at++;
    return at < sizeof singles / sizeof *singles && code >= singles[at].first;
}

static bool is_letter(const utf8proc_property_t *property)
{
    return (property->category >= UTF8PROC_CATEGORY_LU && property->category <= UTF8PROC_CATEGORY_LO) ||
           (property->category >= UTF8PROC_CATEGORY_ND && property->category <= UTF8PROC_CATEGORY_NO);
}

static bool is_mark(const utf8proc_property_t *property)
{
    return property->category >= UTF8PROC_CATEGORY_MN && property->category <= UTF8PROC_CATEGORY_ME;
}

static kind_t kind_of(utf8proc_int32_t code, const utf8proc_property_t *property)
{
    switch (code) {
    case '\'':
    case APOSTROPHE_LETTER:
    case 0x2019:
        return APOSTROPHE;
    case TATWEEL:
    case 0xFF9E: /* voicing of half the width */
    case 0xFF9F:
        return MARK;
    case 0x200B: /* ignorable, but there to separate words */
        return NONE;
    }
    if (is_mark(property) || property->ignorable) /* also letters without a form, such as Hangul's fillers */
        return MARK;
    if (!is_letter(property))
        return NONE;
    return is_single(code) ? SINGLE : LETTER;
}

/* The character at @p at, which is not the end. */
static void read_character(character_t *character, const byte_t *at, const byte_t *end)
{
    utf8proc_ssize_t size = utf8proc_iterate(at, end - at, &character->code);

    if (size <= 0) { /* not UTF-8 */
        character->end = at + 1;
        character->kind = NONE;
        return;
    }
    character->end = at + size;
    character->property = utf8proc_get_property(character->code);
    character->kind = kind_of(character->code, character->property);
}

/* ---- tokens ---- */

typedef struct token_t {
    const byte_t *start;
    const byte_t *end;
    unsigned size;
    unsigned limit; /* less than ATD_MAX_TOKEN once a character did not fit */
    byte_t bytes[ATD_MAX_TOKEN + 1];
} token_t;

static void put(token_t *token, utf8proc_int32_t code)
{
    utf8proc_uint8_t bytes[4];
    unsigned size = (unsigned)utf8proc_encode_char(code, bytes);

    if (size > token->limit - token->size) {
        token->limit = token->size;
        return;
    }
    memcpy(token->bytes + token->size, bytes, size);
    token->size += size;
}

/* Of the marks those that have no combining class, and kana's voicing (8) and viramas (9). */
static bool is_kept_mark(const utf8proc_property_t *property)
{
    return is_mark(property) && property->category != UTF8PROC_CATEGORY_ME &&
           (property->combining_class == 0 || property->combining_class == 8 || property->combining_class == 9);
}

/* Also what compatibility characters are made of, such as the apostrophe of U+0149. */
static bool is_kept(utf8proc_int32_t code, const utf8proc_property_t *property)
{
    if (property->ignorable || code == APOSTROPHE_LETTER || code == TATWEEL)
        return false;
    return is_letter(property) || is_kept_mark(property);
}

static bool is_hangul(utf8proc_int32_t code)
{
    return code >= 0xAC00 && code <= 0xD7A3;
}

static void put_folded(token_t *token, const character_t *character)
{
    utf8proc_int32_t codes[FOLDED_MAX];
    utf8proc_ssize_t count;
    int boundary = 0;

    if (character->property->casefold_seqindex == UINT16_MAX && character->property->decomp_seqindex == UINT16_MAX &&
        !is_hangul(character->code)) { /* nothing to fold */
        if (is_kept(character->code, character->property))
            put(token, character->code);
        return;
    }
    count = utf8proc_decompose_char(character->code, codes, FOLDED_MAX,
                                    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, &boundary);
    for (utf8proc_ssize_t i = 0; i < count && i < FOLDED_MAX; i++) {
        if (is_kept(codes[i], utf8proc_get_property(codes[i])))
            put(token, codes[i]);
    }
}

/* Past the ASCII letters at @p at. */
static const byte_t *read_ascii(token_t *token, const byte_t *at, const byte_t *end)
{
    unsigned size = token->size;
    unsigned limit = token->limit;
    byte_t folded;

    for (; at < end && (folded = ascii[*at]) != 0; at++) {
        token->bytes[size] = folded; /* of which there is one more than the limit */
        size += size < limit;
    }
    token->size = size;
    return at;
}

/* Past the apostrophe at @p at if a letter follows; else @p at. */
static const byte_t *read_apostrophe(const byte_t *at, const character_t *apostrophe, const byte_t *end)
{
    character_t next;

    if (apostrophe->end == end)
        return at;
    read_character(&next, apostrophe->end, end);
    return next.kind == LETTER ? apostrophe->end : at;
}

/* Past one more character of a word; @p at where it does not belong to it. */
static const byte_t *read_other(token_t *token, const byte_t *at, const byte_t *end)
{
    character_t character;

    read_character(&character, at, end);
    if (character.kind == APOSTROPHE)
        return read_apostrophe(at, &character, end);
    if (character.kind != LETTER && character.kind != MARK)
        return at;
    put_folded(token, &character);
    return character.end;
}

static void read_word(token_t *token, const byte_t *end)
{
    const byte_t *at = token->start;
    const byte_t *before;

    do {
        at = before = read_ascii(token, at, end);
        if (at < end && (*at >= 0x80 || *at == '\''))
            at = read_other(token, at, end);
    } while (at != before);
    token->end = at;
}

static void read_single(token_t *token, const character_t *first, const byte_t *end)
{
    character_t character = *first;

    do {
        put_folded(token, &character);
        token->end = character.end;
        if (character.end < end)
            read_character(&character, character.end, end);
    } while (token->end < end && character.kind == MARK);
}

/* Reads the token at @p at; false, and past what stands there, where none begins. */
static bool read_token(token_t *token, const byte_t *at, const byte_t *end)
{
    character_t first;

    token->start = at;
    token->size = 0;
    token->limit = ATD_MAX_TOKEN;
    if (*at < 0x80) {
        read_word(token, end);
        return true;
    }
    read_character(&first, at, end);
    if (first.kind == LETTER)
        read_word(token, end);
    else if (first.kind == SINGLE)
        read_single(token, &first, end);
    else
        token->end = first.end;
    return token->size > 0;
}

static const byte_t *skip_ascii(const byte_t *at, const byte_t *end)
{
    while (at < end && *at < 0x80 && ascii[*at] == 0)
        at++;
    return at;
}

int atd_tokenizer_run(const char *text, int length, atd_tokenizer_take_fn *take, void *context)
{
    const byte_t *begin = (const byte_t *)text;
    const byte_t *end;
    int result = SQLITE_OK;
    token_t token;

    if (length <= 0)
        return SQLITE_OK;
    end = begin + length;
    for (const byte_t *at = skip_ascii(begin, end); at < end && result == SQLITE_OK; at = skip_ascii(token.end, end)) {
        if (read_token(&token, at, end))
            result = take(context, 0, (const char *)token.bytes, (int)token.size, (int)(token.start - begin),
                          (int)(token.end - begin));
    }
    return result;
}

/* ---- FTS5 ---- */

static int create(void *context, const char **arguments, int count, Fts5Tokenizer **tokenizer)
{
    (void)arguments;
    *tokenizer = context; /* FTS5 wants one, and hands it back */
    return count == 0 ? SQLITE_OK : SQLITE_ERROR;
}

static void discard(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int length,
                    atd_tokenizer_take_fn *take)
{
    (void)tokenizer;
    (void)flags;
    return atd_tokenizer_run(text, length, take, context);
}

/* FTS5 hands out its functions through a parameter: https://www.sqlite.org/fts5.html#extending_fts5 */
static fts5_api *find_api(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    fts5_api *api = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

int atd_tokenizer_register(sqlite3 *db)
{
    static const fts5_tokenizer functions = {.xCreate = create, .xDelete = discard, .xTokenize = tokenize};
    fts5_tokenizer copy = functions;
    fts5_api *api = find_api(db);

    if (!api || api->iVersion < 2)
        return SQLITE_ERROR;
    return api->xCreateTokenizer(api, "atd", api, &copy, NULL);
}
