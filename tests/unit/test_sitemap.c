/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_sitemap.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static atd_sitemap_t sitemap;
static atd_buffer_t *out;

static void begin(void)
{
    out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_SITEMAP);
    atd_sitemap_begin(&sitemap, out, open_site(), atd_test_pool);
}

static const char *ended(void)
{
    const char *text = NULL;

    atd_sitemap_end(&sitemap);
    ATD_OK(atd_buffer_take(&text, NULL, out, "the sitemap"));
    return text;
}

START_TEST(entry_is_written)
{
    const atd_sitemap_entry_t entry = {.url = "https://example.org/blog/a?x&y",
                                       .modified = {.at = apr_time_from_sec(1750082780), .offset = 7200},
                                       .priority = ATD_PRIORITY_HIGH,
                                       .image = "https://example.org/i.png",
                                       .image_title = "T & t",
                                       .image_caption = "C",
                                       .alternates = NULL};

    begin();
    ck_assert(atd_sitemap_put(&sitemap, &entry));
    HAS(ended(), "<url>\n<loc>https://example.org/blog/a?x&amp;y</loc>\n<lastmod>2025-06-16T16:06:20+02:00</lastmod>\n"
                 "<priority>1.0</priority>\n<image:image>\n<image:loc>https://example.org/i.png</image:loc>\n"
                 "<image:caption>C</image:caption>\n<image:title>T &amp; t</image:title>\n</image:image>\n</url>\n"
                 "</urlset>\n");
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
    const atd_sitemap_entry_t entry = {.url = "https://example.org/blog/", .priority = ATD_PRIORITY_MEDIUM};
    const atd_sitemap_entry_t low = {.url = "https://example.org/blog/b", .priority = ATD_PRIORITY_LOW};

    begin();
    atd_sitemap_put(&sitemap, &entry);
    atd_sitemap_put(&sitemap, &low);
    HAS(ended(), "<url>\n<loc>https://example.org/blog/</loc>\n</url>\n"
                 "<url>\n<loc>https://example.org/blog/b</loc>\n<priority>0.3</priority>\n</url>\n");
}
END_TEST

START_TEST(others_urls_are_left_out)
{
    static const char *const others[] = {"https://example.org/",
                                         "https://example.org/blogs/",
                                         "http://example.org/blog/",
                                         "https://evil.org/blog/",
                                         "/blog/a",
                                         ""};
    const char *head;

    begin();
    head = ended();
    begin();
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert(atd_sitemap_put(&sitemap, &(atd_sitemap_entry_t){.url = others[i]}));
    ck_assert(
        atd_sitemap_put(&sitemap, &(atd_sitemap_entry_t){.url = apr_pstrcat(atd_test_pool, "https://example.org/blog/",
                                                                            repeated("x", 2023), NULL)}));
    ck_assert_str_eq(ended(), head);
}
END_TEST

START_TEST(full_at_50000_urls)
{
    const atd_sitemap_entry_t entry = {.url = "https://example.org/blog/a"};

    begin();
    for (int i = 0; i < 50000; i++)
        ck_assert(atd_sitemap_put(&sitemap, &entry));
    ck_assert(!atd_sitemap_put(&sitemap, &entry));
    ck_assert(atd_sitemap_put(&sitemap, &(atd_sitemap_entry_t){.url = "https://other.org/"}));
    ck_assert_uint_eq(sitemap.urls, 50000);
    ended();
    atd_sitemap_begin(&sitemap, out, open_site(), atd_test_pool);
    ck_assert(atd_sitemap_put(&sitemap, &entry));
}
END_TEST

START_TEST(full_at_its_size)
{
    const atd_sitemap_entry_t entry = {
        .url = "https://example.org/blog/a", .image = "i", .image_caption = repeated("&", 1000000)};
    unsigned count = 0;

    begin();
    while (atd_sitemap_put(&sitemap, &entry))
        count++;
    ck_assert(count > 5 && count < 10);
    ck_assert_uint_eq(count_of(ended(), "<url>"), count);
}
END_TEST

START_TEST(alternates_are_written)
{
    const atd_site_t *site = open_site_with("language: en_US\n");
    const atd_post_t *post =
        post_of("translations: {de: 'a-de', fr_CA: 'https://x.org/a&b', en-us: other, xx: 'javascript:x'}\n");
    const atd_sitemap_entry_t entry = {
        .url = "https://example.org/blog/a",
        .alternates = atd_sitemap_alternates(site, post, "https://example.org/blog/a", atd_test_pool)};

    begin();
    atd_sitemap_put(&sitemap, &entry);
    HAS(ended(), "<loc>https://example.org/blog/a</loc>\n"
                 "<xhtml:link rel=\"alternate\" hreflang=\"en-US\" href=\"https://example.org/blog/a\"/>\n"
                 "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"https://example.org/blog/a-de\"/>\n"
                 "<xhtml:link rel=\"alternate\" hreflang=\"fr-CA\" href=\"https://x.org/a&amp;b\"/>\n</url>\n");
    ck_assert_ptr_null(atd_sitemap_alternates(site, post_of("title: T\n"), "https://example.org/", atd_test_pool));
}
END_TEST

START_TEST(index_is_written)
{
    apr_array_header_t *parts = apr_array_make(atd_test_pool, 2, sizeof(atd_sitemap_part_t));
    const atd_sitemap_part_t part = {.url = "https://example.org/blog/sitemap-1.xml?a&b",
                                     .modified = {.at = apr_time_from_sec(1750082780)}};
    const char *text = NULL;

    APR_ARRAY_PUSH(parts, atd_sitemap_part_t) = part;
    APR_ARRAY_PUSH(parts, atd_sitemap_part_t) = (atd_sitemap_part_t){.url = "https://example.org/blog/sitemap-2.xml"};
    out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_SITEMAP);
    ATD_OK(atd_sitemap_write_index(out, parts, atd_test_pool));
    ATD_OK(atd_buffer_take(&text, NULL, out, "the index"));
    HAS(text, "<sitemap>\n<loc>https://example.org/blog/sitemap-1.xml?a&amp;b</loc>\n"
              "<lastmod>2025-06-16T14:06:20+00:00</lastmod>\n</sitemap>\n"
              "<sitemap>\n<loc>https://example.org/blog/sitemap-2.xml</loc>\n</sitemap>\n</sitemapindex>\n");
    for (int i = 0; i < ATD_MAX_SITEMAP_URLS; i++)
        APR_ARRAY_PUSH(parts, atd_sitemap_part_t) = part;
    ATD_FAILS(atd_sitemap_write_index(out, parts, atd_test_pool), ATD_E_LIMIT, 0, 0);
}
END_TEST

Suite *sitemap_suite(void)
{
    Suite *suite = suite_create("sitemap");
    TCase *tests = site_test_case(suite, "sitemap");

    tcase_add_test(tests, entry_is_written);
    tcase_add_test(tests, what_is_not_known_is_left_out);
    tcase_add_test(tests, others_urls_are_left_out);
    tcase_add_test(tests, full_at_50000_urls);
    tcase_add_test(tests, full_at_its_size);
    tcase_add_test(tests, alternates_are_written);
    tcase_add_test(tests, index_is_written);
    return suite;
}
