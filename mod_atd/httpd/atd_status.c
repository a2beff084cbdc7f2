/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_status.h"

#include "base/atd_escape.h"
#include "httpd/atd_shm.h"
#include "httpd/atd_state.h"
#include "httpd/mod_atd.h"
#include "site/atd_purge.h"
#include "site/atd_status_page.h"

#include <apr_cstr.h>
#include <apr_general.h>
#include <apr_optional_hooks.h>
#include <apr_siphash.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_status.h>

#include <string.h>

APLOG_USE_MODULE(atd);

#define HANDLER "atd-status"
#define RETAINED "mod_atd-status"
#define FORM_TYPE "application/x-www-form-urlencoded"
#define MOST_BODY 8192
#define MOST_FIELDS 16

/* Key of the tokens; kept over restarts, so that a page that was loaded before one works after it. */
static const unsigned char *secret;

/* What is said to whoever sent a form. */
typedef struct answer_t {
    int status;
    const char *refusal; /* NULL: it was done */
    apr_size_t purged;
} answer_t;

/* ---- tokens ---- */

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    unsigned char *retained = ap_retained_data_get(RETAINED);

    (void)pconf;
    (void)plog;
    (void)ptemp;
    if (!retained) {
        retained = ap_retained_data_create(RETAINED, APR_SIPHASH_KSIZE);
        if (apr_generate_random_bytes(retained, APR_SIPHASH_KSIZE) != APR_SUCCESS) {
            ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, "mod_atd: no random bytes are to be had");
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    secret = retained;
    return OK;
}

static const char *make_token(apr_int64_t hour, const request_rec *r)
{
    const char *text = apr_psprintf(r->pool, "%" APR_INT64_T_FMT " %s", hour, r->user ? r->user : "");

    return apr_psprintf(r->pool, "%016" APR_UINT64_T_HEX_FMT, apr_siphash24(text, strlen(text), secret));
}

static apr_int64_t hour_of(const request_rec *r)
{
    return apr_time_sec(r->request_time) / 3600;
}

/* Takes the same time wherever they differ. */
static bool is_same(const char *a, const char *b)
{
    apr_size_t length = strlen(a);
    unsigned char difference = 0;

    if (strlen(b) != length)
        return false;
    for (apr_size_t i = 0; i < length; i++)
        difference = (unsigned char)(difference | (a[i] ^ b[i]));
    return difference == 0;
}

static bool is_good_token(const char *token, const request_rec *r)
{
    return token && (is_same(token, make_token(hour_of(r), r)) || is_same(token, make_token(hour_of(r) - 1, r)));
}

/* ---- what a request is ---- */

/* "?json", or "?json=" as clients write it that know only names with values, Prometheus for one. */
static bool is_query(const request_rec *r, const char *query)
{
    apr_size_t length = strlen(query);

    return r->args && strncmp(r->args, query, length) == 0 && (!r->args[length] || strcmp(r->args + length, "=") == 0);
}

static bool is_script(const request_rec *r)
{
    const char *value = apr_table_get(r->headers_in, "X-Atd-Purge");

    return value && strcmp(value, "1") == 0;
}

/* By what the browser says of the page that sent it. A proxy may have another scheme than we have. */
static bool is_foreign(const request_rec *r)
{
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *origin = apr_table_get(r->headers_in, "Origin");
    const char *host = apr_table_get(r->headers_in, "Host");
    const char *authority = origin ? strstr(origin, "://") : NULL;

    if (site && strcmp(site, "same-origin") != 0)
        return true;
    return origin && (!authority || !host || apr_cstr_casecmp(authority + 3, host) != 0);
}

static bool is_form(const request_rec *r)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    apr_size_t length = sizeof FORM_TYPE - 1;

    return type && apr_cstr_casecmpn(type, FORM_TYPE, length) == 0 && strchr("; ", type[length]);
}

/* ---- sending ---- */

static int send_text(const char *type, const char *text, int status, request_rec *r)
{
    apr_table_t *headers = r->headers_out;
    apr_size_t length = strlen(text);

    r->status = status;
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)length);
    apr_table_setn(headers, "Cache-Control", "no-store");
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    apr_table_setn(headers, "X-Robots-Tag", "noindex");
    apr_table_setn(headers, "Referrer-Policy", "same-origin");
    apr_table_setn(headers, "Content-Security-Policy",
                   "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; "
                   "base-uri 'none'");
    return ap_rwrite(text, (int)length, r) < 0 && !r->connection->aborted ? AP_FILTER_ERROR : OK;
}

static int fail(const atd_error_t *error, request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "mod_atd: %s", atd_error_line(error, r->pool));
    return HTTP_INTERNAL_SERVER_ERROR;
}

static void read_status(atd_status_t *status, request_rec *r)
{
    apr_array_header_t *indexes;

    atd_status_read(status, atd_shm_segment(), r->request_time, r->pool);
    atd_index_survey(&indexes, atd_state_folder(), r->pool);
    status->indexes = indexes;
}

static int send_page(const atd_status_notice_t *notice, int code, request_rec *r)
{
    atd_status_t status;
    const char *text;
    const atd_error_t *error;

    read_status(&status, r);
    error = atd_status_html(&text, &status, notice, ap_get_server_name_for_url(r), make_token(hour_of(r), r), r->pool);
    return error ? fail(error, r) : send_text("text/html; charset=utf-8", text, code, r);
}

static int show(request_rec *r)
{
    const atd_status_notice_t nothing = {NULL, false};
    const bool metrics = is_query(r, "prometheus");
    atd_status_t status;
    const char *text;
    const atd_error_t *error;

    if (!metrics && !is_query(r, "json"))
        return send_page(&nothing, HTTP_OK, r);
    read_status(&status, r);
    error = metrics ? atd_status_metrics(&text, &status, r->pool) : atd_status_json(&text, &status, r->pool);
    if (error)
        return fail(error, r);
    return send_text(metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "application/json", text,
                     HTTP_OK, r);
}

