/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_jsonld.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"

#include <apr_strings.h>

#include <string.h>

/* Keys are left out, not null: schema.org has no null. */
static void put(atd_value_t *node, const char *key, const char *text)
{
    if (text && *text)
        atd_value_set_text(node, key, text);
}

static atd_value_t *make_node(const char *type, apr_pool_t *pool)
{
    atd_value_t *node = atd_value_map(pool);

    put(node, "@type", type);
    return node;
}

static void put_target(atd_value_t *node, const char *key, const atd_site_t *site, const atd_post_t *post,
                       const char *reference, apr_pool_t *pool)
{
    atd_target_t target;

    if (!reference)
        return;
    atd_picture_resolve(&target, site, post, reference, pool);
    put(node, key, target.absolute);
}

static atd_value_t *make_person(const atd_site_t *site, const atd_person_t *person, apr_pool_t *pool)
{
    atd_value_t *node = make_node("Person", pool);

    put(node, "name", person->name);
    put(node, "jobTitle", person->role);
    if (person->url)
        put(node, "url", atd_site_absolute(site, person->url, pool));
    put_target(node, "image", site, NULL, person->image, pool);
    put(node, "description", person->bio);
    return node;
}

/* https://schema.org/author: one, or several in their order. */
static const atd_value_t *make_authors(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const apr_array_header_t *authors = facts->authors;
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < authors->nelts; i++)
        atd_value_push(list, make_person(site, &APR_ARRAY_IDX(authors, i, atd_person_t), pool));
    return authors->nelts == 1 ? atd_value_at(list, 0) : list;
}

static const atd_value_t *make_publisher(const atd_site_t *site, apr_pool_t *pool)
{
    const atd_settings_t *settings = site->settings;
    atd_value_t *node = make_node("Organization", pool);
    atd_value_t *logo;
    atd_target_t image;

    put(node, "name", settings->publisher_name ? settings->publisher_name : settings->title);
    put(node, "url", site->url);
    if (settings->publisher_logo) {
        atd_picture_resolve(&image, site, NULL, settings->publisher_logo, pool);
        logo = make_node("ImageObject", pool);
        put(logo, "url", image.absolute);
        atd_value_set(node, "logo", logo);
    }
    return node;
}

/* ImageObject has a caption, and no alt. */
static const atd_value_t *make_image(const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_target_t *image = &facts->image;
    atd_value_t *node;

    if (!image->width && !facts->image_caption)
        return atd_value_string(pool, image->absolute);
    node = make_node("ImageObject", pool);
    put(node, "url", image->absolute);
    if (image->width) {
        atd_value_set(node, "width", atd_value_int(pool, image->width));
        atd_value_set(node, "height", atd_value_int(pool, image->height));
    }
    put(node, "caption", facts->image_caption);
    return node;
}

static const atd_value_t *make_reference(const char *type, const char *id, apr_pool_t *pool)
{
    atd_value_t *node = make_node(type, pool);

    put(node, "@id", id);
    return node;
}

static const atd_value_t *make_series(const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *node = make_node("CreativeWorkSeries", pool);

    put(node, "name", post->series);
    return node;
}

static void put_file(atd_value_t *node, const char *key, const char *reference, const atd_site_t *site,
                     const atd_post_t *post, apr_pool_t *pool)
{
    atd_target_t target;

    if (!reference)
        return;
    atd_picture_resolve(&target, site, post, reference, pool);
    put(node, key, target.absolute);
}

static const atd_value_t *make_video(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_post_t *post = facts->post;
    const atd_value_t *video = post->video;
    atd_value_t *node = make_node("VideoObject", pool);

    put(node, "name", facts->heading);
    put(node, "description", facts->description);
    put_file(node, "contentUrl", atd_value_text(atd_value_get(video, "url")), site, post, pool);
    put_file(node, "thumbnailUrl", atd_value_text(atd_value_get(video, "thumbnail")), site, post, pool);
    if (post->date.at)
        put(node, "uploadDate", atd_date_iso(&post->date, pool));
    put(node, "transcript", atd_value_text(atd_value_get(video, "transcript")));
    return node;
}

