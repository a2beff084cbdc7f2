/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "engine/atd_markdown.h"

#include <stdlib.h>

/*
 * Documents that came through a pipe. A block begins with eight bytes of magic and the words below; records of headings
 * and marks follow, then strings. What is damaged is refused, or reads as some other document: never beyond the block.
 */
enum {
    WORD_SIZE = 2,
    WORD_HEADINGS,
    WORD_MARKS,
    WORD_HTML,
    WORD_HTML_LENGTH,
    WORD_PLAIN,
    WORD_PLAIN_LENGTH,
    WORD_FIRST,
    WORD_WORDS,
    HEADER_WORDS
};
enum { HEADING_LEVEL, HEADING_ID, HEADING_TEXT, HEADING_WORDS };
enum { MARK_KIND, MARK_URL, MARK_URL_LENGTH, MARK_ATTRIBUTES, MARK_RAW_URL, MARK_TEXT, MARK_LINE, MARK_WORDS };

static const char source[] = "# One\n\nFirst [link](/a?b&c \"t\").\n\n## Two\n\n![alt](i.png)\n_(Caption: c)_\n\n"
                             "Second <https://example.org/>, third [x](y).\n";

static const atd_document_t *whole;
static apr_uint32_t *block; /* a copy of its bytes, to be damaged */
static apr_size_t length;

static void block_setup(void)
{
    const void *bytes;

    ATD_OK(atd_renderer_inprocess.render(&whole, atd_renderer_inprocess.baton, source, strlen(source),
                                         &atd_markdown_post_options, atd_test_pool));
    bytes = atd_document_bytes(whole, &length);
    block = malloc(length);
    ck_assert_ptr_nonnull(block);
    memcpy(block, bytes, length);
}

static void block_teardown(void)
{
    free(block);
}

/* Index of a heading's or mark's word. */
static apr_size_t heading_word(unsigned heading, unsigned word)
{
    return HEADER_WORDS + heading * HEADING_WORDS + word;
}

static apr_size_t mark_word(unsigned mark, unsigned word)
{
    return heading_word(block[WORD_HEADINGS], 0) + mark * MARK_WORDS + word;
}

static apr_uint32_t strings_start(void)
{
    return (apr_uint32_t)(mark_word(block[WORD_MARKS], 0) * sizeof *block);
}

static atd_error_t *open_block(const atd_document_t **document, apr_size_t size)
{
    return atd_document_open(document, block, size, atd_test_pool);
}

static void check_refused(apr_size_t size, const char *what, apr_size_t where)
{
    const atd_document_t *document = NULL;
    const atd_error_t *error = open_block(&document, size);

    ck_assert_msg(error != NULL, "opened with %s, %u", what, (unsigned)where);
    ck_assert_int_eq(error->id, ATD_E_MARKDOWN);
    ck_assert_ptr_nonnull(strstr(error->message, "damaged: "));
    ck_assert_ptr_nonnull(error->hint);
    ck_assert_ptr_null(document);
}

static void check_word_refused(apr_size_t index, apr_uint32_t value)
{
    apr_uint32_t good = block[index];

    ck_assert_uint_ne(good, value);
    block[index] = value;
    check_refused(length, "a wrong word", index);
    block[index] = good;
}

/* ---- good ones ---- */

static void check_same_parts(const atd_document_t *a, const atd_document_t *b)
{
    atd_heading_t heading, same_heading;
    atd_mark_t mark, same_mark;

    for (apr_size_t i = 0; i < atd_document_heading_count(a); i++) {
        ck_assert(atd_document_heading(&heading, a, i) && atd_document_heading(&same_heading, b, i));
        ck_assert_uint_eq(heading.level, same_heading.level);
        ck_assert_str_eq(heading.id, same_heading.id);
        ck_assert_str_eq(heading.text, same_heading.text);
    }
    for (apr_size_t i = 0; i < atd_document_mark_count(a); i++) {
        ck_assert(atd_document_mark(&mark, a, i) && atd_document_mark(&same_mark, b, i));
        ck_assert(mark.kind == same_mark.kind && mark.line == same_mark.line);
        ck_assert(mark.url_at == same_mark.url_at && mark.url_length == same_mark.url_length);
        ck_assert_uint_eq(mark.attributes_at, same_mark.attributes_at);
        ck_assert_str_eq(mark.url, same_mark.url);
        ck_assert_str_eq(mark.text, same_mark.text);
    }
}

