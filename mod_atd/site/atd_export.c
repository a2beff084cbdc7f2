/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_export.h"

#include "base/atd_limits.h"
#include "site/atd_permalink.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

#define HTML ".html"

/* Posts that are read at a time: their front matter is forgotten again. */
#define CHUNK 500

/* Links that lead round in circles end here where nothing else ends them. */
#define MAX_DEPTH 32

typedef struct export_t {
    const atd_site_t *site;
    atd_index_t *index;
    const atd_stamp_t *out;
    apr_array_header_t *items, *findings;
    apr_hash_t *files; /* file -> const char *: path of its item */
    int copies;
    apr_pool_t *pool, *scratch;
} export_t;

const char *atd_export_file(const atd_route_t *route, apr_pool_t *pool)
{
    const char *path = atd_route_path(route, pool);

    switch (route->kind) {
    case ATD_ROUTE_NONE:
        return NULL;
    case ATD_ROUTE_HOME:
    case ATD_ROUTE_CATEGORY:
    case ATD_ROUTE_TAG:
    case ATD_ROUTE_AUTHOR:
        if (route->format != ATD_FORMAT_PAGE)
            return path;
        return *path ? apr_pstrcat(pool, path, HTML, NULL) : "index" HTML;
    case ATD_ROUTE_POST:
    case ATD_ROUTE_OTHER:
    case ATD_ROUTE_ARCHIVE:
    case ATD_ROUTE_TAGS:
    case ATD_ROUTE_CATEGORIES:
    case ATD_ROUTE_AUTHORS:
        return apr_pstrcat(pool, path, HTML, NULL);
    default:
        return path;
    }
}

/* ---- the list ---- */

static void note(const export_t *export, const char *path, const char *file)
{
    const atd_place_t place = {.file = apr_pstrdup(export->pool, *path ? path : "/")};

    if (export->findings)
        APR_ARRAY_PUSH(export->findings, atd_error_t *) =
            atd_error_hint(atd_error_make(export->pool, ATD_E_DUPLICATE, &place,
                                          "can't be exported: %s is the file of another address", file),
                           "give one of them another name");
}

/* The first one to come has the file. That another one has the very same address is how the module answers, too. */
static void add(export_t *export, atd_export_kind_t kind, const char *path, const char *file)
{
    const char *first = file ? apr_hash_get(export->files, file, APR_HASH_KEY_STRING) : NULL;
    atd_export_item_t *item;

    if (first) {
        if (strcmp(first, path) != 0 && *path && kind != ATD_EXPORT_MISSING)
            note(export, path, file);
        return;
    }
    item = apr_array_push(export->items);
    *item = (atd_export_item_t){.kind = kind, .path = apr_pstrdup(export->pool, path)};
    item->file = file ? apr_pstrdup(export->pool, file) : NULL;
    if (file)
        apr_hash_set(export->files, item->file, APR_HASH_KEY_STRING, item->path);
}

static void add_route(export_t *export, const atd_route_t *route)
{
    add(export, ATD_EXPORT_PAGE, atd_route_path(route, export->scratch), atd_export_file(route, export->scratch));
}

/* ---- posts ---- */

static void add_source(export_t *export, atd_route_kind_t kind, const atd_post_t *post)
{
    add_route(export, &(atd_route_t){.kind = kind, .name = post->slug});
}

/* The home page's file is not for a post that is called index. */
static void add_post(export_t *export, const atd_post_t *post)
{
    const char *path = atd_permalink_path(export->site->settings->permalink, post, export->scratch);
    const char *file = apr_pstrcat(export->scratch, path, HTML, NULL);

    if (post->redirect_to) {
        add(export, ATD_EXPORT_REDIRECT, path, NULL);
        return;
    }
    if (strcmp(path, "index") == 0)
        note(export, path, file);
    else
        add(export, ATD_EXPORT_PAGE, path, file);
    add_source(export, ATD_ROUTE_MARKDOWN, post);
    add_source(export, ATD_ROUTE_DATA, post);
}

static atd_error_t *add_posts(export_t *export, atd_list_kind_t kind)
{
    const atd_index_viewer_t viewer = atd_site_viewer(export->site);
    atd_list_query_t query = {.kind = kind, .limit = CHUNK};
    apr_array_header_t *posts;
    atd_error_t *error;

    do {
        apr_pool_clear(export->scratch);
        error = atd_index_list(&posts, export->index, &viewer, &query, export->scratch);
        for (int i = 0; !error && i < posts->nelts; i++)
            add_post(export, APR_ARRAY_IDX(posts, i, const atd_post_t *));
        query.offset += CHUNK;
    } while (!error && posts->nelts == CHUNK);
    return error;
}

static atd_error_t *add_all_posts(export_t *export)
{
    static const atd_list_kind_t kinds[] = {ATD_LIST_RECENT, ATD_LIST_PAGES, ATD_LIST_REDIRECTS};
    atd_error_t *error = NULL;

    for (apr_size_t i = 0; !error && i < sizeof kinds / sizeof *kinds; i++)
        error = add_posts(export, kinds[i]);
    return error;
}

