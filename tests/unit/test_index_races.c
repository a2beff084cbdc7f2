/* SPDX-License-Identifier: Apache-2.0 */
#include "index_fixture.h"

#include <apr_strings.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES 60

static unsigned random_state;

static unsigned random_below(unsigned bound)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (unsigned)(((apr_uint64_t)random_state * bound) >> 32);
}

static apr_interval_time_t duration(void)
{
    return apr_time_from_msec(is_quick() ? 300 : 400);
}

/* A rename, as editors save: nobody reads a part of it. */
static void save(int number, bool shown)
{
    const char *path = apr_psprintf(atd_test_pool, "posts/p%d.md", number);
    const char *temporary = content_file(apr_psprintf(atd_test_pool, ".saved%d", number));
    FILE *file = fopen(temporary, "w");

    ck_assert_ptr_nonnull(file);
    fprintf(file, "---\nstatus: %s\ntags: [t%u, all]\naliases: [/old%d]\n---\nText %u\n", shown ? "published" : "draft",
            random_below(5), number, random_below(1000));
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(rename(temporary, content_file(path)), 0);
}

static void edit_some(void)
{
    int number = (int)random_below(FILES);

    if (random_below(5) == 0)
        unlink(content_file(apr_psprintf(atd_test_pool, "posts/p%d.md", number)));
    else
        save(number, random_below(4) != 0);
}

static void put_all(void)
{
    put_post("posts/first.md", "tags: [all]\n");
    for (int i = 0; i < FILES; i++)
        save(i, true);
}

/* What one process has made bit by bit, and one that is made at once from the same files. */
static void check_final_state(void)
{
    atd_index_t *index = open_index();
    atd_index_t *fresh = NULL;
    const apr_uint64_t digest = scan(index).digest.sum;

    ATD_OK(atd_index_open(&fresh, &test_content, NULL, atd_test_pool));
    ck_assert_uint_eq(scan(fresh).digest.sum, digest);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), listed(fresh, ATD_LIST_RECENT, NULL));
    ck_assert_str_eq(listed(index, ATD_LIST_TAG, "all"), listed(fresh, ATD_LIST_TAG, "all"));
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), terms_of(fresh, ATD_TERM_TAG));
    for (int i = 0; i < FILES; i++) {
        const char *address = apr_psprintf(atd_test_pool, "old%d", i);

        ck_assert_str_eq(moved(index, address), moved(fresh, address));
    }
    ck_assert(query_all(index));
    ck_assert(atd_index_is_usable(index));
    ck_assert_str_eq(reports(), "");
    atd_index_close(index);
}

/* ---- users: each with a handle of its own, none with Check's help ---- */

typedef struct user_t {
    pthread_t thread;
    atd_index_policy_t policy;
    atd_root_t content;
    const char *file;
    apr_time_t ends;
    int rounds, scans, errors;
} user_t;

static user_t user_of(unsigned number)
{
    user_t user = {.policy = {.renderer = &atd_renderer_inprocess, .budget = number % 2 ? 2000 : 0},
                   .content = test_content,
                   .file = index_file(),
                   .ends = apr_time_now() + duration()};

    return user;
}

static void complain(user_t *user, const atd_error_t *error, apr_pool_t *pool)
{
    if (!error)
        return;
    user->errors++;
    fprintf(stderr, "%s\n", atd_error_line(error, pool));
}

static void use_once(user_t *user, atd_index_t *index, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = {.now = NOW};
    const atd_list_query_t query = {.kind = ATD_LIST_TAG, .slug = "all", .limit = 100};
    apr_array_header_t *posts, *terms;
    atd_index_state_t state = {0};
    atd_entry_t entry;

    complain(user, atd_index_refresh(&state, index, &user->policy, pool), pool);
    complain(user, atd_index_list(&posts, index, &viewer, &query, pool), pool);
    complain(user, atd_index_terms(&terms, index, &viewer, ATD_TERM_TAG, pool), pool);
    complain(user, atd_index_find(&entry, index, "first", pool), pool);
    user->errors += state.complete && !entry.path;
    user->scans += state.changed;
    user->rounds++;
    for (int i = 0; i < posts->nelts; i++)
        user->errors += !atd_post_is_public(APR_ARRAY_IDX(posts, i, const atd_post_t *), NOW);
}

static void *run_user(void *data)
{
    user_t *user = data;
    atd_index_t *index = NULL;
    apr_pool_t *pool, *each;
    atd_error_t *error;

    apr_pool_create(&pool, NULL);
    error = atd_index_open(&index, &user->content, user->file, pool);
    complain(user, error, pool);
    while (!error && apr_time_now() < user->ends) {
        apr_pool_create(&each, pool);
        use_once(user, index, each);
        apr_pool_destroy(each);
    }
    user->errors += !error && !atd_index_is_usable(index);
    apr_pool_destroy(pool);
    return NULL;
}

static void edit_until(apr_time_t ends)
{
    while (apr_time_now() < ends) {
        edit_some();
        apr_sleep(500);
    }
}

START_TEST(threads_share_a_file)
{
    user_t users[4];

    put_all();
    random_state = 7;
    for (unsigned i = 0; i < 4; i++) {
        users[i] = user_of(i);
        ck_assert_int_eq(pthread_create(&users[i].thread, NULL, run_user, &users[i]), 0);
    }
    edit_until(users[0].ends);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(users[i].thread, NULL), 0);
        ck_assert_int_eq(users[i].errors, 0);
        ck_assert_int_gt(users[i].rounds, 0);
    }
    ck_assert_int_gt(users[0].scans + users[1].scans + users[2].scans + users[3].scans, 1);
    check_final_state();
}
END_TEST

