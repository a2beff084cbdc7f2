/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_facts.h"
#include "site_fixture.h"

#include <apr_strings.h>

#define PUBLIC "index, follow, max-snippet:-1, max-image-preview:large, max-video-preview:-1"

static const atd_facts_t *facts_with(const char *settings, const char *front_matter)
{
    return facts_of(open_site_with(settings), post_of(front_matter));
}

static const char *author_name(const atd_facts_t *facts, int index)
{
    return index < facts->authors->nelts ? APR_ARRAY_IDX(facts->authors, index, atd_person_t).name : NULL;
}

START_TEST(post_has_facts)
{
    const atd_facts_t *facts = facts_with("title: Blog\n", "title: ' A\n\n  b '\n");

    ck_assert_int_eq(facts->kind, ATD_PAGE_POST);
    ck_assert_str_eq(facts->heading, "A b");
    ck_assert_str_eq(facts->title, "A b | Blog");
    ck_assert_str_eq(facts->path, "/blog/a");
    ck_assert_str_eq(facts->canonical, "https://example.org/blog/a");
    ck_assert_str_eq(facts->lang, "en");
    ck_assert_str_eq(facts->robots, PUBLIC);
    ck_assert(facts->indexable);
    ck_assert_ptr_null(facts->hidden);
    ck_assert_ptr_null(facts->image.url);
    ck_assert_ptr_null(facts->keywords);
    ck_assert_int_eq(facts->authors->nelts, 0);
}
END_TEST

START_TEST(author_of_the_front_matter_wins)
{
    const atd_facts_t *facts =
        facts_with("title: Blog\nlanguage: de\nauthor: Site Author\nimage: /i.png\n",
                   "title: A\nseoTitle: 'S  eo'\ncanonicalUrl: /x\nlang: fr\nauthor: Ada\ntags: [a]\n"
                   "keywords: [k]\nimage: {src: /p.png, alt: Alt, caption: Cap}\nreadingTime: nine minutes\n");

    ck_assert_str_eq(facts->title, "S eo");
    ck_assert_str_eq(facts->canonical, "https://example.org/x");
    ck_assert_str_eq(facts->lang, "fr");
    ck_assert_str_eq(author_name(facts, 0), "Ada");
    ck_assert_str_eq(joined(facts->keywords), "k");
    ck_assert_str_eq(facts->image.url, "/p.png");
    ck_assert_str_eq(facts->image_alt, "Alt");
    ck_assert_str_eq(facts->image_caption, "Cap");
    ck_assert_str_eq(facts->reading_time, "nine minutes");
}
END_TEST

START_TEST(site_stands_in)
{
    const atd_facts_t *facts =
        facts_with("title: Blog\nlanguage: de\nauthor: Site Author\nimage: /i.png\n", "tags: [a, b]\n");

    ck_assert_str_eq(facts->lang, "de");
    ck_assert_str_eq(author_name(facts, 0), "Site Author");
    ck_assert_str_eq(APR_ARRAY_IDX(facts->authors, 0, atd_person_t).slug, "site-author");
    ck_assert_str_eq(joined(facts->keywords), "a,b");
    ck_assert_str_eq(facts->image.absolute, "https://example.org/i.png");
    ck_assert_str_eq(facts->image_alt, "Blog");
    facts = facts_with("title: Blog\n", "image: {src: /p.png, caption: Cap}\n");
    ck_assert_str_eq(facts->image_alt, "Cap");
}
END_TEST

START_TEST(description_has_fallbacks)
{
    ck_assert_str_eq(facts_with("{}", "description: D\nexcerpt: E\n")->description, "D");
    ck_assert_str_eq(facts_with("{}", "excerpt: 'E\n\n  x'\n")->description, "E x");
    ck_assert_str_eq(facts_with("{}", "title: T\n")->description, "Some text.");
}
END_TEST

