/* SPDX-License-Identifier: Apache-2.0 */
#include "atd_test.h"
#include "base/atd_time.h"

#include <apr_strings.h>

typedef struct reading_t {
    const char *text;
    const char *iso;
    bool day_only;
} reading_t;

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static const reading_t readings[] = {
    {"2025-06-16", "2025-06-16T00:00:00+00:00", true},
    {" 2025-06-16 ", "2025-06-16T00:00:00+00:00", true},
    {"2025/06/16", "2025-06-16T00:00:00+00:00", true},
    {"2025-6-1", "2025-06-01T00:00:00+00:00", true},
    {"2025-06-16T14:06:20Z", "2025-06-16T14:06:20+00:00", false},
    {"2025-06-16t14:06:20z", "2025-06-16T14:06:20+00:00", false},
    {"2025-06-16 14:06", "2025-06-16T14:06:00+00:00", false},
    {"2025-06-16T14:06:20.194Z", "2025-06-16T14:06:20+00:00", false},
    {"2025-06-16T14:06:20+02:00", "2025-06-16T14:06:20+02:00", false},
    {"2025-06-16T14:06:20 +02:00", "2025-06-16T14:06:20+02:00", false},
    {"2025-06-16T14:06:20-0530", "2025-06-16T14:06:20-05:30", false},
    {"2025-06-16T14:06:20+02", "2025-06-16T14:06:20+02:00", false},
    {"2025-06-16T14:06:20+02 ", "2025-06-16T14:06:20+02:00", false},
    {"2025-06-16T14:06:20 UTC", "2025-06-16T14:06:20+00:00", false},
    {"2025-06-16T14:06:20-00:30", "2025-06-16T14:06:20-00:30", false},
    {"2025-06-16 14:06:20 2025 -0530", "2025-06-16T14:06:20-05:30", false},
    {"2025-06-16 14:06 2025", "2025-06-16T14:06:00+00:00", false},
    {"Jul 08 2022", "2022-07-08T00:00:00+00:00", true},
    {"July 8, 2022", "2022-07-08T00:00:00+00:00", true},
    {"8 July 2022", "2022-07-08T00:00:00+00:00", true},
    {"8 july, 2022", "2022-07-08T00:00:00+00:00", true},
    {"Fri Jul 08 2022", "2022-07-08T00:00:00+00:00", true},
    {"Friday, 8 Jul 2022", "2022-07-08T00:00:00+00:00", true},
    {"Mon, 16 Jun 2025 14:06:20 GMT", "2025-06-16T14:06:20+00:00", false},
    {"Mon, 16 Jun 2025 14:06:20 -0500", "2025-06-16T14:06:20-05:00", false},
    {"Mon Jun 16 2025 14:06:20 GMT-0500", "2025-06-16T14:06:20-05:00", false},
    {"Mon Jun 16 2025 14:06:20 GMT+0200", "2025-06-16T14:06:20+02:00", false},
    {"Sept 1 2025", "2025-09-01T00:00:00+00:00", true},
    {"2024-02-29", "2024-02-29T00:00:00+00:00", true},
    {"2000-02-29", "2000-02-29T00:00:00+00:00", true},
    {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00", false},
    {"1970-01-02", "1970-01-02T00:00:00+00:00", true},
};

START_TEST(date_is_read)
{
    const reading_t *reading = &readings[_i];
    atd_date_t date;

    ck_assert_msg(atd_date_parse(&date, reading->text), "%s", reading->text);
    ck_assert_str_eq(atd_date_iso(&date, atd_test_pool), reading->iso);
    ck_assert_msg(date.day_only == reading->day_only, "%s", reading->text);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
    atd_date_t date, again;

    ck_assert(atd_date_parse(&date, readings[_i].text));
    ck_assert(atd_date_parse(&again, atd_date_iso(&date, atd_test_pool)));
    ck_assert_int_eq(again.at, date.at);
    ck_assert_int_eq(again.offset, date.offset);
}
END_TEST

static const char *const others[] = {
    "",
    "yesterday",
    "2025",
    "2025-06",
    "2025-06-",
    "2025.06.16",
    "2025-06/16",
    "20250616",
    "02025-06-16",
    "2025-13-01",
    "2025-00-01",
    "2025-06-00",
    "2025-06-31",
    "2025-06-161",
    "2023-02-29",
    "1900-02-29",
    "2100-02-29",
    "0000-01-01",
    "1969-12-31",
    "1970-01-01",
    "1970-01-01T00:30:00+01:00",
    "16/06/2025",
    "06/16/2025",
    "2025-06-16T",
    "2025-06-16X14:06",
    "2025-06-16T14",
    "2025-06-16T14:6",
    "2025-06-16T14:06:2",
    "2025-06-16T14:06:",
    "2025-06-16T24:00",
    "2025-06-16T14:60",
    "2025-06-16T14:06:60",
    "2025-06-16T14:06:20.",
    "2025-06-16T14:06 o'clock",
    "2025-06-16 14:06:20 2024 +0200",
    "2025-06-16 14:06:20 20255 +0200",
    "2025-06-16 14:06:20 2025 2025",
    "2025-06-16T14:06+2",
    "2025-06-16T14:06+2x",
    "2025-06-16T14:06+02:",
    "2025-06-16T14:06+02:0",
    "2025-06-16T14:06+02:60",
    "2025-06-16T14:06+24:00",
    "2025-06-16T14:06Z x",
    "Juli 8 2022",
    "Ju 8 2022",
    "July 2022",
    "July 8",
    "July 8 22",
    "8 2022",
    "8 Foo 2022",
    "July x 2022",
    "31 June 2025",
};

START_TEST(others_are_no_date)
{
    atd_date_t date;

    ck_assert_msg(!atd_date_parse(&date, others[_i]), "%s", others[_i]);
}
END_TEST

START_TEST(instant_counts_the_offset)
{
    atd_date_t east, utc;

    ck_assert(atd_date_parse(&east, "2025-06-16T14:06:20+02:00"));
    ck_assert(atd_date_parse(&utc, "2025-06-16T12:06:20Z"));
    ck_assert_int_eq(east.at, utc.at);
    ck_assert_int_eq(east.offset, 7200);
    ck_assert_int_eq(utc.offset, 0);
    ck_assert_int_eq(utc.at, apr_time_from_sec(1750075580));
}
END_TEST

START_TEST(forms_of_a_date)
{
    atd_date_t date;

    ck_assert(atd_date_parse(&date, "2025-06-05T23:30:00-05:00"));
    ck_assert_str_eq(atd_date_iso(&date, atd_test_pool), "2025-06-05T23:30:00-05:00");
    ck_assert_str_eq(atd_date_rfc822(&date, atd_test_pool), "Thu, 05 Jun 2025 23:30:00 -0500");
    ck_assert_str_eq(atd_date_day(&date, atd_test_pool), "2025-06-05");
    ck_assert_str_eq(atd_date_human(&date, atd_test_pool), "June 5, 2025");
}
END_TEST

START_TEST(week_days_by_name)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

    for (int i = 0; i < 7; i++) {
        const atd_date_t date = {.at = apr_time_from_sec(1750082780 + i * 86400)};

        ck_assert_str_eq(atd_date_rfc822(&date, atd_test_pool),
                         apr_psprintf(atd_test_pool, "%s, %d Jun 2025 14:06:20 +0000", days[i], 16 + i));
    }
}
END_TEST

