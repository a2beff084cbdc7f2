/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_backend.h"

#include "httpd/mod_atd.h"

#include <ap_provider.h>
#include <ap_socache.h>
#include <apr_global_mutex.h>
#include <apr_network_io.h>
#include <apr_strings.h>
#include <http_log.h>
#include <util_mutex.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

APLOG_USE_MODULE(atd);

#define NAME "mod_atd"
#define MUTEX_TYPE "atd-backend"
#define RETAINED "mod_atd-backend"

#define LOCK_PATIENCE ((apr_interval_time_t)50 * 1000)
#define LOCK_NAP 200
#define STOP_PATIENCE ((apr_interval_time_t)200 * 1000)
#define WARN_PAUSE ((apr_interval_time_t)60 * 1000 * 1000)

/* Objects that wait; each may be as large as ATD_SECOND_MAX. */
#define QUEUE 16

/* A larger object that is refused tells what the backend's limit is; a smaller one, that it is out of order. */
#define SURELY_FITS 16384

/* One call. It belongs to the request that waits for it, else to the thread. */
typedef struct job_t {
    apr_pool_t *pool;
    bool puts, waited_for, done;
    unsigned char id[ATD_SECOND_ID];
    unsigned char *bytes;
    unsigned length;
    apr_time_t expires;
    apr_status_t status;
} job_t;

/* What the configuration says, and what it comes to in this process. */
static struct {
    const char *spec;
    const ap_socache_provider_t *provider;
    ap_socache_instance_t *instance;
    apr_global_mutex_t *mutex; /* NULL: needs none */
    server_rec *server;
} backend;

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t wanted;   /* the thread waits for it: there is work */
    pthread_cond_t answered; /* requests wait for it, and who ends the thread */
    pthread_t thread;
    job_t *jobs[QUEUE];
    unsigned count;
    bool runs, ended;
    apr_time_t started; /* of the call that is being made; 0: none is */
    bool failed;
    apr_time_t retry;   /* no call before */
    apr_time_t warned;  /* when the log was last told */
    apr_size_t largest; /* most that it is known to take */
} worker = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wanted = PTHREAD_COND_INITIALIZER};

/* ---- whether it works; with the worker's mutex held ---- */

static void note_failure(apr_status_t status, const char *what)
{
    apr_time_t now = apr_time_now();

    worker.failed = true;
    worker.retry = now + ATD_BACKEND_PAUSE;
    if (worker.warned && now - worker.warned < WARN_PAUSE)
        return;
    worker.warned = now;
    ap_log_error(APLOG_MARK, APLOG_WARNING, status, backend.server,
                 "mod_atd: AtdCacheBackend %s %s: pages are made without it, and it is tried again every %d seconds",
                 backend.spec, what, (int)apr_time_sec(ATD_BACKEND_PAUSE));
}

static void note_success(void)
{
    if (worker.failed)
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, backend.server, "mod_atd: AtdCacheBackend %s works again",
                     backend.spec);
    worker.failed = false;
    worker.retry = 0;
}

/* Providers have no status of their own for it. */
static bool is_refused_for_size(const job_t *job)
{
    return job->puts && job->length > SURELY_FITS && (APR_STATUS_IS_ENOSPC(job->status) || job->status == APR_EGENERAL);
}

/* A provider that knows its server to be down says that it found nothing: that tells nothing. */
static void judge(const job_t *job, apr_interval_time_t spent)
{
    if (spent > ATD_BACKEND_PATIENCE)
        note_failure(job->status, "is slow");
    else if (is_refused_for_size(job))
        worker.largest = job->length - 1;
    else if (job->status == APR_SUCCESS)
        note_success();
    else if (job->puts || !APR_STATUS_IS_NOTFOUND(job->status))
        note_failure(job->status, "fails");
    else if (worker.failed)
        worker.retry = 0;
}

/* Where it had failed, one may try, and the others go on without. */
static bool may_call(void)
{
    apr_time_t now = apr_time_now();
    bool hangs = worker.started && now - worker.started > ATD_BACKEND_PATIENCE;

    if (!worker.runs || worker.count == QUEUE || hangs || now < worker.retry)
        return false;
    if (worker.failed)
        worker.retry = now + ATD_BACKEND_PAUSE;
    return true;
}

