/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_produce.h"

#include "httpd/atd_backend.h"
#include "httpd/atd_improver.h"
#include "httpd/atd_quick.h"
#include "httpd/atd_shm.h"
#include "httpd/mod_atd.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>

#include <string.h>

/* What a page is made of that its route doesn't tell. */
typedef struct asked_t {
    const atd_request_t *mapped;
    const atd_dir_config_t *config;
    const char *origin;
    apr_time_t now;
} asked_t;

static atd_root_t theme_root(const asked_t *asked)
{
    const atd_folder_t *folder = &asked->config->theme.folder;

    return (atd_root_t){.path = folder->path, .below = folder->below, .links = asked->mapped->content.links};
}

/* Told even where it fails: a folder that is mended must be noticed. */
static atd_error_t *open_theme(const atd_theme_t **theme, const asked_t *asked, const atd_watch_t *watch,
                               apr_pool_t *pool)
{
    const atd_root_t root = theme_root(asked);
    atd_error_t *error = atd_theme_cache_get(theme, atd_themes, root.path ? &root : NULL, pool);
    atd_stamp_t stamp;

    if (error)
        watch->file(watch->baton, "", atd_file_stamp(&stamp, &root, "", pool) ? NULL : &stamp);
    else
        atd_theme_tell(*theme, watch);
    return error;
}

static void configure(atd_site_config_t *site, const asked_t *asked)
{
    const atd_request_t *mapped = asked->mapped;
    const atd_dir_config_t *config = asked->config;

    memset(site, 0, sizeof *site);
    site->content = mapped->content;
    site->base = mapped->base;
    site->origin = asked->origin;
    site->sets = config->sets;
    site->renderer = &atd_renderer_inprocess;
    site->drafts = config->drafts == ATD_FLAG_ON;
    site->debug = config->debug == ATD_FLAG_ON;
    site->raw_html = config->raw_html == ATD_FLAG_ON;
    site->now = asked->now;
}

/* A blog whose settings or theme are broken still has a way to tell its author what is wrong: the built-in theme. */
static void make_plain_error(atd_page_t *page, const atd_site_config_t *config, const atd_error_t *error,
                             apr_pool_t *pool)
{
    static const atd_settings_t settings = {.title = "Blog", .language = "en"};
    const char *origin = config->origin;
    const char *base = ap_escape_uri(pool, config->base);
    atd_site_t site = {.content = config->content, .path = base, .settings = &settings, .origin = origin};

    site.url = apr_pstrcat(pool, origin, base, NULL);
    site.debug = config->debug;
    site.now = config->now;
    if (!atd_theme_load(&site.theme, NULL, pool))
        atd_page_of_error(page, &site, 500, error, pool);
}

/* The cache's make(): the site's view of the content is watched, so that all that it reads is noted. */
static void make_page(atd_page_t *page, atd_sources_t *sources, void *baton, apr_pool_t *pool)
{
    const asked_t *asked = baton;
    atd_site_config_t site_config;
    const atd_site_t *site;
    atd_error_t *error;

    configure(&site_config, asked);
    site_config.content.watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    error = open_theme(&site_config.theme, asked, atd_sources_watch(sources, ATD_SOURCES_THEME), pool);
    if (!error)
        error = atd_site_open(&site, &site_config, NULL, pool);
    if (error)
        make_plain_error(page, &site_config, error, pool);
    else
        atd_page_make(page, site, &asked->mapped->route, pool);
}

/* ---- the key: everything that makes this page another one than others ---- */

