/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_status_page.h"

#include "base/atd_escape.h"
#include "base/atd_text.h"
#include "engine/atd_markdown.h"

#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

#define MOST_TEXT ((apr_size_t)256 * 1024)

const atd_status_counter_t atd_status_counters[] = {
    {ATD_COUNT_HIT, "hits", "hits", "requests answered with a fresh page from the cache"},
    {ATD_COUNT_STALE, "stale", "stale",
     "requests answered with an older page, while another one made the new one or it failed"},
    {ATD_COUNT_SECOND_HIT, "secondHits", "second_hits", "requests answered with a page that another machine had made"},
    {ATD_COUNT_MISS, "misses", "misses", "requests for which the page had to be made"},
    {ATD_COUNT_RENDER, "renders", "renders", "pages made"},
    {ATD_COUNT_ERROR, "errors", "errors", "pages that could not be made as their author wanted"},
    {ATD_COUNT_STORE, "stores", "stores", "entries written"},
    {ATD_COUNT_SECOND_PUT, "secondStores", "second_stores", "pages given to other machines"},
    {ATD_COUNT_EVICT, "evictions", "evictions", "entries that made room for others"},
    {ATD_COUNT_REFUSED, "refused", "refused", "entries not stored: too large, or the cache was busy"},
    {ATD_COUNT_REPAIR, "repairs", "repairs", "parts emptied after a process had died while it wrote"},
};

_Static_assert(sizeof atd_status_counters / sizeof *atd_status_counters == ATD_COUNTS, "a row for each count");

/* ---- figures ---- */

static atd_status_site_t *find_site(atd_status_t *status, const char *name)
{
    for (unsigned i = 0; i < status->site_count; i++) {
        if (strcmp(status->sites[i].name, name) == 0)
            return &status->sites[i];
    }
    return NULL;
}

/* Two sites may show under one name: folders below one that an .htaccess named, or paths that are cut. */
static void add_site(atd_status_t *status, const atd_segment_site_t *site, apr_pool_t *pool)
{
    const char *name = atd_text_shown(site->name, pool);
    atd_status_site_t *same = find_site(status, name);

    if (*name != '/') /* what AtdQuickHandler remembers is no folder's */
        return;
    if (!same) {
        same = &status->sites[status->site_count++];
        *same = (atd_status_site_t){.name = name};
    }
    same->entries += site->entries;
    same->bytes += site->bytes;
}

static int compare_sites(const void *a, const void *b)
{
    const atd_status_site_t *first = a;
    const atd_status_site_t *second = b;

    if (first->bytes != second->bytes)
        return first->bytes < second->bytes ? 1 : -1;
    return strcmp(first->name, second->name);
}

void atd_status_read(atd_status_t *status, const atd_segment_t *segment, apr_time_t now, apr_pool_t *pool)
{
    atd_segment_usage_t usage;

    *status = (atd_status_t){.now = now, .on = segment != NULL};
    if (!segment)
        return;
    atd_segment_usage(&usage, segment, pool);
    status->size = usage.size;
    status->used = usage.used;
    status->entries = usage.entries;
    status->oldest = usage.oldest;
    status->sites = apr_pcalloc(pool, sizeof *status->sites * (usage.site_count + 1));
    for (unsigned i = 0; i < usage.site_count; i++)
        add_site(status, &usage.sites[i], pool);
    if (status->site_count > 1)
        qsort(status->sites, status->site_count, sizeof *status->sites, compare_sites);
    for (int i = 0; i < ATD_COUNTS; i++)
        status->counts[i] = atd_segment_counted(segment, (atd_segment_count_t)i);
}

static apr_uint64_t answered(const atd_status_t *status)
{
    return status->counts[ATD_COUNT_HIT] + status->counts[ATD_COUNT_STALE] + status->counts[ATD_COUNT_SECOND_HIT];
}

/* Rounded, but no rate is shown as perfect that is not. */
static apr_uint64_t rate_of(const atd_status_t *status, apr_uint64_t scale)
{
    apr_uint64_t all = answered(status) + status->counts[ATD_COUNT_MISS];
    apr_uint64_t rate = (answered(status) * scale + all / 2) / all;

    return rate == scale && answered(status) < all ? scale - 1 : rate;
}

