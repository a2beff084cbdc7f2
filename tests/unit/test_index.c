/* SPDX-License-Identifier: Apache-2.0 */
#include "index_fixture.h"
#include "site/atd_tokenizer.h"

#include <apr_strings.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define VISIBLE "p4 p3 p2 p1 p0 a"

static void put_posts(void)
{
    for (int i = 0; i < 5; i++)
        put_post(apr_psprintf(atd_test_pool, "posts/p%d.md", i),
                 apr_psprintf(atd_test_pool,
                              "title: Post %d\ndate: 2025-0%d-01\ntags: [t%d, all]\ncategory: c\nauthor: Ada\n"
                              "series: s\npartNumber: %d\nexcerpt: Something to read about %d\n",
                              i, i + 1, i % 2, i, i));
    put_post("posts/a.md", "aliases: [/old]\n");
    put_post("posts/draft.md", "status: draft\ntags: [t1]\ndate: 2025-05-05\nseries: s\n");
    put_post("posts/later.md", "date: 2026-01-01\ntags: [t1]\ncategory: c\n");
    put_post("posts/gone.md", "status: gone\ntags: [t1]\n");
    put_post("posts/expired.md", "expires: 2025-06-30\ntags: [t1]\ndate: 2025-01-01\n");
    put_post("pages/about.md", "title: About\n");
    put_post("pages/hidden.md", "status: draft\n");
    put_file("authors/ada.md", "---\nname: Ada\nbio: Poet\n---\n");
    put_file("categories/c.md", "---\ntitle: C\n---\n");
}

static void close_now(atd_index_t *index)
{
    atd_index_close(index);
}

static void write_bytes(const char *path, const char *bytes, apr_size_t length)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* A new handle finds all as it should be, whatever it finds first. */
static void check_sound(void)
{
    atd_index_t *index = open_index();

    ck_assert(scan(index).complete);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), VISIBLE);
    ck_assert_str_eq(listed(index, ATD_LIST_PAGES, NULL), "about");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "all=5 t0=3 t1=2");
    ck_assert(query_all(index));
    ck_assert(atd_index_is_usable(index));
    close_now(index);
}

/* The bytes of a good index, written back from its log. */
static const char *good_bytes(apr_size_t *length)
{
    put_posts();
    check_sound();
    return atd_test_read(index_file(), length);
}

START_TEST(an_index_is_kept_between_handles)
{
    atd_index_t *index;

    put_posts();
    check_sound();
    index = open_index();
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), VISIBLE); /* without a scan */
    ck_assert(!scan(index).changed);
    ck_assert_str_eq(reports(), "");
}
END_TEST

START_TEST(an_index_may_be_in_memory)
{
    atd_index_t *index = NULL;

    put_posts();
    ATD_OK(atd_index_open(&index, &test_content, NULL, atd_test_pool));
    ck_assert(atd_index_is_usable(index));
    ck_assert(scan(index).complete);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), VISIBLE);
    ck_assert(query_all(index));
}
END_TEST

START_TEST(a_file_that_went_is_noticed)
{
    atd_index_t *index;

    put_posts();
    check_sound();
    index = open_index();
    scan(index);
    remove_file(".index");
    ck_assert(!atd_index_is_usable(index));
    ck_assert(query_all(index)); /* of what it still holds */
    check_sound();
    ck_assert(!atd_index_is_usable(index));
    close_now(index);
    check_sound();
}
END_TEST

START_TEST(garbage_is_replaced)
{
    static const char *const texts[] = {"", "x", "<html></html>\n", "SQLite format 3"};

    put_posts();
    for (apr_size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put_file(".index", texts[i]);
        check_sound();
    }
    put_file(".index", repeated("garbage ", 10000));
    check_sound();
}
END_TEST

START_TEST(a_file_that_was_replaced_under_a_handle_is_noticed)
{
    atd_index_t *index;

    put_posts();
    check_sound();
    index = open_index();
    scan(index);
    put_file(".other", "garbage");
    ck_assert_int_eq(rename(content_file(".other"), index_file()), 0);
    ck_assert(!atd_index_is_usable(index));
    query_all(index);
    close_now(index);
    check_sound();
}
END_TEST

