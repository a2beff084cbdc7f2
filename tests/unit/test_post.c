/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_post.h"
#include "site/atd_person.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>
#include <stddef.h>
#include <stdlib.h>

/* ---- keys and their synonyms ---- */

#define AT(member) offsetof(atd_post_t, member)

typedef struct text_key_t {
    const char *yaml;
    apr_size_t offset;
    const char *expected;
} text_key_t;

static const text_key_t texts[] = {
    {"title: A", AT(title), "A"},
    {"seoTitle: A", AT(seo_title), "A"},
    {"seo: {title: A}", AT(seo_title), "A"},
    {"metaTitle: A", AT(seo_title), "A"},
    {"slug: A b", AT(slug), "a-b"},
    {"permalink: /2020/06/old-name/", AT(slug), "old-name"},
    {"permalink: /about.html", AT(slug), "about"},
    {"permalink: /:categories/:title/", AT(slug), "a"},
    {"permalink: /", AT(slug), "a"},
    {"slug: b\npermalink: /c/", AT(slug), "b"},
    {"slug: '!!!'", AT(slug), "a"},
    {"category: Tech", AT(category), "Tech"},
    {"categories: [Tech, Art]", AT(category), "Tech"},
    {"taxonomies: {categories: [Tech]}", AT(category), "Tech"},
    {"category: Tech\ncategories: [Art]", AT(category), "Tech"},
    {"excerpt: A", AT(excerpt), "A"},
    {"summary: A", AT(excerpt), "A"},
    {"description: A", AT(description), "A"},
    {"seo: {description: A}\ndescription: B", AT(description), "A"},
    {"metaDescription: A", AT(description), "A"},
    {"canonicalUrl: https://x.org/a", AT(canonical), "https://x.org/a"},
    {"seo: {canonical: /a}", AT(canonical), "/a"},
    {"canonical_url: /a", AT(canonical), "/a"},
    {"canonicalURL: /a", AT(canonical), "/a"},
    {"metaRobots: 'index, follow'", AT(robots), "index, follow"},
    {"robots: noindex", AT(robots), "noindex"},
    {"readingTime: 9 minutes", AT(reading_time), "9 minutes"},
    {"readingTime: 9", AT(reading_time), "9"},
    {"contentSettings: {contentWarning: A}", AT(content_warning), "A"},
    {"contentSettings: {contentWarning: null}", AT(content_warning), NULL},
    {"lang: de-AT", AT(lang), "de-AT"},
    {"locale: en_US", AT(lang), "en_US"},
    {"language: en", AT(lang), "en"},
    {"layout: wide", AT(layout), "wide"},
    {"series: A", AT(series), "A"},
    {"series: A long one, with a comma", AT(series), "A long one, with a comma"},
    {"series: [A b, C]", AT(series), "A b"},
    {"taxonomies: {series: [A b]}", AT(series), "A b"},
    {"redirect: {to: /b}", AT(redirect_to), "/b"},
    {"redirect_to: /b", AT(redirect_to), "/b"},
    {"redirect: /b", AT(redirect_to), "/b"},
    {"advanced: {customCSS: 'a{}'}", AT(custom_css), "a{}"},
    {"advanced: {customJS: 'a()'}", AT(custom_js), "a()"},
    {"featuredImage: {src: a.png}", AT(image.src), "a.png"},
    {"featuredImage: {url: a.png}", AT(image.src), "a.png"},
    {"featuredImage: {alt: A}", AT(image.alt), "A"},
    {"featuredImage: {caption: A}", AT(image.caption), "A"},
    {"heroImage: a.png", AT(image.src), "a.png"},
    {"image: a.png", AT(image.src), "a.png"},
    {"image: {path: /a.png}", AT(image.src), "/a.png"},
    {"cover: {image: a.png, alt: A}", AT(image.alt), "A"},
    {"heroImage: a.png\nheroImageAlt: A", AT(image.alt), "A"},
    {"image: a.png\nimage_alt: A", AT(image.alt), "A"},
    {"social: {twitter: {card: summary}}", AT(twitter_card), "summary"},
    {"social: {twitter: {title: A}}", AT(twitter.title), "A"},
    {"social: {twitter: {description: A}}", AT(twitter.description), "A"},
    {"social: {twitter: {image: a.png}}", AT(twitter.image), "a.png"},
    {"social: {twitter: {site: '@a'}}", AT(twitter.site), "@a"},
    {"social: {twitter: {creator: '@a'}}", AT(twitter.creator), "@a"},
    {"social: {facebook: {title: A}}", AT(facebook.title), "A"},
    {"social: {facebook: {description: A}}", AT(facebook.description), "A"},
    {"social: {facebook: {image: a.png}}", AT(facebook.image), "a.png"},
    {"social: {facebook: {type: video}}", AT(facebook.type), "video"},
};