static bool has_lookups(const atd_status_t *status)
{
    return answered(status) + status->counts[ATD_COUNT_MISS] > 0;
}

const char *atd_status_hit_rate(const atd_status_t *status, apr_pool_t *pool)
{
    unsigned rate;

    if (!has_lookups(status))
        return NULL;
    rate = (unsigned)rate_of(status, 1000);
    return apr_psprintf(pool, "%u.%u", rate / 10, rate % 10);
}

/* The same as a share of 1. */
static const char *hit_ratio(const atd_status_t *status, apr_pool_t *pool)
{
    unsigned rate;

    if (!has_lookups(status))
        return NULL;
    rate = (unsigned)rate_of(status, 10000);
    return apr_psprintf(pool, "%u.%04u", rate / 10000, rate % 10000);
}

apr_int64_t atd_status_oldest_age(const atd_status_t *status)
{
    return status->oldest > 0 && status->oldest < status->now ? apr_time_sec(status->now - status->oldest) : 0;
}

/* ---- JSON ---- */

static void set_number(atd_value_t *map, const char *key, apr_uint64_t number, apr_pool_t *pool)
{
    atd_value_set(map, key, atd_value_int(pool, (apr_int64_t)number));
}

static atd_value_t *sites_value(const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (unsigned i = 0; i < status->site_count; i++) {
        const atd_status_site_t *site = &status->sites[i];
        atd_value_t *map = atd_value_map(pool);

        atd_value_set(map, "name", atd_value_string(pool, site->name));
        set_number(map, "entries", site->entries, pool);
        set_number(map, "bytes", site->bytes, pool);
        atd_value_push(list, map);
    }
    return list;
}

static int count_indexes(const atd_status_t *status)
{
    return status->indexes ? status->indexes->nelts : 0;
}

static const atd_index_info_t *index_at(const atd_status_t *status, int at)
{
    return &APR_ARRAY_IDX(status->indexes, at, atd_index_info_t);
}

static apr_uint64_t age_of(const atd_index_info_t *index, apr_time_t now)
{
    return index->scanned < now ? (apr_uint64_t)apr_time_sec(now - index->scanned) : 0;
}

static atd_value_t *indexes_value(const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < count_indexes(status); i++) {
        const atd_index_info_t *index = index_at(status, i);
        atd_value_t *map = atd_value_map(pool);

        atd_value_set(map, "name", atd_value_string(pool, index->content));
        atd_value_set(map, "complete", atd_value_bool(pool, index->complete));
        set_number(map, "files", (apr_uint64_t)index->files, pool);
        set_number(map, "waiting", (apr_uint64_t)index->waiting, pool);
        set_number(map, "scannedSeconds", age_of(index, status->now), pool);
        set_number(map, "scanMicroseconds", (apr_uint64_t)index->cost, pool);
        set_number(map, "bytes", (apr_uint64_t)index->bytes, pool);
        atd_value_push(list, map);
    }
    return list;
}

atd_error_t *atd_status_json(const char **text, const atd_status_t *status, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 1024, MOST_TEXT);
    atd_value_t *map = atd_value_map(pool);
    const char *ratio = hit_ratio(status, pool);

    atd_value_set(map, "version", atd_value_string(pool, ATD_VERSION));
    atd_value_set(map, "cmarkGfm", atd_value_string(pool, atd_markdown_version()));
    atd_value_set(map, "cache", atd_value_bool(pool, status->on));
    set_number(map, "size", status->size, pool);
    set_number(map, "used", status->used, pool);
    set_number(map, "entries", status->entries, pool);
    set_number(map, "oldestSeconds", (apr_uint64_t)atd_status_oldest_age(status), pool);
    for (int i = 0; i < ATD_COUNTS; i++)
        set_number(map, atd_status_counters[i].name, status->counts[atd_status_counters[i].what], pool);
    atd_value_set(map, "hitRate", ratio ? atd_value_plain(pool, ratio, strlen(ratio)) : atd_value_null(pool));
    atd_value_set(map, "sites", sites_value(status, pool));
    atd_value_set(map, "indexes", indexes_value(status, pool));
    atd_escape_json_value(out, map);
    atd_buffer_putc(out, '\n');
    return atd_buffer_take(text, NULL, out, "the status");
}

