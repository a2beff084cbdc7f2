/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_permalink.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static const char *normal_of(const char *pattern, const char **fault)
{
    atd_reading_t reading = {.pool = atd_test_pool};
    const char *normal;
    const atd_error_t *error = atd_permalink_check(&normal, pattern, NULL, &reading);

    ck_assert_ptr_eq(error, reading.first);
    *fault = error ? error->message : NULL;
    if (error) {
        HAS(error->hint, ":category");
        ck_assert_int_eq(error->id, ATD_E_VALUE);
        ck_assert_str_eq(normal, ATD_PERMALINK_DEFAULT);
    }
    return normal;
}

static const struct {
    const char *pattern, *normal;
} patterns[] = {
    {"/:slug", "/:slug"},
    {":slug", "/:slug"},
    {"/:slug/", "/:slug"},
    {"/:title.html", "/:slug"},
    {"/:filename.html/", "/:slug"},
    {"//:year//:month/:title//", "/:year/:month/:slug"},
    {"/:Year/:MONTH/:day/:slug", "/:year/:month/:day/:slug"},
    {"/:categories/:title:output_ext", "/:category/:slug"},
    {"/:section/:slugorcontentbasename", "/:slug"},
    {"/:section/:year/:contentbasename/", "/:year/:slug"},
    {"/:year-:month/:slug", "/:year-:month/:slug"},
    {"/posts/:slug", "/posts/:slug"},
    {"/artikel/\xC3\xBC/:slug", "/artikel/\xC3\xBC/:slug"},
    {"/x/tag/:slug", "/x/tag/:slug"},
    {"date", "/:category/:year/:month/:day/:slug"},
    {"Pretty", "/:category/:year/:month/:day/:slug"},
    {"none", "/:category/:slug"},
};

START_TEST(pattern_has_a_normal_form)
{
    const char *fault;
    const char *normal = normal_of(patterns[_i].pattern, &fault);

    ck_assert_msg(!fault, "%s: %s", patterns[_i].pattern, fault);
    ck_assert_str_eq(normal, patterns[_i].normal);
    ck_assert_str_eq(normal_of(normal, &fault), normal);
}
END_TEST

static const struct {
    const char *pattern, *fault;
} wrong[] = {
    {"", ":slug must stand at its end"},
    {"/", ":slug must stand at its end"},
    {"/:year", ":slug must stand at its end"},
    {"/:slug/:year", ":slug must stand at its end"},
    {"/:year-:slug", ":slug must stand at its end"},
    {"/:slug:slug", ":slug must stand at its end"},
    {"/:i_month/:slug", "there is no name ':i_month'"},
    {"/:/:slug", "there is no name ':'"},
    {"/:yearly/:slug", "there is no name ':yearly'"},
    {"ordinal", ":slug must stand at its end"},
    {"/%postname%/", "'%' can't stand in an address"},
    {"/a b/:slug", "' ' can't stand in an address"},
    {"/?a=/:slug", "'?' can't stand in an address"},
    {"/a\\b/:slug", "can't stand in an address"},
    {"/../:slug", "'..' would be hidden"},
    {"/_x/:slug", "'_x' would be hidden"},
    {"/tag/:slug", "'tag' is the address of lists"},
    {"/:section/Archive/:slug", "'Archive' is the address of lists"},
    {"/\xFF/:slug", "it is not UTF-8"},
};

START_TEST(wrong_pattern_is_told)
{
    const char *fault;

    normal_of(wrong[_i].pattern, &fault);
    HAS(fault, wrong[_i].fault);
    HAS(fault, "'permalink' can't be '");
}
END_TEST

START_TEST(long_pattern_is_told)
{
    const char *fault;

    normal_of(apr_pstrcat(atd_test_pool, "/", repeated("a", ATD_MAX_ALIAS), "/:slug", NULL), &fault);
    HAS(fault, "it is too long");
    normal_of(apr_pstrcat(atd_test_pool, repeated("/a", ATD_MAX_ALIAS), "/:slug", NULL), &fault);
    HAS(fault, "it is too long");
}
END_TEST

#define POST "slug: my-post\ndate: 2025-06-06T23:30:00-05:00\ncategory: Web Dev\ntags: [Old News, C]\n"

static const struct {
    const char *pattern, *front_matter, *path;
} paths[] = {
    {"/:slug", POST, "my-post"},
    {"/:year/:month/:slug", POST, "2025/06/my-post"},
    {"/:year/:month/:day/:slug", POST, "2025/06/06/my-post"}, /* not the 7th, as it is in UTC */
    {"/:year-:month/:slug", POST, "2025-06/my-post"},
    {"/:category/:slug", POST, "web-dev/my-post"},
    {"/posts/:slug", POST, "posts/my-post"},
    {"/:category/:year/:slug", "slug: a\ndate: 2025-01-02\n", "2025/a"},
    {"/:year/:category/:slug", "slug: a\ndate: 2025-01-02\n", "2025/a"},
    {"/:category/:slug", "slug: a\n", "a"},
    {"/:category/:slug", "slug: a\ncategory: '!!'\n", "a"},
    {"/x/:category/:slug", "slug: a\n", "x/a"},
    {"/:year/:slug", "slug: a\n", "a"},
    {"/x/:year/:slug", "slug: a\n", "a"},
    {"/:category/:slug", "slug: a\ncategory: Tag\n", "a"},
    {"/:category/:slug", "slug: '2'\ncategory: page\n", "2"},
    {"/:category/:slug", "slug: '2025'\ncategory: archive\n", "2025"},
    {"/:category/:slug", "slug: a\ncategory: '\xC3\x9C'\n", "\xC3\xBC/a"},
};

