/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_post.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "engine/atd_frontmatter.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof(atd_post_t, member)

/* Names of this project first, then those of its sister posts, Jekyll, Hugo and Astro. */
static const atd_field_t fields[] = {
    {.names = {"title"}, .kind = ATD_KIND_TEXT, .offset = AT(title)},
    {.names = {"seoTitle", "seo.title", "metaTitle"}, .kind = ATD_KIND_TEXT, .offset = AT(seo_title)},
    {.names = {"slug"}, .kind = ATD_KIND_TEXT, .offset = AT(slug)},
    {.names = {"date", "datePublished", "pubDate", "publishDate", "publishedAt", "published_at"},
     .kind = ATD_KIND_DATE,
     .offset = AT(date)},
    {.names = {"lastModified", "dateModified", "lastmod", "updated", "updatedDate", "last_modified_at", "modified",
               "updatedAt"},
     .kind = ATD_KIND_DATE,
     .offset = AT(modified)},
    {.names = {"expires", "expiryDate", "unpublishDate"}, .kind = ATD_KIND_DATE, .offset = AT(expires)},
    {.names = {"category"}, .kind = ATD_KIND_TEXT, .offset = AT(category)},
    {.names = {"tags", "taxonomies.tags"}, .kind = ATD_KIND_WORDS, .offset = AT(tags)},
    {.names = {"excerpt", "summary"}, .kind = ATD_KIND_TEXT, .offset = AT(excerpt)},
    {.names = {"seo.description", "metaDescription", "description"}, .kind = ATD_KIND_TEXT, .offset = AT(description)},
    {.names = {"seo.keywords", "keywords"}, .kind = ATD_KIND_WORDS, .offset = AT(keywords)},
    {.names = {"canonicalUrl", "seo.canonical", "canonical_url", "canonicalURL", "canonical"},
     .kind = ATD_KIND_URL,
     .offset = AT(canonical)},
    {.names = {"metaRobots", "seo.robots", "robots"}, .kind = ATD_KIND_TEXT, .offset = AT(robots)},
    {.names = {"noindex", "seo.noindex"}, .kind = ATD_KIND_FLAG, .offset = AT(noindex)},
    {.names = {"readingTime", "reading_time"}, .kind = ATD_KIND_TEXT, .offset = AT(reading_time)},
    {.names = {"featured", "pinned", "sticky"}, .kind = ATD_KIND_FLAG, .offset = AT(featured)},
    {.names = {"contentSettings.comments", "comments"}, .kind = ATD_KIND_FLAG, .offset = AT(comments)},
    {.names = {"contentSettings.shareButtons", "shareButtons"}, .kind = ATD_KIND_FLAG, .offset = AT(share_buttons)},
    {.names = {"contentSettings.contentWarning", "contentWarning"},
     .kind = ATD_KIND_TEXT,
     .offset = AT(content_warning)},
    {.names = {"lang", "language", "locale"}, .kind = ATD_KIND_TEXT, .offset = AT(lang)},
    {.names = {"layout"}, .kind = ATD_KIND_TEXT, .offset = AT(layout)},
    {.names = {"partNumber"}, .kind = ATD_KIND_NUMBER, .offset = AT(part_number), .min = 0, .max = 10000},
    {.names = {"redirect.to", "redirect_to", "redirect"}, .kind = ATD_KIND_URL, .offset = AT(redirect_to)},
    {.names = {"redirect.status"},
     .kind = ATD_KIND_NUMBER,
     .offset = AT(redirect_status),
     .min = 301,
     .max = 308,
     .otherwise = "301"},
    {.names = {"relatedPosts", "related"}, .kind = ATD_KIND_WORDS, .offset = AT(related)},
    {.names = {"aliases", "redirect_from"}, .kind = ATD_KIND_WORDS, .offset = AT(aliases)},
    {.names = {"imageGallery", "gallery"}, .kind = ATD_KIND_LIST, .offset = AT(gallery)},
    {.names = {"video"}, .kind = ATD_KIND_MAP, .offset = AT(video)},
    {.names = {"translations"}, .kind = ATD_KIND_MAP, .offset = AT(translations)},
    {.names = {"social.twitter.card", "twitter.card"}, .kind = ATD_KIND_TEXT, .offset = AT(twitter_card)},
    {.names = {"social.twitter.title"}, .kind = ATD_KIND_TEXT, .offset = AT(twitter.title)},
    {.names = {"social.twitter.description"}, .kind = ATD_KIND_TEXT, .offset = AT(twitter.description)},
    {.names = {"social.twitter.image"}, .kind = ATD_KIND_URL, .offset = AT(twitter.image)},
    {.names = {"social.twitter.site"}, .kind = ATD_KIND_TEXT, .offset = AT(twitter.site)},
    {.names = {"social.twitter.creator"}, .kind = ATD_KIND_TEXT, .offset = AT(twitter.creator)},
    {.names = {"social.facebook.title"}, .kind = ATD_KIND_TEXT, .offset = AT(facebook.title)},
    {.names = {"social.facebook.description"}, .kind = ATD_KIND_TEXT, .offset = AT(facebook.description)},
    {.names = {"social.facebook.image"}, .kind = ATD_KIND_URL, .offset = AT(facebook.image)},
    {.names = {"social.facebook.type"}, .kind = ATD_KIND_TEXT, .offset = AT(facebook.type)},
    {.names = {"advanced.rss", "rss"}, .kind = ATD_KIND_FLAG, .offset = AT(rss)},
    {.names = {"advanced.newsletter", "newsletter"}, .kind = ATD_KIND_FLAG, .offset = AT(newsletter)},
    {.names = {"advanced.amp", "amp"}, .kind = ATD_KIND_FLAG, .offset = AT(amp)},
    {.names = {"advanced.customCSS"}, .kind = ATD_KIND_TEXT, .offset = AT(custom_css)},
    {.names = {"advanced.customJS"}, .kind = ATD_KIND_TEXT, .offset = AT(custom_js)},
};

