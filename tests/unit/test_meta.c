/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_meta.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

#define EVIL "</script><script>alert(1)</script>\"'&"
#define EVIL_YAML "'</script><script>alert(1)</script>\"''&'"
#define EVIL_HTML "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"

static const char *head(const char *front_matter)
{
    return head_of(open_site(), post_of(front_matter));
}

static const char *home_head(const char *settings)
{
    const atd_site_t *site = open_site_with(settings);
    atd_facts_t facts;

    atd_facts_of_home(&facts, site, NULL, atd_test_pool);
    return head_with(site, &facts);
}

/* The value of a tag; NULL where it is not there. */
static const char *content_of(const char *html, const char *name)
{
    const char *tag = apr_psprintf(atd_test_pool, "=\"%s\" content=\"", name);
    const char *at = strstr(html, tag);

    return at ? apr_pstrmemdup(atd_test_pool, at + strlen(tag), strcspn(at + strlen(tag), "\"")) : NULL;
}

#define TAG(html, name, expected) ck_assert_pstr_eq(content_of(html, name), expected)

/* Fails unless the parts stand in this order. */
static void check_order(const char *html, const char *const *parts, size_t count)
{
    const char *at = html;

    for (size_t i = 0; i < count; i++) {
        at = strstr(at, parts[i]);
        ck_assert_msg(at != NULL, "no %s in its place in: %s", parts[i], html);
    }
}

static const char full_post[] =
    "title: T\ndescription: D\ntags: [a, b]\ncategory: C\nauthor: Ada\ndate: '2025-06-16'\n"
    "lastModified: '2025-06-17T10:00:00+02:00'\nexpires: 2030-01-01\n"
    "image: {src: /blog/p.svg, alt: Alt}\nvideo: {url: https://x.org/v.mp4}\ntranslations: {de: /de/a}\n";

START_TEST(tags_stand_in_order)
{
    static const char *const parts[] = {
        "<title>T | Blog</title>\n",
        "<meta name=\"description\" content=\"D\">\n",
        "<meta name=\"keywords\" content=\"a, b\">\n",
        "<meta name=\"author\" content=\"Ada\">\n",
        "<meta name=\"robots\" content=\"index, follow, max-snippet:-1",
        "<link rel=\"canonical\" href=\"https://example.org/blog/a\">\n",
        "<meta property=\"og:locale\" content=\"en_US\">\n"
        "<meta property=\"og:locale:alternate\" content=\"de_DE\">\n",
        "<meta property=\"og:title\" content=\"T\">\n",
        "<meta property=\"og:site_name\" content=\"Blog\">\n",
        "<meta property=\"og:type\" content=\"article\">\n",
        "<meta property=\"og:description\" content=\"D\">\n",
        "<meta property=\"og:url\" content=\"https://example.org/blog/a\">\n",
        "<meta property=\"og:image\" content=\"https://example.org/blog/p.svg\">\n"
        "<meta property=\"og:image:width\" content=\"40\">\n"
        "<meta property=\"og:image:height\" content=\"30\">\n"
        "<meta property=\"og:image:alt\" content=\"Alt\">\n",
        "<meta property=\"og:video\" content=\"https://x.org/v.mp4\">\n",
        "<meta property=\"article:published_time\" content=\"2025-06-16T00:00:00+00:00\">\n",
        "<meta property=\"article:modified_time\" content=\"2025-06-17T10:00:00+02:00\">\n",
        "<meta property=\"article:expiration_time\" content=\"2030-01-01T00:00:00+00:00\">\n",
        "<meta property=\"article:author\" content=\"Ada\">\n",
        "<meta property=\"article:section\" content=\"C\">\n",
        "<meta property=\"article:tag\" content=\"a\">\n<meta property=\"article:tag\" content=\"b\">\n",
        "<meta name=\"twitter:card\" content=\"summary_large_image\">\n",
        "<meta name=\"twitter:image:alt\" content=\"Alt\">\n",
        "<meta name=\"twitter:label1\" content=\"Reading time\">\n<meta name=\"twitter:data1\" content=\"1 minute\">\n",
        "<meta name=\"twitter:label2\" content=\"Written by\">\n<meta name=\"twitter:data2\" content=\"Ada\">\n",
        "<link rel=\"alternate\" hreflang=\"de\" href=\"https://example.org/de/a\">\n",
        "<script type=\"application/ld+json\">",
    };

    put_file("p.svg", svg_of(40, 30));
    check_order(head(full_post), parts, sizeof parts / sizeof *parts);
}
END_TEST

