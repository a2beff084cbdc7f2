/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_RESPOND_H
#define ATD_RESPOND_H

#include "httpd/atd_produce.h"

/**
 * @file atd_respond.h
 * The content handler: a mapped request into a page, a page into a response.
 */

/** httpd's handler hook; declines what atd_map_claim() did not claim. */
int atd_respond(request_rec *r);

/** Sends a page: headers, conditions, body. @return OK, or a status for httpd to answer with */
int atd_respond_with(const atd_page_t *page, atd_outcome_t outcome, const atd_dir_config_t *config, request_rec *r);

#endif