START_TEST(text_key_is_read)
{
    const char *yaml = apr_pstrcat(atd_test_pool, texts[_i].yaml, "\n", NULL);
    const char *text = *(const char *const *)((const char *)post_of(yaml) + texts[_i].offset);

    ck_assert_msg(text == texts[_i].expected || (text && strcmp(text, texts[_i].expected) == 0), "%s: %s",
                  texts[_i].yaml, text);
}
END_TEST

typedef struct date_key_t {
    const char *key;
    apr_size_t offset;
} date_key_t;

static const date_key_t dates[] = {
    {"date", AT(date)},
    {"datePublished", AT(date)},
    {"pubDate", AT(date)},
    {"publishDate", AT(date)},
    {"publishedAt", AT(date)},
    {"published_at", AT(date)},
    {"published", AT(date)},
    {"lastModified", AT(modified)},
    {"dateModified", AT(modified)},
    {"lastmod", AT(modified)},
    {"updated", AT(modified)},
    {"updatedDate", AT(modified)},
    {"last_modified_at", AT(modified)},
    {"modified", AT(modified)},
    {"updatedAt", AT(modified)},
    {"expires", AT(expires)},
    {"expiryDate", AT(expires)},
    {"unpublishDate", AT(expires)},
};

START_TEST(date_key_is_read)
{
    const char *yaml = apr_psprintf(atd_test_pool, "%s: '2025-06-16T14:06:20.194Z'\n", dates[_i].key);
    const atd_date_t *date = (const atd_date_t *)((const char *)post_of(yaml) + dates[_i].offset);

    ck_assert_str_eq(atd_date_iso(date, atd_test_pool), "2025-06-16T14:06:20+00:00");
    yaml = apr_psprintf(atd_test_pool, "%s: ''\n", dates[_i].key);
    date = (const atd_date_t *)((const char *)post_of(yaml) + dates[_i].offset);
    ck_assert(date->at == 0);
}
END_TEST

typedef struct flag_key_t {
    const char *path;
    apr_size_t offset;
} flag_key_t;

static const flag_key_t flags[] = {
    {"featured: ", AT(featured)},
    {"pinned: ", AT(featured)},
    {"sticky: ", AT(featured)},
    {"toc: ", AT(toc)},
    {"showToc: ", AT(toc)},
    {"contentSettings:\n  toc: ", AT(toc)},
    {"contentSettings:\n  comments: ", AT(comments)},
    {"comments: ", AT(comments)},
    {"contentSettings:\n  shareButtons: ", AT(share_buttons)},
    {"noindex: ", AT(noindex)},
    {"seo:\n  noindex: ", AT(noindex)},
    {"advanced:\n  rss: ", AT(rss)},
    {"advanced:\n  newsletter: ", AT(newsletter)},
    {"advanced:\n  amp: ", AT(amp)},
};

static atd_flag_t flag_at(const char *path, const char *value, apr_size_t offset)
{
    const char *yaml = apr_pstrcat(atd_test_pool, path, value, "\n", NULL);

    return *(const atd_flag_t *)((const char *)post_of(yaml) + offset);
}

START_TEST(flag_key_is_read)
{
    ck_assert_int_eq(flag_at(flags[_i].path, "true", flags[_i].offset), ATD_FLAG_ON);
    ck_assert_int_eq(flag_at(flags[_i].path, "false", flags[_i].offset), ATD_FLAG_OFF);
    ck_assert_int_eq(flag_at(flags[_i].path, "null", flags[_i].offset), ATD_FLAG_UNSET);
}
END_TEST

