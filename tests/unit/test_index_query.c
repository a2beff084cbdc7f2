/* SPDX-License-Identifier: Apache-2.0 */
#include "index_fixture.h"

#include "base/atd_text.h"

#include <apr_strings.h>
#include <stdio.h>
#include <stdlib.h>

static atd_index_t *scanned(void)
{
    atd_index_t *index = open_index();

    ck_assert(scan(index).complete);
    return index;
}

static const atd_post_t *summary_of(atd_index_t *index, const char *slug)
{
    const atd_post_t *post = NULL;

    ATD_OK(atd_index_summary(&post, index, slug, atd_test_pool));
    ck_assert_msg(post != NULL, "no post %s", slug);
    return post;
}

/* ---- who sees what ---- */

static const char *const hidden[] = {
    "status: draft\n",
    "draft: true\n",
    "status: published\ndate: 2025-07-01T00:00:01Z\n",
    "status: scheduled\ndate: 2030-01-01\n",
    "status: scheduled\n",
    "expires: 2025-07-01\n",
    "status: archived\n",
    "status: gone\n",
};

START_TEST(hidden_posts_are_their_authors_alone)
{
    static const char shared[] = "tags: [x]\ncategory: c\nauthor: Ada\nseries: s\n";
    atd_index_t *index;

    put_post("posts/h.md", apr_pstrcat(atd_test_pool, hidden[_i], shared, NULL));
    put_post("posts/shown.md", apr_pstrcat(atd_test_pool, "date: 2025-01-01\n", shared, NULL));
    put_post("pages/p.md", hidden[_i]);
    index = scanned();
    for (int kind = ATD_LIST_ALL; kind <= ATD_LIST_PAGES; kind++) {
        const char *const slugs[] = {"", "", "x", "c", "ada", "s", "", ""};
        const char *slug = slugs[kind];

        test_viewer.drafts = false;
        ck_assert_str_eq(listed(index, (atd_list_kind_t)kind, slug), kind == ATD_LIST_PAGES ? "" : "shown");
        test_viewer.drafts = true;
        if (kind == ATD_LIST_PAGES)
            ck_assert_str_eq(listed(index, ATD_LIST_PAGES, slug), "p");
        else
            HAS(listed(index, (atd_list_kind_t)kind, slug), "h");
    }
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=2");
    test_viewer.drafts = false;
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=1");
    ck_assert_str_eq(terms_of(index, ATD_TERM_CATEGORY), "c=1");
    ck_assert_str_eq(terms_of(index, ATD_TERM_AUTHOR), "ada=1");
    ck_assert_str_eq(found(index, "h"), "posts/h.md");
}
END_TEST

START_TEST(time_alone_shows_and_hides)
{
    atd_index_t *index;
    apr_time_t last, next;

    put_post("posts/a.md", "status: scheduled\ndate: 2025-07-03\ntags: [x]\n");
    put_post("posts/b.md", "date: 2025-06-01\nexpires: 2025-07-05\n");
    put_post("posts/c.md", "status: draft\ndate: 2025-07-02\n");
    index = scanned();
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "b");
    ATD_OK(atd_index_changes(&last, &next, index, NOW));
    ck_assert_int_eq(last, NOW - 30 * DAY);
    ck_assert_int_eq(next, NOW + 2 * DAY);
    test_viewer.now = next - 1;
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "b");
    test_viewer.now = next;
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "a b");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=1");
    ATD_OK(atd_index_changes(&last, &next, index, next));
    ck_assert_int_eq(last, NOW + 2 * DAY);
    ck_assert_int_eq(next, NOW + 4 * DAY);
    test_viewer.now = next;
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "a");
    ATD_OK(atd_index_changes(&last, &next, index, next));
    ck_assert_int_eq(last, NOW + 4 * DAY);
    ck_assert_int_eq(next, 0);
}
END_TEST

START_TEST(redirecting_posts_are_in_no_list)
{
    atd_index_t *index;

    put_post("posts/a.md", "redirect_to: /x\ntags: [x]\naliases: [/old]\n");
    put_post("posts/b.md", "");
    index = scanned();
    test_viewer.drafts = true;
    ck_assert_str_eq(listed(index, ATD_LIST_ALL, NULL), "b");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "b");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
    ck_assert_str_eq(found(index, "a"), "posts/a.md");
    ck_assert_str_eq(moved(index, "old"), "posts/a.md");
}
END_TEST

