/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_BUFFER_H
#define ATD_BUFFER_H

#include "base/atd_error.h"

/**
 * @file atd_buffer.h
 * A growing buffer that is born with its maximum. Once an append would cross it the buffer stays
 * "overflowed", later appends do nothing, and atd_buffer_take(), the only way to the bytes, reports it: no
 * caller has to look at each append, and none can use a cut text by mistake. One thread at a time.
 */
typedef struct atd_buffer_t atd_buffer_t;

/** An empty buffer of at most @p max bytes; its memory is of @p pool. @p expected: a guess of the final size. */
atd_buffer_t *atd_buffer_create(apr_pool_t *pool, apr_size_t expected, apr_size_t max);

/** Appends @p length bytes. */
void atd_buffer_add(atd_buffer_t *buffer, const char *bytes, apr_size_t length);

/** Appends a NUL-terminated string; NULL appends nothing. */
void atd_buffer_puts(atd_buffer_t *buffer, const char *text);

/** Appends one byte. */
void atd_buffer_putc(atd_buffer_t *buffer, char byte);

/** Appends by a printf format of APR. */
void atd_buffer_printf(atd_buffer_t *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Bytes in it so far. */
apr_size_t atd_buffer_length(const atd_buffer_t *buffer);

/** The last byte, or NUL where the buffer is empty. */
char atd_buffer_last(const atd_buffer_t *buffer);

/** Cuts it back to @p length bytes; a @p length beyond the end changes nothing. */
void atd_buffer_truncate(atd_buffer_t *buffer, apr_size_t length);

/** True once an append was refused. Loops that produce much look at it to end early. */
bool atd_buffer_overflowed(const atd_buffer_t *buffer);

/**
 * Hands out the bytes, NUL-terminated, valid until the next append; @p length may be NULL.
 * @return ATD_E_LIMIT where an append was refused, @p what naming what grew too large ("the page").
 */
atd_error_t *atd_buffer_take(const char **bytes, apr_size_t *length, atd_buffer_t *buffer, const char *what)
    __attribute__((warn_unused_result));

#endif
