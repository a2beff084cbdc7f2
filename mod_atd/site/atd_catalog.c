/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_catalog.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

static const char *const folders[] = {"", "posts/", "_posts/", "pages/"};
static const char *const index_names[] = {"index.md", "index.markdown"};

#define FOLDERS (sizeof folders / sizeof *folders)
#define INDEX_NAMES (sizeof index_names / sizeof *index_names)

/* A project's own files that are no posts wherever they lie, and the index of a list. */
static bool is_ignored(const char *name)
{
    static const char *const names[] = {"readme.md",    "license.md", "contributing.md",
                                        "changelog.md", "index.md",   "_index.md"};

    for (apr_size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i]) == 0)
            return true;
    }
    return *name == '_';
}

/* The index file of a bundle, where @p folder is one. */
static const char *bundle_index(const atd_root_t *content, const char *folder, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < INDEX_NAMES; i++) {
        const char *path = apr_pstrcat(pool, folder, "/", index_names[i], NULL);
        atd_stamp_t stamp;

        if (!atd_file_stamp(&stamp, content, path, pool))
            return path;
    }
    return NULL;
}

static bool is_own_folder(const char *path)
{
    for (apr_size_t i = 1; i < FOLDERS; i++) {
        if (strncmp(folders[i], path, strlen(folders[i]) - 1) == 0 && strlen(path) == strlen(folders[i]) - 1)
            return true;
    }
    return strcmp(path, "authors") == 0 || strcmp(path, "categories") == 0;
}

static void add_entry(apr_array_header_t *paths, const atd_root_t *content, const char *folder,
                      const atd_dirent_t *entry)
{
    const char *path = apr_pstrcat(paths->pool, folder, entry->name, NULL);

    if (!atd_path_is_plain(path, strlen(path)))
        return;
    if (entry->is_folder)
        path = is_own_folder(path) || *entry->name == '_' ? NULL : bundle_index(content, path, paths->pool);
    else if (!atd_post_is_source(path) || is_ignored(entry->name))
        path = NULL;
    if (path)
        APR_ARRAY_PUSH(paths, const char *) = path;
}

atd_error_t *atd_catalog_paths(apr_array_header_t **paths, const atd_root_t *content, apr_pool_t *pool)
{
    *paths = apr_array_make(pool, 64, sizeof(const char *));
    for (apr_size_t f = 0; f < FOLDERS; f++) {
        apr_size_t length = strlen(folders[f]);
        const char *folder = apr_pstrmemdup(pool, folders[f], length ? length - 1 : 0);
        apr_array_header_t *entries;
        atd_error_t *error = atd_file_list(&entries, content, folder, ATD_MAX_POSTS, pool);

        if (error && length && error->id == ATD_E_MISSING)
            continue;
        if (error)
            return error;
        for (int i = 0; i < entries->nelts; i++)
            add_entry(*paths, content, folders[f], &APR_ARRAY_IDX(entries, i, atd_dirent_t));
    }
    return NULL;
}

/* ---- what a list is made from ---- */

#define NANOSECONDS ((apr_int64_t)1000 * 1000 * 1000) /* of a second */

static void mix(apr_uint64_t *sum, apr_uint64_t word)
{
    *sum = (*sum ^ word) * 0x9E3779B185EBCA87u;
    *sum ^= *sum >> 29;
}

static void mix_path(apr_uint64_t *sum, const char *path)
{
    for (const char *at = path; *at; at++)
        mix(sum, (unsigned char)*at);
}

static void add_stamp(atd_digest_t *digest, const char *path, const atd_stamp_t *stamp)
{
    mix_path(&digest->sum, path);
    mix(&digest->sum, stamp->device);
    mix(&digest->sum, stamp->inode);
    mix(&digest->sum, stamp->size);
    mix(&digest->sum, (apr_uint64_t)stamp->mtime);
    mix(&digest->sum, (apr_uint64_t)stamp->ctime);
    mix_path(&digest->portable, path);
    mix(&digest->portable, stamp->size);
    mix(&digest->portable, (apr_uint64_t)(stamp->mtime / NANOSECONDS));
    digest->newest.ctime = stamp->ctime > digest->newest.ctime ? stamp->ctime : digest->newest.ctime;
    digest->newest.mtime = stamp->mtime > digest->newest.mtime ? stamp->mtime : digest->newest.mtime;
}

