/* SPDX-License-Identifier: Apache-2.0 */
#include "encoding_fixture.h"

#include <apr_strings.h>

/* ---- Accept-Encoding (RFC 9110, section 12.5.3) ---- */

typedef struct choice_t {
    const char *header;
    atd_encoding_t expected;
} choice_t;

static const choice_t choices[] = {
    /* nothing asked for */
    {NULL, ATD_IDENTITY},
    {"", ATD_IDENTITY},
    {" ", ATD_IDENTITY},
    {",", ATD_IDENTITY},
    {" , ,\t,", ATD_IDENTITY},
    {"identity", ATD_IDENTITY},
    {"deflate", ATD_IDENTITY},
    {"compress, deflate, zstd", ATD_IDENTITY},
    /* one of ours */
    {"gzip", ATD_GZIP},
    {"x-gzip", ATD_GZIP},
    {"br", ATD_BROTLI},
    {"GZIP", ATD_GZIP},
    {"X-Gzip", ATD_GZIP},
    {"Br", ATD_BROTLI},
    {" gzip ", ATD_GZIP},
    {"\tbr\t", ATD_BROTLI},
    {",gzip,", ATD_GZIP},
    /* what browsers, curl and wget send */
    {"gzip, deflate", ATD_GZIP},
    {"gzip, deflate, br", ATD_BROTLI},
    {"gzip, deflate, br, zstd", ATD_BROTLI},
    {"deflate, gzip, br, zstd", ATD_BROTLI},
    {"br;q=1.0, gzip;q=0.8, *;q=0.1", ATD_BROTLI},
    {"gzip;q=1.0, deflate;q=0.6, identity;q=0.3", ATD_GZIP},
    /* the examples of the RFC */
    {"compress, gzip", ATD_GZIP},
    {"*", ATD_BROTLI},
    {"compress;q=0.5, gzip;q=1.0", ATD_GZIP},
    {"gzip;q=1.0, identity; q=0.5, *;q=0", ATD_GZIP},
    /* the highest weight */
    {"gzip;q=0.9, br;q=0.8", ATD_GZIP},
    {"gzip;q=0.8, br;q=0.9", ATD_BROTLI},
    {"br;q=0.8, gzip;q=0.8", ATD_BROTLI},
    {"gzip;q=0.8, br;q=0.8", ATD_BROTLI},
    {"gzip;q=0.801, br;q=0.8", ATD_GZIP},
    {"gzip;q=0.001", ATD_GZIP},
    {"br;q=0.999, gzip", ATD_GZIP},
    {"gzip;q=0.5, identity;q=1", ATD_IDENTITY},
    {"gzip;q=0.5, identity", ATD_IDENTITY},
    {"gzip;q=0.5, identity;q=0.5", ATD_GZIP},
    {"identity;q=0.5, br;q=0.4, gzip;q=0.6", ATD_GZIP},
    /* not wanted */
    {"gzip;q=0", ATD_IDENTITY},
    {"gzip;q=0.0", ATD_IDENTITY},
    {"gzip;q=0.000", ATD_IDENTITY},
    {"br;q=0, gzip", ATD_GZIP},
    {"gzip;q=0, br;q=0", ATD_IDENTITY},
    {"identity;q=0", ATD_IDENTITY},
    {"*;q=0", ATD_IDENTITY},
    {"identity;q=0, *;q=0", ATD_IDENTITY},
    {"*;q=0, gzip", ATD_GZIP},
    /* the rest */
    {"*;q=0.5", ATD_BROTLI},
    {"br;q=0, *", ATD_GZIP},
    {"gzip, *;q=0.5", ATD_GZIP},
    {"gzip;q=0.5, *;q=0.7", ATD_BROTLI},
    {"identity, *;q=0.5", ATD_IDENTITY},
    {"gzip;q=0, br;q=0, *", ATD_IDENTITY},
    /* blanks and letters */
    {"gzip ; q=0.5 , br ; q=0.4", ATD_GZIP},
    {"gzip;\tq=0.5,br;q=0.4", ATD_GZIP},
    {"gzip;Q=0, br;Q=0.5", ATD_BROTLI},
    {"gzip;q=1, br;q=1.", ATD_BROTLI},
    {"gzip;q=1.000, br;q=0.999", ATD_GZIP},
    {"br;q=0., gzip", ATD_GZIP},
    /* other parameters */
    {"gzip;level=9", ATD_GZIP},
    {"gzip;level=9;q=0, br", ATD_BROTLI},
    {"gzip;q=0;level=9", ATD_IDENTITY},
    {"gzip;", ATD_GZIP},
    {"gzip;;;", ATD_GZIP},
    /* names that begin alike */
    {"gzip2", ATD_IDENTITY},
    {"gzi", ATD_IDENTITY},
    {"x-gzip2, b, bro, brr", ATD_IDENTITY},
    {"**", ATD_IDENTITY},
    {"gzipbr", ATD_IDENTITY},
    /* malformed weights: not wanted */
    {"gzip;q=", ATD_IDENTITY},
    {"gzip;q=2", ATD_IDENTITY},
    {"gzip;q=1.001", ATD_IDENTITY},
    {"gzip;q=10", ATD_IDENTITY},
    {"gzip;q=0.5x", ATD_IDENTITY},
    {"gzip;q=00.5", ATD_IDENTITY},
    {"gzip;q=-1", ATD_IDENTITY},
    {"gzip;q=.5", ATD_IDENTITY},
    {"gzip;q=\"1\"", ATD_IDENTITY},
    {"gzip;q=0.5.5", ATD_IDENTITY},
    {"br;q=nan, gzip;q=0.1", ATD_GZIP},
    {"gzip;q=0.99999999999999999999999999999999", ATD_GZIP},
    /* other nonsense */
    {"gzip br", ATD_GZIP},
    {";q=1", ATD_IDENTITY},
    {";", ATD_IDENTITY},
    {"=", ATD_IDENTITY},
    {"\xFF\xFE;q=\xFF", ATD_IDENTITY},
    {"q=1", ATD_IDENTITY},
};

