/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_view_parts.h"

#include "base/atd_escape.h"
#include "base/atd_locale.h"

#include <apr_lib.h>
#include <apr_strings.h>

#include <string.h>

const atd_value_t *atd_view_date(const atd_date_t *date, const char *lang, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!date->at)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "iso", date->day_only ? atd_date_day(date, pool) : atd_date_iso(date, pool));
    atd_value_set_text(map, "day", atd_date_day(date, pool));
    atd_value_set_text(map, "text", atd_locale_date(date, lang, pool));
    return map;
}

static const atd_value_t *number_or_null(unsigned number, apr_pool_t *pool)
{
    return number ? atd_value_int(pool, number) : atd_value_null(pool);
}

const atd_value_t *atd_view_picture(const atd_target_t *target, const char *alt, const char *caption, apr_pool_t *pool)
{
    atd_value_t *map;

    if (!target->url)
        return atd_value_null(pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "src", target->url);
    atd_value_set_text(map, "alt", alt);
    atd_value_set_text(map, "caption", caption);
    atd_value_set(map, "width", number_or_null(target->width, pool));
    atd_value_set(map, "height", number_or_null(target->height, pool));
    return map;
}

static const struct {
    const char *name;
    const char *label;
    const char *profile; /* what comes before a user name */
    const char *share;   /* %u is the page's URL, %t its title; NULL: the network has no such link */
} networks[] = {
    {"x", "X", "https://x.com/", "https://x.com/intent/post?text=%t&url=%u"},
    {"twitter", "X", "https://x.com/", "https://x.com/intent/post?text=%t&url=%u"},
    {"facebook", "Facebook", "https://www.facebook.com/", "https://www.facebook.com/sharer/sharer.php?u=%u"},
    {"linkedin", "LinkedIn", "https://www.linkedin.com/in/", "https://www.linkedin.com/sharing/share-offsite/?url=%u"},
    {"reddit", "Reddit", "https://www.reddit.com/user/", "https://www.reddit.com/submit?url=%u&title=%t"},
    {"bluesky", "Bluesky", "https://bsky.app/profile/", "https://bsky.app/intent/compose?text=%t%20%u"},
    {"mastodon", "Mastodon", NULL, "https://mastodonshare.com/?text=%t&url=%u"},
    {"whatsapp", "WhatsApp", "https://wa.me/", "https://wa.me/?text=%t%20%u"},
    {"telegram", "Telegram", "https://t.me/", "https://t.me/share/url?url=%u&text=%t"},
    {"hackernews", "Hacker News",
     "https://news.ycombinator.com/user?id=", "https://news.ycombinator.com/submitlink?u=%u&t=%t"},
    {"email", "E-mail", "mailto:", "mailto:?subject=%t&body=%u"},
    {"github", "GitHub", "https://github.com/", NULL},
    {"gitlab", "GitLab", "https://gitlab.com/", NULL},
    {"instagram", "Instagram", "https://www.instagram.com/", NULL},
    {"youtube", "YouTube", "https://www.youtube.com/@", NULL},
    {"website", "Website", NULL, NULL},
    {"rss", "RSS", NULL, NULL},
};

#define NETWORKS (sizeof networks / sizeof *networks)

