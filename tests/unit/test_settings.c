/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_settings.h"
#include "site_fixture.h"

#include "base/atd_limits.h"

#include <apr_strings.h>

static apr_array_header_t *findings;

static atd_error_t *load(const atd_settings_t **settings, const apr_table_t *sets)
{
    findings = apr_array_make(atd_test_pool, 4, sizeof(atd_error_t *));
    return atd_settings_load(settings, &test_content, sets, findings, atd_test_pool);
}

static const atd_settings_t *settings_of(const char *yaml)
{
    const atd_settings_t *settings = NULL;

    put_file("site.yaml", yaml);
    ATD_OK(load(&settings, NULL));
    return settings;
}

static atd_error_t *fault_of(const char *yaml)
{
    const atd_settings_t *settings;

    put_file("site.yaml", yaml);
    return load(&settings, NULL);
}

START_TEST(missing_file_gives_defaults)
{
    const atd_settings_t *settings = NULL;

    ATD_OK(load(&settings, NULL));
    ck_assert_int_eq(findings->nelts, 0);
    ck_assert_str_eq(settings->title, "Blog");
    ck_assert_str_eq(settings->language, "en");
    ck_assert_str_eq(settings->external_rel, "external noopener");
    ck_assert_str_eq(settings->permalink, "/:slug");
    ck_assert_int_eq(settings->page_size, 10);
    ck_assert_int_eq(settings->related, 3);
    ck_assert_int_eq(settings->words_per_minute, 200);
    ck_assert(!settings->toc && settings->share_buttons && settings->smart);
    ck_assert_int_eq(settings->feed_limit, 20);
    ck_assert(settings->feed_full);
    ck_assert_str_eq(joined(settings->share), "x,facebook,linkedin,email");
    ck_assert_ptr_null(settings->url);
    ck_assert_ptr_null(settings->nav);
    ck_assert_uint_eq(atd_value_count(settings->data), 0);
}
END_TEST

START_TEST(all_settings_are_read)
{
    const atd_settings_t *settings =
        settings_of("title: T\ndescription: D\nurl: https://x.org/blog//\nlanguage: de\nauthor: {name: A}\n"
                    "publisher: {name: P, logo: /l.png}\nimage: i.png\nimages: {base: 'https://img.org/'}\n"
                    "social: {twitter: '@t'}\nmarkdown: {externalRel: nofollow, smart: false, toc: true}\nfooter: F\n"
                    "permalink: '/:year/:title/'\n"
                    "feed: {limit: 500, full: false}\n"
                    "pageSize: 5\nrelated: 0\nwordsPerMinute: 250\nshareButtons: false\nnav: [{title: a, url: b}]\n"
                    "share: [x]\ncomments: {provider: email}\nnewsletter: {url: /n}\nparams: {a: b}\n");

    ck_assert_int_eq(findings->nelts, 0);
    ck_assert_str_eq(settings->title, "T");
    ck_assert_str_eq(settings->description, "D");
    ck_assert_str_eq(settings->url, "https://x.org/blog");
    ck_assert_str_eq(settings->language, "de");
    ck_assert_str_eq(settings->author, "A");
    ck_assert_str_eq(settings->publisher_name, "P");
    ck_assert_str_eq(settings->publisher_logo, "/l.png");
    ck_assert_str_eq(settings->image, "i.png");
    ck_assert_str_eq(settings->image_base, "https://img.org/");
    ck_assert_str_eq(settings->twitter, "@t");
    ck_assert_str_eq(settings->external_rel, "nofollow");
    ck_assert_str_eq(settings->footer, "F");
    ck_assert(settings->toc && !settings->share_buttons && !settings->smart);
    ck_assert_str_eq(settings->permalink, "/:year/:slug");
    ck_assert_int_eq(settings->feed_limit, 500);
    ck_assert(!settings->feed_full);
    ck_assert_int_eq(settings->page_size, 5);
    ck_assert_int_eq(settings->related, 0);
    ck_assert_int_eq(settings->words_per_minute, 250);
    ck_assert_uint_eq(atd_value_count(settings->nav), 1);
    ck_assert_str_eq(joined(settings->share), "x");
    TEXT_AT(settings->comments, "provider", "email");
    TEXT_AT(settings->newsletter, "url", "/n");
    TEXT_AT(settings->params, "a", "b");
    TEXT_AT(settings->social, "twitter", "@t");
}
END_TEST

