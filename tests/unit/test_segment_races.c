/* SPDX-License-Identifier: Apache-2.0 */
#include "segment_fixture.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Readers and writers at the same time, over threads and over processes, with writers that are killed. Every body says
 * which page it is of and carries a checksum of its own, so that a reader can tell a torn one.
 */
#define SIZE ((apr_size_t)2 * 1024 * 1024)

/* ThreadSanitizer's model of a mutex knows no owner that died. */
#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN true
#elif defined(__has_feature)
#define UNDER_TSAN __has_feature(thread_sanitizer)
#else
#define UNDER_TSAN false
#endif

#define PAGES 60
#define PROCESSES 4
#define THREADS 16
#define BODY_WORDS 1200

typedef struct shared_t {
    atomic_ulong reads, torn, hits;
    atomic_bool stop;
} shared_t;

typedef struct worker_t {
    const atd_segment_t *segment;
    shared_t *shared;
    unsigned long goal; /* reads of this thread */
    unsigned seed;
} worker_t;

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* words[0] page, words[1] count, words[last] a sum over all before. */
static apr_size_t make_body(uint32_t *words, uint32_t page, unsigned *state)
{
    uint32_t count = 4 + next_random(state) % (BODY_WORDS - 4);
    uint32_t version = next_random(state);
    uint32_t sum = 0;

    words[0] = page;
    words[1] = count;
    for (uint32_t i = 2; i < count - 1; i++)
        words[i] = version + i;
    for (uint32_t i = 0; i < count - 1; i++)
        sum = sum * 31 + words[i];
    words[count - 1] = sum;
    return count * sizeof *words;
}

static bool is_whole(const char *bytes, apr_size_t length, uint32_t page)
{
    const uint32_t *words = (const uint32_t *)(const void *)bytes;
    uint32_t sum = 0;

    if (length < 16 || words[0] != page || words[1] * sizeof *words != length)
        return false;
    for (uint32_t i = 0; i < words[1] - 1; i++)
        sum = sum * 31 + words[i];
    return words[words[1] - 1] == sum;
}

static void write_one(const atd_segment_t *segment, unsigned *state, apr_pool_t *pool)
{
    uint32_t body[BODY_WORDS];
    uint32_t page = next_random(state) % PAGES;
    const atd_segment_key_t key = key_of(segment, "site", apr_psprintf(pool, "page %u", page), pool);
    const atd_segment_entry_t entry = {
        .front = (const char *)body, .front_length = make_body(body, page, state), .back = "sources", .back_length = 7};

    if (next_random(state) % 10 == 0)
        atd_segment_remove(segment, &key);
    else
        atd_segment_put(segment, &key, &entry, 100);
}

static void *read_pages(void *data)
{
    const worker_t *worker = data;
    unsigned state = worker->seed;
    apr_pool_t *pool;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    for (unsigned long i = 0; i < worker->goal; i++) {
        uint32_t page = next_random(&state) % PAGES;
        const atd_segment_key_t key = key_of(worker->segment, "site", apr_psprintf(pool, "page %u", page), pool);
        atd_segment_hit_t hit;

        if (atd_segment_get(&hit, worker->segment, &key, i % 4 == 0, pool)) {
            atomic_fetch_add(&worker->shared->hits, 1);
            if (!is_whole(hit.front, hit.front_length, page) || (hit.back && memcmp(hit.back, "sources", 7) != 0))
                atomic_fetch_add(&worker->shared->torn, 1);
        }
        apr_pool_clear(pool);
    }
    atomic_fetch_add(&worker->shared->reads, worker->goal);
    apr_pool_destroy(pool);
    return NULL;
}

