/* SPDX-License-Identifier: Apache-2.0 */
#include "index_fixture.h"

#include <apr_strings.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void rename_file(const char *from, const char *to)
{
    ck_assert_int_eq(rename(content_file(from), content_file(to)), 0);
}

static apr_time_t seen_of(atd_index_t *index, const char *slug)
{
    atd_entry_t entry;

    ATD_OK(atd_index_find(&entry, index, slug, atd_test_pool));
    return entry.seen;
}

/* ---- what changed ---- */

START_TEST(a_folder_is_read_once)
{
    atd_index_t *index = open_index();
    atd_index_state_t state;

    put_post("posts/a.md", "title: A\n");
    put_post("pages/b.md", "title: B\n");
    put_file("authors/ada.md", "---\nname: Ada\n---\n");
    state = scan(index);
    ck_assert(state.complete && state.changed);
    ck_assert_int_eq(state.files, 3);
    ck_assert_int_eq(state.waiting, 0);
    ck_assert_uint_ne(state.digest.sum, 0);
    ck_assert_int_gt(state.modified, 0);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "a");
    ck_assert_str_eq(listed(index, ATD_LIST_PAGES, NULL), "b");
    state = scan(index);
    ck_assert(state.complete && !state.changed);
    ck_assert_int_gt(state.cost, 0);
    ck_assert(!scan(open_index()).changed);
}
END_TEST

START_TEST(an_empty_folder_is_complete)
{
    atd_index_t *index = open_index();
    const atd_index_state_t state = scan(index);

    ck_assert(state.complete);
    ck_assert_uint_ne(state.digest.sum, 0);
    ck_assert_int_eq(state.files, 0);
    ck_assert(!scan(index).changed);
}
END_TEST

START_TEST(edits_are_seen)
{
    atd_index_t *index = open_index();
    atd_index_state_t first, second;
    const atd_post_t *post = NULL;

    put_post("posts/a.md", "title: A\ntags: [x]\n");
    first = scan(index);
    put_post("posts/a.md", "title: Other\ntags: [y, z]\n");
    second = scan(index);
    ck_assert(second.changed);
    ck_assert_uint_ne(first.digest.sum, second.digest.sum);
    ck_assert_int_gt(second.modified, first.modified);
    ATD_OK(atd_index_summary(&post, index, "a", atd_test_pool));
    ck_assert_str_eq(post->title, "Other");
    ck_assert_str_eq(post->summary, "Some text.");
    ck_assert_int_eq(post->words, 2);
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "y=1 z=1");
}
END_TEST

START_TEST(another_stamp_is_no_edit)
{
    atd_index_t *index = open_index();
    const char *text = markdown_of("title: A\ntags: [x]\n", "");
    atd_index_state_t first, second;

    put_file("posts/a.md", text);
    first = scan(index);
    put_again("posts/a.md", text, 1750000000);
    second = scan(index);
    ck_assert_uint_ne(first.digest.sum, second.digest.sum);
    ck_assert_int_eq(first.modified, second.modified);
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=1");
    ck_assert(!scan(index).changed);
}
END_TEST

START_TEST(files_go)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "tags: [x]\naliases: [/old]\n");
    put_post("posts/b.md", "tags: [x]\n");
    put_file("authors/ada.md", "---\nname: Ada\n---\n");
    scan(index);
    remove_file("posts/a.md");
    remove_file("authors/ada.md");
    ck_assert_int_eq(scan(index).files, 1);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "b");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=1");
    ck_assert_str_eq(found(index, "a"), "");
    ck_assert_str_eq(moved(index, "old"), "");
    remove_file("posts/b.md");
    scan(index);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
}
END_TEST

