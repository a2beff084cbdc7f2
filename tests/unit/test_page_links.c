/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page.h"
#include "site_fixture.h"

#include <apr_strings.h>

#define B "https://example.org/blog/"
#define MARKDOWN(name) "<" B name ".md>; rel=\"alternate\"; type=\"text/markdown\""
#define DATA(name) "<" B name ".json>; rel=\"alternate\"; type=\"application/json\""
#define LLMS "<" B "llms.txt>; rel=\"describedby\"; type=\"text/plain\""

static const char *alternate(const atd_page_t *page, const char *type)
{
    return atd_page_alternate(page, type, atd_test_pool);
}

START_TEST(public_posts_tell_their_other_forms)
{
    const atd_page_t *page;

    put_file("posts/a.md", "x");
    put_file("pages/about.md", "x");
    put_file("posts/gone.md", "---\nstatus: gone\n---\n");
    page = page_at(open_site(), "a");
    ck_assert_pstr_eq(page->links, MARKDOWN("a") ", " DATA("a") ", " LLMS);
    ck_assert_str_eq(alternate(page, "text/markdown"), B "a.md");
    ck_assert_str_eq(alternate(page, "application/json"), B "a.json");
    ck_assert_ptr_null(alternate(page, "text/plain"));
    ck_assert_ptr_null(alternate(page, "text"));
    ck_assert_pstr_eq(page_at(open_site(), "about")->links, MARKDOWN("about") ", " DATA("about") ", " LLMS);
    ck_assert_ptr_null(page_at(open_site(), "gone")->links);
    ck_assert_ptr_null(page_at(open_site(), "none")->links);
    ck_assert_ptr_null(page_at(open_site(), "A")->links);
    ck_assert_ptr_null(alternate(page_at(open_site(), "none"), "text/markdown"));
}
END_TEST

START_TEST(hidden_posts_tell_nothing)
{
    put_file("a.md", "---\nstatus: draft\n---\n");
    test_config.drafts = true;
    ck_assert_ptr_null(page_at(open_site(), "a")->links);
}
END_TEST

START_TEST(names_are_encoded)
{
    const atd_page_t *page;

    put_file("\xC3\xBC"
             "ber.md",
             "x");
    page = page_at(open_site(), "\xC3\xBC"
                                "ber");
    ck_assert_str_eq(alternate(page, "text/markdown"), B "%C3%BCber.md");
}
END_TEST

/* Their data would be the address of a feed. */
START_TEST(what_has_another_meaning_is_not_told)
{
    static const char *const slugs[] = {"feed", "search"};

    for (unsigned i = 0; i < 2; i++) {
        const atd_page_t *page;

        put_file("a.md", markdown_of(apr_pstrcat(atd_test_pool, "slug: ", slugs[i], "\n", NULL), ""));
        page = page_at(open_site(), slugs[i]);
        ck_assert_int_eq(page->status, 200);
        ck_assert_ptr_nonnull(alternate(page, "text/markdown"));
        ck_assert_ptr_null(alternate(page, "application/json"));
        LACKS(page->body, "type=\"application/json\"");
    }
}
END_TEST

START_TEST(home_tells_what_describes_it)
{
    put_file("a.md", "---\ntags: [x]\n---\n");
    ck_assert_pstr_eq(page_at(open_site(), "")->links, LLMS);
    ck_assert_ptr_null(page_at(open_site(), "tag/x")->links);
}
END_TEST

START_TEST(other_forms_name_the_page)
{
    put_file("a.md", "---\ntags: [x]\n---\n");
    ck_assert_pstr_eq(page_at(open_site(), "feed.xml")->links, "<" B ">; rel=\"canonical\"");
    ck_assert_pstr_eq(page_at(open_site(), "tag/x/atom.xml")->links, "<" B "tag/x>; rel=\"canonical\"");
    ck_assert_pstr_eq(page_at(open_site(), "a.md")->links, "<" B "a>; rel=\"canonical\"");
    ck_assert_pstr_eq(page_at(open_site(), "a.json")->links, "<" B "a>; rel=\"canonical\"");
}
END_TEST

/* A header field that an author could write into. */
START_TEST(authors_cannot_break_out)
{
    static const char *const urls[] = {"https://x.example/>;rel=evil,<y", "https://x.example/\xE2\x80\x9C"};

    for (unsigned i = 0; i < 2; i++) {
        const char *links;

        put_file("a.md", markdown_of(apr_pstrcat(atd_test_pool, "canonicalUrl: \"", urls[i], "\"\n", NULL), ""));
        links = page_at(open_site(), "a.md")->links;
        ck_assert_uint_eq(count_of(links, ">"), 1);
        ck_assert_uint_eq(count_of(links, "\""), 2);
        LACKS(links, "\n");
        LACKS(links, "\r");
    }
}
END_TEST

Suite *page_links_suite(void)
{
    Suite *suite = suite_create("page links");
    TCase *tests = site_test_case(suite, "links");

    tcase_add_test(tests, public_posts_tell_their_other_forms);
    tcase_add_test(tests, hidden_posts_tell_nothing);
    tcase_add_test(tests, names_are_encoded);
    tcase_add_test(tests, what_has_another_meaning_is_not_told);
    tcase_add_test(tests, home_tells_what_describes_it);
    tcase_add_test(tests, other_forms_name_the_page);
    tcase_add_test(tests, authors_cannot_break_out);
    return suite;
}
