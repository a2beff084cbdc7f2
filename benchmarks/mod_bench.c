/* SPDX-License-Identifier: Apache-2.0 */
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>

#include <apr_strings.h>
#include <string.h>

/*
 * The limit: a handler that does nothing but send bytes out of memory, with the headers that a page of mod_atd has. It is
 * built for script/bench alone.
 *
 *     SetHandler bench        after URL mapping and access control, as any handler
 *     BenchQuick /path        before them, for this path of the server
 *     BenchBody FILE          what is sent
 *     BenchHeader NAME VALUE  one of the headers sent with it
 *     BenchTag ETAG           makes it answer conditional requests
 */
typedef struct bench_t {
    const char *body;
    apr_size_t length;
    const char *quick;
    apr_table_t *headers;
    const char *tag;
} bench_t;

module AP_MODULE_DECLARE_DATA bench_module;

static void *create(apr_pool_t *pool, server_rec *s)
{
    bench_t *bench = apr_pcalloc(pool, sizeof *bench);

    (void)s;
    bench->headers = apr_table_make(pool, 8);
    return bench;
}

static bench_t *bench_of(server_rec *s)
{
    return ap_get_module_config(s->module_config, &bench_module);
}

static const char *set_body(cmd_parms *cmd, void *record, const char *path)
{
    bench_t *bench = bench_of(cmd->server);
    apr_file_t *file;
    apr_finfo_t info;
    char *bytes;

    (void)record;
    if (apr_file_open(&file, path, APR_FOPEN_READ, 0, cmd->pool) || apr_file_info_get(&info, APR_FINFO_SIZE, file))
        return "BenchBody: can't open it";
    bytes = apr_palloc(cmd->pool, (apr_size_t)info.size);
    if (apr_file_read_full(file, bytes, (apr_size_t)info.size, &bench->length))
        return "BenchBody: can't read it";
    bench->body = bytes;
    return NULL;
}

static const char *set_header(cmd_parms *cmd, void *record, const char *name, const char *value)
{
    (void)record;
    apr_table_setn(bench_of(cmd->server)->headers, name, value);
    return NULL;
}

static const char *set_quick(cmd_parms *cmd, void *record, const char *path)
{
    (void)record;
    bench_of(cmd->server)->quick = path;
    return NULL;
}

static const char *set_tag(cmd_parms *cmd, void *record, const char *tag)
{
    (void)record;
    bench_of(cmd->server)->tag = apr_pstrcat(cmd->pool, "\"", tag, "\"", NULL);
    return NULL;
}

static int send_body(request_rec *r)
{
    const bench_t *bench = bench_of(r->server);
    apr_bucket_alloc_t *allocator = r->connection->bucket_alloc;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, allocator);
    int status;

    ap_set_content_type(r, "text/html; charset=utf-8");
    ap_set_content_length(r, (apr_off_t)bench->length);
    r->headers_out = apr_table_overlay(r->pool, r->headers_out, bench->headers);
    if (bench->tag) {
        apr_table_setn(r->headers_out, "ETag", bench->tag);
        if ((status = ap_meets_conditions(r)) != OK)
            return status;
    }
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_immortal_create(bench->body, bench->length, allocator));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(allocator));
    return ap_pass_brigade(r->output_filters, brigade) == APR_SUCCESS ? OK : AP_FILTER_ERROR;
}

static int handle(request_rec *r)
{
    return r->handler && strcmp(r->handler, "bench") == 0 ? send_body(r) : DECLINED;
}

static int handle_quick(request_rec *r, int lookup)
{
    const bench_t *bench = bench_of(r->server);

    return !lookup && bench->quick && strcmp(r->uri, bench->quick) == 0 ? send_body(r) : DECLINED;
}

static const command_rec commands[] = {
    AP_INIT_TAKE1("BenchBody", set_body, NULL, RSRC_CONF, "file"),
    AP_INIT_TAKE2("BenchHeader", set_header, NULL, RSRC_CONF, "name and value"),
    AP_INIT_TAKE1("BenchQuick", set_quick, NULL, RSRC_CONF, "path"),
    AP_INIT_TAKE1("BenchTag", set_tag, NULL, RSRC_CONF, "entity tag without quotes"),
    {.name = NULL},
};

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_quick_handler(handle_quick, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(bench) = {
    STANDARD20_MODULE_STUFF,
    .create_server_config = create,
    .cmds = commands,
    .register_hooks = register_hooks,
};
