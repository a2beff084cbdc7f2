/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_produce.h"

#include "httpd/atd_backend.h"
#include "httpd/atd_improver.h"
#include "httpd/atd_indexer.h"
#include "httpd/atd_quick.h"
#include "httpd/atd_report.h"
#include "httpd/atd_shm.h"
#include "httpd/atd_state.h"
#include "httpd/mod_atd.h"
#include "site/atd_index_pool.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>

#include <string.h>

APLOG_USE_MODULE(atd);

/*
 * Pages are looked at or made at most so often without a scan; it is due later where it takes long. AtdRevalidate, which may
 * be an hour, is how long one goes without a look: when it is taken it must be of now.
 */
#define SCAN_INTERVAL ((apr_interval_time_t)10 * 1000)

/* Most that a request spends with files that were changed. */
#define INDEX_BUDGET ((apr_interval_time_t)250 * 1000)

/* What a page is made of that its route doesn't tell. */
typedef struct asked_t {
    const atd_request_t *mapped;
    const atd_dir_config_t *config;
    const char *origin;
    apr_time_t now;
    request_rec *r;
    apr_pool_t *held; /* what is given back once there is a page, whatever the client takes to read it; or NULL */
    atd_index_policy_t policy;
    atd_report_t report;
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

/* ---- the index ---- */

static apr_interval_time_t revalidate_of(const atd_dir_config_t *config)
{
    return config->revalidate.set ? config->revalidate.time : ATD_REVALIDATE_DEFAULT;
}

static void set_policy(asked_t *asked, request_rec *r)
{
    apr_interval_time_t revalidate = revalidate_of(asked->config);

    asked->report = (atd_report_t){
        .r = r, .s = r->server, .blog = atd_report_blog(&asked->mapped->content, r->pool), .pool = r->pool};
    asked->policy = (atd_index_policy_t){
        .interval = revalidate < SCAN_INTERVAL ? revalidate : SCAN_INTERVAL,
        .budget = INDEX_BUDGET,
        .renderer = &atd_renderer_inprocess,
        .report = atd_report_finding,
        .baton = &asked->report,
    };
}

/* NULL where it can't be had: one in memory is made for this request then. */
static atd_index_t *acquire(asked_t *asked)
{
    atd_index_t *index = NULL;

    if (!atd_state_indexes())
        return NULL;
    if (!asked->held)
        apr_pool_create(&asked->held, asked->r->pool);
    return atd_index_acquire(&index, atd_state_indexes(), &asked->mapped->content, asked->held) ? NULL : index;
}

static void abandon(const asked_t *asked, const atd_error_t *error)
{
    ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, asked->r, "mod_atd: an index is given up, and opened anew: %s",
                  atd_error_line(error, asked->r->pool));
    if (asked->held)
        atd_index_abandon(atd_state_indexes(), &asked->mapped->content, asked->held);
}

/* The content's atd_listing_t: what lists are made from as it is now. */
static atd_error_t *digest(void *baton, atd_digest_t *digest, apr_pool_t *scratch)
{
    asked_t *asked = baton;
    atd_index_t *index = acquire(asked);
    atd_index_state_t state = {0};
    atd_error_t *error = index ? atd_index_refresh(&state, index, &asked->policy, scratch) : NULL;

    *digest = state.digest;
    if (error && error->id == ATD_E_INDEX)
        abandon(asked, error);
    else if (!error && index && !state.complete)
        atd_indexer_offer(&asked->mapped->content);
    return error;
}

/* ---- making ---- */

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

/* The site's view of the content is watched, so that all that it reads is noted. */
static void make_once(atd_page_t *page, atd_sources_t *sources, asked_t *asked, apr_pool_t *pool)
{
    atd_site_config_t site_config;
    const atd_site_t *site;
    atd_error_t *error;

    configure(&site_config, asked);
    if (asked->mapped->route.kind != ATD_ROUTE_ASSET)
        site_config.index = acquire(asked);
    site_config.policy = &asked->policy;
    site_config.content.watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    error = open_theme(&site_config.theme, asked, atd_sources_watch(sources, ATD_SOURCES_THEME), pool);
    if (!error)
        error = atd_site_open(&site, &site_config, NULL, pool);
    if (error) {
        make_plain_error(page, &site_config, error, pool);
        return;
    }
    atd_page_make(page, site, &asked->mapped->route, pool);
    if (atd_site_is_building(site))
        atd_indexer_offer(&asked->mapped->content);
}

/* The cache's make(). A damaged index costs a second try. */
static void make_page(atd_page_t *page, atd_sources_t *sources, void *baton, apr_pool_t *pool)
{
    asked_t *asked = baton;

    make_once(page, sources, asked, pool);
    if (page->error && page->error->id == ATD_E_INDEX) {
        abandon(asked, page->error);
        make_once(page, sources, asked, pool);
    }
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

static void produce_cached(atd_page_t *page, atd_outcome_t *outcome, const atd_cache_t *cache,
                           atd_cache_request_t *request, request_rec *r)
{
    asked_t *asked = request->baton;
    const atd_listing_t listing = {digest, asked};
    atd_root_t roots[ATD_SOURCES_ROOTS];

    roots[ATD_SOURCES_CONTENT] = asked->mapped->content;
    roots[ATD_SOURCES_CONTENT].listing = &listing;
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
    asked_t asked = {
        .mapped = mapped, .config = config, .origin = ap_construct_url(r->pool, "", r), .now = r->request_time, .r = r};
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
    set_policy(&asked, r);
    make_key(&request, &asked, r->pool);
    if (cache.segment && request.key_length > 0 && is_cacheable(&mapped->route))
        produce_cached(page, outcome, &cache, &request, r);
    else
        atd_cache_make(page, &request, r->pool);
    atd_report_end(&asked.report);
    if (asked.held)
        apr_pool_destroy(asked.held);
}
