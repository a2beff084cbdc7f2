/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"
#include "site_fixture.h"

#include <apr_strings.h>

#define EVIL_YAML "'</script><script>alert(1)</script>\"''&'"

static void check_error(const atd_page_t *page, int status)
{
    ck_assert_msg(page->status == status, "%d: %s", page->status, page->body);
    ck_assert_str_eq(page->type, "text/html; charset=utf-8");
    ck_assert(!page->indexable);
    ck_assert_ptr_null(page->location);
    ck_assert_ptr_nonnull(strstr(page->body, "</html>"));
}

START_TEST(post_is_shown)
{
    const atd_page_t *page;

    put_file("posts/a.md", markdown_of("title: A post\nlang: de\ntags: [x]\n", "## Part\n\nSome *text*.\n"));
    page = page_at(open_site(), "a");
    ck_assert_int_eq(page->status, 200);
    ck_assert_str_eq(page->type, "text/html; charset=utf-8");
    ck_assert_str_eq(page->lang, "de");
    ck_assert(page->indexable && !page->personal && !page->immutable);
    ck_assert_ptr_null(page->error);
    HAS(page->body, "<!DOCTYPE html>");
    HAS(page->body, "<html lang=\"de\"");
    HAS(page->body, "<title>A post | Blog</title>");
    HAS(page->body, "Some <em>text</em>.");
    ck_assert_uint_eq(count_of(page->body, "<h1"), 1);
}
END_TEST

START_TEST(home_lists_public_posts)
{
    const atd_page_t *page;

    put_file("posts/old.md", "---\ntitle: Old\ndate: 2024-01-01\n---\n");
    put_file("posts/new.md", "---\ntitle: New\ndate: 2025-01-01\n---\n");
    put_file("posts/top.md", "---\ntitle: Top\ndate: 2020-01-01\nfeatured: true\n---\n");
    put_file("posts/draft.md", "---\ntitle: Hidden\nstatus: draft\n---\n");
    put_file("posts/later.md", "---\ntitle: Hidden\ndate: 2030-01-01\n---\n");
    put_file("posts/broken.md", "---\ntitle: Hidden: x\n---\n");
    put_file("pages/about.md", "---\ntitle: Hidden\n---\n");
    page = page_at(open_site(), "");
    ck_assert_int_eq(page->status, 200);
    ck_assert(page->indexable && !page->personal);
    LACKS(page->body, "Hidden");
    ck_assert(strstr(page->body, ">Top<") < strstr(page->body, ">New<"));
    ck_assert(strstr(page->body, ">New<") < strstr(page->body, ">Old<"));
}
END_TEST

START_TEST(drafts_are_shown_to_their_author)
{
    const atd_page_t *page;

    put_file("posts/a.md", "---\ntitle: Secret\nstatus: draft\n---\n");
    check_error(page_at(open_site(), "a"), 404);
    LACKS(page_at(open_site(), "a")->body, "Secret");
    test_config.drafts = true;
    page = page_at(open_site(), "a");
    ck_assert_int_eq(page->status, 200);
    ck_assert(page->personal && !page->indexable);
    HAS(page->body, "noindex");
    page = page_at(open_site(), "");
    HAS(page->body, "Secret");
    ck_assert(page->personal && !page->indexable);
}
END_TEST

START_TEST(what_is_not_there_is_404)
{
    static const char *const rests[] = {"none",   "none/", "../etc/passwd", "%2e%2e", "a.md", "_theme/none.0123.css",
                                        "_theme", "a/b",   ".git",          "None"};

    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++) {
        const atd_page_t *page = page_at(open_site(), rests[i]);

        check_error(page, 404);
        ck_assert_ptr_null(page->error);
        ck_assert(!page->personal);
        LACKS(page->body, "name=\"robots\"");
        LACKS(page->body, "canonical");
    }
}
END_TEST

START_TEST(missing_page_suggests_public_posts)
{
    static const char *const rests[] = {"my-first-pots", "my-first-pots/", "2024/my-first-pots", "tag/my-first-pots",
                                        "my-first-posts"};

    put_file("posts/my-first-post.md", "---\ntitle: The first one\n---\n");
    put_file("posts/my-first-posts.md", "---\ntitle: Secret\nstatus: draft\n---\n");
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++) {
        const atd_page_t *page = page_at(open_site(), rests[i]);

        check_error(page, 404);
        HAS(page->body, "The first one");
        LACKS(page->body, "Secret");
    }
    LACKS(page_at(open_site(), "quite-another-thing")->body, "The first one");
    test_config.drafts = true;
    LACKS(page_at(open_site(), "my-first-pots")->body, "Secret");
}
END_TEST

