/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_locale.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>
#include <unicode/unumberformatter.h>
#include <unicode/ures.h>
#include <unicode/ustring.h>

#include <string.h>

#define MAX_TAG 35

/* The longest of CLDR's dates and names have some sixty. */
#define MAX_UNITS 256

static const char tag_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

typedef struct icu_locale_t {
    char id[ULOC_FULLNAME_CAPACITY];
} icu_locale_t;

bool atd_locale_is_tag(const char *lang)
{
    apr_size_t length = lang ? strspn(lang, tag_characters) : 0;

    return length > 0 && length <= MAX_TAG && !lang[length];
}

/* ICU's name of a language; false where there is none, as in "und", "x-private" and "root", which ICU knows better. */
static bool identify(icu_locale_t *locale, const char *lang)
{
    UErrorCode status = U_ZERO_ERROR;
    char tag[MAX_TAG + 1];

    if (!atd_locale_is_tag(lang))
        return false;
    strcpy(tag, lang);
    for (char *at = tag; *at; at++)
        *at = (char)(*at == '_' ? '-' : *at);
    uloc_forLanguageTag(tag, locale->id, sizeof locale->id, NULL, &status);
    return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING && apr_isalpha(locale->id[0]) &&
           strcmp(locale->id, "root") != 0;
}

/* For an unknown language ICU takes that of the process's environment, which has nothing to do with the page's. */
static bool has_data(const icu_locale_t *locale)
{
    UErrorCode status = U_ZERO_ERROR;

    ures_close(ures_open(NULL, locale->id, &status));
    return U_SUCCESS(status) && status != U_USING_DEFAULT_WARNING;
}

static bool is_plain_english(const char *lang)
{
    return !lang || strcasecmp(lang, "en") == 0 || strcasecmp(lang, "en-US") == 0 || strcasecmp(lang, "en_US") == 0;
}

/* False: English as our own code writes it. */
static bool find_foreign(icu_locale_t *locale, const char *lang)
{
    UErrorCode status = U_ZERO_ERROR;

    if (is_plain_english(lang) || !identify(locale, lang) || !has_data(locale))
        return false;
    uloc_setKeywordValue("calendar", "gregorian", locale->id, sizeof locale->id, &status);
    return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING;
}

/* NULL where making it had failed, or it has more than the MAX_UNITS that there was room for. */
static const char *take(const UChar *text, int32_t length, UErrorCode status, apr_pool_t *pool)
{
    apr_size_t size = (apr_size_t)(U_SUCCESS(status) ? length : 0) * 3 + 1; /* three bytes for each unit at most */
    char *taken;

    if (U_FAILURE(status) || length <= 0)
        return NULL;
    taken = apr_palloc(pool, size);
    u_strToUTF8(taken, (int32_t)size, NULL, text, length, &status);
    return U_SUCCESS(status) ? taken : NULL;
}

/* By @p pattern, or as CLDR's long date where there is none. @p at is read as UTC. */
static const char *format_time(const icu_locale_t *locale, const UChar *pattern, apr_time_t at, apr_pool_t *pool)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar text[MAX_UNITS];
    int32_t length;
    UDateFormat *format = udat_open(pattern ? UDAT_PATTERN : UDAT_NONE, pattern ? UDAT_PATTERN : UDAT_LONG, locale->id,
                                    u"GMT", -1, pattern, pattern ? -1 : 0, &status);

    if (U_FAILURE(status))
        return NULL;
    length = udat_format(format, (UDate)apr_time_as_msec(at), text, MAX_UNITS, NULL, &status);
    udat_close(format);
    return take(text, length, status, pool);
}

const char *atd_locale_date(const atd_date_t *date, const char *lang, apr_pool_t *pool)
{
    const char *text = NULL;
    icu_locale_t locale;

    if (find_foreign(&locale, lang))
        text = format_time(&locale, NULL, date->at + apr_time_from_sec(date->offset), pool);
    return text ? text : atd_date_human(date, pool);
}

/* The order of year and month, which a pattern generator works out: 0.2 to 0.4 ms, so it is kept in the pool. */
static const UChar *find_month_pattern(const icu_locale_t *locale, apr_pool_t *pool)
{
    const char *key = apr_pstrcat(pool, "atd_locale_month:", locale->id, NULL);
    UErrorCode status = U_ZERO_ERROR;
    UDateTimePatternGenerator *generator;
    UChar pattern[MAX_UNITS];
    void *kept = NULL;
    int32_t length;

    apr_pool_userdata_get(&kept, key, pool);
    if (kept)
        return kept;
    generator = udatpg_open(locale->id, &status);
    if (U_FAILURE(status))
        return NULL;
    length = udatpg_getBestPattern(generator, u"yMMMM", -1, pattern, MAX_UNITS - 1, &status);
    udatpg_close(generator);
    if (U_FAILURE(status))
        return NULL;
    pattern[length] = 0;
    kept = apr_pmemdup(pool, pattern, (apr_size_t)(length + 1) * sizeof *pattern);
    apr_pool_userdata_setn(kept, key, NULL, pool);
    return kept;
}

