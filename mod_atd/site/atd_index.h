/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_INDEX_H
#define ATD_INDEX_H

#include "engine/atd_markdown.h"
#include "site/atd_post.h"

/**
 * @file atd_index.h
 * What a blog knows of its posts: an SQLite database, derived from the content folder. It may be deleted, replaced or
 * corrupted at any moment: it is then made anew, and only what it alone knew is lost (former slugs, and when a file was
 * first seen as it is).
 *
 * A scan compares the names and stamps of all files with those that are known and reads only what changed. One process
 * scans at a time; the others go on with what there is. A handle is one thread's at a time; see atd_index_pool.h.
 */
typedef struct atd_index_t atd_index_t;

/** How an index is kept up to date. */
typedef struct atd_index_policy_t {
    apr_interval_time_t interval; /**< least time between two scans; 0: one at each refresh. A scan that takes long is
                                       made more rarely, so that it takes 2 % of the time at most */
    apr_interval_time_t budget; /**< most time that a refresh spends with changed files, of which it reads one at least;
                                       0: until all is done */
    const atd_renderer_t *renderer;
    bool no_text; /**< leave out what only a search reads */
    /** Is told once of each file that can't be understood, and of each slug that two files have, and again when such a
        file changed; or NULL. */
    void (*report)(void *baton, const atd_error_t *finding);
    /** Is asked before each of the changed files is read, @p done of @p all being dealt with; false puts the rest off. Or NULL. */
    bool (*go_on)(void *baton, apr_int64_t done, apr_int64_t all);
    void *baton;
} atd_index_policy_t;

/** What a refresh came to. */
typedef struct atd_index_state_t {
    bool complete;            /**< false while the first build, or a large change, goes on: digest is 0 then */
    bool changed;             /**< by this refresh */
    apr_int64_t files;        /**< found by the last scan */
    apr_int64_t waiting;      /**< of them still to be read */
    apr_time_t scanned;       /**< when the last scan began */
    apr_interval_time_t cost; /**< of the last scan with nothing to read */
    apr_time_t modified;      /**< when a file last came, went or got other bytes */
    atd_digest_t digest;      /**< of all files as they are in the index */
} atd_index_state_t;

/**
 * Opens the index of @p content in @p file, which is made, or made anew, where it has to be.
 * @param file absolute; NULL: in memory
 * @param pool of the handle, which is closed with it
 * @return ATD_E_INDEX where the folder can't be written to, or another process keeps the file locked
 */
