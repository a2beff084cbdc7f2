/* SPDX-License-Identifier: Apache-2.0 */
#include "segment_fixture.h"
#include "site/atd_status_page.h"

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "there is no %s", part)
#define LACKS(text, part) ck_assert_msg(strstr(text, part) == NULL, "there is %s", part)

#define NOW apr_time_from_sec(1750000000)
#define EVIL "/srv/\"><script>alert(1)</script>\\{{x}}\n\xff'"

static const atd_status_notice_t nothing = {NULL, false};

static atd_status_site_t sites[] = {
    {"/srv/a\\b\"c", 1200, 3 * 1024 * 1024 + 512 * 1024},
    {"/srv/<b>&'", 30, 1024},
};

static atd_status_t sample(void)
{
    return (atd_status_t){
        .on = true,
        .now = NOW,
        .size = 64 * 1024 * 1024,
        .used = 4 * 1024 * 1024,
        .entries = 1234,
        .oldest = NOW - apr_time_from_sec(2 * 3600 + 14 * 60 + 5),
        .counts = {[ATD_COUNT_HIT] = 900,
                   [ATD_COUNT_STALE] = 40,
                   [ATD_COUNT_SECOND_HIT] = 10,
                   [ATD_COUNT_SECOND_PUT] = 4,
                   [ATD_COUNT_MISS] = 50,
                   [ATD_COUNT_RENDER] = 1234567,
                   [ATD_COUNT_STORE] = 5,
                   [ATD_COUNT_EVICT] = 6,
                   [ATD_COUNT_REFUSED] = 7,
                   [ATD_COUNT_REPAIR] = 8,
                   [ATD_COUNT_ERROR] = 9},
        .site_count = 2,
        .sites = sites,
    };
}

static const char *html(const atd_status_t *status, const atd_status_notice_t *notice)
{
    const char *text = NULL;

    ATD_OK(atd_status_html(&text, status, notice, "<host>", "\"token", atd_test_pool));
    return text;
}

static const char *metrics(const atd_status_t *status)
{
    const char *text = NULL;

    ATD_OK(atd_status_metrics(&text, status, atd_test_pool));
    return text;
}

static const char *json(const atd_status_t *status)
{
    const char *text = NULL;

    ATD_OK(atd_status_json(&text, status, atd_test_pool));
    return text;
}

START_TEST(page_shows_the_figures)
{
    const atd_status_t status = sample();
    const char *text = html(&status, &nothing);

    HAS(text, "95.0 %");
    HAS(text, "4 MiB <small>of 64 MiB");
    HAS(text, "1,234,567 <small>pages made");
    HAS(text, "6 <small>of 5 entries stored");
    HAS(text, "2 h 14 min");
    HAS(text, "2025-06-15 15:06:40 UTC");
    HAS(text, "3.5 MiB");
    HAS(text, "stroke-dasharray=\"90.00 100\"");
    HAS(text, "stroke-dashoffset=\"-90.00\"");
    HAS(text, "made by another machine <b>10</b>");
    HAS(text, "id=\"repairs\">8<");
    HAS(text, "All else"); /* half a MiB that no listed site has */
    LACKS(text, "class=\"notice");
}
END_TEST

START_TEST(page_escapes)
{
    const atd_status_t status = sample();
    const atd_status_notice_t notice = {"<i>no</i>", true};
    const char *text = html(&status, &notice);

    HAS(text, "&lt;i&gt;no");
    HAS(text, "notice refused");
    HAS(text, "&lt;host&gt;");
    HAS(text, "name=\"token\" value=\"&quot;token\"");
    HAS(text, "value=\"/srv/&lt;b&gt;&amp;&#39;\"");
    HAS(text, "/srv/a\\b&quot;c");
    LACKS(text, "<b>&");
    LACKS(text, "<script");
}
END_TEST

START_TEST(page_says_that_the_cache_is_off)
{
    atd_status_t status;
    const char *text;

    atd_status_read(&status, NULL, NOW, atd_test_pool);
    ck_assert(!status.on);
    text = html(&status, &nothing);
    HAS(text, "The cache is off");
    LACKS(text, "<form");
    HAS(json(&status), "\"cache\":false");
    HAS(json(&status), "\"hitRate\":null");
    HAS(metrics(&status), "\natd_cache_enabled 0\n");
    ck_assert_str_eq(atd_status_section_text(&status, atd_test_pool), "AtdCache: off\n");
    ATD_OK(atd_status_section_html(&text, &status, atd_test_pool));
    HAS(text, "The cache is off");
}
END_TEST

