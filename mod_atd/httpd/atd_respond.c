/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_respond.h"

#include "httpd/atd_map.h"
#include "httpd/atd_produce.h"
#include "httpd/atd_report.h"
#include "httpd/mod_atd.h"
#include "site/atd_accept.h"

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
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "%s (blog in %s)", atd_error_line(error, r->pool),
                  atd_report_blog(content, r->pool));
}

static apr_interval_time_t max_age_of(const atd_page_t *page, const atd_dir_config_t *config, apr_time_t now)
{
    apr_interval_time_t age = config->max_age.time;

    return page->ends && page->ends - now < age ? page->ends - now : age;
}

/* A page that must change at a set time is not to be kept any longer. */
static const char *cache_control(const atd_page_t *page, const atd_dir_config_t *config, request_rec *r)
{
    apr_interval_time_t age = max_age_of(page, config, r->request_time);

    if (page->immutable)
        return IMMUTABLE;
    if (page->personal)
        return "private, no-store";
    if (page->status >= 400 || apr_time_sec(age) <= 0)
        return "no-cache";
    return apr_psprintf(r->pool, "max-age=%" APR_TIME_T_FMT, apr_time_sec(age));
}

static const char *with_query(const atd_page_t *page, request_rec *r)
{
    if (!page->keeps_query || !r->args)
        return page->location;
    return apr_pstrcat(r->pool, page->location, "?", r->args, NULL);
}

static const char *tags_with_commas(const char *tags, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, tags);

    for (char *at = copy; *at; at++)
        *at = (char)(*at == ' ' ? ',' : *at);
    return copy;
}

static void set_tags(const atd_page_t *page, const atd_dir_config_t *config, request_rec *r)
{
    if (!page->tags || page->personal)
        return;
    if (config->tag_header == ATD_TAG_HEADER_SURROGATE_KEY)
        apr_table_setn(r->headers_out, "Surrogate-Key", page->tags);
    else if (config->tag_header == ATD_TAG_HEADER_CACHE_TAG)
        apr_table_setn(r->headers_out, "Cache-Tag", tags_with_commas(page->tags, r->pool));
}

/* Whatever is compressed for some clients varies, for those that take it as it is, too. */
static void set_encoding(const atd_page_t *page, request_rec *r)
{
    if (page->encoding != ATD_IDENTITY)
        apr_table_setn(r->headers_out, "Content-Encoding", atd_encoding_name(page->encoding));
    if (page->etag && atd_encoding_helps(page->type))
        apr_table_mergen(r->headers_out, "Vary", "Accept-Encoding");
}

static bool has_validators(const atd_page_t *page)
{
    return page->status == HTTP_OK && page->etag && !page->personal;
}

static void set_validators(const atd_page_t *page, request_rec *r)
{
    if (!has_validators(page))
        return;
    apr_table_setn(r->headers_out, "ETag", page->etag);
    if (page->modified > 0) {
        r->mtime = page->modified;
        ap_set_last_modified(r);
    }
}

static void set_headers(const atd_page_t *page, const atd_dir_config_t *config, request_rec *r)
{
    apr_table_t *headers = r->headers_out;

    if (page->status != HTTP_OK) /* a page that ErrorDocument names keeps the error's status */
        r->status = page->status;
    ap_set_content_type(r, page->type);
    ap_set_content_length(r, (apr_off_t)page->length);
    apr_table_setn(headers, "Cache-Control", cache_control(page, config, r));
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    if (!page->indexable && page->status < 300)
        apr_table_setn(headers, "X-Robots-Tag", "noindex");
    if (page->location)
        apr_table_setn(headers, "Location", with_query(page, r));
    if (page->retry_after)
        apr_table_setn(headers, "Retry-After", apr_itoa(r->pool, (int)page->retry_after));
    if (page->preload)
        apr_table_addn(headers, "Link", apr_pstrcat(r->pool, "<", page->preload, ">; rel=preload; as=style", NULL));
    if (page->links)
        apr_table_addn(headers, "Link", page->links);
    set_encoding(page, r);
    set_validators(page, r);
    set_tags(page, config, r);
}