/* ---- purging ---- */

/* A value as text. @return NULL where it has a NUL in it or can't be read */
static const char *text_of(const ap_form_pair_t *pair, apr_pool_t *pool)
{
    apr_size_t length;
    char *bytes, *text;

    if (apr_brigade_pflatten(pair->value, &bytes, &length, pool) != APR_SUCCESS)
        return NULL;
    text = apr_pstrmemdup(pool, bytes, length);
    return strlen(text) == length ? text : NULL;
}

static const char *take_fields(atd_purge_t *purge, const apr_array_header_t *pairs, apr_pool_t *pool)
{
    const char *fault = NULL;

    for (int i = 0; !fault && i < pairs->nelts; i++) {
        const ap_form_pair_t *pair = &APR_ARRAY_IDX(pairs, i, ap_form_pair_t);
        const char *value = text_of(pair, pool);

        fault = value ? atd_purge_set(purge, pair->name, value, pool) : "a field is no text";
    }
    if (!fault && !atd_purge_is_set(purge))
        fault = "say what to remove: site, url, slug or tag; or all=1";
    return fault;
}

/* @return OK, with the answer's status and refusal where the form won't do; or an error of the connection */
static int read_form(atd_purge_t *purge, answer_t *answer, request_rec *r)
{
    apr_array_header_t *pairs = NULL;
    int status;

    if (!is_form(r)) {
        *answer = (answer_t){HTTP_UNSUPPORTED_MEDIA_TYPE, "send a form as " FORM_TYPE, 0};
        return OK;
    }
    status = ap_parse_form_data(r, NULL, &pairs, MOST_FIELDS, MOST_BODY);
    if (status == HTTP_REQUEST_ENTITY_TOO_LARGE) {
        *answer = (answer_t){status, "a form may have 16 fields and 8 KiB", 0};
        return OK;
    }
    if (status != OK)
        return status;
    answer->refusal = take_fields(purge, pairs, r->pool);
    answer->status = answer->refusal ? HTTP_BAD_REQUEST : HTTP_OK;
    return OK;
}

static void run(answer_t *answer, const atd_purge_t *purge, request_rec *r)
{
    const atd_segment_t *segment = atd_shm_segment();

    if (!is_script(r) && !is_good_token(purge->token, r)) {
        *answer = (answer_t){HTTP_FORBIDDEN, "this form is too old or not ours: send it again from here", 0};
        return;
    }
    answer->purged = segment ? atd_purge_run(purge, segment, r->pool) : 0;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "mod_atd: %" APR_SIZE_T_FMT " cache entries purged by %s",
                  answer->purged, r->user ? r->user : "an unnamed user");
}

static const char *answer_json(const answer_t *answer, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 256, 64 * 1024);
    const char *text;

    if (!answer->refusal)
        return apr_psprintf(pool, "{\"purged\":%" APR_SIZE_T_FMT "}\n", answer->purged);
    atd_buffer_puts(out, "{\"error\":");
    atd_escape_json(out, answer->refusal, strlen(answer->refusal));
    atd_buffer_puts(out, "}\n");
    return atd_buffer_take(&text, NULL, out, "the answer") ? "{}\n" : text;
}

static int send_answer(const answer_t *answer, request_rec *r)
{
    atd_status_notice_t notice = {.refused = answer->refusal != NULL};

    if (is_script(r) || is_query(r, "json"))
        return send_text("application/json", answer_json(answer, r->pool), answer->status, r);
    if (notice.refused)
        notice.text = apr_pstrcat(r->pool, "Nothing was removed: ", answer->refusal, ".", NULL);
    else if (answer->purged == 0)
        notice.text = "Nothing in the cache matched.";
    else
        notice.text = apr_psprintf(r->pool, "%" APR_SIZE_T_FMT " %s removed from the cache.", answer->purged,
                                   answer->purged == 1 ? "entry was" : "entries were");
    return send_page(&notice, answer->status, r);
}

static int purge(request_rec *r)
{
    answer_t answer = {HTTP_OK, NULL, 0};
    atd_purge_t what = {0};
    int status = OK;

    if (is_foreign(r))
        answer = (answer_t){HTTP_FORBIDDEN, "the request comes from another site's page", 0};
    else
        status = read_form(&what, &answer, r);
    if (status != OK)
        return status;
    if (!answer.refusal)
        run(&answer, &what, r);
    return send_answer(&answer, r);
}

/* ---- hooks ---- */

static int handle(request_rec *r)
{
    int status;

    if (!r->handler || strcmp(r->handler, HANDLER) != 0)
        return DECLINED;
    if (r->method_number == M_POST)
        return purge(r);
    if (r->method_number != M_GET) {
        ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, M_POST, -1);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    status = ap_discard_request_body(r);
    return status == OK ? show(r) : status;
}

static int add_section(request_rec *r, int flags)
{
    atd_status_t status;
    const char *text;
    const atd_error_t *error;

    atd_status_read(&status, atd_shm_segment(), r->request_time, r->pool);
    if (flags & AP_STATUS_SHORT) {
        ap_rputs(atd_status_section_text(&status, r->pool), r);
        return OK;
    }
    error = atd_status_section_html(&text, &status, r->pool);
    if (error)
        fail(error, r);
    else
        ap_rputs(text, r);
    return OK;
}

void atd_status_register(void)
{
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(handle, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, add_section, NULL, NULL, APR_HOOK_MIDDLE);
}
