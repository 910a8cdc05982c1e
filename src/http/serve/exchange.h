/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its reply: the gate before the body, the handler, the octets that go back. Station 1. Edge.
 */
#ifndef TSM_HTTP_SERVE_EXCHANGE_H
#define TSM_HTTP_SERVE_EXCHANGE_H

#include "http/serve/buffer.h"
#include "http/serve/crowd.h"
#include "http/serve/route.h"
#include "http/tls/tls.h"

enum { STATUS_CLASSES = 6 };

/* What all connections of a server share. */
struct house {
    struct http_limits limits;
    struct route_list routes;
    const struct http_manner *manners;
    SSL_CTX *tls; /* NULL when plain */
    struct peer_cache peers;
    struct crowd crowd;
    atomic_bool stopping;
    _Atomic uint64_t by_class[STATUS_CLASSES], refused, shed, cut, turned_away, failed_handshakes, finished;
    atomic_uint in_flight;
    atomic_size_t body_bytes;
};

/* A request that is complete. */
struct exchange {
    const struct http_head *head;
    const struct route *route;
    struct bytes body;
    const char *peer_address;
    const struct peer *peer; /* NULL without a client certificate */
};

/*
 * Judges a head before its body is read: address, method, media type, announced length. When it may not go
 * on, the reply says why and the error is given back.
 */
enum tsm_err exchange_gate(const struct house *h, const struct http_head *head, const struct route **route,
                           struct http_reply *reply);
/* Runs the handler on this thread, or answers 503 when too many run; the reply is always filled. */
void exchange_run(struct house *h, const struct exchange *x, struct http_reply *reply);
/* A reply without a handler: no worker or no memory was free. `path` is the request's as far as it is known.
 */
void exchange_shed(struct house *h, struct bytes path, struct http_reply *reply);
/* Gives a problem document the shape of the interface that the path is of, if that has one of its own. */
void exchange_tell(const struct house *h, struct bytes path, const struct http_refusal *why,
                   struct http_reply *reply);
/* Puts the reply's octets behind what is in `out`, counts it and drops it; NO_MEMORY or NO_ROOM: hang up. */
enum tsm_err exchange_send(struct house *h, struct http_reply *reply, const struct http_framing *f,
                           struct buffer *out);

#endif