START_TEST(slugs_are_found)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "");
    put_post("posts/b.md", "slug: c\n");
    put_post("posts/2025-01-01-d.md", "");
    put_post("e/index.md", "");
    put_post("posts/My File.md", "");
    put_post("posts/posts.md", "");
    put_post("posts/2025/f.md", "status: draft\n");
    put_post("pages/g.md", "");
    put_file("authors/ada.md", "x");
    scan(index);
    ck_assert_str_eq(found(index, "a"), "posts/a.md");
    ck_assert_str_eq(found(index, "b"), "");
    ck_assert_str_eq(found(index, "c"), "posts/b.md");
    ck_assert_str_eq(found(index, "d"), "posts/2025-01-01-d.md");
    ck_assert_str_eq(found(index, "e"), "e/index.md");
    ck_assert_str_eq(found(index, "my-file"), "posts/My File.md");
    ck_assert_str_eq(found(index, "posts"), "posts/posts.md");
    ck_assert_str_eq(found(index, "f"), "posts/2025/f.md");
    ck_assert_str_eq(found(index, "g"), "pages/g.md");
    ck_assert_str_eq(found(index, "ada"), "");
}
END_TEST

/* ---- former addresses ---- */

START_TEST(a_renamed_file_keeps_what_leads_to_it)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "");
    scan(index);
    rename_file("posts/a.md", "posts/b.md");
    scan(index);
    ck_assert_str_eq(found(index, "a"), "");
    ck_assert_str_eq(moved(index, "a"), "posts/b.md");
    mkdir(content_file("posts/2025"), 0755);
    rename_file("posts/b.md", "posts/2025/c.md");
    scan(index);
    ck_assert_str_eq(moved(index, "a"), "posts/2025/c.md");
    ck_assert_str_eq(moved(index, "b"), "posts/2025/c.md");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "c");
}
END_TEST

START_TEST(a_renamed_redirect_keeps_what_leads_to_it)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "redirect_to: /x\n");
    scan(index);
    rename_file("posts/a.md", "posts/b.md");
    scan(index);
    ck_assert_str_eq(moved(index, "a"), "posts/b.md");
}
END_TEST

START_TEST(a_renamed_folder_keeps_all)
{
    atd_index_t *index = open_index();

    for (int i = 0; i < 50; i++)
        put_post(apr_psprintf(atd_test_pool, "posts/x/p%d.md", i), "");
    scan(index);
    rename_file("posts/x", "blog");
    rename_file("blog/p7.md", "blog/q7.md");
    scan(index);
    ck_assert_str_eq(found(index, "p6"), "blog/p6.md");
    ck_assert_str_eq(moved(index, "p7"), "blog/q7.md");
    ck_assert_str_eq(moved(index, "p8"), "");
}
END_TEST

START_TEST(two_files_may_change_places)
{
    atd_index_t *index = open_index();
    const atd_post_t *post = NULL;

    put_post("posts/a.md", "title: A\n");
    put_post("posts/b.md", "title: B\n");
    scan(index);
    rename_file("posts/a.md", "posts/c");
    rename_file("posts/b.md", "posts/a.md");
    rename_file("posts/c", "posts/b.md");
    scan(index);
    ATD_OK(atd_index_summary(&post, index, "a", atd_test_pool));
    ck_assert_str_eq(post->title, "B");
    ck_assert_str_eq(moved(index, "a"), "");
}
END_TEST

START_TEST(a_changed_slug_leads_on)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "slug: one\n");
    scan(index);
    put_post("posts/a.md", "slug: two\n");
    scan(index);
    put_post("posts/a.md", "slug: three\n");
    scan(index);
    ck_assert_str_eq(moved(index, "one"), "posts/a.md");
    ck_assert_str_eq(moved(index, "two"), "posts/a.md");
    ck_assert_str_eq(moved(index, "three"), "");
    remove_file("posts/a.md");
    scan(index);
    ck_assert_str_eq(moved(index, "one"), "");
}
END_TEST

