/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_related.h"
#include "site/atd_view.h"
#include "site/atd_view_list.h"
#include "site_fixture.h"

#include <apr_strings.h>

/*
 * docs/templates.md is the contract of the view: each record has the keys that its table names, no others, and they are
 * of the types that it says. Tables are read from the document itself.
 */

static const char *document;

static void contract_setup(void)
{
    apr_size_t length;

    document = atd_test_read(ATD_TEMPLATES_MD, &length);
}

/* What stands below "### name". */
static const char *section_of(const char *name)
{
    const char *heading = apr_pstrcat(atd_test_pool, "\n### ", name, "\n", NULL);
    const char *at = strstr(document, heading);
    const char *end;

    ck_assert_msg(at != NULL, "docs/templates.md has no heading '%s'", name);
    at += strlen(heading);
    end = strstr(at, "\n#");
    return end ? apr_pstrmemdup(atd_test_pool, at, (apr_size_t)(end - at)) : at;
}

static const char *cell_of(const char *row, int column)
{
    for (; column >= 0; column--) {
        row = strchr(row, '|') + 1;
        row += strspn(row, " ");
    }
    return apr_pstrmemdup(atd_test_pool, row, strcspn(row, "|\n"));
}

static void check_record(const atd_value_t *map, const char *name, const char *path);

/* The record that a type's cell links to; NULL where it links to none. */
static const char *record_of(const char *type)
{
    const char *at = strstr(type, "](#");
    char *name;

    if (!at)
        return NULL;
    name = apr_pstrmemdup(atd_test_pool, at + 3, strcspn(at + 3, ")"));
    for (char *c = name; *c; c++)
        *c = (char)(*c == '-' ? ' ' : *c);
    return name;
}

static atd_type_t type_of(const char *cell)
{
    static const struct {
        const char *word;
        atd_type_t type;
    } words[] = {
        {"text", ATD_STRING}, {"HTML", ATD_STRING}, {"number", ATD_INT}, {"flag", ATD_BOOL}, {"list", ATD_LIST}};

    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (strncmp(cell, words[i].word, strlen(words[i].word)) == 0)
            return words[i].type;
    }
    return ATD_MAP;
}

static void check_type(const atd_value_t *value, const char *type, const char *path)
{
    const char *name = record_of(type);

    if (atd_value_type(value) == ATD_NULL) {
        ck_assert_msg(strstr(type, "null") != NULL, "%s is null, not %s", path, type);
        return;
    }
    if (atd_value_type(value) == ATD_BOOL && strstr(type, "or false"))
        return;
    ck_assert_msg(atd_value_type(value) == type_of(type), "%s is %s, not %s", path, atd_value_type_name(value), type);
    if (name && atd_value_type(value) == ATD_MAP)
        check_record(value, name, path);
    for (apr_size_t i = 0; name && atd_value_type(value) == ATD_LIST && i < atd_value_count(value); i++)
        check_record(atd_value_at(value, i), name, apr_psprintf(atd_test_pool, "%s[%d]", path, (int)i));
}

typedef struct table_t {
    const atd_value_t *map;
    const char *path;
    bool partly;           /* keys may be missing */
    atd_value_t *expected; /* all keys of the table */
} table_t;

static void check_key(const table_t *table, const char *key, const char *type)
{
    const atd_value_t *value = atd_value_get(table->map, key);
    const char *path = apr_pstrcat(atd_test_pool, table->path, ".", key, NULL);

    if (!atd_value_get(table->expected, key)) /* a post's own row stands before that of a summary */
        atd_value_set_text(table->expected, key, "");
    else
        return;
    ck_assert_msg(value || table->partly, "there is no %s", path);
    if (value)
        check_type(value, type, path);
}

/* One row may name several keys: | `width`, `height` | number or null | */
static void check_row(const table_t *table, const char *row)
{
    const char *type = cell_of(row, 1);

    for (const char *at = strchr(cell_of(row, 0), '`'); at; at = strchr(at, '`')) {
        const char *key = apr_pstrmemdup(atd_test_pool, at + 1, strcspn(at + 1, "`"));

        at += strlen(key) + 2;
        check_key(table, key, type);
    }
}

static void check_rows(const table_t *table, const char *name)
{
    const char *text = section_of(name);

    for (const char *row = strstr(text, "\n| `"); row; row = strstr(row + 1, "\n| `"))
        check_row(table, row);
}

