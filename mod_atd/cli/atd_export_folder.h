/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_EXPORT_FOLDER_H
#define ATD_EXPORT_FOLDER_H

#include "base/atd_error.h"

#include <apr_hash.h>
#include <apr_tables.h>

/**
 * @file atd_export_folder.h
 * The folder that an export goes into. A list of what it wrote (.atd-export) tells a folder of its own from others, and
 * its files from what else lies there, which is never touched. No symbolic link below the folder is followed. A file is
 * written under another name and then renamed; one that has the same bytes already stays as it is.
 *
 * After fork() the folder may be used by both processes; each has to call atd_export_folder_share() first.
 */
typedef struct atd_export_folder_t {
    const char *path;
    const char *temporary; /**< name of the file that is being written */
    apr_hash_t *before;    /**< plain paths of the files of the former export */
    int fd;
    int below; /**< the folder of the last file; or -1 */
    const char *below_path;
    apr_pool_t *pool;
    apr_pool_t *scratch; /**< of below_path */
} atd_export_folder_t;

/** Most processes that may write at the same time. */
#define ATD_EXPORT_MAX_JOBS 64

/**
 * Opens the folder, which is made where there is none, and locks it for this process and its children.
 * @param force take one that is not empty and has no list
 * @return ATD_E_FORBIDDEN where it is somebody else's, or another export is at work; ATD_E_IO
 */
atd_error_t *atd_export_folder_open(atd_export_folder_t *folder, const char *path, bool force, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** Makes the folder this process's own; @p job from 0 to ATD_EXPORT_MAX_JOBS - 1 is no other process's. */
void atd_export_folder_share(atd_export_folder_t *folder, int job);

/** Writes a file. */
atd_error_t *atd_export_folder_put(atd_export_folder_t *folder, const char *file, const char *bytes, apr_size_t length,
                                   apr_pool_t *pool) __attribute__((warn_unused_result));

/** Writes a file with what is in another one, which is open for reading. */
atd_error_t *atd_export_folder_copy(atd_export_folder_t *folder, const char *file, int from, apr_uint64_t size,
                                    apr_pool_t *pool) __attribute__((warn_unused_result));

/** Removes a file, and the folders that are empty then. What is not there, or behind a link, counts as removed. */
void atd_export_folder_remove(atd_export_folder_t *folder, const char *file, apr_pool_t *pool);

/**
 * Notes what may be written from now on, an array of const char *: an export that comes after one that was killed knows its
 * files by it.
 */
atd_error_t *atd_export_folder_plan(atd_export_folder_t *folder, const apr_array_header_t *files, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** Writes the list of the export's files, an array of const char *, in the place of the plan. */
atd_error_t *atd_export_folder_save(atd_export_folder_t *folder, const apr_array_header_t *files, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
