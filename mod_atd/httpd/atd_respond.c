/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_respond.h"

#include "httpd/atd_map.h"
#include "httpd/mod_atd.h"
#include "site/atd_page.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>

#include <string.h>

APLOG_USE_MODULE(atd);

/* A year, the longest that RFC 9111 gives a meaning to in practice. */
#define IMMUTABLE "public, max-age=31536000, immutable"

static void log_error(const atd_error_t *error, const atd_root_t *content, request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "%s (blog in %s%s%s)", atd_error_line(error, r->pool), content->path,
                  content->below ? "/" : "", content->below ? content->below : "");
}

static atd_error_t *open_theme(const atd_theme_t **theme, const atd_dir_config_t *config, atd_links_t links,
                               apr_pool_t *pool)
{
    const atd_root_t root = {.path = config->theme.folder.path, .below = config->theme.folder.below, .links = links};

    return atd_theme_cache_get(theme, atd_themes, root.path ? &root : NULL, pool);
}

static void configure(atd_site_config_t *site, const atd_request_t *mapped, const atd_dir_config_t *config,
                      request_rec *r)
{
    memset(site, 0, sizeof *site);
    site->content = mapped->content;
    site->base = mapped->base;
    site->origin = ap_construct_url(r->pool, "", r);
    site->sets = config->sets;
    site->renderer = &atd_renderer_inprocess;
    site->drafts = config->drafts == ATD_FLAG_ON;
    site->debug = config->debug == ATD_FLAG_ON;
    site->raw_html = config->raw_html == ATD_FLAG_ON;
    site->now = r->request_time;
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

static void make_page(atd_page_t *page, const atd_request_t *mapped, const atd_dir_config_t *config, request_rec *r)
{
    atd_site_config_t site_config;
    const atd_site_t *site;
    atd_error_t *error;

    configure(&site_config, mapped, config, r);
    error = open_theme(&site_config.theme, config, mapped->content.links, r->pool);
    if (!error)
        error = atd_site_open(&site, &site_config, NULL, r->pool);
    if (error)
        make_plain_error(page, &site_config, error, r->pool);
    else
        atd_page_make(page, site, &mapped->route, r->pool);
}

static const char *cache_control(const atd_page_t *page, const atd_dir_config_t *config, apr_pool_t *pool)
{
    if (page->immutable)
        return IMMUTABLE;
    if (page->personal)
        return "private, no-store";
    if (page->status >= 400 || config->max_age.time == 0)
        return "no-cache";
    return apr_psprintf(pool, "max-age=%" APR_TIME_T_FMT, apr_time_sec(config->max_age.time));
}

/* Another way to write the same address keeps its query; where an author redirects to is a new address. */
static const char *with_query(const char *location, const atd_route_t *route, request_rec *r)
{
    if (route->kind != ATD_ROUTE_MOVED || !r->args)
        return location;
    return apr_pstrcat(r->pool, location, "?", r->args, NULL);
}

static void set_headers(const atd_page_t *page, const atd_route_t *route, const atd_dir_config_t *config,
                        request_rec *r)
{
    apr_table_t *headers = r->headers_out;

    if (page->status != HTTP_OK) /* a page that ErrorDocument names keeps the error's status */
        r->status = page->status;
    ap_set_content_type(r, page->type);
    ap_set_content_length(r, (apr_off_t)page->length);
    apr_table_setn(headers, "Cache-Control", cache_control(page, config, r->pool));
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    if (!page->indexable && page->status < 300)
        apr_table_setn(headers, "X-Robots-Tag", "noindex");
    if (page->location)
        apr_table_setn(headers, "Location", with_query(page->location, route, r));
}

static int send_page(const atd_page_t *page, request_rec *r)
{
    apr_bucket_alloc_t *allocator = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, allocator);

    if (page->length > 0)
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pool_create(page->body, page->length, r->pool, allocator));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(allocator));
    return ap_pass_brigade(r->output_filters, brigade) == APR_SUCCESS || r->connection->aborted ? OK : AP_FILTER_ERROR;
}

/* "/blog" asks for "/blog/", with the query it has. */
static int redirect_to_base(const atd_request_t *mapped, request_rec *r)
{
    const char *path = ap_escape_uri(r->pool, mapped->base);

    if (r->args)
        path = apr_pstrcat(r->pool, path, "?", r->args, NULL);
    apr_table_setn(r->headers_out, "Location", ap_construct_url(r->pool, path, r));
    return HTTP_MOVED_PERMANENTLY;
}

int atd_respond(request_rec *r)
{
    const atd_request_t *mapped = ap_get_module_config(r->request_config, &atd_module);
    const atd_dir_config_t *config = ap_get_module_config(r->per_dir_config, &atd_module);
    atd_page_t page = {0};
    int status;

    if (!mapped || !r->handler || strcmp(r->handler, ATD_HANDLER) != 0)
        return DECLINED;
    if (r->method_number != M_GET) {
        ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, -1);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    status = ap_discard_request_body(r);
    if (status != OK)
        return status;
    if (mapped->needs_slash)
        return redirect_to_base(mapped, r);
    make_page(&page, mapped, config, r);
    if (page.error)
        log_error(page.error, &mapped->content, r);
    set_headers(&page, &mapped->route, config, r);
    return send_page(&page, r);
}
