/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_limits.h"
#include "engine/atd_yaml.h"

#include <apr_strings.h>

/* What authors get wrong, and what they are told. */

typedef struct fault_t {
    const char *text;
    atd_error_id_t id;
    unsigned line;
    unsigned column;
    const char *message; /* a piece of it */
    const char *hint;    /* likewise */
} fault_t;

static atd_error_t *parse_at(const char *text, apr_size_t length, unsigned line)
{
    const atd_place_t place = {.file = "a.md", .line = line, .column = 1};
    const atd_value_t *tree = NULL;
    atd_error_t *error = atd_yaml_parse(&tree, text, length, &place, atd_test_pool);

    ck_assert((error != NULL) != (tree != NULL));
    return error;
}

static atd_error_t *parse(const char *text)
{
    return parse_at(text, strlen(text), 1);
}

static void expect(const atd_error_t *error, const fault_t *fault)
{
    ck_assert_msg(error != NULL, "accepted: %s", fault->text);
    ck_assert_msg(error->id == fault->id && error->line == fault->line && error->column == fault->column, "%s\n%s",
                  fault->text, atd_error_line(error, atd_test_pool));
    ck_assert_str_eq(error->file, "a.md");
    ck_assert_msg(strstr(error->message, fault->message) != NULL, "%s\n%s", fault->text, error->message);
    ck_assert_msg(error->hint && strstr(error->hint, fault->hint), "%s\n%s", fault->text, error->hint);
    ck_assert_ptr_nonnull(error->excerpt);
}

/* Line @p number, from 1, of a text. */
static const char *line_of(const char *text, unsigned number)
{
    while (--number > 0)
        text = strchr(text, '\n') + 1;
    return apr_pstrmemdup(atd_test_pool, text, strcspn(text, "\r\n"));
}

/* The same in a file with CRLF line ends, behind a byte order mark, or further down in it, is told the same. */
static void check_table(const fault_t *fault)
{
    const char *crlf = "";
    fault_t below = *fault;
    const atd_error_t *error = parse(fault->text);

    expect(error, fault);
    if (!strpbrk(fault->text, "\x01\x7F\t"))
        ck_assert_str_eq(error->excerpt, line_of(fault->text, fault->line));
    expect(parse(apr_pstrcat(atd_test_pool, "\xEF\xBB\xBF", fault->text, NULL)), fault);
    for (const char *at = fault->text; *at; at++)
        crlf = apr_psprintf(atd_test_pool, "%s%s%c", crlf, *at == '\n' ? "\r" : "", *at);
    expect(parse(crlf), fault);
    below.line += 9;
    expect(parse_at(fault->text, strlen(fault->text), 10), &below);
}

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* ---- colons ---- */

