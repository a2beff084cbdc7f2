/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_view_list.h"
#include "site/atd_view.h"
#include "site_fixture.h"

#include <apr_strings.h>

#include <stdlib.h>

/* ---- pagination ---- */

static const char *path_of(const void *baton, unsigned page, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s%u", (const char *)baton, page);
}

static const atd_value_t *pagination_of(unsigned page, unsigned pages)
{
    return atd_view_pagination(page, pages, (apr_int64_t)pages * 10, path_of, "/p/", atd_test_pool);
}

static bool flag_at(const atd_value_t *map, const char *key)
{
    return atd_value_is_true(atd_value_get(map, key));
}

/* Pages in a row: "1 . 4 5 [6] 7 8 . 20". */
static const char *row_of(unsigned page, unsigned pages)
{
    const atd_value_t *items = atd_value_get(pagination_of(page, pages), "items");
    const char *row = "";

    for (apr_size_t i = 0; i < atd_value_count(items); i++) {
        const atd_value_t *item = atd_value_at(items, i);
        const char *text = flag_at(item, "isGap") ? "." : text_at(item, "page");

        row = apr_psprintf(atd_test_pool, flag_at(item, "isCurrent") ? "%s%s[%s]" : "%s%s%s", row, i ? " " : "", text);
    }
    return row;
}

static void check_gap(const atd_value_t *item)
{
    ck_assert_int_eq(atd_value_type(atd_value_get(item, "page")), ATD_NULL);
    ck_assert_int_eq(atd_value_type(atd_value_get(item, "path")), ATD_NULL);
    ck_assert(!flag_at(item, "isCurrent"));
}

static void check_items(const atd_value_t *items, unsigned page, unsigned pages)
{
    unsigned last = 0, currents = 0;
    bool gap = false;

    for (apr_size_t i = 0; i < atd_value_count(items); i++) {
        const atd_value_t *item = atd_value_at(items, i);
        unsigned number = (unsigned)atd_value_number(atd_value_get(item, "page"));

        ck_assert_str_eq(keys_of(item), "page path isCurrent isGap");
        if (flag_at(item, "isGap")) {
            ck_assert(!gap && last > 0);
            check_gap(item);
            gap = true;
            continue;
        }
        ck_assert_uint_ge(number, last + (gap ? 3 : 1)); /* a gap leaves out two at least */
        ck_assert(gap || number == last + 1);
        ck_assert_str_eq(text_at(item, "path"), path_of("/p/", number, atd_test_pool));
        ck_assert(flag_at(item, "isCurrent") == (number == page));
        currents += number == page;
        gap = false;
        last = number;
    }
    ck_assert(!gap && last == pages && currents == 1);
    ck_assert_pstr_eq(text_at(atd_value_at(items, 0), "page"), "1");
}

static void check_link(const atd_value_t *map, const char *key, unsigned page, bool there)
{
    const atd_value_t *link = atd_value_get(map, key);

    ck_assert_int_eq(atd_value_type(link), there ? ATD_MAP : ATD_NULL);
    if (!there)
        return;
    ck_assert_int_eq(atd_value_number(atd_value_get(link, "page")), page);
    ck_assert_str_eq(text_at(link, "path"), path_of("/p/", page, atd_test_pool));
}

START_TEST(every_page_of_every_number_of_pages)
{
    unsigned pages = (unsigned)_i;

    for (unsigned page = 1; page <= pages; page++) {
        const atd_value_t *map = pagination_of(page, pages);

        ck_assert_str_eq(keys_of(map), "page pages total previous next first last items");
        ck_assert_int_eq(atd_value_number(atd_value_get(map, "page")), page);
        ck_assert_int_eq(atd_value_number(atd_value_get(map, "pages")), pages);
        ck_assert_int_eq(atd_value_number(atd_value_get(map, "total")), pages * 10);
        check_link(map, "previous", page - 1, page > 1);
        check_link(map, "next", page + 1, page < pages);
        check_link(map, "first", 1, true);
        check_link(map, "last", pages, true);
        check_items(atd_value_get(map, "items"), page, pages);
        ck_assert_uint_le(atd_value_count(atd_value_get(map, "items")), 9);
    }
}
END_TEST

START_TEST(rows_are_what_readers_expect)
{
    ck_assert_str_eq(row_of(1, 1), "[1]");
    ck_assert_str_eq(row_of(1, 5), "[1] 2 3 4 5");
    ck_assert_str_eq(row_of(1, 6), "[1] 2 3 . 6");
    ck_assert_str_eq(row_of(5, 9), "1 2 3 4 [5] 6 7 8 9");
    ck_assert_str_eq(row_of(6, 20), "1 . 4 5 [6] 7 8 . 20");
    ck_assert_str_eq(row_of(20, 20), "1 . 18 19 [20]");
}
END_TEST

