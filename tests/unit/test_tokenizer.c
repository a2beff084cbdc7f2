/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_buffer.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_tokenizer.h"

#include <apr_strings.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* ---- by itself ---- */

typedef struct found_t {
    atd_buffer_t *tokens; /* each followed by a blank */
    atd_buffer_t *bytes;  /* what each was made of, followed by | */
    const char *text;
    int length;
    int last_end;
    int left; /* tokens to take before the work is ended; negative: all */
} found_t;

static int take(void *context, int flags, const char *token, int size, int start, int end)
{
    found_t *found = context;

    ck_assert_int_eq(flags, 0);
    ck_assert(size > 0 && size <= ATD_MAX_TOKEN);
    ck_assert(start >= found->last_end && start < end && end <= found->length);
    ck_assert_uint_eq(atd_text_valid_prefix(token, (apr_size_t)size), (apr_size_t)size);
    found->last_end = end;
    atd_buffer_add(found->tokens, token, (apr_size_t)size);
    atd_buffer_putc(found->tokens, ' ');
    atd_buffer_add(found->bytes, found->text + start, (apr_size_t)(end - start));
    atd_buffer_putc(found->bytes, '|');
    return found->left-- == 0 ? SQLITE_DONE : SQLITE_OK;
}

static found_t begin(const char *text, int length)
{
    return (found_t){.tokens = atd_buffer_create(atd_test_pool, 256, 1 << 20),
                     .bytes = atd_buffer_create(atd_test_pool, 256, 1 << 20),
                     .text = text,
                     .length = length,
                     .left = -1};
}

static const char *taken(atd_buffer_t *buffer)
{
    const char *text;

    ATD_OK(atd_buffer_take(&text, NULL, buffer, "the tokens"));
    return text;
}

static const char *tokens_of(const char *text)
{
    found_t found = begin(text, (int)strlen(text));

    ck_assert_int_eq(atd_tokenizer_run(text, found.length, take, &found), SQLITE_OK);
    return taken(found.tokens);
}

