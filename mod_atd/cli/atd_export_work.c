/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/atd_export_work.h"

#include "site/atd_page.h"

#include <apr_strings.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Items that a process takes at a time: neighbours have the same folder. */
#define CHUNK 8

/* What a process tells: a letter and a text, which ends with NUL. */
#define TELL_REDIRECT 'R'
#define TELL_ERROR 'E'
#define TELL_FATAL 'F'

/* Of the index in each process's memory, KiB: what it is asked for is all over the file. */
#define CACHE (64 * 1024)

#define MAX_TOLD ((apr_size_t)256 * 1024 * 1024)
#define DAY ((apr_interval_time_t)24 * 3600 * 1000 * 1000)

/* What the processes share. */
typedef struct shared_t {
    atomic_int next; /* item that nobody has taken yet */
    atomic_bool stop;
    unsigned char done[];
} shared_t;

typedef struct worker_t {
    const atd_export_work_t *work;
    shared_t *shared;
    const atd_site_t *site;
    int out;
    apr_pool_t *each; /* of one item */
} worker_t;

/* ---- in a process of its own ---- */

static void tell(const worker_t *worker, char kind, const char *text)
{
    const char *line = apr_psprintf(worker->each, "%c%s", kind, text);
    apr_size_t length = strlen(line) + 1;

    while (length > 0) {
        ssize_t count = write(worker->out, line, length);

        if (count < 0 && errno != EINTR)
            _exit(EXIT_FAILURE); /* nobody listens any more */
        if (count > 0) {
            line += count;
            length -= (apr_size_t)count;
        }
    }
}

static const char *lines_of(const atd_error_t *error, apr_pool_t *pool)
{
    const char *line = atd_error_line(error, pool);

    return error->excerpt ? apr_pstrcat(pool, line, "\n    ", error->excerpt, NULL) : line;
}

static void give_up(const worker_t *worker, const atd_error_t *error)
{
    atomic_store(&worker->shared->stop, true);
    tell(worker, TELL_FATAL, lines_of(error, worker->each));
}

/* Below the own host the path alone, so that the files can be looked at under another name first. */
static const char *without_origin(const atd_site_t *site, const char *url)
{
    apr_size_t length = strlen(site->origin);

    return strncmp(url, site->origin, length) == 0 && url[length] == '/' ? url + length : url;
}

static void note_redirect(const worker_t *worker, const char *path, const atd_page_t *page)
{
    const char *from = without_origin(worker->site, atd_site_url(worker->site, path, worker->each));
    const char *to = without_origin(worker->site, page->location);

    if (strcmp(from, to) != 0)
        tell(worker, TELL_REDIRECT, apr_psprintf(worker->each, "%s %s %d", from, to, page->status));
}

static atd_export_done_t put(const worker_t *worker, const char *file, const atd_page_t *page)
{
    const atd_error_t *error =
        atd_export_folder_put(worker->work->folder, file, page->body, page->length, worker->each);

    if (error)
        give_up(worker, error);
    return error ? ATD_EXPORT_FAILED : ATD_EXPORT_WRITTEN;
}

static atd_export_done_t make_page(const worker_t *worker, const atd_export_item_t *item)
{
    atd_route_t route = {.kind = ATD_ROUTE_NONE};
    int wanted = item->kind == ATD_EXPORT_MISSING ? 404 : 200;
    atd_page_t page;

    if (item->kind != ATD_EXPORT_MISSING)
        atd_route_parse(&route, item->path, worker->each);
    atd_page_make(&page, worker->site, &route, worker->each);
    if (page.status == wanted && item->file)
        return put(worker, item->file, &page);
    if (page.location)
        note_redirect(worker, item->path, &page);
    if (page.status < 500)
        return ATD_EXPORT_ABSENT;
    tell(worker, TELL_ERROR,
         page.error ? lines_of(page.error, worker->each) : apr_psprintf(worker->each, "%s: can't be made", item->path));
    return ATD_EXPORT_FAILED;
}

/* A file that is gone, or may not be read any more, is told of like a page that can't be made. */
static atd_export_done_t copy_file(const worker_t *worker, const atd_export_item_t *item)
{
    atd_stamp_t stamp;
    const atd_error_t *error;
    int fd;

    error = atd_file_open(&fd, &stamp, &worker->site->content, item->path, worker->each);
    if (error) {
        tell(worker, TELL_ERROR, lines_of(error, worker->each));
        return ATD_EXPORT_FAILED;
    }
    error = atd_export_folder_copy(worker->work->folder, item->file, fd, stamp.size, worker->each);
    close(fd);
    if (error)
        give_up(worker, error);
    return error ? ATD_EXPORT_FAILED : ATD_EXPORT_WRITTEN;
}

/* From the end: lists and feeds take longest, so that the processes end at the same time if they come first. */
static void work_off(const worker_t *worker)
{
    const apr_array_header_t *items = worker->work->items;
    int from;

    while ((from = atomic_fetch_add(&worker->shared->next, CHUNK)) < items->nelts) {
        for (int i = from; i < from + CHUNK && i < items->nelts && !atomic_load(&worker->shared->stop); i++) {
            int at = items->nelts - 1 - i;
            const atd_export_item_t *item = &APR_ARRAY_IDX(items, at, atd_export_item_t);

            worker->shared->done[at] =
                (unsigned char)(item->kind == ATD_EXPORT_COPY ? copy_file(worker, item) : make_page(worker, item));
            apr_pool_clear(worker->each);
        }
    }
}

