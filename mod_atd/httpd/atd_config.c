/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/atd_config.h"

#include "base/atd_file.h"
#include "httpd/atd_backend.h"
#include "httpd/mod_atd.h"
#include "site/atd_segment.h"
#include "site/atd_settings.h"

#include <apr_fnmatch.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>

#include <stddef.h>
#include <string.h>

/* A member of the record that merge treats as one: set as a whole or not at all. */
typedef struct member_t {
    apr_size_t offset;
    apr_size_t size;
} member_t;

#define MEMBER(member)                                                                                                 \
    {                                                                                                                  \
        .offset = offsetof(atd_dir_config_t, member), .size = sizeof(((atd_dir_config_t *)0)->member)                  \
    }

/* All but `sets`, which merges key by key. */
static const member_t members[] = {
    MEMBER(engine),     MEMBER(content), MEMBER(theme), MEMBER(base_url), MEMBER(max_age),
    MEMBER(revalidate), MEMBER(drafts),  MEMBER(debug), MEMBER(raw_html), MEMBER(tag_header),
};

void *atd_config_create(apr_pool_t *pool, char *path)
{
    (void)path;
    return apr_pcalloc(pool, sizeof(atd_dir_config_t));
}

static bool is_set(const void *record, const member_t *member)
{
    static const char zero[sizeof(atd_dir_config_t)];

    return memcmp((const char *)record + member->offset, zero, member->size) != 0;
}

static apr_table_t *merge_sets(apr_pool_t *pool, apr_table_t *base, apr_table_t *add)
{
    apr_table_t *merged;

    if (!base || !add)
        return add ? add : base;
    merged = apr_table_copy(pool, base);
    apr_table_overlap(merged, add, APR_OVERLAP_TABLES_SET);
    return merged;
}

void *atd_config_merge(apr_pool_t *pool, void *base, void *add)
{
    atd_dir_config_t *merged = apr_pmemdup(pool, base, sizeof *merged);
    const atd_dir_config_t *over = add;

    for (apr_size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (is_set(over, &members[i]))
            memcpy((char *)merged + members[i].offset, (const char *)over + members[i].offset, members[i].size);
    }
    merged->sets = merge_sets(pool, merged->sets, over->sets);
    return merged;
}

/* httpd's own mark of an .htaccess: what it makes lives no longer than the request. */
static bool in_htaccess(const cmd_parms *cmd)
{
    return cmd->pool == cmd->temp_pool;
}

static bool in_section(const cmd_parms *cmd, const char *const *names)
{
    const ap_directive_t *section = cmd->directive ? cmd->directive->parent : NULL;

    for (; section; section = section->parent) {
        for (int i = 0; names[i]; i++) {
            if (strcasecmp(section->directive, names[i]) == 0)
                return true;
        }
    }
    return false;
}

static const char *without_slash(apr_pool_t *pool, const char *path)
{
    apr_size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return apr_pstrmemdup(pool, path, length);
}

/* Sections whose path is a pattern: cmd->path is no folder there, and can't tell where the blog begins. */
static const char *refuse_pattern(const cmd_parms *cmd, const char *value)
{
    static const char *const patterns[] = {"<DirectoryMatch", "<LocationMatch", "<FilesMatch", "<Files",      "<If",
                                           "<ElseIf",         "<Else",          "<Proxy",      "<ProxyMatch", NULL};

    const ap_directive_t *section = cmd->directive ? cmd->directive->parent : NULL;
    bool regex = section && section->args && section->args[strspn(section->args, " \t")] == '~';
    bool wild = !in_htaccess(cmd) && cmd->path && apr_fnmatch_test(cmd->path);

    if (regex || wild || in_section(cmd, patterns))
        return apr_psprintf(cmd->pool,
                            "%s%s can't stand in a section whose path is a pattern or a condition: put it into "
                            "<Directory>, <Location>, <VirtualHost> or an .htaccess",
                            cmd->cmd->name, value);
    return NULL;
}

static const char *set_engine(cmd_parms *cmd, void *record, int on)
{
    static const char *const locations[] = {"<Location", NULL};
    atd_engine_t *engine = &((atd_dir_config_t *)record)->engine;
    const char *refusal = on ? refuse_pattern(cmd, " On") : NULL;

    if (refusal)
        return refusal;
    engine->flag = on ? ATD_FLAG_ON : ATD_FLAG_OFF;
    engine->path = cmd->path ? without_slash(cmd->pool, cmd->path) : NULL;
    if (!cmd->path)
        engine->place = ATD_PLACE_SERVER;
    else
        engine->place = in_section(cmd, locations) ? ATD_PLACE_LOCATION : ATD_PLACE_FOLDER;
    return NULL;
}

