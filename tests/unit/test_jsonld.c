/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_jsonld.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#include <stdlib.h>

static const atd_value_t *article_with(const char *settings, const char *front_matter)
{
    const atd_site_t *site = open_site_with(settings);

    return atd_jsonld_article(site, facts_of(site, post_of(front_matter)), atd_test_pool);
}

static const atd_value_t *article(const char *front_matter)
{
    return article_with("title: Blog\n", front_matter);
}

static const atd_value_t *graph_of(const atd_site_t *site, const atd_facts_t *facts)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *html = NULL;

    atd_jsonld_put(out, site, facts, atd_test_pool);
    ATD_OK(atd_buffer_take(&html, NULL, out, "the head"));
    TEXT_AT(jsonld_of(html), "@context", "https://schema.org");
    return atd_value_get(jsonld_of(html), "@graph");
}

START_TEST(article_is_derived)
{
    const atd_value_t *node;

    put_file("p.svg", svg_of(40, 30));
    node = article("title: T\ndescription: D\ntags: [a, b]\ncategory: C\ndate: '2025-06-16'\n"
                   "lastModified: '2025-06-17T10:00:00Z'\nexpires: 2030-01-01\nseries: S\npartNumber: 2\n"
                   "image: {src: /blog/p.svg, alt: Alt, caption: Cap}\nauthor: Ada\nlang: de\n");
    TEXT_AT(node, "@type", "BlogPosting");
    TEXT_AT(node, "@id", "https://example.org/blog/a#article");
    TEXT_AT(node, "headline", "T");
    TEXT_AT(node, "description", "D");
    TEXT_AT(node, "url", "https://example.org/blog/a");
    TEXT_AT(node, "mainEntityOfPage.@id", "https://example.org/blog/a");
    TEXT_AT(node, "datePublished", "2025-06-16T00:00:00+00:00");
    TEXT_AT(node, "dateModified", "2025-06-17T10:00:00+00:00");
    TEXT_AT(node, "expires", "2030-01-01T00:00:00+00:00");
    TEXT_AT(node, "author.@type", "Person");
    TEXT_AT(node, "author.name", "Ada");
    TEXT_AT(node, "publisher.name", "Blog");
    TEXT_AT(node, "publisher.url", "https://example.org/blog/");
    TEXT_AT(node, "image.@type", "ImageObject");
    TEXT_AT(node, "image.url", "https://example.org/blog/p.svg");
    TEXT_AT(node, "image.width", "40");
    TEXT_AT(node, "image.caption", "Cap");
    TEXT_AT(node, "image.alt", NULL);
    TEXT_AT(node, "articleSection", "C");
    ck_assert_str_eq(joined(atd_value_get(node, "keywords")), "a,b");
    TEXT_AT(node, "wordCount", "2");
    TEXT_AT(node, "timeRequired", "PT1M");
    TEXT_AT(node, "inLanguage", "de");
    TEXT_AT(node, "isPartOf.name", "S");
    TEXT_AT(node, "position", "2");
}
END_TEST

START_TEST(nothing_is_said_of_what_is_not_known)
{
    ck_assert_str_eq(keys_of(article("title: T\n")), "@type @id headline description url mainEntityOfPage publisher "
                                                     "wordCount timeRequired inLanguage");
    TEXT_AT(article("date: 2025-06-16\n"), "dateModified", "2025-06-16T00:00:00+00:00");
    TEXT_AT(article("image: https://x.org/a.png\n"), "image", "https://x.org/a.png");
}
END_TEST

START_TEST(reading_time_is_the_authors)
{
    TEXT_AT(article("readingTime: 9 minutes\n"), "timeRequired", "PT9M");
    TEXT_AT(article("readingTime: 12\n"), "timeRequired", "PT12M");
    TEXT_AT(article("readingTime: quite long\n"), "timeRequired", "PT1M");
}
END_TEST