/* ---- OpenMetrics ---- */

static void put_label(atd_buffer_t *out, const char *name, const char *value)
{
    atd_buffer_printf(out, "%s=\"", name);
    for (; *value; value++) {
        if (*value == '\\' || *value == '"')
            atd_buffer_putc(out, '\\');
        atd_buffer_putc(out, *value);
    }
    atd_buffer_putc(out, '"');
}

/* @param unit what the name ends with; or NULL */
static void put_family(atd_buffer_t *out, const char *name, const char *type, const char *unit, const char *help)
{
    atd_buffer_printf(out, "# TYPE %s %s\n", name, type);
    if (unit)
        atd_buffer_printf(out, "# UNIT %s %s\n", name, unit);
    atd_buffer_printf(out, "# HELP %s %s.\n", name, help);
}

static void put_gauge(atd_buffer_t *out, const char *name, const char *unit, const char *help, apr_uint64_t value)
{
    put_family(out, name, "gauge", unit, help);
    atd_buffer_printf(out, "%s %" APR_UINT64_T_FMT "\n", name, value);
}

static void put_build(atd_buffer_t *out)
{
    put_family(out, "atd_build", "info", NULL, "Versions of mod_atd and of its Markdown renderer");
    atd_buffer_puts(out, "atd_build_info{");
    put_label(out, "version", ATD_VERSION);
    atd_buffer_putc(out, ',');
    put_label(out, "cmark_gfm", atd_markdown_version());
    atd_buffer_puts(out, "} 1\n");
}

/* What has no value yet has no sample: 0 would look like the worst one. */
static void put_state(atd_buffer_t *out, const atd_status_t *status, apr_pool_t *pool)
{
    const char *ratio = hit_ratio(status, pool);

    put_gauge(out, "atd_cache_enabled", NULL, "1 where there is a cache, 0 where it is off", status->on);
    put_gauge(out, "atd_cache_size_bytes", "bytes", "Room for entries", status->size);
    put_gauge(out, "atd_cache_used_bytes", "bytes", "Room in use", status->used);
    put_gauge(out, "atd_cache_entries", NULL, "Entries in the cache, one for each representation of a page",
              status->entries);
    put_family(out, "atd_cache_oldest_entry_age_seconds", "gauge", "seconds", "Time since the oldest entry was stored");
    if (status->entries > 0)
        atd_buffer_printf(out, "atd_cache_oldest_entry_age_seconds %" APR_INT64_T_FMT "\n",
                          atd_status_oldest_age(status));
    put_family(out, "atd_cache_hit_ratio", "gauge", "ratio",
               "Share of requests answered from the cache since it was made");
    if (ratio)
        atd_buffer_printf(out, "atd_cache_hit_ratio %s\n", ratio);
}

static void put_counters(atd_buffer_t *out, const atd_status_t *status, apr_pool_t *pool)
{
    for (int i = 0; i < ATD_COUNTS; i++) {
        const atd_status_counter_t *counter = &atd_status_counters[i];
        char *help = apr_pstrdup(pool, counter->meaning);

        *help = (char)(*help - 'a' + 'A');
        put_family(out, apr_pstrcat(pool, "atd_cache_", counter->metric, NULL), "counter", NULL, help);
        atd_buffer_printf(out, "atd_cache_%s_total %" APR_UINT64_T_FMT "\n", counter->metric,
                          status->counts[counter->what]);
    }
}

static void put_site(atd_buffer_t *out, const char *metric, const char *name, apr_uint64_t value)
{
    atd_buffer_printf(out, "%s{", metric);
    put_label(out, "site", name);
    atd_buffer_printf(out, "} %" APR_UINT64_T_FMT "\n", value);
}