#define CHOICES (int)(sizeof choices / sizeof *choices)

START_TEST(the_field_chooses)
{
    const choice_t *choice = &choices[_i];
    atd_encoding_t found = atd_encoding_choose(choice->header);

    ck_assert_msg(found == choice->expected, "'%s': expected %d, got %d", choice->header ? choice->header : "none",
                  choice->expected, found);
}
END_TEST

/* Any bytes: it ends, and chooses something. */
START_TEST(nonsense_chooses_something)
{
    static const char letters[] = "gzipbr*;q=0.15, \t\"x-";
    unsigned state = 1;
    char text[40];

    for (unsigned round = 0; round < 50000; round++) {
        apr_size_t length = round % (sizeof text - 1);

        for (apr_size_t i = 0; i < length; i++) {
            state = state * 1664525u + 1013904223u;
            text[i] = letters[(state >> 16) % (sizeof letters - 1)];
        }
        text[length] = '\0';
        ck_assert_int_le(atd_encoding_choose(text), ATD_BROTLI);
    }
}
END_TEST

START_TEST(names_are_those_of_the_registry)
{
    ck_assert_ptr_null(atd_encoding_name(ATD_IDENTITY));
    ck_assert_str_eq(atd_encoding_name(ATD_GZIP), "gzip");
    ck_assert_str_eq(atd_encoding_name(ATD_BROTLI), "br");
}
END_TEST

/* ---- types ---- */

typedef struct type_t {
    const char *type;
    bool helps;
} type_t;

static const type_t types[] = {
    {"text/html; charset=utf-8", true},
    {"text/css", true},
    {"Text/Plain", true},
    {"application/json", true},
    {"application/feed+json", true},
    {"application/atom+xml; charset=utf-8", true},
    {"application/rss+xml", true},
    {"application/xml", true},
    {"application/javascript", true},
    {"application/manifest+json", true},
    {"image/svg+xml", true},
    {"image/png", false},
    {"font/woff2", false},
    {"application/octet-stream", false},
    {"video/mp4", false},
    {"", false},
};

START_TEST(types_that_get_smaller)
{
    ck_assert_msg(atd_encoding_helps(types[_i].type) == types[_i].helps, "%s", types[_i].type);
}
END_TEST

/* ---- bodies ---- */

