/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_twin.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_feed_private.h"

#include <apr_strings.h>

#include <string.h>

/* Of the data: goes up where a key changes its meaning or goes. */
#define VERSION 1

const char *atd_twin_markdown_name(const atd_post_t *post, apr_pool_t *pool)
{
    return apr_pstrcat(pool, post->slug, ".md", NULL);
}

const char *atd_twin_data_name(const atd_post_t *post, apr_pool_t *pool)
{
    const char *name = apr_pstrcat(pool, post->slug, ".json", NULL);
    atd_route_t route;

    atd_route_parse(&route, name, pool);
    return route.kind == ATD_ROUTE_DATA ? name : NULL;
}

/* Where the text was published first, if that is elsewhere. */
static const char *elsewhere_of(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    return strcmp(facts->canonical, atd_site_post_url(site, facts->post, pool)) == 0 ? NULL : facts->canonical;
}

/* ---- the source ---- */

/* Bytes of a character that YAML has only in escapes (section 5.1 of 1.2), or that people don't see; 0 for all others. */
static apr_size_t hidden_length(const char *at)
{
    static const char *const hidden[] = {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF", "\xEF\xBF\xBE",
                                         "\xEF\xBF\xBF"};

    if ((unsigned char)*at < 0x20 || *at == 0x7F)
        return 1;
    if (*at == '\xC2' && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xA0)
        return 2;
    for (apr_size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (strncmp(at, hidden[i], 3) == 0)
            return 3;
    }
    return 0;
}

static unsigned code_at(const char *at, apr_size_t length)
{
    const unsigned char *byte = (const unsigned char *)at;

    if (length == 1)
        return byte[0];
    if (length == 2)
        return (byte[0] & 0x1Fu) << 6 | (byte[1] & 0x3Fu);
    return (byte[0] & 0x0Fu) << 12 | (byte[1] & 0x3Fu) << 6 | (byte[2] & 0x3Fu);
}

/* atd_escape_json() would write "R&D" for a script element. */
static void put_quoted(atd_buffer_t *out, const char *text, apr_pool_t *pool)
{
    apr_size_t length = strlen(text);

    if (atd_text_valid_prefix(text, length) != length)
        text = atd_text_shown(text, pool);
    atd_buffer_putc(out, '"');
    while (*text) {
        apr_size_t hidden = hidden_length(text);

        if (hidden > 0) {
            atd_buffer_printf(out, "\\u%04x", code_at(text, hidden));
            text += hidden;
            continue;
        }
        if (*text == '"' || *text == '\\')
            atd_buffer_putc(out, '\\');
        atd_buffer_putc(out, *text++);
    }
    atd_buffer_putc(out, '"');
}

/* In one line. */
static void put_text(atd_buffer_t *out, const char *key, const char *text, apr_pool_t *pool)
{
    if (!text || !*text)
        return;
    atd_buffer_puts(out, key);
    atd_buffer_puts(out, ": ");
    put_quoted(out, atd_text_collapse(text, pool), pool);
    atd_buffer_putc(out, '\n');
}

static void put_date(atd_buffer_t *out, const char *key, const atd_date_t *date, apr_pool_t *pool)
{
    if (date->at)
        atd_buffer_printf(out, "%s: %s\n", key, atd_date_iso(date, pool));
}

static void put_texts(atd_buffer_t *out, const char *key, const atd_value_t *list, apr_pool_t *pool)
{
    if (atd_value_count(list) == 0)
        return;
    atd_buffer_puts(out, key);
    for (apr_size_t i = 0; i < atd_value_count(list); i++) {
        const char *text = atd_value_text(atd_value_at(list, i));

        atd_buffer_puts(out, i ? ", " : ": [");
        put_quoted(out, text ? text : "", pool);
    }
    atd_buffer_puts(out, "]\n");
}

static const atd_value_t *names_of(const apr_array_header_t *authors, apr_pool_t *pool)
{
    atd_value_t *names = atd_value_list(pool);

    for (int i = 0; i < authors->nelts; i++)
        atd_value_push(names, atd_value_string(pool, APR_ARRAY_IDX(authors, i, atd_person_t).name));
    return names;
}

