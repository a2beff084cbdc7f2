/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "site/atd_search_deadline.h"

#define ENDLESS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
#define BRIEF "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT count(*) FROM n"

static sqlite3 *open_database(void)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    return db;
}

START_TEST(an_endless_statement_ends)
{
    sqlite3 *db = open_database();
    apr_time_t start = apr_time_now();

    atd_search_deadline_set(db, apr_time_from_msec(50));
    ck_assert_int_eq(sqlite3_exec(db, ENDLESS, NULL, NULL, NULL), SQLITE_INTERRUPT);
    ck_assert_int_ge(apr_time_now() - start, apr_time_from_msec(40));
    sqlite3_close(db);
}
END_TEST

START_TEST(no_time_is_an_end_too)
{
    sqlite3 *db = open_database();

    atd_search_deadline_set(db, -5);
    ck_assert_int_eq(sqlite3_exec(db, ENDLESS, NULL, NULL, NULL), SQLITE_INTERRUPT);
    sqlite3_close(db);
}
END_TEST

START_TEST(time_enough_changes_nothing)
{
    sqlite3 *db = open_database();

    atd_search_deadline_set(db, apr_time_from_sec(3600));
    ck_assert_int_eq(sqlite3_exec(db, BRIEF, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}
END_TEST

START_TEST(a_cleared_deadline_is_none)
{
    sqlite3 *db = open_database();

    atd_search_deadline_set(db, 0);
    apr_sleep(apr_time_from_msec(5));
    ck_assert_int_eq(sqlite3_exec(db, BRIEF, NULL, NULL, NULL), SQLITE_INTERRUPT);
    atd_search_deadline_clear(db);
    ck_assert_int_eq(sqlite3_exec(db, BRIEF, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}
END_TEST

START_TEST(connections_have_their_own)
{
    sqlite3 *db = open_database();
    sqlite3 *other = open_database();

    atd_search_deadline_set(db, 0);
    apr_sleep(apr_time_from_msec(5));
    ck_assert_int_eq(sqlite3_exec(other, BRIEF, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, BRIEF, NULL, NULL, NULL), SQLITE_INTERRUPT);
    sqlite3_close(other);
    sqlite3_close(db);
}
END_TEST

Suite *search_deadline_suite(void)
{
    Suite *suite = suite_create("search deadline");
    TCase *tests = atd_test_case(suite, "search deadline");

    tcase_add_test(tests, an_endless_statement_ends);
    tcase_add_test(tests, no_time_is_an_end_too);
    tcase_add_test(tests, time_enough_changes_nothing);
    tcase_add_test(tests, a_cleared_deadline_is_none);
    tcase_add_test(tests, connections_have_their_own);
    return suite;
}
