/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown_fixture.h"

/* Markdown to HTML: what each option does, headings, figures, bounds. */

/* ---- options ---- */

START_TEST(empty_input)
{
    const atd_document_t *document = document_of("");

    ck_assert_str_eq(atd_document_html(document, NULL), "");
    ck_assert_str_eq(atd_document_plain(document, NULL), "");
    ck_assert_str_eq(atd_document_first_paragraph(document), "");
    ck_assert_uint_eq(atd_document_words(document), 0);
    ck_assert_uint_eq(atd_document_heading_count(document), 0);
    ck_assert_uint_eq(atd_document_mark_count(document), 0);
    RENDERS("\n\n  \n", "");
    RENDERS("\xEF\xBB\xBF", "");
    RENDERS("\xEF\xBB\xBF# a", "<h1 id=\"a\">a</h1>\n");
}
END_TEST

START_TEST(length_is_what_counts)
{
    ck_assert_str_eq(atd_document_html(document_n("a *b* c", 5), NULL), "<p>a <em>b</em></p>\n");
}
END_TEST

START_TEST(all_off_is_plain_commonmark)
{
    options = (atd_markdown_options_t){false};
    RENDERS("# A *b*\n", "<h1>A <em>b</em></h1>\n");
    RENDERS("| a |\n|---|\n| b |\n", "<p>| a |\n|---|\n| b |</p>\n");
    RENDERS("~~a~~ www.example.org\n", "<p>~~a~~ www.example.org</p>\n");
    RENDERS("- [ ] a[^1]\n\n[^1]: \"b\" -- c\n", "<ul>\n<li>[ ] a[^1]</li>\n</ul>\n<p>[^1]: &quot;b&quot; -- c</p>\n");
    RENDERS("![a](b)\n_c_\n", "<p><img src=\"b\" alt=\"a\" />\n<em>c</em></p>\n");
    ck_assert_uint_eq(atd_document_mark_count(document_of("[a](b) # c")), 0);
    ck_assert_uint_eq(atd_document_heading_count(document_of("# c")), 0);
    ck_assert_str_eq(plain_of("# a *b*\n\n[c](d)\n"), "a b\nc");
    ck_assert_str_eq(atd_document_first_paragraph(document_of("# a\n\n*c* d\n")), "c d");
    ck_assert_str_eq(plain_of("![a *b*](c) d\n"), "d");
}
END_TEST

