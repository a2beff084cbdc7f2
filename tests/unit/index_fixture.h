/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDEX_FIXTURE_H
#define INDEX_FIXTURE_H

#include "site/atd_index.h"
#include "site_fixture.h"

/**
 * @file index_fixture.h
 * An index to test with: of test_content, in a file beside it that goes with the test; lists as texts.
 */

/** 2025-07-01T00:00:00Z. */
#define NOW apr_time_from_sec(1751328000)
#define DAY apr_time_from_sec(86400)

/** Scans at each refresh, and tells test_report(). */
extern atd_index_policy_t test_policy;

/** Whose lists listed() and others give: a visitor at NOW. */
extern atd_index_viewer_t test_viewer;

/** A test case with all this. */
TCase *index_test_case(Suite *suite, const char *name);

/** From now on the index of this test is where nothing waits for a disk: for tests that make very many. */
void keep_index_in_memory(void);

/** Where open_index() has its file: a hidden one in the folder. */
const char *index_file(void);

/** Path of a name in the folder. */
const char *content_file(const char *name);

/** Opens the index in its file. */
atd_index_t *open_index(void);

/** Refreshes; where the machine is so busy that scans take long, and are made more rarely, as soon as one is due. */
atd_index_state_t scan(atd_index_t *index);

/** What was reported since it was last asked, each in a line. */
const char *reports(void);

/** Writes a post: front matter without fences. */
void put_post(const char *path, const char *front_matter);

/** Writes the same bytes with another inode and mtime @p seconds. */
void put_again(const char *path, const char *text, long seconds);

/** Slugs of posts with blanks between them. */
const char *slugs_of(const apr_array_header_t *posts);

/** Slugs of a list, at most 1,000; the count must be the same. */
const char *listed(atd_index_t *index, atd_list_kind_t kind, const char *slug);

/** The path that a slug, and a former address, lead to; "" where there is none. */
const char *found(atd_index_t *index, const char *slug);
const char *moved(atd_index_t *index, const char *address);

/** "slug=count" of terms. */
const char *terms_of(atd_index_t *index, atd_term_kind_t kind);

/** "202506=count" of months. */
const char *months_of(atd_index_t *index);

/** Runs every query; what comes must be a post that may be shown. @return false where one of them failed */
bool query_all(atd_index_t *index);

/** True in the slow builds of the sanitizers. */
bool is_quick(void);

#endif
