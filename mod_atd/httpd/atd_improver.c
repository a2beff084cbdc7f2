/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_improver.h"

#include "httpd/mod_atd.h"

#include <http_log.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

APLOG_USE_MODULE(atd);

#define QUEUE 16
#define LOWEST_PRIORITY 19

/* Of a request, what atd_cache_improve() reads; its strings are in one block of malloc()'s. */
typedef struct job_t {
    atd_cache_t cache;
    atd_cache_request_t request;
    char *block;
} job_t;

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t wanted;
    pthread_t thread;
    job_t jobs[QUEUE];
    unsigned count;
    bool runs;
} improver = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wanted = PTHREAD_COND_INITIALIZER};

/* Waits for the next job. @return false where the thread shall end */
static bool take(job_t *job)
{
    bool runs;

    pthread_mutex_lock(&improver.mutex);
    while (improver.runs && improver.count == 0)
        pthread_cond_wait(&improver.wanted, &improver.mutex);
    runs = improver.runs;
    if (runs) {
        *job = improver.jobs[0];
        improver.count--;
        memmove(improver.jobs, improver.jobs + 1, improver.count * sizeof *improver.jobs);
    }
    pthread_mutex_unlock(&improver.mutex);
    return runs;
}

/* On Linux a thread has a priority of its own. */
static void *work(void *data)
{
    job_t job;

    (void)data;
    setpriority(PRIO_PROCESS, 0, LOWEST_PRIORITY);
    while (take(&job)) {
        apr_pool_t *pool;

        apr_pool_create_unmanaged_ex(&pool, NULL, NULL);
        atd_cache_improve(&job.cache, &job.request, pool);
        apr_pool_destroy(pool);
        free(job.block);
    }
    return NULL;
}

static apr_status_t stop(void *data)
{
    (void)data;
    pthread_mutex_lock(&improver.mutex);
    improver.runs = false;
    pthread_cond_signal(&improver.wanted);
    pthread_mutex_unlock(&improver.mutex);
    pthread_join(improver.thread, NULL);
    while (improver.count > 0)
        free(improver.jobs[--improver.count].block);
    return APR_SUCCESS;
}

/* Signals are for httpd's own threads. */
void atd_improver_start(apr_pool_t *pchild, server_rec *s)
{
    sigset_t all, before;
    int status;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    improver.runs = true;
    status = pthread_create(&improver.thread, NULL, work, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    improver.runs = status == 0;
    if (status == 0)
        apr_pool_pre_cleanup_register(pchild, NULL, stop);
    else
        ap_log_error(APLOG_MARK, APLOG_WARNING, status, s,
                     "mod_atd: can't start a thread: compressed pages stay a tenth larger than they could be");
}

static bool make_job(job_t *job, const atd_cache_t *cache, const atd_cache_request_t *request)
{
    apr_size_t origin = strlen(request->origin) + 1;

    job->block = malloc(request->key_length + origin);
    if (!job->block)
        return false;
    memcpy(job->block, request->key, request->key_length);
    memcpy(job->block + request->key_length, request->origin, origin);
    job->cache = *cache;
    job->request = (atd_cache_request_t){
        .key = job->block,
        .key_length = request->key_length,
        .site_length = request->site_length,
        .origin = job->block + request->key_length,
        .encoding = request->encoding,
    };
    return true;
}

/* Exactly at one count of hits, so that a busy page is offered once and not at each hit. */
void atd_improver_offer(const atd_page_t *page, const atd_cache_t *cache, const atd_cache_request_t *request)
{
    if (page->encoding == ATD_IDENTITY || page->best || page->uses != ATD_SEGMENT_MANY_USES - 1)
        return;
    pthread_mutex_lock(&improver.mutex);
    if (improver.runs && improver.count < QUEUE && make_job(&improver.jobs[improver.count], cache, request)) {
        improver.count++;
        pthread_cond_signal(&improver.wanted);
    }
    pthread_mutex_unlock(&improver.mutex);
}