#define FIELD_COUNT (sizeof fields / sizeof *fields)

/* Keys that the table's first parts don't have. */
static const char *const other_keys[] = {"status",   "draft",  "published", "priority",  "featuredImage", "heroImage",
                                         "image",    "author", "authors",   "coAuthors", "categories",    "schema",
                                         "advanced", "toc",    "showToc",   "series",    "sitemap"};

static bool is_other_key(const char *key)
{
    for (apr_size_t i = 0; i < sizeof other_keys / sizeof *other_keys; i++) {
        if (strcmp(key, other_keys[i]) == 0)
            return true;
    }
    return false;
}

/* True where one letter too many, too few or wrong, or two in the wrong order, are all the difference. */
static bool is_near(const char *a, const char *b)
{
    apr_size_t before = 0;

    while (a[before] && a[before] == b[before])
        before++;
    a += before;
    b += before;
    if (!*a && !*b)
        return false; /* the same */
    if (strcmp(a + (*a != 0), b + (*b != 0)) == 0 || (*a && strcmp(a + 1, b) == 0) || (*b && strcmp(a, b + 1) == 0))
        return true;
    return *a && *b && a[0] == b[1] && a[1] == b[0] && strcmp(a + 2, b + 2) == 0;
}

const char *atd_post_known_key(const char *key)
{
    if (strlen(key) < 4 || is_other_key(key) || atd_field_find(fields, FIELD_COUNT, key))
        return NULL;
    for (apr_size_t i = 0; i < sizeof other_keys / sizeof *other_keys; i++) {
        if (is_near(key, other_keys[i]))
            return other_keys[i];
    }
    for (apr_size_t i = 0; i < FIELD_COUNT; i++) {
        for (int n = 0; n < ATD_FIELD_NAMES && fields[i].names[n]; n++) {
            if (!strchr(fields[i].names[n], '.') && is_near(key, fields[i].names[n]))
                return fields[i].names[n];
        }
    }
    return NULL;
}

