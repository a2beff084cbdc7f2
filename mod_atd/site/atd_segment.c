/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_segment_private.h"

#include <apr_general.h>
#include <apr_siphash.h>
#include <apr_strings.h>

#include <string.h>

#define TRIES 3

/* A stripe is at least as large as this, and there are no more of them than this. */
#define STRIPE_SIZE ((apr_size_t)2 * 1024 * 1024)
#define MOST_STRIPES 64

/* One slot for so many blocks: the smallest page takes two. */
#define BLOCKS_PER_SLOT 2

static const char magic[8] = "atdpage";

/* ---- layout ---- */

static void lay_out_stripe(atd_segment_t *segment)
{
    apr_size_t room = segment->stripe_size - sizeof(stripe_t) - 2 * 64;
    apr_size_t each = BLOCK + sizeof(half_t) + sizeof(slot_t) / BLOCKS_PER_SLOT;

    segment->slots = (apr_uint32_t)(room / each / BLOCKS_PER_SLOT / BUCKET * BUCKET);
    segment->slots_at = sizeof(stripe_t);
    segment->chain_at = segment->slots_at + segment->slots * sizeof(slot_t);
    segment->blocks = (apr_uint32_t)((segment->stripe_size - segment->chain_at - 64) / (BLOCK + sizeof(half_t)));
    segment->blocks_at = (segment->chain_at + segment->blocks * sizeof(half_t) + 63) & ~(apr_size_t)63;
}

/* All of it follows from the size, so that nothing of it need be read from the shared bytes. */
static bool lay_out(atd_segment_t *segment, void *memory, apr_size_t size)
{
    apr_size_t header = (sizeof(header_t) + 4095) & ~(apr_size_t)4095;

    if (size < ATD_SEGMENT_MIN_SIZE)
        return false;
    segment->header = memory;
    segment->stripes = (char *)memory + header;
    segment->stripe_count = 1;
    while (segment->stripe_count < MOST_STRIPES && (size - header) / (segment->stripe_count * 2) >= STRIPE_SIZE)
        segment->stripe_count *= 2;
    segment->stripe_size = (size - header) / segment->stripe_count & ~(apr_size_t)63;
    lay_out_stripe(segment);
    return true;
}

/* The blocks are left as they are: what they hold belongs to nothing, and pages never touched cost no memory. */
static void format_stripe(const atd_segment_t *segment, stripe_t *stripe)
{
    slot_t *slots = slots_of(segment, stripe);
    half_t *chain = chain_of(segment, stripe);

    memset((void *)stripe, 0, segment->chain_at);
    for (apr_uint32_t i = 0; i < segment->slots; i++)
        set_half(&slots[i].first, CHAIN_END);
    for (apr_uint32_t i = 0; i < segment->blocks; i++)
        set_half(&chain[i], CHAIN_FREE);
    set_half(&stripe->free_blocks, segment->blocks);
}

bool atd_segment_format(void *memory, apr_size_t size)
{
    atd_segment_t segment = {0};
    header_t *header = memory;

    if (!lay_out(&segment, memory, size))
        return false;
    memset(header, 0, sizeof *header);
    for (apr_uint32_t i = 0; i < segment.stripe_count; i++)
        format_stripe(&segment, stripe_at(&segment, i));
    header->version = ATD_SEGMENT_VERSION;
    header->slot_size = sizeof(slot_t);
    header->size = size;
    if (apr_generate_random_bytes((unsigned char *)header->secret, sizeof header->secret) != APR_SUCCESS)
        return false;
    memcpy(header->magic, magic, sizeof magic);
    return true;
}

atd_segment_t *atd_segment_attach(void *memory, apr_size_t size, const atd_segment_lock_t *lock, apr_pool_t *pool)
{
    const header_t *header = memory;
    atd_segment_t *segment = apr_pcalloc(pool, sizeof *segment);

    if (!lay_out(segment, memory, size) || memcmp(header->magic, magic, sizeof magic) != 0 ||
        header->version != ATD_SEGMENT_VERSION || header->slot_size != sizeof(slot_t) || header->size != size)
        return NULL;
    segment->lock = *lock;
    return segment;
}

void atd_segment_key(atd_segment_key_t *key, const atd_segment_t *segment, const void *bytes, apr_size_t length,
                     apr_size_t site_length)
{
    const header_t *header = segment->header;

    key->bytes = bytes;
    key->length = length;
    key->hash[0] = apr_siphash24(bytes, length, header->secret[0]);
    key->hash[1] = apr_siphash24(bytes, length, header->secret[1]);
    key->site_length = site_length;
}

/* ---- reading ---- */