/* mod_deflate and mod_brotli, where they compressed this page, put these behind its tag. */
static void strip_suffixes(request_rec *r, const char *field)
{
    static const char *const suffixes[] = {"-gzip\"", "-br\""};
    const char *value = apr_table_get(r->headers_in, field);
    char *copy, *at;

    if (!value || !strchr(value, '-'))
        return;
    copy = apr_pstrdup(r->pool, value);
    for (int i = 0; i < 2; i++) {
        while ((at = strstr(copy, suffixes[i])) != NULL)
            memmove(at, at + strlen(suffixes[i]) - 1, strlen(at + strlen(suffixes[i]) - 1) + 1);
    }
    apr_table_setn(r->headers_in, field, copy);
}

/* Where there are tags, dates don't count (RFC 9110, sections 13.1.3 and 13.1.4); httpd would ask for both. */
static void prefer_tags(request_rec *r, const char *tags, const char *date)
{
    strip_suffixes(r, tags);
    if (apr_table_get(r->headers_in, tags))
        apr_table_unset(r->headers_in, date);
}

/* @return OK, 304 or 412 (RFC 9110, section 13) */
static int check_conditions(const atd_page_t *page, request_rec *r)
{
    int status;

    if (!has_validators(page) || r->status != HTTP_OK)
        return OK;
    prefer_tags(r, "If-None-Match", "If-Modified-Since");
    prefer_tags(r, "If-Match", "If-Unmodified-Since");
    status = ap_meets_conditions(r);
    if (status == HTTP_NOT_MODIFIED) { /* there is no content that it could be of, and who asks knows the rest */
        apr_table_unset(r->headers_out, "Content-Encoding");
        apr_table_unset(r->headers_out, "Link");
    }
    return status;
}

static void set_timing(atd_outcome_t outcome, const atd_dir_config_t *config, request_rec *r)
{
    apr_interval_time_t spent = apr_time_now() - r->request_time;

    if (config->debug == ATD_FLAG_ON)
        apr_table_setn(r->headers_out, "Server-Timing",
                       apr_psprintf(r->pool, "atd;desc=\"%s\";dur=%d.%03d", atd_outcome_name(outcome),
                                    (int)(spent / 1000), (int)(spent % 1000)));
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

int atd_respond_with(const atd_page_t *page, atd_outcome_t outcome, const atd_dir_config_t *config, request_rec *r)
{
    int status;

    set_headers(page, config, r);
    set_timing(outcome, config, r);
    status = check_conditions(page, r);
    return status == OK ? send_page(page, r) : status;
}

/*
 * Who wants Markdown is sent to its own address: another body under this one would be mixed up by caches that take no notice of
 * Vary. What httpd answers an error with is no page of its own.
 */
static const char *markdown_instead(const atd_page_t *page, request_rec *r)
{
    if (page->status != HTTP_OK || r->status != HTTP_OK || r->main ||
        !atd_accept_prefers_markdown(apr_table_get(r->headers_in, "Accept")))
        return NULL;
    return atd_page_alternate(page, "text/markdown", r->pool);
}

static int redirect_to_markdown(const char *url, atd_outcome_t outcome, const atd_dir_config_t *config, request_rec *r)
{
    const atd_page_t page = {
        .status = HTTP_SEE_OTHER, .type = "text/plain; charset=utf-8", .body = "", .location = url};

    set_headers(&page, config, r);
    set_timing(outcome, config, r);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_mergen(r->headers_out, "Vary", "Accept");
    return send_page(&page, r);
}

/* GET and HEAD, and the body that one may have sent with them. @return OK, or a status to answer with */
static int check_request(request_rec *r)
{
    if (r->method_number == M_GET)
        return ap_discard_request_body(r);
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, -1);
    return HTTP_METHOD_NOT_ALLOWED;
}

int atd_respond(request_rec *r)
{
    const atd_request_t *mapped = ap_get_module_config(r->request_config, &atd_module);
    const atd_dir_config_t *config = ap_get_module_config(r->per_dir_config, &atd_module);
    atd_outcome_t outcome;
    const char *markdown;
    atd_page_t page = {0};
    int status;

    if (!mapped || !r->handler || strcmp(r->handler, ATD_HANDLER) != 0)
        return DECLINED;
    status = check_request(r);
    if (status != OK)
        return status;
    if (mapped->needs_slash)
        return redirect_to_base(mapped, r);
    atd_produce(&page, &outcome, mapped, config, r);
    if (page.error)
        log_error(page.error, &mapped->content, r);
    markdown = markdown_instead(&page, r);
    return markdown ? redirect_to_markdown(markdown, outcome, config, r) : atd_respond_with(&page, outcome, config, r);
}
