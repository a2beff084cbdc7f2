/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index.h"
#include "site/atd_search_query.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <stdio.h>
#include <stdlib.h>

#define NOON ((apr_time_t)1751371200 * APR_USEC_PER_SEC) /* 2025-07-01T12:00:00Z */
#define LONG ((apr_interval_time_t)60 * APR_USEC_PER_SEC)
#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static const atd_index_viewer_t visitor = {.now = NOON};

static void put_post(const char *name, const char *date, const char *front_matter, const char *body)
{
    const char *head = apr_psprintf(atd_test_pool, "date: %s\n%s", date, front_matter);

    put_file(apr_psprintf(atd_test_pool, "posts/%s.md", name), markdown_of(head, body));
}

static void refresh(atd_index_t *index)
{
    const atd_index_policy_t policy = {.renderer = &atd_renderer_inprocess};
    atd_index_state_t state;

    ATD_OK(atd_index_refresh(&state, index, &policy, atd_test_pool));
    ck_assert(state.complete);
}

static atd_index_t *open_index(void)
{
    atd_index_t *index;

    ATD_OK(atd_index_open(&index, &test_content, NULL, atd_test_pool));
    refresh(index);
    return index;
}

static atd_search_result_t search_page(atd_index_t *index, const char *text, apr_int64_t offset, apr_int64_t limit)
{
    atd_search_query_t query;
    atd_search_result_t result;

    atd_search_query_parse(&query, text, atd_test_pool);
    ATD_OK(atd_index_search(&result, index, &visitor, query.match, offset, limit, LONG, atd_test_pool));
    ck_assert(!result.out_of_time);
    return result;
}

/* Slugs with blanks between them, in their order. */
static const char *slugs(const atd_search_result_t *result)
{
    const char *text = "";

    for (int i = 0; i < result->hits->nelts; i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "",
                           APR_ARRAY_IDX(result->hits, i, atd_search_hit_t).post->slug, NULL);
    return text;
}

static const char *search(atd_index_t *index, const char *text)
{
    atd_search_result_t result = search_page(index, text, 0, 100);

    ck_assert_int_eq(result.total, result.hits->nelts);
    ck_assert(!result.more_than_total);
    return slugs(&result);
}

static const char *snippet(atd_index_t *index, const char *text)
{
    atd_search_result_t result = search_page(index, text, 0, 1);

    ck_assert_int_eq(result.hits->nelts, 1);
    return APR_ARRAY_IDX(result.hits, 0, atd_search_hit_t).snippet;
}

/* ---- what is found, and in which order ---- */

START_TEST(title_weighs_most)
{
    atd_index_t *index;

    put_post("body", "2025-06-05", "title: A\n", "Some pepper here.");
    put_post("heading", "2025-06-04", "title: B\n", "## Pepper\n\nNone.");
    put_post("tag", "2025-06-03", "title: C\ntags: [pepper]\n", "None.");
    put_post("title", "2025-06-02", "title: Pepper\n", "None.");
    put_post("often", "2025-06-01", "title: D\n", repeated("pepper ", 200));
    index = open_index();
    ck_assert_str_eq(search(index, "pepper"), "title tag heading often body");
    ck_assert_str_eq(search(index, "\"pepper\""), "title tag heading often body");
}
END_TEST

START_TEST(newest_of_equals_comes_first)
{
    put_post("b", "2024-06-05", "title: A\n", "salt");
    put_post("c", "2025-06-05T10:00:00Z", "title: A\n", "salt");
    put_post("a", "2025-06-05T11:00:00Z", "title: A\n", "salt");
    put_post("d", "2023-06-05", "title: A\n", "salt");
    ck_assert_str_eq(search(open_index(), "salt"), "a c b d");
}
END_TEST

static const struct {
    const char *query;
    const char *slugs;
} queries[] = {
    {"cafe", "one"},
    {"CAFÉ", "one"},
    {"kitch", "two one"},
    {"kitch x", ""},
    {"\"black tea\"", "one"},
    {"\"tea black\"", ""},
    {"tea -coffee", "two"},
    {"tea coffee", "one"},
    {"東京", "three"},
    {"京東", ""},
    {"大阪 東京", "three"},
    {"nothing", ""},
    {"", ""},
    {"-tea", ""},
    {"about", "about"},
    {"kitchen\"", "two one"},
};

START_TEST(queries_find)
{
    put_post("one", "2025-06-01", "title: One\n", "Café with coffee and black tea in the kitchen.");
    put_post("two", "2025-06-02", "title: Two\n", "Tea in kitchens.");
    put_post("three", "2025-06-03", "title: Three\n", "東京都と大阪");
    put_file("pages/about.md", markdown_of("title: About\n", "us"));
    ck_assert_str_eq(search(open_index(), queries[_i].query), queries[_i].slugs);
}
END_TEST

