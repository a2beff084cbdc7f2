/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_status_page.h"

#include "base/atd_limits.h"
#include "engine/atd_markdown.h"
#include "site/atd_theme.h"

#include <apr_strings.h>

#include <string.h>

#define MINUTE ((apr_int64_t)60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* ---- numbers for people ---- */

/* "1,234,567" */
static const char *with_commas(apr_uint64_t number, apr_pool_t *pool)
{
    if (number < 1000)
        return apr_psprintf(pool, "%u", (unsigned)number);
    return apr_psprintf(pool, "%s,%03u", with_commas(number / 1000, pool), (unsigned)(number % 1000));
}

/* "1.5 MiB" */
static const char *bytes_text(apr_uint64_t bytes, apr_pool_t *pool)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    apr_uint64_t tenths = bytes * 10;
    int unit = 0;

    for (; tenths >= 10240 && unit < 3; unit++)
        tenths /= 1024;
    if (unit == 0 || tenths % 10 == 0)
        return apr_psprintf(pool, "%u %s", (unsigned)(tenths / 10), units[unit]);
    return apr_psprintf(pool, "%u.%u %s", (unsigned)(tenths / 10), (unsigned)(tenths % 10), units[unit]);
}

/* The two largest units: "2 h 14 min" */
static const char *age_text(apr_int64_t seconds, apr_pool_t *pool)
{
    if (seconds < MINUTE)
        return apr_psprintf(pool, "%d s", (int)seconds);
    if (seconds < HOUR)
        return apr_psprintf(pool, "%d min %d s", (int)(seconds / MINUTE), (int)(seconds % MINUTE));
    if (seconds < DAY)
        return apr_psprintf(pool, "%d h %d min", (int)(seconds / HOUR), (int)(seconds % HOUR / MINUTE));
    return apr_psprintf(pool, "%d d %d h", (int)(seconds / DAY), (int)(seconds % DAY / HOUR));
}

/* Hundredths as "12.34": XML has no other point than this one. */
static const char *decimal(apr_uint64_t hundredths, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%u.%02u", (unsigned)(hundredths / 100), (unsigned)(hundredths % 100));
}

/* Of @p whole, in hundredths of a percent; floating point, since sizes times 10,000 may not fit. */
static apr_uint64_t share(apr_uint64_t part, apr_uint64_t whole)
{
    return whole > 0 ? (apr_uint64_t)((double)part / (double)whole * 10000) : 0;
}

/* Rounded, but never to nothing or to all. */
static const char *percent_text(apr_uint64_t part, apr_uint64_t whole, apr_pool_t *pool)
{
    apr_uint64_t tenths = (share(part, whole) + 5) / 10;

    if (tenths == 0 && part > 0)
        return "< 0.1 %";
    if (tenths >= 1000 && part < whole)
        return "> 99.9 %";
    return apr_psprintf(pool, "%u.%u %%", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
}

/* ---- charts ---- */

/* One part of a bar or ring; its class is its colour. */
typedef struct part_t {
    const char *class;
    const char *label;
    apr_uint64_t value;
} part_t;

typedef const char *(*text_of_t)(apr_uint64_t value, apr_pool_t *pool);

/* The parts beside each other, as shares of @p whole. */
static atd_value_t *view_parts(const part_t *parts, unsigned count, apr_uint64_t whole, text_of_t text_of,
                               apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);
    apr_uint64_t x = 0;

    for (unsigned i = 0; i < count; i++) {
        apr_uint64_t width = share(parts[i].value, whole);
        atd_value_t *map = atd_value_map(pool);

        atd_value_set_text(map, "class", parts[i].class);
        atd_value_set_text(map, "label", parts[i].label);
        atd_value_set_text(map, "count", text_of(parts[i].value, pool));
        atd_value_set_text(map, "percent", percent_text(parts[i].value, whole, pool));
        atd_value_set_text(map, "x", decimal(x, pool));
        atd_value_set_text(map, "width", decimal(width, pool));
        atd_value_push(list, map);
        x += width;
    }
    return list;
}

static atd_value_t *view_bar(const char *title, const char *total, const char *unit, atd_value_t *parts,
                             const char *hint, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    atd_value_set_text(map, "title", title);
    atd_value_set_text(map, "total", total);
    atd_value_set_text(map, "unit", unit);
    atd_value_set(map, "parts", parts);
    atd_value_set_text(map, "hint", hint);
    return map;
}

/* Counts are read one after the other while others count on. */
static apr_uint64_t less(apr_uint64_t whole, apr_uint64_t part)
{
    return part < whole ? whole - part : 0;
}

static atd_value_t *view_answers(const atd_status_t *status, apr_pool_t *pool)
{
    const apr_uint64_t *counts = status->counts;
    const part_t parts[] = {
        {"good", "fresh from the cache", counts[ATD_COUNT_HIT]},
        {"fair", "an older page from the cache", counts[ATD_COUNT_STALE]},
        {"made", "made for the request", counts[ATD_COUNT_MISS]},
        {"second", "made by another machine", counts[ATD_COUNT_SECOND_HIT]},
    };
    apr_uint64_t whole = parts[0].value + parts[1].value + parts[2].value + parts[3].value;

    return view_parts(parts, parts[3].value > 0 ? 4 : 3, whole, with_commas, pool);
}

