/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENCODING_FIXTURE_H
#define ENCODING_FIXTURE_H

#include "atd_test.h"
#include "site/atd_encoding.h"

#include <brotli/decode.h>
#include <zlib.h>

/**
 * @file encoding_fixture.h
 * Decoders that are not the library's own, to read back what it compressed. They fail the test where that can't be read.
 */
#define DECODED_MAX ((apr_size_t)4 * 1024 * 1024)

static inline void inflate_all(char *out, apr_size_t *out_length, const char *bytes, apr_size_t length)
{
    z_stream stream = {0};

    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)*out_length;
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(stream.avail_in, 0);
    *out_length = stream.total_out;
    inflateEnd(&stream);
}

/** The bytes that a coding stands for, NUL-terminated, in atd_test_pool; @p out_length may be NULL. */
static inline const char *decoded(apr_size_t *out_length, atd_encoding_t encoding, const char *bytes, apr_size_t length)
{
    apr_size_t size = DECODED_MAX;
    char *out = apr_palloc(atd_test_pool, size + 1);

    if (encoding == ATD_GZIP)
        inflate_all(out, &size, bytes, length);
    else if (encoding == ATD_BROTLI)
        ck_assert_int_eq(BrotliDecoderDecompress(length, (const uint8_t *)bytes, &size, (uint8_t *)out),
                         BROTLI_DECODER_RESULT_SUCCESS);
    else
        memcpy(out, bytes, size = length);
    out[size] = '\0';
    if (out_length)
        *out_length = size;
    return out;
}

#endif
