/* SPDX-License-Identifier: Apache-2.0 */
/* PNG chunks and JPEG segments, walked to their ends. Pure. [PNG third edition 5; ITU-T T.81 annex B] */
#include "role/sp/art/picture.h"

static const uint8_t png_mark[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};

/* --- PNG --- */

enum { IHDR = 0x49484452, IEND = 0x49454E44, IDAT = 0x49444154, IHDR_LEN = 13, CHUNK_MAX = 0x7FFFFFFF };

/* CRC-32 of type and data [PNG annex D]. */
static uint32_t crc_of(struct bytes b)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < b.len; i++) {
        crc ^= b.at[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

struct chunk {
    uint32_t type;
    struct bytes data;
};

static enum tsm_err read_chunk(struct reader *r, struct chunk *out)
{
    struct reader inside;
    struct bytes covered;
    uint32_t len, crc;
    TRY(read_u32(r, &len));
    NEED(len <= CHUNK_MAX, BAD_LENGTH);
    TRY(read_span(r, (size_t)len + 4, &covered));
    TRY(read_u32(r, &crc));
    if (crc != crc_of(covered))
        return FAIL(BAD_FORM, "a chunk of the PNG has a wrong checksum");
    inside = (struct reader){covered};
    TRY(read_u32(&inside, &out->type));
    out->data = inside.left;
    return TSM_OK;
}

static enum tsm_err read_png(struct reader *r, struct picture *out)
{
    struct chunk c;
    bool has_data = false;
    TRY(read_chunk(r, &c));
    NEED(c.type == IHDR && c.data.len == IHDR_LEN, BAD_FORM);
    struct reader head = {c.data};
    TRY(read_u32(&head, &out->width));
    TRY(read_u32(&head, &out->height));
    do {
        TRY(read_chunk(r, &c));
        has_data = has_data || c.type == IDAT;
    } while (c.type != IEND);
    NEED(has_data && c.data.len == 0, BAD_FORM);
    out->type = "image/png";
    return read_end(r);
}

/* --- JPEG --- */

enum {
    SOI = 0xFFD8,
    EOI = 0xFFD9,
    SOS = 0xFFDA,
    FIRST_SOF = 0xFFC0,
    LAST_SOF = 0xFFCF,
    DHT = 0xFFC4,
    JPG = 0xFFC8,
    DAC = 0xFFCC,
    FIRST_RST = 0xD0,
    LAST_RST = 0xD7,
    FRAME_MIN = 6
};

static bool is_frame(unsigned marker)
{
    return marker >= FIRST_SOF && marker <= LAST_SOF && marker != DHT && marker != JPG && marker != DAC;
}

static enum tsm_err read_segment(struct reader *r, struct bytes *out)
{
    uint16_t len;
    TRY(read_u16(r, &len));
    NEED(len >= 2, BAD_LENGTH);
    return read_span(r, (size_t)len - 2, out);
}

static enum tsm_err read_frame(struct bytes segment, struct picture *out)
{
    struct reader f = {segment};
    uint16_t height, width;
    uint8_t precision;
    NEED(segment.len >= FRAME_MIN, BAD_LENGTH);
    TRY(read_u8(&f, &precision));
    TRY(read_u16(&f, &height));
    TRY(read_u16(&f, &width));
    out->width = width;
    out->height = height;
    return TSM_OK;
}

/* Entropy-coded data: until a marker that is neither stuffing nor a restart. */
static enum tsm_err skip_scan(struct reader *r)
{
    uint8_t octet, next;
    for (;;) {
        struct reader before = *r;
        TRY(read_u8(r, &octet));
        if (octet != 0xFF)
            continue;
        TRY(read_u8(r, &next));
        if (next == 0xFF) { /* a fill octet: the second may begin the marker */
            TRY(read_u8(&before, &octet));
            *r = before;
            continue;
        }
        if (next == 0 || (next >= FIRST_RST && next <= LAST_RST))
            continue;
        *r = before;
        return TSM_OK;
    }
}

/* Any number of fill octets may stand before a marker. [T.81 B.1.1.2] */
static enum tsm_err read_marker(struct reader *r, unsigned *out)
{
    uint8_t octet;
    TRY(read_u8(r, &octet));
    NEED(octet == 0xFF, BAD_FORM);
    while (octet == 0xFF)
        TRY(read_u8(r, &octet));
    *out = 0xFF00U | octet;
    return TSM_OK;
}

static enum tsm_err read_jpeg(struct reader *r, struct picture *out)
{
    bool has_frame = false, has_scan = false;
    for (;;) {
        struct bytes segment;
        unsigned marker;
        TRY(read_marker(r, &marker));
        if (marker == EOI)
            break;
        NEED(marker > 0xFF00 && marker != SOI, BAD_FORM);
        TRY(read_segment(r, &segment));
        if (is_frame(marker))
            TRY(read_frame(segment, out));
        has_frame = has_frame || is_frame(marker);
        if (marker != SOS)
            continue;
        has_scan = true;
        TRY(skip_scan(r));
    }
    NEED(has_frame && has_scan, BAD_FORM);
    out->type = "image/jpeg";
    return read_end(r);
}

/* --- either --- */

enum tsm_err picture_read(struct bytes octets, struct picture *out)
{
    struct reader r = {octets};
    struct picture p = {.type = NULL};
    struct bytes mark;
    uint16_t first;
    enum tsm_err e;
    if (octets.len > PICTURE_BYTES_MAX)
        return FAIL(TOO_LONG, "a picture has at most %d octets", PICTURE_BYTES_MAX);
    if (read_span(&r, sizeof png_mark, &mark) == TSM_OK && bytes_equal(mark, BYTES(png_mark))) {
        e = read_png(&r, &p);
    } else {
        r = (struct reader){octets};
        if (read_u16(&r, &first) != TSM_OK || first != SOI)
            return FAIL(WRONG_TYPE, "the octets are neither PNG nor JPEG");
        e = read_jpeg(&r, &p);
    }
    if (e != TSM_OK)
        return FAIL(BAD_FORM, "the picture is broken: %s", err_text(e));
    if (p.width == 0 || p.height == 0)
        return FAIL(BAD_FORM, "the picture has no pixels");
    if (p.width > PICTURE_SIDE_MAX || p.height > PICTURE_SIDE_MAX)
        return FAIL(TOO_LONG, "a picture has at most %d pixels on each side", PICTURE_SIDE_MAX);
    *out = p;
    return TSM_OK;
}
