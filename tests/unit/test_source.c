/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "engine/atd_source.h"

static const atd_place_t start = {.file = "a.md", .line = 1, .column = 1};

static atd_source_t source_n(const char *text, apr_size_t length)
{
    return atd_source_make(text, length, &start, atd_test_pool);
}

static atd_source_t source_of(const char *text)
{
    return source_n(text, strlen(text));
}

START_TEST(byte_order_mark_goes)
{
    atd_source_t source = source_of("\xEF\xBB\xBF"
                                    "a");

    ck_assert_uint_eq(source.length, 1);
    ck_assert_str_eq(source.text, "a");
    source = source_of("\xEF\xBB");
    ck_assert_uint_eq(source.length, 2);
    source = source_of("\xEF\xBB\xBE"
                       "a");
    ck_assert_uint_eq(source.length, 4);
    source = source_n(NULL, 0);
    ck_assert_str_eq(source.text, "");
    ck_assert_str_eq(source.place.file, "a.md");
    ck_assert_ptr_eq(source.pool, atd_test_pool);
}
END_TEST

START_TEST(cursor_moves_by_characters)
{
    const atd_source_t source = source_of("a\xC3\xA9\xF0\x9F\x98\x80\nb\r\nc");
    atd_cursor_t cursor = atd_cursor_make(&source);

    ck_assert_uint_eq(cursor.at, 0);
    atd_cursor_seek(&cursor, &source, 2);
    ck_assert_uint_eq(cursor.at, 3);
    ck_assert_uint_eq(cursor.column, 3);
    atd_cursor_seek(&cursor, &source, 4);
    ck_assert_uint_eq(cursor.at, 8);
    ck_assert_uint_eq(cursor.line, 2);
    ck_assert_uint_eq(cursor.column, 1);
    atd_cursor_seek(&cursor, &source, 1);
    ck_assert_uint_eq(cursor.at, 1);
    ck_assert_uint_eq(cursor.line, 1);
    atd_cursor_seek(&cursor, &source, 1000);
    ck_assert_uint_eq(cursor.at, source.length);
    ck_assert_uint_eq(cursor.character, 8);
    ck_assert_uint_eq(cursor.line, 3);
    ck_assert_uint_eq(cursor.column, 2);
}
END_TEST

START_TEST(offsets_have_places)
{
    const atd_place_t behind = {.file = "b.md", .line = 4, .column = 3};
    const atd_source_t source = atd_source_make("\xC3\xA9x\ny", 5, &behind, atd_test_pool);
    atd_place_t place = atd_source_place(&source, 0);

    ck_assert_str_eq(place.file, "b.md");
    ck_assert_uint_eq(place.line, 4);
    ck_assert_uint_eq(place.column, 3);
    place = atd_source_place(&source, 2);
    ck_assert_uint_eq(place.column, 4);
    place = atd_source_place(&source, 4);
    ck_assert_uint_eq(place.line, 5);
    ck_assert_uint_eq(place.column, 1);
    place = atd_source_place(&source, 99);
    ck_assert_uint_eq(place.line, 5);
    ck_assert_uint_eq(place.column, 2);
}
END_TEST

START_TEST(lines_begin_and_end)
{
    const atd_source_t source = source_of("ab\ncd\r\n\r\nef");

    ck_assert_uint_eq(atd_source_line_start(&source, 0), 0);
    ck_assert_uint_eq(atd_source_line_start(&source, 2), 0);
    ck_assert_uint_eq(atd_source_line_start(&source, 4), 3);
    ck_assert_uint_eq(atd_source_line_start(&source, 11), 9);
    ck_assert_uint_eq(atd_source_line_end(&source, 0), 2);
    ck_assert_uint_eq(atd_source_line_end(&source, 2), 2);
    ck_assert_uint_eq(atd_source_line_end(&source, 3), 5);
    ck_assert_uint_eq(atd_source_line_end(&source, 5), 5);
    ck_assert_uint_eq(atd_source_line_end(&source, 7), 7);
    ck_assert_uint_eq(atd_source_line_end(&source, 9), 11);
    ck_assert_uint_eq(atd_source_line_end(&source, 11), 11);
    ck_assert_uint_eq(atd_source_next_line(&source, 0), 3);
    ck_assert_uint_eq(atd_source_next_line(&source, 3), 7);
    ck_assert_uint_eq(atd_source_next_line(&source, 9), 11);
    ck_assert_uint_eq(atd_source_next_line(&source, 11), 11);
}
END_TEST

