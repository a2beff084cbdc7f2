/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_permalink.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "site/atd_route.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

#define HINT "the names are :slug, :year, :month, :day and :category, and :slug comes last: /:year/:month/:slug"

/* ---- patterns ---- */

typedef enum token_t { TOKEN_SLUG, TOKEN_YEAR, TOKEN_MONTH, TOKEN_DAY, TOKEN_CATEGORY, TOKEN_SECTION } token_t;

typedef struct name_t {
    const char *name; /* in a pattern, behind its colon */
    token_t token;
} name_t;

/* The first of each token is its normal name. A section is the folder that a file lies in, which is no part of a URL. */
static const name_t names[] = {
    {"slug", TOKEN_SLUG},         {"year", TOKEN_YEAR},
    {"month", TOKEN_MONTH},       {"day", TOKEN_DAY},
    {"category", TOKEN_CATEGORY}, {"categories", TOKEN_CATEGORY},
    {"title", TOKEN_SLUG},        {"filename", TOKEN_SLUG},
    {"name", TOKEN_SLUG},         {"contentbasename", TOKEN_SLUG},
    {"section", TOKEN_SECTION},   {"slugorcontentbasename", TOKEN_SLUG},
};

#define NAMES (sizeof names / sizeof *names)

static const struct {
    const char *name, *pattern;
} styles[] = {
    {"date", "/:category/:year/:month/:day/:slug"},
    {"pretty", "/:category/:year/:month/:day/:slug"},
    {"none", "/:category/:slug"},
};

static apr_size_t name_length(const char *text)
{
    apr_size_t length = 0;

    while (apr_isalnum(text[length]) || text[length] == '_')
        length++;
    return length;
}

/* The name at @p text, which is behind a colon. */
static const name_t *find_name(const char *text)
{
    apr_size_t length = name_length(text);

    for (apr_size_t i = 0; i < NAMES; i++) {
        if (strlen(names[i].name) == length && strncasecmp(names[i].name, text, length) == 0)
            return &names[i];
    }
    return NULL;
}

static bool ends_with(const char *text, apr_size_t length, const char *ending)
{
    apr_size_t size = strlen(ending);

    return length >= size && strncasecmp(text + length - size, ending, size) == 0;
}

/* Slashes, ".html" and Jekyll's ":output_ext" at the end say the same as nothing. */
static const char *without_ending(const char *pattern, apr_pool_t *pool)
{
    static const char *const endings[] = {"/", ".html", ".htm", ":output_ext"};
    apr_size_t length = strlen(pattern);

    for (apr_size_t i = 0; i < sizeof endings / sizeof *endings;) {
        if (ends_with(pattern, length, endings[i])) {
            length -= strlen(endings[i]);
            i = 0;
        } else {
            i++;
        }
    }
    return apr_pstrmemdup(pool, pattern, length);
}

static const char *pattern_of_style(const char *text)
{
    for (apr_size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        if (strcasecmp(styles[i].name, text) == 0)
            return styles[i].pattern;
    }
    return text;
}

/* What a URL shows as it is, and no route begins with. */
static bool is_literal(char sign)
{
    return apr_isalnum(sign) || (unsigned char)sign >= 0x80 || strchr("-._~", sign);
}

/* One component with the normal names of its tokens; those of a section go. @return what is wrong, or NULL */
static const char *put_component(atd_buffer_t *out, const char *component, apr_pool_t *pool)
{
    while (*component) {
        const name_t *name;

        if (*component != ':') {
            if (!is_literal(*component))
                return apr_psprintf(pool, "'%c' can't stand in an address", *component);
            atd_buffer_putc(out, *component++);
            continue;
        }
        name = find_name(++component);
        if (!name)
            return apr_psprintf(pool, "there is no name ':%.*s'", (int)name_length(component), component);
        if (name->token != TOKEN_SECTION)
            atd_buffer_printf(out, ":%s", names[name->token].name);
        component += name_length(component);
    }
    return NULL;
}

