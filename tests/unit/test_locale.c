/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_locale.h"
#include "atd_test.h"

#include <apr_strings.h>
#include <apr_thread_proc.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in \"%s\"", part, text)
#define LONG_TAG "de-aaaaaaaa-bbbbbbbb-cccccccc-dddddd" /* one more than there may be */

static const char *const junk[] = {
    NULL,       "",         "xx",      "english", "-",         "_",          "--",   "de ",           "d\xc3\xa9",
    "\xff\xfe", "../../de", "de@a=b",  "%s%n",    "x-default", "i-klingon",  "und",  "und-DE",        "1234567890",
    "a",        LONG_TAG,   "zz_Zzzz", "de;fr",   "de.UTF-8",  "-x-u-ca-u-", "root", "u-ca-japanese",
};

static const char *date_of(const char *text, const char *lang)
{
    atd_date_t date;

    ck_assert(atd_date_parse(&date, text));
    return atd_locale_date(&date, lang, atd_test_pool);
}

static const struct {
    const char *lang, *date, *month, *name, *minutes;
} languages[] = {
    {"en", "June 16, 2025", "June 2025", "June", "9 minutes"},
    {"EN_us", "June 16, 2025", "June 2025", "June", "9 minutes"},
    {"en-GB", "16 June 2025", "June 2025", "June", "9 minutes"},
    {"de", "16. Juni 2025", "Juni 2025", "Juni", "9 Minuten"},
    {"de_AT", "16. Juni 2025", "Juni 2025", "Juni", "9 Minuten"},
    {"DE-xx", "16. Juni 2025", "Juni 2025", "Juni", "9 Minuten"},
    {"fr", "16 juin 2025", "juin 2025", "juin", "9 minutes"},
    {"es", "16 de junio de 2025", "junio de 2025", "junio", "9 minutos"},
    {"ja", "2025年6月16日", "2025年6月", "6月", NULL},
    {"zh-Hant", "2025年6月16日", "2025年6月", "6月", NULL},
};

START_TEST(languages_speak)
{
    const char *lang = languages[_i].lang;

    ck_assert_str_eq(date_of("2025-06-16", lang), languages[_i].date);
    ck_assert_str_eq(atd_locale_month(2025, 6, lang, atd_test_pool), languages[_i].month);
    ck_assert_str_eq(atd_locale_month(2025, 6, lang, atd_test_pool), languages[_i].month);
    ck_assert_str_eq(atd_locale_month_name(6, lang, atd_test_pool), languages[_i].name);
    if (languages[_i].minutes)
        ck_assert_str_eq(atd_locale_minutes(9, lang, atd_test_pool), languages[_i].minutes);
}
END_TEST

/* Digits and blanks of these differ from one release of CLDR to the next. */
START_TEST(other_scripts)
{
    HAS(date_of("2025-06-16", "ar"), "يونيو");
    HAS(atd_locale_minutes(9, "ar", atd_test_pool), "دقائق");
    HAS(atd_locale_minutes(9, "ja", atd_test_pool), "分");
    HAS(atd_locale_minutes(9, "ja", atd_test_pool), "9");
    HAS(atd_locale_minutes(9, "zh-Hant", atd_test_pool), "分鐘");
}
END_TEST

START_TEST(junk_is_english)
{
    const char *lang = junk[_i];

    ck_assert_str_eq(date_of("2025-06-16", lang), "June 16, 2025");
    ck_assert_str_eq(atd_locale_month(2025, 6, lang, atd_test_pool), "June 2025");
    ck_assert_str_eq(atd_locale_month_name(6, lang, atd_test_pool), "June");
    ck_assert_str_eq(atd_locale_minutes(9, lang, atd_test_pool), "9 minutes");
    ck_assert_str_eq(atd_locale_number(1234567, lang, atd_test_pool), "1,234,567");
    ck_assert_str_eq(atd_locale_name(lang, atd_test_pool), lang ? lang : "");
    ck_assert_pstr_eq(atd_locale_open_graph(lang, atd_test_pool), NULL);
    ck_assert(!atd_locale_is_right_to_left(lang));
}
END_TEST

