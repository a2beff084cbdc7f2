/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_markdown_private.h"

#include <apr_lib.h>
#include <string.h>
#include <strings.h>

/* Schemes that open a page or another program, and run no code in this one. */
static const char *const link_schemes[] = {"http", "https",  "mailto", "tel",  "sms", "ftp",    "ftps", "geo", "irc",
                                           "ircs", "magnet", "matrix", "news", "sip", "webcal", "xmpp", NULL};
static const char *const image_schemes[] = {"http", "https", NULL};

/* Bitmaps alone: an SVG is a document, with scripts. */
static const char *const image_types[] = {"image/png", "image/gif", "image/jpeg", "image/webp", NULL};

/* True where the first @p length bytes of @p text are an entry; case is ignored. */
static bool is_listed(const char *const *list, const char *text, apr_size_t length)
{
    for (; *list; list++)
        if (strlen(*list) == length && strncasecmp(*list, text, length) == 0)
            return true;
    return false;
}

static bool has_control(const char *url)
{
    for (; *url; url++)
        if (apr_iscntrl(*url))
            return true;
    return false;
}

/* Length of the scheme, without its colon; 0 where the URL is relative (RFC 3986, section 3.1). */
static apr_size_t scheme_length(const char *url)
{
    apr_size_t length = 0;

    if (!((*url | 32) >= 'a' && (*url | 32) <= 'z'))
        return 0;
    while (url[length] > 0 && (apr_isalnum(url[length]) || strchr("+-.", url[length])))
        length++;
    return url[length] == ':' ? length : 0;
}

static bool is_image_data(const char *url, apr_size_t scheme)
{
    const char *type = url + scheme + 1;

    return is_listed((const char *const[]){"data", NULL}, url, scheme) &&
           is_listed(image_types, type, strcspn(type, ";,"));
}

bool atd_markdown_url_is_safe(const char *url, bool is_image)
{
    apr_size_t scheme;

    if (has_control(url))
        return false;
    url += strspn(url, " "); /* as browsers do */
    scheme = scheme_length(url);
    if (scheme == 0)
        return true;
    if (is_image && is_image_data(url, scheme))
        return true;
    return is_listed(is_image ? image_schemes : link_schemes, url, scheme);
}
