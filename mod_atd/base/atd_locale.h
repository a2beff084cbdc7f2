/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_LOCALE_H
#define ATD_LOCALE_H

#include "base/atd_time.h"

/**
 * @file atd_locale.h
 * Dates, amounts and names in the language of a page, by ICU and its CLDR data. A language is a BCP 47 tag as authors
 * write it: in any case, with `-` or `_`. One that ICU has no data for is English, and so is what is no tag at all; NULL
 * is none. Nothing here looks at the process's locale or keeps anything: any number of threads may call. Texts are
 * UTF-8, in memory of the pool, and never NULL where nothing else is said.
 */

/** 1 to 35 letters, digits, `-` and `_`: the length that RFC 5646, 4.4.1 asks implementations to allow for. */
bool atd_locale_is_tag(const char *lang);

/**
 * "June 16, 2025", "16. Juni 2025", "2025年6月16日": the day at the offset that it was written with, in the Gregorian
 * calendar whatever a country's own is.
 */
const char *atd_locale_date(const atd_date_t *date, const char *lang, apr_pool_t *pool);

/**
 * "June 2025", "Juni 2025", "2025年6月". @p year from 1970 to 9999, @p month from 1 to 12; "" past these. The first call
 * for a language and pool is about ten times as dear as the others, which read what it left there.
 */
const char *atd_locale_month(int year, int month, const char *lang, apr_pool_t *pool);

/** "June": a month's name that stands alone. @p month as above. */
const char *atd_locale_month_name(int month, const char *lang, apr_pool_t *pool);

/** "1 minute", "9 minutes", "9 Minuten". */
const char *atd_locale_minutes(apr_int64_t minutes, const char *lang, apr_pool_t *pool);

/** "1,234,567" with the language's digits and grouping. */
const char *atd_locale_number(apr_int64_t number, const char *lang, apr_pool_t *pool);

/**
 * Open Graph's locale, language_TERRITORY (ogp.me). Where the tag names no territory it is the one in which most
 * speakers live (CLDR's likely subtags): "en" is en_US. NULL where there is none of two letters (es-419), and of a tag
 * with a script and no territory (zh-Hant), which says that the likeliest isn't meant.
 */
const char *atd_locale_open_graph(const char *lang, apr_pool_t *pool);

/** True where the language, or the script that the tag names, is written from right to left. */
bool atd_locale_is_right_to_left(const char *lang);

/** A language's name in itself, as in a list: "Deutsch", "日本語", "British English". The tag where it isn't known. */
const char *atd_locale_name(const char *lang, apr_pool_t *pool);

#endif
