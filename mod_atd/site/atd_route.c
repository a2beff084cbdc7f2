/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_route.h"

#include "base/atd_file.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

#define ASSET_PREFIX "_theme/"

/* ---- a path in components ---- */

#define MAX_COMPONENTS 8
#define MAX_DIGITS 6 /* of a page's number */

typedef struct path_t {
    char *components[MAX_COMPONENTS];
    int count;
    bool is_file;      /* "index.html" or ".html" was taken off */
    bool is_paged;     /* "page/2" was */
    const char *rest;  /* as it came */
    const char *given; /* without a slash at its end */
} path_t;

/* "index.html" goes, and ".html" behind anything else. */
static void drop_html(path_t *path)
{
    char *last = path->components[path->count - 1];
    char *dot = strrchr(last, '.');

    if (!dot || (strcasecmp(dot, ".html") != 0 && strcasecmp(dot, ".htm") != 0))
        return;
    path->is_file = true;
    *dot = '\0';
    if (strcasecmp(last, "index") == 0)
        path->count--;
}

/* @return false where there are more components than any route but ATD_ROUTE_OTHER has */
static bool split(path_t *path, apr_pool_t *pool)
{
    char *state = NULL;
    char *copy = apr_pstrdup(pool, path->given);

    for (char *name = apr_strtok(copy, "/", &state); name; name = apr_strtok(NULL, "/", &state)) {
        if (path->count == MAX_COMPONENTS)
            return false;
        path->components[path->count++] = name;
    }
    drop_html(path);
    return true;
}

/* @return 0 where it is none */
static unsigned parse_number(const char *text, apr_size_t max_digits)
{
    apr_size_t length = strspn(text, "0123456789");
    unsigned number = 0;

    if (length == 0 || length > max_digits || text[length])
        return 0;
    for (; *text; text++)
        number = number * 10 + (unsigned)(*text - '0');
    return number;
}

static unsigned hyphens_in(const char *text)
{
    unsigned count = 0;

    for (; *text; text++)
        count += *text == '-';
    return count;
}

/* The slug that @p name is but for letter case and Unicode form; NULL where it has other signs than a slug. */
static const char *slug_of(const char *name, apr_pool_t *pool)
{
    apr_size_t length = strlen(name);
    const char *slug;

    if (length > ATD_MAX_SLUG)
        return NULL;
    if (atd_text_is_slug(name, length, pool))
        return name;
    for (const char *at = name; *at; at++) {
        if ((unsigned char)*at < 0x80 && !apr_isalnum(*at) && *at != '-')
            return NULL;
    }
    slug = atd_text_slug(name, pool);
    return *slug && hyphens_in(slug) == hyphens_in(name) ? slug : NULL;
}

/* ---- feeds, and what has a name of its own ---- */

typedef struct feed_t {
    const char *name;
    atd_format_t format;
} feed_t;

/* The first of each format is its right name. */
static const feed_t feeds[] = {
    {"feed.xml", ATD_FORMAT_RSS},  {"atom.xml", ATD_FORMAT_ATOM}, {"feed.json", ATD_FORMAT_JSON},
    {"feed", ATD_FORMAT_RSS},      {"rss", ATD_FORMAT_RSS},       {"rss.xml", ATD_FORMAT_RSS},
    {"index.xml", ATD_FORMAT_RSS}, {"atom", ATD_FORMAT_ATOM},
};

typedef struct single_t {
    const char *name;
    atd_route_kind_t kind;
    atd_format_t format;
} single_t;

static const single_t singles[] = {
    {"archive", ATD_ROUTE_ARCHIVE, ATD_FORMAT_PAGE},
    {"tags", ATD_ROUTE_TAGS, ATD_FORMAT_PAGE},
    {"categories", ATD_ROUTE_CATEGORIES, ATD_FORMAT_PAGE},
    {"authors", ATD_ROUTE_AUTHORS, ATD_FORMAT_PAGE},
    {"search", ATD_ROUTE_SEARCH, ATD_FORMAT_PAGE},
    {"search.json", ATD_ROUTE_SEARCH, ATD_FORMAT_JSON},
    {"llms.txt", ATD_ROUTE_LLMS, ATD_FORMAT_PAGE},
    {"llms-full.txt", ATD_ROUTE_LLMS_FULL, ATD_FORMAT_PAGE},
    {"opensearch.xml", ATD_ROUTE_OPENSEARCH, ATD_FORMAT_PAGE},
    {"sitemap.xml", ATD_ROUTE_SITEMAP, ATD_FORMAT_PAGE},
};