atd_error_t *atd_index_open(atd_index_t **index, const atd_root_t *content, const char *file, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** How much of the file the handle keeps in memory; 4096 KiB where nothing is said. */
void atd_index_set_cache(atd_index_t *index, unsigned kibibytes);

/** True while the handle's file is the one that is at its place, and nothing was found wrong with it. */
bool atd_index_is_usable(const atd_index_t *index);

/** Closes a handle before its pool goes. A file that was found corrupt is removed, so that the next one to open it begins anew. */
void atd_index_close(atd_index_t *index);

/**
 * Brings the index up to date where it is time to, and where no other process is about to.
 * @return ATD_E_INDEX; or why the content folder can't be listed
 */
atd_error_t *atd_index_refresh(atd_index_state_t *state, atd_index_t *index, const atd_index_policy_t *policy,
                               apr_pool_t *scratch) __attribute__((warn_unused_result));

/** The state alone, as the database has it. */
atd_error_t *atd_index_state(atd_index_state_t *state, atd_index_t *index, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/* ---- queries: all results are of the pool given ---- */

/** Who looks, and when: hidden posts are shown to their author alone. */
typedef struct atd_index_viewer_t {
    apr_time_t now; /**< microseconds */
    bool drafts;    /**< shows what is not public, too */
} atd_index_viewer_t;

/** What the posts of a list have in common. */
typedef enum atd_list_kind_t {
    ATD_LIST_ALL,    /**< every post; featured ones first, then the newest, priority deciding between equals */
    ATD_LIST_RECENT, /**< every post, newest first, as all lists below */
    ATD_LIST_TAG,
    ATD_LIST_CATEGORY,
    ATD_LIST_AUTHOR,
    ATD_LIST_SERIES,   /**< in the order of their parts */
    ATD_LIST_MONTHS,   /**< of the months from `first` to `last` */
    ATD_LIST_PAGES,    /**< static pages, by their paths */
    ATD_LIST_REDIRECTS /**< posts that only redirect, which are in no other list, by their paths */
} atd_list_kind_t;

typedef struct atd_list_query_t {
    atd_list_kind_t kind;
    const char *slug;     /**< of the tag, category, author or series */
    unsigned first, last; /**< months as 202506 */
    bool feed; /**< leave out those that say rss: false; not for all kinds: ALL, SERIES, MONTHS, PAGES, REDIRECTS */
    apr_int64_t offset, limit;
} atd_list_query_t;

/** The posts of a list as `const atd_post_t *`, without bodies. */
atd_error_t *atd_index_list(apr_array_header_t **posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                            const atd_list_query_t *query, apr_pool_t *pool) __attribute__((warn_unused_result));

/** Is told of a post; it and all it refers to go with @p scratch, which is cleared before the next. @return false: enough */
typedef bool (*atd_index_visit_t)(void *baton, const atd_post_t *post, apr_pool_t *scratch);

/**
 * The same one by one, so that a list may be of any length. For ATD_LIST_RECENT and ATD_LIST_PAGES, where a limit below 0
 * is none. @p visit may ask the index for anything but such a list.
 */
atd_error_t *atd_index_each(atd_index_t *index, const atd_index_viewer_t *viewer, const atd_list_query_t *query,
                            atd_index_visit_t visit, void *baton, apr_pool_t *pool) __attribute__((warn_unused_result));

/**
 * When the newest change was made among each @p size posts of ATD_LIST_RECENT in turn, as apr_time_t: the last modification
 * of one of them, or the date of one.
 */
atd_error_t *atd_index_newest(apr_array_header_t **times, atd_index_t *index, const atd_index_viewer_t *viewer,
                              apr_int64_t size, apr_pool_t *pool) __attribute__((warn_unused_result));

/** How many posts the whole list has, whatever the query's offset and limit. */
atd_error_t *atd_index_count(apr_int64_t *count, atd_index_t *index, const atd_index_viewer_t *viewer,
                             const atd_list_query_t *query) __attribute__((warn_unused_result));

/** A file that holds a post. */
typedef struct atd_entry_t {
    const char *path;
    apr_time_t seen; /**< when it was first seen as it is, microseconds */
} atd_entry_t;

/** The file that has a slug, public or not: the first one where there are several. Its path is NULL where there is none. */
atd_error_t *atd_index_find(atd_entry_t *entry, atd_index_t *index, const char *slug, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The post that has a slug, as lists show it; NULL where there is none, or it can't be understood. */
atd_error_t *atd_index_summary(const atd_post_t **post, atd_index_t *index, const char *slug, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/**
 * The file that a former address leads to: an alias, as its post writes it without slashes at its ends, or a slug that the
 * file had before.
 */
atd_error_t *atd_index_find_moved(atd_entry_t *entry, atd_index_t *index, const char *address, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** All aliases of shown posts, as atd_index_find_moved() takes them: an array of const char *. */
atd_error_t *atd_index_aliases(apr_array_header_t **addresses, atd_index_t *index, const atd_index_viewer_t *viewer,
                               apr_pool_t *pool) __attribute__((warn_unused_result));

/** The public posts before and after @p post by date; NULL where there is none. */
atd_error_t *atd_index_neighbours(const atd_post_t **older, const atd_post_t **newer, atd_index_t *index,
                                  const atd_index_viewer_t *viewer, const atd_post_t *post, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/**
 * Up to @p limit public posts that share tags with @p post, those with the rarest first; then those of its category, newest
 * first.
 */
atd_error_t *atd_index_related(apr_array_header_t **posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                               const atd_post_t *post, apr_int64_t limit, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** Kinds of terms. */
typedef enum atd_term_kind_t { ATD_TERM_TAG, ATD_TERM_CATEGORY, ATD_TERM_AUTHOR } atd_term_kind_t;

/** A tag, category or author with how many posts have it. */
typedef struct atd_term_t {
    const char *slug;
    const char *name; /**< as its newest post writes it */
    apr_int64_t count;
    apr_time_t newest; /**< date of its newest post, or when that was last modified, microseconds */
} atd_term_t;

/** All terms of a kind that a shown post has, by name, as atd_term_t. */
atd_error_t *atd_index_terms(apr_array_header_t **terms, atd_index_t *index, const atd_index_viewer_t *viewer,
                             atd_term_kind_t kind, apr_pool_t *pool) __attribute__((warn_unused_result));

/** One of them; *term is NULL where no shown post has it. */
atd_error_t *atd_index_term(const atd_term_t **term, atd_index_t *index, const atd_index_viewer_t *viewer,
                            atd_term_kind_t kind, const char *slug, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** A month that has posts. */
typedef struct atd_month_t {
    unsigned year, month;
    apr_int64_t count;
} atd_month_t;

/** All months that have shown posts, newest first, as atd_month_t. */
atd_error_t *atd_index_months(apr_array_header_t **months, atd_index_t *index, const atd_index_viewer_t *viewer,
                              apr_pool_t *pool) __attribute__((warn_unused_result));

/** A file in authors/ or categories/. */
typedef struct atd_record_t {
    const char *path;
    const char *slug;
    const atd_value_t *data; /**< its front matter */
} atd_record_t;

/** The record of a category or an author; *record is NULL where there is no such file. */
atd_error_t *atd_index_record(const atd_record_t **record, atd_index_t *index, atd_term_kind_t kind, const char *slug,
                              apr_pool_t *pool) __attribute__((warn_unused_result));

/** All of a kind by slug, as `const atd_record_t *`. */
atd_error_t *atd_index_records(apr_array_header_t **records, atd_index_t *index, atd_term_kind_t kind, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** A post that a search finds. */
typedef struct atd_search_hit_t {
    const atd_post_t *post;
    const char *snippet; /**< of its text, as HTML, with `<mark>` around what was found */
} atd_search_hit_t;

typedef struct atd_search_result_t {
    apr_array_header_t *hits; /**< of atd_search_hit_t */
    apr_int64_t total;        /**< all that pages lead to */
    bool more_than_total;     /**< there are more: of a word that many posts have, the newest are looked at */
    bool out_of_time;         /**< what was found until then is there */
} atd_search_result_t;

/**
 * Finds posts and static pages with all words of a search. Those with them in titles come first, then in tags, headings and
 * texts, and the newest of those that are alike.
 * @param match by atd_search_query_parse(); anything else may find nothing
 * @param time most that it may take, microseconds
 */
atd_error_t *atd_index_search(atd_search_result_t *result, atd_index_t *index, const atd_index_viewer_t *viewer,
                              const char *match, apr_int64_t offset, apr_int64_t limit, apr_interval_time_t time,
                              apr_pool_t *pool) __attribute__((warn_unused_result));

/**
 * Shown posts and static pages that may have been meant by a @p slug which nobody has: at most @p limit as `const atd_post_t *`,
 * first those whose slugs differ in few letters, nearest first, then those with words of it. Costs some milliseconds at most.
 */
atd_error_t *atd_index_suggest(apr_array_header_t **posts, atd_index_t *index, const atd_index_viewer_t *viewer,
                               const char *slug, apr_int64_t limit, apr_pool_t *pool)
    __attribute__((warn_unused_result));

/** The times at which a post last appeared or went, up to @p now, and will next; 0 where there is none. */
atd_error_t *atd_index_changes(apr_time_t *last, apr_time_t *next, atd_index_t *index, apr_time_t now)
    __attribute__((warn_unused_result));

/** Authors from the index, for atd_post_of_data(). */
atd_people_t atd_people_of_index(atd_index_t *index);

#endif