/* ---- the thread ---- */

static apr_status_t lock(void)
{
    apr_time_t end = apr_time_now() + LOCK_PATIENCE;
    apr_status_t status = APR_SUCCESS;

    while (backend.mutex && APR_STATUS_IS_EBUSY(status = apr_global_mutex_trylock(backend.mutex))) {
        if (apr_time_now() > end)
            return APR_TIMEUP;
        apr_sleep(LOCK_NAP);
    }
    return status;
}

static apr_status_t call(job_t *job)
{
    const ap_socache_provider_t *provider = backend.provider;
    apr_status_t status = lock();

    if (status)
        return status;
    if (job->puts)
        status = provider->store(backend.instance, backend.server, job->id, sizeof job->id, job->expires, job->bytes,
                                 job->length, job->pool);
    else
        status = provider->retrieve(backend.instance, backend.server, job->id, sizeof job->id, job->bytes, &job->length,
                                    job->pool);
    if (backend.mutex)
        apr_global_mutex_unlock(backend.mutex);
    return status;
}

static job_t *take(void)
{
    job_t *job;

    while (worker.runs && worker.count == 0)
        pthread_cond_wait(&worker.wanted, &worker.mutex);
    if (!worker.runs)
        return NULL;
    job = worker.jobs[0];
    worker.count--;
    memmove(worker.jobs, worker.jobs + 1, worker.count * sizeof *worker.jobs);
    return job;
}

/* Without the worker's mutex while the call lasts. */
static void serve(job_t *job)
{
    apr_time_t started = apr_time_now();

    worker.started = started;
    pthread_mutex_unlock(&worker.mutex);
    job->status = call(job);
    pthread_mutex_lock(&worker.mutex);
    worker.started = 0;
    judge(job, apr_time_now() - started);
}

/* What nobody waits for any more is not asked for. */
static void *work(void *data)
{
    job_t *job;

    (void)data;
    pthread_mutex_lock(&worker.mutex);
    while ((job = take()) != NULL) {
        if (job->puts || job->waited_for)
            serve(job);
        job->done = true;
        if (job->waited_for)
            pthread_cond_broadcast(&worker.answered);
        else
            apr_pool_destroy(job->pool);
    }
    worker.ended = true;
    pthread_cond_broadcast(&worker.answered);
    pthread_mutex_unlock(&worker.mutex);
    return NULL;
}

/* ---- requests ---- */

static job_t *make_job(const unsigned char *id, apr_size_t length)
{
    apr_pool_t *pool;
    job_t *job;

    if (apr_pool_create_unmanaged_ex(&pool, NULL, NULL))
        return NULL;
    job = apr_pcalloc(pool, sizeof *job);
    job->pool = pool;
    memcpy(job->id, id, sizeof job->id);
    job->bytes = apr_palloc(pool, length + 1);
    job->length = (unsigned)length;
    return job;
}

static bool enqueue(job_t *job)
{
    if (!may_call())
        return false;
    worker.jobs[worker.count++] = job;
    pthread_cond_signal(&worker.wanted);
    return true;
}

static struct timespec deadline(apr_interval_time_t after)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_nsec += (long)after * 1000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

/* @return false where the answer did not come in time: the job is the thread's then */
static bool await(job_t *job)
{
    const struct timespec end = deadline(ATD_BACKEND_PATIENCE);
    int status = 0;

    while (!job->done && status == 0)
        status = pthread_cond_timedwait(&worker.answered, &worker.mutex, &end);
    if (job->done)
        return true;
    job->waited_for = false;
    note_failure(APR_TIMEUP, "does not answer in time");
    return false;
}

/* @return false where the job is not ours any more */
static bool ask(job_t *job)
{
    bool answered = true;

    job->waited_for = true;
    job->status = APR_NOTFOUND;
    pthread_mutex_lock(&worker.mutex);
    if (enqueue(job))
        answered = await(job);
    pthread_mutex_unlock(&worker.mutex);
    return answered;
}

