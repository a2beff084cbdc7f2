/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_field.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <stddef.h>

typedef struct record_t {
    const char *text, *url;
    atd_date_t date;
    atd_flag_t flag;
    bool toggle;
    apr_int64_t number;
    const atd_value_t *words, *list, *map, *any;
} record_t;

#define AT(member) offsetof(record_t, member)

static const atd_field_t rows[] = {
    {.names = {"text", "old.text", "other"}, .kind = ATD_KIND_TEXT, .offset = AT(text)},
    {.names = {"url"}, .kind = ATD_KIND_URL, .offset = AT(url)},
    {.names = {"date"}, .kind = ATD_KIND_DATE, .offset = AT(date)},
    {.names = {"flag"}, .kind = ATD_KIND_FLAG, .offset = AT(flag)},
    {.names = {"toggle"}, .kind = ATD_KIND_SWITCH, .offset = AT(toggle), .otherwise = "true"},
    {.names = {"number"}, .kind = ATD_KIND_NUMBER, .offset = AT(number), .min = 1, .max = 9, .otherwise = "5"},
    {.names = {"words"}, .kind = ATD_KIND_WORDS, .offset = AT(words)},
    {.names = {"list"}, .kind = ATD_KIND_LIST, .offset = AT(list)},
    {.names = {"map"}, .kind = ATD_KIND_MAP, .offset = AT(map)},
    {.names = {"any"}, .kind = ATD_KIND_ANY, .offset = AT(any)},
};

#define ROWS (sizeof rows / sizeof *rows)

static record_t record;

static const atd_error_t *read_record(const char *yaml)
{
    atd_reading_t reading = {.file = "x.yaml", .pool = atd_test_pool};

    memset(&record, 0, sizeof record);
    atd_field_read(&record, rows, ROWS, yaml_of(yaml), &reading);
    return reading.first;
}

START_TEST(values_go_where_they_belong)
{
    ATD_OK(read_record("text: 1.10\nurl: /a b\ndate: 2025-06-16\nflag: yes\ntoggle: off\nnumber: 9\n"
                       "words: [a, 2]\nlist: [{a: b}]\nmap: {k: v}\nany: true\n"));
    ck_assert_str_eq(record.text, "1.10");
    ck_assert_str_eq(record.url, "/a b");
    ck_assert(record.date.day_only);
    ck_assert_int_eq(record.flag, ATD_FLAG_ON);
    ck_assert(!record.toggle);
    ck_assert_int_eq(record.number, 9);
    ck_assert_str_eq(joined(record.words), "a,2");
    ck_assert_uint_eq(atd_value_count(record.list), 1);
    TEXT_AT(record.map, "k", "v");
    ck_assert(atd_value_is_true(record.any));
}
END_TEST

START_TEST(absent_and_empty_values_have_defaults)
{
    ATD_OK(
        read_record("{text: '', url: null, date: ~, flag: , toggle: '', number: null, words: [], map: {}, list: ''}"));
    ck_assert_ptr_null(record.text);
    ck_assert_ptr_null(record.url);
    ck_assert(record.date.at == 0);
    ck_assert_int_eq(record.flag, ATD_FLAG_UNSET);
    ck_assert(record.toggle);
    ck_assert_int_eq(record.number, 5);
    ck_assert_ptr_null(record.words);
    ck_assert_ptr_null(record.list);
    ck_assert_ptr_null(record.map);
    ck_assert_ptr_null(record.any);
}
END_TEST

START_TEST(first_name_that_says_something_wins)
{
    ATD_OK(read_record("other: c\nold: {text: b}\ntext: a\n"));
    ck_assert_str_eq(record.text, "a");
    ATD_OK(read_record("other: c\nold: {text: b}\ntext: ''\n"));
    ck_assert_str_eq(record.text, "b");
    ATD_OK(read_record("other: c\nold: text\n"));
    ck_assert_str_eq(record.text, "c");
    ck_assert_ptr_eq(atd_field_find(rows, ROWS, "old.text"), &rows[0]);
    ck_assert_ptr_null(atd_field_find(rows, ROWS, "old"));
    ck_assert_ptr_null(atd_field_value(&rows[0], yaml_of("{}")));
}
END_TEST

