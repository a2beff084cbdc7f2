/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static const char *content_at(const char *url, const char *html)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *text = NULL;

    atd_feed_content(out, open_site(), url, html, strlen(html), atd_test_pool);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the content"));
    return text;
}

static const struct {
    const char *html, *expected;
} cases[] = {
    {"<p>Plain &amp; simple</p>\n", "<p>Plain &amp; simple</p>\n"},
    {"<a href=\"/x?a=1&amp;b\">x</a>", "<a href=\"https://example.org/x?a=1&amp;b\">x</a>"},
    {"<a href='/x\"y'>x</a>", "<a href=\"https://example.org/x&quot;y\">x</a>"},
    {"<A HREF = /x >x</A>", "<A HREF=\"https://example.org/x\">x</A>"},
    {"<a href=/x/>x</a>", "<a href=\"https://example.org/x/\">x</a>"},
    {"<a href=\"#f\">x</a><a href=\"?q\">y</a>",
     "<a href=\"https://example.org/blog/p#f\">x</a><a href=\"https://example.org/blog/p?q\">y</a>"},
    {"<a href=\"q#f\">x</a>", "<a href=\"https://example.org/blog/q#f\">x</a>"},
    {"<img src=\"./a.png\" /><img src=\"../../../a.png\" />",
     "<img src=\"https://example.org/blog/a.png\" /><img src=\"https://example.org/a.png\" />"},
    {"<img src=\"../a.png\"><img src=\"..\">",
     "<img src=\"https://example.org/a.png\"><img src=\"https://example.org/blog/..\">"},
    {"<img src=//cdn.org/a.png>", "<img src=\"https://cdn.org/a.png\">"},
    {"<a href=\"mailto:a@b.c\">x</a><img src=\"data:image/png;base64,/x\">",
     "<a href=\"mailto:a@b.c\">x</a><img src=\"data:image/png;base64,/x\">"},
    {"<a href=\"\">x</a><a href>y</a><a href=>z</a>", "<a href=\"\">x</a><a href>y</a><a href=\"\">z</a>"},
    {"<a href=\" \n/x \">x</a>", "<a href=\"https://example.org/x\">x</a>"},
    {"<a href=\"a:b\">x</a><a href=\"./a:b\">y</a><a href=\"1:b\">z</a>",
     "<a href=\"a:b\">x</a><a href=\"https://example.org/blog/a:b\">y</a><a "
     "href=\"https://example.org/blog/1:b\">z</a>"},
    {"<img srcset=\"/a.png 1x, b.png 2x,//c.org/c.png\">",
     "<img srcset=\"https://example.org/a.png 1x, https://example.org/blog/b.png 2x,https://c.org/c.png\">"},
    {"<img srcset=\"a,b.png, /c.png, data:image/png,x 2x\">",
     "<img srcset=\"https://example.org/blog/a,b.png, https://example.org/c.png, data:image/png,x 2x\">"},
    {"<img srcset=\", a.png (1,2), /b.png\">",
     "<img srcset=\", https://example.org/blog/a.png (1,2), https://example.org/b.png\">"},
    {"<video poster=/p.png src=v.mp4 controls></video>",
     "<video poster=\"https://example.org/p.png\" src=\"https://example.org/blog/v.mp4\" controls></video>"},
    {"<form action=/f><button formaction=g></form>", "<form action=\"https://example.org/f\"><button "
                                                     "formaction=\"https://example.org/blog/g\"></form>"},
    {"<blockquote cite=\"/c\"><object data=\"/d\"></object><p data=\"/d\" data-src=\"/e\" title=\"/t\">",
     "<blockquote cite=\"https://example.org/c\"><object data=\"https://example.org/d\"></object>"
     "<p data=\"/d\" data-src=\"/e\" title=\"/t\">"},
    {"<p>a < b, 1 <2 <> &lt;a href=/x> </p>", "<p>a < b, 1 <2 <> &lt;a href=/x> </p>"},
    {"<!-- <a href=/x> --><a href=/x>", "<!-- <a href=/x> --><a href=\"https://example.org/x\">"},
    {"<!--><a href=/x>-->", "<!--><a href=\"https://example.org/x\">-->"},
    {"<!---><a href=/x>-->", "<!---><a href=\"https://example.org/x\">-->"},
    {"<!-- --!><a href=/x>", "<!-- --!><a href=\"https://example.org/x\">"},
    {"<?php <a href=/x><!doctype <a href=/y></1 <a href=/z>", "<?php <a href=/x><!doctype <a href=/y></1 <a href=/z>"},
    {"<!-- <a href=/x>", "<!-- <a href=/x>"},
    {"<style>a{b:url(/x)} <a href=/x></style><a href=/x>",
     "<style>a{b:url(/x)} <a href=/x></style><a href=\"https://example.org/x\">"},
    {"<textarea><a href=/x></TextArea ><a href=/x>",
     "<textarea><a href=/x></TextArea><a href=\"https://example.org/x\">"},
    {"<style></styles><a href=/x></style>", "<style></styles><a href=/x></style>"},
    {"<iframe src=/x loading=lazy></iframe>", "<iframe src=\"https://example.org/x\" loading=\"lazy\"></iframe>"},
    {"a<script>alert('<p>')</script>b<SCRIPT src=x></SCRIPT\n>c", "abc"},
    {"a<script>if (a</b/) </scripts></script >b</script>c", "abc"},
    {"a<script src=\"x\">never closed", "a"},
    {"<scripted>x</scripted>", "<scripted>x</scripted>"},
    {"<p onclick=\"x()\" ONLOAD=x on=y one>", "<p on=\"y\">"},
    {"<a\nhref='/x'class=b=c / d=\"e\"f>", "<a href=\"https://example.org/x\" class=\"b=c\" d=\"e\" f>"},
    {"<br/><br /><hr / >", "<br /><br /><hr>"},
    {"<a =x href=/y>", "<a =x href=\"https://example.org/y\">"},
    {"x<a href=\"/y>z", "x"},
    {"x<a href=/y", "x"},
    {"x<a", "x"},
    {"x<", "x<"},
    {"x</", "x</"},
    {"", ""},
};

