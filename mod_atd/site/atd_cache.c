/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_cache.h"

#include <apr_sha1.h>
#include <apr_strings.h>

#include <string.h>

/* A page that can't be made is made again after this time, not for each request. */
#define ERROR_LIFE ((apr_interval_time_t)1000 * 1000)

typedef struct get_t {
    const atd_cache_t *cache;
    const atd_cache_request_t *request;
    apr_pool_t *pool;
} get_t;

/* An entry as it was found, with its key. */
typedef struct entry_t {
    bool found;
    atd_segment_key_t key;
    atd_segment_hit_t hit;
    atd_page_t page;
} entry_t;

const char *atd_outcome_name(atd_outcome_t outcome)
{
    static const char *const names[] = {
        [ATD_OUTCOME_HIT] = "hit",       [ATD_OUTCOME_CHECKED] = "checked",     [ATD_OUTCOME_STALE] = "stale",
        [ATD_OUTCOME_MISS] = "miss",     [ATD_OUTCOME_LAST_GOOD] = "last-good", [ATD_OUTCOME_BYPASS] = "bypass",
        [ATD_OUTCOME_SECOND] = "second",
    };

    return names[outcome];
}

/* ---- keys and entries ---- */

/* The request's key, a byte for the representation, and the origin where the page depends on it. */
static void make_key(atd_segment_key_t *key, const get_t *get, atd_encoding_t encoding, bool with_origin)
{
    const atd_cache_request_t *request = get->request;
    apr_size_t origin = with_origin ? strlen(request->origin) : 0;
    char *bytes = apr_palloc(get->pool, request->key_length + 1 + origin);

    memcpy(bytes, request->key, request->key_length);
    bytes[request->key_length] = (char)('0' + encoding);
    memcpy(bytes + request->key_length + 1, request->origin, origin);
    atd_segment_key(key, get->cache->segment, bytes, request->key_length + 1 + origin, request->site_length);
}

/* The entry with the key that is in it. */
static bool read_entry(entry_t *entry, const get_t *get, bool whole)
{
    entry->found = atd_segment_get(&entry->hit, get->cache->segment, &entry->key, whole, get->pool) &&
                   atd_page_unpack(&entry->page, entry->hit.front, entry->hit.front_length);
    return entry->found;
}

static bool find_with(entry_t *entry, const get_t *get, atd_encoding_t encoding, bool with_origin, bool whole)
{
    make_key(&entry->key, get, encoding, with_origin);
    return read_entry(entry, get, whole);
}

/* Where nothing is found the key is that of this host: what the page will be like is not known yet. */
static bool find(entry_t *entry, const get_t *get, atd_encoding_t encoding, bool whole)
{
    return find_with(entry, get, encoding, false, whole) || find_with(entry, get, encoding, true, whole);
}

static bool has_ended(const entry_t *entry, apr_time_t now)
{
    return entry->page.ends && now >= entry->page.ends;
}

/*
 * A time of check that lies a little ahead is one of a request that came later and was quicker; one that lies far ahead, of
 * a clock that was set back.
 */
static bool is_current(const entry_t *entry, const atd_cache_request_t *request)
{
    return entry->found && !has_ended(entry, request->now) && entry->hit.checked < request->now + request->revalidate &&
           entry->hit.checked > request->now - request->revalidate;
}

static void count(const get_t *get, atd_segment_count_t what)
{
    atd_segment_count(get->cache->segment, what);
}

static void set_checked(const entry_t *entry, const get_t *get)
{
    atd_segment_set_checked(get->cache->segment, &entry->key, entry->hit.checked, get->request->now);
}

/* Read again as a whole, since another request may have stored a newer page: what holds is what is served. */
static bool sources_hold(entry_t *entry, const get_t *get)
{
    entry_t whole = {.key = entry->key};
    apr_pool_t *scratch;
    bool hold;

    if (!read_entry(&whole, get, true) || has_ended(&whole, get->request->now))
        return false;
    apr_pool_create(&scratch, get->pool);
    hold = atd_sources_hold(whole.hit.back, whole.hit.back_length, get->request->roots, scratch);
    apr_pool_destroy(scratch);
    if (hold) {
        set_checked(&whole, get);
        *entry = whole;
    }
    return hold;
}

