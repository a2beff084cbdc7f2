/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_lint.h"

#include "base/atd_limits.h"
#include "engine/atd_frontmatter.h"
#include "site/atd_body.h"
#include "site/atd_catalog.h"
#include "site/atd_category.h"
#include "site/atd_picture.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include <stdlib.h>
#include <string.h>

atd_severity_t atd_lint_severity(const atd_error_t *finding)
{
    if (finding->id == ATD_W_HIDDEN)
        return ATD_SEVERITY_NOTE;
    return atd_error_is_warning(finding) ? ATD_SEVERITY_WARNING : ATD_SEVERITY_ERROR;
}

const char *atd_lint_severity_name(const atd_error_t *finding)
{
    static const char *const names[] = {"note", "warning", "error"};

    return names[atd_lint_severity(finding)];
}

typedef struct lint_t {
    const atd_site_t *site;
    const atd_post_t *post;
    apr_array_header_t *findings;
    apr_hash_t *slugs; /* slug -> path of the first that has it */
    apr_pool_t *pool;
} lint_t;

static void note(const lint_t *lint, atd_error_id_t id, unsigned line, const char *message, const char *hint)
{
    const atd_place_t place = {.file = lint->post->path, .line = line};

    APR_ARRAY_PUSH(lint->findings, atd_error_t *) =
        atd_error_hint(atd_error_make(lint->pool, id, &place, "%s", message), hint);
}

static unsigned line_of(const lint_t *lint, const char *path)
{
    return atd_value_line(atd_value_find(lint->post->data, path));
}

static void check_slug(const lint_t *lint)
{
    const char *first = apr_hash_get(lint->slugs, lint->post->slug, APR_HASH_KEY_STRING);

    if (!first)
        apr_hash_set(lint->slugs, lint->post->slug, APR_HASH_KEY_STRING, lint->post->path);
    else
        note(lint, ATD_E_DUPLICATE, line_of(lint, "slug"),
             apr_psprintf(lint->pool, "the slug '%s' is that of %s, too", lint->post->slug, first),
             "the first file wins: give this one a slug of its own");
}

/* A misspelt key has no effect and makes no noise: `staus: draft` would be public. */
static void check_keys(const lint_t *lint)
{
    const atd_value_t *data = lint->post->data;

    for (apr_size_t i = 0; i < atd_value_count(data); i++) {
        const char *key = atd_value_key_at(data, i);
        const char *meant = atd_post_known_key(key);

        if (meant && !atd_value_get(data, meant))
            note(lint, ATD_W_UNKNOWN, atd_value_line(atd_value_at(data, i)),
                 apr_psprintf(lint->pool, "'%.80s' is no key that mod_atd knows", key),
                 apr_psprintf(lint->pool, "did you mean '%s'?", meant));
    }
}

static void check_presence(const lint_t *lint)
{
    const atd_post_t *post = lint->post;

    if (atd_value_is_empty(atd_value_get(post->data, "title")))
        note(lint, ATD_W_MISSING, 1, "has no title", "add a line title: to its front matter");
    if (!post->is_page && !post->date.at)
        note(lint, ATD_W_MISSING, 1, "has no date", "add a line date: 2025-06-16 to its front matter");
    if (!post->description && !post->excerpt)
        note(lint, ATD_W_MISSING, 1, "has no description; search engines get its first paragraph",
             "add an excerpt: or seo.description: of one or two sentences");
}

static void check_featured_image(const lint_t *lint)
{
    const atd_picture_t *image = &lint->post->image;
    atd_target_t target;

    if (!image->src)
        return;
    if (!image->alt)
        note(lint, ATD_W_IMAGE, image->line, "the featured image has no alternative text", "add alt: to it");
    atd_picture_resolve(&target, lint->site, lint->post, image->src, lint->pool);
    if (!target.file && !atd_url_is_absolute(image->src) && *image->src != '/' && !lint->site->settings->image_base)
        note(lint, ATD_W_IMAGE, image->line,
             apr_psprintf(lint->pool, "there is no image file '%.120s' beside the post", image->src),
             "correct the reference, or set images.base in site.yaml");
}

static void check_canonical(const lint_t *lint)
{
    const char *own = atd_value_text(atd_value_get(lint->post->data, "canonicalUrl"));
    const char *seo = atd_value_text(atd_value_find(lint->post->data, "seo.canonical"));

    if (own && seo && *own && *seo && strcmp(own, seo) != 0)
        note(lint, ATD_W_LINK, line_of(lint, "seo.canonical"), "seo.canonical differs from canonicalUrl, which wins",
             "keep one of the two");
}

static void check_hidden(const lint_t *lint)
{
    const char *why = atd_post_hidden_because(lint->post, lint->site->now, lint->pool);

    if (why)
        note(lint, ATD_W_HIDDEN, line_of(lint, "status"), apr_pstrcat(lint->pool, "is not public: it is ", why, NULL),
             NULL);
}

