/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_view_list.h"

#include "base/atd_limits.h"
#include "base/atd_locale.h"
#include "base/atd_text.h"
#include "engine/atd_frontmatter.h"
#include "site/atd_view.h"
#include "site/atd_view_parts.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <string.h>

/* Pages that are linked on either side of the current one; what lies further is a gap, but for the first and last. */
#define NEIGHBOURS 2

/* Weights of a cloud. */
#define WEIGHTS 5

static void set_int(atd_value_t *map, const char *key, apr_int64_t number, apr_pool_t *pool)
{
    atd_value_set(map, key, atd_value_int(pool, number));
}

static void set_flag(atd_value_t *map, const char *key, bool truth, apr_pool_t *pool)
{
    atd_value_set(map, key, atd_value_bool(pool, truth));
}

/* ---- pagination ---- */

typedef struct pages_t {
    unsigned page, pages;
    const char *(*path_of)(const void *baton, unsigned page, apr_pool_t *pool);
    const void *baton;
    apr_pool_t *pool;
} pages_t;

static const atd_value_t *view_link(const pages_t *pages, unsigned page)
{
    atd_value_t *map;

    if (page < 1 || page > pages->pages)
        return atd_value_null(pages->pool);
    map = atd_value_map(pages->pool);
    set_int(map, "page", page, pages->pool);
    atd_value_set_text(map, "path", pages->path_of(pages->baton, page, pages->pool));
    return map;
}

static void push_item(atd_value_t *items, const pages_t *pages, unsigned page, bool gap)
{
    atd_value_t *map = atd_value_map(pages->pool);

    atd_value_set(map, "page", gap ? atd_value_null(pages->pool) : atd_value_int(pages->pool, page));
    atd_value_set_text(map, "path", gap ? NULL : pages->path_of(pages->baton, page, pages->pool));
    set_flag(map, "isCurrent", !gap && page == pages->page, pages->pool);
    set_flag(map, "isGap", gap, pages->pool);
    atd_value_push(items, map);
}

/* A gap that would hide one page alone shows it. */
static const atd_value_t *view_items(const pages_t *pages)
{
    atd_value_t *items = atd_value_list(pages->pool);
    unsigned from = pages->page > NEIGHBOURS + 3 ? pages->page - NEIGHBOURS : 1;
    unsigned to = pages->page + NEIGHBOURS + 2 < pages->pages ? pages->page + NEIGHBOURS : pages->pages;

    if (from > 1) {
        push_item(items, pages, 1, false);
        push_item(items, pages, 0, true);
    }
    for (unsigned page = from; page <= to; page++)
        push_item(items, pages, page, false);
    if (to < pages->pages) {
        push_item(items, pages, 0, true);
        push_item(items, pages, pages->pages, false);
    }
    return items;
}

const atd_value_t *atd_view_pagination(unsigned page, unsigned count, apr_int64_t total,
                                       const char *(*path_of)(const void *baton, unsigned page, apr_pool_t *pool),
                                       const void *baton, apr_pool_t *pool)
{
    const pages_t pages = {.page = page, .pages = count, .path_of = path_of, .baton = baton, .pool = pool};
    atd_value_t *map = atd_value_map(pool);

    set_int(map, "page", page, pool);
    set_int(map, "pages", count, pool);
    set_int(map, "total", total, pool);
    atd_value_set(map, "previous", view_link(&pages, page - 1));
    atd_value_set(map, "next", view_link(&pages, page + 1));
    atd_value_set(map, "first", view_link(&pages, 1));
    atd_value_set(map, "last", view_link(&pages, count));
    atd_value_set(map, "items", view_items(&pages));
    return map;
}

/* ---- a list ---- */

typedef struct place_t {
    const atd_site_t *site;
    const atd_route_t *route;
} place_t;

static const char *path_of_page(const void *baton, unsigned page, apr_pool_t *pool)
{
    const place_t *place = baton;

    return atd_site_path(place->site, atd_list_path(place->route, page, pool), pool);
}

static const atd_value_t *view_posts(const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    atd_value_t *posts = atd_value_list(pool);

    for (int i = 0; i < list->posts->nelts; i++)
        atd_value_push(posts, atd_view_summary(site, APR_ARRAY_IDX(list->posts, i, const atd_post_t *), pool));
    return posts;
}