START_TEST(gone_post_is_410)
{
    put_file("a.md", "---\nstatus: gone\ntitle: Secret\n---\n");
    check_error(page_at(open_site(), "a"), 410);
    check_error(page_at(open_site(), "a/"), 410);
    LACKS(page_at(open_site(), "a")->body, "Secret");
    test_config.drafts = true;
    ck_assert_int_eq(page_at(open_site(), "a")->status, 200);
}
END_TEST

START_TEST(slash_and_capitals_are_redirected)
{
    const atd_page_t *page;

    put_file("a.md", "x");
    put_file("draft.md", "---\nstatus: draft\n---\n");
    page = page_at(open_site(), "a/");
    ck_assert_int_eq(page->status, 301);
    ck_assert_str_eq(page->location, "https://example.org/blog/a");
    ck_assert_str_eq(page_at(open_site(), "A")->location, "https://example.org/blog/a");
    ck_assert(!page->personal);
    check_error(page_at(open_site(), "draft/"), 404);
    test_config.drafts = true;
    page = page_at(open_site(), "draft/");
    ck_assert_int_eq(page->status, 301);
    ck_assert(page->personal);
}
END_TEST

static void check_right(const char *rest, const char *location)
{
    const atd_page_t *page = page_at(open_site(), rest);

    ck_assert_msg(page->status == 301, "%s: %d", rest, page->status);
    ck_assert_str_eq(page->location, location);
    ck_assert(page->keeps_query && !page->personal);
}

START_TEST(other_ways_to_write_a_slug_are_redirected)
{
    static const char *const rests[] = {"\xC3\x9C"
                                        "ber",
                                        "\xC3\xBC"
                                        "ber/",
                                        "\xC3\x9C"
                                        "BER.html",
                                        "u\xCC\x88"
                                        "ber",
                                        "posts/\xC3\xBC"
                                        "ber",
                                        "blog/\xC3\xBC"
                                        "ber/index.html",
                                        "2025/06/16/\xC3\xBC"
                                        "ber.html",
                                        "_\xC3\xBC"
                                        "ber/"};

    put_file("\xC3\xBC"
             "ber.md",
             markdown_of("date: 2025-06-16\n", "x"));
    for (unsigned i = 0; i + 1 < sizeof rests / sizeof *rests; i++)
        check_right(rests[i], "https://example.org/blog/%C3%BCber");
    check_right("!\xC3\xBC"
                "ber",
                "https://example.org/blog/%C3%BCber");
    check_error(page_at(open_site(), rests[7]), 404); /* hidden */
    check_error(page_at(open_site(), "2024/06/16/\xC3\xBC"
                                     "ber"),
                404);
    check_error(page_at(open_site(), "none/\xC3\xBC"
                                     "ber"),
                404);
    check_error(page_at(open_site(), "posts/none"), 404);
}
END_TEST

START_TEST(home_has_one_address)
{
    put_file("a.md", "x");
    check_right("index.html", "https://example.org/blog/");
    check_right("page/1", "https://example.org/blog/");
    check_right("page/1/", "https://example.org/blog/");
    check_error(page_at(open_site(), "page/2"), 404);
    check_right("feed/", "https://example.org/blog/feed.xml");
    check_right("feed", "https://example.org/blog/feed.xml");
    check_right("atom", "https://example.org/blog/atom.xml");
}
END_TEST

