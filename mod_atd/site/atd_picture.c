/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_picture.h"

#include "base/atd_escape.h"
#include "base/atd_limits.h"
#include "engine/atd_image.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

static const char *encode_url(const char *url, apr_pool_t *pool)
{
    apr_size_t length = strlen(url);
    atd_buffer_t *out = atd_buffer_create(pool, length, length * 3 + 1);
    const char *encoded;

    atd_escape_url(out, url, length);
    return atd_buffer_take(&encoded, NULL, out, "the URL") ? NULL : encoded;
}

/* Joins a folder and a relative path, with "./" and "../" worked out; NULL where it leaves the content root. */
static const char *join(const char *folder, const char *reference, apr_pool_t *pool)
{
    char *path = apr_pstrcat(pool, folder, reference, NULL);
    char *to = path;

    for (const char *from = path; *from;) {
        apr_size_t size = strcspn(from, "/");

        if (size == 2 && memcmp(from, "..", 2) == 0) {
            if (to == path)
                return NULL;
            to--; /* the slash, then the name before it */
            while (to > path && to[-1] != '/')
                to--;
        } else if (size > 0 && !(size == 1 && *from == '.')) {
            memmove(to, from, size);
            to += size;
            if (from[size] == '/')
                *to++ = '/';
        }
        from += size + (from[size] == '/');
    }
    *to = '\0';
    return atd_path_is_plain(path, strlen(path)) ? path : NULL;
}

/* A %00 stays as it is: no file has a NUL in its name. */
static char *decode(const char *text, apr_size_t length, apr_pool_t *pool)
{
    char *decoded = apr_pstrmemdup(pool, text, length);
    char *to = decoded;

    for (const char *from = decoded; *from; from++, to++) {
        if (from[0] == '%' && apr_isxdigit(from[1]) && apr_isxdigit(from[2]) && memcmp(from, "%00", 3) != 0) {
            const char digits[3] = {from[1], from[2], '\0'};

            *to = (char)apr_strtoi64(digits, NULL, 16);
            from += 2;
        } else {
            *to = *from;
        }
    }
    *to = '\0';
    return decoded;
}

/* The path below the content root that a relative reference names, or a rooted one below the blog's own path. */
static const char *local_path(const atd_site_t *site, const atd_post_t *post, const char *reference, apr_pool_t *pool)
{
    apr_size_t length = strcspn(reference, "?#");
    apr_size_t base = strlen(site->path);
    const char *folder = post ? post->folder : "";

    if (length > 0 && *reference == '/') {
        if (strncmp(reference, site->path, base) != 0 || length <= base)
            return NULL;
        folder = "";
        reference += base;
        length -= base;
    }
    if (length == 0)
        return NULL;
    return join(folder, decode(reference, length, pool), pool);
}

static void measure(atd_target_t *target, const atd_file_t *file)
{
    atd_image_t image;

    if (!atd_image_measure(&image, (const unsigned char *)file->bytes, file->length))
        return;
    target->type = image.type;
    target->width = image.width;
    target->height = image.height;
}

/* Its type and size, where there is such a file. */
static bool look_at(atd_target_t *target, const atd_site_t *site, const char *path, apr_pool_t *pool)
{
    atd_file_t file;

    if (atd_file_read_head(&file, &site->content, path, ATD_MAX_IMAGE_HEADER, pool))
        return false;
    target->file = path;
    measure(target, &file);
    return true;
}

static bool look_up(atd_target_t *target, const atd_site_t *site, const char *path, apr_pool_t *pool)
{
    atd_memo_t *memo = site->content.memo;
    const atd_target_t *known = atd_memo_get(memo, ATD_MEMO_IMAGE, path);
    atd_target_t *seen;

    if (!memo)
        return look_at(target, site, path, pool);
    if (!known) {
        known = seen = apr_pcalloc(atd_memo_pool(memo), sizeof *seen);
        look_at(seen, site, apr_pstrdup(atd_memo_pool(memo), path), pool);
        atd_memo_set(memo, ATD_MEMO_IMAGE, path, seen);
    }
    *target = *known;
    return target->file != NULL;
}

static void finish(atd_target_t *target, const atd_site_t *site, const char *url, apr_pool_t *pool)
{
    target->url = url;
    target->absolute = url ? atd_site_absolute(site, url, pool) : NULL;
}

/* The URL of the file at @p path. */
static const char *local_url(const atd_site_t *site, const char *path, const char *reference, apr_pool_t *pool)
{
    const char *suffix = reference + strcspn(reference, "?#");

    if (*reference == '/')
        return encode_url(reference, pool);
    return apr_pstrcat(pool, atd_site_path(site, path, pool), encode_url(suffix, pool), NULL);
}