static void check_table(const atd_value_t *map, const char *name, const char *path, bool partly)
{
    const table_t table = {.map = map, .path = path, .partly = partly, .expected = atd_value_map(atd_test_pool)};

    ck_assert_msg(atd_value_type(map) == ATD_MAP, "%s is no record", path);
    check_rows(&table, name);
    if (strcmp(name, "post") == 0)
        check_rows(&table, "summary");
    ck_assert_uint_gt(atd_value_count(table.expected), 0);
    for (apr_size_t i = 0; i < atd_value_count(map); i++) {
        const char *key = atd_value_key_at(map, i);

        ck_assert_msg(atd_value_get(table.expected, key) != NULL, "%s.%s is not documented", path, key);
    }
}

static void check_record(const atd_value_t *map, const char *name, const char *path)
{
    check_table(map, name, path, false);
}

static void check_view(const atd_value_t *view, const char *keys)
{
    ck_assert_str_eq(keys_of(view), apr_pstrcat(atd_test_pool, "site page assets", keys, NULL));
    check_table(view, "Root", apr_pstrcat(atd_test_pool, "view of ", text_at(view, "page.kind"), NULL), true);
}

/* ---- a blog that says all that can be said, and one that says nothing ---- */

static void put_rich_blog(void)
{
    put_file("site.yaml",
             "title: T\ndescription: D\nauthor: A\nimage: /i.png\nfooter: F\npageSize: 1\nnav: [{title: N, url: /n}]\n"
             "social: {github: g}\nnewsletter: {url: /n}\ncomments: {provider: email, address: a@b}\nparams: {a: b}\n"
             "markdown: {toc: true}\n");
    put_file("posts/p.svg", svg_of(4, 3));
    put_file(
        "posts/a.md",
        markdown_of("title: T\nexcerpt: E\ndate: 2025-06-16\nlastModified: 2025-06-17\ncategory: Sub\ntags: [Tag]\n"
                    "author: {name: Ada, role: R, image: /a.png, url: /ada, email: a@b, bio: B, social: {x: a}}\n"
                    "image: {src: p.svg, alt: Alt, caption: Cap}\nfeatured: true\nseries: S\npartNumber: 1\n"
                    "layout: L\ncontentWarning: W\nimageGallery: [p.svg]\nvideo: {url: https://youtu.be/abcdefghijk}\n"
                    "translations: {de: other}\n",
                    "## H\n\n### I\n\nText\n"));
    put_file("posts/b.md", "---\ndate: 2025-06-15\ntags: [Tag]\ncategory: Sub\nseries: S\npartNumber: 2\n---\n## H\n");
    put_file("posts/c.md", "---\ndate: 2025-06-17\nauthor: bob\n---\n");
    put_file("categories/sub.md",
             "---\nname: Sub\ndescription: D\ncolor: '#abc'\nimage: p.svg\nparent: top\n---\nText\n");
    put_file("categories/top.md", "---\nname: Top\n---\n");
    put_file("authors/bob.md", "---\nname: Bob\nbio: B\n---\nText\n");
    put_file("pages/about.md", "---\ntitle: About\n---\nText\n");
}

static atd_value_t *view_with(const atd_site_t *site, const atd_facts_t *facts)
{
    atd_value_t *view = NULL;

    ATD_OK(atd_view_make(&view, site, facts, atd_test_pool));
    return view;
}

static atd_index_t *index_of(const atd_site_t *site)
{
    atd_index_t *index = NULL;

    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    return index;
}

static void check_list(const char *rest)
{
    const atd_site_t *site = open_site();
    const atd_facts_t *facts = facts_at(site, rest);
    atd_value_t *view = view_with(site, facts);

    ATD_OK(atd_view_list_add(view, site, index_of(site), facts, atd_test_pool));
    check_view(view, " posts pagination hasPagination list");
}

START_TEST(lists_keep_the_contract)
{
    static const char *const rests[] = {
        "",           "page/2",     "tag/tag",      "tag/tag/page/2", "category/sub", "category/top",
        "author/ada", "author/bob", "archive/2025", "archive/2025/06"};

    put_rich_blog();
    for (unsigned i = 0; i < sizeof rests / sizeof *rests; i++)
        check_list(rests[i]);
}
END_TEST