START_TEST(aliases_lead_to_their_post)
{
    static const char *const aliases[] = {
        "/old/", "old", "https://h/old/index.html", "old/index.html", "http://h:80/old/?p=1#x", "//old//",
    };
    atd_index_t *index = open_index();

    put_post("posts/a.md", apr_psprintf(atd_test_pool, "aliases: ['%s', /2020/x.html, '']\n", aliases[_i]));
    put_post("posts/b.md", "aliases: [/old]\nstatus: draft\n");
    scan(index);
    ck_assert_str_eq(moved(index, "old"), "posts/a.md");
    ck_assert_str_eq(moved(index, "2020/x.html"), "posts/a.md");
    ck_assert_str_eq(moved(index, "none"), "");
    put_post("posts/a.md", "");
    scan(index);
    ck_assert_str_eq(moved(index, "old"), "posts/b.md");
    ck_assert_str_eq(moved(index, "2020/x.html"), "");
}
END_TEST

/* ---- the same slug twice ---- */

START_TEST(the_first_of_two_files_is_shown)
{
    atd_index_t *index = open_index();
    const char *text;

    put_post("posts/b.md", "slug: s\ntags: [b]\n");
    put_post("posts/a.md", "slug: s\ntags: [a]\n");
    put_post("pages/c.md", "slug: s\n");
    scan(index);
    text = reports();
    ck_assert_uint_eq(count_of(text, "\n"), 2);
    ck_assert_uint_eq(count_of(text, "posts/a.md"), 2);
    HAS(text, "posts/b.md");
    HAS(text, "pages/c.md");
    HAS(text, "ATD0015");
    ck_assert_str_eq(found(index, "s"), "posts/a.md");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "s");
    ck_assert_str_eq(listed(index, ATD_LIST_PAGES, NULL), "");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "a=1");
    put_post("posts/z.md", "");
    scan(index);
    ck_assert_str_eq(reports(), "");
    remove_file("posts/a.md");
    scan(index);
    ck_assert_str_eq(found(index, "s"), "posts/b.md");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "b=1");
    ck_assert_str_eq(reports(), "");
}
END_TEST

START_TEST(the_root_comes_before_its_folders)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "");
    put_post("z.md", "slug: a\n");
    scan(index);
    ck_assert_str_eq(found(index, "a"), "z.md");
}
END_TEST

START_TEST(another_slug_ends_a_collision)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "slug: s\n");
    put_post("posts/b.md", "slug: s\ntags: [b]\n");
    scan(index);
    reports();
    put_post("posts/a.md", "slug: t\n");
    scan(index);
    ck_assert_str_eq(reports(), "");
    ck_assert_str_eq(found(index, "s"), "posts/b.md");
    ck_assert_str_eq(found(index, "t"), "posts/a.md");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "b=1");
    put_post("posts/a.md", "slug: s\ntags: [a]\n");
    scan(index);
    ck_assert_uint_eq(count_of(reports(), "\n"), 1);
    ck_assert_str_eq(found(index, "s"), "posts/a.md");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "a=1");
}
END_TEST

START_TEST(an_edit_of_the_second_file_does_not_show_it)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "slug: s\n");
    put_post("posts/b.md", "slug: s\ntags: [b]\n");
    scan(index);
    put_post("posts/b.md", "slug: s\ntags: [b, c]\n");
    scan(index);
    ck_assert_str_eq(found(index, "s"), "posts/a.md");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
    put_post("posts/b.md", "slug: s\ntags: [b, c\n");
    scan(index);
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
    remove_file("posts/a.md");
    scan(index);
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "b=1 c=1");
}
END_TEST

/* ---- files that can't be understood ---- */

