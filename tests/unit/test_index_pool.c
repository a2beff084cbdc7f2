/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_pool.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 40

static const atd_index_policy_t policy = {.renderer = &atd_renderer_inprocess};
static atd_index_pool_t *indexes;
static const char *folder;
static int told;

static void count_tell(void *baton, const atd_error_t *error)
{
    ck_assert_ptr_eq(baton, &told);
    ck_assert_int_eq(error->id, ATD_E_INDEX);
    told++;
}

static void open_pool(const char *path)
{
    told = 0;
    ck_assert_int_eq(atd_index_pool_create(&indexes, path, atd_test_pool), APR_SUCCESS);
    atd_index_pool_tell(indexes, count_tell, &told);
}

static void pool_setup(void)
{
    put_file("p.md", "---\ntitle: P\n---\n");
    put_file("state/keep", "");
    folder = apr_pstrcat(atd_test_pool, test_content.path, "/state", NULL);
    open_pool(folder);
}

static apr_pool_t *request(void)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, atd_test_pool);
    return pool;
}

static atd_index_t *acquired_of(const atd_root_t *content, apr_pool_t *pool)
{
    atd_index_t *index = NULL;

    ATD_OK(atd_index_acquire(&index, indexes, content, pool));
    return index;
}

static atd_index_t *acquired(apr_pool_t *pool)
{
    return acquired_of(&test_content, pool);
}

static apr_int64_t files_of(atd_index_t *index, apr_pool_t *pool)
{
    atd_index_state_t state;

    ATD_OK(atd_index_refresh(&state, index, &policy, pool));
    return state.files;
}

static const char *file(void)
{
    return atd_index_file(folder, &test_content, atd_test_pool);
}

static bool exists(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0;
}

START_TEST(handle_is_used_again)
{
    apr_pool_t *first = request(), *second = request(), *third = request();
    atd_index_t *index = acquired(first);

    ck_assert_ptr_eq(acquired(first), index);
    ck_assert_ptr_ne(acquired(second), index);
    ck_assert_int_eq(files_of(index, first), 1);
    apr_pool_destroy(first);
    ck_assert_ptr_eq(acquired(third), index);
    ck_assert(exists(file()));
    ck_assert_int_eq(told, 0);
    apr_pool_destroy(second);
    apr_pool_destroy(third);
}
END_TEST

START_TEST(names_tell_contents_apart)
{
    atd_root_t below = test_content, following = test_content;

    below.below = "sub";
    following.links = ATD_LINKS_FOLLOW;
    ck_assert_str_ne(atd_index_file("/s", &below, atd_test_pool), atd_index_file("/s", &test_content, atd_test_pool));
    ck_assert_str_ne(atd_index_file("/s", &following, atd_test_pool),
                     atd_index_file("/s", &test_content, atd_test_pool));
    ck_assert_uint_eq(strlen(atd_index_file("/s", &below, atd_test_pool)), strlen("/s/.sqlite") + 40);
}
END_TEST

static const struct {
    const char *name;
    const char *command; /* %s is the file */
} damages[] = {
    {"removed", "rm %s"},
    {"removed with its log", "rm %s %s-wal %s-shm"},
    {"truncated", "truncate -s 0 %s"},
    {"garbage", "rm %s* && head -c 100000 /dev/urandom >%s"},
    {"a folder", "rm %s* && mkdir %s"},
    {"a folder in place of the log", "rm %s* && mkdir %s-wal"},
    {"a link", "rm %s* && ln -s /etc/passwd %s"},
    {"unreadable", "rm %s* && touch %s && chmod 000 %s"},
};

static void run_command(const char *format)
{
    const char *command = "";

    for (const char *at = format; *at; at++)
        command = at[0] == '%' && at[1] == 's' ? (at++, apr_pstrcat(atd_test_pool, command, file(), NULL))
                                               : apr_psprintf(atd_test_pool, "%s%c", command, *at);
    ck_assert_int_eq(system(command), 0);
}

