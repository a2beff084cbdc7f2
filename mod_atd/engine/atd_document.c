/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_document_private.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#include <string.h>

static const char magic[8] = "atddoc1"; /* the digit is the layout's version */

struct atd_document_t {
    char magic[8];
    apr_uint32_t size; /* of the whole block */
    apr_uint32_t heading_count;
    apr_uint32_t mark_count;
    apr_uint32_t html_at;
    apr_uint32_t html_length;
    apr_uint32_t plain_at;
    apr_uint32_t plain_length;
    apr_uint32_t first_at;
    apr_uint32_t words;
};

typedef struct heading_record_t {
    apr_uint32_t level;
    apr_uint32_t id_at;
    apr_uint32_t text_at;
} heading_record_t;

typedef struct mark_record_t {
    apr_uint32_t kind;
    apr_uint32_t url_at; /* this one and the next two are within the HTML */
    apr_uint32_t url_length;
    apr_uint32_t attributes_at;
    apr_uint32_t raw_url_at;
    apr_uint32_t text_at;
    apr_uint32_t line;
} mark_record_t;

static const heading_record_t *heading_records(const atd_document_t *document)
{
    return (const heading_record_t *)(document + 1);
}

static const mark_record_t *mark_records(const atd_document_t *document)
{
    return (const mark_record_t *)(heading_records(document) + document->heading_count);
}

static const char *string_at(const atd_document_t *document, apr_uint32_t at)
{
    return (const char *)document + at;
}

/* 64 bits, since the counts may come from a pipe. */
static apr_uint64_t strings_at(apr_uint64_t heading_count, apr_uint64_t mark_count)
{
    return sizeof(atd_document_t) + heading_count * sizeof(heading_record_t) + mark_count * sizeof(mark_record_t);
}

/* --- Making one --- */

static apr_size_t outline_size(const atd_document_parts_t *parts)
{
    const atd_heading_t *headings = (const atd_heading_t *)parts->headings->elts;
    const atd_mark_t *marks = (const atd_mark_t *)parts->marks->elts;
    apr_size_t size = 0;

    for (int i = 0; i < parts->headings->nelts; i++)
        size += strlen(headings[i].id) + strlen(headings[i].text) + 2;
    for (int i = 0; i < parts->marks->nelts; i++)
        size += strlen(marks[i].url) + strlen(marks[i].text) + 2;
    return size;
}

/* Where the next string goes. */
typedef struct pen_t {
    char *block;
    apr_uint32_t at;
} pen_t;

static apr_uint32_t write_string(pen_t *pen, const char *text, apr_size_t length)
{
    apr_uint32_t at = pen->at;

    memcpy(pen->block + at, text, length);
    pen->block[at + length] = '\0';
    pen->at += (apr_uint32_t)length + 1;
    return at;
}

static void write_headings(pen_t *pen, const atd_document_t *document, const atd_document_parts_t *parts)
{
    heading_record_t *to = (heading_record_t *)(document + 1);

    for (int i = 0; i < parts->headings->nelts; i++, to++) {
        const atd_heading_t *from = &APR_ARRAY_IDX(parts->headings, i, atd_heading_t);

        to->level = from->level;
        to->id_at = write_string(pen, from->id, strlen(from->id));
        to->text_at = write_string(pen, from->text, strlen(from->text));
    }
}

static void write_marks(pen_t *pen, const atd_document_t *document, const atd_document_parts_t *parts)
{
    mark_record_t *to = (mark_record_t *)((heading_record_t *)(document + 1) + document->heading_count);

    for (int i = 0; i < parts->marks->nelts; i++, to++) {
        const atd_mark_t *from = &APR_ARRAY_IDX(parts->marks, i, atd_mark_t);

        to->kind = from->kind;
        to->url_at = (apr_uint32_t)from->url_at;
        to->url_length = (apr_uint32_t)from->url_length;
        to->attributes_at = (apr_uint32_t)from->attributes_at;
        to->raw_url_at = write_string(pen, from->url, strlen(from->url));
        to->text_at = write_string(pen, from->text, strlen(from->text));
        to->line = from->line;
    }
}

atd_error_t *atd_document_make(const atd_document_t **made, const atd_document_parts_t *parts, apr_pool_t *pool)
{
    apr_size_t first_length = strlen(parts->first_paragraph);
    apr_size_t strings = outline_size(parts);
    apr_uint64_t tables = strings_at((apr_uint64_t)parts->headings->nelts, (apr_uint64_t)parts->marks->nelts);
    apr_uint64_t size = tables + parts->html_length + 1 + parts->plain_length + 1 + first_length + 1 + strings;
    atd_document_t *document;
    pen_t pen;

    if (strings > ATD_MAX_PAGE || size > APR_UINT32_MAX)
        return atd_error_hint(atd_error_make(pool, ATD_E_LIMIT, NULL,
                                             "the document's headings, links and images take more than %d bytes",
                                             ATD_MAX_PAGE),
                              "split the post, or use fewer or shorter links");
    document = apr_palloc(pool, (apr_size_t)size);
    memcpy(document->magic, magic, sizeof magic);
    document->size = (apr_uint32_t)size;
    document->heading_count = (apr_uint32_t)parts->headings->nelts;
    document->mark_count = (apr_uint32_t)parts->marks->nelts;
    document->words = (apr_uint32_t)parts->words;
    document->html_length = (apr_uint32_t)parts->html_length;
    document->plain_length = (apr_uint32_t)parts->plain_length;
    pen = (pen_t){.block = (char *)document, .at = (apr_uint32_t)tables};
    document->html_at = write_string(&pen, parts->html, parts->html_length);
    document->plain_at = write_string(&pen, parts->plain, parts->plain_length);
    document->first_at = write_string(&pen, parts->first_paragraph, first_length);
    write_headings(&pen, document, parts);
    write_marks(&pen, document, parts);
    *made = document;
    return NULL;
}

