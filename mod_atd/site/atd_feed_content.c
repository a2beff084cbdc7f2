/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed.h"

#include "base/atd_escape.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

/*
 * Tags are found as the HTML standard's tokenizer finds them (section 13.2.5), since a reader's browser will, too.
 */
typedef struct scanner_t {
    atd_buffer_t *out;
    const char *at, *end;
    const char *origin; /* rooted references are completed with it */
    const char *page;   /* the page's URL without query and fragment; all parts escaped for attributes */
    const char *folder; /* the same up to its last slash */
    apr_size_t root;    /* length of folder that ".." can't cross */
} scanner_t;

/* Part of the text. */
typedef struct span_t {
    const char *at;
    apr_size_t length;
} span_t;

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static bool is_one_of(span_t name, const char *const *words)
{
    for (; *words; words++) {
        if (strlen(*words) == name.length && strncasecmp(*words, name.at, name.length) == 0)
            return true;
    }
    return false;
}

static bool is_word(span_t name, const char *word)
{
    const char *const words[] = {word, NULL};

    return is_one_of(name, words);
}

static bool has_scheme(span_t url)
{
    for (apr_size_t i = 0; i < url.length; i++) {
        if (url.at[i] == ':')
            return i > 0;
        if (i == 0 ? !apr_isalpha(url.at[i]) : !apr_isalnum(url.at[i]) && !strchr("+-.", url.at[i]))
            return false;
    }
    return false;
}

/* What stands before a reference to make it absolute; the "./" and "../" at its begin are taken off. */
static span_t base_of(const scanner_t *scanner, span_t *url)
{
    span_t base = {scanner->folder, strlen(scanner->folder)};

    if (url->at[0] == '/' && url->length > 1 && url->at[1] == '/')
        return (span_t){"https:", 6};
    if (url->at[0] == '/')
        return (span_t){scanner->origin, strlen(scanner->origin)};
    if (url->at[0] == '#' || url->at[0] == '?')
        return (span_t){scanner->page, strlen(scanner->page)};
    while (url->length >= 2 && url->at[0] == '.') {
        apr_size_t step = url->at[1] == '/' ? 2 : url->length >= 3 && memcmp(url->at, "../", 3) == 0 ? 3 : 0;

        if (step == 0)
            break;
        url->at += step;
        url->length -= step;
        if (step == 2 || base.length <= scanner->root)
            continue;
        do
            base.length--;
        while (base.length > scanner->root && base.at[base.length - 1] != '/');
    }
    return base;
}

static void put_value(const scanner_t *scanner, const char *at, apr_size_t length)
{
    apr_size_t start = 0;

    for (apr_size_t i = 0; i < length; i++) { /* the value was in single quotes, or in none */
        if (at[i] != '"')
            continue;
        atd_buffer_add(scanner->out, at + start, i - start);
        atd_buffer_puts(scanner->out, "&quot;");
        start = i + 1;
    }
    atd_buffer_add(scanner->out, at + start, length - start);
}

/* An empty reference stays: it may be one that the engine found unsafe. */
static void put_url(const scanner_t *scanner, span_t url)
{
    span_t base;

    while (url.length > 0 && is_space(*url.at)) {
        url.at++;
        url.length--;
    }
    while (url.length > 0 && is_space(url.at[url.length - 1]))
        url.length--;
    if (url.length > 0 && !has_scheme(url)) {
        base = base_of(scanner, &url);
        atd_buffer_add(scanner->out, base.at, base.length);
    }
    put_value(scanner, url.at, url.length);
}

/* The HTML standard, section 4.8.4.2: candidates of a URL and descriptors, separated by commas. */
static void put_srcset(const scanner_t *scanner, span_t value)
{
    const char *at = value.at;
    const char *end = value.at + value.length;

    while (at < end) {
        const char *start = at;
        bool parenthesis = false;

        while (at < end && (is_space(*at) || *at == ','))
            at++;
        put_value(scanner, start, (apr_size_t)(at - start));
        start = at;
        while (at < end && !is_space(*at))
            at++;
        while (at > start && at[-1] == ',')
            at--;
        if (at > start)
            put_url(scanner, (span_t){start, (apr_size_t)(at - start)});
        start = at;
        for (; at < end && (parenthesis || *at != ','); at++)
            parenthesis = *at == '(' || (parenthesis && *at != ')');
        put_value(scanner, start, (apr_size_t)(at - start));
    }
}

