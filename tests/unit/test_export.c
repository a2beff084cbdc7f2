/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_export.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *file_of(const char *path)
{
    atd_route_t route;

    atd_route_parse(&route, path, atd_test_pool);
    return atd_export_file(&route, atd_test_pool);
}

START_TEST(pages_end_with_html)
{
    ck_assert_str_eq(file_of(""), "index.html");
    ck_assert_str_eq(file_of("page/2"), "page/2.html");
    ck_assert_str_eq(file_of("my-post"), "my-post.html");
    ck_assert_str_eq(file_of("2025/06/my-post"), "2025/06/my-post.html");
    ck_assert_str_eq(file_of("tag/x"), "tag/x.html");
    ck_assert_str_eq(file_of("category/x/page/12"), "category/x/page/12.html");
    ck_assert_str_eq(file_of("author/x"), "author/x.html");
    ck_assert_str_eq(file_of("archive"), "archive.html");
    ck_assert_str_eq(file_of("archive/2025/06/page/3"), "archive/2025/06/page/3.html");
    ck_assert_str_eq(file_of("tags"), "tags.html");
    ck_assert_str_eq(file_of("categories"), "categories.html");
    ck_assert_str_eq(file_of("authors"), "authors.html");
}
END_TEST

START_TEST(other_files_keep_their_names)
{
    static const char *const names[] = {"feed.xml",
                                        "atom.xml",
                                        "feed.json",
                                        "tag/x/feed.xml",
                                        "author/x/atom.xml",
                                        "my-post.md",
                                        "my-post.json",
                                        "sitemap.xml",
                                        "sitemap-2.xml",
                                        "llms.txt",
                                        "llms-full.txt",
                                        "opensearch.xml",
                                        "_theme/style.0123456789ab.css"};

    for (apr_size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_str_eq(file_of(names[i]), names[i]);
    ck_assert_ptr_null(file_of("../x"));
}
END_TEST

/* "file file ..." of the items of a kind, in their order. */
static const char *files_of(atd_export_kind_t kind, apr_array_header_t *findings)
{
    const char *all = "";
    apr_array_header_t *items;

    ATD_OK(atd_export_list(&items, open_site(), NULL, findings, atd_test_pool));
    for (int i = 0; i < items->nelts; i++) {
        const atd_export_item_t *item = &APR_ARRAY_IDX(items, i, atd_export_item_t);

        if (item->kind == kind)
            all = apr_pstrcat(atd_test_pool, all, " ", item->file ? item->file : item->path, NULL);
    }
    return apr_pstrcat(atd_test_pool, all, " ", NULL);
}

START_TEST(what_a_blog_has)
{
    const char *pages;

    put_file("posts/a.md", "---\ntitle: A\ndate: 2025-06-16\ntags: [x]\naliases: [/old, /blog/older]\n---\nText\n");
    put_file("posts/b.md", "---\ntitle: B\nstatus: draft\ntags: [secret]\naliases: [/hidden]\n---\nText\n");
    put_file("posts/c.md", "---\ntitle: C\nredirect_to: https://example.com/\n---\n");
    put_file("pages/about.md", "---\ntitle: About\n---\nText\n");
    put_file("images/a.svg", svg_of(1, 1));
    put_file("images/b.md~", "x");
    pages = files_of(ATD_EXPORT_PAGE, NULL);
    HAS(pages, " a.html ");
    HAS(pages, " about.html ");
    HAS(pages, " index.html ");
    HAS(pages, " tag/x.html ");
    HAS(pages, " tag/x/feed.xml ");
    HAS(pages, " archive/2025/06.html ");
    LACKS(pages, " b.html");
    LACKS(pages, "secret");
    LACKS(pages, " c.html");
    ck_assert_str_eq(files_of(ATD_EXPORT_COPY, NULL), " images/a.svg ");
    ck_assert_str_eq(files_of(ATD_EXPORT_REDIRECT, NULL), " c older old ");
    ck_assert_str_eq(files_of(ATD_EXPORT_MISSING, NULL), " 404.html ");
}
END_TEST

START_TEST(one_file_for_two_addresses_is_told)
{
    apr_array_header_t *findings = apr_array_make(atd_test_pool, 1, sizeof(atd_error_t *));
    const char *pages;

    put_file("a.md", "---\ntitle: A\n---\nText\n");
    put_file("index.html", "home");
    put_file("a.html", "other");
    pages = files_of(ATD_EXPORT_PAGE, findings);
    HAS(pages, " a.html ");
    ck_assert_int_eq(findings->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(findings, 0, atd_error_t *)->file, "a.html");
    ck_assert_str_eq(files_of(ATD_EXPORT_COPY, NULL), " index.html ");
}
END_TEST

Suite *export_suite(void)
{
    Suite *suite = suite_create("export");
    TCase *tests = site_test_case(suite, "export");

    tcase_add_test(tests, pages_end_with_html);
    tcase_add_test(tests, other_files_keep_their_names);
    tcase_add_test(tests, what_a_blog_has);
    tcase_add_test(tests, one_file_for_two_addresses_is_told);
    return suite;
}