static atd_error_t *view_category_link(atd_value_t **map, const atd_site_t *site, atd_index_t *index, const char *slug,
                                       const atd_category_t *category, apr_pool_t *pool)
{
    const atd_term_t *term;
    atd_error_t *error = atd_list_term(&term, site, index, ATD_TERM_CATEGORY, slug, pool);
    const char *name = category && category->name ? category->name : NULL;

    *map = NULL;
    if (error || (!term && !category))
        return error;
    *map = atd_value_map(pool);
    atd_value_set_text(*map, "name", name ? name : term ? term->name : slug);
    atd_value_set_text(*map, "path", atd_view_term_path(site, "category", slug, pool));
    set_int(*map, "count", term ? term->count : 0, pool);
    return NULL;
}

static const atd_value_t *view_parent(const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!list->parent)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "name", list->parent);
    atd_value_set_text(map, "path", atd_view_term_path(site, "category", list->category->parent, pool));
    return map;
}

static atd_error_t *add_children(atd_value_t *view, const atd_site_t *site, atd_index_t *index, const atd_list_t *list,
                                 apr_pool_t *pool)
{
    atd_value_t *children = atd_value_list(pool);
    apr_array_header_t *records = NULL;
    atd_error_t *error = NULL;

    if (list->route->kind == ATD_ROUTE_CATEGORY)
        error = atd_index_records(&records, index, ATD_TERM_CATEGORY, pool);
    for (int i = 0; !error && records && i < records->nelts; i++) {
        const atd_record_t *record = APR_ARRAY_IDX(records, i, const atd_record_t *);
        atd_category_t category;
        atd_value_t *map = NULL;

        atd_category_read(&category, record->data, &(atd_reading_t){.file = record->path, .pool = pool});
        if (category.parent && strcmp(category.parent, list->route->name) == 0 &&
            strcmp(record->slug, list->route->name) != 0)
            error = view_category_link(&map, site, index, record->slug, &category, pool);
        if (map)
            atd_value_push(children, map);
    }
    atd_value_set(view, "children", children);
    set_flag(view, "hasChildren", atd_value_count(children) > 0, pool);
    return error;
}

/*
 * The text below the front matter of a category's or an author's file, whose keys are not those of a post. A file that was
 * broken or removed since it was listed has none; the index tells of it.
 */
static const atd_post_t *load_text(const atd_site_t *site, const atd_record_t *record, apr_pool_t *pool)
{
    atd_post_t *text = atd_post_of_data(record->path, atd_value_map(pool), NULL, pool);
    atd_frontmatter_t parts;
    atd_file_t file;
    const atd_error_t *error = atd_file_read(&file, &site->content, record->path, ATD_MAX_SOURCE, pool);

    if (!error)
        error = atd_frontmatter_parse(&parts, file.bytes, file.length, record->path, pool);
    if (error)
        return NULL;
    text->body = parts.body;
    text->body_length = parts.body_length;
    text->body_line = parts.body_line;
    return text;
}

static atd_error_t *add_content(atd_value_t *view, const atd_site_t *site, const atd_list_t *list, apr_pool_t *pool)
{
    const atd_post_t *text = list->record && list->route->page == 1 ? load_text(site, list->record, pool) : NULL;
    const atd_body_t *body;
    atd_error_t *error = text ? atd_body_make(&body, site, text, pool) : NULL;

    if (text && !error && body->length > 0)
        atd_value_set(view, "content", atd_value_string_ref(pool, body->html, body->length));
    else
        atd_value_set(view, "content", atd_value_null(pool));
    return error;
}

