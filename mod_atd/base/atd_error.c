/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_error.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <stdarg.h>
#include <string.h>

#define EXCERPT_MAX 200

atd_error_t *atd_error_make(apr_pool_t *pool, atd_error_id_t id, const atd_place_t *place, const char *format, ...)
{
    atd_error_t *error = apr_pcalloc(pool, sizeof *error);
    va_list args;

    error->id = id;
    error->status = APR_EGENERAL;
    if (place) {
        error->file = place->file;
        error->line = place->line;
        error->column = place->column;
    }
    va_start(args, format);
    error->message = apr_pvsprintf(pool, format, args);
    va_end(args);
    return error;
}

static atd_error_id_t id_of_status(apr_status_t status)
{
    if (APR_STATUS_IS_ENOENT(status) || APR_STATUS_IS_ENOTDIR(status) || APR_STATUS_IS_ENAMETOOLONG(status))
        return ATD_E_MISSING;
    /* ELOOP is what O_NOFOLLOW and RESOLVE_NO_SYMLINKS answer, EXDEV what RESOLVE_BENEATH does. */
    if (APR_STATUS_IS_EACCES(status) || status == ELOOP || APR_STATUS_IS_EXDEV(status))
        return ATD_E_FORBIDDEN;
    return ATD_E_IO;
}

atd_error_t *atd_error_from_status(apr_pool_t *pool, apr_status_t status, const char *file, const char *what)
{
    const atd_place_t place = {.file = file};
    char reason[120];
    atd_error_t *error;

    apr_strerror(status, reason, sizeof reason);
    error = atd_error_make(pool, id_of_status(status), &place, "%s: %s", what, reason);
    error->status = status;
    return error;
}

atd_error_t *atd_error_hint(atd_error_t *error, const char *hint)
{
    error->hint = hint;
    return error;
}

/* A copy that is safe to show on a terminal. */
static const char *copy_line(const char *text, apr_size_t length, apr_pool_t *pool)
{
    char *copy = apr_pstrmemdup(pool, text, length);

    for (apr_size_t i = 0; i < length; i++)
        if (apr_iscntrl(copy[i]) && copy[i] != '\t')
            copy[i] = ' ';
    return copy;
}

void atd_error_excerpt(atd_error_t *error, const char *text, apr_size_t length, apr_pool_t *pool)
{
    const char *end = text + length;
    const char *eol;
    apr_size_t size;

    if (error->line == 0)
        return;
    for (unsigned line = 1; line < error->line; line++) {
        text = memchr(text, '\n', (apr_size_t)(end - text));
        if (!text)
            return;
        text++;
    }
    eol = memchr(text, '\n', (apr_size_t)(end - text));
    size = (apr_size_t)((eol ? eol : end) - text);
    if (size > 0 && text[size - 1] == '\r')
        size--;
    if (size > EXCERPT_MAX) {
        size = EXCERPT_MAX;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80) /* not through a character */
            size--;
    }
    error->excerpt = copy_line(text, size, pool);
}

atd_error_t *atd_error_copy(const atd_error_t *error, apr_pool_t *pool)
{
    atd_error_t *copy = apr_pmemdup(pool, error, sizeof *error);

    copy->file = apr_pstrdup(pool, error->file);
    copy->message = apr_pstrdup(pool, error->message);
    copy->hint = apr_pstrdup(pool, error->hint);
    copy->excerpt = apr_pstrdup(pool, error->excerpt);
    return copy;
}

bool atd_error_is_warning(const atd_error_t *error)
{
    return error->id >= ATD_W_UNKNOWN;
}

static const char *place_text(const atd_error_t *error, apr_pool_t *pool)
{
    if (!error->file)
        return "";
    if (error->line == 0)
        return apr_psprintf(pool, "%s: ", error->file);
    if (error->column == 0)
        return apr_psprintf(pool, "%s:%u: ", error->file, error->line);
    return apr_psprintf(pool, "%s:%u:%u: ", error->file, error->line, error->column);
}

const char *atd_error_line(const atd_error_t *error, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s%s%s%s%s [ATD%04d]", place_text(error, pool), error->message, error->hint ? " (" : "",
                        error->hint ? error->hint : "", error->hint ? ")" : "", (int)error->id);
}
