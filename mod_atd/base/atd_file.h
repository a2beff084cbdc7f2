/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_FILE_H
#define ATD_FILE_H

#include "base/atd_error.h"
#include "base/atd_memo.h"

#include <apr_tables.h>

/**
 * @file atd_file.h
 * Files below a root folder. A path is opened component by component from the root's descriptor, what was opened is
 * checked (fstat) and that is read, so that no swap of a symbolic link between check and use leads out of the root.
 */

/** What symbolic links below the root may do; httpd's Options FollowSymLinks and SymLinksIfOwnerMatch. */
typedef enum atd_links_t {
    ATD_LINKS_REFUSE, /**< no component may be a link */
    ATD_LINKS_OWNER,  /**< a link is followed where its owner owns its target, too */
    ATD_LINKS_FOLLOW  /**< links are followed wherever they lead */
} atd_links_t;

/** Identity and state of a file: equal stamps mean that the bytes are the same. Times in nanoseconds. */
typedef struct atd_stamp_t {
    apr_uint64_t device;
    apr_uint64_t inode;
    apr_uint64_t size;
    apr_int64_t mtime;
    apr_int64_t ctime;
} atd_stamp_t;

/** All files of a list as numbers, each of which changes whenever one of them does, comes or goes. */
typedef struct atd_digest_t {
    apr_uint64_t sum;      /**< of paths and stamps; 0 where it could not be taken */
    apr_uint64_t portable; /**< of paths, sizes and mtimes in seconds: the same on another machine; 0 as above */
    atd_stamp_t newest;    /**< the latest mtime and ctime among them */
} atd_digest_t;

/** Is told of what is read below a root, by the functions of this file and by those that read many at a time. */
typedef struct atd_watch_t {
    /** A file was asked for: its stamp, or NULL where it is not there or may not be read. */
    void (*file)(void *baton, const char *path, const atd_stamp_t *stamp);
    /** All posts are read, which @p digest stands for; the files until list_end() need not be noted one by one. */
    void (*list_begin)(void *baton, const atd_digest_t *digest);
    void (*list_end)(void *baton);
    /** What was read means something else from @p time on (microseconds). */
    void (*boundary)(void *baton, apr_int64_t time);
    void *baton;
} atd_watch_t;

/** Knows the digest of all that lists are made from without a look at each file. */
typedef struct atd_listing_t {
    atd_error_t *(*digest)(void *baton, atd_digest_t *digest, apr_pool_t *scratch);
    void *baton;
} atd_listing_t;

/**
 * A folder that files are read from. `path` is trusted: an administrator or httpd named it. `below` is not: a tenant named
 * it, and links in it count like those in the paths that are opened.
 */
typedef struct atd_root_t {
    const char *path;  /**< absolute, or relative to the working folder */
    const char *below; /**< plain path from there to the folder meant; or NULL */
    atd_links_t links;
    const atd_watch_t *watch;     /**< or NULL; folders that are listed are not told of */
    const atd_listing_t *listing; /**< or NULL */
    atd_memo_t *memo;             /**< or NULL: every file is looked at each time */
} atd_root_t;

/** What was read. */
typedef struct atd_file_t {
    const char *bytes; /**< NUL-terminated, of the pool given */
    apr_size_t length;
    atd_stamp_t stamp;
} atd_file_t;

/** An entry of a folder. */
typedef struct atd_dirent_t {
    const char *name;
    bool is_folder;
    atd_stamp_t stamp; /**< by atd_file_list_stamped(), of what is no folder */
} atd_dirent_t;

/**
 * True for a relative path of ordinary names: no empty, `.` or `..` component, no leading or trailing slash, no NUL,
 * no control character or backslash, no component that begins with a dot. Only such paths are opened below a root;
 * any other is ATD_E_FORBIDDEN.
 */
bool atd_path_is_plain(const char *path, apr_size_t length);

/**
 * Reads a regular file of at most @p max bytes. One that was written to within the last 20 ms is waited for, and one that
 * is written to meanwhile is read again, up to three times.
 * @param path below @p root; also names the file in errors
 * @return ATD_E_MISSING, ATD_E_FORBIDDEN (links, not a regular file, no permission), ATD_E_LIMIT, ATD_E_IO
 */
atd_error_t *atd_file_read(atd_file_t *file, const atd_root_t *root, const char *path, apr_size_t max, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The same for the first @p max bytes of a file of any size. */
atd_error_t *atd_file_read_head(atd_file_t *file, const atd_root_t *root, const char *path, apr_size_t max,
                                apr_pool_t *pool) __attribute__((warn_unused_result));

/** The stamp alone, by the same rules. */
atd_error_t *atd_file_stamp(atd_stamp_t *stamp, const atd_root_t *root, const char *path, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/**
 * Opens a regular file of any size for reading, by the same rules.
 * @param fd the caller closes it
 */
atd_error_t *atd_file_open(int *fd, atd_stamp_t *stamp, const atd_root_t *root, const char *path, apr_pool_t *pool)
    __attribute__((warn_unused_result));

bool atd_stamp_equal(const atd_stamp_t *a, const atd_stamp_t *b);

/**
 * Lists a folder ("" is the root itself): atd_dirent_t in the order of their names, hidden ones (a dot first) left out.
 * @return ATD_E_MISSING, ATD_E_FORBIDDEN, ATD_E_IO, ATD_E_LIMIT past @p max entries
 */
atd_error_t *atd_file_list(apr_array_header_t **entries, const atd_root_t *root, const char *path, apr_size_t max,
                           apr_pool_t *pool) __attribute__((warn_unused_result));

/** The same with the stamps of all regular files, and without what atd_file_read() would not read. A call a file. */
atd_error_t *atd_file_list_stamped(apr_array_header_t **entries, const atd_root_t *root, const char *path,
                                   apr_size_t max, apr_pool_t *pool) __attribute__((warn_unused_result));

#endif