/* ---- a list ---- */

static const atd_value_t *view_of(const char *rest)
{
    const atd_site_t *site = open_site();
    const atd_facts_t *facts = facts_at(site, rest);
    atd_index_t *index = NULL;
    atd_value_t *view = NULL;

    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    ATD_OK(atd_view_make(&view, site, facts, atd_test_pool));
    ATD_OK(atd_view_list_add(view, site, index, facts, atd_test_pool));
    return view;
}

#define LIST_KEYS                                                                                                      \
    "kind title description slug count color image year month person feeds isFirst parent children hasChildren "       \
    "content"

static void put_posts(void)
{
    put_file("posts/a.md", "---\ndate: 2025-06-16\ntags: [T]\ncategory: Sub\nauthor: ada\n---\n");
    put_file("posts/b.md", "---\ndate: 2025-06-15\ntags: [t]\ncategory: Top\n---\n");
    put_file("posts/c.md", "---\ndate: 2024-02-01\ntags: [t]\ncategory: Top\n---\n");
    put_file("categories/top.md", "---\nname: Top\n---\n");
    put_file("categories/sub.md", "---\nname: The Sub\ndescription: D\ncolor: '#abc'\nimage: /s.png\nparent: top\n---\n"
                                  "Some *text*.\n");
    put_file("categories/bare.md", "---\nparent: top\n---\n");
    put_file("authors/ada.md", "---\nname: Ada\nbio: Bio\n---\nMore of *Ada*.\n");
    put_file("site.yaml", "pageSize: 1\n");
}

START_TEST(list_has_every_key)
{
    static const char *const rests[] = {"tag/t",      "tag/t/page/2", "category/sub",   "category/top/page/2",
                                        "author/ada", "archive/2025", "archive/2025/06"};

    put_posts();
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++) {
        const atd_value_t *view = view_of(rests[i]);

        ck_assert_str_eq(keys_of(view), "site page assets posts pagination hasPagination list");
        ck_assert_str_eq(keys_of(atd_value_get(view, "list")), LIST_KEYS);
        TEXT_AT(view, "page.isList", "true");
        ck_assert_pstr_eq(text_at(view, "list.kind"), text_at(view, "page.kind"));
    }
    ck_assert_str_eq(keys_of(view_of("")), "site page assets posts pagination hasPagination list");
    ck_assert_int_eq(atd_value_type(atd_value_get(view_of(""), "list")), ATD_NULL);
    TEXT_AT(view_of(""), "page.isList", "false");
}
END_TEST

START_TEST(category_shows_its_file)
{
    const atd_value_t *view;

    put_posts();
    view = view_of("category/sub");
    TEXT_AT(view, "list.kind", "category");
    TEXT_AT(view, "list.title", "The Sub");
    TEXT_AT(view, "list.slug", "sub");
    TEXT_AT(view, "list.description", "D");
    TEXT_AT(view, "list.count", "1");
    TEXT_AT(view, "list.color", "#abc");
    TEXT_AT(view, "list.image.src", "/s.png");
    TEXT_AT(view, "list.parent.name", "Top");
    TEXT_AT(view, "list.parent.path", "/blog/category/top");
    TEXT_AT(view, "list.hasChildren", "false");
    TEXT_AT(view, "list.content", "<p>Some <em>text</em>.</p>\n");
    TEXT_AT(view, "list.feeds.atom", "/blog/category/sub/atom.xml");
    TEXT_AT(view, "list.isFirst", "true");
    TEXT_AT(view, "hasPagination", "false");
    ck_assert_pstr_eq(item_at(view, "posts", 0, "slug"), "a");
}
END_TEST

START_TEST(category_shows_its_children)
{
    const atd_value_t *view;

    put_posts();
    view = view_of("category/top");
    ck_assert_uint_eq(atd_value_count(atd_value_find(view, "list.children")), 2);
    ck_assert_str_eq(keys_of(atd_value_at(atd_value_find(view, "list.children"), 0)), "name path count");
    ck_assert_pstr_eq(item_at(view, "list.children", 0, "name"), "bare");
    ck_assert_pstr_eq(item_at(view, "list.children", 0, "count"), "0");
    ck_assert_pstr_eq(item_at(view, "list.children", 1, "name"), "The Sub");
    ck_assert_pstr_eq(item_at(view, "list.children", 1, "path"), "/blog/category/sub");
    ck_assert_pstr_eq(item_at(view, "list.children", 1, "count"), "1");
    TEXT_AT(view, "list.hasChildren", "true");
    TEXT_AT(view, "hasPagination", "true");
    ck_assert_pstr_eq(item_at(view, "pagination.items", 0, "path"), "/blog/category/top");
    ck_assert_pstr_eq(item_at(view, "pagination.items", 1, "path"), "/blog/category/top/page/2");
}
END_TEST

