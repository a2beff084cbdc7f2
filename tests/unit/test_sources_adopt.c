/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_catalog.h"
#include "site/atd_sources.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The other machine is this folder before its files got other inodes and changes. */

#define NOW apr_time_from_sec(1751328000)
#define OLD ((time_t)1700000000)

static atd_root_t roots[ATD_SOURCES_ROOTS]; /* without watches */
static const char *there;                   /* the record of the other machine */
static apr_size_t there_length;

static const char *full_path(const char *path)
{
    return apr_pstrcat(atd_test_pool, test_content.path, "/", path, NULL);
}

/* Written again: with another inode, ctime, and fraction of the second. */
static void put_at(const char *path, const char *text, time_t seconds, long nanoseconds)
{
    struct timespec times[2] = {{.tv_sec = seconds, .tv_nsec = nanoseconds},
                                {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    const char *temporary = apr_pstrcat(atd_test_pool, path, ".new", NULL);

    put_file(temporary, text);
    ck_assert_int_eq(rename(full_path(temporary), full_path(path)), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, full_path(path), times, 0), 0);
}

static atd_root_t watched(atd_sources_t *sources, atd_sources_root_t which)
{
    atd_root_t root = roots[which];

    root.watch = atd_sources_watch(sources, which);
    return root;
}

static void read_path(const atd_root_t *root, const char *path)
{
    atd_file_t file;
    const atd_error_t *error = atd_file_read(&file, root, path, 65536, atd_test_pool);

    (void)error; /* what is not there is noted, too */
}

static void record_there(void)
{
    atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
    const atd_root_t content = watched(sources, ATD_SOURCES_CONTENT);
    const atd_root_t theme = watched(sources, ATD_SOURCES_THEME);
    atd_index_t *index;

    read_path(&content, "posts/a.md");
    read_path(&content, "site.yaml");
    test_config.content = content;
    ATD_OK(atd_site_index(&index, open_site(), atd_test_pool));
    read_path(&theme, "home.mustache");
    ck_assert(atd_sources_bytes(&there, &there_length, sources));
}

static void write_all(long nanoseconds)
{
    put_at("posts/a.md", "text", OLD, nanoseconds);
    put_at("posts/b.md", "more", OLD, nanoseconds);
    put_at("_theme/home.mustache", "x", OLD, nanoseconds);
}

static void adopt_setup(void)
{
    roots[ATD_SOURCES_CONTENT] = test_content;
    roots[ATD_SOURCES_THEME] = test_content;
    roots[ATD_SOURCES_THEME].below = "_theme";
    write_all(1);
    record_there();
    write_all(999999999);
}

/* A copy that ends where its memory does, so that sanitizers see who reads on. */
static bool adopt(atd_sources_t *sources, const char *bytes, apr_size_t length)
{
    char *copy = malloc(length ? length : 1);
    apr_pool_t *scratch;
    bool good;

    memcpy(copy, bytes, length);
    apr_pool_create(&scratch, atd_test_pool);
    good = atd_sources_adopt(sources, copy, length, roots, scratch);
    apr_pool_destroy(scratch);
    free(copy);
    return good;
}

static bool adopts(void)
{
    return adopt(atd_sources_create(NOW, atd_test_pool), there, there_length);
}

/* What is adopted is of use here: it holds as if the page had been made here, and no longer than that would. */
START_TEST(the_same_files_elsewhere_are_adopted_with_the_stamps_here)
{
    atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
    const char *here;
    apr_size_t length;

    ck_assert(!atd_sources_hold(there, there_length, roots, atd_test_pool));
    ck_assert(adopt(sources, there, there_length));
    ck_assert(atd_sources_bytes(&here, &length, sources));
    ck_assert_uint_eq(length, there_length);
    ck_assert(atd_sources_hold(here, length, roots, atd_test_pool));
    ck_assert_int_eq(apr_time_sec(atd_sources_content_modified(sources)), OLD);
    put_at("posts/a.md", "text", OLD, 1);
    ck_assert(!atd_sources_hold(here, length, roots, atd_test_pool));
}
END_TEST

typedef struct difference_t {
    const char *what;
    const char *path;
    const char *text; /* NULL: the file is not here */
    time_t seconds;
    bool adopted;
} difference_t;

static const difference_t differences[] = {
    {"another size", "posts/a.md", "texts", OLD, false},
    {"another time", "posts/a.md", "text", OLD + 1, false},
    {"not here", "posts/a.md", NULL, OLD, false},
    {"another size of one in a list", "posts/b.md", "mores", OLD, false},
    {"another time of one in a list", "posts/b.md", "more", OLD - 1, false},
    {"one of a list that is not here", "posts/b.md", NULL, OLD, false},
    {"one more in a list", "posts/c.md", "text", OLD, false},
    {"one more author", "authors/c.md", "text", OLD, false},
    {"one that was missing there", "site.yaml", "title: x", OLD, false},
    {"a template", "_theme/home.mustache", "y", OLD + 60, false},
    {"another template", "_theme/page.mustache", "y", OLD, true},
    {"nothing", "posts/a.md", "text", OLD, true},
};

START_TEST(what_differs_here_is_not_adopted)
{
    const difference_t *difference = &differences[_i];

    if (difference->text)
        put_at(difference->path, difference->text, difference->seconds, 5);
    else
        remove_file(difference->path);
    ck_assert_msg(adopts() == difference->adopted, "%s", difference->what);
}
END_TEST

START_TEST(an_empty_list_is_adopted_where_it_is_empty)
{
    roots[ATD_SOURCES_CONTENT].below = "empty";
    put_file("empty/x.txt", "");
    record_there();
    ck_assert(adopts());
    put_file("empty/x.md", "");
    ck_assert(!adopts());
}
END_TEST

START_TEST(a_list_that_could_not_be_read_is_not_adopted)
{
    atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
    const atd_watch_t *watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);

    watch->list_begin(watch->baton, &(atd_digest_t){0});
    watch->list_end(watch->baton);
    ck_assert(atd_sources_bytes(&there, &there_length, sources));
    ck_assert(!adopts());
    roots[ATD_SOURCES_CONTENT].path = "/nowhere";
    ck_assert(!adopts());
}
END_TEST