/* So that requests which come while it is left alone copy nothing. */
static bool is_worth_a_call(apr_size_t length)
{
    bool worth;

    pthread_mutex_lock(&worker.mutex);
    worth = worker.runs && apr_time_now() >= worker.retry && length <= worker.largest;
    pthread_mutex_unlock(&worker.mutex);
    return worth;
}

static bool get(void *baton, const unsigned char *id, const char **bytes, apr_size_t *length, apr_pool_t *pool)
{
    job_t *job = is_worth_a_call(0) ? make_job(id, ATD_SECOND_MAX) : NULL;
    bool found;

    (void)baton;
    if (!job || !ask(job))
        return false;
    found = job->status == APR_SUCCESS && job->length <= ATD_SECOND_MAX;
    if (found) {
        *bytes = apr_pmemdup(pool, job->bytes, job->length);
        *length = job->length;
    }
    apr_pool_destroy(job->pool);
    return found;
}

static bool put(void *baton, const unsigned char *id, const char *bytes, apr_size_t length, apr_time_t expires)
{
    job_t *job = is_worth_a_call(length) ? make_job(id, length) : NULL;
    bool queued;

    (void)baton;
    if (!job)
        return false;
    memcpy(job->bytes, bytes, length);
    job->puts = true;
    job->expires = expires;
    pthread_mutex_lock(&worker.mutex);
    queued = enqueue(job);
    pthread_mutex_unlock(&worker.mutex);
    if (!queued)
        apr_pool_destroy(job->pool);
    return queued;
}

const atd_second_t *atd_backend_second(void)
{
    static const atd_second_t second = {.get = get, .put = put};

    return backend.instance ? &second : NULL;
}

/* ---- the directive ---- */

typedef struct kind_t {
    const char *name;
    bool has_servers;
} kind_t;

