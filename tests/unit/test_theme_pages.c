/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_theme.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

/*
 * What the default theme makes of the data that docs/templates.md describes, written here by hand: a title full of
 * markup, empty lists, the first and the last page. The data are flow YAML, which fits into strings of C.
 */

#define EVIL "'\"><script>alert(1)</script>&'"
#define EVIL_ESCAPED "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"

#define FRAME                                                                                                          \
    "site: {title: T, description: null, path: /b/, author: null, footer: null, year: 2025, nav: [], social: [], "     \
    "newsletter: null, search: /b/search, archive: /b/archive, tags: /b/tags, categories: /b/categories, "             \
    "feeds: {rss: /b/feed.xml, atom: /b/atom.xml, json: /b/feed.json}}, "                                              \
    "assets: {style_css: /b/s.css, icon_svg: null}"
#define PAGE(kind) "page: {kind: " kind ", title: Heading, head: '<title>x</title>', lang: en, dir: ltr, generator: g}"

#define SUMMARY(name, title)                                                                                           \
    "{title: " title ", slug: " name ", path: /b/" name ", url: 'https://e.org/b/" name "', excerpt: " title           \
    ", date: {iso: '2025-06-16', day: '2025-06-16', text: 'June 16, 2025'}, modified: null, "                          \
    "category: {name: " title ", slug: c, path: /b/category/c}, "                                                      \
    "tags: [{name: " title ", slug: t, path: /b/tag/t}, {name: Bare, slug: bare, path: null}], hasTags: true, "        \
    "authors: [" PERSON ", {name: Guest, slug: g, role: null, image: null, url: 'https://g.example/', email: null, "   \
    "bio: null, social: [], path: null}], author: " PERSON ", image: null, readingTime: null, featured: false, "       \
    "priority: medium, series: null, hidden: null, lang: en, layout: null, data: {}, snippet: 'a <mark>b</mark>'}"
#define PERSON                                                                                                         \
    "{name: Nora, slug: nora, role: Editor, image: /n.svg, url: 'https://n.example/', email: n@e.org, bio: " EVIL      \
    ", social: [{name: x, label: X, url: 'https://x.example/'}], path: /b/author/nora}"

#define NO_PAGES "hasPagination: false, pagination: null"
#define SECOND_OF_THREE                                                                                                \
    "hasPagination: true, pagination: {page: 2, pages: 3, total: 5, previous: {path: /b/, page: 1}, "                  \
    "next: {path: /b/page/3, page: 3}, first: {path: /b/, page: 1}, last: {path: /b/page/3, page: 3}, items: ["        \
    "{page: 1, path: /b/, isCurrent: false, isGap: false}, {page: 2, path: /b/page/2, isCurrent: true, isGap: "        \
    "false}, "                                                                                                         \
    "{page: null, path: null, isCurrent: false, isGap: true}, "                                                        \
    "{page: 3, path: /b/page/3, isCurrent: false, isGap: false}]}"

/* All keys of a list but those that a test sets. */
#define LIST_OF(kind) "kind: " kind ", slug: l, count: 5, month: null, feeds: {rss: /b/l/feed.xml, atom: a, json: j}"
#define PLAIN                                                                                                          \
    "description: null, color: null, image: null, parent: null, children: [], hasChildren: false, content: null"

static const char *page_of(const char *name, const char *data)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const atd_theme_t *theme = NULL;
    const char *html = NULL;

    ATD_OK(atd_theme_load(&theme, NULL, atd_test_pool));
    data = apr_pstrcat(atd_test_pool, "{" FRAME ", ", data, "}", NULL);
    ATD_OK(atd_theme_render(out, theme, name, yaml_of(data), atd_test_pool));
    ATD_OK(atd_buffer_take(&html, NULL, out, "the page"));
    LACKS(html, "<script");
    ck_assert_uint_eq(count_of(html, "<h1"), 1);
    ck_assert_uint_eq(count_of(html, "<main "), 1);
    return html;
}

