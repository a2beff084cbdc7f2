/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/atd_export_folder.h"

#include "base/atd_buffer.h"
#include "base/atd_file.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKER ".atd-export"
#define PLAN MARKER ".plan"
#define HEADING "Files that atd export wrote; it removes those that it writes no more.\n"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define PART (64 * 1024)

/* A list of as many files as there may be, with paths of the usual length. */
#define MAX_MARKER ((apr_size_t)512 * 1024 * 1024)

static atd_error_t *failed(const atd_export_folder_t *folder, const char *file, const char *what, apr_pool_t *pool)
{
    int status = errno;
    const char *path = *file ? apr_pstrcat(pool, folder->path, "/", file, NULL) : folder->path;
    const atd_place_t place = {.file = path};

    if (status == ELOOP || status == ENOTDIR)
        return atd_error_hint(atd_error_make(pool, ATD_E_FORBIDDEN, &place, "lies behind a link or a file"),
                              "remove what stands in its way");
    return atd_error_from_status(pool, status, path, what);
}

/* ---- folders ---- */

/* The folder below one; made where @p make. Links are not followed. */
static int step(int folder, const char *name, bool make)
{
    int fd = openat(folder, name, FOLDER_FLAGS);

    if (fd >= 0 || errno != ENOENT || !make)
        return fd;
    if (mkdirat(folder, name, 0777) != 0 && errno != EEXIST)
        return -1;
    return openat(folder, name, FOLDER_FLAGS);
}

/* -1 and errno where it can't be opened. */
static int descend(const atd_export_folder_t *folder, const char *path, bool make)
{
    int fd = dup(folder->fd);

    while (fd >= 0 && *path) {
        char name[NAME_MAX + 1];
        apr_size_t length = strcspn(path, "/");
        int above = fd;
        int error;

        fd = -1;
        errno = ENAMETOOLONG;
        if (length <= NAME_MAX) {
            apr_cpystrn(name, path, length + 1);
            fd = step(above, name, make);
        }
        error = errno;
        close(above);
        errno = error;
        path += length + (path[length] == '/');
    }
    return fd;
}

static void leave(atd_export_folder_t *folder)
{
    if (folder->below >= 0)
        close(folder->below);
    folder->below = -1;
    apr_pool_clear(folder->scratch);
}

/* Files come folder by folder, so that the last one's stays open. @return the name in it; NULL and errno on an error */
static const char *enter(atd_export_folder_t *folder, const char *file, bool make)
{
    const char *slash = strrchr(file, '/');
    apr_size_t length = slash ? (apr_size_t)(slash - file) : 0;

    if (folder->below < 0 || strncmp(folder->below_path, file, length) != 0 || folder->below_path[length]) {
        leave(folder);
        folder->below_path = apr_pstrmemdup(folder->scratch, file, length);
        folder->below = descend(folder, folder->below_path, make);
    }
    return folder->below < 0 ? NULL : slash ? slash + 1 : file;
}

/* ---- writing ---- */

static bool write_all(int fd, const char *bytes, apr_size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);

        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0) {
            bytes += count;
            length -= (apr_size_t)count;
        }
    }
    return true;
}

/* Up to @p length bytes; -1 on an error. */
static ssize_t read_part(int fd, char *bytes, apr_size_t length)
{
    ssize_t count;

    do
        count = read(fd, bytes, length);
    while (count < 0 && errno == EINTR);
    return count;
}

/* What is there of a name: a descriptor where it is a file of @p size bytes, else -1. */
static int open_same_size(int folder, const char *name, apr_uint64_t size)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info;

    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (apr_uint64_t)info.st_size == size)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool has_bytes(int folder, const char *name, const char *bytes, apr_size_t length)
{
    int fd = open_same_size(folder, name, length);
    char part[PART];
    ssize_t count = 0;

    if (fd < 0)
        return false;
    while (length > 0 && (count = read_part(fd, part, sizeof part)) > 0 && (apr_size_t)count <= length &&
           memcmp(part, bytes, (apr_size_t)count) == 0) {
        bytes += count;
        length -= (apr_size_t)count;
    }
    close(fd);
    return length == 0;
}

