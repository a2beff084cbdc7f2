/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_ERROR_H
#define ATD_ERROR_H

#include <apr_errno.h>
#include <apr_pools.h>

#include <stdbool.h>

/**
 * @file atd_error.h
 * One error value for humans. A function that can fail returns `atd_error_t *`: NULL is success, anything
 * else says what is wrong, where, and what to do. It is made where the fault is found, passed up unchanged
 * but for a file name that a lower layer could not know, and logged once, at the border.
 */

/** Identifies a kind of error for ever: printed as ATD%04d, listed in docs/errors.md, never reused. */
typedef enum atd_error_id_t {
    ATD_E_IO = 1,         /**< a file can't be opened or read */
    ATD_E_MISSING = 2,    /**< a file or a post does not exist */
    ATD_E_LIMIT = 3,      /**< a bound of atd_limits.h was crossed */
    ATD_E_FORBIDDEN = 4,  /**< a path leaves its root, or a symbolic link is not allowed */
    ATD_E_ENCODING = 5,   /**< not UTF-8, or a control character */
    ATD_E_FENCE = 10,     /**< the fences of the front matter are missing or don't match */
    ATD_E_YAML = 11,      /**< not well-formed YAML */
    ATD_E_TYPE = 12,      /**< a list where text belongs, and the like */
    ATD_E_VALUE = 13,     /**< a value that the key does not take */
    ATD_E_DATE = 14,      /**< not a date */
    ATD_E_DUPLICATE = 15, /**< a key or a slug given twice */
    ATD_E_URL = 16,       /**< a URL that is not safe or not well-formed */
    ATD_E_TOML = 17,      /**< not well-formed TOML */
    ATD_E_JSON = 18,      /**< not well-formed JSON */
    ATD_E_TEMPLATE = 20,  /**< a template that can't be compiled */
    ATD_E_PARTIAL = 21,   /**< a partial or parent template that does not exist, or has a bad name */
    ATD_E_LAMBDA = 22,    /**< a template that asks for code in its data */
    ATD_E_MARKDOWN = 30,  /**< the Markdown engine failed */
    ATD_E_SETTING = 40,   /**< a directive's or a command option's value */
    ATD_E_INDEX = 41,     /**< the index can't be opened or read */
    ATD_W_UNKNOWN = 50,   /**< finding: a key that looks like a misspelt one */
    ATD_W_MISSING = 51,   /**< finding: something a good post has is not there */
    ATD_W_IMAGE = 52,     /**< finding: an image that does not exist or has no alternative text */
    ATD_W_LINK = 53,      /**< finding: a link to nothing */
    ATD_W_HIDDEN = 54     /**< finding: why a file is not public */
} atd_error_id_t;

/** What is wrong (message), where (file, line, column, excerpt) and what to do (hint). */
typedef struct atd_error_t {
    atd_error_id_t id;
    apr_status_t status; /**< APR or errno code behind it; APR_EGENERAL where there is none */
    const char *file;    /**< as the author knows it: relative to the content or theme folder; or NULL */
    unsigned line;       /**< from 1, counted in the file and not in the front matter; 0 = not known */
    unsigned column;     /**< from 1, in characters; 0 = not known */
    const char *message; /**< one sentence without a full stop */
    const char *hint;    /**< what to do, one sentence; or NULL */
    const char *excerpt; /**< the line of the file in question; or NULL */
} atd_error_t;

/** Place in a file. */
typedef struct atd_place_t {
    const char *file;
    unsigned line;
    unsigned column;
} atd_place_t;

/**
 * Makes an error. @p format and its arguments give the message; the rest is filled in by the caller.
 * All memory is of @p pool; @p place may be NULL.
 */
atd_error_t *atd_error_make(apr_pool_t *pool, atd_error_id_t id, const atd_place_t *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Makes an error of the id ATD_E_IO, _MISSING or _FORBIDDEN, as @p status says: "<file>: <what>: <reason>". */
atd_error_t *atd_error_from_status(apr_pool_t *pool, apr_status_t status, const char *file, const char *what);

/** Sets the hint and returns @p error, so that it can stand in a return statement. */
atd_error_t *atd_error_hint(atd_error_t *error, const char *hint);

/**
 * Sets the excerpt to line @p error->line of @p text (at most 200 bytes of it), with a blank for each control character,
 * since it may be shown on a terminal. Memory of @p pool.
 */
void atd_error_excerpt(atd_error_t *error, const char *text, apr_size_t length, apr_pool_t *pool);

/** A copy of @p error and all its strings in @p pool, for an error that outlives the pool it was made in. */
atd_error_t *atd_error_copy(const atd_error_t *error, apr_pool_t *pool);

/** True for the findings of `atd check` that don't keep a page from being served. */
bool atd_error_is_warning(const atd_error_t *error);

/** One line: "posts/a.md:3:8: a colon ... (quote the value) [ATD0011]". Memory of @p pool. */
const char *atd_error_line(const atd_error_t *error, apr_pool_t *pool);

#endif