bool atd_post_is_source(const char *name)
{
    static const char *const endings[] = {".md", ".markdown", ".mdown", ".mkd"};
    const char *dot = strrchr(name, '.');

    for (apr_size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++) {
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    }
    return false;
}

/* "2025-06-16-" before a name, as Jekyll has it. */
static apr_size_t date_prefix(const char *name)
{
    static const char pattern[] = "dddd-dd-dd-";

    for (apr_size_t i = 0; pattern[i]; i++) {
        if (pattern[i] == 'd' ? !apr_isdigit(name[i]) : name[i] != pattern[i])
            return 0;
    }
    return name[sizeof pattern - 1] ? sizeof pattern - 1 : 0;
}

/* The last component of a path without its extension, or the folder's for index.md and _index.md. */
static const char *stem(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    const char *base = apr_pstrmemdup(pool, name, dot ? (apr_size_t)(dot - name) : strlen(name));

    if (slash && (strcmp(base, "index") == 0 || strcmp(base, "_index") == 0)) {
        base = apr_pstrmemdup(pool, path, (apr_size_t)(slash - path));
        slash = strrchr(base, '/');
        return slash ? slash + 1 : base;
    }
    return base;
}

const char *atd_post_path_slug(const char *path, apr_pool_t *pool)
{
    const char *name = stem(path, pool);

    return atd_text_slug(name + date_prefix(name), pool);
}

const char *atd_post_path_day(const char *path, apr_pool_t *pool)
{
    const char *name = stem(path, pool);

    return date_prefix(name) ? apr_pstrmemdup(pool, name, strlen("2025-06-16")) : NULL;
}

static const char *folder_of(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');

    return slash ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path) + 1) : "";
}

/* Jekyll's `permalink: /2020/06/name.html` is name; "" where it is a pattern (/:year/:title/) or absent. */
static const char *permalink_slug(const atd_value_t *data, apr_pool_t *pool)
{
    const char *permalink = atd_value_text(atd_value_get(data, "permalink"));
    const char *end, *start;

    if (!permalink || strchr(permalink, ':'))
        return "";
    end = permalink + strlen(permalink);
    while (end > permalink && end[-1] == '/')
        end--;
    for (start = end; start > permalink && start[-1] != '/';)
        start--;
    if (end - start > 5 && strncasecmp(end - 5, ".html", 5) == 0)
        end -= 5;
    return atd_text_slug(apr_pstrmemdup(pool, start, (apr_size_t)(end - start)), pool);
}

/* Slug from the front matter, else from the permalink, the file's name, or the title. */
static void read_slug(atd_post_t *post, atd_reading_t *reading)
{
    const char *given = post->slug;

    post->slug = given ? atd_text_slug(given, reading->pool) : permalink_slug(post->data, reading->pool);
    if (!*post->slug)
        post->slug = atd_post_path_slug(post->path, reading->pool);
    if (!*post->slug && post->title)
        post->slug = atd_text_slug(post->title, reading->pool);
    if (!*post->slug)
        atd_error_hint(atd_reading_note(reading, ATD_E_VALUE, atd_value_get(post->data, "slug"),
                                        "the post has no slug: nothing in '%.80s' can stand in a URL",
                                        given ? given : post->path),
                       "give it a slug of letters, digits and hyphens");
}

bool atd_post_status(atd_status_t *status, const char *text)
{
    static const char *const names[] = {
        [ATD_STATUS_DRAFT] = "draft",       [ATD_STATUS_PUBLISHED] = "published", [ATD_STATUS_SCHEDULED] = "scheduled",
        [ATD_STATUS_ARCHIVED] = "archived", [ATD_STATUS_GONE] = "gone",
    };

    for (int i = 0; i <= ATD_STATUS_GONE; i++) {
        if (strcasecmp(text, names[i]) == 0) {
            *status = (atd_status_t)i;
            return true;
        }
    }
    return false;
}

