/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_VIEW_PARTS_H
#define ATD_VIEW_PARTS_H

#include "site/atd_facts.h"

/**
 * @file atd_view_parts.h
 * Parts of the data that templates see, each made from one fact. Every function hands out null or an empty list where
 * there is nothing to show. URLs that could do harm are left out here, so that a template need not think of it.
 */

/** {iso, day, text}; the text in the language @p lang. */
const atd_value_t *atd_view_date(const atd_date_t *date, const char *lang, apr_pool_t *pool);

/** {src, alt, caption, width, height}. */
const atd_value_t *atd_view_picture(const atd_target_t *target, const char *alt, const char *caption, apr_pool_t *pool);

/** {name, slug, role, image, url, email, bio, social, path}. @p has_page: posts of this blog name this author */
const atd_value_t *atd_view_person(const atd_site_t *site, const atd_person_t *person, bool has_page, apr_pool_t *pool);

/** URL path of a list: "tag" and "x" give "/blog/tag/x"; NULL where @p slug is empty. */
const char *atd_view_term_path(const atd_site_t *site, const char *folder, const char *slug, apr_pool_t *pool);

/** {rss, atom, json}: paths of the feeds behind @p folder, "" or "tag/x/". */
const atd_value_t *atd_view_feeds(const atd_site_t *site, const char *folder, apr_pool_t *pool);

/** [{name, label, url}] of a map of network to URL or user name. */
const atd_value_t *atd_view_social(const atd_value_t *social, apr_pool_t *pool);

/** {title, text, url, button}. */
const atd_value_t *atd_view_newsletter(const atd_value_t *newsletter, apr_pool_t *pool);

/** {provider, email, giscus, utterances, isso}: the settings of the one provider, the others null. */
const atd_value_t *atd_view_comments(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

/** [{name, label, url}]: links that share the page, without a script. */
const atd_value_t *atd_view_share(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

/** [{src, alt, caption, width, height}]. */
const atd_value_t *atd_view_gallery(const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool);

/** {url, embed, thumbnail, duration, transcript, title, isFile}. */
const atd_value_t *atd_view_video(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

/** [{lang, name, url}] of languages: x-default, which is none, is for search engines alone. */
const atd_value_t *atd_view_translations(const atd_facts_t *facts, apr_pool_t *pool);

#endif
