/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_CATEGORY_H
#define ATD_CATEGORY_H

#include "site/atd_field.h"

/**
 * @file atd_category.h
 * What a file in categories/ says of a category. Any category may do without one.
 */
typedef struct atd_category_t {
    const char *name;
    const char *description;      /**< for readers */
    const char *seo_title;        /**< of the title element */
    const char *meta_description; /**< for search engines; the description where it is NULL */
    const char *color;            /**< "#rgb" or "#rrggbb" */
    const char *image;
    const char *parent; /**< slug of the category above it */
    atd_flag_t featured, noindex;
} atd_category_t;

/** Reads the front matter of a category's file. A colour that is none is noted, and NULL. */
void atd_category_read(atd_category_t *category, const atd_value_t *data, atd_reading_t *reading);

#endif
