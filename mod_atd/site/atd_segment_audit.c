/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_segment_private.h"

#include <apr_strings.h>

#include <string.h>

/* ---- usage ---- */

static atd_segment_site_t *find_site(atd_segment_usage_t *usage, apr_uint64_t site)
{
    unsigned most = sizeof usage->sites / sizeof *usage->sites;

    for (unsigned i = 0; i < usage->site_count; i++) {
        if (usage->sites[i].site == site)
            return &usage->sites[i];
    }
    if (usage->site_count == most)
        return NULL;
    usage->sites[usage->site_count].site = site;
    return &usage->sites[usage->site_count++];
}

static void add_slot(atd_segment_usage_t *usage, const atd_segment_t *segment, stripe_t *stripe, const slot_t *slot,
                     apr_pool_t *scratch)
{
    apr_size_t bytes;
    atd_segment_site_t *site;
    view_t view;
    const char *key;

    if (!atd_segment_view(&view, slot))
        return;
    bytes = padded(view.key_length) + padded(view.front_length) + padded(view.back_length);
    bytes = (bytes + BLOCK - 1) / BLOCK * BLOCK;
    usage->used += bytes;
    usage->entries++;
    if (usage->oldest == 0 || view.stored < usage->oldest)
        usage->oldest = view.stored;
    site = find_site(usage, get_word(&slot->site));
    if (!site)
        return;
    site->entries++;
    site->bytes += bytes;
    key = site->name[0] ? NULL : atd_segment_copy(segment, stripe, slot, &view, false, scratch);
    if (key)
        apr_cpystrn(site->name, key, view.key_length < sizeof site->name ? view.key_length + 1 : sizeof site->name);
}

void atd_segment_usage(atd_segment_usage_t *usage, const atd_segment_t *segment, apr_pool_t *scratch)
{
    memset(usage, 0, sizeof *usage);
    usage->size = (apr_size_t)segment->stripe_count * segment->blocks * BLOCK;
    for (apr_uint32_t s = 0; s < segment->stripe_count; s++) {
        stripe_t *stripe = stripe_at(segment, s);

        for (apr_uint32_t i = 0; i < segment->slots; i++)
            add_slot(usage, segment, stripe, &slots_of(segment, stripe)[i], scratch);
    }
}

/* ---- audit ---- */

/* Marks the blocks of an entry; counts those that are marked already, free, or off the map. */
static void audit_chain(atd_segment_audit_t *audit, const atd_segment_t *segment, stripe_t *stripe, const view_t *view,
                        unsigned char *owned)
{
    apr_size_t bytes = padded(view->key_length) + padded(view->front_length) + padded(view->back_length);
    apr_size_t expected = (bytes + BLOCK - 1) / BLOCK;
    apr_uint32_t block = view->first;

    for (; expected > 0 && block < segment->blocks; expected--) {
        audit->faults += owned[block];
        audit->owned += !owned[block];
        owned[block] = 1;
        block = get_half(&chain_of(segment, stripe)[block]);
    }
    audit->faults += expected > 0 || block != CHAIN_END;
}

static void audit_stripe(atd_segment_audit_t *audit, const atd_segment_t *segment, stripe_t *stripe,
                         apr_pool_t *scratch)
{
    unsigned char *owned = apr_pcalloc(scratch, segment->blocks);
    apr_size_t free_blocks = 0;
    view_t view;

    audit->faults += get_word(&stripe->dirty) != 0;
    for (apr_uint32_t i = 0; i < segment->slots; i++) {
        const slot_t *slot = &slots_of(segment, stripe)[i];

        audit->faults += get_word(&slot->sequence) & 1;
        if (!atd_segment_view(&view, slot))
            continue;
        audit->entries++;
        audit_chain(audit, segment, stripe, &view, owned);
        audit->faults += !atd_segment_copy(segment, stripe, slot, &view, true, scratch);
    }
    for (apr_uint32_t i = 0; i < segment->blocks; i++) {
        bool is_free = get_half(&chain_of(segment, stripe)[i]) == CHAIN_FREE;

        free_blocks += is_free;
        audit->faults += is_free == (owned[i] != 0);
    }
    audit->blocks += segment->blocks;
    audit->free += free_blocks;
    audit->faults += free_blocks != get_half(&stripe->free_blocks);
}

bool atd_segment_audit(atd_segment_audit_t *audit, const atd_segment_t *segment, apr_pool_t *scratch)
{
    memset(audit, 0, sizeof *audit);
    if (!segment->lock.lock(segment->lock.baton))
        return false;
    for (apr_uint32_t i = 0; i < segment->stripe_count; i++) {
        apr_pool_t *own;

        apr_pool_create(&own, scratch);
        audit_stripe(audit, segment, stripe_at(segment, i), own);
        apr_pool_destroy(own);
    }
    segment->lock.unlock(segment->lock.baton);
    return true;
}