START_TEST(feeds_leave_out_what_says_so)
{
    static const atd_list_kind_t kinds[] = {ATD_LIST_RECENT, ATD_LIST_TAG, ATD_LIST_CATEGORY, ATD_LIST_AUTHOR};
    static const char *const slugs[] = {NULL, "x", "c", "ada"};
    atd_index_t *index;

    put_post("posts/a.md", "rss: false\ntags: [x]\ncategory: c\nauthor: Ada\n");
    put_post("posts/b.md", "rss: true\ntags: [x]\ncategory: c\nauthor: Ada\n");
    index = scanned();
    for (int i = 0; i < 4; i++) {
        const atd_list_query_t query = {.kind = kinds[i], .slug = slugs[i], .feed = true, .limit = 10};
        apr_array_header_t *posts = NULL;

        ATD_OK(atd_index_list(&posts, index, &test_viewer, &query, atd_test_pool));
        ck_assert_str_eq(slugs_of(posts), "b");
        ck_assert_str_eq(listed(index, kinds[i], slugs[i]), "a b");
    }
}
END_TEST

/* ---- order ---- */

START_TEST(featured_then_newest_then_priority_then_path)
{
    atd_index_t *index;

    put_post("posts/f.md", "featured: true\ndate: 2024-01-01\n");
    put_post("posts/e.md", "date: 2025-06-09\npriority: low\n");
    put_post("posts/d.md", "date: 2025-06-05\npriority: high\n");
    put_post("posts/b.md", "date: 2025-06-05\npriority: low\n");
    put_post("posts/c.md", "date: 2025-06-05\npriority: low\nfeatured: false\n");
    put_post("posts/a.md", "");
    index = scanned();
    ck_assert_str_eq(listed(index, ATD_LIST_ALL, NULL), "f e d b c a");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "e b c d f a");
}
END_TEST

START_TEST(series_go_by_their_parts)
{
    atd_index_t *index;

    put_post("posts/a.md", "series: My Series\npartNumber: 3\ndate: 2025-01-01\n");
    put_post("posts/b.md", "series: my series\npartNumber: 1\ndate: 2025-03-01\n");
    put_post("posts/c.md", "series: My Series\npartNumber: 10\ndate: 2025-02-01\n");
    put_post("posts/d.md", "series: My Series\npartNumber: 3\ndate: 2024-01-01\n");
    put_post("posts/e.md", "series: Other\npartNumber: 1\n");
    index = scanned();
    ck_assert_str_eq(listed(index, ATD_LIST_SERIES, "my-series"), "b d a c");
    ck_assert_str_eq(listed(index, ATD_LIST_SERIES, "other"), "e");
    ck_assert_str_eq(listed(index, ATD_LIST_SERIES, "none"), "");
}
END_TEST

START_TEST(months_are_those_the_author_means)
{
    atd_index_t *index;
    atd_list_query_t query = {.kind = ATD_LIST_MONTHS, .first = 202412, .last = 202501, .limit = 10};
    apr_array_header_t *posts = NULL;
    apr_int64_t count;

    put_post("posts/a.md", "date: 2025-01-01T00:30:00+02:00\n");
    put_post("posts/b.md", "date: 2024-12-31T23:30:00-05:00\n");
    put_post("posts/c.md", "date: 2025-01-31\n");
    put_post("posts/d.md", "date: 2025-02-01\n");
    put_post("posts/e.md", "");
    put_post("posts/2023-11-05-f.md", "");
    index = scanned();
    ck_assert_str_eq(months_of(index), "202502=1 202501=2 202412=1 202311=1");
    ATD_OK(atd_index_list(&posts, index, &test_viewer, &query, atd_test_pool));
    ck_assert_str_eq(slugs_of(posts), "c b a");
    query.last = 202412;
    ATD_OK(atd_index_count(&count, index, &test_viewer, &query));
    ck_assert_int_eq(count, 1);
}
END_TEST