START_TEST(a_theme_that_is_none_here_adopts_nothing)
{
    roots[ATD_SOURCES_THEME].path = NULL;
    ck_assert(!adopts());
}
END_TEST

START_TEST(what_was_changed_within_two_seconds_is_not_portable)
{
    atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
    const atd_watch_t *content = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    const atd_watch_t *theme = atd_sources_watch(sources, ATD_SOURCES_THEME);

    ck_assert(atd_sources_are_portable(sources, NOW));
    content->file(content->baton, "a.md", &(atd_stamp_t){.mtime = NOW * 1000});
    ck_assert(!atd_sources_are_portable(sources, NOW + apr_time_from_sec(2)));
    ck_assert(atd_sources_are_portable(sources, NOW + apr_time_from_sec(2) + 1));
    theme->file(theme->baton, "a.mustache", &(atd_stamp_t){.mtime = (NOW + 1) * 1000});
    ck_assert(!atd_sources_are_portable(sources, NOW + apr_time_from_sec(2) + 1));
    content->list_begin(content->baton, &(atd_digest_t){.newest = {.mtime = (NOW + 9) * 1000}});
    ck_assert(!atd_sources_are_portable(sources, NOW + apr_time_from_sec(2) + 2));
}
END_TEST

/* ---- hostile bytes ---- */

START_TEST(cut_records_are_not_adopted)
{
    ck_assert(adopts());
    for (apr_size_t i = 1; i < there_length; i++)
        ck_assert_msg(!adopt(atd_sources_create(NOW, atd_test_pool), there, i) || i % 8 == 0, "%zu bytes", i);
}
END_TEST

START_TEST(flipped_records_do_no_harm)
{
    char *copy = apr_palloc(atd_test_pool, there_length);
    unsigned state = 7;

    for (int round = 0; round < 4000; round++) {
        memcpy(copy, there, there_length);
        for (int flips = 0; flips <= round % 4; flips++) {
            state = state * 1664525u + 1013904223u;
            copy[(state >> 8) % there_length] ^= (char)(1 << (state >> 4) % 8);
        }
        adopt(atd_sources_create(NOW, atd_test_pool), copy, there_length);
    }
}
END_TEST

START_TEST(random_bytes_do_no_harm)
{
    char bytes[512];
    unsigned state = 11;

    for (int round = 0; round < 4000; round++) {
        for (apr_size_t i = 0; i < sizeof bytes; i++) {
            state = state * 1664525u + 1013904223u;
            bytes[i] = (char)(state >> 24);
        }
        ck_assert(!adopt(atd_sources_create(NOW, atd_test_pool), bytes, sizeof bytes - (apr_size_t)round % 256));
    }
}
END_TEST

START_TEST(paths_out_of_the_root_open_nothing)
{
    static const char *const paths[] = {"../a.md", "/etc/passwd", "a//b", ".", "_theme/../posts/a.md"};

    for (apr_size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
        const atd_watch_t *watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);

        watch->file(watch->baton, paths[i], &(atd_stamp_t){.size = 4, .mtime = (apr_int64_t)OLD * 1000000000});
        ck_assert(atd_sources_bytes(&there, &there_length, sources));
        ck_assert_msg(!adopts(), "%s", paths[i]);
    }
}
END_TEST

/* A walk over all posts for each of them would take minutes. */
START_TEST(many_lists_cost_one_look)
{
    atd_sources_t *sources = atd_sources_create(NOW, atd_test_pool);
    const atd_watch_t *watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    apr_array_header_t *files;
    atd_digest_t digest;
    apr_time_t begun;

    for (unsigned i = 0; i < 500; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/p%u.md", i), "x");
    ATD_OK(atd_catalog_walk(&files, &roots[ATD_SOURCES_CONTENT], atd_test_pool));
    atd_catalog_digest(&digest, files);
    for (int i = 0; i < 2000; i++) {
        watch->list_begin(watch->baton, &digest);
        watch->list_end(watch->baton);
    }
    ck_assert(atd_sources_bytes(&there, &there_length, sources));
    begun = apr_time_now();
    ck_assert(adopts());
    ck_assert_int_lt(apr_time_now() - begun, apr_time_from_sec(5));
}
END_TEST

Suite *sources_adopt_suite(void)
{
    Suite *suite = suite_create("sources_adopt");
    TCase *tests = site_test_case(suite, "records of other machines");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, adopt_setup, NULL);
    tcase_add_test(tests, the_same_files_elsewhere_are_adopted_with_the_stamps_here);
    tcase_add_loop_test(tests, what_differs_here_is_not_adopted, 0, (int)(sizeof differences / sizeof *differences));
    tcase_add_test(tests, an_empty_list_is_adopted_where_it_is_empty);
    tcase_add_test(tests, a_list_that_could_not_be_read_is_not_adopted);
    tcase_add_test(tests, a_theme_that_is_none_here_adopts_nothing);
    tcase_add_test(tests, what_was_changed_within_two_seconds_is_not_portable);
    tcase_add_test(tests, cut_records_are_not_adopted);
    tcase_add_test(tests, flipped_records_do_no_harm);
    tcase_add_test(tests, random_bytes_do_no_harm);
    tcase_add_test(tests, paths_out_of_the_root_open_nothing);
    tcase_add_test(tests, many_lists_cost_one_look);
    return suite;
}