typedef struct list_key_t {
    const char *yaml;
    apr_size_t offset;
    const char *expected;
} list_key_t;

static const list_key_t lists[] = {
    {"tags: [a, b]", AT(tags), "a,b"},
    {"tags: a, b c", AT(tags), "a,b c"},
    {"tags: a b", AT(tags), "a,b"},
    {"taxonomies: {tags: [a]}", AT(tags), "a"},
    {"tags: [x]\ncategories: [a, b, c]", AT(tags), "x,b,c"},
    {"tags: [B]\ncategories: [a, b]", AT(tags), "B"},
    {"category: z\ncategories: [a, b, z]", AT(tags), "a,b"},
    {"seo: {keywords: [a, b]}", AT(keywords), "a,b"},
    {"keywords: a, b", AT(keywords), "a,b"},
    {"relatedPosts: [a, b]", AT(related), "a,b"},
    {"related: [a]", AT(related), "a"},
    {"aliases: [/a, /b]", AT(aliases), "/a,/b"},
    {"redirect_from: /a", AT(aliases), "/a"},
    {"imageGallery: [a.png]", AT(gallery), "a.png"},
};

START_TEST(list_key_is_read)
{
    const char *yaml = apr_pstrcat(atd_test_pool, lists[_i].yaml, "\n", NULL);
    const atd_value_t *list = *(const atd_value_t *const *)((const char *)post_of(yaml) + lists[_i].offset);

    ck_assert_str_eq(joined(list), lists[_i].expected);
}
END_TEST

START_TEST(other_keys_are_read)
{
    const atd_post_t *post = post_of("partNumber: 2\nredirect: {to: /b, status: 308}\nvideo: {url: v.mp4}\n"
                                     "translations: {de: /de/a}\nadvanced: {schemaMarkup: {a: 1, b: 1}}\n"
                                     "schema: {b: 2}\npriority: High\nmood: good\n");

    ck_assert_int_eq(post->part_number, 2);
    ck_assert_int_eq(post->redirect_status, 308);
    TEXT_AT(post->video, "url", "v.mp4");
    TEXT_AT(post->translations, "de", "/de/a");
    TEXT_AT(post->schema, "a", "1");
    TEXT_AT(post->schema, "b", "2");
    ck_assert_int_eq(post->priority, ATD_PRIORITY_HIGH);
    TEXT_AT(post->data, "mood", "good");
    ck_assert_int_eq(post_of("{}\n")->priority, ATD_PRIORITY_MEDIUM);
    ck_assert_int_eq(post_of("priority: low\n")->priority, ATD_PRIORITY_LOW);
    ck_assert_int_eq(post_of("{}\n")->redirect_status, 301);
}
END_TEST

START_TEST(empty_post_has_derived_values)
{
    const atd_post_t *post = post_of("title: ''\nslug: null\ntags: []\nauthor: ''\nstatus: ''\nschema: {}\n");

    ck_assert_str_eq(post->title, "A");
    ck_assert_str_eq(post->slug, "a");
    ck_assert_str_eq(post->folder, "posts/");
    ck_assert_int_eq(post->status, ATD_STATUS_PUBLISHED);
    ck_assert_int_eq(post->authors->nelts, 0);
    ck_assert_ptr_null(post->tags);
    ck_assert_ptr_null(post->schema);
    ck_assert(!post->is_page);
    ck_assert_uint_eq(post->body_line, 9);
    ck_assert_str_eq(post->body, "Some text.\n");
}
END_TEST

START_TEST(sample_post_is_understood)
{
    const atd_post_t *post =
        post_of("title: 'The Rise: Opportunities'\ndate: '2025-06-16'\nlastModified: '2025-06-16T14:06:20.194Z'\n"
                "author:\n  name: Alex Chen\n  role: Tech Journalist\n  image: https://x.org/a.jpeg?w=1&h=2\n"
                "excerpt:\n  Explore how\n  it is.\nrelatedPosts: []\nfeatured: true\n");

    ck_assert_str_eq(post->title, "The Rise: Opportunities");
    ck_assert_str_eq(post->excerpt, "Explore how it is.");
    ck_assert_str_eq(APR_ARRAY_IDX(post->authors, 0, atd_person_t).role, "Tech Journalist");
    ck_assert_ptr_null(post->related);
    ck_assert(atd_post_is_public(post, apr_time_from_sec(1751328000)));
}
END_TEST