/* Text with some variety, so that it gets smaller, but not to nothing. */
static char *text_of(apr_size_t length)
{
    static const char *const words[] = {"press ", "paper ", "ink ", "type ", "<p>", "</p>\n", "a ", "of the "};
    char *text = apr_palloc(atd_test_pool, length + 16);
    unsigned state = 7;

    for (apr_size_t at = 0; at < length;) {
        const char *word = words[(state >> 16) % 8];

        memcpy(text + at, word, strlen(word));
        at += strlen(word);
        state = state * 1664525u + 1013904223u;
    }
    return text;
}

static const apr_size_t lengths[] = {ATD_ENCODING_MIN_LENGTH, 257, 1000, 65535, 65536, 100000, 300000};

static void check_round_trip(atd_encoding_t encoding, bool best, const char *text, apr_size_t length)
{
    const char *bytes, *back;
    apr_size_t packed, unpacked;

    ck_assert(atd_encoding_compress(&bytes, &packed, encoding, best, text, length, atd_test_pool));
    ck_assert_uint_lt(packed, length);
    back = decoded(&unpacked, encoding, bytes, packed);
    ck_assert_uint_eq(unpacked, length);
    ck_assert_mem_eq(back, text, length);
}

START_TEST(what_is_compressed_can_be_read)
{
    const char *text = text_of(lengths[_i]);

    for (int encoding = ATD_GZIP; encoding <= ATD_BROTLI; encoding++) {
        check_round_trip((atd_encoding_t)encoding, false, text, lengths[_i]);
        check_round_trip((atd_encoding_t)encoding, true, text, lengths[_i]);
    }
}
END_TEST

START_TEST(best_is_no_larger_and_the_same_each_time)
{
    const char *text = text_of(60000);

    for (int i = ATD_GZIP; i <= ATD_BROTLI; i++) {
        const char *cheap, *best, *again;
        apr_size_t cheap_length, best_length, again_length;

        ck_assert(atd_encoding_compress(&cheap, &cheap_length, (atd_encoding_t)i, false, text, 60000, atd_test_pool));
        ck_assert(atd_encoding_compress(&best, &best_length, (atd_encoding_t)i, true, text, 60000, atd_test_pool));
        ck_assert(atd_encoding_compress(&again, &again_length, (atd_encoding_t)i, true, text, 60000, atd_test_pool));
        ck_assert_uint_le(best_length, cheap_length);
        ck_assert_uint_eq(best_length, again_length);
        ck_assert_mem_eq(best, again, best_length);
    }
}
END_TEST

START_TEST(what_does_not_get_smaller_is_left)
{
    char noise[2000];
    unsigned state = 3;
    const char *out;
    apr_size_t length;

    for (unsigned i = 0; i < sizeof noise; i++)
        noise[i] = (char)((state = state * 1664525u + 1013904223u) >> 24);
    for (int i = ATD_GZIP; i <= ATD_BROTLI; i++)
        ck_assert(!atd_encoding_compress(&out, &length, (atd_encoding_t)i, false, noise, sizeof noise, atd_test_pool));
    ck_assert(!atd_encoding_compress(&out, &length, ATD_IDENTITY, false, text_of(1000), 1000, atd_test_pool));
    ck_assert(!atd_encoding_compress(&out, &length, ATD_GZIP, false, text_of(255), 255, atd_test_pool));
    ck_assert(!atd_encoding_compress(&out, &length, ATD_BROTLI, false, "", (apr_size_t)1 << 40, atd_test_pool));
}
END_TEST

Suite *encoding_suite(void)
{
    Suite *suite = suite_create("encoding");
    TCase *tests = atd_test_case(suite, "Accept-Encoding and bodies");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, the_field_chooses, 0, CHOICES);
    tcase_add_test(tests, nonsense_chooses_something);
    tcase_add_test(tests, names_are_those_of_the_registry);
    tcase_add_loop_test(tests, types_that_get_smaller, 0, (int)(sizeof types / sizeof *types));
    tcase_add_loop_test(tests, what_is_compressed_can_be_read, 0, (int)(sizeof lengths / sizeof *lengths));
    tcase_add_test(tests, best_is_no_larger_and_the_same_each_time);
    tcase_add_test(tests, what_does_not_get_smaller_is_left);
    return suite;
}