static const struct {
    const char *text;
    const char *tokens;
    const char *bytes;
} texts[] = {
    {"", "", ""},
    {" .,-\t\n", "", ""},
    {"Hello, World 2 x86_64!", "hello world 2 x86 64 ", "Hello|World|2|x86|64|"},
    {"Über naïve Straße", "uber naive strasse ", "Über|naïve|Straße|"},
    {"o\xCC\x88l.", "ol ", "o\xCC\x88l|"}, /* decomposed */
    {"don't can’t oʼclock", "dont cant oclock ", "don't|can’t|oʼclock|"},
    {"'quoted' ’so’ rock 'n' roll it's' a''b", "quoted so rock n roll its a b ", "quoted|so|rock|n|roll|it's|a|b|"},
    {"é'É '", "ee ", "é'É|"},
    {"a'東", "a 東 ", "a|東|"},
    {"東京都のﾊﾟﾝ", "東 京 都 の ハ\xE3\x82\x9A ン ", "東|京|都|の|ﾊﾟ|ﾝ|"},
    {"カとガ", "カ と カ\xE3\x82\x99 ", "カ|と|ガ|"}, /* voicing tells words apart */
    {"Python3で書く", "python3 て\xE3\x82\x99 書 く ", "Python3|で|書|く|"},
    {"ที่นี่", "ท\xE0\xB8\xB5 น\xE0\xB8\xB5 ", "ที่|นี่|"}, /* Thai: vowels stay, tones go */
    {"हिन्दी में", "हिन्दी में ", "हिन्दी|में|"},
    {"Привет, ЁЛКА", "привет елка ", "Привет|ЁЛКА|"},
    {"ΌΣΟΣ όσος", "οσοσ οσοσ ", "ΌΣΟΣ|όσος|"},
    {"مُحَمَّد كتـــاب", "محمد كتاب ", "مُحَمَّد|كتـــاب|"},
    {"한글", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF ", "한글|"},
    {"ﬁn Ⅳ m² ＡＢＣ１ İ", "fin iv m2 abc1 i ", "ﬁn|Ⅳ|m²|ＡＢＣ１|İ|"},
    {"co\xC2\xADoperate a\xE2\x80\x8B"
     "b",
     "cooperate a b ", "co\xC2\xADoperate|a|b|"}, /* a soft hyphen; a blank of no width */
    {"a\xFF"
     "b \xC3(c\xE2\x82",
     "a b c ", "a|b|c|"},
    {"\xED\xA0\x80x\xC0\xAFy\xF4\x90\x80\x80z", "x y z ", "x|y|z|"},
    {"\xCC\x88 \xCC\x88x 😀y", "x y ", "x|y|"},   /* marks without a letter */
    {"ŉa \xEF\xB9\xB1", "na ", "ŉa|"},           /* an apostrophe and a stretching in compatibility characters */
    {"\xD9\x80\xD9\x80 \xE3\x85\xA4 .", "", ""}, /* letters of which nothing is left */
};

START_TEST(tokens_of_text)
{
    found_t found = begin(texts[_i].text, (int)strlen(texts[_i].text));

    ck_assert_int_eq(atd_tokenizer_run(found.text, found.length, take, &found), SQLITE_OK);
    ck_assert_str_eq(taken(found.tokens), texts[_i].tokens);
    ck_assert_str_eq(taken(found.bytes), texts[_i].bytes);
}
END_TEST

/* Text in one form finds that in another. */
START_TEST(tokens_of_tokens_are_the_same)
{
    const char *once = tokens_of(texts[_i].text);

    ck_assert_str_eq(tokens_of(once), once);
}
END_TEST

START_TEST(long_tokens_are_cut_at_a_character)
{
    char text[ATD_MAX_TOKEN + 40];
    const char *tokens;

    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert_uint_eq(strlen(tokens_of(text)), ATD_MAX_TOKEN + 1);
    memcpy(text + ATD_MAX_TOKEN - 1, "д", 2);
    tokens = tokens_of(text);
    ck_assert_uint_eq(strlen(tokens), ATD_MAX_TOKEN); /* nor does what follows the cut fill the gap */
    memcpy(text + ATD_MAX_TOKEN - 2, "дx", 3);
    ck_assert_uint_eq(strlen(tokens_of(text)), ATD_MAX_TOKEN + 1);
    text[ATD_MAX_TOKEN + 20] = ' ';
    ck_assert(strstr(tokens_of(text), "д aaaaaaa") != NULL); /* the next is whole */
}
END_TEST

START_TEST(length_and_nul_are_respected)
{
    found_t found = begin("ab\0cd ef", 7);

    ck_assert_int_eq(atd_tokenizer_run(found.text, found.length, take, &found), SQLITE_OK);
    ck_assert_str_eq(taken(found.tokens), "ab cd e ");
    ck_assert_int_eq(atd_tokenizer_run(NULL, 0, take, &found), SQLITE_OK);
}
END_TEST

START_TEST(the_taker_can_end_it)
{
    found_t found = begin("a b c d", 7);

    found.left = 1;
    ck_assert_int_eq(atd_tokenizer_run(found.text, found.length, take, &found), SQLITE_DONE);
    ck_assert_str_eq(taken(found.tokens), "a b ");
}
END_TEST

START_TEST(any_bytes_are_taken)
{
    char *text = apr_palloc(atd_test_pool, 4096);
    apr_uint32_t seed = 1;

    for (int round = 0; round < 200; round++) {
        int length = 1 + round * 20;
        found_t found = begin(text, length);

        for (int i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)(seed >> 24);
        }
        ck_assert_int_eq(atd_tokenizer_run(text, length, take, &found), SQLITE_OK);
    }
}
END_TEST

/* ---- within FTS5 ---- */

