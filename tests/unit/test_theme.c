/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_theme.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static const atd_theme_t *loaded(void)
{
    const atd_theme_t *theme = NULL;

    ATD_OK(atd_theme_load(&theme, &test_content, atd_test_pool));
    return theme;
}

static atd_error_t *render_error(const atd_theme_t *theme, const char *name)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);

    return atd_theme_render(out, theme, name, yaml_of("{a: 1, list: [x]}"), atd_test_pool);
}

static const char *rendered(const atd_theme_t *theme, const char *name)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *text = NULL;

    ATD_OK(atd_theme_render(out, theme, name, yaml_of("{a: 1, list: [x]}"), atd_test_pool));
    ATD_OK(atd_buffer_take(&text, NULL, out, "the page"));
    return text;
}

START_TEST(builtin_theme_is_complete)
{
    static const char *const names[] = {"home", "list", "terms", "archive", "search",
                                        "post", "page", "error", "layout"};
    apr_array_header_t *findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    const atd_theme_t *theme = NULL;
    atd_asset_t asset;

    ATD_OK(atd_theme_load(&theme, NULL, atd_test_pool));
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_msg(atd_theme_has_template(theme, names[i]), "no template %s", names[i]);
    ck_assert(!atd_theme_has_template(theme, "nothing"));
    atd_theme_findings(findings, theme);
    ck_assert_int_eq(findings->nelts, 0);
    ck_assert(atd_theme_asset(&asset, theme, "style.css"));
    ck_assert_str_eq(asset.type, "text/css; charset=utf-8");
    ck_assert_uint_eq(strspn(asset.hash, "0123456789abcdef"), 12);
    ck_assert_uint_eq(strlen(asset.hash), 12);
    ck_assert(!atd_theme_asset(&asset, theme, "home.mustache"));
    ck_assert_int_gt(atd_theme_assets(theme, atd_test_pool)->nelts, 0);
    ck_assert(atd_theme_is_fresh(theme, atd_test_pool));
}
END_TEST

START_TEST(single_files_override)
{
    atd_asset_t before, after;
    const atd_theme_t *theme;

    ck_assert(atd_theme_asset(&before, test_config.theme, "style.css"));
    put_file("home.mustache", "mine {{a}} {{>part}}");
    put_file("part.mustache", "part");
    put_file("style.css", "b {}");
    put_file("extra.js", "x()");
    put_file("notes.txt", "x");
    put_file("folder/x.css", "x");
    theme = loaded();
    ck_assert_str_eq(rendered(theme, "home"), "mine 1 part");
    ck_assert(atd_theme_has_template(theme, "post"));
    ck_assert(atd_theme_asset(&after, theme, "style.css"));
    ck_assert_str_eq(after.bytes, "b {}");
    ck_assert_uint_eq(after.length, 4);
    ck_assert_str_ne(after.hash, before.hash);
    ck_assert(atd_theme_asset(&after, theme, "extra.js"));
    ck_assert_str_eq(after.type, "text/javascript; charset=utf-8");
    ck_assert(!atd_theme_asset(&after, theme, "notes.txt"));
    ck_assert(!atd_theme_asset(&after, theme, "x.css"));
    ck_assert(!atd_theme_asset(&after, theme, "folder/x.css"));
}
END_TEST

START_TEST(layout_is_inherited_from_the_builtin_theme)
{
    put_file("layout.mustache", "<{{$content}}default{{/content}}>");
    put_file("home.mustache", "{{<layout}}{{$content}}home{{/content}}{{/layout}}");
    ck_assert_str_eq(rendered(loaded(), "home"), "<home>");
}
END_TEST

