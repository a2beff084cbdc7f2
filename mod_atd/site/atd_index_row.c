/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"
#include "base/atd_value_bytes.h"
#include "engine/atd_frontmatter.h"
#include "site/atd_body.h"

#include <apr_strings.h>

#include <string.h>

/* Packed, front matter is little longer than it was written. */
#define MAX_DATA (4 * ATD_MAX_FRONT_MATTER)

/* What is being put into the index. */
typedef struct entry_t {
    atd_index_t *index;
    const atd_index_policy_t *policy;
    const atd_catalog_file_t *file;
    const atd_known_t *known;
    const atd_index_batch_t *batch;
    atd_file_t text;
    atd_stamp_t stamp;
    apr_int64_t hash, id;
    apr_time_t seen;
    const char *slug;
    const atd_value_t *data; /* NULL: it can't be understood */
    const atd_post_t *post;  /* or NULL, as the document */
    const atd_document_t *document;
    apr_pool_t *pool;
} entry_t;

void atd_index_report(const atd_index_policy_t *policy, const atd_error_t *finding)
{
    if (policy->report)
        policy->report(policy->baton, finding);
}

/* Who makes two texts with the same hash fools nobody but himself. */
static apr_int64_t hash_of(const char *bytes, apr_size_t length)
{
    apr_uint64_t sum = length;
    apr_uint64_t word;

    for (; length > 0; length -= length < sizeof word ? length : sizeof word) {
        word = 0;
        memcpy(&word, bytes, length < sizeof word ? length : sizeof word);
        bytes += sizeof word;
        sum = (sum ^ word) * 0x9E3779B185EBCA87u;
        sum ^= sum >> 32;
    }
    sum *= 0xC2B2AE3D27D4EB4Fu;
    return (apr_int64_t)(sum ^ sum >> 29);
}

/* ---- statements of one entry ---- */

static sqlite3_stmt *statement_of(const entry_t *entry, atd_sql_t which)
{
    sqlite3_stmt *statement = atd_index_statement(entry->index, which);

    atd_bind_int(statement, ":id", entry->id);
    return statement;
}

static atd_error_t *run(const entry_t *entry, atd_sql_t which)
{
    return atd_index_run(entry->index, statement_of(entry, which), entry->pool);
}

static void bind_stamp(sqlite3_stmt *statement, const atd_stamp_t *stamp)
{
    atd_bind_int(statement, ":device", (apr_int64_t)stamp->device);
    atd_bind_int(statement, ":inode", (apr_int64_t)stamp->inode);
    atd_bind_int(statement, ":size", (apr_int64_t)stamp->size);
    atd_bind_int(statement, ":mtime", stamp->mtime);
    atd_bind_int(statement, ":ctime", stamp->ctime);
}

/* The row stays as it is; only the file is another one, or one that can't be understood. */
static atd_error_t *keep(const entry_t *entry, atd_sql_t which)
{
    sqlite3_stmt *statement = statement_of(entry, which);

    bind_stamp(statement, &entry->stamp);
    atd_bind_int(statement, ":hash", entry->hash);
    return atd_index_run(entry->index, statement, entry->pool);
}

/* Takes the row out with all that hangs on it. */
static atd_error_t *clear(const entry_t *entry)
{
    static const atd_sql_t all[] = {ATD_SQL_DELETE_TERMS, ATD_SQL_DELETE_ALIASES, ATD_SQL_DELETE_FILE};
    atd_error_t *error;

    if (!entry->id)
        return NULL;
    error = atd_index_words_remove(entry->batch->words, entry->id, entry->pool);
    for (apr_size_t i = 0; !error && i < sizeof all / sizeof *all; i++)
        error = run(entry, all[i]);
    return error;
}

/* ---- when a file was first seen as it is ---- */

static atd_error_t *remember_seen(const entry_t *entry)
{
    sqlite3_stmt *statement = atd_index_statement(entry->index, ATD_SQL_PUT_SEEN);

    atd_bind_int(statement, ":hash", entry->hash);
    atd_bind_int(statement, ":at", entry->seen);
    return atd_index_run(entry->index, statement, entry->pool);
}