START_TEST(tags_are_bounded)
{
    ck_assert(atd_locale_is_tag("de"));
    ck_assert(atd_locale_is_tag("zh-Hant_TW"));
    ck_assert(atd_locale_is_tag(&LONG_TAG[1]));
    ck_assert(!atd_locale_is_tag(LONG_TAG));
    ck_assert(!atd_locale_is_tag("de de"));
    ck_assert(!atd_locale_is_tag(""));
    ck_assert(!atd_locale_is_tag(NULL));
}
END_TEST

/* The day is the author's, on whichever side of UTC's midnight. */
START_TEST(offset_decides_the_day)
{
    ck_assert_str_eq(date_of("2025-06-16T23:30:00-05:00", "de"), "16. Juni 2025");
    ck_assert_str_eq(date_of("2025-06-16T00:30:00+14:00", "de"), "16. Juni 2025");
    ck_assert_str_eq(date_of("2025-12-31T23:59:59-12:00", "fr"), "31 décembre 2025");
    ck_assert_str_eq(date_of("2025-01-01T00:00:00+05:30", "en-GB"), "1 January 2025");
    ck_assert_str_eq(date_of("2025-06-16T23:30:00-05:00", "en"), "June 16, 2025");
}
END_TEST

START_TEST(calendar_is_gregorian)
{
    HAS(date_of("2025-06-16", "th"), "2025");
    ck_assert_str_eq(date_of("2025-06-16", "ja-u-ca-japanese"), "2025年6月16日");
    ck_assert_str_eq(atd_locale_month(2025, 6, "ja-u-ca-japanese", atd_test_pool), "2025年6月");
    HAS(date_of("2025-06-16", "ar-SA"), "يونيو");
}
END_TEST

START_TEST(months_have_bounds)
{
    ck_assert_str_eq(atd_locale_month(1970, 1, "de", atd_test_pool), "Januar 1970");
    ck_assert_str_eq(atd_locale_month(9999, 12, "de", atd_test_pool), "Dezember 9999");
    ck_assert_str_eq(atd_locale_month(1969, 12, "de", atd_test_pool), "");
    ck_assert_str_eq(atd_locale_month(10000, 1, "en", atd_test_pool), "");
    ck_assert_str_eq(atd_locale_month(2025, 0, "de", atd_test_pool), "");
    ck_assert_str_eq(atd_locale_month(2025, 13, "en", atd_test_pool), "");
    ck_assert_str_eq(atd_locale_month_name(0, "de", atd_test_pool), "");
    ck_assert_str_eq(atd_locale_month_name(13, "en", atd_test_pool), "");
}
END_TEST

/* Two languages of one pool must not share what was kept. */
START_TEST(months_of_two_languages)
{
    ck_assert_str_eq(atd_locale_month(2025, 6, "ja", atd_test_pool), "2025年6月");
    ck_assert_str_eq(atd_locale_month(2025, 6, "es", atd_test_pool), "junio de 2025");
    ck_assert_str_eq(atd_locale_month(2025, 7, "ja", atd_test_pool), "2025年7月");
}
END_TEST

START_TEST(amounts)
{
    ck_assert_str_eq(atd_locale_minutes(1, "en", atd_test_pool), "1 minute");
    ck_assert_str_eq(atd_locale_minutes(0, "en", atd_test_pool), "0 minutes");
    ck_assert_str_eq(atd_locale_minutes(1, "de", atd_test_pool), "1 Minute");
    ck_assert_str_eq(atd_locale_minutes(2, "pl", atd_test_pool), "2 minuty");
    ck_assert_str_eq(atd_locale_minutes(5, "pl", atd_test_pool), "5 minut");
    ck_assert_str_eq(atd_locale_number(1234567, "en", atd_test_pool), "1,234,567");
    ck_assert_str_eq(atd_locale_number(1234567, "de", atd_test_pool), "1.234.567");
    ck_assert_str_eq(atd_locale_number(1234567, "hi", atd_test_pool), "12,34,567");
    ck_assert_str_eq(atd_locale_number(0, "de", atd_test_pool), "0");
    ck_assert_str_eq(atd_locale_number(INT64_MIN, "en", atd_test_pool), "-9,223,372,036,854,775,808");
}
END_TEST