static const kind_t *find_kind(const char *name)
{
    static const kind_t kinds[] = {{"redis", true}, {"memcache", true}, {"shmcb", false}};

    for (apr_size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

static bool is_server(const char *text, apr_pool_t *pool)
{
    char *host, *scope;
    apr_port_t port;

    return apr_parse_addr_port(&host, &scope, &port, text, pool) == APR_SUCCESS && host && port > 0;
}

static bool are_servers(const char *list, apr_pool_t *pool)
{
    char *state;
    const char *item = apr_strtok(apr_pstrdup(pool, list), ",", &state);

    if (!item)
        return false;
    for (; item; item = apr_strtok(NULL, ",", &state)) {
        if (!is_server(item, pool))
            return false;
    }
    return true;
}

static const char *list_providers(apr_pool_t *pool)
{
    const apr_array_header_t *list =
        ap_list_provider_names(pool, AP_SOCACHE_PROVIDER_GROUP, AP_SOCACHE_PROVIDER_VERSION);
    const char *names = NULL;

    for (int i = 0; i < list->nelts; i++) {
        const char *name = APR_ARRAY_IDX(list, i, ap_list_provider_names_t).provider_name;

        if (find_kind(name))
            names = names ? apr_pstrcat(pool, names, ", ", name, NULL) : name;
    }
    return names ? names : "none";
}

static const char *create(const cmd_parms *cmd, const char *spec, const char *name, const char *arguments)
{
    const ap_socache_provider_t *provider =
        ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, name, AP_SOCACHE_PROVIDER_VERSION);
    const char *refusal;

    if (!provider)
        return apr_psprintf(cmd->pool,
                            "AtdCacheBackend '%s': write 'LoadModule socache_%s_module modules/mod_socache_%s.so' "
                            "above it; of those that it can use these are loaded: %s",
                            spec, name, name, list_providers(cmd->pool));
    refusal = provider->create(&backend.instance, arguments, cmd->temp_pool, cmd->pool);
    if (refusal) {
        backend.instance = NULL;
        return apr_psprintf(cmd->pool, "AtdCacheBackend '%s': %s", spec, refusal);
    }
    backend.provider = provider;
    backend.spec = spec;
    return NULL;
}

const char *atd_backend_set(cmd_parms *cmd, void *record, const char *spec)
{
    const char *refusal = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *colon = strchr(spec, ':');
    const char *name = colon ? apr_pstrmemdup(cmd->pool, spec, (apr_size_t)(colon - spec)) : "";
    const kind_t *kind = find_kind(name);

    (void)record;
    if (refusal)
        return refusal;
    backend.instance = NULL;
    if (strcasecmp(spec, "none") == 0)
        return NULL;
    if (!kind || (kind->has_servers && !are_servers(colon + 1, cmd->temp_pool)))
        return apr_psprintf(cmd->pool,
                            "AtdCacheBackend '%s': must be none, redis:HOST:PORT, memcache:HOST:PORT[,HOST:PORT...] "
                            "or shmcb:[PATH(SIZE)]",
                            spec);
    return create(cmd, spec, name, colon + 1);
}

/* ---- its life ---- */

apr_status_t atd_backend_declare(apr_pool_t *pconf)
{
    memset(&backend, 0, sizeof backend);
    return ap_mutex_register(pconf, MUTEX_TYPE, NULL, APR_LOCK_DEFAULT, 0);
}

static apr_status_t destroy(void *data)
{
    (void)data;
    if (backend.instance)
        backend.provider->destroy(backend.instance, backend.server);
    backend.instance = NULL;
    return APR_SUCCESS;
}

/* Kept over restarts: children of the generation before still use it. */
static apr_status_t open_mutex(server_rec *s)
{
    apr_global_mutex_t **retained = ap_retained_data_get(RETAINED);
    apr_status_t status = APR_SUCCESS;

    if (!(backend.provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE))
        return APR_SUCCESS;
    if (!retained)
        retained = ap_retained_data_create(RETAINED, sizeof(apr_global_mutex_t *));
    if (!*retained)
        status = ap_global_mutex_create(retained, NULL, MUTEX_TYPE, NULL, s, s->process->pool, 0);
    if (status)
        *retained = NULL;
    backend.mutex = *retained;
    return status;
}

void atd_backend_open(apr_pool_t *pconf, server_rec *s)
{
    static const struct ap_socache_hints hints = {
        .avg_id_len = ATD_SECOND_ID,
        .avg_obj_size = 32 * 1024,
        .expiry_interval = (apr_interval_time_t)60 * 1000 * 1000,
    };
    apr_status_t status;

    if (!backend.instance)
        return;
    backend.server = s;
    status = open_mutex(s);
    if (!status)
        status = backend.provider->init(backend.instance, NAME, &hints, s, pconf);
    if (status) {
        backend.instance = NULL;
        ap_log_error(APLOG_MARK, APLOG_ERR, status, s,
                     "mod_atd: can't use AtdCacheBackend %s: there is no second level", backend.spec);
        return;
    }
    apr_pool_cleanup_register(pconf, NULL, destroy, apr_pool_cleanup_null);
}

/* A thread that a server keeps waiting ends with the process. */
static apr_status_t stop(void *data)
{
    const struct timespec end = deadline(STOP_PATIENCE);
    int status = 0;
    bool ended;

    (void)data;
    pthread_mutex_lock(&worker.mutex);
    worker.runs = false;
    pthread_cond_signal(&worker.wanted);
    while (!worker.ended && status == 0)
        status = pthread_cond_timedwait(&worker.answered, &worker.mutex, &end);
    ended = worker.ended;
    pthread_mutex_unlock(&worker.mutex);
    if (ended)
        pthread_join(worker.thread, NULL);
    else
        pthread_detach(worker.thread);
    return APR_SUCCESS;
}

/* Signals are for httpd's own threads. */
static int start_thread(void)
{
    pthread_condattr_t monotonic;
    sigset_t all, before;
    int status;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker.answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    status = pthread_create(&worker.thread, NULL, work, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

void atd_backend_start(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status = APR_SUCCESS;

    if (!backend.instance)
        return;
    if (backend.mutex)
        status = apr_global_mutex_child_init(&backend.mutex, apr_global_mutex_lockfile(backend.mutex), pchild);
    worker.runs = true;
    worker.largest = ATD_SECOND_MAX;
    if (!status)
        status = start_thread();
    if (!status) {
        apr_pool_pre_cleanup_register(pchild, NULL, stop);
        return;
    }
    backend.instance = NULL;
    ap_log_error(APLOG_MARK, APLOG_WARNING, status, s, "mod_atd: a child can't use AtdCacheBackend %s", backend.spec);
}