/* ---- storing ---- */

static const char *make_etag(const atd_page_t *page, apr_pool_t *pool)
{
    static const char *const suffixes[] = {[ATD_IDENTITY] = "", [ATD_GZIP] = "-g", [ATD_BROTLI] = "-b"};
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_sha1_ctx_t context;
    apr_uint64_t number;

    apr_sha1_init(&context);
    apr_sha1_update_binary(&context, (const unsigned char *)page->body, (unsigned)page->length);
    apr_sha1_final(digest, &context);
    memcpy(&number, digest, sizeof number);
    return apr_psprintf(pool, "\"%016" APR_UINT64_T_HEX_FMT "%s\"", number, suffixes[page->encoding]);
}

static bool is_storable(const atd_page_t *page)
{
    return !page->personal && page->status != 404 && page->status != 503 && page->status < 600;
}

static bool store(const get_t *get, const atd_page_t *page, const char *back, apr_size_t back_length,
                  apr_time_t checked)
{
    atd_segment_entry_t entry = {.back = back, .back_length = back_length, .checked = checked};
    atd_segment_key_t key;
    entry_t other;

    /* A page that began to depend on the origin, or no longer does: the old one must not hide it. */
    if (find_with(&other, get, page->encoding, page->any_origin, false))
        atd_segment_remove(get->cache->segment, &other.key);
    make_key(&key, get, page->encoding, !page->any_origin);
    return atd_page_pack(&entry.front, &entry.front_length, page, get->pool) &&
           atd_segment_put(get->cache->segment, &key, &entry, get->cache->share);
}

static void remove_all(const get_t *get)
{
    for (int encoding = ATD_IDENTITY; encoding <= ATD_BROTLI; encoding++) {
        entry_t entry;

        if (find(&entry, get, (atd_encoding_t)encoding, false))
            atd_segment_remove(get->cache->segment, &entry.key);
    }
}

/* ---- making ---- */

/* Without an index for a moment: nothing was found out about the page. */
static bool is_passing(const atd_page_t *page)
{
    return page->status == 503 && !page->personal;
}

/* What an author's slip may be answered with the page as it was before; a page that is gone may not. */
static bool is_authors_error(const atd_page_t *page)
{
    return page->status == 500 && page->error && !page->personal;
}

static bool is_last_good(const entry_t *old, apr_time_t now)
{
    return old->found && old->page.status == 200 && !has_ended(old, now);
}

static bool keep_last_good(const atd_page_t *page, entry_t *old, const get_t *get)
{
    if (!is_last_good(old, get->request->now) || !(is_authors_error(page) || is_passing(page)))
        return false;
    old->page.error = page->error;
    if (!is_passing(page))
        set_checked(old, get);
    return true;
}

static apr_time_t later(apr_time_t a, apr_time_t b)
{
    return a > b ? a : b;
}

/*
 * What the author says of the content, else the files' times; a newer theme or site.yaml makes another page of it, too. Never
 * ahead of now (RFC 9110, section 8.8.2.1).
 */
static apr_time_t modified_of(const atd_page_t *page, const atd_sources_t *sources, apr_time_t now)
{
    apr_time_t content = page->modified ? page->modified : atd_sources_content_modified(sources);
    apr_time_t modified = later(content, atd_sources_frame_modified(sources));

    return modified < now ? modified : now;
}

static void finish(atd_page_t *page, const atd_sources_t *sources, apr_time_t now, apr_pool_t *pool)
{
    page->modified = modified_of(page, sources, now);
    page->ends = atd_sources_ends(sources);
    if (page->error && (page->ends == 0 || now + ERROR_LIFE < page->ends))
        page->ends = now + ERROR_LIFE;
    page->etag = make_etag(page, pool);
}