START_TEST(months_by_name)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};

    for (int i = 0; i < 12; i++) {
        char text[] = "1 xxx 2025";
        atd_date_t date;

        memcpy(text + 2, months[i], 3);
        ck_assert(atd_date_parse(&date, text));
        ck_assert_str_eq(atd_date_human(&date, atd_test_pool) + strlen(months[i]), " 1, 2025");
        ck_assert_int_eq(strncmp(atd_date_human(&date, atd_test_pool), months[i], strlen(months[i])), 0);
        ck_assert_int_eq(atd_date_day(&date, atd_test_pool)[6] - '0', (i + 1) % 10);
    }
}
END_TEST

Suite *time_suite(void)
{
    Suite *suite = suite_create("time");
    TCase *tests = atd_test_case(suite, "time");

    tcase_add_loop_test(tests, date_is_read, 0, COUNT(readings));
    tcase_add_loop_test(tests, what_is_written_is_read_again, 0, COUNT(readings));
    tcase_add_loop_test(tests, others_are_no_date, 0, COUNT(others));
    tcase_add_test(tests, instant_counts_the_offset);
    tcase_add_test(tests, forms_of_a_date);
    tcase_add_test(tests, week_days_by_name);
    tcase_add_test(tests, months_by_name);
    return suite;
}
