/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_meta.h"

#include "base/atd_escape.h"
#include "base/atd_locale.h"
#include "base/atd_text.h"
#include "site/atd_jsonld.h"
#include "site/atd_picture.h"
#include "site/atd_twin.h"

#include <apr_strings.h>

#include <string.h>

/* X refuses longer alternative texts. */
#define TWITTER_ALT_CHARACTERS 420

typedef struct head_t {
    atd_buffer_t *out;
    const atd_site_t *site;
    const atd_facts_t *facts;
    apr_pool_t *pool;
} head_t;

static void put_tag(const head_t *head, const char *kind, const char *name, const char *content)
{
    if (!content || !*content)
        return;
    atd_buffer_printf(head->out, "<meta %s=\"%s\" content=\"", kind, name);
    atd_escape_html(head->out, content, strlen(content));
    atd_buffer_puts(head->out, "\">\n");
}

static void put_name(const head_t *head, const char *name, const char *content)
{
    put_tag(head, "name", name, content);
}

static void put_property(const head_t *head, const char *property, const char *content)
{
    put_tag(head, "property", property, content);
}

static void put_href(const head_t *head, const char *href)
{
    atd_buffer_puts(head->out, " href=\"");
    atd_escape_html(head->out, href, strlen(href));
    atd_buffer_puts(head->out, "\">\n");
}

static const char *or_else(const char *first, const char *second)
{
    return first && *first ? first : second;
}

static void put_title(const head_t *head)
{
    atd_buffer_puts(head->out, "<title>");
    atd_escape_html(head->out, head->facts->title, strlen(head->facts->title));
    atd_buffer_puts(head->out, "</title>\n");
}

static const char *join(const atd_value_t *list, apr_pool_t *pool)
{
    const char *joined = "";

    for (apr_size_t i = 0; i < atd_value_count(list); i++)
        joined = apr_pstrcat(pool, joined, i ? ", " : "", atd_value_text(atd_value_at(list, i)), NULL);
    return joined;
}

static void put_authors(const head_t *head)
{
    const apr_array_header_t *authors = head->facts->authors;

    for (int i = 0; i < authors->nelts; i++)
        put_name(head, "author", APR_ARRAY_IDX(authors, i, atd_person_t).name);
}

static void put_basics(const head_t *head)
{
    const atd_facts_t *facts = head->facts;

    put_title(head);
    put_name(head, "description", facts->description);
    put_name(head, "keywords", join(facts->keywords, head->pool));
    if (facts->kind != ATD_PAGE_ERROR)
        put_authors(head);
    put_name(head, "robots", facts->robots);
    if (facts->indexable) {
        atd_buffer_puts(head->out, "<link rel=\"canonical\"");
        put_href(head, facts->canonical);
    }
}

static void put_alternate(const head_t *head, const char *lang, const char *url)
{
    atd_buffer_puts(head->out, "<link rel=\"alternate\" hreflang=\"");
    atd_escape_html(head->out, lang, strlen(lang));
    atd_buffer_putc(head->out, '"');
    put_href(head, url);
}

/* Search engines want each page of the set to name all of them, itself too. */
static void put_translations(const head_t *head)
{
    const atd_facts_t *facts = head->facts;
    const apr_array_header_t *translations = facts->translations;

    if (translations->nelts > 0 && atd_locale_is_tag(facts->lang))
        put_alternate(head, facts->lang, facts->canonical);
    for (int i = 0; i < translations->nelts; i++) {
        const atd_translation_t *translation = &APR_ARRAY_IDX(translations, i, atd_translation_t);

        put_alternate(head, translation->lang, translation->url);
    }
}

/* Those of its translations follow the page's own. */
static void put_locales(const head_t *head)
{
    const char *own = atd_locale_open_graph(head->facts->lang, head->pool);
    const apr_array_header_t *translations = head->facts->translations;

    put_property(head, "og:locale", own);
    for (int i = 0; i < translations->nelts; i++) {
        const char *lang = APR_ARRAY_IDX(translations, i, atd_translation_t).lang;
        const char *other = atd_locale_open_graph(lang, head->pool);

        if (other && (!own || strcmp(own, other) != 0))
            put_property(head, "og:locale:alternate", other);
    }
}

/* The image of one network, where the author gives it one, else the page's. */
static atd_target_t image_of(const head_t *head, const atd_card_t *card)
{
    atd_target_t image = head->facts->image;

    if (card->image)
        atd_picture_resolve(&image, head->site, head->facts->post, card->image, head->pool);
    return image;
}

