/* SPDX-License-Identifier: Apache-2.0 */
#include "encoding_fixture.h"
#include "segment_fixture.h"
#include "site/atd_cache.h"
#include "site_fixture.h"

#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE ((apr_size_t)4 * 1024 * 1024)
#define HTML "text/html; charset=utf-8"
#define MILLISECONDS ((apr_interval_time_t)1000)
#define SECOND (1000 * MILLISECONDS)
#define THREADS 32
#define FILE_MAX ((apr_size_t)4 * 1024 * 1024)

/* ---- a page of one file: what is in the file decides what becomes of it ---- */

typedef struct maker_t {
    atomic_int calls;
    bool personal, any_origin;
    apr_time_t until, modified;
    apr_interval_time_t nap;
    void (*during)(void); /* is called once, while the page is made */
} maker_t;

static maker_t maker;
static memory_t *memory;
static atd_cache_t cache;
static atd_cache_request_t request;
static atd_root_t roots[ATD_SOURCES_ROOTS];

static void fill_page(atd_page_t *page, const atd_error_t *error, const char *text, apr_pool_t *pool)
{
    *page = (atd_page_t){.status = 200, .type = HTML, .body = text, .tags = "post-a", .modified = maker.modified};
    page->any_origin = maker.any_origin;
    page->personal = maker.personal;
    if (error) {
        page->status = 404;
        page->body = "missing";
    } else if (strncmp(text, "broken", 6) == 0) {
        page->status = 500;
        page->error = atd_error_make(pool, ATD_E_IO, &(atd_place_t){.file = "a.md"}, "is broken");
    } else if (strncmp(text, "gone", 4) == 0) {
        page->status = 410;
    } else if (strncmp(text, "later", 5) == 0) {
        page->status = 503;
    }
    page->length = strlen(page->body);
}

static void make_page(atd_page_t *page, atd_sources_t *sources, void *baton, apr_pool_t *pool)
{
    atd_root_t root = test_content;
    void (*during)(void) = maker.during;
    const atd_error_t *error;
    atd_file_t file = {0};

    (void)baton;
    atomic_fetch_add(&maker.calls, 1);
    if (during) {
        maker.during = NULL;
        during();
    }
    if (maker.nap)
        apr_sleep(maker.nap);
    root.watch = atd_sources_watch(sources, ATD_SOURCES_CONTENT);
    error = atd_file_read(&file, &root, "a.md", FILE_MAX, pool);
    atd_sources_until(sources, maker.until);
    fill_page(page, error, file.bytes, pool);
}

/* An hour ahead of the files: they are settled whenever they were written. */
static void cache_setup(void)
{
    memset(&maker, 0, sizeof maker);
    maker.any_origin = true;
    memory = make_memory(SIZE);
    cache = (atd_cache_t){.segment = attach_memory(memory, SIZE, atd_test_pool), .share = 50};
    roots[ATD_SOURCES_CONTENT] = test_content;
    roots[ATD_SOURCES_THEME] = (atd_root_t){0};
    request = (atd_cache_request_t){.key = "site\0a",
                                    .key_length = 6,
                                    .site_length = 5,
                                    .origin = "https://example.org",
                                    .now = apr_time_now() + 3600 * SECOND,
                                    .revalidate = SECOND,
                                    .roots = roots,
                                    .make = make_page};
}

static void write_page(const char *text)
{
    put_file("a.md", repeated(text, 100));
}

/* ---- asking ---- */

static const char *place = ""; /* in a story */

static const atd_page_t *got(const char *outcome)
{
    atd_page_t *page = apr_pcalloc(atd_test_pool, sizeof *page);
    atd_outcome_t found;

    atd_cache_get(page, &found, &cache, &request, atd_test_pool);
    ck_assert_msg(strcmp(atd_outcome_name(found), outcome) == 0, "%s: expected %s, got %s", place, outcome,
                  atd_outcome_name(found));
    return page;
}