/* Idle handles notice on being taken; what only a statement finds out costs one abandoned handle. */
START_TEST(damaged_files_are_replaced)
{
    apr_pool_t *before = request();
    atd_index_state_t state;
    atd_error_t *error = NULL;
    struct stat info;

    ck_assert_int_eq(files_of(acquired(before), before), 1);
    apr_pool_destroy(before);
    run_command(damages[_i].command);
    for (int tries = 0; tries < 2; tries++) {
        apr_pool_t *pool = request();
        atd_index_t *index = acquired(pool);

        error = atd_index_refresh(&state, index, &policy, pool);
        if (error) {
            ck_assert_int_eq(error->id, ATD_E_INDEX);
            atd_index_abandon(indexes, &test_content, pool);
            apr_pool_destroy(pool);
            continue;
        }
        ck_assert_msg(state.files == 1 && state.complete, "%s", damages[_i].name);
        apr_pool_destroy(pool);
        break;
    }
    ck_assert_ptr_null(error);
    ck_assert_int_eq(told, 0);
    ck_assert(lstat(file(), &info) == 0 && S_ISREG(info.st_mode));
}
END_TEST

START_TEST(folder_that_cannot_be_used_is_told_once)
{
    apr_pool_t *pool = request();
    atd_root_t below = test_content;

    below.below = "sub";
    put_file("sub/q.md", "---\ntitle: Q\n---\n");
    open_pool(apr_pstrcat(atd_test_pool, folder, "/nothing/here", NULL));
    ck_assert_int_eq(files_of(acquired(pool), pool), 1);
    ck_assert_int_eq(files_of(acquired_of(&below, pool), pool), 1);
    ck_assert_int_eq(told, 1);
    apr_pool_destroy(pool);
}
END_TEST

START_TEST(memory_is_kept_between_requests)
{
    apr_pool_t *first = request(), *second = request();
    atd_index_t *index;
    atd_index_state_t state;

    open_pool(NULL);
    index = acquired(first);
    ck_assert_int_eq(files_of(index, first), 1);
    ck_assert_ptr_eq(acquired(first), index);
    apr_pool_destroy(first);
    ck_assert_ptr_eq(acquired(second), index);
    ATD_OK(atd_index_state(&state, index, second));
    ck_assert(state.complete);
    ck_assert_int_eq(told, 0);
    apr_pool_destroy(second);
}
END_TEST

static void *take_memory(void *data)
{
    atd_index_t **index = data;
    apr_pool_t *pool;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    *index = acquired(pool);
    files_of(*index, pool);
    apr_pool_destroy(pool);
    return NULL;
}

START_TEST(memory_is_waited_for)
{
    apr_pool_t *first = request();
    atd_index_t *index, *other = NULL;
    pthread_t thread;

    open_pool(NULL);
    index = acquired(first);
    ck_assert_int_eq(pthread_create(&thread, NULL, take_memory, &other), 0);
    apr_sleep(100 * 1000);
    ck_assert_ptr_null(other);
    apr_pool_destroy(first);
    pthread_join(thread, NULL);
    ck_assert_ptr_eq(other, index);
}
END_TEST

START_TEST(memory_that_is_not_given_back_is_not_waited_for_long)
{
    apr_pool_t *first = request(), *second = request();
    atd_index_t *index;
    apr_time_t began = apr_time_now();

    open_pool(NULL);
    index = acquired(first);
    ck_assert_ptr_ne(acquired(second), index);
    ck_assert_int_ge(apr_time_now() - began, apr_time_from_sec(2));
    ck_assert_int_lt(apr_time_now() - began, apr_time_from_sec(4));
    apr_pool_destroy(second);
    apr_pool_destroy(first);
    first = request();
    ck_assert_ptr_eq(acquired(first), index);
    apr_pool_destroy(first);
}
END_TEST

START_TEST(abandoned_memory_begins_anew)
{
    apr_pool_t *pool = request();
    atd_index_state_t state;

    open_pool(NULL);
    files_of(acquired(pool), pool);
    atd_index_abandon(indexes, &test_content, pool);
    atd_index_abandon(indexes, &test_content, pool); /* nothing is held */
    ATD_OK(atd_index_state(&state, acquired(pool), pool));
    ck_assert_int_eq(state.files, 0);
    apr_pool_destroy(pool);
}
END_TEST

/* A file that looks as it should and fails all the same: memory for a second, then the file again. */
START_TEST(abandoned_file_rests_for_a_second)
{
    apr_pool_t *pool = request();
    atd_index_state_t state;

    files_of(acquired(pool), pool);
    atd_index_abandon(indexes, &test_content, pool);
    ATD_OK(atd_index_state(&state, acquired(pool), pool));
    ck_assert_int_eq(state.files, 0);
    apr_pool_destroy(pool);
    apr_sleep(1100 * 1000);
    pool = request();
    ATD_OK(atd_index_state(&state, acquired(pool), pool));
    ck_assert_int_eq(state.files, 1);
    apr_pool_destroy(pool);
}
END_TEST

