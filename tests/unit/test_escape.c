/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_escape.h"

#include <apr_strings.h>

typedef void (*escape_t)(atd_buffer_t *out, const char *text, apr_size_t length);

static const char *escape_n(escape_t escape, const char *text, apr_size_t length)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100000);
    const char *escaped;

    escape(out, text, length);
    ATD_OK(atd_buffer_take(&escaped, NULL, out, "the text"));
    return escaped;
}

static const char *escape(escape_t how, const char *text)
{
    return escape_n(how, text, strlen(text));
}

static const char *json(const atd_value_t *value)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100000);
    const char *text;

    atd_escape_json_value(out, value);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the text"));
    return text;
}

static const char *json_plain(const char *text)
{
    return json(atd_value_plain(atd_test_pool, text, strlen(text)));
}

START_TEST(html)
{
    ck_assert_str_eq(escape(atd_escape_html, "a <b c=\"d\" e='f'>&amp;\xC3\xA9"),
                     "a &lt;b c=&quot;d&quot; e=&#39;f&#39;&gt;&amp;amp;\xC3\xA9");
    ck_assert_str_eq(escape(atd_escape_html, ""), "");
    ck_assert_str_eq(escape(atd_escape_html, "<"), "&lt;");
    ck_assert_str_eq(escape(atd_escape_html, "plain"), "plain");
    ck_assert_str_eq(escape_n(atd_escape_html, "<<<", 1), "&lt;");
}
END_TEST

START_TEST(url)
{
    ck_assert_str_eq(escape(atd_escape_url, "/a-b._~c?d=e&f=g#h[i]@!$'()*+,;"), "/a-b._~c?d=e&f=g#h[i]@!$'()*+,;");
    ck_assert_str_eq(escape(atd_escape_url, "a b\"<>\\^`{|}\n"), "a%20b%22%3C%3E%5C%5E%60%7B%7C%7D%0A");
    ck_assert_str_eq(escape(atd_escape_url, "\xC3\xA9\xFF"), "%C3%A9%FF");
    ck_assert_str_eq(escape(atd_escape_url, "%41%aF%4x%x4%4"), "%41%aF%254x%25x4%254");
    ck_assert_str_eq(escape(atd_escape_url, "%%41%"), "%25%41%25");
    ck_assert_str_eq(escape_n(atd_escape_url, "a\0b", 3), "a%00b");
}
END_TEST

START_TEST(url_is_idempotent)
{
    char text[3];

    for (int i = 0; i < 256 * 256; i++) {
        const char *once;

        text[0] = '%';
        text[1] = (char)(i >> 8);
        text[2] = (char)(i & 255);
        once = escape_n(atd_escape_url, text, sizeof text);
        ck_assert_str_eq(escape(atd_escape_url, once), once);
        if (i % 256 == 255)
            apr_pool_clear(atd_test_pool);
    }
}
END_TEST

START_TEST(component)
{
    ck_assert_str_eq(escape(atd_escape_component, "aZ09-._~"), "aZ09-._~");
    ck_assert_str_eq(escape(atd_escape_component, "a b/c?d&e=%41\xC3\xA9"), "a%20b%2Fc%3Fd%26e%3D%2541%C3%A9");
    ck_assert_str_eq(escape_n(atd_escape_component, "\0", 1), "%00");
}
END_TEST

#define R "\xEF\xBF\xBD"

START_TEST(xml)
{
    ck_assert_str_eq(escape(atd_escape_xml, "a <b> & \"c\" 'd'\t\r\n"),
                     "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;\t\r\n");
    ck_assert_str_eq(escape(atd_escape_xml, "\x01x\x08\x0B\x1F\x7F"), R "x" R R R R);
    ck_assert_str_eq(escape(atd_escape_xml, "\xC2\x80\xC2\x85\xC2\x9F\xC2\xA0"), R R R "\xC2\xA0");
    ck_assert_str_eq(escape(atd_escape_xml, "\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"), R R R);
    ck_assert_str_eq(escape(atd_escape_xml, "\xF0\x9F\x90\xA7 \xEF\xBE\xBF"), "\xF0\x9F\x90\xA7 \xEF\xBE\xBF");
    ck_assert_str_eq(escape(atd_escape_xml, "a\xFFz\xC2"), "a" R "z" R);
    ck_assert_str_eq(escape(atd_escape_xml, "\xED\xA0\x80"), R R R);
    ck_assert_str_eq(escape(atd_escape_xml, ""), "");
}
END_TEST

START_TEST(xml_nul)
{
    ck_assert_str_eq(escape_n(atd_escape_xml, "a\0b", 3), "a" R "b");
}
END_TEST

START_TEST(cdata)
{
    ck_assert_str_eq(escape(atd_escape_cdata, "<p>&amp;"), "<![CDATA[<p>&amp;]]>");
    ck_assert_str_eq(escape(atd_escape_cdata, "a]]>b]]]>c]]"), "<![CDATA[a]]]]><![CDATA[>b]]]]]><![CDATA[>c]]]]>");
    ck_assert_str_eq(escape(atd_escape_cdata, "]]>]]>"), "<![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>]]>");
    ck_assert_str_eq(escape(atd_escape_cdata, "a\x01\xFF"), "<![CDATA[a" R R "]]>");
    ck_assert_str_eq(escape(atd_escape_cdata, ""), "<![CDATA[]]>");
}
END_TEST

