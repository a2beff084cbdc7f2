/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_facts.h"

#include "base/atd_escape.h"
#include "base/atd_locale.h"
#include "base/atd_text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/* Yoast's default: engines may show as much of the page as they like. */
#define ROBOTS_PUBLIC "index, follow, max-snippet:-1, max-image-preview:large, max-video-preview:-1"
#define ROBOTS_HIDDEN "noindex, follow"
#define ROBOTS_CLOSED "noindex, nofollow"

static const char *or_else(const char *first, const char *second)
{
    return first && *first ? first : second;
}

/* A robots directive as a word of its own, in any case. */
static bool has_directive(const char *robots, const char *word)
{
    apr_size_t length = strlen(word);

    while (*robots) {
        apr_size_t size;

        robots += strspn(robots, ", ");
        size = strcspn(robots, ", ");
        if (size == length && strncasecmp(robots, word, length) == 0)
            return true;
        robots += size;
    }
    return false;
}

static bool refuses_index(const char *robots)
{
    return has_directive(robots, "noindex") || has_directive(robots, "none");
}

bool atd_facts_may_index(const atd_post_t *post)
{
    return post->noindex != ATD_FLAG_ON && !(post->robots && refuses_index(post->robots));
}

/* noindex wins over index wherever it stands, nofollow over follow. */
static void set_robots(atd_facts_t *facts, const atd_post_t *post)
{
    const char *robots = post->robots ? post->robots : "";

    facts->indexable = !facts->hidden && atd_facts_may_index(post);
    if (facts->indexable)
        facts->robots = or_else(post->robots, ROBOTS_PUBLIC);
    else if (refuses_index(robots))
        facts->robots = robots;
    else
        facts->robots = has_directive(robots, "nofollow") ? ROBOTS_CLOSED : ROBOTS_HIDDEN;
}

static void set_image(atd_facts_t *facts, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    if (post && post->image.src) {
        atd_picture_resolve(&facts->image, site, post, post->image.src, pool);
        facts->image_alt = or_else(post->image.alt, post->image.caption);
        facts->image_caption = post->image.caption;
    } else if (site->settings->image) {
        atd_picture_resolve(&facts->image, site, NULL, site->settings->image, pool);
        facts->image_alt = site->settings->title;
    }
}

static const apr_array_header_t *authors_of(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    apr_array_header_t *authors;
    atd_person_t *person;

    if (post && post->authors->nelts > 0)
        return post->authors;
    authors = apr_array_make(pool, 1, sizeof(atd_person_t));
    if (site->settings->author) {
        person = apr_array_push(authors);
        memset(person, 0, sizeof *person);
        person->name = site->settings->author;
        person->slug = atd_text_slug(person->name, pool);
    }
    return authors;
}

/* An explicit description; else the excerpt, which the body falls back to its first paragraph for. */
const char *atd_facts_description(const atd_post_t *post, const atd_body_t *body, apr_pool_t *pool)
{
    const char *first = body ? body->summary : post->summary;
    const char *text = or_else(post->description, or_else(post->excerpt, first));

    return text && *text ? atd_text_collapse(text, pool) : NULL;
}

/* "readingTime: 9" is minutes; a number past YAML's 18 digits is text. */
static bool is_number(const char *text)
{
    apr_size_t length = strspn(text, "0123456789");

    return length > 0 && length <= 18 && !text[length];
}

/* Of a body, or of what the index counted. */
static apr_int64_t counted_minutes(const atd_facts_t *facts, const atd_site_t *site)
{
    if (facts->body)
        return facts->body->minutes;
    return facts->post->words ? atd_body_minutes(site, facts->post->words) : 0;
}

static void set_reading_time(atd_facts_t *facts, const atd_site_t *site, const char *written, apr_pool_t *pool)
{
    bool words = written && *written && !is_number(written);

    facts->minutes = written ? apr_atoi64(written) : 0;
    if (facts->minutes <= 0)
        facts->minutes = counted_minutes(facts, site);
    if (words)
        facts->reading_time = written;
    else if (facts->minutes > 0)
        facts->reading_time = atd_locale_minutes(facts->minutes, facts->lang, pool);
}

/* pt_br is pt-BR. */
static bool is_same_language(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        if (apr_tolower(*a == '_' ? '-' : *a) != apr_tolower(*b == '_' ? '-' : *b))
            return false;
    }
    return *a == *b;
}

