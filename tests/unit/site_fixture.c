/* SPDX-License-Identifier: Apache-2.0 */
#include "site_fixture.h"

#include "base/atd_limits.h"
#include "engine/atd_yaml.h"
#include "site/atd_meta.h"

#include <apr_strings.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

atd_root_t test_content;
atd_site_config_t test_config;

static char base[200];   /* of a test case: goes even where a test failed, which ends its process */
static char folder[220]; /* of a test */

static int remove_entry(const char *path, const struct stat *info, int flag, struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

static void make_base(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(base, sizeof base, "%.150s/atd-site-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(base));
}

static void remove_base(void)
{
    nftw(base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void site_setup(void)
{
    snprintf(folder, sizeof folder, "%s/XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    test_content = (atd_root_t){.path = folder, .links = ATD_LINKS_REFUSE};
    test_config = (atd_site_config_t){.content = test_content,
                                      .base = "/blog/",
                                      .origin = "https://example.org",
                                      .renderer = &atd_renderer_inprocess,
                                      .now = apr_time_from_sec(1751328000)};
    ATD_OK(atd_theme_load(&test_config.theme, NULL, atd_test_pool));
}

TCase *site_test_case(Suite *suite, const char *name)
{
    TCase *tests = atd_test_case(suite, name);

    tcase_add_unchecked_fixture(tests, make_base, remove_base);
    tcase_add_checked_fixture(tests, site_setup, remove_folder);
    return tests;
}

static const char *full_path(const char *path)
{
    return apr_pstrcat(atd_test_pool, folder, "/", path, NULL);
}

static void make_folders(const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        mkdir(full_path(apr_pstrmemdup(atd_test_pool, path, (apr_size_t)(slash - path))), 0755);
}

void put_file(const char *path, const char *text)
{
    FILE *file;

    make_folders(path);
    file = fopen(full_path(path), "w");
    ck_assert_msg(file != NULL, "can't write %s", path);
    fputs(text, file);
    fclose(file);
}

void remove_file(const char *path)
{
    ck_assert_int_eq(remove(full_path(path)), 0);
}

void put_link(const char *target, const char *path)
{
    make_folders(path);
    ck_assert_int_eq(symlink(target, full_path(path)), 0);
}

const atd_site_t *open_site(void)
{
    const atd_site_t *site = NULL;

    ATD_OK(atd_site_open(&site, &test_config, NULL, atd_test_pool));
    return site;
}

const atd_site_t *open_site_with(const char *settings)
{
    put_file("site.yaml", settings);
    return open_site();
}

const char *markdown_of(const char *front_matter, const char *body)
{
    return apr_pstrcat(atd_test_pool, "---\n", front_matter, "---\n", body, NULL);
}

static atd_error_t *parse_post(const atd_post_t **post, const char *front_matter)
{
    const char *text = markdown_of(front_matter, "Some text.\n");

    return atd_post_parse(post, "posts/a.md", text, strlen(text), &test_content, NULL, atd_test_pool);
}

const atd_post_t *post_of(const char *front_matter)
{
    const atd_post_t *post = NULL;

    ATD_OK(parse_post(&post, front_matter));
    ck_assert_ptr_nonnull(post);
    return post;
}

const atd_error_t *error_of(const char *front_matter)
{
    const atd_post_t *post = NULL;
    const atd_error_t *error = parse_post(&post, front_matter);

    ck_assert_msg(error != NULL, "no error in: %s", front_matter);
    ck_assert_ptr_null(post);
    return error;
}

const atd_post_t *load_post(const char *path)
{
    const atd_post_t *post = NULL;

    ATD_OK(atd_post_load(&post, &test_content, path, NULL, atd_test_pool));
    return post;
}

const atd_body_t *body_of(const atd_site_t *site, const atd_post_t *post)
{
    const atd_body_t *body = NULL;

    ATD_OK(atd_body_make(&body, site, post, atd_test_pool));
    return body;
}

const atd_facts_t *facts_of(const atd_site_t *site, const atd_post_t *post)
{
    atd_facts_t *facts = apr_palloc(atd_test_pool, sizeof *facts);

    atd_facts_of_post(facts, site, post, body_of(site, post), atd_test_pool);
    return facts;
}

const atd_facts_t *facts_at(const atd_site_t *site, const char *rest)
{
    atd_route_t *route = apr_palloc(atd_test_pool, sizeof *route);
    atd_facts_t *facts = apr_palloc(atd_test_pool, sizeof *facts);
    const atd_list_t *list = NULL;
    atd_index_t *index = NULL;

    atd_route_parse(route, rest, atd_test_pool);
    ATD_OK(atd_site_index(&index, site, atd_test_pool));
    ATD_OK(atd_list_load(&list, site, index, route, atd_test_pool));
    ck_assert_msg(list != NULL, "there is no list at '%s'", rest);
    (route->kind == ATD_ROUTE_HOME ? atd_facts_of_home : atd_facts_of_list)(facts, site, list, atd_test_pool);
    return facts;
}

const char *head_with(const atd_site_t *site, const atd_facts_t *facts)
{
    atd_buffer_t *out = atd_buffer_create(atd_test_pool, 0, ATD_MAX_PAGE);
    const char *html = NULL;

    atd_meta_put(out, site, facts, atd_test_pool);
    ATD_OK(atd_buffer_take(&html, NULL, out, "the head"));
    return html;
}

const char *head_of(const atd_site_t *site, const atd_post_t *post)
{
    return head_with(site, facts_of(site, post));
}

const atd_page_t *page_at(const atd_site_t *site, const char *rest)
{
    atd_page_t *page = apr_palloc(atd_test_pool, sizeof *page);
    atd_route_t route;

    atd_route_parse(&route, rest, atd_test_pool);
    atd_page_make(page, site, &route, atd_test_pool);
    ck_assert_ptr_nonnull(page->body);
    ck_assert_uint_eq(page->length, strlen(page->body));
    return page;
}

const atd_value_t *yaml_of(const char *text)
{
    const atd_place_t place = {.file = "text", .line = 1, .column = 1};
    const atd_value_t *tree = NULL;

    ATD_OK(atd_yaml_parse(&tree, text, strlen(text), &place, atd_test_pool));
    return tree;
}

const atd_value_t *jsonld_of(const char *html)
{
    static const char begin[] = "<script type=\"application/ld+json\">";
    const char *json = strstr(html, begin);
    const char *end = json ? strstr(json, "</script>\n") : NULL;

    ck_assert_msg(end != NULL, "no structured data in: %s", html);
    ck_assert_uint_eq(count_of(html, begin), 1);
    json += strlen(begin);
    return yaml_of(apr_pstrmemdup(atd_test_pool, json, (apr_size_t)(end - json)));
}

const char *text_at(const atd_value_t *map, const char *path)
{
    return atd_value_text(atd_value_find(map, path));
}

const char *item_at(const atd_value_t *map, const char *list, apr_size_t index, const char *key)
{
    return atd_value_text(atd_value_get(atd_value_at(atd_value_find(map, list), index), key));
}

const char *joined(const atd_value_t *list)
{
    const char *text = "";

    for (apr_size_t i = 0; i < atd_value_count(list); i++)
        text = apr_pstrcat(atd_test_pool, text, i ? "," : "", atd_value_text(atd_value_at(list, i)), NULL);
    return text;
}

const char *keys_of(const atd_value_t *map)
{
    const char *text = "";

    for (apr_size_t i = 0; i < atd_value_count(map); i++)
        text = apr_pstrcat(atd_test_pool, text, i ? " " : "", atd_value_key_at(map, i), NULL);
    return text;
}

unsigned count_of(const char *text, const char *part)
{
    unsigned count = 0;

    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

const char *repeated(const char *text, unsigned count)
{
    apr_size_t length = strlen(text);
    char *all = apr_palloc(atd_test_pool, length * count + 1);

    for (unsigned i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    all[length * count] = '\0';
    return all;
}

const char *svg_of(unsigned width, unsigned height)
{
    return apr_psprintf(atd_test_pool, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\"></svg>\n",
                        width, height);
}
