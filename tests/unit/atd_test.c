/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"

#include <apr_file_io.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <sys/stat.h>

apr_pool_t *atd_test_pool;

static void pool_setup(void)
{
    apr_pool_create(&atd_test_pool, NULL);
}

static void pool_teardown(void)
{
    apr_pool_destroy(atd_test_pool);
    atd_test_pool = NULL;
}

TCase *atd_test_case(Suite *suite, const char *name)
{
    TCase *tests = tcase_create(name);

    tcase_add_checked_fixture(tests, pool_setup, pool_teardown);
    suite_add_tcase(suite, tests);
    return tests;
}

const char *atd_test_spec_path(const char *name)
{
    const char *folder = getenv("ATD_SPEC_DIR");
    const char *path = folder ? apr_pstrcat(atd_test_pool, folder, "/", name, NULL) : NULL;
    struct stat info;

    return path && stat(path, &info) == 0 ? path : NULL;
}

const char *atd_test_read(const char *path, apr_size_t *length)
{
    apr_file_t *file;
    apr_finfo_t info;
    char *bytes;

    ck_assert_msg(apr_file_open(&file, path, APR_FOPEN_READ, 0, atd_test_pool) == APR_SUCCESS, "can't open %s", path);
    ck_assert(apr_file_info_get(&info, APR_FINFO_SIZE, file) == APR_SUCCESS);
    bytes = apr_palloc(atd_test_pool, (apr_size_t)info.size + 1);
    ck_assert(apr_file_read_full(file, bytes, (apr_size_t)info.size, length) == APR_SUCCESS);
    bytes[*length] = '\0';
    apr_file_close(file);
    return bytes;
}