/* Where it can't be kept, the old one may not go on as a stale page for ever. */
static bool store_made(const atd_page_t *page, const atd_sources_t *sources, const get_t *get)
{
    apr_time_t now = get->request->now;
    const char *bytes;
    apr_size_t length;

    if (!atd_sources_are_settled(sources, now))
        return false;
    if (atd_sources_bytes(&bytes, &length, sources) && store(get, page, bytes, length, now))
        return true;
    remove_all(get);
    return false;
}

/* ---- the second level ---- */

static void make_id(unsigned char id[ATD_SECOND_ID], const atd_cache_request_t *request)
{
    atd_second_id(id, request->key, request->key_length, request->origin);
}

static bool take_from_second(entry_t *entry, const get_t *get)
{
    const atd_cache_request_t *request = get->request;
    unsigned char id[ATD_SECOND_ID];
    atd_sources_t *sources;
    atd_page_t page;

    if (!get->cache->second)
        return false;
    sources = atd_sources_create(request->now, get->pool);
    make_id(id, request);
    if (!atd_second_get(&page, sources, get->cache->second, id, request->roots, request->now, get->pool))
        return false;
    entry->page = page;
    store_made(&page, sources, get);
    return true;
}

static void offer_to_second(const atd_page_t *page, const atd_sources_t *sources, const get_t *get)
{
    const atd_second_t *second = get->cache->second;
    unsigned char id[ATD_SECOND_ID];

    if (!second)
        return;
    make_id(id, get->request);
    if (atd_second_put(second, id, page, sources, get->request->now, get->pool))
        count(get, ATD_COUNT_SECOND_PUT);
}

/* Renders the page in the place of what was found; stores it only with @p may_store, since others have the lease else. */
static atd_outcome_t make(entry_t *entry, const get_t *get, bool may_store)
{
    const atd_cache_request_t *request = get->request;
    atd_sources_t *sources;
    atd_page_t page = {0};

    if (may_store && take_from_second(entry, get))
        return ATD_OUTCOME_SECOND;
    sources = atd_sources_create(request->now, get->pool);
    request->make(&page, sources, request->baton, get->pool);
    count(get, ATD_COUNT_RENDER);
    if (page.error)
        count(get, ATD_COUNT_ERROR);
    if (keep_last_good(&page, entry, get))
        return ATD_OUTCOME_LAST_GOOD;
    finish(&page, sources, request->now, get->pool);
    entry->page = page;
    if (!is_storable(&page) && !is_passing(&page))
        remove_all(get);
    if (!is_storable(&page) || !may_store || !store_made(&page, sources, get))
        return ATD_OUTCOME_BYPASS;
    offer_to_second(&page, sources, get);
    return ATD_OUTCOME_MISS;
}

static bool find_usable(entry_t *entry, const get_t *get)
{
    return find(entry, get, ATD_IDENTITY, false) && !has_ended(entry, get->request->now);
}

/* True where nobody makes it any more. */
static bool is_left(const entry_t *entry, const get_t *get)
{
    apr_uint64_t token;

    if (!atd_segment_lease(&token, get->cache->segment, &entry->key, apr_time_now(), ATD_CACHE_LEASE))
        return false;
    atd_segment_release(get->cache->segment, &entry->key, token);
    return true;
}

/* Another request makes it: look again for a while. @return true where it came */
static bool wait_for(entry_t *entry, const get_t *get)
{
    apr_time_t end = apr_time_now() + ATD_CACHE_PATIENCE;

    for (apr_interval_time_t nap = 1000; apr_time_now() < end; nap = nap < 8000 ? nap * 2 : nap) {
        apr_sleep(nap);
        if (find_usable(entry, get))
            return true;
        if (is_left(entry, get)) /* made, and not to be stored; or stored since we looked */
            return find_usable(entry, get);
    }
    return false;
}

/* ---- getting ---- */

static atd_outcome_t get_again(entry_t *entry, const get_t *get, bool leased)
{
    return sources_hold(entry, get) ? ATD_OUTCOME_CHECKED : make(entry, get, leased);
}

