/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_site.h"

#include "base/atd_escape.h"
#include "site/atd_permalink.h"

#include <apr_strings.h>

#include <string.h>

/* What is left to do so that lists are up to date. */
struct atd_site_index_t {
    atd_index_t *index; /* NULL: to be opened in memory */
    const atd_index_policy_t *policy;
    bool asked, ready;
    apr_time_t modified;
    apr_pool_t *pool;
};

/* While the index is being built, what was made without it is good for a moment only. */
#define BUILDING_LIFE ((apr_interval_time_t)1000 * 1000)

/* "blog//x" becomes "/blog/x/", percent-encoded. */
static const char *encode_base(const char *base, apr_pool_t *pool)
{
    apr_size_t length = base ? strlen(base) : 0;
    atd_buffer_t *out = atd_buffer_create(pool, length + 2, length * 3 + 2);
    const char *encoded = "/";

    atd_buffer_putc(out, '/');
    for (apr_size_t i = 0; i < length; i++) {
        if (base[i] == '/' && atd_buffer_last(out) != '/')
            atd_buffer_putc(out, '/');
        else if (base[i] != '/')
            strchr("?#%", base[i]) ? atd_escape_component(out, base + i, 1) : atd_escape_url(out, base + i, 1);
    }
    if (atd_buffer_last(out) != '/')
        atd_buffer_putc(out, '/');
    return atd_buffer_take(&encoded, NULL, out, "the URL") ? "/" : encoded;
}

/*
 * A url with a path of its own says where the blog's home is as visitors see it, behind a proxy say; without one it
 * says only scheme and host.
 */
static void set_urls(atd_site_t *site, const char *url, apr_pool_t *pool)
{
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    site->origin = path ? apr_pstrmemdup(pool, url, (apr_size_t)(path - url)) : url;
    site->url = path ? apr_pstrcat(pool, url, "/", NULL) : apr_pstrcat(pool, url, site->path, NULL);
}

atd_error_t *atd_site_open(const atd_site_t **opened, const atd_site_config_t *config, apr_array_header_t *findings,
                           apr_pool_t *pool)
{
    atd_site_t *site = apr_pcalloc(pool, sizeof *site);
    atd_error_t *error = atd_settings_load(&site->settings, &config->content, config->sets, findings, pool);

    if (error)
        return error;
    site->content = config->content;
    site->path = encode_base(config->base, pool);
    set_urls(site, site->settings->url ? site->settings->url : config->origin, pool);
    site->theme = config->theme;
    site->renderer = config->renderer;
    site->drafts = config->drafts;
    site->debug = config->debug;
    site->raw_html = config->raw_html;
    site->now = config->now;
    site->indexed = apr_pcalloc(pool, sizeof *site->indexed);
    site->indexed->index = config->index;
    site->indexed->policy = config->policy;
    site->indexed->pool = pool;
    *opened = site;
    return NULL;
}

/* ---- the index ---- */

static void tell(const atd_watch_t *watch, const atd_index_state_t *state, apr_time_t next, apr_time_t now)
{
    if (!watch)
        return;
    if (state->complete) {
        watch->list_begin(watch->baton, &state->digest);
        watch->list_end(watch->baton);
    } else {
        watch->boundary(watch->baton, now + BUILDING_LIFE);
    }
    watch->boundary(watch->baton, next);
}

static atd_error_t *refresh(const atd_site_t *site, apr_pool_t *pool)
{
    const atd_index_policy_t otherwise = {.renderer = site->renderer};
    atd_site_index_t *indexed = site->indexed;
    const atd_index_policy_t *policy = indexed->policy ? indexed->policy : &otherwise;
    apr_time_t last = 0, next = 0;
    atd_index_state_t state;
    apr_pool_t *scratch;
    atd_error_t *error = NULL;

    if (!indexed->index)
        error = atd_index_open(&indexed->index, &site->content, NULL, indexed->pool);
    if (error)
        return error;
    apr_pool_create(&scratch, pool);
    error = atd_index_refresh(&state, indexed->index, policy, scratch);
    if (!error)
        error = atd_index_changes(&last, &next, indexed->index, site->now);
    if (error)
        return error;
    apr_pool_destroy(scratch);
    indexed->ready = state.complete;
    indexed->modified = last > state.modified ? last : state.modified;
    tell(site->content.watch, &state, next, site->now);
    return NULL;
}

atd_error_t *atd_site_index(atd_index_t **index, const atd_site_t *site, apr_pool_t *pool)
{
    atd_site_index_t *indexed = site->indexed;
    atd_error_t *error = indexed->asked ? NULL : refresh(site, pool);

    indexed->asked = !error;
    *index = !error && indexed->ready ? indexed->index : NULL;
    return error;
}

bool atd_site_is_building(const atd_site_t *site)
{
    return site->indexed && site->indexed->asked && !site->indexed->ready;
}

apr_time_t atd_site_modified(const atd_site_t *site)
{
    return site->indexed->modified;
}

atd_index_viewer_t atd_site_viewer(const atd_site_t *site)
{
    return (atd_index_viewer_t){.now = site->now, .drafts = site->drafts};
}

static const char *encode(const char *name, apr_pool_t *pool)
{
    apr_size_t length = strlen(name);
    atd_buffer_t *out = atd_buffer_create(pool, length, length * 3 + 1);
    const char *encoded;

    for (apr_size_t i = 0; i < length; i++)
        name[i] == '/' ? atd_buffer_putc(out, '/') : atd_escape_component(out, name + i, 1);
    return atd_buffer_take(&encoded, NULL, out, "the URL") ? "" : encoded;
}

const char *atd_site_path(const atd_site_t *site, const char *name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, site->path, encode(name, pool), NULL);
}

const char *atd_site_url(const atd_site_t *site, const char *name, apr_pool_t *pool)
{
    return apr_pstrcat(pool, site->url, encode(name, pool), NULL);
}

const char *atd_site_post_path(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    return atd_site_path(site, atd_permalink_path(site->settings->permalink, post, pool), pool);
}

const char *atd_site_post_url(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    return atd_site_url(site, atd_permalink_path(site->settings->permalink, post, pool), pool);
}

const char *atd_site_absolute(const atd_site_t *site, const char *reference, apr_pool_t *pool)
{
    if (reference[0] == '/' && reference[1] == '/')
        return apr_pstrcat(pool, "https:", reference, NULL);
    if (atd_url_is_absolute(reference))
        return reference;
    return apr_pstrcat(pool, *reference == '/' ? site->origin : site->url, reference, NULL);
}