START_TEST(urls_are_made_absolute)
{
    ck_assert_str_eq(content_at("https://example.org/blog/p", cases[_i].html), cases[_i].expected);
}
END_TEST

START_TEST(what_is_made_stays_as_it_is)
{
    const char *once = content_at("https://example.org/blog/p", cases[_i].html);

    ck_assert_str_eq(content_at("https://example.org/blog/p", once), once);
}
END_TEST

START_TEST(base_is_the_page)
{
    ck_assert_str_eq(content_at("https://example.org", "<a href=x><a href=#f><a href=../y>"),
                     "<a href=\"https://example.org/x\"><a href=\"https://example.org#f\">"
                     "<a href=\"https://example.org/y\">");
    ck_assert_str_eq(content_at("https://example.org/a/b/?c#d", "<a href=x><a href=#f><a href=../y>"),
                     "<a href=\"https://example.org/a/b/x\"><a href=\"https://example.org/a/b/#f\">"
                     "<a href=\"https://example.org/a/y\">");
    ck_assert_str_eq(
        content_at("https://example.org/a&b'/c", "<a href=x><a href='#f'>"),
        "<a href=\"https://example.org/a&amp;b&#39;/x\"><a href=\"https://example.org/a&amp;b&#39;/c#f\">");
}
END_TEST

/* Each would take minutes in a scanner that goes back. */
START_TEST(hostile_html_takes_linear_time)
{
    static const char *const parts[] = {
        "<",      "<!--",       "<!-- --!>", "<script>", "<a href=\"",        "<style><",    "</style",
        "<a b='", "<a href=#>", "</script",  "<a ",      "<img srcset=\",,,", "<a href=../", "<a href=\"../../\">"};

    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *html = repeated(parts[i], 200000);
        atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);

        atd_feed_content(out, open_site(), "https://example.org/blog/p", html, strlen(html), atd_test_pool);
    }
}
END_TEST

START_TEST(too_much_ends_early)
{
    const char *html = repeated("<a href=#>", 1000);
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 2000);

    atd_feed_content(out, open_site(), "https://example.org/blog/p", html, strlen(html), atd_test_pool);
    ck_assert(atd_buffer_overflowed(out));
}
END_TEST

Suite *feed_content_suite(void)
{
    Suite *suite = suite_create("feed_content");
    TCase *tests = site_test_case(suite, "feed_content");
    int count = (int)(sizeof cases / sizeof *cases);

    tcase_add_loop_test(tests, urls_are_made_absolute, 0, count);
    tcase_add_loop_test(tests, what_is_made_stays_as_it_is, 0, count);
    tcase_add_test(tests, base_is_the_page);
    tcase_add_test(tests, hostile_html_takes_linear_time);
    tcase_add_test(tests, too_much_ends_early);
    return suite;
}
