/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ATD_IMAGE_H
#define ATD_IMAGE_H

#include <apr_general.h>

#include <stdbool.h>

/**
 * @file atd_image.h
 * Width and height from the first bytes of an image file. A pure function, safe for any bytes.
 */
typedef struct atd_image_t {
    const char *type; /**< "image/png" ...; static */
    unsigned width;   /**< in CSS pixels as the browser lays it out before any style (EXIF rotation applied) */
    unsigned height;
} atd_image_t;

/**
 * Reads PNG (ISO 15948, 11.2.2), JPEG (ITU T.81, B.2.2, with EXIF orientation), GIF (89a, 18), WebP (RFC 9649),
 * AVIF (ISO 23008-12, ispe of the primary item, irot applied) and SVG (width and height in px or no unit, else viewBox).
 * @return false where it is none of them, is cut off before its size, or has no size
 */
bool atd_image_measure(atd_image_t *image, const unsigned char *bytes, apr_size_t length);

#endif