static const fault_t colons[] = {
    {"title: The Rise: Part 2", ATD_E_YAML, 1, 16, "a colon followed by a space inside unquoted text",
     "put the value in quotes: title: 'The Rise: Part 2'"},
    {"x: y\ntitle: It's here: now # why\nz: a", ATD_E_YAML, 2, 17, "a colon", "title: 'It''s here: now'"},
    {"title: A B:\nx: y", ATD_E_YAML, 1, 11, "a colon", "title: 'A B:'"},
    {"- a: b: c", ATD_E_YAML, 1, 7, "a colon", "- a: 'b: c'"},
    {"seo:\n  title: \xC3\x89t\xC3\xA9: no", ATD_E_YAML, 2, 13, "a colon", "title: '\xC3\x89t\xC3\xA9: no'"},
    {"title: \"A\": B", ATD_E_YAML, 1, 11, "a colon", "title: '\"A\": B'"},
    {"title: one\n  two three: four", ATD_E_YAML, 2, 12, "a colon", "'>-'"},
    {"title:\n  one\n  two three: four", ATD_E_YAML, 3, 12, "a colon", "'>-'"},
    {"title: x\n  sub: y", ATD_E_YAML, 2, 3, "indented below one that has a value", "begin it in column 1"},
    {"title: x\n\n  sub: y", ATD_E_YAML, 3, 3, "indented below one that has a value", "begin it in column 1"},
    {"seo:\n  title: x\n    sub: y", ATD_E_YAML, 3, 5, "indented below", "begin it in column 3"},
    {"title:x\nb: c", ATD_E_YAML, 1, 6, "no blank behind the colon of 'title'", "'title: ...'"},
    {"b: c\ntitle:x", ATD_E_YAML, 2, 6, "no blank behind the colon of 'title'", "'title: ...'"},
    {"b: c\ndate:2025-06-16T10:00:00Z\nd: e", ATD_E_YAML, 2, 5, "the colon of 'date'", "'date: ...'"},
    {"link:http://x\nb: c", ATD_E_YAML, 1, 5, "the colon of 'link'", "'link: ...'"},
    {"\"a\":b\nc: d", ATD_E_YAML, 1, 4, "the colon of '\"a\"'", "'\"a\": ...'"},
    {"c: d\n'a':b", ATD_E_YAML, 2, 4, "the colon of ''a''", "''a': ...'"},
    {"title\xEF\xBC\x9A"
     "x\nb: c",
     ATD_E_YAML, 1, 6, "a full-width colon (U+FF1A)", "type ': '"},
    {"b: c\ntitle\xEF\xBC\x9Ax", ATD_E_YAML, 2, 6, "a full-width colon (U+FF1A)", "type ': '"},
    {"b: c\ntitle:\xC2\xA0x", ATD_E_YAML, 2, 7, "a special one (U+00A0)", "an ordinary space"},
    {"title:\xC2\xA0x\nb: c", ATD_E_YAML, 1, 7, "a special one (U+00A0)", "an ordinary space"},
    {"b: c\ntitle:\xE3\x80\x80x", ATD_E_YAML, 2, 7, "a special one (U+3000)", "an ordinary space"},
    {": b", ATD_E_YAML, 1, 1, "a colon without a key", "write 'key: value'"},
    {"a: b\n: c", ATD_E_YAML, 2, 1, "a colon without a key", "write 'key: value'"},
    {"a:\n  b: c\n : d", ATD_E_YAML, 3, 2, "a colon without a key", "write 'key: value'"},
    {"a: b\nsome text\nc: d", ATD_E_YAML, 2, 1, "neither 'key: value' nor a list item", "indented more"},
    {"some\na: b", ATD_E_YAML, 1, 1, "neither 'key: value' nor a list item", "indented more"},
    {"a: b\nsome text", ATD_E_YAML, 2, 1, "neither 'key: value' nor a list item", "indented more"},
    {"a: b\nhttp://x", ATD_E_YAML, 2, 1, "neither 'key: value'", "indented more"},
    {"a: b\n- ", ATD_E_YAML, 2, 1, "a list item where a key", "'tags:'"},
};

START_TEST(colon)
{
    check_table(&colons[_i]);
}
END_TEST

/* ---- quotes and brackets ---- */

