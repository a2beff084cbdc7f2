/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *const endings[] = {".md", ".json"};
static const char *const types[] = {"text/markdown; charset=utf-8", "application/json; charset=utf-8"};

#define FORMS 2

static const atd_page_t *twin_at(const char *slug, int form)
{
    return page_at(open_site(), apr_pstrcat(atd_test_pool, slug, endings[form], NULL));
}

static void check_status(const char *slug, int form, int status)
{
    const atd_page_t *page = twin_at(slug, form);

    ck_assert_msg(page->status == status, "%s%s: %d", slug, endings[form], page->status);
    if (status >= 400) {
        ck_assert_str_eq(page->type, "text/html; charset=utf-8");
        ck_assert_ptr_null(page->links);
        LACKS(page->body, "Secret");
    }
}

START_TEST(public_posts_have_both_forms)
{
    const atd_page_t *page;

    put_file("posts/a.md", "---\ntitle: A\ntags: [x y]\nlastModified: 2025-06-16\n---\nSome *text*.\n");
    put_file("pages/about.md", "About.\n");
    put_file("posts/bundle/index.md", "Of a bundle.\n");
    page = twin_at("a", _i);
    ck_assert_int_eq(page->status, 200);
    ck_assert_str_eq(page->type, types[_i]);
    ck_assert(!page->indexable && !page->personal && !page->any_origin);
    ck_assert_str_eq(page->canonical, "https://example.org/blog/a");
    ck_assert_str_eq(page->tags, "post-a tag-x-y");
    ck_assert_int_eq(page->modified, APR_INT64_C(1750032000000000));
    HAS(page->body, _i ? "Some \\u003Cem\\u003Etext" : "Some *text*.\n");
    HAS(page->body, "https://example.org/blog/a");
    if (_i)
        LACKS(page->body, "<"); /* so that it could stand in a script */
    check_status("about", _i, 200);
    check_status("bundle", _i, 200);
}
END_TEST

START_TEST(hidden_posts_have_none)
{
    static const char *const names[] = {"draft", "later", "archived", "expired"};

    put_file("draft.md", "---\ntitle: Secret\nstatus: draft\n---\nSecret.\n");
    put_file("later.md", "---\ntitle: Secret\nstatus: scheduled\ndate: 2030-01-01\n---\nSecret.\n");
    put_file("archived.md", "---\ntitle: Secret\nstatus: archived\n---\nSecret.\n");
    put_file("expired.md", "---\ntitle: Secret\nexpires: 2024-01-01\n---\nSecret.\n");
    put_file("gone.md", "---\ntitle: Secret\nstatus: gone\n---\nSecret.\n");
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        check_status(names[i], _i, 404);
        test_config.drafts = true;
        check_status(names[i], _i, 200);
        ck_assert(twin_at(names[i], _i)->personal);
        test_config.drafts = false;
    }
    check_status("gone", _i, 410);
    check_status("none", _i, 404);
    check_status("Draft", _i, 404);
}
END_TEST

START_TEST(other_ways_to_write_it_are_redirected)
{
    const atd_page_t *page;

    put_file("a.md", "x");
    page = page_at(open_site(), _i ? "A.JSON" : "A.MD");
    ck_assert_int_eq(page->status, 301);
    ck_assert_str_eq(page->location, _i ? "https://example.org/blog/a.json" : "https://example.org/blog/a.md");
    ck_assert(page->keeps_query && !page->personal);
    ck_assert_ptr_null(page->links);
    page = page_at(open_site(), _i ? "a.json/" : "a.md/");
    ck_assert_int_eq(page->status, 301);
}
END_TEST

START_TEST(former_addresses_are_redirected)
{
    const atd_page_t *page;

    put_file("new.md", "---\naliases: [old]\n---\nx");
    put_file("draft.md", "---\nstatus: draft\naliases: [older]\n---\nx");
    page = twin_at("old", _i);
    ck_assert_int_eq(page->status, 301);
    ck_assert_str_eq(page->location, _i ? "https://example.org/blog/new.json" : "https://example.org/blog/new.md");
    check_status("older", _i, 404);
    test_config.drafts = true;
    ck_assert(twin_at("older", _i)->personal);
}
END_TEST

