/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOD_ATD_H
#define MOD_ATD_H

#include "site/atd_theme_cache.h"

#include <httpd.h>
#include <http_config.h>

/**
 * @file mod_atd.h
 * What the parts of the glue share.
 */

/** All that the shared object exports: the rest is compiled with -fvisibility=hidden. */
extern module AP_MODULE_DECLARE_DATA atd_module __attribute__((visibility("default")));

/** The compiled themes of this child process. Set in child_init, before it serves. */
extern atd_theme_cache_t *atd_themes;

#endif