START_TEST(synonyms_are_read)
{
    const atd_settings_t *settings =
        settings_of("name: T\ntagline: D\nbaseURL: http://x.org/\nlocale: fr\nauthor: A\nsocial: {x: t}\n");

    ck_assert_str_eq(settings->title, "T");
    ck_assert_str_eq(settings->description, "D");
    ck_assert_str_eq(settings->url, "http://x.org");
    ck_assert_str_eq(settings->language, "fr");
    ck_assert_str_eq(settings->author, "A");
    ck_assert_str_eq(settings->twitter, "t");
}
END_TEST

START_TEST(json_is_read_where_there_is_no_yaml)
{
    const atd_settings_t *settings = NULL;

    put_file("site.json", "{\"title\": \"J\"}\n");
    ATD_OK(load(&settings, NULL));
    ck_assert_str_eq(settings->title, "J");
    ck_assert_str_eq(settings_of("title: Y\n")->title, "Y");
    ck_assert_str_eq(atd_settings_files[0], "site.yaml");
    ck_assert_str_eq(atd_settings_files[1], "site.json");
}
END_TEST

START_TEST(unknown_keys_are_told)
{
    const atd_error_t *finding;

    settings_of("title: T\ntitel: X\nfeed: {limit: 3}\npermalink: /:slug\nimages: {}\nfe: x\n");
    ck_assert_int_eq(findings->nelts, 2);
    finding = APR_ARRAY_IDX(findings, 0, atd_error_t *);
    ATD_FAILS(finding, ATD_W_UNKNOWN, 2, 8);
    ck_assert_str_eq(finding->file, "site.yaml");
    HAS(finding->message, "'titel' is no setting");
    HAS(finding->hint, "params");
    HAS(APR_ARRAY_IDX(findings, 1, atd_error_t *)->message, "'fe' is no setting");
}
END_TEST

static const struct {
    const char *yaml;
    atd_error_id_t id;
    unsigned line, column;
    const char *message;
} faults[] = {
    {"title: [a]\n", ATD_E_TYPE, 1, 8, "'title' must be text"},
    {"a: b\npageSize: 0\n", ATD_E_VALUE, 2, 11, "'pageSize' must be from 1 to 1000, found 0"},
    {"pageSize: many\n", ATD_E_TYPE, 1, 11, "'pageSize' must be a number"},
    {"wordsPerMinute: 49\n", ATD_E_VALUE, 1, 17, "must be from 50 to 1000"},
    {"feed: {limit: 0}\n", ATD_E_VALUE, 1, 15, "'feed.limit' must be from 1 to 500, found 0"},
    {"feed: {limit: 501}\n", ATD_E_VALUE, 1, 15, "must be from 1 to 500"},
    {"related: 51\n", ATD_E_VALUE, 1, 10, "must be from 0 to 50"},
    {"markdown:\n  smart: 7\n", ATD_E_TYPE, 2, 10, "'markdown.smart' must be true or false"},
    {"nav: {a: b}\n", ATD_E_TYPE, 1, 6, "'nav' must be a list"},
    {"params: [a]\n", ATD_E_TYPE, 1, 9, "'params' must be a map"},
    {"image: javascript:x\n", ATD_E_URL, 1, 8, "not a URL"},
    {"url: /blog\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL, found '/blog'"},
    {"url: //x.org\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL"},
    {"url: httpx.org\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL"},
    {"url: http://\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL"},
    {"url: https:///blog\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL"},
    {"url: https://x.org/?a\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL"},
    {"url: https://x.org/#a\n", ATD_E_URL, 1, 6, "'url' must be an absolute URL"},
    {"baseURL: x.org\n", ATD_E_URL, 1, 10, "'url' must be an absolute URL"},
    {"language: \"en\\r\\nX: y\"\n", ATD_E_VALUE, 1, 11, "'language' can't be"},
    {"title: T\npermalink: /:yaer/:slug\n", ATD_E_VALUE, 2, 12,
     "'permalink' can't be '/:yaer/:slug': there is no name"},
    {"permalink: [a]\n", ATD_E_TYPE, 1, 12, "'permalink' must be text"},
    {"title: a: b\n", ATD_E_YAML, 1, 9, ""},
    {"- a\n", ATD_E_TYPE, 1, 1, ""},
};