static void check_second_of_three(const char *html)
{
    HAS(html, "<nav class=\"pagination\" aria-label=\"Pages\">");
    HAS(html, "href=\"/b/\" rel=\"prev\"");
    HAS(html, "href=\"/b/page/3\" rel=\"next\"");
    HAS(html, "<a href=\"/b/page/2\" aria-current=\"page\"");
    HAS(html, "<li><span>…</span></li>");
    HAS(html, "Page 2 of 3");
    ck_assert_uint_eq(count_of(html, "aria-current"), 1);
}

START_TEST(home_begins_large_and_goes_on_in_pages)
{
    const char *html = page_of("home", PAGE("home") ", posts: [" SUMMARY("p", EVIL) "], list: null, " NO_PAGES);

    HAS(html, "class=\"grid lead\"");
    HAS(html, "<a class=\"u-url\" href=\"/b/p\">" EVIL_ESCAPED "</a>");
    HAS(html, "<a class=\"p-category\" href=\"/b/category/c\">" EVIL_ESCAPED "</a>");
    LACKS(html, "rel=\"next\"");
    LACKS(html, "There are no posts yet");
    html = page_of("home", PAGE("home") ", posts: [" SUMMARY("p", "P") "], list: null, " SECOND_OF_THREE);
    HAS(html, "class=\"grid\"");
    check_second_of_three(html);
    HAS(page_of("home", PAGE("home") ", posts: [], list: null, " NO_PAGES), "There are no posts yet");
}
END_TEST

START_TEST(every_page_leads_to_archive_tags_search_and_feed)
{
    const char *html = page_of("home", PAGE("home") ", posts: [], list: null, " NO_PAGES);

    HAS(html, "href=\"/b/archive\"");
    HAS(html, "href=\"/b/tags\"");
    HAS(html, "href=\"/b/categories\"");
    HAS(html, "href=\"/b/search\" rel=\"search\"");
    HAS(html, "href=\"/b/feed.xml\" rel=\"alternate\" type=\"application/rss+xml\"");
}
END_TEST

START_TEST(category_shows_all_that_its_file_says)
{
    const char *html = page_of(
        "list", PAGE("category") ", posts: [" SUMMARY("p", EVIL) "], " NO_PAGES ", list: {" LIST_OF(
                    "category") ", "
                                "title: " EVIL ", description: " EVIL ", color: '#0a6e8c', person: null, year: null, "
                                "image: {src: /i.png, alt: " EVIL
                                ", width: 4, height: 3}, parent: {name: Up, path: /b/category/up}, "
                                "children: [{name: Down, path: /b/category/down, count: 2}], hasChildren: true, "
                                "content: '<p>Body</p>', isFirst: true}");

    HAS(html, "<h1 class=\"p-name\">" EVIL_ESCAPED "</h1>");
    HAS(html, "<p class=\"lede p-summary\">" EVIL_ESCAPED "</p>");
    HAS(html, "<header class=\"intro marked\" style=\"--accent: #0a6e8c\">");
    HAS(html, "<img class=\"cover u-photo\" src=\"/i.png\" alt=\"" EVIL_ESCAPED "\" width=\"4\" height=\"3\"");
    HAS(html, "href=\"/b/category/up\"");
    HAS(html, "href=\"/b/category/down\"");
    HAS(html, "<p>Body</p>");
    HAS(html, "Posts: 5");
    HAS(html, "href=\"/b/l/feed.xml\" rel=\"alternate\"");
    HAS(html, "class=\"card h-entry");
}
END_TEST

