/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_CONFIG_H
#define ATD_CONFIG_H

#include "site/atd_field.h"

#include <httpd.h>
#include <http_config.h>

/**
 * @file atd_config.h
 * Directives and the per-directory record they fill. Handlers run at each request where an .htaccess is read, so they
 * check and store strings and touch no file. In a record all bytes of an unset member are zero: creating is one
 * allocation, merging one loop over the table of members.
 */

/** Where AtdEngine stands: how a URL becomes a path below the blog depends on it. */
typedef enum atd_place_kind_t {
    ATD_PLACE_UNSET,
    ATD_PLACE_SERVER,   /**< main server or virtual host: no path */
    ATD_PLACE_LOCATION, /**< path is a URL path */
    ATD_PLACE_FOLDER    /**< path is a folder on disk: <Directory> or .htaccess */
} atd_place_kind_t;

/** AtdEngine with the place that it was written in, which merge keeps together. */
typedef struct atd_engine_t {
    atd_flag_t flag;
    atd_place_kind_t place;
    const char *path; /**< of the place, without a trailing slash; NULL for ATD_PLACE_SERVER */
} atd_engine_t;

/** A folder named by a directive. */
typedef struct atd_folder_t {
    const char *path;  /**< trusted part, absolute; NULL: not set */
    const char *below; /**< what an .htaccess added to it; or NULL */
} atd_folder_t;

/** AtdTheme. */
typedef struct atd_theme_choice_t {
    bool set;
    atd_folder_t folder; /**< path NULL: the built-in theme */
} atd_theme_choice_t;

/** A time that may be zero. */
typedef struct atd_period_t {
    bool set;
    apr_interval_time_t time;
} atd_period_t;

/** The header field in which a content delivery network finds surrogate keys. */
typedef enum atd_tag_header_t {
    ATD_TAG_HEADER_UNSET,
    ATD_TAG_HEADER_NONE,
    ATD_TAG_HEADER_SURROGATE_KEY, /**< Surrogate-Key: keys with blanks (Fastly) */
    ATD_TAG_HEADER_CACHE_TAG      /**< Cache-Tag: keys with commas (Cloudflare, Akamai) */
} atd_tag_header_t;

typedef struct atd_dir_config_t {
    atd_engine_t engine;
    atd_folder_t content;
    atd_theme_choice_t theme;
    const char *base_url;
    apr_table_t *sets;
    atd_period_t max_age, revalidate;
    atd_flag_t drafts, debug, raw_html;
    atd_tag_header_t tag_header;
} atd_dir_config_t;

/** Where nothing is said, microseconds. */
#define ATD_REVALIDATE_DEFAULT ((apr_interval_time_t)1000 * 1000)

/** A server's. All but `quick` is set in the main part alone. */
typedef struct atd_server_config_t {
    bool size_set;
    apr_size_t cache_size;    /**< bytes */
    unsigned cache_share;     /**< percent; 0: not set */
    const char *state_folder; /**< absolute; NULL: not set */
    atd_flag_t quick;         /**< AtdQuickHandler; of each virtual host */
} atd_server_config_t;

#define ATD_CACHE_SIZE_DEFAULT ((apr_size_t)64 * 1024 * 1024)
#define ATD_CACHE_SHARE_DEFAULT 50

/** httpd's create_server_config and merge_server_config. */
void *atd_config_create_server(apr_pool_t *pool, server_rec *s);
void *atd_config_merge_server(apr_pool_t *pool, void *base, void *add);

/** The settings of a server; a virtual host has those of the main one unless it sets its own. */
const atd_server_config_t *atd_config_server(const server_rec *s);

/** httpd's create_dir_config and merge_dir_config. */
void *atd_config_create(apr_pool_t *pool, char *path);
void *atd_config_merge(apr_pool_t *pool, void *base, void *add);

extern const command_rec atd_config_commands[];

#endif