static const char *text_of(const atd_page_t *page)
{
    return decoded(NULL, page->encoding, page->body, page->length);
}

static void check_body(const atd_page_t *page, const char *text)
{
    ck_assert_msg(strncmp(text_of(page), text, strlen(text)) == 0, "%s: expected %s, got %.20s", place, text,
                  text_of(page));
}

static int calls(void)
{
    return atomic_load(&maker.calls);
}

/* ---- what happens over time ---- */

#define REMOVE "(remove)"
#define MOST_STEPS 8

typedef struct step_t {
    const char *write; /* into the file; NULL: leave it. Texts of different lengths, so that stamps differ for sure. */
    apr_interval_time_t after;
    const char *outcome;
    const char *body;
    int status; /* 200 where it is 0 */
    int calls;  /* of make() so far */
} step_t;

typedef struct story_t {
    const char *name;
    apr_interval_time_t revalidate;
    apr_interval_time_t ends; /* from the beginning; 0: never */
    bool personal;
    step_t steps[MOST_STEPS];
} story_t;

static const story_t stories[] = {
    {"fresh, then checked, then made anew", .revalidate = SECOND,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {NULL, 999 * MILLISECONDS, "hit", "one", 0, 1},
               {NULL, MILLISECONDS, "checked", "one", 0, 1},
               {"three", 999 * MILLISECONDS, "hit", "one", 0, 1},
               {NULL, MILLISECONDS, "miss", "three", 0, 2},
               {NULL, 0, "hit", "three", 0, 2},
               {NULL, -60 * SECOND, "checked", "three", 0, 2}}},
    {"a look each time", .revalidate = 0,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {NULL, 0, "checked", "one", 0, 1},
               {"three", 0, "miss", "three", 0, 2},
               {NULL, SECOND, "checked", "three", 0, 2}}},
    {"broken: the last good page goes on", .revalidate = SECOND,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {"broken", SECOND, "last-good", "one", 0, 2},
               {NULL, 0, "hit", "one", 0, 2},
               {NULL, SECOND, "last-good", "one", 0, 3},
               {"three", SECOND, "miss", "three", 0, 4}}},
    {"broken from the beginning: made once in a second", .revalidate = 3600 * SECOND,
     .steps = {{"broken", 0, "miss", "broken", 500, 1},
               {NULL, 999 * MILLISECONDS, "hit", "broken", 500, 1},
               {NULL, MILLISECONDS, "miss", "broken", 500, 2},
               {"three", SECOND, "miss", "three", 0, 3}}},
    {"gone: no last good page, and nothing kept", .revalidate = SECOND,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {REMOVE, SECOND, "bypass", "missing", 404, 2},
               {NULL, 0, "bypass", "missing", 404, 3},
               {"broken", 0, "miss", "broken", 500, 4},
               {"three", SECOND, "miss", "three", 0, 5}}},
    {"taken back for good", .revalidate = SECOND,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {"gone", SECOND, "miss", "gone", 410, 2},
               {NULL, 0, "hit", "gone", 410, 2},
               {"broken", SECOND, "miss", "broken", 500, 3}}},
    {"not now: never kept, and no reason to lose or to confirm what was there", .revalidate = SECOND,
     .steps = {{"later", 0, "bypass", "later", 503, 1},
               {NULL, 0, "bypass", "later", 503, 2},
               {"one", 0, "miss", "one", 0, 3},
               {"later", SECOND, "last-good", "one", 0, 4},
               {NULL, 0, "last-good", "one", 0, 5},
               {"three", 0, "miss", "three", 0, 6}}},
    {"an end", .revalidate = 60 * SECOND, .ends = 10 * SECOND,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {NULL, 9 * SECOND, "hit", "one", 0, 1},
               {NULL, SECOND, "miss", "one", 0, 2},
               {NULL, SECOND, "hit", "one", 0, 2}}},
    {"an end is no time for the last good page", .revalidate = SECOND, .ends = 10 * SECOND,
     .steps = {{"one", 0, "miss", "one", 0, 1},
               {"broken", 10 * SECOND, "miss", "broken", 500, 2},
               {NULL, 500 * MILLISECONDS, "hit", "broken", 500, 2}}},
    {"for one's own eyes", .revalidate = SECOND, .personal = true,
     .steps = {{"one", 0, "bypass", "one", 0, 1},
               {NULL, 0, "bypass", "one", 0, 2},
               {"broken", 0, "bypass", "broken", 500, 3}}},
};