START_TEST(hidden_posts_are_never_found)
{
    atd_index_t *index;
    atd_search_result_t result;
    atd_search_query_t query;

    put_post("draft", "2025-06-01", "title: Pepper\nstatus: draft\n", "pepper");
    put_post("later", "2025-07-02", "title: Pepper\nstatus: scheduled\n", "pepper");
    put_post("over", "2025-06-01", "title: Pepper\nexpires: 2025-06-20\n", "pepper");
    put_post("kept", "2025-06-01", "title: Pepper\nstatus: archived\n", "pepper");
    put_post("gone", "2025-06-01", "title: Pepper\nstatus: gone\n", "pepper");
    put_post("shown", "2025-06-01", "title: Pepper\nnoindex: true\n", "pepper");
    put_post("second", "2025-06-01", "title: Pepper\nslug: shown\n", "pepper");
    put_post("moved", "2025-06-01", "title: Pepper\nredirect: {to: /x}\n", "pepper");
    put_file("authors/pepper.md", markdown_of("name: Pepper\n", "pepper"));
    index = open_index();
    ck_assert_str_eq(search(index, "pepper"), "shown");
    atd_search_query_parse(&query, "pepper", atd_test_pool);
    ATD_OK(atd_index_search(&result, index, &(atd_index_viewer_t){.now = NOON, .drafts = true}, query.match, 0, 100,
                            LONG, atd_test_pool));
    ck_assert_int_eq(result.total, 6);
}
END_TEST

/* ---- changes ---- */

static const char *const words[] = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"};

static void put_random(int post, int day)
{
    const char *text = "";

    for (int i = 0; i < 6; i++)
        text = apr_pstrcat(atd_test_pool, text, words[rand() % COUNT(words)], " ", NULL);
    put_post(apr_psprintf(atd_test_pool, "p%d", post),
             apr_psprintf(atd_test_pool, "2025-0%d-%02d", 1 + day / 28, 1 + day % 28),
             apr_psprintf(atd_test_pool, "title: %s\n", words[rand() % COUNT(words)]), text);
}

static void compare_with_fresh(atd_index_t *index)
{
    atd_index_t *fresh = open_index();

    for (int i = 0; i < COUNT(words); i++) {
        for (int k = 0; k <= i; k++) {
            const char *text = apr_psprintf(atd_test_pool, "%s %s", words[i], words[k]);

            ck_assert_str_eq(search(index, text), search(fresh, text));
        }
    }
    atd_index_close(fresh);
}

/* Dates differ, so that no two posts are equal. */
START_TEST(words_follow_changes)
{
    enum { POSTS = 30 };
    atd_index_t *index;

    srand(7);
    for (int i = 0; i < POSTS; i++)
        put_random(i, i);
    index = open_index();
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < POSTS; i++) {
            switch (rand() % 4) {
            case 0:
                put_random(i, i + POSTS * (rand() % 5));
                break;
            case 1:
                put_random(i, 0); /* so that there is one */
                remove_file(apr_psprintf(atd_test_pool, "posts/p%d.md", i));
                break;
            case 2:
                put_random(i, i + POSTS * (round % 5));
                break;
            }
        }
        refresh(index);
        compare_with_fresh(index);
    }
}
END_TEST

START_TEST(a_renamed_post_is_found_once)
{
    atd_index_t *index;

    put_post("old", "2025-06-01", "title: Old\n", "pepper");
    index = open_index();
    ck_assert_int_eq(rename(apr_pstrcat(atd_test_pool, test_content.path, "/posts/old.md", NULL),
                            apr_pstrcat(atd_test_pool, test_content.path, "/posts/new.md", NULL)),
                     0);
    refresh(index);
    ck_assert_int_eq(search_page(index, "pepper", 0, 10).total, 1);
}
END_TEST

START_TEST(a_changed_date_moves_a_post_with_what_leads_to_it)
{
    atd_index_t *index;
    atd_entry_t entry;

    put_post("a", "2025-06-01", "title: A\nslug: first\naliases: [/was/here/]\ntags: [x]\n", "pepper");
    put_post("b", "2025-06-02", "title: B\n", "pepper");
    index = open_index();
    ck_assert_str_eq(search(index, "pepper"), "b first");
    put_post("a", "2025-06-03", "title: A\nslug: next\naliases: [/was/here/]\ntags: [x]\n", "pepper");
    refresh(index);
    ck_assert_str_eq(search(index, "pepper"), "next b");
    ATD_OK(atd_index_find_moved(&entry, index, "first", atd_test_pool));
    ck_assert_pstr_eq(entry.path, "posts/a.md");
    ATD_OK(atd_index_find_moved(&entry, index, "was/here", atd_test_pool));
    ck_assert_pstr_eq(entry.path, "posts/a.md");
    ATD_OK(atd_index_find(&entry, index, "first", atd_test_pool));
    ck_assert_ptr_null(entry.path);
}
END_TEST