/* A slug is a post of this blog; all else is an address. */
static const char *url_of(const atd_site_t *site, const char *target, apr_pool_t *pool)
{
    return strpbrk(target, "/:?#%") ? atd_site_absolute(site, target, pool) : atd_site_url(site, target, pool);
}

/* Posts of one text may share one map, which then names each of them, too. */
static const apr_array_header_t *translations_of(const atd_site_t *site, const atd_value_t *map, const char *own,
                                                 apr_pool_t *pool)
{
    apr_array_header_t *translations = apr_array_make(pool, (int)atd_value_count(map), sizeof(atd_translation_t));

    for (apr_size_t i = 0; i < atd_value_count(map); i++) {
        const char *lang = atd_value_key_at(map, i);
        const char *target = atd_value_text(atd_value_at(map, i));

        if (!target || !*target || !atd_url_is_safe(target, false))
            continue;
        if (!atd_locale_is_tag(lang) || is_same_language(lang, own))
            continue;
        APR_ARRAY_PUSH(translations, atd_translation_t) =
            (atd_translation_t){.lang = lang, .url = url_of(site, target, pool)};
    }
    return translations;
}

/* The page of a category; a name of nothing but signs has none. */
static void set_above(atd_facts_t *facts, const atd_site_t *site, const char *name, const char *slug, apr_pool_t *pool)
{
    if (!name || !*slug)
        return;
    facts->above.name = atd_text_collapse(name, pool);
    facts->above.url = atd_site_url(site, apr_pstrcat(pool, "category/", slug, NULL), pool);
}

static const char *lang_of(const atd_site_t *site, const atd_post_t *post)
{
    return or_else(post->lang, site->settings->language);
}

const apr_array_header_t *atd_facts_translations(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    return translations_of(site, post->translations, lang_of(site, post), pool);
}

void atd_facts_of_post(atd_facts_t *facts, const atd_site_t *site, const atd_post_t *post, const atd_body_t *body,
                       apr_pool_t *pool)
{
    memset(facts, 0, sizeof *facts);
    facts->kind = post->is_page ? ATD_PAGE_STATIC : ATD_PAGE_POST;
    facts->post = post;
    facts->body = body;
    facts->heading = atd_text_collapse(post->title, pool);
    facts->title = post->seo_title ? atd_text_collapse(post->seo_title, pool)
                                   : apr_pstrcat(pool, facts->heading, " | ", site->settings->title, NULL);
    facts->description = atd_facts_description(post, body, pool);
    facts->path = atd_site_post_path(site, post, pool);
    facts->canonical =
        post->canonical ? atd_site_absolute(site, post->canonical, pool) : atd_site_post_url(site, post, pool);
    facts->lang = lang_of(site, post);
    facts->hidden = atd_post_hidden_because(post, site->now, pool);
    set_robots(facts, post);
    set_reading_time(facts, site, post->reading_time, pool);
    facts->keywords = post->keywords ? post->keywords : post->tags;
    set_image(facts, site, post, pool);
    facts->authors = authors_of(site, post, pool);
    facts->translations = atd_facts_translations(site, post, pool);
    if (post->category && !post->is_page)
        set_above(facts, site, post->category, atd_text_slug(post->category, pool), pool);
}

static void set_site_page(atd_facts_t *facts, const atd_site_t *site, apr_pool_t *pool)
{
    memset(facts, 0, sizeof *facts);
    facts->path = site->path;
    facts->canonical = site->url;
    facts->lang = site->settings->language;
    facts->authors = authors_of(site, NULL, pool);
    facts->translations = translations_of(site, NULL, facts->lang, pool);
}

/* With drafts a page is its author's alone. */
static void set_public(atd_facts_t *facts, const atd_site_t *site, bool wanted)
{
    facts->indexable = wanted && !site->drafts;
    facts->robots = facts->indexable ? ROBOTS_PUBLIC : ROBOTS_HIDDEN;
}

static const char *page_url(const atd_site_t *site, const atd_list_t *list, unsigned page, apr_pool_t *pool)
{
    return page == 1 && list->route->kind == ATD_ROUTE_HOME
               ? site->url
               : atd_site_url(site, atd_list_path(list->route, page, pool), pool);
}

/* Each page of a list is a page of its own, with links to its neighbours. */
static void set_list(atd_facts_t *facts, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    unsigned page = list->route->page;

    facts->list = list;
    facts->path = atd_site_path(site, atd_list_path(list->route, page, pool), pool);
    facts->canonical = page_url(site, list, page, pool);
    if (page > 1)
        facts->previous = page_url(site, list, page - 1, pool);
    if (page < list->pages)
        facts->next = page_url(site, list, page + 1, pool);
}