static atd_value_t *view_memory(const atd_status_t *status, apr_pool_t *pool)
{
    const part_t parts[] = {
        {"good", "used", status->used},
        {"rest", "free", less(status->size, status->used)},
    };

    return view_bar("Memory", bytes_text(status->used, pool),
                    apr_pstrcat(pool, "of ", bytes_text(status->size, pool), NULL),
                    view_parts(parts, 2, status->size, bytes_text, pool),
                    apr_psprintf(pool, "%s entries: a page has one for each way in which it is compressed.",
                                 with_commas(status->entries, pool)),
                    pool);
}

static atd_value_t *view_renders(const atd_status_t *status, apr_pool_t *pool)
{
    apr_uint64_t renders = status->counts[ATD_COUNT_RENDER];
    apr_uint64_t errors = status->counts[ATD_COUNT_ERROR];
    const part_t parts[] = {
        {"good", "as their author wanted", less(renders, errors)},
        {"bad", "with an error", errors},
    };

    return view_bar("Renders", with_commas(renders, pool), "pages made",
                    view_parts(parts, 2, renders, with_commas, pool),
                    "Errors are in the error log, with file and line.", pool);
}

static atd_value_t *view_evictions(const atd_status_t *status, apr_pool_t *pool)
{
    apr_uint64_t stores = status->counts[ATD_COUNT_STORE];
    apr_uint64_t evictions = status->counts[ATD_COUNT_EVICT];
    const part_t parts[] = {
        {"bad", "made room for others", evictions},
        {"good", "did not", less(stores, evictions)},
    };

    return view_bar("Evictions", with_commas(evictions, pool),
                    apr_psprintf(pool, "of %s entries stored", with_commas(stores, pool)),
                    view_parts(parts, 2, stores, with_commas, pool),
                    "A site that has its share of the memory makes room among its own entries.", pool);
}

static atd_value_t *view_bars(const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    atd_value_push(list, view_memory(status, pool));
    atd_value_push(list, view_renders(status, pool));
    atd_value_push(list, view_evictions(status, pool));
    return list;
}

/* Of 240 units: a quarter each for the first minute, the rest of an hour, of a day, and of thirty days. */
static unsigned age_width(apr_int64_t age)
{
    static const apr_int64_t ends[] = {0, MINUTE, HOUR, DAY, 30 * DAY};

    for (unsigned i = 1; i < sizeof ends / sizeof *ends; i++) {
        if (age < ends[i])
            return (unsigned)(60 * (i - 1) + 60 * (age - ends[i - 1]) / (ends[i] - ends[i - 1]));
    }
    return 240;
}

/* ---- tables ---- */

static atd_value_t *view_site(const atd_status_site_t *site, apr_size_t largest, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    atd_value_set(map, "name", atd_value_string(pool, site->name));
    atd_value_set_text(map, "entries", with_commas(site->entries, pool));
    atd_value_set_text(map, "bytes", bytes_text(site->bytes, pool));
    atd_value_set_text(map, "width", decimal(share(site->bytes, largest), pool));
    return map;
}

/* Sites past those that are listed. */
static const atd_value_t *view_others(const atd_status_t *status, apr_pool_t *pool)
{
    atd_status_site_t rest = {.name = "", .entries = status->entries, .bytes = status->used};

    for (unsigned i = 0; i < status->site_count; i++) {
        rest.entries = (apr_size_t)less(rest.entries, status->sites[i].entries);
        rest.bytes = (apr_size_t)less(rest.bytes, status->sites[i].bytes);
    }
    return rest.entries > 0 ? view_site(&rest, rest.bytes, pool) : atd_value_null(pool);
}

static void set_sites(atd_value_t *data, const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (unsigned i = 0; i < status->site_count; i++)
        atd_value_push(list, view_site(&status->sites[i], status->sites[0].bytes, pool));
    atd_value_set(data, "sites", list);
    atd_value_set(data, "others", view_others(status, pool));
}

/* Milliseconds with one digit behind the point. */
static const char *cost_text(apr_interval_time_t cost, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%d.%d ms", (int)(cost / 1000), (int)(cost % 1000 / 100));
}

static const char *progress_text(const atd_index_info_t *index, apr_pool_t *pool)
{
    if (index->complete)
        return "complete";
    return apr_psprintf(pool, "indexing: %s of %s",
                        with_commas(less((apr_uint64_t)index->files, (apr_uint64_t)index->waiting), pool),
                        with_commas((apr_uint64_t)index->files, pool));
}

