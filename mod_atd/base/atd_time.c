/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_time.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

static void skip_blanks(const char **at)
{
    while (**at == ' ')
        (*at)++;
}

/* Exactly @p digits digits, or up to that many where @p fewer. */
static bool read_number(const char **at, int digits, bool fewer, int *number)
{
    int count = 0;

    *number = 0;
    while (count < digits && apr_isdigit(**at)) {
        *number = *number * 10 + (**at - '0');
        (*at)++;
        count++;
    }
    return count > 0 && (fewer || count == digits) && !apr_isdigit(**at);
}

static bool read_char(const char **at, char expected)
{
    if (**at != expected)
        return false;
    (*at)++;
    return true;
}

/* A month's English name or its first three letters. */
static bool read_month(const char **at, int *month)
{
    apr_size_t length = 0;

    while (apr_isalpha((*at)[length]))
        length++;
    if (length < 3)
        return false;
    for (int i = 0; i < 12; i++) {
        if (length <= strlen(months[i]) && strncasecmp(*at, months[i], length) == 0) {
            *at += length;
            *month = i + 1;
            return true;
        }
    }
    return false;
}

static bool is_day_of_month(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (leap && month == 2);
}

/* "2025-06-16", also with slashes. */
static bool read_iso_day(const char **at, apr_time_exp_t *parts)
{
    char separator;

    if (!read_number(at, 4, false, &parts->tm_year))
        return false;
    separator = **at;
    if (separator != '-' && separator != '/')
        return false;
    (*at)++;
    return read_number(at, 2, true, &parts->tm_mon) && read_char(at, separator) &&
           read_number(at, 2, true, &parts->tm_mday);
}

/* "Mon, " or "Monday ": a word that is no month. */
static void skip_week_day(const char **at)
{
    const char *probe = *at;
    int month;

    if (read_month(&probe, &month))
        return;
    while (apr_isalpha(**at))
        (*at)++;
    read_char(at, ',');
    skip_blanks(at);
}

/* "Jul 08 2022", "July 8, 2022", "8 July 2022". */
static bool read_english_day(const char **at, apr_time_exp_t *parts)
{
    bool month_first;

    skip_week_day(at);
    month_first = read_month(at, &parts->tm_mon);
    skip_blanks(at);
    if (!read_number(at, 2, true, &parts->tm_mday))
        return false;
    skip_blanks(at);
    if (!month_first && !read_month(at, &parts->tm_mon))
        return false;
    read_char(at, ',');
    skip_blanks(at);
    return read_number(at, 4, false, &parts->tm_year);
}

static void skip_fraction(const char **at)
{
    if (**at != '.' || !apr_isdigit((*at)[1]))
        return;
    (*at)++;
    while (apr_isdigit(**at))
        (*at)++;
}

/* "14:06", "14:06:20", "14:06:20.194". */
static bool read_time_of_day(const char **at, apr_time_exp_t *parts)
{
    if (!read_number(at, 2, true, &parts->tm_hour) || !read_char(at, ':') || !read_number(at, 2, false, &parts->tm_min))
        return false;
    if (read_char(at, ':')) {
        if (!read_number(at, 2, false, &parts->tm_sec))
            return false;
        skip_fraction(at);
    }
    return parts->tm_hour < 24 && parts->tm_min < 60 && parts->tm_sec < 60;
}

