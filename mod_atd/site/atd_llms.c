/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_llms.h"

#include "base/atd_escape.h"
#include "base/atd_text.h"

#include <apr_lib.h>

#include <string.h>

/* "&copy;" would be read as a sign, "R&D" stays as it is. */
static bool is_reference(const char *at)
{
    at += at[0] == '&' && at[1] == '#' ? 2 : 1;
    if (!apr_isalnum(*at))
        return false;
    while (apr_isalnum(*at))
        at++;
    return *at == ';';
}

/* What Markdown would read as more than text within a line; a # only where it could close a heading. */
static bool needs_backslash(const char *text, apr_size_t i)
{
    switch (text[i]) {
    case '\\':
    case '`':
    case '*':
    case '_':
    case '[':
    case ']':
    case '<':
    case '~':
        return true;
    case '#':
        return i == 0 || text[i - 1] == ' ';
    case '&':
        return is_reference(text + i);
    default:
        return false;
    }
}

/* One line. */
static void put_text(atd_buffer_t *out, const char *text, apr_pool_t *pool)
{
    const char *line = atd_text_shown(atd_text_collapse(text, pool), pool);

    for (apr_size_t i = 0; line[i]; i++) {
        if (needs_backslash(line, i))
            atd_buffer_putc(out, '\\');
        atd_buffer_putc(out, line[i]);
    }
}

/* Brackets and parentheses would end a link's target. */
static void put_url(atd_buffer_t *out, const char *url)
{
    for (const char *at = url; *at; at++) {
        if (strchr("()[]<>\\", *at))
            atd_escape_component(out, at, 1);
        else
            atd_escape_url(out, at, *at == '%' && apr_isxdigit(at[1]) && apr_isxdigit(at[2]) ? 3 : 1);
        at += *at == '%' && apr_isxdigit(at[1]) && apr_isxdigit(at[2]) ? 2 : 0;
    }
}

static bool is_of_site(const atd_site_t *site, const char *url)
{
    return strncmp(url, site->url, strlen(site->url)) == 0;
}

static const char *target_of(const atd_llms_item_t *item)
{
    return item->markdown_url ? item->markdown_url : item->url;
}

static void put_head(atd_buffer_t *out, const atd_site_t *site, const char *about, apr_pool_t *pool)
{
    const char *description = site->settings->description;

    atd_buffer_puts(out, "# ");
    put_text(out, site->settings->title, pool);
    atd_buffer_putc(out, '\n');
    if (description && *description) {
        atd_buffer_puts(out, "\n> ");
        put_text(out, description, pool);
        atd_buffer_putc(out, '\n');
    }
    if (about && *about) {
        atd_buffer_putc(out, '\n');
        atd_buffer_puts(out, about);
        atd_buffer_putc(out, '\n');
    }
}

static void put_link(atd_buffer_t *out, const atd_llms_item_t *item, apr_pool_t *pool)
{
    atd_buffer_puts(out, "- [");
    put_text(out, item->title, pool);
    atd_buffer_puts(out, "](");
    put_url(out, target_of(item));
    atd_buffer_putc(out, ')');
    if (item->description && *item->description) {
        atd_buffer_puts(out, ": ");
        put_text(out, item->description, pool);
    }
    atd_buffer_putc(out, '\n');
}

static void put_section(atd_buffer_t *out, const atd_site_t *site, const atd_llms_section_t *section, apr_pool_t *pool)
{
    bool headed = false;

    for (int i = 0; i < section->items->nelts && !atd_buffer_overflowed(out); i++) {
        const atd_llms_item_t *item = &APR_ARRAY_IDX(section->items, i, atd_llms_item_t);

        if (!is_of_site(site, target_of(item)))
            continue;
        if (!headed) {
            atd_buffer_puts(out, "\n## ");
            put_text(out, section->name, pool);
            atd_buffer_puts(out, "\n\n");
            headed = true;
        }
        put_link(out, item, pool);
    }
}