/* Where there is no such file; @p path is NULL where there can't be one. */
static const char *other_url(const atd_site_t *site, const char *path, const char *reference, apr_pool_t *pool)
{
    const char *base = site->settings->image_base;
    const char *suffix = reference + strcspn(reference, "?#");

    if (base && *reference != '/')
        reference = apr_pstrcat(pool, base, base[strlen(base) - 1] == '/' ? "" : "/", reference, NULL);
    else if (path && *reference != '/')
        reference = apr_pstrcat(pool, atd_site_path(site, path, pool), suffix, NULL);
    return encode_url(reference, pool);
}

void atd_picture_resolve(atd_target_t *target, const atd_site_t *site, const atd_post_t *post, const char *reference,
                         apr_pool_t *pool)
{
    const char *path;

    memset(target, 0, sizeof *target);
    if (!*reference || !atd_url_is_safe(reference, false))
        return;
    if (atd_url_is_absolute(reference)) {
        finish(target, site, encode_url(reference, pool), pool);
        return;
    }
    path = local_path(site, post, reference, pool);
    if (path && look_up(target, site, path, pool))
        finish(target, site, local_url(site, path, reference, pool), pool);
    else
        finish(target, site, other_url(site, path, reference, pool), pool);
}

/* Without an image_base the URL is the same whether there is such a file or not. */
static bool may_be_local(const atd_site_t *site, const char *path, const char *reference, apr_pool_t *pool)
{
    atd_root_t unwatched = site->content;
    atd_stamp_t stamp;

    if (!path || !site->settings->image_base || *reference == '/')
        return path != NULL;
    unwatched.watch = NULL;
    return !atd_file_stamp(&stamp, &unwatched, path, pool);
}

const char *atd_picture_url(const atd_site_t *site, const atd_post_t *post, const char *reference, apr_pool_t *pool)
{
    const char *url, *path;

    if (!*reference || !atd_url_is_safe(reference, false))
        return NULL;
    if (atd_url_is_absolute(reference)) {
        url = encode_url(reference, pool);
    } else {
        path = local_path(site, post, reference, pool);
        url = may_be_local(site, path, reference, pool) ? local_url(site, path, reference, pool)
                                                        : other_url(site, path, reference, pool);
    }
    return url ? atd_site_absolute(site, url, pool) : NULL;
}

/* The URL of the post in a Markdown file; NULL where it has none. */
static const char *post_path(const atd_site_t *site, const char *file, apr_pool_t *pool)
{
    const char *known = atd_memo_get(site->content.memo, ATD_MEMO_ADDRESS, file);
    const atd_post_t *post;

    if (known)
        return *known ? known : NULL;
    if (!atd_post_load(&post, &site->content, file, NULL, pool))
        known = atd_site_post_path(site, post, pool);
    if (site->content.memo)
        atd_memo_set(site->content.memo, ATD_MEMO_ADDRESS, file,
                     apr_pstrdup(atd_memo_pool(site->content.memo), known ? known : ""));
    return known;
}

void atd_link_resolve(atd_target_t *target, const atd_site_t *site, const atd_post_t *post, const char *reference,
                      apr_pool_t *pool)
{
    const char *suffix = reference + strcspn(reference, "?#");
    const char *path = NULL;
    const char *url = NULL;
    atd_stamp_t stamp;

    memset(target, 0, sizeof *target);
    if (!atd_url_is_safe(reference, true))
        return;
    if (!atd_url_is_absolute(reference) && *reference != '/')
        path = local_path(site, post, reference, pool);
    if (path && atd_post_is_source(path))
        url = post_path(site, path, pool);
    else if (path && *post->folder && !atd_file_stamp(&stamp, &site->content, path, pool))
        url = atd_site_path(site, path, pool);
    if (url)
        target->file = path;
    finish(target, site, url ? apr_pstrcat(pool, url, encode_url(suffix, pool), NULL) : encode_url(reference, pool),
           pool);
}

bool atd_link_is_external(const atd_site_t *site, const char *url)
{
    apr_size_t length = strlen(site->origin);

    if (strncasecmp(url, "http:", 5) != 0 && strncasecmp(url, "https:", 6) != 0 && strncmp(url, "//", 2) != 0)
        return false;
    return strncasecmp(url, site->origin, length) != 0 || (url[length] && !strchr("/?#", url[length]));
}
