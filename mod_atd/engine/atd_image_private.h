/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_IMAGE_PRIVATE_H
#define ATD_IMAGE_PRIVATE_H

#include "engine/atd_image.h"

/**
 * @file atd_image_private.h
 * What the readers of the formats share. Every read of bytes goes through the functions here, which know where they end.
 */

/** A part of the file. */
typedef struct atd_part_t {
    const unsigned char *bytes;
    apr_size_t length;
} atd_part_t;

/** The number of @p count bytes (1 to 8) at @p at, the most significant first; false where it is not whole. */
bool atd_part_big(apr_uint64_t *number, atd_part_t part, apr_size_t at, unsigned count);

/** The same, the least significant byte first. */
bool atd_part_little(apr_uint64_t *number, atd_part_t part, apr_size_t at, unsigned count);

/** True where @p text stands at @p at, @p length bytes. */
bool atd_part_has(atd_part_t part, apr_size_t at, const char *text, apr_size_t length);

/** The bytes from @p at on; none where it lies behind the end. */
atd_part_t atd_part_from(atd_part_t part, apr_size_t at);

/** The first @p length bytes; false where there are fewer. */
bool atd_part_cut(atd_part_t *cut, atd_part_t part, apr_uint64_t length);

/** Sets the result; false, and nothing is set, where a side is 0 or longer than any real image's. */
bool atd_image_set(atd_image_t *image, const char *type, apr_uint64_t width, apr_uint64_t height);

/** Readers of one format each; false where the file is of another, too. */
bool atd_image_avif(atd_image_t *image, atd_part_t file);
bool atd_image_svg(atd_image_t *image, atd_part_t file);

#endif
