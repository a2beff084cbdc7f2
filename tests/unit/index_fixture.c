/* SPDX-License-Identifier: Apache-2.0 */
#include "index_fixture.h"

#include <apr_strings.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

atd_index_policy_t test_policy;
atd_index_viewer_t test_viewer;

static const char *reported;

static void test_report(void *baton, const atd_error_t *finding)
{
    (void)baton;
    reported = apr_pstrcat(atd_test_pool, reported, atd_error_line(finding, atd_test_pool), "\n", NULL);
}

const char *content_file(const char *name)
{
    return apr_pstrcat(atd_test_pool, test_content.path, "/", name, NULL);
}

/* Of the whole test case, so that it goes even where a test ends its process. */
static char in_memory[60];
static bool is_in_memory;

void keep_index_in_memory(void)
{
    is_in_memory = access("/dev/shm", W_OK) == 0;
}

static void name_memory(void)
{
    snprintf(in_memory, sizeof in_memory, "/dev/shm/atd-index-%d", (int)getpid());
}

static void remove_memory(void)
{
    char name[80];

    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", in_memory, i == 0 ? "" : i == 1 ? "-wal" : "-shm");
        unlink(name);
    }
}

const char *index_file(void)
{
    return is_in_memory ? in_memory : content_file(".index");
}

static void index_setup(void)
{
    is_in_memory = false;
    test_policy = (atd_index_policy_t){.renderer = &atd_renderer_inprocess, .report = test_report};
    test_viewer = (atd_index_viewer_t){.now = NOW};
    reported = "";
}

TCase *index_test_case(Suite *suite, const char *name)
{
    TCase *tests = site_test_case(suite, name);

    tcase_add_unchecked_fixture(tests, name_memory, remove_memory);
    tcase_add_checked_fixture(tests, index_setup, NULL);
    tcase_set_timeout(tests, 120);
    return tests;
}

atd_index_t *open_index(void)
{
    atd_index_t *index = NULL;

    ATD_OK(atd_index_open(&index, &test_content, index_file(), atd_test_pool));
    ck_assert(atd_index_is_usable(index));
    return index;
}

atd_index_state_t scan(atd_index_t *index)
{
    const apr_time_t begun = apr_time_now();
    atd_index_state_t state = {0};

    ATD_OK(atd_index_refresh(&state, index, &test_policy, atd_test_pool));
    for (int i = 0; i < 300 && test_policy.interval == 0 && state.scanned < begun; i++) {
        apr_sleep(100000);
        ATD_OK(atd_index_refresh(&state, index, &test_policy, atd_test_pool));
    }
    return state;
}

const char *reports(void)
{
    const char *text = reported;

    reported = "";
    return text;
}

void put_post(const char *path, const char *front_matter)
{
    put_file(path, markdown_of(front_matter, "Some text.\n"));
}

void put_again(const char *path, const char *text, long seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    const char *temporary = apr_pstrcat(atd_test_pool, path, ".new", NULL);

    put_file(temporary, text);
    ck_assert_int_eq(rename(content_file(temporary), content_file(path)), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, content_file(path), times, 0), 0);
}

const char *slugs_of(const apr_array_header_t *posts)
{
    apr_array_header_t *slugs = apr_array_make(atd_test_pool, posts->nelts + 1, sizeof(const char *));

    for (int i = 0; i < posts->nelts; i++)
        APR_ARRAY_PUSH(slugs, const char *) = APR_ARRAY_IDX(posts, i, const atd_post_t *)->slug;
    return apr_array_pstrcat(atd_test_pool, slugs, ' ');
}

const char *listed(atd_index_t *index, atd_list_kind_t kind, const char *slug)
{
    const atd_list_query_t query = {.kind = kind, .slug = slug, .first = 0, .last = 999999, .limit = 1000};
    apr_array_header_t *posts = NULL;
    apr_int64_t count = -1;

    ATD_OK(atd_index_list(&posts, index, &test_viewer, &query, atd_test_pool));
    ATD_OK(atd_index_count(&count, index, &test_viewer, &query));
    ck_assert_int_eq(count, posts->nelts);
    return slugs_of(posts);
}

const char *found(atd_index_t *index, const char *slug)
{
    atd_entry_t entry;

    ATD_OK(atd_index_find(&entry, index, slug, atd_test_pool));
    return entry.path ? entry.path : "";
}

const char *moved(atd_index_t *index, const char *address)
{
    atd_entry_t entry;

    ATD_OK(atd_index_find_moved(&entry, index, address, atd_test_pool));
    return entry.path ? entry.path : "";
}

const char *terms_of(atd_index_t *index, atd_term_kind_t kind)
{
    apr_array_header_t *terms = NULL;
    const char *text = "";

    ATD_OK(atd_index_terms(&terms, index, &test_viewer, kind, atd_test_pool));
    for (int i = 0; i < terms->nelts; i++) {
        const atd_term_t *term = &APR_ARRAY_IDX(terms, i, atd_term_t);

        text = apr_psprintf(atd_test_pool, "%s%s%s=%d", text, i ? " " : "", term->slug, (int)term->count);
    }
    return text;
}

