/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_buffer.h"

#include <apr_strings.h>

#include <stdarg.h>
#include <string.h>

#define SMALLEST 64

struct atd_buffer_t {
    apr_pool_t *pool;
    char *bytes; /* always with room for a final NUL */
    apr_size_t length;
    apr_size_t capacity; /* without the NUL */
    apr_size_t max;
    bool overflowed;
};

atd_buffer_t *atd_buffer_create(apr_pool_t *pool, apr_size_t expected, apr_size_t max)
{
    atd_buffer_t *buffer = apr_pcalloc(pool, sizeof *buffer);

    buffer->pool = pool;
    buffer->max = max;
    buffer->capacity = expected < SMALLEST ? SMALLEST : expected;
    if (buffer->capacity > max)
        buffer->capacity = max;
    buffer->bytes = apr_palloc(pool, buffer->capacity + 1);
    return buffer;
}

/* Doubling: what is left behind in the pool is never more than what is in use. */
static void grow(atd_buffer_t *buffer, apr_size_t needed)
{
    apr_size_t capacity = buffer->capacity;
    char *bytes;

    while (capacity < needed)
        capacity = capacity > buffer->max / 2 ? buffer->max : capacity * 2;
    bytes = apr_palloc(buffer->pool, capacity + 1);
    memcpy(bytes, buffer->bytes, buffer->length);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
}

void atd_buffer_add(atd_buffer_t *buffer, const char *bytes, apr_size_t length)
{
    if (length == 0 || buffer->overflowed)
        return;
    if (length > buffer->max - buffer->length) {
        buffer->overflowed = true;
        return;
    }
    if (length > buffer->capacity - buffer->length)
        grow(buffer, buffer->length + length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

void atd_buffer_puts(atd_buffer_t *buffer, const char *text)
{
    if (text)
        atd_buffer_add(buffer, text, strlen(text));
}

void atd_buffer_putc(atd_buffer_t *buffer, char byte)
{
    atd_buffer_add(buffer, &byte, 1);
}

void atd_buffer_printf(atd_buffer_t *buffer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    atd_buffer_puts(buffer, apr_pvsprintf(buffer->pool, format, args));
    va_end(args);
}

apr_size_t atd_buffer_length(const atd_buffer_t *buffer)
{
    return buffer->length;
}

char atd_buffer_last(const atd_buffer_t *buffer)
{
    return (char)(buffer->length ? buffer->bytes[buffer->length - 1] : '\0');
}

void atd_buffer_truncate(atd_buffer_t *buffer, apr_size_t length)
{
    if (length < buffer->length)
        buffer->length = length;
}

bool atd_buffer_overflowed(const atd_buffer_t *buffer)
{
    return buffer->overflowed;
}

atd_error_t *atd_buffer_take(const char **bytes, apr_size_t *length, atd_buffer_t *buffer, const char *what)
{
    if (buffer->overflowed)
        return atd_error_make(buffer->pool, ATD_E_LIMIT, NULL, "%s would be larger than %" APR_SIZE_T_FMT " bytes",
                              what, buffer->max);
    buffer->bytes[buffer->length] = '\0';
    *bytes = buffer->bytes;
    if (length)
        *length = buffer->length;
    return NULL;
}
