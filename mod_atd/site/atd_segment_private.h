/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_SEGMENT_PRIVATE_H
#define ATD_SEGMENT_PRIVATE_H

#include "site/atd_segment.h"

#include <stdatomic.h>

/**
 * @file atd_segment_private.h
 * The shared bytes, drawn. Whatever is read from them is not trusted: sizes come from the handle, indexes are checked.
 *
 *     +--------------------------------------------------------------------+
 *     | header_t     magic, version, size, secret                          |
 *     |              counts, one line of them for each shard of threads    |
 *     |              leases: tag and deadline in one word                  |
 *     +--------------------------------------------------------------------+
 *     | stripe_t 0   dirty | hands | free count                            |
 *     |              slot_t slots[slots]         buckets of BUCKET slots   |
 *     |              u32 chain[blocks]           next block, END or FREE   |
 *     |              block_t blocks[blocks]      1 KiB each                |
 *     +--------------------------------------------------------------------+
 *     | stripe_t 1 ...                                                     |
 *
 *     entry, over its blocks:  key | front | back      each padded to 8 bytes with zeros
 */
#define BLOCK 1024
#define BLOCK_WORDS (BLOCK / 8)
#define BUCKET 8
#define LEASES 1024
#define SHARDS 16
#define CHAIN_END 0xFFFFFFFEu
#define CHAIN_FREE 0xFFFFFFFFu
#define MOST_USES 3

typedef _Atomic apr_uint64_t word_t;
typedef _Atomic apr_uint32_t half_t;

/* An empty slot has first == CHAIN_END. The fields up to `stored` change only while the sequence is odd. */
typedef struct slot_t {
    _Alignas(64) word_t sequence;
    word_t hash[2];
    word_t site;
    half_t first;
    half_t key_length;
    half_t front_length;
    half_t back_length;
    word_t front_sum; /* of lengths, key and front */
    word_t back_sum;
    word_t stored;
    /* Hints, written at any time. */
    word_t checked;
    half_t clock; /* 0 to MOST_USES */
    half_t uses;
} slot_t;

typedef struct stripe_t {
    _Alignas(64) word_t dirty;
    half_t slot_hand;
    half_t block_hand;
    half_t free_blocks;
} stripe_t;

typedef struct counts_t {
    _Alignas(64) word_t count[ATD_COUNTS];
} counts_t;

typedef struct header_t {
    char magic[8];
    apr_uint32_t version;
    apr_uint32_t slot_size;
    apr_uint64_t size;
    unsigned char secret[3][16];
    counts_t shards[SHARDS];
    word_t leases[LEASES];
} header_t;

struct atd_segment_t {
    header_t *header;
    char *stripes;
    apr_size_t stripe_size;
    apr_uint32_t stripe_count; /* a power of two */
    apr_uint32_t slots;        /* in a stripe; a multiple of BUCKET */
    apr_uint32_t blocks;       /* in a stripe */
    apr_size_t slots_at, chain_at, blocks_at;
    atd_segment_lock_t lock;
};

static inline stripe_t *stripe_at(const atd_segment_t *segment, apr_uint32_t number)
{
    return (stripe_t *)(void *)(segment->stripes + segment->stripe_size * number);
}

static inline stripe_t *stripe_of(const atd_segment_t *segment, const atd_segment_key_t *key)
{
    return stripe_at(segment, (apr_uint32_t)(key->hash[1] & (segment->stripe_count - 1)));
}

static inline slot_t *slots_of(const atd_segment_t *segment, stripe_t *stripe)
{
    return (slot_t *)(void *)((char *)stripe + segment->slots_at);
}

static inline half_t *chain_of(const atd_segment_t *segment, stripe_t *stripe)
{
    return (half_t *)(void *)((char *)stripe + segment->chain_at);
}

static inline word_t *block_at(const atd_segment_t *segment, stripe_t *stripe, apr_uint32_t number)
{
    return (word_t *)(void *)((char *)stripe + segment->blocks_at) + (apr_size_t)number * BLOCK_WORDS;
}

static inline slot_t *bucket_of(const atd_segment_t *segment, stripe_t *stripe, const atd_segment_key_t *key)
{
    return slots_of(segment, stripe) + key->hash[0] % (segment->slots / BUCKET) * BUCKET;
}

static inline apr_size_t padded(apr_size_t length)
{
    return (length + 7) & ~(apr_size_t)7;
}

static inline apr_uint64_t get_word(const word_t *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

static inline void set_word(word_t *word, apr_uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

static inline apr_uint32_t get_half(const half_t *half)
{
    return atomic_load_explicit(half, memory_order_relaxed);
}

static inline void set_half(half_t *half, apr_uint32_t value)
{
    atomic_store_explicit(half, value, memory_order_relaxed);
}

static inline bool is_empty(const slot_t *slot)
{
    return get_half(&slot->first) == CHAIN_END;
}

/**
 * A running checksum of words, Fletcher's with 64 bits: two additions a word. It finds torn and damaged bytes, and is no
 * defence against somebody who may write here.
 */
typedef struct sum_t {
    apr_uint64_t low;
    apr_uint64_t high;
} sum_t;

static inline void sum_begin(sum_t *sum, apr_uint64_t seed)
{
    *sum = (sum_t){.low = seed, .high = ~seed};
}

static inline void sum_add(sum_t *sum, apr_uint64_t word)
{
    sum->low += word;
    sum->high += sum->low;
}

static inline apr_uint64_t sum_end(const sum_t *sum)
{
    apr_uint64_t mixed = (sum->low ^ (sum->high << 32 | sum->high >> 32)) * 0xC2B2AE3D27D4EB4Fu;

    return mixed ^ mixed >> 29;
}

/** A slot's fields as one reader saw them. */
typedef struct view_t {
    apr_uint64_t sequence;
    apr_uint32_t first;
    apr_size_t key_length, front_length, back_length;
    apr_uint64_t front_sum, back_sum;
    apr_time_t checked, stored;
    unsigned uses;
} view_t;

/** Reads a slot. @return false where it is empty, being written, or says what can't be */
bool atd_segment_view(view_t *view, const slot_t *slot);

/** Copies an entry (with @p whole also its back) out of its blocks and checks it. NULL where it is torn or damaged. */
char *atd_segment_copy(const atd_segment_t *segment, stripe_t *stripe, const slot_t *slot, const view_t *view,
                       bool whole, apr_pool_t *pool);

/** Checksum seeds: the lengths, so that they are covered, too. */
apr_uint64_t atd_segment_seed(apr_size_t key_length, apr_size_t front_length, apr_size_t back_length);

#endif