const char *months_of(atd_index_t *index)
{
    apr_array_header_t *months = NULL;
    const char *text = "";

    ATD_OK(atd_index_months(&months, index, &test_viewer, atd_test_pool));
    for (int i = 0; i < months->nelts; i++) {
        const atd_month_t *month = &APR_ARRAY_IDX(months, i, atd_month_t);

        text = apr_psprintf(atd_test_pool, "%s%s%u%02u=%d", text, i ? " " : "", month->year, month->month,
                            (int)month->count);
    }
    return text;
}

/* Check's own assertions cost a write to a pipe each. */
static void check_post(const atd_post_t *post)
{
    if (post && (!post->slug || !post->title))
        ck_abort_msg("a post has no slug or title");
    if (post && !test_viewer.drafts && !atd_post_is_public(post, test_viewer.now))
        ck_abort_msg("%s is hidden", post->path);
}

static bool query_lists(atd_index_t *index, const char *slug, apr_pool_t *pool)
{
    bool good = true;

    for (int kind = ATD_LIST_ALL; kind <= ATD_LIST_PAGES; kind++) {
        const atd_list_query_t query = {
            .kind = (atd_list_kind_t)kind, .slug = slug, .last = 999999, .limit = 100, .feed = kind == ATD_LIST_RECENT};
        apr_array_header_t *posts;
        apr_int64_t count;

        good &= !atd_index_list(&posts, index, &test_viewer, &query, pool);
        for (int i = 0; i < posts->nelts; i++)
            check_post(APR_ARRAY_IDX(posts, i, const atd_post_t *));
        good &= !atd_index_count(&count, index, &test_viewer, &query);
    }
    return good;
}

static bool query_terms(atd_index_t *index, const char *slug, apr_pool_t *pool)
{
    bool good = true;

    for (int kind = ATD_TERM_TAG; kind <= ATD_TERM_AUTHOR; kind++) {
        apr_array_header_t *terms;
        apr_array_header_t *records;
        const atd_term_t *term;
        const atd_record_t *record;

        good &= !atd_index_terms(&terms, index, &test_viewer, (atd_term_kind_t)kind, pool);
        for (int i = 0; i < terms->nelts; i++)
            if (!APR_ARRAY_IDX(terms, i, atd_term_t).slug || !APR_ARRAY_IDX(terms, i, atd_term_t).name)
                ck_abort_msg("a term has no name");
        good &= !atd_index_term(&term, index, &test_viewer, (atd_term_kind_t)kind, slug, pool);
        good &= !atd_index_records(&records, index, (atd_term_kind_t)kind, pool);
        for (int i = 0; i < records->nelts; i++)
            if (!APR_ARRAY_IDX(records, i, const atd_record_t *)->slug)
                ck_abort_msg("a record has no slug");
        good &= !atd_index_record(&record, index, (atd_term_kind_t)kind, slug, pool);
    }
    return good;
}

static bool query_post(atd_index_t *index, const char *slug, apr_pool_t *pool)
{
    const atd_post_t *post = NULL;
    const atd_post_t *older = NULL;
    const atd_post_t *newer = NULL;
    apr_array_header_t *posts;
    atd_entry_t entry;
    bool good = !atd_index_find(&entry, index, slug, pool);

    good &= !atd_index_find_moved(&entry, index, slug, pool);
    good &= !atd_index_summary(&post, index, slug, pool);
    if (!post)
        return good;
    good &= !atd_index_neighbours(&older, &newer, index, &test_viewer, post, pool);
    check_post(older);
    check_post(newer);
    good &= !atd_index_related(&posts, index, &test_viewer, post, 5, pool);
    for (int i = 0; i < posts->nelts; i++)
        check_post(APR_ARRAY_IDX(posts, i, const atd_post_t *));
    return good;
}

bool query_all(atd_index_t *index)
{
    static const char *const slugs[] = {"p3", "t1", "draft"};
    apr_array_header_t *months;
    atd_index_state_t state;
    apr_time_t last, next;
    apr_pool_t *pool;
    bool good;

    apr_pool_create(&pool, atd_test_pool);
    good = !atd_index_state(&state, index, pool);
    for (apr_size_t i = 0; i < sizeof slugs / sizeof *slugs; i++) {
        good &= query_lists(index, slugs[i], pool);
        good &= query_terms(index, slugs[i], pool);
        good &= query_post(index, slugs[i], pool);
    }
    good &= !atd_index_months(&months, index, &test_viewer, pool);
    good &= !atd_index_changes(&last, &next, index, test_viewer.now);
    apr_pool_destroy(pool);
    return good;
}

bool is_quick(void)
{
    return getenv("ATD_QUICK") != NULL;
}