/* A file that comes from the future, by a wrong clock, was seen now. */
static atd_error_t *find_seen(entry_t *entry)
{
    sqlite3_stmt *statement = atd_index_statement(entry->index, ATD_SQL_GET_SEEN);
    apr_time_t written = entry->stamp.mtime / 1000;
    apr_time_t now = apr_time_now();
    atd_error_t *error;
    bool known;

    atd_bind_int(statement, ":hash", entry->hash);
    known = atd_index_step(&error, entry->index, statement, entry->pool);
    entry->seen = known ? sqlite3_column_int64(statement, 0) : written < now ? written : now;
    atd_index_reset(statement);
    return known || error ? error : remember_seen(entry);
}

/* ---- a row ---- */

static int kind_of(const entry_t *entry)
{
    if (!entry->post && entry->file->kind <= ATD_CATALOG_PAGE)
        return ATD_ROW_BROKEN;
    if (entry->post && entry->file->kind == ATD_CATALOG_POST && entry->post->redirect_to)
        return ATD_ROW_REDIRECT;
    return (int)entry->file->kind;
}

/* The month that the author means, whatever the offset: 202506. */
static apr_int64_t month_of(const atd_date_t *date)
{
    apr_time_exp_t parts;

    if (!date->at || apr_time_exp_tz(&parts, date->at, date->offset))
        return 0;
    return (apr_int64_t)(parts.tm_year + 1900) * 100 + parts.tm_mon + 1;
}

static apr_time_t modified_of(const entry_t *entry)
{
    return entry->post && entry->post->modified.at ? entry->post->modified.at : entry->seen;
}

static void bind_post(sqlite3_stmt *statement, const entry_t *entry)
{
    static const atd_post_t none = {.priority = ATD_PRIORITY_MEDIUM};
    const atd_post_t *post = entry->post ? entry->post : &none;
    apr_time_t appears, ends;

    atd_post_span(&appears, &ends, post);
    atd_bind_int(statement, ":appears", appears);
    atd_bind_int(statement, ":ends", ends);
    atd_bind_int(statement, ":featured", post->featured == ATD_FLAG_ON);
    atd_bind_int(statement, ":priority", post->priority);
    atd_bind_int(statement, ":date", post->date.at);
    atd_bind_int(statement, ":month", month_of(&post->date));
    atd_bind_int(statement, ":feed", post->rss != ATD_FLAG_OFF);
    atd_bind_text(statement, ":series", post->series ? atd_text_slug(post->series, entry->pool) : NULL);
    atd_bind_int(statement, ":part", post->part_number);
}

static void bind_document(sqlite3_stmt *statement, const entry_t *entry)
{
    const atd_document_t *document = entry->document;

    atd_bind_int(statement, ":words", document ? (apr_int64_t)atd_document_words(document) : 0);
    atd_bind_text(statement, ":summary", document ? atd_body_summary(document, entry->pool) : NULL);
}

static atd_error_t *bind_data(sqlite3_stmt *statement, const entry_t *entry)
{
    atd_buffer_t *out = atd_buffer_create(entry->pool, 1024, MAX_DATA);
    const char *bytes;
    apr_size_t length;
    atd_error_t *error;

    if (!entry->data)
        return NULL;
    atd_value_pack(out, entry->data);
    error = atd_buffer_take(&bytes, &length, out, "the front matter");
    if (!error) {
        bytes = atd_index_seal(&length, entry->file->path, bytes, length, entry->pool);
        atd_bind_bytes(statement, ":data", bytes, length);
    }
    return error;
}