START_TEST(broken_template_fails_only_its_pages)
{
    apr_array_header_t *findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    const atd_theme_t *theme;
    const atd_error_t *error;

    put_file("home.mustache", "x\n {{#a}}");
    put_file("user.mustache", "{{>home}}");
    put_file("good.mustache", "good");
    put_file("missing.mustache", "\n{{>none}}");
    put_file("typed.mustache", "{{list}}");
    theme = loaded();
    ck_assert(atd_theme_has_template(theme, "home"));
    error = render_error(theme, "home");
    ATD_FAILS(error, ATD_E_TEMPLATE, 2, 2);
    ck_assert_str_eq(error->file, "home.mustache");
    ck_assert_pstr_eq(error->excerpt, " {{#a}}");
    error = render_error(theme, "user");
    ATD_FAILS(error, ATD_E_TEMPLATE, 2, 2);
    ck_assert_str_eq(error->file, "home.mustache");
    ck_assert_str_eq(rendered(theme, "good"), "good");
    error = render_error(theme, "missing");
    ATD_FAILS(error, ATD_E_PARTIAL, 2, 1);
    ck_assert_str_eq(error->file, "missing.mustache");
    HAS(error->message, "there is no template 'none'");
    HAS(error->hint, "none.mustache");
    ATD_FAILS(render_error(theme, "typed"), ATD_E_TYPE, 1, 1);
    ATD_FAILS(render_error(theme, "nothing"), ATD_E_PARTIAL, 0, 0);
    atd_theme_findings(findings, theme);
    ck_assert_int_eq(findings->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(findings, 0, atd_error_t *)->file, "home.mustache");
}
END_TEST

/* A request's error may be changed or outlive the theme. */
START_TEST(errors_are_copies)
{
    const atd_theme_t *theme;

    put_file("home.mustache", "{{#a}}");
    theme = loaded();
    ck_assert_ptr_ne(render_error(theme, "home"), render_error(theme, "home"));
}
END_TEST

START_TEST(changes_are_noticed)
{
    const atd_theme_t *theme;

    put_file("style.css", "a {}");
    put_file("notes.txt", "x");
    theme = loaded();
    ck_assert(atd_theme_is_fresh(theme, atd_test_pool));
    put_file("style.css", "ab {}");
    ck_assert(!atd_theme_is_fresh(theme, atd_test_pool));
    theme = loaded();
    ck_assert(atd_theme_is_fresh(theme, atd_test_pool));
    remove_file("style.css");
    ck_assert(!atd_theme_is_fresh(theme, atd_test_pool));
    theme = loaded();
    put_file("home.mustache", "x");
    ck_assert(!atd_theme_is_fresh(theme, atd_test_pool));
}
END_TEST

START_TEST(folder_must_be_there_and_small_enough)
{
    const atd_root_t nowhere = {.path = "/nonexistent"};
    atd_root_t below = test_content;
    const atd_theme_t *theme;

    ATD_FAILS(atd_theme_load(&theme, &nowhere, atd_test_pool), ATD_E_MISSING, 0, 0);
    ck_assert_ptr_null(theme);
    HAS(atd_theme_load(&theme, &nowhere, atd_test_pool)->hint, "AtdTheme");
    below.below = "sub";
    put_file("sub/home.mustache", "sub");
    ATD_OK(atd_theme_load(&theme, &below, atd_test_pool));
    ck_assert_str_eq(rendered(theme, "home"), "sub");
    put_file("home.mustache", repeated("x", ATD_MAX_TEMPLATE + 1));
    ATD_FAILS(atd_theme_load(&theme, &test_content, atd_test_pool), ATD_E_LIMIT, 0, 0);
    remove_file("home.mustache");
    for (int i = 0; i <= ATD_MAX_TEMPLATE_FILES; i++)
        put_file(apr_psprintf(atd_test_pool, "t%d.mustache", i), "x");
    ATD_FAILS(atd_theme_load(&theme, &test_content, atd_test_pool), ATD_E_LIMIT, 0, 0);
}
END_TEST

START_TEST(symbolic_links_keep_their_hint)
{
    const atd_theme_t *theme;
    const atd_error_t *error;

    put_link("/etc/passwd", "style.css");
    error = atd_theme_load(&theme, &test_content, atd_test_pool);
    ATD_FAILS(error, ATD_E_FORBIDDEN, 0, 0);
    HAS(error->hint, "FollowSymLinks");
}
END_TEST

Suite *theme_suite(void)
{
    Suite *suite = suite_create("theme");
    TCase *tests = site_test_case(suite, "theme");

    tcase_add_test(tests, builtin_theme_is_complete);
    tcase_add_test(tests, single_files_override);
    tcase_add_test(tests, layout_is_inherited_from_the_builtin_theme);
    tcase_add_test(tests, broken_template_fails_only_its_pages);
    tcase_add_test(tests, errors_are_copies);
    tcase_add_test(tests, changes_are_noticed);
    tcase_add_test(tests, folder_must_be_there_and_small_enough);
    tcase_add_test(tests, symbolic_links_keep_their_hint);
    return suite;
}