void atd_llms_write(atd_buffer_t *out, const atd_site_t *site, const char *about, const apr_array_header_t *sections,
                    apr_pool_t *pool)
{
    put_head(out, site, about, pool);
    for (int i = 0; i < sections->nelts; i++)
        put_section(out, site, &APR_ARRAY_IDX(sections, i, atd_llms_section_t), pool);
}

void atd_llms_full_begin(atd_buffer_t *out, const atd_site_t *site, const char *about, apr_pool_t *pool)
{
    put_head(out, site, about, pool);
}

/* ---- code blocks that are left open ---- */

typedef struct fence_t {
    char sign;         /* 0: no block is open */
    apr_size_t length; /* of the line that opened it */
    bool in_list;      /* what is indented belongs to a list, whose end closes all in it */
} fence_t;

/* "-", "+", "*", "1.", "1)" with a blank behind it, or alone. */
static bool begins_item(const char *line, apr_size_t length)
{
    apr_size_t digits = 0;

    while (digits < length && digits < 9 && apr_isdigit(line[digits]))
        digits++;
    if (digits == length || !strchr(digits ? ".)" : "-+*", line[digits]))
        return false;
    return digits + 1 == length || line[digits + 1] == ' ' || line[digits + 1] == '\t';
}

/* A fence closes what one of its sign and no greater length opened, where nothing stands behind it. */
static void read_fence(fence_t *fence, const char *line, apr_size_t length)
{
    char sign = *line;
    apr_size_t count = 0;
    bool bare = true;

    while (count < length && line[count] == sign)
        count++;
    if ((sign != '`' && sign != '~') || count < 3)
        return;
    for (apr_size_t i = count; i < length; i++)
        bare = bare && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r');
    if (fence->sign) {
        if (fence->sign == sign && count >= fence->length && bare)
            fence->sign = '\0';
    } else if (sign == '~' || !memchr(line + count, '`', length - count)) {
        fence->sign = sign;
        fence->length = count;
    }
}

/* CommonMark 0.31.2, section 4.5; of blocks in lists and quotations none is left open where these end. */
static void read_line(fence_t *fence, const char *line, apr_size_t length)
{
    apr_size_t indent = 0;

    while (indent < length && line[indent] == ' ')
        indent++;
    if (indent == length || indent > 3 || line[indent] == '\r')
        return;
    if (!fence->sign) {
        if (fence->in_list && indent >= 2)
            return;
        fence->in_list = begins_item(line + indent, length - indent);
    }
    read_fence(fence, line + indent, length - indent);
}

static void close_block(atd_buffer_t *out, const char *text, apr_size_t length)
{
    fence_t fence = {0};

    for (apr_size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        apr_size_t size = end ? (apr_size_t)(end - text) - at : length - at;

        read_line(&fence, text + at, size);
        at += size + 1;
    }
    for (apr_size_t i = 0; fence.sign && i < fence.length; i++)
        atd_buffer_putc(out, fence.sign);
    if (fence.sign)
        atd_buffer_putc(out, '\n');
}

/* Without the blank lines around it. */
static void put_body(atd_buffer_t *out, const char *text, apr_size_t length)
{
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r' || text[length - 1] == ' '))
        length--;
    while (length > 0 && (*text == '\n' || *text == '\r')) {
        text++;
        length--;
    }
    if (length == 0)
        return;
    atd_buffer_putc(out, '\n');
    atd_buffer_add(out, text, length);
    atd_buffer_putc(out, '\n');
    close_block(out, text, length);
}

void atd_llms_full_put(atd_buffer_t *out, const atd_site_t *site, const atd_llms_item_t *item, apr_pool_t *pool)
{
    if (!is_of_site(site, item->url))
        return;
    atd_buffer_puts(out, "\n---\n\n# ");
    put_text(out, item->title, pool);
    atd_buffer_puts(out, "\n\nURL: ");
    put_url(out, item->url);
    atd_buffer_putc(out, '\n');
    if (item->date.at)
        atd_buffer_printf(out, "Date: %s\n", atd_date_day(&item->date, pool));
    put_body(out, item->markdown ? item->markdown : "", item->markdown ? item->markdown_length : 0);
}