START_TEST(a_file_that_is_overwritten_under_a_handle_is_noticed)
{
    const char *garbage = repeated("garbage ", 20000);
    atd_index_state_t state;
    atd_index_t *index;

    put_posts();
    check_sound();
    index = open_index();
    put_file(".index", garbage);
    put_post("posts/x.md", "");
    ck_assert(!query_all(index) || atd_index_refresh(&state, index, &test_policy, atd_test_pool) || !query_all(index));
    ck_assert(!atd_index_is_usable(index));
    close_now(index);
    remove_file("posts/x.md");
    check_sound();
}
END_TEST

START_TEST(a_cut_file_is_made_anew)
{
    apr_size_t length;
    const char *bytes = good_bytes(&length);

    for (apr_size_t part = 0; part < 24; part++) {
        const apr_size_t cuts[] = {length * part / 24, part * 4096, length - 1 - part};
        atd_index_t *index;

        write_bytes(index_file(), bytes, cuts[part % 3]);
        index = open_index();
        query_all(index);
        close_now(index);
        index = open_index();
        if (atd_index_refresh(&(atd_index_state_t){0}, index, &test_policy, atd_test_pool) ||
            !atd_index_is_usable(index))
            close_now(index);
    }
    write_bytes(index_file(), bytes, length / 2);
    if (!query_all(open_index())) /* who finds it out removes it */
        ck_assert(true);
}
END_TEST

START_TEST(a_file_that_is_cut_under_a_handle_does_no_harm)
{
    atd_index_t *index;
    struct stat info;

    put_posts();
    check_sound();
    index = open_index();
    ck_assert_int_eq(stat(index_file(), &info), 0);
    for (int part = 7; part >= 0; part--) {
        ck_assert_int_eq(truncate(index_file(), info.st_size * part / 8), 0);
        query_all(index);
    }
    ck_assert(!atd_index_refresh(&(atd_index_state_t){0}, index, &test_policy, atd_test_pool) ||
              !atd_index_is_usable(index));
    close_now(index);
    check_sound();
}
END_TEST

static unsigned random_state;

static unsigned random_below(unsigned bound)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (unsigned)(((apr_uint64_t)random_state * bound) >> 32);
}

/* One to eight bytes that lie together. */
static void flip(char *bytes, apr_size_t length)
{
    unsigned at = random_below((unsigned)length - 8);

    for (unsigned i = 0, count = 1 + random_below(8); i < count; i++)
        bytes[at + i] = (char)(random_below(2) ? bytes[at + i] ^ (1 << random_below(8)) : (char)random_below(256));
}

/* What a handle does in its life: asks, scans, asks. @return false where it found something wrong */
static bool use(bool edited)
{
    atd_index_t *index = NULL;
    atd_index_state_t state;
    bool good;

    if (atd_index_open(&index, &test_content, index_file(), atd_test_pool))
        return false;
    good = query_all(index);
    if (edited)
        good &= !atd_index_refresh(&state, index, &test_policy, atd_test_pool) && query_all(index);
    good &= atd_index_is_usable(index);
    close_now(index);
    return good;
}

/* query_all() sees that no hidden post is shown. */
START_TEST(flipped_bytes_never_show_what_is_hidden)
{
    apr_size_t length;
    const int rounds = is_quick() ? 20 : 125;
    const char *bytes;
    int bad = 0;

    keep_index_in_memory();
    bytes = good_bytes(&length);
    random_state = (unsigned)_i;
    for (int round = 0; round < rounds; round++) {
        char *flipped = apr_pmemdup(atd_test_pool, bytes, length);

        flip(flipped, length);
        write_bytes(index_file(), flipped, length);
        if (use(round % 8 == 0))
            continue;
        if (bad++ % 16 == 0)
            check_sound();
        else
            unlink(index_file());
    }
}
END_TEST

