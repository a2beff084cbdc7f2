/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown_fixture.h"

#include <stdio.h>
#include <stdlib.h>

/* The body of the post that the project's templates and front matter were made after, as a whole. */

#define SAMPLE "../seed/the-rise-of-ai-in-creative-industries.md"

static const atd_document_t *sample(void)
{
    apr_size_t length;
    const char *text = atd_test_read(atd_test_spec_path(SAMPLE), &length);
    const char *body = strstr(text, "\n---\n") + 5;

    return document_of(body);
}

START_TEST(sample_has_its_headings)
{
    static const char *const expected[] = {
        "opportunities",   "enhanced-creativity",          "automation",
        "personalization", "copyright--ownership",         "job-displacement",
        "authenticity",    "navigating-the-new-landscape", "resources-for-further-exploration"};
    const atd_document_t *document = sample();

    ck_assert_uint_eq(atd_document_heading_count(document), 9);
    for (unsigned i = 0; i < 9; i++) {
        ck_assert_str_eq(heading_of(document, i).id, expected[i]);
        ck_assert_uint_eq(heading_of(document, i).level, i == 0 || i == 7 ? 2 : 3);
    }
    ck_assert_str_eq(heading_of(document, 4).text, "Copyright & Ownership");
    HAS(atd_document_html(document, NULL), "<h3 id=\"copyright--ownership\">Copyright &amp; Ownership</h3>");
}
END_TEST

START_TEST(sample_has_its_figures)
{
    const char *html = atd_document_html(sample(), NULL);

    HAS(html, "<figure><img src=\"https://images.pexels.com/photos/1329711/pexels-photo-1329711.jpeg?auto=compress"
              "&amp;cs=tinysrgb&amp;w=1260&amp;h=750&amp;dpr=2\" alt=\"AI-generated art\" />"
              "<figcaption>AI-generated art pushing the boundaries of creativity.</figcaption></figure>\n");
    HAS(html, "alt=\"AI and creativity\" /><figcaption>The fusion of AI and human creativity promises a brighter "
              "future.</figcaption></figure>\n");
    ck_assert_ptr_null(strstr(html, "Caption"));
    HAS(html, "<p>\xE2\x80\x9CThe question of ownership");
    HAS(html, "<li><strong>Upskill:</strong> Learn to use AI tools");
}
END_TEST

START_TEST(sample_has_its_marks)
{
    const atd_document_t *document = sample();
    static const atd_mark_kind_t kinds[] = {ATD_MARK_IMAGE, ATD_MARK_LINK, ATD_MARK_LINK, ATD_MARK_LINK,
                                            ATD_MARK_IMAGE};
    static const unsigned lines[] = {12, 47, 48, 49, 51};

    ck_assert_uint_eq(atd_document_mark_count(document), 5);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_int_eq(mark_of(document, i).kind, kinds[i]);
        ck_assert_uint_eq(mark_of(document, i).line, lines[i]);
    }
    ck_assert_str_eq(mark_of(document, 0).url, "https://images.pexels.com/photos/1329711/pexels-photo-1329711.jpeg"
                                               "?auto=compress&cs=tinysrgb&w=1260&h=750&dpr=2");
    ck_assert_str_eq(mark_of(document, 4).text, "AI and creativity");
}
END_TEST

START_TEST(sample_has_its_text)
{
    const atd_document_t *document = sample();

    ck_assert(begins_with(atd_document_first_paragraph(document), "AI is emerging as a powerful collaborator"));
    ck_assert_ptr_null(strchr(atd_document_first_paragraph(document), '\n'));
    HAS(atd_document_first_paragraph(document), "DALL\xC2\xB7"
                                                "E and MidJourney");
    HAS(atd_document_plain(document, NULL), "\nEnhanced Creativity\nAI is emerging");
    HAS(atd_document_plain(document, NULL), "\nAI-generated art pushing the boundaries of creativity.\nAutomation\n");
    ck_assert_uint_eq(atd_document_words(document), 621);
}
END_TEST

START_TEST(sample_is_missing)
{
    ck_assert_msg(!getenv("CI"), "there is no " SAMPLE " below ATD_SPEC_DIR; in CI it must be");
    printf("skipped: the sample post's tests; put it at $ATD_SPEC_DIR/" SAMPLE "\n");
}
END_TEST

static bool has_sample(void)
{
    bool found;

    apr_pool_create(&atd_test_pool, NULL);
    found = atd_test_spec_path(SAMPLE) != NULL;
    apr_pool_destroy(atd_test_pool);
    atd_test_pool = NULL;
    return found;
}

void markdown_sample_tests(Suite *suite)
{
    TCase *tests = markdown_test_case(suite, "sample post");

    if (!has_sample()) {
        tcase_add_test(tests, sample_is_missing);
        return;
    }
    tcase_add_test(tests, sample_has_its_headings);
    tcase_add_test(tests, sample_has_its_figures);
    tcase_add_test(tests, sample_has_its_marks);
    tcase_add_test(tests, sample_has_its_text);
}