START_TEST(pages_of_a_list_make_the_whole)
{
    atd_index_t *index;
    const char *text = "";

    for (int i = 0; i < 23; i++)
        put_post(apr_psprintf(atd_test_pool, "posts/p%02d.md", i),
                 apr_psprintf(atd_test_pool, "date: 2025-06-%02d\ntags: [x]\n", 1 + i % 5));
    index = scanned();
    for (int offset = 0; offset < 30; offset += 7) {
        const atd_list_query_t query = {.kind = ATD_LIST_TAG, .slug = "x", .offset = offset, .limit = 7};
        apr_array_header_t *posts = NULL;
        apr_int64_t count;

        ATD_OK(atd_index_list(&posts, index, &test_viewer, &query, atd_test_pool));
        ATD_OK(atd_index_count(&count, index, &test_viewer, &query));
        ck_assert_int_eq(count, 23);
        ck_assert_int_eq(posts->nelts, offset < 21 ? 7 : offset == 21 ? 2 : 0);
        if (posts->nelts)
            text = apr_pstrcat(atd_test_pool, text, *text ? " " : "", slugs_of(posts), NULL);
    }
    ck_assert_str_eq(text, listed(index, ATD_LIST_TAG, "x"));
}
END_TEST

/* ---- single posts ---- */

START_TEST(summaries_have_all_that_lists_show)
{
    atd_index_t *index;
    const atd_post_t *post;

    put_file("authors/ada.md", "---\nname: Ada L.\nrole: Poet\n---\n");
    put_file("posts/a.md",
             "---\ntitle: A\nauthor: ada\ntags: [X]\nseo: {description: D}\n---\n# H\n\nOne *two* three.\n\nFour.\n");
    index = scanned();
    post = summary_of(index, "a");
    ck_assert_str_eq(post->path, "posts/a.md");
    ck_assert_str_eq(post->title, "A");
    ck_assert_str_eq(post->description, "D");
    ck_assert_str_eq(post->summary, "One two three.");
    ck_assert_int_eq(post->words, 5);
    ck_assert_int_gt(post->seen, 0);
    ck_assert_int_eq(post->authors->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(post->authors, 0, atd_person_t).name, "Ada L.");
    ck_assert_str_eq(APR_ARRAY_IDX(post->authors, 0, atd_person_t).role, "Poet");
    ck_assert_str_eq(listed(index, ATD_LIST_AUTHOR, "ada"), "a");
    put_file("authors/ada.md", "---\nname: Ada B.\n---\n");
    scan(index);
    ck_assert_str_eq(APR_ARRAY_IDX(summary_of(index, "a")->authors, 0, atd_person_t).name, "Ada B.");
}
END_TEST

static const char *neighbours(atd_index_t *index, const char *slug)
{
    const atd_post_t *older = NULL;
    const atd_post_t *newer = NULL;

    ATD_OK(atd_index_neighbours(&older, &newer, index, &test_viewer, summary_of(index, slug), atd_test_pool));
    return apr_pstrcat(atd_test_pool, older ? older->slug : "-", " ", newer ? newer->slug : "-", NULL);
}

START_TEST(neighbours_are_those_by_date)
{
    atd_index_t *index;

    put_post("posts/a.md", "date: 2025-01-01\n");
    put_post("posts/b.md", "date: 2025-02-01\nfeatured: true\n");
    put_post("posts/c.md", "date: 2025-02-01\n");
    put_post("posts/d.md", "date: 2025-02-01\nstatus: draft\n");
    put_post("posts/e.md", "date: 2025-03-01\n");
    put_post("posts/f.md", "date: 2026-03-01\n");
    put_post("pages/g.md", "date: 2025-02-15\n");
    put_post("posts/h.md", "");
    index = scanned();
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "e b c a h");
    ck_assert_str_eq(neighbours(index, "e"), "b -");
    ck_assert_str_eq(neighbours(index, "b"), "c e");
    ck_assert_str_eq(neighbours(index, "c"), "a b");
    ck_assert_str_eq(neighbours(index, "a"), "h c");
    ck_assert_str_eq(neighbours(index, "h"), "- a");
    ck_assert_str_eq(neighbours(index, "f"), "e -");
    ck_assert_str_eq(neighbours(index, "d"), "a c");
    test_viewer.drafts = true;
    ck_assert_str_eq(neighbours(index, "e"), "b f");
    ck_assert_str_eq(neighbours(index, "c"), "d b");
}
END_TEST

