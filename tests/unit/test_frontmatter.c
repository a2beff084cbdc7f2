/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_limits.h"
#include "engine/atd_frontmatter.h"

#include <apr_strings.h>
#include <apr_time.h>

static const char *repeat(const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_pcalloc(atd_test_pool, length * count + 1);

    for (unsigned i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    return all;
}

static atd_error_t *parse(atd_frontmatter_t *parts, const char *text)
{
    memset(parts, 0, sizeof *parts);
    return atd_frontmatter_parse(parts, text, strlen(text), "posts/a.md", atd_test_pool);
}

typedef struct parting_t {
    const char *text;
    const char *title; /* NULL: no front matter, or none in it */
    const char *body;
    unsigned body_line;
} parting_t;

static const parting_t partings[] = {
    {"---\ntitle: A\n---\nText\n", "A", "Text\n", 4},
    {"---\ntitle: A\n...\nText\n", "A", "Text\n", 4},
    {"---\r\ntitle: A\r\n---\r\n\r\nText\r\n", "A", "\r\nText\r\n", 4},
    {"\xEF\xBB\xBF---\ntitle: A\n---\nText\n", "A", "Text\n", 4},
    {"--- \t\ntitle: A\n---  \nText\n", "A", "Text\n", 4},
    {"---\ntitle: A\n---", "A", "", 3},
    {"---\ntitle: A\n---\n", "A", "", 4},
    {"---\n---\nText", NULL, "Text", 3},
    {"---\n\n# nothing\n---\nText", NULL, "Text", 5},
    {"---\ntitle: A\nx: |\n  ---\n  more\n---\nText", "A", "Text", 7},
    {"---\ntitle: A\n--- not a fence\n---\nText", NULL, NULL, 0},
    {"---\ntitle: A\n---\nText\n---\nMore", "A", "Text\n---\nMore", 4},
    {"", NULL, "", 1},
    {"\xEF\xBB\xBF", NULL, "", 1},
    {"Text\n", NULL, "Text\n", 1},
    {"\xEF\xBB\xBFText\n", NULL, "Text\n", 1},
    {"\n---\ntitle: A\n---\nText", "A", "Text", 5},
    {" \r\n\t\n---\ntitle: A\n---\nText", "A", "Text", 6},
    {"\n \nText", NULL, "\n \nText", 1},
    {" ---\ntitle: A\n---\n", NULL, " ---\ntitle: A\n---\n", 1},
    {"----\ntitle: A\n---\n", NULL, "----\ntitle: A\n---\n", 1},
    {"--", NULL, "--", 1},
    {"# Heading\n---\n", NULL, "# Heading\n---\n", 1},
    {"Note: one key\n---\nmore", NULL, "Note: one key\n---\nmore", 1},
    {"Note: a\nNot a key\n---\nmore", NULL, "Note: a\nNot a key\n---\nmore", 1},
    {"Note: a\nB: c\nno fence\n", NULL, "Note: a\nB: c\nno fence\n", 1},
    {"http://a\nb: c\nd: e\n---\n", NULL, "http://a\nb: c\nd: e\n---\n", 1},
    {": a\nb: c\nd: e\n---\n", NULL, ": a\nb: c\nd: e\n---\n", 1},
    {"---x\n", NULL, "---x\n", 1},
    {"+++\ntitle = 'A'\n+++\nText\n", "A", "Text\n", 4},
    {"\xEF\xBB\xBF\r\n+++ \r\ntitle = \"A\"\r\n+++\t\r\n\r\nText\r\n", "A", "\r\nText\r\n", 5},
    {"+++\n+++\nText", NULL, "Text", 3},
    {"+++\ntitle = 'A'\nx = \"\"\"\n---\n...\n\"\"\"\n+++", "A", "", 7},
    {"++++\ntitle = 'A'\n+++\n", NULL, "++++\ntitle = 'A'\n+++\n", 1},
    {"{\"title\": \"A\"}\nText\n", "A", "Text\n", 2},
    {"\xEF\xBB\xBF\r\n  {\r\n  \"title\": \"A\"\r\n} \r\n\r\nText", "A", "\r\nText", 5},
    {"{ \"title\" : \"A\" } Text", "A", " Text", 1},
    {"{\"title\": \"A\"}", "A", "", 1},
    {"{}\nText", NULL, "Text", 2},
    {"{\n}\nText", NULL, "Text", 3},
    {"{} Text", NULL, "{} Text", 1},
    {"{{ title }}\n", NULL, "{{ title }}\n", 1},
    {"{{< figure \"a\": >}}\n", NULL, "{{< figure \"a\": >}}\n", 1},
    {"{% raw %}\n\"a\": b\n", NULL, "{% raw %}\n\"a\": b\n", 1},
    {"{: .class}\nText", NULL, "{: .class}\nText", 1},
    {"{\"A\" and \"B\"} are sets", NULL, "{\"A\" and \"B\"} are sets", 1},
    {"{a, b}: a set", NULL, "{a, b}: a set", 1},
    {"{\nText\n", NULL, "{\nText\n", 1},
    {"{", NULL, "{", 1},
    {"{\"", NULL, "{\"", 1},
    {"{\"a\\", NULL, "{\"a\\", 1},
    {"Text {\"title\": \"A\"}", NULL, "Text {\"title\": \"A\"}", 1},
};

START_TEST(file_is_parted)
{
    const parting_t *parting = &partings[_i];
    atd_frontmatter_t parts;
    const atd_error_t *error = parse(&parts, parting->text);

    if (!parting->body) {
        ck_assert_ptr_nonnull(error);
        return;
    }
    ATD_OK(error);
    ck_assert_int_eq(atd_value_type(parts.data), ATD_MAP);
    if (parting->title)
        ck_assert_str_eq(atd_value_text(atd_value_get(parts.data, "title")), parting->title);
    else
        ck_assert_uint_eq(atd_value_count(parts.data), 0);
    ck_assert_uint_eq(parts.body_length, strlen(parting->body));
    ck_assert_int_eq(memcmp(parts.body, parting->body, parts.body_length), 0);
    ck_assert_uint_eq(parts.body_line, parting->body_line);
}
END_TEST

START_TEST(no_text_at_all)
{
    atd_frontmatter_t parts;

    ATD_OK(atd_frontmatter_parse(&parts, NULL, 0, "a.md", atd_test_pool));
    ck_assert_uint_eq(parts.body_length, 0);
    ck_assert_int_eq(atd_value_type(parts.data), ATD_MAP);
}
END_TEST

START_TEST(length_counts_and_not_a_nul)
{
    atd_frontmatter_t parts;

    ATD_OK(atd_frontmatter_parse(&parts, "---\na: b\n---\nText", 14, "a.md", atd_test_pool));
    ck_assert_uint_eq(parts.body_length, 1);
    ATD_FAILS(atd_frontmatter_parse(&parts, "---\na: b\n---\nText", 8, "a.md", atd_test_pool), ATD_E_FENCE, 1, 1);
}
END_TEST

START_TEST(places_are_counted_in_the_file)
{
    atd_frontmatter_t parts;
    const atd_value_t *tags;

    ATD_OK(parse(&parts, "\xEF\xBB\xBF---\r\ntitle: A\r\ntags:\r\n  - \xC3\xA9\r\n  - b\r\n---\r\n"));
    ck_assert_uint_eq(atd_value_line(parts.data), 2);
    ck_assert_uint_eq(atd_value_line(atd_value_get(parts.data, "title")), 2);
    ck_assert_uint_eq(atd_value_column(atd_value_get(parts.data, "title")), 8);
    tags = atd_value_get(parts.data, "tags");
    ck_assert_uint_eq(atd_value_line(atd_value_at(tags, 1)), 5);
    ck_assert_uint_eq(atd_value_column(atd_value_at(tags, 1)), 5);
}
END_TEST

typedef struct fault_t {
    const char *text;
    atd_error_id_t id;
    unsigned line;
    unsigned column;
    const char *message;
    const char *hint;
    const char *excerpt;
} fault_t;

static const fault_t faults[] = {
    {"---\ntitle: A: B\n---\n", ATD_E_YAML, 2, 9, "a colon followed by a space", "title: 'A: B'", "title: A: B"},
    {"---\r\na: b\r\ntitle: A: B\r\n---\r\n", ATD_E_YAML, 3, 9, "a colon", "title: 'A: B'", "title: A: B"},
    {"\xEF\xBB\xBF---\na: b\n\n\tc: d\n---\n", ATD_E_YAML, 4, 1, "a tab", "spaces", "\tc: d"},
    {"---\na: 1\nb: 2\na: 3\n---\n", ATD_E_DUPLICATE, 4, 1, "first value is in line 2", "keep one", "a: 3"},
    {"---\njust text\n---\n", ATD_E_TYPE, 2, 1, "found text", "title: My first post", "just text"},
    {"---\ntitle: A\n", ATD_E_FENCE, 1, 1, "never closed", "below the last key", "---"},
    {"---", ATD_E_FENCE, 1, 1, "never closed", "below the last key", "---"},
    {"---\ntitle: A\n ---\n", ATD_E_FENCE, 1, 1, "never closed", "below the last key", "---"},
    {"+++\ntitle = \"A\"\n---\n", ATD_E_FENCE, 1, 1, "never closed", "'+++' below", "+++"},
    {"+++\ntitle = \"A\"\ndraft = yes\n+++\n", ATD_E_TOML, 3, 9, "in quotes", "title = ", "draft = yes"},
    {"\r\n+++\r\na = 1\r\na = 2\r\n+++\r\n", ATD_E_DUPLICATE, 4, 1, "'a' is given twice", "keep one", "a = 2"},
    {"title = 'A'\ndraft = true\n+++\n", ATD_E_FENCE, 1, 1, "no first fence", "'+++' above", "title = 'A'"},
    {"\n{\n  \"title\": \"A\",\n}\n", ATD_E_JSON, 4, 1, "followed by nothing", "comma", "}"},
    {"{\n  title: \"A\",\n  \"draft\": true\n}\n", ATD_E_JSON, 2, 3, "a key must", "\"key\"", "  title: \"A\","},
    {"{\"title\": \"A\"\nText\n", ATD_E_JSON, 2, 1, "expected", "commas", "Text"},
    {"title: A\ndate: 2025-06-16\n---\nText", ATD_E_FENCE, 1, 1, "no first fence", "above the first key", "title: A"},
    {"title: A\r\ntags:\r\n  - b\r\n---\r\n", ATD_E_FENCE, 1, 1, "no first fence", "above the first key", "title: A"},
    {"---\na: b\n---\nText\n\x01", ATD_E_ENCODING, 5, 1, "a control character (U+0001)", "delete it", " "},
    {"Text \xFF", ATD_E_ENCODING, 1, 6, "not UTF-8", "save the file as UTF-8", NULL},
    {"---\na: b\x7F\n---\n", ATD_E_ENCODING, 2, 5, "U+007F", "delete it", "a: b "},
    {"---\na: b\rc: d\n---\n", ATD_E_ENCODING, 2, 5, "a carriage return", "line ends", "a: b c: d"},
};

START_TEST(fault_is_told)
{
    const fault_t *fault = &faults[_i];
    atd_frontmatter_t parts;
    const atd_error_t *error = parse(&parts, fault->text);

    ATD_FAILS(error, fault->id, fault->line, fault->column);
    ck_assert_str_eq(error->file, "posts/a.md");
    ck_assert_msg(strstr(error->message, fault->message) != NULL, "%s", error->message);
    ck_assert_msg(strstr(error->hint, fault->hint) != NULL, "%s", error->hint);
    if (fault->excerpt)
        ck_assert_str_eq(error->excerpt, fault->excerpt);
}
END_TEST

START_TEST(front_matter_may_not_be_too_large)
{
    atd_frontmatter_t parts;
    const char *most = repeat("x", ATD_MAX_FRONT_MATTER - 4);
    const char *body = repeat("x", ATD_MAX_FRONT_MATTER * 2);

    ATD_OK(parse(&parts, apr_pstrcat(atd_test_pool, "---\na: ", most, "\n---\n", body, NULL)));
    ck_assert_uint_eq(parts.body_length, strlen(body));
    ATD_FAILS(parse(&parts, apr_pstrcat(atd_test_pool, "---\na: x", most, "\n---\n", NULL)), ATD_E_LIMIT, 1, 1);
    ATD_FAILS(parse(&parts, apr_pstrcat(atd_test_pool, "+++\na='", most, "'\n+++\n", NULL)), ATD_E_LIMIT, 1, 1);
    ATD_FAILS(parse(&parts, apr_pstrcat(atd_test_pool, "{\"a\":\"", most, "\"}\n", NULL)), ATD_E_LIMIT, 1, 1);
    ATD_OK(parse(&parts, apr_pstrcat(atd_test_pool, "{\"a\":\"x\"}\n", body, NULL)));
}
END_TEST

START_TEST(forgotten_fence_is_looked_for_near_the_top)
{
    atd_frontmatter_t parts;

    ATD_FAILS(parse(&parts, apr_pstrcat(atd_test_pool, repeat("a: b\n", 39), "---\n", NULL)), ATD_E_FENCE, 1, 1);
    ATD_OK(parse(&parts, apr_pstrcat(atd_test_pool, repeat("a: b\n", 40), "---\n", NULL)));
}
END_TEST

static void is_cheap(const char *text)
{
    atd_frontmatter_t parts;
    apr_time_t begin = apr_time_now();
    const atd_error_t *error = parse(&parts, text);

    ck_assert_int_lt(apr_time_now() - begin, apr_time_from_sec(1));
    ck_assert(error || parts.body_length <= strlen(text));
}

START_TEST(hostile_file_is_cheap)
{
    static const char *const units[] = {"---\n", "--- \n-",      "a: b\n", "\n",  "...",    "a",        "+++\n",
                                        "--- ",  "\xEF\xBB\xBF", "{",      "{\n", "\"a\":", "{\"a\":1}"};
    const char *text = repeat(units[_i], ATD_MAX_SOURCE / (unsigned)strlen(units[_i]));

    is_cheap(text);
    is_cheap(apr_pstrcat(atd_test_pool, "---\n", text, NULL));
    is_cheap(apr_pstrcat(atd_test_pool, "+++\n", text, NULL));
    is_cheap(apr_pstrcat(atd_test_pool, "{\n", text, NULL));
}
END_TEST

Suite *frontmatter_suite(void)
{
    Suite *suite = suite_create("frontmatter");
    TCase *tests = atd_test_case(suite, "frontmatter");

    tcase_add_loop_test(tests, file_is_parted, 0, (int)(sizeof partings / sizeof *partings));
    tcase_add_test(tests, no_text_at_all);
    tcase_add_test(tests, length_counts_and_not_a_nul);
    tcase_add_test(tests, places_are_counted_in_the_file);
    tcase_add_loop_test(tests, fault_is_told, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, front_matter_may_not_be_too_large);
    tcase_add_test(tests, forgotten_fence_is_looked_for_near_the_top);
    tcase_add_loop_test(tests, hostile_file_is_cheap, 0, 13);
    return suite;
}