static void *write_pages(void *data)
{
    const worker_t *worker = data;
    unsigned state = worker->seed;
    apr_pool_t *pool;

    apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
    while (!atomic_load(&worker->shared->stop)) {
        write_one(worker->segment, &state, pool);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void run_readers(const atd_segment_t *segment, shared_t *shared, unsigned long goal, unsigned seed)
{
    pthread_t threads[THREADS];
    worker_t workers[THREADS];

    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker_t){segment, shared, goal, seed + i};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_pages, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static shared_t *make_shared(void)
{
    return mmap(NULL, sizeof(shared_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* A million where time allows; the environment variable is for runs under valgrind and sanitizers. */
static unsigned long reads_wanted(void)
{
    return getenv("ATD_QUICK") ? 50000 : 1000000;
}

START_TEST(threads_see_no_torn_page)
{
    atd_segment_t *segment = make_segment(SIZE);
    shared_t *shared = make_shared();
    worker_t writers[2] = {{segment, shared, 0, 1}, {segment, shared, 0, 2}};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_pages, &writers[i]), 0);
    run_readers(segment, shared, reads_wanted() / 4 / THREADS, 100);
    atomic_store(&shared->stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(atomic_load(&shared->torn), 0);
    ck_assert_uint_gt(atomic_load(&shared->hits), 0);
    check_audit(segment);
}
END_TEST

static pid_t start_writer(memory_t *memory, shared_t *shared, unsigned seed)
{
    pid_t pid = fork();
    apr_pool_t *pool;
    worker_t worker;

    if (pid != 0)
        return pid;
    apr_pool_create(&pool, NULL);
    worker = (worker_t){attach_memory(memory, SIZE, pool), shared, 0, seed};
    write_pages(&worker);
    _exit(0);
}

static pid_t start_readers(memory_t *memory, shared_t *shared, unsigned seed)
{
    pid_t pid = fork();
    apr_pool_t *pool;

    if (pid != 0)
        return pid;
    apr_pool_create(&pool, NULL);
    run_readers(attach_memory(memory, SIZE, pool), shared, reads_wanted() / PROCESSES / THREADS, seed);
    _exit(0);
}

static void wait_for(pid_t pid)
{
    int status;

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(processes_see_no_torn_page)
{
    memory_t *memory = make_memory(SIZE);
    shared_t *shared = make_shared();
    pid_t writers[2], readers[PROCESSES];

    for (unsigned i = 0; i < 2; i++)
        writers[i] = start_writer(memory, shared, i);
    for (unsigned i = 0; i < PROCESSES; i++)
        readers[i] = start_readers(memory, shared, 1000 * (i + 1));
    for (unsigned i = 0; i < PROCESSES; i++)
        wait_for(readers[i]);
    atomic_store(&shared->stop, true);
    for (unsigned i = 0; i < 2; i++)
        wait_for(writers[i]);
    ck_assert_uint_ge(atomic_load(&shared->reads), reads_wanted() / PROCESSES / THREADS * PROCESSES * THREADS);
    ck_assert_uint_eq(atomic_load(&shared->torn), 0);
    ck_assert_uint_gt(atomic_load(&shared->hits), 0);
    check_audit(attach_memory(memory, SIZE, atd_test_pool));
}
END_TEST

/* Two writers at a time; one of them dies in each round, at a moment that differs. */
static void kill_writers(memory_t *memory, shared_t *shared, int rounds)
{
    unsigned state = 42;

    for (int round = 0; round < rounds; round++) {
        pid_t victim = start_writer(memory, shared, 7 + (unsigned)round);

        usleep(500 + next_random(&state) % 2500);
        kill(victim, SIGKILL);
        ck_assert_int_eq(waitpid(victim, NULL, 0), victim);
    }
}

START_TEST(killed_writers_leave_nothing_torn)
{
    memory_t *memory = make_memory(SIZE);
    shared_t *shared = make_shared();
    atd_segment_t *segment = attach_memory(memory, SIZE, atd_test_pool);
    pid_t writer = start_writer(memory, shared, 1);
    pid_t reader = start_readers(memory, shared, 5000);
    unsigned state = 3;

    kill_writers(memory, shared, getenv("ATD_QUICK") ? 100 : 1000);
    atomic_store(&shared->stop, true);
    wait_for(writer);
    wait_for(reader);
    for (int i = 0; i < 20; i++) /* whatever the last victim left is found by the next writer */
        write_one(segment, &state, atd_test_pool);
    printf("%lu stripes repaired\n", (unsigned long)atd_segment_counted(segment, ATD_COUNT_REPAIR));
    ck_assert_uint_eq(atomic_load(&shared->torn), 0);
    ck_assert_uint_gt(atomic_load(&shared->hits), 0);
    check_audit(segment);
}
END_TEST

Suite *segment_races_suite(void)
{
    Suite *suite = suite_create("segment races");
    TCase *tests = atd_test_case(suite, "threads and processes");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, threads_see_no_torn_page);
    tcase_add_test(tests, processes_see_no_torn_page);
    if (!UNDER_TSAN)
        tcase_add_test(tests, killed_writers_leave_nothing_torn);
    return suite;
}