static const struct {
    const char *word;
    atd_flag_t flag;
} flags[] = {{"true", ATD_FLAG_ON},   {"YES", ATD_FLAG_ON}, {"'on'", ATD_FLAG_ON},
             {"False", ATD_FLAG_OFF}, {"no", ATD_FLAG_OFF}, {"Off", ATD_FLAG_OFF}};

START_TEST(flags_have_six_words)
{
    ATD_OK(read_record(apr_pstrcat(atd_test_pool, "flag: ", flags[_i].word, "\n", NULL)));
    ck_assert_int_eq(record.flag, flags[_i].flag);
}
END_TEST

START_TEST(words_are_split)
{
    ATD_OK(read_record("words: ' a b,, c ,'\n"));
    ck_assert_str_eq(joined(record.words), "a b,c");
    ATD_OK(read_record("words: one  two\tthree\n"));
    ck_assert_str_eq(joined(record.words), "one,two,three");
    ck_assert_uint_eq(atd_value_line(atd_value_at(record.words, 0)), 1);
    ck_assert_uint_eq(atd_value_column(record.words), 8);
    ATD_OK(read_record("words: 2025\n"));
    ck_assert_str_eq(joined(record.words), "2025");
}
END_TEST

/* "A value that is empty or null counts as absent", also within a list. */
START_TEST(empty_words_are_left_out)
{
    ATD_OK(read_record("words: [a, '', ~, b]\n"));
    ck_assert_str_eq(joined(record.words), "a,b");
    ATD_OK(read_record("words: ['', ~]\n"));
    ck_assert_ptr_null(record.words);
    ATD_OK(read_record("words: ' , '\n"));
    ck_assert_ptr_null(record.words);
}
END_TEST

static const struct {
    const char *yaml;
    atd_error_id_t id;
    unsigned column;
    const char *message;
} faults[] = {
    {"text: [a]", ATD_E_TYPE, 7, "'text' must be text, found a list"},
    {"text: {a: b}", ATD_E_TYPE, 7, "'text' must be text, found a map"},
    {"url: [a]", ATD_E_TYPE, 6, "'url' must be text, found a list"},
    {"url: javascript:alert(1)", ATD_E_URL, 6, "'url' is not a URL that may stand in a page: 'javascript:alert(1)'"},
    {"date: [a]", ATD_E_TYPE, 7, "'date' must be a date, found a list"},
    {"date: tomorrow", ATD_E_DATE, 7, "'date' is not a date: 'tomorrow'"},
    {"date: 2025-02-30", ATD_E_DATE, 7, "'date' is not a date: '2025-02-30'"},
    {"flag: maybe", ATD_E_TYPE, 7, "'flag' must be true or false, found text: 'maybe'"},
    {"flag: [a]", ATD_E_TYPE, 7, "'flag' must be true or false, found a list"},
    {"toggle: 1", ATD_E_TYPE, 9, "'toggle' must be true or false"},
    {"number: '5'", ATD_E_TYPE, 9, "'number' must be a number, found text: '5'"},
    {"number: 1.5", ATD_E_TYPE, 9, "'number' must be a number"},
    {"number: 0", ATD_E_VALUE, 9, "'number' must be from 1 to 9, found 0"},
    {"number: 10", ATD_E_VALUE, 9, "'number' must be from 1 to 9, found 10"},
    {"words: {a: b}", ATD_E_TYPE, 8, "'words' must be a list of texts, found a map"},
    {"words: [a, [b]]", ATD_E_TYPE, 12, "'words' must be a list of texts, found a list"},
    {"list: a", ATD_E_TYPE, 7, "'list' must be a list, found text: 'a'"},
    {"map: a", ATD_E_TYPE, 6, "'map' must be a map, found text: 'a'"},
    {"map: [a]", ATD_E_TYPE, 6, "'map' must be a map, found a list"},
};

START_TEST(fault_is_told_with_its_place)
{
    const atd_error_t *error = read_record(faults[_i].yaml);

    ck_assert_msg(error != NULL, "no error: %s", faults[_i].yaml);
    ck_assert_msg(error->id == faults[_i].id && error->line == 1 && error->column == faults[_i].column, "%s: %s",
                  faults[_i].yaml, atd_error_line(error, atd_test_pool));
    ck_assert_str_eq(error->file, "x.yaml");
    HAS(error->message, faults[_i].message);
}
END_TEST