START_TEST(a_slip_leaves_the_last_good_state)
{
    atd_index_t *index = open_index();
    const atd_post_t *post = NULL;

    put_post("posts/a.md", "title: A\ntags: [x]\nauthor: Ada\naliases: [/old]\n");
    scan(index);
    put_post("posts/a.md", "title: A: a\ntags: [y]\n");
    scan(index);
    ck_assert_uint_eq(count_of(reports(), "posts/a.md:2:9"), 1);
    ATD_OK(atd_index_summary(&post, index, "a", atd_test_pool));
    ck_assert_str_eq(post->title, "A");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "a");
    ck_assert_str_eq(listed(index, ATD_LIST_TAG, "x"), "a");
    ck_assert_str_eq(listed(index, ATD_LIST_AUTHOR, "ada"), "a");
    ck_assert_str_eq(moved(index, "old"), "posts/a.md");
    ck_assert(!scan(index).changed);
    ck_assert_str_eq(reports(), "");
    put_post("posts/a.md", "title: B\ntags: [y]\n");
    scan(index);
    ck_assert_str_eq(reports(), "");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "y=1");
}
END_TEST

START_TEST(a_broken_file_may_be_renamed)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "tags: [x]\n");
    scan(index);
    put_post("posts/a.md", "tags: [x\n");
    scan(index);
    reports();
    rename_file("posts/a.md", "posts/b.md");
    scan(index);
    ck_assert_uint_eq(count_of(reports(), "\n"), 1);
    ck_assert_str_eq(found(index, "b"), "posts/b.md");
    ck_assert_str_eq(moved(index, "a"), "posts/b.md");
    ck_assert(!scan(index).changed);
    ck_assert_str_eq(reports(), "");
    put_post("posts/b.md", "tags: [y]\n");
    scan(index);
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "y=1");
}
END_TEST

START_TEST(a_slip_in_what_is_taken_back_shows_nothing)
{
    atd_index_t *index = open_index();

    put_post("posts/a.md", "tags: [x]\naliases: [/old]\n");
    scan(index);
    put_post("posts/a.md", "tags: [x\nstatus: draft\n");
    scan(index);
    ck_assert_uint_eq(count_of(reports(), "\n"), 1);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
    test_viewer.drafts = true;
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
    ck_assert_str_eq(found(index, "a"), "posts/a.md");
}
END_TEST

START_TEST(what_was_broken_at_first_is_found_but_not_listed)
{
    atd_index_t *index = open_index();
    const atd_post_t *post = NULL;

    put_post("posts/a.md", "slug: s\ntags: [x\n");
    put_post("posts/b.md", "status: unknown\n");
    put_post("pages/c.md", "status: unknown\n");
    put_post("posts/d.md", "date: 2025-01-01\n");
    put_file("authors/ada.md", "---\nname: [a\n---\n");
    test_viewer.drafts = true;
    scan(index);
    ck_assert_uint_eq(count_of(reports(), "\n"), 4);
    ck_assert_str_eq(listed(index, ATD_LIST_ALL, NULL), "d");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "d");
    ck_assert_str_eq(listed(index, ATD_LIST_PAGES, NULL), "");
    ck_assert_str_eq(found(index, "s"), "posts/a.md");
    ck_assert_str_eq(found(index, "b"), "posts/b.md");
    ck_assert_str_eq(found(index, "c"), "pages/c.md");
    ATD_OK(atd_index_summary(&post, index, "s", atd_test_pool));
    ck_assert_ptr_null(post);
    put_post("posts/a.md", "slug: s\ntags: [x]\n");
    scan(index);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "d s");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=1");
    ck_assert(atd_index_is_usable(index));
}
END_TEST

START_TEST(what_can_not_be_read_is_not_shown)
{
    atd_index_t *index = open_index();
    const char *text;

    put_post("posts/a.md", "tags: [x]\naliases: [/old]\n");
    put_file("posts/b.md", repeated("x", 1024 * 1024 + 1));
    put_post("posts/c.md", "");
    scan(index);
    text = reports();
    HAS(text, "posts/b.md");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "a c");
    ck_assert_str_eq(found(index, "b"), "posts/b.md");
    put_file("posts/a.md", repeated("x", 1024 * 1024 + 1));
    scan(index);
    ck_assert_uint_eq(count_of(reports(), "posts/a.md"), 1);
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "c");
    ck_assert_str_eq(listed(index, ATD_LIST_TAG, "x"), "");
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "");
    ck_assert_str_eq(moved(index, "old"), "");
    ck_assert_str_eq(found(index, "a"), "posts/a.md");
    scan(index);
    ck_assert_str_eq(reports(), "");
    put_post("posts/a.md", "tags: [x]\n");
    scan(index);
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), "x=1");
}
END_TEST