/* Among more and more places, so that posts with the same date find one soon. */
static apr_int64_t id_of(const entry_t *entry, unsigned tries)
{
    apr_uint64_t hash = (apr_uint64_t)hash_of(entry->file->path, strlen(entry->file->path)) >> tries;
    apr_uint64_t places = (apr_uint64_t)1 << (tries < 20 ? tries + 4 : 24);
    apr_time_t date = entry->post ? apr_time_sec(entry->post->date.at) : 0;
    apr_int64_t place;

    if (!date) /* none, as files of other kinds: anywhere below */
        places = (apr_uint64_t)1 << 24;
    place = tries ? (apr_int64_t)((hash + tries) % places) : (date ? 0 : (apr_int64_t)(hash % places));
    return entry->file->kind == ATD_CATALOG_POST ? date / ATD_INDEX_ID_SECONDS + place + 1 : -1 - place;
}

static bool is_taken(atd_error_t **error, const entry_t *entry, apr_int64_t id)
{
    sqlite3_stmt *statement = atd_index_statement(entry->index, ATD_SQL_HAS_ID);
    bool taken;

    atd_bind_int(statement, ":id", id);
    taken = atd_index_step(error, entry->index, statement, entry->pool);
    atd_index_reset(statement);
    return taken;
}

static atd_error_t *choose_id(entry_t *entry)
{
    unsigned tries = 0;
    atd_error_t *error;

    do
        entry->id = id_of(entry, tries++);
    while (is_taken(&error, entry, entry->id));
    return error;
}

static atd_error_t *put_row(entry_t *entry)
{
    sqlite3_stmt *statement;
    atd_error_t *error = choose_id(entry);

    if (error)
        return error;
    statement = statement_of(entry, ATD_SQL_PUT_FILE);
    atd_bind_int(statement, ":kind", kind_of(entry));
    atd_bind_int(statement, ":rank", entry->file->rank);
    atd_bind_text(statement, ":path", entry->file->path);
    bind_stamp(statement, &entry->stamp);
    atd_bind_int(statement, ":hash", entry->hash);
    atd_bind_text(statement, ":slug", entry->slug);
    atd_bind_int(statement, ":seen", entry->seen);
    atd_bind_int(statement, ":modified", modified_of(entry));
    bind_post(statement, entry);
    bind_document(statement, entry);
    error = bind_data(statement, entry);
    if (error)
        atd_index_reset(statement);
    else
        error = atd_index_run(entry->index, statement, entry->pool);
    return error;
}

/* ---- terms, aliases, text ---- */

static atd_error_t *put_term(const entry_t *entry, atd_term_kind_t kind, const char *name, const char *slug)
{
    sqlite3_stmt *statement = statement_of(entry, ATD_SQL_PUT_TERM);
    apr_time_t appears, ends;

    atd_post_span(&appears, &ends, entry->post);
    atd_bind_int(statement, ":kind", kind);
    atd_bind_text(statement, ":slug", slug);
    atd_bind_text(statement, ":name", name);
    atd_bind_int(statement, ":date", entry->post->date.at);
    atd_bind_int(statement, ":appears", appears);
    atd_bind_int(statement, ":ends", ends);
    atd_bind_int(statement, ":modified", modified_of(entry));
    return atd_index_run(entry->index, statement, entry->pool);
}

static atd_error_t *put_named(const entry_t *entry, atd_term_kind_t kind, const char *name)
{
    const char *slug = name ? atd_text_slug(name, entry->pool) : "";

    return *slug ? put_term(entry, kind, name, slug) : NULL;
}

static atd_error_t *put_terms(const entry_t *entry)
{
    const atd_post_t *post = entry->post;
    atd_error_t *error = put_named(entry, ATD_TERM_CATEGORY, post->category);

    for (apr_size_t i = 0; !error && i < atd_value_count(post->tags); i++)
        error = put_named(entry, ATD_TERM_TAG, atd_value_text(atd_value_at(post->tags, i)));
    for (int i = 0; !error && i < post->authors->nelts; i++) {
        const atd_person_t *person = &APR_ARRAY_IDX(post->authors, i, atd_person_t);

        error = *person->slug ? put_term(entry, ATD_TERM_AUTHOR, person->name, person->slug) : NULL;
    }
    return error;
}

