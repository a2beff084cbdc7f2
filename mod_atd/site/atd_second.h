/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SECOND_H
#define ATD_SECOND_H

#include "site/atd_page.h"
#include "site/atd_sources.h"

/**
 * @file atd_second.h
 * A second level of the cache, which several machines share: the page that one of them made is taken by those that have the
 * same files. It is a convenience that may be slow, empty, or gone, and what comes from it is read as if an enemy had
 * written it. That it is the page which was asked for is only known as far as nobody else may write there.
 *
 *     object = record {format, lengths, digest} | sources | packed page
 *
 * The digest is of the object's id and all bytes after it: one that was cut, mixed up, or is of another format is none.
 */

/** Bytes of an id, and most of an object. */
#define ATD_SECOND_ID 32
#define ATD_SECOND_MAX ((apr_size_t)1000 * 1000)

/** The port. Both functions take a bounded time, and any thread may call them. */
typedef struct atd_second_t {
    /** Finds an object. @return false where there is none to be had; else its bytes, of @p pool */
    bool (*get)(void *baton, const unsigned char *id, const char **bytes, apr_size_t *length, apr_pool_t *pool);
    /** Keeps an object, whose bytes it copies, until @p expires. @return false where it is known not to be kept */
    bool (*put)(void *baton, const unsigned char *id, const char *bytes, apr_size_t length, apr_time_t expires);
    void *baton;
} atd_second_t;

/**
 * The id of a page's identity representation: the same on all machines with this version of mod_atd.
 * @param key what tells the page from others, but for scheme and host
 * @param origin scheme and host
 */
void atd_second_id(unsigned char id[ATD_SECOND_ID], const char *key, apr_size_t key_length, const char *origin);

/**
 * Gets a page that was made elsewhere of what is here, too.
 * @param sources an empty record of this moment; gets what it was made from, with the stamps that this has here
 * @param roots ATD_SOURCES_ROOTS of them, without watches
 * @return false where there is none; @p sources is of no use then
 */
bool atd_second_get(atd_page_t *page, atd_sources_t *sources, const atd_second_t *second,
                    const unsigned char id[ATD_SECOND_ID], const atd_root_t *roots, apr_time_t now, apr_pool_t *pool);

/** Offers a page to the others: an ordinary one, whose sources they can tell from theirs. @return false where it was not */
bool atd_second_put(const atd_second_t *second, const unsigned char id[ATD_SECOND_ID], const atd_page_t *page,
                    const atd_sources_t *sources, apr_time_t now, apr_pool_t *pool);

#endif