START_TEST(summary_has_no_body)
{
    atd_facts_t facts;

    atd_facts_of_post(&facts, open_site(), post_of("title: T\n"), NULL, atd_test_pool);
    ck_assert_ptr_null(facts.description);
    ck_assert_ptr_null(facts.reading_time);
    atd_facts_of_post(&facts, open_site(), post_of("readingTime: 3\n"), NULL, atd_test_pool);
    ck_assert_str_eq(facts.reading_time, "3 minutes");
}
END_TEST

START_TEST(reading_time_is_minutes)
{
    ck_assert_str_eq(facts_with("{}", "title: T\n")->reading_time, "1 minute");
    ck_assert_str_eq(facts_with("{}", "readingTime: 1\n")->reading_time, "1 minute");
    ck_assert_str_eq(facts_with("{}", "readingTime: '9'\n")->reading_time, "9 minutes");
    ck_assert_str_eq(facts_with("{}", "readingTime: ''\n")->reading_time, "1 minute");
    ck_assert_str_eq(facts_with("{}", "readingTime: 0\n")->reading_time, "1 minute");
}
END_TEST

START_TEST(reading_time_speaks_the_posts_language)
{
    ck_assert_str_eq(facts_with("language: fr\n", "lang: de\n")->reading_time, "1 Minute");
    ck_assert_str_eq(facts_with("{}", "lang: de\nreadingTime: 9\n")->reading_time, "9 Minuten");
    ck_assert_str_eq(facts_with("language: es\n", "readingTime: 9\n")->reading_time, "9 minutos");
    ck_assert_str_eq(facts_with("{}", "lang: de\nreadingTime: 9 min read\n")->reading_time, "9 min read");
    ck_assert_str_eq(facts_with("{}", "readingTime: '9999999999999999999'\n")->reading_time, "9999999999999999999");
}
END_TEST

START_TEST(minutes_are_the_authors_else_counted)
{
    ck_assert_int_eq(facts_with("{}", "lang: fa\nreadingTime: 9\n")->minutes, 9);
    ck_assert_int_eq(facts_with("{}", "readingTime: 7 min read\n")->minutes, 7);
    ck_assert_int_eq(facts_with("{}", "readingTime: seven\n")->minutes, 1);
    ck_assert_int_eq(facts_with("{}", "readingTime: -5\n")->minutes, 1);
    ck_assert_int_eq(facts_with("{}", "title: T\n")->minutes, 1);
}
END_TEST

static const char *translation(const atd_facts_t *facts, int index)
{
    const atd_translation_t *at = &APR_ARRAY_IDX(facts->translations, index, atd_translation_t);

    return index < facts->translations->nelts ? apr_pstrcat(atd_test_pool, at->lang, " ", at->url, NULL) : NULL;
}

START_TEST(translations_are_slugs_or_addresses)
{
    const atd_facts_t *facts = facts_with(
        "{}", "translations: {de: grüße, fr: /fr/a, es: 'https://e.org/a', it: '//i.org/a', pt: a/b, en: a}\n");

    ck_assert_pstr_eq(translation(facts, 0), "de https://example.org/blog/gr%C3%BC%C3%9Fe");
    ck_assert_pstr_eq(translation(facts, 1), "fr https://example.org/fr/a");
    ck_assert_pstr_eq(translation(facts, 2), "es https://e.org/a");
    ck_assert_pstr_eq(translation(facts, 3), "it https://i.org/a");
    ck_assert_pstr_eq(translation(facts, 4), "pt https://example.org/blog/a/b");
    ck_assert_int_eq(facts->translations->nelts, 5);
}
END_TEST

START_TEST(translations_need_a_language_of_their_own)
{
    const atd_facts_t *facts = facts_with(
        "{}", "lang: pt_BR\ntranslations: {PT-br: a, 'a b': a, 0123456789012345678901234567890123456: a, pt: b}\n");

    ck_assert_pstr_eq(translation(facts, 0), "pt https://example.org/blog/b");
    ck_assert_int_eq(facts->translations->nelts, 1);
}
END_TEST

