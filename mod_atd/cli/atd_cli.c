/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/atd_cli.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "site/atd_lint.h"
#include "site/atd_page.h"

#include <apr_file_info.h>
#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

void atd_cli_report(const atd_error_t *error, apr_pool_t *pool)
{
    fprintf(stderr, "%s\n", atd_error_line(error, pool));
    if (error->excerpt)
        fprintf(stderr, "    %s\n", error->excerpt);
}

bool atd_cli_configure(atd_site_config_t *config, const char *content, const atd_options_t *options, apr_pool_t *pool)
{
    const atd_root_t theme = {.path = options->theme, .links = ATD_LINKS_FOLLOW};
    atd_error_t *error = atd_theme_load(&config->theme, theme.path ? &theme : NULL, pool);

    if (error) {
        atd_cli_report(error, pool);
        return false;
    }
    config->content.path = content;
    config->content.links = ATD_LINKS_FOLLOW;
    config->base = options->base;
    config->origin = options->url;
    config->renderer = &atd_renderer_inprocess;
    config->raw_html = options->raw_html;
    config->drafts = true; /* the author looks */
    config->debug = true;
    config->now = apr_time_now();
    return true;
}

/* Cuts the last component off @p path and returns it; "." is left where there was none. */
static const char *cut_last(const char **path, apr_pool_t *pool)
{
    const char *slash = strrchr(*path, '/');
    const char *last = slash ? slash + 1 : *path;

    *path = slash ? apr_pstrmemdup(pool, *path, slash == *path ? 1 : (apr_size_t)(slash - *path)) : ".";
    return last;
}

static bool is_content_folder(const char *name)
{
    return strcmp(name, "posts") == 0 || strcmp(name, "_posts") == 0 || strcmp(name, "pages") == 0;
}

/* From the root, so that "index.md" tells which folder it lies in. */
static const char *absolute(const char *path, apr_pool_t *pool)
{
    char *merged;

    return apr_filepath_merge(&merged, NULL, path, 0, pool) == APR_SUCCESS ? merged : path;
}

/* What is left of @p path below @p folder; NULL where it is not below it. */
static const char *rest_below(const char *path, const char *folder)
{
    apr_size_t length = strlen(folder);

    while (length > 0 && folder[length - 1] == '/')
        length--;
    return strncmp(path, folder, length) == 0 && path[length] == '/' ? path + length + strspn(path + length, "/")
                                                                     : NULL;
}

/* Parts a file's path into the blog's folder and the post's path in it, as the module would find it. */
static void find_folder(const char **folder, const char **path, const char *file, apr_pool_t *pool)
{
    const char *above;
    const char *name;

    *folder = file;
    *path = cut_last(folder, pool);
    if (strncmp(*path, "index.", 6) == 0) /* a bundle */
        *path = apr_pstrcat(pool, cut_last(folder, pool), "/", *path, NULL);
    above = *folder;
    name = cut_last(&above, pool);
    if (is_content_folder(name)) {
        *path = apr_pstrcat(pool, name, "/", *path, NULL);
        *folder = above;
    }
}

static void split(const char **folder, const char **path, const atd_options_t *options, apr_pool_t *pool)
{
    const char *file = absolute(options->operand, pool);

    if (!options->content) {
        find_folder(folder, path, file, pool);
        return;
    }
    *folder = options->content;
    *path = rest_below(file, absolute(options->content, pool));
    if (!*path) /* named as it lies in the blog's folder */
        *path = options->operand;
}

static atd_error_t *make(atd_page_t *page, const atd_site_config_t *config, const char *path, apr_pool_t *pool)
{
    const atd_site_t *site;
    const atd_post_t *post;
    atd_error_t *error = atd_site_open(&site, config, NULL, pool);

    if (!error)
        error = atd_post_load(&post, &site->content, path, NULL, pool);
    return error ? error : atd_page_of_post(page, site, post, pool);
}

static bool is_unreadable(const atd_error_t *error)
{
    return error->id == ATD_E_MISSING || error->id == ATD_E_FORBIDDEN || error->id == ATD_E_IO;
}

int atd_cli_render(const atd_options_t *options, apr_pool_t *pool)
{
    atd_site_config_t config = {0};
    atd_page_t page = {0};
    const char *folder;
    const char *path;
    atd_error_t *error;

    split(&folder, &path, options, pool);
    if (!atd_cli_configure(&config, folder, options, pool))
        return ATD_EXIT_USAGE;
    error = make(&page, &config, path, pool);
    if (error) {
        atd_cli_report(error, pool);
        return is_unreadable(error) ? ATD_EXIT_USAGE : ATD_EXIT_FINDINGS;
    }
    return fwrite(page.body, 1, page.length, stdout) == page.length ? ATD_EXIT_OK : ATD_EXIT_USAGE;
}

static const atd_value_t *number_or_null(unsigned number, apr_pool_t *pool)
{
    return number ? atd_value_int(pool, number) : atd_value_null(pool);
}

static const atd_value_t *finding_value(const atd_error_t *finding, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    atd_value_set_text(map, "severity", atd_lint_severity_name(finding));
    atd_value_set_text(map, "id", apr_psprintf(pool, "ATD%04d", (int)finding->id));
    atd_value_set_text(map, "file", finding->file);
    atd_value_set(map, "line", number_or_null(finding->line, pool));
    atd_value_set(map, "column", number_or_null(finding->column, pool));
    atd_value_set_text(map, "message", finding->message);
    atd_value_set_text(map, "hint", finding->hint);
    return map;
}

static void print_json(const apr_array_header_t *findings, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 4096, APR_SIZE_MAX / 4);
    atd_value_t *list = atd_value_list(pool);
    const char *text;

    for (int i = 0; i < findings->nelts; i++)
        atd_value_push(list, finding_value(APR_ARRAY_IDX(findings, i, const atd_error_t *), pool));
    atd_escape_json_value(out, list);
    if (!atd_buffer_take(&text, NULL, out, "the list"))
        puts(text);
}

static void print_lines(const apr_array_header_t *findings, apr_pool_t *pool)
{
    for (int i = 0; i < findings->nelts; i++) {
        const atd_error_t *finding = APR_ARRAY_IDX(findings, i, const atd_error_t *);

        printf("%s: %s\n", atd_lint_severity_name(finding), atd_error_line(finding, pool));
    }
}

int atd_cli_check(const atd_options_t *options, apr_pool_t *pool)
{
    atd_site_config_t config = {0};
    apr_array_header_t *findings;
    atd_error_t *error;

    if (!atd_cli_configure(&config, options->operand, options, pool))
        return ATD_EXIT_USAGE;
    error = atd_lint_run(&findings, &config, pool);
    if (error) {
        atd_cli_report(error, pool);
        return ATD_EXIT_USAGE;
    }
    options->json ? print_json(findings, pool) : print_lines(findings, pool);
    for (int i = 0; i < findings->nelts; i++) {
        if (atd_lint_severity(APR_ARRAY_IDX(findings, i, const atd_error_t *)) > ATD_SEVERITY_NOTE)
            return ATD_EXIT_FINDINGS;
    }
    return ATD_EXIT_OK;
}
