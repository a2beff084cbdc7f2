/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown_fixture.h"

/* What is found in Markdown besides its HTML: marks of links and images, URLs that are not safe, plain text, words. */

/* ---- marks ---- */

START_TEST(marks_are_in_order)
{
    const atd_document_t *document = document_of("[a](b) ![c](d)\n\n- <http://e.f/>\n- [![g](h)](i)\n");
    static const char *const urls[] = {"b", "d", "http://e.f/", "i", "h"};

    ck_assert_uint_eq(atd_document_mark_count(document), 5);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_str_eq(mark_of(document, i).url, urls[i]);
        ck_assert_int_eq(mark_of(document, i).kind, i == 1 || i == 4 ? ATD_MARK_IMAGE : ATD_MARK_LINK);
    }
    ck_assert_str_eq(mark_of(document, 1).text, "c");
    ck_assert_str_eq(mark_of(document, 4).text, "g");
}
END_TEST

/* Markdown of one mark, and its URL as the author wrote it; where it stands is checked of every document. */
static const pair_t urls_as_written[] = {
    {"[a](/b?c=d&e='f')\n", "/b?c=d&e='f'"},
    {"[a](/b&amp;c)\n", "/b&c"},
    {"[a](<b c>)\n", "b c"},
    {"[a](b%20c)\n", "b%20c"},
    {"[a](\xC3\xA9)\n", "\xC3\xA9"},
    {"[a](\"b\")\n", "\"b\""},
    {"[a](<b\"c>)\n", "b\"c"},
    {"[a](b\\)c)\n", "b)c"},
    {"[a](b[c]^`{|}~)\n", "b[c]^`{|}~"},
    {"[a]()\n", ""},
    {"[a](#b)\n", "#b"},
    {"[a](b \"c \\\"d\\\" 'e'\")\n", "b"},
    {"[a](b '&quot; title=&quot;')\n", "b"},
    {"[a][b]\n\n[b]: /c 'd'\n", "/c"},
    {"[a]\n\n[a]: </c d>\n", "/c d"},
    {"![a](b 'c') d\n", "b"},
    {"![a \"b\" & *c*](d) e\n", "d"},
    {"![\" src=\"x](d) e\n", "d"},
    {"![a](<b\"c> '\" alt=\"') d\n", "b\"c"},
    {"![](a)\n", "a"},
    {"![]()\n", ""},
    {"www.a.example/?b&c\n", "http://www.a.example/?b&c"},
    {"a.b@c.example\n", "mailto:a.b@c.example"},
    {"<A@b.example>\n", "mailto:A@b.example"},
    {"<https://a.example/?b&c>\n", "https://a.example/?b&c"},
    {"| [a](b) |\n|---|\n", "b"},
    {"~~*[a](b)*~~\n", "b"},
    {"[a\nb](c)\n", "c"},
    {"x[^1]\n\n[^1]: [a](b)\n", "b"},
};

START_TEST(mark_has_its_url)
{
    const atd_document_t *document = document_of(urls_as_written[_i].markdown);

    ck_assert_uint_eq(atd_document_mark_count(document), 1);
    ck_assert_str_eq(mark_of(document, 0).url, urls_as_written[_i].expected);
}
END_TEST

static const pair_t alternative_texts[] = {
    {"![a *b* `c` \"d\"](e)\n", "a b c \xE2\x80\x9C"
                                "d\xE2\x80\x9D"},
    {"![a [b](c) d](e)\n", "a b d"},
    {"![a ![b](c) d](e)\n", "a b d"},
    {"![a\nb  \nc](e)\n", "a b c"},
    {"![a <b> c](e)\n", "a <b> c"},
    {"![a & &lt; \\*](e)\n", "a & < *"},
    {"![~~a~~](e)\n", "a"},
    {"![](e)\n", ""},
};

START_TEST(image_has_its_text)
{
    const atd_document_t *document = document_of(alternative_texts[_i].markdown);

    ck_assert_uint_eq(atd_document_mark_count(document), 1);
    ck_assert_str_eq(mark_of(document, 0).text, alternative_texts[_i].expected);
}
END_TEST

START_TEST(links_in_alternative_text_are_no_marks)
{
    RENDERS("![a [b](c 't') ![d](e)](f) g\n", "<p><img src=\"f\" alt=\"a b d\" /> g</p>\n");
    ck_assert_uint_eq(atd_document_mark_count(document_of("![a [b](c 't') ![d](e)](f) g\n")), 1);
}
END_TEST