START_TEST(fault_is_told_with_its_place)
{
    const atd_error_t *error = fault_of(faults[_i].yaml);

    ck_assert_msg(error != NULL, "no error: %s", faults[_i].yaml);
    ck_assert_msg(error->id == faults[_i].id && error->line == faults[_i].line && error->column == faults[_i].column,
                  "%s: %s", faults[_i].yaml, atd_error_line(error, atd_test_pool));
    ck_assert_str_eq(error->file, "site.yaml");
    HAS(error->message, faults[_i].message);
}
END_TEST

START_TEST(file_must_be_readable)
{
    const atd_settings_t *settings;

    put_file("real.yaml", "title: T\n");
    put_link("real.yaml", "site.yaml");
    ck_assert_int_eq(load(&settings, NULL)->id, ATD_E_FORBIDDEN);
    remove_file("site.yaml");
    ck_assert_int_eq(fault_of(repeated("#", ATD_MAX_FRONT_MATTER + 1))->id, ATD_E_LIMIT);
}
END_TEST

START_TEST(sets_win_over_the_file)
{
    apr_table_t *sets = apr_table_make(atd_test_pool, 4);
    const atd_settings_t *settings = NULL;

    put_file("site.yaml", "name: T\ntagline: D\nauthor: A\npublisher: {name: P, logo: /l.png}\npageSize: 5\n"
                          "logo: /m.png\nparams: {a: 1, b: 2}\n");
    apr_table_set(sets, "title", "T2");
    apr_table_set(sets, "tagline", "D2");
    apr_table_set(sets, "author.name", "A2");
    apr_table_set(sets, "publisher.name", "P2");
    apr_table_set(sets, "logo", "/n.png");
    apr_table_set(sets, "pageSize", "7");
    apr_table_set(sets, "params.b", "3");
    apr_table_set(sets, "social.github", "gh");
    apr_table_set(sets, "markdown.toc", "on");
    apr_table_set(sets, "share", "x, email");
    ATD_OK(load(&settings, sets));
    ck_assert_str_eq(settings->title, "T2");
    ck_assert_str_eq(settings->description, "D2");
    ck_assert_str_eq(settings->author, "A2");
    ck_assert_str_eq(settings->publisher_name, "P2");
    ck_assert_str_eq(settings->publisher_logo, "/n.png");
    ck_assert_int_eq(settings->page_size, 7);
    TEXT_AT(settings->params, "a", "1");
    TEXT_AT(settings->params, "b", "3");
    TEXT_AT(settings->social, "github", "gh");
    ck_assert(settings->toc);
    ck_assert_str_eq(joined(settings->share), "x,email");
}
END_TEST

START_TEST(set_wins_over_every_name_of_the_setting)
{
    apr_table_t *sets = apr_table_make(atd_test_pool, 1);
    const atd_settings_t *settings = NULL;

    put_file("site.yaml", "title: T\nauthor: {name: A}\nlanguage: de\n");
    apr_table_set(sets, "name", "T2");
    apr_table_set(sets, "author", "A2");
    apr_table_set(sets, "lang", "fr");
    ATD_OK(load(&settings, sets));
    ck_assert_str_eq(settings->title, "T2");
    ck_assert_str_eq(settings->author, "A2");
    ck_assert_str_eq(settings->language, "fr");
}
END_TEST

