/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_lint.h"
#include "site_fixture.h"

#include <apr_strings.h>

static apr_array_header_t *findings;

static const atd_error_t *finding_at(int index)
{
    ck_assert_int_lt(index, findings->nelts);
    return APR_ARRAY_IDX(findings, index, atd_error_t *);
}

/* "file:line:id" of each finding. */
static const char *found(void)
{
    const char *text = "";

    ATD_OK(atd_lint_run(&findings, &test_config, atd_test_pool));
    for (int i = 0; i < findings->nelts; i++)
        text = apr_psprintf(atd_test_pool, "%s%s%s:%u:%d", text, i ? " " : "", finding_at(i)->file, finding_at(i)->line,
                            (int)finding_at(i)->id);
    return text;
}

/* The same for one good post with more front matter and this body. */
static const char *found_in(const char *front_matter, const char *body)
{
    put_file(
        "a.md",
        markdown_of(apr_pstrcat(atd_test_pool, "title: A\ndate: 2025-01-01\nexcerpt: E\n", front_matter, NULL), body));
    return found();
}

START_TEST(good_post_has_no_findings)
{
    put_file("p.svg", svg_of(1, 1));
    put_file("b.md", "---\ntitle: B\ndate: 2025-01-01\ndescription: D\n---\n");
    put_file("pages/about.md", "---\ntitle: About\nexcerpt: E\n---\n");
    ck_assert_str_eq(found_in("image: {src: p.svg, alt: Alt}\n", "[b](b.md) [x](https://x.org) [y](#z) [c](/blog/c.md) "
                                                                 "[d](other)\n\n![P](p.svg)\n"),
                     "");
}
END_TEST

START_TEST(what_a_good_post_has_is_missed)
{
    put_file("a.md", "Text\n");
    ck_assert_str_eq(found(), "a.md:1:51 a.md:1:51 a.md:1:51");
    HAS(finding_at(0)->message, "has no title");
    HAS(finding_at(1)->message, "has no date");
    HAS(finding_at(2)->message, "has no description");
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_nonnull(finding_at(i)->hint);
}
END_TEST

START_TEST(images_are_checked)
{
    ck_assert_str_eq(found_in("featuredImage:\n  src: none.png\n", "![](https://x.org/a.png)\n\n![A](none.svg)\n"),
                     "a.md:6:52 a.md:6:52 a.md:8:52 a.md:10:52");
    HAS(finding_at(0)->message, "no alternative text");
    HAS(finding_at(1)->message, "there is no image file 'none.png'");
    HAS(finding_at(2)->message, "'https://x.org/a.png' has no alternative text");
    HAS(finding_at(3)->message, "there is no image file 'none.svg'");
    ck_assert_str_eq(found_in("image: none.png\nimageAlt: A\n", ""), "a.md:5:52");
    put_file("site.yaml", "images: {base: 'https://img.org'}\n");
    ck_assert_str_eq(found_in("featuredImage:\n  src: none\n  alt: A\n", "![A](some/id)\n"), "");
}
END_TEST

START_TEST(links_are_checked)
{
    ck_assert_str_eq(found_in("", "[a](none.md#x)\n\n[b]() [c](#)\n\n[d](javascript:x)\n"),
                     "a.md:6:53 a.md:8:53 a.md:8:53 a.md:10:53");
    HAS(finding_at(0)->message, "there is no post 'none.md#x'");
    HAS(finding_at(1)->message, "a link leads nowhere");
}
END_TEST

START_TEST(canonical_urls_must_agree)
{
    ck_assert_str_eq(found_in("canonicalUrl: /a\nseo: {canonical: /b}\n", ""), "a.md:6:53");
    ck_assert_str_eq(found_in("canonicalUrl: /a\nseo: {canonical: /a}\n", ""), "");
    ck_assert_str_eq(found_in("canonicalUrl: ''\nseo: {canonical: /a}\n", ""), "");
}
END_TEST

START_TEST(slugs_are_unique)
{
    put_file("posts/b.md", "---\ntitle: B\ndate: 2025-01-01\nexcerpt: E\nslug: a\n---\n");
    ck_assert_str_eq(found_in("", ""), "posts/b.md:5:15");
    HAS(finding_at(0)->message, "the slug 'a' is that of a.md, too");
    ck_assert_int_eq(atd_lint_severity(finding_at(0)), ATD_SEVERITY_ERROR);
}
END_TEST

START_TEST(hidden_posts_say_why)
{
    ck_assert_str_eq(found_in("status: draft\n", ""), "a.md:5:54");
    ck_assert_str_eq(finding_at(0)->message, "is not public: it is a draft");
    ck_assert_str_eq(found_in("expires: 2025-02-01\n", ""), "a.md:0:54");
    HAS(finding_at(0)->message, "expired on 2025-02-01");
}
END_TEST

