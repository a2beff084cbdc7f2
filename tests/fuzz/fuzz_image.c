/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_image.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libFuzzer's target for image files. Besides crashes it finds sizes out of bounds, types that don't fit the first bytes,
 * and files that have another size when they are cut off: callers read but the beginning of a file.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool measure(atd_image_t *image, const uint8_t *bytes, size_t size)
{
    const atd_image_t untouched = {.type = "none", .width = 1, .height = 2};

    *image = untouched;
    if (atd_image_measure(image, bytes, size))
        return true;
    require(image->type == untouched.type && image->width == 1 && image->height == 2);
    return false;
}

static bool fits(const char *type, const uint8_t *bytes, size_t size)
{
    if (strcmp(type, "image/png") == 0)
        return bytes[0] == 0x89;
    if (strcmp(type, "image/jpeg") == 0)
        return bytes[0] == 0xFF;
    if (strcmp(type, "image/gif") == 0)
        return memcmp(bytes, "GIF8", 4) == 0;
    if (strcmp(type, "image/webp") == 0)
        return memcmp(bytes, "RIFF", 4) == 0;
    if (strcmp(type, "image/avif") == 0)
        return memcmp(bytes + 4, "ftyp", 4) == 0;
    return strcmp(type, "image/svg+xml") == 0 && memchr(bytes, '<', size);
}

/* The bytes are copied, so that reads behind the cut are found. */
static void check_cut(const atd_image_t *whole, const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + !size);
    atd_image_t image;

    require(copy != NULL);
    memcpy(copy, bytes, size);
    if (measure(&image, copy, size))
        require(image.type == whole->type && image.width == whole->width && image.height == whole->height);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    atd_image_t image;

    if (!measure(&image, bytes, size))
        return 0;
    require(image.width > 0 && image.width <= 1000000 && image.height > 0 && image.height <= 1000000);
    require(fits(image.type, bytes, size));
    for (size_t cut = 0; cut < size; cut += 1 + size / 64)
        check_cut(&image, bytes, cut);
    check_cut(&image, bytes, size - 1);
    return 0;
}