/* The image's further properties must follow it (ogp.me, structured properties). */
static void put_image(const head_t *head, const atd_target_t *image)
{
    if (!image->absolute)
        return;
    put_property(head, "og:image", image->absolute);
    if (image->width) {
        put_property(head, "og:image:width", apr_psprintf(head->pool, "%u", image->width));
        put_property(head, "og:image:height", apr_psprintf(head->pool, "%u", image->height));
    }
    put_property(head, "og:image:alt", head->facts->image_alt);
}

static void put_video(const head_t *head)
{
    const atd_post_t *post = head->facts->post;
    const char *url = post ? atd_value_text(atd_value_get(post->video, "url")) : NULL;
    atd_target_t target;

    if (!url)
        return;
    atd_picture_resolve(&target, head->site, post, url, head->pool);
    put_property(head, "og:video", target.absolute);
}

static const char *profile_of(const head_t *head, const atd_person_t *person)
{
    return person->url ? atd_site_absolute(head->site, person->url, head->pool) : person->name;
}

/* Properties of og:type article. */
static void put_article(const head_t *head)
{
    const atd_post_t *post = head->facts->post;
    const apr_array_header_t *authors = head->facts->authors;

    if (post->date.at)
        put_property(head, "article:published_time", atd_date_iso(&post->date, head->pool));
    if (post->modified.at)
        put_property(head, "article:modified_time", atd_date_iso(&post->modified, head->pool));
    if (post->expires.at)
        put_property(head, "article:expiration_time", atd_date_iso(&post->expires, head->pool));
    for (int i = 0; i < authors->nelts; i++)
        put_property(head, "article:author", profile_of(head, &APR_ARRAY_IDX(authors, i, atd_person_t)));
    put_property(head, "article:section", post->category);
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        put_property(head, "article:tag", atd_value_text(atd_value_at(post->tags, i)));
}

static const atd_card_t no_card;

static const atd_card_t *facebook_of(const atd_facts_t *facts)
{
    return facts->post ? &facts->post->facebook : &no_card;
}

static const char *type_of(atd_page_kind_t kind)
{
    return kind == ATD_PAGE_POST ? "article" : kind == ATD_PAGE_AUTHOR ? "profile" : "website";
}

static void put_open_graph(const head_t *head)
{
    const atd_facts_t *facts = head->facts;
    const atd_card_t *card = facebook_of(facts);
    atd_target_t image = image_of(head, card);
    bool article = facts->kind == ATD_PAGE_POST;

    put_locales(head);
    put_property(head, "og:title", or_else(card->title, facts->heading));
    put_property(head, "og:site_name", head->site->settings->title);
    if (facts->kind == ATD_PAGE_ERROR)
        return;
    put_property(head, "og:type", or_else(card->type, type_of(facts->kind)));
    put_property(head, "og:description", or_else(card->description, facts->description));
    put_property(head, "og:url", facts->canonical);
    put_image(head, &image);
    put_video(head);
    if (article)
        put_article(head);
}

static const char *at_name(const char *name, apr_pool_t *pool)
{
    const char *slash = name ? strrchr(name, '/') : NULL;

    if (!name || !*name)
        return NULL;
    if (slash) /* https://x.com/name */
        name = slash + 1;
    return *name == '@' ? name : apr_pstrcat(pool, "@", name, NULL);
}

static void put_different(const head_t *head, const char *name, const char *value, const char *already)
{
    if (value && (!already || strcmp(value, already) != 0))
        put_name(head, name, value);
}

/* "Reading time" and "Written by" are shown by Slack and others below a link. */
static void put_labels(const head_t *head)
{
    const atd_facts_t *facts = head->facts;

    if (facts->reading_time && facts->kind == ATD_PAGE_POST) {
        put_name(head, "twitter:label1", "Reading time");
        put_name(head, "twitter:data1", facts->reading_time);
    }
    if (facts->authors->nelts > 0 && facts->kind == ATD_PAGE_POST) {
        put_name(head, "twitter:label2", "Written by");
        put_name(head, "twitter:data2", APR_ARRAY_IDX(facts->authors, 0, atd_person_t).name);
    }
}