static void put_sites(atd_buffer_t *out, const atd_status_t *status)
{
    put_family(out, "atd_site_entries", "gauge", NULL, "Entries of a content folder");
    for (unsigned i = 0; i < status->site_count; i++)
        put_site(out, "atd_site_entries", status->sites[i].name, status->sites[i].entries);
    put_family(out, "atd_site_used_bytes", "gauge", "bytes", "Room in use by a content folder");
    for (unsigned i = 0; i < status->site_count; i++)
        put_site(out, "atd_site_used_bytes", status->sites[i].name, status->sites[i].bytes);
}

static apr_uint64_t files_of(const atd_index_info_t *index)
{
    return (apr_uint64_t)index->files;
}

static apr_uint64_t waiting_of(const atd_index_info_t *index)
{
    return (apr_uint64_t)index->waiting;
}

static apr_uint64_t is_complete(const atd_index_info_t *index)
{
    return index->complete;
}

static apr_uint64_t bytes_of(const atd_index_info_t *index)
{
    return (apr_uint64_t)index->bytes;
}

static void put_indexes(atd_buffer_t *out, const atd_status_t *status)
{
    static const struct {
        const char *name, *unit, *help;
        apr_uint64_t (*value)(const atd_index_info_t *index);
    } families[] = {
        {"atd_index_files", NULL, "Files that a content folder's last scan found", files_of},
        {"atd_index_waiting_files", NULL, "Files of them that are still to be read", waiting_of},
        {"atd_index_complete", NULL, "1 where all files are read, 0 while an index is being built", is_complete},
        {"atd_index_size_bytes", "bytes", "Size of an index's file", bytes_of},
    };

    for (apr_size_t f = 0; f < sizeof families / sizeof *families; f++) {
        put_family(out, families[f].name, "gauge", families[f].unit, families[f].help);
        for (int i = 0; i < count_indexes(status); i++)
            put_site(out, families[f].name, index_at(status, i)->content, families[f].value(index_at(status, i)));
    }
}

/* Times have fractions. */
static void put_index_times(atd_buffer_t *out, const atd_status_t *status)
{
    put_family(out, "atd_index_scan_seconds", "gauge", "seconds", "Time that the last scan for changed files took");
    for (int i = 0; i < count_indexes(status); i++) {
        const atd_index_info_t *index = index_at(status, i);

        atd_buffer_puts(out, "atd_index_scan_seconds{");
        put_label(out, "site", index->content);
        atd_buffer_printf(out, "} %d.%06d\n", (int)apr_time_sec(index->cost), (int)apr_time_usec(index->cost));
    }
}

atd_error_t *atd_status_metrics(const char **text, const atd_status_t *status, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 4096, MOST_TEXT);

    put_build(out);
    put_state(out, status, pool);
    put_counters(out, status, pool);
    put_sites(out, status);
    put_indexes(out, status);
    put_index_times(out, status);
    atd_buffer_puts(out, "# EOF\n");
    return atd_buffer_take(text, NULL, out, "the metrics");
}

/* ---- mod_status ?auto ---- */

const char *atd_status_section_text(const atd_status_t *status, apr_pool_t *pool)
{
    const char *rate = atd_status_hit_rate(status, pool);
    const apr_uint64_t *counts = status->counts;

    if (!status->on)
        return "AtdCache: off\n";
    return apr_psprintf(pool,
                        "AtdCache: on\n"
                        "AtdCacheHits: %" APR_UINT64_T_FMT "\n"
                        "AtdCacheStale: %" APR_UINT64_T_FMT "\n"
                        "AtdCacheSecondHits: %" APR_UINT64_T_FMT "\n"
                        "AtdCacheMisses: %" APR_UINT64_T_FMT "\n"
                        "AtdCacheHitRate: %s\n"
                        "AtdCacheUsed: %" APR_SIZE_T_FMT "\n"
                        "AtdCacheSize: %" APR_SIZE_T_FMT "\n",
                        counts[ATD_COUNT_HIT], counts[ATD_COUNT_STALE], counts[ATD_COUNT_SECOND_HIT],
                        counts[ATD_COUNT_MISS], rate ? rate : "-", status->used, status->size);
}
