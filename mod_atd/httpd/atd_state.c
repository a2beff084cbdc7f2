/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_state.h"

#include "httpd/atd_config.h"
#include "httpd/mod_atd.h"
#include "site/atd_index_pool.h"

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_log.h>
#include <unixd.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

APLOG_USE_MODULE(atd);

#define DEFAULT_NAME "atd"

static const char *folder;
static atd_index_pool_t *indexes;

/* Who children will be. */
static uid_t user(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : geteuid();
}

/* Only what was made here is given away: a path that was mistyped may be that of anything. @return what is wrong, or NULL */
static const char *give_away(int fd)
{
    if (geteuid() == 0 && fchown(fd, ap_unixd_config.user_id, ap_unixd_config.group_id) != 0)
        return "can't be given to the user that httpd's children run as";
    return NULL;
}

/* What somebody else may write to could hold anything when SQLite opens it. @return what is wrong, or NULL */
static const char *check(int fd, apr_pool_t *pool)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        return strerror(errno);
    if (info.st_mode & (S_IWGRP | S_IWOTH))
        return "may be written to by others (chmod 700)";
    if (info.st_uid != user())
        return apr_psprintf(pool,
                            "does not belong to the user %lu that httpd's children run as (chown it, or remove it)",
                            (unsigned long)user());
    return NULL;
}

static const char *prepare(const char *path, apr_pool_t *pool)
{
    const char *fault = NULL;
    bool made;
    int fd;

    apr_dir_make_recursive(ap_make_dirstr_parent(pool, path),
                           APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE | APR_FPROT_GREAD |
                               APR_FPROT_GEXECUTE | APR_FPROT_WREAD | APR_FPROT_WEXECUTE,
                           pool);
    made = mkdir(path, S_IRWXU) == 0;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    if (made)
        fault = give_away(fd);
    if (!fault)
        fault = check(fd, pool);
    close(fd);
    return fault;
}

void atd_state_open(apr_pool_t *pconf, server_rec *s)
{
    const char *named = atd_config_server(s)->state_folder;
    const char *path = named ? named : ap_runtime_dir_relative(pconf, DEFAULT_NAME);
    const char *fault = path ? prepare(path, pconf) : "is no path";

    folder = fault ? NULL : path;
    if (fault)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     "mod_atd: AtdStateDir %s: %s: each process keeps the indexes of all blogs in its memory", path,
                     fault);
}

static void tell(void *baton, const atd_error_t *error)
{
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, (server_rec *)baton,
                 "mod_atd: an index is kept in memory until its file can be used: %s", error->message);
}

void atd_state_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status = atd_index_pool_create(&indexes, folder, pchild);

    if (status) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s, "mod_atd: can't make the table of indexes");
        indexes = NULL;
        return;
    }
    atd_index_pool_tell(indexes, tell, s);
}

const char *atd_state_folder(void)
{
    return folder;
}

atd_index_pool_t *atd_state_indexes(void)
{
    return indexes;
}
