/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_file.h"
#include "engine/atd_frontmatter.h"
#include "site/atd_page.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * CPU time of one page without a cache: bench_render FILE [ROUNDS]. FILE is a post. Three contestants take turns, so
 * that whatever else the machine does meets them alike:
 *
 *     cmark  cmark-gfm alone on the post's body, with the extensions that posts are rendered with
 *     body   this project's engine on the same: the HTML, its outline, the places of links and images
 *     page   all that a request without a cache costs: settings, file, front matter, body, view, template
 *
 * The theme is loaded once, as in a server process.
 */
#define ROUNDS 300
#define PAGES_PER_ROUND 10

typedef struct bench_t {
    const char *path; /* of the post, below the content folder */
    const char *body;
    apr_size_t length;
    atd_site_config_t config;
    apr_pool_t *pool; /* cleared after each page */
} bench_t;

static void require(const atd_error_t *error, apr_pool_t *pool)
{
    if (!error)
        return;
    fprintf(stderr, "%s\n", atd_error_line(error, pool));
    exit(EXIT_FAILURE);
}

/* ---- the contestants ---- */

static apr_size_t run_cmark(bench_t *bench)
{
    static const char *const extensions[] = {"table", "strikethrough", "autolink", "tagfilter", "tasklist"};
    const int flags = CMARK_OPT_SMART | CMARK_OPT_FOOTNOTES;
    cmark_parser *parser = cmark_parser_new(flags);
    cmark_node *root;
    apr_size_t length;
    char *html;

    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i]));
    cmark_parser_feed(parser, bench->body, bench->length);
    root = cmark_parser_finish(parser);
    html = cmark_render_html(root, flags, cmark_parser_get_syntax_extensions(parser));
    length = strlen(html);
    free(html);
    cmark_node_free(root);
    cmark_parser_free(parser);
    return length;
}

static apr_size_t run_body(bench_t *bench)
{
    const atd_renderer_t *renderer = &atd_renderer_inprocess;
    const atd_document_t *document;
    apr_size_t length;

    require(renderer->render(&document, renderer->baton, bench->body, bench->length, &atd_markdown_post_options,
                             bench->pool),
            bench->pool);
    atd_document_html(document, &length);
    return length;
}

static apr_size_t run_page(bench_t *bench)
{
    const atd_site_t *site;
    const atd_post_t *post;
    atd_page_t page;

    require(atd_site_open(&site, &bench->config, NULL, bench->pool), bench->pool);
    require(atd_post_load(&post, &site->content, bench->path, NULL, bench->pool), bench->pool);
    require(atd_page_of_post(&page, site, post, bench->pool), bench->pool);
    return page.length;
}

static const struct {
    const char *name;
    apr_size_t (*run)(bench_t *bench);
} contestants[] = {
    {"cmark", run_cmark},
    {"body", run_body},
    {"page", run_page},
};
#define CONTESTANTS (int)(sizeof contestants / sizeof *contestants)

/* ---- measuring ---- */

static double cpu_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Microseconds for one page. */
static double measure(bench_t *bench, int contestant, apr_size_t *length)
{
    double start = cpu_now();

    for (int i = 0; i < PAGES_PER_ROUND; i++) {
        *length = contestants[contestant].run(bench);
        apr_pool_clear(bench->pool);
    }
    return (cpu_now() - start) / PAGES_PER_ROUND;
}

static int compare_times(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void run(bench_t *bench, int rounds, apr_pool_t *pool)
{
    double *times[CONTESTANTS];
    apr_size_t lengths[CONTESTANTS];

    for (int i = 0; i < CONTESTANTS; i++) {
        times[i] = apr_palloc(pool, sizeof(double) * (apr_size_t)rounds);
        measure(bench, i, &lengths[i]); /* warms up */
    }
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < CONTESTANTS; i++)
            times[i][round] = measure(bench, i, &lengths[i]);
    printf("%-8s %12s %12s %14s %10s\n", "", "median us", "min us", "median/cmark", "bytes");
    for (int i = 0; i < CONTESTANTS; i++) {
        qsort(times[i], (size_t)rounds, sizeof(double), compare_times);
        printf("%-8s %12.1f %12.1f %14.2f %10lu\n", contestants[i].name, times[i][rounds / 2], times[i][0],
               times[i][rounds / 2] / times[0][rounds / 2], (unsigned long)lengths[i]);
    }
}

/* ---- set-up ---- */

static void prepare(bench_t *bench, const char *file, apr_pool_t *pool)
{
    const char *slash = strrchr(file, '/');
    const char *folder = slash ? apr_pstrmemdup(pool, file, (apr_size_t)(slash - file) + 1) : ".";
    atd_frontmatter_t parts;
    atd_file_t text;

    bench->path = slash ? slash + 1 : file;
    bench->config.content = (atd_root_t){.path = folder, .links = ATD_LINKS_FOLLOW};
    bench->config.base = "/blog";
    bench->config.origin = "https://www.example.org";
    bench->config.renderer = &atd_renderer_inprocess;
    bench->config.now = apr_time_now();
    require(atd_theme_load(&bench->config.theme, NULL, pool), pool);
    require(atd_file_read(&text, &bench->config.content, bench->path, APR_SIZE_MAX / 2, pool), pool);
    require(atd_frontmatter_parse(&parts, text.bytes, text.length, bench->path, pool), pool);
    bench->body = parts.body;
    bench->length = parts.body_length;
    apr_pool_create(&bench->pool, pool);
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS;
    bench_t bench = {0};
    apr_pool_t *pool;

    if (argc < 2 || rounds < 1) {
        fprintf(stderr, "usage: bench_render FILE [ROUNDS]\n");
        return EXIT_FAILURE;
    }
    apr_initialize();
    atexit(apr_terminate);
    atd_markdown_initialize();
    apr_pool_create(&pool, NULL);
    prepare(&bench, argv[1], pool);
    printf("%s: %lu bytes of Markdown, %d rounds of %d pages\n", bench.path, (unsigned long)bench.length, rounds,
           PAGES_PER_ROUND);
    run(&bench, rounds, pool);
    return EXIT_SUCCESS;
}