START_TEST(marks_have_lines)
{
    const atd_document_t *document = document_of("a\n\n[b](c)\nd\n[e](f)\n\n> - ![g](h)\n\n| i |\n|---|\n| [j](k) |\n");
    static const unsigned lines[] = {3, 5, 7, 11};

    ck_assert_uint_eq(atd_document_mark_count(document), 4);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_uint_eq(mark_of(document, i).line, lines[i]);
}
END_TEST

START_TEST(titles_stay)
{
    RENDERS("[a](b \"c\")\n", "<p><a href=\"b\" title=\"c\">a</a></p>\n");
    RENDERS("![a](b \"c & \\\"d\\\"\") e\n", "<p><img src=\"b\" alt=\"a\" title=\"c &amp; &quot;d&quot;\" /> e</p>\n");
    RENDERS("[a](b \"c\n\xC3\xA9\")\n", "<p><a href=\"b\" title=\"c\n\xC3\xA9\">a</a></p>\n");
}
END_TEST

/* With the marks taken away the HTML is what cmark writes by itself. */
START_TEST(inline_markup_is_as_without_postprocessing)
{
    static const char markdown[] =
        "[a](b 'c') ![d](e 'f') *g* <http://h.i> ![j](k) **[l](m)** `n`  \no\n\n> p ![q](r)\n";
    const char *html = html_of(markdown);

    options.outline = false;
    RENDERS(markdown, html);
}
END_TEST

/* ---- safe URLs ---- */

static const char *const safe[] = {
    "a",
    "/a",
    "../a",
    "#a",
    "?a",
    "//a.example/b",
    "a.b/c:d",
    "http://a.example/",
    "HTTPS://a.example/",
    "mailto:a@b.example",
    "MailTo:a@b.example",
    "tel:+491234",
    "sms:1",
    "ftp://a.example",
    "geo:1,2",
    "irc://a",
    "magnet:?x",
    "matrix:r/a",
    "sip:a@b",
    "webcal://a",
    "xmpp:a@b",
    "news:a",
    "a/javascript:b",
    "?javascript:a",
    "#javascript:a",
    "./javascript:a",
    "1javascript:a",
    "-a:b",
    "\xC3\xA9:a",
    "java\xC3\xA9script:a",
    "a%3Ab",
    "javascript%3Aalert(1)",
    ":a",
};

static const char *const unsafe[] = {
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "jAvAsCrIpT:x",
    "vbscript:x",
    "VBSCRIPT:x",
    "data:text/html,x",
    "data:image/png;base64,AA==",
    "DATA:image/svg+xml,x",
    "file:///etc/passwd",
    "blob:x",
    "about:blank",
    "view-source:x",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:x",
    "&#x6A;avascript:x",
    "java&Tab;script:x",
    "java&#10;script:x",
    "java&NewLine;script:x",
    "&#1;javascript:x",
    "&#32;javascript:x",
    "&#31;javascript:x",
    "javascript&#9;:x",
    "/a&#13;b",
    "a&#127;b",
    "http:&#10;//a",
    "intent:x",
    "a:b",
    "x-a+b.c1:d",
    "feed:javascript:x",
    "livescript:x",
    "mocha:x",
};

static const char *const safe_images[] = {
    "a.png",
    "/a.svg",
    "http://a.example/b",
    "https://a.example/b",
    "//a/b",
    "data:image/png;base64,AA==",
    "data:image/gif,a",
    "DATA:Image/JPEG;base64,AA==",
    "data:image/webp;a",
    "data:image/png",
};

static const char *const unsafe_images[] = {
    "javascript:x",
    "data:image/svg+xml,x",
    "data:image/svg+xml;base64,AA==",
    "data:text/html,x",
    "data:,x",
    "data:",
    "data:image/pngx,a",
    "data:image/,a",
    "mailto:a@b.example",
    "tel:1",
    "ftp://a/b",
    "vbscript:x",
    "file:///a",
    "data&colon;text/html,x",
    "data:image/p&#10;ng,a",
    "&#32;data:image/svg+xml,x",
    "blob:x",
};

/* Both in the HTML and in the mark; as a target, in a reference, with and without raw HTML. */
static void check_url(const char *format, const char *url, bool is_safe)
{
    const char *markdown = apr_psprintf(atd_test_pool, format, url);

    for (int raw = 0; raw < 2; raw++) {
        const atd_document_t *document;
        atd_mark_t mark;

        options.raw_html = raw;
        document = document_of(markdown);
        ck_assert_uint_eq(atd_document_mark_count(document), 1);
        mark = mark_of(document, 0);
        ck_assert_msg((*mark.url != '\0') == is_safe, "%s: %s", markdown, mark.url);
        ck_assert_msg((mark.url_length > 0) == is_safe, "%s: %s", markdown, atd_document_html(document, NULL));
    }
}

