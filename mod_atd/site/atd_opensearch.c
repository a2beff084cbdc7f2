/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_opensearch.h"

#include "base/atd_escape.h"
#include "base/atd_text.h"

#include <apr_strings.h>

#include <string.h>

/* Characters that a value may have. */
#define MAX_SHORT_NAME 16
#define MAX_LONG_NAME 48
#define MAX_DESCRIPTION 1024

/* Bytes of the first @p characters of @p text, or of all of it. */
static apr_size_t length_of(const char *text, apr_size_t characters)
{
    apr_size_t length = 0;

    for (; text[length]; length++) {
        if (((unsigned char)text[length] & 0xC0) != 0x80 && characters-- == 0)
            break;
    }
    return length;
}

/* Between words where that leaves one; the dots of atd_text_excerpt() would count. */
static const char *cut(const char *text, apr_size_t characters, apr_pool_t *pool)
{
    const char *line = atd_text_collapse(text, pool);
    apr_size_t length = length_of(line, characters);
    apr_size_t word = length;

    while (line[length] && word > 0 && line[word] != ' ')
        word--;
    return apr_pstrmemdup(pool, line, word > 0 ? word : length);
}

static void put_element(atd_buffer_t *out, const char *name, const char *text)
{
    atd_buffer_printf(out, "<%s>", name);
    atd_escape_xml(out, text, strlen(text));
    atd_buffer_printf(out, "</%s>\n", name);
}

static void put_url(atd_buffer_t *out, const char *attributes, const char *url)
{
    atd_buffer_printf(out, "<Url %s template=\"", attributes);
    atd_escape_xml(out, url, strlen(url));
    atd_buffer_puts(out, "\"/>\n");
}

/* Braces of the blog's own address would be read as parameters, but a URL has none unescaped. */
static void put_search(atd_buffer_t *out, const atd_site_t *site, const char *type, const char *name, apr_pool_t *pool)
{
    put_url(out, apr_pstrcat(pool, "type=\"", type, "\" method=\"get\"", NULL),
            apr_pstrcat(pool, atd_site_url(site, name, pool), "?q={searchTerms}", NULL));
}

static void put_icon(atd_buffer_t *out, const atd_site_t *site, apr_pool_t *pool)
{
    const char *url;
    atd_asset_t icon;

    if (!atd_theme_asset(&icon, site->theme, "icon.svg"))
        return;
    url = atd_site_url(site, apr_pstrcat(pool, "_theme/icon.", icon.hash, ".svg", NULL), pool);
    atd_buffer_puts(out, "<Image width=\"16\" height=\"16\" type=\"image/svg+xml\">");
    atd_escape_xml(out, url, strlen(url));
    atd_buffer_puts(out, "</Image>\n");
}

void atd_opensearch_write(atd_buffer_t *out, const atd_site_t *site, apr_pool_t *pool)
{
    const char *title = site->settings->title;
    const char *description = site->settings->description;
    const char *short_name = cut(title, MAX_SHORT_NAME, pool);
    const char *long_name = cut(title, MAX_LONG_NAME, pool);

    atd_buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n");
    put_element(out, "ShortName", short_name);
    put_element(out, "Description", cut(description && *description ? description : title, MAX_DESCRIPTION, pool));
    put_search(out, site, "text/html", "search", pool);
    put_search(out, site, "application/json", "search.json", pool);
    put_url(out, "type=\"application/opensearchdescription+xml\" rel=\"self\"",
            atd_site_url(site, "opensearch.xml", pool));
    if (strcmp(short_name, long_name) != 0)
        put_element(out, "LongName", long_name);
    put_icon(out, site, pool);
    put_element(out, "InputEncoding", "UTF-8");
    atd_buffer_puts(out, "</OpenSearchDescription>\n");
}