static void put_measures(atd_value_t *node, const atd_facts_t *facts, apr_pool_t *pool)
{
    if (!facts->body)
        return;
    atd_value_set(node, "wordCount", atd_value_int(pool, (apr_int64_t)atd_document_words(facts->body->document)));
    put(node, "timeRequired", apr_psprintf(pool, "PT%" APR_INT64_T_FMT "M", facts->minutes));
}

static void put_dates(atd_value_t *node, const atd_post_t *post, apr_pool_t *pool)
{
    if (post->date.at)
        put(node, "datePublished", atd_date_iso(&post->date, pool));
    if (post->modified.at || post->date.at)
        put(node, "dateModified", atd_date_iso(post->modified.at ? &post->modified : &post->date, pool));
    if (post->expires.at)
        put(node, "expires", atd_date_iso(&post->expires, pool));
}

static atd_value_t *derive_article(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_post_t *post = facts->post;
    atd_value_t *node = make_node(post->is_page ? "WebPage" : "BlogPosting", pool);

    put(node, "@id", apr_pstrcat(pool, facts->canonical, "#article", NULL));
    put(node, "headline", facts->heading);
    put(node, "description", facts->description);
    put(node, "url", facts->canonical);
    atd_value_set(node, "mainEntityOfPage", make_reference("WebPage", facts->canonical, pool));
    put_dates(node, post, pool);
    if (facts->authors->nelts > 0)
        atd_value_set(node, "author", make_authors(site, facts, pool));
    atd_value_set(node, "publisher", make_publisher(site, pool));
    if (facts->image.absolute)
        atd_value_set(node, "image", make_image(facts, pool));
    put(node, "articleSection", post->category);
    if (facts->keywords)
        atd_value_set(node, "keywords", facts->keywords);
    put_measures(node, facts, pool);
    put(node, "inLanguage", facts->lang);
    if (post->series)
        atd_value_set(node, "isPartOf", make_series(post, pool));
    if (post->part_number)
        atd_value_set(node, "position", atd_value_int(pool, post->part_number));
    if (post->video)
        atd_value_set(node, "video", make_video(site, facts, pool));
    return node;
}

static bool is_one_of(const char *key, const char *const *keys)
{
    for (; *keys; keys++) {
        if (strcmp(key, *keys) == 0)
            return true;
    }
    return false;
}

/* Keys of the author's schema whose values are URLs, and those among them that name files. */
static const char *const url_keys[] = {"url", "@id", "item", "sameAs", "embedUrl", "license", "mainEntityOfPage", NULL};
static const char *const file_keys[] = {"image", "logo", "thumbnail", "thumbnailUrl", "contentUrl", NULL};

static const atd_value_t *complete_url(const atd_site_t *site, const atd_post_t *post, const atd_value_t *value,
                                       const char *key, apr_pool_t *pool)
{
    const char *text = atd_value_text(value);
    atd_target_t target;

    if (atd_url_is_absolute(text) || *text == '#')
        return value;
    if (is_one_of(key, url_keys))
        return atd_value_string(pool, atd_site_absolute(site, text, pool));
    if (!is_one_of(key, file_keys))
        return value;
    atd_picture_resolve(&target, site, post, text, pool);
    return target.absolute ? atd_value_string(pool, target.absolute) : value;
}

/* A copy with URLs made absolute and empty values left out; @p key is the one that @p value stands under. */
static const atd_value_t *complete(const atd_site_t *site, const atd_post_t *post, const atd_value_t *value,
                                   const char *key, apr_pool_t *pool)
{
    atd_value_t *copy;

    if (atd_value_text(value))
        return complete_url(site, post, value, key, pool);
    copy = atd_value_type(value) == ATD_MAP ? atd_value_map(pool) : atd_value_list(pool);
    for (apr_size_t i = 0; i < atd_value_count(value); i++) {
        const atd_value_t *child = atd_value_at(value, i);
        const char *child_key = atd_value_key_at(value, i);
        bool names_file = child_key && strcmp(child_key, "url") == 0 && is_one_of(key, file_keys);

        if (atd_value_is_empty(child))
            continue;
        child = complete(site, post, child, names_file || !child_key ? key : child_key, pool);
        if (child_key)
            atd_value_set(copy, child_key, child);
        else
            atd_value_push(copy, child);
    }
    return copy;
}