static const char *related(atd_index_t *index, const char *slug, apr_int64_t limit)
{
    apr_array_header_t *posts = NULL;

    ATD_OK(atd_index_related(&posts, index, &test_viewer, summary_of(index, slug), limit, atd_test_pool));
    return slugs_of(posts);
}

START_TEST(the_rarest_shared_tag_comes_first)
{
    atd_index_t *index;

    put_post("posts/own.md", "tags: [common, Rare]\ncategory: c\n");
    put_post("posts/rare.md", "tags: [rare]\ndate: 2024-01-01\n");
    put_post("posts/new.md", "tags: [common]\ndate: 2025-03-01\n");
    put_post("posts/old.md", "tags: [common]\ndate: 2025-01-01\n");
    put_post("posts/same.md", "tags: [common]\ndate: 2024-01-01\ncategory: C\n");
    put_post("posts/cat.md", "category: c\ndate: 2025-06-01\n");
    put_post("posts/other.md", "tags: [x]\ncategory: d\ndate: 2025-06-02\n");
    put_post("posts/draft.md", "tags: [rare, common]\nstatus: draft\n");
    put_post("posts/later.md", "tags: [rare, common]\ndate: 2030-01-01\n");
    put_post("pages/page.md", "tags: [rare, common]\n");
    index = scanned();
    ck_assert_str_eq(related(index, "own", 10), "rare same new old cat");
    ck_assert_str_eq(related(index, "own", 2), "rare same");
    ck_assert_str_eq(related(index, "own", 0), "");
    ck_assert_str_eq(related(index, "other", 10), "");
    ck_assert_str_eq(related(index, "cat", 10), "same own");
}
END_TEST

/* ---- terms and records ---- */

START_TEST(terms_are_counted_by_their_slugs)
{
    atd_index_t *index;
    const atd_term_t *term = NULL;

    put_post("posts/a.md", "tags: [C++, c, Über uns]\ndate: 2025-01-01\nmodified: 2025-01-01\ncategory: Tech\n");
    put_post("posts/b.md", "tags: [ÜBER UNS, über-uns]\ndate: 2025-02-01\nmodified: 2025-02-01\nauthors: [Ada, Bob]\n");
    put_post("posts/c.md", "tags: ['!', x]\ncategories: [tech, More]\ndate: 2025-01-01\nmodified: 2025-01-02\n");
    index = scanned();
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "c=1 more=1 x=1 \xC3\xBC"
                                                    "ber-uns=2");
    ck_assert_str_eq(terms_of(index, ATD_TERM_CATEGORY), "tech=2");
    ck_assert_str_eq(terms_of(index, ATD_TERM_AUTHOR), "ada=1 bob=1");
    ATD_OK(atd_index_term(&term, index, &test_viewer, ATD_TERM_CATEGORY, "tech", atd_test_pool));
    ck_assert_str_eq(term->name, "tech");
    ck_assert_int_eq(term->count, 2);
    ck_assert_int_eq(term->newest, summary_of(index, "c")->modified.at);
    ATD_OK(atd_index_term(&term, index, &test_viewer, ATD_TERM_CATEGORY, "none", atd_test_pool));
    ck_assert_ptr_null(term);
}
END_TEST