/* The site's own image is for networks. */
static void put_image(atd_buffer_t *out, const atd_facts_t *facts, apr_pool_t *pool)
{
    if (!facts->post->image.src || !facts->image.absolute)
        return;
    put_text(out, "image", facts->image.absolute, pool);
    put_text(out, "imageAlt", facts->image_alt, pool);
}

static void put_front_matter(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_post_t *post = facts->post;

    atd_buffer_puts(out, "---\n");
    put_text(out, "title", facts->heading, pool);
    put_text(out, "url", atd_site_post_url(site, post, pool), pool);
    put_text(out, "canonicalUrl", elsewhere_of(site, facts, pool), pool);
    put_date(out, "date", &post->date, pool);
    put_date(out, "lastModified", &post->modified, pool);
    put_text(out, "lang", facts->lang, pool);
    put_texts(out, "authors", names_of(facts->authors, pool), pool);
    put_text(out, "category", post->category, pool);
    put_texts(out, "tags", post->tags, pool);
    put_text(out, "series", post->series, pool);
    if (post->series && post->part_number)
        atd_buffer_printf(out, "partNumber: %" APR_INT64_T_FMT "\n", post->part_number);
    put_text(out, "excerpt", post->excerpt, pool);
    put_text(out, "description", post->description, pool);
    put_text(out, "contentWarning", post->content_warning, pool);
    put_image(out, facts, pool);
    atd_buffer_puts(out, "---\n");
}

void atd_twin_put_markdown(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    put_front_matter(out, site, facts, pool);
    atd_buffer_add(out, facts->post->body, facts->post->body_length);
}

/* ---- the data ---- */

/* Keys are left out, not null. */
static void set(atd_value_t *map, const char *key, const char *text)
{
    if (text && *text)
        atd_value_set_text(map, key, text);
}

static void set_number(atd_value_t *map, const char *key, apr_int64_t number, apr_pool_t *pool)
{
    if (number > 0)
        atd_value_set(map, key, atd_value_int(pool, number));
}

static void set_filled(atd_value_t *map, const char *key, const atd_value_t *value)
{
    if (atd_value_count(value) > 0)
        atd_value_set(map, key, value);
}

/* A time before the post's date counts as the date. */
static atd_date_t modified_of(const atd_twin_t *twin)
{
    const atd_post_t *post = twin->facts->post;
    atd_date_t modified = post->modified.at ? post->modified : (atd_date_t){.at = twin->seen};

    return modified.at < post->date.at ? post->date : modified;
}

static void set_basics(atd_value_t *map, const atd_site_t *site, const atd_twin_t *twin, apr_pool_t *pool)
{
    const atd_facts_t *facts = twin->facts;
    const atd_post_t *post = facts->post;
    const atd_date_t modified = modified_of(twin);
    const char *url = atd_site_post_url(site, post, pool);

    set_number(map, "version", VERSION, pool);
    set(map, "type", post->is_page ? "page" : "post");
    set(map, "id", url);
    set(map, "url", url);
    set(map, "canonical_url", elsewhere_of(site, facts, pool));
    set(map, "markdown_url", atd_site_url(site, atd_twin_markdown_name(post, pool), pool));
    set(map, "title", facts->heading);
    set(map, "slug", post->slug);
    if (post->date.at)
        set(map, "date_published", atd_date_iso(&post->date, pool));
    if (modified.at)
        set(map, "date_modified", atd_date_iso(&modified, pool));
    set(map, "language", atd_feed_language(facts->lang, pool));
    set(map, "summary", facts->body->summary);
    set(map, "content_warning", post->content_warning);
}

static atd_error_t *set_content(atd_value_t *map, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_body_t *body = facts->body;
    atd_buffer_t *out = atd_buffer_create(pool, body->length + 1024, ATD_MAX_PAGE);
    const char *html, *plain;
    apr_size_t length;
    atd_error_t *error;

    atd_feed_content(out, site, atd_site_post_url(site, facts->post, pool), body->html, body->length, pool);
    error = atd_buffer_take(&html, &length, out, "the data's content of a post");
    if (error)
        return error;
    atd_value_set(map, "content_html", atd_value_string_ref(pool, html, length));
    plain = atd_document_plain(body->document, &length);
    atd_value_set(map, "content_text", atd_value_string_ref(pool, plain, length));
    atd_value_set(map, "words", atd_value_int(pool, (apr_int64_t)atd_document_words(body->document)));
    set_number(map, "reading_time_minutes", facts->minutes, pool);
    return NULL;
}

