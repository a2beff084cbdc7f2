/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_view.h"

#include "base/atd_limits.h"
#include "base/atd_locale.h"
#include "base/atd_text.h"
#include "site/atd_meta.h"
#include "site/atd_twin.h"
#include "site/atd_view_parts.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/* Head and JSON-LD of a page: a few times the post's own description of itself. */
#define MAX_HEAD (1024 * 1024)

static const char *const kinds[] = {
    [ATD_PAGE_HOME] = "home",         [ATD_PAGE_POST] = "post",     [ATD_PAGE_STATIC] = "page",
    [ATD_PAGE_CATEGORY] = "category", [ATD_PAGE_TAG] = "tag",       [ATD_PAGE_AUTHOR] = "author",
    [ATD_PAGE_ARCHIVE] = "archive",   [ATD_PAGE_TAGS] = "tags",     [ATD_PAGE_CATEGORIES] = "categories",
    [ATD_PAGE_AUTHORS] = "authors",   [ATD_PAGE_SEARCH] = "search", [ATD_PAGE_ERROR] = "error",
};

static void set_flag(atd_value_t *map, const char *key, bool truth, apr_pool_t *pool)
{
    atd_value_set(map, key, atd_value_bool(pool, truth));
}

/* A section of a list is shown once for each item: what stands around all of them needs a flag. */
static void set_list(atd_value_t *map, const char *key, const char *flag, const atd_value_t *list, apr_pool_t *pool)
{
    atd_value_set(map, key, list);
    set_flag(map, flag, atd_value_count(list) > 0, pool);
}

static const atd_value_t *view_nav(const atd_site_t *site, apr_pool_t *pool)
{
    const atd_value_t *nav = site->settings->nav;
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(nav); i++) {
        const atd_value_t *entry = atd_value_at(nav, i);
        const char *title = atd_value_text(atd_value_get(entry, "title"));
        const char *url = atd_value_text(atd_value_get(entry, "url"));
        atd_value_t *item = atd_value_map(pool);

        if (!title || !url || !atd_url_is_safe(url, true))
            continue;
        if (!atd_url_is_absolute(url) && *url != '/')
            url = apr_pstrcat(pool, site->path, url, NULL);
        atd_value_set_text(item, "title", title);
        atd_value_set_text(item, "url", url);
        atd_value_push(list, item);
    }
    return list;
}

static const atd_value_t *view_site(const atd_site_t *site, apr_pool_t *pool)
{
    const atd_settings_t *settings = site->settings;
    atd_value_t *map = atd_value_map(pool);
    atd_target_t image = {0};
    apr_time_exp_t now;

    apr_time_exp_gmt(&now, site->now);
    atd_value_set_text(map, "title", settings->title);
    atd_value_set_text(map, "description", settings->description);
    atd_value_set_text(map, "url", site->url);
    atd_value_set_text(map, "path", site->path);
    atd_value_set_text(map, "language", settings->language);
    atd_value_set_text(map, "author", settings->author);
    if (settings->image)
        atd_picture_resolve(&image, site, NULL, settings->image, pool);
    atd_value_set_text(map, "image", image.url);
    atd_value_set_text(map, "footer", settings->footer);
    atd_value_set(map, "year", atd_value_int(pool, now.tm_year + 1900));
    atd_value_set(map, "nav", view_nav(site, pool));
    atd_value_set(map, "social", atd_view_social(settings->social, pool));
    atd_value_set(map, "newsletter", atd_view_newsletter(settings->newsletter, pool));
    atd_value_set(map, "feeds", atd_view_feeds(site, "", pool));
    atd_value_set_text(map, "search", atd_site_path(site, "search", pool));
    atd_value_set_text(map, "archive", atd_site_path(site, "archive", pool));
    atd_value_set_text(map, "tags", atd_site_path(site, "tags", pool));
    atd_value_set_text(map, "categories", atd_site_path(site, "categories", pool));
    atd_value_set_text(map, "llms", atd_site_path(site, "llms.txt", pool));
    atd_value_set(map, "params", settings->params ? settings->params : atd_value_map(pool));
    return map;
}