/* A component that would hide the post, or give it the address of a list. */
static const char *check_place(const char *component, bool is_first, apr_pool_t *pool)
{
    static const char *const taken[] = {"archive", "author", "category", "page", "tag"};

    if (*component == '.' || *component == '_')
        return apr_psprintf(pool, "'%.80s' would be hidden", component);
    for (apr_size_t i = 0; is_first && i < sizeof taken / sizeof *taken; i++) {
        if (strcasecmp(component, taken[i]) == 0)
            return apr_psprintf(pool, "'%s' is the address of lists", component);
    }
    return NULL;
}

/* @return what is wrong, or NULL */
static const char *normalize(atd_buffer_t *out, const char *pattern, apr_pool_t *pool)
{
    char *state = NULL;
    char *copy = apr_pstrdup(pool, pattern);
    const char *last = "";

    for (char *part = apr_strtok(copy, "/", &state); part; part = apr_strtok(NULL, "/", &state)) {
        atd_buffer_t *component = atd_buffer_create(pool, strlen(part), ATD_MAX_ALIAS);
        const char *fault = put_component(component, part, pool);

        if (!fault && atd_buffer_take(&last, NULL, component, "the pattern"))
            fault = "it is too long";
        if (!fault)
            fault = check_place(last, atd_buffer_length(out) == 0, pool);
        if (fault)
            return fault;
        if (*last)
            atd_buffer_printf(out, "/%s", last);
    }
    return strcmp(last, ":slug") == 0 ? NULL : ":slug must stand at its end, alone between slashes";
}

const atd_error_t *atd_permalink_check(const char **normal, const char *pattern, const atd_value_t *value,
                                       atd_reading_t *reading)
{
    apr_size_t length = strlen(pattern);
    atd_buffer_t *out = atd_buffer_create(reading->pool, length, ATD_MAX_ALIAS);
    const char *fault = NULL;

    *normal = ATD_PERMALINK_DEFAULT;
    if (atd_text_valid_prefix(pattern, length) != length)
        fault = "it is not UTF-8";
    else
        fault = normalize(out, without_ending(pattern_of_style(pattern), reading->pool), reading->pool);
    if (!fault && atd_buffer_take(normal, NULL, out, "the pattern"))
        fault = "it is too long";
    if (!fault)
        return NULL;
    return atd_error_hint(
        atd_reading_note(reading, ATD_E_VALUE, value, "'permalink' can't be '%.80s': %s", pattern, fault), HINT);
}

/* ---- paths ---- */

static const char *category_slug(const atd_post_t *post, apr_pool_t *pool)
{
    return post->category ? atd_text_slug(post->category, pool) : "";
}

static const char *text_of(token_t token, const atd_post_t *post, apr_pool_t *pool)
{
    const char *day;

    if (token == TOKEN_SLUG)
        return post->slug;
    if (token == TOKEN_CATEGORY)
        return category_slug(post, pool);
    day = atd_date_day(&post->date, pool); /* "2025-06-16" */
    if (token == TOKEN_YEAR)
        return apr_pstrmemdup(pool, day, 4);
    return apr_pstrmemdup(pool, day + (token == TOKEN_MONTH ? 5 : 8), 2);
}

static bool needs_date(const char *pattern)
{
    for (; (pattern = strchr(pattern, ':')) != NULL; pattern++) {
        const name_t *name = find_name(pattern + 1);

        if (name && name->token >= TOKEN_YEAR && name->token <= TOKEN_DAY)
            return true;
    }
    return false;
}

/* With what tokens stand for; a slash that nothing came before, or behind, is left out. */
static const char *expand(const char *pattern, const atd_post_t *post, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 256, 64 * 1024);
    const char *path;

    while (*pattern) {
        const name_t *name = *pattern == ':' ? find_name(pattern + 1) : NULL;

        if (name)
            atd_buffer_puts(out, text_of(name->token, post, pool));
        else if (*pattern != '/' || (atd_buffer_length(out) > 0 && atd_buffer_last(out) != '/'))
            atd_buffer_putc(out, *pattern);
        pattern += name ? 1 + name_length(pattern + 1) : 1;
    }
    return atd_buffer_take(&path, NULL, out, "the path") ? post->slug : path;
}

