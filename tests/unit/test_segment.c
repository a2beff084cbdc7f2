/* SPDX-License-Identifier: Apache-2.0 */
#include "segment_fixture.h"

#include <math.h>
#include <stdio.h>

#define SIZE ((apr_size_t)1024 * 1024)

START_TEST(too_small_is_refused)
{
    char *memory = aligned_alloc(64, ATD_SEGMENT_MIN_SIZE);

    ck_assert(!atd_segment_format(memory, ATD_SEGMENT_MIN_SIZE - 1));
    ck_assert(atd_segment_format(memory, ATD_SEGMENT_MIN_SIZE));
    free(memory);
}
END_TEST

START_TEST(other_versions_and_sizes_are_refused)
{
    memory_t *memory = make_memory(SIZE);

    ck_assert_ptr_nonnull(attach_memory(memory, SIZE, atd_test_pool));
    ck_assert_ptr_null(attach_memory(memory, SIZE - 4096, atd_test_pool));
    memory->bytes[8]++; /* the version */
    ck_assert_ptr_null(attach_memory(memory, SIZE, atd_test_pool));
}
END_TEST

START_TEST(what_is_put_is_got)
{
    atd_segment_t *segment = make_segment(SIZE);
    const atd_segment_key_t key = key_of(segment, "site", "a", atd_test_pool);
    const atd_segment_entry_t entry = {
        .front = "front", .front_length = 5, .back = "b", .back_length = 1, .checked = 7};
    atd_segment_hit_t hit;

    ck_assert(!atd_segment_get(&hit, segment, &key, true, atd_test_pool));
    ck_assert(atd_segment_put(segment, &key, &entry, 50));
    ck_assert(atd_segment_get(&hit, segment, &key, true, atd_test_pool));
    ck_assert_mem_eq(hit.front, "front", 5);
    ck_assert_uint_eq(hit.front_length, 5);
    ck_assert_mem_eq(hit.back, "b", 1);
    ck_assert_uint_eq(hit.back_length, 1);
    ck_assert_int_eq(hit.checked, 7);
    ck_assert_uint_eq(hit.uses, 0);
    ck_assert(atd_segment_get(&hit, segment, &key, false, atd_test_pool));
    ck_assert_ptr_null(hit.back);
    ck_assert_uint_eq(hit.uses, 1);
    check_audit(segment);
}
END_TEST

/* Around the edges of words and blocks. */
START_TEST(every_length_survives)
{
    atd_segment_t *segment = make_segment(SIZE);
    char *text = apr_palloc(atd_test_pool, 5000);

    for (unsigned i = 0; i < 5000; i++)
        text[i] = (char)('a' + i % 26);
    for (unsigned front = 0; front<2200; front += front % 1024> 1000 || front % 1024 < 24 ? 1 : 101) {
        const atd_segment_key_t key = key_of(segment, "site", "name of some length", atd_test_pool);
        const atd_segment_entry_t entry = {
            .front = text, .front_length = front, .back = text + 7, .back_length = front / 3};
        atd_segment_hit_t hit;

        ck_assert(atd_segment_put(segment, &key, &entry, 100));
        ck_assert(atd_segment_get(&hit, segment, &key, true, atd_test_pool));
        ck_assert_uint_eq(hit.front_length, front);
        ck_assert_mem_eq(hit.front, text, front);
        ck_assert_uint_eq(hit.back_length, front / 3);
        ck_assert_mem_eq(hit.back, text + 7, front / 3);
    }
    check_audit(segment);
}
END_TEST

START_TEST(newer_replaces_older)
{
    atd_segment_t *segment = make_segment(SIZE);

    for (int i = 0; i < 1000; i++)
        ck_assert(put_text(segment, "a", apr_psprintf(atd_test_pool, "%d", i), atd_test_pool));
    ck_assert_str_eq(get_text(segment, "a", atd_test_pool), "999");
    ck_assert_uint_eq(atd_segment_counted(segment, ATD_COUNT_EVICT), 0);
    check_audit(segment);
}
END_TEST

