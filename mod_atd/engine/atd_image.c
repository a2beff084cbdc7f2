/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/atd_image_private.h"

#include <string.h>

#define SIDE_MAX 1000000

bool atd_part_big(apr_uint64_t *number, atd_part_t part, apr_size_t at, unsigned count)
{
    if (at > part.length || part.length - at < count)
        return false;
    *number = 0;
    for (unsigned i = 0; i < count; i++)
        *number = *number << 8 | part.bytes[at + i];
    return true;
}

bool atd_part_little(apr_uint64_t *number, atd_part_t part, apr_size_t at, unsigned count)
{
    if (at > part.length || part.length - at < count)
        return false;
    *number = 0;
    for (unsigned i = count; i > 0; i--)
        *number = *number << 8 | part.bytes[at + i - 1];
    return true;
}

bool atd_part_has(atd_part_t part, apr_size_t at, const char *text, apr_size_t length)
{
    return at <= part.length && part.length - at >= length && memcmp(part.bytes + at, text, length) == 0;
}

atd_part_t atd_part_from(atd_part_t part, apr_size_t at)
{
    if (at > part.length)
        at = part.length;
    return (atd_part_t){.bytes = part.bytes + at, .length = part.length - at};
}

bool atd_part_cut(atd_part_t *cut, atd_part_t part, apr_uint64_t length)
{
    if (length > part.length)
        return false;
    *cut = (atd_part_t){.bytes = part.bytes, .length = (apr_size_t)length};
    return true;
}

bool atd_image_set(atd_image_t *image, const char *type, apr_uint64_t width, apr_uint64_t height)
{
    if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
        return false;
    *image = (atd_image_t){.type = type, .width = (unsigned)width, .height = (unsigned)height};
    return true;
}

static bool measure_png(atd_image_t *image, atd_part_t file)
{
    apr_uint64_t width, height;

    return atd_part_has(file, 0, "\x89PNG\r\n\x1A\n", 8) && atd_part_has(file, 12, "IHDR", 4) &&
           atd_part_big(&width, file, 16, 4) && atd_part_big(&height, file, 20, 4) &&
           atd_image_set(image, "image/png", width, height);
}

static bool measure_gif(atd_image_t *image, atd_part_t file)
{
    apr_uint64_t width, height;

    return (atd_part_has(file, 0, "GIF87a", 6) || atd_part_has(file, 0, "GIF89a", 6)) &&
           atd_part_little(&width, file, 6, 2) && atd_part_little(&height, file, 8, 2) &&
           atd_image_set(image, "image/gif", width, height);
}

/* ---- WebP ---- */

/* RFC 6386, 9.1: a tag of 3 bytes that begins with 0 for a key frame, a start code, then 14 bits of each side. */
static bool measure_lossy(atd_image_t *image, atd_part_t frame)
{
    apr_uint64_t tag, width, height;

    return atd_part_little(&tag, frame, 0, 1) && (tag & 1) == 0 && atd_part_has(frame, 3, "\x9D\x01\x2A", 3) &&
           atd_part_little(&width, frame, 6, 2) && atd_part_little(&height, frame, 8, 2) &&
           atd_image_set(image, "image/webp", width & 0x3FFF, height & 0x3FFF);
}

