/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_body.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_picture.h"

#include <apr_strings.h>

#include <string.h>

#define SUMMARY_CHARACTERS 300

static void put_attribute(atd_buffer_t *out, const char *name, const char *value)
{
    atd_buffer_printf(out, " %s=\"", name);
    atd_escape_html(out, value, strlen(value));
    atd_buffer_putc(out, '"');
}

static void put_link(atd_buffer_t *url, atd_buffer_t *attributes, const atd_site_t *site, const atd_post_t *post,
                     const atd_mark_t *mark, apr_pool_t *pool)
{
    atd_target_t target;

    atd_link_resolve(&target, site, post, mark->url, pool);
    if (target.url)
        atd_escape_html(url, target.url, strlen(target.url));
    if (target.url && atd_link_is_external(site, target.url) && *site->settings->external_rel)
        put_attribute(attributes, "rel", site->settings->external_rel);
}

static void put_image(atd_buffer_t *url, atd_buffer_t *attributes, const atd_site_t *site, const atd_post_t *post,
                      const atd_mark_t *mark, apr_pool_t *pool)
{
    atd_target_t target;

    if (strncasecmp(mark->url, "data:", 5) == 0) { /* the engine lets only images through */
        atd_escape_html(url, mark->url, strlen(mark->url));
        return;
    }
    atd_picture_resolve(&target, site, post, mark->url, pool);
    if (target.url)
        atd_escape_html(url, target.url, strlen(target.url));
    if (target.width)
        atd_buffer_printf(attributes, " width=\"%u\" height=\"%u\"", target.width, target.height);
    atd_buffer_puts(attributes, " loading=\"lazy\" decoding=\"async\"");
}

/* Copies the HTML; at each mark the URL is replaced and the tag gets its further attributes. */
static atd_error_t *complete(atd_body_t *body, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    apr_size_t length;
    const char *html = atd_document_html(body->document, &length);
    atd_buffer_t *out = atd_buffer_create(pool, length + length / 8, ATD_MAX_PAGE);
    apr_size_t count = atd_document_mark_count(body->document);
    apr_size_t at = 0;
    atd_mark_t mark;

    for (apr_size_t i = 0; i < count && atd_document_mark(&mark, body->document, i); i++) {
        atd_buffer_t *attributes = atd_buffer_create(pool, 64, ATD_MAX_PAGE);
        const char *text;

        atd_buffer_add(out, html + at, mark.url_at - at);
        (mark.kind == ATD_MARK_IMAGE ? put_image : put_link)(out, attributes, site, post, &mark, pool);
        at = mark.url_at + mark.url_length;
        atd_buffer_add(out, html + at, mark.attributes_at - at);
        at = mark.attributes_at;
        if (!atd_buffer_take(&text, NULL, attributes, "the tag"))
            atd_buffer_puts(out, text);
    }
    atd_buffer_add(out, html + at, length - at);
    return atd_buffer_take(&body->html, &body->length, out, "the post's HTML");
}

static atd_value_t *toc_list(apr_pool_t *pool, atd_value_t **items)
{
    atd_value_t *list = atd_value_map(pool);
    atd_value_t *entries = atd_value_list(pool);

    atd_value_set(list, "items", entries);
    *items = entries;
    return list;
}

static atd_value_t *toc_item(const atd_heading_t *heading, apr_pool_t *pool)
{
    atd_value_t *item = atd_value_map(pool);

    atd_value_set_text(item, "id", heading->id);
    atd_value_set_text(item, "text", heading->text);
    atd_value_set(item, "level", atd_value_int(pool, heading->level));
    atd_value_set(item, "children", atd_value_bool(pool, false)); /* a miss would find the parent's */
    return item;
}

/* Headings nest by level; a level that is left out (h2, then h4) nests one step all the same. */
static const atd_value_t *make_toc(const atd_document_t *document, apr_pool_t *pool)
{
    struct {
        unsigned level;
        atd_value_t *item;  /* the heading itself; NULL for the whole list */
        atd_value_t *items; /* where its children go; NULL until it has one */
    } stack[8] = {{0}};
    apr_size_t count = atd_document_heading_count(document);
    atd_value_t *toc = toc_list(pool, &stack[0].items);
    atd_heading_t heading;
    int top = 0;

    for (apr_size_t i = 0; i < count && atd_document_heading(&heading, document, i); i++) {
        atd_value_t *item = toc_item(&heading, pool);

        while (top > 0 && stack[top].level >= heading.level)
            top--;
        if (!stack[top].items)
            atd_value_set(stack[top].item, "children", toc_list(pool, &stack[top].items));
        atd_value_push(stack[top].items, item);
        top++;
        stack[top].level = heading.level;
        stack[top].item = item;
        stack[top].items = NULL;
    }
    return count ? toc : NULL;
}

apr_int64_t atd_body_minutes(const atd_site_t *site, apr_int64_t words)
{
    apr_int64_t speed = site->settings->words_per_minute;

    return words > speed ? (words + speed - 1) / speed : 1;
}

const char *atd_body_summary(const atd_document_t *document, apr_pool_t *pool)
{
    return atd_text_excerpt(atd_text_collapse(atd_document_first_paragraph(document), pool), SUMMARY_CHARACTERS, pool);
}

/* Lines of the body become lines of the file. */
static atd_error_t *place_in_file(atd_error_t *error, const atd_post_t *post)
{
    error->file = post->path;
    if (error->line)
        error->line += post->body_line - 1;
    return error;
}

atd_error_t *atd_body_make(const atd_body_t **made, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    atd_body_t *body = apr_pcalloc(pool, sizeof *body);
    atd_markdown_options_t options = atd_markdown_post_options;
    atd_error_t *error;

    options.raw_html = site->raw_html;
    options.smart = site->settings->smart;
    error =
        site->renderer->render(&body->document, site->renderer->baton, post->body, post->body_length, &options, pool);
    if (!error)
        error = complete(body, site, post, pool);
    if (error)
        return place_in_file(error, post);
    body->minutes = atd_body_minutes(site, (apr_int64_t)atd_document_words(body->document));
    body->summary = post->excerpt ? atd_text_collapse(post->excerpt, pool) : atd_body_summary(body->document, pool);
    body->toc = make_toc(body->document, pool);
    *made = body;
    return NULL;
}
