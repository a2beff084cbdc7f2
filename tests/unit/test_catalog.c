/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_catalog.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *paths_found(void)
{
    apr_array_header_t *files = NULL;
    const char *text = "";

    ATD_OK(atd_catalog_walk(&files, &test_content, atd_test_pool));
    for (int i = 0; i < files->nelts; i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "", APR_ARRAY_IDX(files, i, atd_catalog_file_t).path, NULL);
    return text;
}

static const char *path_of(const char *slug)
{
    const atd_post_t *post = NULL;

    ATD_OK(atd_catalog_guess(&post, &test_content, slug, atd_test_pool));
    return post ? post->path : NULL;
}

static atd_error_t *find_error(const char *slug)
{
    const atd_post_t *post = NULL;
    atd_error_t *error = atd_catalog_guess(&post, &test_content, slug, atd_test_pool);

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
    put_file("authors/index.md", "x");
    put_file("authors/deep/ada.md", "x");
    put_file("posts/index.md", "x");
    put_file("posts/_index.md", "x");
    put_file("posts/bundle.png/a.png", "x");
    put_file("other/a.md", "x");
    put_file("images/a.png", "x");
    ck_assert_str_eq(paths_found(), "");
}
END_TEST

START_TEST(folders_within_posts_are_walked)
{
    put_file("posts/2024/a.md", "x");
    put_file("posts/2024/06/b.md", "x");
    put_file("posts/2024/06/c/index.md", "x");
    put_file("posts/2024/06/c/notes.md", "x");
    put_file("posts/1/2/3/4/e.md", "x");
    put_file("posts/1/2/3/4/5/f.md", "x");
    put_file("pages/deep/g.md", "x");
    ck_assert_str_eq(paths_found(), "posts/1/2/3/4/e.md posts/2024/06/b.md posts/2024/06/c/index.md posts/2024/a.md "
                                    "pages/deep/g.md");
}
END_TEST

START_TEST(files_know_their_kind_and_rank)
{
    static const struct {
        const char *path;
        atd_catalog_kind_t kind;
    } files[] = {
        {"z.md", ATD_CATALOG_POST},           {"posts/y.md", ATD_CATALOG_POST},
        {"post/x.md", ATD_CATALOG_POST},      {"blog/w.md", ATD_CATALOG_POST},
        {"_posts/v.md", ATD_CATALOG_POST},    {"pages/u.md", ATD_CATALOG_PAGE},
        {"authors/b.md", ATD_CATALOG_AUTHOR}, {"categories/a.md", ATD_CATALOG_CATEGORY},
    };
    apr_array_header_t *found = NULL;

    for (apr_size_t i = 0; i < sizeof files / sizeof *files; i++)
        put_file(files[i].path, "x");
    ATD_OK(atd_catalog_walk(&found, &test_content, atd_test_pool));
    ck_assert_uint_eq((apr_size_t)found->nelts, sizeof files / sizeof *files);
    for (int i = 0; i < found->nelts; i++) {
        const atd_catalog_file_t *file = &APR_ARRAY_IDX(found, i, atd_catalog_file_t);

        ck_assert_str_eq(file->path, files[i].path);
        ck_assert_int_eq(file->kind, files[i].kind);
        ck_assert_uint_eq(file->rank, (unsigned)i);
        ck_assert_uint_eq(file->stamp.size, 1);
    }
}
END_TEST

