/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_FIELD_H
#define ATD_FIELD_H

#include "base/atd_error.h"
#include "base/atd_time.h"
#include "base/atd_value.h"

#include <apr_tables.h>

/**
 * @file atd_field.h
 * From a value tree to a C record by a table: one row says under which names a fact may stand, what it must be and
 * where it goes. Front matter, author files and site.yaml are read with it, and their documentation is tested against it.
 */
typedef enum atd_kind_t {
    ATD_KIND_TEXT,   /**< const char *: a scalar */
    ATD_KIND_DATE,   /**< atd_date_t */
    ATD_KIND_FLAG,   /**< atd_flag_t: true, false, yes, no, on, off */
    ATD_KIND_SWITCH, /**< bool, for rows with a default */
    ATD_KIND_NUMBER, /**< apr_int64_t between min and max */
    ATD_KIND_URL,    /**< const char *: http, https or without a scheme */
    ATD_KIND_WORDS,  /**< const atd_value_t *: a list of texts; also one text with commas, or (Jekyll) with blanks;
                          empty ones are left out, and NULL where none is left */
    ATD_KIND_LIST,   /**< const atd_value_t *: any list */
    ATD_KIND_MAP,    /**< const atd_value_t *: any map */
    ATD_KIND_ANY     /**< const atd_value_t * */
} atd_kind_t;

/** A flag that knows whether it was given. */
typedef enum atd_flag_t { ATD_FLAG_UNSET, ATD_FLAG_OFF, ATD_FLAG_ON } atd_flag_t;

#define ATD_FIELD_NAMES 8

/** One row. */
typedef struct atd_field_t {
    const char *names[ATD_FIELD_NAMES]; /**< paths such as "seo.title"; the first that is not empty wins */
    atd_kind_t kind;
    apr_size_t offset;     /**< of the member of the record */
    apr_int64_t min, max;  /**< for ATD_KIND_NUMBER */
    const char *otherwise; /**< default as text; or NULL */
} atd_field_t;

/** Collects errors. A reader goes on past an error, so that `atd check` can tell of all at once. */
typedef struct atd_reading_t {
    const char *file;
    apr_array_header_t *findings; /**< of atd_error_t *: errors and warnings, in order */
    atd_error_t *first;           /**< the first that is no warning; or NULL */
    apr_pool_t *pool;
} atd_reading_t;

/** Notes an error or a warning about @p value, whose place it takes; returns it for a hint. */
atd_error_t *atd_reading_note(atd_reading_t *reading, atd_error_id_t id, const atd_value_t *value, const char *format,
                              ...) __attribute__((format(printf, 4, 5)));

/** Fills @p record from @p data by the @p count rows of @p fields. */
void atd_field_read(void *record, const atd_field_t *fields, apr_size_t count, const atd_value_t *data,
                    atd_reading_t *reading);

/** The row that has @p path among its names; NULL where there is none. */
const atd_field_t *atd_field_find(const atd_field_t *fields, apr_size_t count, const char *path);

/** The value that field @p field would take from @p data; NULL where all its names are absent or empty. */
const atd_value_t *atd_field_value(const atd_field_t *field, const atd_value_t *data);

/**
 * True for a URL that may stand in a page: http, https, or no scheme at all; no control characters, no blanks at its
 * ends. With @p mail also mailto and tel.
 */
bool atd_url_is_safe(const char *url, bool mail);

/** True where @p url begins with a scheme or with two slashes. */
bool atd_url_is_absolute(const char *url);

#endif
