/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "gfm_examples.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * cmark-gfm keeps state in globals. Here many threads render all examples of the GFM specification at the same time,
 * each in another order, with post-processing and without, and must get what one thread gets. Check's macros are for
 * the main thread alone: the others count.
 */
#define THREADS 16
#define ROUNDS 4
#define VARIANTS 2 /* plain as the specification has it; as posts are */

typedef struct piece_t {
    const char *markdown;
    apr_size_t length;
    atd_markdown_options_t options;
    const void *bytes; /* of the document that one thread alone has made */
    apr_size_t size;
} piece_t;

typedef struct job_t {
    pthread_t thread;
    const apr_array_header_t *pieces; /* piece_t */
    int number;
    int wrong;
} job_t;

static atd_error_t *render_piece(const atd_document_t **document, const piece_t *piece, apr_pool_t *pool)
{
    return atd_renderer_inprocess.render(document, atd_renderer_inprocess.baton, piece->markdown, piece->length,
                                         &piece->options, pool);
}

static void add_piece(apr_array_header_t *pieces, const gfm_example_t *example, const atd_markdown_options_t *options)
{
    piece_t *piece = apr_array_push(pieces);
    const atd_document_t *document = NULL;

    piece->markdown = example->markdown;
    piece->length = strlen(example->markdown);
    piece->options = *options;
    ATD_OK(render_piece(&document, piece, atd_test_pool));
    piece->bytes = atd_document_bytes(document, &piece->size);
}

static void add_pieces(apr_array_header_t *pieces, const char *name, const char *extensions)
{
    const apr_array_header_t *examples = gfm_examples(name);

    for (int i = 0; i < examples->nelts; i++) {
        const gfm_example_t *example = &APR_ARRAY_IDX(examples, i, gfm_example_t);
        atd_markdown_options_t plain = gfm_options(extensions ? extensions : example->extensions);

        add_piece(pieces, example, &plain);
        add_piece(pieces, example, &atd_markdown_post_options);
    }
}

static bool is_as_before(const piece_t *piece, apr_pool_t *pool)
{
    const atd_document_t *document;
    apr_size_t size;

    if (render_piece(&document, piece, pool))
        return false;
    return memcmp(atd_document_bytes(document, &size), piece->bytes, piece->size) == 0 && size == piece->size;
}

static void *work(void *baton)
{
    job_t *job = baton;
    int count = job->pieces->nelts;
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    for (int i = 0; i < count * ROUNDS; i++) {
        int index = (i + job->number * count / THREADS) % count;

        job->wrong += !is_as_before(&APR_ARRAY_IDX(job->pieces, index, piece_t), pool);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void run_threads(const apr_array_header_t *pieces)
{
    job_t jobs[THREADS] = {{0}};

    for (int i = 0; i < THREADS; i++) {
        jobs[i].pieces = pieces;
        jobs[i].number = i;
        ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL, work, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(jobs[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_msg(jobs[i].wrong == 0, "thread %d: %d results differ", i, jobs[i].wrong);
}

START_TEST(threads_get_what_one_gets)
{
    apr_array_header_t *pieces = apr_array_make(atd_test_pool, 1500, sizeof(piece_t));

    add_pieces(pieces, "gfm/spec.txt", NULL);
    add_pieces(pieces, "gfm/extensions.txt", "table strikethrough autolink tagfilter footnotes tasklist");
    ck_assert_int_ge(pieces->nelts, 700 * VARIANTS);
    run_threads(pieces);
}
END_TEST

/* Where the specification is not there, a few pieces that use what cmark keeps in globals. */
START_TEST(threads_get_what_one_gets_of_a_few)
{
    static const gfm_example_t few[] = {
        {"", "~~a~~ ~b~ www.example.org a@example.org \"c\" -- d...\n", ""},
        {"", "| a | ~~b~~ |\n|---|:-:|\n| http://c.d | _e_ |\n", ""},
        {"", "- [ ] a\n- [x] b[^1]\n\n[^1]: c 'd'\n", ""},
        {"", "# a\n\n![b](c)\n_(Caption: d)_\n\n# a\n", ""},
    };
    apr_array_header_t *pieces = apr_array_make(atd_test_pool, 8, sizeof(piece_t));
    atd_markdown_options_t plain = {false};

    ck_assert_msg(!getenv("CI"), "ATD_SPEC_DIR names no folder with gfm/spec.txt; in CI it must");
    printf("skipped: threads over the GFM specification's examples, gfm/spec.txt in $ATD_SPEC_DIR; few are used\n");
    for (unsigned i = 0; i < sizeof few / sizeof *few; i++) {
        add_piece(pieces, &few[i], &plain);
        add_piece(pieces, &few[i], &atd_markdown_post_options);
    }
    for (int i = 0; i < 50; i++)
        run_threads(pieces);
}
END_TEST

Suite *markdown_threads_suite(void)
{
    Suite *suite = suite_create("markdown in threads");
    TCase *tests = atd_test_case(suite, "threads");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, gfm_is_there() ? threads_get_what_one_gets : threads_get_what_one_gets_of_a_few);
    return suite;
}
