/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_search_snippet.h"

#include "base/atd_buffer.h"
#include "base/atd_escape.h"
#include "base/atd_text.h"

#include <string.h>

#define MARK "<mark>"
#define MARK_END "</mark>"

static void put_text(atd_buffer_t *out, const char *text, apr_size_t length)
{
    while (length > 0) {
        apr_size_t valid = atd_text_valid_prefix(text, length);

        atd_escape_html(out, text, valid);
        if (valid < length) {
            atd_text_put(out, 0xFFFD);
            valid++;
        }
        text += valid;
        length -= valid;
    }
}

static bool put_mark(atd_buffer_t *out, char mark, bool open)
{
    bool opens = mark == *ATD_SEARCH_MARK;

    if (opens != open)
        atd_buffer_puts(out, opens ? MARK : MARK_END);
    return opens;
}

const char *atd_search_snippet_html(const char *text, apr_pool_t *pool)
{
    apr_size_t length = text ? strlen(text) : 0;
    atd_buffer_t *out = atd_buffer_create(pool, length + length / 4, (length + 1) * (sizeof MARK_END - 1));
    bool open = false;
    const char *html;

    while (length > 0) {
        apr_size_t part = strcspn(text, ATD_SEARCH_MARK ATD_SEARCH_MARK_END);

        put_text(out, text, part);
        if (part < length)
            open = put_mark(out, text[part++], open);
        text += part;
        length -= part;
    }
    if (open)
        atd_buffer_puts(out, MARK_END);
    return atd_buffer_take(&html, NULL, out, "the snippet") ? "" : html;
}