static atd_value_t *view_indexes(const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; status->indexes && i < status->indexes->nelts; i++) {
        const atd_index_info_t *index = &APR_ARRAY_IDX(status->indexes, i, atd_index_info_t);
        apr_int64_t age = apr_time_sec(status->now - index->scanned);
        atd_value_t *map = atd_value_map(pool);

        atd_value_set(map, "name", atd_value_string(pool, index->content));
        atd_value_set_text(map, "files", with_commas((apr_uint64_t)index->files, pool));
        atd_value_set_text(map, "progress", progress_text(index, pool));
        atd_value_set_text(map, "scanned", age_text(age > 0 ? age : 0, pool));
        atd_value_set_text(map, "cost", cost_text(index->cost, pool));
        atd_value_set_text(map, "bytes", bytes_text((apr_uint64_t)index->bytes, pool));
        atd_value_push(list, map);
    }
    return list;
}

static atd_value_t *view_counters(const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < ATD_COUNTS; i++) {
        const atd_status_counter_t *counter = &atd_status_counters[i];
        atd_value_t *map = atd_value_map(pool);

        atd_value_set_text(map, "name", counter->name);
        atd_value_set_text(map, "count", with_commas(status->counts[counter->what], pool));
        atd_value_set_text(map, "meaning", counter->meaning);
        atd_value_push(list, map);
    }
    return list;
}

/* ---- pages ---- */

static const char *rate_text(const atd_status_t *status, apr_pool_t *pool)
{
    const char *rate = atd_status_hit_rate(status, pool);

    return rate ? apr_pstrcat(pool, rate, " %", NULL) : "–";
}

static const char *time_text(apr_time_t now, apr_pool_t *pool)
{
    apr_time_exp_t t;

    apr_time_exp_gmt(&t, now);
    return apr_psprintf(pool, "%04d-%02d-%02d %02d:%02d:%02d UTC", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                        t.tm_min, t.tm_sec);
}

static const atd_value_t *view_notice(const atd_status_notice_t *notice, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!notice->text)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "text", notice->text);
    atd_value_set(map, "refused", atd_value_bool(pool, notice->refused));
    return map;
}

static void set_charts(atd_value_t *data, const atd_status_t *status, apr_pool_t *pool)
{
    apr_int64_t age = atd_status_oldest_age(status);

    atd_value_set_text(data, "rate", rate_text(status, pool));
    atd_value_set(data, "answers", view_answers(status, pool));
    atd_value_set(data, "bars", view_bars(status, pool));
    atd_value_set_text(data, "age", status->entries > 0 ? age_text(age, pool) : "–");
    atd_value_set_text(data, "ageWidth", apr_psprintf(pool, "%u", age_width(age)));
}

static atd_error_t *render(const char **text, const char *name, const atd_value_t *data, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 32 * 1024, ATD_MAX_PAGE);
    const atd_builtin_file_t *file = atd_builtin_status;
    const atd_template_t *compiled;
    atd_error_t *error;

    while (strcmp(file->name, name) != 0)
        file++;
    error = atd_template_compile(&compiled, (const char *)file->bytes, file->length, name, pool);
    if (!error)
        error = atd_template_render(out, compiled, data, NULL, pool);
    return error ? error : atd_buffer_take(text, NULL, out, "the status page");
}

atd_error_t *atd_status_html(const char **text, const atd_status_t *status, const atd_status_notice_t *notice,
                             const char *host, const char *token, apr_pool_t *pool)
{
    atd_value_t *data = atd_value_map(pool);

    atd_value_set_text(data, "host", host);
    atd_value_set_text(data, "time", time_text(status->now, pool));
    atd_value_set_text(data, "version", ATD_VERSION);
    atd_value_set_text(data, "cmark", atd_markdown_version());
    atd_value_set(data, "on", atd_value_bool(pool, status->on));
    atd_value_set(data, "notice", view_notice(notice, pool));
    atd_value_set_text(data, "token", token);
    set_charts(data, status, pool);
    set_sites(data, status, pool);
    atd_value_set(data, "indexes", view_indexes(status, pool));
    atd_value_set(data, "counters", view_counters(status, pool));
    return render(text, "page.mustache", data, pool);
}

atd_error_t *atd_status_section_html(const char **text, const atd_status_t *status, apr_pool_t *pool)
{
    atd_value_t *data = atd_value_map(pool);
    const apr_uint64_t *counts = status->counts;

    atd_value_set(data, "on", atd_value_bool(pool, status->on));
    atd_value_set_text(data, "rate", rate_text(status, pool));
    atd_value_set_text(data, "hits", with_commas(counts[ATD_COUNT_HIT], pool));
    atd_value_set_text(data, "stale", with_commas(counts[ATD_COUNT_STALE], pool));
    atd_value_set_text(data, "second", with_commas(counts[ATD_COUNT_SECOND_HIT], pool));
    atd_value_set_text(data, "misses", with_commas(counts[ATD_COUNT_MISS], pool));
    atd_value_set_text(data, "used", bytes_text(status->used, pool));
    atd_value_set_text(data, "size", bytes_text(status->size, pool));
    atd_value_set_text(data, "entries", with_commas(status->entries, pool));
    return render(text, "section.mustache", data, pool);
}
