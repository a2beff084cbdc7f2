/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_segment_private.h"

#include <apr_siphash.h>
#include <string.h>

/* A writer's place: one stripe, with the lock held. */
typedef struct writer_t {
    const atd_segment_t *segment;
    stripe_t *stripe;
    slot_t *slots;
    half_t *chain;
    bool broken; /* what was found makes no sense: wipe it */
} writer_t;

/* Sequences go up, so that a reader who began before sees it. */
static void wipe_slot(slot_t *slot)
{
    apr_uint64_t sequence = get_word(&slot->sequence) | 1;

    set_word(&slot->sequence, sequence);
    atomic_thread_fence(memory_order_release);
    set_half(&slot->first, CHAIN_END);
    set_word(&slot->hash[0], 0);
    set_word(&slot->hash[1], 0);
    set_word(&slot->site, 0);
    atomic_store_explicit(&slot->sequence, sequence + 1, memory_order_release);
}

static void wipe(writer_t *w)
{
    for (apr_uint32_t i = 0; i < w->segment->slots; i++)
        wipe_slot(&w->slots[i]);
    for (apr_uint32_t i = 0; i < w->segment->blocks; i++)
        set_half(&w->chain[i], CHAIN_FREE);
    set_half(&w->stripe->free_blocks, w->segment->blocks);
    w->broken = false;
    atd_segment_count(w->segment, ATD_COUNT_REPAIR);
}

static void begin(writer_t *w, const atd_segment_t *segment, stripe_t *stripe)
{
    *w = (writer_t){.segment = segment, .stripe = stripe};
    w->slots = slots_of(segment, stripe);
    w->chain = chain_of(segment, stripe);
    if (get_word(&stripe->dirty)) /* its last writer died */
        wipe(w);
    set_word(&stripe->dirty, 1);
    atomic_thread_fence(memory_order_release);
}

static void end(writer_t *w)
{
    if (w->broken)
        wipe(w);
    atomic_store_explicit(&w->stripe->dirty, 0, memory_order_release);
}

/* ---- blocks ---- */

static apr_uint32_t blocks_for(apr_size_t bytes)
{
    return (apr_uint32_t)((bytes + BLOCK - 1) / BLOCK);
}

static apr_uint32_t blocks_of(const slot_t *slot)
{
    return blocks_for(padded(get_half(&slot->key_length)) + padded(get_half(&slot->front_length)) +
                      padded(get_half(&slot->back_length)));
}

/* The slot is wiped first: from then on no reader takes what its blocks hold for the entry. */
static void free_entry(writer_t *w, slot_t *slot)
{
    apr_uint32_t block = get_half(&slot->first);
    apr_uint32_t freed = 0;

    wipe_slot(slot);
    while (block < w->segment->blocks && freed < w->segment->blocks) {
        apr_uint32_t next = get_half(&w->chain[block]);

        set_half(&w->chain[block], CHAIN_FREE);
        freed++;
        block = next;
    }
    set_half(&w->stripe->free_blocks, get_half(&w->stripe->free_blocks) + freed);
    w->broken = w->broken || block != CHAIN_END;
}

static apr_uint32_t take_block(writer_t *w)
{
    apr_uint32_t blocks = w->segment->blocks;
    apr_uint32_t hand = get_half(&w->stripe->block_hand) % blocks;

    for (apr_uint32_t i = 0; i < blocks; i++) {
        apr_uint32_t block = (hand + i) % blocks;

        if (get_half(&w->chain[block]) == CHAIN_FREE) {
            set_half(&w->stripe->block_hand, block + 1);
            set_half(&w->stripe->free_blocks, get_half(&w->stripe->free_blocks) - 1);
            return block;
        }
    }
    w->broken = true; /* the count of free ones was wrong */
    return CHAIN_END;
}

/* Takes a chain of so many blocks; CHAIN_END where there are not. */
static apr_uint32_t take_chain(writer_t *w, apr_uint32_t count)
{
    apr_uint32_t first = CHAIN_END;

    for (apr_uint32_t i = 0; i < count && !w->broken; i++) {
        apr_uint32_t block = take_block(w);

        if (block != CHAIN_END) {
            set_half(&w->chain[block], first);
            first = block;
        }
    }
    return first;
}

/* ---- eviction ---- */

static void evict(writer_t *w, slot_t *slot)
{
    free_entry(w, slot);
    atd_segment_count(w->segment, ATD_COUNT_EVICT);
}

