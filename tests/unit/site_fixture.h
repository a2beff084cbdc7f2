/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SITE_FIXTURE_H
#define SITE_FIXTURE_H

#include "atd_test.h"
#include "site/atd_facts.h"
#include "site/atd_page.h"

/**
 * @file site_fixture.h
 * A blog to test with: a temporary content folder that goes with the test, and short ways from front matter to what is
 * made of it. Failing makers fail the test.
 */

/** The temporary folder. */
extern atd_root_t test_content;

/** What open_site() opens: the folder at /blog/ of https://example.org, the built-in theme, 2025-07-01T00:00:00Z. */
extern atd_site_config_t test_config;

/** A test case with a pool, an empty folder and a fresh configuration. */
TCase *site_test_case(Suite *suite, const char *name);

/** Writes a file below the folder, and the folders that it needs. */
void put_file(const char *path, const char *text);

/** Removes a file or an empty folder. */
void remove_file(const char *path);

/** Makes a symbolic link at @p path. */
void put_link(const char *target, const char *path);

/** Opens the blog as test_config says. */
const atd_site_t *open_site(void);

/** Writes site.yaml and opens the blog. */
const atd_site_t *open_site_with(const char *settings);

/** "---\n" + front matter + "---\n" + body. */
const char *markdown_of(const char *front_matter, const char *body);

/** The post of a front matter, as the file posts/a.md would have it; there need not be one. */
const atd_post_t *post_of(const char *front_matter);

/** The error of such a post. */
const atd_error_t *error_of(const char *front_matter);

/** Loads a post that was written with put_file(). */
const atd_post_t *load_post(const char *path);

/** Renders a post's body. */
const atd_body_t *body_of(const atd_site_t *site, const atd_post_t *post);

/** Facts of a post with its body. */
const atd_facts_t *facts_of(const atd_site_t *site, const atd_post_t *post);

/** Facts of the list at @p rest below the blog; a list that is not there fails the test. */
const atd_facts_t *facts_at(const atd_site_t *site, const char *rest);

/** The head's tags of a page. */
const char *head_with(const atd_site_t *site, const atd_facts_t *facts);

/** The head's tags of a post. */
const char *head_of(const atd_site_t *site, const atd_post_t *post);

/** The page at @p rest below the blog. */
const atd_page_t *page_at(const atd_site_t *site, const char *rest);

/** Parses YAML or JSON. */
const atd_value_t *yaml_of(const char *text);

/** The structured data of a head or a page. */
const atd_value_t *jsonld_of(const char *html);

/** Text at a path of keys; NULL where there is none. */
const char *text_at(const atd_value_t *map, const char *path);

/** The same for item @p index of the list at @p list. */
const char *item_at(const atd_value_t *map, const char *list, apr_size_t index, const char *key);

/** Texts of a list with commas between them. */
const char *joined(const atd_value_t *list);

/** Keys of a map with blanks between them. */
const char *keys_of(const atd_value_t *map);

/** How often @p part is in @p text. */
unsigned count_of(const char *text, const char *part);

/** @p text @p count times. */
const char *repeated(const char *text, unsigned count);

/** An SVG image of a size. */
const char *svg_of(unsigned width, unsigned height);

#define HAS(text, part) ck_assert_msg((text) && strstr(text, part), "\"%s\" is not in: %s", part, text)
#define LACKS(text, part) ck_assert_msg((text) && !strstr(text, part), "\"%s\" is in: %s", part, text)
#define TEXT_AT(map, path, expected) ck_assert_pstr_eq(text_at(map, path), expected)

#endif
