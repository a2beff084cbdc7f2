/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_llms.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static const char *taken(atd_buffer_t *out)
{
    const char *text = NULL;

    ATD_OK(atd_buffer_take(&text, NULL, out, "llms.txt"));
    return text;
}

static apr_array_header_t *list_of(const atd_llms_item_t *items, int count)
{
    apr_array_header_t *list = apr_array_make(atd_test_pool, count, sizeof *items);

    for (int i = 0; i < count; i++)
        APR_ARRAY_PUSH(list, atd_llms_item_t) = items[i];
    return list;
}

static const char *written(const char *settings, const char *about, const char *name, const atd_llms_item_t *items,
                           int count)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_LLMS);
    apr_array_header_t *sections = apr_array_make(atd_test_pool, 1, sizeof(atd_llms_section_t));

    APR_ARRAY_PUSH(sections, atd_llms_section_t) = (atd_llms_section_t){name, list_of(items, count)};
    atd_llms_write(out, open_site_with(settings), about, sections, atd_test_pool);
    return taken(out);
}

START_TEST(list_is_written)
{
    const atd_llms_item_t items[] = {
        {.title = "A [draft]\n of *it*",
         .url = "https://example.org/blog/a",
         .markdown_url = "https://example.org/blog/a.md",
         .description = "About\n# <b> [x](y)"},
        {.title = "B", .url = "https://example.org/blog/b(1)%28"},
    };

    ck_assert_str_eq(written("title: My_Blog\ndescription: \"D > d\"\n", "Posts are *Markdown*.", "Posts #", items, 2),
                     "# My\\_Blog\n\n> D > d\n\nPosts are *Markdown*.\n\n## Posts \\#\n\n"
                     "- [A \\[draft\\] of \\*it\\*](https://example.org/blog/a.md): About \\# \\<b> \\[x\\](y)\n"
                     "- [B](https://example.org/blog/b%281%29%28)\n");
}
END_TEST

START_TEST(only_a_title_is_needed)
{
    const atd_llms_item_t others[] = {{.title = "X", .url = "https://example.org/other"},
                                      {.title = "Y", .url = "https://evil.org/blog/"}};

    ck_assert_str_eq(written("title: T\n", NULL, "Posts", NULL, 0), "# T\n");
    ck_assert_str_eq(written("title: T\n", "", "Posts", others, 2), "# T\n");
}
END_TEST

static const struct {
    const char *title, *expected;
} titles[] = {
    {"R&D", "R&D"},
    {"&copy; &#65; & &x", "\\&copy; \\&#65; & &x"},
    {"C#", "C#"},
    {"a # b", "a \\# b"},
    {"#1", "\\#1"},
    {"a\\b `c` <d> ~e~", "a\\\\b \\`c\\` \\<d> \\~e\\~"},
    {"x\x01y", "x\xEF\xBF\xBDy"},
    {"](javascript:x)", "\\](javascript:x)"},
};

START_TEST(title_is_text)
{
    const atd_llms_item_t item = {.title = titles[_i].title, .url = "https://example.org/blog/a"};

    HAS(written("title: T\n", NULL, "Posts", &item, 1),
        apr_pstrcat(atd_test_pool, "- [", titles[_i].expected, "](https://example.org/blog/a)\n", NULL));
}
END_TEST

START_TEST(full_text_is_written)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_LLMS);
    const atd_site_t *site = open_site_with("title: T\ndescription: D\n");
    atd_llms_item_t item = {.title = "A [1]",
                            .url = "https://example.org/blog/a",
                            .date = {.at = apr_time_from_sec(1750082780)},
                            .markdown = "\n\n## Text\n\n`x`\n\n \nrest",
                            .markdown_length = 18};

    atd_llms_full_begin(out, site, NULL, atd_test_pool);
    atd_llms_full_put(out, site, &item, atd_test_pool);
    item = (atd_llms_item_t){.title = "B", .url = "https://example.org/blog/b"};
    atd_llms_full_put(out, site, &item, atd_test_pool);
    item.url = "https://evil.org/";
    atd_llms_full_put(out, site, &item, atd_test_pool);
    ck_assert_str_eq(taken(out),
                     "# T\n\n> D\n\n---\n\n# A \\[1\\]\n\nURL: https://example.org/blog/a\n"
                     "Date: 2025-06-16\n\n## Text\n\n`x`\n\n---\n\n# B\n\nURL: https://example.org/blog/b\n");
}
END_TEST

/* Markdown, and what is put behind it so that the next post begins outside of a code block. */
static const struct {
    const char *markdown, *closing;
} blocks[] = {
    {"```c\nint x;", "```\n"},
    {"```\na\n```", ""},
    {"~~~~ a`b`\n```\n~~~\n", "~~~~\n"},
    {"~~~~\n~~~~~ \t\r\nx", ""},
    {"````\n```\n", "````\n"},
    {"```\n``` c\n", "```\n"},
    {"   ```\nx", "```\n"},
    {"    ```\nx", ""},
    {"\t```\nx", ""},
    {"``\nx", ""},
    {"```a`b\nx", ""},
    {"x ```\ny", ""},
    {"> ```\n> x", ""},
    {"- a\n\n  ```\n  x\n", ""},
    {"1. a\n   ~~~\n   x\n\n```\ny", "```\n"},
    {"-a\n  ```\nx", "```\n"},
    {"* a\n\nb\n\n  ```\nx", "```\n"},
    {"```\n- a\n  ```\nx", ""},
    {"```\r\nx\r\n```\r\ny", ""},
    {"```", "```\n"},
};

START_TEST(open_code_block_is_closed)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_LLMS);
    const char *markdown = blocks[_i].markdown;
    const atd_llms_item_t item = {
        .title = "A", .url = "https://example.org/blog/a", .markdown = markdown, .markdown_length = strlen(markdown)};
    const char *text;

    atd_llms_full_put(out, open_site(), &item, atd_test_pool);
    text = taken(out);
    while (*markdown && markdown[strlen(markdown) - 1] == '\n')
        markdown = apr_pstrmemdup(atd_test_pool, markdown, strlen(markdown) - 1);
    ck_assert_str_eq(strstr(text, "/a\n\n") + 4, apr_pstrcat(atd_test_pool, markdown, "\n", blocks[_i].closing, NULL));
}
END_TEST

Suite *llms_suite(void)
{
    Suite *suite = suite_create("llms");
    TCase *tests = site_test_case(suite, "llms");

    tcase_add_test(tests, list_is_written);
    tcase_add_test(tests, only_a_title_is_needed);
    tcase_add_loop_test(tests, title_is_text, 0, (int)(sizeof titles / sizeof *titles));
    tcase_add_test(tests, full_text_is_written);
    tcase_add_loop_test(tests, open_code_block_is_closed, 0, (int)(sizeof blocks / sizeof *blocks));
    return suite;
}
