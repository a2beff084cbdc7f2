/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_encoding.h"

#include <apr_general.h>
#include <apr_strings.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for Accept-Encoding and compression. An input is a field's value, a line feed, and a body. Besides
 * crashes it finds fields that choose what they call unwanted, and compressed bodies that are no smaller.
 */
#define INPUT_MAX 8192

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_choice(const char *field)
{
    atd_encoding_t chosen = atd_encoding_choose(field);

    require(chosen <= ATD_BROTLI);
    require(chosen == ATD_IDENTITY || strpbrk(field, "*gGbB"));
}

static void check_body(const char *body, size_t length, apr_pool_t *pool)
{
    for (int i = ATD_IDENTITY; i <= ATD_BROTLI; i++) {
        const char *out;
        apr_size_t out_length;

        if (atd_encoding_compress(&out, &out_length, (atd_encoding_t)i, false, body, length, pool))
            require(i != ATD_IDENTITY && length >= ATD_ENCODING_MIN_LENGTH && out_length > 0 && out_length < length);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    const char *end = size ? memchr(text, '\n', size) : NULL;
    size_t length = end ? (size_t)(end - text) : size;
    const char *field;
    apr_pool_t *pool;

    if (size > INPUT_MAX)
        return 0;
    apr_pool_create(&pool, NULL);
    field = apr_pstrmemdup(pool, text, length);
    check_choice(field);
    atd_encoding_helps(field);
    if (end)
        check_body(end + 1, size - length - 1, pool);
    apr_pool_destroy(pool);
    return 0;
}
