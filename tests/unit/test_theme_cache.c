/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_theme_cache.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>
#include <pthread.h>

#define THREADS 8
#define ROUNDS 60
#define KEPT 64

static atd_theme_cache_t *cache;

static void cache_setup(void)
{
    ck_assert_int_eq(atd_theme_cache_create(&cache, atd_test_pool), APR_SUCCESS);
}

static const atd_theme_t *got(const atd_root_t *root, apr_pool_t *pool)
{
    const atd_theme_t *theme = NULL;

    ATD_OK(atd_theme_cache_get(&theme, cache, root, pool));
    return theme;
}

static apr_pool_t *request(void)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, atd_test_pool);
    return pool;
}

static const char *home_of(const atd_theme_t *theme, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 0, ATD_MAX_PAGE);
    const char *text = NULL;

    ATD_OK(atd_theme_render(out, theme, "home", atd_value_map(pool), pool));
    ATD_OK(atd_buffer_take(&text, NULL, out, "the page"));
    return text;
}

START_TEST(theme_is_loaded_once)
{
    apr_pool_t *first = request(), *second = request();
    const atd_theme_t *theme = got(&test_content, first);

    ck_assert_ptr_eq(got(&test_content, second), theme);
    apr_pool_destroy(first);
    ck_assert_ptr_eq(got(&test_content, second), theme);
    ck_assert_ptr_ne(got(NULL, second), theme);
    ck_assert_ptr_eq(got(NULL, second), got(NULL, second));
}
END_TEST

START_TEST(links_and_subfolders_are_other_themes)
{
    atd_root_t below = test_content, following = test_content;

    put_file("sub/home.mustache", "sub");
    below.below = "sub";
    following.links = ATD_LINKS_FOLLOW;
    ck_assert_ptr_ne(got(&below, atd_test_pool), got(&test_content, atd_test_pool));
    ck_assert_ptr_ne(got(&following, atd_test_pool), got(&test_content, atd_test_pool));
    ck_assert_str_eq(home_of(got(&below, atd_test_pool), atd_test_pool), "sub");
}
END_TEST

START_TEST(changed_theme_is_loaded_anew)
{
    apr_pool_t *old_request = request(), *new_request = request();
    const atd_theme_t *theme;

    put_file("home.mustache", "old");
    theme = got(&test_content, old_request);
    put_file("home.mustache", "newer");
    ck_assert_str_eq(home_of(got(&test_content, new_request), new_request), "newer");
    ck_assert_str_eq(home_of(theme, old_request), "old");
    apr_pool_destroy(old_request);
    ck_assert_str_eq(home_of(got(&test_content, new_request), new_request), "newer");
}
END_TEST

START_TEST(errors_are_not_kept)
{
    atd_root_t below = test_content;
    const atd_theme_t *theme;

    below.below = "sub";
    ATD_FAILS(atd_theme_cache_get(&theme, cache, &below, atd_test_pool), ATD_E_MISSING, 0, 0);
    put_file("sub/home.mustache", "sub");
    ck_assert_str_eq(home_of(got(&below, atd_test_pool), atd_test_pool), "sub");
    remove_file("sub/home.mustache");
    remove_file("sub");
    ATD_FAILS(atd_theme_cache_get(&theme, cache, &below, atd_test_pool), ATD_E_MISSING, 0, 0);
}
END_TEST

static atd_root_t root_of(int number)
{
    atd_root_t root = test_content;

    root.below = apr_psprintf(atd_test_pool, "t%d", number);
    put_file(apr_pstrcat(atd_test_pool, root.below, "/home.mustache", NULL), root.below);
    return root;
}

START_TEST(oldest_theme_goes_first)
{
    const atd_root_t first = root_of(0), second = root_of(1);
    const atd_theme_t *theme = got(&first, atd_test_pool), *other = got(&second, atd_test_pool);

    for (int i = 2; i < KEPT; i++) {
        atd_root_t root = root_of(i);

        got(&root, atd_test_pool);
    }
    ck_assert_ptr_eq(got(&first, atd_test_pool), theme);
    got(&(atd_root_t){.path = test_content.path, .below = root_of(KEPT).below}, atd_test_pool);
    ck_assert_ptr_eq(got(&first, atd_test_pool), theme);
    ck_assert_ptr_ne(got(&second, atd_test_pool), other);
    ck_assert_str_eq(home_of(other, atd_test_pool), "t1");
}
END_TEST

typedef struct worker_t {
    pthread_t thread;
    int number;
    int failures;
} worker_t;

/* No check here: those of the framework belong to the main thread. */
static int render_once(int number)
{
    const atd_root_t root = {.path = test_content.path, .below = number % 2 ? "odd" : "even"};
    const char *expected = number % 2 ? "odd" : "even";
    const atd_theme_t *theme;
    const char *text = "";
    atd_buffer_t *out;
    apr_pool_t *pool;
    int failed;

    apr_pool_create(&pool, NULL);
    out = atd_buffer_create(pool, 0, ATD_MAX_PAGE);
    failed = atd_theme_cache_get(&theme, cache, &root, pool) ||
             atd_theme_render(out, theme, "home", atd_value_map(pool), pool) ||
             atd_buffer_take(&text, NULL, out, "the page") || strncmp(text, expected, strlen(expected)) != 0;
    apr_pool_destroy(pool);
    return failed;
}

static void *work(void *data)
{
    worker_t *worker = data;

    for (int i = 0; i < ROUNDS; i++)
        worker->failures += render_once(worker->number + i);
    return NULL;
}

START_TEST(threads_share_themes)
{
    worker_t workers[THREADS] = {{0}};

    put_file("odd/home.mustache", "odd");
    put_file("even/home.mustache", "even");
    for (int i = 0; i < THREADS; i++) {
        workers[i].number = i;
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < ROUNDS / 4; i++)
        put_file(apr_psprintf(atd_test_pool, "odd/extra%d.css", i), "x");
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        ck_assert_int_eq(workers[i].failures, 0);
    }
}
END_TEST

Suite *theme_cache_suite(void)
{
    Suite *suite = suite_create("theme cache");
    TCase *tests = site_test_case(suite, "theme cache");

    tcase_add_checked_fixture(tests, cache_setup, NULL);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, theme_is_loaded_once);
    tcase_add_test(tests, links_and_subfolders_are_other_themes);
    tcase_add_test(tests, changed_theme_is_loaded_anew);
    tcase_add_test(tests, errors_are_not_kept);
    tcase_add_test(tests, oldest_theme_goes_first);
    tcase_add_test(tests, threads_share_themes);
    return suite;
}
