/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index.h"
#include "site_fixture.h"

#include <apr_strings.h>

static const char *visited;
static unsigned enough; /* after so many */

static bool visit(void *baton, const atd_post_t *post, apr_pool_t *scratch)
{
    atd_index_t *index = baton;
    const atd_post_t *same;

    ATD_OK(atd_index_summary(&same, index, post->slug, scratch)); /* others may be asked for meanwhile */
    ck_assert_str_eq(same->path, post->path);
    visited = apr_pstrcat(atd_test_pool, visited, post->slug, " ", NULL);
    return --enough > 0;
}

static const char *visit_all(const atd_site_t *site, const atd_list_query_t *query, unsigned most)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    atd_index_t *index;

    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    visited = "";
    enough = most;
    ATD_OK(atd_index_each(index, &viewer, query, visit, index, atd_test_pool));
    return visited;
}

static void put_posts(void)
{
    put_file("posts/a.md", "---\ndate: 2025-01-01\nlastModified: 2025-03-01\n---\n");
    put_file("posts/b.md", "---\ndate: 2025-01-03\nlastModified: 2025-01-04\n---\n");
    put_file("posts/c.md", "---\ndate: 2025-01-02\nrss: false\nlastModified: 2025-02-01\n---\n");
    put_file("posts/d.md", "---\nstatus: draft\ndate: 2025-01-04\n---\n");
    put_file("pages/p.md", "x");
}

START_TEST(posts_are_visited)
{
    const atd_site_t *site;

    put_posts();
    site = open_site();
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_RECENT, .limit = -1}, 9), "b c a ");
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_RECENT, .limit = 2}, 9), "b c ");
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_RECENT, .limit = -1, .offset = 1}, 9),
                     "c a ");
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_RECENT, .limit = -1, .feed = true}, 9),
                     "b a ");
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_RECENT, .limit = -1}, 1), "b ");
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_PAGES, .limit = -1}, 9), "p ");
    ck_assert_str_eq(visit_all(site, &(atd_list_query_t){.kind = ATD_LIST_PAGES, .limit = 0}, 9), "");
    test_config.drafts = true;
    ck_assert_str_eq(visit_all(open_site(), &(atd_list_query_t){.kind = ATD_LIST_RECENT, .limit = -1}, 9), "d b c a ");
}
END_TEST

static const char *newest(apr_int64_t size)
{
    const atd_site_t *site = open_site();
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    apr_array_header_t *times;
    const char *all = "";
    atd_index_t *index;

    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    ATD_OK(atd_index_newest(&times, index, &viewer, size, atd_test_pool));
    for (int i = 0; i < times->nelts; i++) {
        const atd_date_t date = {.at = APR_ARRAY_IDX(times, i, apr_time_t)};

        all = apr_pstrcat(atd_test_pool, all, atd_date_day(&date, atd_test_pool), " ", NULL);
    }
    return all;
}

START_TEST(newest_of_each_part)
{
    ck_assert_str_eq(newest(2), "");
    put_posts();
    ck_assert_str_eq(newest(1), "2025-01-04 2025-02-01 2025-03-01 ");
    ck_assert_str_eq(newest(2), "2025-02-01 2025-03-01 ");
    ck_assert_str_eq(newest(3), "2025-03-01 ");
}
END_TEST

Suite *index_each_suite(void)
{
    Suite *suite = suite_create("index_each");
    TCase *tests = site_test_case(suite, "index_each");

    tcase_add_test(tests, posts_are_visited);
    tcase_add_test(tests, newest_of_each_part);
    return suite;
}
