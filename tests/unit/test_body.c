/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_body.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const atd_body_t *rendered(const atd_site_t *site, const char *front_matter, const char *markdown)
{
    put_file("posts/a.md", markdown_of(front_matter, markdown));
    return body_of(site, load_post("posts/a.md"));
}

static const char *html_of(const char *markdown)
{
    const atd_body_t *body = rendered(open_site(), "title: A\n", markdown);

    ck_assert_uint_eq(body->length, strlen(body->html));
    return body->html;
}

START_TEST(links_are_completed)
{
    put_file("posts/b.md", "---\nslug: bee\n---\n");
    put_file("posts/c.pdf", "x");
    ck_assert_str_eq(html_of("[b](b.md#x)\n"), "<p><a href=\"/blog/bee#x\">b</a></p>\n");
    ck_assert_str_eq(html_of("[c](c.pdf)\n"), "<p><a href=\"/blog/posts/c.pdf\">c</a></p>\n");
    ck_assert_str_eq(html_of("[d](https://x.org/?a=1&b=2)\n"),
                     "<p><a href=\"https://x.org/?a=1&amp;b=2\" rel=\"external noopener\">d</a></p>\n");
    ck_assert_str_eq(html_of("[e](https://example.org/x)\n"), "<p><a href=\"https://example.org/x\">e</a></p>\n");
    ck_assert_str_eq(html_of("<a@b.org>\n"), "<p><a href=\"mailto:a@b.org\">a@b.org</a></p>\n");
}
END_TEST

START_TEST(rel_of_external_links_is_a_setting)
{
    const atd_site_t *site = open_site_with("markdown: {externalRel: 'no\"follow'}\n");

    HAS(rendered(site, "title: A\n", "<https://x.org>\n")->html, "href=\"https://x.org\" rel=\"no&quot;follow\"");
}
END_TEST

START_TEST(images_are_completed)
{
    put_file("posts/a.svg", svg_of(4, 3));
    ck_assert_str_eq(html_of("![A](a.svg)\n"),
                     "<p><img src=\"/blog/posts/a.svg\" width=\"4\" height=\"3\" loading=\"lazy\" decoding=\"async\" "
                     "alt=\"A\" /></p>\n");
    HAS(html_of("![A](https://x.org/a.png?a&b)\n"),
        "src=\"https://x.org/a.png?a&amp;b\" loading=\"lazy\" decoding=\"async\" alt=\"A\"");
    HAS(html_of("![A](data:image/png;base64,AAAA)\n"), "src=\"data:image/png;base64,AAAA\"");
    HAS(html_of("[![A](a.svg)](https://x.org/)\n"),
        "<a href=\"https://x.org/\" rel=\"external noopener\"><img src=\"/blog/posts/a.svg\"");
}
END_TEST

START_TEST(figures_have_captions)
{
    const char *html = html_of("![A](a.png)\n_(Caption: What it shows)_\n");

    HAS(html, "<figure>");
    HAS(html, "<figcaption>What it shows</figcaption>");
}
END_TEST

START_TEST(unsafe_urls_are_left_out)
{
    LACKS(html_of("[a](javascript:alert(1))\n"), "javascript");
    LACKS(html_of("![a](javascript:alert(1))\n"), "javascript");
    LACKS(html_of("[a](data:text/html,x)\n"), "data:");
    LACKS(html_of("[a](vbscript:x)\n"), "vbscript");
    LACKS(html_of("<javascript:alert(1)>\n"), "href=\"javascript");
}
END_TEST

START_TEST(html_passes_where_it_may)
{
    LACKS(html_of("<script>alert(1)</script>\n\na <b onclick=x>c</b>\n"), "<b");
    LACKS(html_of("<script>alert(1)</script>\n"), "script>");
    test_config.raw_html = true;
    HAS(html_of("a <b class=x>c</b>\n"), "<b class=x>c</b>");
}
END_TEST

START_TEST(smart_punctuation_is_a_setting)
{
    HAS(html_of("It's -- ...\n"), "It\xE2\x80\x99s \xE2\x80\x93 \xE2\x80\xA6");
    HAS(rendered(open_site_with("markdown: {smart: false}\n"), "title: A\n", "It's -- ...\n")->html, "It's -- ...");
}
END_TEST