/* A visible value is as bad as one that nobody can read. */
START_TEST(columns_that_lie_show_nothing_hidden)
{
    static const char *const lies[] = {
        "UPDATE files SET appears = 0, ends = 9223372036854775807",
        "UPDATE terms SET appears = 0, ends = 9223372036854775807",
        "UPDATE files SET data = (SELECT data FROM files WHERE slug = 'p1')",
        "UPDATE files SET data = replace(CAST(data AS TEXT), 'draft', 'draff')",
        "UPDATE files SET data = zeroblob(4)",
        "UPDATE files SET data = zeroblob(40)",
        "UPDATE files SET path = 'x' || path",
        "UPDATE files SET appears = 0, data = NULL",
        "UPDATE files SET kind = 0",
        "UPDATE files SET kind = 77, rank = -1",
        "UPDATE terms SET file = (SELECT id FROM files WHERE slug = 'draft')",
        "DELETE FROM files",
        "DELETE FROM state",
        "UPDATE state SET digest = 1, complete = 1, files = -5",
        "UPDATE state SET scanned = 9223372036854775807, cost = 9223372036854775807",
        "UPDATE state SET scanned = 1, cost = 9223372036854775807",
        "UPDATE state SET scanned = -9223372036854775807, cost = -1",
        "DROP TABLE terms",
        "DROP TABLE seen",
        "DROP TABLE words",
        "DROP INDEX files_by_place",
        "DROP TABLE files",
        "DROP TABLE state",
    };
    static const int count = (int)(sizeof lies / sizeof *lies);
    sqlite3 *db = NULL;

    ck_assert_int_lt(_i, count);
    keep_index_in_memory();
    put_posts();
    check_sound();
    ck_assert_int_eq(sqlite3_open(index_file(), &db), SQLITE_OK);
    ck_assert_int_eq(atd_tokenizer_register(db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, lies[_i], NULL, NULL, NULL) == SQLITE_OK, "%s: %s", lies[_i], sqlite3_errmsg(db));
    sqlite3_close(db);
    use(false);
    put_post("posts/p1.md", "x: y\n");
    use(true);
    use(true);
}
END_TEST

START_TEST(an_index_of_another_folder_is_made_anew)
{
    static const char *const below[] = {"sub", NULL};
    atd_root_t elsewhere = test_content;
    atd_index_t *index = NULL;

    put_posts();
    put_post("sub/posts/other.md", "");
    elsewhere.below = below[_i];
    elsewhere.links = below[_i] ? ATD_LINKS_REFUSE : ATD_LINKS_FOLLOW;
    ATD_OK(atd_index_open(&index, &elsewhere, index_file(), atd_test_pool));
    scan(index);
    check_sound();
    ck_assert(!atd_index_is_usable(index));
}
END_TEST

START_TEST(another_version_is_made_anew)
{
    static const char *const versions[] = {"2", "-1", "77777"};
    sqlite3 *db = NULL;

    put_posts();
    check_sound();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(sqlite3_open(index_file(), &db), SQLITE_OK);
        ck_assert_int_eq(
            sqlite3_exec(db, apr_pstrcat(atd_test_pool, "PRAGMA user_version=", versions[i], NULL), NULL, NULL, NULL),
            SQLITE_OK);
        sqlite3_close(db);
        check_sound();
    }
}
END_TEST

START_TEST(a_place_that_can_not_be_written_to_is_an_error)
{
    atd_index_t *index;

    ATD_FAILS(atd_index_open(&index, &test_content, "/nonexistent/index", atd_test_pool), ATD_E_INDEX, 0, 0);
    put_file("folder/x", "");
    ATD_FAILS(atd_index_open(&index, &test_content, content_file("folder"), atd_test_pool), ATD_E_INDEX, 0, 0);
    put_file("target", "do not touch");
    put_link("target", ".link");
    ATD_FAILS(atd_index_open(&index, &test_content, content_file(".link"), atd_test_pool), ATD_E_INDEX, 0, 0);
    ck_assert_str_eq(atd_test_read(content_file("target"), &(apr_size_t){0}), "do not touch");
    if (geteuid() == 0)
        return; /* may write anywhere */
    ck_assert_int_eq(chmod(content_file("folder"), 0555), 0);
    ATD_FAILS(atd_index_open(&index, &test_content, content_file("folder/index"), atd_test_pool), ATD_E_INDEX, 0, 0);
    ck_assert_int_eq(chmod(content_file("folder"), 0755), 0);
}
END_TEST

