/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_CLI_H
#define ATD_CLI_H

#include "site/atd_site.h"

/**
 * @file atd_cli.h
 * The command line: what its sub-commands share.
 */

/** Exit codes. */
enum {
    ATD_EXIT_OK = 0,
    ATD_EXIT_FINDINGS = 1, /**< something is wrong with the content */
    ATD_EXIT_USAGE = 2     /**< something is wrong with the call, or a file can't be read */
};

/** Options, all sub-commands' together. */
typedef struct atd_options_t {
    const char *operand; /**< FILE or DIR */
    const char *content; /**< --content */
    const char *theme;   /**< --theme */
    const char *base;    /**< --base */
    const char *url;     /**< --url */
    bool raw_html;       /**< --raw-html */
    const char *state;   /**< --state */
    bool json;           /**< --json */
    bool verbose;        /**< --verbose */
    const char *out;     /**< -o, --out */
    const char *jobs;    /**< --jobs */
    bool force;          /**< --force */
} atd_options_t;

/** `atd render FILE`: the page of one post on standard output. @return an exit code */
int atd_cli_render(const atd_options_t *options, apr_pool_t *pool);

/** `atd check DIR`: one line for each finding. @return an exit code */
int atd_cli_check(const atd_options_t *options, apr_pool_t *pool);

/** `atd index DIR`: brings an index up to date and tells what that took, as JSON. @return an exit code */
int atd_cli_index(const atd_options_t *options, apr_pool_t *pool);
/** `atd export DIR`: the whole blog as static files in another folder. @return an exit code */
int atd_cli_export(const atd_options_t *options, apr_pool_t *pool);

/** A configuration of the blog in @p content by @p options; reports on standard error and returns false on an error. */
bool atd_cli_configure(atd_site_config_t *config, const char *content, const atd_options_t *options, apr_pool_t *pool);

/** Writes an error's line to standard error. */
void atd_cli_report(const atd_error_t *error, apr_pool_t *pool);

#endif