START_TEST(records_are_files_of_authors_and_categories)
{
    atd_index_t *index;
    const atd_record_t *record = NULL;
    apr_array_header_t *records = NULL;

    put_file("authors/ada.md", "---\nname: Ada\n---\n");
    put_file("authors/Bob.md", "---\nname: Bob\n---\n");
    put_file("authors/broken.md", "---\nname: [Bob\n---\n");
    put_file("categories/ada.md", "---\ntitle: Programs\n---\n");
    put_post("posts/ada.md", "");
    index = scanned();
    ATD_OK(atd_index_record(&record, index, ATD_TERM_AUTHOR, "ada", atd_test_pool));
    ck_assert_str_eq(record->path, "authors/ada.md");
    TEXT_AT(record->data, "name", "Ada");
    ATD_OK(atd_index_record(&record, index, ATD_TERM_CATEGORY, "ada", atd_test_pool));
    TEXT_AT(record->data, "title", "Programs");
    ATD_OK(atd_index_record(&record, index, ATD_TERM_CATEGORY, "bob", atd_test_pool));
    ck_assert_ptr_null(record);
    ATD_OK(atd_index_records(&records, index, ATD_TERM_AUTHOR, atd_test_pool));
    ck_assert_int_eq(records->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(records, 0, const atd_record_t *)->slug, "ada");
    ck_assert_str_eq(APR_ARRAY_IDX(records, 1, const atd_record_t *)->slug, "bob");
    put_file("authors/ada.md", "---\nname: [Ada\n---\n");
    scan(index);
    ATD_OK(atd_index_record(&record, index, ATD_TERM_AUTHOR, "ada", atd_test_pool));
    TEXT_AT(record->data, "name", "Ada"); /* as it was */
}
END_TEST

/* ---- many posts against a plain computation ---- */

static const char *const tags[] = {"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"};
static const atd_post_t **all;
static int all_count;
static unsigned random_state;

static unsigned random_below(unsigned bound)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (unsigned)(((apr_uint64_t)random_state * bound) >> 32);
}

static const char *random_date(const char *key)
{
    static const char *const offsets[] = {"Z", "+02:00", "-11:30"};

    if (random_below(8) == 0)
        return "";
    return apr_psprintf(atd_test_pool, "%s: 202%u-%02u-%02uT%02u:00:00%s\n", key, 3 + random_below(4),
                        1 + random_below(12), 1 + random_below(28), random_below(3) * 11, offsets[random_below(3)]);
}

static const char *random_post(void)
{
    static const char *const states[] = {"",
                                         "",
                                         "",
                                         "",
                                         "status: draft\n",
                                         "status: scheduled\n",
                                         "status: archived\n",
                                         "status: gone\n",
                                         "draft: true\n",
                                         "status: published\n"};
    static const char *const others[] = {
        "", "", "featured: true\n", "priority: low\n", "priority: high\n", "rss: false\n"};
    const char *text = apr_pstrcat(atd_test_pool, states[random_below(10)], others[random_below(6)],
                                   random_date("date"), random_below(6) ? "" : random_date("expires"), NULL);

    if (random_below(3))
        text = apr_psprintf(atd_test_pool, "%stags: [%s, %s]\n", text, tags[random_below(8)], tags[random_below(8)]);
    if (random_below(2))
        text = apr_psprintf(atd_test_pool, "%scategory: c%u\n", text, random_below(3));
    if (random_below(2))
        text = apr_psprintf(atd_test_pool, "%sauthor: Author %u\n", text, random_below(3));
    if (random_below(4) == 0)
        text = apr_psprintf(atd_test_pool, "%sseries: s%u\npartNumber: %u\n", text, random_below(2), random_below(9));
    return text;
}

static void put_random_posts(int count)
{
    all = apr_pcalloc(atd_test_pool, (apr_size_t)count * sizeof(const atd_post_t *));
    all_count = count;
    for (int i = 0; i < count; i++) {
        const char *path = apr_psprintf(atd_test_pool, "posts/%u/p%d.md", random_below(5), i);
        const char *text = markdown_of(random_post(), "x");

        put_file(path, text);
        ATD_OK(atd_post_parse(&all[i], path, text, strlen(text), NULL, NULL, atd_test_pool));
    }
}

static bool has_tag(const atd_post_t *post, const char *slug)
{
    for (apr_size_t i = 0; i < atd_value_count(post->tags); i++) {
        if (strcmp(atd_value_text(atd_value_at(post->tags, i)), slug) == 0)
            return true;
    }
    return false;
}

static unsigned month_of(const atd_post_t *post)
{
    const char *day = post->date.at ? atd_date_day(&post->date, atd_test_pool) : "0-0";
    unsigned year = 0, month = 0;

    sscanf(day, "%u-%u", &year, &month);
    return year * 100 + month;
}

