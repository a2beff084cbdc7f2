/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_indexer.h"

#include "httpd/atd_report.h"
#include "httpd/atd_state.h"
#include "httpd/mod_atd.h"
#include "site/atd_index_pool.h"

#include <http_log.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

APLOG_USE_MODULE(atd);

#define QUEUE 16
#define LOWEST_PRIORITY 19

/* Reading goes on for so long at a time, and no shorter than four walks over all files; then others may have the index. */
#define SLICE ((apr_interval_time_t)200 * 1000)
#define WALKS 4
#define NAP ((apr_interval_time_t)2 * 1000)

#define PROGRESS ((apr_interval_time_t)5 * 1000 * 1000)

/* A content folder; its strings are of malloc(). */
typedef struct job_t {
    atd_root_t content;
    char *path, *below;
} job_t;

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t wanted;
    pthread_t thread;
    job_t jobs[QUEUE]; /* the first one is being worked at */
    unsigned count;
    atomic_bool runs;
    server_rec *server;
} indexer = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wanted = PTHREAD_COND_INITIALIZER};

/* A build as it goes on. */
typedef struct build_t {
    atd_report_t report;
    apr_time_t began, told;
    apr_time_t entered; /* the refresh */
    apr_time_t reading; /* began within it; 0: it walks */
    apr_int64_t files;
    bool announced;
} build_t;

static void free_job(job_t *job)
{
    free(job->path);
    free(job->below);
}

/* ---- building ---- */

static void tell_progress(build_t *build, apr_int64_t done, apr_int64_t all, apr_time_t now)
{
    if (!build->announced)
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, indexer.server,
                     "mod_atd: indexing %" APR_INT64_T_FMT " files of the blog in %s", all, build->report.blog);
    else if (now - build->told >= PROGRESS)
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, indexer.server,
                     "mod_atd: %" APR_INT64_T_FMT " files of the blog in %s are left to be indexed", all - done,
                     build->report.blog);
    else
        return;
    build->announced = true;
    build->told = now;
}

static bool go_on(void *baton, apr_int64_t done, apr_int64_t all)
{
    build_t *build = baton;
    apr_time_t now = apr_time_now();
    apr_interval_time_t slice;

    if (!build->reading)
        build->reading = now;
    slice = (build->reading - build->entered) * WALKS;
    tell_progress(build, done, all, now);
    return atomic_load(&indexer.runs) && now - build->reading <= (slice > SLICE ? slice : SLICE);
}

static void report(void *baton, const atd_error_t *finding)
{
    atd_report_finding(&((build_t *)baton)->report, finding);
}

/* @return true while there is more to do, and nobody else does it */
static bool refresh(build_t *build, const atd_root_t *content, apr_pool_t *pool)
{
    const atd_index_policy_t policy = {
        .renderer = &atd_renderer_inprocess, .report = report, .go_on = go_on, .baton = build};
    atd_index_state_t state = {0};
    atd_index_t *index;
    atd_error_t *error = atd_index_acquire(&index, atd_state_indexes(), content, pool);

    build->entered = apr_time_now();
    build->reading = 0;
    if (!error)
        error = atd_index_refresh(&state, index, &policy, pool);
    if (error && error->id == ATD_E_INDEX)
        atd_index_abandon(atd_state_indexes(), content, pool);
    if (error)
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, indexer.server, "mod_atd: indexing the blog in %s: %s",
                     build->report.blog, atd_error_line(error, pool));
    build->files = state.files;
    return !error && state.changed && !state.complete;
}

static void run(const atd_root_t *content)
{
    build_t build = {.began = apr_time_now(), .report = {.s = indexer.server}};
    bool more = true;
    apr_pool_t *pool;

    while (more && atomic_load(&indexer.runs)) {
        apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
        build.report.pool = pool;
        build.report.blog = atd_report_blog(content, pool);
        more = refresh(&build, content, pool);
        if (!more && build.announced)
            ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, indexer.server,
                         "mod_atd: indexed the blog in %s: %" APR_INT64_T_FMT " files, %.1f seconds", build.report.blog,
                         build.files, (double)(apr_time_now() - build.began) / APR_USEC_PER_SEC);
        if (!more)
            atd_report_end(&build.report);
        apr_pool_destroy(pool);
        apr_sleep(NAP);
    }
}

/* ---- the thread ---- */

/* Waits for a job. @return false where the thread shall end */
static bool look(job_t *job)
{
    pthread_mutex_lock(&indexer.mutex);
    while (atomic_load(&indexer.runs) && indexer.count == 0)
        pthread_cond_wait(&indexer.wanted, &indexer.mutex);
    if (indexer.count > 0)
        *job = indexer.jobs[0];
    pthread_mutex_unlock(&indexer.mutex);
    return atomic_load(&indexer.runs);
}

static void drop(void)
{
    pthread_mutex_lock(&indexer.mutex);
    free_job(&indexer.jobs[0]);
    indexer.count--;
    memmove(indexer.jobs, indexer.jobs + 1, indexer.count * sizeof *indexer.jobs);
    pthread_mutex_unlock(&indexer.mutex);
}

/* On Linux a thread has a priority of its own. */
static void *work(void *data)
{
    job_t job;

    (void)data;
    setpriority(PRIO_PROCESS, 0, LOWEST_PRIORITY);
    while (look(&job)) {
        run(&job.content);
        drop();
    }
    return NULL;
}

static apr_status_t stop(void *data)
{
    (void)data;
    atomic_store(&indexer.runs, false);
    pthread_mutex_lock(&indexer.mutex);
    pthread_cond_signal(&indexer.wanted);
    pthread_mutex_unlock(&indexer.mutex);
    pthread_join(indexer.thread, NULL);
    while (indexer.count > 0)
        free_job(&indexer.jobs[--indexer.count]);
    return APR_SUCCESS;
}

/* Signals are for httpd's own threads. */
void atd_indexer_start(apr_pool_t *pchild, server_rec *s)
{
    sigset_t all, before;
    int status;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    indexer.server = s;
    atomic_store(&indexer.runs, true);
    status = pthread_create(&indexer.thread, NULL, work, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    atomic_store(&indexer.runs, status == 0);
    if (status == 0)
        apr_pool_pre_cleanup_register(pchild, NULL, stop);
    else
        ap_log_error(APLOG_MARK, APLOG_WARNING, status, s,
                     "mod_atd: can't start a thread: large blogs are indexed by requests, a little at a time");
}

static bool is_same(const atd_root_t *a, const atd_root_t *b)
{
    return a->links == b->links && strcmp(a->path, b->path) == 0 &&
           strcmp(a->below ? a->below : "", b->below ? b->below : "") == 0;
}

static void add(const atd_root_t *content)
{
    job_t job = {.path = strdup(content->path), .below = content->below ? strdup(content->below) : NULL};

    if (!job.path || (content->below && !job.below)) {
        free_job(&job);
        return;
    }
    job.content = (atd_root_t){.path = job.path, .below = job.below, .links = content->links};
    indexer.jobs[indexer.count++] = job;
    pthread_cond_signal(&indexer.wanted);
}

void atd_indexer_offer(const atd_root_t *content)
{
    bool known = false;

    if (!atomic_load(&indexer.runs))
        return;
    pthread_mutex_lock(&indexer.mutex);
    for (unsigned i = 0; i < indexer.count; i++)
        known = known || is_same(&indexer.jobs[i].content, content);
    if (!known && indexer.count < QUEUE)
        add(content);
    pthread_mutex_unlock(&indexer.mutex);
}