static const struct {
    const char *lang, *locale;
} locales[] = {
    {"en", "en_US"},         {"en-GB", "en_GB"}, {"en_gb", "en_GB"}, {"de", "de_DE"},
    {"DE", "de_DE"}, /* the protocol writes a language in small letters */
    {"ja", "ja_JP"},         {"sv", "sv_SE"},    {"uk", "uk_UA"},    {"he", "he_IL"},
    {"zh", "zh_CN"},         {"ca", "ca_ES"},    {"zh-Hant", NULL},  {"zh-Hant-TW", "zh_TW"},
    {"sr-Latn-RS", "sr_RS"}, {"es-419", NULL},   {"xx-YY", "xx_YY"}, {"en-x-private", "en_US"},
    {"de-AT-1996", "de_AT"}, {"eo", NULL},
};

START_TEST(open_graph)
{
    ck_assert_pstr_eq(atd_locale_open_graph(locales[_i].lang, atd_test_pool), locales[_i].locale);
}
END_TEST

START_TEST(right_to_left)
{
    static const char *const right[] = {"ar", "HE", "fa_IR", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "pa-Arab"};
    static const char *const left[] = {"en", "de", "ja", "sd-Deva", "ku", "arn", "ar-Latn", "pa"};

    for (int i = 0; i < COUNT(right); i++)
        ck_assert_msg(atd_locale_is_right_to_left(right[i]), "%s", right[i]);
    for (int i = 0; i < COUNT(left); i++)
        ck_assert_msg(!atd_locale_is_right_to_left(left[i]), "%s", left[i]);
}
END_TEST

START_TEST(languages_have_names)
{
    ck_assert_str_eq(atd_locale_name("en", atd_test_pool), "English");
    ck_assert_str_eq(atd_locale_name("en-GB", atd_test_pool), "British English");
    ck_assert_str_eq(atd_locale_name("de", atd_test_pool), "Deutsch");
    ck_assert_str_eq(atd_locale_name("fr", atd_test_pool), "Français");
    ck_assert_str_eq(atd_locale_name("ja", atd_test_pool), "日本語");
    ck_assert_str_eq(atd_locale_name("zh_Hant", atd_test_pool), "繁體中文");
    ck_assert_str_eq(atd_locale_name("ar", atd_test_pool), "العربية");
}
END_TEST

static void *APR_THREAD_FUNC speak(apr_thread_t *thread, void *wrong)
{
    static const char *const expected[][2] = {{"de", "Juni 2025"}, {"fr", "juin 2025"}, {"ja", "2025年6月"}};
    apr_pool_t *pool = NULL;

    (void)thread;
    apr_pool_create(&pool, NULL);
    for (int i = 0; i < 60; i++) {
        if (strcmp(atd_locale_month(2025, 6, expected[i % 3][0], pool), expected[i % 3][1]) != 0)
            *(int *)wrong = 1;
        if (strcmp(atd_locale_minutes(9, "de", pool), "9 Minuten") != 0)
            *(int *)wrong = 1;
    }
    apr_pool_destroy(pool);
    return NULL;
}

START_TEST(threads_may_speak_at_once)
{
    apr_thread_t *threads[4];
    int wrong[4] = {0};
    apr_status_t ended;

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(apr_thread_create(&threads[i], NULL, speak, &wrong[i], atd_test_pool), APR_SUCCESS);
    for (int i = 0; i < 4; i++) {
        apr_thread_join(&ended, threads[i]);
        ck_assert_int_eq(wrong[i], 0);
    }
}
END_TEST

Suite *locale_suite(void)
{
    Suite *suite = suite_create("locale");
    TCase *tests = atd_test_case(suite, "locale");

    tcase_add_loop_test(tests, languages_speak, 0, COUNT(languages));
    tcase_add_test(tests, other_scripts);
    tcase_add_loop_test(tests, junk_is_english, 0, COUNT(junk));
    tcase_add_test(tests, tags_are_bounded);
    tcase_add_test(tests, offset_decides_the_day);
    tcase_add_test(tests, calendar_is_gregorian);
    tcase_add_test(tests, months_have_bounds);
    tcase_add_test(tests, months_of_two_languages);
    tcase_add_test(tests, amounts);
    tcase_add_loop_test(tests, open_graph, 0, COUNT(locales));
    tcase_add_test(tests, right_to_left);
    tcase_add_test(tests, languages_have_names);
    tcase_add_test(tests, threads_may_speak_at_once);
    return suite;
}
