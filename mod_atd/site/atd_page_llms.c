/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_limits.h"
#include "site/atd_llms.h"

#include <apr_strings.h>

#include <string.h>

#define TYPE "text/plain; charset=utf-8"
#define EXPECTED_LLMS (64 * 1024)

/* Entries of a list in llms.txt: whoever reads it, reads all of it. */
#define MOST 200

/* Kept free in llms-full.txt for the sentence that says that it was cut off. */
#define RESERVE 4096

typedef struct work_t {
    const atd_site_t *site;
    atd_index_t *index;
    atd_index_viewer_t viewer;
    apr_array_header_t *sections; /* of atd_llms_section_t */
    apr_array_header_t *items;    /* of atd_llms_item_t: of the section being filled */
    bool cut;                     /* something was left out for want of room */
    atd_buffer_t *out;
    apr_pool_t *pool;
} work_t;

static const char *url_of(const work_t *work, atd_route_kind_t kind, const char *name)
{
    const atd_route_t route = {
        .kind = kind, .name = name, .page = kind == ATD_ROUTE_ARCHIVE || kind == ATD_ROUTE_CATEGORY};

    return atd_site_url(work->site, atd_route_path(&route, work->pool), work->pool);
}

/* ---- llms.txt ---- */

static void begin_section(work_t *work, const char *name)
{
    work->items = apr_array_make(work->pool, 16, sizeof(atd_llms_item_t));
    APR_ARRAY_PUSH(work->sections, atd_llms_section_t) = (atd_llms_section_t){.name = name, .items = work->items};
}

/* Who asks search engines to leave a post out doesn't want to be found by others either. */
static bool is_told_of(const atd_post_t *post)
{
    return !post->redirect_to && atd_facts_may_index(post);
}

static bool add_post(void *baton, const atd_post_t *post, apr_pool_t *scratch)
{
    work_t *work = baton;
    apr_pool_t *pool = work->pool;
    const char *description;

    if (!is_told_of(post))
        return true;
    work->cut = work->cut || work->items->nelts == MOST;
    if (work->items->nelts == MOST)
        return false;
    description = atd_facts_description(post, NULL, scratch);
    APR_ARRAY_PUSH(work->items, atd_llms_item_t) =
        (atd_llms_item_t){.title = apr_pstrdup(pool, post->title),
                          .url = atd_site_post_url(work->site, post, pool),
                          .markdown_url = url_of(work, ATD_ROUTE_MARKDOWN, post->slug),
                          .description = apr_pstrdup(pool, description)};
    return true;
}

static atd_error_t *add_posts(work_t *work, const char *name, atd_list_kind_t kind)
{
    const atd_list_query_t query = {.kind = kind, .limit = -1};

    begin_section(work, name);
    return atd_index_each(work->index, &work->viewer, &query, add_post, work, work->pool);
}

static atd_error_t *add_category(work_t *work, const atd_term_t *term)
{
    atd_llms_item_t item = {.title = term->name, .url = url_of(work, ATD_ROUTE_CATEGORY, term->slug)};
    const atd_category_t *category;
    const atd_record_t *record;
    atd_error_t *error = atd_list_category(&category, &record, work->index, term->slug, work->pool);

    if (error || (category && category->noindex == ATD_FLAG_ON))
        return error;
    if (category && category->name)
        item.title = category->name;
    if (category)
        item.description = category->meta_description ? category->meta_description : category->description;
    APR_ARRAY_PUSH(work->items, atd_llms_item_t) = item;
    return NULL;
}

static atd_error_t *add_categories(work_t *work)
{
    apr_array_header_t *terms;
    atd_error_t *error = atd_index_terms(&terms, work->index, &work->viewer, ATD_TERM_CATEGORY, work->pool);

    begin_section(work, "Categories");
    for (int i = 0; !error && i < terms->nelts && work->items->nelts < MOST; i++)
        error = add_category(work, &APR_ARRAY_IDX(terms, i, atd_term_t));
    work->cut = work->cut || (!error && terms->nelts > MOST);
    return error;
}

static void add_feed(work_t *work, atd_format_t format, const char *title)
{
    const atd_route_t route = {.kind = ATD_ROUTE_HOME, .format = format, .page = 1};

    APR_ARRAY_PUSH(work->items, atd_llms_item_t) = (atd_llms_item_t){
        .title = title, .url = atd_site_url(work->site, atd_route_path(&route, work->pool), work->pool)};
}

static void add_data(work_t *work)
{
    begin_section(work, "Feeds and data");
    add_feed(work, ATD_FORMAT_RSS, "RSS feed");
    add_feed(work, ATD_FORMAT_ATOM, "Atom feed");
    add_feed(work, ATD_FORMAT_JSON, "JSON feed");
    APR_ARRAY_PUSH(work->items, atd_llms_item_t) =
        (atd_llms_item_t){.title = "Sitemap", .url = url_of(work, ATD_ROUTE_SITEMAP, NULL)};
    APR_ARRAY_PUSH(work->items, atd_llms_item_t) =
        (atd_llms_item_t){.title = "Full text",
                          .url = url_of(work, ATD_ROUTE_LLMS_FULL, NULL),
                          .description = "all posts as Markdown in one file"};
}