/* What an .htaccess names stays below its own folder; links on the way count as those of the content do. */
static const char *folder_of_htaccess(atd_folder_t *folder, const cmd_parms *cmd, const char *argument)
{
    const char *own = without_slash(cmd->pool, cmd->path);
    apr_size_t length = strlen(own);
    const char *below = without_slash(cmd->pool, argument);
    const char *refusal = refuse_pattern(cmd, "");

    if (refusal)
        return refusal;
    if (strcmp(below, own) == 0 || strcmp(below, ".") == 0) {
        folder->path = own;
        return NULL;
    }
    if (*below == '/' && strncmp(below, own, length) == 0 && below[length] == '/')
        below += length + 1;
    while (strncmp(below, "./", 2) == 0)
        below += 2;
    if (*below == '/' || !atd_path_is_plain(below, strlen(below)))
        return apr_psprintf(cmd->pool,
                            "%s '%s': an .htaccess may name only a folder below its own; another one can be set in "
                            "<Directory> in httpd.conf",
                            cmd->cmd->name, argument);
    folder->path = own;
    folder->below = below;
    return NULL;
}

static const char *set_folder(atd_folder_t *folder, const cmd_parms *cmd, const char *argument)
{
    static const char *const folders[] = {"<Directory", NULL};
    const char *path;

    memset(folder, 0, sizeof *folder);
    if (!*argument)
        return apr_psprintf(cmd->pool, "%s must name a folder", cmd->cmd->name);
    if (in_htaccess(cmd))
        return folder_of_htaccess(folder, cmd, argument);
    if (cmd->path && in_section(cmd, folders) && *argument != '/')
        argument = apr_pstrcat(cmd->pool, without_slash(cmd->pool, cmd->path), "/", argument, NULL);
    path = ap_server_root_relative(cmd->pool, argument);
    if (!path)
        return apr_psprintf(cmd->pool, "%s '%s' is not a path", cmd->cmd->name, argument);
    folder->path = without_slash(cmd->pool, path);
    return NULL;
}

/* Only httpd.conf is checked against the disk: an .htaccess is read at each request. */
static const char *check_exists(const atd_folder_t *folder, const cmd_parms *cmd)
{
    if (in_htaccess(cmd) || ap_is_directory(cmd->pool, folder->path))
        return NULL;
    return apr_psprintf(cmd->pool, "%s '%s' is not a folder that exists", cmd->cmd->name, folder->path);
}

static const char *set_content(cmd_parms *cmd, void *record, const char *argument)
{
    atd_folder_t *content = &((atd_dir_config_t *)record)->content;
    const char *refusal = set_folder(content, cmd, argument);

    return refusal ? refusal : check_exists(content, cmd);
}

/* A name has no slash; a folder has one, if only "./theme". */
static const char *set_theme(cmd_parms *cmd, void *record, const char *argument)
{
    atd_theme_choice_t *theme = &((atd_dir_config_t *)record)->theme;
    const char *refusal = NULL;

    memset(theme, 0, sizeof *theme);
    theme->set = true;
    if (strchr(argument, '/'))
        refusal = set_folder(&theme->folder, cmd, argument);
    else if (!*argument || !atd_path_is_plain(argument, strlen(argument)))
        refusal =
            apr_psprintf(cmd->pool, "AtdTheme '%s': name an installed theme, or a folder with a slash in it", argument);
    else if (strcasecmp(argument, "default") != 0)
        theme->folder.path = apr_pstrcat(cmd->pool, ATD_THEME_FOLDER "/", argument, NULL);
    if (!refusal && theme->folder.path)
        refusal = check_exists(&theme->folder, cmd);
    return refusal;
}

static const char *set_base_url(cmd_parms *cmd, void *record, const char *argument)
{
    if (*argument != '/' || strpbrk(argument, "?#\\"))
        return apr_psprintf(cmd->pool, "AtdBaseUrl '%s': must be a URL path that begins with a slash, such as /blog/",
                            argument);
    ((atd_dir_config_t *)record)->base_url = argument;
    return NULL;
}