static void read_status(atd_post_t *post, atd_reading_t *reading)
{
    const atd_value_t *value = atd_value_get(post->data, "status");
    const char *text = atd_value_text(value);

    if (atd_value_is_empty(value))
        post->status = ATD_STATUS_PUBLISHED;
    else if (!text || !atd_post_status(&post->status, text))
        atd_error_hint(atd_reading_note(reading, ATD_E_VALUE, value, "'status' can't be %s%.80s",
                                        text ? "" : atd_value_type_name(value), text ? text : ""),
                       "use published, draft, scheduled, archived or gone");
}

/* Jekyll's `published: false` and everybody's `draft: true`. Hugo's `published` may be a date, too. */
static void read_draft_flags(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t rows[] = {
        {.names = {"draft"}, .kind = ATD_KIND_FLAG, .offset = 0},
        {.names = {"published"}, .kind = ATD_KIND_FLAG, .offset = sizeof(atd_flag_t)},
    };
    const char *published = atd_value_text(atd_value_get(post->data, "published"));
    atd_flag_t flags[2] = {ATD_FLAG_UNSET, ATD_FLAG_UNSET};
    atd_date_t date;

    atd_field_read(flags, rows, 1, post->data, reading);
    if (published && atd_date_parse(&date, published)) {
        if (!post->date.at)
            post->date = date;
    } else {
        atd_field_read(flags, rows + 1, 1, post->data, reading);
    }
    if (flags[0] == ATD_FLAG_ON || flags[1] == ATD_FLAG_OFF)
        post->status = ATD_STATUS_DRAFT;
}

/* The same switch in two places: what one of them turns off stays off. */
static void read_toc(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t rows[] = {
        {.names = {"contentSettings.toc"}, .kind = ATD_KIND_FLAG, .offset = 0},
        {.names = {"toc", "showToc"}, .kind = ATD_KIND_FLAG, .offset = sizeof(atd_flag_t)},
    };
    atd_flag_t flags[2] = {ATD_FLAG_UNSET, ATD_FLAG_UNSET};

    atd_field_read(flags, rows, 2, post->data, reading);
    post->toc = flags[0] == ATD_FLAG_UNSET || flags[1] == ATD_FLAG_OFF ? flags[1] : flags[0];
}

/* Hugo has a map here, of which one key leaves the page out. */
static void read_sitemap(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t lone = {.names = {"sitemap"}, .kind = ATD_KIND_FLAG, .offset = AT(sitemap)};
    static const atd_field_t within = {.names = {"sitemap.disable"}, .kind = ATD_KIND_FLAG, .offset = 0};
    atd_flag_t disabled = ATD_FLAG_UNSET;

    if (atd_value_type(atd_value_get(post->data, "sitemap")) != ATD_MAP) {
        atd_field_read(post, &lone, 1, post->data, reading);
    } else {
        atd_field_read(&disabled, &within, 1, post->data, reading);
        post->sitemap = disabled == ATD_FLAG_ON ? ATD_FLAG_OFF : ATD_FLAG_UNSET;
    }
}

static void read_priority(atd_post_t *post, atd_reading_t *reading)
{
    static const char *const names[] = {"", "low", "medium", "high"};
    const atd_value_t *value = atd_value_get(post->data, "priority");
    const char *text = atd_value_text(value);

    post->priority = ATD_PRIORITY_MEDIUM;
    if (atd_value_is_empty(value))
        return;
    for (int i = ATD_PRIORITY_LOW; text && i <= ATD_PRIORITY_HIGH; i++) {
        if (strcasecmp(text, names[i]) == 0) {
            post->priority = (atd_priority_t)i;
            return;
        }
    }
    atd_error_hint(atd_reading_note(reading, ATD_E_VALUE, value, "'priority' can't be %s%.80s",
                                    text ? "" : atd_value_type_name(value), text ? text : ""),
                   "use low, medium or high");
}

