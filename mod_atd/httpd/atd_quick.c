/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_quick.h"

#include "base/atd_buffer.h"
#include "httpd/atd_improver.h"
#include "httpd/atd_produce.h"
#include "httpd/atd_respond.h"
#include "httpd/mod_atd.h"
#include "site/atd_accept.h"

#include <apr_fnmatch.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include <stdatomic.h>
#include <string.h>

APLOG_USE_MODULE(atd);

/* ---- where access depends on who asks ---- */

/* A section with access control in it. */
typedef struct guarded_t {
    const char *section;   /* "<Location", "<Directory" ... as it was written */
    const char *path;      /* NULL: a pattern or a condition, which may be true of anything */
    const char *directive; /* "Require ip 10.0.0.0/8" */
    const char *file;
    int line;
    const server_rec *server;      /* NULL: the main part, which all servers have */
    _Atomic unsigned char is_told; /* in this process */
} guarded_t;

static apr_array_header_t *guarded; /* of guarded_t; made anew with each configuration */

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcasecmp(name, *names) == 0)
            return true;
    }
    return false;
}

/* "all granted" and "all denied" say the same to everybody, and who is denied never gets as far as to be remembered. */
static bool depends_on_client(const ap_directive_t *directive)
{
    static const char *const names[] = {
        "AuthType",      "Allow",       "Deny",         "Order",       "Satisfy",         "SSLRequire",
        "SSLRequireSSL", "<RequireAny", "<RequireNone", "<RequireAll", "SSLVerifyClient", NULL};

    if (strcasecmp(directive->directive, "Require") != 0)
        return is_one_of(directive->directive, names);
    return strcasecmp(directive->args, "all granted") != 0 && strcasecmp(directive->args, "all denied") != 0;
}

/* A section's argument, of which httpd keeps the closing bracket. */
static const char *argument_of(apr_pool_t *pool, const ap_directive_t *section)
{
    const char *at = section->args;
    char *word = ap_getword_conf(pool, &at);
    apr_size_t length = strlen(word);

    if (length > 0 && word[length - 1] == '>')
        word[length - 1] = '\0';
    return word;
}

/* The path of a plain <Location> or <Directory>. */
static const char *plain_path(apr_pool_t *pool, const ap_directive_t *section)
{
    static const char *const plain[] = {"<Location", "<Directory", NULL};
    const char *path = argument_of(pool, section);

    return is_one_of(section->directive, plain) && *path == '/' && !apr_fnmatch_test(path) ? path : NULL;
}

static void add_guarded(apr_pool_t *pool, const ap_directive_t *section, const ap_directive_t *directive,
                        const server_rec *server)
{
    guarded_t *entry = apr_array_push(guarded);

    *entry = (guarded_t){
        .section = section ? section->directive : "",
        .path = section ? plain_path(pool, section) : NULL,
        .directive = apr_pstrcat(pool, directive->directive, " ", directive->args, NULL),
        .file = directive->filename,
        .line = directive->line_num,
        .server = server,
    };
}

static const server_rec *server_of(const ap_directive_t *virtual_host, const server_rec *servers)
{
    for (; servers; servers = servers->next) {
        if (servers->defn_name && strcmp(servers->defn_name, virtual_host->filename) == 0 &&
            (int)servers->defn_line_number == virtual_host->line_num)
            return servers;
    }
    return NULL;
}

static void collect(apr_pool_t *pool, const ap_directive_t *directive, const ap_directive_t *section,
                    const server_rec *server, const server_rec *servers)
{
    for (; directive; directive = directive->next) {
        bool is_host = strcasecmp(directive->directive, "<VirtualHost") == 0;

        if (depends_on_client(directive))
            add_guarded(pool, section, directive, server);
        if (directive->first_child)
            collect(pool, directive->first_child, is_host ? NULL : directive,
                    is_host ? server_of(directive, servers) : server, servers);
    }
}

static bool is_below(const char *path, const char *folder)
{
    apr_size_t length = strlen(folder);

    while (length > 0 && folder[length - 1] == '/')
        length--;
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool covers(const guarded_t *entry, const request_rec *r)
{
    if (entry->server && entry->server != r->server)
        return false;
    if (!entry->path)
        return true;
    return is_below(strcasecmp(entry->section, "<Location") == 0 ? r->uri : r->filename, entry->path);
}

static void tell(guarded_t *entry, request_rec *r)
{
    if (!atomic_exchange(&entry->is_told, 1))
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                      "mod_atd: AtdQuickHandler is not used for %s: '%s' at %s:%d may refuse it to others", r->uri,
                      entry->directive, entry->file, entry->line);
}

/* An .htaccess may say anything at the next request. */
static bool htaccess_may_guard(request_rec *r)
{
    static _Atomic unsigned char is_told;
    const core_dir_config *core = ap_get_core_module_config(r->per_dir_config);
    bool may = (ap_allow_overrides(r) & (OR_AUTHCFG | OR_LIMIT)) || core->override_list;

    if (may && !atomic_exchange(&is_told, 1))
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                      "mod_atd: AtdQuickHandler is not used for %s: AllowOverride lets an .htaccess control access "
                      "there (write AllowOverride FileInfo, or None)",
                      r->uri);
    return may;
}

static bool is_guarded(request_rec *r)
{
    if (r->user || ap_some_authn_required(r) || htaccess_may_guard(r))
        return true;
    for (int i = 0; guarded && i < guarded->nelts; i++) {
        guarded_t *entry = &APR_ARRAY_IDX(guarded, i, guarded_t);

        if (covers(entry, r)) {
            tell(entry, r);
            return true;
        }
    }
    return false;
}

/* ---- configuration ---- */

