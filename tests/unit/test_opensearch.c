/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_opensearch.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static const char *description_of(const char *settings)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *text = NULL;

    atd_opensearch_write(out, open_site_with(settings), atd_test_pool);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the description"));
    return text;
}

START_TEST(all_that_browsers_need)
{
    const char *text = description_of("title: My blog\ndescription: On this & that.\n");

    ck_assert_ptr_eq(strstr(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"),
                     text);
    HAS(text, "<ShortName>My blog</ShortName>\n");
    HAS(text, "<Description>On this &amp; that.</Description>\n");
    HAS(text,
        "<Url type=\"text/html\" method=\"get\" template=\"https://example.org/blog/search?q={searchTerms}\"/>\n");
    HAS(text, "<Url type=\"application/json\" method=\"get\" "
              "template=\"https://example.org/blog/search.json?q={searchTerms}\"/>\n");
    HAS(text, "<Url type=\"application/opensearchdescription+xml\" rel=\"self\" "
              "template=\"https://example.org/blog/opensearch.xml\"/>\n");
    HAS(text, "<Image width=\"16\" height=\"16\" type=\"image/svg+xml\">https://example.org/blog/_theme/icon.");
    HAS(text, "<InputEncoding>UTF-8</InputEncoding>\n</OpenSearchDescription>\n");
    LACKS(text, "LongName");
}
END_TEST

static const struct {
    const char *title, *short_name, *long_name;
} names[] = {
    {"Sixteen letters!", "Sixteen letters!", NULL},
    {"Seventeen letters", "Seventeen", "Seventeen letters"},
    {"A blog on all that there is", "A blog on all", "A blog on all that there is"},
    {"Sixteen letters! More", "Sixteen letters!", "Sixteen letters! More"},
    {"Donaudampfschifffahrt", "Donaudampfschiff", "Donaudampfschifffahrt"},
    {"\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
     "\xC3\xBC\xC3\xBCz",
     "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
     "\xC3\xBC\xC3\xBC",
     "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
     "\xC3\xBC\xC3\xBCz"},
    {"One two three four five six seven eight nine ten eleven", "One two three",
     "One two three four five six seven eight nine ten"},
    {"A < B & C", "A &lt; B &amp; C", NULL},
};

START_TEST(names_are_cut_between_words)
{
    const char *text = description_of(apr_pstrcat(atd_test_pool, "title: \"", names[_i].title, "\"\n", NULL));

    HAS(text, apr_pstrcat(atd_test_pool, "<ShortName>", names[_i].short_name, "</ShortName>", NULL));
    if (names[_i].long_name)
        HAS(text, apr_pstrcat(atd_test_pool, "<LongName>", names[_i].long_name, "</LongName>", NULL));
    else
        LACKS(text, "LongName");
}
END_TEST

START_TEST(a_blog_without_description_has_its_title)
{
    HAS(description_of("title: My blog\n"), "<Description>My blog</Description>");
    HAS(description_of(apr_psprintf(atd_test_pool, "title: T\ndescription: x%s\n", repeated("y", 2000))),
        apr_pstrcat(atd_test_pool, "<Description>x", repeated("y", 1023), "</Description>", NULL));
}
END_TEST

START_TEST(it_is_a_page)
{
    const atd_page_t *page = page_at(open_site_with("url: https://blog.example\n"), "opensearch.xml");

    ck_assert_int_eq(page->status, 200);
    ck_assert_str_eq(page->type, "application/opensearchdescription+xml; charset=utf-8");
    ck_assert(!page->indexable && !page->personal && page->any_origin);
    HAS(page->body, "template=\"https://blog.example/blog/search?q={searchTerms}\"");
    page = page_at(open_site(), "OpenSearch.XML");
    ck_assert_int_eq(page->status, 301);
    ck_assert_str_eq(page->location, "https://blog.example/blog/opensearch.xml");
}
END_TEST

Suite *opensearch_suite(void)
{
    Suite *suite = suite_create("opensearch");
    TCase *tests = site_test_case(suite, "description");

    tcase_add_test(tests, all_that_browsers_need);
    tcase_add_loop_test(tests, names_are_cut_between_words, 0, sizeof names / sizeof *names);
    tcase_add_test(tests, a_blog_without_description_has_its_title);
    tcase_add_test(tests, it_is_a_page);
    return suite;
}