START_TEST(a_folder_may_be_a_link)
{
    atd_index_t *index = NULL;

    put_file(".real/x", "");
    put_link(".real", ".linked");
    ATD_OK(atd_index_open(&index, &test_content, content_file(".linked/index"), atd_test_pool));
    ck_assert(scan(index).complete);
    ck_assert(atd_index_is_usable(index));
    ck_assert_int_eq(access(content_file(".real/index"), F_OK), 0);
}
END_TEST

/* Someone put a good file here and left the log of the one before. */
START_TEST(a_log_of_another_file_does_no_harm)
{
    atd_root_t elsewhere = test_content;
    const char *log = content_file(".index-wal");
    atd_index_t *index = NULL;
    apr_size_t length, log_length;
    const char *bytes = good_bytes(&length);
    const char *log_bytes;

    elsewhere.below = "sub";
    put_post("sub/posts/other.md", "");
    ATD_OK(atd_index_open(&index, &elsewhere, content_file(".second"), atd_test_pool));
    scan(index);
    log_bytes = atd_test_read(content_file(".second-wal"), &log_length);
    ck_assert_uint_gt(log_length, 0);
    for (int cut = 0; cut < 4; cut++) {
        write_bytes(index_file(), bytes, length);
        write_bytes(log, log_bytes, log_length - (apr_size_t)cut * log_length / 5);
        use(true);
        use(true);
        check_sound();
    }
    unlink(index_file());
    write_bytes(log, log_bytes, log_length);
    check_sound();
    write_bytes(index_file(), bytes, length);
    put_file(".index-wal", repeated("garbage ", 1000));
    check_sound();
    write_bytes(content_file(".index-shm"), repeated("\xFF", 32768), 32768);
    check_sound();
}
END_TEST

/* A reader that found damage must not take a good file away from others. */
START_TEST(only_the_damaged_file_is_removed)
{
    atd_index_t *index;
    struct stat before, after;

    put_posts();
    check_sound();
    index = open_index();
    put_file(".index", repeated("garbage ", 20000));
    query_all(index);
    ck_assert(!atd_index_is_usable(index));
    remove_file(".index");
    check_sound();
    ck_assert_int_eq(stat(index_file(), &before), 0);
    close_now(index);
    ck_assert_int_eq(stat(index_file(), &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

START_TEST(a_pool_closes_its_handle)
{
    apr_pool_t *pool;
    atd_index_t *index = NULL;

    apr_pool_create(&pool, atd_test_pool);
    ATD_OK(atd_index_open(&index, &test_content, index_file(), pool));
    scan(index);
    apr_pool_destroy(pool);
    ck_assert_int_ne(access(content_file(".index-wal"), F_OK), 0);
}
END_TEST

static void add_damage(Suite *suite)
{
    TCase *tests = index_test_case(suite, "damage");

    tcase_add_test(tests, garbage_is_replaced);
    tcase_add_test(tests, a_file_that_was_replaced_under_a_handle_is_noticed);
    tcase_add_test(tests, a_file_that_is_overwritten_under_a_handle_is_noticed);
    tcase_add_test(tests, a_cut_file_is_made_anew);
    tcase_add_test(tests, a_file_that_is_cut_under_a_handle_does_no_harm);
    tcase_add_loop_test(tests, flipped_bytes_never_show_what_is_hidden, 0, 8);
    tcase_add_loop_test(tests, columns_that_lie_show_nothing_hidden, 0, 23);
    tcase_add_test(tests, a_log_of_another_file_does_no_harm);
    tcase_add_test(tests, only_the_damaged_file_is_removed);
}

Suite *index_suite(void)
{
    Suite *suite = suite_create("index");
    TCase *tests = index_test_case(suite, "handles");

    tcase_add_test(tests, an_index_is_kept_between_handles);
    tcase_add_test(tests, an_index_may_be_in_memory);
    tcase_add_test(tests, a_file_that_went_is_noticed);
    tcase_add_loop_test(tests, an_index_of_another_folder_is_made_anew, 0, 2);
    tcase_add_test(tests, another_version_is_made_anew);
    tcase_add_test(tests, a_place_that_can_not_be_written_to_is_an_error);
    tcase_add_test(tests, a_folder_may_be_a_link);
    tcase_add_test(tests, a_pool_closes_its_handle);
    add_damage(suite);
    return suite;
}
