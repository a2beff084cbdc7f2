/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_sitemap.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "site/atd_facts.h"

#include <apr_strings.h>

#include <string.h>

#define MAX_URL 2048

static const char begin_urlset[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                   "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""
                                   " xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\""
                                   " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
static const char end_urlset[] = "</urlset>\n";

/* Markup of an entry, and of each alternate of it, with much to spare. */
#define ENTRY_MARKUP 512
#define ALTERNATE_MARKUP 128

static void put_element(atd_buffer_t *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    atd_buffer_putc(out, '<');
    atd_buffer_puts(out, name);
    atd_buffer_putc(out, '>');
    atd_escape_xml(out, text, strlen(text));
    atd_buffer_puts(out, "</");
    atd_buffer_puts(out, name);
    atd_buffer_puts(out, ">\n");
}

void atd_sitemap_begin(atd_sitemap_t *sitemap, atd_buffer_t *out, const atd_site_t *site, apr_pool_t *pool)
{
    *sitemap = (atd_sitemap_t){.out = out, .site = site, .begin = atd_buffer_length(out), .pool = pool};
    atd_buffer_puts(out, begin_urlset);
}

/* A byte becomes six at most. */
static apr_size_t escaped_length(const char *text)
{
    return text ? 6 * strlen(text) : 0;
}

static apr_size_t length_at_most(const atd_sitemap_entry_t *entry)
{
    apr_size_t length = ENTRY_MARKUP + escaped_length(entry->url) + escaped_length(entry->image) +
                        escaped_length(entry->image_title) + escaped_length(entry->image_caption);

    for (int i = 0; entry->alternates && i < entry->alternates->nelts; i++) {
        const atd_sitemap_alternate_t *alternate = &APR_ARRAY_IDX(entry->alternates, i, atd_sitemap_alternate_t);

        length += ALTERNATE_MARKUP + escaped_length(alternate->lang) + escaped_length(alternate->url);
    }
    return length;
}

static bool is_full(const atd_sitemap_t *sitemap, const atd_sitemap_entry_t *entry)
{
    apr_size_t length = atd_buffer_length(sitemap->out) - sitemap->begin + sizeof end_urlset;

    if (sitemap->urls == 0) /* one that is too large for any sitemap must not be tried for ever */
        return false;
    return sitemap->urls >= ATD_MAX_SITEMAP_URLS || length + length_at_most(entry) > ATD_MAX_SITEMAP;
}

static bool is_of_site(const atd_site_t *site, const char *url)
{
    return strncmp(url, site->url, strlen(site->url)) == 0 && strlen(url) < MAX_URL;
}

static const char *priority_of(atd_priority_t priority)
{
    switch (priority) {
    case ATD_PRIORITY_HIGH:
        return "1.0";
    case ATD_PRIORITY_LOW:
        return "0.3";
    case ATD_PRIORITY_MEDIUM:
    default:
        return NULL;
    }
}

static void put_alternates(atd_buffer_t *out, const apr_array_header_t *alternates)
{
    for (int i = 0; alternates && i < alternates->nelts; i++) {
        const atd_sitemap_alternate_t *alternate = &APR_ARRAY_IDX(alternates, i, atd_sitemap_alternate_t);

        atd_buffer_puts(out, "<xhtml:link rel=\"alternate\" hreflang=\"");
        atd_escape_xml(out, alternate->lang, strlen(alternate->lang));
        atd_buffer_puts(out, "\" href=\"");
        atd_escape_xml(out, alternate->url, strlen(alternate->url));
        atd_buffer_puts(out, "\"/>\n");
    }
}

static void put_image(atd_buffer_t *out, const atd_sitemap_entry_t *entry)
{
    if (!entry->image || !*entry->image)
        return;
    atd_buffer_puts(out, "<image:image>\n");
    put_element(out, "image:loc", entry->image);
    put_element(out, "image:caption", entry->image_caption);
    put_element(out, "image:title", entry->image_title);
    atd_buffer_puts(out, "</image:image>\n");
}

bool atd_sitemap_put(atd_sitemap_t *sitemap, const atd_sitemap_entry_t *entry)
{
    atd_buffer_t *out = sitemap->out;

    if (!is_of_site(sitemap->site, entry->url))
        return true;
    if (is_full(sitemap, entry))
        return false;
    sitemap->urls++;
    atd_buffer_puts(out, "<url>\n");
    put_element(out, "loc", entry->url);
    if (entry->modified.at)
        put_element(out, "lastmod", atd_date_iso(&entry->modified, sitemap->pool));
    put_element(out, "priority", priority_of(entry->priority));
    put_alternates(out, entry->alternates);
    put_image(out, entry);
    atd_buffer_puts(out, "</url>\n");
    return true;
}

void atd_sitemap_end(atd_sitemap_t *sitemap)
{
    atd_buffer_puts(sitemap->out, end_urlset);
}

static const char *dashed(const char *lang, apr_pool_t *pool)
{
    char *tag = apr_pstrdup(pool, lang);

    for (char *at = tag; *at; at++) {
        if (*at == '_')
            *at = '-';
    }
    return tag;
}

static void add_alternate(apr_array_header_t *alternates, const char *lang, const char *url, apr_pool_t *pool)
{
    const atd_sitemap_alternate_t alternate = {.lang = dashed(lang, pool), .url = url};

    for (int i = 0; i < alternates->nelts; i++) {
        if (strcasecmp(APR_ARRAY_IDX(alternates, i, atd_sitemap_alternate_t).lang, alternate.lang) == 0)
            return;
    }
    APR_ARRAY_PUSH(alternates, atd_sitemap_alternate_t) = alternate;
}

const apr_array_header_t *atd_sitemap_alternates(const atd_site_t *site, const atd_post_t *post, const char *url,
                                                 apr_pool_t *pool)
{
    const apr_array_header_t *translations = atd_facts_translations(site, post, pool);
    apr_array_header_t *alternates;

    if (translations->nelts == 0)
        return NULL;
    alternates = apr_array_make(pool, translations->nelts + 1, sizeof(atd_sitemap_alternate_t));
    add_alternate(alternates, post->lang && *post->lang ? post->lang : site->settings->language, url, pool);
    for (int i = 0; i < translations->nelts; i++) {
        const atd_translation_t *translation = &APR_ARRAY_IDX(translations, i, atd_translation_t);

        add_alternate(alternates, translation->lang, translation->url, pool);
    }
    return alternates->nelts > 1 ? alternates : NULL;
}

atd_error_t *atd_sitemap_write_index(atd_buffer_t *out, const apr_array_header_t *parts, apr_pool_t *pool)
{
    if (parts->nelts > ATD_MAX_SITEMAP_URLS)
        return atd_error_make(pool, ATD_E_LIMIT, NULL, "the sitemap index would have more than %d sitemaps",
                              ATD_MAX_SITEMAP_URLS);
    atd_buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (int i = 0; i < parts->nelts && !atd_buffer_overflowed(out); i++) {
        const atd_sitemap_part_t *part = &APR_ARRAY_IDX(parts, i, atd_sitemap_part_t);

        atd_buffer_puts(out, "<sitemap>\n");
        put_element(out, "loc", part->url);
        if (part->modified.at)
            put_element(out, "lastmod", atd_date_iso(&part->modified, pool));
        atd_buffer_puts(out, "</sitemap>\n");
    }
    atd_buffer_puts(out, "</sitemapindex>\n");
    return NULL;
}
