/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "site/atd_search_snippet.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static const char *const snippets[][2] = {
    {NULL, ""},
    {"", ""},
    {"plain", "plain"},
    {"a \002b\003 c", "a <mark>b</mark> c"},
    {"<b> & \002\"x'\003", "&lt;b&gt; &amp; <mark>&quot;x&#39;</mark>"},
    {"\002a", "<mark>a</mark>"},
    {"a\003b", "ab"},
    {"\002\002a\002b\003\003c\003", "<mark>ab</mark>c"},
    {"\003\002", "<mark></mark>"},
    {"東\002京都\003の", "東<mark>京都</mark>の"},
    {"\xC3\002\xA9\003\xFF", "\xEF\xBF\xBD<mark>\xEF\xBF\xBD</mark>\xEF\xBF\xBD"},
    {"<mark>", "&lt;mark&gt;"},
};

START_TEST(snippet)
{
    ck_assert_str_eq(atd_search_snippet_html(snippets[_i][0], atd_test_pool), snippets[_i][1]);
}
END_TEST

START_TEST(the_longest_html_has_room)
{
    char text[101];

    for (int i = 0; i < 100; i++)
        text[i] = i % 2 ? '\003' : '\002';
    text[100] = '\0';
    ck_assert_uint_eq(strlen(atd_search_snippet_html(text, atd_test_pool)), 50 * 13);
    memset(text, '"', 100);
    ck_assert_uint_eq(strlen(atd_search_snippet_html(text, atd_test_pool)), 600);
    text[0] = '\002';
    ck_assert_uint_eq(strlen(atd_search_snippet_html("\002", atd_test_pool)), 13);
}
END_TEST

Suite *search_snippet_suite(void)
{
    Suite *suite = suite_create("search snippet");
    TCase *tests = atd_test_case(suite, "search snippet");

    tcase_add_loop_test(tests, snippet, 0, COUNT(snippets));
    tcase_add_test(tests, the_longest_html_has_room);
    return suite;
}
