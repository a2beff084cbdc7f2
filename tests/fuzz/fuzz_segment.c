/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_segment.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for damaged segments. An input is a row of commands of eight bytes: store, look up, remove and audit
 * entries, and write to the shared bytes, anywhere behind the header's own facts. Whatever was written: nobody reads
 * or writes outside of the segment, all ends, and what is found is whole.
 */
#define SEGMENT_SIZE ATD_SEGMENT_MIN_SIZE
#define HEADER_FACTS 128 /* magic, version, size and secrets, which are compared and not followed */
#define COMMANDS_MAX 64
#define KEYS 16

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *memory;
static char *fresh; /* as it is after formatting */

/* One command: what, which key, how long, where, which value. */
typedef struct command_t {
    uint8_t what;
    uint8_t key;
    uint16_t length;
    uint32_t at;
} command_t;

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool lock(void *baton)
{
    (void)baton;
    return true;
}

static void unlock(void *baton)
{
    (void)baton;
}

static void make_key(atd_segment_key_t *key, const atd_segment_t *segment, unsigned number, apr_pool_t *pool)
{
    const char *bytes = apr_psprintf(pool, "site %c key %u", 'a' + (char)(number % 2), number % KEYS);

    atd_segment_key(key, segment, bytes, strlen(bytes), 6);
}

static void put(const atd_segment_t *segment, const command_t *command, apr_pool_t *pool)
{
    atd_segment_entry_t entry = {.front_length = command->length, .back_length = command->at % 4096};
    atd_segment_key_t key;

    make_key(&key, segment, command->key, pool);
    entry.front = memset(apr_palloc(pool, entry.front_length + 1), 'a' + command->key % KEYS, entry.front_length);
    entry.back = memset(apr_palloc(pool, entry.back_length + 1), 'A' + command->key % KEYS, entry.back_length);
    atd_segment_put(segment, &key, &entry, 1 + command->at % 100);
}

static void check_bytes(const char *bytes, apr_size_t length, int byte)
{
    for (apr_size_t i = 0; i < length; i++)
        require(bytes[i] == byte);
}

static void get(const atd_segment_t *segment, const command_t *command, apr_pool_t *pool)
{
    atd_segment_hit_t hit;
    atd_segment_key_t key;

    make_key(&key, segment, command->key, pool);
    if (!atd_segment_get(&hit, segment, &key, command->length & 1, pool))
        return;
    check_bytes(hit.front, hit.front_length, 'a' + command->key % KEYS);
    check_bytes(hit.back, hit.back_length, 'A' + command->key % KEYS);
    atd_segment_set_checked(segment, &key, hit.checked, command->at);
}

static void drop(const atd_segment_t *segment, const command_t *command, apr_pool_t *pool)
{
    atd_segment_key_t key;

    make_key(&key, segment, command->key, pool);
    atd_segment_remove(segment, &key);
}

static void take_lease(const atd_segment_t *segment, const command_t *command, apr_pool_t *pool)
{
    atd_segment_key_t key;
    apr_uint64_t token;

    make_key(&key, segment, command->key, pool);
    if (atd_segment_lease(&token, segment, &key, command->at, command->length))
        atd_segment_release(segment, &key, token);
}

/* A byte, or a row of equal ones, so that sequences, indexes and sums are hit as a whole. */
static void damage(const command_t *command)
{
    size_t at = HEADER_FACTS + command->at % (SEGMENT_SIZE - HEADER_FACTS);
    size_t length = 1 + command->length % 8;

    memset(memory + at, command->key, length < SEGMENT_SIZE - at ? length : SEGMENT_SIZE - at);
}

static bool match(void *baton, const void *key, apr_size_t key_length, const char *front, apr_size_t front_length)
{
    const command_t *command = baton;

    (void)front;
    (void)front_length;
    return key_length > 5 && ((const char *)key)[5] == 'a' + command->key % 2;
}

static void look_around(const atd_segment_t *segment, command_t *command, apr_pool_t *pool)
{
    atd_segment_audit_t audit;
    atd_segment_usage_t usage;

    require(atd_segment_audit(&audit, segment, pool));
    atd_segment_usage(&usage, segment, pool);
    require(usage.site_count <= sizeof usage.sites / sizeof *usage.sites);
    if (command->length & 1)
        atd_segment_purge(segment, match, command, pool);
}

static void obey(const atd_segment_t *segment, command_t *command, apr_pool_t *pool)
{
    switch (command->what % 8) {
    case 0:
    case 1:
        put(segment, command, pool);
        break;
    case 2:
        get(segment, command, pool);
        break;
    case 3:
        drop(segment, command, pool);
        break;
    case 4:
        take_lease(segment, command, pool);
        break;
    case 5:
        look_around(segment, command, pool);
        break;
    default:
        damage(command);
    }
}

/* Whatever was done: writers mend what they find, so that in the end all that is stored is found. */
static void check_usable(const atd_segment_t *segment, apr_pool_t *pool)
{
    command_t store = {.length = 100, .at = 99};
    atd_segment_hit_t hit;
    atd_segment_key_t key;

    make_key(&key, segment, store.key, pool);
    for (int i = 0; i < 3; i++) { /* one that finds nonsense wipes the stripe and stores nothing */
        put(segment, &store, pool);
        if (atd_segment_get(&hit, segment, &key, true, pool))
            return;
    }
    abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    memory = aligned_alloc(64, SEGMENT_SIZE);
    fresh = malloc(SEGMENT_SIZE);
    require(memory && fresh && atd_segment_format(memory, SEGMENT_SIZE));
    memset(memory + 24, 's', 48); /* the secrets: the same places each time */
    memcpy(fresh, memory, SEGMENT_SIZE);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const atd_segment_lock_t port = {.lock = lock, .unlock = unlock};
    const atd_segment_t *segment;
    apr_pool_t *pool;

    if (size > COMMANDS_MAX * sizeof(command_t))
        return 0;
    apr_pool_create(&pool, NULL);
    memcpy(memory, fresh, SEGMENT_SIZE);
    segment = atd_segment_attach(memory, SEGMENT_SIZE, &port, pool);
    require(segment != NULL);
    for (size_t i = 0; i + sizeof(command_t) <= size; i += sizeof(command_t)) {
        command_t command;

        memcpy(&command, bytes + i, sizeof command);
        obey(segment, &command, pool);
    }
    check_usable(segment, pool);
    apr_pool_destroy(pool);
    return 0;
}
