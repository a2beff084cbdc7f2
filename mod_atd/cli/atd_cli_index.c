/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/atd_cli.h"

#include "site/atd_index_pool.h"
#include "site/atd_lint.h"

#include <apr_file_info.h>
#include <apr_strings.h>

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PROGRESS ((apr_interval_time_t)1000 * 1000)

/* What happened while the index was brought up to date. */
typedef struct run_t {
    bool verbose, found;
    apr_int64_t read;
    apr_time_t told;
    apr_pool_t *pool;
} run_t;

static void report(void *baton, const atd_error_t *finding)
{
    run_t *run = baton;

    fprintf(stderr, "%s: %s\n", atd_lint_severity_name(finding), atd_error_line(finding, run->pool));
    run->found = run->found || atd_lint_severity(finding) > ATD_SEVERITY_NOTE;
}

static bool go_on(void *baton, apr_int64_t done, apr_int64_t all)
{
    run_t *run = baton;
    apr_time_t now = apr_time_now();

    run->read++;
    if (run->verbose && now - run->told >= PROGRESS) {
        fprintf(stderr, "atd: %" APR_INT64_T_FMT " of %" APR_INT64_T_FMT " files\n", done, all);
        run->told = now;
    }
    return true;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / APR_USEC_PER_SEC;
}

static apr_off_t size_of(const char *file)
{
    struct stat info;

    return file && stat(file, &info) == 0 ? (apr_off_t)info.st_size : 0;
}

static const char *absolute(const char *path, apr_pool_t *pool)
{
    char *merged;

    return apr_filepath_merge(&merged, NULL, path, 0, pool) == APR_SUCCESS ? merged : path;
}

static atd_error_t *refresh(atd_index_state_t *state, run_t *run, const atd_root_t *content, const char *file,
                            apr_pool_t *pool)
{
    const atd_index_policy_t policy = {
        .renderer = &atd_renderer_inprocess, .report = report, .go_on = go_on, .baton = run};
    atd_index_t *index;
    atd_error_t *error = atd_index_open(&index, content, file, pool);

    if (error)
        return error;
    error = atd_index_refresh(state, index, &policy, pool);
    atd_index_close(index); /* writes the log back, so that the file's size tells all */
    return error;
}

int atd_cli_index(const atd_options_t *options, apr_pool_t *pool)
{
    const atd_root_t content = {.path = absolute(options->operand, pool), .links = ATD_LINKS_FOLLOW};
    const char *file = options->state ? atd_index_file(absolute(options->state, pool), &content, pool) : NULL;
    run_t run = {.verbose = options->verbose, .told = apr_time_now(), .pool = pool};
    apr_time_t began = apr_time_now();
    atd_index_state_t state = {0};
    atd_error_t *error = refresh(&state, &run, &content, file, pool);

    if (error) {
        atd_cli_report(error, pool);
        return ATD_EXIT_USAGE;
    }
    printf("{\"files\":%" APR_INT64_T_FMT ",\"read\":%" APR_INT64_T_FMT
           ",\"complete\":%s,\"seconds\":%.3f,\"cpu\":%.3f,\"bytes\":%" APR_OFF_T_FMT "}\n",
           state.files, run.read, state.complete ? "true" : "false",
           (double)(apr_time_now() - began) / APR_USEC_PER_SEC, cpu_seconds(), size_of(file));
    return run.found ? ATD_EXIT_FINDINGS : ATD_EXIT_OK;
}
