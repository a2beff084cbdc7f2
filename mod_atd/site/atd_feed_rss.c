/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed_private.h"

#include "base/atd_escape.h"

#include <apr_strings.h>

#include <string.h>

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\""
                           " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
                           " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                           " xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel>\n";

static void put_channel(const atd_feed_writer_t *writer)
{
    const atd_feed_t *feed = writer->feed;
    atd_buffer_t *out = writer->out;

    atd_feed_put_element(out, "title", feed->title);
    atd_feed_put_element(out, "link", feed->home);
    /* A channel must have one. */
    atd_feed_put_element(out, "description", feed->description && *feed->description ? feed->description : feed->title);
    atd_feed_put_element(out, "language", atd_feed_language(feed->lang, writer->pool));
    if (writer->updated.at)
        atd_feed_put_element(out, "lastBuildDate", atd_date_rfc822(&writer->updated, writer->pool));
    atd_buffer_puts(out, "<atom:link");
    atd_feed_put_attribute(out, "href", feed->self);
    atd_buffer_puts(out, " rel=\"self\" type=\"application/rss+xml\"/>\n");
}

/* https://www.rssboard.org/media-rss */
static void put_image(atd_buffer_t *out, const atd_facts_t *facts)
{
    const atd_target_t *image = &facts->image;

    if (!image->absolute)
        return;
    atd_buffer_puts(out, "<media:content");
    atd_feed_put_attribute(out, "url", image->absolute);
    atd_feed_put_attribute(out, "type", image->type);
    atd_buffer_puts(out, " medium=\"image\"");
    if (image->width)
        atd_buffer_printf(out, " width=\"%u\" height=\"%u\"", image->width, image->height);
    if (!facts->image_alt || !*facts->image_alt) {
        atd_buffer_puts(out, "/>\n");
        return;
    }
    atd_buffer_puts(out, ">");
    atd_feed_put_element(out, "media:description", facts->image_alt);
    atd_buffer_puts(out, "</media:content>\n");
}

/* Readers look for the description first, and want one where there is content. */
static void put_texts(atd_buffer_t *out, const atd_feed_entry_t *entry)
{
    atd_feed_put_element(out, "description", entry->content && !entry->excerpt ? entry->title : entry->excerpt);
    if (!entry->content || entry->content_length == 0)
        return;
    atd_buffer_puts(out, "<content:encoded>");
    atd_escape_cdata(out, entry->content, entry->content_length);
    atd_buffer_puts(out, "</content:encoded>\n");
}

static void put_item(const atd_feed_writer_t *writer, const atd_feed_entry_t *entry, apr_pool_t *pool)
{
    atd_buffer_t *out = writer->out;
    const apr_array_header_t *authors = entry->facts->authors;

    atd_buffer_puts(out, "<item>\n");
    atd_feed_put_element(out, "title", entry->title);
    atd_feed_put_element(out, "link", entry->item->url);
    atd_buffer_puts(out, "<guid isPermaLink=\"true\">");
    atd_escape_xml(out, entry->item->url, strlen(entry->item->url));
    atd_buffer_puts(out, "</guid>\n");
    if (entry->published.at)
        atd_feed_put_element(out, "pubDate", atd_date_rfc822(&entry->published, pool));
    for (int i = 0; i < authors->nelts; i++) /* RSS's own author is an e-mail address */
        atd_feed_put_element(out, "dc:creator", APR_ARRAY_IDX(authors, i, atd_person_t).name);
    for (apr_size_t i = 0; i < atd_value_count(entry->topics); i++)
        atd_feed_put_element(out, "category", atd_value_text(atd_value_at(entry->topics, i)));
    put_texts(out, entry);
    put_image(out, entry->facts);
    atd_buffer_puts(out, "</item>\n");
}

atd_error_t *atd_feed_write_rss(const atd_feed_writer_t *writer)
{
    atd_error_t *error;

    atd_buffer_puts(writer->out, head);
    put_channel(writer);
    error = atd_feed_each(writer, put_item);
    atd_buffer_puts(writer->out, "</channel>\n</rss>\n");
    return error;
}
