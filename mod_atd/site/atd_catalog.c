/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_catalog.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

/* Where posts lie, in the order in which the first of two with the same slug wins. */
static const struct {
    const char *name; /* "" is the root, whose other folders hold no posts but bundles */
    atd_catalog_kind_t kind;
} folders[] = {
    {"", ATD_CATALOG_POST},          {"posts", ATD_CATALOG_POST},          {"post", ATD_CATALOG_POST},
    {"blog", ATD_CATALOG_POST},      {"_posts", ATD_CATALOG_POST},         {"pages", ATD_CATALOG_PAGE},
    {"authors", ATD_CATALOG_AUTHOR}, {"categories", ATD_CATALOG_CATEGORY},
};
static const char *const index_names[] = {"index.md", "index.markdown"};

#define FOLDERS (sizeof folders / sizeof *folders)
#define INDEX_NAMES (sizeof index_names / sizeof *index_names)

/* Folders within posts/: by year, by category. */
#define MAX_NESTING 4

typedef struct walk_t {
    apr_array_header_t *files;
    const atd_root_t *content;
    atd_catalog_kind_t kind;
    unsigned rank;
} walk_t;

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

static bool is_own_folder(const char *name)
{
    for (apr_size_t i = 1; i < FOLDERS; i++) {
        if (strcmp(folders[i].name, name) == 0)
            return true;
    }
    return false;
}

static const char *below(const char *folder, const char *name, apr_pool_t *pool)
{
    return *folder ? apr_pstrcat(pool, folder, "/", name, NULL) : name;
}

static atd_error_t *add(const walk_t *walk, const char *path, const atd_stamp_t *stamp)
{
    const atd_place_t place = {.file = path};

    if (walk->files->nelts >= ATD_MAX_POSTS)
        return atd_error_make(walk->files->pool, ATD_E_LIMIT, &place, "is one file more than %d", ATD_MAX_POSTS);
    if (atd_path_is_plain(path, strlen(path)))
        APR_ARRAY_PUSH(walk->files, atd_catalog_file_t) =
            (atd_catalog_file_t){.path = path, .kind = walk->kind, .rank = walk->rank, .stamp = *stamp};
    return NULL;
}

/* The index file of a bundle among the entries of its folder. */
static const atd_dirent_t *find_index(const apr_array_header_t *entries)
{
    for (apr_size_t n = 0; n < INDEX_NAMES; n++) {
        for (int i = 0; i < entries->nelts; i++) {
            const atd_dirent_t *entry = &APR_ARRAY_IDX(entries, i, atd_dirent_t);

            if (!entry->is_folder && strcmp(entry->name, index_names[n]) == 0)
                return entry;
        }
    }
    return NULL;
}

static atd_error_t *walk_folder(const walk_t *walk, const char *folder, int depth);

static atd_error_t *add_entry(const walk_t *walk, const char *folder, const atd_dirent_t *entry, int depth)
{
    const char *path = below(folder, entry->name, walk->files->pool);

    if (!entry->is_folder)
        return atd_post_is_source(path) && !is_ignored(entry->name) ? add(walk, path, &entry->stamp) : NULL;
    if (*entry->name == '_' || depth >= MAX_NESTING || walk->kind > ATD_CATALOG_PAGE ||
        (!*folder && is_own_folder(entry->name)))
        return NULL;
    return walk_folder(walk, path, depth + 1);
}

/* A bundle's other files belong to its post. At the root, so that images/ costs little, only bundles are looked for. */
static atd_error_t *walk_folder(const walk_t *walk, const char *folder, int depth)
{
    apr_pool_t *pool = walk->files->pool;
    apr_array_header_t *entries;
    const atd_dirent_t *index;
    atd_error_t *error = atd_file_list_stamped(&entries, walk->content, folder, ATD_MAX_POSTS, pool);

    if (error && (depth > 0 || (error->id == ATD_E_MISSING && *folder)))
        return NULL; /* may not be read, or is not there */
    if (error)
        return error;
    index = depth > 0 ? find_index(entries) : NULL;
    if (index)
        return add(walk, below(folder, index->name, pool), &index->stamp);
    if (depth > 0 && walk->rank == 0)
        return NULL;
    for (int i = 0; !error && i < entries->nelts; i++)
        error = add_entry(walk, folder, &APR_ARRAY_IDX(entries, i, atd_dirent_t), depth);
    return error;
}