static void put_attribute(const scanner_t *scanner, span_t element, span_t name, span_t value)
{
    static const char *const urls[] = {"href", "src", "poster", "action", "formaction", "cite", "longdesc", NULL};
    static const char *const lists[] = {"srcset", "imagesrcset", NULL};

    if (name.length > 2 && strncasecmp(name.at, "on", 2) == 0)
        return;
    atd_buffer_putc(scanner->out, ' ');
    atd_buffer_add(scanner->out, name.at, name.length);
    if (!value.at)
        return;
    atd_buffer_puts(scanner->out, "=\"");
    if (is_one_of(name, urls) || (is_word(name, "data") && is_word(element, "object")))
        put_url(scanner, value);
    else if (is_one_of(name, lists))
        put_srcset(scanner, value);
    else
        put_value(scanner, value.at, value.length);
    atd_buffer_putc(scanner->out, '"');
}

static void skip_spaces(scanner_t *scanner)
{
    while (scanner->at < scanner->end && is_space(*scanner->at))
        scanner->at++;
}

/* A name up to one of @p stops or a blank. */
static span_t read_until(scanner_t *scanner, const char *stops)
{
    span_t span = {scanner->at, 0};

    while (scanner->at < scanner->end && !is_space(*scanner->at) && !(*scanner->at && strchr(stops, *scanner->at)))
        scanner->at++;
    span.length = (apr_size_t)(scanner->at - span.at);
    return span;
}

/* What stands behind the name of an attribute; at NULL where it has no value. */
static span_t read_value(scanner_t *scanner)
{
    const char *name_end = scanner->at;
    span_t value = {NULL, 0};
    char quote;

    skip_spaces(scanner);
    if (scanner->at == scanner->end || *scanner->at != '=') {
        scanner->at = name_end;
        return value;
    }
    scanner->at++;
    skip_spaces(scanner);
    quote = scanner->at < scanner->end ? *scanner->at : '\0';
    if (quote != '"' && quote != '\'')
        return read_until(scanner, ">");
    value.at = ++scanner->at;
    while (scanner->at < scanner->end && *scanner->at != quote)
        scanner->at++;
    value.length = (apr_size_t)(scanner->at - value.at);
    scanner->at += scanner->at < scanner->end;
    return value;
}

/* An equals sign at the begin is part of a name. */
static span_t read_name(scanner_t *scanner)
{
    span_t name = {scanner->at, 1};

    scanner->at++;
    name.length += read_until(scanner, "/>=").length;
    return name;
}

/* The attributes and the bracket of a tag. @return false where it has no end */
static bool copy_attributes(scanner_t *scanner, span_t element)
{
    while (scanner->at < scanner->end) {
        span_t name;

        if (is_space(*scanner->at)) {
            scanner->at++;
        } else if (*scanner->at == '>') {
            atd_buffer_putc(scanner->out, *scanner->at++);
            return true;
        } else if (*scanner->at == '/') {
            if (scanner->at + 1 < scanner->end && scanner->at[1] == '>')
                atd_buffer_puts(scanner->out, " /");
            scanner->at++;
        } else {
            name = read_name(scanner);
            put_attribute(scanner, element, name, read_value(scanner));
        }
    }
    return false;
}

/* Text that holds no tags goes on up to the end tag of @p element, which is left for the next step. */
static void pass_raw_text(scanner_t *scanner, span_t element)
{
    for (; scanner->at < scanner->end; scanner->at++) {
        apr_size_t left = (apr_size_t)(scanner->end - scanner->at);

        if (left >= element.length + 3 && scanner->at[0] == '<' && scanner->at[1] == '/' &&
            strncasecmp(scanner->at + 2, element.at, element.length) == 0 &&
            (is_space(scanner->at[element.length + 2]) || strchr("/>", scanner->at[element.length + 2])))
            return;
    }
}