START_TEST(a_folder_that_can_not_be_listed_is_an_error)
{
    atd_index_t *index = open_index();
    atd_index_state_t state;
    apr_pool_t *pool;

    put_post("posts/a.md", "");
    scan(index);
    ck_assert_int_eq(rename(content_file("posts"), content_file("was")), 0);
    put_link("was", "posts");
    ATD_FAILS(atd_index_refresh(&state, index, &test_policy, atd_test_pool), ATD_E_FORBIDDEN, 0, 0);
    ck_assert(atd_index_is_usable(index));
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "a");
    remove_file("posts");
    apr_pool_create(&pool, atd_test_pool);
    ck_assert(scan(index).complete); /* no transaction was left open */
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "");
}
END_TEST

/* ---- when it was first seen ---- */

START_TEST(a_new_upload_of_the_same_bytes_is_as_old_as_before)
{
    atd_index_t *index = open_index();
    const char *text = markdown_of("title: A\n", "");
    const apr_time_t first = apr_time_from_sec(1700000000);

    put_again("posts/a.md", text, 1700000000);
    scan(index);
    ck_assert_int_eq(seen_of(index, "a"), first);
    put_again("posts/a.md", text, 1750000000);
    scan(index);
    ck_assert_int_eq(seen_of(index, "a"), first);
    remove_file("posts/a.md");
    scan(index);
    put_again("posts/a.md", text, 1750000000);
    scan(index);
    ck_assert_int_eq(seen_of(index, "a"), first);
    put_again("posts/a.md", markdown_of("title: B\n", ""), 1750000001);
    scan(index);
    ck_assert_int_eq(seen_of(index, "a"), apr_time_from_sec(1750000001));
}
END_TEST

START_TEST(an_index_made_anew_goes_by_the_files)
{
    atd_index_t *index = open_index();
    const char *text = markdown_of("title: A\n", "");

    put_again("posts/a.md", text, 1700000000);
    scan(index);
    put_again("posts/a.md", text, 1750000000);
    scan(index);
    atd_index_close(index);
    remove_file(".index");
    index = open_index();
    scan(index);
    ck_assert_int_eq(seen_of(index, "a"), apr_time_from_sec(1750000000));
}
END_TEST

START_TEST(a_file_of_the_future_was_seen_now)
{
    atd_index_t *index = open_index();

    put_again("posts/a.md", "x", 4000000000L);
    scan(index);
    ck_assert_int_le(seen_of(index, "a"), apr_time_now());
    ck_assert_int_gt(seen_of(index, "a"), apr_time_now() - apr_time_from_sec(60));
}
END_TEST

/* ---- time to do it in ---- */

static void put_many(int count)
{
    for (int i = 0; i < count; i++)
        put_post(apr_psprintf(atd_test_pool, "posts/p%d.md", i),
                 apr_psprintf(atd_test_pool, "slug: s%d\ntags: [t%d, all]\n", i % (count - 5), i % 3));
}