/* --- Checking one that came from elsewhere: these return what is wrong, or NULL --- */

static const char *check_frame(const atd_document_t *document, apr_size_t length)
{
    if (length < sizeof *document || memcmp(document->magic, magic, sizeof magic) != 0)
        return "it does not begin as a document";
    if (document->size != length)
        return "its size is wrong";
    if (strings_at(document->heading_count, document->mark_count) >= length)
        return "its tables don't fit";
    if (*string_at(document, document->size - 1) != '\0') /* so that no string leads out of the block */
        return "its last string has no end";
    return NULL;
}

static bool is_string(const atd_document_t *document, apr_uint32_t at)
{
    return at >= strings_at(document->heading_count, document->mark_count) && at < document->size;
}

static bool is_text(const atd_document_t *document, apr_uint32_t at, apr_uint32_t length)
{
    return is_string(document, at) && length < document->size - at &&
           memchr(string_at(document, at), '\0', (apr_size_t)length + 1) == string_at(document, at) + length;
}

static const char *check_texts(const atd_document_t *document)
{
    if (!is_text(document, document->html_at, document->html_length))
        return "its HTML does not fit";
    if (!is_text(document, document->plain_at, document->plain_length))
        return "its plain text does not fit";
    if (!is_string(document, document->first_at))
        return "its first paragraph does not fit";
    return NULL;
}

static const char *check_headings(const atd_document_t *document)
{
    const heading_record_t *heading = heading_records(document);

    for (apr_uint32_t i = 0; i < document->heading_count; i++, heading++) {
        if (heading->level < 1 || heading->level > 6)
            return "a heading's level is wrong";
        if (!is_string(document, heading->id_at) || !is_string(document, heading->text_at))
            return "a heading does not fit";
    }
    return NULL;
}

/* From @p from on: the URL, its closing quote, the place for attributes, and the rest of the tag. */
static bool is_place(const atd_document_t *document, const mark_record_t *mark, apr_uint32_t from)
{
    return mark->url_at >= from && mark->url_at < mark->attributes_at &&
           mark->url_length < mark->attributes_at - mark->url_at && mark->attributes_at < document->html_length;
}

static const char *check_marks(const atd_document_t *document)
{
    const mark_record_t *mark = mark_records(document);
    apr_uint32_t from = 0;

    for (apr_uint32_t i = 0; i < document->mark_count; i++, mark++) {
        if (mark->kind != ATD_MARK_LINK && mark->kind != ATD_MARK_IMAGE)
            return "a mark's kind is wrong";
        if (!is_place(document, mark, from))
            return "a mark's place is wrong";
        if (!is_string(document, mark->raw_url_at) || !is_string(document, mark->text_at))
            return "a mark does not fit";
        from = mark->attributes_at;
    }
    return NULL;
}

static const char *find_fault(const atd_document_t *document, apr_size_t length)
{
    const char *fault = check_frame(document, length);

    if (!fault)
        fault = check_texts(document);
    if (!fault)
        fault = check_headings(document);
    if (!fault)
        fault = check_marks(document);
    return fault;
}

atd_error_t *atd_document_open(const atd_document_t **opened, const void *bytes, apr_size_t length, apr_pool_t *pool)
{
    const atd_document_t *document = apr_pmemdup(pool, bytes, length); /* aligned, and nobody else's to change */
    const char *fault = find_fault(document, length);

    if (fault)
        return atd_error_hint(atd_error_make(pool, ATD_E_MARKDOWN, NULL, "the renderer's answer is damaged: %s", fault),
                              "the fault is not in the post; see the server's log, and report it if it comes again");
    *opened = document;
    return NULL;
}

/* --- Reading one --- */

const char *atd_document_html(const atd_document_t *document, apr_size_t *length)
{
    if (length)
        *length = document->html_length;
    return string_at(document, document->html_at);
}

const char *atd_document_plain(const atd_document_t *document, apr_size_t *length)
{
    if (length)
        *length = document->plain_length;
    return string_at(document, document->plain_at);
}

const char *atd_document_first_paragraph(const atd_document_t *document)
{
    return string_at(document, document->first_at);
}

apr_size_t atd_document_words(const atd_document_t *document)
{
    return document->words;
}

apr_size_t atd_document_heading_count(const atd_document_t *document)
{
    return document->heading_count;
}

bool atd_document_heading(atd_heading_t *heading, const atd_document_t *document, apr_size_t index)
{
    const heading_record_t *record;

    if (index >= document->heading_count)
        return false;
    record = heading_records(document) + index;
    heading->level = record->level;
    heading->id = string_at(document, record->id_at);
    heading->text = string_at(document, record->text_at);
    return true;
}

apr_size_t atd_document_mark_count(const atd_document_t *document)
{
    return document->mark_count;
}

bool atd_document_mark(atd_mark_t *mark, const atd_document_t *document, apr_size_t index)
{
    const mark_record_t *record;

    if (index >= document->mark_count)
        return false;
    record = mark_records(document) + index;
    mark->kind = (atd_mark_kind_t)record->kind;
    mark->url_at = record->url_at;
    mark->url_length = record->url_length;
    mark->attributes_at = record->attributes_at;
    mark->url = string_at(document, record->raw_url_at);
    mark->text = string_at(document, record->text_at);
    mark->line = record->line;
    return true;
}

const void *atd_document_bytes(const atd_document_t *document, apr_size_t *length)
{
    *length = document->size;
    return document;
}