/* RFC 9649, 3.4: after a signature 14 bits of each side less one, a bit for alpha, and 3 bits of version, which is 0. */
static bool measure_lossless(atd_image_t *image, atd_part_t stream)
{
    apr_uint64_t bits;

    return atd_part_has(stream, 0, "\x2F", 1) && atd_part_little(&bits, stream, 1, 4) && bits >> 29 == 0 &&
           atd_image_set(image, "image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
}

/* RFC 9649, 2.7: the canvas, its sides less one. */
static bool measure_extended(atd_image_t *image, atd_part_t canvas)
{
    apr_uint64_t width, height;

    return atd_part_little(&width, canvas, 4, 3) && atd_part_little(&height, canvas, 7, 3) &&
           atd_image_set(image, "image/webp", width + 1, height + 1);
}

static bool measure_webp(atd_image_t *image, atd_part_t file)
{
    atd_part_t chunk = atd_part_from(file, 20);

    if (!atd_part_has(file, 0, "RIFF", 4) || !atd_part_has(file, 8, "WEBP", 4))
        return false;
    if (atd_part_has(file, 12, "VP8 ", 4))
        return measure_lossy(image, chunk);
    if (atd_part_has(file, 12, "VP8L", 4))
        return measure_lossless(image, chunk);
    return atd_part_has(file, 12, "VP8X", 4) && measure_extended(image, chunk);
}

/* ---- JPEG ---- */

/* Where a JPEG is being read. */
typedef struct jpeg_t {
    atd_part_t rest;
    unsigned marker;
    atd_part_t segment;    /* what the marker's length counts, less the length itself */
    apr_uint64_t rotation; /* EXIF's orientation, 1 to 8; 0 = none yet */
} jpeg_t;

/* The next marker; bytes between segments are passed over, as by libjpeg and so by browsers. */
static bool find_marker(jpeg_t *jpeg)
{
    const atd_part_t rest = jpeg->rest;

    for (apr_size_t at = 0; at + 1 < rest.length; at++) {
        if (rest.bytes[at] == 0xFF && rest.bytes[at + 1] != 0xFF && rest.bytes[at + 1] != 0) {
            jpeg->marker = rest.bytes[at + 1];
            jpeg->rest = atd_part_from(rest, at + 2);
            return true;
        }
    }
    return false;
}

static bool read_segment(jpeg_t *jpeg)
{
    apr_uint64_t length;

    if (!atd_part_big(&length, jpeg->rest, 0, 2) || length < 2)
        return false;
    if (!atd_part_cut(&jpeg->segment, atd_part_from(jpeg->rest, 2), length - 2))
        return false;
    jpeg->rest = atd_part_from(jpeg->rest, (apr_size_t)length);
    return true;
}

typedef bool (*number_reader_t)(apr_uint64_t *number, atd_part_t part, apr_size_t at, unsigned count);

/* The orientation in the first directory of a TIFF file (TIFF 6.0, section 2), which EXIF data is; else 0. */
static apr_uint64_t read_orientation(atd_part_t tiff)
{
    number_reader_t read = atd_part_has(tiff, 0, "II*\0", 4) ? atd_part_little : atd_part_big;
    apr_uint64_t start, count, tag, type, value;
    atd_part_t directory;

    if (read == atd_part_big && !atd_part_has(tiff, 0, "MM\0*", 4))
        return 0;
    if (!read(&start, tiff, 4, 4))
        return 0;
    directory = atd_part_from(tiff, (apr_size_t)start);
    if (!read(&count, directory, 0, 2))
        return 0;
    for (apr_size_t at = 2; count > 0; count--, at += 12) {
        if (!read(&tag, directory, at, 2) || !read(&type, directory, at + 2, 2) || !read(&value, directory, at + 8, 2))
            return 0;
        if (tag == 0x0112)
            return type == 3 && value <= 8 ? value : 0;
    }
    return 0;
}

static void note_orientation(jpeg_t *jpeg)
{
    if (jpeg->rotation == 0 && atd_part_has(jpeg->segment, 0, "Exif\0\0", 6))
        jpeg->rotation = read_orientation(atd_part_from(jpeg->segment, 6));
}

/* A frame header: precision, lines, samples per line. From 5 on the orientations lie on their side. */
static bool measure_frame(atd_image_t *image, const jpeg_t *jpeg)
{
    apr_uint64_t width, height;

    if (!atd_part_big(&height, jpeg->segment, 1, 2) || !atd_part_big(&width, jpeg->segment, 3, 2))
        return false;
    return atd_image_set(image, "image/jpeg", jpeg->rotation >= 5 ? height : width,
                         jpeg->rotation >= 5 ? width : height);
}

/* SOF0 to SOF15, but not DHT, JPG and DAC, which stand among them (T.81, table B.1). */
static bool begins_frame(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* TEM, RST0 to RST7 and SOI. */
static bool stands_alone(unsigned marker)
{
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

/* EOI and SOS: a frame header comes before them or not at all. */
static bool ends_headers(unsigned marker)
{
    return marker == 0xD9 || marker == 0xDA;
}

static bool measure_jpeg(atd_image_t *image, atd_part_t file)
{
    jpeg_t jpeg = {.rest = file};

    if (!atd_part_has(file, 0, "\xFF\xD8\xFF", 3))
        return false;
    while (find_marker(&jpeg) && !ends_headers(jpeg.marker)) {
        if (stands_alone(jpeg.marker))
            continue;
        if (!read_segment(&jpeg))
            return false;
        if (begins_frame(jpeg.marker))
            return measure_frame(image, &jpeg);
        if (jpeg.marker == 0xE1)
            note_orientation(&jpeg);
    }
    return false;
}

bool atd_image_measure(atd_image_t *image, const unsigned char *bytes, apr_size_t length)
{
    static bool (*const readers[])(atd_image_t *, atd_part_t) = {measure_png,  measure_jpeg,   measure_gif,
                                                                 measure_webp, atd_image_avif, atd_image_svg};
    const atd_part_t file = {.bytes = bytes, .length = length};

    if (length == 0)
        return false;
    for (unsigned i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i](image, file))
            return true;
    return false;
}