START_TEST(people_are_told)
{
    const atd_value_t *node =
        article_with("publisher: {name: P, logo: logo.png}\n",
                     "author: {name: Ada, role: Poet, url: /ada, image: ada.png, bio: Bio}\ncoAuthors: [Bob]\n");

    ck_assert_uint_eq(atd_value_count(atd_value_get(node, "author")), 2);
    ck_assert_pstr_eq(item_at(node, "author", 0, "name"), "Ada");
    ck_assert_pstr_eq(item_at(node, "author", 0, "jobTitle"), "Poet");
    ck_assert_pstr_eq(item_at(node, "author", 0, "url"), "https://example.org/ada");
    ck_assert_pstr_eq(item_at(node, "author", 0, "image"), "https://example.org/blog/ada.png");
    ck_assert_pstr_eq(item_at(node, "author", 0, "description"), "Bio");
    ck_assert_pstr_eq(item_at(node, "author", 1, "name"), "Bob");
    TEXT_AT(node, "publisher.name", "P");
    TEXT_AT(node, "publisher.logo.url", "https://example.org/blog/logo.png");
}
END_TEST

START_TEST(video_is_told)
{
    const atd_value_t *node = article("title: T\ndate: 2025-06-16\n"
                                      "video: {url: v.mp4, thumbnail: /t.png, transcript: Words}\n");

    TEXT_AT(node, "video.name", "T");
    TEXT_AT(node, "video.contentUrl", "https://example.org/blog/posts/v.mp4");
    TEXT_AT(node, "video.thumbnailUrl", "https://example.org/t.png");
    TEXT_AT(node, "video.uploadDate", "2025-06-16T00:00:00+00:00");
    TEXT_AT(node, "video.transcript", "Words");
    node = article("video: {url: 'javascript:x', thumbnail: 'data:x'}\n");
    TEXT_AT(node, "video.contentUrl", NULL);
    TEXT_AT(node, "video.thumbnailUrl", NULL);
}
END_TEST

START_TEST(schema_of_the_author_wins)
{
    const atd_value_t *node = article(
        "title: T\nauthor: {name: Ada, url: /ada}\ndate: 2025-06-16\n"
        "schema:\n  '@type': Article\n  headline: H\n  description: ''\n  author: {'@type': Person, jobTitle: J}\n"
        "  datePublished: '2025-06-01'\n  image: /images/a.png\n  sameAs: [/x, https://y.org, '']\n"
        "  publisher: {name: P, logo: {'@type': ImageObject, url: /logo.png}}\n"
        "  mainEntityOfPage: {'@id': '#main'}\n  about: {name: /not-a-url}\n  wordCount: 7\n  keywords: []\n");

    TEXT_AT(node, "@type", "Article");
    TEXT_AT(node, "headline", "H");
    TEXT_AT(node, "description", "Some text.");
    TEXT_AT(node, "author.name", "Ada");
    TEXT_AT(node, "author.jobTitle", "J");
    TEXT_AT(node, "author.url", "https://example.org/ada");
    TEXT_AT(node, "datePublished", "2025-06-01");
    TEXT_AT(node, "dateModified", "2025-06-16T00:00:00+00:00");
    TEXT_AT(node, "image", "https://example.org/images/a.png");
    ck_assert_str_eq(joined(atd_value_get(node, "sameAs")), "https://example.org/x,https://y.org");
    TEXT_AT(node, "publisher.name", "P");
    TEXT_AT(node, "publisher.url", "https://example.org/blog/");
    TEXT_AT(node, "publisher.logo.url", "https://example.org/logo.png");
    TEXT_AT(node, "mainEntityOfPage.@id", "#main");
    TEXT_AT(node, "about.name", "/not-a-url");
    TEXT_AT(node, "wordCount", "7");
}
END_TEST

START_TEST(schema_may_stand_below_advanced)
{
    TEXT_AT(article("advanced: {schemaMarkup: {'@type': HowTo}}\n"), "@type", "HowTo");
    TEXT_AT(article("advanced: {schema: {'@type': HowTo}}\nschema: {'@type': Recipe}\n"), "@type", "Recipe");
}
END_TEST