/* What the file says stands on the first page alone; the links to others stay. */
START_TEST(later_pages_are_shorter)
{
    const char *html = page_of(
        "list", PAGE("category") ", posts: [" SUMMARY("p", "P") "], " SECOND_OF_THREE ", list: {" LIST_OF(
                    "category") ", "
                                "title: C, description: null, color: null, person: null, year: null, "
                                "image: {src: /i.png, alt: null, width: null, height: null}, parent: null, "
                                "children: [{name: Down, path: /b/category/down, count: 2}], hasChildren: true, "
                                "content: '<p>Body</p>', isFirst: false}");

    check_second_of_three(html);
    LACKS(html, "<p>Body</p>");
    LACKS(html, "/i.png");
    LACKS(html, "style=");
    HAS(html, "href=\"/b/category/down\"");
}
END_TEST

START_TEST(author_is_introduced)
{
    const char *html =
        page_of("list", PAGE("author") ", posts: [" SUMMARY("p", "P") "], " NO_PAGES ", list: {" LIST_OF(
                            "author") ", " PLAIN ", title: Nora, person: " PERSON ", year: null, isFirst: true}");

    HAS(html, "<div class=\"person p-author h-card\">");
    HAS(html, "<p class=\"p-note\">" EVIL_ESCAPED "</p>");
    HAS(html, "<a class=\"u-url\" href=\"https://n.example/\" rel=\"me noopener\">");
    HAS(html, "href=\"mailto:n@e.org\"");
    HAS(html, "href=\"https://x.example/\" rel=\"me noopener\" data-network=\"x\"");
}
END_TEST

START_TEST(year_is_a_plain_list)
{
    const char *html =
        page_of("list", PAGE("archive") ", posts: [" SUMMARY("p", EVIL) "], " NO_PAGES ", list: {" LIST_OF(
                            "archive") ", " PLAIN ", title: '2025', person: null, year: 2025, isFirst: true}");

    HAS(html, "<ol class=\"titles\">");
    HAS(html, "<a class=\"p-name u-url\" href=\"/b/p\">" EVIL_ESCAPED "</a>");
    HAS(html, "<time class=\"dt-published\" datetime=\"2025-06-16\">June 16, 2025</time>");
    LACKS(html, "class=\"card");
}
END_TEST

START_TEST(empty_list_says_so)
{
    const char *html = page_of("list", PAGE("tag") ", posts: [], " NO_PAGES ", list: {" LIST_OF(
                                           "tag") ", " PLAIN ", title: T, person: null, year: null, isFirst: true}");

    HAS(html, "There are no posts here yet.");
    LACKS(html, "pagination");
}
END_TEST

START_TEST(terms_have_weight_count_and_colour)
{
    const char *html = page_of(
        "terms",
        PAGE("categories") ", hasTerms: true, " NO_PAGES ", terms: ["
                           "{name: " EVIL ", slug: a, path: /b/category/a, count: 7, weight: 5, description: " EVIL
                           ", color: '#ffe600', featured: true}, {name: B, slug: b, path: /b/category/b, "
                           "count: 1, weight: 1, "
                           "description: null, color: null, featured: false}]");

    HAS(html, "<h1>Heading</h1>");
    HAS(html, "<body class=\"kind-categories\">");
    HAS(html,
        "<li class=\"weight-5 featured\" style=\"--accent: #ffe600\"><a href=\"/b/category/a\">" EVIL_ESCAPED "</a>");
    HAS(html, "<p>" EVIL_ESCAPED "</p>");
    HAS(html, "<li class=\"weight-1\"><a href=\"/b/category/b\">B</a> <span class=\"count\">(1)</span></li>");
    html = page_of("terms", PAGE("tags") ", hasTerms: false, terms: [], " NO_PAGES);
    HAS(html, "There is nothing here yet.");
    LACKS(html, "class=\"terms\"");
}
END_TEST

START_TEST(archive_has_years_and_months)
{
    const char *html = page_of("archive", PAGE("archive") ", archive: {years: [{year: 2025, path: /b/archive/2025, "
                                                          "count: 9, months: [{month: 6, name: June, label: June 2025, "
                                                          "path: /b/archive/2025/06, count: 4}]}]}");

    HAS(html, "<h2><a href=\"/b/archive/2025\">2025</a> <span class=\"count\">(9)</span></h2>");
    HAS(html, "<a href=\"/b/archive/2025/06\" aria-label=\"June 2025\">June</a> <span class=\"count\">(4)</span>");
    LACKS(html, "There are no posts yet.");
    HAS(page_of("archive", PAGE("archive") ", archive: {years: []}"), "There are no posts yet.");
}
END_TEST