START_TEST(post_has_the_path_of_the_pattern)
{
    const char *path = atd_permalink_path(paths[_i].pattern, post_of(paths[_i].front_matter), atd_test_pool);

    ck_assert_str_eq(path, paths[_i].path);
}
END_TEST

START_TEST(too_long_path_is_the_slug)
{
    const char *pattern = apr_pstrcat(atd_test_pool, repeated("/:category", 10), "/:slug", NULL);
    const char *post = apr_psprintf(atd_test_pool, "slug: a\ncategory: %s\n", repeated("c", 150));

    ck_assert_str_eq(atd_permalink_path(pattern, post_of(post), atd_test_pool), "a");
}
END_TEST

START_TEST(page_has_its_slug)
{
    put_file("pages/about.md", markdown_of("date: 2025-01-01\n", "Text\n"));
    ck_assert_str_eq(atd_permalink_path("/:year/:slug", load_post("pages/about.md"), atd_test_pool), "about");
}
END_TEST

static const struct {
    const char *path, *slug;
} slugs[] = {
    {"my-post", "my-post"},
    {"2025/06/My_Post.html", "my-post"},
    {"a/b//", "b"},
    {"a/b/index.html", "b"},
    {"a/b.HTM/", "b"},
    {"a/b.c", "b-c"},
    {"\xC3\x9C"
     "ber uns",
     "\xC3\xBC"
     "ber-uns"},
    {"", ""},
    {"///", ""},
    {"index.html", ""},
    {"a/.html", ""},
    {"a/!!", ""},
    {"\xFF", ""},
};

START_TEST(last_component_is_the_slug)
{
    const char *slug;

    ck_assert_int_eq(atd_permalink_slug(&slug, slugs[_i].path, atd_test_pool), *slugs[_i].slug != '\0');
    ck_assert_str_eq(slug, slugs[_i].slug);
}
END_TEST

static const struct {
    const char *path;
    bool matches;
} others[] = {
    {"my-post", true},
    {"My_Post", true},
    {"2025/06/my-post", true},
    {"2025/6/6/my-post.html", true},
    {"2025/06/06/my-post/", true},
    {"2025-06-06/my-post/index.html", true},
    {"web-dev/2025/06/06/my-post.html", true},
    {"Web%20Dev/my-post", false},
    {"Web Dev/my-post", true},
    {"old-news/my-post", true},
    {"c/my-post", true},
    {"blog/posts/my-post", true},
    {"post/my-post", true},
    {"2024/06/my-post", false},
    {"2025/07/my-post", false},
    {"2025/06/07/my-post", false},
    {"2025/006/my-post", false},
    {"2025/0/my-post", false},
    {"20/my-post", false},
    {"20251/my-post", false},
    {"2025-06-07/my-post", false},
    {"news/my-post", false},
    {"!!/my-post", false},
    {"2025/06/other", false},
    {"2025/06/my-post/more", false},
    {"", false},
    {"index.html", false},
};

START_TEST(usual_addresses_match)
{
    ck_assert_msg(atd_permalink_matches(others[_i].path, post_of(POST), atd_test_pool) == others[_i].matches, "%s",
                  others[_i].path);
}
END_TEST

START_TEST(post_without_facts_matches_by_its_slug)
{
    const atd_post_t *post = post_of("slug: a\n");

    ck_assert(atd_permalink_matches("posts/a", post, atd_test_pool));
    ck_assert(!atd_permalink_matches("1970/01/01/a", post, atd_test_pool));
    ck_assert(!atd_permalink_matches("!!/a", post, atd_test_pool));
}
END_TEST

START_TEST(day_of_the_files_name_matches)
{
    const atd_post_t *post;

    put_file("_posts/2016-08-24-a.md", markdown_of("date: 2016-09-25 09:50:00 +0300\n", "Text\n"));
    post = load_post("_posts/2016-08-24-a.md");
    ck_assert(atd_permalink_matches("2016/08/24/a.html", post, atd_test_pool));
    ck_assert(atd_permalink_matches("2016/09/25/a.html", post, atd_test_pool));
    ck_assert(atd_permalink_matches("2016-08-24/a", post, atd_test_pool));
    ck_assert(!atd_permalink_matches("2016/08/23/a.html", post, atd_test_pool));
    ck_assert(!atd_permalink_matches("2015/08/24/a.html", post, atd_test_pool));
}
END_TEST

START_TEST(own_path_matches)
{
    const atd_post_t *post = post_of(POST);

    for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const char *fault;
        const char *path = atd_permalink_path(normal_of(patterns[i].pattern, &fault), post, atd_test_pool);

        if (!strstr(path, "artikel") && !strstr(path, "x/tag") && !strstr(path, "2025-06/"))
            ck_assert_msg(atd_permalink_matches(path, post, atd_test_pool), "%s", path);
    }
}
END_TEST

#define LOOP(test, table) tcase_add_loop_test(tests, test, 0, (int)(sizeof table / sizeof *table))

Suite *permalink_suite(void)
{
    Suite *suite = suite_create("permalink");
    TCase *tests = site_test_case(suite, "permalink");

    LOOP(pattern_has_a_normal_form, patterns);
    LOOP(wrong_pattern_is_told, wrong);
    tcase_add_test(tests, long_pattern_is_told);
    LOOP(post_has_the_path_of_the_pattern, paths);
    tcase_add_test(tests, too_long_path_is_the_slug);
    tcase_add_test(tests, page_has_its_slug);
    LOOP(last_component_is_the_slug, slugs);
    LOOP(usual_addresses_match, others);
    tcase_add_test(tests, post_without_facts_matches_by_its_slug);
    tcase_add_test(tests, day_of_the_files_name_matches);
    tcase_add_test(tests, own_path_matches);
    return suite;
}