/* Author files belong to it: lists show what they say. */
static void add_authors(apr_array_header_t *paths, const atd_root_t *content)
{
    apr_array_header_t *entries;

    if (atd_file_list(&entries, content, "authors", ATD_MAX_POSTS, paths->pool))
        return;
    for (int i = 0; i < entries->nelts; i++)
        APR_ARRAY_PUSH(paths, const char *) =
            apr_pstrcat(paths->pool, "authors/", APR_ARRAY_IDX(entries, i, atd_dirent_t).name, NULL);
}

atd_error_t *atd_catalog_digest(atd_digest_t *digest, const atd_root_t *content, apr_pool_t *scratch)
{
    const atd_root_t unwatched = {.path = content->path, .below = content->below, .links = content->links};
    apr_array_header_t *paths;
    atd_error_t *error = atd_catalog_paths(&paths, &unwatched, scratch);

    *digest = (atd_digest_t){0};
    if (error)
        return error;
    add_authors(paths, &unwatched);
    for (int i = 0; i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);
        atd_stamp_t stamp;

        if (!atd_file_stamp(&stamp, &unwatched, path, scratch))
            add_stamp(digest, path, &stamp);
    }
    mix(&digest->portable, (apr_uint64_t)paths->nelts + 1); /* that of an empty folder is not 0 */
    return NULL;
}

/* The digest is taken before the posts are read: one that is written to meanwhile shows at the next check. */
static void begin_list(const atd_root_t *content, apr_pool_t *pool)
{
    atd_digest_t digest;

    if (!content->watch)
        return;
    if (atd_catalog_digest(&digest, content, pool))
        digest = (atd_digest_t){0};
    content->watch->list_begin(content->watch->baton, &digest);
}

static void end_list(const atd_root_t *content)
{
    if (content->watch)
        content->watch->list_end(content->watch->baton);
}

/* ---- loading and finding ---- */

atd_error_t *atd_catalog_load(apr_array_header_t **posts, const atd_root_t *content, const char *except,
                              apr_pool_t *pool)
{
    apr_array_header_t *paths;
    atd_error_t *error;

    begin_list(content, pool);
    error = atd_catalog_paths(&paths, content, pool);
    if (error) {
        end_list(content);
        return error;
    }
    *posts = apr_array_make(pool, paths->nelts, sizeof(const atd_post_t *));
    for (int i = 0; i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);
        const atd_post_t *post;

        if (except && strcmp(path, except) == 0)
            continue;
        error = atd_post_load(&post, content, path, NULL, pool);
        if (!error)
            APR_ARRAY_PUSH(*posts, const atd_post_t *) = post;
    }
    end_list(content);
    return NULL;
}

/* How the front matter of a file that can't be understood writes its keys; it begins with a byte order mark perhaps. */
static char guess_separator(const char *text)
{
    text += strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    text += strspn(text, " \t\r\n");
    return *text == '{' ? '"' : strncmp(text, "+++", 3) == 0 ? '=' : ':';
}

/* True where a key may begin: at a line's beginning; in TOML behind blanks, in JSON in quotes behind what parts keys. */
static bool is_key_start(const char *text, const char *at, char separator)
{
    if (separator != ':' && at > text && (at[-1] == '"' || at[-1] == '\''))
        at--;
    else if (separator == '"')
        return false;
    while (separator != ':' && at > text && (at[-1] == ' ' || at[-1] == '\t'))
        at--;
    return at == text || at[-1] == '\n' || (separator == '"' && strchr("{,", at[-1]));
}

/* Where the value of the key that ends at @p at begins; NULL where no separator follows. */
static const char *find_value(const char *at, char separator)
{
    if (separator != ':')
        at += strspn(at, "\"'");
    if (separator != ':')
        at += strspn(at, " \t");
    if (*at != (separator == '"' ? ':' : separator))
        return NULL;
    return at + 1 + strspn(at + 1, " \t\"'");
}

/* The value of "key: value" at the beginning of a line, "key = value" of TOML or "\"key\": value" of JSON; or NULL. */
static const char *find_line_value(const char *text, const char *key)
{
    const char separator = guess_separator(text);
    const char *table =
        separator == '=' ? strstr(text, "\n[") : NULL; /* what stands in a table is not the post's own */
    const char *value = NULL;

    for (const char *at = strstr(text, key); at && !value && (!table || at < table); at = strstr(at + 1, key)) {
        if (is_key_start(text, at, separator))
            value = find_value(at + strlen(key), separator);
    }
    return value;
}