static const fault_t quotes[] = {
    {"title: 'It's me'", ATD_E_YAML, 1, 11, "a single quote inside text in single quotes", "title: 'It''s me'"},
    {"title: 'Bob's: part 1'", ATD_E_YAML, 1, 12, "a single quote inside", "title: 'Bob''s: part 1'"},
    {"title: 'don''t let's'", ATD_E_YAML, 1, 19, "a single quote inside", "title: 'don''t let''s'"},
    {"title: \"say \"hi\" now\"", ATD_E_YAML, 1, 13, "a double quote inside", "title: 'say \"hi\" now'"},
    {"title: \"A\" and \"B\"", ATD_E_YAML, 1, 12, "text behind a closing quote", "title: '\"A\" and \"B\"'"},
    {"title: '' x", ATD_E_YAML, 1, 11, "text behind a closing quote", "title: ''''' x'"},
    {"title: \"A\" b\nc: d", ATD_E_YAML, 1, 12, "text behind a closing quote", "title: '\"A\" b'"},
    {"\"a\" b: c", ATD_E_YAML, 1, 5, "text behind a closing quote", "in front of the colon"},
    {"title: 'A', 'B'", ATD_E_YAML, 1, 11, "a comma behind a value", "leave the comma out"},
    {"\"a\": \"b\",\n\"c\": \"d\"", ATD_E_YAML, 1, 9, "a comma behind a value", "leave the comma out"},
    {"title: \"A\nb: c", ATD_E_YAML, 1, 8, "the quote is not closed", "end the text with the same quote"},
    {"title: 'A\nb: c", ATD_E_YAML, 1, 8, "the quote is not closed", "an apostrophe"},
    {"title: 'A\nb: 'c'", ATD_E_YAML, 1, 8, "the quote is not closed on its line", "an apostrophe"},
    {"title: \"A\nb: \"c\"", ATD_E_YAML, 1, 8, "the quote is not closed on its line", "same quote"},
    {"a: b\n'c\nd: 'e", ATD_E_YAML, 2, 1, "the quote is not closed on its line", "same quote"},
    {"title: \"", ATD_E_YAML, 1, 8, "the quote is not closed", "same quote"},
    {"path: \"C:\\dir\"", ATD_E_YAML, 1, 10, "a backslash inside double quotes", "write the backslash twice"},
    {"a: \"b\\xZZ\"", ATD_E_YAML, 1, 6, "a backslash inside double quotes", "write the backslash twice"},
    {"a: \"b\\uD83D\\uDE00\"", ATD_E_YAML, 1, 6, "does not stand for a character", "the character itself"},
    {"tags: [a, b", ATD_E_YAML, 1, 7, "the bracket is not closed", "add the closing ']'"},
    {"tags: [a, b\ntitle: x", ATD_E_YAML, 1, 7, "the bracket is not closed", "tags: '[a, b'"},
    {"tags: [a,\n  b\ntitle: x", ATD_E_YAML, 1, 7, "the bracket is not closed", "add the closing ']'"},
    {"seo: {a: b\ntitle: x", ATD_E_YAML, 1, 6, "the bracket is not closed", "add the closing '}'"},
    {"seo: {a: \"]}\"\ntitle: x", ATD_E_YAML, 1, 6, "the bracket is not closed", "add the closing '}'"},
    {"x: y\ntags: [", ATD_E_YAML, 2, 7, "the bracket is not closed", "add the closing ']'"},
    {"tags: [a, {b: c}, ", ATD_E_YAML, 1, 7, "the bracket is not closed", "add the closing ']'"},
    {"tags: ['a' b]", ATD_E_YAML, 1, 12, "a comma or a closing bracket is missing", "a ']' behind the last"},
    {"tags: ['it's', b]", ATD_E_YAML, 1, 11, "a single quote inside", "put the value in quotes: 'it''s'"},
    {"{\"a\": \"b\"\n \"c\": \"d\"}", ATD_E_YAML, 2, 2, "a comma or a closing bracket is missing", "a '}'"},
    {"{\"a\": ['\\'], \"b\": \"\\\"]\\\\\" \"c\": 1}", ATD_E_YAML, 1, 27, "a comma", "a '}' behind the last"},
    {"tags: [a: b: c]", ATD_E_YAML, 1, 12, "a comma or a closing bracket is missing", "a ']' behind the last"},
    {"title: [WIP] My post", ATD_E_YAML, 1, 14, "text behind a closing bracket", "title: '[WIP] My post'"},
    {"title: {x} y\nb: c", ATD_E_YAML, 1, 12, "text behind a closing bracket", "title: '{x} y'"},
    {"tags: [a],\nb: c", ATD_E_YAML, 1, 10, "a comma behind a value", "leave the comma out"},
    {"tags: [a]]", ATD_E_YAML, 1, 10, "text behind a closing bracket", "tags: '[a]]'"},
    {"tags: [a, @b c, d]", ATD_E_YAML, 1, 11, "can't begin with '@'", "put the value in quotes: '@b c'"},
    {"tags: [,]", ATD_E_YAML, 1, 8, "can't begin with ','", "in single quotes"},
    {"{a: b}\nc: d", ATD_E_YAML, 2, 1, "text behind the end of the document", "leave it out"},
    {"{a: b}}", ATD_E_YAML, 1, 7, "text behind the end of the document", "leave it out"},
};

START_TEST(quote_or_bracket)
{
    check_table(&quotes[_i]);
}
END_TEST

/* ---- first characters ---- */