START_TEST(safe_link_stays)
{
    check_url("[a](<%s>)\n", safe[_i], true);
    check_url("[a]\n\n[a]: <%s>\n", safe[_i], true);
}
END_TEST

START_TEST(unsafe_link_is_emptied)
{
    check_url("[a](<%s>)\n", unsafe[_i], false);
    check_url("[a](%s 'b')\n", unsafe[_i], false);
    check_url("[a]\n\n[a]: %s\n", unsafe[_i], false);
    check_url("*[a](%s)*\n", unsafe[_i], false);
}
END_TEST

START_TEST(safe_image_stays)
{
    check_url("![a](<%s>)\n", safe_images[_i], true);
    check_url("![a](<%s> 'b')\n", safe_images[_i], true);
}
END_TEST

START_TEST(unsafe_image_is_emptied)
{
    check_url("![a](<%s>)\n", unsafe_images[_i], false);
    check_url("![a](%s)\n_c_\n", unsafe_images[_i], false);
}
END_TEST

START_TEST(unsafe_autolink_is_emptied)
{
    RENDERS("<javascript:alert(1)>\n", "<p><a href=\"\">javascript:alert(1)</a></p>\n");
    RENDERS("<data:text/html,a>\n", "<p><a href=\"\">data:text/html,a</a></p>\n");
    RENDERS("[a](data:text/html,b)\n", "<p><a href=\"\">a</a></p>\n");
}
END_TEST

START_TEST(without_postprocessing_cmark_decides)
{
    options.outline = false;
    RENDERS("[a](javascript:b)\n", "<p><a href=\"\">a</a></p>\n");
    options.raw_html = true;
    RENDERS("[a](javascript:b)\n", "<p><a href=\"javascript:b\">a</a></p>\n");
}
END_TEST

/* ---- plain text ---- */

static const pair_t texts[] = {
    {"a *b* **c** ~~d~~ [e](f)\n", "a b c d e"},
    {"# a\n\nb\n\n- c\n- d\n\n> e\n", "a\nb\nc\nd\ne"},
    {"a\nb  \nc\\\nd\n", "a b c d"},
    {"a   b\tc\xC2\xA0"
     "d\n",
     "a b c\xC2\xA0"
     "d"},
    {"a `b  c` d\n", "a b c d"},
    {"a\n\n```\ncode\n```\n\n    code\n\nb\n", "a\nb"},
    {"a <b>c</b><br>d<br/>e <!-- f -->\n", "a c d e"},
    {"<div>a</div>\n\nb\n", "b"},
    {"a ![b](c) d\n", "a d"},
    {"![a](b)\n\nc\n", "c"},
    {"| a | b |\n|---|---|\n| c | d |\n", "a b\nc d"},
    {"a[^1] b\n\n[^1]: c\n", "a b\nc"},
    {"![a](b)\n_(Caption: c)_\n", "c"},
    {"![a](b \"c  d\")\n", "c d"},
    {"&amp; &lt;b&gt; \\*c\\*\n", "& <b> *c*"},
    {"\"a\" -- b...\n", "\xE2\x80\x9C"
                        "a\xE2\x80\x9D \xE2\x80\x93 b\xE2\x80\xA6"},
    {"- [ ] a\n- [x] b\n", "a\nb"},
    {"a\n\n---\n\nb\n", "a\nb"},
    {"**a**b _c_\n", "ab c"},
    {"- a\n\n  b\n  - c\n", "a\nb\nc"},
    {"` `\n", ""},
    {"a<br>\n\nb\n", "a\nb"},
    {"a ` b ` c\n", "a b c"},
};

START_TEST(text_without_markup)
{
    ck_assert_str_eq(plain_of(texts[_i].markdown), texts[_i].expected);
}
END_TEST

static const pair_t firsts[] = {
    {"a *b*\nc\n\nd\n", "a b c"},
    {"# a\n\nb\n", "b"},
    {"![a](b)\n\nc\n", "c"},
    {"![a](b)\n_d_\n\nc\n", "c"},
    {"![a](b \"d\")\n\nc\n", "c"},
    {"![a](b) text\n\nc\n", "text"},
    {"- a\n\n  b\n\nc\n", "c"},
    {"> a\n\nc\n", "c"},
    {"> a\n\n# b\n", "a"},
    {"- a\n- b\n", "a"},
    {"- # a\n- b\n", "b"},
    {"x[^1]\n\n[^1]: b\n", "x"},
    {"# a[^1]\n\n[^1]: b\n", ""},
    {"[^1]: b\n\n- x[^1]\n", "x"},
    {"# a\n", ""},
    {"```\na\n```\n", ""},
    {"| a |\n|---|\n| b |\n\nc\n", "c"},
    {"<b>\n\na <i>b</i>\n", "a b"},
    {"![a](b)\n\n![c](d) ![e](f)\n\ng\n", "g"},
    {"  a  \n\nb\n", "a"},
};

