/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_image_private.h"

#include <apr_lib.h>
#include <string.h>

#define ABSENT (-1.0)
#define NUMBER_MAX 1e9
#define EXPONENT_MAX 30

/* What is left to read. */
typedef struct text_t {
    const char *at;
    const char *end;
} text_t;

/* What the root element says about its size. */
typedef struct root_t {
    double width;
    double height;
    double box_width;
    double box_height;
} root_t;

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void skip_blanks(text_t *text)
{
    while (text->at < text->end && is_blank(*text->at))
        text->at++;
}

static bool skip_char(text_t *text, char expected)
{
    if (text->at == text->end || *text->at != expected)
        return false;
    text->at++;
    return true;
}

static bool begins(const text_t *text, const char *word)
{
    apr_size_t length = strlen(word);

    return (apr_size_t)(text->end - text->at) >= length && memcmp(text->at, word, length) == 0;
}

/* Everything up to and with @p mark; false where it never comes. */
static bool skip_past(text_t *text, const char *mark)
{
    const char *found = memmem(text->at, (apr_size_t)(text->end - text->at), mark, strlen(mark));

    if (!found)
        return false;
    text->at = found + strlen(mark);
    return true;
}

/* ---- before the root ---- */

static bool begins_aside(const text_t *text)
{
    return begins(text, "<!--") || begins(text, "<?");
}

/* A comment or a processing instruction, the XML declaration among them; false where it does not end. */
static bool skip_aside(text_t *text)
{
    bool comment = begins(text, "<!--");

    text->at += comment ? 4 : 2;
    return skip_past(text, comment ? "-->" : "?>");
}

/* False where there is no quote, or just one. */
static bool skip_quoted(text_t *text)
{
    return skip_char(text, '"') ? skip_past(text, "\"") : skip_char(text, '\'') && skip_past(text, "'");
}

/* What a > or a bracket does not count in, or one byte. */
static bool skip_token(text_t *text)
{
    if (begins_aside(text))
        return skip_aside(text);
    if (begins(text, "\"") || begins(text, "'"))
        return skip_quoted(text);
    text->at++;
    return true;
}

/* A document type, its declarations in brackets passed over. */
static bool skip_doctype(text_t *text)
{
    bool within = false;

    while (text->at < text->end) {
        if (*text->at == '[' || *text->at == ']')
            within = *text->at == '[';
        if (!within && skip_char(text, '>'))
            return true;
        if (!skip_token(text))
            return false;
    }
    return false;
}

static bool skip_prolog(text_t *text)
{
    if (begins(text, "\xEF\xBB\xBF"))
        text->at += 3;
    skip_blanks(text);
    while (begins_aside(text) || begins(text, "<!DOCTYPE")) {
        if (begins_aside(text) ? !skip_aside(text) : !skip_doctype(text))
            return false;
        skip_blanks(text);
    }
    return true;
}

/* ---- the root's start tag ---- */

static text_t read_name(text_t *text)
{
    text_t name = {.at = text->at};

    while (text->at < text->end && !is_blank(*text->at) && !strchr("=/><\"'", *text->at))
        text->at++;
    name.end = text->at;
    return name;
}

static bool name_is(const text_t *name, const char *word)
{
    return (apr_size_t)(name->end - name->at) == strlen(word) && begins(name, word);
}

/* <svg, or with a prefix as <svg:svg. */
static bool open_root(text_t *text)
{
    text_t name;

    if (!skip_char(text, '<'))
        return false;
    name = read_name(text);
    return name_is(&name, "svg") || name_is(&name, "svg:svg");
}

static bool read_value(text_t *value, text_t *text)
{
    skip_blanks(text);
    value->at = text->at + 1;
    if (!skip_quoted(text))
        return false;
    value->end = text->at - 1;
    return !memchr(value->at, '<', (apr_size_t)(value->end - value->at));
}

/* ---- numbers ---- */

/* Puts digits behind @p number. Returns how many there are. */
static apr_size_t read_digits(text_t *text, double *number)
{
    const char *start = text->at;

    for (; text->at < text->end && apr_isdigit(*text->at); text->at++)
        *number = *number * 10 + (*text->at - '0');
    return (apr_size_t)(text->at - start);
}