START_TEST(json_has_its_keys)
{
    const atd_status_t status = sample();
    const char *text = json(&status);

    HAS(text, "\"version\":\"" ATD_VERSION "\",\"cmarkGfm\":\"0.");
    HAS(text, "\"cache\":true,\"size\":67108864,\"used\":4194304,\"entries\":1234,\"oldestSeconds\":8045,"
              "\"hits\":900,\"stale\":40,\"secondHits\":10,\"misses\":50,\"renders\":1234567,\"errors\":9,\"stores\":5,"
              "\"secondStores\":4,\"evictions\":6,"
              "\"refused\":7,\"repairs\":8,\"hitRate\":0.9500,\"sites\":[{\"name\":\"/srv/a\\\\b\\\"c\","
              "\"entries\":1200,\"bytes\":3670016},");
}
END_TEST

START_TEST(metrics_are_open_metrics)
{
    const atd_status_t status = sample();
    const char *text = metrics(&status);

    HAS(text, "# TYPE atd_cache_hits counter\n# HELP atd_cache_hits Requests answered");
    HAS(text, "\natd_cache_hits_total 900\n");
    HAS(text, "\natd_cache_second_hits_total 10\n");
    HAS(text, "# TYPE atd_cache_used_bytes gauge\n# UNIT atd_cache_used_bytes bytes\n# HELP");
    HAS(text, "\natd_cache_hit_ratio 0.9500\n");
    HAS(text, "\natd_cache_oldest_entry_age_seconds 8045\n");
    HAS(text, "\natd_site_entries{site=\"/srv/a\\\\b\\\"c\"} 1200\n");
    HAS(text, "\natd_site_used_bytes{site=\"/srv/<b>&'\"} 1024\n");
    ck_assert_str_eq(text + strlen(text) - 6, "# EOF\n");
}
END_TEST

START_TEST(indexes_are_shown)
{
    const atd_index_info_t infos[] = {
        {.content = "/srv/<a>",
         .complete = true,
         .files = 1234,
         .scanned = NOW - apr_time_from_sec(65),
         .cost = 12345,
         .bytes = 2048},
        {.content = "/srv/b", .files = 3000, .waiting = 1999, .scanned = NOW + 1},
    };
    apr_array_header_t *indexes = apr_array_make(atd_test_pool, 2, sizeof *infos);
    atd_status_t status = sample();
    const char *text;

    APR_ARRAY_PUSH(indexes, atd_index_info_t) = infos[0];
    APR_ARRAY_PUSH(indexes, atd_index_info_t) = infos[1];
    HAS(json(&status), ",\"indexes\":[]}");
    HAS(html(&status, &nothing), "There is none in");
    status.indexes = indexes;
    HAS(json(&status), "\"complete\":true,\"files\":1234,\"waiting\":0,\"scannedSeconds\":65,"
                       "\"scanMicroseconds\":12345,\"bytes\":2048},{\"name\":\"/srv/b\",\"complete\":false,");
    text = metrics(&status);
    HAS(text, "\natd_index_complete{site=\"/srv/b\"} 0\n");
    HAS(text, "\natd_index_waiting_files{site=\"/srv/b\"} 1999\n");
    HAS(text, "\natd_index_scan_seconds{site=\"/srv/<a>\"} 0.012345\n");
    text = html(&status, &nothing);
    LACKS(text, "<a>");
    HAS(text, "complete</td>");
    HAS(text, "1 min 5 s ago");
    HAS(text, "12.3 ms");
    HAS(text, "indexing: 1,001 of 3,000");
}
END_TEST

START_TEST(a_rate_is_perfect_only_where_it_is)
{
    atd_status_t status = sample();

    status.counts[ATD_COUNT_HIT] = 9999999;
    status.counts[ATD_COUNT_STALE] = 0;
    status.counts[ATD_COUNT_SECOND_HIT] = 0;
    status.counts[ATD_COUNT_MISS] = 1;
    ck_assert_str_eq(atd_status_hit_rate(&status, atd_test_pool), "99.9");
    HAS(json(&status), "\"hitRate\":0.9999,");
    HAS(html(&status, &nothing), "&gt; 99.9 %");
    status.counts[ATD_COUNT_MISS] = 0;
    ck_assert_str_eq(atd_status_hit_rate(&status, atd_test_pool), "100.0");
    HAS(json(&status), "\"hitRate\":1.0000,");
    status.counts[ATD_COUNT_HIT] = 0;
    ck_assert_ptr_null(atd_status_hit_rate(&status, atd_test_pool));
    LACKS(metrics(&status), "\natd_cache_hit_ratio ");
}
END_TEST