START_TEST(post_has_breadcrumbs)
{
    const atd_site_t *site = open_site_with("title: Blog\n");
    const atd_value_t *graph = graph_of(site, facts_of(site, post_of("title: T\n")));
    const atd_value_t *crumbs = atd_value_at(graph, 1);

    ck_assert_uint_eq(atd_value_count(graph), 2);
    TEXT_AT(crumbs, "@type", "BreadcrumbList");
    ck_assert_uint_eq(atd_value_count(atd_value_get(crumbs, "itemListElement")), 2);
    ck_assert_pstr_eq(item_at(crumbs, "itemListElement", 0, "position"), "1");
    ck_assert_pstr_eq(item_at(crumbs, "itemListElement", 0, "name"), "Blog");
    ck_assert_pstr_eq(item_at(crumbs, "itemListElement", 0, "item"), "https://example.org/blog/");
    ck_assert_pstr_eq(item_at(crumbs, "itemListElement", 1, "position"), "2");
    ck_assert_pstr_eq(item_at(crumbs, "itemListElement", 1, "name"), "T");
    ck_assert_pstr_eq(item_at(crumbs, "itemListElement", 1, "item"), NULL);
}
END_TEST

static const char *crumbs_of(const atd_value_t *graph)
{
    const atd_value_t *node = atd_value_at(graph, atd_value_count(graph) - 1);
    const char *text = "";

    TEXT_AT(node, "@type", "BreadcrumbList");
    for (apr_size_t i = 0; i < atd_value_count(atd_value_get(node, "itemListElement")); i++) {
        const char *item = item_at(node, "itemListElement", i, "item");

        ck_assert_int_eq(atoi(item_at(node, "itemListElement", i, "position")), (int)i + 1);
        text = apr_psprintf(atd_test_pool, "%s%s<%s>", text, item_at(node, "itemListElement", i, "name"),
                            item ? item : "");
    }
    return text;
}

START_TEST(category_is_a_breadcrumb)
{
    const atd_site_t *site = open_site_with("title: Blog\n");

    ck_assert_str_eq(crumbs_of(graph_of(site, facts_of(site, post_of("title: T\ncategory: My Cat\n")))),
                     "Blog<https://example.org/blog/>My Cat<https://example.org/blog/category/my-cat>T<>");
    put_file("categories/sub.md", "---\nname: Sub\nparent: top\n---\n");
    put_file("categories/top.md", "---\nname: Top\n---\n");
    site = open_site();
    ck_assert_str_eq(crumbs_of(graph_of(site, facts_at(site, "category/sub"))),
                     "Blog<https://example.org/blog/>Top<https://example.org/blog/category/top>Sub<>");
    ck_assert_str_eq(crumbs_of(graph_of(site, facts_at(site, "category/top"))), "Blog<https://example.org/blog/>Top<>");
}
END_TEST

START_TEST(list_is_a_collection)
{
    const atd_site_t *site;
    const atd_value_t *graph, *node;

    put_file("posts/a.md", "---\ndate: 2025-06-16\ntags: [T]\n---\n");
    put_file("posts/b.md", "---\ndate: 2025-06-15\ntags: [T]\n---\n");
    site = open_site();
    graph = graph_of(site, facts_at(site, "tag/t"));
    node = atd_value_at(graph, 0);
    ck_assert_uint_eq(atd_value_count(graph), 2);
    TEXT_AT(node, "@type", "CollectionPage");
    TEXT_AT(node, "@id", "https://example.org/blog/tag/t");
    TEXT_AT(node, "name", "T");
    TEXT_AT(node, "isPartOf.@id", "https://example.org/blog/#blog");
    TEXT_AT(node, "mainEntity.@type", "ItemList");
    TEXT_AT(node, "mainEntity.numberOfItems", "2");
    ck_assert_pstr_eq(item_at(node, "mainEntity.itemListElement", 0, "url"), "https://example.org/blog/a");
    ck_assert_pstr_eq(item_at(node, "mainEntity.itemListElement", 1, "position"), "2");
    ck_assert_pstr_eq(item_at(node, "mainEntity.itemListElement", 1, "url"), "https://example.org/blog/b");
}
END_TEST

START_TEST(home_is_a_blog_and_a_collection)
{
    const atd_site_t *site;
    const atd_value_t *graph;

    put_file("a.md", "x");
    site = open_site();
    graph = graph_of(site, facts_at(site, ""));
    ck_assert_uint_eq(atd_value_count(graph), 2); /* no breadcrumbs */
    TEXT_AT(atd_value_at(graph, 0), "@type", "Blog");
    TEXT_AT(atd_value_at(graph, 1), "@type", "CollectionPage");
    TEXT_AT(atd_value_at(graph, 1), "mainEntity.numberOfItems", "1");
}
END_TEST