/* ---- paths ---- */

static const struct {
    const char *path;
    const char *slug;
} paths[] = {
    {"a.md", "a"},
    {"posts/2025-06-16-my-post.md", "my-post"},
    {"posts/My Post.markdown", "my-post"},
    {"my-bundle/index.md", "my-bundle"},
    {"posts/2025-06-16-bundle/index.md", "bundle"},
    {"posts/section/_index.md", "section"},
    {"2025-06-16-.md", "2025-06-16"},
    {"2025-6-16-a.md", "2025-6-16-a"},
    {"index.md", "index"},
    {"a.b.md", "a-b"},
    {"posts/no-extension", "no-extension"},
};

START_TEST(path_gives_the_slug)
{
    ck_assert_str_eq(atd_post_path_slug(paths[_i].path, atd_test_pool), paths[_i].slug);
}
END_TEST

static const atd_post_t *post_at(const char *path)
{
    const atd_post_t *post = NULL;

    ATD_OK(atd_post_parse(&post, path, "Text\n", 5, NULL, NULL, atd_test_pool));
    return post;
}

START_TEST(path_gives_date_and_kind)
{
    ck_assert_str_eq(atd_date_day(&post_at("_posts/2025-06-16-a.md")->date, atd_test_pool), "2025-06-16");
    ck_assert(post_at("_posts/2025-13-45-a.md")->date.at == 0);
    ck_assert(post_at("pages/about.md")->is_page);
    ck_assert(!post_at("pagesabout.md")->is_page);
    ck_assert_str_eq(post_at("about.md")->folder, "");
    ck_assert_str_eq(post_at("my-first-post.md")->title, "My first post");
}
END_TEST

START_TEST(sources_are_told_by_their_endings)
{
    ck_assert(atd_post_is_source("a.md"));
    ck_assert(atd_post_is_source("a.MD"));
    ck_assert(atd_post_is_source("a.markdown"));
    ck_assert(atd_post_is_source("a.mdown"));
    ck_assert(atd_post_is_source("a.mkd"));
    ck_assert(!atd_post_is_source("a.md.bak"));
    ck_assert(!atd_post_is_source("md"));
    ck_assert(!atd_post_is_source("a.mdx"));
}
END_TEST

/* ---- states ---- */

#define NOW apr_time_from_sec(1751328000) /* 2025-07-01 */

static const struct {
    const char *yaml;
    atd_status_t status;
    const char *hidden;
} states[] = {
    {"date: 2025-06-01", ATD_STATUS_PUBLISHED, NULL},
    {"status: published", ATD_STATUS_PUBLISHED, NULL},
    {"status: Published", ATD_STATUS_PUBLISHED, NULL},
    {"status: published\ndate: 2025-07-01", ATD_STATUS_PUBLISHED, NULL},
    {"date: 2025-07-02", ATD_STATUS_PUBLISHED, "scheduled for 2025-07-02T00:00:00+00:00"},
    {"date: 2025-07-01T01:00:00+02:00", ATD_STATUS_PUBLISHED, NULL},
    {"date: 2025-07-01T00:00:01Z", ATD_STATUS_PUBLISHED, "scheduled for 2025-07-01T00:00:01+00:00"},
    {"status: draft\ndate: 2025-06-01", ATD_STATUS_DRAFT, "a draft"},
    {"status: archived", ATD_STATUS_ARCHIVED, "archived"},
    {"status: gone", ATD_STATUS_GONE, "gone for good"},
    {"status: scheduled", ATD_STATUS_SCHEDULED, "scheduled without a date"},
    {"status: scheduled\ndate: 2025-06-01", ATD_STATUS_SCHEDULED, NULL},
    {"status: scheduled\ndate: 2025-08-01", ATD_STATUS_SCHEDULED, "scheduled for 2025-08-01T00:00:00+00:00"},
    {"expires: 2025-07-01", ATD_STATUS_PUBLISHED, "expired on 2025-07-01T00:00:00+00:00"},
    {"expires: 2025-07-02", ATD_STATUS_PUBLISHED, NULL},
    {"expiryDate: 2020-01-01\nstatus: scheduled\ndate: 2019-01-01", ATD_STATUS_SCHEDULED,
     "expired on 2020-01-01T00:00:00+00:00"},
    {"draft: true", ATD_STATUS_DRAFT, "a draft"},
    {"draft: yes\nstatus: published", ATD_STATUS_DRAFT, "a draft"},
    {"draft: false", ATD_STATUS_PUBLISHED, NULL},
    {"draft: false\nstatus: draft", ATD_STATUS_DRAFT, "a draft"},
    {"published: false", ATD_STATUS_DRAFT, "a draft"},
    {"published: true", ATD_STATUS_PUBLISHED, NULL},
    {"published: 2025-08-01", ATD_STATUS_PUBLISHED, "scheduled for 2025-08-01T00:00:00+00:00"},
    {"published: 2025-08-01\ndate: 2025-06-01", ATD_STATUS_PUBLISHED, NULL},
};