/* One step of the clock for a site, or for all (0). @return false after rounds enough to find any entry there is */
static bool evict_next(writer_t *w, apr_uint64_t site)
{
    apr_uint32_t slots = w->segment->slots;
    apr_uint32_t hand = get_half(&w->stripe->slot_hand) % slots;

    for (apr_uint32_t i = 0; i < slots * (MOST_USES + 2); i++, hand = (hand + 1) % slots) {
        slot_t *slot = &w->slots[hand];
        apr_uint32_t clock = get_half(&slot->clock);

        if (is_empty(slot) || (site && get_word(&slot->site) != site))
            continue;
        if (clock > 0) {
            set_half(&slot->clock, clock > MOST_USES ? MOST_USES : clock - 1);
            continue;
        }
        evict(w, slot);
        set_half(&w->stripe->slot_hand, (hand + 1) % slots);
        return true;
    }
    return false;
}

/* Counted afresh: a counter that is kept would be wrong for ever after a writer's death. */
static apr_uint32_t blocks_of_site(const writer_t *w, apr_uint64_t site)
{
    apr_uint32_t count = 0;

    for (apr_uint32_t i = 0; i < w->segment->slots; i++) {
        if (get_word(&w->slots[i].site) == site && !is_empty(&w->slots[i]))
            count += blocks_of(&w->slots[i]);
    }
    return count;
}

static bool make_room(writer_t *w, apr_uint64_t site, apr_uint32_t need, unsigned share)
{
    apr_uint64_t most = (apr_uint64_t)w->segment->blocks * share / 100;

    if (need > most || need > w->segment->blocks / 2)
        return false;
    for (apr_uint64_t held = blocks_of_site(w, site); held + need > most && !w->broken;
         held = blocks_of_site(w, site)) {
        if (!evict_next(w, site))
            return false;
    }
    while (get_half(&w->stripe->free_blocks) < need && !w->broken) {
        if (!evict_next(w, 0))
            return false;
    }
    return !w->broken;
}

/* Only who writes needs it. */
static apr_uint64_t site_of(const atd_segment_t *segment, const atd_segment_key_t *key)
{
    return apr_siphash24(key->bytes, key->site_length, segment->header->secret[2]);
}

/* ---- slots ---- */

static slot_t *find_slot(const writer_t *w, const atd_segment_key_t *key)
{
    slot_t *bucket = bucket_of(w->segment, w->stripe, key);

    for (int i = 0; i < BUCKET; i++) {
        if (get_word(&bucket[i].hash[0]) == key->hash[0] && get_word(&bucket[i].hash[1]) == key->hash[1] &&
            !is_empty(&bucket[i]))
            return &bucket[i];
    }
    return NULL;
}

/* An empty slot of the key's bucket, made by evicting the one of least use. */
static slot_t *take_slot(writer_t *w, const atd_segment_key_t *key)
{
    slot_t *bucket = bucket_of(w->segment, w->stripe, key);
    slot_t *least = bucket;

    for (int i = 0; i < BUCKET; i++) {
        if (is_empty(&bucket[i]))
            return &bucket[i];
        if (get_half(&bucket[i].clock) < get_half(&least->clock))
            least = &bucket[i];
    }
    evict(w, least);
    return least;
}

/* ---- writing ---- */

typedef struct output_t {
    writer_t *w;
    apr_uint32_t block;
    apr_uint32_t word;
    sum_t sum;
} output_t;

static void put_word(output_t *out, apr_uint64_t word)
{
    if (out->word == BLOCK_WORDS) {
        out->block = get_half(&out->w->chain[out->block]);
        out->word = 0;
    }
    set_word(&block_at(out->w->segment, out->w->stripe, out->block)[out->word++], word);
    sum_add(&out->sum, word);
}

static void put_bytes(output_t *out, const void *bytes, apr_size_t length)
{
    const char *from = bytes;

    for (; length >= 8; from += 8, length -= 8) {
        apr_uint64_t word;

        memcpy(&word, from, 8);
        put_word(out, word);
    }
    if (length > 0) {
        apr_uint64_t word = 0;

        memcpy(&word, from, length);
        put_word(out, word);
    }
}