/* "Z", "UTC", "GMT", "+02:00", "+0200", "+02", or nothing. */
static bool read_offset(const char **at, int *seconds)
{
    int sign;
    int hours;
    int minutes = 0;
    bool colon;

    *seconds = 0;
    if (**at == 'Z' || **at == 'z') {
        (*at)++;
        return true;
    }
    if (strncmp(*at, "UTC", 3) == 0 || strncmp(*at, "GMT", 3) == 0)
        *at += 3;
    if (**at != '+' && **at != '-')
        return true;
    sign = **at == '-' ? -1 : 1;
    (*at)++;
    if (!apr_isdigit((*at)[0]) || !apr_isdigit((*at)[1]))
        return false;
    hours = ((*at)[0] - '0') * 10 + ((*at)[1] - '0');
    *at += 2;
    colon = read_char(at, ':');
    if ((colon || apr_isdigit(**at)) && !read_number(at, 2, false, &minutes))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

/* The year once more, where git writes it: in the Jekyll project's own blog "2023-01-29 18:30:22 2023 -0800" stands. */
static void skip_same_year(const char **at, const apr_time_exp_t *parts)
{
    const char *probe = *at;
    int year;

    if (read_number(&probe, 4, false, &year) && year == parts->tm_year)
        *at = probe;
}

static bool read_rest(const char **at, atd_date_t *date, apr_time_exp_t *parts)
{
    skip_blanks(at);
    date->day_only = **at == '\0';
    if (date->day_only)
        return true;
    if (**at == 'T' || **at == 't')
        (*at)++;
    if (!read_time_of_day(at, parts))
        return false;
    skip_blanks(at);
    skip_same_year(at, parts);
    skip_blanks(at);
    if (!read_offset(at, &date->offset))
        return false;
    skip_blanks(at);
    return **at == '\0';
}

bool atd_date_parse(atd_date_t *date, const char *text)
{
    apr_time_exp_t parts = {0};
    const char *at = text;

    memset(date, 0, sizeof *date);
    skip_blanks(&at);
    if (apr_isdigit(at[0]) && apr_isdigit(at[1]) && apr_isdigit(at[2])) {
        if (!read_iso_day(&at, &parts))
            return false;
    } else if (!read_english_day(&at, &parts)) {
        return false;
    }
    if (!is_day_of_month(parts.tm_year, parts.tm_mon, parts.tm_mday) || !read_rest(&at, date, &parts))
        return false;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    parts.tm_gmtoff = date->offset;
    return apr_time_exp_gmt_get(&date->at, &parts) == APR_SUCCESS && date->at > 0;
}

static void explode(apr_time_exp_t *parts, const atd_date_t *date)
{
    memset(parts, 0, sizeof *parts);
    apr_time_exp_tz(parts, date->at, date->offset);
    parts->tm_year += 1900;
}

const char *atd_date_iso(const atd_date_t *date, apr_pool_t *pool)
{
    apr_time_exp_t parts;
    int offset = date->offset < 0 ? -date->offset : date->offset;

    explode(&parts, date);
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", parts.tm_year, parts.tm_mon + 1,
                        parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, date->offset < 0 ? '-' : '+',
                        offset / 3600, offset / 60 % 60);
}

const char *atd_date_rfc822(const atd_date_t *date, apr_pool_t *pool)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    apr_time_exp_t parts;
    int offset = date->offset < 0 ? -date->offset : date->offset;

    explode(&parts, date);
    return apr_psprintf(pool, "%s, %02d %.3s %04d %02d:%02d:%02d %c%02d%02d", days[parts.tm_wday], parts.tm_mday,
                        months[parts.tm_mon], parts.tm_year, parts.tm_hour, parts.tm_min, parts.tm_sec,
                        date->offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
}

const char *atd_date_day(const atd_date_t *date, apr_pool_t *pool)
{
    apr_time_exp_t parts;

    explode(&parts, date);
    return apr_psprintf(pool, "%04d-%02d-%02d", parts.tm_year, parts.tm_mon + 1, parts.tm_mday);
}

const char *atd_date_human(const atd_date_t *date, apr_pool_t *pool)
{
    apr_time_exp_t parts;

    explode(&parts, date);
    return apr_psprintf(pool, "%s %d, %d", months[parts.tm_mon], parts.tm_mday, parts.tm_year);
}

const char *atd_date_month_name(int month)
{
    return month >= 1 && month <= 12 ? months[month - 1] : "";
}