START_TEST(state_says_who_sees_it)
{
    const atd_post_t *post = post_of(apr_pstrcat(atd_test_pool, states[_i].yaml, "\n", NULL));

    ck_assert_msg(post->status == states[_i].status, "%s: %d", states[_i].yaml, (int)post->status);
    ck_assert_pstr_eq(atd_post_hidden_because(post, NOW, atd_test_pool), states[_i].hidden);
    ck_assert(atd_post_is_public(post, NOW) == !states[_i].hidden);
}
END_TEST

START_TEST(unset_post_is_hidden)
{
    const atd_post_t none = {0};
    const atd_post_t unknown = {.status = (atd_status_t)99};

    ck_assert(!atd_post_is_public(&none, NOW));
    ck_assert(!atd_post_is_public(&unknown, NOW));
    ck_assert_str_eq(atd_post_hidden_because(&unknown, NOW, atd_test_pool), "a draft");
}
END_TEST

/* ---- faults ---- */

static const struct {
    const char *yaml;
    atd_error_id_t id;
    unsigned line, column;
    const char *message, *hint;
} faults[] = {
    {"title: [a]", ATD_E_TYPE, 2, 8, "'title' must be text, found a list", NULL},
    {"date: soon", ATD_E_DATE, 2, 7, "'date' is not a date: 'soon'", "2025-06-16"},
    {"a: b\nlastmod: 2025-13-01", ATD_E_DATE, 3, 10, "is not a date", "2025-06-16"},
    {"status: pubished", ATD_E_VALUE, 2, 9, "'status' can't be pubished", "use published, draft"},
    {"status: private", ATD_E_VALUE, 2, 9, "'status' can't be private", "use published, draft"},
    {"status: true", ATD_E_VALUE, 2, 9, "'status' can't be true", "use published, draft"},
    {"status: [draft]", ATD_E_VALUE, 2, 9, "'status' can't be a list", "use published, draft"},
    {"draft: maybe", ATD_E_TYPE, 2, 8, "'draft' must be true or false", NULL},
    {"published: maybe", ATD_E_TYPE, 2, 12, "'published' must be true or false", NULL},
    {"published: [a]", ATD_E_TYPE, 2, 12, "'published' must be true or false", NULL},
    {"priority: urgent", ATD_E_VALUE, 2, 11, "'priority' can't be urgent", "use low, medium or high"},
    {"priority: {a: b}", ATD_E_VALUE, 2, 11, "'priority' can't be a map", "use low, medium or high"},
    {"featured: 1", ATD_E_TYPE, 2, 11, "must be true or false", NULL},
    {"tags: {a: b}", ATD_E_TYPE, 2, 7, "'tags' must be a list of texts", NULL},
    {"tags:\n  - a\n  - [b]", ATD_E_TYPE, 4, 5, "'tags' must be a list of texts", NULL},
    {"seo:\n  canonical: javascript:x", ATD_E_URL, 3, 14, "is not a URL", "http"},
    {"featuredImage:\n  src: data:x", ATD_E_URL, 3, 8, "is not a URL", "http"},
    {"image: [a.png]", ATD_E_TYPE, 2, 8, "must be text, found a list", NULL},
    {"video: v.mp4", ATD_E_TYPE, 2, 8, "'video' must be a map", NULL},
    {"imageGallery: a.png", ATD_E_TYPE, 2, 15, "'imageGallery' must be a list", NULL},
    {"schema: Article", ATD_E_TYPE, 2, 9, "'schema' must be a map", NULL},
    {"partNumber: 10001", ATD_E_VALUE, 2, 13, "must be from 0 to 10000", NULL},
    {"redirect: {to: /a, status: 200}", ATD_E_VALUE, 2, 28, "must be from 301 to 308", NULL},
    {"redirect: {to: /a, status: 304}", ATD_E_VALUE, 2, 28, "must be 301, 302, 303, 307 or 308", NULL},
    {"redirect: javascript:x", ATD_E_URL, 2, 11, "is not a URL", NULL},
    {"redirect: \"/a\\r\\nX: y\"", ATD_E_URL, 2, 11, "is not a URL", NULL},
    {"metaRobots: 'no\"index'", ATD_E_VALUE, 2, 13, "'metaRobots' can't be", "index, follow"},
    {"seo: {robots: '<x>'}", ATD_E_VALUE, 2, 15, "'metaRobots' can't be '<x>'", "index, follow"},
    {"lang: \"en\\r\\nX: y\"", ATD_E_VALUE, 2, 7, "'lang' can't be", "write a language tag"},
    {"author: {role: x}", ATD_E_TYPE, 2, 9, "an author has no name", "add a name"},
    {"title: \"a\\0b\"", ATD_E_ENCODING, 2, 8, "", NULL},
    {"title: a: b", ATD_E_YAML, 2, 9, "", NULL},
    {"title: a\ntitle: b", ATD_E_DUPLICATE, 3, 1, "", NULL},
};