START_TEST(a_small_budget_is_enough_in_the_end)
{
    atd_index_t *index = open_index();
    atd_index_t *whole = NULL;
    atd_index_state_t state;
    int refreshes = 0;

    put_many(40);
    test_policy.budget = 1;
    state = scan(index);
    ck_assert(!state.complete && state.changed);
    ck_assert_int_gt(state.waiting, 0);
    ck_assert_int_lt(state.waiting, 40);
    ck_assert_int_eq(state.files, 40);
    ck_assert_uint_eq(state.digest.sum, 0);
    ck_assert_uint_eq(state.digest.portable, 0);
    while (!state.complete && refreshes++ < 100)
        state = scan(index);
    ck_assert(state.complete);
    ck_assert_int_eq(state.waiting, 0);
    ATD_OK(atd_index_open(&whole, &test_content, NULL, atd_test_pool));
    test_policy.budget = 0;
    ck_assert_uint_eq(scan(whole).digest.sum, state.digest.sum);
    ck_assert_uint_eq(scan(whole).digest.portable, state.digest.portable);
    ck_assert_str_eq(listed(index, ATD_LIST_ALL, NULL), listed(whole, ATD_LIST_ALL, NULL));
    ck_assert_str_eq(listed(index, ATD_LIST_TAG, "all"), listed(whole, ATD_LIST_TAG, "all"));
    ck_assert_str_eq(terms_of(index, ATD_TERM_TAG), terms_of(whole, ATD_TERM_TAG));
    ck_assert_str_eq(found(index, "s0"), found(whole, "s0"));
    ck_assert_int_eq(scan(index).modified, scan(whole).modified);
}
END_TEST

static bool note_question(void *baton, apr_int64_t done, apr_int64_t all)
{
    APR_ARRAY_PUSH((apr_array_header_t *)baton, apr_int64_t) = done;
    return all != 2;
}

START_TEST(each_file_is_asked_about)
{
    atd_index_t *index = open_index();
    apr_array_header_t *asked = apr_array_make(atd_test_pool, 4, sizeof(apr_int64_t));

    test_policy.go_on = note_question;
    test_policy.baton = asked;
    put_post("posts/a.md", "");
    ck_assert(scan(index).complete);
    ck_assert_int_eq(asked->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(asked, 0, apr_int64_t), 0);
    put_post("posts/b.md", "");
    put_post("posts/c.md", "");
    ck_assert_int_eq(scan(index).waiting, 1);
    ck_assert_str_eq(found(index, "b"), "posts/b.md");
}
END_TEST

/* What an author takes back goes before what is new. */
START_TEST(known_files_come_first)
{
    atd_index_t *index = open_index();

    put_post("posts/z.md", "");
    scan(index);
    put_many(40);
    put_post("posts/z.md", "status: draft\n");
    test_policy.budget = 1;
    ck_assert(!scan(index).complete);
    LACKS(listed(index, ATD_LIST_RECENT, NULL), "z");
}
END_TEST

START_TEST(scans_keep_their_interval)
{
    atd_index_t *index = open_index();

    test_policy.interval = apr_time_from_sec(3600);
    ck_assert(scan(index).changed);
    put_post("posts/a.md", "");
    ck_assert(!scan(index).changed);
    test_policy.interval = 1;
    for (int i = 0; i < 200 && !*found(index, "a"); i++) {
        scan(index);
        apr_sleep(10000); /* fifty times what a scan takes, at most */
    }
    ck_assert_str_eq(found(index, "a"), "posts/a.md");
}
END_TEST

/* ---- one scanner at a time ---- */

static atd_index_t *other;

static atd_error_t *refresh_other(const atd_document_t **document, void *baton, const char *markdown, apr_size_t length,
                                  const atd_markdown_options_t *options, apr_pool_t *pool)
{
    atd_index_state_t state;
    const apr_time_t begun = apr_time_now();

    ATD_OK(atd_index_refresh(&state, other, &test_policy, pool));
    ck_assert(!state.changed);
    ck_assert_int_lt(apr_time_now() - begun, apr_time_from_msec(500));
    ck_assert_str_eq(listed(other, ATD_LIST_RECENT, NULL), baton);
    return atd_renderer_inprocess.render(document, NULL, markdown, length, options, pool);
}

START_TEST(others_go_on_with_what_there_is)
{
    atd_index_t *index = open_index();
    atd_renderer_t renderer = {.render = refresh_other, .baton = (void *)""};

    other = open_index();
    put_post("posts/a.md", "");
    test_policy.renderer = &renderer;
    ck_assert(scan(index).changed);
    renderer.baton = (void *)"a";
    put_post("posts/b.md", "");
    ck_assert(scan(index).changed);
    ck_assert_str_eq(listed(other, ATD_LIST_RECENT, NULL), "a b");
    ck_assert(!scan(other).changed);
}
END_TEST