START_TEST(each_tag_stands_once)
{
    static const char *const parts[] = {"<title>",     "name=\"description\"", "\"robots\"",    "\"canonical\"",
                                        "og:title",    "\"og:description\"",   "\"og:url\"",    "\"og:image\"",
                                        "\"og:type\"", "twitter:card",         "\"og:locale\"", "name=\"keywords\""};
    const char *html = head(apr_pstrcat(atd_test_pool, full_post,
                                        "excerpt: E\nseo: {description: S, canonical: /c}\ncanonicalUrl: /x\n", NULL));

    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(count_of(html, parts[i]) == 1, "%s in %s", parts[i], html);
    TAG(html, "description", "S");
    HAS(html, "<link rel=\"canonical\" href=\"https://example.org/x\">");
    TAG(html, "og:url", "https://example.org/x");
}
END_TEST

START_TEST(what_is_not_known_is_not_said)
{
    const char *html = head("title: T\n");

    TAG(html, "og:image", NULL);
    TAG(html, "og:image:alt", NULL);
    TAG(html, "keywords", NULL);
    TAG(html, "author", NULL);
    TAG(html, "article:author", NULL);
    TAG(html, "article:published_time", NULL);
    TAG(html, "article:modified_time", NULL);
    TAG(html, "article:section", NULL);
    TAG(html, "twitter:image:alt", NULL);
    TAG(html, "twitter:site", NULL);
    TAG(html, "twitter:title", NULL);
    TAG(html, "twitter:description", NULL);
    TAG(html, "twitter:image", NULL);
    TAG(html, "twitter:label2", NULL);
    TAG(html, "twitter:card", "summary");
    LACKS(html, "content=\"\"");
    LACKS(html, "(null)");
}
END_TEST

START_TEST(image_without_a_known_size)
{
    const char *html = head("image: {src: https://x.org/a.png}\n");

    TAG(html, "og:image", "https://x.org/a.png");
    TAG(html, "og:image:width", NULL);
    TAG(html, "og:image:alt", NULL);
}
END_TEST

START_TEST(hostile_text_stays_text)
{
    const char *html =
        head("title: " EVIL_YAML "\nseoTitle: " EVIL_YAML "\ndescription: " EVIL_YAML "\ntags: [" EVIL_YAML "]\n"
             "category: " EVIL_YAML "\nauthor: " EVIL_YAML "\nimage: {src: a.png, alt: " EVIL_YAML
             "}\nreadingTime: " EVIL_YAML "\nsocial: {twitter: {card: " EVIL_YAML ", title: " EVIL_YAML
             ", site: " EVIL_YAML "}}\nseries: " EVIL_YAML "\ntranslations: {" EVIL_YAML ": /a}\n");
    const atd_value_t *graph = atd_value_get(jsonld_of(html), "@graph");

    HAS(html, "<title>" EVIL_HTML "</title>\n");
    TAG(html, "description", EVIL_HTML);
    TAG(html, "og:title", EVIL_HTML);
    TAG(html, "author", EVIL_HTML);
    ck_assert_uint_eq(count_of(html, "<script"), 1);
    ck_assert_uint_eq(count_of(html, "</script"), 1);
    LACKS(html, "alert(1)</");
    TEXT_AT(atd_value_at(graph, 0), "headline", EVIL);
    TEXT_AT(atd_value_at(graph, 0), "author.name", EVIL);
}
END_TEST

START_TEST(no_canonical_beside_noindex)
{
    const char *html = head("noindex: true\n");

    TAG(html, "robots", "noindex, follow");
    LACKS(html, "canonical");
    LACKS(html, "ld+json");
    TAG(html, "og:url", "https://example.org/blog/a");
    html = head("status: draft\n");
    TAG(html, "robots", "noindex, follow");
    LACKS(html, "canonical");
}
END_TEST

START_TEST(several_authors)
{
    const char *html = head("author: {name: Ada, url: /ada}\ncoAuthors: [Bob, {name: Eve, url: https://eve.org}]\n");

    ck_assert_uint_eq(count_of(html, "<meta name=\"author\""), 3);
    ck_assert_uint_eq(count_of(html, "<meta property=\"article:author\""), 3);
    HAS(html, "article:author\" content=\"https://example.org/ada\">\n<meta property=\"article:author\" "
              "content=\"Bob\">\n<meta property=\"article:author\" content=\"https://eve.org\">");
    TAG(html, "twitter:data2", "Ada");
}
END_TEST

