/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_feed.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static const atd_site_t *site;
static atd_feed_t feed;
static apr_array_header_t *items;

static void begin(const char *settings)
{
    site = open_site_with(settings);
    items = apr_array_make(atd_test_pool, 2, sizeof(atd_feed_item_t));
    feed = (atd_feed_t){.title = "Blog & more",
                        .lang = "en",
                        .home = "https://example.org/blog/",
                        .self = "https://example.org/blog/feed",
                        .items = items,
                        .full = true};
}

static void add(const char *name, const char *front_matter, const char *body, apr_time_t seconds)
{
    atd_feed_item_t *item = apr_array_push(items);

    put_file(name, markdown_of(front_matter, body));
    item->facts = facts_of(site, load_post(name));
    item->url = item->facts->canonical;
    item->modified = apr_time_from_sec(seconds);
}

static const char *written(atd_feed_format_t format)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_FEED);
    const char *text = NULL;

    ATD_OK(atd_feed_write(out, format, site, &feed, atd_test_pool));
    ATD_OK(atd_buffer_take(&text, NULL, out, "the feed"));
    return text;
}

static const atd_value_t *json(void)
{
    return yaml_of(written(ATD_FEED_JSON));
}

static void add_rich_post(void)
{
    put_file("p.svg", svg_of(40, 30));
    add("posts/a.md",
        "title: A & <b>\ndate: '2025-06-16T14:06:20+02:00'\nlastModified: '2025-06-17T10:00:00+02:00'\nlang: de_AT\n"
        "category: C\ntags: [a, C, \"x & y\"]\nauthors: [{name: Ada, url: /ada, image: ada.png}, Bob]\n"
        "image: {src: /blog/p.svg, alt: An \"alt\"}\nexcerpt: In <short>\n",
        "Text with a [link](#x) and `]]>`.\n", 1750147200);
}

START_TEST(types)
{
    ck_assert_str_eq(atd_feed_type(ATD_FEED_RSS), "application/rss+xml; charset=utf-8");
    ck_assert_str_eq(atd_feed_type(ATD_FEED_ATOM), "application/atom+xml; charset=utf-8");
    ck_assert_str_eq(atd_feed_type(ATD_FEED_JSON), "application/feed+json; charset=utf-8");
}
END_TEST

START_TEST(rss)
{
    const char *text;

    begin("title: Blog\n");
    feed.description = "Des'c";
    add_rich_post();
    text = written(ATD_FEED_RSS);
    HAS(text, "<channel>\n<title>Blog &amp; more</title>\n<link>https://example.org/blog/</link>\n"
              "<description>Des&#39;c</description>\n<language>en</language>\n"
              "<lastBuildDate>Tue, 17 Jun 2025 10:00:00 +0200</lastBuildDate>\n"
              "<atom:link href=\"https://example.org/blog/feed\" rel=\"self\" type=\"application/rss+xml\"/>\n");
    HAS(text, "<item>\n<title>A &amp; &lt;b&gt;</title>\n<link>https://example.org/blog/a</link>\n"
              "<guid isPermaLink=\"true\">https://example.org/blog/a</guid>\n"
              "<pubDate>Mon, 16 Jun 2025 14:06:20 +0200</pubDate>\n"
              "<dc:creator>Ada</dc:creator>\n<dc:creator>Bob</dc:creator>\n"
              "<category>C</category>\n<category>a</category>\n<category>x &amp; y</category>\n"
              "<description>In &lt;short&gt;</description>\n<content:encoded><![CDATA[<p>Text with a "
              "<a href=\"https://example.org/blog/a#x\">link</a> and <code>]]&gt;</code>.</p>\n]]></content:encoded>\n"
              "<media:content url=\"https://example.org/blog/p.svg\" type=\"image/svg+xml\" medium=\"image\" "
              "width=\"40\" height=\"30\">");
    HAS(text, "<media:description>An &quot;alt&quot;</media:description>\n</media:content>\n</item>\n");
}
END_TEST

START_TEST(atom)
{
    const char *text;

    begin("title: Blog\nauthor: Site Author\n");
    feed.description = "Desc";
    add_rich_post();
    text = written(ATD_FEED_ATOM);
    HAS(text,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n<id>https://example.org/blog/feed</id>\n"
        "<title>Blog &amp; more</title>\n<subtitle>Desc</subtitle>\n<updated>2025-06-17T10:00:00+02:00</updated>\n"
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://example.org/blog/feed\"/>\n"
        "<link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/blog/\"/>\n"
        "<author>\n<name>Site Author</name>\n</author>\n<generator>mod_atd</generator>\n");
    HAS(text, "<entry xml:lang=\"de-AT\">\n<id>https://example.org/blog/a</id>\n<title>A &amp; &lt;b&gt;</title>\n"
              "<link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/blog/a\"/>\n"
              "<published>2025-06-16T14:06:20+02:00</published>\n<updated>2025-06-17T10:00:00+02:00</updated>\n"
              "<author>\n<name>Ada</name>\n<uri>https://example.org/ada</uri>\n</author>\n"
              "<author>\n<name>Bob</name>\n</author>\n<category term=\"C\"/>\n<category term=\"a\"/>\n"
              "<category term=\"x &amp; y\"/>\n<summary>In &lt;short&gt;</summary>\n"
              "<content type=\"html\"><![CDATA[<p>Text");
}
END_TEST