static const char *author_on_twitter(const atd_facts_t *facts)
{
    const atd_person_t *first = facts->authors->nelts ? &APR_ARRAY_IDX(facts->authors, 0, atd_person_t) : NULL;
    const atd_value_t *social = first ? first->social : NULL;
    const char *name = atd_value_text(atd_value_get(social, "twitter"));

    return or_else(name, atd_value_text(atd_value_get(social, "x")));
}

/* X falls back to what Open Graph says, which may be meant for Facebook alone: then the page's own is said again. */
static void put_twitter_texts(const head_t *head, const atd_card_t *card)
{
    const atd_facts_t *facts = head->facts;
    const atd_card_t *facebook = facebook_of(facts);

    put_different(head, "twitter:title", or_else(card->title, facts->heading),
                  or_else(facebook->title, facts->heading));
    put_different(head, "twitter:description", or_else(card->description, facts->description),
                  or_else(facebook->description, facts->description));
}

static void put_twitter(const head_t *head)
{
    const atd_facts_t *facts = head->facts;
    const atd_post_t *post = facts->post;
    const atd_card_t *card = post ? &post->twitter : &no_card;
    const char *shown = image_of(head, facebook_of(facts)).absolute;
    const char *image = image_of(head, card).absolute;

    put_name(head, "twitter:card",
             or_else(post ? post->twitter_card : NULL, image ? "summary_large_image" : "summary"));
    put_name(head, "twitter:site", at_name(or_else(card->site, head->site->settings->twitter), head->pool));
    put_name(head, "twitter:creator", at_name(or_else(card->creator, author_on_twitter(facts)), head->pool));
    put_twitter_texts(head, card);
    put_different(head, "twitter:image", image, shown);
    if (image && facts->image_alt)
        put_name(head, "twitter:image:alt", atd_text_excerpt(facts->image_alt, TWITTER_ALT_CHARACTERS - 1, head->pool));
    put_labels(head);
}

static void put_form(const head_t *head, const char *rel, const char *type, const char *title, const char *name)
{
    atd_buffer_printf(head->out, "<link rel=\"%s\" type=\"%s\"", rel, type);
    if (title) {
        atd_buffer_puts(head->out, " title=\"");
        atd_escape_html(head->out, title, strlen(title));
        atd_buffer_putc(head->out, '"');
    }
    put_href(head, atd_site_path(head->site, name, head->pool));
}

static void put_feeds(const head_t *head, const char *title, const char *folder)
{
    static const char *const feeds[][2] = {{"application/rss+xml", "feed.xml"},
                                           {"application/atom+xml", "atom.xml"},
                                           {"application/feed+json", "feed.json"}};

    for (int i = 0; i < 3; i++)
        put_form(head, "alternate", feeds[i][0], title, apr_pstrcat(head->pool, folder, feeds[i][1], NULL));
}

static void put_page(const head_t *head, const char *rel, const char *url)
{
    if (!url)
        return;
    atd_buffer_printf(head->out, "<link rel=\"%s\"", rel);
    put_href(head, url);
}

/* Feeds of this list and of the blog, the post's other forms, the pages before and after, the search. */
static void put_discovery(const head_t *head)
{
    const atd_facts_t *facts = head->facts;
    const char *folder = facts->list ? atd_list_feeds(facts->list->route, head->pool) : "";

    put_page(head, "prev", facts->previous);
    put_page(head, "next", facts->next);
    if (facts->post && !facts->hidden) {
        const char *data = atd_twin_data_name(facts->post, head->pool);

        put_form(head, "alternate", "text/markdown", NULL, atd_twin_markdown_name(facts->post, head->pool));
        if (data)
            put_form(head, "alternate", "application/json", NULL, data);
    }
    if (*folder) /* the same feed, whichever page this is */
        put_feeds(head, apr_pstrcat(head->pool, facts->heading, " | ", head->site->settings->title, NULL), folder);
    put_feeds(head, head->site->settings->title, "");
    put_form(head, "search", "application/opensearchdescription+xml", head->site->settings->title, "opensearch.xml");
}

void atd_meta_put(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const head_t head = {.out = out, .site = site, .facts = facts, .pool = pool};

    put_basics(&head);
    put_open_graph(&head);
    if (facts->kind == ATD_PAGE_ERROR)
        return;
    put_twitter(&head);
    put_translations(&head);
    put_discovery(&head);
    if (facts->indexable)
        atd_jsonld_put(out, site, facts, pool);
}