static const fault_t firsts[] = {
    {"title: @home", ATD_E_YAML, 1, 8, "unquoted text can't begin with '@'", "title: '@home'"},
    {"title: `code` here", ATD_E_YAML, 1, 8, "can't begin with '`'", "title: '`code` here'"},
    {"title: %x", ATD_E_YAML, 1, 8, "can't begin with '%'", "title: '%x'"},
    {"title: & more", ATD_E_YAML, 1, 8, "can't begin with '&'", "title: '& more'"},
    {"title: &nbsp;", ATD_E_YAML, 1, 8, "can't begin with '&'", "title: '&nbsp;'"},
    {"title: **bold** text", ATD_E_YAML, 1, 8, "can't begin with '*'", "title: '**bold** text'"},
    {"title: *bold text", ATD_E_YAML, 1, 8, "'*bold' refers to nothing", "in quotes"},
    {"title: ] x", ATD_E_YAML, 1, 8, "can't begin with ']'", "title: '] x'"},
    {"title: , x", ATD_E_YAML, 1, 8, "can't begin with ','", "title: ', x'"},
    {"title: ? x", ATD_E_YAML, 1, 8, "can't begin with '?'", "title: '? x'"},
    {"title: |x", ATD_E_YAML, 1, 8, "can't begin with '|'", "title: '|x'"},
    {"title: > 5 of 6", ATD_E_YAML, 1, 8, "can't begin with '>'", "title: '> 5 of 6'"},
    {"title: |0\n x", ATD_E_YAML, 1, 8, "can't begin with '|'", "title: '|0'"},
    {"title: !<x", ATD_E_YAML, 1, 8, "can't begin with '!'", "title: '!<x'"},
    {"a: b\n% of x: y", ATD_E_YAML, 2, 1, "can't begin with '%'", "in quotes"},
    {"@key: x", ATD_E_YAML, 1, 1, "can't begin with '@'", "put the text in front of the colon in quotes"},
    {"title: - x", ATD_E_YAML, 1, 8, "a list can't begin on the line of its key", "title: '- x'"},
    {"tags: - a\n      - b", ATD_E_YAML, 1, 7, "a list can't begin on the line of its key", "on the next line"},
    {"title: &a &b c", ATD_E_YAML, 1, 11, "can't begin with '&'", "title: '&a &b c'"},
};

START_TEST(first_character)
{
    check_table(&firsts[_i]);
}
END_TEST

/* ---- indentation ---- */

static const fault_t indentations[] = {
    {"seo:\n\ttitle: x", ATD_E_YAML, 2, 1, "a tab is used for indentation", "use spaces"},
    {"tags:\n\t- a", ATD_E_YAML, 2, 1, "a tab is used for indentation", "use spaces"},
    {"seo:\n  \ttitle: x", ATD_E_YAML, 2, 3, "a tab is used for indentation", "use spaces"},
    {"seo:\n  a: b\n\tc: d", ATD_E_YAML, 3, 1, "a tab is used for indentation", "use spaces"},
    {"\ttitle: x", ATD_E_YAML, 1, 1, "a tab is used for indentation", "use spaces"},
    {"a: |\n\tx", ATD_E_YAML, 2, 1, "a tab is used for indentation", "use spaces"},
    {"a: |\n  x\n\ty", ATD_E_YAML, 3, 1, "a tab is used for indentation", "use spaces"},
    {"-\ta: b", ATD_E_YAML, 1, 2, "a tab stands where a space belongs", "use spaces"},
    {"a:\n   b: c\n  d: e", ATD_E_YAML, 3, 3, "indentation is not that of any line above", "same column"},
    {"a: [b]\n c: d", ATD_E_YAML, 2, 2, "indentation is not that of any line above", "same column"},
    {"tags:\n  - a\n  b: c", ATD_E_YAML, 3, 3, "does not begin with '- '", "in column 3"},
    {"tags:\n  - a: b\n   c: d", ATD_E_YAML, 3, 4, "does not begin with '- '", "in column 3"},
    {"tags:\n  - a\n  -b", ATD_E_YAML, 3, 3, "no blank behind the dash", "write '- b'"},
    {"a: b\n-c", ATD_E_YAML, 2, 1, "no blank behind the dash", "write '- c'"},
    {"a: b\n- c", ATD_E_YAML, 2, 1, "a list item where a key is expected", "'tags:'"},
    {"tags:\n  - a\n- b", ATD_E_YAML, 3, 1, "a list item where a key is expected", "'tags:'"},
    {"  a: b\nc: d", ATD_E_YAML, 2, 1, "indented less than the first key", "column 1"},
    {"  a: b\n- c", ATD_E_YAML, 2, 1, "indented less than the first key", "column 1"},
};

