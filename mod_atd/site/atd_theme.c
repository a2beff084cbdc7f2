/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_theme.h"

#include "base/atd_limits.h"

#include <apr_hash.h>
#include <apr_sha1.h>
#include <apr_strings.h>

#include <string.h>

#define TEMPLATE_SUFFIX ".mustache"
#define HASH_BYTES 6

/* A template, or why there is none. */
typedef struct slot_t {
    const atd_template_t *compiled;
    atd_error_t *error;
} slot_t;

typedef struct source_t {
    const char *name;
    atd_stamp_t stamp;
} source_t;

struct atd_theme_t {
    atd_root_t root; /* path NULL: built-in alone */
    atd_stamp_t folder;
    apr_array_header_t *sources; /* of source_t */
    apr_hash_t *templates;       /* name -> slot_t */
    apr_hash_t *assets;          /* file name -> atd_asset_t */
    apr_pool_t *pool;
};

static const struct {
    const char *ending;
    const char *type;
} media_types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".webmanifest", "application/manifest+json"},
};

static const char *media_type(const char *name)
{
    const char *dot = strrchr(name, '.');

    for (apr_size_t i = 0; dot && i < sizeof media_types / sizeof *media_types; i++) {
        if (strcasecmp(dot, media_types[i].ending) == 0)
            return media_types[i].type;
    }
    return NULL;
}

static bool is_template(const char *name)
{
    apr_size_t length = strlen(name);
    apr_size_t suffix = strlen(TEMPLATE_SUFFIX);

    return length > suffix && strcmp(name + length - suffix, TEMPLATE_SUFFIX) == 0;
}

static const char *digest(const char *bytes, apr_size_t length, apr_pool_t *pool)
{
    unsigned char sum[APR_SHA1_DIGESTSIZE];
    char *text = apr_palloc(pool, HASH_BYTES * 2 + 1);
    apr_sha1_ctx_t context;

    apr_sha1_init(&context);
    apr_sha1_update_binary(&context, (const unsigned char *)bytes, (unsigned)length);
    apr_sha1_final(sum, &context);
    for (int i = 0; i < HASH_BYTES; i++)
        apr_snprintf(text + i * 2, 3, "%02x", sum[i]);
    return text;
}

static void add_template(atd_theme_t *theme, const char *name, const char *text, apr_size_t length)
{
    slot_t *slot = apr_pcalloc(theme->pool, sizeof *slot);

    slot->error = atd_template_compile(&slot->compiled, text, length, name, theme->pool);
    name = apr_pstrmemdup(theme->pool, name, strlen(name) - strlen(TEMPLATE_SUFFIX));
    apr_hash_set(theme->templates, name, APR_HASH_KEY_STRING, slot);
}

static void add_asset(atd_theme_t *theme, const char *name, const char *bytes, apr_size_t length)
{
    atd_asset_t *asset = apr_pcalloc(theme->pool, sizeof *asset);

    asset->name = name;
    asset->hash = digest(bytes, length, theme->pool);
    asset->type = media_type(name);
    asset->bytes = bytes;
    asset->length = length;
    apr_hash_set(theme->assets, name, APR_HASH_KEY_STRING, asset);
}

static void add_file(atd_theme_t *theme, const char *name, const char *bytes, apr_size_t length)
{
    if (is_template(name))
        add_template(theme, name, bytes, length);
    else if (media_type(name))
        add_asset(theme, name, bytes, length);
}

static atd_error_t *read_file(atd_theme_t *theme, const char *name)
{
    apr_size_t max = is_template(name) ? ATD_MAX_TEMPLATE : ATD_MAX_ASSET;
    atd_file_t file;
    atd_error_t *error = atd_file_read(&file, &theme->root, name, max, theme->pool);
    source_t *source;

    if (error)
        return error;
    source = apr_array_push(theme->sources);
    source->name = name;
    source->stamp = file.stamp;
    add_file(theme, name, file.bytes, file.length);
    return NULL;
}

static atd_error_t *read_folder(atd_theme_t *theme)
{
    apr_array_header_t *entries;
    atd_error_t *error = atd_file_stamp(&theme->folder, &theme->root, "", theme->pool);

    if (!error)
        error = atd_file_list(&entries, &theme->root, "", ATD_MAX_TEMPLATE_FILES, theme->pool);
    for (int i = 0; !error && i < entries->nelts; i++) {
        const atd_dirent_t *entry = &APR_ARRAY_IDX(entries, i, atd_dirent_t);

        if (!entry->is_folder && (is_template(entry->name) || media_type(entry->name)))
            error = read_file(theme, entry->name);
    }
    return error;
}