static void set_own(atd_value_t *map, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_list_t *list = facts->list;
    const atd_route_t *route = list->route;
    const atd_value_t *null = atd_value_null(pool);
    bool archive = route->kind == ATD_ROUTE_ARCHIVE;
    bool own_image = list->category && list->category->image;

    atd_value_set_text(map, "title", facts->heading);
    atd_value_set_text(map, "description", list->category || list->person ? list->description : NULL);
    atd_value_set_text(map, "slug", archive ? NULL : route->name);
    set_int(map, "count", list->count, pool);
    atd_value_set_text(map, "color", list->category ? list->category->color : NULL);
    atd_value_set(map, "image", own_image ? atd_view_picture(&facts->image, facts->heading, NULL, pool) : null);
    atd_value_set(map, "year", archive ? atd_value_int(pool, route->year) : null);
    atd_value_set(map, "month", route->month ? atd_value_int(pool, route->month) : null);
    atd_value_set(map, "person", list->person ? atd_view_person(site, list->person, true, pool) : null);
    atd_value_set(map, "feeds", archive ? null : atd_view_feeds(site, atd_list_feeds(route, pool), pool));
    set_flag(map, "isFirst", route->page == 1, pool);
}

static atd_error_t *add_list(atd_value_t *view, const atd_site_t *site, atd_index_t *index, const atd_facts_t *facts,
                             apr_pool_t *pool)
{
    const atd_list_t *list = facts->list;
    atd_value_t *map = atd_value_map(pool);
    atd_error_t *error;

    atd_value_set(map, "kind", atd_value_find(view, "page.kind"));
    set_own(map, site, facts, pool);
    atd_value_set(map, "parent", view_parent(site, list, pool));
    error = add_children(map, site, index, list, pool);
    if (!error)
        error = add_content(map, site, list, pool);
    atd_value_set(view, "list", map);
    return error;
}

atd_error_t *atd_view_list_add(atd_value_t *view, const atd_site_t *site, atd_index_t *index, const atd_facts_t *facts,
                               apr_pool_t *pool)
{
    const atd_list_t *list = facts->list;
    const place_t place = {.site = site, .route = list->route};
    bool home = list->route->kind == ATD_ROUTE_HOME;

    atd_value_set(view, "posts", view_posts(site, list, pool));
    atd_value_set(view, "pagination",
                  atd_view_pagination(list->route->page, list->pages, list->count, path_of_page, &place, pool));
    set_flag(view, "hasPagination", list->pages > 1, pool);
    atd_value_set(view, "list", atd_value_null(pool));
    return home ? NULL : add_list(view, site, index, facts, pool);
}

/* ---- overviews ---- */

/* By the logarithm of base 2, so that one tag that all posts have does not make all others small. */
static unsigned magnitude(apr_int64_t count)
{
    unsigned bits = 0;

    for (; count > 1; count >>= 1)
        bits++;
    return bits;
}

static unsigned weight_of(apr_int64_t count, apr_int64_t most)
{
    unsigned top = magnitude(most);

    return top == 0 ? 1 : 1 + magnitude(count) * (WEIGHTS - 1) / top;
}

static const char *const folders[] = {
    [ATD_TERM_TAG] = "tag", [ATD_TERM_CATEGORY] = "category", [ATD_TERM_AUTHOR] = "author"};

/* Front matter of all files of a kind by slug. */
static atd_error_t *load_records(apr_hash_t **by_slug, atd_index_t *index, atd_term_kind_t kind, apr_pool_t *pool)
{
    apr_array_header_t *records = NULL;
    atd_error_t *error = kind == ATD_TERM_TAG ? NULL : atd_index_records(&records, index, kind, pool);

    *by_slug = apr_hash_make(pool);
    for (int i = 0; !error && records && i < records->nelts; i++) {
        const atd_record_t *record = APR_ARRAY_IDX(records, i, const atd_record_t *);

        apr_hash_set(*by_slug, record->slug, APR_HASH_KEY_STRING, record);
    }
    return error;
}

/* What the file of a category or an author says in an overview. @return false where it wants not to be there */
static bool set_record(atd_value_t *map, atd_term_kind_t kind, const atd_record_t *record, apr_pool_t *pool)
{
    atd_reading_t reading = {.file = record ? record->path : NULL, .pool = pool};
    atd_category_t category = {0};
    atd_person_t person = {0};

    if (record && kind == ATD_TERM_CATEGORY)
        atd_category_read(&category, record->data, &reading);
    if (record && kind == ATD_TERM_AUTHOR)
        atd_person_read(&person, record->data, &reading);
    if (category.name || person.name)
        atd_value_set_text(map, "name", category.name ? category.name : person.name);
    atd_value_set_text(map, "description", category.description ? category.description : person.role);
    atd_value_set_text(map, "color", category.color);
    set_flag(map, "featured", category.featured == ATD_FLAG_ON, pool);
    return person.active != ATD_FLAG_OFF;
}