static const struct {
    const char *yaml;
    const char *robots;
    bool indexable;
} robots[] = {
    {"title: T\n", PUBLIC, true},
    {"metaRobots: index, follow\n", "index, follow", true},
    {"metaRobots: max-image-preview:none\n", "max-image-preview:none", true},
    {"metaRobots: nofollow\n", "nofollow", true},
    {"metaRobots: noindex, nofollow\n", "noindex, nofollow", false},
    {"metaRobots: index,NoIndex\n", "index,NoIndex", false},
    {"metaRobots: none\n", "none", false},
    {"noindex: true\n", "noindex, follow", false},
    {"noindex: true\nmetaRobots: index, follow\n", "noindex, follow", false},
    {"noindex: true\nmetaRobots: index, nofollow\n", "noindex, nofollow", false},
    {"seo: {noindex: true}\n", "noindex, follow", false},
    {"noindex: false\n", PUBLIC, true},
    {"status: draft\n", "noindex, follow", false},
    {"status: draft\nmetaRobots: index, follow\n", "noindex, follow", false},
    {"date: 2030-01-01\n", "noindex, follow", false},
};

START_TEST(robots_follow_the_rules)
{
    const atd_facts_t *facts = facts_of(open_site(), post_of(robots[_i].yaml));

    ck_assert_str_eq(facts->robots, robots[_i].robots);
    ck_assert(facts->indexable == robots[_i].indexable);
}
END_TEST

START_TEST(hidden_post_says_why)
{
    ck_assert_str_eq(facts_with("{}", "status: archived\n")->hidden, "archived");
    ck_assert_str_eq(facts_with("{}", "date: 2030-01-01\n")->hidden, "scheduled for 2030-01-01T00:00:00+00:00");
}
END_TEST

START_TEST(page_is_static)
{
    put_file("pages/about.md", "---\ntitle: About\n---\nText\n");
    ck_assert_int_eq(facts_of(open_site(), load_post("pages/about.md"))->kind, ATD_PAGE_STATIC);
}
END_TEST

START_TEST(home_has_facts)
{
    atd_facts_t facts;

    put_file("i.svg", svg_of(5, 6));
    atd_facts_of_home(&facts, open_site_with("title: Blog\ndescription: About it\nimage: i.svg\nauthor: A\n"), NULL,
                      atd_test_pool);
    ck_assert_int_eq(facts.kind, ATD_PAGE_HOME);
    ck_assert_str_eq(facts.heading, "Blog");
    ck_assert_str_eq(facts.title, "Blog | About it");
    ck_assert_str_eq(facts.description, "About it");
    ck_assert_str_eq(facts.canonical, "https://example.org/blog/");
    ck_assert_str_eq(facts.path, "/blog/");
    ck_assert_str_eq(facts.robots, PUBLIC);
    ck_assert_uint_eq(facts.image.width, 5);
    ck_assert_str_eq(author_name(&facts, 0), "A");
    atd_facts_of_home(&facts, open_site_with("title: Blog\n"), NULL, atd_test_pool);
    ck_assert_str_eq(facts.title, "Blog");
    ck_assert_ptr_null(facts.description);
}
END_TEST

START_TEST(error_has_facts)
{
    atd_facts_t facts;

    atd_facts_of_error(&facts, open_site(), "Not found", atd_test_pool);
    ck_assert_int_eq(facts.kind, ATD_PAGE_ERROR);
    ck_assert_str_eq(facts.title, "Not found | Blog");
    ck_assert_ptr_null(facts.robots);
    ck_assert(!facts.indexable);
}
END_TEST

/* ---- lists ---- */

static void put_posts(void)
{
    put_file("posts/a.md", "---\ndate: 2025-06-16\ntags: [T]\ncategory: Sub\nauthor: ada\n---\n");
    put_file("posts/b.md", "---\ndate: 2025-06-15\ntags: [T]\ncategory: Sub\nauthor: Bob\n---\n");
    put_file("posts/c.md", "---\ndate: 2025-06-14\ntags: [T]\ncategory: Top\n---\n");
    put_file("categories/top.md", "---\nname: The  Top\n---\n");
    put_file("categories/sub.md", "---\nname: The Sub\ndescription: D\nseoTitle: Seo  Title\nmetaDescription: M\n"
                                  "image: /s.png\nparent: top\n---\n");
    put_file("authors/ada.md", "---\nname: Ada\nbio: ' The\n\n  bio '\nimage: /ada.png\n---\n");
    put_file("site.yaml", "title: Blog\ndescription: About\nimage: /i.png\npageSize: 1\n");
}