/* The middle of a month; false where there is no such month. */
static bool find_month(atd_date_t *date, int year, int month)
{
    apr_time_exp_t parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 15};

    memset(date, 0, sizeof *date);
    return year >= 1970 && year <= 9999 && month >= 1 && month <= 12 &&
           apr_time_exp_gmt_get(&date->at, &parts) == APR_SUCCESS;
}

const char *atd_locale_month(int year, int month, const char *lang, apr_pool_t *pool)
{
    const UChar *pattern = NULL;
    const char *text = NULL;
    icu_locale_t locale;
    atd_date_t date;

    if (!find_month(&date, year, month))
        return "";
    if (find_foreign(&locale, lang))
        pattern = find_month_pattern(&locale, pool);
    if (pattern)
        text = format_time(&locale, pattern, date.at, pool);
    return text ? text : apr_psprintf(pool, "%s %d", atd_date_month_name(month), year);
}

const char *atd_locale_month_name(int month, const char *lang, apr_pool_t *pool)
{
    const char *text = NULL;
    icu_locale_t locale;
    atd_date_t date;

    if (!find_month(&date, 2000, month))
        return "";
    if (find_foreign(&locale, lang))
        text = format_time(&locale, u"LLLL", date.at, pool);
    return text ? text : atd_date_month_name(month);
}

/* By one of ICU's number skeletons. */
static const char *format_number(const char *id, const UChar *skeleton, apr_int64_t number, apr_pool_t *pool)
{
    UErrorCode status = U_ZERO_ERROR;
    UNumberFormatter *format = unumf_openForSkeletonAndLocale(skeleton, -1, id, &status);
    UFormattedNumber *result = unumf_openResult(&status);
    UChar text[MAX_UNITS];
    int32_t length;

    unumf_formatInt(format, number, result, &status);
    length = unumf_resultToString(result, text, MAX_UNITS, &status);
    unumf_closeResult(result);
    unumf_close(format);
    return take(text, length, status, pool);
}

const char *atd_locale_minutes(apr_int64_t minutes, const char *lang, apr_pool_t *pool)
{
    const char *text = NULL;
    icu_locale_t locale;

    if (find_foreign(&locale, lang))
        text = format_number(locale.id, u"measure-unit/duration-minute unit-width-full-name", minutes, pool);
    return text ? text : apr_psprintf(pool, "%" APR_INT64_T_FMT " minute%s", minutes, minutes == 1 ? "" : "s");
}

const char *atd_locale_number(apr_int64_t number, const char *lang, apr_pool_t *pool)
{
    icu_locale_t locale;
    const char *text = format_number(find_foreign(&locale, lang) ? locale.id : "en", u"", number, pool);

    return text ? text : apr_psprintf(pool, "%" APR_INT64_T_FMT, number);
}

static bool has_script(const icu_locale_t *locale)
{
    UErrorCode status = U_ZERO_ERROR;
    char script[ULOC_SCRIPT_CAPACITY];

    return uloc_getScript(locale->id, script, sizeof script, &status) > 0;
}

static int32_t find_territory(char *territory, int32_t size, const icu_locale_t *locale)
{
    UErrorCode status = U_ZERO_ERROR;
    char likely[ULOC_FULLNAME_CAPACITY];
    int32_t length = uloc_getCountry(locale->id, territory, size, &status);

    if (length > 0 || has_script(locale))
        return length;
    uloc_addLikelySubtags(locale->id, likely, sizeof likely, &status);
    return U_SUCCESS(status) ? uloc_getCountry(likely, territory, size, &status) : 0;
}

const char *atd_locale_open_graph(const char *lang, apr_pool_t *pool)
{
    UErrorCode status = U_ZERO_ERROR;
    char language[ULOC_LANG_CAPACITY];
    char territory[ULOC_COUNTRY_CAPACITY];
    icu_locale_t locale;

    if (!identify(&locale, lang) || find_territory(territory, sizeof territory, &locale) != 2)
        return NULL;
    uloc_getLanguage(locale.id, language, sizeof language, &status);
    return U_SUCCESS(status) ? apr_pstrcat(pool, language, "_", territory, NULL) : NULL;
}

bool atd_locale_is_right_to_left(const char *lang)
{
    icu_locale_t locale;

    return identify(&locale, lang) && uloc_isRightToLeft(locale.id);
}

const char *atd_locale_name(const char *lang, apr_pool_t *pool)
{
    UDisplayContext how[] = {UDISPCTX_DIALECT_NAMES, UDISPCTX_CAPITALIZATION_FOR_UI_LIST_OR_MENU};
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names;
    const char *name = NULL;
    icu_locale_t locale;
    UChar text[MAX_UNITS];
    int32_t length;

    if (!identify(&locale, lang) || !has_data(&locale))
        return apr_pstrdup(pool, lang ? lang : "");
    names = uldn_openForContext(locale.id, how, sizeof how / sizeof *how, &status);
    if (U_SUCCESS(status)) {
        length = uldn_localeDisplayName(names, locale.id, text, MAX_UNITS, &status);
        name = take(text, length, status, pool);
        uldn_close(names);
    }
    return name ? name : apr_pstrdup(pool, lang);
}