/* Adds the digits that follow a point. Returns how many there are. */
static apr_size_t read_fraction(text_t *text, double *number)
{
    const char *start = text->at;
    double worth = 0.1;

    for (; text->at < text->end && apr_isdigit(*text->at); text->at++, worth /= 10)
        *number += (*text->at - '0') * worth;
    return (apr_size_t)(text->at - start);
}

/* "e3", "E-3"; the e of "3em" begins a unit. */
static void read_exponent(text_t *text, double *number)
{
    text_t probe = *text;
    double exponent = 0;
    bool negative;

    if (!skip_char(&probe, 'e') && !skip_char(&probe, 'E'))
        return;
    negative = skip_char(&probe, '-');
    if (!negative)
        skip_char(&probe, '+');
    if (read_digits(&probe, &exponent) == 0)
        return;
    *text = probe;
    for (int i = 0; i < EXPONENT_MAX && i < exponent; i++)
        *number = negative ? *number / 10 : *number * 10;
}

/* A number of SVG (CSS Syntax, 4.3.12), without the locale; one that no image needs is none. */
static bool read_number(text_t *text, double *number)
{
    bool negative = skip_char(text, '-');
    apr_size_t digits;

    *number = 0;
    if (!negative)
        skip_char(text, '+');
    digits = read_digits(text, number);
    if (skip_char(text, '.'))
        digits += read_fraction(text, number);
    read_exponent(text, number);
    if (digits == 0 || !(*number <= NUMBER_MAX))
        return false;
    if (negative)
        *number = -*number;
    return true;
}

/* "120", "120px"; percentages and other units depend on things that are not in the file. */
static double read_length(text_t value)
{
    double number;

    skip_blanks(&value);
    if (!read_number(&value, &number) || number < 0)
        return ABSENT;
    if (begins(&value, "px"))
        value.at += 2;
    skip_blanks(&value);
    return value.at == value.end ? number : ABSENT;
}

static void read_view_box(root_t *root, text_t value)
{
    double numbers[4];

    for (int i = 0; i < 4; i++) {
        skip_blanks(&value);
        if (i > 0 && skip_char(&value, ','))
            skip_blanks(&value);
        if (!read_number(&value, &numbers[i]))
            return;
    }
    skip_blanks(&value);
    if (value.at < value.end)
        return;
    root->box_width = numbers[2];
    root->box_height = numbers[3];
}

/* ---- the size ---- */

static void note_attribute(root_t *root, const text_t *name, const text_t *value)
{
    if (name_is(name, "width"))
        root->width = read_length(*value);
    else if (name_is(name, "height"))
        root->height = read_length(*value);
    else if (name_is(name, "viewBox"))
        read_view_box(root, *value);
}

/* The tag must be whole: an attribute that is cut off could change the size. */
static bool read_attributes(root_t *root, text_t *text)
{
    text_t name, value;

    for (;;) {
        skip_blanks(text);
        if (begins(text, ">") || begins(text, "/>"))
            return true;
        name = read_name(text);
        skip_blanks(text);
        if (name.at == name.end || !skip_char(text, '=') || !read_value(&value, text))
            return false;
        note_attribute(root, &name, &value);
    }
}

/* As browsers do, a missing side is taken from the other one and the proportions of the view box. */
static bool complete(root_t *root)
{
    if (root->width >= 0 && root->height >= 0)
        return true;
    if (!(root->box_width > 0 && root->box_height > 0))
        return false;
    if (root->width < 0 && root->height < 0) {
        root->width = root->box_width;
        root->height = root->box_height;
    } else if (root->width < 0) {
        root->width = root->height * (root->box_width / root->box_height);
    } else {
        root->height = root->width * (root->box_height / root->box_width);
    }
    return true;
}

/* The nearest whole number. The cast is undefined for numbers that its type can't hold. */
static apr_uint64_t nearest(double number)
{
    return number <= NUMBER_MAX ? (apr_uint64_t)(number + 0.5) : APR_UINT64_MAX;
}

bool atd_image_svg(atd_image_t *image, atd_part_t file)
{
    root_t root = {.width = ABSENT, .height = ABSENT, .box_width = ABSENT, .box_height = ABSENT};
    text_t text = {.at = (const char *)file.bytes, .end = (const char *)file.bytes + file.length};

    return skip_prolog(&text) && open_root(&text) && read_attributes(&root, &text) && complete(&root) &&
           atd_image_set(image, "image/svg+xml", nearest(root.width), nearest(root.height));
}
