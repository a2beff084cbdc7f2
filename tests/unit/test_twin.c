/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_twin.h"
#include "site_fixture.h"

#include "base/atd_limits.h"
#include "base/atd_text.h"

#include <apr_strings.h>

static const char *markdown_twin(const atd_post_t *post)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const atd_site_t *site = open_site();
    const char *text = NULL;
    atd_facts_t facts;

    atd_facts_of_post(&facts, site, post, NULL, atd_test_pool);
    atd_twin_put_markdown(out, site, &facts, atd_test_pool);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the source"));
    return text;
}

static const char *data_text(const atd_post_t *post, const atd_twin_t *given)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_FEED);
    const atd_site_t *site = open_site();
    atd_twin_t twin = *given;
    const char *text = NULL;

    twin.facts = facts_of(site, post);
    ATD_OK(atd_twin_put_data(out, site, &twin, atd_test_pool));
    ATD_OK(atd_buffer_take(&text, NULL, out, "the data"));
    return text;
}

static const atd_value_t *data_of(const atd_post_t *post)
{
    const atd_twin_t twin = {0};

    return yaml_of(data_text(post, &twin));
}

static const atd_post_t *post_with(const char *front_matter, const char *body)
{
    put_file("posts/a.md", markdown_of(front_matter, body));
    return load_post("posts/a.md");
}

/* As another copy of this module would read it. */
static const atd_post_t *read_again(const char *text)
{
    const atd_post_t *post = NULL;

    ATD_OK(atd_post_parse(&post, "posts/a.md", text, strlen(text), NULL, NULL, atd_test_pool));
    return post;
}

#define FULL                                                                                                           \
    "title: A post\nslug: a\ndate: 2025-06-16T10:00:00+02:00\nlastModified: 2025-06-17\nlang: de\n"                    \
    "author: {name: Ann, url: /ann}\ncoAuthors: [Bob]\ncategory: News\ntags: [One, two three]\nexcerpt: In short.\n"   \
    "description: For engines.\ncontentWarning: Spiders\nseries: The series\npartNumber: 2\n"                          \
    "featuredImage: {src: /p.jpg, alt: A heap, caption: Salt}\ntranslations: {en: b}\nsecretNote: for me\n"

START_TEST(source_has_public_keys_alone)
{
    ck_assert_str_eq(markdown_twin(post_with(FULL, "\nText <b>.\n\n![x](p.png)\n")),
                     "---\n"
                     "title: \"A post\"\n"
                     "url: \"https://example.org/blog/a\"\n"
                     "date: 2025-06-16T10:00:00+02:00\n"
                     "lastModified: 2025-06-17T00:00:00+00:00\n"
                     "lang: \"de\"\n"
                     "authors: [\"Ann\", \"Bob\"]\n"
                     "category: \"News\"\n"
                     "tags: [\"One\", \"two three\"]\n"
                     "series: \"The series\"\n"
                     "partNumber: 2\n"
                     "excerpt: \"In short.\"\n"
                     "description: \"For engines.\"\n"
                     "contentWarning: \"Spiders\"\n"
                     "image: \"https://example.org/p.jpg\"\n"
                     "imageAlt: \"A heap\"\n"
                     "---\n"
                     "\nText <b>.\n\n![x](p.png)\n");
}
END_TEST

START_TEST(source_leaves_out_what_is_not_there)
{
    put_file("site.yaml", "image: /site.png\n");
    ck_assert_str_eq(markdown_twin(post_with("title: A\n", "x")),
                     "---\ntitle: \"A\"\nurl: \"https://example.org/blog/a\"\nlang: \"en\"\n---\nx");
}
END_TEST

static const char *const hostile[] = {
    "\"a: b\"",
    "'quote \" and backslash \\ '",
    "\"- a\"",
    "\"#no comment\"",
    "\"&anchor *alias !tag %x @y `z\"",
    "\"---\"",
    "\"true\"",
    "\"12:30:45\"",
    "\"a\\nb\\n---\\nstatus: draft\"",
    "\"</script><!-- ' & R&D\"",
    "\"\xC3\xBC \xE2\x80\x9C\xE2\x80\x9D \xF0\x9F\x98\x80\"",
    "\"\xEF\xBB\xBFmark\"",
    "'C:\\new\\table'",
};

