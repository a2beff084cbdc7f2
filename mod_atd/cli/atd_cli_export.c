/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/atd_cli.h"

#include "cli/atd_export_work.h"
#include "site/atd_lint.h"

#include <apr_file_io.h>
#include <apr_strings.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REDIRECTS "_redirects"
#define MAX_REDIRECTS ((apr_size_t)256 * 1024 * 1024)

typedef struct export_t {
    atd_site_config_t config;
    atd_index_policy_t policy;
    atd_export_folder_t folder;
    const atd_site_t *site;
    const char *index; /* its file */
    apr_array_header_t *items;
    bool found; /* an error was told */
    apr_pool_t *pool;
} export_t;

/* ---- the index's folder, which goes with the process ---- */

static struct {
    char folder[1024], file[1100], log[1100], memory[1100];
} temporary;

/* Also called in a signal's handler. */
static void remove_temporary(void)
{
    unlink(temporary.file);
    unlink(temporary.log);
    unlink(temporary.memory);
    rmdir(temporary.folder);
}

static void end_by_signal(int number)
{
    remove_temporary();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_signals(void (*handler)(int))
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    for (apr_size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        signal(numbers[i], handler);
}

static bool make_temporary(export_t *export)
{
    const char *folder;

    if (apr_temp_dir_get(&folder, export->pool))
        folder = "/tmp";
    apr_snprintf(temporary.folder, sizeof temporary.folder, "%s/atd-export-XXXXXX", folder);
    if (!mkdtemp(temporary.folder)) {
        fprintf(stderr, "atd: can't make a folder in %s\n", folder);
        return false;
    }
    apr_snprintf(temporary.file, sizeof temporary.file, "%s/index", temporary.folder);
    apr_snprintf(temporary.log, sizeof temporary.log, "%s-wal", temporary.file);
    apr_snprintf(temporary.memory, sizeof temporary.memory, "%s-shm", temporary.file);
    catch_signals(end_by_signal);
    export->index = temporary.file;
    return true;
}

/* ---- what is told ---- */

static void report(void *baton, const atd_error_t *finding)
{
    export_t *export = baton;

    fprintf(stderr, "%s: ", atd_lint_severity_name(finding));
    atd_cli_report(finding, export->pool);
    export->found = export->found || atd_lint_severity(finding) == ATD_SEVERITY_ERROR;
}

static void report_all(export_t *export, const apr_array_header_t *findings)
{
    for (int i = 0; i < findings->nelts; i++)
        report(export, APR_ARRAY_IDX(findings, i, const atd_error_t *));
}

/* ---- the steps ---- */

/* As a visitor sees it, whatever the author may see. */
static bool configure(export_t *export, const atd_options_t *options)
{
    if (!atd_cli_configure(&export->config, options->operand, options, export->pool))
        return false;
    export->config.drafts = export->config.debug = false;
    export->policy =
        (atd_index_policy_t){.renderer = export->config.renderer, .no_text = true, .report = report, .baton = export};
    export->config.policy = &export->policy;
    return true;
}

static atd_error_t *check_place(const atd_stamp_t *content, const atd_stamp_t *out, const char *path, apr_pool_t *pool)
{
    const atd_place_t place = {.file = path};

    if (content->device != out->device || content->inode != out->inode)
        return NULL;
    return atd_error_hint(atd_error_make(pool, ATD_E_FORBIDDEN, &place, "is the blog's own folder"),
                          "name another folder with -o");
}

static atd_error_t *open_folder(export_t *export, atd_stamp_t *out, const atd_options_t *options)
{
    atd_stamp_t content;
    struct stat info;
    atd_error_t *error = atd_file_stamp(&content, &export->config.content, "", export->pool);

    if (error) {
        error->file = export->config.content.path;
        return error;
    }
    if (stat(options->out, &info) == 0) {
        *out = (atd_stamp_t){.device = (apr_uint64_t)info.st_dev, .inode = (apr_uint64_t)info.st_ino};
        error = check_place(&content, out, options->out, export->pool);
    }
    if (!error)
        error = atd_export_folder_open(&export->folder, options->out, options->force, export->pool);
    if (!error && fstat(export->folder.fd, &info) == 0)
        *out = (atd_stamp_t){.device = (apr_uint64_t)info.st_dev, .inode = (apr_uint64_t)info.st_ino};
    return error;
}

/* What the index is read from is closed before there are other processes, which a handle must not pass to. */
static atd_error_t *list_items(export_t *export, const atd_stamp_t *out)
{
    apr_array_header_t *findings = apr_array_make(export->pool, 4, sizeof(atd_error_t *));
    atd_error_t *error = atd_index_open(&export->config.index, &export->config.content, export->index, export->pool);

    if (!error)
        error = atd_site_open(&export->site, &export->config, findings, export->pool);
    if (!error)
        atd_theme_findings(findings, export->config.theme);
    if (!error)
        error = atd_export_list(&export->items, export->site, out, findings, export->pool);
    report_all(export, findings);
    if (export->config.index)
        atd_index_close(export->config.index);
    export->config.index = NULL;
    return error;
}

/* Before anything is written. */
static atd_error_t *plan(export_t *export)
{
    apr_array_header_t *files = apr_array_make(export->pool, export->items->nelts, sizeof(const char *));

    for (int i = 0; i < export->items->nelts; i++) {
        const char *file = APR_ARRAY_IDX(export->items, i, atd_export_item_t).file;

        if (file)
            APR_ARRAY_PUSH(files, const char *) = file;
    }
    APR_ARRAY_PUSH(files, const char *) = REDIRECTS;
    return atd_export_folder_plan(&export->folder, files, export->pool);
}

static atd_error_t *write_redirects(export_t *export, const apr_array_header_t *redirects)
{
    atd_buffer_t *out = atd_buffer_create(export->pool, 1024, MAX_REDIRECTS);
    const char *text;
    apr_size_t length;
    atd_error_t *error;

    for (int i = 0; i < redirects->nelts; i++) {
        atd_buffer_puts(out, APR_ARRAY_IDX(redirects, i, const char *));
        atd_buffer_putc(out, '\n');
    }
    error = atd_buffer_take(&text, &length, out, REDIRECTS);
    return error ? error : atd_export_folder_put(&export->folder, REDIRECTS, text, length, export->pool);
}

/* A page that can't be made at the moment stays as it was, as the module does with its cache. */
static bool is_kept(const export_t *export, const atd_export_result_t *result, int item)
{
    const char *file = APR_ARRAY_IDX(export->items, item, atd_export_item_t).file;

    if (!file || result->done[item] == ATD_EXPORT_ABSENT)
        return false;
    return result->done[item] == ATD_EXPORT_WRITTEN || apr_hash_get(export->folder.before, file, APR_HASH_KEY_STRING);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Takes what is kept out of the former files, and removes the rest of them. */
static atd_error_t *tidy(export_t *export, const atd_export_result_t *result)
{
    apr_array_header_t *files = apr_array_make(export->pool, export->items->nelts, sizeof(const char *));

    for (int i = 0; i < export->items->nelts; i++) {
        if (is_kept(export, result, i))
            APR_ARRAY_PUSH(files, const char *) = APR_ARRAY_IDX(export->items, i, atd_export_item_t).file;
    }
    if (result->redirects->nelts)
        APR_ARRAY_PUSH(files, const char *) = REDIRECTS;
    for (int i = 0; i < files->nelts; i++)
        apr_hash_set(export->folder.before, APR_ARRAY_IDX(files, i, const char *), APR_HASH_KEY_STRING, NULL);
    for (apr_hash_index_t *at = apr_hash_first(export->pool, export->folder.before); at; at = apr_hash_next(at))
        atd_export_folder_remove(&export->folder, apr_hash_this_key(at), export->pool);
    qsort(files->elts, (apr_size_t)files->nelts, sizeof(const char *), compare_texts);
    return atd_export_folder_save(&export->folder, files, export->pool);
}

static atd_error_t *finish(export_t *export, const atd_export_result_t *result)
{
    atd_error_t *error = result->redirects->nelts ? write_redirects(export, result->redirects) : NULL;

    for (int i = 0; i < result->errors->nelts; i++)
        fprintf(stderr, "error: %s\n", APR_ARRAY_IDX(result->errors, i, const char *));
    export->found = export->found || result->errors->nelts > 0;
    return error ? error : tidy(export, result);
}

static atd_error_t *work(export_t *export, int jobs)
{
    const atd_export_work_t all = {.config = &export->config,
                                   .index = export->index,
                                   .items = export->items,
                                   .folder = &export->folder,
                                   .jobs = jobs};
    atd_export_result_t result;
    atd_error_t *error = plan(export);

    if (error)
        return error;
    fflush(NULL);
    atd_export_work(&result, &all, export->pool);
    if (result.fatal)
        return atd_error_make(export->pool, ATD_E_IO, NULL, "the export is not complete: %s", result.fatal);
    return finish(export, &result);
}

static atd_error_t *run(export_t *export, const atd_options_t *options, int jobs)
{
    atd_stamp_t out;
    atd_error_t *error = open_folder(export, &out, options);

    if (!error)
        error = list_items(export, &out);
    return error ? error : work(export, jobs);
}

/* @return 0 where it is no number of jobs */
static int jobs_of(const atd_options_t *options)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    char *end = NULL;
    apr_int64_t jobs = options->jobs ? apr_strtoi64(options->jobs, &end, 10) : cores;

    if (options->jobs && (*end || jobs < 1 || jobs > ATD_EXPORT_MAX_JOBS))
        return 0;
    return jobs < 1 ? 1 : jobs > ATD_EXPORT_MAX_JOBS ? ATD_EXPORT_MAX_JOBS : (int)jobs;
}

int atd_cli_export(const atd_options_t *options, apr_pool_t *pool)
{
    export_t export = {.pool = pool};
    int jobs = jobs_of(options);
    atd_error_t *error;

    if (!options->out || jobs == 0) {
        fprintf(stderr, options->out ? "atd: --jobs takes a number from 1 to %d\n" : "atd: export where to? (-o DIR)\n",
                ATD_EXPORT_MAX_JOBS);
        return ATD_EXIT_USAGE;
    }
    if (!configure(&export, options) || !make_temporary(&export))
        return ATD_EXIT_USAGE;
    error = run(&export, options, jobs);
    catch_signals(SIG_DFL);
    remove_temporary();
    if (error)
        atd_cli_report(error, pool);
    return error ? ATD_EXIT_USAGE : export.found ? ATD_EXIT_FINDINGS : ATD_EXIT_OK;
}
