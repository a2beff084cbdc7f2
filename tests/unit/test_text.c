/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_strings.h>

static const char *repeat(const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_pcalloc(atd_test_pool, length * count + 1);

    for (unsigned i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    return all;
}

static const char *join(const char *a, const char *b)
{
    return apr_pstrcat(atd_test_pool, a, b, NULL);
}

static const char *slug(const char *text)
{
    return atd_text_slug(text, atd_test_pool);
}

static bool is_slug(const char *text)
{
    return atd_text_is_slug(text, strlen(text), atd_test_pool);
}

typedef struct pair_t {
    const char *text;
    const char *expected;
} pair_t;

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static const pair_t invalid[] = {
    /* text, its valid prefix */
    {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 a", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 a"},
    {"", ""},
    {"a\x80"
     "b",
     "a"},                      /* a continuation without a beginning */
    {"ab\xC3", "ab"},           /* cut */
    {"\xE2\x82", ""},           /* cut */
    {"x\xC0\xAF", "x"},         /* overlong */
    {"x\xE0\x80\xAF", "x"},     /* overlong */
    {"x\xED\xA0\x80", "x"},     /* a surrogate */
    {"x\xF4\x90\x80\x80", "x"}, /* beyond U+10FFFF */
    {"x\xFF", "x"},
    {"\xEF\xBF\xBF", "\xEF\xBF\xBF"}, /* a noncharacter is UTF-8 */
    {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
};

START_TEST(valid_prefix)
{
    const pair_t *pair = &invalid[_i];

    ck_assert_uint_eq(atd_text_valid_prefix(pair->text, strlen(pair->text)), strlen(pair->expected));
}
END_TEST

START_TEST(valid_prefix_takes_nul)
{
    ck_assert_uint_eq(atd_text_valid_prefix("a\0b", 3), 3);
}
END_TEST

START_TEST(code_points_are_written)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 100);
    const char *text;

    atd_text_put(out, 'a');
    atd_text_put(out, 0xE9);
    atd_text_put(out, 0x20AC);
    atd_text_put(out, 0x1F600);
    atd_text_put(out, -1);
    atd_text_put(out, 0xD800);
    atd_text_put(out, 0x110000);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the text"));
    ck_assert_str_eq(text, "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}
END_TEST

static const pair_t slugs[] = {
    {"The Rise of Agents: Part 2!", "the-rise-of-agents-part-2"},
    {"  --a__b--  ", "a-b"},
    {"", ""},
    {"!?%", ""},
    {"don't can\xE2\x80\x99t 'quoted'", "dont-cant-quoted"},
    {"C++ & C#", "c-c"},
    {"\xC3\x89t\xC3\xA9 \xC3\x9C"
     "ber",
     "\xC3\xA9t\xC3\xA9-\xC3\xBC"
     "ber"},
    {"e\xCC\x81", "\xC3\xA9"},                                /* composed */
    {"e'\xCC\x81", "\xC3\xA9"},                               /* composed once the apostrophe goes */
    {"\xC4\xB0\xCC\x81", "\xC3\xAD"},                         /* composed once it is lower case */
    {"\xCE\x91\xCE\xA9", "\xCE\xB1\xCF\x89"},                 /* Greek */
    {"\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x97\xA5\xE6\x9C\xAC"}, /* Japanese */
    {"\xE0\xA4\xB9\xE0\xA4\xBF\xE0\xA4\xA8", "\xE0\xA4\xB9\xE0\xA4\xBF\xE0\xA4\xA8"}, /* Hindi, with a vowel sign */
    {"\xC7\x85 \xCA\xB0 \xE2\x85\xA3", "\xC7\x86-\xCA\xB0-\xE2\x85\xB3"}, /* title case, modifier, numeral */
    {"x\xF0\x9F\x98\x80y", "x-y"},                                        /* an emoji */
    {"a\xFFz \xC3\x89", "a-z-\xC3\xA9"},                                  /* not UTF-8: a gap */
    {"../../etc/passwd", "etc-passwd"},
};

START_TEST(slug_of_text)
{
    const pair_t *pair = &slugs[_i];
    const char *made = slug(pair->text);

    ck_assert_str_eq(made, pair->expected);
    ck_assert_str_eq(slug(made), made);
    ck_assert(*made == '\0' || is_slug(made));
}
END_TEST

START_TEST(slug_is_cut_at_a_character)
{
    const char *longest = repeat("a", ATD_MAX_SLUG);
    const char *shorter = repeat("a", ATD_MAX_SLUG - 1);

    ck_assert_str_eq(slug(longest), longest);
    ck_assert_str_eq(slug(join(longest, "b")), longest);
    ck_assert_str_eq(slug(join(longest, " b")), longest);
    ck_assert_str_eq(slug(join(shorter, "\xC3\xA9")), shorter);
    ck_assert_str_eq(slug(join(shorter, "\xC3\xA9z")), shorter); /* nothing is taken from behind the cut */
    ck_assert_str_eq(slug(join(shorter, " z")), shorter);
    ck_assert_uint_eq(strlen(slug(repeat("\xF0\x9D\x92\x9C", 300))), ATD_MAX_SLUG);
}
END_TEST

START_TEST(slugs_are_told_from_others)
{
    static const char *const others[] = {"",   "A",   "a b",       "-a",  "a-",       "a--b", "a.md", "a/b",
                                         "..", "a_b", "e\xCC\x81", "a'b", "\xC3\x89", "\xFF", "a%20b"};

    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!is_slug(others[i]), "%s", others[i]);
    ck_assert(is_slug("a"));
    ck_assert(is_slug("2025-06-16-a"));
    ck_assert(is_slug("\xC3\xA9"));
    ck_assert(!atd_text_is_slug("a\0b", 3, atd_test_pool));
    ck_assert(atd_text_is_slug("abc", 2, atd_test_pool));
    ck_assert(is_slug(repeat("a", ATD_MAX_SLUG)));
    ck_assert(!is_slug(repeat("a", ATD_MAX_SLUG + 1)));
}
END_TEST

static const pair_t heading_ids[] = {
    {"Hello, World!", "hello-world"},
    {"a  b - c", "a--b---c"},
    {"snake_case\xE2\x80\xBF", "snake_case\xE2\x80\xBF"},
    {"don't", "dont"},
    {"1. \xC3\x89t\xC3\xA9", "1-\xC3\xA9t\xC3\xA9"},
    {"\xE6\x97\xA5 \xF0\x9F\x98\x80", "\xE6\x97\xA5-"},
    {"a\xFF\tb", "ab"},
    {"\xC8\xBA\xC8\xBA", "\xE2\xB1\xA5\xE2\xB1\xA5"}, /* longer in lower case */
    {"", ""},
};

START_TEST(heading_id)
{
    ck_assert_str_eq(atd_text_heading_id(heading_ids[_i].text, atd_test_pool), heading_ids[_i].expected);
}
END_TEST

static const pair_t collapsed[] = {
    {"  a \t\r\n b\f\vc  ", "a b c"}, {"", ""}, {" \n ", ""}, {"a", "a"}, {"\xC3\xA9 \xC2\xA0x", "\xC3\xA9 \xC2\xA0x"},
};

START_TEST(collapse)
{
    ck_assert_str_eq(atd_text_collapse(collapsed[_i].text, atd_test_pool), collapsed[_i].expected);
}
END_TEST

START_TEST(excerpt)
{
    ck_assert_str_eq(atd_text_excerpt("one two three", 13, atd_test_pool), "one two three");
    ck_assert_str_eq(atd_text_excerpt("one two three", 12, atd_test_pool), "one two\xE2\x80\xA6");
    ck_assert_str_eq(atd_text_excerpt("one two three", 7, atd_test_pool), "one two\xE2\x80\xA6");
    ck_assert_str_eq(atd_text_excerpt("one two three", 5, atd_test_pool), "one\xE2\x80\xA6");
    ck_assert_str_eq(atd_text_excerpt("abcdef", 3, atd_test_pool), "abc\xE2\x80\xA6");
    ck_assert_str_eq(atd_text_excerpt("\xC3\xA9\xC3\xA9\xC3\xA9", 3, atd_test_pool), "\xC3\xA9\xC3\xA9\xC3\xA9");
    ck_assert_str_eq(atd_text_excerpt("\xC3\xA9\xC3\xA9\xC3\xA9", 2, atd_test_pool), "\xC3\xA9\xC3\xA9\xE2\x80\xA6");
    ck_assert_str_eq(atd_text_excerpt("abc", 0, atd_test_pool), "\xE2\x80\xA6");
    ck_assert_str_eq(atd_text_excerpt("", 0, atd_test_pool), "");
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    unsigned distance;
} distances[] = {
    {"", "", 0},
    {"a", "a", 0},
    {"", "abc", 3},
    {"abc", "", 3},
    {"kitten", "sitting", 3},
    {"salt", "slat", 1},
    {"ca", "abc", 3},
    {"ab", "ba", 1},
    {"abcd", "badc", 2},
    {"a-post", "a-pots", 1},
    {"flaw", "lawn", 2},
    {"\xC3\xA9t\xC3\xA9", "ete", 2},
    {"\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x9C\xAC\xE6\x97\xA5", 1},
    {"\xFF", "\xFE", 1},
    {"\xFF", "\xFF", 0},
    {"abcdefgh", "abcdefgh", 0},
    {"the-rise-of-agents", "rise-of-agents", 4},
};

START_TEST(distance)
{
    const char *a = distances[_i].a;
    const char *b = distances[_i].b;
    unsigned expected = distances[_i].distance;

    for (unsigned max = 0; max < 10; max++) {
        ck_assert_uint_eq(atd_text_distance(a, b, max), expected <= max ? expected : max + 1);
        ck_assert_uint_eq(atd_text_distance(b, a, max), expected <= max ? expected : max + 1);
    }
}
END_TEST

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The whole table, by the book. */
static unsigned plain_distance(const char *a, const char *b)
{
    unsigned table[16][16];
    unsigned a_length = (unsigned)strlen(a);
    unsigned b_length = (unsigned)strlen(b);

    for (unsigned i = 0; i <= a_length; i++) {
        for (unsigned j = 0; j <= b_length; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            table[i][j] =
                smaller(smaller(table[i - 1][j], table[i][j - 1]) + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                table[i][j] = smaller(table[i][j], table[i - 2][j - 2] + 1);
        }
    }
    return table[a_length][b_length];
}

static void random_word(char *word, apr_uint32_t *seed)
{
    unsigned length = (*seed = *seed * 1664525 + 1013904223) >> 28;

    for (unsigned i = 0; i < length; i++)
        word[i] = (char)('a' + ((*seed = *seed * 1664525 + 1013904223) >> 30));
    word[length] = '\0';
}

START_TEST(distance_is_that_of_the_whole_table)
{
    apr_uint32_t seed = 7;

    for (int round = 0; round < 20000; round++) {
        char a[16];
        char b[16];
        unsigned expected;

        random_word(a, &seed);
        random_word(b, &seed);
        expected = plain_distance(a, b);
        for (unsigned max = 0; max < 6; max++)
            ck_assert_msg(atd_text_distance(a, b, max) == smaller(expected, max + 1), "%s %s %u", a, b, max);
    }
}
END_TEST

START_TEST(distance_is_bounded)
{
    const char *longest = repeat("a", ATD_MAX_SLUG);

    ck_assert_uint_eq(atd_text_distance(longest, longest, 3), 0);
    ck_assert_uint_eq(atd_text_distance(longest, repeat("b", ATD_MAX_SLUG), 1000), ATD_MAX_SLUG);
    ck_assert_uint_eq(atd_text_distance(join(longest, "a"), join(longest, "a"), 3), 4);
    ck_assert_uint_eq(atd_text_distance("a", join(longest, "a"), 3), 4);
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = atd_test_case(suite, "text");

    tcase_add_loop_test(tests, valid_prefix, 0, COUNT(invalid));
    tcase_add_test(tests, valid_prefix_takes_nul);
    tcase_add_test(tests, code_points_are_written);
    tcase_add_loop_test(tests, slug_of_text, 0, COUNT(slugs));
    tcase_add_test(tests, slug_is_cut_at_a_character);
    tcase_add_test(tests, slugs_are_told_from_others);
    tcase_add_loop_test(tests, heading_id, 0, COUNT(heading_ids));
    tcase_add_loop_test(tests, collapse, 0, COUNT(collapsed));
    tcase_add_test(tests, excerpt);
    tcase_add_loop_test(tests, distance, 0, COUNT(distances));
    tcase_add_test(tests, distance_is_that_of_the_whole_table);
    tcase_add_test(tests, distance_is_bounded);
    return suite;
}
