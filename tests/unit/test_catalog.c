/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_catalog.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *paths_found(void)
{
    apr_array_header_t *paths = NULL;
    const char *text = "";

    ATD_OK(atd_catalog_paths(&paths, &test_content, atd_test_pool));
    for (int i = 0; i < paths->nelts; i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "", APR_ARRAY_IDX(paths, i, const char *), NULL);
    return text;
}

static const char *path_of(const char *slug)
{
    const atd_post_t *post = NULL;

    ATD_OK(atd_catalog_find(&post, &test_content, slug, atd_test_pool));
    return post ? post->path : NULL;
}

static atd_error_t *find_error(const char *slug)
{
    const atd_post_t *post = NULL;
    atd_error_t *error = atd_catalog_find(&post, &test_content, slug, atd_test_pool);

    ck_assert_ptr_null(post);
    return error;
}

START_TEST(posts_are_found_where_they_may_be)
{
    put_file("b.md", "x");
    put_file("a.markdown", "x");
    put_file("bundle/index.md", "x");
    put_file("posts/c.md", "x");
    put_file("posts/other/index.markdown", "x");
    put_file("_posts/2025-01-01-d.md", "x");
    put_file("pages/about.md", "x");
    ck_assert_str_eq(paths_found(), "a.markdown b.md bundle/index.md posts/c.md posts/other/index.markdown "
                                    "_posts/2025-01-01-d.md pages/about.md");
}
END_TEST

START_TEST(other_files_are_no_posts)
{
    put_file("README.md", "x");
    put_file("License.md", "x");
    put_file("index.md", "x");
    put_file("_draft.md", "x");
    put_file("_hidden/index.md", "x");
    put_file(".git/index.md", "x");
    put_file(".a.md", "x");
    put_file("a.md~", "x");
    put_file("a.txt", "x");
    put_file("site.yaml", "");
    put_file("authors/ada.md", "x");
    put_file("authors/index.md", "x");
    put_file("categories/tech.md", "x");
    put_file("posts/index.md", "x");
    put_file("posts/_index.md", "x");
    put_file("posts/deep/er/index.md", "x");
    put_file("images/a.png", "x");
    ck_assert_str_eq(paths_found(), "");
}
END_TEST