static pid_t start_process(unsigned number)
{
    user_t user = user_of(number);
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        run_user(&user);
        _exit(user.errors || !user.rounds ? 1 : 0);
    }
    return child;
}

START_TEST(processes_share_a_file)
{
    pid_t children[3];
    int status;

    put_all();
    random_state = 9;
    for (unsigned i = 0; i < 3; i++)
        children[i] = start_process(i);
    edit_until(apr_time_now() + duration());
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 0);
    }
    check_final_state();
}
END_TEST

/* All begin with no file. */
START_TEST(processes_make_a_file_together)
{
    int status;

    put_file("posts/first.md", "x");
    for (int round = 0; round < 10; round++) {
        pid_t children[3];

        for (unsigned i = 0; i < 3; i++) {
            user_t user = user_of(i);

            user.ends = apr_time_now() + apr_time_from_msec(15);
            children[i] = fork();
            ck_assert_int_ge(children[i], 0);
            if (children[i] == 0) {
                run_user(&user);
                _exit(user.errors ? 1 : 0);
            }
        }
        for (int i = 0; i < 3; i++) {
            ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
            ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        check_final_state();
        unlink(index_file());
    }
}
END_TEST

/* Wherever in a scan a process dies, the next one goes on from a whole state. */
START_TEST(a_process_that_is_killed_leaves_a_whole_index)
{
    const int rounds = is_quick() ? 10 : 40;
    int status;

    put_all();
    random_state = 11;
    for (int round = 0; round < rounds; round++) {
        pid_t child;
        apr_pool_t *pool;
        atd_index_t *index;
        atd_index_state_t state;

        for (int i = 0; i < 20; i++)
            edit_some();
        child = start_process(0);
        apr_sleep(random_below(30000));
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        apr_pool_create(&pool, atd_test_pool);
        ATD_OK(atd_index_open(&index, &test_content, index_file(), pool));
        ck_assert(query_all(index));
        if (round % 5 == 0) {
            ATD_OK(atd_index_refresh(&state, index, &test_policy, pool));
            ck_assert(state.complete);
        }
        ck_assert(atd_index_is_usable(index));
        apr_pool_destroy(pool);
    }
    check_final_state();
}
END_TEST

/* While files are replaced by garbage and removed under their hands nobody crashes, and all is well afterwards. */
static void *run_careful_user(void *data)
{
    user_t *user = data;

    while (apr_time_now() < user->ends) {
        atd_index_t *index = NULL;
        atd_index_state_t state;
        apr_array_header_t *posts;
        const atd_index_viewer_t viewer = {.now = NOW};
        const atd_list_query_t query = {.kind = ATD_LIST_RECENT, .limit = 100};
        apr_pool_t *pool;

        apr_pool_create(&pool, NULL);
        if (!atd_index_open(&index, &user->content, user->file, pool)) {
            for (int i = 0; i < 5 && atd_index_is_usable(index); i++) {
                if (atd_index_refresh(&state, index, &user->policy, pool) ||
                    atd_index_list(&posts, index, &viewer, &query, pool))
                    continue;
                for (int p = 0; p < posts->nelts; p++)
                    user->errors += !atd_post_is_public(APR_ARRAY_IDX(posts, p, const atd_post_t *), NOW);
            }
            user->rounds++;
        }
        apr_pool_destroy(pool);
    }
    return NULL;
}

START_TEST(nobody_minds_a_vandal)
{
    user_t users[2];

    put_all();
    random_state = 13;
    for (unsigned i = 0; i < 2; i++) {
        users[i] = user_of(i);
        users[i].policy.interval = apr_time_from_msec(5);
        ck_assert_int_eq(pthread_create(&users[i].thread, NULL, run_careful_user, &users[i]), 0);
    }
    while (apr_time_now() < users[0].ends) {
        edit_some();
        switch (random_below(3)) {
        case 0:
            unlink(index_file());
            break;
        case 1:
            put_file(".garbage", repeated("garbage ", 1000));
            ck_assert_int_eq(rename(content_file(".garbage"), index_file()), 0);
            break;
        default:
            unlink(content_file(".index-wal"));
        }
        apr_sleep(20000);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_join(users[i].thread, NULL), 0);
        ck_assert_int_eq(users[i].errors, 0);
        ck_assert_int_gt(users[i].rounds, 0);
    }
    for (int i = 0; i < 3; i++) {
        atd_index_t *index = open_index();

        if (!atd_index_refresh(&(atd_index_state_t){0}, index, &test_policy, atd_test_pool) && query_all(index) &&
            atd_index_is_usable(index))
            break;
        ck_assert_int_lt(i, 2);
        atd_index_close(index);
    }
}
END_TEST

Suite *index_races_suite(void)
{
    Suite *suite = suite_create("index races");
    TCase *tests = index_test_case(suite, "races");

    tcase_add_test(tests, threads_share_a_file);
    tcase_add_test(tests, processes_share_a_file);
    tcase_add_test(tests, processes_make_a_file_together);
    tcase_add_test(tests, a_process_that_is_killed_leaves_a_whole_index);
    tcase_add_test(tests, nobody_minds_a_vandal);
    return suite;
}