START_TEST(removed_is_gone)
{
    atd_segment_t *segment = make_segment(SIZE);
    const atd_segment_key_t key = key_of(segment, "site", "a", atd_test_pool);

    ck_assert(put_text(segment, "a", "x", atd_test_pool));
    ck_assert(put_text(segment, "b", "y", atd_test_pool));
    ck_assert(atd_segment_remove(segment, &key));
    ck_assert(!atd_segment_remove(segment, &key));
    ck_assert_ptr_null(get_text(segment, "a", atd_test_pool));
    ck_assert_str_eq(get_text(segment, "b", atd_test_pool), "y");
    check_audit(segment);
}
END_TEST

START_TEST(too_large_is_refused_and_the_old_one_goes_on)
{
    atd_segment_t *segment = make_segment(SIZE);
    char *large = apr_pcalloc(atd_test_pool, ATD_SEGMENT_MAX_ENTRY + 1);

    memset(large, 'x', ATD_SEGMENT_MAX_ENTRY);
    ck_assert(!put_text(segment, "a", large, atd_test_pool));
    ck_assert_uint_eq(atd_segment_counted(segment, ATD_COUNT_REFUSED), 1);
    check_audit(segment);
}
END_TEST

START_TEST(without_the_lock_nothing_is_stored_and_all_is_read)
{
    memory_t *memory = make_memory(SIZE);
    const atd_segment_lock_t never = {refuse_lock, unlock_memory, memory};
    atd_segment_t *reader = atd_segment_attach(memory->bytes, SIZE, &never, atd_test_pool);
    atd_segment_t *writer = attach_memory(memory, SIZE, atd_test_pool);
    atd_segment_audit_t audit;
    const atd_segment_key_t key = key_of(reader, "site", "a", atd_test_pool);

    ck_assert(put_text(writer, "a", "x", atd_test_pool));
    ck_assert(!put_text(reader, "a", "y", atd_test_pool));
    ck_assert(!atd_segment_remove(reader, &key));
    ck_assert(!atd_segment_audit(&audit, reader, atd_test_pool));
    ck_assert_str_eq(get_text(reader, "a", atd_test_pool), "x");
}
END_TEST

static apr_size_t blocks_in(const atd_segment_t *segment, const char *site)
{
    atd_segment_usage_t usage;
    apr_size_t bytes = 0;

    atd_segment_usage(&usage, segment, atd_test_pool);
    for (unsigned i = 0; i < usage.site_count; i++)
        bytes = strcmp(usage.sites[i].name, site) == 0 ? usage.sites[i].bytes : bytes;
    return bytes;
}

START_TEST(a_site_holds_no_more_than_its_share)
{
    atd_segment_t *segment = make_segment(SIZE);
    atd_segment_usage_t usage;
    char *text = apr_pcalloc(atd_test_pool, 3000);

    memset(text, 'x', 2999);
    ck_assert(put_text(segment, "neighbour's", text, atd_test_pool));
    for (int i = 0; i < 2000; i++) {
        const atd_segment_key_t key = key_of(segment, "flood", apr_psprintf(atd_test_pool, "%d", i), atd_test_pool);
        const atd_segment_entry_t entry = {.front = text, .front_length = 2999};

        ck_assert(atd_segment_put(segment, &key, &entry, 25));
    }
    atd_segment_usage(&usage, segment, atd_test_pool);
    ck_assert_uint_le(blocks_in(segment, "flood"), usage.size / 4);
    ck_assert_uint_gt(blocks_in(segment, "flood"), usage.size / 5);
    ck_assert_str_eq(get_text(segment, "neighbour's", atd_test_pool), text);
    check_audit(segment);
}
END_TEST

START_TEST(checked_is_set_only_on_the_entry_it_was_read_from)
{
    atd_segment_t *segment = make_segment(SIZE);
    const atd_segment_key_t key = key_of(segment, "site", "a", atd_test_pool);
    const atd_segment_entry_t entry = {.front = "x", .front_length = 1, .checked = 10};
    atd_segment_hit_t hit;

    ck_assert(atd_segment_put(segment, &key, &entry, 100));
    atd_segment_set_checked(segment, &key, 9, 20);
    ck_assert(atd_segment_get(&hit, segment, &key, false, atd_test_pool));
    ck_assert_int_eq(hit.checked, 10);
    atd_segment_set_checked(segment, &key, 10, 20);
    ck_assert(atd_segment_get(&hit, segment, &key, false, atd_test_pool));
    ck_assert_int_eq(hit.checked, 20);
}
END_TEST