START_TEST(permalink_is_where_a_post_is)
{
    const char *url = "https://example.org/blog/2025/06/a";
    const atd_page_t *page;

    put_file("site.yaml", "url: https://example.org/blog\npermalink: /:year/:month/:slug\n");
    put_file("posts/a.md", markdown_of("date: 2025-06-16\ncategory: News\n", "[b](b.md) [c](c.md#x)\n"));
    put_file("posts/b.md", markdown_of("date: 2025-01-31\n", "Text\n"));
    put_file("posts/c.md", markdown_of("title: Undated\n", "Text\n"));
    put_file("pages/about.md", markdown_of("date: 2025-01-31\n", "Text\n"));
    page = page_at(open_site(), "2025/06/a");
    ck_assert_int_eq(page->status, 200);
    HAS(page->body, "<link rel=\"canonical\" href=\"https://example.org/blog/2025/06/a\">");
    HAS(page->body, "<a href=\"/blog/2025/01/b\">b</a>");
    HAS(page->body, "<a href=\"/blog/c#x\">c</a>");
    LACKS(page->body, "/blog/a\"");
    HAS(page_at(open_site(), "")->body, "href=\"/blog/2025/06/a\"");
    check_right("a", url);
    check_right("A/", url);
    check_right("a.html", url);
    check_right("2025/06/a/", url);
    check_right("2025/06/A", url);
    check_right("2025/6/a.html", url);
    check_right("news/2025/06/16/a/index.html", url);
    check_error(page_at(open_site(), "2025/07/a"), 404);
    check_error(page_at(open_site(), "2025/06/b"), 404);
    ck_assert_int_eq(page_at(open_site(), "c")->status, 200);
    ck_assert_int_eq(page_at(open_site(), "about")->status, 200);
    check_right("2025/01/about", "https://example.org/blog/about");
}
END_TEST

START_TEST(permalink_tells_nothing_of_hidden_posts)
{
    static const char *const rests[] = {"2025/06/a", "a", "A/", "posts/a", "2025/6/a.html"};

    put_file("site.yaml", "permalink: /:year/:month/:slug\n");
    put_file("a.md", markdown_of("date: 2025-06-16\nstatus: draft\n", "Secret\n"));
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++)
        check_error(page_at(open_site(), rests[i]), 404);
    test_config.drafts = true;
    ck_assert_int_eq(page_at(open_site(), "2025/06/a")->status, 200);
    ck_assert_int_eq(page_at(open_site(), "a")->status, 301);
    ck_assert(page_at(open_site(), "a")->personal);
    test_config.drafts = false;
    put_file("a.md", markdown_of("date: 2025-06-16\nstatus: gone\n", "Secret\n"));
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++)
        check_error(page_at(open_site(), rests[i]), 410);
    check_error(page_at(open_site(), "2024/06/a"), 404);
}
END_TEST

START_TEST(redirect_under_a_permalink_makes_no_circle)
{
    put_file("site.yaml", "permalink: /:year/:slug\n");
    put_file("a.md", markdown_of("date: 2025-06-16\nredirect: /blog/a\n", "Text\n"));
    put_file("b.md", markdown_of("date: 2025-06-16\nredirect: /blog/2025/b\n", "Text\n"));
    put_file("c.md", markdown_of("date: 2025-06-16\nredirect: {to: /x, status: 302}\n", "Text\n"));
    ck_assert_int_eq(page_at(open_site(), "2025/a")->status, 200);
    ck_assert_int_eq(page_at(open_site(), "2025/b")->status, 200);
    ck_assert_int_eq(page_at(open_site(), "2025/c")->status, 302);
    ck_assert(!page_at(open_site(), "2025/c")->keeps_query);
}
END_TEST

/* Its last good page is kept under its own address; elsewhere there is nothing to keep. */
START_TEST(broken_post_has_its_permalink)
{
    put_file("a.md", "---\ntitle: A: b\n---\n");
    check_error(page_at(open_site(), "2025/06/a"), 404);
    put_file("site.yaml", "permalink: /:year/:month/:slug\n");
    check_error(page_at(open_site(), "2025/06/a"), 500);
}
END_TEST

START_TEST(post_comes_before_a_list_of_its_name)
{
    static const char *const names[] = {"tags", "categories", "authors", "archive", "search", "feed", "rss", "atom"};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        const char *file = apr_pstrcat(atd_test_pool, names[i], ".md", NULL);

        put_file(file, markdown_of("title: Mine\nstatus: draft\n", "x"));
        LACKS(page_at(open_site(), names[i])->body, "Mine");
        put_file(file, markdown_of("title: Mine\n", "x"));
        ck_assert_int_eq(page_at(open_site(), names[i])->status, 200);
        HAS(page_at(open_site(), names[i])->body, "<title>Mine | Blog</title>");
    }
    check_right("Tags/", "https://example.org/blog/tags");
    check_error(page_at(open_site(), "tag/tags"), 404);
    check_error(page_at(open_site(), "archive/2025"), 404);
    ck_assert_str_eq(page_at(open_site(), "feed.xml")->type, "application/rss+xml; charset=utf-8");
}
END_TEST