/* By bytes, as SQLite orders, so that a walk and the index can be held side by side. */
static int compare_files(const void *a, const void *b)
{
    const atd_catalog_file_t *left = a;
    const atd_catalog_file_t *right = b;

    return left->rank != right->rank ? (left->rank > right->rank) - (left->rank < right->rank)
                                     : strcmp(left->path, right->path);
}

atd_error_t *atd_catalog_walk(apr_array_header_t **files, const atd_root_t *content, apr_pool_t *pool)
{
    const atd_root_t unwatched = {.path = content->path, .below = content->below, .links = content->links};
    walk_t walk = {.files = apr_array_make(pool, 64, sizeof(atd_catalog_file_t)), .content = &unwatched};
    atd_error_t *error = NULL;

    for (apr_size_t f = 0; !error && f < FOLDERS; f++) {
        walk.kind = folders[f].kind;
        walk.rank = (unsigned)f;
        error = walk_folder(&walk, folders[f].name, 0);
    }
    qsort(walk.files->elts, (apr_size_t)walk.files->nelts, sizeof(atd_catalog_file_t), compare_files);
    *files = walk.files;
    return error;
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

void atd_catalog_digest(atd_digest_t *digest, const apr_array_header_t *files)
{
    *digest = (atd_digest_t){0};
    for (int i = 0; i < files->nelts; i++) {
        const atd_catalog_file_t *file = &APR_ARRAY_IDX(files, i, atd_catalog_file_t);

        add_stamp(digest, file->path, &file->stamp);
    }
    mix(&digest->sum, (apr_uint64_t)files->nelts + 1); /* those of an empty folder are not 0 */
    mix(&digest->portable, (apr_uint64_t)files->nelts + 1);
}

/* ---- finding by name ---- */

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

const char *atd_catalog_broken_slug(const char *text, const char *path, apr_pool_t *pool)
{
    const char *at = find_line_value(text, "slug");

    if (!at || at - text > ATD_MAX_FRONT_MATTER)
        return atd_post_path_slug(path, pool);
    at = atd_text_slug(apr_pstrmemdup(pool, at, strcspn(at, "\r\n\"'#")), pool);
    return *at ? at : atd_post_path_slug(path, pool);
}

/* The value in small letters, without quotes. */
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

bool atd_catalog_takes_back(const char *text, apr_pool_t *scratch)
{
    const char *status = line_value(text, "status", scratch);
    const char *draft = line_value(text, "draft", scratch);
    const char *published = line_value(text, "published", scratch);

    return (status && is_hidden_status(status)) || (draft && strcmp(draft, "true") == 0) ||
           (published && strcmp(published, "false") == 0);
}

bool atd_catalog_is_withdrawn(const atd_root_t *content, const char *path, apr_pool_t *scratch)
{
    atd_file_t file;

    return path && !atd_file_read_head(&file, content, path, ATD_MAX_FRONT_MATTER, scratch) &&
           atd_catalog_takes_back(file.bytes, scratch);
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
        return strcmp(atd_catalog_broken_slug(file.bytes, path, pool), slug) == 0 ? error : NULL;
    if (strcmp(loaded->slug, slug) == 0)
        *post = loaded;
    return NULL;
}

atd_error_t *atd_catalog_guess(const atd_post_t **post, const atd_root_t *content, const char *slug, apr_pool_t *pool)
{
    static const char *const endings[] = {".md", ".markdown", "/index.md", "/index.markdown"};
    atd_error_t *error = NULL;

    *post = NULL;
    for (apr_size_t f = 0; f < FOLDERS && folders[f].kind <= ATD_CATALOG_PAGE; f++) {
        for (apr_size_t e = 0; !error && !*post && e < sizeof endings / sizeof *endings; e++) {
            const char *name = apr_pstrcat(pool, slug, endings[e], NULL);
            const char *path = below(folders[f].name, name, pool);

            if (atd_path_is_plain(path, strlen(path)) && !is_ignored(name) && !is_own_folder(slug))
                error = try_path(post, content, path, slug, pool);
        }
    }
    return error;
}