static void copy_tag(scanner_t *scanner)
{
    static const char *const raw[] = {"script", "style",   "textarea", "title",     "iframe",
                                      "xmp",    "noembed", "noframes", "plaintext", NULL};
    apr_size_t start = atd_buffer_length(scanner->out);
    const char *begin = scanner->at++;
    bool closing = *scanner->at == '/';
    bool script, ended;
    const char *text;
    span_t element;

    scanner->at += closing;
    element = read_until(scanner, "/>");
    script = is_word(element, "script");
    atd_buffer_add(scanner->out, begin, (apr_size_t)(scanner->at - begin));
    ended = copy_attributes(scanner, element);
    text = scanner->at;
    if (ended && !closing && is_one_of(element, raw))
        pass_raw_text(scanner, element);
    if (script || !ended)
        atd_buffer_truncate(scanner->out, start);
    else
        atd_buffer_add(scanner->out, text, (apr_size_t)(scanner->at - text));
}

/* Behind "-->", or behind "--!>", which ends a comment, too. */
static const char *end_of_comment(const char *at, const char *end)
{
    for (; end - at >= 3; at++) {
        if (memcmp(at, "-->", 3) == 0)
            return at + 3;
        if (end - at >= 4 && memcmp(at, "--!>", 4) == 0)
            return at + 4;
    }
    return end;
}

/* "<!-- -->", also in the short forms "<!-->" and "<!--->", and what else a browser takes for a comment. */
static void copy_comment(scanner_t *scanner)
{
    const char *start = scanner->at;
    apr_size_t left = (apr_size_t)(scanner->end - start);

    if (left >= 5 && memcmp(start, "<!-->", 5) == 0)
        scanner->at = start + 5;
    else if (left >= 6 && memcmp(start, "<!--->", 6) == 0)
        scanner->at = start + 6;
    else if (left >= 4 && memcmp(start, "<!--", 4) == 0)
        scanner->at = end_of_comment(start + 4, scanner->end);
    else {
        const char *bracket = memchr(start, '>', left);

        scanner->at = bracket ? bracket + 1 : scanner->end;
    }
    atd_buffer_add(scanner->out, start, (apr_size_t)(scanner->at - start));
}

static void copy_all(scanner_t *scanner)
{
    while (scanner->at < scanner->end && !atd_buffer_overflowed(scanner->out)) {
        const char *text = scanner->at;
        const char *tag = memchr(text, '<', (apr_size_t)(scanner->end - text));
        apr_size_t left;

        scanner->at = tag ? tag : scanner->end;
        atd_buffer_add(scanner->out, text, (apr_size_t)(scanner->at - text));
        left = (apr_size_t)(scanner->end - scanner->at);
        if (left == 0)
            return;
        if (left >= 2 && (apr_isalpha(tag[1]) || (left >= 3 && tag[1] == '/' && apr_isalpha(tag[2]))))
            copy_tag(scanner);
        else if (left >= 2 && (tag[1] == '!' || tag[1] == '?' || tag[1] == '/'))
            copy_comment(scanner);
        else
            atd_buffer_putc(scanner->out, *scanner->at++);
    }
}

/* Escaped as it will stand in an attribute. */
static const char *escaped(const char *url, apr_size_t length, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, length, length * 6);
    const char *text;

    atd_escape_html(out, url, length);
    return atd_buffer_take(&text, NULL, out, "the URL") ? "" : text;
}

void atd_feed_content(atd_buffer_t *out, const atd_site_t *site, const char *url, const char *html, apr_size_t length,
                      apr_pool_t *pool)
{
    scanner_t scanner = {.out = out, .at = html, .end = html + length};
    apr_size_t page = strcspn(url, "?#");
    const char *host = strstr(url, "://");
    apr_size_t root = host ? (apr_size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;
    apr_size_t folder = page;

    while (folder > root && url[folder - 1] != '/')
        folder--;
    scanner.origin = escaped(site->origin, strlen(site->origin), pool);
    scanner.page = escaped(url, page, pool);
    scanner.folder =
        folder > root ? escaped(url, folder, pool) : apr_pstrcat(pool, escaped(url, root, pool), "/", NULL);
    scanner.root = strlen(escaped(url, root, pool)) + 1;
    copy_all(&scanner);
}