/* There was nothing: another request may have stored it since, or be about to. */
static atd_outcome_t get_first(entry_t *entry, const get_t *get, bool leased)
{
    if (!(leased ? find_usable(entry, get) : wait_for(entry, get)))
        return make(entry, get, leased);
    return get->request->revalidate > 0 ? ATD_OUTCOME_HIT : get_again(entry, get, leased);
}

/* The identity representation, whatever it takes. */
static atd_outcome_t get_identity(entry_t *entry, const get_t *get)
{
    const atd_cache_request_t *request = get->request;
    bool usable = find_usable(entry, get);
    const atd_segment_key_t key = entry->key;
    atd_outcome_t outcome;
    apr_uint64_t token;
    bool leased;

    if (is_current(entry, request))
        return ATD_OUTCOME_HIT;
    leased = atd_segment_lease(&token, get->cache->segment, &key, request->now, ATD_CACHE_LEASE);
    if (usable && !leased && request->revalidate > 0)
        return ATD_OUTCOME_STALE;
    outcome = usable ? get_again(entry, get, leased) : get_first(entry, get, leased);
    if (leased)
        atd_segment_release(get->cache->segment, &key, token);
    return outcome;
}

static bool wants_compression(const atd_page_t *page)
{
    return page->status == 200 && !page->personal && page->type && atd_encoding_helps(page->type) &&
           page->length >= ATD_ENCODING_MIN_LENGTH;
}

static bool is_encoded_from(const atd_page_t *page, const atd_page_t *identity)
{
    return identity->etag && page->plain_etag && strcmp(page->plain_etag, identity->etag) == 0;
}

/* With the sources of the identity representation that it was made from, unless there is a newer one by now. */
static void store_encoded(const get_t *get, const atd_page_t *page)
{
    entry_t identity;

    if (find(&identity, get, ATD_IDENTITY, true) && is_encoded_from(page, &identity.page))
        store(get, page, identity.hit.back, identity.hit.back_length, identity.hit.checked);
}

static void encode(atd_page_t *page, const get_t *get, atd_encoding_t encoding, bool best)
{
    const char *bytes;
    apr_size_t length;

    if (!atd_encoding_compress(&bytes, &length, encoding, best, page->body, page->length, get->pool))
        return;
    page->plain_etag = page->etag;
    page->body = bytes;
    page->length = length;
    page->encoding = encoding;
    page->best = best;
    page->etag = make_etag(page, get->pool);
}

/* The same bytes may have got another end, date or tags: all but what is of the compressed body. */
static void take_facts(atd_page_t *page, const atd_page_t *identity)
{
    const atd_page_t encoded = *page;

    *page = *identity;
    page->body = encoded.body;
    page->length = encoded.length;
    page->encoding = encoded.encoding;
    page->best = encoded.best;
    page->etag = encoded.etag;
    page->plain_etag = encoded.plain_etag;
}

/* Another representation: from the identity one, compressed unless that is unchanged. */
static atd_outcome_t get_encoded(entry_t *entry, const get_t *get)
{
    entry_t identity = {0};
    atd_outcome_t outcome = get_identity(&identity, get);

    if ((identity.page.status == 500 || identity.page.status == 503) && !identity.page.personal &&
        is_last_good(entry, get->request->now)) { /* only this one is left of it */
        if (identity.page.status == 500)
            set_checked(entry, get);
        entry->page.error = identity.page.error;
        return ATD_OUTCOME_LAST_GOOD;
    }
    if (entry->found && is_encoded_from(&entry->page, &identity.page)) {
        take_facts(&entry->page, &identity.page);
    } else {
        entry->page = identity.page;
        if (wants_compression(&entry->page))
            encode(&entry->page, get, get->request->encoding, false);
    }
    if (entry->page.encoding != ATD_IDENTITY && outcome != ATD_OUTCOME_BYPASS && outcome != ATD_OUTCOME_STALE)
        store_encoded(get, &entry->page);
    if (entry->page.encoding == ATD_IDENTITY && entry->found && outcome != ATD_OUTCOME_STALE)
        atd_segment_remove(get->cache->segment, &entry->key); /* of a page that is not compressed any more */
    return outcome;
}

