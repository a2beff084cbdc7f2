/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_survey.h"

#include "base/atd_text.h"
#include "site/atd_index_private.h"

#include <apr_strings.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ENDING ".sqlite"

/* "/srv//blog 2" as it stands in the state: the folder, what an .htaccess added to it, and how links count. */
static const char *content_of(const char *name, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, name);
    char *links = strrchr(copy, ' ');
    char *below;

    if (links)
        *links = '\0';
    below = strstr(copy, "//");
    if (below)
        memmove(below, below + 1, strlen(below));
    return atd_text_shown(copy, pool);
}

static bool read_info(atd_index_info_t *info, sqlite3 *db, apr_pool_t *pool)
{
    sqlite3_stmt *statement = NULL;
    bool read;

    read = sqlite3_prepare_v2(db, "SELECT content, complete, scanned, cost, files, waiting FROM state", -1, &statement,
                              NULL) == SQLITE_OK &&
           sqlite3_step(statement) == SQLITE_ROW;
    if (read) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);

        info->content = content_of(name ? name : "", pool);
        info->complete = sqlite3_column_int(statement, 1) != 0;
        info->scanned = sqlite3_column_int64(statement, 2);
        info->cost = sqlite3_column_int64(statement, 3);
        info->files = sqlite3_column_int64(statement, 4);
        info->waiting = sqlite3_column_int64(statement, 5);
    }
    sqlite3_finalize(statement);
    return read;
}

static apr_off_t size_of(const char *file)
{
    struct stat info;

    return lstat(file, &info) == 0 && S_ISREG(info.st_mode) ? (apr_off_t)info.st_size : 0;
}

static void add(apr_array_header_t *indexes, const char *file)
{
    atd_index_info_t info = {.bytes = size_of(file)};
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL) ==
            SQLITE_OK &&
        read_info(&info, db, indexes->pool)) {
        info.bytes += size_of(apr_pstrcat(indexes->pool, file, "-wal", NULL));
        APR_ARRAY_PUSH(indexes, atd_index_info_t) = info;
    }
    sqlite3_close(db);
}

static bool is_index(const char *name)
{
    apr_size_t length = strlen(name);

    return length > strlen(ENDING) && strcmp(name + length - strlen(ENDING), ENDING) == 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const atd_index_info_t *)a)->content, ((const atd_index_info_t *)b)->content);
}

void atd_index_survey(apr_array_header_t **indexes, const char *folder, apr_pool_t *pool)
{
    DIR *directory = folder ? opendir(folder) : NULL;
    const struct dirent *entry;

    *indexes = apr_array_make(pool, 8, sizeof(atd_index_info_t));
    if (!directory)
        return;
    while ((*indexes)->nelts < ATD_INDEX_SURVEY_MAX && (entry = readdir(directory)) != NULL) {
        if (is_index(entry->d_name))
            add(*indexes, apr_pstrcat(pool, folder, "/", entry->d_name, NULL));
    }
    closedir(directory);
    qsort((*indexes)->elts, (apr_size_t)(*indexes)->nelts, sizeof(atd_index_info_t), compare);
}
