/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_RESPOND_H
#define ATD_RESPOND_H

#include <httpd.h>

/**
 * @file atd_respond.h
 * The content handler: a mapped request into a page, a page into a response.
 */

/** httpd's handler hook; declines what atd_map_claim() did not claim. */
int atd_respond(request_rec *r);

#endif
