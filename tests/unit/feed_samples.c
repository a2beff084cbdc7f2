/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_limits.h"
#include "site/atd_feed.h"
#include "site/atd_llms.h"
#include "site/atd_sitemap.h"

#include <apr_general.h>
#include <apr_strings.h>

#include <stdio.h>
#include <string.h>

/**
 * @file feed_samples.c
 * Writes a feed, a sitemap or llms.txt of the posts in a folder: `feed_samples KIND FOLDER [POST...]`, the posts as paths
 * below the folder. KIND is rss, atom, json, each also with -excerpt behind it, or sitemap, index, llms, llms-full.
 */
typedef struct sample_t {
    const atd_site_t *site;
    apr_array_header_t *items; /* of atd_feed_item_t */
    atd_buffer_t *out;
    apr_pool_t *pool;
} sample_t;

static atd_error_t *add_post(const sample_t *sample, const char *path)
{
    atd_facts_t *facts = apr_palloc(sample->pool, sizeof *facts);
    const atd_post_t *post;
    const atd_body_t *body;
    atd_error_t *error = atd_post_load(&post, &sample->site->content, path, NULL, sample->pool);

    if (!error)
        error = atd_body_make(&body, sample->site, post, sample->pool);
    if (error)
        return error;
    atd_facts_of_post(facts, sample->site, post, body, sample->pool);
    APR_ARRAY_PUSH(sample->items, atd_feed_item_t) =
        (atd_feed_item_t){.facts = facts,
                          .url = facts->canonical,
                          .modified = post->modified.at ? post->modified.at : apr_time_from_sec(1750000000)};
    return NULL;
}

static atd_error_t *write_feed(const sample_t *sample, const char *kind)
{
    const atd_settings_t *settings = sample->site->settings;
    const atd_feed_t feed = {.title = settings->title,
                             .description = settings->description,
                             .lang = settings->language,
                             .home = sample->site->url,
                             .self = atd_site_url(sample->site, "feed", sample->pool),
                             .items = sample->items,
                             .full = !strstr(kind, "-excerpt")};
    atd_feed_format_t format = *kind == 'r' ? ATD_FEED_RSS : *kind == 'a' ? ATD_FEED_ATOM : ATD_FEED_JSON;

    return atd_feed_write(sample->out, format, sample->site, &feed, sample->pool);
}

static void write_sitemap(const sample_t *sample)
{
    atd_sitemap_t sitemap;

    atd_sitemap_begin(&sitemap, sample->out, sample->site, sample->pool);
    atd_sitemap_put(&sitemap, &(atd_sitemap_entry_t){.url = sample->site->url});
    for (int i = 0; i < sample->items->nelts; i++) {
        const atd_feed_item_t *item = &APR_ARRAY_IDX(sample->items, i, atd_feed_item_t);
        const atd_facts_t *facts = item->facts;
        const atd_sitemap_entry_t entry = {
            .url = item->url,
            .modified = {.at = item->modified},
            .priority = facts->post->priority,
            .image = facts->image.absolute,
            .image_title = facts->image_alt,
            .image_caption = facts->image_caption,
            .alternates = atd_sitemap_alternates(sample->site, facts->post, item->url, sample->pool)};

        atd_sitemap_put(&sitemap, &entry);
    }
    atd_sitemap_end(&sitemap);
}

static atd_error_t *write_index(const sample_t *sample)
{
    apr_array_header_t *parts = apr_array_make(sample->pool, 1, sizeof(atd_sitemap_part_t));
    const atd_sitemap_part_t part = {.url = atd_site_url(sample->site, "sitemap-1.xml", sample->pool),
                                     .modified = {.at = apr_time_from_sec(1750000000)}};

    APR_ARRAY_PUSH(parts, atd_sitemap_part_t) = part;
    return atd_sitemap_write_index(sample->out, parts, sample->pool);
}

static void write_llms(const sample_t *sample, bool full)
{
    apr_array_header_t *items = apr_array_make(sample->pool, 4, sizeof(atd_llms_item_t));
    apr_array_header_t *sections = apr_array_make(sample->pool, 1, sizeof(atd_llms_section_t));

    if (full)
        atd_llms_full_begin(sample->out, sample->site, NULL, sample->pool);
    for (int i = 0; i < sample->items->nelts; i++) {
        const atd_feed_item_t *post = &APR_ARRAY_IDX(sample->items, i, atd_feed_item_t);
        const atd_llms_item_t item = {.title = post->facts->heading,
                                      .url = post->url,
                                      .markdown_url = apr_pstrcat(sample->pool, post->url, ".md", NULL),
                                      .description = post->facts->description,
                                      .date = post->facts->post->date,
                                      .markdown = post->facts->post->body,
                                      .markdown_length = post->facts->post->body_length};

        APR_ARRAY_PUSH(items, atd_llms_item_t) = item;
        if (full)
            atd_llms_full_put(sample->out, sample->site, &item, sample->pool);
    }
    APR_ARRAY_PUSH(sections, atd_llms_section_t) = (atd_llms_section_t){"Posts", items};
    if (!full)
        atd_llms_write(sample->out, sample->site, NULL, sections, sample->pool);
}

static atd_error_t *write_kind(const sample_t *sample, const char *kind)
{
    if (strcmp(kind, "index") == 0)
        return write_index(sample);
    if (strcmp(kind, "sitemap") == 0)
        write_sitemap(sample);
    else if (strncmp(kind, "llms", 4) == 0)
        write_llms(sample, kind[4] != '\0');
    else
        return write_feed(sample, kind);
    return NULL;
}

static atd_error_t *run(sample_t *sample, int argc, const char *const *argv)
{
    atd_site_config_t config = {.content = {.path = argv[2], .links = ATD_LINKS_REFUSE},
                                .base = "/blog/",
                                .origin = "https://example.org",
                                .renderer = &atd_renderer_inprocess,
                                .raw_html = true,
                                .now = apr_time_from_sec(1750000000)};
    const char *bytes;
    apr_size_t length;
    atd_error_t *error = atd_site_open(&sample->site, &config, NULL, sample->pool);

    for (int i = 3; i < argc && !error; i++)
        error = add_post(sample, argv[i]);
    if (!error)
        error = write_kind(sample, argv[1]);
    if (!error)
        error = atd_buffer_take(&bytes, &length, sample->out, "the sample");
    if (!error)
        fwrite(bytes, 1, length, stdout);
    return error;
}

int main(int argc, const char *const *argv)
{
    sample_t sample = {0};
    atd_error_t *error;

    if (argc < 3 || apr_initialize() != APR_SUCCESS || apr_pool_create(&sample.pool, NULL) != APR_SUCCESS)
        return 2;
    sample.items = apr_array_make(sample.pool, 4, sizeof(atd_feed_item_t));
    sample.out = atd_buffer_create(sample.pool, 0, ATD_MAX_SITEMAP);
    error = run(&sample, argc, argv);
    if (error)
        fprintf(stderr, "%s\n", atd_error_line(error, sample.pool));
    apr_terminate();
    return error ? 1 : 0;
}