/* Leaves @p from at its beginning. */
static bool has_content(int folder, const char *name, int from, apr_uint64_t size)
{
    int fd = open_same_size(folder, name, size);
    char left[PART], right[PART];
    ssize_t count = 0;
    bool same = fd >= 0;

    while (same && (count = read_part(fd, left, sizeof left)) > 0)
        same = read_part(from, right, sizeof right) == count && memcmp(left, right, (apr_size_t)count) == 0;
    if (fd >= 0)
        close(fd);
    lseek(from, 0, SEEK_SET);
    return same && count == 0;
}

/* The kernel copies where it can between the two file systems; what it leaves over is copied by hand. */
static bool copy_all(int to, int from)
{
    char part[PART];
    ssize_t count;

    do
        count = copy_file_range(from, NULL, to, NULL, (apr_size_t)1 << 30, 0);
    while (count > 0);
    while ((count = read_part(from, part, sizeof part)) > 0) {
        if (!write_all(to, part, (apr_size_t)count))
            return false;
    }
    return count == 0;
}

/* A file that an export left behind when it was killed may have the name. */
static int create(const atd_export_folder_t *folder)
{
    unlinkat(folder->fd, folder->temporary, 0);
    return openat(folder->fd, folder->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

/* Closes the file and gives it its name where all went well. */
static bool finish(const atd_export_folder_t *folder, int fd, const char *name, bool well)
{
    int error = errno;

    if (close(fd) != 0 && well) {
        well = false;
        error = errno;
    }
    if (well && renameat(folder->fd, folder->temporary, folder->below, name) == 0)
        return true;
    error = well ? errno : error;
    unlinkat(folder->fd, folder->temporary, 0);
    errno = error;
    return false;
}

atd_error_t *atd_export_folder_put(atd_export_folder_t *folder, const char *file, const char *bytes, apr_size_t length,
                                   apr_pool_t *pool)
{
    const char *name = enter(folder, file, true);
    int fd;

    if (name && has_bytes(folder->below, name, bytes, length))
        return NULL;
    fd = name ? create(folder) : -1;
    if (fd < 0 || !finish(folder, fd, name, write_all(fd, bytes, length)))
        return failed(folder, file, "can't write", pool);
    return NULL;
}

atd_error_t *atd_export_folder_copy(atd_export_folder_t *folder, const char *file, int from, apr_uint64_t size,
                                    apr_pool_t *pool)
{
    const char *name = enter(folder, file, true);
    int fd;

    if (name && has_content(folder->below, name, from, size))
        return NULL;
    fd = name ? create(folder) : -1;
    if (fd < 0 || !finish(folder, fd, name, copy_all(fd, from)))
        return failed(folder, file, "can't copy", pool);
    return NULL;
}

void atd_export_folder_remove(atd_export_folder_t *folder, const char *file, apr_pool_t *pool)
{
    const char *name = enter(folder, file, false);
    char *path = apr_pstrdup(pool, file);
    char *slash;

    if (name)
        unlinkat(folder->below, name, 0);
    while (name && (slash = strrchr(path, '/'))) {
        *slash = '\0';
        leave(folder);
        name = enter(folder, path, false);
        if (name && unlinkat(folder->below, name, AT_REMOVEDIR) != 0)
            name = NULL;
    }
}

/* ---- the list ---- */

static atd_error_t *parse_list(atd_export_folder_t *folder, const char *name, int fd, apr_pool_t *pool)
{
    const atd_place_t place = {.file = apr_pstrcat(pool, folder->path, "/", name, NULL)};
    struct stat info;
    apr_size_t have = 0;
    ssize_t count = 0;
    char *text, *state = NULL;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (apr_uint64_t)info.st_size > MAX_MARKER)
        return atd_error_make(pool, ATD_E_FORBIDDEN, &place, "is not the list of a former export");
    text = apr_palloc(pool, (apr_size_t)info.st_size + 1);
    while (have < (apr_size_t)info.st_size && (count = read_part(fd, text + have, (apr_size_t)info.st_size - have)) > 0)
        have += (apr_size_t)count;
    text[have] = '\0';
    if (count < 0)
        return failed(folder, name, "can't read", pool);
    if (strncmp(text, HEADING, strlen(HEADING)) != 0)
        return atd_error_make(pool, ATD_E_FORBIDDEN, &place, "is not the list of a former export");
    for (char *line = apr_strtok(text + strlen(HEADING), "\n", &state); line; line = apr_strtok(NULL, "\n", &state)) {
        if (atd_path_is_plain(line, strlen(line)))
            apr_hash_set(folder->before, line, APR_HASH_KEY_STRING, line);
    }
    return NULL;
}

/* *found says whether there is one. */
static atd_error_t *read_list(bool *found, atd_export_folder_t *folder, const char *name)
{
    int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    atd_error_t *error;

    if (fd < 0)
        return errno == ENOENT ? NULL : failed(folder, name, "can't open", folder->pool);
    *found = true;
    error = parse_list(folder, name, fd, folder->pool);
    close(fd);
    return error;
}

static bool is_empty(int folder)
{
    int fd = dup(folder);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    bool empty = true;

    while (dir && empty && (entry = readdir(dir)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dir)
        closedir(dir);
    return empty;
}

static atd_error_t *write_list(atd_export_folder_t *folder, const char *name, const apr_array_header_t *files,
                               apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, (apr_size_t)files->nelts * 32 + sizeof HEADING, MAX_MARKER);
    const char *text;
    apr_size_t length;
    atd_error_t *error;

    atd_buffer_puts(out, HEADING);
    for (int i = 0; i < files->nelts; i++) {
        atd_buffer_puts(out, APR_ARRAY_IDX(files, i, const char *));
        atd_buffer_putc(out, '\n');
    }
    error = atd_buffer_take(&text, &length, out, "the list of files");
    return error ? error : atd_export_folder_put(folder, name, text, length, pool);
}

atd_error_t *atd_export_folder_plan(atd_export_folder_t *folder, const apr_array_header_t *files, apr_pool_t *pool)
{
    return write_list(folder, PLAN, files, pool);
}

atd_error_t *atd_export_folder_save(atd_export_folder_t *folder, const apr_array_header_t *files, apr_pool_t *pool)
{
    atd_error_t *error = write_list(folder, MARKER, files, pool);

    if (!error)
        unlinkat(folder->fd, PLAN, 0);
    return error;
}

/* ---- opening ---- */

void atd_export_folder_share(atd_export_folder_t *folder, int job)
{
    folder->below = -1;
    folder->temporary = apr_psprintf(folder->pool, MARKER ".%d", job);
}

static atd_error_t *refuse(const atd_export_folder_t *folder)
{
    const atd_place_t place = {.file = folder->path};

    return atd_error_hint(atd_error_make(folder->pool, ATD_E_FORBIDDEN, &place, "is not empty, and no former export"),
                          "name another folder, or say --force to write into this one");
}

static atd_error_t *check(atd_export_folder_t *folder, bool force)
{
    bool found = false;
    atd_error_t *error = read_list(&found, folder, MARKER);

    if (!error)
        error = read_list(&found, folder, PLAN);
    if (!error && !found && !force && !is_empty(folder->fd))
        error = refuse(folder);
    for (int job = 0; !error && job < ATD_EXPORT_MAX_JOBS; job++) { /* of an export that was killed */
        atd_export_folder_share(folder, job);
        unlinkat(folder->fd, folder->temporary, 0);
    }
    atd_export_folder_share(folder, 0);
    return error;
}

atd_error_t *atd_export_folder_open(atd_export_folder_t *folder, const char *path, bool force, apr_pool_t *pool)
{
    const atd_place_t place = {.file = path};
    apr_status_t status = apr_dir_make_recursive(path, APR_OS_DEFAULT, pool);

    *folder = (atd_export_folder_t){.path = path, .before = apr_hash_make(pool), .fd = -1, .below = -1, .pool = pool};
    apr_pool_create(&folder->scratch, pool);
    if (status && !APR_STATUS_IS_EEXIST(status))
        return atd_error_from_status(pool, status, path, "can't make the folder");
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0)
        return atd_error_from_status(pool, errno, path, "can't open the folder");
    if (flock(folder->fd, LOCK_EX | LOCK_NB) != 0)
        return atd_error_make(pool, ATD_E_FORBIDDEN, &place, "is being written to by another export");
    return check(folder, force);
}