#define STORIES (int)(sizeof stories / sizeof *stories)

static void take_step(const step_t *step)
{
    const atd_page_t *page;

    if (step->write && strcmp(step->write, REMOVE) == 0)
        remove_file("a.md");
    else if (step->write)
        write_page(step->write);
    request.now += step->after;
    page = got(step->outcome);
    ck_assert_int_eq(page->status, step->status ? step->status : 200);
    check_body(page, step->body);
    ck_assert_int_eq(calls(), step->calls);
    ck_assert_int_eq(page->personal, maker.personal);
    ck_assert(page->ends == 0 || page->ends > request.now);
}

/* Each story once for each representation: they must not differ. */
START_TEST(pages_over_time)
{
    const story_t *story = &stories[_i / 3];

    request.encoding = (atd_encoding_t)(_i % 3);
    request.revalidate = story->revalidate;
    maker.until = story->ends ? request.now + story->ends : 0;
    maker.personal = story->personal;
    for (int i = 0; i < MOST_STEPS && story->steps[i].outcome; i++) {
        place = apr_psprintf(atd_test_pool, "%s, step %d", story->name, i);
        take_step(&story->steps[i]);
    }
    check_audit(cache.segment);
}
END_TEST

START_TEST(a_change_just_now_is_not_stored)
{
    write_page("one");
    request.now = apr_time_now();
    check_body(got("bypass"), "one");
    request.now = apr_time_now() + SECOND;
    check_body(got("miss"), "one");
}
END_TEST

/* ---- others hold the lease: asked again while the page is made ---- */

static const char *inner_outcome;
static const char *inner_body;

static void ask_within(void)
{
    const atd_page_t *page = got(inner_outcome);

    check_body(page, inner_body);
}

static void make_while(const char *outcome, const char *body)
{
    inner_outcome = outcome;
    inner_body = body;
    maker.during = ask_within;
}

START_TEST(others_get_the_old_page_while_one_makes_the_new)
{
    request.encoding = (atd_encoding_t)_i;
    write_page("one");
    got("miss");
    write_page("three");
    request.now += SECOND;
    make_while("stale", "one");
    check_body(got("miss"), "three");
    ck_assert_int_eq(calls(), 2);
    check_body(got("hit"), "three");
}
END_TEST

START_TEST(others_see_no_old_page_where_each_looks)
{
    request.revalidate = 0;
    write_page("one");
    got("miss");
    write_page("three");
    make_while("bypass", "three");
    check_body(got("miss"), "three");
    ck_assert_int_eq(calls(), 3);
}
END_TEST

/* Real time from here on, since waiting takes some. */
static void use_real_time(void)
{
    apr_sleep(30 * MILLISECONDS);
    request.now = apr_time_now();
}

START_TEST(who_waits_in_vain_makes_it_without_storing)
{
    write_page("one");
    use_real_time();
    make_while("bypass", "one");
    check_body(got("miss"), "one");
    ck_assert_int_eq(calls(), 2);
    ck_assert_int_ge(apr_time_now() - request.now, ATD_CACHE_PATIENCE);
}
END_TEST

static void die(void)
{
    _exit(0);
}

