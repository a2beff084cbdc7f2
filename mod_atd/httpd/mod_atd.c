/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/mod_atd.h"

#include "engine/atd_markdown.h"
#include "httpd/atd_config.h"
#include "httpd/atd_map.h"
#include "httpd/atd_respond.h"

#include <http_log.h>
#include <http_request.h>

/**
 * @file mod_atd.c
 * The module record and its hooks; each hook's work is a file of its own.
 */

atd_theme_cache_t *atd_themes;

/* Before there are children or threads. */
static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    (void)s;
    atd_markdown_initialize();
    return OK;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status = atd_theme_cache_create(&atd_themes, pchild);

    if (status)
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s, "mod_atd: can't make the table of themes");
}

static void register_hooks(apr_pool_t *pool)
{
    /* An Alias in the middle of a blog is there on purpose; VirtualDocumentRoot takes every URL. */
    static const char *const before_translate[] = {"mod_alias.c", "mod_userdir.c", NULL};
    static const char *const after_translate[] = {"mod_vhost_alias.c", NULL};

    (void)pool;
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(atd_map_translate, before_translate, after_translate, APR_HOOK_MIDDLE);
    ap_hook_type_checker(atd_map_claim, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(atd_respond, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(atd) = {
    STANDARD20_MODULE_STUFF,     .create_dir_config = atd_config_create, .merge_dir_config = atd_config_merge,
    .cmds = atd_config_commands, .register_hooks = register_hooks,
};
