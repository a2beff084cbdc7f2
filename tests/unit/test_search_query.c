/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_search_query.h"
#include "site/atd_tokenizer.h"

#include <apr_strings.h>
#include <stdlib.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static atd_search_query_t parse(const char *text)
{
    atd_search_query_t query;

    atd_search_query_parse(&query, text, atd_test_pool);
    return query;
}

static const struct {
    const char *text;
    const char *match;
    const char *shown;
} queries[] = {
    {"", NULL, ""},
    {" \t\n ", NULL, ""},
    {"!?% () \"\" * - 😀", NULL, "!?% () \"\" * - 😀"},
    {"salt", "(\"salt\" *)", "salt"},
    {"  salt \t and\nPepper ", "(\"salt\" AND \"and\" AND \"Pepper\" *)", "salt and Pepper"},
    {"s", "(\"s\")", "s"},
    {"a* bc", "(\"a*\" AND \"bc\" *)", "a* bc"},
    {"sal* pepper", "(\"sal*\" * AND \"pepper\" *)", "sal* pepper"},
    {"\"black pepper\"", "(\"black pepper\")", "\"black pepper\""},
    {"\"black pep\"* x", "(\"black pep\" * AND \"x\")", "\"black pep\"* x"},
    {"\"black pepper", "(\"black pepper\")", "\"black pepper"},
    {"“black pepper” salt", "(\"black pepper\" AND \"salt\" *)", "“black pepper” salt"},
    {"a\"b c\"d", "(\"a\" AND \"b c\" AND \"d\")", "a\"b c\"d"},
    {"-salt", NULL, "-salt"},
    {"salt -pepper -\"a b\"", "(\"salt\") NOT (\"pepper\" OR \"a b\")", "salt -pepper -\"a b\""},
    {"-pepper salt", "(\"salt\" *) NOT (\"pepper\")", "-pepper salt"},
    {"salt -pep*", "(\"salt\") NOT (\"pep*\" *)", "salt -pep*"},
    {"salt - pepper", "(\"salt\" AND \"pepper\" *)", "salt - pepper"},
    {"well-known", "(\"well-known\" *)", "well-known"},
    {"x-y", "(\"x-y\")", "x-y"}, /* "y" is too short a beginning */
    {"salt AND NOT pepper", "(\"salt\" AND \"AND\" AND \"NOT\" AND \"pepper\" *)", "salt AND NOT pepper"},
    {"title:salt", "(\"title:salt\" *)", "title:salt"},
    {"NEAR(a b, 5)", "(\"NEAR(a\" AND \"b,\" AND \"5)\")", "NEAR(a b, 5)"},
    {"^salt + (pepper)", "(\"^salt\" AND \"(pepper)\" *)", "^salt + (pepper)"},
    {"salt !", "(\"salt\" *)", "salt !"},
    {"東京　大阪", "(\"東京\" AND \"大阪\" *)", "東京 大阪"},
    {"京", "(\"京\" *)", "京"},
    {"a\xFF"
     "b\x01",
     "(\"a\xEF\xBF\xBD"
     "b\xEF\xBF\xBD\")",
     "a\xEF\xBF\xBD"
     "b\xEF\xBF\xBD"},
};

START_TEST(expression_of_text)
{
    atd_search_query_t query = parse(queries[_i].text);

    if (queries[_i].match)
        ck_assert_pstr_eq(query.match, queries[_i].match);
    else
        ck_assert_ptr_null(query.match);
    ck_assert_str_eq(query.shown, queries[_i].shown);
}
END_TEST

START_TEST(long_text_is_cut_at_a_character)
{
    char text[ATD_MAX_QUERY + 100];

    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    ck_assert_uint_eq(strlen(parse(text).shown), ATD_MAX_QUERY);
    memcpy(text + ATD_MAX_QUERY - 1, "é", 2);
    ck_assert_uint_eq(strlen(parse(text).shown), ATD_MAX_QUERY - 1);
    memcpy(text + ATD_MAX_QUERY - 2, "éa", 3);
    ck_assert_uint_eq(strlen(parse(text).shown), ATD_MAX_QUERY);
    memset(text, 0xFF, sizeof text - 1); /* each becomes three bytes */
    ck_assert_uint_eq(strlen(parse(text).shown), (size_t)ATD_MAX_QUERY * 3);
}
END_TEST

START_TEST(many_terms_are_bounded)
{
    const char *text = "";
    const char *match;
    int count = 0;

    for (int i = 0; i < ATD_MAX_QUERY_TERMS + 4; i++)
        text = apr_psprintf(atd_test_pool, "%sw%d ", text, i);
    match = parse(text).match;
    for (const char *at = match; (at = strstr(at, "\"w")) != NULL; at++)
        count++;
    ck_assert_int_eq(count, ATD_MAX_QUERY_TERMS);
    ck_assert_ptr_null(strchr(match, '*')); /* what was typed last is not the last of them */
}
END_TEST

/* ---- against FTS5 ---- */

typedef struct table_t {
    sqlite3 *db;
    sqlite3_stmt *search;
} table_t;