START_TEST(fault_is_told_with_its_place)
{
    const atd_error_t *error = error_of(apr_pstrcat(atd_test_pool, faults[_i].yaml, "\n", NULL));

    ck_assert_msg(error->id == faults[_i].id && error->line == faults[_i].line && error->column == faults[_i].column,
                  "%s: %s", faults[_i].yaml, atd_error_line(error, atd_test_pool));
    ck_assert_str_eq(error->file, "posts/a.md");
    HAS(error->message, faults[_i].message);
    if (faults[_i].hint)
        HAS(error->hint, faults[_i].hint);
    ck_assert_ptr_nonnull(error->excerpt);
}
END_TEST

START_TEST(tags_are_bounded)
{
    const char *most = apr_pstrcat(atd_test_pool, "tags: [", repeated("a,", ATD_MAX_TAGS), "]\n", NULL);
    const char *more = apr_pstrcat(atd_test_pool, "tags: [b,", repeated("a,", ATD_MAX_TAGS), "]\n", NULL);
    const char *words = apr_pstrcat(atd_test_pool, "tags: ", repeated("a ", ATD_MAX_TAGS + 1), "\n", NULL);
    const atd_error_t *error = error_of(more);

    ck_assert_uint_eq(atd_value_count(post_of(most)->tags), ATD_MAX_TAGS);
    ck_assert_int_eq(error->id, ATD_E_LIMIT);
    ck_assert_uint_eq(error->line, 2);
    ck_assert_uint_eq(error->column, 7);
    ck_assert_uint_eq(error_of(words)->column, 7);
}
END_TEST

START_TEST(all_findings_are_collected)
{
    const char *text = markdown_of("date: no\nstatus: no\npriority: no\n", "");
    apr_array_header_t *findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    const atd_post_t *post;
    atd_error_t *error = atd_post_parse(&post, "a.md", text, strlen(text), NULL, findings, atd_test_pool);

    ck_assert_int_eq(findings->nelts, 3);
    ck_assert_ptr_eq(error, APR_ARRAY_IDX(findings, 0, atd_error_t *));
    ck_assert_str_eq(error->excerpt, "date: no");
    text = "---\na: b: c\n---\n";
    error = atd_post_parse(&post, "a.md", text, strlen(text), NULL, findings, atd_test_pool);
    ck_assert_ptr_eq(error, APR_ARRAY_IDX(findings, 3, atd_error_t *));
    error = atd_post_load(&post, &test_content, "none.md", findings, atd_test_pool);
    ck_assert_int_eq(error->id, ATD_E_MISSING);
    ck_assert_ptr_eq(error, APR_ARRAY_IDX(findings, 4, atd_error_t *));
    ck_assert_ptr_null(post);
}
END_TEST