/* An alias of the whole host is the blog's where it lies below it. */
static atd_error_t *add_aliases(export_t *export)
{
    const atd_index_viewer_t viewer = atd_site_viewer(export->site);
    const char *base = export->site->path + 1;
    apr_array_header_t *aliases;
    atd_error_t *error = atd_index_aliases(&aliases, export->index, &viewer, export->scratch);

    for (int i = 0; !error && i < aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(aliases, i, const char *);

        add(export, ATD_EXPORT_REDIRECT, strncmp(alias, base, strlen(base)) == 0 ? alias + strlen(base) : alias, NULL);
    }
    return error;
}

/* ---- files beside the Markdown ---- */

typedef struct folder_t {
    const struct folder_t *above;
    const char *path;
    atd_stamp_t stamp;
} folder_t;

static bool is_same(const atd_stamp_t *a, const atd_stamp_t *b)
{
    return a->device == b->device && a->inode == b->inode;
}

/* Not the output, and not a folder that a link leads back to. */
static bool may_enter(const export_t *export, const folder_t *folder)
{
    int depth = 0;

    if (export->out && is_same(&folder->stamp, export->out))
        return false;
    for (const folder_t *at = folder->above; at; at = at->above) {
        if (is_same(&folder->stamp, &at->stamp) || ++depth > MAX_DEPTH)
            return false;
    }
    return true;
}

static atd_error_t *too_many(const export_t *export)
{
    const atd_place_t place = {.file = export->site->content.path};

    return atd_error_make(export->pool, ATD_E_LIMIT, &place, "has more than %d files beside its Markdown",
                          ATD_MAX_POSTS);
}

/* A folder that can't be read is none, as for who asks the module for a file in it. */
static atd_error_t *add_files(export_t *export, const folder_t *folder)
{
    apr_array_header_t *entries;
    atd_error_t *error =
        atd_file_list_stamped(&entries, &export->site->content, folder->path, ATD_MAX_POSTS, export->scratch);

    if (error)
        return NULL;
    for (int i = 0; !error && i < entries->nelts; i++) {
        const atd_dirent_t *entry = &APR_ARRAY_IDX(entries, i, atd_dirent_t);
        folder_t below = {.above = folder};

        below.path = apr_pstrcat(export->scratch, folder->path, *folder->path ? "/" : "", entry->name, NULL);
        if (atd_route_is_hidden(below.path) || !atd_path_is_plain(below.path, strlen(below.path)))
            continue;
        if (!entry->is_folder && export->copies++ < ATD_MAX_POSTS)
            add(export, ATD_EXPORT_COPY, below.path, below.path);
        else if (!entry->is_folder)
            error = too_many(export);
        else if (!atd_file_stamp(&below.stamp, &export->site->content, below.path, export->scratch) &&
                 may_enter(export, &below))
            error = add_files(export, &below);
    }
    return error;
}

static atd_error_t *add_all_files(export_t *export)
{
    folder_t folder = {.path = ""};
    atd_error_t *error = atd_file_stamp(&folder.stamp, &export->site->content, "", export->scratch);

    return error ? error : add_files(export, &folder);
}

/* ---- lists ---- */

static void add_pages(export_t *export, atd_route_t route, apr_int64_t count)
{
    const apr_int64_t size = export->site->settings->page_size;

    for (route.page = 1; route.page == 1 || (apr_int64_t)(route.page - 1) * size < count; route.page++)
        add_route(export, &route);
}

static void add_feeds(export_t *export, atd_route_t route)
{
    static const atd_format_t formats[] = {ATD_FORMAT_RSS, ATD_FORMAT_ATOM, ATD_FORMAT_JSON};

    route.page = 1;
    for (apr_size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        route.format = formats[i];
        add_route(export, &route);
    }
}

/* What has a file of its own has a page without posts, too. */
static atd_error_t *add_records(export_t *export, atd_route_kind_t kind, atd_term_kind_t term)
{
    apr_array_header_t *records;
    atd_error_t *error = atd_index_records(&records, export->index, term, export->scratch);

    for (int i = 0; !error && i < records->nelts; i++) {
        atd_route_t route = {.kind = kind, .name = APR_ARRAY_IDX(records, i, const atd_record_t *)->slug, .page = 1};

        add_feeds(export, route);
        add_route(export, &route);
    }
    return error;
}