START_TEST(first_paragraph)
{
    ck_assert_str_eq(atd_document_first_paragraph(document_of(firsts[_i].markdown)), firsts[_i].expected);
}
END_TEST

typedef struct count_t {
    const char *markdown;
    unsigned words;
} count_t;

static const count_t counts[] = {
    {"", 0},
    {"one\n", 1},
    {"one two, three - four!\n", 4},
    {"it's well-known 3.14 a@b.example\n", 4},
    {"-- ... !? * _\n", 0},
    {"# one\n\n- two\n- three\n\n| four | five |\n|---|---|\n", 5},
    {"one `two` \n\n```\nthree\n```\n\n    four\n", 2},
    {"![one](two) three\n", 1},
    {"<div>one</div>\n\ntwo <b>three</b>\n", 2},
    {"one[^1]\n\n[^1]: two\n", 2},
    {"caf\xC3\xA9 na\xC3\xAFve \xC3\x9C"
     "ber\n",
     3},
    {"\xE2\x80\x94 one\xE2\x80\xA6\n", 1},
    {"one\xC2\xA0two\xE3\x80\x80three\xE2\x80\xA8"
     "four\n",
     4},
    {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE3\x81\xA7\n", 2}, /* four characters of Japanese */
    {"\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE3\x80\x82\n", 2}, /* three, and a full stop */
    {"\xE6\x97\xA5\xE6\x9C\xAC word\n", 2},                    /* two, and a word */
    {"word\xE6\x97\xA5\xE6\x9C\xAC"
     "word\n",
     3},                                                                    /* without spaces */
    {"\xE0\xB8\xA0\xE0\xB8\xB2\xE0\xB8\xA9\xE0\xB8\xB2\n", 2},              /* four of Thai */
    {"\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 \xEB\xAC\xB8\xEC\x9E\xA5\n", 2}, /* Korean has spaces */
    {"\xD1\x80\xD1\x83\xD1\x81 \xD8\xB9\xD8\xB1\xD8\xA8\n", 2},
    {"\xF0\xA0\x80\x80\xF0\xA0\x80\x81\n", 1}, /* two of Han beyond the first plane */
    {"\xF0\x9F\x98\x80\n", 0},
};

START_TEST(words_are_counted)
{
    ck_assert_uint_eq(atd_document_words(document_of(counts[_i].markdown)), counts[_i].words);
}
END_TEST

/* ---- the suite's second half ---- */

static void add_urls(Suite *suite)
{
    TCase *tests = markdown_test_case(suite, "safe urls");

    tcase_add_loop_test(tests, safe_link_stays, 0, COUNT_OF(safe));
    tcase_add_loop_test(tests, unsafe_link_is_emptied, 0, COUNT_OF(unsafe));
    tcase_add_loop_test(tests, safe_image_stays, 0, COUNT_OF(safe_images));
    tcase_add_loop_test(tests, unsafe_image_is_emptied, 0, COUNT_OF(unsafe_images));
    tcase_add_test(tests, unsafe_autolink_is_emptied);
    tcase_add_test(tests, without_postprocessing_cmark_decides);
}

void markdown_outline_tests(Suite *suite)
{
    TCase *marks = markdown_test_case(suite, "marks");
    TCase *text = markdown_test_case(suite, "text");

    tcase_add_test(marks, marks_are_in_order);
    tcase_add_loop_test(marks, mark_has_its_url, 0, COUNT_OF(urls_as_written));
    tcase_add_loop_test(marks, image_has_its_text, 0, COUNT_OF(alternative_texts));
    tcase_add_test(marks, links_in_alternative_text_are_no_marks);
    tcase_add_test(marks, marks_have_lines);
    tcase_add_test(marks, titles_stay);
    tcase_add_test(marks, inline_markup_is_as_without_postprocessing);
    tcase_add_loop_test(text, text_without_markup, 0, COUNT_OF(texts));
    tcase_add_loop_test(text, first_paragraph, 0, COUNT_OF(firsts));
    tcase_add_loop_test(text, words_are_counted, 0, COUNT_OF(counts));
    add_urls(suite);
}
