/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_ROUTE_H
#define ATD_ROUTE_H

#include <apr_pools.h>

#include <stdbool.h>

/**
 * @file atd_route.h
 * What a URL below a blog asks for. A pure function of the URL: nothing is looked up.
 */
typedef enum atd_route_kind_t {
    ATD_ROUTE_NONE,       /**< nothing that could exist: 404 */
    ATD_ROUTE_HOME,       /**< "", "page/2" */
    ATD_ROUTE_POST,       /**< a slug */
    ATD_ROUTE_MARKDOWN,   /**< "<slug>.md" */
    ATD_ROUTE_DATA,       /**< "<slug>.json" */
    ATD_ROUTE_CATEGORY,   /**< "category/<slug>[/page/2]" */
    ATD_ROUTE_TAG,        /**< "tag/<slug>[/page/2]" */
    ATD_ROUTE_AUTHOR,     /**< "author/<slug>[/page/2]" */
    ATD_ROUTE_ARCHIVE,    /**< "archive[/2025[/06]][/page/2]" */
    ATD_ROUTE_TAGS,       /**< "tags" */
    ATD_ROUTE_CATEGORIES, /**< "categories" */
    ATD_ROUTE_AUTHORS,    /**< "authors" */
    ATD_ROUTE_SITEMAP,    /**< "sitemap.xml", "sitemap-3.xml" */
    ATD_ROUTE_LLMS,       /**< "llms.txt" */
    ATD_ROUTE_LLMS_FULL,  /**< "llms-full.txt" */
    ATD_ROUTE_SEARCH,     /**< "search", "search.json" */
    ATD_ROUTE_OPENSEARCH, /**< "opensearch.xml" */
    ATD_ROUTE_ASSET,      /**< "_theme/<name>.<hash>.<ending>" */
    ATD_ROUTE_OTHER       /**< any other path that may lead somewhere: an alias, a dated or old permalink */
} atd_route_kind_t;

/** Of the home page and the lists of a category, tag or author: a page or a feed. */
typedef enum atd_format_t {
    ATD_FORMAT_PAGE,
    ATD_FORMAT_RSS,  /**< "feed.xml" behind the list */
    ATD_FORMAT_ATOM, /**< "atom.xml" */
    ATD_FORMAT_JSON  /**< "feed.json"; of the search "search.json" */
} atd_format_t;

typedef struct atd_route_t {
    atd_route_kind_t kind;
    atd_format_t format;
    /**
     * The slug of a post, category, tag or author; the asset's file name without its hash; of ATD_ROUTE_OTHER the path as
     * given, without a slash at its end. What a post's slug could be as well is here, too, since such a post comes first:
     * "archive", "tags", "categories", "authors", "search", and "feed", "rss", "atom" as older addresses of feeds.
     */
    const char *name;
    const char *hash;  /**< of an asset */
    unsigned page;     /**< of home, category, tag, author and archive, from 1; of a sitemap, 0: "sitemap.xml" */
    unsigned year;     /**< of an archive; 0: all */
    unsigned month;    /**< of an archive; 0: the whole year */
    const char *query; /**< of a search: the URL's query as it was sent, which the caller sets; or NULL */
    bool moved;        /**< another way to write the address: go to atd_route_path() */
} atd_route_t;

/**
 * Parses what is left of the decoded URL path behind the blog's own path, without a leading slash. A slash at the end,
 * other letter case or Unicode form, "index.html", ".html", "page/1" and the feed addresses of WordPress, Hugo and
 * Ghost ("feed", "rss", "rss.xml", "index.xml", "atom") give the route that is meant, as moved.
 */
void atd_route_parse(atd_route_t *route, const char *rest, apr_pool_t *pool);

/**
 * The one right path of @p route below the blog, decoded. Parsed, it gives the same route, not moved (and without a name
 * where the route is that of a feed). NULL for ATD_ROUTE_NONE.
 */
const char *atd_route_path(const atd_route_t *route, apr_pool_t *pool);

/**
 * True for paths that are never served as files, even where they exist: Markdown and its editors' copies, site.yaml,
 * templates, and every component that begins with a dot (but .well-known) or an underscore.
 */
bool atd_route_is_hidden(const char *rest);

#endif