static const struct {
    apr_int64_t seconds;
    const char *text;
    const char *width;
} ages[] = {
    {0, ">0 s<", "\"0\""},
    {59, ">59 s<", "\"59\""},
    {60, ">1 min 0 s<", "\"60\""},
    {3599, ">59 min 59 s<", "\"119\""},
    {3600, ">1 h 0 min<", "\"120\""},
    {86400, ">1 d 0 h<", "\"180\""},
    {2592000, ">30 d 0 h<", "\"240\""},
    {99999999, ">1157 d 9 h<", "\"240\""},
    {-5, ">0 s<", "\"0\""},
};

START_TEST(ages_have_a_place_on_the_scale)
{
    atd_status_t status = sample();
    const char *text;

    status.oldest = NOW - apr_time_from_sec(ages[_i].seconds);
    text = html(&status, &nothing);
    HAS(text, apr_pstrcat(atd_test_pool, "value\"", ages[_i].text, NULL));
    HAS(text, apr_pstrcat(atd_test_pool, "done\" width=", ages[_i].width, NULL));
}
END_TEST

START_TEST(figures_come_from_the_segment)
{
    atd_segment_t *segment = make_segment(1024 * 1024);
    const atd_segment_entry_t entry = {.front = "x", .front_length = 1};
    atd_segment_key_t key;
    atd_status_t status;

    for (int i = 0; i < 3; i++) {
        key = key_of(segment, i < 2 ? "/srv/\x01" : "/srv/\x02", i == 0 ? "a" : "b", atd_test_pool);
        ck_assert(atd_segment_put(segment, &key, &entry, 100));
    }
    key = key_of(segment, EVIL, "a", atd_test_pool);
    ck_assert(atd_segment_put(segment, &key, &entry, 100));
    ck_assert(put_text(segment, "a", "not a folder's", atd_test_pool));
    atd_segment_count(segment, ATD_COUNT_HIT);
    atd_status_read(&status, segment, apr_time_now() + apr_time_from_sec(5), atd_test_pool);
    ck_assert_uint_eq(status.entries, 5);
    ck_assert_uint_eq(status.site_count, 2);
    ck_assert_str_eq(status.sites[0].name, "/srv/\uFFFD"); /* two that look alike */
    ck_assert_uint_eq(status.sites[0].entries, 3);
    ck_assert_str_eq(status.sites[1].name, "/srv/\"><script>alert(1)</script>\\{{x}}\uFFFD\uFFFD'");
    ck_assert_int_ge(atd_status_oldest_age(&status), 4);
    ck_assert_int_le(atd_status_oldest_age(&status), 65);
    ck_assert_uint_eq(status.counts[ATD_COUNT_HIT], 1);
    LACKS(html(&status, &nothing), "<script");
    LACKS(json(&status), "<script");
    HAS(metrics(&status), "</script>\\\\{{x}}\uFFFD\uFFFD'\"} 1\n");
}
END_TEST

START_TEST(mod_status_has_a_section)
{
    const atd_status_t status = sample();
    const char *text;

    ATD_OK(atd_status_section_html(&text, &status, atd_test_pool));
    HAS(text, "95.0 % (900 hits, 40 stale, 10 made by another machine, 50 misses)");
    HAS(text, "4 MiB of 64 MiB, 1,234 entries");
    ck_assert_str_eq(atd_status_section_text(&status, atd_test_pool),
                     "AtdCache: on\nAtdCacheHits: 900\nAtdCacheStale: 40\nAtdCacheSecondHits: 10\nAtdCacheMisses: "
                     "50\nAtdCacheHitRate: 95.0\n"
                     "AtdCacheUsed: 4194304\nAtdCacheSize: 67108864\n");
}
END_TEST

Suite *status_page_suite(void)
{
    Suite *suite = suite_create("status_page");
    TCase *tests = atd_test_case(suite, "status_page");

    tcase_add_test(tests, page_shows_the_figures);
    tcase_add_test(tests, page_escapes);
    tcase_add_test(tests, page_says_that_the_cache_is_off);
    tcase_add_test(tests, json_has_its_keys);
    tcase_add_test(tests, metrics_are_open_metrics);
    tcase_add_test(tests, indexes_are_shown);
    tcase_add_test(tests, a_rate_is_perfect_only_where_it_is);
    tcase_add_loop_test(tests, ages_have_a_place_on_the_scale, 0, sizeof ages / sizeof *ages);
    tcase_add_test(tests, figures_come_from_the_segment);
    tcase_add_test(tests, mod_status_has_a_section);
    return suite;
}