/* The line shown must be of the file named. */
START_TEST(excerpt_is_of_the_file_at_fault)
{
    const atd_error_t *error;

    put_file("authors/ada.md", "---\nname: [x]\n---\n");
    error = error_of("author: ada\n");
    ck_assert_str_eq(error->file, "authors/ada.md");
    ck_assert_pstr_ne(error->excerpt, "author: ada");
    put_file("authors/ada.md", "---\nname: x: y\n---\n");
    error = error_of("author: ada\n");
    ck_assert_str_eq(error->file, "authors/ada.md");
    ck_assert_pstr_eq(error->excerpt, "name: x: y");
}
END_TEST

START_TEST(post_without_a_slug)
{
    const atd_post_t *post;

    ATD_FAILS(atd_post_parse(&post, "!.md", "Text\n", 5, NULL, NULL, atd_test_pool), ATD_E_VALUE, 0, 0);
    ck_assert_ptr_null(post);
    ATD_OK(atd_post_parse(&post, "!.md", "---\ntitle: A b\n---\n", 19, NULL, NULL, atd_test_pool));
    ck_assert_str_eq(post->slug, "a-b");
}
END_TEST

START_TEST(hostile_slugs_are_folded)
{
    ck_assert_str_eq(post_of("slug: ../../etc/passwd\n")->slug, "etc-passwd");
    ck_assert_str_eq(post_of("slug: '%2e%2e'\n")->slug, "2e-2e");
    ck_assert_str_eq(post_of("slug: '<script>'\n")->slug, "script");
    ck_assert_str_eq(post_of("slug: \xC3\x84"
                             "rger\n")
                         ->slug,
                     "\xC3\xA4rger");
    ck_assert_uint_le(strlen(post_of(apr_pstrcat(atd_test_pool, "slug: ", repeated("ab", 5000), "\n", NULL))->slug),
                      ATD_MAX_SLUG);
}
END_TEST

static void add_keys(Suite *suite)
{
    TCase *tests = site_test_case(suite, "keys");

    tcase_add_loop_test(tests, text_key_is_read, 0, (int)(sizeof texts / sizeof *texts));
    tcase_add_loop_test(tests, date_key_is_read, 0, (int)(sizeof dates / sizeof *dates));
    tcase_add_loop_test(tests, flag_key_is_read, 0, (int)(sizeof flags / sizeof *flags));
    tcase_add_loop_test(tests, list_key_is_read, 0, (int)(sizeof lists / sizeof *lists));
    tcase_add_test(tests, other_keys_are_read);
    tcase_add_test(tests, empty_post_has_derived_values);
    tcase_add_test(tests, sample_post_is_understood);
}

static void add_states(Suite *suite)
{
    TCase *tests = site_test_case(suite, "paths and states");

    tcase_add_loop_test(tests, path_gives_the_slug, 0, (int)(sizeof paths / sizeof *paths));
    tcase_add_test(tests, path_gives_date_and_kind);
    tcase_add_test(tests, sources_are_told_by_their_endings);
    tcase_add_loop_test(tests, state_says_who_sees_it, 0, (int)(sizeof states / sizeof *states));
    tcase_add_test(tests, unset_post_is_hidden);
}

static void add_faults(Suite *suite)
{
    TCase *tests = site_test_case(suite, "faults");

    tcase_add_loop_test(tests, fault_is_told_with_its_place, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, tags_are_bounded);
    tcase_add_test(tests, all_findings_are_collected);
    tcase_add_test(tests, excerpt_is_of_the_file_at_fault);
    tcase_add_test(tests, post_without_a_slug);
    tcase_add_test(tests, hostile_slugs_are_folded);
}

Suite *post_suite(void)
{
    Suite *suite = suite_create("post");

    add_keys(suite);
    add_states(suite);
    add_faults(suite);
    return suite;
}
