/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_sources.h"
#include "site_fixture.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <sys/stat.h>

#define NOW apr_time_from_sec(1751328000)
#define HOUR apr_time_from_sec(3600)

static atd_sources_t *sources;
static atd_root_t content, theme;           /* watched */
static atd_root_t roots[ATD_SOURCES_ROOTS]; /* not watched, as for checks */

static void sources_setup(void)
{
    sources = atd_sources_create(NOW, atd_test_pool);
    mkdir(apr_pstrcat(atd_test_pool, test_content.path, "/_theme", NULL), 0755);
    roots[ATD_SOURCES_CONTENT] = content = test_content;
    roots[ATD_SOURCES_THEME] = test_content;
    roots[ATD_SOURCES_THEME].below = "_theme";
    theme = roots[ATD_SOURCES_THEME];
    content.watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    theme.watch = atd_sources_watch(sources, ATD_SOURCES_THEME);
}

static void read_path(const atd_root_t *root, const char *path)
{
    atd_file_t file;
    const atd_error_t *error = atd_file_read(&file, root, path, 65536, atd_test_pool);

    (void)error; /* what is not there is noted, too */
}

static void load_posts(void)
{
    atd_index_t *index;

    test_config.content = content;
    ATD_OK(atd_site_index(&index, open_site(), atd_test_pool));
    ck_assert_ptr_nonnull(index);
}

static bool hold(void)
{
    const char *bytes;
    apr_size_t length;

    ck_assert(atd_sources_bytes(&bytes, &length, sources));
    return atd_sources_hold(bytes, length, roots, atd_test_pool);
}

/* ---- files ---- */

typedef struct change_t {
    const char *what;
    const char *path;
    const char *text; /* NULL: the file goes */
    bool hold;
} change_t;

static const change_t file_changes[] = {
    {"a file that was read", "a.md", "other", false},
    {"the same bytes written again", "a.md", "text", false},
    {"a file that was read and goes", "a.md", NULL, false},
    {"one that was missing and comes", "site.yaml", "title: x", false},
    {"one of the theme", "_theme/post.mustache", "y", false},
    {"one that the theme lacked", "_theme/home.mustache", "y", false},
    {"another one", "b.md", "text", true},
    {"another one of the theme", "_theme/page.mustache", "y", true},
};

static void change(const change_t *change)
{
    apr_sleep(20000); /* the kernel's clock ticks each few milliseconds */
    if (change->text)
        put_file(change->path, change->text);
    else
        remove_file(change->path);
}

START_TEST(changes_of_files_are_noticed)
{
    put_file("a.md", "text");
    put_file("_theme/post.mustache", "x");
    read_path(&content, "a.md");
    read_path(&content, "site.yaml");
    read_path(&theme, "post.mustache");
    read_path(&theme, "home.mustache");
    ck_assert(hold());
    change(&file_changes[_i]);
    ck_assert_msg(hold() == file_changes[_i].hold, "%s", file_changes[_i].what);
}
END_TEST

START_TEST(nothing_read_holds)
{
    ck_assert(hold());
    ck_assert_int_eq(atd_sources_content_modified(sources), 0);
    ck_assert_int_eq(atd_sources_frame_modified(sources), 0);
    ck_assert(atd_sources_are_settled(sources, NOW));
}
END_TEST

START_TEST(a_root_that_is_none_holds_nothing)
{
    put_file("_theme/a", "x");
    read_path(&theme, "a");
    roots[ATD_SOURCES_THEME] = (atd_root_t){0};
    ck_assert(!hold());
}
END_TEST

/* ---- lists ---- */

static const change_t list_changes[] = {
    {"a post that changed", "posts/a.md", "---\ntitle: Other\n---\n", false},
    {"a post that went", "posts/a.md", NULL, false},
    {"a post that came", "b.md", "text", false},
    {"a bundle that came", "c/index.md", "text", false},
    {"an author who changed", "authors/nora.md", "---\nname: Nora B.\n---\n", false},
    {"an author who came", "authors/ole.md", "---\nname: Ole\n---\n", false},
    {"an author who went", "authors/nora.md", NULL, false},
    {"a picture", "posts/a.png", "x", true},
    {"a file that is never a post", "_draft.md", "x", true},
    {"a folder without a post", "posts/d/a.txt", "x", true},
};

