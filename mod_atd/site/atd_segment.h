/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SEGMENT_H
#define ATD_SEGMENT_H

#include <apr_pools.h>
#include <apr_time.h>

#include <stdbool.h>

/**
 * @file atd_segment.h
 * A cache in one block of memory that any number of processes and threads share: entries are read without a lock and
 * written under one. It knows keys and bytes, and nothing of pages. The memory and the lock are the caller's: plain memory
 * and a thread mutex in one process, an anonymous shared segment and a robust global mutex in httpd.
 *
 *     header | stripe 0 | stripe 1 | ...          a key belongs to one stripe, by its hash
 *     stripe = dirty word, hands | slots | chain | blocks
 *
 *     slots   two cache lines each: sequence, hash of the key, first block, lengths, checksums, time of last check
 *     chain   for each block the number of the next one of the same entry, or END, or FREE
 *     blocks  1 KiB each; an entry lies in any blocks of its stripe, so that there is no fragmentation
 *
 * **Readers.** (1) load the slot's sequence (acquire); odd: being written. (2) copy the slot's fields and then the blocks
 * by relaxed loads of 64-bit words, each index checked against the stripe before it is used. (3) acquire fence, load the
 * sequence again (relaxed): equal, or all was for nothing. (4) In private memory: checksum and whole key. A torn or
 * damaged entry is a miss. **Writers**, one at a time: sequence to odd (relaxed), release fence, relaxed stores, sequence
 * to even (release). A block is given to another entry only after the sequence of its old slot has moved, so that a reader who
 * copied a byte of the new content sees a moved sequence: its load of that byte reads from a store that comes after the
 * writer's release fence, which with the reader's acquire fence orders the sequence's store before the reader's second
 * load (C11 7.17.4, as in H.-J. Boehm, "Can seqlocks get along with programming language memory models?", 2012).
 *
 * **A writer that dies.** Each stripe has a word that is set while it is written to. The next writer who finds it set wipes
 * the stripe: sequences go up, never back, and all blocks are free. So do writers who find a stripe that makes no sense.
 *
 * **Eviction** is by a clock over the slots with a use count of two bits, which readers raise without a lock; a site that
 * holds more than its share of a stripe loses its own entries first.
 *
 * **Leases** are for single flight: who gets one makes the entry, the others wait or serve what they have. A lease ends by
 * itself, so one whose holder dies sticks to nothing.
 *
 * There are no pointers in it: each process may map it elsewhere.
 */

/** Changes with every change of the layout: a segment of another version is made anew. */
#define ATD_SEGMENT_VERSION 3

/** Smallest size that makes sense; half of it is one stripe of small entries. */
#define ATD_SEGMENT_MIN_SIZE (512 * 1024)

/** Bytes of an entry, key and both parts; larger ones are refused. */
#define ATD_SEGMENT_MAX_ENTRY (1024 * 1024)

/** The writers' lock. lock() gives up after a bounded time and returns false, which means: don't store. */
typedef struct atd_segment_lock_t {
    bool (*lock)(void *baton);
    void (*unlock)(void *baton);
    void *baton;
} atd_segment_lock_t;

/** One process's handle; immutable once attached, so that all its threads may use it. */
typedef struct atd_segment_t atd_segment_t;

/** A key, hashed. Its bytes are kept by reference. */
typedef struct atd_segment_key_t {
    const void *bytes;
    apr_size_t length;
    apr_uint64_t hash[2];   /**< keyed with the segment's secret */
    apr_size_t site_length; /**< bytes of the site's part */
} atd_segment_key_t;

/** What was found; memory of the pool given. */
typedef struct atd_segment_hit_t {
    const char *front;
    apr_size_t front_length;
    const char *back; /**< NULL where only the front was asked for */
    apr_size_t back_length;
    apr_time_t checked; /**< when what it was made from was last looked at */
    unsigned uses;      /**< hits so far, saturated at ATD_SEGMENT_MANY_USES */
} atd_segment_hit_t;

#define ATD_SEGMENT_MANY_USES 32

/** What is counted, over all processes. */
typedef enum atd_segment_count_t {
    ATD_COUNT_HIT,
    ATD_COUNT_STALE,      /**< an old entry served while another request makes the new one */
    ATD_COUNT_MISS,       /**< nothing there */
    ATD_COUNT_RENDER,     /**< pages made */
    ATD_COUNT_STORE,      /**< entries written */
    ATD_COUNT_EVICT,      /**< entries that went for others' sake */
    ATD_COUNT_REFUSED,    /**< not stored: too large, lock not got */
    ATD_COUNT_REPAIR,     /**< stripes wiped after a writer died in them */
    ATD_COUNT_ERROR,      /**< pages that could not be made */
    ATD_COUNT_SECOND_HIT, /**< pages that came from the second level */
    ATD_COUNT_SECOND_PUT, /**< pages given to it */
    ATD_COUNTS
} atd_segment_count_t;