static atd_error_t *add_terms(export_t *export, atd_route_kind_t kind, atd_term_kind_t term)
{
    const atd_index_viewer_t viewer = atd_site_viewer(export->site);
    apr_array_header_t *terms;
    atd_error_t *error;

    apr_pool_clear(export->scratch);
    error = atd_index_terms(&terms, export->index, &viewer, term, export->scratch);
    for (int i = 0; !error && i < terms->nelts; i++) {
        const atd_term_t *found = &APR_ARRAY_IDX(terms, i, atd_term_t);
        atd_route_t route = {.kind = kind, .name = found->slug};

        add_feeds(export, route);
        add_pages(export, route, found->count);
    }
    return error || term == ATD_TERM_TAG ? error : add_records(export, kind, term);
}

static atd_error_t *add_archives(export_t *export)
{
    const atd_index_viewer_t viewer = atd_site_viewer(export->site);
    apr_array_header_t *months;
    atd_error_t *error = atd_index_months(&months, export->index, &viewer, export->scratch);
    atd_route_t route = {.kind = ATD_ROUTE_ARCHIVE, .page = 1};
    apr_int64_t of_year = 0;

    add_route(export, &route);
    for (int i = 0; !error && i < months->nelts; i++) {
        const atd_month_t *month = &APR_ARRAY_IDX(months, i, atd_month_t);
        bool is_last = i + 1 == months->nelts || APR_ARRAY_IDX(months, i + 1, atd_month_t).year != month->year;

        route.year = month->year;
        route.month = month->month;
        add_pages(export, route, month->count);
        of_year += month->count;
        route.month = 0;
        if (is_last)
            add_pages(export, route, of_year);
        of_year = is_last ? 0 : of_year;
    }
    return error;
}

static atd_error_t *add_home(export_t *export)
{
    const atd_index_viewer_t viewer = atd_site_viewer(export->site);
    const atd_list_query_t query = {.kind = ATD_LIST_ALL};
    const atd_route_t route = {.kind = ATD_ROUTE_HOME};
    apr_int64_t count;
    atd_error_t *error = atd_index_count(&count, export->index, &viewer, &query);

    if (error)
        return error;
    add_pages(export, route, count);
    add_feeds(export, route);
    return NULL;
}

static atd_error_t *add_lists(export_t *export)
{
    atd_error_t *error = add_home(export);

    if (!error)
        error = add_archives(export);
    if (!error)
        error = add_terms(export, ATD_ROUTE_TAG, ATD_TERM_TAG);
    if (!error)
        error = add_terms(export, ATD_ROUTE_CATEGORY, ATD_TERM_CATEGORY);
    return error ? error : add_terms(export, ATD_ROUTE_AUTHOR, ATD_TERM_AUTHOR);
}

/* ---- what there is one of ---- */

/* A sitemap for the index of sitemaps, and as many as there could be: those that are not are answered with 404. */
static atd_error_t *add_sitemaps(export_t *export)
{
    atd_route_t route = {.kind = ATD_ROUTE_SITEMAP};
    apr_size_t most = (apr_size_t) export->items->nelts / 1000 + 1;

    for (; route.page <= most; route.page++)
        add_route(export, &route);
    return NULL;
}

static void add_singles(export_t *export)
{
    static const atd_route_kind_t kinds[] = {ATD_ROUTE_TAGS,       ATD_ROUTE_CATEGORIES, ATD_ROUTE_AUTHORS,
                                             ATD_ROUTE_OPENSEARCH, ATD_ROUTE_LLMS,       ATD_ROUTE_LLMS_FULL};

    add(export, ATD_EXPORT_MISSING, "404", "404" HTML);
    for (apr_size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        add_route(export, &(atd_route_t){.kind = kinds[i]});
}

static void add_assets(export_t *export)
{
    apr_array_header_t *assets = atd_theme_assets(export->site->theme, export->scratch);

    for (int i = 0; i < assets->nelts; i++) {
        const atd_asset_t *asset = APR_ARRAY_IDX(assets, i, const atd_asset_t *);

        add_route(export, &(atd_route_t){.kind = ATD_ROUTE_ASSET, .name = asset->name, .hash = asset->hash});
    }
}

/* In the order of who has the file where two want it: a file on disk comes before lists, as with the module. */
static atd_error_t *list(export_t *export)
{
    atd_error_t *error = add_all_posts(export);

    if (!error)
        error = add_aliases(export);
    if (!error)
        error = add_all_files(export);
    if (error)
        return error;
    add_assets(export);
    error = add_lists(export);
    add_singles(export);
    return error ? error : add_sitemaps(export);
}

atd_error_t *atd_export_list(apr_array_header_t **items, const atd_site_t *site, const atd_stamp_t *out,
                             apr_array_header_t *findings, apr_pool_t *pool)
{
    export_t export = {.site = site, .out = out, .findings = findings, .pool = pool};
    atd_error_t *error = atd_site_index(&export.index, site, pool);

    if (error)
        return error;
    *items = export.items = apr_array_make(pool, 1024, sizeof(atd_export_item_t));
    export.files = apr_hash_make(pool);
    apr_pool_create(&export.scratch, pool);
    error = list(&export);
    if (!error)
        apr_pool_destroy(export.scratch);
    return error;
}