static const char *about_of(const work_t *work)
{
    if (!work->cut)
        return NULL;
    return apr_psprintf(work->pool,
                        "The lists below have %d entries at most. All posts are in the [archive](%s), their text is in"
                        " [llms-full.txt](%s), and all addresses are in the [sitemap](%s).",
                        MOST, url_of(work, ATD_ROUTE_ARCHIVE, NULL), url_of(work, ATD_ROUTE_LLMS_FULL, NULL),
                        url_of(work, ATD_ROUTE_SITEMAP, NULL));
}

static atd_error_t *write_list(work_t *work)
{
    atd_error_t *error = add_posts(work, "Posts", ATD_LIST_RECENT);

    if (!error)
        error = add_posts(work, "Pages", ATD_LIST_PAGES);
    if (!error)
        error = add_categories(work);
    if (error)
        return error;
    add_data(work);
    atd_llms_write(work->out, work->site, about_of(work), work->sections, work->pool);
    return NULL;
}

/* ---- llms-full.txt ---- */

/* Each byte of a title becomes two at most, each of a URL three; the fence that closes a code block may be as long as it. */
static bool has_room(const work_t *work, const atd_llms_item_t *item)
{
    apr_size_t length = 2 * strlen(item->title) + 3 * strlen(item->url) + 2 * item->markdown_length + RESERVE;

    return atd_buffer_length(work->out) + length <= ATD_MAX_LLMS;
}

/* The digest of the index speaks for all files; one that was edited since, so that it is broken or hidden, is left out. */
static const atd_post_t *load(const atd_site_t *site, const atd_post_t *summary, apr_pool_t *pool)
{
    atd_root_t unwatched = site->content;
    const atd_post_t *post;

    unwatched.watch = NULL;
    if (atd_post_load(&post, &unwatched, summary->path, NULL, pool) || !atd_post_is_public(post, site->now))
        return NULL;
    return is_told_of(post) ? post : NULL;
}

static bool put_post(void *baton, const atd_post_t *summary, apr_pool_t *scratch)
{
    work_t *work = baton;
    const atd_post_t *post = is_told_of(summary) ? load(work->site, summary, scratch) : NULL;
    atd_llms_item_t item;

    if (!post)
        return true;
    item = (atd_llms_item_t){.title = post->title,
                             .url = atd_site_post_url(work->site, post, scratch),
                             .date = post->date,
                             .markdown = post->body,
                             .markdown_length = post->body_length};
    work->cut = !has_room(work, &item);
    if (!work->cut)
        atd_llms_full_put(work->out, work->site, &item, scratch);
    return !work->cut;
}

static atd_error_t *write_full(work_t *work)
{
    const atd_list_query_t query = {.kind = ATD_LIST_RECENT, .limit = -1};
    atd_error_t *error;

    atd_llms_full_begin(work->out, work->site, NULL, work->pool);
    error = atd_index_each(work->index, &work->viewer, &query, put_post, work, work->pool);
    if (!error && work->cut)
        atd_buffer_printf(work->out,
                          "\n---\n\nThis file is cut off here, at its limit of %d bytes. Older posts are in the"
                          " [archive](%s).\n",
                          ATD_MAX_LLMS, url_of(work, ATD_ROUTE_ARCHIVE, NULL));
    return error;
}

/* ---- both ---- */

static atd_error_t *make(atd_page_t *page, work_t *work, const atd_route_t *route)
{
    atd_error_t *error;

    work->out = atd_buffer_create(work->pool, EXPECTED_LLMS, ATD_MAX_LLMS);
    work->sections = apr_array_make(work->pool, 4, sizeof(atd_llms_section_t));
    error = route->kind == ATD_ROUTE_LLMS ? write_list(work) : write_full(work);
    if (error)
        return error;
    page->modified = atd_site_modified(work->site);
    page->personal = work->site->drafts;
    page->tags = "list";
    return atd_page_take(page, TYPE, work->out, route->kind == ATD_ROUTE_LLMS ? "llms.txt" : "llms-full.txt");
}

atd_error_t *atd_page_make_llms(atd_page_t *page, const atd_site_t *site, const atd_route_t *route, apr_pool_t *pool)
{
    work_t work = {.site = site, .viewer = {.now = site->now}, .pool = pool};
    atd_error_t *error;

    if (route->moved) {
        atd_page_redirect_to_right(page, site, atd_site_url(site, atd_route_path(route, pool), pool), pool);
        return NULL;
    }
    error = atd_site_index(&work.index, site, pool);
    if (error)
        return error;
    if (work.index)
        return make(page, &work, route);
    atd_page_of_building(page, site, pool);
    return NULL;
}