START_TEST(many_posts_of_one_date_are_all_found)
{
    enum { POSTS = 700 }; /* more than are built as a few */
    atd_index_t *index;
    atd_search_result_t result;

    for (int i = 0; i < POSTS; i++)
        put_post(apr_psprintf(atd_test_pool, "p%d", i), "2025-06-01", "title: A\n", i == 3 ? "salt pepper" : "salt");
    index = open_index();
    result = search_page(index, "salt", 0, 10);
    ck_assert_int_eq(result.total, POSTS);
    for (int i = 0; i < POSTS; i += 2)
        remove_file(apr_psprintf(atd_test_pool, "posts/p%d.md", i));
    refresh(index);
    ck_assert_int_eq(search_page(index, "salt", 0, 10).total, POSTS / 2);
    ck_assert_str_eq(search(index, "pepper"), "p3");
}
END_TEST

/* ---- hostile queries ---- */

START_TEST(random_queries_never_fail)
{
    static const char *const parts[] = {"\"",   "*",    "-",  "(", ")",     " ", "AND", "OR",   "NOT",
                                        "NEAR", ":",    "{",  "}", "^",     "+", "a",   "salt", "pepper",
                                        "\xFF", "\x01", "東", "é", "title", ",", "'",   ";"};
    atd_index_t *index;

    put_post("a", "2025-06-01", "title: Salt\n", "salt and pepper 東京 é");
    index = open_index();
    srand(1);
    for (int i = 0; i < 2000; i++) {
        const char *text = "";

        for (int k = rand() % 12; k >= 0; k--)
            text = apr_pstrcat(atd_test_pool, text, parts[rand() % COUNT(parts)], NULL);
        search_page(index, text, 0, 10);
    }
    ck_assert(atd_index_is_usable(index));
    ck_assert_str_eq(search(index, "salt"), "a");
}
END_TEST

START_TEST(a_wrong_expression_finds_nothing)
{
    atd_search_result_t result;
    atd_index_t *index;

    put_post("a", "2025-06-01", "title: Salt\n", "salt");
    index = open_index();
    ATD_OK(atd_index_search(&result, index, &visitor, "\"salt AND (", 0, 10, LONG, atd_test_pool));
    ck_assert_int_eq(result.total, 0);
    ck_assert(atd_index_is_usable(index));
}
END_TEST

/* ---- many posts ---- */

static atd_index_t *open_large(int count)
{
    for (int i = 0; i < count; i++)
        put_post(apr_psprintf(atd_test_pool, "p%04d", i),
                 apr_psprintf(atd_test_pool, "20%02d-%02d-%02d", 10 + i / 336 % 14, 1 + i / 28 % 12, 1 + i % 28),
                 i == 5 ? "title: Salt and pepper\n" : "title: A\n", "salt and pepper");
    return open_index();
}

START_TEST(pages_are_stable_and_total_is_right)
{
    atd_index_t *index = open_large(25);
    atd_search_result_t all = search_page(index, "salt", 0, 100);
    const char *expected = slugs(&all);
    const char *joined_pages = "";

    ck_assert_int_eq(all.total, 25);
    for (int offset = 0; offset < 25; offset += 10) {
        atd_search_result_t page = search_page(index, "salt", offset, 10);

        ck_assert_int_eq(page.total, 25);
        ck_assert_int_eq(page.hits->nelts, offset == 20 ? 5 : 10);
        joined_pages = apr_pstrcat(atd_test_pool, joined_pages, offset ? " " : "", slugs(&page), NULL);
    }
    ck_assert_str_eq(joined_pages, expected);
    ck_assert_int_eq(search_page(index, "salt", 25, 10).hits->nelts, 0);
    ck_assert_int_eq(search_page(index, "salt", -1, 10).hits->nelts, 0);
}
END_TEST

START_TEST(an_old_post_with_the_words_in_its_title_is_not_lost)
{
    atd_index_t *index = open_large(1100);
    atd_search_result_t result = search_page(index, "salt pepper", 0, 10);

    ck_assert_str_eq(APR_ARRAY_IDX(result.hits, 0, atd_search_hit_t).post->slug, "p0005");
    ck_assert(result.more_than_total);
    ck_assert_int_eq(result.total, 1001);
}
END_TEST