static atd_error_t *view_page(const atd_value_t **page, const atd_site_t *site, const atd_facts_t *facts,
                              apr_pool_t *pool)
{
    atd_buffer_t *head = atd_buffer_create(pool, 8192, MAX_HEAD);
    atd_value_t *map = atd_value_map(pool);
    const char *html;
    apr_size_t length;
    atd_error_t *error;

    atd_meta_put(head, site, facts, pool);
    error = atd_buffer_take(&html, &length, head, "the page's head");
    if (error)
        return error;
    atd_value_set_text(map, "kind", kinds[facts->kind]);
    set_flag(map, "isHome", facts->kind == ATD_PAGE_HOME, pool);
    set_flag(map, "isPost", facts->kind == ATD_PAGE_POST, pool);
    set_flag(map, "isPage", facts->kind == ATD_PAGE_STATIC, pool);
    set_flag(map, "isList", facts->kind > ATD_PAGE_STATIC && facts->kind < ATD_PAGE_TAGS, pool);
    set_flag(map, "isError", facts->kind == ATD_PAGE_ERROR, pool);
    atd_value_set_text(map, "title", facts->heading);
    atd_value_set(map, "head", atd_value_string_ref(pool, html, length));
    atd_value_set_text(map, "lang", facts->lang);
    atd_value_set_text(map, "dir", atd_locale_is_right_to_left(facts->lang) ? "rtl" : "ltr");
    atd_value_set_text(map, "url", facts->canonical);
    atd_value_set_text(map, "path", facts->path);
    atd_value_set_text(map, "generator", "mod_atd " ATD_VERSION);
    *page = map;
    return NULL;
}

/* "style.css" is {{assets.style_css}}: a dot would be a step into a map. */
static const atd_value_t *view_assets(const atd_site_t *site, apr_pool_t *pool)
{
    apr_array_header_t *assets = atd_theme_assets(site->theme, pool);
    atd_value_t *map = atd_value_map(pool);

    for (int i = 0; i < assets->nelts; i++) {
        const atd_asset_t *asset = APR_ARRAY_IDX(assets, i, const atd_asset_t *);
        const char *dot = strrchr(asset->name, '.');
        const char *stem = apr_pstrmemdup(pool, asset->name, (apr_size_t)(dot - asset->name));
        char *key = apr_pstrdup(pool, asset->name);

        for (char *at = key; *at; at++)
            *at = (char)(apr_isalnum(*at) ? *at : '_');
        atd_value_set_text(map, key,
                           atd_site_path(site, apr_pstrcat(pool, "_theme/", stem, ".", asset->hash, dot, NULL), pool));
    }
    return map;
}

atd_error_t *atd_view_make(atd_value_t **view, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);
    const atd_value_t *page = NULL;
    atd_error_t *error = view_page(&page, site, facts, pool);

    if (error)
        return error;
    atd_value_set(map, "site", view_site(site, pool));
    atd_value_set(map, "page", page);
    atd_value_set(map, "assets", view_assets(site, pool));
    *view = map;
    return NULL;
}

/* @p folder NULL: static pages are in no list, so that there may be none to link to */
static const atd_value_t *view_named(const atd_site_t *site, const char *folder, const char *name, apr_pool_t *pool)
{
    atd_value_t *map;
    const char *slug;

    if (!name)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    slug = atd_text_slug(name, pool);
    atd_value_set_text(map, "name", name);
    atd_value_set_text(map, "slug", slug);
    atd_value_set_text(map, "path", folder ? atd_view_term_path(site, folder, slug, pool) : NULL);
    return map;
}

static const atd_value_t *view_tags(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    const char *folder = post->is_page ? NULL : "tag";
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        atd_value_push(list, view_named(site, folder, atd_value_text(atd_value_at(post->tags, i)), pool));
    return list;
}

