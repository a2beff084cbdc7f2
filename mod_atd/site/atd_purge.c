/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_purge.h"

#include "base/atd_text.h"
#include "site/atd_page.h"

#include <apr_cstr.h>
#include <apr_escape.h>
#include <apr_strings.h>

#include <string.h>

/* ---- reading the form ---- */

static const char *text_of(const char *value, apr_pool_t *pool)
{
    return *value ? apr_pstrdup(pool, value) : NULL;
}

/* What a person copies from the address bar, or a path. */
static const char *set_url(atd_purge_t *purge, const char *value, apr_pool_t *pool)
{
    const char *host = strstr(value, "://");
    const char *from = host ? host + 3 + strcspn(host + 3, "/?#") : value;
    char *path = apr_pstrmemdup(pool, from, strcspn(from, "?#"));
    apr_status_t status;
    apr_size_t length;

    if (!*value)
        return NULL;
    if (!host && *value != '/')
        return "the URL must be a path that begins with a slash, or begin with http:// or https://";
    status = apr_unescape_url(path, path, APR_ESCAPE_STRING, NULL, NULL, 0, &length);
    if (status && status != APR_NOTFOUND) /* which is: nothing to do */
        return "the URL has a % that begins no escape";
    for (length = strlen(path); length > 0 && path[length - 1] == '/'; length--)
        path[length - 1] = '\0';
    purge->url = path;
    return NULL;
}

const char *atd_purge_set(atd_purge_t *purge, const char *name, const char *value, apr_pool_t *pool)
{
    if (strcmp(name, "url") == 0)
        return set_url(purge, value, pool);
    if (strcmp(name, "site") == 0)
        purge->site = text_of(value, pool);
    else if (strcmp(name, "slug") == 0)
        purge->slug = text_of(value, pool);
    else if (strcmp(name, "tag") == 0)
        purge->tag = text_of(value, pool);
    else if (strcmp(name, "all") == 0)
        purge->all = *value != '\0';
    else if (strcmp(name, "token") == 0)
        purge->token = text_of(value, pool);
    else
        return apr_pstrcat(pool, "there is no field '", atd_text_shown(name, pool),
                           "': use site, url, slug, tag or all", NULL);
    return NULL;
}

bool atd_purge_is_set(const atd_purge_t *purge)
{
    return purge->site || purge->url || purge->slug || purge->tag || purge->all;
}

/* ---- matching ---- */

/* What is behind the settings in a key: base NUL kind path NUL moved NUL representation origin. */
typedef struct page_key_t {
    const char *base;
    const char *path;
    char kind;
} page_key_t;

typedef struct matching_t {
    const atd_purge_t *purge;
    apr_pool_t *scratch;
} matching_t;

/* The text that ends with the NUL before @p end, which is moved to its beginning. NULL where there is none. */
static const char *text_before(const char *key, const char **end)
{
    const char *at = *end;

    if (at == key || at[-1] != '\0')
        return NULL;
    for (at--; at > key && at[-1] != '\0';)
        at--;
    *end = at;
    return at;
}

static bool read_key(page_key_t *page, const char *key, apr_size_t length)
{
    const char *end = key + length;
    const char *path;

    while (end > key && end[-1] != '\0')
        end--;
    if (!text_before(key, &end))
        return false;
    path = text_before(key, &end);
    page->base = text_before(key, &end);
    if (!page->base || !*path)
        return false;
    page->kind = (char)(*path - '0');
    page->path = path + 1;
    return true;
}

/* A folder by its path, or as the list of sites shows it: cut, and without what can't be shown. */
static bool is_site(const char *key, apr_size_t length, const matching_t *matching)
{
    const char *site = matching->purge->site;
    char name[sizeof((atd_segment_site_t *)0)->name];

    if (!memchr(key, '\0', length))
        return false;
    if (strcmp(key, site) == 0)
        return true;
    apr_cpystrn(name, key, sizeof name);
    return strcmp(atd_text_shown(name, matching->scratch), site) == 0;
}

/* Without regard to case: another way to write a post's URL is a redirect, and that goes with it. */
static bool is_at(const page_key_t *page, const char *url)
{
    apr_size_t base = strlen(page->base);
    apr_size_t length = strlen(url);

    if (!*page->path) /* the home page, without its slash */
        return page->kind == ATD_ROUTE_HOME && base == length + 1 && memcmp(page->base, url, length) == 0;
    return page->kind != ATD_ROUTE_ASSET && length > base && memcmp(page->base, url, base) == 0 &&
           apr_cstr_casecmp(url + base, page->path) == 0;
}

/* The post, its source and its data; a permalink, or what may have been one, ends with the slug. */
static bool is_post(const page_key_t *page, const char *slug)
{
    const char *slash = strrchr(page->path, '/');
    const char *name = slash ? slash + 1 : page->path;
    apr_size_t length = strlen(slug);

    return (!slash || page->kind == ATD_ROUTE_OTHER) && strncmp(name, slug, length) == 0 &&
           (name[length] == '\0' || name[length] == '.');
}

static bool has_tag(const char *front, apr_size_t length, const char *tag)
{
    apr_size_t size = strlen(tag);
    atd_page_t page;

    if (!atd_page_unpack(&page, front, length) || !page.tags)
        return false;
    for (const char *at = page.tags; *at; at += strspn(at, " ")) {
        apr_size_t word = strcspn(at, " ");

        if (word == size && memcmp(at, tag, size) == 0)
            return true;
        at += word;
    }
    return false;
}

static bool match(void *baton, const void *key, apr_size_t key_length, const char *front, apr_size_t front_length)
{
    const matching_t *matching = baton;
    const atd_purge_t *purge = matching->purge;
    page_key_t page;

    apr_pool_clear(matching->scratch);
    if (purge->site && !is_site(key, key_length, matching))
        return false;
    if ((purge->url || purge->slug) && !read_key(&page, key, key_length))
        return false;
    if ((purge->url && !is_at(&page, purge->url)) || (purge->slug && !is_post(&page, purge->slug)))
        return false;
    return !purge->tag || has_tag(front, front_length, purge->tag);
}

apr_size_t atd_purge_run(const atd_purge_t *purge, const atd_segment_t *segment, apr_pool_t *pool)
{
    matching_t matching = {.purge = purge};
    apr_size_t count;

    if (!atd_purge_is_set(purge))
        return 0;
    apr_pool_create(&matching.scratch, pool);
    count = atd_segment_purge(segment, match, &matching, pool);
    apr_pool_destroy(matching.scratch);
    return count;
}
