/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atd_escape.h"

#include "base/atd_text.h"

#include <apr_lib.h>
#include <stdlib.h>
#include <string.h>

static const char hex[] = "0123456789ABCDEF";

static const char *html_reference(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void atd_escape_html(atd_buffer_t *out, const char *text, apr_size_t length)
{
    apr_size_t start = 0;

    for (apr_size_t i = 0; i < length; i++) {
        const char *reference = html_reference(text[i]);

        if (!reference)
            continue;
        atd_buffer_add(out, text + start, i - start);
        atd_buffer_puts(out, reference);
        start = i + 1;
    }
    atd_buffer_add(out, text + start, length - start);
}

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Bytes of a control character or non-character at @p at, in text that is UTF-8; 0 where XML may have what is there. */
static apr_size_t xml_forbidden(const unsigned char *at)
{
    if (*at < 0x20)
        return *at != '\t' && *at != '\n' && *at != '\r';
    if (*at < 0x7F)
        return 0;
    if (*at == 0x7F)
        return 1;
    if (*at == 0xC2) /* U+0080 to U+009F: allowed, but mostly a wrong encoding */
        return at[1] < 0xA0 ? 2 : 0;
    return *at == 0xEF && at[1] == 0xBF && at[2] >= 0xBE ? 3 : 0; /* U+FFFE, U+FFFF */
}

/* Bytes at @p at that can't stand, with what stands for them in *instead; 0 where they can. */
typedef apr_size_t (*special_fn)(const char **instead, const char *at, apr_size_t left);

static apr_size_t xml_special(const char **instead, const char *at, apr_size_t left)
{
    (void)left;
    *instead = html_reference(*at);
    if (*instead)
        return 1;
    *instead = REPLACEMENT;
    return xml_forbidden((const unsigned char *)at);
}

static apr_size_t cdata_special(const char **instead, const char *at, apr_size_t left)
{
    if (left >= 3 && memcmp(at, "]]>", 3) == 0) {
        *instead = "]]]]><![CDATA[>";
        return 3;
    }
    *instead = REPLACEMENT;
    return xml_forbidden((const unsigned char *)at);
}

/* Text that is known to be UTF-8. */
static void put_xml_valid(atd_buffer_t *out, const char *text, apr_size_t length, special_fn special)
{
    apr_size_t start = 0;
    apr_size_t i = 0;

    while (i < length) {
        const char *instead;
        apr_size_t size = special(&instead, text + i, length - i);

        if (size == 0) {
            i++;
            continue;
        }
        atd_buffer_add(out, text + start, i - start);
        atd_buffer_puts(out, instead);
        i += size;
        start = i;
    }
    atd_buffer_add(out, text + start, length - start);
}

static void put_xml(atd_buffer_t *out, const char *text, apr_size_t length, special_fn special)
{
    while (length > 0 && !atd_buffer_overflowed(out)) {
        apr_size_t valid = atd_text_valid_prefix(text, length);

        put_xml_valid(out, text, valid, special);
        if (valid < length) {
            atd_buffer_puts(out, REPLACEMENT);
            valid++;
        }
        text += valid;
        length -= valid;
    }
}

void atd_escape_xml(atd_buffer_t *out, const char *text, apr_size_t length)
{
    put_xml(out, text, length, xml_special);
}

void atd_escape_cdata(atd_buffer_t *out, const char *text, apr_size_t length)
{
    atd_buffer_puts(out, "<![CDATA[");
    put_xml(out, text, length, cdata_special);
    atd_buffer_puts(out, "]]>");
}

static void put_percent(atd_buffer_t *out, unsigned char byte)
{
    const char escape[3] = {'%', hex[byte >> 4], hex[byte & 15]};

    atd_buffer_add(out, escape, sizeof escape);
}

static bool is_unreserved(unsigned char byte)
{
    return (byte < 0x80 && apr_isalnum(byte)) || (byte && strchr("-._~", byte));
}

/* gen-delims and sub-delims of RFC 3986, section 2.2,. */
static bool is_reserved(unsigned char byte)
{
    return byte && strchr(":/?#[]@!$&'()*+,;=", byte);
}

static bool is_escape(const char *text, apr_size_t left)
{
    return left >= 3 && text[0] == '%' && apr_isxdigit(text[1]) && apr_isxdigit(text[2]);
}

void atd_escape_url(atd_buffer_t *out, const char *url, apr_size_t length)
{
    for (apr_size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)url[i];

        if (is_unreserved(byte) || is_reserved(byte) || is_escape(url + i, length - i))
            atd_buffer_putc(out, url[i]);
        else
            put_percent(out, byte);
    }
}