START_TEST(opens_from_bytes)
{
    const atd_document_t *document = NULL;
    apr_size_t html_length, size;

    ATD_OK(open_block(&document, length));
    memset(block, 0, length); /* the bytes were copied */
    ck_assert_str_eq(atd_document_html(document, &html_length), atd_document_html(whole, NULL));
    ck_assert_uint_eq(html_length, strlen(atd_document_html(whole, NULL)));
    ck_assert_str_eq(atd_document_plain(document, NULL), atd_document_plain(whole, NULL));
    ck_assert_str_eq(atd_document_first_paragraph(document), "First link.");
    ck_assert_uint_eq(atd_document_words(document), 9);
    ck_assert_uint_eq(atd_document_heading_count(document), 2);
    ck_assert_uint_eq(atd_document_mark_count(document), 4);
    check_same_parts(document, whole);
    ck_assert(memcmp(atd_document_bytes(document, &size), atd_document_bytes(whole, &size), length) == 0);
    ck_assert_uint_eq(size, length);
}
END_TEST

START_TEST(opens_wherever_the_bytes_are)
{
    char *shifted = malloc(length + 1);
    const atd_document_t *document = NULL;

    memcpy(shifted + 1, block, length);
    ATD_OK(atd_document_open(&document, shifted + 1, length, atd_test_pool));
    free(shifted);
    check_same_parts(document, whole);
}
END_TEST

START_TEST(opens_an_empty_one)
{
    const atd_document_t *empty = NULL;
    const atd_document_t *document = NULL;
    const void *bytes;
    apr_size_t size;

    ATD_OK(atd_renderer_inprocess.render(&empty, NULL, "", 0, &atd_markdown_post_options, atd_test_pool));
    bytes = atd_document_bytes(empty, &size);
    ATD_OK(atd_document_open(&document, bytes, size, atd_test_pool));
    ck_assert_str_eq(atd_document_html(document, NULL), "");
    ck_assert_str_eq(atd_document_first_paragraph(document), "");
    ck_assert_uint_eq(atd_document_heading_count(document) + atd_document_mark_count(document), 0);
}
END_TEST

START_TEST(nothing_is_past_the_end)
{
    atd_heading_t heading;
    atd_mark_t mark;

    ck_assert(!atd_document_heading(&heading, whole, 2));
    ck_assert(!atd_document_heading(&heading, whole, APR_SIZE_MAX));
    ck_assert(!atd_document_mark(&mark, whole, 4));
    ck_assert(!atd_document_mark(&mark, whole, APR_SIZE_MAX));
}
END_TEST

/* ---- damaged ones ---- */

START_TEST(any_other_length_is_refused)
{
    for (apr_size_t size = 0; size < length; size++)
        check_refused(size, "too few bytes", size);
    block = realloc(block, length + 8);
    memset((char *)block + length, 0, 8);
    check_refused(length + 1, "a byte too many", length + 1);
    check_refused(length + 8, "bytes too many", length + 8);
}
END_TEST

/* The block itself says that it is so short. The bytes are copied, so that reads behind them are found. */
START_TEST(cut_blocks_are_refused)
{
    for (apr_size_t size = WORD_HEADINGS * sizeof *block; size < length; size++) {
        apr_uint32_t *cut = malloc(size);
        const atd_document_t *document = NULL;

        memcpy(cut, block, size);
        cut[WORD_SIZE] = (apr_uint32_t)size;
        ck_assert_msg(atd_document_open(&document, cut, size, atd_test_pool) != NULL, "opened: %u", (unsigned)size);
        free(cut);
    }
}
END_TEST

START_TEST(wrong_frame_is_refused)
{
    for (apr_size_t i = 0; i < 8; i++) {
        ((char *)block)[i] ^= 1;
        check_refused(length, "wrong magic", i);
        ((char *)block)[i] ^= 1;
    }
    check_word_refused(WORD_SIZE, 0);
    check_word_refused(WORD_SIZE, (apr_uint32_t)length - 1);
    check_word_refused(WORD_SIZE, (apr_uint32_t)length + 1);
    check_word_refused(WORD_SIZE, APR_UINT32_MAX);
    ((char *)block)[length - 1] = 'x';
    check_refused(length, "no last NUL", length);
}
END_TEST