/* A map of src, alt and caption, or just the reference. */
static void read_picture(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t image = {
        .names = {"featuredImage", "heroImage", "image", "cover", "ogImage", "thumbnail", "banner", "feature_image"}};
    static const atd_field_t parts[] = {
        {.names = {"src", "url", "path", "image"}, .kind = ATD_KIND_URL, .offset = offsetof(atd_picture_t, src)},
        {.names = {"alt"}, .kind = ATD_KIND_TEXT, .offset = offsetof(atd_picture_t, alt)},
        {.names = {"caption", "title"}, .kind = ATD_KIND_TEXT, .offset = offsetof(atd_picture_t, caption)},
    };
    static const atd_field_t lone = {.names = {"src"}, .kind = ATD_KIND_URL, .offset = offsetof(atd_picture_t, src)};
    static const atd_field_t alt = {.names = {"imageAlt", "image_alt", "heroImageAlt"},
                                    .kind = ATD_KIND_TEXT,
                                    .offset = offsetof(atd_picture_t, alt)};
    const atd_value_t *value = atd_field_value(&image, post->data);
    atd_value_t *wrapped;

    post->image.line = atd_value_line(value);
    if (atd_value_type(value) == ATD_MAP) {
        atd_field_read(&post->image, parts, 3, value, reading);
    } else if (value) {
        wrapped = atd_value_map(reading->pool);
        atd_value_set(wrapped, "src", value);
        atd_field_read(&post->image, &lone, 1, wrapped, reading);
    }
    atd_field_read(&post->image, &alt, 1, post->data, reading);
}

static bool has_text(const atd_value_t *list, const char *text)
{
    for (apr_size_t i = 0; i < atd_value_count(list); i++) {
        if (strcasecmp(atd_value_text(atd_value_at(list, i)), text) == 0)
            return true;
    }
    return false;
}

/* `categories:` lists several; the first is the post's category where `category:` names none; the rest count as tags. */
static void read_categories(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t row = {.names = {"categories", "taxonomies.categories"}, .kind = ATD_KIND_WORDS};
    const atd_value_t *list = NULL;
    atd_value_t *tags;

    atd_field_read(&list, &row, 1, post->data, reading);
    if (!list)
        return;
    if (!post->category)
        post->category = atd_value_text(atd_value_at(list, 0));
    tags = atd_value_list(reading->pool);
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        atd_value_push(tags, atd_value_at(post->tags, i));
    for (apr_size_t i = 0; i < atd_value_count(list); i++) {
        const char *category = atd_value_text(atd_value_at(list, i));

        if (strcasecmp(category, post->category) != 0 && !has_text(tags, category))
            atd_value_push(tags, atd_value_at(list, i));
    }
    atd_value_set_place(tags, atd_value_line(list), atd_value_column(list));
    if (atd_value_count(tags) > 0)
        post->tags = tags;
}

/* Hugo, for which series are a taxonomy like tags, has a list: the first counts. */
static void read_series(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t text = {
        .names = {"series", "taxonomies.series"}, .kind = ATD_KIND_TEXT, .offset = AT(series)};
    static const atd_field_t words = {.names = {"series", "taxonomies.series"}, .kind = ATD_KIND_WORDS};
    const atd_value_t *value = atd_field_value(&words, post->data);
    const atd_value_t *list = NULL;

    if (!value || atd_value_type(value) != ATD_LIST) {
        atd_field_read(post, &text, 1, post->data, reading);
        return;
    }
    atd_field_read(&list, &words, 1, post->data, reading);
    if (list)
        post->series = atd_value_text(atd_value_at(list, 0));
}

