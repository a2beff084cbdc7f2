/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_FIXTURE_H
#define FILE_FIXTURE_H

#include "atd_test.h"
#include "base/atd_file.h"

#include <apr_strings.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * @file file_fixture.h
 * A temporary folder for each test of files: content/ is the root that files are read from, outside/ is not in it.
 */

static char folder[] = "/tmp/atd-test-file-XXXXXX";
static atd_root_t root; /* content/ */

/** Path of a name in the temporary folder. */
static inline const char *below(const char *name)
{
    return apr_pstrcat(atd_test_pool, folder, "/", name, NULL);
}

static inline void make_folder(const char *name)
{
    ck_assert_int_eq(mkdir(below(name), 0755), 0);
}

static inline void write_file(const char *name, const char *text)
{
    FILE *out = fopen(below(name), "w");

    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(fputs(text, out), 0);
    ck_assert_int_eq(fclose(out), 0);
}

static inline void make_link(const char *target, const char *name)
{
    ck_assert_int_eq(symlink(target, below(name)), 0);
}

static inline void folder_setup(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    make_folder("content");
    make_folder("outside");
    write_file("outside/secret", "secret");
    write_file("content/a.md", "hello");
    root = (atd_root_t){.path = below("content"), .links = ATD_LINKS_REFUSE};
}

/** Step by step, since paths may be longer than the system takes. */
static inline void remove_tree(int at, const char *name)
{
    const struct dirent *entry;
    DIR *dir;

    if (unlinkat(at, name, 0) == 0 || !(dir = fdopendir(openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))))
        return;
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_tree(dirfd(dir), entry->d_name);
    closedir(dir);
    unlinkat(at, name, AT_REMOVEDIR);
}

static inline void folder_teardown(void)
{
    remove_tree(AT_FDCWD, folder);
}

/** A test case that has a pool and the folder. */
static inline TCase *file_test_case(Suite *suite, const char *name)
{
    TCase *tests = atd_test_case(suite, name);

    tcase_add_checked_fixture(tests, folder_setup, folder_teardown);
    tcase_set_timeout(tests, 60);
    return tests;
}

#endif
