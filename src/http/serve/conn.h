/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: phases from handshake to farewell, each resumable at any octet. Station 1. Edge. [RFC 9112
 * 9] */
#ifndef TSM_HTTP_SERVE_CONN_H
#define TSM_HTTP_SERVE_CONN_H

#include "http/message/chunk.h"
#include "http/serve/exchange.h"
#include "http/serve/stream.h"

enum { CONN_ADDRESS = 46 };

enum conn_phase { PHASE_HANDSHAKE, PHASE_HEAD, PHASE_BODY, PHASE_WRITE, PHASE_FAREWELL, CONN_PHASES };

struct conn {
    struct member member; /* first: the crowd knows the connection by it */
    struct stream stream;
    atomic_uint turn; /* written by who arms the connection, read by who takes its event: the hand-over in C's
                         words */
    enum conn_phase phase;
    bool last; /* close after the reply in hand */
    char address[CONN_ADDRESS];
    struct peer *peer; /* owned; NULL without a client certificate */
    struct buffer in, body, out;
    size_t scanned;   /* of the head in `in` */
    size_t head_size; /* once the head is read */
    size_t consumed;  /* octets of `in` that belong to the request answered last */
    size_t sent;      /* of `out` */
    size_t charged;   /* memory counted in house.body_bytes */
    const struct route *route;
    uint64_t content_length;
    struct http_chunks *chunks; /* owned; NULL unless the body is chunked */
};

/* What a connection waits for when it is handed back to the event loop. */
enum conn_wish { WISH_GO_ON, WISH_READ, WISH_WRITE, WISH_AT_ONCE, WISH_CLOSE };

/*
 * Goes as far as the octets that are there allow: reads, runs the handler, writes. With `shed` no handler
 * runs and the answer is 503. The caller alone touches the connection meanwhile.
 */
enum conn_wish conn_serve(struct house *h, struct conn *c, bool shed);

#endif
