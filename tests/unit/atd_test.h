/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TEST_H
#define ATD_TEST_H

#include "base/atd_error.h"

#include <apr_pools.h>
#include <check.h>
#include <string.h>

/**
 * @file atd_test.h
 * What every unit test has: a pool of its own, and checks of error values. Each test file offers one suite, named in
 * suites.h, and tests one file of the library through its public header.
 */

/** A pool that lives as long as the test; made by the fixture of atd_test_case(). */
extern apr_pool_t *atd_test_pool;

/** A test case of @p suite with the pool fixture. */
TCase *atd_test_case(Suite *suite, const char *name);

/** Fails the test with the error's line where @p call returned one. */
#define ATD_OK(call)                                                                                                   \
    do {                                                                                                               \
        const atd_error_t *atd_ok_error = (call);                                                                      \
        ck_assert_msg(atd_ok_error == NULL, "%s: %s", #call,                                                           \
                      atd_ok_error ? atd_error_line(atd_ok_error, atd_test_pool) : "");                                \
    } while (0)

/** Fails the test unless @p call returned an error of @p id at @p line, @p column. */
#define ATD_FAILS(call, expected_id, expected_line, expected_column)                                                   \
    do {                                                                                                               \
        const atd_error_t *atd_fails_error = (call);                                                                   \
        ck_assert_msg(atd_fails_error != NULL, "%s succeeded", #call);                                                 \
        ck_assert_msg(atd_fails_error->id == (expected_id) && atd_fails_error->line == (expected_line) &&              \
                          atd_fails_error->column == (expected_column),                                                \
                      "%s: expected ATD%04d at %d:%d, got %s", #call, (int)(expected_id), (int)(expected_line),        \
                      (int)(expected_column), atd_error_line(atd_fails_error, atd_test_pool));                         \
    } while (0)

/** Path of a file of the published suites, or NULL where ATD_SPEC_DIR is not set or has no such file. */
const char *atd_test_spec_path(const char *name);

/** Reads a whole file into atd_test_pool, NUL-terminated; fails the test where it can't. */
const char *atd_test_read(const char *path, apr_size_t *length);

#endif