START_TEST(indentation)
{
    check_table(&indentations[_i]);
}
END_TEST

/* ---- what is refused ---- */

static const fault_t refused[] = {
    {"a: 1\nb: 2\na: 3", ATD_E_DUPLICATE, 3, 1, "'a' is given twice; its first value is in line", "keep one"},
    {"s: {a: 1, a: 2}", ATD_E_DUPLICATE, 1, 11, "'a' is given twice", "keep one"},
    {"\"a\\nb\": 1\n\"a\\nb\": 2", ATD_E_DUPLICATE, 2, 1, "the key 'a b' is given twice", "keep one"},
    {"a: !!str b", ATD_E_YAML, 1, 4, "a tag ('!' before a value)", "leave it out"},
    {"a: ! b", ATD_E_YAML, 1, 4, "a tag ('!' before a value)", "put the value in quotes"},
    {"a: !x [b]", ATD_E_YAML, 1, 4, "a tag", "leave it out"},
    {"a: !x {b: c}", ATD_E_YAML, 1, 4, "a tag", "leave it out"},
    {"!x a: b", ATD_E_YAML, 1, 1, "a tag", "leave it out"},
    {"a: &x {b: c}\nd:\n  <<: *x", ATD_E_YAML, 3, 3, "merge keys ('<<')", "write the keys out"},
    {"&x a: b", ATD_E_YAML, 1, 1, "a key can't have an anchor", "leave the '&' out"},
    {"a: &x b\n*x : c", ATD_E_YAML, 2, 1, "a key can't be an alias", "write the key itself"},
    {"a: *x", ATD_E_YAML, 1, 4, "'*x' refers to nothing", "in quotes"},
    {"a: &x [*x]", ATD_E_YAML, 1, 8, "'*x' refers to nothing", "in quotes"},
    {"'': x", ATD_E_YAML, 1, 1, "a key is empty", "write 'key: value'"},
    {"[a]: b", ATD_E_YAML, 1, 1, "a key can't be a list or a map", "put text with brackets in quotes"},
    {"{a: b}: c", ATD_E_YAML, 1, 1, "a key can't be a list or a map", "put text with brackets in quotes"},
    {"title: {{ site.title }}", ATD_E_YAML, 1, 9, "a key can't be a list or a map", "put text with brackets in quotes"},
    {"%YAML 1.2\n---\na: b", ATD_E_YAML, 1, 1, "YAML directives ('%')", "leave the line out"},
    {"# x\n\n%TAG ! x\n---\na: b", ATD_E_YAML, 3, 1, "YAML directives ('%')", "leave the line out"},
    {"a: b\n---\nc: d", ATD_E_YAML, 2, 1, "a second YAML document", "keep one"},
    {"a: b\n--- c", ATD_E_YAML, 2, 1, "a second YAML document", "keep one"},
    {"a: b\n...\n# x\n---\nc: d", ATD_E_YAML, 4, 1, "a second YAML document", "keep one"},
    {"a: b\n...\n%YAML 1.2\n---\nc: d", ATD_E_YAML, 3, 1, "a second YAML document", "keep one"},
    {"just text", ATD_E_TYPE, 1, 1, "keys and values are expected here, found text", "title: My first post"},
    {"- a\n- b", ATD_E_TYPE, 1, 1, "found a list", "title: My first post"},
    {"42", ATD_E_TYPE, 1, 1, "found a number", "title: My first post"},
    {"-item", ATD_E_TYPE, 1, 1, "found text", "title: My first post"},
    {"a: b\x01", ATD_E_ENCODING, 1, 5, "a control character (U+0001)", "delete it"},
    {"a: b\x7F", ATD_E_ENCODING, 1, 5, "a control character (U+007F)", "delete it"},
    {"a: b\nc: \xC2\x85", ATD_E_ENCODING, 2, 4, "a control character (U+0085)", "delete it"},
    {"a: b\nc: x\xE2\x80\xA8y", ATD_E_ENCODING, 2, 5, "an invisible line separator", "delete it"},
    {"a: \"b\\x07\"", ATD_E_ENCODING, 1, 4, "a control character in it", "leave it out"},
    {"a: \"b\\0\"", ATD_E_ENCODING, 1, 4, "a control character in it", "leave it out"},
    {"a: \"\\N\"", ATD_E_ENCODING, 1, 4, "a control character in it", "leave it out"},
    {"a: \"\\uFFFF\"", ATD_E_ENCODING, 1, 4, "a control character in it", "leave it out"},
    {"\"a\\e\": b", ATD_E_ENCODING, 1, 1, "a control character in it", "leave it out"},
};