static void open_table(table_t *table)
{
    ck_assert_int_eq(sqlite3_open(":memory:", &table->db), SQLITE_OK);
    ck_assert_int_eq(atd_tokenizer_register(table->db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(table->db,
                     "CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize='atd');"
                     "INSERT INTO words VALUES('Salt', 'salt and black pepper'), ('Pepper', 'a b c 東京都'),"
                     "('Not', 'near and or not title ^ + x')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(table->db,
                                        "SELECT rowid, snippet(words, -1, char(2), char(3), '…', 8) FROM words"
                                        " WHERE words MATCH ?1 ORDER BY bm25(words, 10, 1) LIMIT 10",
                                        -1, &table->search, NULL),
                     SQLITE_OK);
}

static void close_table(table_t *table)
{
    sqlite3_finalize(table->search);
    ck_assert_int_eq(sqlite3_close(table->db), SQLITE_OK);
}

/* The rows found, such as "13": each a digit. */
static const char *search(table_t *table, const char *text)
{
    const char *match = parse(text).match;
    const char *rows = "";
    int result;

    if (!match)
        return rows;
    sqlite3_bind_text(table->search, 1, match, -1, SQLITE_STATIC);
    while ((result = sqlite3_step(table->search)) == SQLITE_ROW)
        rows = apr_psprintf(atd_test_pool, "%s%d", rows, sqlite3_column_int(table->search, 0));
    ck_assert_msg(result == SQLITE_DONE, "%s: %s", match, sqlite3_errmsg(table->db));
    sqlite3_reset(table->search);
    return rows;
}

START_TEST(queries_are_no_errors)
{
    table_t table;

    open_table(&table);
    search(&table, queries[_i].text);
    close_table(&table);
}
END_TEST

static const char *const nasty[] = {
    "\"",
    "\"\"",
    "\"\"\"a",
    "*",
    "a**",
    "**a",
    "\"a\"*",
    "\"a\"**b",
    "-",
    "--",
    "--a b",
    "-\"",
    "-*",
    "a -\"",
    "a - - b",
    "a -b -c -d",
    "NEAR",
    "NEAR(",
    "NEAR(a b)",
    "a NEAR/2 b",
    "AND",
    "OR",
    "NOT",
    "NOT a",
    "a AND",
    "a OR OR b",
    "(",
    ")",
    "((((((((a",
    "a)",
    "title:",
    "title : a",
    "{title body} : a",
    "- title : a",
    "-{title}:a",
    ":a",
    "^",
    "^a",
    "a + b",
    "+",
    "a +",
    "a;DROP TABLE words",
    "' OR 1=1 --",
    "a'b",
    "\\",
    "\\\"a",
    "a\\\"b\"",
    "%",
    "_",
    "a\xC2",
    "\xC2\"",
    "a\xE2\x80",
    "\xE2\x80\x9C",
    "“",
    "”a“",
    "„a“",
    "words MATCH 'a'",
    "rank MATCH 'x'",
    "\x7F",
    "a\x02\x03",
    "<b>a</b>",
    "\xF0\x9F\x98\x80 a",
    "\xEF\xBB\xBFx",
    "\xE3\x80\x80\xE3\x80\x80",
    "\xCC\x88\xCC\x88",
    "\"\xCC\x88\"",
    "-\xCC\x88 a",
};

START_TEST(nasty_queries_are_no_errors)
{
    table_t table;

    open_table(&table);
    search(&table, nasty[_i]);
    close_table(&table);
}
END_TEST

/* Half of the bytes are of those that mean something to FTS5. */
START_TEST(random_queries_are_no_errors)
{
    static const char special[] = "\"\"**--()+^:{},' aNOTANDEAR\xE2\x80\x9C\xC3";
    int rounds = getenv("ATD_QUICK") ? 5000 : 100000;
    apr_uint32_t seed = 42;
    apr_pool_t *kept = atd_test_pool;
    table_t table;

    open_table(&table);
    apr_pool_create(&atd_test_pool, kept);
    for (int round = 0; round < rounds; round++) {
        char text[ATD_MAX_QUERY + 32];
        int length;

        seed = seed * 1664525 + 1013904223;
        length = (int)((seed >> 16) % (round % 8 ? 24 : sizeof text - 1));
        for (int i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = seed >> 31 ? special[(seed >> 8) % (sizeof special - 1)] : (char)((seed >> 16) % 255 + 1);
        }
        text[length] = '\0';
        search(&table, text);
        apr_pool_clear(atd_test_pool);
    }
    apr_pool_destroy(atd_test_pool);
    atd_test_pool = kept;
    close_table(&table);
}
END_TEST

static const char *const finds[][2] = {
    {"salt", "1"},
    {"PEPP", "21"},
    {"salt pepper", "1"},
    {"\"pepper black\"", ""},
    {"\"black pepper\"", "1"},
    {"pepper -salt", "2"},
    {"京都", "2"},
    {"都京", ""},
    {"not", "3"},
    {"bl* salt", "1"},
    {"pepper zzz", ""},
};

START_TEST(rows_are_found)
{
    table_t table;

    open_table(&table);
    ck_assert_str_eq(search(&table, finds[_i][0]), finds[_i][1]);
    close_table(&table);
}
END_TEST

Suite *search_query_suite(void)
{
    Suite *suite = suite_create("search query");
    TCase *tests = atd_test_case(suite, "search query");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, expression_of_text, 0, COUNT(queries));
    tcase_add_test(tests, long_text_is_cut_at_a_character);
    tcase_add_test(tests, many_terms_are_bounded);
    tcase_add_loop_test(tests, queries_are_no_errors, 0, COUNT(queries));
    tcase_add_loop_test(tests, nasty_queries_are_no_errors, 0, COUNT(nasty));
    tcase_add_test(tests, random_queries_are_no_errors);
    tcase_add_loop_test(tests, rows_are_found, 0, COUNT(finds));
    return suite;
}