static const single_t lists[] = {
    {"category", ATD_ROUTE_CATEGORY, ATD_FORMAT_PAGE},
    {"tag", ATD_ROUTE_TAG, ATD_FORMAT_PAGE},
    {"author", ATD_ROUTE_AUTHOR, ATD_FORMAT_PAGE},
};

#define FEEDS (sizeof feeds / sizeof *feeds)
#define SINGLES (sizeof singles / sizeof *singles)
#define LISTS (sizeof lists / sizeof *lists)

static const feed_t *find_feed(const char *name)
{
    for (apr_size_t i = 0; i < FEEDS; i++) {
        if (strcasecmp(feeds[i].name, name) == 0)
            return &feeds[i];
    }
    return NULL;
}

static const single_t *find_single(const single_t *table, apr_size_t count, const char *name)
{
    for (apr_size_t i = 0; i < count; i++) {
        if (strcasecmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

static bool parse_home_feed(atd_route_t *route, const path_t *path)
{
    const feed_t *feed = find_feed(path->components[0]);

    if (!feed)
        return false;
    *route = (atd_route_t){.kind = ATD_ROUTE_HOME, .format = feed->format, .page = 1};
    if (!strchr(feed->name, '.') && strcmp(feed->name, path->rest) == 0)
        route->name = feed->name; /* a post may have this slug */
    return true;
}

static bool parse_named(atd_route_t *route, const path_t *path)
{
    const single_t *single = find_single(singles, SINGLES, path->components[0]);

    if (!single)
        return false;
    *route = (atd_route_t){.kind = single->kind, .format = single->format};
    route->name = strchr(single->name, '.') ? NULL : single->name;
    route->page = single->kind == ATD_ROUTE_ARCHIVE;
    return true;
}

/* "sitemap-3.xml" */
static bool parse_sitemap(atd_route_t *route, const char *name, apr_pool_t *pool)
{
    apr_size_t before = strlen("sitemap-");
    const char *dot = strrchr(name, '.');

    if (strncasecmp(name, "sitemap-", before) != 0 || !dot || strcasecmp(dot, ".xml") != 0)
        return false;
    name = apr_pstrmemdup(pool, name + before, (apr_size_t)(dot - name) - before);
    *route = (atd_route_t){.kind = ATD_ROUTE_SITEMAP, .page = parse_number(name, MAX_DIGITS)};
    return route->page > 0;
}

/* "<slug>.md", "<slug>.json"; but the settings are nobody's data. */
static bool parse_source(atd_route_t *route, const char *name, apr_pool_t *pool)
{
    const char *dot = strrchr(name, '.');
    bool is_data = dot && strcasecmp(dot, ".json") == 0;

    if (!dot || (!is_data && strcasecmp(dot, ".md") != 0))
        return false;
    *route = (atd_route_t){.kind = is_data ? ATD_ROUTE_DATA : ATD_ROUTE_MARKDOWN};
    route->name = slug_of(apr_pstrmemdup(pool, name, (apr_size_t)(dot - name)), pool);
    return route->name && !(is_data && strcmp(route->name, "site") == 0);
}

static bool parse_post(atd_route_t *route, const char *name, apr_pool_t *pool)
{
    *route = (atd_route_t){.kind = ATD_ROUTE_POST, .name = slug_of(name, pool)};
    return route->name != NULL;
}

static bool parse_single(atd_route_t *route, const path_t *path, apr_pool_t *pool)
{
    const char *name = path->components[0];

    if (path->is_file && strchr(name, '.')) /* "feed.xml.html" */
        return false;
    return parse_home_feed(route, path) || parse_named(route, path) || parse_sitemap(route, name, pool) ||
           parse_source(route, name, pool) || parse_post(route, name, pool);
}

/* ---- lists ---- */

/* Takes "page/2" off. @return 1 where there is none */
static unsigned take_page(path_t *path)
{
    unsigned page = path->count >= 2 && strcasecmp(path->components[path->count - 2], "page") == 0
                        ? parse_number(path->components[path->count - 1], MAX_DIGITS)
                        : 0;

    if (page == 0)
        return 1;
    path->count -= 2;
    path->is_paged = true;
    return page;
}

static bool parse_archive(atd_route_t *route, const path_t *path)
{
    *route = (atd_route_t){.kind = ATD_ROUTE_ARCHIVE, .page = route->page};
    if (path->count > 1) {
        route->year = strlen(path->components[1]) == 4 ? parse_number(path->components[1], 4) : 0;
        if (route->year == 0)
            return false;
    } else if (route->page == 1) {
        route->name = "archive";
    }
    if (path->count > 2)
        route->month = parse_number(path->components[2], 2);
    return path->count < 3 || (path->count == 3 && route->month >= 1 && route->month <= 12);
}

static bool parse_list(atd_route_t *route, path_t *path, const single_t *list, apr_pool_t *pool)
{
    bool may_be_feed = path->count == 3 && !path->is_paged && !path->is_file;
    const feed_t *feed = may_be_feed ? find_feed(path->components[2]) : NULL;

    if (path->count != 2 && !feed)
        return false;
    *route = (atd_route_t){.kind = list->kind, .page = route->page, .name = slug_of(path->components[1], pool)};
    if (feed)
        route->format = feed->format;
    return route->name != NULL;
}

static bool parse_lists(atd_route_t *route, path_t *path, apr_pool_t *pool)
{
    const single_t *list;

    *route = (atd_route_t){.kind = ATD_ROUTE_HOME, .page = take_page(path)};
    if (path->count == 0)
        return true;
    list = find_single(lists, LISTS, path->components[0]);
    if (list)
        return parse_list(route, path, list, pool);
    return strcasecmp(path->components[0], "archive") == 0 && parse_archive(route, path);
}

/* ---- all ---- */

/* "style.0123456789ab.css" is style.css. */
static void parse_asset(atd_route_t *route, const char *name, apr_pool_t *pool)
{
    const char *ending = strrchr(name, '.');
    const char *hash = ending;

    while (hash && hash > name && hash[-1] != '.')
        hash--;
    if (!hash || hash <= name + 1 || hash == ending || *name == '.' || strchr(name, '/'))
        return;
    route->kind = ATD_ROUTE_ASSET;
    route->name = apr_pstrcat(pool, apr_pstrmemdup(pool, name, (apr_size_t)(hash - 1 - name)), ending, NULL);
    route->hash = apr_pstrmemdup(pool, hash, (apr_size_t)(ending - hash));
}

/* Nothing else is looked up, or leads anywhere. */
static bool is_text(const char *path)
{
    apr_size_t length = strlen(path);

    return length <= ATD_MAX_ALIAS && atd_path_is_plain(path, length) && atd_text_valid_prefix(path, length) == length;
}

static bool parse_path(atd_route_t *route, path_t *path, apr_pool_t *pool)
{
    if (!split(path, pool))
        return false;
    return path->count == 1 ? parse_single(route, path, pool) : parse_lists(route, path, pool);
}

static void parse_any(atd_route_t *route, const char *rest, apr_size_t length, apr_pool_t *pool)
{
    path_t path = {.rest = rest, .given = apr_pstrmemdup(pool, rest, length - (rest[length - 1] == '/'))};

    if (!is_text(path.given))
        return;
    if (!parse_path(route, &path, pool)) {
        bool is_hidden = atd_route_is_hidden(path.given);

        *route = (atd_route_t){.kind = is_hidden ? ATD_ROUTE_NONE : ATD_ROUTE_OTHER};
        route->name = is_hidden ? NULL : path.given;
    }
    route->moved = route->kind != ATD_ROUTE_NONE && strcmp(atd_route_path(route, pool), rest) != 0;
}

void atd_route_parse(atd_route_t *route, const char *rest, apr_pool_t *pool)
{
    apr_size_t length = strlen(rest);

    memset(route, 0, sizeof *route);
    if (length == 0)
        *route = (atd_route_t){.kind = ATD_ROUTE_HOME, .page = 1};
    else if (strncmp(rest, ASSET_PREFIX, strlen(ASSET_PREFIX)) == 0)
        parse_asset(route, rest + strlen(ASSET_PREFIX), pool);
    else
        parse_any(route, rest, length, pool);
}

/* ---- and back ---- */

static const char *feed_name(atd_format_t format)
{
    return format == ATD_FORMAT_RSS ? "feed.xml" : format == ATD_FORMAT_ATOM ? "atom.xml" : "feed.json";
}

/* "tag/news" with its feed or page. */
static const char *list_path(const atd_route_t *route, const char *list, apr_pool_t *pool)
{
    const char *slash = *list ? "/" : "";

    if (route->format != ATD_FORMAT_PAGE)
        return apr_pstrcat(pool, list, slash, feed_name(route->format), NULL);
    return route->page > 1 ? apr_psprintf(pool, "%s%spage/%u", list, slash, route->page) : list;
}

static const char *archive_path(const atd_route_t *route, apr_pool_t *pool)
{
    if (route->year == 0)
        return list_path(route, "archive", pool);
    if (route->month == 0)
        return list_path(route, apr_psprintf(pool, "archive/%04u", route->year), pool);
    return list_path(route, apr_psprintf(pool, "archive/%04u/%02u", route->year, route->month), pool);
}

static const char *asset_path(const atd_route_t *route, apr_pool_t *pool)
{
    const char *dot = strrchr(route->name, '.');
    const char *stem = apr_pstrmemdup(pool, route->name, (apr_size_t)(dot - route->name));

    return apr_pstrcat(pool, ASSET_PREFIX, stem, ".", route->hash, dot, NULL);
}

static const char *single_path(const atd_route_t *route)
{
    for (apr_size_t i = 0; i < SINGLES; i++) {
        if (singles[i].kind == route->kind && singles[i].format == route->format)
            return singles[i].name;
    }
    return NULL;
}

static const char *named_list_path(const atd_route_t *route, apr_pool_t *pool)
{
    const single_t *list = lists;

    while (list->kind != route->kind)
        list++;
    return list_path(route, apr_pstrcat(pool, list->name, "/", route->name, NULL), pool);
}

const char *atd_route_path(const atd_route_t *route, apr_pool_t *pool)
{
    switch (route->kind) {
    case ATD_ROUTE_HOME:
        return list_path(route, "", pool);
    case ATD_ROUTE_CATEGORY:
    case ATD_ROUTE_TAG:
    case ATD_ROUTE_AUTHOR:
        return named_list_path(route, pool);
    case ATD_ROUTE_ARCHIVE:
        return archive_path(route, pool);
    case ATD_ROUTE_POST:
    case ATD_ROUTE_OTHER:
        return route->name;
    case ATD_ROUTE_MARKDOWN:
        return apr_pstrcat(pool, route->name, ".md", NULL);
    case ATD_ROUTE_DATA:
        return apr_pstrcat(pool, route->name, ".json", NULL);
    case ATD_ROUTE_ASSET:
        return asset_path(route, pool);
    case ATD_ROUTE_SITEMAP:
        return route->page ? apr_psprintf(pool, "sitemap-%u.xml", route->page) : single_path(route);
    default:
        return single_path(route);
    }
}

/* ---- what is hidden ---- */

static bool equals(const char *name, apr_size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(name, word, length) == 0;
}

/* ".md" at the end, or before a sign that no word goes on: "post.md~", "post.md.bak", "#post.md#". */
static bool contains_ending(const char *name, apr_size_t length, const char *ending)
{
    apr_size_t size = strlen(ending);

    for (apr_size_t i = 0; i + size <= length; i++) {
        if (strncasecmp(name + i, ending, size) == 0 && (i + size == length || !apr_isalnum(name[i + size])))
            return true;
    }
    return false;
}

/* site.json and copies of it, but not another site's "website.json". */
static bool is_settings(const char *name, apr_size_t length)
{
    apr_size_t size = strlen("site.json");

    return length >= size && strncasecmp(name, "site.json", size) == 0 && (length == size || !apr_isalnum(name[size]));
}

static bool is_hidden_name(const char *name, apr_size_t length)
{
    static const char *const endings[] = {".md",   ".markdown", ".mdown", ".mkd",    ".mdx",     ".mustache",
                                          ".yaml", ".yml",      ".toml",  ".sqlite", ".htaccess"};

    if (equals(name, length, ".well-known")) /* RFC 8615: certificates are renewed through it */
        return false;
    if (*name == '.' || *name == '_' || is_settings(name, length))
        return true;
    if (!memchr(name, '.', length)) /* as nearly every slug */
        return false;
    for (apr_size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (contains_ending(name, length, endings[i]))
            return true;
    }
    return false;
}

bool atd_route_is_hidden(const char *rest)
{
    while (*rest) {
        apr_size_t length = strcspn(rest, "/");

        if (length > 0 && is_hidden_name(rest, length))
            return true;
        rest += length;
        rest += strspn(rest, "/");
    }
    return false;
}