/* "/old/name/" and "https://host/old/name/index.html" are "old/name". */
static const char *address_of(const char *alias, apr_pool_t *pool)
{
    const char *host = strstr(alias, "://");
    const char *path = host ? strchr(host + 3, '/') : alias;
    apr_size_t length;

    path = path ? path + strspn(path, "/") : "";
    length = strcspn(path, "?#");
    if (length >= 10 && strncmp(path + length - 10, "index.html", 10) == 0 &&
        (length == 10 || path[length - 11] == '/'))
        length -= 10;
    while (length > 0 && path[length - 1] == '/')
        length--;
    return apr_pstrmemdup(pool, path, length);
}

static atd_error_t *put_alias(const entry_t *entry, const char *address)
{
    sqlite3_stmt *statement = statement_of(entry, ATD_SQL_PUT_ALIAS);

    atd_bind_text(statement, ":address", address);
    return atd_index_run(entry->index, statement, entry->pool);
}

/* A single component is asked for as a slug, whose letters are small ones, too. */
static atd_error_t *put_aliases(const entry_t *entry)
{
    const atd_value_t *aliases = entry->post->aliases;
    atd_error_t *error = NULL;

    for (apr_size_t i = 0; !error && i < atd_value_count(aliases); i++) {
        const char *address = address_of(atd_value_text(atd_value_at(aliases, i)), entry->pool);

        error = put_alias(entry, address);
        if (!error && !strchr(address, '/'))
            error = put_alias(entry, atd_text_slug(address, entry->pool));
    }
    return error;
}

static const char *joined_tags(const atd_post_t *post, apr_pool_t *pool)
{
    const char *joined = post->category;

    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++)
        joined = apr_pstrcat(pool, joined ? joined : "", "\n", atd_value_text(atd_value_at(post->tags, i)), NULL);
    return joined;
}

static const char *joined_headings(const atd_document_t *document, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 512, ATD_MAX_PAGE);
    const char *joined;
    atd_heading_t heading;

    for (apr_size_t i = 0; atd_document_heading(&heading, document, i); i++) {
        atd_buffer_puts(out, heading.text);
        atd_buffer_putc(out, '\n');
    }
    return atd_buffer_take(&joined, NULL, out, "the headings") ? "" : joined;
}

static atd_error_t *put_text(const entry_t *entry)
{
    const atd_index_text_t text = {.title = entry->post->title,
                                   .tags = joined_tags(entry->post, entry->pool),
                                   .headings = joined_headings(entry->document, entry->pool),
                                   .body = atd_document_plain(entry->document, NULL)};

    return atd_index_words_put(entry->batch->words, entry->id, &text, entry->pool);
}

/* ---- one file ---- */

/* What an author's slip leaves of a post that was good before is the post as it was, unless the slip takes it back. */
static bool is_kept(const entry_t *entry)
{
    return entry->text.bytes && entry->known->id && (int)entry->known->file.kind != ATD_ROW_BROKEN &&
           strcmp(entry->known->file.path, entry->file->path) == 0 &&
           !atd_catalog_takes_back(entry->text.bytes, entry->pool);
}

static atd_error_t *put_broken(entry_t *entry, const atd_error_t *finding)
{
    atd_error_t *error;

    atd_index_report(entry->policy, finding);
    if (is_kept(entry))
        return keep(entry, ATD_SQL_BREAK_FILE);
    error = clear(entry);
    if (error)
        return error;
    entry->post = NULL;
    entry->document = NULL;
    entry->data = NULL;
    entry->slug = entry->text.bytes ? atd_catalog_broken_slug(entry->text.bytes, entry->file->path, entry->pool)
                                    : atd_post_path_slug(entry->file->path, entry->pool);
    return put_row(entry);
}

static atd_error_t *parse_post(entry_t *entry)
{
    atd_markdown_options_t options = atd_markdown_post_options;
    const atd_renderer_t *renderer = entry->policy->renderer;
    atd_error_t *error =
        atd_post_parse(&entry->post, entry->file->path, entry->text.bytes, entry->text.length, NULL, NULL, entry->pool);

    options.smart = true;
    if (error)
        return error;
    entry->data = entry->post->data;
    entry->slug = entry->post->slug;
    error = renderer->render(&entry->document, renderer->baton, entry->post->body, entry->post->body_length, &options,
                             entry->pool);
    if (error)
        error->file = entry->file->path;
    return error;
}