START_TEST(error_has_place_and_line)
{
    const atd_place_t second = {.file = "a.md", .line = 2, .column = 1};
    const atd_source_t source = atd_source_make("a: b\r\n\xC3\xA9: d\r\n", 13, &second, atd_test_pool);
    const atd_error_t *error = atd_source_error(&source, 8, ATD_E_YAML, "mend it", "%s is %d", "x", 5);

    ATD_FAILS(error, ATD_E_YAML, 3, 2);
    ck_assert_str_eq(error->file, "a.md");
    ck_assert_str_eq(error->message, "x is 5");
    ck_assert_str_eq(error->hint, "mend it");
    ck_assert_str_eq(error->excerpt, "\xC3\xA9: d");
}
END_TEST

typedef struct fault_t {
    const char *text;
    apr_size_t length;
    unsigned line;
    unsigned column;
    const char *markdown; /* message, or NULL where it is allowed */
    const char *yaml;
} fault_t;

#define TEXT(literal) (literal), sizeof(literal) - 1

static const fault_t faults[] = {
    {TEXT(""), 0, 0, NULL, NULL},
    {TEXT("a\tb\nc\r\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80~"), 0, 0, NULL, NULL},
    {TEXT("\xEF\xBB\xBF"
          "a"),
     0, 0, NULL, NULL},
    {TEXT("a\n\xC3\xA9\xFF"), 2, 2, "not UTF-8: the byte 0xFF", "not UTF-8: the byte 0xFF"},
    {TEXT("a\xC3"), 1, 2, "not UTF-8: the byte 0xC3", "not UTF-8"},
    {TEXT("a\xFF\xFE"), 1, 2, "not UTF-8: the byte 0xFF", "not UTF-8"},
    {TEXT("\xED\xA0\x80"), 1, 1, "not UTF-8: the byte 0xED", "not UTF-8"},
    {TEXT("\xFF"), 1, 1, "not UTF-8: the byte 0xFF", "not UTF-8"},
    {TEXT("\xFF\xFE"
          "a\0"),
     1, 1, "the file is UTF-16", "the file is UTF-16"},
    {TEXT("\xFE\xFF\0a"), 1, 1, "the file is UTF-16", "the file is UTF-16"},
    {TEXT("a\0b"), 1, 2, "a NUL byte", "a NUL byte"},
    {TEXT("a\x01"), 1, 2, "a control character (U+0001)", "a control character (U+0001)"},
    {TEXT("ab\x1B[0m\xFF"), 1, 3, "a control character (U+001B)", "U+001B"},
    {TEXT("a\v"), 1, 2, "a control character (U+000B)", "U+000B"},
    {TEXT("a\f"), 1, 2, NULL, "a control character (U+000C)"},
    {TEXT("a\x7F"), 1, 2, NULL, "a control character (U+007F)"},
    {TEXT("a\xC2\x85"), 1, 2, NULL, "a control character (U+0085)"},
    {TEXT("a\xC2\x9F"), 1, 2, NULL, "a control character (U+009F)"},
    {TEXT("a\xC2\xA0"), 0, 0, NULL, NULL},
    {TEXT("a\xE2\x80\xA8"), 1, 2, NULL, "an invisible line separator or noncharacter (U+2028)"},
    {TEXT("a\xE2\x80\xA9"), 1, 2, NULL, "U+2029"},
    {TEXT("a\xEF\xBF\xBE"), 1, 2, NULL, "U+FFFE"},
    {TEXT("a\xEF\xBF\xBF"), 1, 2, NULL, "U+FFFF"},
    {TEXT("a\rb"), 1, 2, NULL, "a carriage return without a line feed"},
    {TEXT("a\r\nb\r"), 2, 2, NULL, "a carriage return without a line feed"},
};

static void expect(const fault_t *fault, atd_charset_t charset, const char *message)
{
    const atd_source_t source = source_n(fault->text, fault->length);
    const atd_error_t *error = atd_source_check(&source, charset);

    if (!message) {
        ATD_OK(error);
        return;
    }
    ATD_FAILS(error, ATD_E_ENCODING, fault->line, fault->column);
    ck_assert_msg(strstr(error->message, message) != NULL, "%s", error->message);
    ck_assert_ptr_nonnull(error->hint);
}

START_TEST(characters_are_checked)
{
    expect(&faults[_i], ATD_CHARSET_MARKDOWN, faults[_i].markdown);
    expect(&faults[_i], ATD_CHARSET_YAML, faults[_i].yaml);
}
END_TEST

Suite *source_suite(void)
{
    Suite *suite = suite_create("source");
    TCase *tests = atd_test_case(suite, "source");

    tcase_add_test(tests, byte_order_mark_goes);
    tcase_add_test(tests, cursor_moves_by_characters);
    tcase_add_test(tests, offsets_have_places);
    tcase_add_test(tests, lines_begin_and_end);
    tcase_add_test(tests, error_has_place_and_line);
    tcase_add_loop_test(tests, characters_are_checked, 0, (int)(sizeof faults / sizeof *faults));
    return suite;
}