/* A representation that is there but due for a look: true where it can be served. */
static bool recheck(atd_outcome_t *outcome, entry_t *entry, const get_t *get)
{
    const atd_cache_request_t *request = get->request;
    apr_uint64_t token;
    bool leased, hold;

    if (!entry->found || has_ended(entry, request->now))
        return false;
    leased = atd_segment_lease(&token, get->cache->segment, &entry->key, request->now, ATD_CACHE_LEASE);
    *outcome = leased || request->revalidate == 0 ? ATD_OUTCOME_CHECKED : ATD_OUTCOME_STALE;
    hold = *outcome == ATD_OUTCOME_STALE || sources_hold(entry, get);
    if (leased)
        atd_segment_release(get->cache->segment, &entry->key, token);
    return hold;
}

static void count_outcome(const get_t *get, atd_outcome_t outcome)
{
    static const atd_segment_count_t counts[] = {
        [ATD_OUTCOME_HIT] = ATD_COUNT_HIT,           [ATD_OUTCOME_CHECKED] = ATD_COUNT_HIT,
        [ATD_OUTCOME_STALE] = ATD_COUNT_STALE,       [ATD_OUTCOME_MISS] = ATD_COUNT_MISS,
        [ATD_OUTCOME_LAST_GOOD] = ATD_COUNT_STALE,   [ATD_OUTCOME_BYPASS] = ATD_COUNT_MISS,
        [ATD_OUTCOME_SECOND] = ATD_COUNT_SECOND_HIT,
    };

    count(get, counts[outcome]);
}

void atd_cache_get(atd_page_t *page, atd_outcome_t *outcome, const atd_cache_t *cache,
                   const atd_cache_request_t *request, apr_pool_t *pool)
{
    const get_t get = {.cache = cache, .request = request, .pool = pool};
    entry_t entry = {0};

    if (request->encoding == ATD_IDENTITY) {
        *outcome = get_identity(&entry, &get);
    } else {
        find(&entry, &get, request->encoding, false);
        if (is_current(&entry, request))
            *outcome = ATD_OUTCOME_HIT;
        else if (!recheck(outcome, &entry, &get))
            *outcome = get_encoded(&entry, &get);
    }
    *page = entry.page;
    page->uses = *outcome == ATD_OUTCOME_HIT ? entry.hit.uses : 0;
    count_outcome(&get, *outcome);
}

void atd_cache_make(atd_page_t *page, const atd_cache_request_t *request, apr_pool_t *pool)
{
    const get_t get = {.request = request, .pool = pool};
    atd_sources_t *sources = atd_sources_create(request->now, pool);

    request->make(page, sources, request->baton, pool);
    finish(page, sources, request->now, pool);
    if (wants_compression(page))
        encode(page, &get, request->encoding, false);
}

bool atd_cache_peek(atd_page_t *page, const atd_cache_t *cache, const atd_cache_request_t *request, apr_pool_t *pool)
{
    const get_t get = {.cache = cache, .request = request, .pool = pool};
    entry_t entry = {0};

    find(&entry, &get, request->encoding, false);
    if (!is_current(&entry, request))
        return false;
    *page = entry.page;
    page->uses = entry.hit.uses;
    count(&get, ATD_COUNT_HIT);
    return true;
}

bool atd_cache_improve(const atd_cache_t *cache, const atd_cache_request_t *request, apr_pool_t *pool)
{
    const get_t get = {.cache = cache, .request = request, .pool = pool};
    entry_t identity, cheap;
    atd_page_t page;

    if (!find(&cheap, &get, request->encoding, false) || cheap.page.best ||
        !find(&identity, &get, ATD_IDENTITY, true) || !is_encoded_from(&cheap.page, &identity.page))
        return false;
    page = identity.page;
    encode(&page, &get, request->encoding, true);
    if (page.encoding == ATD_IDENTITY || !find(&cheap, &get, request->encoding, false) ||
        !is_encoded_from(&cheap.page, &identity.page)) /* a newer page came while this one was compressed */
        return false;
    return store(&get, &page, identity.hit.back, identity.hit.back_length, identity.hit.checked);
}