static const char *set_setting(cmd_parms *cmd, void *record, const char *key, const char *value)
{
    atd_dir_config_t *config = record;
    const atd_error_t *error = atd_settings_check(key, value, cmd->temp_pool);

    if (error)
        return apr_pstrcat(cmd->pool, "AtdSet ", key, ": ", error->message, error->hint ? "; " : NULL, error->hint,
                           NULL);
    if (!config->sets)
        config->sets = apr_table_make(cmd->pool, 4);
    apr_table_setn(config->sets, key, value);
    return NULL;
}

/* httpd's own parser takes "soon" for 0 seconds. */
static bool is_time(const char *text)
{
    static const char *const units[] = {"", "ms", "s", "mi", "h"};
    apr_size_t digits = strspn(text, "0123456789");

    for (apr_size_t i = 0; digits > 0 && i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(text + digits, units[i]) == 0)
            return true;
    }
    return false;
}

static const char *set_period(cmd_parms *cmd, void *record, const char *argument)
{
    const apr_size_t offset = (apr_size_t)cmd->info;
    atd_period_t *period = (atd_period_t *)(void *)((char *)record + offset);

    if (!is_time(argument) || ap_timeout_parameter_parse(argument, &period->time, "s") != APR_SUCCESS ||
        period->time < 0 || period->time > apr_time_from_sec(366 * 86400))
        return apr_psprintf(cmd->pool, "%s '%s': must be a time from 0 to 8784h, such as 60, 500ms, 5mi or 1h",
                            cmd->cmd->name, argument);
    period->set = true;
    return NULL;
}

static const char *set_tag_header(cmd_parms *cmd, void *record, const char *argument)
{
    static const char *const names[] = {[ATD_TAG_HEADER_NONE] = "None",
                                        [ATD_TAG_HEADER_SURROGATE_KEY] = "Surrogate-Key",
                                        [ATD_TAG_HEADER_CACHE_TAG] = "Cache-Tag"};

    for (int i = ATD_TAG_HEADER_NONE; i <= ATD_TAG_HEADER_CACHE_TAG; i++) {
        if (strcasecmp(argument, names[i]) == 0) {
            ((atd_dir_config_t *)record)->tag_header = (atd_tag_header_t)i;
            return NULL;
        }
    }
    return apr_psprintf(cmd->pool, "%s '%s': must be None, Surrogate-Key or Cache-Tag", cmd->cmd->name, argument);
}

/* ---- the whole server's ---- */

void *atd_config_create_server(apr_pool_t *pool, server_rec *s)
{
    (void)s;
    return apr_pcalloc(pool, sizeof(atd_server_config_t));
}

void *atd_config_merge_server(apr_pool_t *pool, void *base, void *add)
{
    atd_server_config_t *merged = apr_pmemdup(pool, base, sizeof *merged);
    const atd_server_config_t *over = add;

    merged->quick = over->quick ? over->quick : merged->quick;
    return merged;
}

const atd_server_config_t *atd_config_server(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &atd_module);
}

/* Digits and perhaps K, M or G. @return false for anything else, and for more than a size can hold */
static bool read_size(const char *text, apr_uint64_t *size)
{
    static const char units[] = "kmg";
    const char *unit;
    apr_size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 12)
        return false;
    *size = (apr_uint64_t)apr_atoi64(text);
    text += digits;
    if (!*text)
        return true;
    unit = strchr(units, apr_tolower(*text));
    if (!unit || text[1])
        return false;
    for (; unit >= units; unit--)
        *size *= 1024;
    return true;
}

static const char *set_cache_size(cmd_parms *cmd, void *record, const char *argument)
{
    atd_server_config_t *config = ap_get_module_config(cmd->server->module_config, &atd_module);
    const char *refusal = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_uint64_t size;

    (void)record;
    if (refusal)
        return refusal;
    if (!read_size(argument, &size) || (size > 0 && size < ATD_SEGMENT_MIN_SIZE) || size > (apr_uint64_t)16 << 30)
        return apr_psprintf(
            cmd->pool, "AtdCacheSize '%s': must be 0 for no cache, or a size from 512K to 16G, such as 64M", argument);
    config->cache_size = (apr_size_t)size;
    config->size_set = true;
    return NULL;
}

static const char *set_quick(cmd_parms *cmd, void *record, int on)
{
    atd_server_config_t *config = ap_get_module_config(cmd->server->module_config, &atd_module);
    const char *refusal = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);

    (void)record;
    if (!refusal)
        config->quick = on ? ATD_FLAG_ON : ATD_FLAG_OFF;
    return refusal;
}