static void fill(writer_t *w, slot_t *slot, apr_uint32_t first, const atd_segment_key_t *key,
                 const atd_segment_entry_t *entry)
{
    apr_uint64_t sequence = get_word(&slot->sequence) | 1;
    output_t out = {.w = w, .block = first};

    set_word(&slot->sequence, sequence);
    atomic_thread_fence(memory_order_release);
    sum_begin(&out.sum, atd_segment_seed(key->length, entry->front_length, entry->back_length));
    put_bytes(&out, key->bytes, key->length);
    put_bytes(&out, entry->front, entry->front_length);
    set_word(&slot->front_sum, sum_end(&out.sum));
    sum_begin(&out.sum, get_word(&slot->front_sum));
    put_bytes(&out, entry->back, entry->back_length);
    set_word(&slot->back_sum, sum_end(&out.sum));
    set_word(&slot->hash[0], key->hash[0]);
    set_word(&slot->hash[1], key->hash[1]);
    set_word(&slot->site, site_of(w->segment, key));
    set_half(&slot->first, first);
    set_half(&slot->key_length, (apr_uint32_t)key->length);
    set_half(&slot->front_length, (apr_uint32_t)entry->front_length);
    set_half(&slot->back_length, (apr_uint32_t)entry->back_length);
    set_word(&slot->stored, (apr_uint64_t)apr_time_now());
    set_word(&slot->checked, (apr_uint64_t)entry->checked);
    set_half(&slot->clock, 1);
    set_half(&slot->uses, 0);
    atomic_store_explicit(&slot->sequence, sequence + 1, memory_order_release);
}

static bool store(writer_t *w, const atd_segment_key_t *key, const atd_segment_entry_t *entry, unsigned share)
{
    apr_size_t size = padded(key->length) + padded(entry->front_length) + padded(entry->back_length);
    apr_uint32_t need = blocks_for(size);
    slot_t *slot = find_slot(w, key);
    apr_uint32_t first;

    if (slot)
        free_entry(w, slot);
    if (!make_room(w, site_of(w->segment, key), need, share))
        return false;
    slot = take_slot(w, key);
    first = w->broken ? CHAIN_END : take_chain(w, need);
    if (w->broken)
        return false;
    fill(w, slot, first, key, entry);
    return true;
}

bool atd_segment_put(const atd_segment_t *segment, const atd_segment_key_t *key, const atd_segment_entry_t *entry,
                     unsigned share)
{
    bool stored = false;
    writer_t w;

    if (key->length + entry->front_length + entry->back_length <= ATD_SEGMENT_MAX_ENTRY &&
        segment->lock.lock(segment->lock.baton)) {
        begin(&w, segment, stripe_of(segment, key));
        stored = store(&w, key, entry, share);
        end(&w);
        segment->lock.unlock(segment->lock.baton);
    }
    atd_segment_count(segment, stored ? ATD_COUNT_STORE : ATD_COUNT_REFUSED);
    return stored;
}

bool atd_segment_remove(const atd_segment_t *segment, const atd_segment_key_t *key)
{
    slot_t *slot;
    writer_t w;

    if (!segment->lock.lock(segment->lock.baton))
        return false;
    begin(&w, segment, stripe_of(segment, key));
    slot = find_slot(&w, key);
    if (slot)
        free_entry(&w, slot);
    end(&w);
    segment->lock.unlock(segment->lock.baton);
    return slot != NULL;
}

/* ---- purging ---- */

static bool matches(writer_t *w, const slot_t *slot, atd_segment_match_t match, void *baton, apr_pool_t *scratch)
{
    view_t view;
    const char *bytes;

    if (!atd_segment_view(&view, slot))
        return false;
    bytes = atd_segment_copy(w->segment, w->stripe, slot, &view, false, scratch);
    return bytes && match(baton, bytes, view.key_length, bytes + padded(view.key_length), view.front_length);
}

static apr_size_t purge_stripe(writer_t *w, atd_segment_match_t match, void *baton, apr_pool_t *scratch)
{
    apr_size_t count = 0;

    for (apr_uint32_t i = 0; i < w->segment->slots; i++) {
        if (!matches(w, &w->slots[i], match, baton, scratch))
            continue;
        free_entry(w, &w->slots[i]);
        count++;
        apr_pool_clear(scratch);
    }
    return count;
}

/* The lock is given back between stripes: others wait for one at most. */
apr_size_t atd_segment_purge(const atd_segment_t *segment, atd_segment_match_t match, void *baton, apr_pool_t *pool)
{
    apr_size_t count = 0;
    apr_pool_t *scratch;

    apr_pool_create(&scratch, pool);
    for (apr_uint32_t i = 0; i < segment->stripe_count; i++) {
        writer_t w;

        if (!segment->lock.lock(segment->lock.baton))
            continue;
        begin(&w, segment, stripe_at(segment, i));
        count += purge_stripe(&w, match, baton, scratch);
        end(&w);
        segment->lock.unlock(segment->lock.baton);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return count;
}