#define SEARCH(query, more) PAGE("search") ", search: {query: " query ", action: /b/search, " more "}, "
#define NOTHING "total: 0, results: [], hasResults: false"

START_TEST(search_shows_what_was_found)
{
    const char *html = page_of("search", SEARCH(EVIL, "total: 5, tooLong: false, hasResults: true, isEmpty: false, "
                                                      "results: [" SUMMARY("p", EVIL) "]") SECOND_OF_THREE);

    HAS(html, "<form class=\"search\" action=\"/b/search\" role=\"search\">");
    HAS(html, "<label for=\"atd:query\">");
    HAS(html, "name=\"q\" value=\"" EVIL_ESCAPED "\"");
    HAS(html, "<q>" EVIL_ESCAPED "</q>: 5");
    HAS(html, "<a class=\"u-url\" href=\"/b/p\">" EVIL_ESCAPED "</a>");
    HAS(html, "<p class=\"p-summary\">a <mark>b</mark></p>");
    check_second_of_three(html);
    LACKS(html, "Nothing was found");
}
END_TEST

START_TEST(search_helps_where_it_finds_nothing)
{
    const char *html = page_of("search", SEARCH("null", NOTHING ", tooLong: false, isEmpty: false") NO_PAGES);

    HAS(html, "name=\"q\" value=\"\"");
    LACKS(html, "role=\"status\"");
    html = page_of("search", SEARCH(EVIL, NOTHING ", tooLong: false, isEmpty: true") NO_PAGES);
    HAS(html, "Nothing was found for <q>" EVIL_ESCAPED "</q>");
    LACKS(html, "Posts found");
    html = page_of("search", SEARCH("x", NOTHING ", tooLong: true, isEmpty: false") NO_PAGES);
    HAS(html, "That is too much to look for");
}
END_TEST

#define FAILURE(more) PAGE("error") ", error: {status: 404, title: Gone, message: M, detail: null, " more "}"

START_TEST(error_leads_on)
{
    const char *html = page_of("error", FAILURE("suggestions: [" SUMMARY("p", EVIL) "], hasSuggestions: true"));

    HAS(html, "action=\"/b/search\"");
    HAS(html, "name=\"q\" value=\"\"");
    HAS(html, "Perhaps you were looking for");
    HAS(html, "<a class=\"p-name u-url\" href=\"/b/p\">" EVIL_ESCAPED "</a>");
    html = page_of("error", FAILURE("suggestions: [], hasSuggestions: false"));
    LACKS(html, "Perhaps you were looking for");
    HAS(html, "href=\"/b/\">All posts</a>");
}
END_TEST

/* A summary's keys, then a post's; of a key that stands twice the parser would complain. */
static const char *post_with(const char *more)
{
    const char *post = SUMMARY("p", EVIL);

    post = apr_pstrndup(atd_test_pool, post, strlen(post) - 1);
    post = apr_pstrcat(atd_test_pool, PAGE("post") ", post: ", post,
                       ", content: '<p>Body</p>', words: 3, toc: null, contentWarning: null, comments: null, "
                       "share: null, hasShare: false, gallery: [], hasGallery: false, video: null, related: null, "
                       "hasRelated: false, newsletter: false, translations: [], hasTranslations: false, css: null, "
                       "script: null, ",
                       more, "}", NULL);
    return page_of("post", post);
}

