/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_route.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

#define ASSET_PREFIX "_theme/"

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

/* A slug with a slash behind it, with capitals, or both. */
static void parse_moved(atd_route_t *route, const char *rest, apr_size_t length, apr_pool_t *pool)
{
    char *name = apr_pstrmemdup(pool, rest, length - (rest[length - 1] == '/'));

    for (char *at = name; *at; at++)
        *at = (char)apr_tolower(*at);
    if (!atd_text_is_slug(name, strlen(name), pool))
        return;
    route->kind = ATD_ROUTE_MOVED;
    route->name = name;
}

void atd_route_parse(atd_route_t *route, const char *rest, apr_pool_t *pool)
{
    apr_size_t length = strlen(rest);

    memset(route, 0, sizeof *route);
    if (length == 0) {
        route->kind = ATD_ROUTE_HOME;
    } else if (strncmp(rest, ASSET_PREFIX, strlen(ASSET_PREFIX)) == 0) {
        parse_asset(route, rest + strlen(ASSET_PREFIX), pool);
    } else if (atd_text_is_slug(rest, length, pool)) {
        route->kind = ATD_ROUTE_POST;
        route->name = apr_pstrmemdup(pool, rest, length);
    } else {
        parse_moved(route, rest, length, pool);
    }
}

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
