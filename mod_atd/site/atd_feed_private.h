/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_FEED_PRIVATE_H
#define ATD_FEED_PRIVATE_H

#include "site/atd_feed.h"

/**
 * @file atd_feed_private.h
 * What the three formats share.
 */
typedef struct atd_feed_writer_t {
    atd_buffer_t *out;
    const atd_site_t *site;
    const atd_feed_t *feed;
    atd_date_t updated; /**< the latest change of any post; at 0 where there are none */
    apr_pool_t *pool;   /**< of the whole feed */
} atd_feed_writer_t;

/** A post, worked out. Texts are NULL where there is nothing. */
typedef struct atd_feed_entry_t {
    int index; /**< from 0 */
    const atd_feed_item_t *item;
    const atd_facts_t *facts;
    const char *title;
    const char *lang;          /**< NULL where it is not well-formed */
    const char *excerpt;       /**< plain */
    const char *content;       /**< HTML; NULL where only the excerpt is wanted */
    apr_size_t content_length; /**< bytes */
    atd_date_t published;      /**< at 0 where the post has no date */
    atd_date_t updated;
    const atd_value_t *topics; /**< category and tags as a list of texts, none twice */
} atd_feed_entry_t;

/** Writes one post; @p pool is destroyed behind it. */
typedef void (*atd_feed_put_fn)(const atd_feed_writer_t *writer, const atd_feed_entry_t *entry, apr_pool_t *pool);

/** Works out each post and has it written, until one fails or the buffer is full. */
atd_error_t *atd_feed_each(const atd_feed_writer_t *writer, atd_feed_put_fn put) __attribute__((warn_unused_result));

/** A language tag with `-` for `_`; NULL where it is none (RFC 5646, section 2.1, roughly). */
const char *atd_feed_language(const char *lang, apr_pool_t *pool);

/** An author's address in full; NULL where none is known. */
const char *atd_feed_author_url(const atd_site_t *site, const atd_person_t *person, apr_pool_t *pool);

/** `<name>text</name>` with a line end, the text escaped; nothing where it is NULL or empty. */
void atd_feed_put_element(atd_buffer_t *out, const char *name, const char *text);

/** ` name="value"`, escaped; nothing where it is NULL or empty. */
void atd_feed_put_attribute(atd_buffer_t *out, const char *name, const char *value);

atd_error_t *atd_feed_write_rss(const atd_feed_writer_t *writer) __attribute__((warn_unused_result));
atd_error_t *atd_feed_write_atom(const atd_feed_writer_t *writer) __attribute__((warn_unused_result));
atd_error_t *atd_feed_write_json(const atd_feed_writer_t *writer) __attribute__((warn_unused_result));

#endif
