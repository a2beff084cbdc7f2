/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed_private.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "site/atd_picture.h"

#include <string.h>

/* Keys are left out, not null. */
static void put(atd_value_t *map, const char *key, const char *text)
{
    if (text && *text)
        atd_value_set_text(map, key, text);
}

static void put_list(atd_value_t *map, const char *key, const atd_value_t *list)
{
    if (atd_value_count(list) > 0)
        atd_value_set(map, key, list);
}

static const char *avatar_of(const atd_site_t *site, const atd_person_t *person, apr_pool_t *pool)
{
    atd_target_t image = {0};

    if (person->image)
        atd_picture_resolve(&image, site, NULL, person->image, pool);
    return image.absolute;
}

static const atd_value_t *make_authors(const atd_site_t *site, const apr_array_header_t *authors, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < authors->nelts; i++) {
        const atd_person_t *person = &APR_ARRAY_IDX(authors, i, atd_person_t);
        atd_value_t *map = atd_value_map(pool);

        put(map, "name", person->name);
        put(map, "url", atd_feed_author_url(site, person, pool));
        put(map, "avatar", avatar_of(site, person, pool));
        atd_value_push(list, map);
    }
    return list;
}

static const char *icon_of(const atd_site_t *site, apr_pool_t *pool)
{
    atd_target_t image = {0};

    if (site->settings->image)
        atd_picture_resolve(&image, site, NULL, site->settings->image, pool);
    return image.absolute;
}

static const atd_value_t *make_head(const atd_feed_writer_t *writer)
{
    const atd_feed_t *feed = writer->feed;
    const atd_site_t *site = writer->site;
    apr_pool_t *pool = writer->pool;
    apr_array_header_t *authors = apr_array_make(pool, 1, sizeof(atd_person_t));
    const atd_person_t author = {.name = site->settings->author};
    atd_value_t *map = atd_value_map(pool);

    if (author.name)
        APR_ARRAY_PUSH(authors, atd_person_t) = author;
    put(map, "version", "https://jsonfeed.org/version/1.1");
    put(map, "title", feed->title);
    put(map, "home_page_url", feed->home);
    put(map, "feed_url", feed->self);
    put(map, "description", feed->description);
    put(map, "icon", icon_of(site, pool));
    put(map, "language", atd_feed_language(feed->lang, pool));
    put_list(map, "authors", make_authors(site, authors, pool));
    return map;
}

/* An item must have content, be it empty. */
static void put_content(atd_value_t *map, const atd_feed_entry_t *entry, apr_pool_t *pool)
{
    apr_size_t length = entry->excerpt ? strlen(entry->excerpt) : 0;
    atd_buffer_t *out = atd_buffer_create(pool, length + 16, length * 6 + 16);
    const char *html;

    if (entry->content) {
        atd_value_set(map, "content_html", atd_value_string_ref(pool, entry->content, entry->content_length));
        return;
    }
    if (length > 0) {
        atd_buffer_puts(out, "<p>");
        atd_escape_html(out, entry->excerpt, length);
        atd_buffer_puts(out, "</p>");
    }
    if (!atd_buffer_take(&html, NULL, out, "the excerpt"))
        atd_value_set(map, "content_html", atd_value_string(pool, html));
}

static void put_item(const atd_feed_writer_t *writer, const atd_feed_entry_t *entry, apr_pool_t *pool)
{
    const char *lang = atd_feed_language(writer->feed->lang, pool);
    atd_value_t *map = atd_value_map(pool);

    put(map, "id", entry->item->url);
    put(map, "url", entry->item->url);
    put(map, "title", entry->title);
    put_content(map, entry, pool);
    put(map, "summary", entry->excerpt);
    put(map, "image", entry->facts->image.absolute);
    if (entry->published.at)
        put(map, "date_published", atd_date_iso(&entry->published, pool));
    put(map, "date_modified", atd_date_iso(&entry->updated, pool));
    put_list(map, "authors", make_authors(writer->site, entry->facts->authors, pool));
    put_list(map, "tags", entry->topics);
    if (entry->lang && (!lang || strcmp(entry->lang, lang) != 0))
        put(map, "language", entry->lang);
    if (entry->index > 0)
        atd_buffer_putc(writer->out, ',');
    atd_buffer_putc(writer->out, '\n');
    atd_escape_json_value(writer->out, map);
}

atd_error_t *atd_feed_write_json(const atd_feed_writer_t *writer)
{
    atd_error_t *error;

    atd_escape_json_value(writer->out, make_head(writer));
    atd_buffer_truncate(writer->out, atd_buffer_length(writer->out) - 1); /* the items go before its bracket */
    atd_buffer_puts(writer->out, ",\"items\":[");
    error = atd_feed_each(writer, put_item);
    atd_buffer_puts(writer->out, "\n]}\n");
    return error;
}