static void check_body_image(const lint_t *lint, const atd_mark_t *mark, unsigned line)
{
    atd_target_t target;

    if (!*mark->text)
        note(lint, ATD_W_IMAGE, line, apr_psprintf(lint->pool, "the image '%.120s' has no alternative text", mark->url),
             "write it between the brackets: ![what it shows](file.png)");
    if (atd_url_is_absolute(mark->url) || *mark->url == '/' || lint->site->settings->image_base)
        return;
    atd_picture_resolve(&target, lint->site, lint->post, mark->url, lint->pool);
    if (!target.file)
        note(lint, ATD_W_IMAGE, line,
             apr_psprintf(lint->pool, "there is no image file '%.120s' beside the post", mark->url),
             "correct the reference");
}

static void check_body_link(const lint_t *lint, const atd_mark_t *mark, unsigned line)
{
    const char *path = apr_pstrmemdup(lint->pool, mark->url, strcspn(mark->url, "?#"));
    atd_target_t target;

    if (!*mark->url || strcmp(mark->url, "#") == 0) {
        note(lint, ATD_W_LINK, line, "a link leads nowhere", "give it an address");
        return;
    }
    if (atd_url_is_absolute(mark->url) || *mark->url == '/' || !atd_post_is_source(path))
        return;
    atd_link_resolve(&target, lint->site, lint->post, mark->url, lint->pool);
    if (!target.file)
        note(lint, ATD_W_LINK, line, apr_psprintf(lint->pool, "there is no post '%.120s'", mark->url),
             "correct the link");
}

static void check_body(const lint_t *lint)
{
    const atd_body_t *body;
    atd_error_t *error = atd_body_make(&body, lint->site, lint->post, lint->pool);
    atd_mark_t mark;

    if (error) {
        APR_ARRAY_PUSH(lint->findings, atd_error_t *) = error;
        return;
    }
    for (apr_size_t i = 0; atd_document_mark(&mark, body->document, i); i++) {
        unsigned line = mark.line ? mark.line + lint->post->body_line - 1 : 0;

        (mark.kind == ATD_MARK_IMAGE ? check_body_image : check_body_link)(lint, &mark, line);
    }
}

/* Which of two findings stands first in the files. */
static bool is_before(const atd_error_t *a, const atd_error_t *b)
{
    int files = a->file && b->file ? strcmp(a->file, b->file) : 0;

    return files < 0 || (files == 0 && a->line < b->line);
}

/* Brings the findings from number @p first on into the order of their places; those of one line stay as they are. */
static void sort_from(apr_array_header_t *findings, int first)
{
    atd_error_t **all = (atd_error_t **)findings->elts;

    for (int i = first + 1; i < findings->nelts; i++) {
        atd_error_t *finding = all[i];
        int at = i;

        for (; at > first && is_before(finding, all[at - 1]); at--)
            all[at] = all[at - 1];
        all[at] = finding;
    }
}

static void check_post(lint_t *lint, const char *path)
{
    if (atd_post_load(&lint->post, &lint->site->content, path, lint->findings, lint->pool))
        return;
    check_slug(lint);
    check_keys(lint);
    check_presence(lint);
    check_featured_image(lint);
    check_canonical(lint);
    check_hidden(lint);
    check_body(lint);
}

/* A file in categories/; what is wrong with an author's file is told with the posts that name it. */
static void check_category(const lint_t *lint, const atd_catalog_file_t *file)
{
    atd_reading_t reading = {.file = file->path, .findings = lint->findings, .pool = lint->pool};
    atd_frontmatter_t parts;
    atd_category_t category;
    atd_file_t text;
    atd_error_t *error = atd_file_read(&text, &lint->site->content, file->path, ATD_MAX_SOURCE, lint->pool);

    if (!error)
        error = atd_frontmatter_parse(&parts, text.bytes, text.length, file->path, lint->pool);
    if (error)
        APR_ARRAY_PUSH(lint->findings, atd_error_t *) = error;
    else
        atd_category_read(&category, parts.data, &reading);
}

static atd_error_t *check_posts(lint_t *lint)
{
    apr_array_header_t *files;
    atd_error_t *error = atd_catalog_walk(&files, &lint->site->content, lint->pool);

    for (int i = 0; !error && i < files->nelts; i++) {
        const atd_catalog_file_t *file = &APR_ARRAY_IDX(files, i, atd_catalog_file_t);
        int first = lint->findings->nelts;

        if (file->kind <= ATD_CATALOG_PAGE)
            check_post(lint, file->path);
        else if (file->kind == ATD_CATALOG_CATEGORY)
            check_category(lint, file);
        sort_from(lint->findings, first);
    }
    return error;
}

atd_error_t *atd_lint_run(apr_array_header_t **findings, const atd_site_config_t *config, apr_pool_t *pool)
{
    lint_t lint = {.slugs = apr_hash_make(pool), .pool = pool};
    atd_error_t *error;

    *findings = lint.findings = apr_array_make(pool, 16, sizeof(atd_error_t *));
    atd_theme_findings(lint.findings, config->theme);
    sort_from(lint.findings, 0);
    error = atd_site_open(&lint.site, config, lint.findings, pool);
    if (error && error->file) { /* the settings: the posts can be checked without them once they are mended */
        bool noted = false;

        for (int i = 0; i < lint.findings->nelts; i++)
            noted = noted || APR_ARRAY_IDX(lint.findings, i, atd_error_t *) == error;
        if (!noted)
            APR_ARRAY_PUSH(lint.findings, atd_error_t *) = error;
        return NULL;
    }
    return error ? error : check_posts(&lint);
}