const atd_value_t *atd_jsonld_article(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_value_t *derived = derive_article(site, facts, pool);
    const atd_value_t *given = facts->post->schema;

    if (!given)
        return derived;
    return atd_value_merge(pool, derived, complete(site, facts->post, given, "", pool));
}

static void add_crumb(atd_value_t *list, const char *name, const char *item, apr_pool_t *pool)
{
    atd_value_t *crumb = make_node("ListItem", pool);

    atd_value_set(crumb, "position", atd_value_int(pool, (apr_int64_t)atd_value_count(list) + 1));
    put(crumb, "name", name);
    put(crumb, "item", item);
    atd_value_push(list, crumb);
}

/* https://schema.org/BreadcrumbList: the last one has no item, it is this page. */
static const atd_value_t *make_breadcrumbs(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    atd_value_t *node = make_node("BreadcrumbList", pool);
    atd_value_t *list = atd_value_list(pool);

    add_crumb(list, site->settings->title, site->url, pool);
    if (facts->above.name)
        add_crumb(list, facts->above.name, facts->above.url, pool);
    add_crumb(list, facts->heading, NULL, pool);
    atd_value_set(node, "itemListElement", list);
    return node;
}

static const atd_value_t *make_blog(const atd_site_t *site, const char *description, apr_pool_t *pool)
{
    atd_value_t *node = make_node("Blog", pool);

    put(node, "@id", apr_pstrcat(pool, site->url, "#blog", NULL));
    put(node, "name", site->settings->title);
    put(node, "description", description);
    put(node, "url", site->url);
    put(node, "inLanguage", site->settings->language);
    atd_value_set(node, "publisher", make_publisher(site, pool));
    return node;
}

/* https://schema.org/ItemList: where the posts of this page are, in their order. */
static const atd_value_t *make_items(const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    atd_value_t *node = make_node("ItemList", pool);
    atd_value_t *items = atd_value_list(pool);

    atd_value_set(node, "numberOfItems", atd_value_int(pool, list->posts->nelts));
    for (int i = 0; i < list->posts->nelts; i++) {
        atd_value_t *item = make_node("ListItem", pool);

        atd_value_set(item, "position", atd_value_int(pool, i + 1));
        put(item, "url", atd_site_post_url(site, APR_ARRAY_IDX(list->posts, i, const atd_post_t *), pool));
        atd_value_push(items, item);
    }
    atd_value_set(node, "itemListElement", items);
    return node;
}

/* An author's page is about a person, any other list is a collection. */
static const atd_value_t *make_collection(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_list_t *list = facts->list;
    bool profile = list && list->person;
    atd_value_t *node = make_node(profile ? "ProfilePage" : "CollectionPage", pool);

    put(node, "@id", facts->canonical);
    put(node, "name", facts->heading);
    put(node, "description", facts->description);
    put(node, "url", facts->canonical);
    put(node, "inLanguage", facts->lang);
    atd_value_set(node, "isPartOf", make_reference("Blog", apr_pstrcat(pool, site->url, "#blog", NULL), pool));
    if (profile)
        atd_value_set(node, "mainEntity", make_person(site, list->person, pool));
    else if (list && list->posts->nelts)
        atd_value_set(node, "mainEntity", make_items(site, list, pool));
    return node;
}

static void add_nodes(atd_value_t *graph, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    if (facts->post)
        atd_value_push(graph, atd_jsonld_article(site, facts, pool));
    else if (facts->kind == ATD_PAGE_HOME)
        atd_value_push(graph, make_blog(site, facts->description, pool));
    if (!facts->post && (facts->kind != ATD_PAGE_HOME || facts->list))
        atd_value_push(graph, make_collection(site, facts, pool));
    if (facts->kind != ATD_PAGE_HOME)
        atd_value_push(graph, make_breadcrumbs(site, facts, pool));
}

void atd_jsonld_put(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    atd_value_t *document = atd_value_map(pool);
    atd_value_t *graph = atd_value_list(pool);

    put(document, "@context", "https://schema.org");
    add_nodes(graph, site, facts, pool);
    atd_value_set(document, "@graph", graph);
    atd_buffer_puts(out, "<script type=\"application/ld+json\">");
    atd_escape_json_value(out, document);
    atd_buffer_puts(out, "</script>\n");
}
