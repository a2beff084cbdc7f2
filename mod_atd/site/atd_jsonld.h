/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_JSONLD_H
#define ATD_JSONLD_H

#include "site/atd_facts.h"

/**
 * @file atd_jsonld.h
 * Structured data: one script element with a schema.org graph. A post is a BlogPosting, or what its `schema` says,
 * whose keys win over the derived ones; beside it stands a BreadcrumbList. Relative URLs in it are made absolute; a node
 * without a name is left out.
 */
void atd_jsonld_put(atd_buffer_t *out, const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

/** The article's node alone, for tests and for <slug>.json. */
const atd_value_t *atd_jsonld_article(const atd_site_t *site, const atd_facts_t *facts, apr_pool_t *pool);

#endif