START_TEST(content_is_on_the_first_page_alone)
{
    put_posts();
    put_file("categories/top.md", "---\nname: Top\n---\nAbout\n");
    TEXT_AT(view_of("category/top"), "list.content", "<p>About</p>\n");
    TEXT_AT(view_of("category/top/page/2"), "list.content", "");
    TEXT_AT(view_of("category/top/page/2"), "list.isFirst", "false");
}
END_TEST

START_TEST(nobody_is_its_own_child)
{
    put_file("categories/alone.md", "---\nname: Alone\nparent: alone\n---\n");
    TEXT_AT(view_of("category/alone"), "list.parent", "");
    TEXT_AT(view_of("category/alone"), "list.hasChildren", "false");
}
END_TEST

START_TEST(author_is_introduced)
{
    const atd_value_t *view;

    put_posts();
    view = view_of("author/ada");
    TEXT_AT(view, "list.person.name", "Ada");
    TEXT_AT(view, "list.person.path", "/blog/author/ada");
    TEXT_AT(view, "list.description", "Bio");
    TEXT_AT(view, "list.content", "<p>More of <em>Ada</em>.</p>\n");
}
END_TEST

START_TEST(archive_has_a_date_and_no_feeds)
{
    const atd_value_t *view;

    put_posts();
    view = view_of("archive/2025/06");
    TEXT_AT(view, "list.title", "June 2025");
    TEXT_AT(view, "list.year", "2025");
    TEXT_AT(view, "list.month", "6");
    TEXT_AT(view, "list.slug", "");
    TEXT_AT(view, "list.feeds", "");
    ck_assert_int_eq(atd_value_type(atd_value_find(view_of("archive/2025"), "list.month")), ATD_NULL);
    put_file("site.yaml", "language: de\n");
    TEXT_AT(view_of("archive/2025/06"), "list.title", "Juni 2025");
}
END_TEST

/* ---- overviews ---- */

static const atd_value_t *terms_of(atd_term_kind_t kind)
{
    const atd_site_t *site = open_site();
    atd_value_t *view = atd_value_map(atd_test_pool);
    atd_index_t *index = NULL;

    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    ATD_OK(atd_view_list_terms(view, site, index, kind, atd_test_pool));
    ck_assert_str_eq(keys_of(view), "terms hasTerms");
    return view;
}

static void put_tagged(const char *tag, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put_file(apr_psprintf(atd_test_pool, "posts/%s-%u.md", tag, i),
                 apr_psprintf(atd_test_pool, "---\ntags: [%s]\n---\n", tag));
}

START_TEST(weights_go_from_1_to_5)
{
    static const char *const weights[] = {"1", "2", "3", "4", "5"};
    static const unsigned counts[] = {1, 2, 4, 8, 16};
    const atd_value_t *view;

    for (unsigned i = 0; i < 5; i++)
        put_tagged(apr_psprintf(atd_test_pool, "t%u", i), counts[i]);
    view = terms_of(ATD_TERM_TAG);
    TEXT_AT(view, "hasTerms", "true");
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_str_eq(keys_of(atd_value_at(atd_value_get(view, "terms"), i)),
                         "name slug path count weight description color featured");
        ck_assert_int_eq(atoi(item_at(view, "terms", i, "count")), (int)counts[i]);
        ck_assert_pstr_eq(item_at(view, "terms", i, "weight"), weights[i]);
    }
}
END_TEST

START_TEST(terms_that_are_alike_weigh_the_same)
{
    put_tagged("a", 1);
    put_tagged("b", 1);
    ck_assert_pstr_eq(item_at(terms_of(ATD_TERM_TAG), "terms", 0, "weight"), "1");
    ck_assert_pstr_eq(item_at(terms_of(ATD_TERM_TAG), "terms", 1, "weight"), "1");
    TEXT_AT(terms_of(ATD_TERM_AUTHOR), "hasTerms", "false");
}
END_TEST