atd_error_t *atd_theme_load(const atd_theme_t **loaded, const atd_root_t *root, apr_pool_t *pool)
{
    atd_theme_t *theme = apr_pcalloc(pool, sizeof *theme);
    atd_error_t *error = NULL;

    theme->pool = pool;
    theme->sources = apr_array_make(pool, 16, sizeof(source_t));
    theme->templates = apr_hash_make(pool);
    theme->assets = apr_hash_make(pool);
    for (const atd_builtin_file_t *file = atd_builtin_theme; file->name; file++)
        add_file(theme, file->name, (const char *)file->bytes, file->length);
    if (root) {
        theme->root.path = apr_pstrdup(pool, root->path);
        theme->root.below = apr_pstrdup(pool, root->below);
        theme->root.links = root->links;
        error = read_folder(theme);
    }
    *loaded = error ? NULL : theme;
    if (error && error->file && !*error->file) /* the folder itself */
        error->file = root->below ? root->below : root->path;
    if (error && !error->hint)
        atd_error_hint(error, "AtdTheme names the folder of a theme");
    return error;
}

static bool is_same(const atd_theme_t *theme, const char *name, const atd_stamp_t *expected, apr_pool_t *scratch)
{
    atd_stamp_t now;

    return !atd_file_stamp(&now, &theme->root, name, scratch) && atd_stamp_equal(&now, expected);
}

bool atd_theme_is_fresh(const atd_theme_t *theme, apr_pool_t *scratch)
{
    if (!theme->root.path)
        return true;
    if (!is_same(theme, "", &theme->folder, scratch))
        return false;
    for (int i = 0; i < theme->sources->nelts; i++) {
        const source_t *source = &APR_ARRAY_IDX(theme->sources, i, source_t);

        if (!is_same(theme, source->name, &source->stamp, scratch))
            return false;
    }
    return true;
}

void atd_theme_tell(const atd_theme_t *theme, const atd_watch_t *watch)
{
    if (!theme->root.path)
        return;
    watch->file(watch->baton, "", &theme->folder);
    for (int i = 0; i < theme->sources->nelts; i++) {
        const source_t *source = &APR_ARRAY_IDX(theme->sources, i, source_t);

        watch->file(watch->baton, source->name, &source->stamp);
    }
}

static const slot_t *find_slot(const atd_theme_t *theme, const char *name)
{
    return apr_hash_get(theme->templates, name, APR_HASH_KEY_STRING);
}

bool atd_theme_has_template(const atd_theme_t *theme, const char *name)
{
    return find_slot(theme, name) != NULL;
}

static atd_error_t *find_template(const atd_template_t **found, void *baton, const char *name, apr_pool_t *pool)
{
    const slot_t *slot = find_slot(baton, name);

    if (!slot)
        return atd_error_hint(atd_error_make(pool, ATD_E_PARTIAL, NULL, "there is no template '%.80s'", name),
                              apr_psprintf(pool, "put a file %.80s" TEMPLATE_SUFFIX " into the theme's folder", name));
    *found = slot->compiled;
    return slot->error ? atd_error_copy(slot->error, pool) : NULL;
}

atd_error_t *atd_theme_render(atd_buffer_t *out, const atd_theme_t *theme, const char *name, const atd_value_t *data,
                              apr_pool_t *pool)
{
    const atd_template_loader_t loader = {.find = find_template, .baton = (void *)theme};
    const atd_template_t *compiled;
    atd_error_t *error = find_template(&compiled, loader.baton, name, pool);

    return error ? error : atd_template_render(out, compiled, data, &loader, pool);
}

bool atd_theme_asset(atd_asset_t *asset, const atd_theme_t *theme, const char *name)
{
    const atd_asset_t *found = apr_hash_get(theme->assets, name, APR_HASH_KEY_STRING);

    if (found)
        *asset = *found;
    return found != NULL;
}

apr_array_header_t *atd_theme_assets(const atd_theme_t *theme, apr_pool_t *pool)
{
    apr_array_header_t *assets = apr_array_make(pool, 8, sizeof(const atd_asset_t *));

    for (apr_hash_index_t *at = apr_hash_first(pool, theme->assets); at; at = apr_hash_next(at))
        APR_ARRAY_PUSH(assets, const atd_asset_t *) = apr_hash_this_val(at);
    return assets;
}

void atd_theme_findings(apr_array_header_t *findings, const atd_theme_t *theme)
{
    for (apr_hash_index_t *at = apr_hash_first(findings->pool, theme->templates); at; at = apr_hash_next(at)) {
        const slot_t *slot = apr_hash_this_val(at);

        if (slot->error)
            APR_ARRAY_PUSH(findings, atd_error_t *) = slot->error;
    }
}