START_TEST(plain_lists_keep_the_contract)
{
    check_list("");
    put_file("a.md", "---\ntags: [t]\ncategory: c\nauthor: A\ndate: 2025-01-01\n---\n");
    check_list("");
    check_list("tag/t");
    check_list("category/c");
    check_list("author/a");
    check_list("archive/2025");
}
END_TEST

static void check_post(const char *path)
{
    const atd_site_t *site = open_site();
    const atd_post_t *post = load_post(path);
    const atd_facts_t *facts = facts_of(site, post);
    const atd_value_t *related = NULL;
    atd_value_t *view = view_with(site, facts), *shown;

    if (!post->is_page)
        ATD_OK(atd_related_view(&related, site, post, atd_test_pool));
    shown = atd_view_post(site, facts, related, atd_test_pool);
    if (!post->is_page)
        ATD_OK(atd_related_add_neighbours(shown, site, post, atd_test_pool));
    atd_value_set(view, "post", shown);
    check_view(view, " post");
}

START_TEST(posts_keep_the_contract)
{
    put_rich_blog();
    check_post("posts/a.md");
    check_post("posts/b.md");
    check_post("posts/c.md");
    check_post("pages/about.md");
    test_config.raw_html = true;
    put_file("posts/d.md", "---\nstatus: draft\nadvanced: {customCSS: 'a{}', customJS: 'a()'}\n---\n");
    check_post("posts/d.md");
}
END_TEST

START_TEST(plain_posts_keep_the_contract)
{
    put_file("a.md", "x");
    put_file("pages/b.md", "x");
    put_file("empty.md", "");
    check_post("a.md");
    check_post("pages/b.md");
    check_post("empty.md");
}
END_TEST

static void check_overviews(void)
{
    static const struct {
        atd_page_kind_t kind;
        atd_term_kind_t term;
    } kinds[] = {
        {ATD_PAGE_TAGS, ATD_TERM_TAG}, {ATD_PAGE_CATEGORIES, ATD_TERM_CATEGORY}, {ATD_PAGE_AUTHORS, ATD_TERM_AUTHOR}};
    const atd_site_t *site = open_site();
    atd_facts_t facts;
    atd_value_t *view;

    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        atd_facts_of_overview(&facts, site, kinds[i].kind, "H", "h", atd_test_pool);
        view = view_with(site, &facts);
        ATD_OK(atd_view_list_terms(view, site, index_of(site), kinds[i].term, atd_test_pool));
        check_view(view, " terms hasTerms");
    }
    atd_facts_of_overview(&facts, site, ATD_PAGE_ARCHIVE, "Archive", "archive", atd_test_pool);
    view = view_with(site, &facts);
    ATD_OK(atd_view_list_archive(view, site, index_of(site), atd_test_pool));
    check_view(view, " archive");
}

START_TEST(overviews_keep_the_contract)
{
    check_overviews();
    put_rich_blog();
    check_overviews();
}
END_TEST

START_TEST(errors_keep_the_contract)
{
    const atd_error_t detail = {.id = ATD_E_YAML, .file = "a.md", .line = 1, .column = 2, .message = "m"};
    const atd_error_t *const details[] = {NULL, &detail};
    const atd_site_t *site = open_site();
    atd_facts_t facts;

    for (int i = 0; i < 2; i++) {
        atd_value_t *view;

        atd_facts_of_error(&facts, site, "H", atd_test_pool);
        view = view_with(site, &facts);
        atd_value_set(view, "error", atd_view_error(500, "T", "M", details[i], atd_test_pool));
        check_view(view, " error");
    }
}
END_TEST

Suite *view_contract_suite(void)
{
    Suite *suite = suite_create("view_contract");
    TCase *tests = site_test_case(suite, "view_contract");

    tcase_add_checked_fixture(tests, contract_setup, NULL);
    tcase_add_test(tests, lists_keep_the_contract);
    tcase_add_test(tests, plain_lists_keep_the_contract);
    tcase_add_test(tests, posts_keep_the_contract);
    tcase_add_test(tests, plain_posts_keep_the_contract);
    tcase_add_test(tests, overviews_keep_the_contract);
    tcase_add_test(tests, errors_keep_the_contract);
    return suite;
}