static bool is_in(const atd_post_t *post, const atd_list_query_t *query)
{
    switch (query->kind) {
    case ATD_LIST_TAG:
        return has_tag(post, query->slug);
    case ATD_LIST_CATEGORY:
        return post->category && strcmp(post->category, query->slug) == 0;
    case ATD_LIST_AUTHOR:
        return post->authors->nelts && strcmp(APR_ARRAY_IDX(post->authors, 0, atd_person_t).slug, query->slug) == 0;
    case ATD_LIST_SERIES:
        return post->series && strcmp(post->series, query->slug) == 0;
    case ATD_LIST_MONTHS:
        return month_of(post) >= query->first && month_of(post) <= query->last;
    default:
        return query->kind != ATD_LIST_PAGES;
    }
}

static atd_list_kind_t sorted_as;

static int compare_numbers(apr_int64_t a, apr_int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_posts(const void *a, const void *b)
{
    const atd_post_t *left = *(const atd_post_t *const *)a;
    const atd_post_t *right = *(const atd_post_t *const *)b;
    int by_date = compare_numbers(right->date.at, left->date.at);
    int order = 0;

    if (sorted_as == ATD_LIST_SERIES) {
        order = compare_numbers(left->part_number, right->part_number);
        by_date = -by_date;
    }
    if (sorted_as == ATD_LIST_ALL)
        order = (right->featured == ATD_FLAG_ON) - (left->featured == ATD_FLAG_ON);
    if (!order)
        order = by_date;
    if (!order && sorted_as == ATD_LIST_ALL)
        order = (int)right->priority - (int)left->priority;
    return order ? order : strcmp(left->path, right->path);
}

static apr_array_header_t *plainly(const atd_list_query_t *query)
{
    apr_array_header_t *posts = apr_array_make(atd_test_pool, 64, sizeof(const atd_post_t *));

    for (int i = 0; i < all_count; i++) {
        const atd_post_t *post = all[i];

        if ((test_viewer.drafts || atd_post_is_public(post, test_viewer.now)) && is_in(post, query) &&
            (!query->feed || post->rss != ATD_FLAG_OFF))
            APR_ARRAY_PUSH(posts, const atd_post_t *) = post;
    }
    sorted_as = query->kind;
    qsort(posts->elts, (apr_size_t)posts->nelts, sizeof(const atd_post_t *), compare_posts);
    return posts;
}

static void check_list(atd_index_t *index, const atd_list_query_t *query)
{
    const apr_array_header_t *expected = plainly(query);
    apr_array_header_t *posts = NULL;
    apr_int64_t count = 0;

    ATD_OK(atd_index_list(&posts, index, &test_viewer, query, atd_test_pool));
    ck_assert_int_eq(posts->nelts, expected->nelts);
    for (int i = 0; i < posts->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(posts, i, const atd_post_t *)->path,
                   APR_ARRAY_IDX(expected, i, const atd_post_t *)->path) != 0)
            ck_abort_msg("list %d, place %d: %s", query->kind, i, APR_ARRAY_IDX(posts, i, const atd_post_t *)->path);
    if (query->feed)
        return;
    ATD_OK(atd_index_count(&count, index, &test_viewer, query));
    ck_assert_int_eq(count, expected->nelts);
}

static void check_lists(atd_index_t *index)
{
    static const atd_list_query_t queries[] = {
        {.kind = ATD_LIST_ALL, .limit = 10000},
        {.kind = ATD_LIST_RECENT, .limit = 10000},
        {.kind = ATD_LIST_RECENT, .limit = 10000, .feed = true},
        {.kind = ATD_LIST_TAG, .slug = "t1", .limit = 10000},
        {.kind = ATD_LIST_TAG, .slug = "t7", .limit = 10000, .feed = true},
        {.kind = ATD_LIST_CATEGORY, .slug = "c1", .limit = 10000},
        {.kind = ATD_LIST_AUTHOR, .slug = "author-2", .limit = 10000},
        {.kind = ATD_LIST_SERIES, .slug = "s1", .limit = 10000},
        {.kind = ATD_LIST_MONTHS, .first = 202411, .last = 202502, .limit = 10000},
        {.kind = ATD_LIST_PAGES, .limit = 10000},
    };

    for (apr_size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        check_list(index, &queries[i]);
}

static void check_terms(atd_index_t *index)
{
    const char *text = "";

    for (apr_size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const atd_list_query_t query = {.kind = ATD_LIST_TAG, .slug = tags[i]};
        int count = plainly(&query)->nelts;

        if (count)
            text = apr_psprintf(atd_test_pool, "%s%s%s=%d", text, *text ? " " : "", tags[i], count);
    }
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), text);
}