/* The blog's own author, where a post names none, has no list. */
static const atd_value_t *view_authors(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    bool listed = !facts->post->is_page && facts->post->authors->nelts > 0;
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < facts->authors->nelts; i++)
        atd_value_push(list, atd_view_person(site, &APR_ARRAY_IDX(facts->authors, i, atd_person_t), listed, pool));
    return list;
}

/* Said only where the reader would care: not on the day of publication. */
static const atd_value_t *view_modified(const atd_post_t *post, const char *lang, apr_pool_t *pool)
{
    static const atd_date_t none = {0};

    if (post->date.at && post->modified.at &&
        strcmp(atd_date_day(&post->date, pool), atd_date_day(&post->modified, pool)) == 0)
        return atd_view_date(&none, lang, pool);
    return atd_view_date(&post->modified, lang, pool);
}

static const atd_value_t *view_series(const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!post->series)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "title", post->series);
    atd_value_set(map, "part", post->part_number ? atd_value_int(pool, post->part_number) : atd_value_null(pool));
    atd_value_set(map, "total", atd_value_null(pool));
    set_list(map, "posts", "hasPosts", atd_value_list(pool), pool);
    return map;
}

/* Hidden posts have no other form. */
static const atd_value_t *view_alternates(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const char *data = atd_twin_data_name(facts->post, pool);
    atd_value_t *map;

    if (facts->hidden)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "markdown", atd_site_path(site, atd_twin_markdown_name(facts->post, pool), pool));
    atd_value_set_text(map, "json", data ? atd_site_path(site, data, pool) : NULL);
    return map;
}

static void set_basics(atd_value_t *map, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    static const char *const priorities[] = {"medium", "low", "medium", "high"};
    const atd_post_t *post = facts->post;
    const atd_value_t *authors = view_authors(site, facts, pool);
    const atd_value_t *first = atd_value_at(authors, 0);

    atd_value_set_text(map, "title", facts->heading);
    atd_value_set_text(map, "slug", post->slug);
    atd_value_set_text(map, "path", facts->path);
    atd_value_set_text(map, "url", atd_site_post_url(site, post, pool));
    atd_value_set_text(map, "excerpt", post->excerpt ? atd_text_collapse(post->excerpt, pool) : facts->description);
    atd_value_set(map, "date", atd_view_date(&post->date, facts->lang, pool));
    atd_value_set(map, "modified", view_modified(post, facts->lang, pool));
    atd_value_set(map, "category", view_named(site, post->is_page ? NULL : "category", post->category, pool));
    set_list(map, "tags", "hasTags", view_tags(site, post, pool), pool);
    atd_value_set(map, "authors", authors);
    atd_value_set(map, "author", first ? first : atd_value_null(pool));
    atd_value_set(map, "image",
                  post->image.src ? atd_view_picture(&facts->image, facts->image_alt, facts->image_caption, pool)
                                  : atd_value_null(pool)); /* the site's own is for networks, not for readers */
    atd_value_set_text(map, "readingTime", facts->reading_time);
    set_flag(map, "featured", post->featured == ATD_FLAG_ON, pool);
    atd_value_set_text(map, "priority", priorities[post->priority]);
    atd_value_set(map, "series", view_series(post, pool));
    atd_value_set_text(map, "hidden", facts->hidden);
    atd_value_set_text(map, "lang", facts->lang);
    atd_value_set_text(map, "layout", post->layout);
    atd_value_set(map, "previous", atd_value_null(pool)); /* an outer post's would be found else */
    atd_value_set(map, "next", atd_value_null(pool));
    atd_value_set(map, "data", post->data);
}

const atd_value_t *atd_view_summary(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);
    atd_facts_t facts;

    atd_facts_of_post(&facts, site, post, NULL, pool);
    set_basics(map, site, &facts, pool);
    return map;
}

static bool is_on(atd_flag_t flag, bool otherwise)
{
    return flag == ATD_FLAG_UNSET ? otherwise : flag == ATD_FLAG_ON;
}

