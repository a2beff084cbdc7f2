/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_category.h"

#include "base/atd_text.h"

#include <apr_lib.h>

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof(atd_category_t, member)

static const atd_field_t fields[] = {
    {.names = {"name", "title"}, .kind = ATD_KIND_TEXT, .offset = AT(name)},
    {.names = {"description"}, .kind = ATD_KIND_TEXT, .offset = AT(description)},
    {.names = {"seoTitle", "metaTitle"}, .kind = ATD_KIND_TEXT, .offset = AT(seo_title)},
    {.names = {"metaDescription", "seo.description"}, .kind = ATD_KIND_TEXT, .offset = AT(meta_description)},
    {.names = {"color", "colour"}, .kind = ATD_KIND_TEXT, .offset = AT(color)},
    {.names = {"image", "featuredImage", "featuredImage.src"}, .kind = ATD_KIND_URL, .offset = AT(image)},
    {.names = {"parent"}, .kind = ATD_KIND_TEXT, .offset = AT(parent)},
    {.names = {"featured"}, .kind = ATD_KIND_FLAG, .offset = AT(featured)},
    {.names = {"noindex", "seo.noindex"}, .kind = ATD_KIND_FLAG, .offset = AT(noindex)},
};

#define FIELD_COUNT (sizeof fields / sizeof *fields)

/* It goes into a style attribute: nothing else may pass. */
static bool is_color(const char *text)
{
    apr_size_t length = strlen(text);

    if (*text != '#' || (length != 4 && length != 7))
        return false;
    for (const char *at = text + 1; *at; at++) {
        if (!apr_isxdigit(*at))
            return false;
    }
    return true;
}

void atd_category_read(atd_category_t *category, const atd_value_t *data, atd_reading_t *reading)
{
    memset(category, 0, sizeof *category);
    atd_field_read(category, fields, FIELD_COUNT, data, reading);
    if (category->parent)
        category->parent = atd_text_slug(category->parent, reading->pool);
    if (!category->color || is_color(category->color))
        return;
    atd_error_hint(atd_reading_note(reading, ATD_E_VALUE,
                                    atd_field_value(atd_field_find(fields, FIELD_COUNT, "color"), data),
                                    "'color' can't be '%.80s'", category->color),
                   "write it as #rrggbb, and in quotes, since # begins a comment in YAML");
    category->color = NULL;
}