START_TEST(missing_folder_is_an_error)
{
    const atd_root_t nowhere = {.path = "/nonexistent"};
    apr_array_header_t *list;
    const atd_post_t *post;

    ATD_FAILS(atd_catalog_walk(&list, &nowhere, atd_test_pool), ATD_E_MISSING, 0, 0);
    ATD_OK(atd_catalog_guess(&post, &nowhere, "a", atd_test_pool));
    ck_assert_ptr_null(post);
    put_link("/", "posts");
    ATD_FAILS(atd_catalog_walk(&list, &test_content, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
}
END_TEST

START_TEST(links_are_left_out)
{
    put_file("a.md", "x");
    put_link("a.md", "b.md");
    put_link("/", "posts.md");
    ck_assert_str_eq(paths_found(), "a.md");
}
END_TEST

/* ---- what is read of files that can't be understood ---- */

static const struct {
    const char *text;
    bool withdrawn;
} slips[] = {
    {"---\nstatus: draft\na: b: c\n---\n", true},
    {"---\na: b: c\nstatus: 'Draft'\n---\n", true},
    {"---\r\nstatus:\t\"ARCHIVED\" # was fine\r\na: b: c\r\n", true},
    {"---\nstatus: gone\na: b: c\n", true},
    {"---\nstatus: scheduled\na: b: c\n", true},
    {"---\ndraft: true\na: b: c\n", true},
    {"---\npublished: false\na: b: c\n", true},
    {"---\nstatus: published\na: b: c\n", false},
    {"---\nstatus: unknown\n---\n", false},
    {"---\ndraft: false\npublished: true\na: b: c\n", false},
    {"---\nold_status: draft\na: b: c\n", false},
    {"---\n  status: draft\na: b: c\n", false},
    {"status: draft", true},
    {"", false},
};

START_TEST(a_slip_may_take_a_post_back)
{
    put_file("a.md", slips[_i].text);
    ck_assert_int_eq(atd_catalog_takes_back(slips[_i].text, atd_test_pool), slips[_i].withdrawn);
    ck_assert_int_eq(atd_catalog_is_withdrawn(&test_content, "a.md", atd_test_pool), slips[_i].withdrawn);
    ck_assert(!atd_catalog_is_withdrawn(&test_content, "b.md", atd_test_pool));
}
END_TEST

START_TEST(a_slip_leaves_a_slug)
{
    static const struct {
        const char *text, *slug;
    } broken[] = {
        {"---\nslug: My Post\na: b: c\n", "my-post"},
        {"---\nslug: \"x\" # y\n", "x"},
        {"---\nslug: '!'\n", "a"},
        {"---\nslug:\ntitle: t\n", "a"},
        {"", "a"},
        {"slug: x\n", "x"}, /* its first fence is lost */
    };

    for (apr_size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        ck_assert_str_eq(atd_catalog_broken_slug(broken[i].text, "posts/A.md", atd_test_pool), broken[i].slug);
}
END_TEST

/* ---- guessing ---- */

START_TEST(slug_is_guessed_by_its_file)
{
    put_file("posts/a.md", "x");
    put_file("posts/b.md", "---\nslug: c\n---\n");
    put_file("posts/2025-01-01-d.md", "x");
    put_file("e/index.md", "x");
    put_file("posts/My File.md", "x");
    put_file("f.markdown", "x");
    put_file("pages/g/index.markdown", "x");
    ck_assert_pstr_eq(path_of("a"), "posts/a.md");
    ck_assert_pstr_eq(path_of("b"), NULL);
    ck_assert_pstr_eq(path_of("e"), "e/index.md");
    ck_assert_pstr_eq(path_of("f"), "f.markdown");
    ck_assert_pstr_eq(path_of("g"), "pages/g/index.markdown");
    ck_assert_pstr_eq(path_of("none"), NULL);
    ck_assert_pstr_eq(path_of("../a"), NULL);
    ck_assert_pstr_eq(path_of(""), NULL);
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
    put_file("other.md", "---\nslug: other\ntitle: B: b\n---\n");
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
    put_file("pages/b.md", broken[_i].text);
    ck_assert_int_eq(atd_catalog_is_withdrawn(&test_content, "a.md", atd_test_pool), broken[_i].withdrawn);
    ck_assert_str_eq(atd_catalog_broken_slug(broken[_i].text, "a.md", atd_test_pool), slug);
    ck_assert_int_eq(find_error("a") != NULL, !broken[_i].slug);
    ck_assert_ptr_nonnull(find_error("b"));
}
END_TEST

Suite *catalog_suite(void)
{
    Suite *suite = suite_create("catalog");
    TCase *tests = site_test_case(suite, "catalog");

    tcase_add_test(tests, posts_are_found_where_they_may_be);
    tcase_add_test(tests, other_files_are_no_posts);
    tcase_add_test(tests, missing_folder_is_an_error);
    tcase_add_test(tests, folders_within_posts_are_walked);
    tcase_add_test(tests, files_know_their_kind_and_rank);
    tcase_add_test(tests, links_are_left_out);
    tcase_add_loop_test(tests, a_slip_may_take_a_post_back, 0, (int)(sizeof slips / sizeof *slips));
    tcase_add_test(tests, a_slip_leaves_a_slug);
    tcase_add_test(tests, slug_is_guessed_by_its_file);
    tcase_add_test(tests, files_that_are_no_posts_are_not_found);
    tcase_add_test(tests, name_comes_before_slug);
    tcase_add_test(tests, broken_post_is_an_error_for_its_own_slug_alone);
    tcase_add_test(tests, unreadable_post_is_an_error_for_its_own_slug_alone);
    tcase_add_loop_test(tests, broken_file_is_guessed_at, 0, (int)(sizeof broken / sizeof *broken));
    return suite;
}