START_TEST(wrong_counts_are_refused)
{
    check_word_refused(WORD_HEADINGS, (apr_uint32_t)length / 12);
    check_word_refused(WORD_HEADINGS, APR_UINT32_MAX);
    check_word_refused(WORD_HEADINGS, APR_UINT32_MAX / 12 + 1); /* times 12 is small in 32 bits */
    check_word_refused(WORD_MARKS, (apr_uint32_t)length / 28);
    check_word_refused(WORD_MARKS, APR_UINT32_MAX);
    check_word_refused(WORD_MARKS, APR_UINT32_MAX / 28 + 1);
    check_word_refused(WORD_HEADINGS, 3);
    check_word_refused(WORD_MARKS, 5);
}
END_TEST

/* An offset before the strings, or past the end. */
static void check_offset(apr_size_t index)
{
    check_word_refused(index, 0);
    check_word_refused(index, strings_start() - 1);
    check_word_refused(index, (apr_uint32_t)length);
    check_word_refused(index, (apr_uint32_t)length + 1);
    check_word_refused(index, APR_UINT32_MAX);
}

START_TEST(wrong_offsets_are_refused)
{
    check_offset(WORD_HTML);
    check_offset(WORD_PLAIN);
    check_offset(WORD_FIRST);
    for (unsigned i = 0; i < block[WORD_HEADINGS]; i++) {
        check_offset(heading_word(i, HEADING_ID));
        check_offset(heading_word(i, HEADING_TEXT));
    }
    for (unsigned i = 0; i < block[WORD_MARKS]; i++) {
        check_offset(mark_word(i, MARK_RAW_URL));
        check_offset(mark_word(i, MARK_TEXT));
    }
}
END_TEST

START_TEST(wrong_lengths_are_refused)
{
    for (apr_size_t index = WORD_HTML_LENGTH; index <= WORD_PLAIN_LENGTH; index += 2) {
        check_word_refused(index, 0);
        check_word_refused(index, block[index] - 1);
        check_word_refused(index, block[index] + 1);
        check_word_refused(index, (apr_uint32_t)length);
        check_word_refused(index, APR_UINT32_MAX);
    }
    check_word_refused(WORD_HTML, block[WORD_HTML] + 1); /* its length leads past the NUL */
    check_word_refused(WORD_PLAIN, block[WORD_PLAIN] - 1);
    ((char *)block)[block[WORD_HTML] + 3] = '\0';
    check_refused(length, "a NUL in the HTML", 3);
}
END_TEST

START_TEST(wrong_headings_are_refused)
{
    for (unsigned i = 0; i < block[WORD_HEADINGS]; i++) {
        check_word_refused(heading_word(i, HEADING_LEVEL), 0);
        check_word_refused(heading_word(i, HEADING_LEVEL), 7);
        check_word_refused(heading_word(i, HEADING_LEVEL), APR_UINT32_MAX);
    }
}
END_TEST

START_TEST(wrong_marks_are_refused)
{
    apr_uint32_t html = block[WORD_HTML_LENGTH];

    for (unsigned i = 0; i < block[WORD_MARKS]; i++) {
        check_word_refused(mark_word(i, MARK_KIND), 2);
        check_word_refused(mark_word(i, MARK_KIND), APR_UINT32_MAX);
        check_word_refused(mark_word(i, MARK_URL), html);
        check_word_refused(mark_word(i, MARK_URL), APR_UINT32_MAX);
        check_word_refused(mark_word(i, MARK_URL), block[mark_word(i, MARK_ATTRIBUTES)]);
        check_word_refused(mark_word(i, MARK_URL_LENGTH), block[mark_word(i, MARK_URL_LENGTH)] + 1);
        check_word_refused(mark_word(i, MARK_URL_LENGTH), APR_UINT32_MAX);
        check_word_refused(mark_word(i, MARK_ATTRIBUTES), 0);
        check_word_refused(mark_word(i, MARK_ATTRIBUTES), block[mark_word(i, MARK_URL)]);
        check_word_refused(mark_word(i, MARK_ATTRIBUTES), html);
        check_word_refused(mark_word(i, MARK_ATTRIBUTES), APR_UINT32_MAX);
    }
}
END_TEST

START_TEST(marks_that_overlap_are_refused)
{
    for (unsigned i = 1; i < block[WORD_MARKS]; i++) {
        check_word_refused(mark_word(i, MARK_URL), block[mark_word(i - 1, MARK_URL)]);
        check_word_refused(mark_word(i, MARK_URL), block[mark_word(i - 1, MARK_ATTRIBUTES)] - 1);
    }
    check_word_refused(mark_word(0, MARK_ATTRIBUTES), block[mark_word(1, MARK_URL)] + 1);
}
END_TEST