/* The author's JSON-LD may stand in two places; `schema` lies above `advanced.schemaMarkup`. */
static void read_schema(atd_post_t *post, atd_reading_t *reading)
{
    static const atd_field_t rows[] = {
        {.names = {"schema"}, .kind = ATD_KIND_MAP, .offset = 0},
        {.names = {"advanced.schemaMarkup", "advanced.schema"},
         .kind = ATD_KIND_MAP,
         .offset = sizeof(const atd_value_t *)},
    };
    const atd_value_t *maps[2] = {NULL, NULL};

    atd_field_read(maps, rows, 2, post->data, reading);
    post->schema = maps[1] ? atd_value_merge(reading->pool, maps[1], maps[0]) : maps[0];
}

/* Refuses a text with other characters than letters, digits and @p others: it goes into a header, too. */
static void check_characters(const atd_post_t *post, const char *name, const char *others, const char *hint,
                             atd_reading_t *reading)
{
    const atd_value_t *value = atd_field_value(atd_field_find(fields, FIELD_COUNT, name), post->data);
    const char *text = atd_value_text(value);

    for (const char *at = text; at && *at; at++) {
        if (!apr_isalnum(*at) && !strchr(others, *at)) {
            atd_error_hint(atd_reading_note(reading, ATD_E_VALUE, value, "'%s' can't be '%.80s'", name, text), hint);
            return;
        }
    }
}

static void check_limits(atd_post_t *post, atd_reading_t *reading)
{
    if (atd_value_count(post->tags) > ATD_MAX_TAGS)
        atd_reading_note(reading, ATD_E_LIMIT, post->tags, "has more than %d tags", ATD_MAX_TAGS);
    if (atd_value_count(post->aliases) > ATD_MAX_ALIASES)
        atd_reading_note(reading, ATD_E_LIMIT, post->aliases, "has more than %d aliases", ATD_MAX_ALIASES);
    check_characters(post, "metaRobots", ":,-_ ", "write directives with commas: index, follow", reading);
    check_characters(post, "lang", "-_", "write a language tag: en, de-AT, zh-Hant", reading);
    if (post->redirect_to &&
        (post->redirect_status == 304 || post->redirect_status == 305 || post->redirect_status == 306))
        atd_reading_note(reading, ATD_E_VALUE, atd_value_find(post->data, "redirect.status"),
                         "'redirect.status' must be 301, 302, 303, 307 or 308");
}

static const char *title_of_slug(const char *slug, apr_pool_t *pool)
{
    char *title = apr_pstrdup(pool, slug);

    for (char *at = title; *at; at++)
        *at = (char)(*at == '-' ? ' ' : *at);
    *title = (char)apr_toupper(*title);
    return title;
}

/* The date in a Jekyll file name counts where the front matter has none. */
static void read_path_date(atd_post_t *post, apr_pool_t *pool)
{
    const char *day = atd_post_path_day(post->path, pool);

    if (!post->date.at && day)
        atd_date_parse(&post->date, day);
}

static void read_fields(atd_post_t *post, const atd_people_t *people, atd_reading_t *reading)
{
    atd_field_read(post, fields, FIELD_COUNT, post->data, reading);
    read_slug(post, reading);
    read_status(post, reading);
    read_draft_flags(post, reading);
    read_toc(post, reading);
    read_sitemap(post, reading);
    read_priority(post, reading);
    read_picture(post, reading);
    read_categories(post, reading);
    read_series(post, reading);
    read_schema(post, reading);
    post->authors = atd_person_read_all(post->data, people, reading);
    read_path_date(post, reading->pool);
    check_limits(post, reading);
    if (!post->title)
        post->title = title_of_slug(post->slug, reading->pool);
}

/* Whatever is shown of the post changes when it appears and when it goes. */
static void tell_boundaries(const atd_post_t *post, const atd_root_t *content)
{
    if (!content || !content->watch)
        return;
    content->watch->boundary(content->watch->baton, post->date.at);
    content->watch->boundary(content->watch->baton, post->expires.at);
}

