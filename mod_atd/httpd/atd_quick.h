/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_QUICK_H
#define ATD_QUICK_H

#include "httpd/atd_config.h"
#include "site/atd_cache.h"

/**
 * @file atd_quick.h
 * AtdQuickHandler: hits before httpd maps the URL, walks folders and asks for access. What the ordinary handler has served
 * to anybody is remembered by scheme, host, port and URL, for as long as its page is fresh; after that the ordinary handler
 * looks again. Nothing is remembered that httpd might refuse to somebody else.
 */

/** Looks for access control in the configuration of all servers with AtdQuickHandler On. For check_config. */
void atd_quick_check_config(apr_pool_t *pconf, server_rec *s);

/** httpd's quick_handler hook. */
int atd_quick_handle(request_rec *r, int lookup);

/** Remembers that @p request answers the URL of @p r; does nothing where access to it may depend on who asks. */
void atd_quick_remember(request_rec *r, const atd_cache_t *cache, const atd_cache_request_t *request,
                        const atd_dir_config_t *config);

#endif