void atd_escape_component(atd_buffer_t *out, const char *text, apr_size_t length)
{
    for (apr_size_t i = 0; i < length; i++) {
        if (is_unreserved((unsigned char)text[i]))
            atd_buffer_putc(out, text[i]);
        else
            put_percent(out, (unsigned char)text[i]);
    }
}

static const char *json_short(unsigned char byte)
{
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

/* What would end a script element or a line of JavaScript. */
static bool needs_unicode_escape(const char *at, apr_size_t left)
{
    unsigned char byte = (unsigned char)*at;

    if (byte < 0x20 || byte == 0x7F || byte == '<' || byte == '>' || byte == '&')
        return true;
    return left >= 3 && (memcmp(at, "\xE2\x80\xA8", 3) == 0 || memcmp(at, "\xE2\x80\xA9", 3) == 0);
}

static apr_size_t put_json_special(atd_buffer_t *out, const char *at)
{
    unsigned char byte = (unsigned char)*at;

    if (byte == 0xE2) {
        atd_buffer_puts(out, at[2] == '\xA8' ? "\\u2028" : "\\u2029");
        return 3;
    }
    atd_buffer_puts(out, "\\u00");
    atd_buffer_putc(out, hex[byte >> 4]);
    atd_buffer_putc(out, hex[byte & 15]);
    return 1;
}

/* Text that is known to be UTF-8. */
static void put_json_text(atd_buffer_t *out, const char *text, apr_size_t length)
{
    apr_size_t start = 0;
    apr_size_t i = 0;

    while (i < length) {
        const char *escape = json_short((unsigned char)text[i]);
        bool special = !escape && needs_unicode_escape(text + i, length - i);

        if (!escape && !special) {
            i++;
            continue;
        }
        atd_buffer_add(out, text + start, i - start);
        if (escape)
            atd_buffer_puts(out, escape);
        i += special ? put_json_special(out, text + i) : 1;
        start = i;
    }
    atd_buffer_add(out, text + start, length - start);
}

void atd_escape_json(atd_buffer_t *out, const char *text, apr_size_t length)
{
    atd_buffer_putc(out, '"');
    while (length > 0) {
        apr_size_t valid = atd_text_valid_prefix(text, length);

        put_json_text(out, text, valid);
        if (valid < length) {
            atd_buffer_puts(out, REPLACEMENT);
            valid++;
        }
        text += valid;
        length -= valid;
    }
    atd_buffer_putc(out, '"');
}

static void put_json_key(atd_buffer_t *out, const char *key)
{
    atd_escape_json(out, key, strlen(key));
    atd_buffer_putc(out, ':');
}

static void put_json_children(atd_buffer_t *out, const atd_value_t *value)
{
    bool map = atd_value_type(value) == ATD_MAP;
    apr_size_t count = atd_value_count(value);

    atd_buffer_putc(out, map ? '{' : '[');
    for (apr_size_t i = 0; i < count && !atd_buffer_overflowed(out); i++) {
        if (i > 0)
            atd_buffer_putc(out, ',');
        if (map)
            put_json_key(out, atd_value_key_at(value, i));
        atd_escape_json_value(out, atd_value_at(value, i));
    }
    atd_buffer_putc(out, map ? '}' : ']');
}

/* YAML writes numbers in ways that JSON does not know (+1, .5, 1., 007): RFC 8259, section 6. */
static bool is_json_number(const char *text)
{
    const char *at = text + (*text == '-');
    apr_size_t whole = strspn(at, "0123456789");

    if (whole == 0 || (whole > 1 && *at == '0'))
        return false;
    at += whole;
    if (*at == '.') {
        apr_size_t part = strspn(at + 1, "0123456789");

        if (part == 0)
            return false;
        at += part + 1;
    }
    return *at == '\0' || *at == 'e' || *at == 'E';
}

void atd_escape_json_value(atd_buffer_t *out, const atd_value_t *value)
{
    const char *text = atd_value_text(value);

    switch (atd_value_type(value)) {
    case ATD_NULL:
        atd_buffer_puts(out, "null");
        return;
    case ATD_LIST:
    case ATD_MAP:
        put_json_children(out, value);
        return;
    case ATD_BOOL:
        atd_buffer_puts(out, text);
        return;
    case ATD_INT:
    case ATD_REAL:
        if (is_json_number(text)) {
            atd_buffer_puts(out, text);
            return;
        }
        break;
    case ATD_STRING:
        break;
    }
    atd_escape_json(out, text, atd_value_length(value));
}