START_TEST(twitter_says_only_what_differs)
{
    const char *html = head("title: T\ndescription: D\nimage: {src: /a.png}\n"
                            "social: {twitter: {title: T, description: D, image: /a.png}}\n");

    TAG(html, "twitter:title", NULL);
    TAG(html, "twitter:description", NULL);
    TAG(html, "twitter:image", NULL);
    html = head("title: T\ndescription: D\nimage: /a.png\nsocial: {twitter: {title: X, description: Y, image: /b.png, "
                "card: summary, site: blog, creator: 'https://x.com/ada'}}\n");
    TAG(html, "twitter:title", "X");
    TAG(html, "twitter:description", "Y");
    TAG(html, "twitter:image", "https://example.org/b.png");
    TAG(html, "twitter:card", "summary");
    TAG(html, "twitter:site", "@blog");
    TAG(html, "twitter:creator", "@ada");
    TAG(html, "og:title", "T");
}
END_TEST

START_TEST(facebook_has_its_own)
{
    const char *html = head("title: T\ndescription: D\nimage: /a.png\n"
                            "social: {facebook: {title: F, description: G, image: /b.png, type: video.other}}\n");

    TAG(html, "og:title", "F");
    TAG(html, "og:description", "G");
    TAG(html, "og:image", "https://example.org/b.png");
    TAG(html, "og:type", "video.other");
    TAG(html, "description", "D");
    TAG(html, "twitter:title", "T");
    TAG(html, "twitter:description", "D");
    TAG(html, "twitter:image", "https://example.org/a.png");
    html = head("title: T\nsocial: {facebook: {title: F}, twitter: {title: F}}\n");
    TAG(html, "twitter:title", NULL);
    html = head("title: T\nsocial: {facebook: {title: F}, twitter: {title: T}}\n");
    TAG(html, "twitter:title", "T");
}
END_TEST

/* References of a card are resolved like those of the post. */
START_TEST(images_of_cards_lie_beside_the_post)
{
    const atd_post_t *post;
    const char *html;

    put_file("posts/b/card.svg", svg_of(12, 6));
    put_file("posts/b/index.md",
             markdown_of("social: {facebook: {image: card.svg}, twitter: {image: x.png}}\nvideo: {url: v.mp4}\n", ""));
    post = load_post("posts/b/index.md");
    html = head_of(open_site(), post);
    TAG(html, "og:image", "https://example.org/blog/posts/b/card.svg");
    TAG(html, "og:image:width", "12");
    TAG(html, "twitter:image", "https://example.org/blog/posts/b/x.png");
    TAG(html, "og:video", "https://example.org/blog/posts/b/v.mp4");
    html = head_of(open_site_with("images: {base: 'https://img.org'}\n"), post);
    TAG(html, "twitter:image", "https://img.org/x.png");
}
END_TEST

START_TEST(twitter_names_come_from_settings_and_author)
{
    const char *html =
        head_of(open_site_with("social: {twitter: blog}\n"), post_of("author: {name: Ada, social: {x: '@ada'}}\n"));

    TAG(html, "twitter:site", "@blog");
    TAG(html, "twitter:creator", "@ada");
    html = head("author: {name: Ada, social: {twitter: ada2, x: ada}}\n");
    TAG(html, "twitter:creator", "@ada2");
}
END_TEST

START_TEST(unsafe_references_are_left_out)
{
    const char *html = head("video: {url: 'javascript:x'}\n"
                            "translations: {a: 'javascript:x', b: '', c: [x], d: \"/\\r\\nX\", e: other-post}\n");

    LACKS(html, "javascript");
    ck_assert_uint_eq(count_of(html, "hreflang"), 2);
    HAS(html, "hreflang=\"e\" href=\"https://example.org/blog/other-post\"");
    LACKS(head(apr_pstrcat(atd_test_pool, "translations: {'", repeated("\"", 200), "': /a}\n", NULL)), "hreflang");
}
END_TEST