START_TEST(refusal)
{
    check_table(&refused[_i]);
}
END_TEST

START_TEST(other_encodings)
{
    ATD_FAILS(parse_at("\xFF\xFE"
                       "a\0:\0",
                       6, 1),
              ATD_E_ENCODING, 1, 1);
    ck_assert_str_eq(parse_at("\xFF\xFE"
                              "a\0:\0",
                              6, 1)
                         ->message,
                     "the file is UTF-16, not UTF-8");
    ATD_FAILS(parse_at("a: \0", 4, 3), ATD_E_ENCODING, 3, 4);
    ck_assert_str_eq(parse_at("a: \0", 4, 3)->message, "a NUL byte");
    ATD_FAILS(parse("a: caf\xE9\n"), ATD_E_ENCODING, 1, 7);
    ck_assert_str_eq(parse("a: caf\xE9\n")->hint, "save the file as UTF-8");
    ATD_FAILS(parse("a: b\rc: d\r"), ATD_E_ENCODING, 1, 5);
}
END_TEST

/* ---- long texts ---- */

static const char *letters(unsigned count, const char *letter)
{
    const char *all = "";

    while (count-- > 0)
        all = apr_pstrcat(atd_test_pool, all, letter, NULL);
    return all;
}

START_TEST(hints_are_bounded)
{
    const char *many = letters(90, "\xC3\xA9");
    const char *most = letters(80, "\xC3\xA9");
    const char *key = letters(90, "k");
    const char *text = apr_pstrcat(atd_test_pool, "a: ", many, ": x", NULL);

    ck_assert_str_eq(parse(text)->hint,
                     apr_pstrcat(atd_test_pool, "put the value in quotes: a: '", most, "\xE2\x80\xA6'", NULL));
    text = apr_pstrcat(atd_test_pool, key, ": b: c", NULL);
    ck_assert_str_eq(parse(text)->hint, "put the value in quotes: 'b: c'");
    text = apr_pstrcat(atd_test_pool, "a: b\n-", many, NULL);
    ck_assert_str_eq(parse(text)->hint,
                     apr_pstrcat(atd_test_pool, "write '- ", letters(40, "\xC3\xA9"), "\xE2\x80\xA6'", NULL));
    text = apr_pstrcat(atd_test_pool, "a: b\n", key, ":c", NULL);
    ck_assert_str_eq(parse(text)->hint,
                     apr_pstrcat(atd_test_pool, "put a blank behind the colon: '", letters(40, "k"), ": ...'", NULL));
    text = apr_pstrcat(atd_test_pool, many, ": b\n", many, ": c", NULL);
    ck_assert_str_eq(parse(text)->message,
                     apr_pstrcat(atd_test_pool, "the key '", most,
                                 "\xE2\x80\xA6' is given twice; its first value is in line 1", NULL));
}
END_TEST

START_TEST(long_lines_without_a_key)
{
    const char *text = apr_pstrcat(atd_test_pool, "a: b\n", letters(1100, "x"), "\nc: d", NULL);

    ATD_FAILS(parse(text), ATD_E_YAML, 2, 1);
    ck_assert_str_eq(parse(text)->message, "a long line without a key");
}
END_TEST

Suite *yaml_errors_suite(void)
{
    Suite *suite = suite_create("yaml errors");
    TCase *tests = atd_test_case(suite, "yaml errors");

    tcase_add_loop_test(tests, colon, 0, COUNT(colons));
    tcase_add_loop_test(tests, quote_or_bracket, 0, COUNT(quotes));
    tcase_add_loop_test(tests, first_character, 0, COUNT(firsts));
    tcase_add_loop_test(tests, indentation, 0, COUNT(indentations));
    tcase_add_loop_test(tests, refusal, 0, COUNT(refused));
    tcase_add_test(tests, other_encodings);
    tcase_add_test(tests, hints_are_bounded);
    tcase_add_test(tests, long_lines_without_a_key);
    return suite;
}