START_TEST(time_is_bounded)
{
    atd_index_t *index = open_large(1100);
    atd_search_result_t result;
    apr_time_t began = apr_time_now();

    ATD_OK(atd_index_search(&result, index, &visitor, "\"salt\"", 0, 10, 1, atd_test_pool));
    ck_assert_int_lt(apr_time_now() - began, 200 * 1000);
    ck_assert(atd_index_is_usable(index));
    ck_assert_int_eq(search_page(index, "salt", 0, 10).hits->nelts, 10);
}
END_TEST

/* ---- snippets ---- */

START_TEST(snippets_are_safe_and_marked)
{
    atd_index_t *index;

    put_post("a", "2025-06-01", "title: A\n",
             "First words. `<script>` alert(1) &lt;b&gt; salt & \"pepper\" <i>x</i>\n\nmore");
    put_post(
        "long", "2025-06-02", "title: L\n",
        apr_pstrcat(atd_test_pool, repeated("word ", 500), "here is thyme at last ", repeated("word ", 500), NULL));
    index = open_index();
    HAS(snippet(index, "salt"), "<mark>salt</mark> &amp; ");
    HAS(snippet(index, "salt"), "&lt;b&gt;");
    LACKS(snippet(index, "salt"), "<b>");
    LACKS(snippet(index, "script"), "<script");
    HAS(snippet(index, "thy"), "is <mark>thyme</mark> at last");
    ck_assert_int_eq(strncmp(snippet(index, "thyme"), "\xE2\x80\xA6", 3), 0);
    HAS(snippet(index, "\"is thyme\""), "<mark>is thyme</mark>");
    LACKS(snippet(index, "thyme -salt"), "salt");
}
END_TEST

/* ---- suggestions ---- */

static const char *suggestions(atd_index_t *index, const char *slug, apr_int64_t limit)
{
    apr_array_header_t *posts;
    const char *text = "";

    ATD_OK(atd_index_suggest(&posts, index, &visitor, slug, limit, atd_test_pool));
    for (int i = 0; i < posts->nelts; i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "", APR_ARRAY_IDX(posts, i, const atd_post_t *)->slug, NULL);
    return text;
}

START_TEST(near_slugs_are_suggested)
{
    atd_index_t *index;

    put_post("salt-and-pepper", "2025-06-01", "title: A\n", "None.");
    put_post("salt-and-peppers", "2025-06-01", "title: A\nstatus: draft\n", "None.");
    put_post("thyme", "2025-06-02", "title: Thyme\n", "Of pepper.");
    put_post("secret", "2025-06-02", "title: Pepper\nstatus: draft\n", "Pepper.");
    index = open_index();
    ck_assert_str_eq(suggestions(index, "salt-and-peper", 5), "salt-and-pepper");
    ck_assert_str_eq(suggestions(index, "salt-adn-pepper", 1), "salt-and-pepper");
    ck_assert_str_eq(suggestions(index, "thymes", 5), "thyme");
    ck_assert_str_eq(suggestions(index, "my-pepper", 5), "thyme");
    ck_assert_str_eq(suggestions(index, "xyz", 5), "");
    ck_assert_str_eq(suggestions(index, "", 5), "");
    ck_assert_str_eq(suggestions(index, "../x\" OR", 5), "");
    ck_assert_str_eq(suggestions(index, "salt-and-pepper", 0), "");
}
END_TEST

Suite *index_search_suite(void)
{
    Suite *suite = suite_create("index_search");
    TCase *tests = site_test_case(suite, "search");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, title_weighs_most);
    tcase_add_test(tests, newest_of_equals_comes_first);
    tcase_add_loop_test(tests, queries_find, 0, COUNT(queries));
    tcase_add_test(tests, hidden_posts_are_never_found);
    tcase_add_test(tests, words_follow_changes);
    tcase_add_test(tests, a_renamed_post_is_found_once);
    tcase_add_test(tests, a_changed_date_moves_a_post_with_what_leads_to_it);
    tcase_add_test(tests, many_posts_of_one_date_are_all_found);
    tcase_add_test(tests, random_queries_never_fail);
    tcase_add_test(tests, a_wrong_expression_finds_nothing);
    tcase_add_test(tests, pages_are_stable_and_total_is_right);
    tcase_add_test(tests, an_old_post_with_the_words_in_its_title_is_not_lost);
    tcase_add_test(tests, time_is_bounded);
    tcase_add_test(tests, snippets_are_safe_and_marked);
    tcase_add_test(tests, near_slugs_are_suggested);
    return suite;
}