static const char *set_cache_share(cmd_parms *cmd, void *record, const char *argument)
{
    atd_server_config_t *config = ap_get_module_config(cmd->server->module_config, &atd_module);
    const char *refusal = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_int64_t share = apr_atoi64(argument);

    (void)record;
    if (refusal)
        return refusal;
    if (strspn(argument, "0123456789") != strlen(argument) || share < 1 || share > 100)
        return apr_psprintf(cmd->pool, "AtdCacheShare '%s': must be a number of percent from 1 to 100", argument);
    config->cache_share = (unsigned)share;
    return NULL;
}

static const char *set_state_folder(cmd_parms *cmd, void *record, const char *argument)
{
    atd_server_config_t *config = ap_get_module_config(cmd->server->module_config, &atd_module);
    const char *refusal = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *path = *argument ? ap_server_root_relative(cmd->pool, argument) : NULL;

    (void)record;
    if (refusal)
        return refusal;
    if (!path || *path != '/')
        return apr_psprintf(cmd->pool, "AtdStateDir '%s': must be the path of a folder, absolute or below ServerRoot",
                            argument);
    config->state_folder = without_slash(cmd->pool, path);
    return NULL;
}

static const char *set_flag(cmd_parms *cmd, void *record, int on)
{
    const apr_size_t offset = (apr_size_t)cmd->info;

    *(atd_flag_t *)((char *)record + offset) = on ? ATD_FLAG_ON : ATD_FLAG_OFF;
    return NULL;
}

#define AT(member) ((void *)offsetof(atd_dir_config_t, member))

const command_rec atd_config_commands[] = {
    AP_INIT_FLAG("AtdEngine", set_engine, NULL, OR_FILEINFO, "On to publish the Markdown files here as a blog"),
    AP_INIT_TAKE1("AtdContent", set_content, NULL, OR_FILEINFO, "folder of the Markdown files"),
    AP_INIT_TAKE1("AtdTheme", set_theme, NULL, OR_FILEINFO, "name of an installed theme, or a theme's folder"),
    AP_INIT_TAKE1("AtdBaseUrl", set_base_url, NULL, OR_FILEINFO, "URL path of the blog, where it can't be found"),
    AP_INIT_TAKE2("AtdSet", set_setting, NULL, OR_FILEINFO, "a key of site.yaml and the value to use instead"),
    AP_INIT_TAKE1("AtdMaxAge", set_period, AT(max_age), OR_FILEINFO,
                  "how long browsers may keep a page without asking"),
    AP_INIT_TAKE1("AtdRevalidate", set_period, AT(revalidate), OR_FILEINFO,
                  "how long a cached page is served without a look at its files"),
    AP_INIT_TAKE1("AtdCacheTags", set_tag_header, NULL, OR_FILEINFO,
                  "None, or the header that tells a CDN what a page shows: Surrogate-Key or Cache-Tag"),
    AP_INIT_FLAG("AtdDrafts", set_flag, AT(drafts), OR_FILEINFO, "On to show drafts and scheduled posts"),
    AP_INIT_FLAG("AtdDebug", set_flag, AT(debug), OR_FILEINFO, "On to show authors what is wrong with a post"),
    AP_INIT_FLAG("AtdRawHTML", set_flag, AT(raw_html), OR_FILEINFO, "On to let HTML in Markdown through"),
    AP_INIT_TAKE1("AtdCacheSize", set_cache_size, NULL, RSRC_CONF, "size of the shared page cache; 0 for none"),
    AP_INIT_TAKE1("AtdCacheBackend", atd_backend_set, NULL, RSRC_CONF,
                  "second level for several servers: none, redis:HOST:PORT, memcache:HOST:PORT or shmcb:"),
    AP_INIT_TAKE1("AtdCacheShare", set_cache_share, NULL, RSRC_CONF, "most percent of the cache for one site"),
    AP_INIT_TAKE1("AtdStateDir", set_state_folder, NULL, RSRC_CONF,
                  "folder of the indexes, which can be made anew at any time"),
    AP_INIT_FLAG("AtdQuickHandler", set_quick, NULL, RSRC_CONF,
                 "On to serve cached pages before URLs are mapped and access is checked"),
    {.name = NULL},
};