/* The index is as the first process left it: a scan would see what was edited meanwhile on some pages only. */
static atd_error_t *open_site(worker_t *worker, apr_pool_t *pool)
{
    const atd_export_work_t *work = worker->work;
    atd_index_policy_t *policy = apr_pcalloc(pool, sizeof *policy);
    atd_site_config_t config = *work->config;
    atd_error_t *error = atd_index_open(&config.index, &config.content, work->index, pool);

    if (error)
        return error;
    atd_index_set_cache(config.index, CACHE);
    config.content.memo = atd_memo_create(pool);
    policy->interval = DAY;
    policy->renderer = config.renderer;
    config.policy = policy;
    return atd_site_open(&worker->site, &config, NULL, pool);
}

static void run(worker_t *worker, int job, apr_pool_t *pool)
{
    const atd_error_t *error;

    apr_pool_create(&worker->each, pool);
    atd_export_folder_share(worker->work->folder, job);
    error = open_site(worker, pool);
    if (error)
        give_up(worker, error);
    else
        work_off(worker);
}

/* ---- in the first process ---- */

typedef struct process_t {
    pid_t id; /* -1: it could not be started */
    int in;   /* -1: it has said all */
    atd_buffer_t *told;
} process_t;

static void start(process_t *process, worker_t *worker, int job, apr_pool_t *pool)
{
    int ends[2];

    *process = (process_t){.id = -1, .in = -1, .told = atd_buffer_create(pool, 256, MAX_TOLD)};
    if (pipe(ends) != 0)
        return;
    process->id = fork();
    if (process->id == 0) {
        close(ends[0]);
        worker->out = ends[1];
        run(worker, job, pool);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    if (process->id > 0)
        process->in = ends[0];
    else
        close(ends[0]);
}

static void listen_to(process_t *process)
{
    char part[16 * 1024];
    ssize_t count = read(process->in, part, sizeof part);

    if (count > 0)
        atd_buffer_add(process->told, part, (apr_size_t)count);
    else if (count == 0 || errno != EINTR) {
        close(process->in);
        process->in = -1;
    }
}

static void listen_to_all(process_t *processes, int count)
{
    struct pollfd ends[ATD_EXPORT_MAX_JOBS];
    int open = 1;

    while (open > 0) {
        open = 0;
        for (int i = 0; i < count; i++) {
            ends[i] = (struct pollfd){.fd = processes[i].in, .events = POLLIN};
            open += processes[i].in >= 0;
        }
        if (open == 0 || poll(ends, (nfds_t)count, -1) < 0)
            continue;
        for (int i = 0; i < count; i++) {
            if (processes[i].in >= 0 && ends[i].revents)
                listen_to(&processes[i]);
        }
    }
}

/* @return what ended it before its time; or NULL */
static const char *wait_for(const process_t *process, apr_pool_t *pool)
{
    int status = 0;
    pid_t got;

    if (process->id < 0)
        return "a process could not be started";
    do
        got = waitpid(process->id, &status, 0);
    while (got < 0 && errno == EINTR);
    if (got == process->id && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return NULL;
    return WIFSIGNALED(status) ? apr_psprintf(pool, "a process was ended by signal %d", WTERMSIG(status))
                               : "a process ended before its work was done";
}

static void take(atd_export_result_t *result, const char *told)
{
    if (*told == TELL_REDIRECT)
        APR_ARRAY_PUSH(result->redirects, const char *) = told + 1;
    else if (*told == TELL_ERROR)
        APR_ARRAY_PUSH(result->errors, const char *) = told + 1;
    else if (!result->fatal)
        result->fatal = told + 1;
}

static void take_all(atd_export_result_t *result, atd_buffer_t *told)
{
    const char *bytes;
    apr_size_t length;
    const atd_error_t *error = atd_buffer_take(&bytes, &length, told, "what there is to tell");

    if (error)
        result->fatal = error->message;
    for (const char *at = error ? NULL : bytes; at && at < bytes + length; at += strlen(at) + 1)
        take(result, at);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Which process tells what first is chance. */
static void sort(apr_array_header_t *texts)
{
    const char **text = (const char **)texts->elts;
    int kept = 0;

    qsort(texts->elts, (apr_size_t)texts->nelts, sizeof(const char *), compare_texts);
    for (int i = 0; i < texts->nelts; i++) {
        if (kept == 0 || strcmp(text[kept - 1], text[i]) != 0)
            text[kept++] = text[i];
    }
    texts->nelts = kept;
}

static shared_t *make_shared(int items)
{
    void *shared =
        mmap(NULL, sizeof(shared_t) + (apr_size_t)items, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return shared == MAP_FAILED ? NULL : shared;
}

void atd_export_work(atd_export_result_t *result, const atd_export_work_t *work, apr_pool_t *pool)
{
    worker_t worker = {.work = work, .shared = make_shared(work->items->nelts)};
    process_t processes[ATD_EXPORT_MAX_JOBS];

    *result = (atd_export_result_t){.redirects = apr_array_make(pool, 16, sizeof(const char *)),
                                    .errors = apr_array_make(pool, 16, sizeof(const char *))};
    if (!worker.shared) {
        result->fatal = "there is no memory to share with other processes";
        return;
    }
    for (int i = 0; i < work->jobs; i++)
        start(&processes[i], &worker, i, pool);
    listen_to_all(processes, work->jobs);
    for (int i = 0; i < work->jobs; i++) {
        const char *why = wait_for(&processes[i], pool);

        take_all(result, processes[i].told);
        if (why && !result->fatal)
            result->fatal = why;
    }
    sort(result->redirects);
    sort(result->errors);
    result->done = worker.shared->done;
}
