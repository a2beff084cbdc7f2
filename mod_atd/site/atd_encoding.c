/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_encoding.h"

#include "site/atd_accept.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <string.h>
#include <strings.h>

#define GZIP_CHEAP 6
#define GZIP_BEST 9
#define BROTLI_CHEAP 5
#define BROTLI_BEST 11

static const char *const names[] = {[ATD_IDENTITY] = NULL, [ATD_GZIP] = "gzip", [ATD_BROTLI] = "br"};

const char *atd_encoding_name(atd_encoding_t encoding)
{
    return names[encoding];
}

/* ---- Accept-Encoding ---- */

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t");
}

/* Parameters of one coding up to the comma; other ones than q are skipped. */
static int read_parameters(const char **at)
{
    int weight = 1000;

    while (**at && **at != ',') {
        *at = skip_space(*at + (**at == ';'));
        if ((**at == 'q' || **at == 'Q') && (*at)[1] == '=') {
            *at += 2;
            weight = atd_accept_weight(at);
        }
        *at += strcspn(*at, ";,");
    }
    return weight;
}

/* A malformed weight means that the coding is not wanted. */
static void set_weight(int *weights, int *others, const char *name, apr_size_t length, int weight)
{
    weight = weight < 0 ? 0 : weight;
    if (length == 1 && *name == '*')
        *others = weight;
    else if ((length == 4 && strncasecmp(name, "gzip", 4) == 0) || (length == 6 && strncasecmp(name, "x-gzip", 6) == 0))
        weights[ATD_GZIP] = weight;
    else if (length == 2 && strncasecmp(name, "br", 2) == 0)
        weights[ATD_BROTLI] = weight;
    else if (length == 8 && strncasecmp(name, "identity", 8) == 0)
        weights[ATD_IDENTITY] = weight;
}

atd_encoding_t atd_encoding_choose(const char *header)
{
    int weights[] = {[ATD_IDENTITY] = -1, [ATD_GZIP] = -1, [ATD_BROTLI] = -1};
    int others = 0;
    atd_encoding_t best = ATD_IDENTITY;

    if (!header)
        return ATD_IDENTITY;
    for (const char *at = header; *at; at += *at == ',') {
        const char *name = at = skip_space(at);
        apr_size_t length = strcspn(at, " \t;,");

        at = skip_space(at + length);
        set_weight(weights, &others, name, length, read_parameters(&at));
    }
    for (int i = ATD_GZIP; i <= ATD_BROTLI; i++)
        weights[i] = weights[i] < 0 ? others : weights[i];
    if (weights[ATD_IDENTITY] < 0) /* acceptable unless it is named, and then the last choice */
        weights[ATD_IDENTITY] = 0;
    if (weights[ATD_GZIP] > 0 && weights[ATD_GZIP] >= weights[best])
        best = ATD_GZIP;
    if (weights[ATD_BROTLI] > 0 && weights[ATD_BROTLI] >= weights[best])
        best = ATD_BROTLI;
    return best;
}

bool atd_encoding_helps(const char *type)
{
    static const char *const types[] = {"text/",
                                        "application/json",
                                        "application/xml",
                                        "application/javascript",
                                        "application/manifest+json",
                                        "application/feed+json",
                                        "application/rss+xml",
                                        "application/atom+xml",
                                        "application/opensearchdescription+xml",
                                        "image/svg+xml"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strncasecmp(type, types[i], strlen(types[i])) == 0)
            return true;
    }
    return false;
}

/* ---- compressing ---- */

static bool deflate_all(char *out, apr_size_t *out_length, int level, const char *bytes, apr_size_t length)
{
    z_stream stream = {0};
    bool done;

    /* 15 bits of window, and 16 for a gzip header, which has no time and no name: the same bytes each time. */
    if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)*out_length;
    done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *out_length = stream.total_out;
    deflateEnd(&stream);
    return done;
}

static bool compress_brotli(char *out, apr_size_t *out_length, int quality, const char *bytes, apr_size_t length)
{
    return BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, length, (const uint8_t *)bytes,
                                 out_length, (uint8_t *)out);
}

bool atd_encoding_compress(const char **out, apr_size_t *out_length, atd_encoding_t encoding, bool best,
                           const char *bytes, apr_size_t length, apr_pool_t *pool)
{
    char *buffer;
    bool done;

    if (encoding == ATD_IDENTITY || length < ATD_ENCODING_MIN_LENGTH || length > 64 * 1024 * 1024)
        return false;
    *out_length = length; /* more is of no use */
    *out = buffer = apr_palloc(pool, length);
    if (encoding == ATD_GZIP)
        done = deflate_all(buffer, out_length, best ? GZIP_BEST : GZIP_CHEAP, bytes, length);
    else
        done = compress_brotli(buffer, out_length, best ? BROTLI_BEST : BROTLI_CHEAP, bytes, length);
    return done && *out_length < length;
}