START_TEST(a_dead_holder_blocks_nobody_for_long)
{
    pid_t pid;

    write_page("one");
    use_real_time();
    pid = fork();
    if (pid == 0) {
        maker.during = die;
        got("miss");
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    check_body(got("bypass"), "one");
    request.now += ATD_CACHE_LEASE;
    check_body(got("miss"), "one");
    check_body(got("hit"), "one");
}
END_TEST

/* ---- threads ---- */

typedef struct client_t {
    pthread_t thread;
    atd_cache_request_t request;
    atd_outcome_t outcome;
    int status;
    bool good;
} client_t;

static void *ask(void *data)
{
    client_t *client = data;
    atd_page_t page;
    apr_pool_t *pool;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    atd_cache_get(&page, &client->outcome, &cache, &client->request, pool);
    client->status = page.status;
    client->good = page.length == 300 && strncmp(page.body, "oneone", 6) == 0;
    apr_pool_destroy(pool);
    return NULL;
}

static void ask_from_threads(client_t *clients)
{
    for (int i = 0; i < THREADS; i++) {
        clients[i].request = request;
        ck_assert_int_eq(pthread_create(&clients[i].thread, NULL, ask, &clients[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(clients[i].thread, NULL);
}

START_TEST(one_of_many_makes_the_first_page)
{
    client_t clients[THREADS] = {0};

    write_page("one");
    use_real_time();
    maker.nap = (apr_interval_time_t)(_i % 4) * 10 * MILLISECONDS;
    ask_from_threads(clients);
    if (apr_time_now() - request.now < ATD_CACHE_PATIENCE) /* else the machine is too busy to tell */
        ck_assert_int_eq(calls(), 1);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(clients[i].good, "thread %d", i);
}
END_TEST

START_TEST(one_of_many_makes_the_next_page)
{
    client_t clients[THREADS] = {0};

    write_page("three");
    use_real_time();
    got("miss");
    write_page("one");
    use_real_time();
    request.now += SECOND;
    maker.nap = 30 * MILLISECONDS;
    ask_from_threads(clients);
    ck_assert_int_eq(calls(), 2);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(clients[i].good || clients[i].outcome == ATD_OUTCOME_STALE, "thread %d", i);
}
END_TEST

START_TEST(a_page_that_is_not_stored_is_waited_for_no_longer_than_it_takes)
{
    client_t clients[THREADS] = {0};

    use_real_time();
    maker.nap = 10 * MILLISECONDS;
    ask_from_threads(clients);
    if (!getenv("ATD_QUICK")) /* which says that all is slow */
        ck_assert_int_lt(apr_time_now() - request.now, ATD_CACHE_PATIENCE);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(clients[i].status, 404);
}
END_TEST

/* ---- encodings ---- */

static bool is_identity(void *baton, const void *key, apr_size_t key_length, const char *front, apr_size_t length)
{
    atd_page_t page;

    (void)baton;
    (void)key;
    (void)key_length;
    return atd_page_unpack(&page, front, length) && page.encoding == ATD_IDENTITY;
}

static void evict_identity(void)
{
    ck_assert_uint_eq(atd_segment_purge(cache.segment, is_identity, NULL, atd_test_pool), 1);
}

START_TEST(each_encoding_has_its_own_tag)
{
    const atd_page_t *pages[3];

    write_page("one");
    for (int i = 0; i < 3; i++) {
        request.encoding = (atd_encoding_t)i;
        pages[i] = got(i == 0 ? "miss" : "hit");
        ck_assert_int_eq(pages[i]->encoding, i);
        check_body(pages[i], "one");
        ck_assert_int_eq(pages[i]->etag[0], '"');
    }
    ck_assert_int_eq(calls(), 1);
    ck_assert_str_ne(pages[0]->etag, pages[1]->etag);
    ck_assert_str_ne(pages[1]->etag, pages[2]->etag);
    ck_assert_ptr_null(pages[0]->plain_etag);
    ck_assert_str_eq(pages[1]->plain_etag, pages[0]->etag);
    ck_assert_str_eq(pages[2]->plain_etag, pages[0]->etag);
}
END_TEST

START_TEST(short_pages_are_sent_as_they_are)
{
    put_file("a.md", "short");
    request.encoding = ATD_GZIP;
    ck_assert_int_eq(got("miss")->encoding, ATD_IDENTITY);
    ck_assert_int_eq(got("hit")->encoding, ATD_IDENTITY);
    ck_assert_int_eq(calls(), 1);
}
END_TEST

START_TEST(an_encoding_lives_without_its_identity)
{
    request.encoding = (atd_encoding_t)_i;
    write_page("one");
    got("miss");
    evict_identity();
    check_body(got("hit"), "one");
    request.now += SECOND;
    check_body(got("checked"), "one");
    write_page("broken");
    request.now += SECOND;
    check_body(got("last-good"), "one");
    request.revalidate = SECOND / 2;
    request.now += SECOND / 2; /* the error page is still kept */
    check_body(got("last-good"), "one");
    write_page("three");
    request.now += SECOND;
    check_body(got("miss"), "three");
}
END_TEST

START_TEST(a_page_that_becomes_short_leaves_no_compressed_one)
{
    request.encoding = ATD_GZIP;
    write_page("one");
    got("miss");
    put_file("a.md", "short");
    request.now += SECOND;
    check_body(got("miss"), "short");
    check_body(got("hit"), "short");
    request.now += SECOND;
    make_while("stale", "short");
    put_file("a.md", "shorter");
    check_body(got("miss"), "shorter");
}
END_TEST

/* The same bytes with a later end: the compressed page gets it, too. */
START_TEST(an_encoding_takes_the_new_facts_of_the_same_bytes)
{
    request.encoding = ATD_GZIP;
    request.revalidate = 3600 * SECOND;
    write_page("one");
    maker.until = request.now + 10 * SECOND;
    ck_assert_int_eq(got("miss")->ends, maker.until);
    request.now += 10 * SECOND;
    maker.until = request.now + 20 * SECOND;
    ck_assert_int_eq(got("miss")->ends, maker.until);
    ck_assert_int_eq(got("hit")->ends, maker.until);
    ck_assert_int_eq(calls(), 2);
}
END_TEST

START_TEST(improved_takes_the_place_of_the_cheap_one)
{
    const atd_page_t *page;

    request.encoding = (atd_encoding_t)_i;
    ck_assert(!atd_cache_improve(&cache, &request, atd_test_pool));
    write_page("one two three four five six seven ");
    ck_assert(!got("miss")->best);
    ck_assert(atd_cache_improve(&cache, &request, atd_test_pool));
    ck_assert(!atd_cache_improve(&cache, &request, atd_test_pool));
    page = got("hit");
    ck_assert(page->best);
    check_body(page, "one two three");
    request.now += SECOND;
    ck_assert(got("checked")->best);
    evict_identity();
    ck_assert(!atd_cache_improve(&cache, &request, atd_test_pool));
    ck_assert_int_eq(calls(), 1);
}
END_TEST

START_TEST(uses_are_counted)
{
    write_page("one");
    ck_assert_uint_eq(got("miss")->uses, 0);
    for (unsigned i = 0; i < ATD_SEGMENT_MANY_USES; i++)
        got("hit");
    ck_assert_uint_eq(got("hit")->uses, ATD_SEGMENT_MANY_USES);
    ck_assert_uint_eq(atd_segment_counted(cache.segment, ATD_COUNT_HIT), ATD_SEGMENT_MANY_USES + 1);
    ck_assert_uint_eq(atd_segment_counted(cache.segment, ATD_COUNT_MISS), 1);
    ck_assert_uint_eq(atd_segment_counted(cache.segment, ATD_COUNT_RENDER), 1);
}
END_TEST

/* ---- keys ---- */

START_TEST(the_origin_counts_only_where_the_page_shows_it)
{
    write_page("one");
    maker.any_origin = _i;
    got("miss");
    request.origin = "http://127.0.0.1";
    got(_i ? "hit" : "miss");
    ck_assert_int_eq(calls(), _i ? 1 : 2);
}
END_TEST

/* From and to `url:` in site.yaml: what was stored under the other key may not hide what is new. */
START_TEST(a_page_may_begin_or_cease_to_show_the_origin)
{
    request.encoding = (atd_encoding_t)(_i / 2);
    maker.any_origin = _i % 2;
    write_page("one");
    got("miss");
    maker.any_origin = !maker.any_origin;
    write_page("three");
    request.now += SECOND;
    check_body(got("miss"), "three");
    check_body(got("hit"), "three");
    ck_assert_int_eq(calls(), 2);
}
END_TEST

START_TEST(other_keys_are_other_pages)
{
    write_page("one");
    got("miss");
    request.key = "site\0b";
    got("miss");
    request.key = "etis\0a";
    got("miss");
    ck_assert_int_eq(calls(), 3);
}
END_TEST

/* ---- what does not fit ---- */

START_TEST(too_large_is_served_and_the_old_one_goes)
{
    write_page("one");
    got("miss");
    put_file("a.md", repeated("0123456789abcdef", 1024 * 80));
    request.now += SECOND;
    check_body(got("bypass"), "0123456789");
    make_while("bypass", "0123456789");
    check_body(got("bypass"), "0123456789");
}
END_TEST

START_TEST(without_the_lock_all_is_served)
{
    const atd_segment_lock_t never = {refuse_lock, unlock_memory, memory};

    cache.segment = atd_segment_attach(memory->bytes, SIZE, &never, atd_test_pool);
    write_page("one");
    check_body(got("bypass"), "one");
    check_body(got("bypass"), "one");
    request.encoding = ATD_GZIP;
    check_body(got("bypass"), "one");
}
END_TEST

/* ---- the rest ---- */

START_TEST(peeking_makes_nothing)
{
    atd_page_t page;

    write_page("one");
    ck_assert(!atd_cache_peek(&page, &cache, &request, atd_test_pool));
    got("miss");
    ck_assert(atd_cache_peek(&page, &cache, &request, atd_test_pool));
    check_body(&page, "one");
    ck_assert(atd_cache_peek(&page, &cache, &request, atd_test_pool));
    ck_assert_uint_gt(page.uses, 0);
    request.now += SECOND;
    ck_assert(!atd_cache_peek(&page, &cache, &request, atd_test_pool));
    ck_assert_int_eq(calls(), 1);
}
END_TEST

typedef struct modified_t {
    apr_time_t said;     /* by the author, from now; 0: nothing */
    apr_time_t expected; /* from now; 0: that of the file */
} modified_t;

static const modified_t modified_cases[] = {{0, 0}, {-7200 * SECOND, -7200 * SECOND}, {SECOND, -1}};

START_TEST(last_modified_is_what_the_author_says_and_never_ahead)
{
    const modified_t *time = &modified_cases[_i];
    apr_time_t expected = time->expected == -1 ? request.now : request.now + time->expected;
    const atd_page_t *page;

    write_page("one");
    maker.modified = time->said ? request.now + time->said : 0;
    page = got("miss");
    if (time->expected)
        ck_assert_int_eq(page->modified, expected);
    else
        ck_assert(page->modified > request.now - 3700 * SECOND && page->modified < request.now - 3500 * SECOND);
    ck_assert_int_eq(got("hit")->modified, page->modified);
}
END_TEST

START_TEST(without_a_cache_it_is_the_same_page)
{
    atd_page_t page;

    request.encoding = (atd_encoding_t)_i;
    write_page("one");
    atd_cache_make(&page, &request, atd_test_pool);
    check_body(&page, "one");
    ck_assert_int_eq(page.encoding, _i);
    ck_assert_str_eq(page.etag, got("miss")->etag);
}
END_TEST

/* ---- a second level, in which one object fits ---- */

static const char *second_bytes;
static apr_size_t second_length;

static bool get_second(void *baton, const unsigned char *id, const char **bytes, apr_size_t *length, apr_pool_t *pool)
{
    (void)baton;
    (void)id;
    if (!second_bytes)
        return false;
    *bytes = apr_pmemdup(pool, second_bytes, second_length);
    *length = second_length;
    return true;
}

static bool put_second(void *baton, const unsigned char *id, const char *bytes, apr_size_t length, apr_time_t expires)
{
    (void)baton;
    (void)id;
    ck_assert_int_gt(expires, request.now);
    second_bytes = apr_pmemdup(atd_test_pool, bytes, length);
    second_length = length;
    return true;
}

START_TEST(what_another_machine_made_is_taken)
{
    const atd_second_t second = {.get = get_second, .put = put_second};

    second_bytes = NULL;
    cache.second = &second;
    write_page("one");
    got("miss");
    ck_assert_ptr_nonnull(second_bytes);
    cache.segment = make_segment(SIZE); /* the other machine, which has the same files */
    check_body(got("second"), "one");
    check_body(got("hit"), "one");
    ck_assert_int_eq(calls(), 1);
    write_page("three");
    request.now += SECOND;
    check_body(got("miss"), "three");
}
END_TEST

static TCase *cache_test_case(Suite *suite, const char *name)
{
    TCase *tests = site_test_case(suite, name);

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, cache_setup, NULL);
    return tests;
}

static void add_flights(TCase *tests)
{
    tcase_add_loop_test(tests, others_get_the_old_page_while_one_makes_the_new, 0, 3);
    tcase_add_test(tests, others_see_no_old_page_where_each_looks);
    tcase_add_test(tests, who_waits_in_vain_makes_it_without_storing);
    tcase_add_test(tests, a_dead_holder_blocks_nobody_for_long);
    tcase_add_loop_test(tests, one_of_many_makes_the_first_page, 0, 20);
    tcase_add_loop_test(tests, one_of_many_makes_the_next_page, 0, 5);
    tcase_add_test(tests, a_page_that_is_not_stored_is_waited_for_no_longer_than_it_takes);
}

static void add_encodings(TCase *tests)
{
    tcase_add_test(tests, each_encoding_has_its_own_tag);
    tcase_add_test(tests, short_pages_are_sent_as_they_are);
    tcase_add_loop_test(tests, an_encoding_lives_without_its_identity, ATD_GZIP, ATD_BROTLI + 1);
    tcase_add_test(tests, a_page_that_becomes_short_leaves_no_compressed_one);
    tcase_add_test(tests, an_encoding_takes_the_new_facts_of_the_same_bytes);
    tcase_add_loop_test(tests, improved_takes_the_place_of_the_cheap_one, ATD_GZIP, ATD_BROTLI + 1);
}

static void add_others(TCase *tests)
{
    tcase_add_loop_test(tests, pages_over_time, 0, 3 * STORIES);
    tcase_add_test(tests, a_change_just_now_is_not_stored);
    tcase_add_test(tests, uses_are_counted);
    tcase_add_loop_test(tests, the_origin_counts_only_where_the_page_shows_it, 0, 2);
    tcase_add_loop_test(tests, a_page_may_begin_or_cease_to_show_the_origin, 0, 6);
    tcase_add_test(tests, other_keys_are_other_pages);
    tcase_add_test(tests, too_large_is_served_and_the_old_one_goes);
    tcase_add_test(tests, without_the_lock_all_is_served);
    tcase_add_test(tests, peeking_makes_nothing);
    tcase_add_loop_test(tests, without_a_cache_it_is_the_same_page, 0, 3);
    tcase_add_test(tests, what_another_machine_made_is_taken);
    tcase_add_loop_test(tests, last_modified_is_what_the_author_says_and_never_ahead, 0, 3);
}

Suite *cache_suite(void)
{
    Suite *suite = suite_create("cache");

    add_others(cache_test_case(suite, "pages over time"));
    add_flights(cache_test_case(suite, "single flight"));
    add_encodings(cache_test_case(suite, "encodings"));
    return suite;
}
