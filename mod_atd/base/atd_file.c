/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_file.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRIES 3
#define HOT_NANOSECONDS ((apr_int64_t)20 * 1000 * 1000)
/* O_NONBLOCK: opening a FIFO that a tenant put there must not wait for a writer. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

bool atd_path_is_plain(const char *path, apr_size_t length)
{
    const char *end = path + length;

    if (length == 0)
        return false;
    for (const char *name = path; name <= end;) {
        const char *slash = memchr(name, '/', (apr_size_t)(end - name));
        const char *stop = slash ? slash : end;

        if (stop == name || *name == '.')
            return false;
        for (const char *at = name; at < stop; at++) {
            if (apr_iscntrl(*at) || *at == '\\')
                return false;
        }
        name = stop + 1;
    }
    return true;
}

static bool same_link(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Follows a link whose owner owns what it leads to. The link is looked at before and after: a swap in between shows. */
static int open_owned_link(int folder, const char *name, int flags)
{
    struct stat before, after, target;
    int fd;

    if (fstatat(folder, name, &before, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    fd = openat(folder, name, flags);
    if (fd < 0)
        return -1;
    if (fstat(fd, &target) == 0 && fstatat(folder, name, &after, AT_SYMLINK_NOFOLLOW) == 0 &&
        same_link(&before, &after) && target.st_uid == before.st_uid)
        return fd;
    close(fd);
    errno = EACCES;
    return -1;
}

static bool is_link(int folder, const char *name)
{
    struct stat info;

    return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

static int open_component(int folder, const char *name, int flags, atd_links_t links)
{
    int fd;
    int error;

    if (links == ATD_LINKS_FOLLOW)
        return openat(folder, name, flags);
    fd = openat(folder, name, flags | O_NOFOLLOW);
    error = errno;
    if (fd >= 0 || !is_link(folder, name)) {
        errno = error;
        return fd;
    }
    if (links == ATD_LINKS_OWNER)
        return open_owned_link(folder, name, flags);
    errno = ELOOP;
    return -1;
}

/* Steps from a folder down a path; closes @p folder. The last component is opened with @p flags. -1 and errno on an error. */
static int walk(int folder, const char *path, int flags, atd_links_t links)
{
    while (folder >= 0 && *path) {
        const char *slash = strchr(path, '/');
        char name[NAME_MAX + 1];
        apr_size_t length = slash ? (apr_size_t)(slash - path) : strlen(path);
        int below = -1;
        int error = ENAMETOOLONG;

        if (length <= NAME_MAX) {
            apr_cpystrn(name, path, length + 1);
            below = open_component(folder, name, slash ? OPEN_FLAGS | O_DIRECTORY : flags, links);
            error = errno;
        }
        close(folder);
        errno = error;
        folder = below;
        path = slash ? slash + 1 : path + length;
    }
    return folder;
}

/* "" and NULL stand for the folder itself. */
static bool may_open(const char *path)
{
    return !path || !*path || atd_path_is_plain(path, strlen(path));
}

/* A descriptor of @p path below @p root, or -1 and errno. */
static int open_below(const atd_root_t *root, const char *path, int flags)
{
    int folder;

    if (!may_open(root->below) || !may_open(path)) {
        errno = EXDEV;
        return -1;
    }
    folder = open(root->path, OPEN_FLAGS | O_DIRECTORY);
    if (root->below)
        folder = walk(folder, root->below, OPEN_FLAGS | O_DIRECTORY, root->links);
    return walk(folder, path, flags, root->links);
}

static atd_error_t *forbidden(const char *path, const char *why, apr_pool_t *pool)
{
    const atd_place_t place = {.file = path};

    return atd_error_make(pool, ATD_E_FORBIDDEN, &place, "%s", why);
}

static atd_error_t *open_error(int status, const char *path, apr_pool_t *pool)
{
    if (status == ELOOP)
        return atd_error_hint(forbidden(path, "is a symbolic link, which is not allowed here", pool),
                              "put the file itself there, or allow Options FollowSymLinks or SymLinksIfOwnerMatch");
    if (status == EXDEV)
        return forbidden(path, "leads out of its folder, or has a hidden name in it", pool);
    if (status == ENXIO) /* a socket, or a device that is not there */
        return forbidden(path, "is not a regular file", pool);
    return atd_error_from_status(pool, status, path, "can't open");
}

static apr_int64_t nanoseconds(struct timespec time)
{
    return (apr_int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void stamp_of(atd_stamp_t *stamp, const struct stat *info)
{
    stamp->device = (apr_uint64_t)info->st_dev;
    stamp->inode = (apr_uint64_t)info->st_ino;
    stamp->size = (apr_uint64_t)info->st_size;
    stamp->mtime = nanoseconds(info->st_mtim);
    stamp->ctime = nanoseconds(info->st_ctim);
}

bool atd_stamp_equal(const atd_stamp_t *a, const atd_stamp_t *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->mtime == b->mtime &&
           a->ctime == b->ctime;
}

/* Up to @p want bytes; fewer where the file ends, -1 on an error. */
static apr_ssize_t read_all(int fd, char *bytes, apr_size_t want)
{
    apr_size_t have = 0;

    while (have < want) {
        ssize_t count = pread(fd, bytes + have, want - have, (off_t)have);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        have += (apr_size_t)count;
    }
    return (apr_ssize_t)have;
}

/*
 * The kernel stamps files by a clock that ticks each 1 to 10 ms: what is written within a tick leaves the same stamp. How
 * long until a write must leave another one; 0 where it would by now.
 */
static apr_int64_t hot_for(const struct stat *info)
{
    struct timespec now;
    apr_int64_t age;

    clock_gettime(CLOCK_REALTIME, &now);
    age = nanoseconds(now) - nanoseconds(info->st_ctim);
    return age >= 0 && age < HOT_NANOSECONDS ? HOT_NANOSECONDS - age : 0;
}

/* A file that is being saved: its first reader waits for the rest, 20 ms at most. */
static int stat_settled(int fd, struct stat *info)
{
    apr_int64_t hot;

    if (fstat(fd, info) != 0)
        return -1;
    hot = hot_for(info);
    if (hot == 0)
        return 0;
    apr_sleep(hot / 1000 + 1);
    return fstat(fd, info);
}

/* One attempt; *stable says that nobody wrote to the file meanwhile. */
static atd_error_t *read_once(atd_file_t *file, bool *stable, int fd, const char *path, apr_size_t max, bool head,
                              apr_pool_t *pool)
{
    const atd_place_t place = {.file = path};
    struct stat before, after;
    atd_stamp_t stamp_after;
    apr_size_t size;
    apr_ssize_t have;
    char *bytes;

    if (stat_settled(fd, &before) != 0)
        return atd_error_from_status(pool, errno, path, "can't read");
    stamp_of(&file->stamp, &before);
    if (!S_ISREG(before.st_mode))
        return forbidden(path, "is not a regular file", pool);
    if (!head && (apr_uint64_t)before.st_size > max)
        return atd_error_make(pool, ATD_E_LIMIT, &place, "is larger than %" APR_SIZE_T_FMT " bytes", max);
    size = (apr_uint64_t)before.st_size > max ? max : (apr_size_t)before.st_size;
    bytes = apr_palloc(pool, size + 1);
    have = read_all(fd, bytes, size);
    if (have < 0 || fstat(fd, &after) != 0)
        return atd_error_from_status(pool, errno, path, "can't read");
    bytes[have] = '\0';
    file->bytes = bytes;
    file->length = (apr_size_t)have;
    stamp_of(&stamp_after, &after);
    *stable = (apr_size_t)have == size && atd_stamp_equal(&file->stamp, &stamp_after) && hot_for(&before) == 0;
    return NULL;
}

static void tell(const atd_root_t *root, const char *path, const atd_stamp_t *stamp)
{
    if (root->watch)
        root->watch->file(root->watch->baton, path, stamp);
}

static atd_error_t *read_file(atd_file_t *file, const atd_root_t *root, const char *path, apr_size_t max, bool head,
                              apr_pool_t *pool)
{
    const atd_place_t place = {.file = path};
    int fd = open_below(root, path, OPEN_FLAGS);
    atd_error_t *error = NULL;
    bool stable = false;

    if (fd < 0) {
        error = open_error(errno, path, pool);
        tell(root, path, NULL);
        return error;
    }
    for (int i = 0; i < TRIES && !stable && !error; i++)
        error = read_once(file, &stable, fd, path, max, head, pool);
    close(fd);
    if (!error && !stable)
        error = atd_error_make(pool, ATD_E_IO, &place, "is being written to");
    tell(root, path, &file->stamp);
    return error;
}

atd_error_t *atd_file_read(atd_file_t *file, const atd_root_t *root, const char *path, apr_size_t max, apr_pool_t *pool)
{
    return read_file(file, root, path, max, false, pool);
}

atd_error_t *atd_file_read_head(atd_file_t *file, const atd_root_t *root, const char *path, apr_size_t max,
                                apr_pool_t *pool)
{
    return read_file(file, root, path, max, true, pool);
}

atd_error_t *atd_file_stamp(atd_stamp_t *stamp, const atd_root_t *root, const char *path, apr_pool_t *pool)
{
    int fd = open_below(root, path, OPEN_FLAGS);
    struct stat info;
    int status;

    if (fd < 0) {
        atd_error_t *error = open_error(errno, path, pool);

        tell(root, path, NULL);
        return error;
    }
    status = fstat(fd, &info) == 0 ? 0 : errno;
    close(fd);
    if (status)
        return atd_error_from_status(pool, status, path, "can't read");
    stamp_of(stamp, &info);
    tell(root, path, stamp);
    return NULL;
}

atd_error_t *atd_file_open(int *fd, atd_stamp_t *stamp, const atd_root_t *root, const char *path, apr_pool_t *pool)
{
    struct stat info;
    atd_error_t *error = NULL;

    *fd = open_below(root, path, OPEN_FLAGS);
    if (*fd < 0 || fstat(*fd, &info) != 0)
        error = open_error(errno, path, pool);
    else if (!S_ISREG(info.st_mode))
        error = forbidden(path, "is not a regular file", pool);
    else
        stamp_of(stamp, &info);
    if (error && *fd >= 0)
        close(*fd);
    tell(root, path, error ? NULL : stamp);
    return error;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const atd_dirent_t *)a)->name, ((const atd_dirent_t *)b)->name);
}

static bool is_folder(int folder, const struct dirent *entry)
{
    struct stat info;

    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(folder, entry->d_name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

/* The stamp of what opening the link would lead to. @return false where it may not be opened */
static bool stamp_link(atd_stamp_t *stamp, int folder, const char *name, atd_links_t links)
{
    int fd = open_component(folder, name, OPEN_FLAGS, links);
    struct stat info;
    bool regular = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);

    if (fd >= 0)
        close(fd);
    if (regular)
        stamp_of(stamp, &info);
    return regular;
}

static bool stamp_entry(atd_stamp_t *stamp, int folder, const char *name, atd_links_t links)
{
    struct stat info;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISLNK(info.st_mode))
        return stamp_link(stamp, folder, name, links);
    stamp_of(stamp, &info);
    return S_ISREG(info.st_mode);
}

/* What is done with the entries of a folder. */
typedef struct listing_t {
    apr_array_header_t *entries;
    DIR *dir;
    const char *path;
    apr_size_t max;
    const atd_links_t *stamped; /* or NULL */
} listing_t;

static void add_entry(const listing_t *listing, const struct dirent *entry)
{
    atd_dirent_t item = {.is_folder = is_folder(dirfd(listing->dir), entry)};

    if (listing->stamped && !item.is_folder &&
        !stamp_entry(&item.stamp, dirfd(listing->dir), entry->d_name, *listing->stamped))
        return;
    item.name = apr_pstrdup(listing->entries->pool, entry->d_name);
    APR_ARRAY_PUSH(listing->entries, atd_dirent_t) = item;
}

static atd_error_t *read_entries(const listing_t *listing)
{
    const atd_place_t place = {.file = listing->path};
    apr_pool_t *pool = listing->entries->pool;
    struct dirent *entry;

    errno = 0;
    while ((entry = readdir(listing->dir))) {
        if (entry->d_name[0] == '.')
            continue;
        if ((apr_size_t)listing->entries->nelts >= listing->max)
            return atd_error_make(pool, ATD_E_LIMIT, &place, "has more than %" APR_SIZE_T_FMT " entries", listing->max);
        add_entry(listing, entry);
        errno = 0;
    }
    return errno ? atd_error_from_status(pool, errno, listing->path, "can't list") : NULL;
}

static atd_error_t *list(apr_array_header_t **entries, const atd_root_t *root, const char *path, apr_size_t max,
                         bool stamped, apr_pool_t *pool)
{
    int fd = open_below(root, path, OPEN_FLAGS | O_DIRECTORY);
    listing_t listing = {.path = path, .max = max, .stamped = stamped ? &root->links : NULL};
    atd_error_t *error;

    listing.dir = fd < 0 ? NULL : fdopendir(fd);
    if (!listing.dir) {
        error = open_error(errno, *path ? path : root->path, pool);
        if (fd >= 0)
            close(fd);
        return error;
    }
    *entries = listing.entries = apr_array_make(pool, 32, sizeof(atd_dirent_t));
    error = read_entries(&listing);
    closedir(listing.dir);
    if (!error)
        qsort((*entries)->elts, (apr_size_t)(*entries)->nelts, sizeof(atd_dirent_t), compare_names);
    return error;
}

atd_error_t *atd_file_list(apr_array_header_t **entries, const atd_root_t *root, const char *path, apr_size_t max,
                           apr_pool_t *pool)
{
    return list(entries, root, path, max, false, pool);
}

atd_error_t *atd_file_list_stamped(apr_array_header_t **entries, const atd_root_t *root, const char *path,
                                   apr_size_t max, apr_pool_t *pool)
{
    return list(entries, root, path, max, true, pool);
}