static const atd_value_t *authors_of(const atd_site_t *site, const apr_array_header_t *authors, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < authors->nelts; i++) {
        const atd_person_t *person = &APR_ARRAY_IDX(authors, i, atd_person_t);
        atd_value_t *map = atd_value_map(pool);

        set(map, "name", person->name);
        set(map, "url", atd_feed_author_url(site, person, pool));
        atd_value_push(list, map);
    }
    return list;
}

static const atd_value_t *image_of(const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_target_t *image = &facts->image;
    atd_value_t *map = atd_value_map(pool);

    if (!facts->post->image.src || !image->absolute)
        return map;
    set(map, "url", image->absolute);
    set(map, "alt", facts->image_alt);
    set(map, "caption", facts->image_caption);
    set_number(map, "width", image->width, pool);
    set_number(map, "height", image->height, pool);
    return map;
}

static const atd_value_t *translations_of(const apr_array_header_t *translations, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < translations->nelts; i++) {
        const atd_translation_t *translation = &APR_ARRAY_IDX(translations, i, atd_translation_t);
        atd_value_t *map = atd_value_map(pool);

        set(map, "language", translation->lang);
        set(map, "url", translation->url);
        atd_value_push(list, map);
    }
    return list;
}

static const atd_value_t *headings_of(const atd_document_t *document, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);
    atd_heading_t heading;

    for (apr_size_t i = 0; atd_document_heading(&heading, document, i); i++) {
        atd_value_t *map = atd_value_map(pool);

        set_number(map, "level", heading.level, pool);
        set(map, "id", heading.id);
        set(map, "text", heading.text);
        atd_value_push(list, map);
    }
    return list;
}

/* ---- other posts, of their views ---- */

static atd_value_t *link_of(const atd_site_t *site, const atd_value_t *view, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);
    const char *path = atd_value_text(atd_value_get(view, "path"));

    set(map, "title", atd_value_text(atd_value_get(view, "title")));
    set(map, "url", path ? atd_site_absolute(site, path, pool) : NULL);
    return map;
}

static const atd_value_t *links_of(const atd_site_t *site, const atd_value_t *views, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(views); i++) {
        const atd_value_t *view = atd_value_at(views, i);
        atd_value_t *map = link_of(site, view, pool);

        set_number(map, "part", atd_value_number(atd_value_get(view, "part")), pool);
        atd_value_push(list, map);
    }
    return list;
}

static void set_series(atd_value_t *map, const atd_site_t *site, const atd_twin_t *twin, apr_pool_t *pool)
{
    const atd_post_t *post = twin->facts->post;
    atd_value_t *series = atd_value_map(pool);

    if (!post->series)
        return;
    set(series, "title", post->series);
    set_number(series, "part", post->part_number, pool);
    set_filled(series, "posts", links_of(site, atd_value_find(twin->near, "series.posts"), pool));
    atd_value_set(map, "series", series);
}

static void set_others(atd_value_t *map, const atd_site_t *site, const atd_twin_t *twin, apr_pool_t *pool)
{
    set_series(map, site, twin, pool);
    set_filled(map, "translations", translations_of(twin->facts->translations, pool));
    set_filled(map, "related", links_of(site, twin->related, pool));
    set_filled(map, "previous", link_of(site, atd_value_get(twin->near, "previous"), pool));
    set_filled(map, "next", link_of(site, atd_value_get(twin->near, "next"), pool));
}

atd_error_t *atd_twin_put_data(atd_buffer_t *out, const atd_site_t *site, const atd_twin_t *twin, apr_pool_t *pool)
{
    const atd_facts_t *facts = twin->facts;
    atd_value_t *map = atd_value_map(pool);
    atd_error_t *error;

    set_basics(map, site, twin, pool);
    error = set_content(map, site, facts, pool);
    if (error)
        return error;
    set_filled(map, "authors", authors_of(site, facts->authors, pool));
    set(map, "category", facts->post->category);
    set_filled(map, "tags", facts->post->tags);
    set_filled(map, "image", image_of(facts, pool));
    set_filled(map, "toc", headings_of(facts->body->document, pool));
    set_others(map, site, twin, pool);
    atd_escape_json_value(out, map);
    atd_buffer_putc(out, '\n');
    return NULL;
}