START_TEST(reading_goes_on_past_an_error)
{
    apr_array_header_t *findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    atd_reading_t reading = {.file = "x.yaml", .findings = findings, .pool = atd_test_pool};
    const atd_value_t *data = yaml_of("url: 'data:x'\ndate: no\nnumber: 7\nany: {}\n");

    memset(&record, 0, sizeof record);
    atd_reading_note(&reading, ATD_W_MISSING, data, "a warning of %d", 1);
    ck_assert_ptr_null(reading.first);
    atd_field_read(&record, rows, ROWS, data, &reading);
    ck_assert_int_eq(findings->nelts, 3);
    ck_assert_ptr_eq(reading.first, APR_ARRAY_IDX(findings, 1, atd_error_t *));
    ck_assert_uint_eq(APR_ARRAY_IDX(findings, 2, atd_error_t *)->line, 2);
    ck_assert_int_eq(record.number, 7);
    HAS(reading.first->hint, "use http, https, or a path");
}
END_TEST

START_TEST(long_values_are_cut_in_messages)
{
    const char *text = repeated("x", 10000);

    ck_assert_uint_lt(strlen(read_record(apr_pstrcat(atd_test_pool, "date: ", text, NULL))->message), 200);
    ck_assert_uint_lt(strlen(read_record(apr_pstrcat(atd_test_pool, "flag: ", text, NULL))->message), 200);
}
END_TEST

static const char *const safe[] = {"",
                                   "a",
                                   "/a/b",
                                   "a/b:c",
                                   "http://x",
                                   "HTTPS://x/y",
                                   "?a:b",
                                   "#a:b",
                                   "//host/x",
                                   "caf\xC3\xA9",
                                   "a b",
                                   "./a.png",
                                   "../b",
                                   "http:x",
                                   "a.b/c",
                                   "/x?y=http://z",
                                   "https://x/?q=a b"};
static const char *const unsafe[] = {"javascript:alert(1)",
                                     "JavaScript:x",
                                     "data:text/html,x",
                                     "vbscript:x",
                                     " javascript:x",
                                     "java\nscript:x",
                                     "\x01http://x",
                                     "http://x\r\nA: b",
                                     "a\\b",
                                     "\\\\host",
                                     "x ",
                                     "1:b",
                                     "%6aavascript:x",
                                     "ftp://x",
                                     "file:///etc",
                                     "mailto:a@b",
                                     "\xC3\xA9:x"};

START_TEST(urls_are_told_apart)
{
    for (unsigned i = 0; i < sizeof safe / sizeof *safe; i++)
        ck_assert_msg(atd_url_is_safe(safe[i], false), "%s", safe[i]);
    for (unsigned i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
        ck_assert_msg(!atd_url_is_safe(unsafe[i], false), "%s", unsafe[i]);
    ck_assert(atd_url_is_safe("mailto:a@b", true));
    ck_assert(atd_url_is_safe("TEL:+1", true));
    ck_assert(!atd_url_is_safe("javascript:x", true));
}
END_TEST

START_TEST(absolute_urls_have_a_scheme_or_a_host)
{
    ck_assert(atd_url_is_absolute("http://x"));
    ck_assert(atd_url_is_absolute("mailto:x"));
    ck_assert(atd_url_is_absolute("a+b-c.1:x"));
    ck_assert(atd_url_is_absolute("//host"));
    ck_assert(!atd_url_is_absolute("/x"));
    ck_assert(!atd_url_is_absolute("x/y:z"));
    ck_assert(!atd_url_is_absolute("1:x"));
    ck_assert(!atd_url_is_absolute(""));
}
END_TEST

Suite *field_suite(void)
{
    Suite *suite = suite_create("field");
    TCase *tests = atd_test_case(suite, "field");

    tcase_add_test(tests, values_go_where_they_belong);
    tcase_add_test(tests, absent_and_empty_values_have_defaults);
    tcase_add_test(tests, first_name_that_says_something_wins);
    tcase_add_loop_test(tests, flags_have_six_words, 0, (int)(sizeof flags / sizeof *flags));
    tcase_add_test(tests, words_are_split);
    tcase_add_test(tests, empty_words_are_left_out);
    tcase_add_loop_test(tests, fault_is_told_with_its_place, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, reading_goes_on_past_an_error);
    tcase_add_test(tests, long_values_are_cut_in_messages);
    tcase_add_test(tests, urls_are_told_apart);
    tcase_add_test(tests, absolute_urls_have_a_scheme_or_a_host);
    return suite;
}