START_TEST(post_leads_to_category_tags_and_authors)
{
    const char *html = post_with("previous: null, next: null");

    HAS(html, "<a class=\"p-category\" href=\"/b/category/c\">" EVIL_ESCAPED "</a>");
    HAS(html, "<a class=\"p-category\" href=\"/b/tag/t\" rel=\"tag\">" EVIL_ESCAPED "</a>");
    HAS(html, "<span class=\"p-category\">Bare</span>");
    HAS(html, "<a class=\"p-name u-url\" href=\"/b/author/nora\" rel=\"author\">Nora</a>");
    HAS(html, "<a class=\"p-name u-url\" href=\"https://g.example/\" rel=\"author\">Guest</a>");
    LACKS(html, "Previous and next post");
    LACKS(html, "aria-label=\"Series");
}
END_TEST

#define NEIGHBOUR(name) "{title: " EVIL ", path: /b/" name ", date: null}"

START_TEST(post_leads_to_its_neighbours)
{
    const char *html = post_with("previous: " NEIGHBOUR("older") ", next: " NEIGHBOUR("newer"));

    ck_assert_uint_eq(count_of(html, "aria-label=\"Previous and next post\""), 1);
    HAS(html, "<a class=\"back\" href=\"/b/older\" rel=\"prev\"><span>Previous post</span> " EVIL_ESCAPED "</a>");
    HAS(html, "<a class=\"on\" href=\"/b/newer\" rel=\"next\"><span>Next post</span> " EVIL_ESCAPED "</a>");
    html = post_with("previous: null, next: " NEIGHBOUR("newer"));
    ck_assert_uint_eq(count_of(html, "aria-label=\"Previous and next post\""), 1);
    LACKS(html, "rel=\"prev\"");
    HAS(html, "href=\"/b/newer\" rel=\"next\"");
}
END_TEST

START_TEST(series_is_listed)
{
    const atd_theme_t *theme = NULL;
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *html;

    ATD_OK(atd_theme_load(&theme, NULL, atd_test_pool));
    ATD_OK(atd_theme_render(out, theme, "series",
                            yaml_of("{series: {title: " EVIL ", part: 2, total: 3, hasPosts: true, posts: ["
                                    "{title: One, path: /b/one, part: 1, isCurrent: false}, "
                                    "{title: Two, path: /b/two, part: 2, isCurrent: true}, "
                                    "{title: More, path: /b/more, part: null, isCurrent: false}]}}"),
                            atd_test_pool));
    ATD_OK(atd_buffer_take(&html, NULL, out, "the part"));
    HAS(html, "<summary>Part 2 of 3: " EVIL_ESCAPED "</summary>");
    HAS(html, "<li value=\"1\"><a href=\"/b/one\">One</a></li>");
    HAS(html, "<li value=\"2\"><a href=\"/b/two\" aria-current=\"page\">Two</a></li>");
    HAS(html, "<li><a href=\"/b/more\">More</a></li>");
}
END_TEST

Suite *theme_pages_suite(void)
{
    Suite *suite = suite_create("theme pages");
    TCase *tests = site_test_case(suite, "theme pages");

    tcase_add_test(tests, home_begins_large_and_goes_on_in_pages);
    tcase_add_test(tests, every_page_leads_to_archive_tags_search_and_feed);
    tcase_add_test(tests, category_shows_all_that_its_file_says);
    tcase_add_test(tests, later_pages_are_shorter);
    tcase_add_test(tests, author_is_introduced);
    tcase_add_test(tests, year_is_a_plain_list);
    tcase_add_test(tests, empty_list_says_so);
    tcase_add_test(tests, terms_have_weight_count_and_colour);
    tcase_add_test(tests, archive_has_years_and_months);
    tcase_add_test(tests, search_shows_what_was_found);
    tcase_add_test(tests, search_helps_where_it_finds_nothing);
    tcase_add_test(tests, error_leads_on);
    tcase_add_test(tests, post_leads_to_category_tags_and_authors);
    tcase_add_test(tests, post_leads_to_its_neighbours);
    tcase_add_test(tests, series_is_listed);
    return suite;
}