/* A </style or </script in the author's text would end the element that it stands in. */
static void set_raw(atd_value_t *map, const char *key, const char *text, bool allowed)
{
    atd_value_set_text(map, key, allowed && text && !strstr(text, "</") ? text : NULL);
}

atd_value_t *atd_view_post(const atd_site_t *site, const atd_facts_t *facts, const atd_value_t *related,
                           apr_pool_t *pool)
{
    const atd_post_t *post = facts->post;
    const atd_body_t *body = facts->body;
    const atd_settings_t *settings = site->settings;
    const atd_value_t *null = atd_value_null(pool);
    bool toc = is_on(post->toc, settings->toc) && body->toc;
    bool comments = is_on(post->comments, true);
    bool share = is_on(post->share_buttons, settings->share_buttons);
    atd_value_t *map = atd_value_map(pool);

    set_basics(map, site, facts, pool);
    if (!post->excerpt)
        atd_value_set_text(map, "excerpt", body->summary);
    atd_value_set(map, "content", atd_value_string_ref(pool, body->html, body->length));
    atd_value_set(map, "words", atd_value_int(pool, (apr_int64_t)atd_document_words(body->document)));
    atd_value_set(map, "toc", toc ? body->toc : null);
    atd_value_set_text(map, "contentWarning", post->content_warning);
    atd_value_set(map, "comments", comments ? atd_view_comments(site, facts, pool) : null);
    set_list(map, "share", "hasShare", share ? atd_view_share(site, facts, pool) : null, pool);
    set_list(map, "gallery", "hasGallery", atd_view_gallery(site, post, pool), pool);
    atd_value_set(map, "video", atd_view_video(site, facts, pool));
    set_list(map, "related", "hasRelated", related ? related : null, pool);
    atd_value_set(map, "alternates", view_alternates(site, facts, pool));
    set_flag(map, "newsletter", is_on(post->newsletter, false), pool);
    set_flag(map, "amp", is_on(post->amp, false), pool);
    set_list(map, "translations", "hasTranslations", atd_view_translations(facts, pool), pool);
    set_raw(map, "css", post->custom_css, site->raw_html);
    set_raw(map, "script", post->custom_js, site->raw_html);
    return map;
}

/* The file in question may be broken in its encoding, and a message that quotes it cut within a character. */
static const char *repair(const char *text, apr_pool_t *pool)
{
    apr_size_t length = text ? strlen(text) : 0;
    atd_buffer_t *out = atd_buffer_create(pool, length, length * 3 + 1);
    const char *repaired;

    while (length > 0) {
        apr_size_t valid = atd_text_valid_prefix(text, length);

        atd_buffer_add(out, text, valid);
        text += valid;
        length -= valid;
        if (length > 0) {
            atd_text_put(out, 0xFFFD);
            text++;
            length--;
        }
    }
    return text && !atd_buffer_take(&repaired, NULL, out, "the text") ? repaired : NULL;
}

static const atd_value_t *view_detail(const atd_error_t *detail, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!detail)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "file", detail->file);
    atd_value_set(map, "line", detail->line ? atd_value_int(pool, detail->line) : atd_value_null(pool));
    atd_value_set(map, "column", detail->column ? atd_value_int(pool, detail->column) : atd_value_null(pool));
    atd_value_set_text(map, "message", repair(detail->message, pool));
    atd_value_set_text(map, "hint", repair(detail->hint, pool));
    atd_value_set_text(map, "excerpt", repair(detail->excerpt, pool));
    atd_value_set_text(map, "id", apr_psprintf(pool, "ATD%04d", (int)detail->id));
    return map;
}

atd_value_t *atd_view_error(int status, const char *title, const char *message, const atd_error_t *detail,
                            apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    atd_value_set(map, "status", atd_value_int(pool, status));
    atd_value_set_text(map, "title", title);
    atd_value_set_text(map, "message", message);
    atd_value_set(map, "detail", view_detail(detail, pool));
    set_list(map, "suggestions", "hasSuggestions", atd_value_list(pool), pool);
    return map;
}