/** Formats @p size bytes at @p memory (64-byte aligned). @return false where it is smaller than ATD_SEGMENT_MIN_SIZE */
bool atd_segment_format(void *memory, apr_size_t size);

/** A handle on formatted memory. @return NULL where it is of another version or size */
atd_segment_t *atd_segment_attach(void *memory, apr_size_t size, const atd_segment_lock_t *lock, apr_pool_t *pool);

/** Hashes a key; its first @p site_length bytes are its site's, for shares and purges. */
void atd_segment_key(atd_segment_key_t *key, const atd_segment_t *segment, const void *bytes, apr_size_t length,
                     apr_size_t site_length);

/** Looks an entry up: its front, with @p whole also its back. Takes no lock. */
bool atd_segment_get(atd_segment_hit_t *hit, const atd_segment_t *segment, const atd_segment_key_t *key, bool whole,
                     apr_pool_t *pool);

/** Sets the time of the last check, unless the entry is another one by now. Takes no lock. */
void atd_segment_set_checked(const atd_segment_t *segment, const atd_segment_key_t *key, apr_time_t old,
                             apr_time_t now);

/** What to store. */
typedef struct atd_segment_entry_t {
    const char *front;
    apr_size_t front_length;
    const char *back;
    apr_size_t back_length;
    apr_time_t checked;
} atd_segment_entry_t;

/**
 * Stores an entry in the place of an older one with the same key.
 * @param share most percent of a stripe that the key's site may hold
 * @return false where it was not stored: too large for its stripe, or the lock was not to be had
 */
bool atd_segment_put(const atd_segment_t *segment, const atd_segment_key_t *key, const atd_segment_entry_t *entry,
                     unsigned share);

/** Removes an entry. @return false where it was not there or the lock not to be had */
bool atd_segment_remove(const atd_segment_t *segment, const atd_segment_key_t *key);

/** Decides on one entry: true to remove it. Called with the lock held: it must be quick. */
typedef bool (*atd_segment_match_t)(void *baton, const void *key, apr_size_t key_length, const char *front,
                                    apr_size_t front_length);

/** Removes all entries that match. @return how many */
apr_size_t atd_segment_purge(const atd_segment_t *segment, atd_segment_match_t match, void *baton, apr_pool_t *pool);

/**
 * Asks for the lease on making the entry of @p key, for at most @p duration.
 * @param token identifies it for atd_segment_release()
 * @return true for the one who gets it
 */
bool atd_segment_lease(apr_uint64_t *token, const atd_segment_t *segment, const atd_segment_key_t *key, apr_time_t now,
                       apr_interval_time_t duration);

/** Gives a lease back. */
void atd_segment_release(const atd_segment_t *segment, const atd_segment_key_t *key, apr_uint64_t token);

/** Counts. Threads of a process write to lines of their own. */
void atd_segment_count(const atd_segment_t *segment, atd_segment_count_t what);
apr_uint64_t atd_segment_counted(const atd_segment_t *segment, atd_segment_count_t what);

/** What a site holds. */
typedef struct atd_segment_site_t {
    apr_uint64_t site;
    apr_size_t entries;
    apr_size_t bytes;
    char name[160]; /**< beginning of the first key found, up to a NUL */
} atd_segment_site_t;

/** How full it is; an estimate, taken without a lock. */
typedef struct atd_segment_usage_t {
    apr_size_t size; /**< bytes for blocks */
    apr_size_t used; /**< bytes in use */
    apr_size_t entries;
    apr_time_t oldest;   /**< oldest time of storing; 0 while empty */
    unsigned site_count; /**< at most the length of sites */
    atd_segment_site_t sites[32];
} atd_segment_usage_t;

void atd_segment_usage(atd_segment_usage_t *usage, const atd_segment_t *segment, apr_pool_t *scratch);

/** What an audit found. */
typedef struct atd_segment_audit_t {
    apr_size_t blocks, free, owned;
    apr_size_t entries;
    apr_size_t faults; /**< blocks owned twice or by nobody, chains that don't end, wrong checksums, dirty stripes */
} atd_segment_audit_t;

/** Walks through everything, with the lock held. @return false where the lock was not to be had */
bool atd_segment_audit(atd_segment_audit_t *audit, const atd_segment_t *segment, apr_pool_t *scratch);

#endif