START_TEST(bad_set_is_an_error)
{
    apr_table_t *sets = apr_table_make(atd_test_pool, 1);
    const atd_settings_t *settings = NULL;

    apr_table_set(sets, "titel", "X");
    ATD_FAILS(load(&settings, sets), ATD_E_SETTING, 0, 0);
}
END_TEST

START_TEST(sets_are_checked)
{
    ATD_OK(atd_settings_check("title", "[a", atd_test_pool));
    ATD_OK(atd_settings_check("pageSize", "20", atd_test_pool));
    ATD_OK(atd_settings_check("markdown.smart", "Off", atd_test_pool));
    ATD_OK(atd_settings_check("url", "https://x.org", atd_test_pool));
    ATD_OK(atd_settings_check("params.deep.key", "x", atd_test_pool));
    ATD_OK(atd_settings_check("comments.provider", "x", atd_test_pool));
    ATD_OK(atd_settings_check("newsletter.url", "x", atd_test_pool));
    ATD_OK(atd_settings_check("social.mastodon", "x", atd_test_pool));
    ATD_OK(atd_settings_check("share", "x, email", atd_test_pool));
    ATD_FAILS(atd_settings_check("nothing", "x", atd_test_pool), ATD_E_SETTING, 0, 0);
    ATD_FAILS(atd_settings_check("params", "x", atd_test_pool), ATD_E_SETTING, 0, 0);
    ATD_FAILS(atd_settings_check("nav", "x", atd_test_pool), ATD_E_SETTING, 0, 0);
    ATD_FAILS(atd_settings_check("pageSize", "0", atd_test_pool), ATD_E_VALUE, 0, 0);
    ATD_FAILS(atd_settings_check("pageSize", "ten", atd_test_pool), ATD_E_TYPE, 0, 0);
    ATD_FAILS(atd_settings_check("shareButtons", "maybe", atd_test_pool), ATD_E_TYPE, 0, 0);
    ATD_FAILS(atd_settings_check("image", "javascript:x", atd_test_pool), ATD_E_URL, 0, 0);
    ATD_FAILS(atd_settings_check("url", "/blog", atd_test_pool), ATD_E_URL, 0, 0);
    ATD_OK(atd_settings_check("permalink", "pretty", atd_test_pool));
    ATD_FAILS(atd_settings_check("permalink", "/:year", atd_test_pool), ATD_E_VALUE, 0, 0);
    ATD_FAILS(atd_settings_check("language", "en us", atd_test_pool), ATD_E_VALUE, 0, 0);
    HAS(atd_settings_check("titel", "x", atd_test_pool)->message, "there is no setting 'titel'");
    HAS(atd_settings_check("nav", "x", atd_test_pool)->message, "'nav' is a list");
    HAS(atd_settings_check("social", "x", atd_test_pool)->message, "'social' is a map");
}
END_TEST

Suite *settings_suite(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = site_test_case(suite, "settings");

    tcase_add_test(tests, missing_file_gives_defaults);
    tcase_add_test(tests, all_settings_are_read);
    tcase_add_test(tests, synonyms_are_read);
    tcase_add_test(tests, json_is_read_where_there_is_no_yaml);
    tcase_add_test(tests, unknown_keys_are_told);
    tcase_add_loop_test(tests, fault_is_told_with_its_place, 0, (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, file_must_be_readable);
    tcase_add_test(tests, sets_win_over_the_file);
    tcase_add_test(tests, set_wins_over_every_name_of_the_setting);
    tcase_add_test(tests, bad_set_is_an_error);
    tcase_add_test(tests, sets_are_checked);
    return suite;
}