START_TEST(any_text_survives)
{
    const char *front =
        apr_psprintf(atd_test_pool, "title: %s\ncategory: %s\ntags: [%s]\nexcerpt: %s\nauthor: {name: %s}\n",
                     hostile[_i], hostile[_i], hostile[_i], hostile[_i], hostile[_i]);
    const atd_post_t *post = post_with(front, "Body.\n");
    const atd_post_t *again = read_again(markdown_twin(post));

    ck_assert_str_eq(again->title, atd_text_collapse(post->title, atd_test_pool));
    ck_assert_str_eq(again->category, atd_text_collapse(post->category, atd_test_pool));
    ck_assert_str_eq(joined(again->tags), joined(post->tags));
    ck_assert_str_eq(again->excerpt, atd_text_collapse(post->excerpt, atd_test_pool));
    ck_assert_str_eq(APR_ARRAY_IDX(again->authors, 0, atd_person_t).name,
                     APR_ARRAY_IDX(post->authors, 0, atd_person_t).name);
    ck_assert_int_eq(again->status, ATD_STATUS_PUBLISHED);
    ck_assert_uint_eq(again->body_length, post->body_length);
}
END_TEST

/* Front matter can't hold them, but a file's name and site.yaml are read elsewhere. */
START_TEST(control_characters_are_escaped)
{
    atd_post_t post = *post_of("title: A\n");

    post.title = "a\x01"
                 "b\x7F"
                 "c\xC2\x85"
                 "d\xE2\x80\xA8"
                 "e\xEF\xBF\xBE";
    HAS(markdown_twin(&post), "title: \"a\\u0001b\\u007fc\\u0085d\\u2028e\\ufffe\"\n");
    post.title = "a\xFFz";
    HAS(markdown_twin(&post), "title: \"a\xEF\xBF\xBDz\"\n");
}
END_TEST

START_TEST(body_is_as_it_stands)
{
    static const char *const bodies[] = {
        "", "\n", "\n\n\ntext", "a\r\nb\r\n", "{{mustache}} <!-- note -->\n", "---\nx\n---\n"};

    for (unsigned i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        const char *text = markdown_twin(post_with("title: A\n", bodies[i]));

        ck_assert_str_eq(strstr(text, "lang: \"en\"\n---\n") + strlen("lang: \"en\"\n---\n"), bodies[i]);
    }
    HAS(markdown_twin(post_with("title: A\n", "x")), "\n---\nx");
}
END_TEST

START_TEST(data_has_all_keys)
{
    const atd_value_t *data;

    put_file("p.svg", svg_of(1200, 630));
    put_file("posts/p.svg", svg_of(1200, 630));
    data = data_of(post_with("title: A post\ndate: 2025-06-16T10:00:00+02:00\nlastModified: 2025-06-17\nlang: pt_br\n"
                             "author: {name: Ann, url: /ann}\ncoAuthors: [Bob]\ncategory: News\ntags: [One, two]\n"
                             "excerpt: In  short.\ncontentWarning: Spiders\nseries: The series\npartNumber: 2\n"
                             "featuredImage: {src: p.svg, alt: A heap, caption: Salt}\ntranslations: {en: b}\n"
                             "readingTime: 9\n",
                             "## Part\n\nSome *text*, [link](#part), [other](b#x).\n\n![x](p.svg)\n"));
    ck_assert_str_eq(keys_of(data),
                     "version type id url markdown_url title slug date_published date_modified language summary "
                     "content_warning content_html content_text words reading_time_minutes authors category tags image "
                     "toc series translations");
    ck_assert_int_eq(atd_value_number(atd_value_get(data, "version")), 1);
    TEXT_AT(data, "type", "post");
    TEXT_AT(data, "id", "https://example.org/blog/a");
    TEXT_AT(data, "url", "https://example.org/blog/a");
    TEXT_AT(data, "markdown_url", "https://example.org/blog/a.md");
    TEXT_AT(data, "title", "A post");
    TEXT_AT(data, "slug", "a");
    TEXT_AT(data, "date_published", "2025-06-16T10:00:00+02:00");
    TEXT_AT(data, "date_modified", "2025-06-17T00:00:00+00:00");
    TEXT_AT(data, "language", "pt-br");
    TEXT_AT(data, "summary", "In short.");
    TEXT_AT(data, "content_warning", "Spiders");
    HAS(text_at(data, "content_html"), "<em>text</em>");
    HAS(text_at(data, "content_html"), "href=\"https://example.org/blog/a#part\"");
    HAS(text_at(data, "content_html"), "src=\"https://example.org/blog/posts/p.svg\"");
    HAS(text_at(data, "content_text"), "Part\nSome text, link, other.");
    TEXT_AT(data, "reading_time_minutes", "9");
    ck_assert_str_eq(keys_of(atd_value_at(atd_value_get(data, "authors"), 0)), "name url");
    ck_assert_str_eq(item_at(data, "authors", 0, "url"), "https://example.org/ann");
    ck_assert_str_eq(keys_of(atd_value_at(atd_value_get(data, "authors"), 1)), "name");
    ck_assert_str_eq(joined(atd_value_get(data, "tags")), "One,two");
    ck_assert_str_eq(keys_of(atd_value_get(data, "image")), "url alt caption width height");
    TEXT_AT(data, "image.width", "1200");
    TEXT_AT(data, "image.url", "https://example.org/blog/posts/p.svg");
    ck_assert_str_eq(item_at(data, "toc", 0, "id"), "part");
    ck_assert_str_eq(item_at(data, "toc", 0, "level"), "2");
    TEXT_AT(data, "series.title", "The series");
    ck_assert_str_eq(item_at(data, "translations", 0, "url"), "https://example.org/blog/b");
}
END_TEST