/* ---- damage by chance ---- */

static unsigned next_random(apr_uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(*state >> 33);
}

static void check_within(const atd_document_t *document, const char *text)
{
    apr_size_t size;
    const char *bytes = atd_document_bytes(document, &size);

    ck_assert_msg(text >= bytes && text < bytes + size, "a string is not in the block");
    ck_assert_ptr_nonnull(memchr(text, '\0', (apr_size_t)(bytes + size - text)));
}

static void check_marks_within(const atd_document_t *document, apr_size_t html_length)
{
    atd_mark_t mark;
    apr_size_t from = 0;

    for (apr_size_t i = 0; atd_document_mark(&mark, document, i); i++) {
        check_within(document, mark.url);
        check_within(document, mark.text);
        ck_assert(mark.kind == ATD_MARK_LINK || mark.kind == ATD_MARK_IMAGE);
        ck_assert_uint_le(from, mark.url_at);
        ck_assert_uint_lt(mark.url_at + mark.url_length, mark.attributes_at);
        ck_assert_uint_lt(mark.attributes_at, html_length);
        from = mark.attributes_at;
    }
}

/* Whatever was opened keeps what its readers rely on. */
static void check_bounds(const atd_document_t *document)
{
    apr_size_t html_length, plain_length;
    const char *html = atd_document_html(document, &html_length);
    const char *plain = atd_document_plain(document, &plain_length);
    atd_heading_t heading;

    check_within(document, html);
    check_within(document, plain);
    check_within(document, atd_document_first_paragraph(document));
    ck_assert_uint_eq(strlen(html), html_length);
    ck_assert_uint_eq(strlen(plain), plain_length);
    for (apr_size_t i = 0; atd_document_heading(&heading, document, i); i++) {
        check_within(document, heading.id);
        check_within(document, heading.text);
        ck_assert(heading.level >= 1 && heading.level <= 6);
    }
    check_marks_within(document, html_length);
}

/* One to four bytes of a copy change, in the tables or anywhere. */
static bool open_damaged(apr_uint64_t *state, apr_pool_t *pool)
{
    apr_size_t range = next_random(state) % 4 ? strings_start() : length;
    unsigned flips = 1 + next_random(state) % 4;
    char *copy = malloc(length); /* no more: reads behind it are found */
    const atd_document_t *document = NULL;
    bool is_open;

    memcpy(copy, block, length);
    while (flips-- > 0)
        copy[8 + next_random(state) % (range - 8)] ^= (char)(1 << next_random(state) % 8);
    is_open = atd_document_open(&document, copy, length, pool) == NULL;
    free(copy);
    if (is_open)
        check_bounds(document);
    return is_open;
}

START_TEST(random_damage_stays_in_the_block)
{
    apr_uint64_t state = 20250616;
    unsigned opened = 0;
    const unsigned rounds = 20000;
    apr_pool_t *pool;

    apr_pool_create(&pool, atd_test_pool);
    for (unsigned i = 0; i < rounds; i++) {
        opened += open_damaged(&state, pool);
        apr_pool_clear(pool);
    }
    ck_assert_msg(opened > rounds / 50 && opened < rounds, "%u of %u were opened", opened, rounds);
}
END_TEST

Suite *document_suite(void)
{
    Suite *suite = suite_create("document");
    TCase *tests = atd_test_case(suite, "blocks");

    tcase_add_checked_fixture(tests, block_setup, block_teardown);
    tcase_add_test(tests, opens_from_bytes);
    tcase_add_test(tests, opens_wherever_the_bytes_are);
    tcase_add_test(tests, opens_an_empty_one);
    tcase_add_test(tests, nothing_is_past_the_end);
    tcase_add_test(tests, any_other_length_is_refused);
    tcase_add_test(tests, cut_blocks_are_refused);
    tcase_add_test(tests, wrong_frame_is_refused);
    tcase_add_test(tests, wrong_counts_are_refused);
    tcase_add_test(tests, wrong_offsets_are_refused);
    tcase_add_test(tests, wrong_lengths_are_refused);
    tcase_add_test(tests, wrong_headings_are_refused);
    tcase_add_test(tests, wrong_marks_are_refused);
    tcase_add_test(tests, marks_that_overlap_are_refused);
    tcase_add_test(tests, random_damage_stays_in_the_block);
    return suite;
}