START_TEST(one_gets_the_lease)
{
    atd_segment_t *segment = make_segment(SIZE);
    const atd_segment_key_t key = key_of(segment, "site", "a", atd_test_pool);
    const apr_time_t now = apr_time_from_sec(1800000000);
    apr_uint64_t token, other;

    ck_assert(atd_segment_lease(&token, segment, &key, now, 1000000));
    ck_assert(!atd_segment_lease(&other, segment, &key, now + 500000, 1000000));
    atd_segment_release(segment, &key, token);
    ck_assert(atd_segment_lease(&token, segment, &key, now + 500000, 1000000));
    ck_assert_msg(atd_segment_lease(&other, segment, &key, now + 1600000, 1000000), "it ends by itself");
    atd_segment_release(segment, &key, token); /* too late: not ours any more */
    ck_assert(!atd_segment_lease(&token, segment, &key, now + 1600000, 1000000));
    ck_assert_msg(atd_segment_lease(&token, segment, &key, now - apr_time_from_sec(3600), 1000000),
                  "a clock that was set back does not keep it");
}
END_TEST

static bool is_wanted(void *baton, const void *key, apr_size_t key_length, const char *front, apr_size_t front_length)
{
    (void)key;
    (void)key_length;
    return front_length == 1 && *front == *(const char *)baton;
}

START_TEST(purge_removes_what_matches)
{
    atd_segment_t *segment = make_segment(4 * SIZE);
    char wanted = 'x';

    for (int i = 0; i < 100; i++)
        ck_assert(put_text(segment, apr_psprintf(atd_test_pool, "%d", i), i % 3 ? "x" : "y", atd_test_pool));
    ck_assert_uint_eq(atd_segment_purge(segment, is_wanted, &wanted, atd_test_pool), 66);
    ck_assert_ptr_null(get_text(segment, "1", atd_test_pool));
    ck_assert_str_eq(get_text(segment, "0", atd_test_pool), "y");
    check_audit(segment);
}
END_TEST

/* ---- damage ---- */

static unsigned long random_state = 1;

static unsigned next_random(void)
{
    random_state = random_state * 6364136223846793005ul + 1442695040888963407ul;
    return (unsigned)(random_state >> 33);
}

/* Behind the header's own facts, which are compared when a process attaches. */
#define HEADER_FACTS 128

static void check_all(const atd_segment_t *segment, apr_pool_t *pool)
{
    for (int i = 0; i < 40; i++) {
        const char *text = get_text(segment, apr_psprintf(pool, "%d", i), pool);

        ck_assert_msg(!text || strncmp(text, apr_psprintf(pool, "%d:", i), strlen(apr_psprintf(pool, "%d:", i))) == 0,
                      "entry %d is %s", i, text);
    }
}

static const char *long_text(int number, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, 4000);
    int length = apr_snprintf(text, 4000, "%d:", number);

    memset(text + length, 'a' + number % 26, 2000);
    text[length + 2000] = '\0';
    return text;
}

START_TEST(damage_is_at_worst_a_miss)
{
    const apr_size_t size = ATD_SEGMENT_MIN_SIZE;
    memory_t *memory = make_memory(size);
    atd_segment_t *segment = attach_memory(memory, size, atd_test_pool);
    apr_pool_t *pool;

    apr_pool_create(&pool, atd_test_pool);
    for (int round = 0; round < 2000; round++) {
        int number = round % 40;

        put_text(segment, apr_psprintf(pool, "%d", number), long_text(number, pool), pool);
        for (int i = 0; i < 50; i++)
            memory->bytes[HEADER_FACTS + next_random() % (size - HEADER_FACTS)] ^= (char)(1 << next_random() % 8);
        check_all(segment, pool);
        apr_pool_clear(pool);
    }
}
END_TEST

START_TEST(nonsense_is_at_worst_a_miss)
{
    static const unsigned char fillings[] = {0x00, 0xFF, 0x01, 0x7F, 0xFE};
    const apr_size_t size = ATD_SEGMENT_MIN_SIZE;
    memory_t *memory = make_memory(size);
    atd_segment_t *segment = attach_memory(memory, size, atd_test_pool);

    put_text(segment, "1", "1:x", atd_test_pool);
    memset(memory->bytes + HEADER_FACTS, fillings[_i], size - HEADER_FACTS);
    check_all(segment, atd_test_pool);
    put_text(segment, "1", "1:y", atd_test_pool); /* repairs its stripe, or gives up */
    put_text(segment, "1", "1:z", atd_test_pool);
    check_all(segment, atd_test_pool);
}
END_TEST