static atd_error_t *render_nothing(const atd_document_t **document, void *baton, const char *markdown,
                                   apr_size_t length, const atd_markdown_options_t *options, apr_pool_t *pool)
{
    (void)baton;
    (void)markdown;
    (void)length;
    (void)options;
    *document = NULL;
    return atd_error_make(pool, ATD_E_MARKDOWN, NULL, "no");
}

START_TEST(what_can_not_be_rendered_is_broken)
{
    static const atd_renderer_t renderer = {.render = render_nothing};
    atd_index_t *index = open_index();
    const char *text;

    put_post("posts/a.md", "");
    test_policy.renderer = &renderer;
    ck_assert(scan(index).complete);
    text = reports();
    HAS(text, "posts/a.md: no [ATD0030]");
    ck_assert_str_eq(found(index, "a"), "posts/a.md");
    ck_assert_str_eq(listed(index, ATD_LIST_RECENT, NULL), "");
}
END_TEST

static void add_changes(Suite *suite)
{
    TCase *tests = index_test_case(suite, "changes");

    tcase_add_test(tests, a_folder_is_read_once);
    tcase_add_test(tests, an_empty_folder_is_complete);
    tcase_add_test(tests, edits_are_seen);
    tcase_add_test(tests, another_stamp_is_no_edit);
    tcase_add_test(tests, files_go);
    tcase_add_test(tests, slugs_are_found);
    tcase_add_test(tests, a_renamed_file_keeps_what_leads_to_it);
    tcase_add_test(tests, a_renamed_redirect_keeps_what_leads_to_it);
    tcase_add_test(tests, a_renamed_folder_keeps_all);
    tcase_add_test(tests, two_files_may_change_places);
    tcase_add_test(tests, a_changed_slug_leads_on);
    tcase_add_loop_test(tests, aliases_lead_to_their_post, 0, 6);
}

static void add_collisions(Suite *suite)
{
    TCase *tests = index_test_case(suite, "collisions and slips");

    tcase_add_test(tests, the_first_of_two_files_is_shown);
    tcase_add_test(tests, the_root_comes_before_its_folders);
    tcase_add_test(tests, another_slug_ends_a_collision);
    tcase_add_test(tests, an_edit_of_the_second_file_does_not_show_it);
    tcase_add_test(tests, a_slip_leaves_the_last_good_state);
    tcase_add_test(tests, a_broken_file_may_be_renamed);
    tcase_add_test(tests, a_slip_in_what_is_taken_back_shows_nothing);
    tcase_add_test(tests, what_was_broken_at_first_is_found_but_not_listed);
    tcase_add_test(tests, what_can_not_be_read_is_not_shown);
    tcase_add_test(tests, what_can_not_be_rendered_is_broken);
    tcase_add_test(tests, a_folder_that_can_not_be_listed_is_an_error);
}

static void add_times(Suite *suite)
{
    TCase *tests = index_test_case(suite, "times");

    tcase_add_test(tests, a_new_upload_of_the_same_bytes_is_as_old_as_before);
    tcase_add_test(tests, an_index_made_anew_goes_by_the_files);
    tcase_add_test(tests, a_file_of_the_future_was_seen_now);
    tcase_add_test(tests, a_small_budget_is_enough_in_the_end);
    tcase_add_test(tests, each_file_is_asked_about);
    tcase_add_test(tests, known_files_come_first);
    tcase_add_test(tests, scans_keep_their_interval);
    tcase_add_test(tests, others_go_on_with_what_there_is);
}

Suite *index_scan_suite(void)
{
    Suite *suite = suite_create("index scan");

    add_changes(suite);
    add_collisions(suite);
    add_times(suite);
    return suite;
}