START_TEST(long_alternative_text_is_cut_for_x)
{
    const char *html =
        head(apr_pstrcat(atd_test_pool, "image: {src: /a.png, alt: '", repeated("word ", 200), "'}\n", NULL));

    ck_assert_uint_le(strlen(content_of(html, "twitter:image:alt")), 422);
    ck_assert_uint_ge(strlen(content_of(html, "og:image:alt")), 999);
}
END_TEST

START_TEST(home_is_a_website)
{
    const char *html = home_head("title: My blog\ndescription: About\nimage: /i.png\nauthor: Ada\nsocial: {x: b}\n");

    HAS(html, "<title>My blog | About</title>");
    TAG(html, "og:type", "website");
    TAG(html, "og:url", "https://example.org/blog/");
    HAS(html, "<link rel=\"canonical\" href=\"https://example.org/blog/\">");
    TAG(html, "og:image", "https://example.org/i.png");
    TAG(html, "twitter:site", "@b");
    TAG(html, "twitter:label1", NULL);
    LACKS(html, "article:");
    ck_assert_ptr_null(content_of(home_head("title: T\n"), "description"));
}
END_TEST

START_TEST(static_page_is_a_website)
{
    const char *html;

    put_file("pages/about.md", markdown_of("title: About\ndate: 2025-01-01\nauthor: A\n", "Text\n"));
    html = head_of(open_site(), load_post("pages/about.md"));
    TAG(html, "og:type", "website");
    LACKS(html, "article:");
    TAG(html, "twitter:label1", NULL);
}
END_TEST

START_TEST(error_page_says_little)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const atd_site_t *site = open_site_with("author: A\n");
    const char *html = NULL;
    atd_facts_t facts;

    atd_facts_of_error(&facts, site, "Not <found>", atd_test_pool);
    atd_meta_put(out, site, &facts, atd_test_pool);
    ATD_OK(atd_buffer_take(&html, NULL, out, "the head"));
    ck_assert_str_eq(html, "<title>Not &lt;found&gt; | Blog</title>\n"
                           "<meta property=\"og:locale\" content=\"en_US\">\n"
                           "<meta property=\"og:title\" content=\"Not &lt;found&gt;\">\n"
                           "<meta property=\"og:site_name\" content=\"Blog\">\n");
}
END_TEST

/* Each language that the page is in, for people's networks and for search engines. */
START_TEST(translations_are_told)
{
    const char *html = head("lang: de\ntranslations: {en: hello, pt-BR: 'https://x.org/ola', es-419: /hola, "
                            "x-default: hello, DE: hallo, de-DE: tag}\n");

    HAS(html, "<meta property=\"og:locale\" content=\"de_DE\">\n"
              "<meta property=\"og:locale:alternate\" content=\"en_US\">\n"
              "<meta property=\"og:locale:alternate\" content=\"pt_BR\">\n"
              "<meta property=\"og:title\"");
    HAS(html, "<link rel=\"alternate\" hreflang=\"de\" href=\"https://example.org/blog/a\">\n"
              "<link rel=\"alternate\" hreflang=\"en\" href=\"https://example.org/blog/hello\">\n"
              "<link rel=\"alternate\" hreflang=\"pt-BR\" href=\"https://x.org/ola\">\n"
              "<link rel=\"alternate\" hreflang=\"es-419\" href=\"https://example.org/hola\">\n"
              "<link rel=\"alternate\" hreflang=\"x-default\" href=\"https://example.org/blog/hello\">\n"
              "<link rel=\"alternate\" hreflang=\"de-DE\" href=\"https://example.org/blog/tag\">\n");
    ck_assert_uint_eq(count_of(html, "hreflang"), 6);
    LACKS(head("translations: {en: hello}\n"), "hreflang");
    LACKS(head("translations: {}\n"), "og:locale:alternate");
}
END_TEST

/* ---- where to go from here ---- */

#define FEED(title, path, type)                                                                                        \
    "<link rel=\"alternate\" type=\"" type "\" title=\"" title "\" href=\"/blog/" path "\">\n"
#define FEEDS(title, folder)                                                                                           \
    FEED(title, folder "feed.xml", "application/rss+xml")                                                              \
    FEED(title, folder "atom.xml", "application/atom+xml")                                                             \
    FEED(title, folder "feed.json", "application/feed+json")
#define SEARCH                                                                                                         \
    "<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"Blog\" "                              \
    "href=\"/blog/opensearch.xml\">\n"

