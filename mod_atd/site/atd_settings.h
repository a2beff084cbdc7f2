/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SETTINGS_H
#define ATD_SETTINGS_H

#include "base/atd_file.h"
#include "base/atd_value.h"

#include <apr_tables.h>

/**
 * @file atd_settings.h
 * What a writer says about the whole blog: site.yaml (or site.json) at the content root, with single keys
 * overridden by AtdSet. Absent or empty keys have the defaults of the table in atd_settings.c, from which docs/authoring.md is
 * checked, too.
 */
typedef struct atd_settings_t {
    const char *title;
    const char *description;
    const char *url; /**< absolute, no trailing slash; NULL where it is to be derived from the request */
    const char *language;
    const char *author;
    const char *publisher_name;
    const char *publisher_logo;
    const char *image;      /**< of pages that have none of their own */
    const char *image_base; /**< goes before image references that are ids of an image service */
    const char *twitter;    /**< "@name" of the blog */
    const char *external_rel;
    const char *footer;
    const char *permalink; /**< atd_permalink.h, in its normal form */
    apr_int64_t page_size;
    apr_int64_t related;          /**< most related posts shown under a post */
    apr_int64_t words_per_minute; /**< for the reading time */
    apr_int64_t feed_limit;       /**< most posts in a feed */
    bool feed_full;               /**< whole posts in feeds, not only excerpts */
    bool toc;                     /**< a table of contents where a post says nothing */
    bool share_buttons;           /**< the same for share buttons */
    bool smart;                   /**< typographic quotes and dashes */
    const atd_value_t *nav;       /**< list of {title, url} */
    const atd_value_t *share;     /**< list of networks */
    const atd_value_t *social;    /**< map of network to URL or name */
    const atd_value_t *comments;  /**< map with a provider */
    const atd_value_t *newsletter;
    const atd_value_t *params; /**< free, for themes */
    const atd_value_t *data;   /**< everything as it was written */
} atd_settings_t;

/** Name of the file read: "site.yaml" or "site.json"; what else ends in .yaml is never looked at. */
extern const char *const atd_settings_files[2];

/**
 * Reads the settings of the blog in @p content. A missing file is no error: all has a default.
 * @param sets keys and values of AtdSet; or NULL
 * @param findings array of atd_error_t *, to which warnings (ATD_W_UNKNOWN) are added; or NULL
 */
atd_error_t *atd_settings_load(const atd_settings_t **settings, const atd_root_t *content, const apr_table_t *sets,
                               apr_array_header_t *findings, apr_pool_t *pool) __attribute__((warn_unused_result));

/** Checks one AtdSet by its key and the type of its value, for `apachectl configtest`. */
atd_error_t *atd_settings_check(const char *key, const char *text, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