static int open_files(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static atd_root_t content_of(int number)
{
    atd_root_t root = test_content;

    root.below = apr_psprintf(atd_test_pool, "c%d", number);
    put_file(apr_pstrcat(atd_test_pool, root.below, "/p.md", NULL), "---\ntitle: P\n---\n");
    return root;
}

/*
 * Two descriptors a handle, database and log, and one for their common memory. Of those that were closed SQLite keeps one,
 * for the next to be opened, while others hold locks on the same file.
 */
START_TEST(few_idle_handles_are_kept)
{
    apr_pool_t *requests[12];
    int before = open_files();

    for (int i = 0; i < 12; i++)
        acquired(requests[i] = request());
    for (int i = 0; i < 12; i++)
        apr_pool_destroy(requests[i]);
    ck_assert_int_le(open_files() - before, 4 * 3 + 8);
    for (int i = 0; i < 50; i++) {
        const atd_root_t content = content_of(i);
        apr_pool_t *pool = request();

        acquired_of(&content, pool);
        apr_pool_destroy(pool);
    }
    ck_assert_int_le(open_files() - before, 32 * 3 + 8);
}
END_TEST

START_TEST(many_contents_in_memory)
{
    atd_root_t contents[40];

    open_pool(NULL);
    for (int i = 0; i < 40; i++)
        contents[i] = content_of(i);
    for (int round = 0; round < 2; round++) {
        apr_pool_t *pool = request();

        for (int i = 0; i < 40; i++) /* more at once than are kept */
            ck_assert_int_eq(files_of(acquired_of(&contents[i], pool), pool), 1);
        apr_pool_destroy(pool);
    }
}
END_TEST

static void *use(void *data)
{
    const char *damaged = data;

    for (int i = 0; i < ROUNDS; i++) {
        atd_index_state_t state;
        atd_index_t *index;
        apr_pool_t *pool;
        atd_error_t *error;

        apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
        error = atd_index_acquire(&index, indexes, &test_content, pool);
        ck_assert_ptr_null(error);
        error = atd_index_refresh(&state, index, &policy, pool);
        ck_assert(!error || (damaged && error->id == ATD_E_INDEX));
        if (error)
            atd_index_abandon(indexes, &test_content, pool);
        if (damaged && i % 10 == 9)
            unlink(damaged);
        apr_pool_destroy(pool);
    }
    return NULL;
}

static void run_threads(const char *damaged)
{
    pthread_t threads[THREADS];
    apr_pool_t *pool = request();

    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use, (void *)(apr_uintptr_t)damaged), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    apr_sleep(1100 * 1000);
    ck_assert_int_eq(files_of(acquired(pool), pool), 1);
    apr_pool_destroy(pool);
}

START_TEST(many_threads)
{
    run_threads(NULL);
}
END_TEST

START_TEST(many_threads_in_memory)
{
    open_pool(NULL);
    run_threads(NULL);
}
END_TEST

START_TEST(file_that_vanishes_again_and_again)
{
    run_threads(file());
}
END_TEST

Suite *index_pool_suite(void)
{
    Suite *suite = suite_create("index pool");
    TCase *tests = site_test_case(suite, "index pool");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, pool_setup, NULL);
    tcase_add_test(tests, handle_is_used_again);
    tcase_add_test(tests, names_tell_contents_apart);
    tcase_add_loop_test(tests, damaged_files_are_replaced, 0, sizeof damages / sizeof *damages);
    tcase_add_test(tests, folder_that_cannot_be_used_is_told_once);
    tcase_add_test(tests, memory_is_kept_between_requests);
    tcase_add_test(tests, memory_is_waited_for);
    tcase_add_test(tests, memory_that_is_not_given_back_is_not_waited_for_long);
    tcase_add_test(tests, abandoned_memory_begins_anew);
    tcase_add_test(tests, abandoned_file_rests_for_a_second);
    tcase_add_test(tests, few_idle_handles_are_kept);
    tcase_add_test(tests, many_contents_in_memory);
    tcase_add_test(tests, many_threads);
    tcase_add_test(tests, many_threads_in_memory);
    tcase_add_test(tests, file_that_vanishes_again_and_again);
    return suite;
}
