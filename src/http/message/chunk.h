/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked transfer coding, read strictly: octets in, spans of body data out. Station 1. Pure. [RFC
 * 9112 7.1] */
#ifndef TSM_HTTP_MESSAGE_CHUNK_H
#define TSM_HTTP_MESSAGE_CHUNK_H

#include "http/message/head.h"

enum {
    HTTP_CHUNK_DIGITS_MAX = 8,      /* of a chunk size */
    HTTP_CHUNK_EXTENSION_MAX = 128, /* octets of extensions after one chunk size; read over */
    HTTP_TRAILER_MAX = 1024,        /* octets of the trailer section; its fields are checked and dropped */
};

enum http_chunk_state {
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_BODY,
    CHUNK_CR,
    CHUNK_LF,
    CHUNK_TRAILER,
    CHUNK_END
};

/* A reader between two calls; all zero at the start of a body. */
struct http_chunks {
    enum http_chunk_state state;
    uint32_t size;      /* of the chunk in hand */
    uint32_t left;      /* of its data */
    unsigned digits;    /* of its size read so far */
    unsigned extension; /* octets of its extension read so far */
    uint64_t total;     /* body octets announced so far */
    size_t trailer_len;
    uint8_t trailer[HTTP_TRAILER_MAX];
};

/*
 * Consumes octets from *in. DATA: *data borrows body octets, call again. MORE: all is consumed and the body
 * goes on. READY: the body is complete and *in stands behind it. A body that announces more than `max` octets
 * is BODY_TOO_LONG at the chunk size, before its data.
 */
enum http_verdict http_chunks_read(struct http_chunks *c, uint64_t max, struct reader *in,
                                   struct bytes *data);

#endif