START_TEST(post_may_redirect)
{
    const atd_page_t *page;

    put_file("a.md", "---\nredirect: {to: b, status: 302}\n---\n");
    put_file("c.md", "---\nredirect_to: '/caf\xC3\xA9 x'\nstatus: draft\n---\n");
    put_file("d.md", "---\nredirect: https://x.org/\n---\n");
    page = page_at(open_site(), "a");
    ck_assert_int_eq(page->status, 302);
    ck_assert_str_eq(page->location, "https://example.org/blog/b");
    ck_assert_int_eq(page_at(open_site(), "d")->status, 301);
    ck_assert_str_eq(page_at(open_site(), "d")->location, "https://x.org/");
    check_error(page_at(open_site(), "c"), 404);
    test_config.drafts = true;
    page = page_at(open_site(), "c");
    ck_assert_str_eq(page->location, "https://example.org/caf%C3%A9%20x");
    ck_assert(page->personal);
}
END_TEST

START_TEST(redirect_to_itself_shows_the_post)
{
    put_file("a.md", markdown_of("redirect: /blog/a\n", "Some text.\n"));
    ck_assert_int_eq(page_at(open_site(), "a")->status, 200);
}
END_TEST

START_TEST(broken_post_is_500)
{
    const atd_page_t *page;

    put_file("posts/a.md", "---\ntitle: A: secret\n---\n");
    page = page_at(open_site(), "a");
    check_error(page, 500);
    LACKS(page->body, "secret");
    LACKS(page->body, "a.md");
    ck_assert(!page->personal);
    ATD_FAILS(page->error, ATD_E_YAML, 2, 9);
    test_config.debug = true;
    page = page_at(open_site(), "a");
    check_error(page, 500);
    ck_assert(page->personal);
    HAS(page->body, "posts/a.md");
    HAS(page->body, "title: A: secret");
    HAS(page->body, "ATD0011");
    check_error(page_at(open_site(), "a/"), 500);
}
END_TEST

START_TEST(hostile_text_stays_text)
{
    const atd_page_t *page;

    put_file("a.md",
             markdown_of("title: " EVIL_YAML "\nexcerpt: " EVIL_YAML "\nauthor: " EVIL_YAML "\ntags: [" EVIL_YAML
                         "]\ncategory: " EVIL_YAML "\nseries: " EVIL_YAML "\nimage: {src: /a.png, alt: " EVIL_YAML
                         ", caption: " EVIL_YAML "}\ncontentSettings: {contentWarning: " EVIL_YAML "}\n"
                         "layout: " EVIL_YAML "\nadvanced: {customJS: alert(1), customCSS: '</style>'}\n",
                         "<script>alert(1)</script>\n\n[x](javascript:alert(1))\n"));
    page = page_at(open_site_with("title: " EVIL_YAML "\ndescription: " EVIL_YAML "\nfooter: " EVIL_YAML "\n"), "a");
    ck_assert_int_eq(page->status, 200);
    LACKS(page->body, "<script>");
    LACKS(page->body, "javascript:");
    LACKS(page->body, "<style>");
    ck_assert_uint_eq(count_of(page->body, "</script>"), 1);
    TEXT_AT(atd_value_at(atd_value_get(jsonld_of(page->body), "@graph"), 0), "headline",
            "</script><script>alert(1)</script>\"'&");
    page = page_at(open_site(), "");
    LACKS(page->body, "<script>");
}
END_TEST

START_TEST(layout_chooses_a_template)
{
    put_file("theme/wide.mustache", "wide {{post.title}}");
    ATD_OK(
        atd_theme_load(&test_config.theme, &(atd_root_t){.path = test_content.path, .below = "theme"}, atd_test_pool));
    put_file("a.md", "---\ntitle: A\nlayout: wide\n---\n");
    put_file("b.md", "---\ntitle: B\nlayout: unknown\n---\n");
    put_file("pages/c.md", "---\ntitle: C\n---\n");
    ck_assert_str_eq(page_at(open_site(), "a")->body, "wide A");
    HAS(page_at(open_site(), "b")->body, "kind-post");
    HAS(page_at(open_site(), "c")->body, "kind-page");
}
END_TEST

START_TEST(broken_theme_still_answers)
{
    const atd_page_t *page;

    put_file("theme/post.mustache", "{{#a}}");
    put_file("theme/error.mustache", "{{>none}}");
    put_file("theme/home.mustache", "{{site}}");
    ATD_OK(
        atd_theme_load(&test_config.theme, &(atd_root_t){.path = test_content.path, .below = "theme"}, atd_test_pool));
    put_file("a.md", "x");
    page = page_at(open_site(), "a");
    check_error(page, 500);
    ck_assert_str_eq(page->error->file, "post.mustache");
    check_error(page_at(open_site(), ""), 500);
    check_error(page_at(open_site(), "none"), 404);
}
END_TEST