START_TEST(changes_of_lists_are_noticed)
{
    put_file("posts/a.md", "---\ntitle: A\n---\n");
    put_file("authors/nora.md", "---\nname: Nora\n---\n");
    load_posts();
    ck_assert(hold());
    change(&list_changes[_i]);
    ck_assert_msg(hold() == list_changes[_i].hold, "%s", list_changes[_i].what);
}
END_TEST

START_TEST(a_list_is_one_record)
{
    const char *bytes;
    apr_size_t one, many;

    put_file("a.md", "text");
    load_posts();
    ck_assert(atd_sources_bytes(&bytes, &one, sources));
    for (int i = 0; i < 50; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/%d.md", i), "text");
    sources_setup();
    load_posts();
    ck_assert(atd_sources_bytes(&bytes, &many, sources));
    ck_assert_uint_eq(one, many);
    read_path(&content, "a.md"); /* after the list: one by one again */
    ck_assert(atd_sources_bytes(&bytes, &many, sources));
    ck_assert_uint_gt(many, one);
    ck_assert(hold());
}
END_TEST

START_TEST(a_list_that_can_not_be_read_never_holds)
{
    content.watch->list_begin(content.watch->baton, &(atd_digest_t){0});
    content.watch->list_end(content.watch->baton);
    put_file("a.md", "text");
    ck_assert(!hold());
    roots[ATD_SOURCES_CONTENT].path = "/nowhere";
    ck_assert(!hold());
}
END_TEST

START_TEST(lists_within_lists_are_one)
{
    const atd_stamp_t stamp = {0};
    const char *bytes;
    apr_size_t one, two;

    content.watch->list_begin(content.watch->baton, &(atd_digest_t){.sum = 1});
    ck_assert(atd_sources_bytes(&bytes, &one, sources));
    content.watch->list_begin(content.watch->baton, &(atd_digest_t){.sum = 2});
    content.watch->list_end(content.watch->baton);
    content.watch->file(content.watch->baton, "a.md", &stamp);
    ck_assert(atd_sources_bytes(&bytes, &two, sources));
    ck_assert_uint_eq(one, two);
}
END_TEST

/* ---- times ---- */

typedef struct end_t {
    apr_time_t times[3];
    apr_time_t ends;
} end_t;

static const end_t ends[] = {
    {{0}, 0},
    {{NOW}, 0},
    {{NOW - 1}, 0},
    {{NOW + 1}, NOW + 1},
    {{NOW + HOUR, NOW + 5, NOW + 9}, NOW + 5},
    {{NOW - HOUR, NOW + HOUR, 0}, NOW + HOUR},
};

START_TEST(the_earliest_time_ahead_counts)
{
    for (int i = 0; i < 3; i++)
        atd_sources_until(sources, ends[_i].times[i]);
    ck_assert_int_eq(atd_sources_ends(sources), ends[_i].ends);
}
END_TEST

START_TEST(posts_tell_their_boundaries)
{
    put_file("a.md",
             "---\ntitle: A\nstatus: scheduled\ndate: 2025-07-02T00:00:00Z\nexpires: 2025-07-03T00:00:00Z\n---\n");
    load_posts();
    ck_assert_int_eq(atd_sources_ends(sources), NOW + 24 * HOUR);
}
END_TEST

typedef struct time_case_t {
    atd_sources_root_t root;
    const char *path;
    apr_time_t content, frame;
} time_case_t;

static const time_case_t time_cases[] = {
    {ATD_SOURCES_CONTENT, "a.md", 5, 0},      {ATD_SOURCES_CONTENT, "posts/site.md", 5, 0},
    {ATD_SOURCES_CONTENT, "site.yaml", 0, 5}, {ATD_SOURCES_CONTENT, "site.yml", 0, 5},
    {ATD_SOURCES_THEME, "a.md", 0, 5},
};

START_TEST(times_are_those_of_content_or_frame)
{
    const time_case_t *time = &time_cases[_i];
    const atd_watch_t *watch = atd_sources_watch(sources, time->root);

    watch->file(watch->baton, time->path, &(atd_stamp_t){.mtime = 5000});
    watch->file(watch->baton, time->path, &(atd_stamp_t){.mtime = 3000});
    watch->file(watch->baton, time->path, NULL);
    ck_assert_int_eq(atd_sources_content_modified(sources), time->content);
    ck_assert_int_eq(atd_sources_frame_modified(sources), time->frame);
}
END_TEST

START_TEST(what_changed_just_now_is_not_settled)
{
    content.watch->file(content.watch->baton, "a.md", &(atd_stamp_t){.ctime = NOW * 1000});
    ck_assert(!atd_sources_are_settled(sources, NOW - HOUR));
    ck_assert(!atd_sources_are_settled(sources, NOW));
    ck_assert(!atd_sources_are_settled(sources, NOW + 20000));
    ck_assert(atd_sources_are_settled(sources, NOW + 20001));
    content.watch->list_begin(content.watch->baton, &(atd_digest_t){.newest = {.ctime = (NOW + 1) * 1000}});
    ck_assert(!atd_sources_are_settled(sources, NOW + 20001));
}
END_TEST

/* ---- bytes ---- */

START_TEST(too_long_a_record_is_not_kept)
{
    const char *name = repeated("x", 200);
    const char *bytes;
    apr_size_t length;

    for (int i = 0; i < 2000; i++)
        content.watch->file(content.watch->baton, name, NULL);
    ck_assert(!atd_sources_bytes(&bytes, &length, sources));
}
END_TEST

/* Paths of all lengths around the padding. */
static const char *record_of(apr_size_t *length)
{
    const char *bytes;

    put_file("posts/a.md", "text");
    for (unsigned i = 1; i < 10; i++)
        read_path(&content, repeated("m", i));
    read_path(&content, "posts/a.md");
    load_posts();
    read_path(&theme, "home.mustache");
    ck_assert(atd_sources_bytes(&bytes, length, sources));
    ck_assert_uint_eq(*length % 8, 0);
    return bytes;
}

/* A copy that ends where its memory does, so that sanitizers see who reads on. */
static bool hold_copy(const char *bytes, apr_size_t length)
{
    char *copy = malloc(length ? length : 1);
    apr_pool_t *scratch;
    bool good;

    memcpy(copy, bytes, length);
    apr_pool_create(&scratch, atd_test_pool);
    good = atd_sources_hold(copy, length, roots, scratch);
    apr_pool_destroy(scratch);
    free(copy);
    return good;
}

START_TEST(cut_records_do_not_hold)
{
    apr_size_t length;
    const char *bytes = record_of(&length);

    ck_assert(hold_copy(bytes, length));
    for (apr_size_t i = 1; i < length; i++)
        ck_assert_msg(!hold_copy(bytes, i) || i % 8 == 0, "%zu of %zu bytes", i, length);
}
END_TEST

START_TEST(flipped_records_do_no_harm)
{
    apr_size_t length;
    const char *bytes = record_of(&length);
    char *copy = apr_palloc(atd_test_pool, length);
    unsigned state = 5;

    for (int round = 0; round < 4000; round++) {
        memcpy(copy, bytes, length);
        for (int flips = 0; flips <= round % 4; flips++) {
            state = state * 1664525u + 1013904223u;
            copy[(state >> 8) % length] ^= (char)(1 << (state >> 4) % 8);
        }
        hold_copy(copy, length);
    }
}
END_TEST

/* Not taken for a missing file's record, whatever comes next. */
START_TEST(paths_out_of_the_root_open_nothing)
{
    static const char *const paths[] = {"../a.md", "/etc/passwd", "a//b", ".", "_theme/../a.md"};

    put_file("a.md", "text");
    for (apr_size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        sources_setup();
        content.watch->file(content.watch->baton, paths[i], &(atd_stamp_t){.size = 4});
        ck_assert_msg(!hold(), "%s", paths[i]);
    }
}
END_TEST

/* ---- of another machine ---- */

static bool adopt(const char *bytes, apr_size_t length)
{
    sources_setup();
    return atd_sources_adopt(sources, bytes, length, roots, atd_test_pool);
}

START_TEST(what_is_the_same_is_adopted)
{
    apr_size_t length, own_length;
    const char *bytes = record_of(&length);
    const char *own;

    ck_assert(adopt(bytes, length));
    ck_assert(atd_sources_bytes(&own, &own_length, sources));
    ck_assert_uint_eq(own_length, length);
    ck_assert(atd_sources_hold(own, own_length, roots, atd_test_pool));
    for (apr_size_t i = 1; i < length; i++)
        ck_assert_msg(!adopt(bytes, i) || i % 8 == 0, "%zu of %zu bytes", i, length);
}
END_TEST

static const change_t other_files[] = {
    {"a post of another size", "posts/a.md", "other text", false},
    {"a post that went", "posts/a.md", NULL, false},
    {"a post that came", "b.md", "text", false},
    {"a missing file that came", "mmm", "text", false},
    {"a missing file of the theme that came", "_theme/home.mustache", "x", false},
    {"a picture", "posts/a.png", "x", true},
};

START_TEST(what_differs_is_not_adopted)
{
    apr_size_t length;
    const char *bytes = record_of(&length);

    change(&other_files[_i]);
    ck_assert_msg(adopt(bytes, length) == other_files[_i].hold, "%s", other_files[_i].what);
}
END_TEST

START_TEST(nonsense_is_not_adopted)
{
    apr_size_t length;
    const char *bytes;

    content.watch->list_begin(content.watch->baton, &(atd_digest_t){0});
    ck_assert(atd_sources_bytes(&bytes, &length, sources));
    ck_assert_msg(!adopt(bytes, length), "a list that could not be read");
    ck_assert_msg(!adopt(repeated("x", 300 * 1024), 300 * 1024), "too long a record");
    bytes = record_of(&length);
    roots[ATD_SOURCES_THEME] = (atd_root_t){0};
    ck_assert_msg(!atd_sources_adopt(sources, bytes, length, roots, atd_test_pool), "a root that is none");
}
END_TEST

START_TEST(what_changed_lately_is_not_portable)
{
    content.watch->file(content.watch->baton, "a.md", &(atd_stamp_t){.mtime = NOW * 1000});
    ck_assert(!atd_sources_are_portable(sources, NOW));
    ck_assert(atd_sources_are_portable(sources, NOW + HOUR));
    theme.watch->file(theme.watch->baton, "a.css", &(atd_stamp_t){.mtime = (NOW + HOUR) * 1000});
    ck_assert(!atd_sources_are_portable(sources, NOW + HOUR));
}
END_TEST

static void add_portable_tests(TCase *tests)
{
    tcase_add_test(tests, what_is_the_same_is_adopted);
    tcase_add_loop_test(tests, what_differs_is_not_adopted, 0, (int)(sizeof other_files / sizeof *other_files));
    tcase_add_test(tests, nonsense_is_not_adopted);
    tcase_add_test(tests, what_changed_lately_is_not_portable);
}

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, changes_of_files_are_noticed, 0, (int)(sizeof file_changes / sizeof *file_changes));
    tcase_add_test(tests, nothing_read_holds);
    tcase_add_test(tests, a_root_that_is_none_holds_nothing);
    tcase_add_loop_test(tests, changes_of_lists_are_noticed, 0, (int)(sizeof list_changes / sizeof *list_changes));
    tcase_add_test(tests, a_list_is_one_record);
    tcase_add_test(tests, a_list_that_can_not_be_read_never_holds);
    tcase_add_test(tests, lists_within_lists_are_one);
    tcase_add_loop_test(tests, the_earliest_time_ahead_counts, 0, (int)(sizeof ends / sizeof *ends));
    tcase_add_test(tests, posts_tell_their_boundaries);
    tcase_add_loop_test(tests, times_are_those_of_content_or_frame, 0, (int)(sizeof time_cases / sizeof *time_cases));
    tcase_add_test(tests, what_changed_just_now_is_not_settled);
    tcase_add_test(tests, too_long_a_record_is_not_kept);
    tcase_add_test(tests, cut_records_do_not_hold);
    tcase_add_test(tests, flipped_records_do_no_harm);
    tcase_add_test(tests, paths_out_of_the_root_open_nothing);
}

Suite *sources_suite(void)
{
    Suite *suite = suite_create("sources");
    TCase *tests = site_test_case(suite, "files, lists and times");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, sources_setup, NULL);
    add_tests(tests);
    add_portable_tests(tests);
    return suite;
}