static atd_post_t *make_post(const char *path, const atd_value_t *data, apr_pool_t *pool)
{
    atd_post_t *post = apr_pcalloc(pool, sizeof *post);

    post->path = path;
    post->folder = folder_of(path, pool);
    post->is_page = strncmp(path, "pages/", 6) == 0;
    post->data = data;
    post->body = "";
    return post;
}

atd_post_t *atd_post_of_data(const char *path, const atd_value_t *data, const atd_people_t *people, apr_pool_t *pool)
{
    atd_reading_t reading = {.file = path, .pool = pool};
    atd_post_t *post = make_post(path, data, pool);

    read_fields(post, people, &reading);
    return post;
}

atd_error_t *atd_post_parse(const atd_post_t **parsed, const char *path, const char *text, apr_size_t length,
                            const atd_root_t *content, apr_array_header_t *findings, apr_pool_t *pool)
{
    atd_reading_t reading = {.file = path, .findings = findings, .pool = pool};
    const atd_people_t people = atd_people_of_content(content);
    atd_post_t *post;
    atd_frontmatter_t parts;
    atd_error_t *error = atd_frontmatter_parse(&parts, text, length, path, pool);

    *parsed = NULL;
    if (error) {
        if (findings)
            APR_ARRAY_PUSH(findings, atd_error_t *) = error;
        return error;
    }
    post = make_post(path, parts.data, pool);
    post->body = parts.body;
    post->body_length = parts.body_length;
    post->body_line = parts.body_line;
    read_fields(post, content ? &people : NULL, &reading);
    tell_boundaries(post, content);
    if (!reading.first)
        *parsed = post;
    else if (strcmp(reading.first->file, path) == 0) /* an author's file may be at fault */
        atd_error_excerpt(reading.first, text, length, pool);
    return reading.first;
}

atd_error_t *atd_post_load(const atd_post_t **post, const atd_root_t *content, const char *path,
                           apr_array_header_t *findings, apr_pool_t *pool)
{
    atd_file_t file;
    atd_error_t *error = atd_file_read(&file, content, path, ATD_MAX_SOURCE, pool);

    *post = NULL;
    if (error && findings)
        APR_ARRAY_PUSH(findings, atd_error_t *) = error;
    return error ? error : atd_post_parse(post, path, file.bytes, file.length, content, findings, pool);
}

const char *atd_post_hidden_because(const atd_post_t *post, apr_time_t now, apr_pool_t *pool)
{
    if (post->expires.at && post->expires.at <= now)
        return apr_pstrcat(pool, "expired on ", atd_date_iso(&post->expires, pool), NULL);
    switch (post->status) {
    case ATD_STATUS_SCHEDULED:
        if (!post->date.at)
            return "scheduled without a date";
        break;
    case ATD_STATUS_PUBLISHED:
        break;
    case ATD_STATUS_ARCHIVED:
        return "archived";
    case ATD_STATUS_GONE:
        return "gone for good";
    case ATD_STATUS_DRAFT:
    default:
        return "a draft";
    }
    if (post->date.at > now)
        return apr_pstrcat(pool, "scheduled for ", atd_date_iso(&post->date, pool), NULL);
    return NULL;
}

void atd_post_span(apr_time_t *appears, apr_time_t *ends, const atd_post_t *post)
{
    bool shown = post->status == ATD_STATUS_PUBLISHED || (post->status == ATD_STATUS_SCHEDULED && post->date.at);

    *appears = shown ? post->date.at : ATD_NEVER;
    *ends = post->expires.at ? post->expires.at : ATD_NEVER;
}

bool atd_post_is_public(const atd_post_t *post, apr_time_t now)
{
    apr_time_t appears, ends;

    atd_post_span(&appears, &ends, post);
    return appears <= now && now < ends;
}