static int find_network(const char *name)
{
    for (apr_size_t i = 0; i < NETWORKS; i++) {
        if (strcasecmp(networks[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static atd_value_t *make_link(const char *name, const char *label, const char *url, apr_pool_t *pool)
{
    atd_value_t *link = atd_value_map(pool);

    atd_value_set_text(link, "name", name);
    atd_value_set_text(link, "label", label);
    atd_value_set_text(link, "url", url);
    return link;
}

const atd_value_t *atd_view_social(const atd_value_t *social, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(social); i++) {
        const char *name = atd_value_key_at(social, i);
        const char *url = atd_value_text(atd_value_at(social, i));
        int network = find_network(name);

        if (!url || !*url)
            continue;
        if (!atd_url_is_absolute(url) && network >= 0 && networks[network].profile)
            url = apr_pstrcat(pool, networks[network].profile, *url == '@' ? url + 1 : url, NULL);
        if (atd_url_is_safe(url, true))
            atd_value_push(list, make_link(name, network >= 0 ? networks[network].label : name, url, pool));
    }
    return list;
}

const char *atd_view_term_path(const atd_site_t *site, const char *folder, const char *slug, apr_pool_t *pool)
{
    return *slug ? atd_site_path(site, apr_pstrcat(pool, folder, "/", slug, NULL), pool) : NULL;
}

const atd_value_t *atd_view_feeds(const atd_site_t *site, const char *folder, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);

    atd_value_set_text(map, "rss", atd_site_path(site, apr_pstrcat(pool, folder, "feed.xml", NULL), pool));
    atd_value_set_text(map, "atom", atd_site_path(site, apr_pstrcat(pool, folder, "atom.xml", NULL), pool));
    atd_value_set_text(map, "json", atd_site_path(site, apr_pstrcat(pool, folder, "feed.json", NULL), pool));
    return map;
}

const atd_value_t *atd_view_person(const atd_site_t *site, const atd_person_t *person, bool has_page, apr_pool_t *pool)
{
    atd_value_t *map = atd_value_map(pool);
    atd_target_t image = {0};

    if (person->image)
        atd_picture_resolve(&image, site, NULL, person->image, pool);
    atd_value_set_text(map, "name", person->name);
    atd_value_set_text(map, "slug", person->slug);
    atd_value_set_text(map, "role", person->role);
    atd_value_set_text(map, "image", image.url);
    atd_value_set_text(map, "url", person->url);
    atd_value_set_text(map, "email", person->email);
    atd_value_set_text(map, "bio", person->bio);
    atd_value_set(map, "social", atd_view_social(person->social, pool));
    atd_value_set_text(map, "path", has_page ? atd_view_term_path(site, "author", person->slug, pool) : NULL);
    return map;
}

static void copy_texts(atd_value_t *map, const atd_value_t *from, const char *const *keys)
{
    for (; *keys; keys++)
        atd_value_set_text(map, *keys, atd_value_text(atd_value_get(from, *keys)));
}

static const char *safe_url(const atd_value_t *map, const char *key)
{
    const char *url = atd_value_text(atd_value_get(map, key));

    return url && *url && atd_url_is_safe(url, true) ? url : NULL;
}

const atd_value_t *atd_view_newsletter(const atd_value_t *newsletter, apr_pool_t *pool)
{
    static const char *const keys[] = {"title", "text", "button", NULL};
    atd_value_t *map;

    if (!safe_url(newsletter, "url"))
        return atd_value_null(pool);
    map = atd_value_map(pool);
    copy_texts(map, newsletter, keys);
    atd_value_set_text(map, "url", safe_url(newsletter, "url"));
    return map;
}

/* A pattern of the table above with the page's URL and title in it. */
static const char *expand(const char *pattern, const atd_facts_t *facts, apr_pool_t *pool)
{
    atd_buffer_t *out = atd_buffer_create(pool, 256, 64 * 1024);
    const char *url;

    for (; *pattern; pattern++) {
        if (pattern[0] == '%' && (pattern[1] == 'u' || pattern[1] == 't')) {
            const char *text = pattern[1] == 'u' ? facts->canonical : facts->heading;

            atd_escape_component(out, text, strlen(text));
            pattern++;
        } else {
            atd_buffer_putc(out, *pattern);
        }
    }
    return atd_buffer_take(&url, NULL, out, "the link") ? NULL : url;
}

const atd_value_t *atd_view_share(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_value_t *wanted = site->settings->share;
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(wanted); i++) {
        int network = find_network(atd_value_text(atd_value_at(wanted, i)));
        const char *url = network >= 0 && networks[network].share ? expand(networks[network].share, facts, pool) : NULL;

        if (url)
            atd_value_push(list, make_link(networks[network].name, networks[network].label, url, pool));
    }
    return list;
}

static const atd_value_t *view_reply_by_mail(const atd_value_t *settings, const atd_facts_t *facts, apr_pool_t *pool)
{
    const char *address = atd_value_text(atd_value_get(settings, "address"));
    atd_value_t *map = atd_value_map(pool);

    if (!address || !*address || !atd_url_is_safe(apr_pstrcat(pool, "mailto:", address, NULL), true))
        return atd_value_null(pool);
    atd_value_set_text(map, "url",
                       apr_pstrcat(pool, "mailto:", address, expand("?subject=Re:%20%t", facts, pool), NULL));
    return map;
}

/* One of the providers' records; `provider` itself is the first entry. */
static bool shows_something(const atd_value_t *comments)
{
    for (apr_size_t i = 1; i < atd_value_count(comments); i++) {
        if (!atd_value_is_empty(atd_value_at(comments, i)))
            return true;
    }
    return false;
}

static const char *without_slash(const char *url, apr_pool_t *pool)
{
    apr_size_t length = url ? strlen(url) : 0;

    while (length > 0 && url[length - 1] == '/')
        length--;
    return length ? apr_pstrmemdup(pool, url, length) : url;
}

const atd_value_t *atd_view_comments(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    static const char *const giscus[] = {"repo", "repoId", "category", "categoryId", "mapping", "theme", "lang", NULL};
    static const char *const utterances[] = {"repo", "issueTerm", "label", "theme", NULL};
    const atd_value_t *settings = site->settings->comments;
    const char *provider = atd_value_text(atd_value_get(settings, "provider"));
    const atd_value_t *null = atd_value_null(pool);
    atd_value_t *map = atd_value_map(pool);
    atd_value_t *own = atd_value_map(pool);

    if (!provider || !*provider)
        return null;
    atd_value_set_text(map, "provider", provider);
    atd_value_set(map, "email", strcmp(provider, "email") ? null : view_reply_by_mail(settings, facts, pool));
    atd_value_set(map, "giscus", strcmp(provider, "giscus") ? null : own);
    atd_value_set(map, "utterances", strcmp(provider, "utterances") ? null : own);
    atd_value_set(map, "isso", strcmp(provider, "isso") || !safe_url(settings, "url") ? null : own);
    copy_texts(own, settings, strcmp(provider, "giscus") ? utterances : giscus);
    atd_value_set_text(own, "url", without_slash(safe_url(settings, "url"), pool));
    return shows_something(map) ? map : null;
}

static const char *text_or(const atd_value_t *value, const char *key, const atd_value_t *otherwise)
{
    const char *text = atd_value_text(atd_value_get(value, key));

    return text ? text : atd_value_text(otherwise);
}

const atd_value_t *atd_view_gallery(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (apr_size_t i = 0; i < atd_value_count(post->gallery); i++) {
        const atd_value_t *entry = atd_value_at(post->gallery, i);
        const char *src = text_or(entry, "src", entry); /* a map, or just the reference */
        atd_target_t target;

        if (!src)
            continue;
        atd_picture_resolve(&target, site, post, src, pool);
        if (target.url)
            atd_value_push(
                list, atd_view_picture(&target, text_or(entry, "alt", NULL), text_or(entry, "caption", NULL), pool));
    }
    return list;
}

/* Eleven characters of YouTube's id in the usual forms of its URLs; NULL where it is none of them. */
static const char *youtube_id(const char *url, apr_pool_t *pool)
{
    static const char *const before[] = {"youtube.com/watch?v=", "youtu.be/", "youtube.com/embed/",
                                         "youtube-nocookie.com/embed/", "youtube.com/shorts/"};

    for (apr_size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const char *at = strstr(url, before[i]);
        apr_size_t length = 0;

        if (!at)
            continue;
        at += strlen(before[i]);
        while (apr_isalnum(at[length]) || at[length] == '-' || at[length] == '_')
            length++;
        return length == 11 ? apr_pstrmemdup(pool, at, length) : NULL;
    }
    return NULL;
}

static bool is_video_file(const char *url)
{
    static const char *const endings[] = {".mp4", ".webm", ".ogv", ".mov", ".m4v"};
    apr_size_t length = strcspn(url, "?#");

    for (apr_size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        apr_size_t size = strlen(endings[i]);

        if (length > size && strncasecmp(url + length - size, endings[i], size) == 0)
            return true;
    }
    return false;
}

const atd_value_t *atd_view_video(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool)
{
    const atd_value_t *video = facts->post->video;
    const char *thumbnail = atd_value_text(atd_value_get(video, "thumbnail"));
    const char *url = safe_url(video, "url");
    const char *id = url ? youtube_id(url, pool) : NULL;
    atd_target_t target, poster = {0};
    atd_value_t *map;

    if (!url)
        return atd_value_null(pool);
    atd_picture_resolve(&target, site, facts->post, url, pool);
    if (thumbnail)
        atd_picture_resolve(&poster, site, facts->post, thumbnail, pool);
    map = atd_value_map(pool);
    atd_value_set_text(map, "url", target.url);
    atd_value_set_text(map, "embed",
                       id ? apr_pstrcat(pool, "https://www.youtube-nocookie.com/embed/", id, NULL) : NULL);
    atd_value_set_text(map, "thumbnail", poster.url);
    atd_value_set_text(map, "duration", atd_value_text(atd_value_get(video, "duration")));
    atd_value_set_text(map, "transcript", atd_value_text(atd_value_get(video, "transcript")));
    atd_value_set_text(map, "title", facts->heading);
    atd_value_set(map, "isFile", atd_value_bool(pool, is_video_file(url)));
    return map;
}

const atd_value_t *atd_view_translations(const atd_facts_t *facts, apr_pool_t *pool)
{
    atd_value_t *list = atd_value_list(pool);

    for (int i = 0; i < facts->translations->nelts; i++) {
        const atd_translation_t *translation = &APR_ARRAY_IDX(facts->translations, i, atd_translation_t);
        atd_value_t *item;

        if (strcasecmp(translation->lang, "x-default") == 0)
            continue;
        item = atd_value_map(pool);
        atd_value_set_text(item, "lang", translation->lang);
        atd_value_set_text(item, "name", atd_locale_name(translation->lang, pool));
        atd_value_set_text(item, "url", translation->url);
        atd_value_push(list, item);
    }
    return list;
}
