/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed_private.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

static bool has_text(const char *text)
{
    return text && text[strspn(text, " \t\r\n")];
}

static atd_date_t published_of(const atd_feed_item_t *item)
{
    return item->facts->post->date;
}

/* A post that was first seen before its date, or whose author says so, was not changed before it was there. */
static atd_date_t updated_of(const atd_feed_item_t *item)
{
    const atd_post_t *post = item->facts->post;
    atd_date_t updated = {.at = item->modified};

    if (post->date.at >= item->modified)
        return post->date;
    if (post->modified.at == item->modified)
        return post->modified; /* in the offset that its author wrote */
    return updated;
}

const char *atd_feed_language(const char *lang, apr_pool_t *pool)
{
    char *tag = apr_pstrdup(pool, lang ? lang : "");
    apr_size_t length = 0;

    for (char *at = tag; *at; at++) {
        if (*at == '_')
            *at = '-';
        if (*at == '-' ? length == 0 : !apr_isalnum(*at) || ++length > 8)
            return NULL;
        if (*at == '-')
            length = 0;
    }
    return length > 0 && apr_isalpha(*tag) ? tag : NULL;
}

const char *atd_feed_author_url(const atd_site_t *site, const atd_person_t *person, apr_pool_t *pool)
{
    const char *url = person->url ? atd_site_absolute(site, person->url, pool) : NULL;
    apr_size_t length = url ? strlen(url) : 0;
    atd_buffer_t *out = atd_buffer_create(pool, length, length * 3);
    const char *encoded = NULL;

    if (length == 0)
        return NULL;
    atd_escape_url(out, url, length);
    return atd_buffer_take(&encoded, NULL, out, "the URL") ? NULL : encoded;
}

static void add_topic(atd_value_t *topics, const char *text, apr_pool_t *pool)
{
    if (!has_text(text))
        return;
    for (apr_size_t i = 0; i < atd_value_count(topics); i++) {
        if (strcmp(atd_value_text(atd_value_at(topics, i)), text) == 0)
            return;
    }
    atd_value_push(topics, atd_value_string(pool, text));
}

static const atd_value_t *topics_of(const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *topics = atd_value_list(pool);

    add_topic(topics, post->category, pool);
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        add_topic(topics, atd_value_text(atd_value_at(post->tags, i)), pool);
    return topics;
}

static const char *excerpt_of(const atd_facts_t *facts)
{
    if (facts->body && has_text(facts->body->summary))
        return facts->body->summary;
    return has_text(facts->description) ? facts->description : NULL;
}

static atd_error_t *make_content(atd_feed_entry_t *entry, const atd_feed_writer_t *writer, apr_pool_t *pool)
{
    const atd_body_t *body = entry->facts->body;
    const char *warning = entry->facts->post->content_warning;
    atd_buffer_t *out = atd_buffer_create(pool, body->length + 1024, ATD_MAX_PAGE);

    if (has_text(warning)) {
        atd_buffer_puts(out, "<p><strong>Content warning:</strong> ");
        atd_escape_html(out, warning, strlen(warning));
        atd_buffer_puts(out, "</p>\n");
    }
    atd_feed_content(out, writer->site, entry->item->url, body->html, body->length, pool);
    return atd_buffer_take(&entry->content, &entry->content_length, out, "the feed's content of a post");
}

static atd_error_t *make_entry(atd_feed_entry_t *entry, const atd_feed_writer_t *writer, int index, apr_pool_t *pool)
{
    memset(entry, 0, sizeof *entry);
    entry->index = index;
    entry->item = &APR_ARRAY_IDX(writer->feed->items, index, atd_feed_item_t);
    entry->facts = entry->item->facts;
    entry->title = entry->facts->heading;
    entry->lang = atd_feed_language(entry->facts->lang, pool);
    entry->excerpt = excerpt_of(entry->facts);
    entry->published = published_of(entry->item);
    entry->updated = updated_of(entry->item);
    entry->topics = topics_of(entry->facts->post, pool);
    if (!writer->feed->full || !entry->facts->body)
        return NULL;
    return make_content(entry, writer, pool);
}

atd_error_t *atd_feed_each(const atd_feed_writer_t *writer, atd_feed_put_fn put)
{
    atd_error_t *error = NULL;

    for (int i = 0; i < writer->feed->items->nelts && !error && !atd_buffer_overflowed(writer->out); i++) {
        atd_feed_entry_t entry;
        apr_pool_t *scratch;

        apr_pool_create(&scratch, writer->pool);
        error = make_entry(&entry, writer, i, scratch);
        if (error)
            error = atd_error_copy(error, writer->pool);
        else
            put(writer, &entry, scratch);
        apr_pool_destroy(scratch);
    }
    return error;
}

void atd_feed_put_element(atd_buffer_t *out, const char *name, const char *text)
{
    if (!has_text(text))
        return;
    atd_buffer_putc(out, '<');
    atd_buffer_puts(out, name);
    atd_buffer_putc(out, '>');
    atd_escape_xml(out, text, strlen(text));
    atd_buffer_puts(out, "</");
    atd_buffer_puts(out, name);
    atd_buffer_puts(out, ">\n");
}

void atd_feed_put_attribute(atd_buffer_t *out, const char *name, const char *value)
{
    if (!has_text(value))
        return;
    atd_buffer_putc(out, ' ');
    atd_buffer_puts(out, name);
    atd_buffer_puts(out, "=\"");
    atd_escape_xml(out, value, strlen(value));
    atd_buffer_putc(out, '"');
}

static atd_date_t last_update(const atd_feed_t *feed)
{
    atd_date_t latest = {0};

    for (int i = 0; i < feed->items->nelts; i++) {
        atd_date_t updated = updated_of(&APR_ARRAY_IDX(feed->items, i, atd_feed_item_t));

        if (updated.at > latest.at)
            latest = updated;
    }
    return latest;
}

atd_error_t *atd_feed_write(atd_buffer_t *out, atd_feed_format_t format, const atd_site_t *site, const atd_feed_t *feed,
                            apr_pool_t *pool)
{
    const atd_feed_writer_t writer = {
        .out = out, .site = site, .feed = feed, .updated = last_update(feed), .pool = pool};

    switch (format) {
    case ATD_FEED_ATOM:
        return atd_feed_write_atom(&writer);
    case ATD_FEED_JSON:
        return atd_feed_write_json(&writer);
    case ATD_FEED_RSS:
    default:
        return atd_feed_write_rss(&writer);
    }
}

const char *atd_feed_type(atd_feed_format_t format)
{
    switch (format) {
    case ATD_FEED_ATOM:
        return "application/atom+xml; charset=utf-8";
    case ATD_FEED_JSON:
        return "application/feed+json; charset=utf-8";
    case ATD_FEED_RSS:
    default:
        return "application/rss+xml; charset=utf-8";
    }
}