static void put_text(atd_buffer_t *key, const char *text)
{
    atd_buffer_add(key, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void put_settings(atd_buffer_t *key, const atd_dir_config_t *config)
{
    const apr_array_header_t *sets = config->sets ? apr_table_elts(config->sets) : NULL;

    atd_buffer_putc(key, (char)('0' + config->drafts));
    atd_buffer_putc(key, (char)('0' + config->debug));
    atd_buffer_putc(key, (char)('0' + config->raw_html));
    put_text(key, config->theme.folder.path);
    put_text(key, config->theme.folder.below);
    for (int i = 0; sets && i < sets->nelts; i++) {
        put_text(key, APR_ARRAY_IDX(sets, i, apr_table_entry_t).key);
        put_text(key, APR_ARRAY_IDX(sets, i, apr_table_entry_t).val);
    }
}

/* Another way to write an address is a page of its own; some of these could be the slug of a post. */
static void put_route(atd_buffer_t *key, const atd_route_t *route, apr_pool_t *pool)
{
    atd_buffer_putc(key, (char)('0' + route->kind));
    put_text(key, atd_route_path(route, pool));
    put_text(key, route->moved ? apr_pstrcat(pool, "moved ", route->name, NULL) : NULL);
}

/*
 * The content folder by its path: the same path leads to the same files for whoever may name it, and what was put in its
 * place shows in the stamps of what was read. The folder is the site's part: shares and purges go by it.
 */
static void make_key(atd_cache_request_t *request, const asked_t *asked, apr_pool_t *pool)
{
    const atd_request_t *mapped = asked->mapped;
    atd_buffer_t *key = atd_buffer_create(pool, 512, 64 * 1024);

    put_text(key, mapped->content.path);
    put_text(key, mapped->content.below);
    atd_buffer_putc(key, (char)('0' + mapped->content.links));
    request->site_length = atd_buffer_length(key);
    put_settings(key, asked->config);
    put_text(key, mapped->base);
    put_route(key, &mapped->route, pool);
    if (atd_buffer_take(&request->key, &request->key_length, key, "the key"))
        request->key_length = 0;
}

static apr_interval_time_t revalidate_of(const atd_dir_config_t *config)
{
    return config->revalidate.set ? config->revalidate.time : ATD_REVALIDATE_DEFAULT;
}

static void produce_cached(atd_page_t *page, atd_outcome_t *outcome, const atd_cache_t *cache,
                           atd_cache_request_t *request, request_rec *r)
{
    const asked_t *asked = request->baton;
    atd_root_t roots[ATD_SOURCES_ROOTS];

    roots[ATD_SOURCES_CONTENT] = asked->mapped->content;
    roots[ATD_SOURCES_THEME] = theme_root(asked);
    request->roots = roots;
    atd_cache_get(page, outcome, cache, request, r->pool);
    if (*outcome == ATD_OUTCOME_HIT)
        atd_improver_offer(page, cache, request);
    if (*outcome <= ATD_OUTCOME_CHECKED && page->status == HTTP_OK)
        atd_quick_remember(r, cache, request, asked->config);
}

atd_cache_t atd_produce_cache(const request_rec *r)
{
    const atd_server_config_t *server = atd_config_server(r->server);

    return (atd_cache_t){
        .segment = atd_shm_segment(),
        .share = server->cache_share ? server->cache_share : ATD_CACHE_SHARE_DEFAULT,
        .second = atd_backend_second(),
    };
}

/* Queries are endless, and few are asked for twice: they would drive pages out that many read. */
static bool is_cacheable(const atd_route_t *route)
{
    return route->kind != ATD_ROUTE_NONE && route->kind != ATD_ROUTE_SEARCH;
}

void atd_produce(atd_page_t *page, atd_outcome_t *outcome, const atd_request_t *mapped, const atd_dir_config_t *config,
                 request_rec *r)
{
    asked_t asked = {mapped, config, ap_construct_url(r->pool, "", r), r->request_time};
    const atd_cache_t cache = atd_produce_cache(r);
    atd_cache_request_t request = {
        .origin = asked.origin,
        .encoding = atd_encoding_choose(apr_table_get(r->headers_in, "Accept-Encoding")),
        .now = r->request_time,
        .revalidate = revalidate_of(config),
        .make = make_page,
        .baton = &asked,
    };

    *outcome = ATD_OUTCOME_BYPASS;
    make_key(&request, &asked, r->pool);
    if (cache.segment && request.key_length > 0 && is_cacheable(&mapped->route))
        produce_cached(page, outcome, &cache, &request, r);
    else
        atd_cache_make(page, &request, r->pool);
}
