/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_map.h"

#include "httpd/mod_atd.h"
#include "site/atd_catalog.h"
#include "site/atd_permalink.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>

#include <limits.h>
#include <string.h>

static const atd_dir_config_t *config_of(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &atd_module);
}

/* "/blog/" from "/blog", "//blog" and "": one slash at each end and none doubled. */
static const char *normal_base(apr_pool_t *pool, const char *path)
{
    char *base = apr_pstrcat(pool, "/", path, "/", NULL);

    ap_no2slash(base);
    return base;
}

/* What is left of @p path behind @p prefix, which ends with a slash; NULL where it is not below it. */
static const char *rest_behind(const char *path, const char *prefix)
{
    apr_size_t length = strlen(prefix);

    if (strncmp(path, prefix, length) == 0)
        return path + length;
    if (strlen(path) == length - 1 && strncmp(path, prefix, length - 1) == 0)
        return "";
    return NULL;
}

/* URL path of a place that has no folder. */
static const char *location_base(apr_pool_t *pool, const atd_engine_t *engine)
{
    return engine->place == ATD_PLACE_LOCATION ? normal_base(pool, engine->path) : "/";
}

static bool has_long_name(const char *path)
{
    while (*path) {
        apr_size_t length = strcspn(path, "/");

        if (length > NAME_MAX)
            return true;
        path += length;
        path += strspn(path, "/");
    }
    return false;
}

/* Without doubled slashes. No file has a name that is too long, and the directory walk would answer 403 to it. */
static const char *rest_on_disk(apr_pool_t *pool, const char *rest)
{
    char *single = apr_pstrdup(pool, has_long_name(rest) ? "" : rest);

    ap_no2slash(single);
    return *single == '/' ? single + 1 : single;
}

int atd_map_translate(request_rec *r)
{
    const atd_dir_config_t *config = config_of(r);
    const char *base;
    const char *rest;

    if (config->engine.flag != ATD_FLAG_ON || config->engine.place == ATD_PLACE_FOLDER || !config->content.path)
        return DECLINED;
    base = location_base(r->pool, &config->engine);
    rest = rest_behind(r->uri, base);
    if (!rest)
        return DECLINED;
    r->filename = apr_pstrcat(r->pool, config->content.path, "/", rest_on_disk(r->pool, rest), NULL);
    ap_set_context_info(r, base, config->content.path);
    return OK;
}

static const char *full_path(const request_rec *r)
{
    return apr_pstrcat(r->pool, r->filename, r->path_info, NULL);
}

/* True where @p path ends with the names in @p rest, not with a part of one. */
static bool ends_with_path(const char *path, const char *rest)
{
    apr_size_t length = strlen(path);
    apr_size_t size = strlen(rest);

    if (size == 0)
        return true;
    return size < length && path[length - size - 1] == '/' && strcmp(path + length - size, rest) == 0;
}

/* base = URL less what the file system says is left of it; else Alias and DocumentRoot say where the folder stands. */
static const char *folder_base(const request_rec *r, const char *folder, const char *rest)
{
    const char *root = ap_context_document_root((request_rec *)r);
    apr_size_t root_length = root ? strlen(root) : 0;

    if (ends_with_path(r->uri, rest))
        return normal_base(r->pool, apr_pstrmemdup(r->pool, r->uri, strlen(r->uri) - strlen(rest)));
    while (root_length > 0 && root[root_length - 1] == '/')
        root_length--;
    if (root && strncmp(folder, root, root_length) == 0)
        return normal_base(r->pool,
                           apr_pstrcat(r->pool, ap_context_prefix((request_rec *)r), "/", folder + root_length, NULL));
    return "/";
}

/* Options of the folder that the request leads to. */
static atd_links_t links_of(request_rec *r)
{
    int options = ap_allow_options(r);

    if (options & OPT_SYM_LINKS)
        return ATD_LINKS_FOLLOW;
    return options & OPT_SYM_OWNER ? ATD_LINKS_OWNER : ATD_LINKS_REFUSE;
}

/* A blog in <Directory> or .htaccess: httpd has already walked to the file, which alone says what was asked for. */
static const char *map_folder(atd_request_t *mapped, request_rec *r, const atd_dir_config_t *config)
{
    const char *folder = config->engine.path;
    const char *rest = rest_behind(full_path(r), normal_base(r->pool, folder));

    if (!rest)
        return NULL;
    mapped->base = folder_base(r, folder, rest);
    mapped->content.path = folder;
    return rest;
}

/* A blog in <Location> or a server: the URL decides, and the file's path less the rest is the folder. */
static const char *map_location(atd_request_t *mapped, request_rec *r, const atd_dir_config_t *config)
{
    const char *base = location_base(r->pool, &config->engine);
    const char *rest = rest_behind(r->uri, base);
    const char *path = full_path(r);
    const char *tail;
    apr_size_t length;

    if (!rest)
        return NULL;
    tail = rest_on_disk(r->pool, rest);
    if (!ends_with_path(path, tail))
        return NULL; /* an Alias or the like in the middle of the blog leads elsewhere */
    length = strlen(path) - strlen(tail);
    while (length > 1 && path[length - 1] == '/')
        length--;
    mapped->base = base;
    mapped->content.path = apr_pstrmemdup(r->pool, path, length);
    return rest;
}