/* Sections that hold AtdEngine On, for the warning of configtest. */
static bool has_engine(const ap_directive_t *directive)
{
    for (; directive; directive = directive->next) {
        if (strcasecmp(directive->directive, "AtdEngine") == 0 && strcasecmp(directive->args, "on") == 0)
            return true;
    }
    return false;
}

static void warn_of_guards(apr_pool_t *pool, server_rec *s, const ap_directive_t *directive)
{
    for (; directive; directive = directive->next) {
        const char *path = directive->first_child ? plain_path(pool, directive) : NULL;

        if (path && has_engine(directive->first_child)) {
            for (int i = 0; i < guarded->nelts; i++) {
                const guarded_t *entry = &APR_ARRAY_IDX(guarded, i, guarded_t);

                if (strcasecmp(entry->section, directive->directive) == 0 && entry->path && is_below(path, entry->path))
                    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                                 "AtdQuickHandler will not be used for the blog of %s %s>: '%s' at %s:%d controls "
                                 "access to it",
                                 directive->directive, path, entry->directive, entry->file, entry->line);
            }
        }
        warn_of_guards(pool, s, directive->first_child);
    }
}

void atd_quick_check_config(apr_pool_t *pconf, server_rec *s)
{
    bool wanted = false;

    for (const server_rec *server = s; server; server = server->next)
        wanted = wanted || atd_config_server(server)->quick == ATD_FLAG_ON;
    guarded = NULL;
    if (!wanted)
        return;
    guarded = apr_array_make(pconf, 8, sizeof(guarded_t));
    collect(pconf, ap_conftree, NULL, NULL, s);
    warn_of_guards(pconf, s, ap_conftree);
}

/* ---- what is remembered ---- */

/* Of the configuration, what the headers of a page depend on; then the page's key. */
typedef struct memory_t {
    apr_interval_time_t revalidate;
    apr_interval_time_t max_age;
    apr_uint32_t tag_header;
    apr_uint32_t site_length;
} memory_t;

/* The server by its place in the configuration: its address differs from process to process. */
static void make_key(atd_segment_key_t *key, const atd_segment_t *segment, request_rec *r, const char *origin)
{
    const char *text = apr_psprintf(r->pool, "quick %s:%u %s%s", r->server->defn_name ? r->server->defn_name : "",
                                    r->server->defn_line_number, origin, r->unparsed_uri);

    atd_segment_key(key, segment, text, strlen(text), strlen("quick"));
}

static bool is_wanted(const request_rec *r)
{
    return atd_config_server(r->server)->quick == ATD_FLAG_ON && r->method_number == M_GET && !r->main && !r->prev &&
           r->unparsed_uri;
}

void atd_quick_remember(request_rec *r, const atd_cache_t *cache, const atd_cache_request_t *request,
                        const atd_dir_config_t *config)
{
    const memory_t memory = {
        .revalidate = request->revalidate,
        .max_age = config->max_age.time,
        .tag_header = (apr_uint32_t)config->tag_header,
        .site_length = (apr_uint32_t)request->site_length,
    };
    atd_segment_entry_t entry = {.checked = request->now};
    atd_segment_hit_t hit;
    atd_segment_key_t key;
    char *bytes;

    if (!is_wanted(r) || request->revalidate == 0 || config->debug == ATD_FLAG_ON || is_guarded(r))
        return;
    make_key(&key, cache->segment, r, request->origin);
    if (atd_segment_get(&hit, cache->segment, &key, false, r->pool) &&
        request->now - hit.checked < request->revalidate / 2) /* another request has just done it */
        return;
    entry.front_length = sizeof memory + request->key_length;
    entry.front = bytes = apr_palloc(r->pool, entry.front_length);
    memcpy(bytes, &memory, sizeof memory);
    memcpy(bytes + sizeof memory, request->key, request->key_length);
    atd_segment_put(cache->segment, &key, &entry, cache->share);
}

/* ---- serving ---- */

static bool recall(memory_t *memory, atd_cache_request_t *request, const atd_cache_t *cache, request_rec *r)
{
    atd_segment_hit_t hit;
    atd_segment_key_t key;

    make_key(&key, cache->segment, r, request->origin);
    if (!atd_segment_get(&hit, cache->segment, &key, false, r->pool) || hit.front_length < sizeof *memory)
        return false;
    memcpy(memory, hit.front, sizeof *memory);
    request->key = hit.front + sizeof *memory;
    request->key_length = hit.front_length - sizeof *memory;
    request->site_length = memory->site_length;
    request->revalidate = memory->revalidate;
    return request->now >= hit.checked && request->now - hit.checked < memory->revalidate &&
           memory->site_length <= request->key_length;
}

int atd_quick_handle(request_rec *r, int lookup)
{
    const atd_cache_t cache = atd_produce_cache(r);
    atd_cache_request_t request = {.now = r->request_time};
    atd_dir_config_t config = {0};
    atd_page_t page;
    memory_t memory;

    if (lookup || !is_wanted(r) || !cache.segment ||
        atd_accept_prefers_markdown(apr_table_get(r->headers_in, "Accept")))
        return DECLINED;
    request.origin = ap_construct_url(r->pool, "", r);
    request.encoding = atd_encoding_choose(apr_table_get(r->headers_in, "Accept-Encoding"));
    if (!recall(&memory, &request, &cache, r) || !atd_cache_peek(&page, &cache, &request, r->pool) ||
        page.status != HTTP_OK)
        return DECLINED;
    if (ap_discard_request_body(r) != OK)
        return DECLINED;
    atd_improver_offer(&page, &cache, &request);
    config.max_age.time = memory.max_age;
    config.tag_header = (atd_tag_header_t)memory.tag_header;
    ap_run_insert_filter(r);
    return atd_respond_with(&page, ATD_OUTCOME_HIT, &config, r);
}
