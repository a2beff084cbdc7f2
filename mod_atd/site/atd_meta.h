/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_META_H
#define ATD_META_H

#include "site/atd_facts.h"

/**
 * @file atd_meta.h
 * Everything of the head element that search engines and social networks read: title, meta tags, links, Open Graph
 * (ogp.me), Twitter card, JSON-LD. The order is that of jekyll-seo-tag, the rules on robots and canonical
 * are Yoast's: no robots tag and no canonical on error pages, no canonical and no JSON-LD beside
 * noindex; twitter: tags only where they differ from og: ones.
 */

/** Appends all of it, each tag on a line of its own, escaped. */
void atd_meta_put(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

#endif