/* @return what is left of the URL behind the blog's path; NULL where the request is not the blog's */
static const char *map(atd_request_t *mapped, request_rec *r, const atd_dir_config_t *config)
{
    const char *rest =
        config->engine.place == ATD_PLACE_FOLDER ? map_folder(mapped, r, config) : map_location(mapped, r, config);

    if (config->base_url)
        mapped->base = normal_base(r->pool, config->base_url);
    if (config->content.path) {
        mapped->content.path = config->content.path;
        mapped->content.below = config->content.below;
    }
    mapped->content.links = links_of(r);
    return rest;
}

/* True for the folder of a post, which is no folder for mod_dir. */
static bool is_post(const atd_request_t *mapped, apr_pool_t *pool)
{
    const atd_route_t *route = &mapped->route;
    const char *slug = route->name;
    const atd_post_t *post;
    const atd_error_t *error;

    if (!slug || (route->kind == ATD_ROUTE_OTHER && !atd_permalink_slug(&slug, route->name, pool)))
        return false;
    error = atd_catalog_guess(&post, &mapped->content, slug, pool);
    if (route->kind == ATD_ROUTE_OTHER)
        return !error && post && atd_permalink_matches(route->name, post, pool);
    return error || post;
}

/* What stands at its own address below every blog, whatever lies on disk: lists have folders of the same name. */
static bool is_list(const atd_route_t *route)
{
    return route->kind >= ATD_ROUTE_CATEGORY && route->kind <= ATD_ROUTE_OPENSEARCH;
}

/* A folder that mod_dir may redirect to and look for an index in: the blog's own, and those without posts or secrets. */
static bool is_plain_folder(const atd_request_t *mapped, const char *rest, const request_rec *r)
{
    if (r->finfo.filetype != APR_DIR || atd_route_is_hidden(rest) || has_long_name(rest))
        return false;
    return !*rest || (!is_list(&mapped->route) && !is_post(mapped, r->pool));
}

/* Ours even where a file has this name: a source is not to be seen, and a post's data are what we make of it. */
static bool is_made(const atd_request_t *mapped, const char *rest, const request_rec *r)
{
    atd_stamp_t stamp;

    switch (mapped->route.kind) {
    case ATD_ROUTE_ASSET:
    case ATD_ROUTE_MARKDOWN:
        return true;
    case ATD_ROUTE_DATA:
        return (r->finfo.filetype != APR_REG && atd_file_stamp(&stamp, &mapped->content, rest, r->pool)) ||
               is_post(mapped, r->pool);
    default:
        return false;
    }
}

/* A slug has no dot in it, so that posts are not looked up as files. */
static bool may_be_file(const atd_route_t *route, const char *rest)
{
    return route->kind == ATD_ROUTE_NONE || route->kind == ATD_ROUTE_OTHER || strchr(rest, '.');
}

/*
 * A file beside the Markdown where that is not what the URL's own folder holds. It is looked up as any file is, so that
 * access control and types of its place apply. Only for the client's own request: links in circles end there.
 */
static bool redirect_to_file(const atd_request_t *mapped, const char *rest, request_rec *r)
{
    const atd_root_t *content = &mapped->content;
    const char *uri = r->uri;
    request_rec *file;
    atd_stamp_t stamp;

    if (r->main || atd_file_stamp(&stamp, content, rest, r->pool))
        return false;
    file = ap_sub_req_lookup_file(
        apr_pstrcat(r->pool, content->path, "/", content->below ? content->below : "", "/", rest, NULL), r, NULL);
    if (file->status != HTTP_OK || file->finfo.filetype != APR_REG) {
        ap_destroy_sub_req(file);
        return false;
    }
    ap_internal_fast_redirect(file, r);
    r->uri = apr_pstrdup(r->pool, uri);
    return true;
}

/* mod_dir must not see what is on disk under a URL that is ours, and mod_speling not look for what is like it. */
static void hide_file(request_rec *r)
{
    r->finfo.filetype = APR_UNKFILE;
}

/* What other modules map elsewhere is theirs, but no way to a source. */
static int decline(const request_rec *r)
{
    const char *slash = strrchr(r->filename, '/');

    return slash && atd_route_is_hidden(slash) ? HTTP_NOT_FOUND : DECLINED;
}

int atd_map_claim(request_rec *r)
{
    const atd_dir_config_t *config = config_of(r);
    atd_request_t *mapped;
    const char *rest;
    bool is_ours;

    if (config->engine.flag != ATD_FLAG_ON || !r->filename || r->proxyreq)
        return DECLINED;
    mapped = apr_pcalloc(r->pool, sizeof *mapped);
    rest = map(mapped, r, config);
    if (!rest)
        return decline(r);
    atd_route_parse(&mapped->route, rest, r->pool);
    mapped->route.query = mapped->route.kind == ATD_ROUTE_SEARCH ? r->args : NULL;
    is_ours = is_made(mapped, rest, r);
    if (!is_ours && atd_route_is_hidden(rest))
        mapped->route.kind = ATD_ROUTE_NONE;
    else if (!is_ours && r->finfo.filetype == APR_REG)
        return DECLINED;
    else if (!is_ours && may_be_file(&mapped->route, rest) && redirect_to_file(mapped, rest, r))
        return OK;
    if (!is_plain_folder(mapped, rest, r))
        hide_file(r);
    mapped->needs_slash = !*rest && r->uri[strlen(r->uri) - 1] != '/';
    ap_set_module_config(r->request_config, &atd_module, mapped);
    r->handler = ATD_HANDLER;
    return OK;
}