START_TEST(minutes_are_counted)
{
    const atd_site_t *site = open_site();

    ck_assert_int_eq(rendered(site, "{}\n", "")->minutes, 1);
    ck_assert_int_eq(rendered(site, "{}\n", repeated("word ", 200))->minutes, 1);
    ck_assert_int_eq(rendered(site, "{}\n", repeated("word ", 201))->minutes, 2);
    ck_assert_int_eq(
        rendered(site, "{}\n", apr_pstrcat(atd_test_pool, "```\n", repeated("word ", 900), "\n```\n", NULL))->minutes,
        1);
    site = open_site_with("wordsPerMinute: 50\n");
    ck_assert_int_eq(rendered(site, "{}\n", repeated("word ", 101))->minutes, 3);
}
END_TEST

START_TEST(summary_is_excerpt_or_first_paragraph)
{
    const atd_site_t *site = open_site();

    ck_assert_str_eq(rendered(site, "excerpt: ' E\n\n  e '\n", "Text\n")->summary, "E e");
    ck_assert_str_eq(rendered(site, "{}\n", "# H\n\n![i](i.png)\n\n*First* para.\n\nSecond\n")->summary, "First para.");
    ck_assert_str_eq(rendered(site, "{}\n", "# H\n")->summary, "");
    ck_assert_uint_le(strlen(rendered(site, "{}\n", repeated("word ", 200))->summary), 303);
}
END_TEST

static const char *toc_text(const atd_value_t *list, const char *text)
{
    const atd_value_t *items = atd_value_get(list, "items");

    for (apr_size_t i = 0; i < atd_value_count(items); i++) {
        const atd_value_t *item = atd_value_at(items, i);

        ck_assert_str_eq(keys_of(item), "id text level children");
        text = apr_pstrcat(atd_test_pool, text, text_at(item, "id"), "(", NULL);
        text = apr_pstrcat(atd_test_pool, toc_text(atd_value_get(item, "children"), text), ")", NULL);
    }
    return text;
}

START_TEST(headings_make_a_tree)
{
    const atd_site_t *site = open_site();

    ck_assert_ptr_null(rendered(site, "{}\n", "Text\n")->toc);
    ck_assert_str_eq(
        toc_text(rendered(site, "{}\n", "## A\n\n### B\n\n### C\n\n## D\n\n#### E\n\n### F\n\n# G\n")->toc, ""),
        "a(b()c())d(e()f())g()");
    ck_assert_str_eq(
        toc_text(rendered(site, "{}\n", "# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F\n\n# A\n")->toc, ""),
        "a(b(c(d(e(f())))))a-1()");
}
END_TEST

static atd_error_t *refuse(const atd_document_t **document, void *baton, const char *markdown, apr_size_t length,
                           const atd_markdown_options_t *options, apr_pool_t *pool)
{
    const atd_place_t place = {.line = *(unsigned *)baton};

    (void)markdown;
    (void)length;
    (void)options;
    *document = NULL;
    return atd_error_make(pool, ATD_E_MARKDOWN, &place, "can't");
}

START_TEST(errors_are_placed_in_the_file)
{
    unsigned line = 2;
    const atd_renderer_t renderer = {refuse, &line};
    const atd_body_t *body;
    const atd_error_t *error;

    test_config.renderer = &renderer;
    error = atd_body_make(&body, open_site(), post_of("title: A\n"), atd_test_pool);
    ATD_FAILS(error, ATD_E_MARKDOWN, 5, 0);
    ck_assert_str_eq(error->file, "posts/a.md");
    line = 0;
    ATD_FAILS(atd_body_make(&body, open_site(), post_of("title: A\n"), atd_test_pool), ATD_E_MARKDOWN, 0, 0);
}
END_TEST

Suite *body_suite(void)
{
    Suite *suite = suite_create("body");
    TCase *tests = site_test_case(suite, "body");

    tcase_add_test(tests, links_are_completed);
    tcase_add_test(tests, rel_of_external_links_is_a_setting);
    tcase_add_test(tests, images_are_completed);
    tcase_add_test(tests, figures_have_captions);
    tcase_add_test(tests, unsafe_urls_are_left_out);
    tcase_add_test(tests, html_passes_where_it_may);
    tcase_add_test(tests, smart_punctuation_is_a_setting);
    tcase_add_test(tests, minutes_are_counted);
    tcase_add_test(tests, summary_is_excerpt_or_first_paragraph);
    tcase_add_test(tests, headings_make_a_tree);
    tcase_add_test(tests, errors_are_placed_in_the_file);
    return suite;
}