const char *atd_permalink_path(const char *pattern, const atd_post_t *post, apr_pool_t *pool)
{
    const char *path;
    atd_route_t route;

    if (post->is_page || strcmp(pattern, ATD_PERMALINK_DEFAULT) == 0 || (needs_date(pattern) && post->date.at == 0))
        return post->slug;
    path = expand(pattern, post, pool);
    atd_route_parse(&route, path, pool);
    return route.kind == ATD_ROUTE_OTHER && !route.moved ? path : post->slug;
}

/* ---- other systems' paths ---- */

/* The components of a path, without "index.html" and ".html" at the end. */
static apr_array_header_t *split(const char *path, apr_pool_t *pool)
{
    apr_array_header_t *components = apr_array_make(pool, 8, sizeof(char *));
    char *state = NULL;
    char *copy = apr_pstrdup(pool, path);
    apr_size_t length;
    char *last;

    for (char *part = apr_strtok(copy, "/", &state); part; part = apr_strtok(NULL, "/", &state))
        APR_ARRAY_PUSH(components, char *) = part;
    if (components->nelts == 0)
        return components;
    last = APR_ARRAY_IDX(components, components->nelts - 1, char *);
    length = strlen(last);
    if (strcasecmp(last, "index.html") == 0 || strcasecmp(last, "index.htm") == 0)
        apr_array_pop(components);
    else if (ends_with(last, length, ".html") || ends_with(last, length, ".htm"))
        *strrchr(last, '.') = '\0';
    return components;
}

static const char *last_slug(const apr_array_header_t *components, apr_pool_t *pool)
{
    return components->nelts ? atd_text_slug(APR_ARRAY_IDX(components, components->nelts - 1, char *), pool) : "";
}

bool atd_permalink_slug(const char **slug, const char *path, apr_pool_t *pool)
{
    *slug = last_slug(split(path, pool), pool);
    return **slug != '\0';
}

/* "6" and "06" for @p digits "06". */
static bool is_number(const char *text, const char *digits)
{
    return strncmp(text, digits, 2) == 0 ? !text[2] : *digits == '0' && text[0] == digits[1] && !text[1];
}

static bool is_of_day(const char *text, const char *day)
{
    return strcmp(text, day) == 0 || (strlen(text) == 4 && strncmp(text, day, 4) == 0) || is_number(text, day + 5) ||
           is_number(text, day + 8);
}

/* Jekyll's addresses have the day in the site's time zone, which the post need not tell, but its file's name mostly does. */
static bool is_of_date(const char *text, const atd_post_t *post, apr_pool_t *pool)
{
    const char *day = atd_post_path_day(post->path, pool);

    return (post->date.at && is_of_day(text, atd_date_day(&post->date, pool))) || (day && is_of_day(text, day));
}

static bool is_folder(const char *slug)
{
    return strcmp(slug, "post") == 0 || strcmp(slug, "posts") == 0 || strcmp(slug, "blog") == 0;
}

static bool is_of_tag(const char *slug, const atd_post_t *post, apr_pool_t *pool)
{
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++) {
        if (strcmp(slug, atd_text_slug(atd_value_text(atd_value_at(post->tags, i)), pool)) == 0)
            return true;
    }
    return false;
}

static bool is_of_post(const char *component, const atd_post_t *post, apr_pool_t *pool)
{
    const char *slug = atd_text_slug(component, pool);

    return is_of_date(component, post, pool) || is_folder(slug) ||
           (*slug && (strcmp(slug, category_slug(post, pool)) == 0 || is_of_tag(slug, post, pool)));
}

bool atd_permalink_matches(const char *path, const atd_post_t *post, apr_pool_t *pool)
{
    const apr_array_header_t *components = split(path, pool);

    if (strcmp(last_slug(components, pool), post->slug) != 0)
        return false;
    for (int i = 0; i < components->nelts - 1; i++) {
        if (!is_of_post(APR_ARRAY_IDX(components, i, char *), post, pool))
            return false;
    }
    return true;
}
