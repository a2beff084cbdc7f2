/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/mod_atd.h"

#include "engine/atd_markdown.h"
#include "httpd/atd_backend.h"
#include "httpd/atd_config.h"
#include "httpd/atd_improver.h"
#include "httpd/atd_indexer.h"
#include "httpd/atd_map.h"
#include "httpd/atd_quick.h"
#include "httpd/atd_respond.h"
#include "httpd/atd_shm.h"
#include "httpd/atd_state.h"
#include "httpd/atd_status.h"

#include <http_core.h>
#include <http_log.h>
#include <http_request.h>

/**
 * @file mod_atd.c
 * The module record and its hooks; each hook's work is a file of its own.
 */

atd_theme_cache_t *atd_themes;

static int pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    if (atd_shm_declare(pconf) || atd_backend_declare(pconf))
        return HTTP_INTERNAL_SERVER_ERROR;
    return OK;
}

static int check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)ptemp;
    atd_quick_check_config(pconf, s);
    return OK;
}

/* Before there are children or threads. httpd reads its configuration twice when it starts: the first time is a rehearsal. */
static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const atd_server_config_t *config = atd_config_server(s);

    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    atd_markdown_initialize();
    atd_shm_open(s, config->size_set ? config->cache_size : ATD_CACHE_SIZE_DEFAULT);
    atd_backend_open(pconf, s);
    atd_state_open(pconf, s);
    return OK;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t status = atd_theme_cache_create(&atd_themes, pchild);

    if (status)
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s, "mod_atd: can't make the table of themes");
    atd_shm_child_init(pchild, s);
    atd_backend_start(pchild, s);
    atd_state_child_init(pchild, s);
    if (atd_state_indexes())
        atd_indexer_start(pchild, s);
    if (atd_shm_segment())
        atd_improver_start(pchild, s);
}

static void register_hooks(apr_pool_t *pool)
{
    /* An Alias in the middle of a blog is there on purpose; VirtualDocumentRoot takes every URL. */
    static const char *const before_translate[] = {"mod_alias.c", "mod_userdir.c", NULL};
    static const char *const after_translate[] = {"mod_vhost_alias.c", NULL};

    (void)pool;
    ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(atd_map_translate, before_translate, after_translate, APR_HOOK_MIDDLE);
    ap_hook_type_checker(atd_map_claim, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_quick_handler(atd_quick_handle, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(atd_respond, NULL, NULL, APR_HOOK_MIDDLE);
    atd_status_register();
}

AP_DECLARE_MODULE(atd) = {
    STANDARD20_MODULE_STUFF,
    .create_dir_config = atd_config_create,
    .merge_dir_config = atd_config_merge,
    .create_server_config = atd_config_create_server,
    .merge_server_config = atd_config_merge_server,
    .cmds = atd_config_commands,
    .register_hooks = register_hooks,
};
