/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_TWIN_H
#define ATD_TWIN_H

#include "site/atd_facts.h"

/**
 * @file atd_twin.h
 * The other forms of a post, for machines, as pure functions: its source (`<slug>.md`, RFC 7763) and its data
 * (`<slug>.json`, docs/post.schema.json). Who may see them is decided elsewhere. Nothing looks at the clock: the same post is
 * the same bytes. docs/machine-readers.md has both forms for readers.
 */
typedef struct atd_twin_t {
    const atd_facts_t
        *facts;      /**< of a post or static page, with its body; without one where only its source is wanted */
    apr_time_t seen; /**< when its file was first seen as it is now: where its author says nothing; 0: not known */
    const atd_value_t *related; /**< of atd_related_view(); or NULL */
    const atd_value_t *near;    /**< of atd_related_add_neighbours(); or NULL */
} atd_twin_t;

/** Media types with their charset. */
#define ATD_TWIN_MARKDOWN "text/markdown; charset=utf-8"
#define ATD_TWIN_DATA "application/json; charset=utf-8"

/** The name of the source below the blog: "my-post.md". */
const char *atd_twin_markdown_name(const atd_post_t *post, apr_pool_t *pool);

/** The name of the data below the blog; NULL where that is the address of something else: "feed.json", "search.json". */
const char *atd_twin_data_name(const atd_post_t *post, apr_pool_t *pool);

/**
 * Appends the Markdown as its author wrote it, below a front matter that is written anew of what is public: other keys may be
 * notes to oneself. Texts are double-quoted with JSON's escapes, which is YAML and needs no knowledge of its traps.
 */
void atd_twin_put_markdown(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

/**
 * Appends the data as one line of JSON. What is not known is left out.
 * @return ATD_E_LIMIT where the HTML would be larger than ATD_MAX_PAGE
 */
atd_error_t *atd_twin_put_data(atd_buffer_t *out, const atd_site_t *site, const atd_twin_t *twin, apr_pool_t *pool)
    __attribute__((warn_unused_result));

#endif