static void check_neighbours(atd_index_t *index)
{
    const atd_list_query_t query = {.kind = ATD_LIST_RECENT};
    const apr_array_header_t *posts = plainly(&query);

    for (int i = 1; i + 1 < posts->nelts; i += 1 + posts->nelts / 20) {
        const atd_post_t *const *at = &APR_ARRAY_IDX(posts, i, const atd_post_t *);
        const atd_post_t *older = NULL;
        const atd_post_t *newer = NULL;

        ATD_OK(atd_index_neighbours(&older, &newer, index, &test_viewer, *at, atd_test_pool));
        ck_assert_str_eq(older->path, at[1]->path);
        ck_assert_str_eq(newer->path, at[-1]->path);
    }
}

static void check_changes(atd_index_t *index)
{
    apr_time_t last, next, after = 0;

    ATD_OK(atd_index_changes(&last, &next, index, test_viewer.now));
    for (int i = 0; i < all_count; i++) {
        const apr_time_t times[] = {all[i]->date.at, all[i]->expires.at};

        for (int t = 0; t < 2; t++) {
            bool before = atd_post_is_public(all[i], times[t] - 1);

            if (times[t] && before != atd_post_is_public(all[i], times[t])) {
                if (times[t] <= test_viewer.now ? times[t] > last : times[t] < next)
                    ck_abort_msg("a change of %s is not told", all[i]->path);
                after = times[t] > test_viewer.now && (!after || times[t] < after) ? times[t] : after;
            }
        }
    }
    ck_assert(!after || next <= after);
    ck_assert_int_le(last, test_viewer.now);
}

START_TEST(many_posts_are_listed_as_a_plain_computation_has_them)
{
    static const int days[] = {-400, 0, 45, 2000};
    atd_index_t *index;

    random_state = (unsigned)_i + 1;
    put_random_posts(is_quick() ? 300 : _i == 0 ? 5000 : 500);
    test_policy.no_text = _i == 0;
    index = scanned();
    ck_assert_str_eq(reports(), "");
    for (int i = 0; i < 4; i++) {
        test_viewer = (atd_index_viewer_t){.now = NOW + days[i] * DAY};
        check_lists(index);
        check_terms(index);
        check_neighbours(index);
        check_changes(index);
    }
    test_viewer.drafts = true;
    check_lists(index);
    check_terms(index);
}
END_TEST

static void add_lists(Suite *suite)
{
    TCase *tests = index_test_case(suite, "lists");

    tcase_add_loop_test(tests, hidden_posts_are_their_authors_alone, 0, (int)(sizeof hidden / sizeof *hidden));
    tcase_add_test(tests, time_alone_shows_and_hides);
    tcase_add_test(tests, redirecting_posts_are_in_no_list);
    tcase_add_test(tests, feeds_leave_out_what_says_so);
    tcase_add_test(tests, featured_then_newest_then_priority_then_path);
    tcase_add_test(tests, series_go_by_their_parts);
    tcase_add_test(tests, months_are_those_the_author_means);
    tcase_add_test(tests, pages_of_a_list_make_the_whole);
    tcase_add_loop_test(tests, many_posts_are_listed_as_a_plain_computation_has_them, 0, 2);
}

Suite *index_query_suite(void)
{
    Suite *suite = suite_create("index query");
    TCase *tests;

    add_lists(suite);
    tests = index_test_case(suite, "posts and terms");
    tcase_add_test(tests, summaries_have_all_that_lists_show);
    tcase_add_test(tests, neighbours_are_those_by_date);
    tcase_add_test(tests, the_rarest_shared_tag_comes_first);
    tcase_add_test(tests, terms_are_counted_by_their_slugs);
    tcase_add_test(tests, records_are_files_of_authors_and_categories);
    return suite;
}