/* The slug that a broken file would have: that of a line before the body, else its name's. */
static const char *guess_slug(const atd_file_t *file, const char *path, apr_pool_t *pool)
{
    const char *at = find_line_value(file->bytes, "slug");

    if (!at || at - file->bytes > ATD_MAX_FRONT_MATTER)
        return atd_post_path_slug(path, pool);
    at = atd_text_slug(apr_pstrmemdup(pool, at, strcspn(at, "\r\n\"'#")), pool);
    return *at ? at : atd_post_path_slug(path, pool);
}

/* The same in small letters, without quotes. */
static const char *line_value(const char *text, const char *key, apr_pool_t *pool)
{
    const char *at = find_line_value(text, key);
    char *value;

    if (!at)
        return NULL;
    value = apr_pstrmemdup(pool, at, strcspn(at, " \t\r\n\"'#,}"));
    for (char *c = value; *c; c++)
        *c = (char)apr_tolower(*c);
    return value;
}

static bool is_hidden_status(const char *text)
{
    atd_status_t status;

    return atd_post_status(&status, text) && status != ATD_STATUS_PUBLISHED;
}

bool atd_catalog_is_withdrawn(const atd_root_t *content, const char *path, apr_pool_t *scratch)
{
    const char *status, *draft, *published;
    atd_file_t file;

    if (!path || atd_file_read_head(&file, content, path, ATD_MAX_FRONT_MATTER, scratch))
        return false;
    status = line_value(file.bytes, "status", scratch);
    draft = line_value(file.bytes, "draft", scratch);
    published = line_value(file.bytes, "published", scratch);
    return (status && is_hidden_status(status)) || (draft && strcmp(draft, "true") == 0) ||
           (published && strcmp(published, "false") == 0);
}

/* Loads one file; *post is set only where it has the slug, an error returned only where it would have it. */
static atd_error_t *try_path(const atd_post_t **post, const atd_root_t *content, const char *path, const char *slug,
                             apr_pool_t *pool)
{
    const atd_post_t *loaded;
    atd_file_t file;
    atd_error_t *error = atd_file_read(&file, content, path, ATD_MAX_SOURCE, pool);
    bool same_name = strcmp(atd_post_path_slug(path, pool), slug) == 0;

    if (error)
        return same_name && error->id != ATD_E_MISSING && error->id != ATD_E_FORBIDDEN ? error : NULL;
    error = atd_post_parse(&loaded, path, file.bytes, file.length, content, NULL, pool);
    if (error)
        return strcmp(guess_slug(&file, path, pool), slug) == 0 ? error : NULL;
    if (strcmp(loaded->slug, slug) == 0)
        *post = loaded;
    return NULL;
}

/* The places where a file named after the slug would be. */
static atd_error_t *find_by_name(const atd_post_t **post, const atd_root_t *content, const char *slug, apr_pool_t *pool)
{
    static const char *const endings[] = {".md", ".markdown", "/index.md", "/index.markdown"};
    atd_error_t *error = NULL;

    for (apr_size_t f = 0; f < FOLDERS; f++) {
        for (apr_size_t e = 0; !error && !*post && e < sizeof endings / sizeof *endings; e++) {
            const char *path = apr_pstrcat(pool, folders[f], slug, endings[e], NULL);
            const char *name = apr_pstrcat(pool, slug, endings[e], NULL);

            if (atd_path_is_plain(path, strlen(path)) && !is_ignored(name) && !is_own_folder(slug))
                error = try_path(post, content, path, slug, pool);
        }
    }
    return error;
}

atd_error_t *atd_catalog_find(const atd_post_t **post, const atd_root_t *content, const char *slug, apr_pool_t *pool)
{
    apr_array_header_t *paths;
    atd_error_t *error;
    apr_pool_t *scratch;

    *post = NULL;
    error = find_by_name(post, content, slug, pool);
    if (error || *post)
        return error;
    begin_list(content, pool);
    error = atd_catalog_paths(&paths, content, pool);
    apr_pool_create(&scratch, pool);
    for (int i = 0; !error && !*post && i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);

        apr_pool_clear(scratch);
        error = try_path(post, content, path, slug, scratch);
    }
    end_list(content);
    return error; /* what was found lives in the scratch pool, and that as long as pool */
}