START_TEST(post_leads_to_its_other_forms)
{
    const char *html = head("title: T\nslug: caf\xC3\xA9\n");

    HAS(html,
        "<link rel=\"alternate\" type=\"text/markdown\" href=\"/blog/caf%C3%A9.md\">\n"
        "<link rel=\"alternate\" type=\"application/json\" href=\"/blog/caf%C3%A9.json\">\n" FEEDS("Blog", "") SEARCH);
    LACKS(html, "rel=\"prev\"");
    LACKS(html, "rel=\"next\"");
    html = head("status: draft\n");
    LACKS(html, "text/markdown");
    LACKS(html, "application/json\"");
    HAS(html, FEEDS("Blog", "") SEARCH);
}
END_TEST

START_TEST(list_leads_to_its_feeds_and_pages)
{
    const char *html;

    put_file("a.md", "---\ntags: [T]\ndate: 2025-06-16\n---\n");
    put_file("b.md", "---\ntags: [T]\ndate: 2025-06-16\n---\n");
    put_file("c.md", "---\ntags: [T]\ndate: 2025-06-16\n---\n");
    put_file("site.yaml", "pageSize: 1\n");
    html = head_with(open_site(), facts_at(open_site(), "tag/t/page/2"));
    HAS(html, "<link rel=\"prev\" href=\"https://example.org/blog/tag/t\">\n"
              "<link rel=\"next\" href=\"https://example.org/blog/tag/t/page/3\">\n");
    HAS(html, FEEDS("T | Blog", "tag/t/") FEEDS("Blog", "") SEARCH);
    html = head_with(open_site(), facts_at(open_site(), "tag/t/page/3"));
    LACKS(html, "rel=\"next\"");
    html = head_with(open_site(), facts_at(open_site(), "archive/2025"));
    HAS(html, FEEDS("Blog", "") SEARCH);
    ck_assert_uint_eq(count_of(html, "application/rss+xml"), 1);
    html = head_with(open_site(), facts_at(open_site(), ""));
    HAS(html, FEEDS("Blog", ""));
    ck_assert_uint_eq(count_of(html, "application/rss+xml"), 1);
    LACKS(html, "rel=\"prev\"");
    HAS(html, "<link rel=\"next\" href=\"https://example.org/blog/page/2\">\n");
}
END_TEST

START_TEST(author_has_a_profile)
{
    const char *html;

    put_file("authors/ada.md", "---\nname: " EVIL_YAML "\nbio: " EVIL_YAML "\n---\n");
    html = head_with(open_site(), facts_at(open_site(), "author/ada"));
    TAG(html, "og:type", "profile");
    HAS(html, "<title>" EVIL_HTML " | Blog</title>");
    TAG(html, "og:description", EVIL_HTML);
    HAS(html, "title=\"" EVIL_HTML " | Blog\" href=\"/blog/author/ada/feed.xml\"");
    LACKS(html, "<script>");
}
END_TEST

Suite *meta_suite(void)
{
    Suite *suite = suite_create("meta");
    TCase *tests = site_test_case(suite, "meta");

    tcase_add_test(tests, tags_stand_in_order);
    tcase_add_test(tests, each_tag_stands_once);
    tcase_add_test(tests, what_is_not_known_is_not_said);
    tcase_add_test(tests, image_without_a_known_size);
    tcase_add_test(tests, hostile_text_stays_text);
    tcase_add_test(tests, no_canonical_beside_noindex);
    tcase_add_test(tests, several_authors);
    tcase_add_test(tests, twitter_says_only_what_differs);
    tcase_add_test(tests, facebook_has_its_own);
    tcase_add_test(tests, images_of_cards_lie_beside_the_post);
    tcase_add_test(tests, twitter_names_come_from_settings_and_author);
    tcase_add_test(tests, unsafe_references_are_left_out);
    tcase_add_test(tests, long_alternative_text_is_cut_for_x);
    tcase_add_test(tests, home_is_a_website);
    tcase_add_test(tests, static_page_is_a_website);
    tcase_add_test(tests, error_page_says_little);
    tcase_add_test(tests, translations_are_told);
    tcase_add_test(tests, post_leads_to_its_other_forms);
    tcase_add_test(tests, list_leads_to_its_feeds_and_pages);
    tcase_add_test(tests, author_has_a_profile);
    return suite;
}