START_TEST(list_has_facts)
{
    const atd_facts_t *facts;

    put_posts();
    facts = facts_at(open_site(), "tag/t/page/2");
    ck_assert_int_eq(facts->kind, ATD_PAGE_TAG);
    ck_assert_str_eq(facts->heading, "T");
    ck_assert_str_eq(facts->title, "T (2/3) | Blog");
    ck_assert_ptr_null(facts->description);
    ck_assert_str_eq(facts->path, "/blog/tag/t/page/2");
    ck_assert_str_eq(facts->canonical, "https://example.org/blog/tag/t/page/2");
    ck_assert_str_eq(facts->previous, "https://example.org/blog/tag/t");
    ck_assert_str_eq(facts->next, "https://example.org/blog/tag/t/page/3");
    ck_assert_str_eq(facts->image.url, "/i.png");
    ck_assert_str_eq(facts->robots, PUBLIC);
    ck_assert(facts->indexable && !facts->hidden && !facts->post && facts->list);
    ck_assert_ptr_null(facts->above.name);
    facts = facts_at(open_site(), "tag/t");
    ck_assert_str_eq(facts->title, "T | Blog");
    ck_assert_ptr_null(facts->previous);
    ck_assert_ptr_null(facts_at(open_site(), "tag/t/page/3")->next);
    test_config.drafts = true;
    ck_assert(!facts_at(open_site(), "tag/t")->indexable);
    ck_assert_str_eq(facts_at(open_site(), "tag/t")->robots, "noindex, follow");
}
END_TEST

START_TEST(home_has_pages)
{
    const atd_facts_t *facts;

    put_posts();
    facts = facts_at(open_site(), "page/2");
    ck_assert_int_eq(facts->kind, ATD_PAGE_HOME);
    ck_assert_str_eq(facts->title, "Blog (2/3)");
    ck_assert_str_eq(facts->canonical, "https://example.org/blog/page/2");
    ck_assert_str_eq(facts->previous, "https://example.org/blog/");
    ck_assert_str_eq(facts->next, "https://example.org/blog/page/3");
    ck_assert_str_eq(facts_at(open_site(), "")->canonical, "https://example.org/blog/");
    ck_assert_str_eq(facts_at(open_site(), "")->title, "Blog | About");
}
END_TEST

START_TEST(category_has_facts_of_its_file)
{
    const atd_facts_t *facts;

    put_posts();
    facts = facts_at(open_site(), "category/sub");
    ck_assert_int_eq(facts->kind, ATD_PAGE_CATEGORY);
    ck_assert_str_eq(facts->heading, "The Sub");
    ck_assert_str_eq(facts->title, "Seo Title");
    ck_assert_str_eq(facts->description, "M");
    ck_assert_str_eq(facts->image.url, "/s.png");
    ck_assert_str_eq(facts->image_alt, "The Sub");
    ck_assert_str_eq(facts->above.name, "The Top");
    ck_assert_str_eq(facts->above.url, "https://example.org/blog/category/top");
    ck_assert_str_eq(facts_at(open_site(), "category/sub/page/2")->title, "The Sub (2/2) | Blog");
    put_file("categories/sub.md", "---\ndescription: ' D\n\n  d '\nnoindex: true\n---\n");
    facts = facts_at(open_site(), "category/sub");
    ck_assert_str_eq(facts->heading, "Sub");
    ck_assert_str_eq(facts->description, "D d");
    ck_assert(!facts->indexable);
    ck_assert_str_eq(facts->robots, "noindex, follow");
}
END_TEST