static const pair_t on[] = {
    {"| a | b |\n|:-:|---|\n| c `x` | d |\n",
     "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
     "<td align=\"center\">c <code>x</code></td>\n<td>d</td>\n</tr>\n</tbody>\n</table>\n"},
    {"| [a](b) |\n|---|\n", "<table>\n<thead>\n<tr>\n<th><a href=\"b\">a</a></th>\n</tr>\n</thead>\n</table>\n"},
    {"~~a~~ ~b~\n", "<p><del>a</del> <del>b</del></p>\n"},
    {"www.example.org/?a=b&c\n",
     "<p><a href=\"http://www.example.org/?a=b&amp;c\">www.example.org/?a=b&amp;c</a></p>\n"},
    {"a@example.org\n", "<p><a href=\"mailto:a@example.org\">a@example.org</a></p>\n"},
    {"<https://example.org/>\n", "<p><a href=\"https://example.org/\">https://example.org/</a></p>\n"},
    {"- [ ] a\n- [x] b\n", "<ul>\n<li><input type=\"checkbox\" disabled=\"\" /> a</li>\n"
                           "<li><input type=\"checkbox\" checked=\"\" disabled=\"\" /> b</li>\n</ul>\n"},
    {"a[^n]\n\n[^n]: b\n",
     "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-n\" id=\"fnref-n\" data-footnote-ref>1</a></sup></p>\n"
     "<section class=\"footnotes\" data-footnotes>\n<ol>\n<li id=\"fn-n\">\n<p>b <a href=\"#fnref-n\" "
     "class=\"footnote-backref\" data-footnote-backref aria-label=\"Back to content\">\xE2\x86\xA9</a></p>\n</li>\n"
     "</ol>\n</section>\n"},
    {"```c\nif (a < b) \"x\" -- y;\n```\n",
     "<pre><code class=\"language-c\">if (a &lt; b) &quot;x&quot; -- y;\n</code></pre>\n"},
    {"1. a\n2. b\n\n---\n", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n<hr />\n"},
};

START_TEST(extension_is_on_in_posts)
{
    RENDERS(on[_i].markdown, on[_i].expected);
}
END_TEST

START_TEST(smart_punctuation)
{
    RENDERS("\"a\" 'b' c's d -- e --- f...\n",
            "<p>\xE2\x80\x9C"
            "a\xE2\x80\x9D \xE2\x80\x98"
            "b\xE2\x80\x99 c\xE2\x80\x99s d \xE2\x80\x93 e \xE2\x80\x94 f\xE2\x80\xA6</p>\n");
    RENDERS("`\"a\" -- b...`\n", "<p><code>&quot;a&quot; -- b...</code></p>\n");
    options.smart = false;
    RENDERS("\"a\" -- b...\n", "<p>&quot;a&quot; -- b...</p>\n");
}
END_TEST

START_TEST(raw_html_is_left_out)
{
    RENDERS("<div>\n*a*\n</div>\n", "<!-- raw HTML omitted -->\n");
    RENDERS("a <b>c</b>\n", "<p>a <!-- raw HTML omitted -->c<!-- raw HTML omitted --></p>\n");
    RENDERS("<script>alert(1)</script>\n", "<!-- raw HTML omitted -->\n");
    RENDERS("<!-- a -->\n", "<!-- raw HTML omitted -->\n");
}
END_TEST

START_TEST(raw_html_is_let_through)
{
    options.raw_html = true;
    options.tagfilter = false;
    RENDERS("<div>\n*a*\n</div>\n", "<div>\n*a*\n</div>\n");
    RENDERS("a <b title=\"c\">d</b>\n", "<p>a <b title=\"c\">d</b></p>\n");
    RENDERS("<script>alert(1)</script>\n", "<script>alert(1)</script>\n");
    ck_assert_uint_eq(atd_document_mark_count(document_of("<a href=\"b\">c</a> <img src=\"d\">\n\n<h1>e</h1>\n")), 0);
    ck_assert_uint_eq(atd_document_heading_count(document_of("<h1>e</h1>\n")), 0);
}
END_TEST

START_TEST(tagfilter_disarms_raw_html)
{
    options.raw_html = true;
    RENDERS("<script>alert(1)</script>\n", "&lt;script>alert(1)&lt;/script>\n");
    RENDERS("a <IFRAME> <b>c</b>\n", "<p>a &lt;IFRAME> <b>c</b></p>\n");
    RENDERS("<title>a</title>\n", "&lt;title>a&lt;/title>\n");
}
END_TEST

/* ---- what is not UTF-8 ---- */

#define FFFD "\xEF\xBF\xBD"

static const pair_t mended[] = {
    {"a\xFFz\n", "<p>a" FFFD "z</p>\n"},
    {"a\xC3z\n", "<p>a" FFFD "z</p>\n"},
    {"a\xC3", "<p>a" FFFD "</p>\n"},
    {"a\xC0\xAFz\n", "<p>a" FFFD "z</p>\n"},
    {"\xFFh # a\n", "<p>" FFFD "h # a</p>\n"},
    {"# \xFFh\n", "<h1 id=\"h\">" FFFD "h</h1>\n"},
    {"[a](b \"\xFFu\")\n", "<p><a href=\"b\" title=\"" FFFD "u\">a</a></p>\n"},
    {"[a](\xFFu)\n", "<p><a href=\"%EF%BF%BDu\">a</a></p>\n"},
    {"![\xFFu](b)\n", "<p><img src=\"b\" alt=\"" FFFD "u\" /></p>\n"},
    {"`\xFFh` \xFF\xFF"
     "c\n",
     "<p><code>" FFFD "h</code> " FFFD FFFD "c</p>\n"},
    {"![a](b \"\xFF"
     "e\")\n",
     "<figure><img src=\"b\" alt=\"a\" /><figcaption>" FFFD "e</figcaption></figure>\n"},
    {"&#255;u &#xFF; &yuml;\n", "<p>\xC3\xBFu \xC3\xBF \xC3\xBF</p>\n"},
};

START_TEST(invalid_utf8_is_mended)
{
    RENDERS(mended[_i].markdown, mended[_i].expected);
}
END_TEST

START_TEST(surrogates_are_mended)
{
    HAS(html_of("\xED\xA0\x80"
                "b"),
        FFFD);
    ck_assert_ptr_null(strstr(html_of("\xED\xA0\x80"
                                      "b"),
                              "\xED\xA0\x80"));
    ck_assert_ptr_null(strstr(html_of("\xF5\x80\x80\x80"
                                      "b"),
                              "\xF5"));
}
END_TEST

/* cmark-gfm loses text here; what is left is UTF-8. */
START_TEST(cut_characters_are_mended)
{
    RENDERS("a[^n\n\xC3\xA9\xC3\xA9\xC3\xA9]\n", "<p>a[^n\n" FFFD "]</p>\n");
    ck_assert_str_eq(mark_of(document_of("![x[^n\n\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9]](b) c\n"), 0).text,
                     "x[^n\n" FFFD "]");
}
END_TEST

START_TEST(nul_is_mended)
{
    ck_assert_str_eq(atd_document_html(document_n("a\0b", 3), NULL), "<p>a" FFFD "b</p>\n");
    ck_assert_str_eq(atd_document_html(document_n("# \0", 3), NULL), "<h1 id=\"section\">" FFFD "</h1>\n");
    RENDERS("[a](&#0;)\n", "<p><a href=\"%EF%BF%BD\">a</a></p>\n");
}
END_TEST

/* Each byte by itself, and before and behind each of the marker's letters. */
START_TEST(no_byte_is_taken_for_a_marker)
{
    const char *letters = "uhfce\"";

    for (unsigned byte = 1; byte < 256; byte++) {
        for (const char *letter = letters; *letter; letter++) {
            const char run[] = {(char)byte, *letter, '\0'};

            document_of(apr_psprintf(atd_test_pool, "# %s\n\n[%s](/%s '%s') ![%s](%s)\n\n![a](b '%s')\n", run, run, run,
                                     run, run, run, run));
        }
    }
}
END_TEST

/* ---- headings ---- */

static const pair_t ids[] = {
    {"# Hello World\n", "hello-world"},
    {"## Copyright & Ownership\n", "copyright--ownership"},
    {"# What's *new* in `v1.2`?\n", "whats-new-in-v12"},
    {"# snake_case and kebab-case\n", "snake_case-and-kebab-case"},
    {"# \xC3\x9C"
     "ber uns\n",
     "\xC3\xBC"
     "ber-uns"},
    {"# \xE6\x97\xA5\xE6\x9C\xAC\n", "\xE6\x97\xA5\xE6\x9C\xAC"},
    {"# [Link](url) ![image](x) text\n", "link--text"},
    {"# a <b> c\n", "a--c"},
    {"# &amp; &lt;\n", "-"},
    {"# !?\n", "section"},
    {"#\n", "section"},
    {"# \xF0\x9F\x98\x80\n", "section"},
    {"Setext\n===\n", "setext"},
    {"two\nlines\n---\n", "two-lines"},
    {"# fn-1\n", "fn-1"},
};

START_TEST(heading_has_an_id)
{
    atd_heading_t heading = heading_of(document_of(ids[_i].markdown), 0);

    ck_assert_str_eq(heading.id, ids[_i].expected);
}
END_TEST

static void check_ids(const char *markdown, const char *expected)
{
    const atd_document_t *document = document_of(markdown);
    const char *all = "";
    atd_heading_t heading;

    for (apr_size_t i = 0; atd_document_heading(&heading, document, i); i++)
        all = apr_pstrcat(atd_test_pool, all, *all ? " " : "", heading.id, NULL);
    ck_assert_str_eq(all, expected);
}

START_TEST(ids_are_unique)
{
    check_ids("# foo\n# foo\n# foo\n", "foo foo-1 foo-2");
    check_ids("# foo\n# foo 1\n# foo\n", "foo foo-1 foo-2");
    check_ids("# foo\n# foo\n# foo 1\n", "foo foo-1 foo-1-1");
    check_ids("# foo-1\n# foo\n# foo\n# foo-1\n", "foo-1 foo foo-2 foo-1-1");
    check_ids("# Foo\n# foo!\n", "foo foo-1");
    check_ids("#\n# ?\n# section\n", "section section-1 section-2");
}
END_TEST

START_TEST(many_equal_headings_are_cheap)
{
    const atd_document_t *document = document_of(repeat("# a\n", 5000));

    ck_assert_uint_eq(atd_document_heading_count(document), 5000);
    ck_assert_str_eq(heading_of(document, 4999).id, "a-4999");
}
END_TEST

START_TEST(ids_of_footnotes_are_taken)
{
    check_ids("# fn-1\n# fnref-1\n# fn\n# section fn-1\n\na[^1]\n\n[^1]: b\n",
              "section-fn-1 section-fnref-1 fn section-fn-1-1");
    check_ids("# fn-1\n# fnref-1\n\n[^1]: never used\n", "fn-1 fnref-1");
    options.footnotes = false;
    check_ids("# fn-1\n\na[^1]\n\n[^1]: b\n", "fn-1");
}
END_TEST

START_TEST(outline_lists_headings)
{
    const atd_document_t *document = document_of("# A  *b* `c`\n\ntext\n\n### \"D\"\n\n> ## e\n\n- ###### f\n  text\n");

    ck_assert_uint_eq(atd_document_heading_count(document), 4);
    ck_assert_uint_eq(heading_of(document, 0).level, 1);
    ck_assert_str_eq(heading_of(document, 0).text, "A b c");
    ck_assert_uint_eq(heading_of(document, 1).level, 3);
    ck_assert_str_eq(heading_of(document, 1).text, "\xE2\x80\x9C"
                                                   "D\xE2\x80\x9D");
    ck_assert_str_eq(heading_of(document, 1).id, "d");
    ck_assert_uint_eq(heading_of(document, 2).level, 2);
    ck_assert_uint_eq(heading_of(document, 3).level, 6);
    ck_assert_str_eq(heading_of(document, 3).text, "f");
    ck_assert_str_eq(heading_of(document_of("# ![only](image)\n"), 0).text, "");
    ck_assert_str_eq(heading_of(document_of("a\n\n#\n\nb\n"), 0).text, "");
}
END_TEST

START_TEST(heading_with_markup)
{
    RENDERS("# [a](b \"c\")\n", "<h1 id=\"a\"><a href=\"b\" title=\"c\">a</a></h1>\n");
    RENDERS("# ![a](b)\n", "<h1 id=\"section\"><img src=\"b\" alt=\"a\" /></h1>\n");
    RENDERS("> # a\n", "<blockquote>\n<h1 id=\"a\">a</h1>\n</blockquote>\n");
    RENDERS("a[^1]\n\n[^1]:\n    # b\n",
            "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" data-footnote-ref>1</a></sup></p>\n"
            "<section class=\"footnotes\" data-footnotes>\n<ol>\n<li id=\"fn-1\">\n<h1 id=\"b\">b</h1>\n"
            "<a href=\"#fnref-1\" class=\"footnote-backref\" data-footnote-backref "
            "aria-label=\"Back to content\">\xE2\x86\xA9</a>\n</li>\n</ol>\n</section>\n");
}
END_TEST

/* ---- figures ---- */

#define FIGURE(image, caption) "<figure>" image "<figcaption>" caption "</figcaption></figure>"
#define IMAGE "<img src=\"b\" alt=\"a\" />"

static const pair_t figures[] = {
    {"![a](b)\n_(Caption: c)_\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\n_Caption: c_\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\n*caption:c*\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\n_c_\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\n_(c)_\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\n_(c) d_\n", FIGURE(IMAGE, "(c) d") "\n"},
    {"![a](b)  \n_c_\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\\\n_c_\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b) \n   _c_  \n", FIGURE(IMAGE, "c") "\n"},
    {"[![a](b)](d)  \n_c_\n", FIGURE("<a href=\"d\">" IMAGE "</a>", "c") "\n"},
    {" ![a](b \"c\")  \n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b)\n_(Caption: c **d** e)_\n", FIGURE(IMAGE, "c <strong>d</strong> e") "\n"},
    {"![a](b)\n_(Caption: **d**)_\n", FIGURE(IMAGE, "<strong>d</strong>") "\n"},
    {"![a](b)\n_Caption: **d**_\n", FIGURE(IMAGE, "<strong>d</strong>") "\n"},
    {"![a](b)\n_**d** e)_\n", FIGURE(IMAGE, "<strong>d</strong> e)") "\n"},
    {"![a](b)\n_`d`_\n", FIGURE(IMAGE, "<code>d</code>") "\n"},
    {"![a](b)\n_Caption: c & [d](e \"f\")_\n", FIGURE(IMAGE, "c &amp; <a href=\"e\" title=\"f\">d</a>") "\n"},
    {"![a](b)\n_(Caption: [d](e))_\n", FIGURE(IMAGE, "<a href=\"e\">d</a>") "\n"},
    {"![a](b)\n_c\nd_\n", FIGURE(IMAGE, "c\nd") "\n"},
    {"![a](b)\n_Caption: it's \"c\"..._\n", FIGURE(IMAGE, "it\xE2\x80\x99s \xE2\x80\x9C"
                                                          "c\xE2\x80\x9D\xE2\x80\xA6") "\n"},
    {"![a](b \"t\")\n_c_\n", FIGURE("<img src=\"b\" alt=\"a\" title=\"t\" />", "c") "\n"},
    {"[![a](b)](d)\n_c_\n", FIGURE("<a href=\"d\">" IMAGE "</a>", "c") "\n"},
    {"[![a](b)](d \"t\")\n_c_\n", FIGURE("<a href=\"d\" title=\"t\">" IMAGE "</a>", "c") "\n"},
    {"![a](b \"c\")\n", FIGURE(IMAGE, "c") "\n"},
    {"![a](b \"c <&> \\\" d\")\n", FIGURE(IMAGE, "c &lt;&amp;&gt; &quot; d") "\n"},
    {"[![a](b \"c\")](d \"t\")\n", FIGURE("<a href=\"d\" title=\"t\">" IMAGE "</a>", "c") "\n"},
    {"- ![a](b)\n  _(Caption: c)_\n", "<ul>\n<li>" FIGURE(IMAGE, "c") "</li>\n</ul>\n"},
    {"- ![a](b \"c\")\n- d\n", "<ul>\n<li>" FIGURE(IMAGE, "c") "</li>\n<li>d</li>\n</ul>\n"},
    {"- ![a](b)\n  _c_\n\n- d\n", "<ul>\n<li>\n" FIGURE(IMAGE, "c") "\n</li>\n<li>\n<p>d</p>\n</li>\n</ul>\n"},
    {"- [ ] ![a](b \"c\")\n",
     "<ul>\n<li><input type=\"checkbox\" disabled=\"\" /> " FIGURE(IMAGE, "c") "</li>\n</ul>\n"},
    {"> ![a](b)\n> _c_\n", "<blockquote>\n" FIGURE(IMAGE, "c") "\n</blockquote>\n"},
    {"![a](b)\n_c_\n\n![a](b \"d\")\n", FIGURE(IMAGE, "c") "\n" FIGURE(IMAGE, "d") "\n"},
};

START_TEST(image_with_a_caption_is_a_figure)
{
    RENDERS(figures[_i].markdown, figures[_i].expected);
}
END_TEST

static const pair_t no_figures[] = {
    {"![a](b)\n", "<p>" IMAGE "</p>\n"},
    {"![a](b \"\")\n", "<p>" IMAGE "</p>\n"},
    {"![a](b \" \")\n", "<p><img src=\"b\" alt=\"a\" title=\" \" /></p>\n"},
    {"![a](b) _c_\n", "<p>" IMAGE " <em>c</em></p>\n"},
    {"![a](b)\n__c__\n", "<p>" IMAGE "\n<strong>c</strong></p>\n"},
    {"![a](b)\n_c_ d\n", "<p>" IMAGE "\n<em>c</em> d</p>\n"},
    {"![a](b)\n_c_\n_d_\n", "<p>" IMAGE "\n<em>c</em>\n<em>d</em></p>\n"},
    {"![a](b)\nc\n", "<p>" IMAGE "\nc</p>\n"},
    {"![a](b)\n\n_c_\n", "<p>" IMAGE "</p>\n<p><em>c</em></p>\n"},
    {"![a](b)\n_Caption:_\n", "<p>" IMAGE "\n<em>Caption:</em></p>\n"},
    {"![a](b)\n_()_\n", "<p>" IMAGE "\n<em>()</em></p>\n"},
    {"![a](b)\n_(Caption: )_\n", "<p>" IMAGE "\n<em>(Caption: )</em></p>\n"},
    {"x ![a](b)\n_c_\n", "<p>x " IMAGE "\n<em>c</em></p>\n"},
    {"![a](b \"c\") d\n", "<p><img src=\"b\" alt=\"a\" title=\"c\" /> d</p>\n"},
    {"![a](b)![a](b)\n_c_\n", "<p>" IMAGE IMAGE "\n<em>c</em></p>\n"},
    {"[![a](b) x](d)\n_c_\n", "<p><a href=\"d\">" IMAGE " x</a>\n<em>c</em></p>\n"},
    {"[](d)\n_c_\n", "<p><a href=\"d\"></a>\n<em>c</em></p>\n"},
    {"[x](d)\n_c_\n", "<p><a href=\"d\">x</a>\n<em>c</em></p>\n"},
    {"# ![a](b \"c\")\n", "<h1 id=\"section\"><img src=\"b\" alt=\"a\" title=\"c\" /></h1>\n"},
};

START_TEST(other_images_are_none)
{
    RENDERS(no_figures[_i].markdown, no_figures[_i].expected);
}
END_TEST

START_TEST(image_in_a_footnote_is_no_figure)
{
    const char *html = html_of("x[^1]\n\n[^1]: ![a](b)\n    _c_\n");

    HAS(html, "<p>" IMAGE "\n<em>c</em> <a href=\"#fnref-1\"");
    ck_assert_ptr_null(strstr(html, "figure"));
    HAS(html_of("x[^1]\n\n[^1]: ![a](b \"t\")\n"), "<p><img src=\"b\" alt=\"a\" title=\"t\" /> <a href=\"#fnref-1\"");
}
END_TEST

START_TEST(table_has_no_figure)
{
    HAS(html_of("| ![a](b \"c\") |\n|---|\n"), "<th><img src=\"b\" alt=\"a\" title=\"c\" /></th>");
}
END_TEST

/* ---- bounds ---- */

START_TEST(source_may_not_be_too_large)
{
    const atd_document_t *document = NULL;
    const char *longest = repeat("a", ATD_MAX_SOURCE + 1);

    ATD_OK(render(&document, longest, ATD_MAX_SOURCE));
    ck_assert_uint_eq(strlen(atd_document_plain(document, NULL)), ATD_MAX_SOURCE);
    document = NULL;
    ATD_FAILS(render(&document, longest, ATD_MAX_SOURCE + 1), ATD_E_LIMIT, 0, 0);
    ck_assert_ptr_null(document);
    ck_assert_str_eq(render(&document, longest, ATD_MAX_SOURCE + 1)->hint, "split the post");
    HAS(render(&document, longest, ATD_MAX_SOURCE + 1)->message, "larger than 1048576 bytes");
}
END_TEST

/* A URL or a title that is defined once and used often: 600 MiB of HTML if nobody looked. */
static void check_amplification(const char *definition, const char *use)
{
    const char *markdown = apr_pstrcat(atd_test_pool, repeat(use, 16384), "\n\n", definition, "\n", NULL);
    const atd_document_t *document = NULL;
    const atd_error_t *error = render(&document, markdown, strlen(markdown));

    ck_assert_msg(error && error->id == ATD_E_LIMIT, "%.40s was rendered", definition);
    HAS(error->message, "would be larger than 16777216 bytes");
    HAS(error->hint, "used many times");
    ck_assert_ptr_null(document);
}

START_TEST(references_may_not_be_amplified)
{
    const char *filling = repeat("u", 40000);

    check_amplification(apr_pstrcat(atd_test_pool, "[a]: /", filling, NULL), "[a] ");
    check_amplification(apr_pstrcat(atd_test_pool, "[a]: / '", filling, "'", NULL), "[a] ");
    check_amplification(apr_pstrcat(atd_test_pool, "[a]: /", filling, NULL), "![a] ");
    options.outline = false;
    check_amplification(apr_pstrcat(atd_test_pool, "[a]: /", filling, NULL), "[a] ");
}
END_TEST

/* What is not seen before: each byte of these URLs takes three, or six, in the HTML. */
START_TEST(page_may_not_be_too_large)
{
    const atd_document_t *document = NULL;
    const char *url = repeat("\xC3\xA9", 500);
    const char *markdown = apr_pstrcat(atd_test_pool, "[a]: ", url, "\n\n", repeat("[a]\n", 12000), NULL);

    ATD_FAILS(render(&document, markdown, strlen(markdown)), ATD_E_LIMIT, 0, 0);
    HAS(render(&document, markdown, strlen(markdown))->message, "the page");
    ck_assert_ptr_null(document);
}
END_TEST

START_TEST(deep_nesting_is_rendered)
{
    ck_assert_uint_eq(strlen(plain_of(apr_pstrcat(atd_test_pool, repeat("> ", 2000), "a", NULL))), 1);
    ck_assert_str_eq(plain_of(apr_pstrcat(atd_test_pool, repeat("[", 2000), "a", repeat("](b)", 2000), NULL)) + 1999,
                     apr_pstrcat(atd_test_pool, "a", repeat("](b)", 1999), NULL));
    document_of(apr_pstrcat(atd_test_pool, repeat("**a ", 5000), repeat("b** ", 5000), NULL));
    document_of(apr_pstrcat(atd_test_pool, repeat("![", 2000), "a", repeat("](b)", 2000), NULL));
}
END_TEST

START_TEST(initializing_again_does_nothing)
{
    atd_markdown_initialize();
    atd_markdown_initialize();
    RENDERS("~~a~~\n", "<p><del>a</del></p>\n");
}
END_TEST

/* ---- the suite ---- */

static void add_options(Suite *suite)
{
    TCase *tests = markdown_test_case(suite, "options");

    tcase_add_test(tests, empty_input);
    tcase_add_test(tests, length_is_what_counts);
    tcase_add_test(tests, all_off_is_plain_commonmark);
    tcase_add_loop_test(tests, extension_is_on_in_posts, 0, COUNT_OF(on));
    tcase_add_test(tests, smart_punctuation);
    tcase_add_test(tests, raw_html_is_left_out);
    tcase_add_test(tests, raw_html_is_let_through);
    tcase_add_test(tests, tagfilter_disarms_raw_html);
    tcase_add_loop_test(tests, invalid_utf8_is_mended, 0, COUNT_OF(mended));
    tcase_add_test(tests, surrogates_are_mended);
    tcase_add_test(tests, cut_characters_are_mended);
    tcase_add_test(tests, nul_is_mended);
    tcase_add_test(tests, no_byte_is_taken_for_a_marker);
}

static void add_blocks(Suite *suite)
{
    TCase *tests = markdown_test_case(suite, "headings and figures");

    tcase_add_loop_test(tests, heading_has_an_id, 0, COUNT_OF(ids));
    tcase_add_test(tests, ids_are_unique);
    tcase_add_test(tests, many_equal_headings_are_cheap);
    tcase_add_test(tests, ids_of_footnotes_are_taken);
    tcase_add_test(tests, outline_lists_headings);
    tcase_add_test(tests, heading_with_markup);
    tcase_add_loop_test(tests, image_with_a_caption_is_a_figure, 0, COUNT_OF(figures));
    tcase_add_loop_test(tests, other_images_are_none, 0, COUNT_OF(no_figures));
    tcase_add_test(tests, image_in_a_footnote_is_no_figure);
    tcase_add_test(tests, table_has_no_figure);
}

static void add_bounds(Suite *suite)
{
    TCase *tests = markdown_test_case(suite, "bounds");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, source_may_not_be_too_large);
    tcase_add_test(tests, references_may_not_be_amplified);
    tcase_add_test(tests, page_may_not_be_too_large);
    tcase_add_test(tests, deep_nesting_is_rendered);
    tcase_add_test(tests, initializing_again_does_nothing);
}

Suite *markdown_suite(void)
{
    Suite *suite = suite_create("markdown");

    add_options(suite);
    add_blocks(suite);
    add_bounds(suite);
    markdown_sample_tests(suite);
    markdown_outline_tests(suite);
    return suite;
}