apr_uint64_t atd_segment_seed(apr_size_t key_length, apr_size_t front_length, apr_size_t back_length)
{
    return ((apr_uint64_t)key_length << 42) ^ ((apr_uint64_t)front_length << 21) ^ (apr_uint64_t)back_length;
}

bool atd_segment_view(view_t *view, const slot_t *slot)
{
    view->sequence = atomic_load_explicit(&slot->sequence, memory_order_acquire);
    view->first = get_half(&slot->first);
    if (view->sequence & 1 || view->first == CHAIN_END)
        return false;
    view->key_length = get_half(&slot->key_length);
    view->front_length = get_half(&slot->front_length);
    view->back_length = get_half(&slot->back_length);
    view->front_sum = get_word(&slot->front_sum);
    view->back_sum = get_word(&slot->back_sum);
    view->stored = (apr_time_t)get_word(&slot->stored);
    view->checked = (apr_time_t)get_word(&slot->checked);
    view->uses = get_half(&slot->uses);
    return view->key_length <= ATD_SEGMENT_MAX_ENTRY && view->front_length <= ATD_SEGMENT_MAX_ENTRY &&
           view->back_length <= ATD_SEGMENT_MAX_ENTRY;
}

/* Where a copy is in the blocks. */
typedef struct cursor_t {
    const atd_segment_t *segment;
    stripe_t *stripe;
    apr_uint32_t block;
    apr_uint32_t word; /* in the block */
    bool lost;         /* the chain led nowhere */
} cursor_t;

static void step(cursor_t *cursor)
{
    cursor->block = get_half(&chain_of(cursor->segment, cursor->stripe)[cursor->block]);
    cursor->word = 0;
    cursor->lost = cursor->block >= cursor->segment->blocks;
}

static inline void copy_word(apr_uint64_t *to, const word_t *from, sum_t *sum)
{
    *to = get_word(from);
    sum_add(sum, *to);
}

/*
 * Copies words of one block and sums them up on the way: the one place where shared bytes become private ones. Compilers
 * don't unroll a loop over atomics by themselves.
 */
static void copy_in_block(apr_uint64_t *restrict to, const word_t *restrict from, apr_size_t words, sum_t *sum)
{
    sum_t running = *sum;

    for (; words >= 4; words -= 4, to += 4, from += 4) {
        copy_word(to, from, &running);
        copy_word(to + 1, from + 1, &running);
        copy_word(to + 2, from + 2, &running);
        copy_word(to + 3, from + 3, &running);
    }
    for (; words > 0; words--)
        copy_word(to++, from++, &running);
    *sum = running;
}

static void copy_words(apr_uint64_t *to, cursor_t *cursor, apr_size_t words, sum_t *sum)
{
    while (words > 0 && !cursor->lost) {
        const word_t *from = block_at(cursor->segment, cursor->stripe, cursor->block) + cursor->word;
        apr_size_t here = BLOCK_WORDS - cursor->word;

        here = here < words ? here : words;
        copy_in_block(to, from, here, sum);
        to += here;
        words -= here;
        cursor->word += (apr_uint32_t)here;
        if (cursor->word == BLOCK_WORDS && words > 0)
            step(cursor);
    }
}

char *atd_segment_copy(const atd_segment_t *segment, stripe_t *stripe, const slot_t *slot, const view_t *view,
                       bool whole, apr_pool_t *pool)
{
    cursor_t cursor = {.segment = segment, .stripe = stripe, .block = view->first};
    apr_size_t front = padded(view->key_length) + padded(view->front_length);
    apr_size_t back = whole ? padded(view->back_length) : 0;
    char *bytes = apr_palloc(pool, front + back + 8);
    sum_t front_sum, back_sum;

    cursor.lost = view->first >= segment->blocks;
    sum_begin(&front_sum, atd_segment_seed(view->key_length, view->front_length, view->back_length));
    sum_begin(&back_sum, view->front_sum);
    copy_words((apr_uint64_t *)(void *)bytes, &cursor, front / 8, &front_sum);
    if (whole && !cursor.lost && cursor.word == BLOCK_WORDS && back > 0)
        step(&cursor);
    copy_words((apr_uint64_t *)(void *)(bytes + front), &cursor, back / 8, &back_sum);
    atomic_thread_fence(memory_order_acquire);
    if (cursor.lost || get_word(&slot->sequence) != view->sequence || sum_end(&front_sum) != view->front_sum)
        return NULL;
    return whole && sum_end(&back_sum) != view->back_sum ? NULL : bytes;
}

static bool hash_equals(const slot_t *slot, const atd_segment_key_t *key)
{
    return get_word(&slot->hash[0]) == key->hash[0] && get_word(&slot->hash[1]) == key->hash[1];
}