START_TEST(json_feed)
{
    const atd_value_t *map, *item;

    put_file("i.svg", svg_of(9, 9));
    begin("title: Blog\nauthor: Site Author\nimage: i.svg\n");
    feed.description = "Desc";
    add_rich_post();
    map = json();
    ck_assert_str_eq(keys_of(map), "version title home_page_url feed_url description icon language authors items");
    TEXT_AT(map, "version", "https://jsonfeed.org/version/1.1");
    TEXT_AT(map, "title", "Blog & more");
    TEXT_AT(map, "home_page_url", "https://example.org/blog/");
    TEXT_AT(map, "feed_url", "https://example.org/blog/feed");
    TEXT_AT(map, "icon", "https://example.org/blog/i.svg");
    ck_assert_pstr_eq(item_at(map, "authors", 0, "name"), "Site Author");
    item = atd_value_at(atd_value_get(map, "items"), 0);
    ck_assert_str_eq(keys_of(item), "id url title content_html summary image date_published date_modified authors tags "
                                    "language");
    TEXT_AT(item, "id", "https://example.org/blog/a");
    TEXT_AT(item, "title", "A & <b>");
    HAS(text_at(item, "content_html"), "<a href=\"https://example.org/blog/a#x\">link</a>");
    TEXT_AT(item, "image", "https://example.org/blog/p.svg");
    TEXT_AT(item, "date_published", "2025-06-16T14:06:20+02:00");
    TEXT_AT(item, "date_modified", "2025-06-17T10:00:00+02:00");
    TEXT_AT(item, "language", "de-AT");
    ck_assert_str_eq(joined(atd_value_get(item, "tags")), "C,a,x & y");
    ck_assert_pstr_eq(item_at(item, "authors", 0, "url"), "https://example.org/ada");
    ck_assert_pstr_eq(item_at(item, "authors", 0, "avatar"), "https://example.org/blog/ada.png");
    ck_assert_pstr_eq(item_at(item, "authors", 1, "name"), "Bob");
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
    const char *text;

    begin("title: Blog\n");
    add("posts/b.md", "title: B\n", "![](x.png)\n", 1750147200);
    text = written(ATD_FEED_RSS);
    HAS(text, "<description>B</description>\n<content:encoded>");
    LACKS(text, "pubDate");
    LACKS(text, "creator>");
    LACKS(text, "<category");
    LACKS(text, "<media:content");
    text = written(ATD_FEED_ATOM);
    LACKS(text, "<published");
    LACKS(text, "<summary");
    LACKS(text, "<subtitle");
    LACKS(text, "<entry xml:lang");
    HAS(text, "<updated>2025-06-17T08:00:00+00:00</updated>");
    HAS(text, "<name>Blog</name>");
    ck_assert_str_eq(keys_of(json()), "version title home_page_url feed_url language items");
    ck_assert_str_eq(keys_of(atd_value_at(atd_value_get(json(), "items"), 0)),
                     "id url title content_html date_modified");
}
END_TEST

START_TEST(empty_feed)
{
    begin("title: Blog\n");
    LACKS(written(ATD_FEED_RSS), "lastBuildDate");
    HAS(written(ATD_FEED_RSS), "<description>Blog &amp; more</description>");
    HAS(written(ATD_FEED_ATOM), "<updated>2000-01-01T00:00:00+00:00</updated>");
    ck_assert_uint_eq(atd_value_count(atd_value_get(json(), "items")), 0);
    HAS(written(ATD_FEED_JSON), "\"items\":[\n]}");
}
END_TEST

START_TEST(excerpts_only)
{
    begin("title: Blog\n");
    feed.full = false;
    add("posts/b.md", "title: B\ncontentWarning: Spiders\n", "First <b>.\n\nSecond.\n", 1750147200);
    HAS(written(ATD_FEED_RSS), "<description>First .</description>\n</item>");
    LACKS(written(ATD_FEED_ATOM), "<content");
    TEXT_AT(atd_value_at(atd_value_get(json(), "items"), 0), "content_html", "<p>First .</p>");
    LACKS(written(ATD_FEED_JSON), "Spiders");
}
END_TEST

START_TEST(warning_comes_first)
{
    begin("title: Blog\n");
    add("posts/b.md", "title: B\ncontentWarning: Spiders & <webs>\n", "Text.\n", 1750147200);
    HAS(written(ATD_FEED_ATOM),
        "<![CDATA[<p><strong>Content warning:</strong> Spiders &amp; &lt;webs&gt;</p>\n<p>Text.");
}
END_TEST