START_TEST(severities_have_names)
{
    const atd_error_t error = {.id = ATD_E_YAML}, warning = {.id = ATD_W_LINK}, note = {.id = ATD_W_HIDDEN};

    ck_assert_str_eq(atd_lint_severity_name(&error), "error");
    ck_assert_str_eq(atd_lint_severity_name(&warning), "warning");
    ck_assert_str_eq(atd_lint_severity_name(&note), "note");
    ck_assert_int_lt(atd_lint_severity(&note), atd_lint_severity(&warning));
}
END_TEST

START_TEST(all_errors_of_a_post_are_told)
{
    put_file("a.md", "---\ndate: no\nstatus: no\n---\n");
    put_file("b.md", "---\na: b: c\n---\n");
    ck_assert_str_eq(found(), "a.md:2:14 a.md:3:13 b.md:2:11");
}
END_TEST

START_TEST(findings_stand_in_order_of_lines)
{
    ck_assert_str_eq(found_in("status: draft\nfeaturedImage: {src: none.png}\ncanonicalUrl: /a\nseo: {canonical: /b}\n",
                              "![](x.png)\n"),
                     "a.md:5:54 a.md:6:52 a.md:6:52 a.md:8:53 a.md:10:52 a.md:10:52");
}
END_TEST

START_TEST(themes_are_checked)
{
    put_file("theme/post.mustache", "{{#a}}");
    put_file("theme/error.mustache", "\n{{#b}}");
    put_file("theme/zebra.mustache", "{{#c}}");
    ATD_OK(
        atd_theme_load(&test_config.theme, &(atd_root_t){.path = test_content.path, .below = "theme"}, atd_test_pool));
    ck_assert_str_eq(found(), "error.mustache:2:20 post.mustache:1:20 zebra.mustache:1:20");
}
END_TEST

START_TEST(settings_are_checked)
{
    put_file("a.md", "x");
    put_file("site.yaml", "titel: X\npageSize: 0\nrelated: x\n");
    ck_assert_str_eq(found(), "site.yaml:1:50 site.yaml:2:13 site.yaml:3:12");
    put_file("site.yaml", "a: b: c\n");
    ck_assert_str_eq(found(), "site.yaml:1:11");
}
END_TEST

START_TEST(errors_without_a_file_are_returned)
{
    apr_table_t *sets = apr_table_make(atd_test_pool, 1);

    apr_table_set(sets, "unknown", "x");
    test_config.sets = sets;
    ATD_FAILS(atd_lint_run(&findings, &test_config, atd_test_pool), ATD_E_SETTING, 0, 0);
}
END_TEST

static atd_error_t *refuse(const atd_document_t **document, void *baton, const char *markdown, apr_size_t length,
                           const atd_markdown_options_t *options, apr_pool_t *pool)
{
    (void)baton;
    (void)markdown;
    (void)length;
    (void)options;
    *document = NULL;
    return atd_error_make(pool, ATD_E_MARKDOWN, NULL, "can't");
}

START_TEST(bodies_that_do_not_render_are_told)
{
    const atd_renderer_t renderer = {.render = refuse};

    test_config.renderer = &renderer;
    ck_assert_str_eq(found_in("", "Text\n"), "a.md:0:30");
}
END_TEST

START_TEST(author_files_are_checked)
{
    put_file("authors/ada.md", "---\nurl: javascript:x\n---\n");
    put_file("b.md", "---\ntitle: B\nauthor: ada\n---\n");
    ck_assert_str_eq(found(), "authors/ada.md:2:16");
}
END_TEST

Suite *lint_suite(void)
{
    Suite *suite = suite_create("lint");
    TCase *tests = site_test_case(suite, "lint");

    tcase_add_test(tests, good_post_has_no_findings);
    tcase_add_test(tests, what_a_good_post_has_is_missed);
    tcase_add_test(tests, images_are_checked);
    tcase_add_test(tests, links_are_checked);
    tcase_add_test(tests, canonical_urls_must_agree);
    tcase_add_test(tests, slugs_are_unique);
    tcase_add_test(tests, hidden_posts_say_why);
    tcase_add_test(tests, severities_have_names);
    tcase_add_test(tests, all_errors_of_a_post_are_told);
    tcase_add_test(tests, findings_stand_in_order_of_lines);
    tcase_add_test(tests, themes_are_checked);
    tcase_add_test(tests, settings_are_checked);
    tcase_add_test(tests, errors_without_a_file_are_returned);
    tcase_add_test(tests, bodies_that_do_not_render_are_told);
    tcase_add_test(tests, author_files_are_checked);
    return suite;
}