START_TEST(json_string)
{
    ck_assert_str_eq(escape(atd_escape_json, ""), "\"\"");
    ck_assert_str_eq(escape(atd_escape_json, "a\"b\\c\nd\re\tf"), "\"a\\\"b\\\\c\\nd\\re\\tf\"");
    ck_assert_str_eq(escape(atd_escape_json, "\x01\x1F\x7F\b\f"), "\"\\u0001\\u001F\\u007F\\u0008\\u000C\"");
    ck_assert_str_eq(escape_n(atd_escape_json, "a\0b", 3), "\"a\\u0000b\"");
    ck_assert_str_eq(escape(atd_escape_json, "</script><!--&"), "\"\\u003C/script\\u003E\\u003C!--\\u0026\"");
    ck_assert_str_eq(escape(atd_escape_json, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"),
                     "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
    ck_assert_str_eq(escape(atd_escape_json, "\xE2\x80\xA8|\xE2\x80\xA9|\xE2\x80\xA7"),
                     "\"\\u2028|\\u2029|\xE2\x80\xA7\"");
}
END_TEST

START_TEST(json_string_is_utf8)
{
    ck_assert_str_eq(escape(atd_escape_json, "a\xFF\xFE"
                                             "b"),
                     "\"a\xEF\xBF\xBD\xEF\xBF\xBD"
                     "b\"");
    ck_assert_str_eq(escape(atd_escape_json, "\xE2\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    ck_assert_str_eq(escape(atd_escape_json, "\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    ck_assert_str_eq(escape(atd_escape_json, "\xE2"), "\"\xEF\xBF\xBD\"");
}
END_TEST

START_TEST(json_scalars)
{
    ck_assert_str_eq(json(NULL), "null");
    ck_assert_str_eq(json(atd_value_null(atd_test_pool)), "null");
    ck_assert_str_eq(json(atd_value_bool(atd_test_pool, true)), "true");
    ck_assert_str_eq(json_plain("False"), "false");
    ck_assert_str_eq(json(atd_value_int(atd_test_pool, -42)), "-42");
    ck_assert_str_eq(json(atd_value_string(atd_test_pool, "1")), "\"1\"");
}
END_TEST

START_TEST(json_numbers_are_those_of_json)
{
    static const char *const numbers[] = {"0", "-0", "10", "1.10", "-1.5e3", "1e5", "0.5", "1E-7", "1.0E+2"};
    static const char *const others[] = {"+1", "007", ".5", "1.", "-.5", "00.1", "+1.5", "-01", "1.e5"};

    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        ck_assert_str_eq(json_plain(numbers[i]), numbers[i]);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_str_eq(json_plain(others[i]), apr_pstrcat(atd_test_pool, "\"", others[i], "\"", NULL));
}
END_TEST

START_TEST(json_lists_and_maps)
{
    atd_value_t *list = atd_value_list(atd_test_pool);
    atd_value_t *map = atd_value_map(atd_test_pool);

    ck_assert_str_eq(json(list), "[]");
    ck_assert_str_eq(json(map), "{}");
    atd_value_push(list, atd_value_int(atd_test_pool, 1));
    atd_value_push(list, NULL);
    atd_value_push(list, atd_value_string(atd_test_pool, "<x>"));
    atd_value_set(map, "a\"b", list);
    atd_value_set(map, "<", atd_value_map(atd_test_pool));
    ck_assert_str_eq(json(map), "{\"a\\\"b\":[1,null,\"\\u003Cx\\u003E\"],\"\\u003C\":{}}");
}
END_TEST

START_TEST(json_ends_early_when_too_large)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 10);
    atd_value_t *list = atd_value_list(atd_test_pool);

    for (int i = 0; i < 1000; i++)
        atd_value_push(list, atd_value_null(atd_test_pool));
    atd_escape_json_value(out, list);
    ck_assert(atd_buffer_overflowed(out));
}
END_TEST

Suite *escape_suite(void)
{
    Suite *suite = suite_create("escape");
    TCase *tests = atd_test_case(suite, "escape");

    tcase_add_test(tests, html);
    tcase_add_test(tests, url);
    tcase_add_test(tests, url_is_idempotent);
    tcase_add_test(tests, component);
    tcase_add_test(tests, xml);
    tcase_add_test(tests, xml_nul);
    tcase_add_test(tests, cdata);
    tcase_add_test(tests, json_string);
    tcase_add_test(tests, json_string_is_utf8);
    tcase_add_test(tests, json_scalars);
    tcase_add_test(tests, json_numbers_are_those_of_json);
    tcase_add_test(tests, json_lists_and_maps);
    tcase_add_test(tests, json_ends_early_when_too_large);
    return suite;
}