START_TEST(post_without_a_body_has_its_excerpt)
{
    atd_facts_t facts;

    begin("title: Blog\n");
    atd_facts_of_post(&facts, site, post_of("title: T\nexcerpt: E\n"), NULL, atd_test_pool);
    *(atd_feed_item_t *)apr_array_push(items) =
        (atd_feed_item_t){.facts = &facts, .url = "https://example.org/blog/a", .modified = 1};
    HAS(written(ATD_FEED_RSS), "<description>E</description>\n</item>");
    TEXT_AT(atd_value_at(atd_value_get(json(), "items"), 0), "content_html", "<p>E</p>");
}
END_TEST

START_TEST(change_is_not_before_the_date)
{
    begin("title: Blog\n");
    add("posts/b.md", "title: B\ndate: '2025-06-20'\n", "x\n", 1750147200);
    add("posts/c.md", "title: C\ndate: '2025-06-10'\n", "x\n", 1750147200);
    HAS(written(ATD_FEED_RSS), "<lastBuildDate>Fri, 20 Jun 2025 00:00:00 +0000</lastBuildDate>");
    HAS(written(ATD_FEED_ATOM), "<published>2025-06-20T00:00:00+00:00</published>\n<updated>2025-06-20T00:00:00+00:00");
    HAS(written(ATD_FEED_ATOM), "<published>2025-06-10T00:00:00+00:00</published>\n<updated>2025-06-17T08:00:00+00:00");
}
END_TEST

START_TEST(language_must_be_one)
{
    static const char *const others[] = {"", "-", "en-", "-en", "1en", "en us", "\"><x", "abcdefghi", "en--us"};

    begin("title: Blog\n");
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        feed.lang = others[i];
        LACKS(written(ATD_FEED_RSS), "<language");
        LACKS(written(ATD_FEED_ATOM), "xml:lang");
    }
    feed.lang = "zh_Hant-TW";
    HAS(written(ATD_FEED_RSS), "<language>zh-Hant-TW</language>");
}
END_TEST

START_TEST(hostile_text_stays_text)
{
    begin("title: Blog\n");
    feed.title = "</title>\x01\xFF<script>";
    add("posts/b.md", "title: ']]></title>&amp;'\ntags: ['\"/><x']\n", "`]]>` x\n\n<script>x</script>\n", 1750147200);
    HAS(written(ATD_FEED_RSS), "<title>&lt;/title&gt;\xEF\xBF\xBD\xEF\xBF\xBD&lt;script&gt;</title>");
    HAS(written(ATD_FEED_RSS), "<title>]]&gt;&lt;/title&gt;&amp;amp;</title>");
    HAS(written(ATD_FEED_ATOM), "<category term=\"&quot;/&gt;&lt;x\"/>");
    LACKS(written(ATD_FEED_RSS), "<script");
    LACKS(written(ATD_FEED_JSON), "<");
}
END_TEST

START_TEST(too_large_is_an_error)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, 1000);
    const char *text;

    begin("title: Blog\n");
    add("posts/b.md", "title: B\n", repeated("word ", 500), 1750147200);
    for (int format = ATD_FEED_RSS; format <= ATD_FEED_JSON; format++) {
        ATD_OK(atd_feed_write(out, (atd_feed_format_t)format, site, &feed, atd_test_pool));
        ATD_FAILS(atd_buffer_take(&text, NULL, out, "the feed"), ATD_E_LIMIT, 0, 0);
    }
}
END_TEST

START_TEST(too_large_a_post_is_an_error)
{
    atd_body_t body = {.summary = "s"};
    atd_facts_t facts;

    begin("title: Blog\n");
    body.html = repeated("<a href=#>", ATD_MAX_PAGE / 20);
    body.length = strlen(body.html);
    atd_facts_of_post(&facts, site, post_of("title: T\n"), &body, atd_test_pool);
    *(atd_feed_item_t *)apr_array_push(items) =
        (atd_feed_item_t){.facts = &facts, .url = "https://example.org/blog/a", .modified = 1};
    for (int format = ATD_FEED_RSS; format <= ATD_FEED_JSON; format++)
        ATD_FAILS(atd_feed_write(atd_buffer_create(atd_test_pool, 0, ATD_MAX_FEED), (atd_feed_format_t)format, site,
                                 &feed, atd_test_pool),
                  ATD_E_LIMIT, 0, 0);
}
END_TEST

Suite *feed_suite(void)
{
    Suite *suite = suite_create("feed");
    TCase *tests = site_test_case(suite, "feed");

    tcase_add_test(tests, types);
    tcase_add_test(tests, rss);
    tcase_add_test(tests, atom);
    tcase_add_test(tests, json_feed);
    tcase_add_test(tests, what_is_not_known_is_left_out);
    tcase_add_test(tests, empty_feed);
    tcase_add_test(tests, excerpts_only);
    tcase_add_test(tests, warning_comes_first);
    tcase_add_test(tests, post_without_a_body_has_its_excerpt);
    tcase_add_test(tests, change_is_not_before_the_date);
    tcase_add_test(tests, language_must_be_one);
    tcase_add_test(tests, hostile_text_stays_text);
    tcase_add_test(tests, too_large_is_an_error);
    tcase_add_test(tests, too_large_a_post_is_an_error);
    return suite;
}