/* Readers write these only while they change, so that the line of a page that all ask for stays shared. */
static void note_use(slot_t *slot, unsigned uses)
{
    apr_uint32_t clock = get_half(&slot->clock);

    if (clock < MOST_USES)
        set_half(&slot->clock, clock + 1);
    if (uses < ATD_SEGMENT_MANY_USES)
        set_half(&slot->uses, uses + 1);
}

static void hand_out(atd_segment_hit_t *hit, const char *bytes, const view_t *view, bool whole)
{
    hit->front = bytes + padded(view->key_length);
    hit->front_length = view->front_length;
    hit->back = whole ? hit->front + padded(view->front_length) : NULL;
    hit->back_length = whole ? view->back_length : 0;
    hit->checked = view->checked;
    hit->uses = view->uses;
}

bool atd_segment_get(atd_segment_hit_t *hit, const atd_segment_t *segment, const atd_segment_key_t *key, bool whole,
                     apr_pool_t *pool)
{
    stripe_t *stripe = stripe_of(segment, key);
    slot_t *bucket = bucket_of(segment, stripe, key);

    for (int i = 0; i < BUCKET * TRIES; i++) {
        slot_t *slot = &bucket[i % BUCKET];
        const char *bytes;
        view_t view;

        if (!hash_equals(slot, key) || !atd_segment_view(&view, slot) || view.key_length != key->length)
            continue;
        bytes = atd_segment_copy(segment, stripe, slot, &view, whole, pool);
        if (!bytes || memcmp(bytes, key->bytes, key->length) != 0)
            continue;
        note_use(slot, view.uses);
        hand_out(hit, bytes, &view, whole);
        return true;
    }
    return false;
}

void atd_segment_set_checked(const atd_segment_t *segment, const atd_segment_key_t *key, apr_time_t old, apr_time_t now)
{
    slot_t *bucket = bucket_of(segment, stripe_of(segment, key), key);

    for (int i = 0; i < BUCKET; i++) {
        apr_uint64_t expected = (apr_uint64_t)old;

        if (hash_equals(&bucket[i], key))
            atomic_compare_exchange_strong_explicit(&bucket[i].checked, &expected, (apr_uint64_t)now,
                                                    memory_order_relaxed, memory_order_relaxed);
    }
}

/* ---- leases: 24 bits of the key, 40 bits of a deadline in milliseconds ---- */

#define DEADLINE_BITS 40
#define DEADLINE_MASK (((apr_uint64_t)1 << DEADLINE_BITS) - 1)

static apr_uint64_t milliseconds(apr_time_t time)
{
    return (apr_uint64_t)(time / 1000) & DEADLINE_MASK;
}

/* A deadline far ahead is one of a clock that was set back. */
static bool is_running(apr_uint64_t lease, apr_time_t now, apr_interval_time_t duration)
{
    apr_uint64_t left = ((lease & DEADLINE_MASK) - milliseconds(now)) & DEADLINE_MASK;

    return lease && left > 0 && left <= 2 * milliseconds(duration);
}

bool atd_segment_lease(apr_uint64_t *token, const atd_segment_t *segment, const atd_segment_key_t *key, apr_time_t now,
                       apr_interval_time_t duration)
{
    word_t *place = &segment->header->leases[key->hash[1] % LEASES];
    apr_uint64_t lease = atomic_load_explicit(place, memory_order_relaxed);

    *token = key->hash[0] << DEADLINE_BITS | milliseconds(now + duration);
    if (is_running(lease, now, duration))
        return false;
    return atomic_compare_exchange_strong_explicit(place, &lease, *token, memory_order_acq_rel, memory_order_relaxed);
}

void atd_segment_release(const atd_segment_t *segment, const atd_segment_key_t *key, apr_uint64_t token)
{
    word_t *place = &segment->header->leases[key->hash[1] % LEASES];

    atomic_compare_exchange_strong_explicit(place, &token, 0, memory_order_release, memory_order_relaxed);
}

/* ---- counts ---- */

static _Atomic unsigned next_shard;
static _Thread_local unsigned own_shard;

void atd_segment_count(const atd_segment_t *segment, atd_segment_count_t what)
{
    if (own_shard == 0)
        own_shard = atomic_fetch_add_explicit(&next_shard, 1, memory_order_relaxed) % SHARDS + 1;
    atomic_fetch_add_explicit(&segment->header->shards[own_shard - 1].count[what], 1, memory_order_relaxed);
}

apr_uint64_t atd_segment_counted(const atd_segment_t *segment, atd_segment_count_t what)
{
    apr_uint64_t sum = 0;

    for (int i = 0; i < SHARDS; i++)
        sum += get_word(&segment->header->shards[i].count[what]);
    return sum;
}