START_TEST(categories_show_their_files)
{
    const atd_value_t *view;

    put_posts();
    put_file("categories/top.md", "---\nname: Top\nfeatured: true\n---\n");
    view = terms_of(ATD_TERM_CATEGORY);
    ck_assert_uint_eq(atd_value_count(atd_value_get(view, "terms")), 2); /* none without posts */
    ck_assert_pstr_eq(item_at(view, "terms", 0, "name"), "The Sub");
    ck_assert_pstr_eq(item_at(view, "terms", 0, "path"), "/blog/category/sub");
    ck_assert_pstr_eq(item_at(view, "terms", 0, "color"), "#abc");
    ck_assert_pstr_eq(item_at(view, "terms", 0, "description"), "D");
    ck_assert_pstr_eq(item_at(view, "terms", 1, "featured"), "true");
}
END_TEST

START_TEST(authors_who_left_are_not_shown)
{
    put_posts();
    put_file("posts/d.md", "---\nauthor: Bob\n---\n");
    ck_assert_uint_eq(atd_value_count(atd_value_get(terms_of(ATD_TERM_AUTHOR), "terms")), 2);
    put_file("authors/bob.md", "---\nname: Bob\nactive: false\n---\n");
    ck_assert_uint_eq(atd_value_count(atd_value_get(terms_of(ATD_TERM_AUTHOR), "terms")), 1);
}
END_TEST

/* ---- the archive ---- */

static const atd_value_t *archive_of(void)
{
    const atd_site_t *site = open_site();
    atd_value_t *view = atd_value_map(atd_test_pool);
    atd_index_t *index = NULL;

    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    ATD_OK(atd_view_list_archive(view, site, index, atd_test_pool));
    return atd_value_get(view, "archive");
}

START_TEST(months_are_grouped_by_year)
{
    const atd_value_t *archive, *year;

    put_posts();
    put_file("posts/d.md", "---\ndate: 2025-01-31\n---\n");
    put_file("posts/undated.md", "x");
    put_file("posts/draft.md", "---\ndate: 2023-01-01\nstatus: draft\n---\n");
    archive = archive_of();
    ck_assert_uint_eq(atd_value_count(atd_value_get(archive, "years")), 2);
    year = atd_value_at(atd_value_get(archive, "years"), 0);
    ck_assert_str_eq(keys_of(year), "year path count months");
    TEXT_AT(year, "year", "2025");
    TEXT_AT(year, "path", "/blog/archive/2025");
    TEXT_AT(year, "count", "3");
    ck_assert_str_eq(keys_of(atd_value_at(atd_value_get(year, "months"), 0)), "month name label path count");
    ck_assert_pstr_eq(item_at(year, "months", 0, "month"), "6");
    ck_assert_pstr_eq(item_at(year, "months", 0, "name"), "June");
    ck_assert_pstr_eq(item_at(year, "months", 0, "label"), "June 2025");
    ck_assert_pstr_eq(item_at(year, "months", 0, "path"), "/blog/archive/2025/06");
    ck_assert_pstr_eq(item_at(year, "months", 0, "count"), "2");
    ck_assert_pstr_eq(item_at(year, "months", 1, "month"), "1");
    TEXT_AT(atd_value_at(atd_value_get(archive, "years"), 1), "year", "2024");
}
END_TEST

START_TEST(archive_may_be_empty)
{
    const atd_value_t *archive = archive_of();

    ck_assert_str_eq(keys_of(archive), "years");
    ck_assert_uint_eq(atd_value_count(atd_value_get(archive, "years")), 0);
}
END_TEST

Suite *view_list_suite(void)
{
    Suite *suite = suite_create("view_list");
    TCase *tests = site_test_case(suite, "pagination");

    tcase_add_loop_test(tests, every_page_of_every_number_of_pages, 1, 41);
    tcase_add_test(tests, rows_are_what_readers_expect);
    tests = site_test_case(suite, "lists");
    tcase_add_test(tests, list_has_every_key);
    tcase_add_test(tests, category_shows_its_file);
    tcase_add_test(tests, category_shows_its_children);
    tcase_add_test(tests, content_is_on_the_first_page_alone);
    tcase_add_test(tests, nobody_is_its_own_child);
    tcase_add_test(tests, author_is_introduced);
    tcase_add_test(tests, archive_has_a_date_and_no_feeds);
    tests = site_test_case(suite, "overviews");
    tcase_add_test(tests, weights_go_from_1_to_5);
    tcase_add_test(tests, terms_that_are_alike_weigh_the_same);
    tcase_add_test(tests, categories_show_their_files);
    tcase_add_test(tests, authors_who_left_are_not_shown);
    tcase_add_test(tests, months_are_grouped_by_year);
    tcase_add_test(tests, archive_may_be_empty);
    return suite;
}