static sqlite3 *open_table(void)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(atd_tokenizer_register(db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "CREATE TABLE texts(id INTEGER PRIMARY KEY, title, body);"
                                  "CREATE VIRTUAL TABLE words USING fts5(title, body, content='texts',"
                                  " content_rowid='id', tokenize='atd');"
                                  "INSERT INTO texts VALUES(1, 'Über uns', 'Die Straße nach Köln, don’t panic'),"
                                  "(2, '東京都', '京都の naïve Künstler'), (3, '', NULL);"
                                  "INSERT INTO words(words) VALUES('rebuild');",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static const char *ask(sqlite3 *db, const char *sql, const char *match)
{
    sqlite3_stmt *statement;
    const char *answer = "";

    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_bind_text(statement, 1, match, -1, SQLITE_STATIC);
    while (sqlite3_step(statement) == SQLITE_ROW)
        answer = apr_pstrcat(atd_test_pool, answer, sqlite3_column_text(statement, 0), ";", NULL);
    ck_assert_msg(sqlite3_finalize(statement) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    return answer;
}

static const char *const finds[][2] = {
    {"uber", "1;"},   {"STRASSE", "1;"}, {"\"dont panic\"", "1;"}, {"koln", "1;"},    {"\"東京\"", "2;"},
    {"\"京東\"", ""}, {"kun*", "2;"},    {"NAIVE", "2;"},          {"body:京", "2;"},
};

START_TEST(words_are_found)
{
    sqlite3 *db = open_table();

    ck_assert_str_eq(ask(db, "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY bm25(words, 10, 1)", finds[_i][0]),
                     finds[_i][1]);
    sqlite3_close(db);
}
END_TEST

START_TEST(finds_are_marked_where_they_stand)
{
    sqlite3 *db = open_table();

    ck_assert_str_eq(ask(db, "SELECT highlight(words, 1, '[', ']') FROM words WHERE words MATCH ?1", "strasse dont"),
                     "Die [Straße] nach Köln, [don’t] panic;");
    ck_assert_str_eq(ask(db, "SELECT snippet(words, 0, '[', ']', '', 8) FROM words WHERE words MATCH ?1", "\"京都\""),
                     "東[京都];");
    sqlite3_close(db);
}
END_TEST

START_TEST(the_index_stays_whole)
{
    sqlite3 *db = open_table();

    ck_assert_int_eq(sqlite3_exec(db,
                                  "INSERT INTO words(words, rowid, title, body) SELECT 'delete', * FROM texts"
                                  " WHERE id = 1;"
                                  "UPDATE texts SET title = 'Anders' WHERE id = 1;"
                                  "INSERT INTO words(rowid, title, body) SELECT * FROM texts WHERE id = 1;"
                                  "INSERT INTO words(words, rank) VALUES('integrity-check', 1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_str_eq(ask(db, "SELECT rowid FROM words WHERE words MATCH ?1", "uber"), "");
    ck_assert_str_eq(ask(db, "SELECT rowid FROM words WHERE words MATCH ?1", "anders"), "1;");
    sqlite3_close(db);
}
END_TEST

START_TEST(it_takes_no_arguments)
{
    sqlite3 *db = open_table();

    ck_assert_int_ne(sqlite3_exec(db, "CREATE VIRTUAL TABLE t USING fts5(a, tokenize='atd x')", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
}
END_TEST

Suite *tokenizer_suite(void)
{
    Suite *suite = suite_create("tokenizer");
    TCase *tests = atd_test_case(suite, "tokenizer");

    tcase_add_loop_test(tests, tokens_of_text, 0, COUNT(texts));
    tcase_add_loop_test(tests, tokens_of_tokens_are_the_same, 0, COUNT(texts));
    tcase_add_test(tests, long_tokens_are_cut_at_a_character);
    tcase_add_test(tests, length_and_nul_are_respected);
    tcase_add_test(tests, the_taker_can_end_it);
    tcase_add_test(tests, any_bytes_are_taken);
    tcase_add_loop_test(tests, words_are_found, 0, COUNT(finds));
    tcase_add_test(tests, finds_are_marked_where_they_stand);
    tcase_add_test(tests, the_index_stays_whole);
    tcase_add_test(tests, it_takes_no_arguments);
    return suite;
}