START_TEST(posts_that_redirect_have_nothing_to_read)
{
    put_file("a.md", "---\ntitle: Secret\nredirect: {to: /elsewhere}\n---\n");
    put_file("circle.md", "---\nredirect: {to: /blog/circle}\n---\n");
    ck_assert_str_eq(page_at(open_site(), "a")->location, "https://example.org/elsewhere");
    check_status("a", _i, 404);
    check_status("circle", _i, 200);
}
END_TEST

START_TEST(they_stand_beside_any_permalink)
{
    put_file("site.yaml", "permalink: /:year/:month/:slug/\n");
    put_file("a.md", "---\ndate: 2025-06-16\n---\nx");
    check_status("a", _i, 200);
    ck_assert_str_eq(twin_at("a", _i)->canonical, "https://example.org/blog/2025/06/a");
}
END_TEST

START_TEST(a_text_from_elsewhere_is_canonical_there)
{
    put_file("a.md", "---\ncanonicalUrl: https://other.example/a\n---\nx");
    ck_assert_str_eq(twin_at("a", _i)->canonical, "https://other.example/a");
    HAS(twin_at("a", _i)->body, "https://other.example/a");
    HAS(twin_at("a", _i)->body, "https://example.org/blog/a");
}
END_TEST

START_TEST(broken_posts_are_500)
{
    const atd_page_t *page;

    put_file("a.md", "---\ntitle: Secret: x\n---\n");
    page = twin_at("a", _i);
    ck_assert_int_eq(page->status, 500);
    ck_assert_ptr_nonnull(page->error);
    LACKS(page->body, "Secret");
}
END_TEST

START_TEST(neighbours_and_related_are_public)
{
    const atd_page_t *page;

    put_file("a.md", "---\ndate: 2025-01-01\ntags: [x]\nseries: S\npartNumber: 1\n---\n");
    put_file("b.md", "---\ntitle: B\ndate: 2025-01-02\ntags: [x]\nseries: S\npartNumber: 2\n---\n");
    put_file("c.md", "---\ntitle: Hidden\ndate: 2025-01-03\ntags: [x]\nseries: S\nstatus: draft\n---\n");
    page = twin_at("b", 1);
    HAS(page->body, "\"previous\":{\"title\":\"A\",\"url\":\"https://example.org/blog/a\"}");
    HAS(page->body, "\"related\":[{\"title\":\"A\",\"url\":\"https://example.org/blog/a\"}]");
    HAS(page->body, "\"series\":{\"title\":\"S\",\"part\":2,\"posts\":[{\"title\":\"A\"");
    LACKS(page->body, "Hidden");
    LACKS(page->body, "\"next\"");
    ck_assert(!page->personal);
    test_config.drafts = true;
    page = twin_at("b", 1);
    LACKS(page->body, "Hidden"); /* since it is no secret, and may be kept */
    ck_assert(!page->personal);
}
END_TEST

Suite *page_twin_suite(void)
{
    Suite *suite = suite_create("page twin");
    TCase *tests = site_test_case(suite, "forms");

    tcase_add_loop_test(tests, public_posts_have_both_forms, 0, FORMS);
    tcase_add_loop_test(tests, hidden_posts_have_none, 0, FORMS);
    tcase_add_loop_test(tests, other_ways_to_write_it_are_redirected, 0, FORMS);
    tcase_add_loop_test(tests, former_addresses_are_redirected, 0, FORMS);
    tcase_add_loop_test(tests, posts_that_redirect_have_nothing_to_read, 0, FORMS);
    tcase_add_loop_test(tests, they_stand_beside_any_permalink, 0, FORMS);
    tcase_add_loop_test(tests, a_text_from_elsewhere_is_canonical_there, 0, FORMS);
    tcase_add_loop_test(tests, broken_posts_are_500, 0, FORMS);
    tcase_add_test(tests, neighbours_and_related_are_public);
    return suite;
}