atd_error_t *atd_view_list_terms(atd_value_t *view, const atd_site_t *site, atd_index_t *index, atd_term_kind_t kind,
                                 apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    atd_value_t *list = atd_value_list(pool);
    apr_array_header_t *terms;
    apr_int64_t most = 1;
    apr_hash_t *records;
    atd_error_t *error = atd_index_terms(&terms, index, &viewer, kind, pool);

    if (!error)
        error = load_records(&records, index, kind, pool);
    for (int i = 0; !error && i < terms->nelts; i++)
        most = APR_ARRAY_IDX(terms, i, atd_term_t).count > most ? APR_ARRAY_IDX(terms, i, atd_term_t).count : most;
    for (int i = 0; !error && i < terms->nelts; i++) {
        const atd_term_t *term = &APR_ARRAY_IDX(terms, i, atd_term_t);
        atd_value_t *map = atd_value_map(pool);

        atd_value_set_text(map, "name", term->name);
        atd_value_set_text(map, "slug", term->slug);
        atd_value_set_text(map, "path", atd_view_term_path(site, folders[kind], term->slug, pool));
        set_int(map, "count", term->count, pool);
        set_int(map, "weight", weight_of(term->count, most), pool);
        if (set_record(map, kind, apr_hash_get(records, term->slug, APR_HASH_KEY_STRING), pool))
            atd_value_push(list, map);
    }
    atd_value_set(view, "terms", list);
    set_flag(view, "hasTerms", atd_value_count(list) > 0, pool);
    return error;
}

/* ---- the archive ---- */

static const atd_value_t *view_month(const atd_site_t *site, const atd_month_t *month, apr_pool_t *pool)
{
    const char *lang = site->settings->language;
    atd_value_t *map = atd_value_map(pool);

    set_int(map, "month", month->month, pool);
    atd_value_set_text(map, "name", atd_locale_month_name((int)month->month, lang, pool));
    atd_value_set_text(map, "label", atd_locale_month((int)month->year, (int)month->month, lang, pool));
    atd_value_set_text(map, "path",
                       atd_site_path(site, apr_psprintf(pool, "archive/%04u/%02u", month->year, month->month), pool));
    set_int(map, "count", month->count, pool);
    return map;
}

static const atd_value_t *view_year(const atd_site_t *site, unsigned year, apr_int64_t count, const atd_value_t *months,
                                    apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    set_int(map, "year", year, pool);
    atd_value_set_text(map, "path", atd_site_path(site, apr_psprintf(pool, "archive/%04u", year), pool));
    set_int(map, "count", count, pool);
    atd_value_set(map, "months", months);
    return map;
}

atd_error_t *atd_view_list_archive(atd_value_t *view, const atd_site_t *site, atd_index_t *index, apr_pool_t *pool)
{
    const atd_index_viewer_t viewer = atd_site_viewer(site);
    atd_value_t *map = atd_value_map(pool);
    atd_value_t *years = atd_value_list(pool);
    apr_array_header_t *all;
    atd_error_t *error = atd_index_months(&all, index, &viewer, pool);

    for (int i = 0; !error && i < all->nelts;) {
        unsigned year = APR_ARRAY_IDX(all, i, atd_month_t).year;
        atd_value_t *months = atd_value_list(pool);
        apr_int64_t count = 0;

        for (; i < all->nelts && APR_ARRAY_IDX(all, i, atd_month_t).year == year; i++) {
            atd_value_push(months, view_month(site, &APR_ARRAY_IDX(all, i, atd_month_t), pool));
            count += APR_ARRAY_IDX(all, i, atd_month_t).count;
        }
        atd_value_push(years, view_year(site, year, count, months, pool));
    }
    atd_value_set(map, "years", years);
    atd_value_set(view, "archive", map);
    return error;
}