START_TEST(assets_are_served)
{
    const atd_page_t *page;
    atd_asset_t asset;

    ck_assert(atd_theme_asset(&asset, test_config.theme, "style.css"));
    page = page_at(open_site(), apr_psprintf(atd_test_pool, "_theme/style.%s.css", asset.hash));
    ck_assert_int_eq(page->status, 200);
    ck_assert_str_eq(page->type, "text/css; charset=utf-8");
    ck_assert(page->immutable && page->indexable);
    ck_assert_ptr_eq(page->body, asset.bytes);
    page = page_at(open_site(), "_theme/style.000000000000.css");
    ck_assert_int_eq(page->status, 200);
    ck_assert(!page->immutable);
    check_error(page_at(open_site(), "_theme/home.000000000000.mustache"), 404);
}
END_TEST

/* Escaped, what is said four times of a post can get larger than a head may be. */
START_TEST(head_that_is_too_large_is_500)
{
    const char *description =
        apr_pstrcat(atd_test_pool, "description: '", repeated("<", 60000), "'\nvideo: {url: /v.mp4}\n", NULL);

    put_file("a.md", markdown_of(description, "Text\n"));
    check_error(page_at(open_site(), "a"), 500);
    ATD_FAILS(page_at(open_site(), "a")->error, ATD_E_LIMIT, 0, 0);
}
END_TEST

START_TEST(missing_folder_is_500)
{
    atd_site_t site = *open_site();

    site.content.path = "/nonexistent";
    check_error(page_at(&site, ""), 500);
    check_error(page_at(&site, "a"), 500);
}
END_TEST

START_TEST(error_pages_have_words)
{
    static const int statuses[] = {404, 410, 500, 503, 403, 418};
    const atd_site_t *site = open_site();
    atd_page_t page;

    for (unsigned i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        atd_page_of_error(&page, site, statuses[i], NULL, atd_test_pool);
        check_error(&page, statuses[i]);
    }
}
END_TEST

START_TEST(post_is_rendered_whether_public_or_not)
{
    atd_page_t page = {0};

    put_file("a.md", markdown_of("status: draft\ntitle: A\n", "Text\n"));
    ATD_OK(atd_page_of_post(&page, open_site(), load_post("a.md"), atd_test_pool));
    ck_assert_int_eq(page.status, 200);
    ck_assert(page.personal && !page.indexable);
}
END_TEST

Suite *page_suite(void)
{
    Suite *suite = suite_create("page");
    TCase *tests = site_test_case(suite, "page");

    tcase_add_test(tests, post_is_shown);
    tcase_add_test(tests, home_lists_public_posts);
    tcase_add_test(tests, drafts_are_shown_to_their_author);
    tcase_add_test(tests, what_is_not_there_is_404);
    tcase_add_test(tests, missing_page_suggests_public_posts);
    tcase_add_test(tests, gone_post_is_410);
    tcase_add_test(tests, slash_and_capitals_are_redirected);
    tcase_add_test(tests, other_ways_to_write_a_slug_are_redirected);
    tcase_add_test(tests, home_has_one_address);
    tcase_add_test(tests, permalink_is_where_a_post_is);
    tcase_add_test(tests, permalink_tells_nothing_of_hidden_posts);
    tcase_add_test(tests, redirect_under_a_permalink_makes_no_circle);
    tcase_add_test(tests, broken_post_has_its_permalink);
    tcase_add_test(tests, post_comes_before_a_list_of_its_name);
    tcase_add_test(tests, post_may_redirect);
    tcase_add_test(tests, redirect_to_itself_shows_the_post);
    tcase_add_test(tests, broken_post_is_500);
    tcase_add_test(tests, hostile_text_stays_text);
    tcase_add_test(tests, layout_chooses_a_template);
    tcase_add_test(tests, broken_theme_still_answers);
    tcase_add_test(tests, assets_are_served);
    tcase_add_test(tests, head_that_is_too_large_is_500);
    tcase_add_test(tests, missing_folder_is_500);
    tcase_add_test(tests, error_pages_have_words);
    tcase_add_test(tests, post_is_rendered_whether_public_or_not);
    return suite;
}