/* An author or a category: the file's name is its slug. */
static atd_error_t *parse_record(entry_t *entry)
{
    atd_frontmatter_t parts;
    atd_error_t *error =
        atd_frontmatter_parse(&parts, entry->text.bytes, entry->text.length, entry->file->path, entry->pool);

    if (error)
        return error;
    entry->data = parts.data;
    entry->slug = atd_post_path_slug(entry->file->path, entry->pool);
    return NULL;
}

static atd_error_t *put_good(entry_t *entry)
{
    atd_error_t *error = clear(entry);

    if (!error)
        error = put_row(entry);
    if (error || !entry->post)
        return error;
    if (kind_of(entry) == ATD_ROW_POST)
        error = put_terms(entry);
    if (!error)
        error = put_aliases(entry);
    if (!error && !entry->policy->no_text && kind_of(entry) <= ATD_ROW_PAGE)
        error = put_text(entry);
    return error;
}

/* A slug that the file had until now goes on leading to it. */
static atd_error_t *remember_former(const entry_t *entry)
{
    const char *former = entry->known->slug;
    sqlite3_stmt *statement;

    if (!former || !*former || entry->file->kind > ATD_CATALOG_PAGE || strcmp(former, entry->slug) == 0)
        return NULL;
    statement = atd_index_statement(entry->index, ATD_SQL_PUT_FORMER);
    atd_bind_text(statement, ":slug", former);
    atd_bind_text(statement, ":path", entry->file->path);
    return atd_index_run(entry->index, statement, entry->pool);
}

static void push_slug(apr_array_header_t *slugs, const char *slug)
{
    if (slug)
        APR_ARRAY_PUSH(slugs, const char *) = apr_pstrdup(slugs->pool, slug);
}

/* A file that can't be read comes with its finding, one that was read with none so far. */
static atd_error_t *put_read(entry_t *entry, atd_error_t *finding)
{
    apr_array_header_t *slugs = entry->batch->slugs;
    atd_error_t *error = finding ? NULL : find_seen(entry);

    if (error)
        return error;
    if (!finding)
        finding = entry->file->kind <= ATD_CATALOG_PAGE ? parse_post(entry) : parse_record(entry);
    error = finding ? put_broken(entry, finding) : put_good(entry);
    if (!error && entry->slug) {
        error = remember_former(entry);
        push_slug(slugs, entry->slug);
    }
    push_slug(slugs, entry->known->slug);
    return error;
}

atd_error_t *atd_index_put(atd_index_t *index, const atd_index_policy_t *policy, const atd_catalog_file_t *file,
                           const atd_known_t *known, const atd_index_batch_t *batch, apr_pool_t *scratch)
{
    entry_t entry = {.index = index,
                     .policy = policy,
                     .file = file,
                     .known = known,
                     .batch = batch,
                     .id = known->id,
                     .stamp = file->stamp,
                     .pool = scratch};
    atd_error_t *finding = atd_file_read(&entry.text, &index->content, file->path, ATD_MAX_SOURCE, scratch);

    if (finding && finding->id == ATD_E_MISSING) /* gone since the walk: the next one finds it out */
        return NULL;
    if (finding) {
        entry.text.bytes = NULL;
        return put_read(&entry, finding);
    }
    entry.stamp = entry.text.stamp;
    entry.hash = hash_of(entry.text.bytes, entry.text.length);
    if (known->id && known->hash == entry.hash && strcmp(known->file.path, file->path) == 0)
        return keep(&entry, ATD_SQL_TOUCH_FILE);
    return put_read(&entry, NULL);
}

atd_error_t *atd_index_remove(atd_index_t *index, const atd_known_t *known, const atd_index_batch_t *batch,
                              apr_pool_t *scratch)
{
    const entry_t entry = {.index = index, .id = known->id, .batch = batch, .pool = scratch};

    push_slug(batch->slugs, known->slug);
    return clear(&entry);
}