START_TEST(missing_folder_is_an_error)
{
    const atd_root_t nowhere = {.path = "/nonexistent"};
    apr_array_header_t *list;
    const atd_post_t *post;

    ATD_FAILS(atd_catalog_paths(&list, &nowhere, atd_test_pool), ATD_E_MISSING, 0, 0);
    ATD_FAILS(atd_catalog_load(&list, &nowhere, NULL, atd_test_pool), ATD_E_MISSING, 0, 0);
    ATD_FAILS(atd_catalog_find(&post, &nowhere, "a", atd_test_pool), ATD_E_MISSING, 0, 0);
    put_link("/", "posts");
    ATD_FAILS(atd_catalog_paths(&list, &test_content, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
}
END_TEST

START_TEST(broken_posts_are_left_out)
{
    apr_array_header_t *posts = NULL;

    put_file("a.md", "---\ntitle: A\n---\n");
    put_file("b.md", "---\ntitle: B: b\n---\n");
    put_file("c.md", "---\nstatus: unknown\n---\n");
    put_link("a.md", "d.md");
    ATD_OK(atd_catalog_load(&posts, &test_content, NULL, atd_test_pool));
    ck_assert_int_eq(posts->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(posts, 0, const atd_post_t *)->title, "A");
    ATD_OK(atd_catalog_load(&posts, &test_content, "a.md", atd_test_pool));
    ck_assert_int_eq(posts->nelts, 0);
}
END_TEST

START_TEST(slug_is_found)
{
    put_file("posts/a.md", "x");
    put_file("posts/b.md", "---\nslug: c\n---\n");
    put_file("posts/2025-01-01-d.md", "x");
    put_file("e/index.md", "x");
    put_file("posts/My File.md", "x");
    put_file("posts/posts.md", "x");
    ck_assert_pstr_eq(path_of("a"), "posts/a.md");
    ck_assert_pstr_eq(path_of("b"), NULL);
    ck_assert_pstr_eq(path_of("c"), "posts/b.md");
    ck_assert_pstr_eq(path_of("d"), "posts/2025-01-01-d.md");
    ck_assert_pstr_eq(path_of("e"), "e/index.md");
    ck_assert_pstr_eq(path_of("my-file"), "posts/My File.md");
    ck_assert_pstr_eq(path_of("posts"), "posts/posts.md");
    ck_assert_pstr_eq(path_of("none"), NULL);
}
END_TEST

START_TEST(files_that_are_no_posts_are_not_found)
{
    put_file("readme.md", "x");
    put_file("index.md", "x");
    put_file("authors/ada.md", "x");
    put_file("authors/index.md", "x");
    ck_assert_pstr_eq(path_of("readme"), NULL);
    ck_assert_pstr_eq(path_of("index"), NULL);
    ck_assert_pstr_eq(path_of("ada"), NULL);
    ck_assert_pstr_eq(path_of("authors"), NULL);
}
END_TEST

START_TEST(name_comes_before_slug)
{
    put_file("a.md", "---\nslug: b\n---\n");
    put_file("posts/b.md", "x");
    ck_assert_pstr_eq(path_of("b"), "posts/b.md");
}
END_TEST

START_TEST(broken_post_is_an_error_for_its_own_slug_alone)
{
    put_file("a.md", "---\ntitle: A: a\n---\n");
    put_file("b.md", "---\nslug: 'other'\ntitle: B: b\n---\n");
    put_file("c.md", "---\nslug:\ntitle: C: c\n---\n");
    put_file("d.md", "x");
    ATD_FAILS(find_error("a"), ATD_E_YAML, 2, 9);
    ATD_FAILS(find_error("other"), ATD_E_YAML, 3, 9);
    ATD_FAILS(find_error("c"), ATD_E_YAML, 3, 9);
    ck_assert_pstr_eq(path_of("b"), NULL);
    ck_assert_pstr_eq(path_of("d"), "d.md");
    ck_assert_pstr_eq(path_of("none"), NULL);
}
END_TEST

START_TEST(unreadable_post_is_an_error_for_its_own_slug_alone)
{
    put_file("large.md", repeated("x", 1024 * 1024 + 1));
    ATD_FAILS(find_error("large"), ATD_E_LIMIT, 0, 0);
    ck_assert_pstr_eq(path_of("other"), NULL);
    put_link("large.md", "link.md");
    ck_assert_pstr_eq(path_of("link"), NULL);
}
END_TEST

typedef struct broken_t {
    const char *text;
    const char *slug; /* NULL: that of the file's name, "a" */
    bool withdrawn;
} broken_t;

static const broken_t broken[] = {
    {"---\ntitle: A: b\nslug: 'b'\ndraft: true\n---\n", "b", true},
    {"---\ntitle: A: b\n  draft: true\n'draft': true\ndraft : true\ndraft = true\n---\n", NULL, false},
    {"---\ntitle: A: b\npublished: False\n---\n", NULL, true},
    {"+++\ntitle = A\nslug = \"b\"\ndraft = true # not yet\n+++\n", "b", true},
    {"\xEF\xBB\xBF\r\n+++\r\ntitle = A\r\n  'status'='Draft'\r\n+++\r\n", NULL, true},
    {"+++\ntitle = A\npublished = false\nstatus = \"published\"\n+++\n", NULL, true},
    {"+++\ntitle = A\ndraft = false\nx_draft = true\ndrafts = true\ndraft: true\n+++\n", NULL, false},
    {"+++\ntitle = A\n[params]\ndraft = true\nslug = 'b'\n+++\n", NULL, false},
    {"{\n \"title\": A,\n \"slug\": \"b\",\n \"draft\": true\n}\n", "b", true},
    {"{\"title\": A, \"status\" : \"archived\"}\n", NULL, true},
    {"{\"title\": A, \"published\":false}\n", NULL, true},
    {"{\"title\": A, \"x draft\": true, draft: true, \"draft\": false}\n", NULL, false},
};

START_TEST(broken_file_is_guessed_at)
{
    const char *slug = broken[_i].slug ? broken[_i].slug : "a";

    put_file("a.md", broken[_i].text);
    ck_assert_int_eq(atd_catalog_is_withdrawn(&test_content, "a.md", atd_test_pool), broken[_i].withdrawn);
    ck_assert_ptr_nonnull(find_error(slug));
    ck_assert_ptr_null(find_error(broken[_i].slug ? "a" : "b"));
}
END_TEST

Suite *catalog_suite(void)
{
    Suite *suite = suite_create("catalog");
    TCase *tests = site_test_case(suite, "catalog");

    tcase_add_test(tests, posts_are_found_where_they_may_be);
    tcase_add_test(tests, other_files_are_no_posts);
    tcase_add_test(tests, missing_folder_is_an_error);
    tcase_add_test(tests, broken_posts_are_left_out);
    tcase_add_test(tests, slug_is_found);
    tcase_add_test(tests, files_that_are_no_posts_are_not_found);
    tcase_add_test(tests, name_comes_before_slug);
    tcase_add_test(tests, broken_post_is_an_error_for_its_own_slug_alone);
    tcase_add_test(tests, unreadable_post_is_an_error_for_its_own_slug_alone);
    tcase_add_loop_test(tests, broken_file_is_guessed_at, 0, (int)(sizeof broken / sizeof *broken));
    return suite;
}