START_TEST(author_is_a_profile)
{
    const atd_site_t *site;
    const atd_value_t *node;

    put_file("authors/ada.md", "---\nname: Ada\nrole: Poet\nurl: /ada\n---\n");
    site = open_site();
    node = atd_value_at(graph_of(site, facts_at(site, "author/ada")), 0);
    TEXT_AT(node, "@type", "ProfilePage");
    TEXT_AT(node, "mainEntity.@type", "Person");
    TEXT_AT(node, "mainEntity.name", "Ada");
    TEXT_AT(node, "mainEntity.jobTitle", "Poet");
    TEXT_AT(node, "mainEntity.url", "https://example.org/ada");
}
END_TEST

START_TEST(empty_list_has_no_items)
{
    const atd_site_t *site;

    put_file("categories/c.md", "---\nname: C\n---\n");
    site = open_site();
    TEXT_AT(atd_value_at(graph_of(site, facts_at(site, "category/c")), 0), "mainEntity", NULL);
}
END_TEST

START_TEST(home_is_a_blog)
{
    const atd_site_t *site = open_site_with("title: Blog\ndescription: D\nlanguage: fr\n");
    const atd_value_t *node;
    atd_facts_t facts;

    atd_facts_of_home(&facts, site, NULL, atd_test_pool);
    node = atd_value_at(graph_of(site, &facts), 0);
    TEXT_AT(node, "@type", "Blog");
    TEXT_AT(node, "@id", "https://example.org/blog/#blog");
    TEXT_AT(node, "name", "Blog");
    TEXT_AT(node, "description", "D");
    TEXT_AT(node, "url", "https://example.org/blog/");
    TEXT_AT(node, "inLanguage", "fr");
}
END_TEST

START_TEST(static_page_is_a_web_page)
{
    const atd_site_t *site = open_site();

    put_file("pages/about.md", markdown_of("title: About\n", "Text\n"));
    TEXT_AT(atd_jsonld_article(site, facts_of(site, load_post("pages/about.md")), atd_test_pool), "@type", "WebPage");
}
END_TEST

START_TEST(hostile_text_stays_text)
{
    const atd_site_t *site = open_site();
    const char *evil = "</script><!--<script>alert(1)//\"'&\\";
    const atd_value_t *graph =
        graph_of(site, facts_of(site, post_of("title: \"</script><!--<script>alert(1)//\\\"'&\\\\\"\n"
                                              "schema: {'</script>': '<!--', \"a\\\"b\": {deep: ['</script>']}}\n")));

    TEXT_AT(atd_value_at(graph, 0), "headline", evil);
    TEXT_AT(atd_value_at(graph, 0), "</script>", "<!--");
    ck_assert_str_eq(joined(atd_value_find(atd_value_at(graph, 0), "a\"b.deep")), "</script>");
}
END_TEST

Suite *jsonld_suite(void)
{
    Suite *suite = suite_create("jsonld");
    TCase *tests = site_test_case(suite, "jsonld");

    tcase_add_test(tests, article_is_derived);
    tcase_add_test(tests, nothing_is_said_of_what_is_not_known);
    tcase_add_test(tests, reading_time_is_the_authors);
    tcase_add_test(tests, people_are_told);
    tcase_add_test(tests, video_is_told);
    tcase_add_test(tests, schema_of_the_author_wins);
    tcase_add_test(tests, schema_may_stand_below_advanced);
    tcase_add_test(tests, post_has_breadcrumbs);
    tcase_add_test(tests, category_is_a_breadcrumb);
    tcase_add_test(tests, list_is_a_collection);
    tcase_add_test(tests, home_is_a_blog_and_a_collection);
    tcase_add_test(tests, author_is_a_profile);
    tcase_add_test(tests, empty_list_has_no_items);
    tcase_add_test(tests, home_is_a_blog);
    tcase_add_test(tests, static_page_is_a_web_page);
    tcase_add_test(tests, hostile_text_stays_text);
    return suite;
}
