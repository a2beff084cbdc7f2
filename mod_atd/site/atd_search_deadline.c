/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_search_deadline.h"

#include <stdint.h>
#include <time.h>

/* Instructions of SQLite's virtual machine between two looks at the clock: some ten microseconds. */
#define INSTRUCTIONS 500

/* Milliseconds modulo 2^32, so that a deadline fits into the handler's pointer and needs no owner. */
static uint32_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint32_t)((uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000);
}

static int is_over(void *deadline)
{
    return now() - (uint32_t)(uintptr_t)deadline < UINT32_MAX / 2;
}

void atd_search_deadline_set(sqlite3 *db, apr_interval_time_t time)
{
    uint32_t milliseconds = time < 1000 ? 1 : (uint32_t)(time / 1000);

    sqlite3_progress_handler(db, INSTRUCTIONS, is_over, (void *)(uintptr_t)(now() + milliseconds));
}

void atd_search_deadline_clear(sqlite3 *db)
{
    sqlite3_progress_handler(db, 0, NULL, NULL);
}
