/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_THEME_H
#define ATD_THEME_H

#include "base/atd_buffer.h"
#include "base/atd_file.h"
#include "engine/atd_template.h"

/**
 * @file atd_theme.h
 * A theme: a flat folder of templates (<name>.mustache) and assets (style sheets, fonts, pictures) over the built-in
 * default theme, which stands in for every file that the folder lacks. All templates are compiled when the theme is
 * loaded; one that does not compile fails only the pages that use it. Immutable once loaded: any number of threads
 * may read it.
 */
typedef struct atd_theme_t atd_theme_t;

/** A file of the built-in theme; the table is made from conf/themes/default when mod_atd is built. */
typedef struct atd_builtin_file_t {
    const char *name;
    const unsigned char *bytes;
    apr_size_t length;
} atd_builtin_file_t;

/** Ends with an entry whose name is NULL. */
extern const atd_builtin_file_t atd_builtin_theme[];

/** The same for the handler atd-status: conf/status. */
extern const atd_builtin_file_t atd_builtin_status[];

/** A file that is served under _theme/. */
typedef struct atd_asset_t {
    const char *name;
    const char *hash; /**< 12 hexadecimal digits of the content's SHA-1: changes whenever the file does */
    const char *type; /**< media type */
    const char *bytes;
    apr_size_t length;
} atd_asset_t;

/**
 * Loads the theme in @p root; NULL is the built-in one alone.
 * @param pool its memory; must not be used by another thread meanwhile
 * @return ATD_E_MISSING where the folder does not exist, ATD_E_LIMIT, ATD_E_IO
 */
atd_error_t *atd_theme_load(const atd_theme_t **theme, const atd_root_t *root, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** True while the folder and all its files are as they were loaded. */
bool atd_theme_is_fresh(const atd_theme_t *theme, apr_pool_t *scratch);

/** Tells @p watch of the folder and of all files as they were loaded. */
void atd_theme_tell(const atd_theme_t *theme, const atd_watch_t *watch);

/** True where there is a template @p name, whether it compiles or not. */
bool atd_theme_has_template(const atd_theme_t *theme, const char *name);

/** Renders the template @p name with @p data to the end of @p out. */
atd_error_t *atd_theme_render(atd_buffer_t *out, const atd_theme_t *theme, const char *name, const atd_value_t *data,
                              apr_pool_t *pool) __attribute__((warn_unused_result));

/** Finds an asset by its file name. @return false where there is none */
bool atd_theme_asset(atd_asset_t *asset, const atd_theme_t *theme, const char *name);

/** All assets as `const atd_asset_t *`, in no order. */
apr_array_header_t *atd_theme_assets(const atd_theme_t *theme, apr_pool_t *pool);

/** Adds an atd_error_t * to @p findings for each template that does not compile. */
void atd_theme_findings(apr_array_header_t *findings, const atd_theme_t *theme);

#endif