/* ---- eviction: a Zipf(1.0) trace of ten times what fits, beside an ideal LRU of the same capacity ---- */

#define PAGES 4000
#define REQUESTS 200000

static double zipf_sums[PAGES];

static void make_zipf(void)
{
    double sum = 0;

    for (int i = 0; i < PAGES; i++)
        zipf_sums[i] = sum += 1.0 / (i + 1);
}

static int next_page(void)
{
    double point = next_random() / 2147483648.0 * zipf_sums[PAGES - 1];
    int low = 0, high = PAGES - 1;

    while (low < high) {
        int middle = (low + high) / 2;

        if (zipf_sums[middle] < point)
            low = middle + 1;
        else
            high = middle;
    }
    return (int)((unsigned)low * 2654435761u % PAGES); /* popular pages are anywhere */
}

/* Time of last use; the least recent one goes. Linear, and fast enough for a test. */
static bool use_lru(int *last, int page, int now, int capacity)
{
    static int held;
    int oldest = -1;
    bool hit = last[page] > 0;

    if (now == 1)
        held = 0;
    last[page] = now;
    if (hit || ++held <= capacity)
        return hit;
    for (int i = 0; i < PAGES; i++) {
        if (last[i] > 0 && (oldest < 0 || last[i] < last[oldest]))
            oldest = i;
    }
    last[oldest] = 0;
    held--;
    return false;
}

START_TEST(hit_rate_is_near_that_of_an_ideal_lru)
{
    atd_segment_t *segment = make_segment(4 * SIZE);
    char *text = apr_pcalloc(atd_test_pool, 9000);
    int *last = apr_pcalloc(atd_test_pool, PAGES * sizeof(int));
    atd_segment_usage_t usage;
    int hits = 0, ideal = 0, capacity;
    apr_pool_t *pool;

    memset(text, 'x', 8999);
    make_zipf();
    atd_segment_usage(&usage, segment, atd_test_pool);
    capacity = (int)(usage.size / (9 * 1024));
    ck_assert_int_lt(capacity * 9, PAGES);
    apr_pool_create(&pool, atd_test_pool);
    for (int i = 1; i <= REQUESTS; i++) {
        int page = next_page();
        const char *name = apr_psprintf(pool, "%d", page);

        ideal += use_lru(last, page, i, capacity);
        if (get_text(segment, name, pool))
            hits++;
        else
            ck_assert(put_text(segment, name, text, pool));
        apr_pool_clear(pool);
    }
    printf("hit rate %.1f %%, ideal LRU %.1f %%\n", 100.0 * hits / REQUESTS, 100.0 * ideal / REQUESTS);
    ck_assert_msg(hits + REQUESTS / 20 >= ideal, "%d hits, an ideal LRU has %d", hits, ideal);
    check_audit(segment);
}
END_TEST

Suite *segment_suite(void)
{
    Suite *suite = suite_create("segment");
    TCase *tests = atd_test_case(suite, "one process");
    TCase *slow = atd_test_case(suite, "damage and eviction");

    tcase_add_test(tests, too_small_is_refused);
    tcase_add_test(tests, other_versions_and_sizes_are_refused);
    tcase_add_test(tests, what_is_put_is_got);
    tcase_add_test(tests, every_length_survives);
    tcase_add_test(tests, newer_replaces_older);
    tcase_add_test(tests, removed_is_gone);
    tcase_add_test(tests, too_large_is_refused_and_the_old_one_goes_on);
    tcase_add_test(tests, without_the_lock_nothing_is_stored_and_all_is_read);
    tcase_add_test(tests, a_site_holds_no_more_than_its_share);
    tcase_add_test(tests, checked_is_set_only_on_the_entry_it_was_read_from);
    tcase_add_test(tests, one_gets_the_lease);
    tcase_add_test(tests, purge_removes_what_matches);
    tcase_set_timeout(slow, 120);
    tcase_add_test(slow, damage_is_at_worst_a_miss);
    tcase_add_loop_test(slow, nonsense_is_at_worst_a_miss, 0, 5);
    tcase_add_test(slow, hit_rate_is_near_that_of_an_ideal_lru);
    return suite;
}