/* "Name (2/5) | Blog": the same in every language. */
static void set_title(atd_facts_t *facts, const atd_site_t *site, const char *title, apr_pool_t *pool)
{
    const atd_list_t *list = facts->list;

    if (list && list->route->page > 1)
        title = apr_psprintf(pool, "%s (%u/%u)", title, list->route->page, list->pages);
    facts->title = apr_pstrcat(pool, title, " | ", site->settings->title, NULL);
}

void atd_facts_of_home(atd_facts_t *facts, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    const atd_settings_t *settings = site->settings;

    set_site_page(facts, site, pool);
    facts->kind = ATD_PAGE_HOME;
    facts->heading = settings->title;
    facts->title = settings->description ? apr_pstrcat(pool, settings->title, " | ", settings->description, NULL)
                                         : settings->title;
    facts->description = settings->description;
    if (list)
        set_list(facts, site, list, pool);
    if (list && list->route->page > 1)
        facts->title = apr_psprintf(pool, "%s (%u/%u)", settings->title, list->route->page, list->pages);
    set_public(facts, site, true);
    set_image(facts, site, NULL, pool);
}

static atd_page_kind_t kind_of(const atd_route_t *route)
{
    switch (route->kind) {
    case ATD_ROUTE_CATEGORY:
        return ATD_PAGE_CATEGORY;
    case ATD_ROUTE_TAG:
        return ATD_PAGE_TAG;
    case ATD_ROUTE_AUTHOR:
        return ATD_PAGE_AUTHOR;
    default:
        return ATD_PAGE_ARCHIVE;
    }
}

/* "2025", "June 2025". */
static const char *heading_of(const atd_list_t *list, const char *lang, apr_pool_t *pool)
{
    const atd_route_t *route = list->route;

    if (route->kind != ATD_ROUTE_ARCHIVE)
        return atd_text_collapse(list->name, pool);
    if (route->month == 0)
        return apr_psprintf(pool, "%u", route->year);
    return atd_locale_month((int)route->year, (int)route->month, lang, pool);
}

static void set_category(atd_facts_t *facts, const atd_site_t *site, const atd_category_t *category, apr_pool_t *pool)
{
    if (category->seo_title && facts->list->route->page == 1)
        facts->title = atd_text_collapse(category->seo_title, pool);
    if (category->meta_description)
        facts->description = atd_text_collapse(category->meta_description, pool);
    if (category->noindex == ATD_FLAG_ON)
        set_public(facts, site, false);
    if (category->image) {
        atd_picture_resolve(&facts->image, site, NULL, category->image, pool);
        facts->image_alt = facts->heading;
    }
    set_above(facts, site, facts->list->parent, category->parent, pool);
}

static void set_person(atd_facts_t *facts, const atd_site_t *site, const atd_person_t *person, apr_pool_t *pool)
{
    if (!person->image)
        return;
    atd_picture_resolve(&facts->image, site, NULL, person->image, pool);
    facts->image_alt = person->name;
}

void atd_facts_of_list(atd_facts_t *facts, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    set_site_page(facts, site, pool);
    facts->kind = kind_of(list->route);
    facts->heading = heading_of(list, facts->lang, pool);
    facts->description = list->description;
    set_list(facts, site, list, pool);
    set_title(facts, site, facts->heading, pool);
    set_public(facts, site, true);
    set_image(facts, site, NULL, pool);
    if (list->category)
        set_category(facts, site, list->category, pool);
    if (list->person)
        set_person(facts, site, list->person, pool);
}

void atd_facts_of_overview(atd_facts_t *facts, const atd_site_t *site, atd_page_kind_t kind, const char *heading,
                           const char *name, apr_pool_t *pool)
{
    set_site_page(facts, site, pool);
    facts->kind = kind;
    facts->heading = heading;
    facts->path = atd_site_path(site, name, pool);
    facts->canonical = atd_site_url(site, name, pool);
    set_title(facts, site, heading, pool);
    set_public(facts, site, kind != ATD_PAGE_SEARCH);
    set_image(facts, site, NULL, pool);
}

void atd_facts_of_error(atd_facts_t *facts, const atd_site_t *site, const char *heading, apr_pool_t *pool)
{
    set_site_page(facts, site, pool);
    facts->kind = ATD_PAGE_ERROR;
    facts->heading = heading;
    facts->title = apr_pstrcat(pool, heading, " | ", site->settings->title, NULL);
}
