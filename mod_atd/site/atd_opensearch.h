/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_OPENSEARCH_H
#define ATD_OPENSEARCH_H

#include "site/atd_site.h"

/**
 * @file atd_opensearch.h
 * How a browser adds the blog's search to its own: a description document of OpenSearch 1.1, draft 6
 * (github.com/dewitt/opensearch). Names and descriptions are cut to the lengths that it allows.
 */
#define ATD_OPENSEARCH_TYPE "application/opensearchdescription+xml; charset=utf-8"

/** Appends the document. Its image is the theme's icon.svg, where it has one. */
void atd_opensearch_write(atd_buffer_t *out, const atd_site_t *site, apr_pool_t *pool);

#endif