START_TEST(data_leaves_out_what_is_not_there)
{
    put_file("site.yaml", "image: /site.png\n");
    ck_assert_str_eq(keys_of(data_of(post_with("title: A\n", ""))),
                     "version type id url markdown_url title slug language content_html content_text words "
                     "reading_time_minutes");
}
END_TEST

START_TEST(dates_are_in_order)
{
    const atd_twin_t seen = {.seen = APR_INT64_C(1750032000000000)};
    const atd_post_t *post = post_with("title: A\n", "");

    HAS(data_text(post, &seen), "\"date_modified\":\"2025-06-16T00:00:00+00:00\"");
    LACKS(data_text(post, &seen), "date_published");
    post = post_with("title: A\ndate: 2025-06-20T00:00:00+02:00\n", "");
    HAS(data_text(post, &seen), "\"date_modified\":\"2025-06-20T00:00:00+02:00\"");
}
END_TEST

START_TEST(scripts_are_left_out)
{
    const atd_value_t *data;

    test_config.raw_html = true;
    data = data_of(post_with("title: A\n", "<p onclick=\"x()\">a</p>\n\n<script>evil()</script>\n"));
    HAS(text_at(data, "content_html"), "<p>a</p>");
    LACKS(text_at(data, "content_html"), "<script");
}
END_TEST

START_TEST(names_of_data)
{
    static const struct {
        const char *slug, *name;
    } names[] = {{"a", "a.json"}, {"website", "website.json"}, {"site", NULL}, {"feed", NULL}, {"search", NULL}};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        const atd_post_t *post = post_of(apr_psprintf(atd_test_pool, "slug: %s\n", names[i].slug));

        ck_assert_pstr_eq(atd_twin_data_name(post, atd_test_pool), names[i].name);
        ck_assert_str_eq(atd_twin_markdown_name(post, atd_test_pool),
                         apr_pstrcat(atd_test_pool, names[i].slug, ".md", NULL));
    }
}
END_TEST

Suite *twin_suite(void)
{
    Suite *suite = suite_create("twin");
    TCase *markdown = site_test_case(suite, "Markdown");
    TCase *data = site_test_case(suite, "data");

    tcase_add_test(markdown, source_has_public_keys_alone);
    tcase_add_test(markdown, source_leaves_out_what_is_not_there);
    tcase_add_loop_test(markdown, any_text_survives, 0, sizeof hostile / sizeof *hostile);
    tcase_add_test(markdown, control_characters_are_escaped);
    tcase_add_test(markdown, body_is_as_it_stands);
    tcase_add_test(data, data_has_all_keys);
    tcase_add_test(data, data_leaves_out_what_is_not_there);
    tcase_add_test(data, dates_are_in_order);
    tcase_add_test(data, scripts_are_left_out);
    tcase_add_test(data, names_of_data);
    return suite;
}