START_TEST(author_has_facts_of_the_file)
{
    const atd_facts_t *facts;

    put_posts();
    facts = facts_at(open_site(), "author/ada");
    ck_assert_int_eq(facts->kind, ATD_PAGE_AUTHOR);
    ck_assert_str_eq(facts->heading, "Ada");
    ck_assert_str_eq(facts->description, "The bio");
    ck_assert_str_eq(facts->image.url, "/ada.png");
    ck_assert_str_eq(facts->image_alt, "Ada");
    ck_assert_str_eq(facts_at(open_site(), "author/bob")->heading, "Bob");
}
END_TEST

START_TEST(archive_has_facts)
{
    put_posts();
    ck_assert_int_eq(facts_at(open_site(), "archive/2025")->kind, ATD_PAGE_ARCHIVE);
    ck_assert_str_eq(facts_at(open_site(), "archive/2025")->heading, "2025");
    ck_assert_str_eq(facts_at(open_site(), "archive/2025/06")->heading, "June 2025");
    ck_assert_str_eq(facts_at(open_site(), "archive/2025/06/page/2")->path, "/blog/archive/2025/06/page/2");
}
END_TEST

START_TEST(overview_has_facts)
{
    atd_facts_t facts;

    atd_facts_of_overview(&facts, open_site(), ATD_PAGE_TAGS, "Tags", "tags", atd_test_pool);
    ck_assert_int_eq(facts.kind, ATD_PAGE_TAGS);
    ck_assert_str_eq(facts.title, "Tags | Blog");
    ck_assert_str_eq(facts.path, "/blog/tags");
    ck_assert_str_eq(facts.canonical, "https://example.org/blog/tags");
    ck_assert(facts.indexable && !facts.list);
    atd_facts_of_overview(&facts, open_site(), ATD_PAGE_SEARCH, "Search", "search", atd_test_pool);
    ck_assert(!facts.indexable);
}
END_TEST

START_TEST(category_is_above_a_post)
{
    const atd_facts_t *facts = facts_with("title: Blog\n", "category: ' My\n\n  Cat '\n");

    ck_assert_str_eq(facts->above.name, "My Cat");
    ck_assert_str_eq(facts->above.url, "https://example.org/blog/category/my-cat");
    ck_assert_ptr_null(facts_with("title: Blog\n", "category: '!'\n")->above.name);
    ck_assert_ptr_null(facts_with("title: Blog\n", "title: T\n")->above.name);
    put_file("pages/about.md", "---\ncategory: C\n---\n");
    ck_assert_ptr_null(facts_of(open_site(), load_post("pages/about.md"))->above.name);
}
END_TEST

Suite *facts_suite(void)
{
    Suite *suite = suite_create("facts");
    TCase *tests = site_test_case(suite, "facts");

    tcase_add_test(tests, post_has_facts);
    tcase_add_test(tests, author_of_the_front_matter_wins);
    tcase_add_test(tests, site_stands_in);
    tcase_add_test(tests, description_has_fallbacks);
    tcase_add_test(tests, summary_has_no_body);
    tcase_add_test(tests, reading_time_is_minutes);
    tcase_add_test(tests, reading_time_speaks_the_posts_language);
    tcase_add_test(tests, minutes_are_the_authors_else_counted);
    tcase_add_test(tests, translations_are_slugs_or_addresses);
    tcase_add_test(tests, translations_need_a_language_of_their_own);
    tcase_add_loop_test(tests, robots_follow_the_rules, 0, (int)(sizeof robots / sizeof *robots));
    tcase_add_test(tests, hidden_post_says_why);
    tcase_add_test(tests, page_is_static);
    tcase_add_test(tests, home_has_facts);
    tcase_add_test(tests, error_has_facts);
    tests = site_test_case(suite, "lists");
    tcase_add_test(tests, list_has_facts);
    tcase_add_test(tests, home_has_pages);
    tcase_add_test(tests, category_has_facts_of_its_file);
    tcase_add_test(tests, author_has_facts_of_the_file);
    tcase_add_test(tests, archive_has_facts);
    tcase_add_test(tests, overview_has_facts);
    tcase_add_test(tests, category_is_above_a_post);
    return suite;
}
