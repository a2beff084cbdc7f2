/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_report.h"

#include "httpd/mod_atd.h"

#include <apr_strings.h>
#include <http_log.h>

APLOG_USE_MODULE(atd);

#define MOST_LINES 20

const char *atd_report_blog(const atd_root_t *content, apr_pool_t *pool)
{
    return content->below ? apr_pstrcat(pool, content->path, "/", content->below, NULL) : content->path;
}

static void write_line(const atd_report_t *report, int level, const char *text)
{
    if (report->r)
        ap_log_rerror(APLOG_MARK, level, 0, report->r, "%s (blog in %s)", text, report->blog);
    else
        ap_log_error(APLOG_MARK, level, 0, report->s, "%s (blog in %s)", text, report->blog);
}

void atd_report_finding(void *baton, const atd_error_t *finding)
{
    atd_report_t *report = baton;
    bool is_minor = finding->id == ATD_E_DUPLICATE || atd_error_is_warning(finding);

    if (report->lines >= MOST_LINES) {
        report->more++;
        return;
    }
    report->lines++;
    write_line(report, is_minor ? APLOG_WARNING : APLOG_ERR, atd_error_line(finding, report->pool));
}

void atd_report_end(atd_report_t *report)
{
    if (report->more > 0)
        write_line(
            report, APLOG_WARNING,
            apr_psprintf(report->pool, "mod_atd: ... and %u more; atd check %s lists all", report->more, report->blog));
    report->lines = report->more = 0;
}
