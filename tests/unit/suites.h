/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUITES_H
#define SUITES_H

#include <check.h>

/**
 * @file suites.h
 * The unit tests' suites: one for each file of the library, named after it, and one for each published specification.
 */
/* clang-format off */
#define ATD_SUITES(SUITE) \
    SUITE(buffer) \
    SUITE(error) \
    SUITE(escape) \
    SUITE(file) \
    SUITE(locale) \
    SUITE(memo) \
    SUITE(text) \
    SUITE(time) \
    SUITE(value) \
    SUITE(value_bytes) \
    SUITE(document) \
    SUITE(frontmatter) \
    SUITE(gfm_spec) \
    SUITE(image) \
    SUITE(markdown) \
    SUITE(markdown_threads) \
    SUITE(mustache_spec) \
    SUITE(source) \
    SUITE(template) \
    SUITE(template_errors) \
    SUITE(yaml) \
    SUITE(yaml_errors) \
    SUITE(body) \
    SUITE(cache) \
    SUITE(catalog) \
    SUITE(category) \
    SUITE(encoding) \
    SUITE(export) \
    SUITE(facts) \
    SUITE(field) \
    SUITE(index) \
    SUITE(index_query) \
    SUITE(index_races) \
    SUITE(index_scan) \
    SUITE(index_pool) \
    SUITE(index_survey) \
    SUITE(jsonld) \
    SUITE(lint) \
    SUITE(list) \
    SUITE(meta) \
    SUITE(page) \
    SUITE(page_bytes) \
    SUITE(page_list) \
    SUITE(page_post) \
    SUITE(permalink) \
    SUITE(person) \
    SUITE(picture) \
    SUITE(post) \
    SUITE(purge) \
    SUITE(related) \
    SUITE(route) \
    SUITE(second) \
    SUITE(segment) \
    SUITE(segment_races) \
    SUITE(settings) \
    SUITE(site) \
    SUITE(sources) \
    SUITE(sources_adopt) \
    SUITE(status_page) \
    SUITE(theme) \
    SUITE(theme_cache) \
    SUITE(view) \
    SUITE(view_contract) \
    SUITE(view_list) \
    SUITE(theme_pages) \
    SUITE(feed) \
    SUITE(feed_content) \
    SUITE(llms) \
    SUITE(sitemap) \
    SUITE(index_each) \
    SUITE(page_llms) \
    SUITE(page_sitemap) \
    SUITE(tokenizer) \
    SUITE(search_query) \
    SUITE(search_snippet) \
    SUITE(search_deadline) \
    SUITE(json) \
    SUITE(toml) \
    SUITE(accept) \
    SUITE(opensearch) \
    SUITE(page_links) \
    SUITE(page_twin) \
    SUITE(twin) \
    SUITE(index_search)
/* clang-format on */

#define ATD_DECLARE_SUITE(name) Suite *name##_suite(void);
ATD_SUITES(ATD_DECLARE_SUITE)

#define ATD_LIST_SUITE(name) name##_suite,
static Suite *(*const suites[])(void) = {ATD_SUITES(ATD_LIST_SUITE)};

#endif
