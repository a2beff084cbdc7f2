/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_page_private.h"

#include "base/atd_escape.h"
#include "site/atd_twin.h"

#include <apr_strings.h>

#include <string.h>

#define ALTERNATE ">; rel=\"alternate\"; type=\""

void atd_page_link(atd_page_t *page, const char *url, const char *rel, const char *type, apr_pool_t *pool)
{
    apr_size_t length = strlen(url);
    atd_buffer_t *out = atd_buffer_create(pool, length, length * 3);
    const char *link;

    atd_escape_url(out, url, length);
    if (atd_buffer_take(&url, NULL, out, "the URL"))
        return; /* can't be: its size was reckoned with */
    link = apr_pstrcat(pool, "<", url, ">; rel=\"", rel, "\"", NULL);
    if (type)
        link = apr_pstrcat(pool, link, "; type=\"", type, "\"", NULL);
    page->links = page->links ? apr_pstrcat(pool, page->links, ", ", link, NULL) : link;
}

void atd_page_link_forms(atd_page_t *page, const atd_site_t *site, const atd_post_t *post, apr_pool_t *pool)
{
    const char *markdown = atd_twin_markdown_name(post, pool);
    const char *data = atd_twin_data_name(post, pool);

    atd_page_link(page, atd_site_url(site, markdown, pool), "alternate", "text/markdown", pool);
    if (data)
        atd_page_link(page, atd_site_url(site, data, pool), "alternate", "application/json", pool);
    atd_page_link_description(page, site, pool);
}

void atd_page_link_description(atd_page_t *page, const atd_site_t *site, apr_pool_t *pool)
{
    atd_page_link(page, atd_site_url(site, "llms.txt", pool), "describedby", "text/plain", pool);
}

/* The links are our own, so that each URL stands between brackets that are nowhere else. */
const char *atd_page_alternate(const atd_page_t *page, const char *type, apr_pool_t *pool)
{
    const char *end = page->links ? strstr(page->links, apr_pstrcat(pool, ALTERNATE, type, "\"", NULL)) : NULL;
    const char *begin = end;

    if (!end)
        return NULL;
    while (begin > page->links && begin[-1] != '<')
        begin--;
    return apr_pstrmemdup(pool, begin, (apr_size_t)(end - begin));
}
