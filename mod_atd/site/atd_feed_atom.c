/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed_private.h"

#include "base/atd_escape.h"

#include <string.h>

/* A feed without entries must say when it changed, too; it is better always the same than always now. */
static const atd_date_t never = {.at = APR_TIME_C(946684800000000)}; /* 2000-01-01T00:00:00Z */

static void put_link(atd_buffer_t *out, const char *rel, const char *type, const char *href)
{
    atd_buffer_printf(out, "<link rel=\"%s\" type=\"%s\"", rel, type);
    atd_feed_put_attribute(out, "href", href);
    atd_buffer_puts(out, "/>\n");
}

static void put_author(atd_buffer_t *out, const char *name, const char *url)
{
    atd_buffer_puts(out, "<author>\n");
    atd_feed_put_element(out, "name", name);
    atd_feed_put_element(out, "uri", url);
    atd_buffer_puts(out, "</author>\n");
}

static void put_head(const atd_feed_writer_t *writer)
{
    const atd_feed_t *feed = writer->feed;
    const atd_settings_t *settings = writer->site->settings;
    atd_buffer_t *out = writer->out;

    atd_buffer_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    atd_feed_put_attribute(out, "xml:lang", atd_feed_language(feed->lang, writer->pool));
    atd_buffer_puts(out, ">\n");
    atd_feed_put_element(out, "id", feed->self);
    atd_feed_put_element(out, "title", feed->title);
    atd_feed_put_element(out, "subtitle", feed->description);
    atd_feed_put_element(out, "updated", atd_date_iso(writer->updated.at ? &writer->updated : &never, writer->pool));
    put_link(out, "self", "application/atom+xml", feed->self);
    put_link(out, "alternate", "text/html", feed->home);
    put_author(out, settings->author ? settings->author : settings->title, NULL);
    atd_buffer_puts(out, "<generator>mod_atd</generator>\n");
}

static void put_authors(const atd_feed_writer_t *writer, const atd_feed_entry_t *entry, apr_pool_t *pool)
{
    const apr_array_header_t *authors = entry->facts->authors;

    for (int i = 0; i < authors->nelts; i++) {
        const atd_person_t *person = &APR_ARRAY_IDX(authors, i, atd_person_t);

        put_author(writer->out, person->name, atd_feed_author_url(writer->site, person, pool));
    }
}

static void put_topics(atd_buffer_t *out, const atd_value_t *topics)
{
    for (apr_size_t i = 0; i < atd_value_count(topics); i++) {
        atd_buffer_puts(out, "<category");
        atd_feed_put_attribute(out, "term", atd_value_text(atd_value_at(topics, i)));
        atd_buffer_puts(out, "/>\n");
    }
}

static void put_content(atd_buffer_t *out, const atd_feed_entry_t *entry)
{
    if (!entry->content || entry->content_length == 0)
        return;
    atd_buffer_puts(out, "<content type=\"html\">");
    atd_escape_cdata(out, entry->content, entry->content_length);
    atd_buffer_puts(out, "</content>\n");
}

static void put_entry(const atd_feed_writer_t *writer, const atd_feed_entry_t *entry, apr_pool_t *pool)
{
    const char *lang = atd_feed_language(writer->feed->lang, pool);
    atd_buffer_t *out = writer->out;

    atd_buffer_puts(out, "<entry");
    if (entry->lang && (!lang || strcmp(entry->lang, lang) != 0))
        atd_feed_put_attribute(out, "xml:lang", entry->lang);
    atd_buffer_puts(out, ">\n");
    atd_feed_put_element(out, "id", entry->item->url);
    atd_feed_put_element(out, "title", entry->title);
    put_link(out, "alternate", "text/html", entry->item->url);
    if (entry->published.at)
        atd_feed_put_element(out, "published", atd_date_iso(&entry->published, pool));
    atd_feed_put_element(out, "updated", atd_date_iso(&entry->updated, pool));
    put_authors(writer, entry, pool);
    put_topics(out, entry->topics);
    atd_feed_put_element(out, "summary", entry->excerpt);
    put_content(out, entry);
    atd_buffer_puts(out, "</entry>\n");
}

atd_error_t *atd_feed_write_atom(const atd_feed_writer_t *writer)
{
    atd_error_t *error;

    put_head(writer);
    error = atd_feed_each(writer, put_entry);
    atd_buffer_puts(writer->out, "</feed>\n");
    return error;
}
