/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked transfer coding: one state a syntax element, one octet at a time outside the data. Station 1.
 * Pure. [RFC 9112 7.1] */
#include "http/message/chunk.h"

#include <string.h>

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 1*HEXDIG, then CR or ';'. No sign, no prefix, no white space. */
static enum http_verdict on_size(struct http_chunks *c, uint8_t octet)
{
    int d = digit(octet);
    if (d >= 0) {
        if (++c->digits > HTTP_CHUNK_DIGITS_MAX)
            return HTTP_BAD_CHUNK_SIZE;
        c->size = c->size << 4 | (uint32_t)d;
        return HTTP_READY;
    }
    if (!c->digits || (octet != '\r' && octet != ';'))
        return HTTP_BAD_CHUNK_SIZE;
    c->state = octet == '\r' ? CHUNK_SIZE_LF : CHUNK_EXTENSION;
    return HTTP_READY;
}

/* Extensions carry nothing for us; printable characters are read over, a bare LF is an attack. */
static enum http_verdict on_extension(struct http_chunks *c, uint8_t octet)
{
    if (octet == '\r') {
        c->state = CHUNK_SIZE_LF;
        return HTTP_READY;
    }
    if (octet < 0x20 || octet >= 0x7F || ++c->extension > HTTP_CHUNK_EXTENSION_MAX)
        return HTTP_BAD_CHUNK_EXTENSION;
    return HTTP_READY;
}

static enum http_verdict on_size_lf(struct http_chunks *c, uint8_t octet, uint64_t max)
{
    if (octet != '\n')
        return HTTP_BAD_CHUNK_SIZE;
    if (c->size > max - c->total)
        return HTTP_BODY_TOO_LONG;
    c->total += c->size;
    c->left = c->size;
    c->state = c->size ? CHUNK_BODY : CHUNK_TRAILER;
    c->size = 0;
    c->digits = c->extension = 0;
    return HTTP_READY;
}

/* Field lines up to an empty one. They are held until complete, judged by the rules of a head, and dropped:
 * nobody here asked for trailers [RFC 9110 6.5.1]. */
static enum http_verdict on_trailer(struct http_chunks *c, uint8_t octet)
{
    bool empty = c->trailer_len == 1 && c->trailer[0] == '\r';
    if (c->trailer_len == HTTP_TRAILER_MAX)
        return HTTP_BAD_TRAILER;
    c->trailer[c->trailer_len++] = octet;
    if (octet != '\n')
        return octet == 0 ? HTTP_BAD_TRAILER : HTTP_READY;
    if (empty) {
        c->state = CHUNK_END;
        return HTTP_READY;
    }
    struct reader r = READER(BYTES_OF(c->trailer, c->trailer_len));
    struct bytes line;
    struct http_field f;
    if (!http_take_line(&r, &line) || r.left.len || http_field_read(line, &f) != HTTP_READY)
        return HTTP_BAD_TRAILER;
    c->trailer_len = 0;
    return HTTP_READY;
}

static enum http_verdict on_octet(struct http_chunks *c, uint8_t octet, uint64_t max)
{
    switch (c->state) {
    case CHUNK_SIZE:
        return on_size(c, octet);
    case CHUNK_EXTENSION:
        return on_extension(c, octet);
    case CHUNK_SIZE_LF:
        return on_size_lf(c, octet, max);
    case CHUNK_CR:
        c->state = CHUNK_LF;
        return octet == '\r' ? HTTP_READY : HTTP_BAD_CHUNK_END;
    case CHUNK_LF:
        c->state = CHUNK_SIZE;
        return octet == '\n' ? HTTP_READY : HTTP_BAD_CHUNK_END;
    case CHUNK_TRAILER:
        return on_trailer(c, octet);
    case CHUNK_BODY:
    case CHUNK_END:
        break;
    }
    return HTTP_BAD_CHUNK_SIZE;
}

static enum http_verdict take_data(struct http_chunks *c, struct reader *in, struct bytes *data)
{
    size_t n = in->left.len < c->left ? in->left.len : c->left;
    struct bytes b;
    read_span(in, n, &b);
    c->left -= (uint32_t)n;
    if (!c->left)
        c->state = CHUNK_CR;
    *data = b;
    return HTTP_DATA;
}

enum http_verdict http_chunks_read(struct http_chunks *c, uint64_t max, struct reader *in, struct bytes *data)
{
    uint8_t octet;
    while (c->state != CHUNK_END && in->left.len) {
        enum http_verdict v;
        if (c->state == CHUNK_BODY)
            return take_data(c, in, data);
        read_u8(in, &octet);
        v = on_octet(c, octet, max);
        if (v != HTTP_READY)
            return v;
    }
    return c->state == CHUNK_END ? HTTP_READY : HTTP_MORE;
}
