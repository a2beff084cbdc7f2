/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_LIMITS_H
#define ATD_LIMITS_H

/**
 * @file atd_limits.h
 * Every bound in one place, each with its reason. Crossing one is an error of the id ATD0003 that names
 * the bound; nothing is ever cut short in silence. Sizes are in bytes unless a line says otherwise.
 */

/** A Markdown file. Ten times the longest novel chapter; what a renderer may be made to chew on. */
#define ATD_MAX_SOURCE (1024 * 1024)

/** The front matter of one file, and site.yaml. The longest of 471 real posts needs 4 KiB. */
#define ATD_MAX_FRONT_MATTER (64 * 1024)

/** Nesting of lists and maps in YAML, TOML and JSON: libyaml's cost is quadratic in depth, people need six. */
#define ATD_MAX_DATA_DEPTH 32

/** Scalars, lists and maps in one document of YAML, TOML or JSON. */
#define ATD_MAX_DATA_NODES 10000

/** A template file. */
#define ATD_MAX_TEMPLATE (256 * 1024)

/** Sections within sections, and partials within partials: bounds the C stack while rendering. */
#define ATD_MAX_TEMPLATE_DEPTH 32

/** Tags executed while one page is rendered: bounds the CPU that loops within loops can burn. */
#define ATD_MAX_TEMPLATE_STEPS 1000000

/** Template files one theme may have. */
#define ATD_MAX_TEMPLATE_FILES 256

/** A style sheet, script or font of a theme that is served under _theme/. */
#define ATD_MAX_ASSET (4 * 1024 * 1024)

/** A rendered page, and the HTML of one Markdown body. */
#define ATD_MAX_PAGE (16 * 1024 * 1024)

/** A slug: leaves room for a date and an extension in a file name of 255 bytes (NAME_MAX). */
#define ATD_MAX_SLUG 200

/** The path of an alias or of an older permalink below the blog: browsers and proxies agree on at least twice as much. */
#define ATD_MAX_ALIAS 1024

/** Tags of one post: each becomes a meta tag and a page of its own. */
#define ATD_MAX_TAGS 64

/** Former addresses that one post may name. */
#define ATD_MAX_ALIASES 64

/** Source files of one blog: a walk over twice as many as we measure still ends within a second. */
#define ATD_MAX_POSTS 250000

/** A feed: 20 long posts with room to spare; what a reader may be asked to fetch every hour. */
#define ATD_MAX_FEED (32 * 1024 * 1024)

/** URLs in one sitemap, and sitemaps in one index: the protocol's own bound (sitemaps.org). */
#define ATD_MAX_SITEMAP_URLS 50000

/** One sitemap: below the protocol's 50 MB, with room for what a proxy may add. */
#define ATD_MAX_SITEMAP (45 * 1000 * 1000)

/** llms.txt and llms-full.txt: more than any model reads at a time, and still kept in the cache. */
#define ATD_MAX_LLMS (8 * 1024 * 1024)

/** Bytes of an image file that are read to find its width and height: a camera puts a preview and profiles before them. */
#define ATD_MAX_IMAGE_HEADER (256 * 1024)

/** A word of the full-text index; of a longer one the beginning counts. No word of a dictionary is as long. */
#define ATD_MAX_TOKEN 64

/** What a visitor searches for; of more the beginning counts. Ten times the longest of usual queries. */
#define ATD_MAX_QUERY 256

/** Words and phrases of one search: bounds the work of one request; those behind them don't count. */
#define ATD_MAX_QUERY_TERMS 16

#endif
