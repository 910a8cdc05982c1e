/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: a table of phases, each of which goes on where it stopped; head and body stand in
 * receive.c. Station 1. Edge. [RFC 9112 9] */
#include "http/serve/phase.h"

#include <stdlib.h>
#include <string.h>

enum {
    FAREWELL_MS = 2000,  /* how long we listen to a peer that must still read our last words */
    FAREWELL_READS = 16, /* and how much of what it says we throw away at a time */
};

void conn_deadline(struct conn *c, unsigned ms)
{
    atomic_store_explicit(&c->member.deadline, ms ? now_ms() + ms : 0, memory_order_relaxed);
}

void conn_extend(struct conn *c, unsigned ms)
{
    int64_t deadline = atomic_load(&c->member.deadline);
    while (deadline && !atomic_compare_exchange_weak(&c->member.deadline, &deadline, deadline + ms))
        continue;
}

static enum conn_wish wish_of(enum stream_answer a)
{
    switch (a) {
    case STREAM_DID:
        return WISH_GO_ON;
    case STREAM_WANTS_READ:
        return WISH_READ;
    case STREAM_WANTS_WRITE:
        return WISH_WRITE;
    case STREAM_ENDED:
        break;
    }
    return WISH_CLOSE;
}

enum conn_wish conn_fill(struct conn *c, size_t room)
{
    struct writer tail;
    enum stream_answer a;
    if (buffer_room(&c->in, room) != TSM_OK)
        return WISH_CLOSE;
    tail = buffer_tail(&c->in);
    a = stream_read(&c->stream, &tail);
    if (a == STREAM_DID)
        buffer_took(&c->in, tail.len);
    return wish_of(a);
}

static enum conn_wish on_handshake(struct house *h, struct conn *c, bool shed)
{
    struct peer peer;
    enum conn_wish wish;
    (void)shed;
    if (!c->stream.ssl) {
        c->stream.ssl = SSL_new(h->tls);
        if (!c->stream.ssl || SSL_set_fd(c->stream.ssl, c->stream.fd) != 1)
            return WISH_CLOSE;
    }
    wish = wish_of(stream_handshake(&c->stream));
    if (wish == WISH_CLOSE)
        h->failed_handshakes++;
    if (wish != WISH_GO_ON)
        return wish;
    c->phase = PHASE_HEAD;
    if (peer_read(&h->peers, c->stream.ssl, &peer) != TSM_OK)
        return WISH_GO_ON;
    c->peer = malloc(sizeof *c->peer);
    if (!c->peer)
        return WISH_CLOSE;
    *c->peer = peer;
    return WISH_GO_ON;
}

/* Forgets the request; memory that a silent connection would hold is given back. */
static void forget(struct house *h, struct conn *c)
{
    buffer_cut(&c->in, 0, c->consumed);
    if (!c->in.len)
        buffer_drop(&c->in);
    buffer_drop(&c->body);
    buffer_drop(&c->out);
    free(c->chunks);
    c->chunks = NULL;
    atomic_fetch_sub(&h->body_bytes, c->charged);
    c->scanned = c->head_size = c->consumed = c->sent = c->charged = 0;
    c->content_length = 0;
}

/* The reply is out. The next request may be here already: then the connection queues up behind the others. */
static enum conn_wish next_request(struct house *h, struct conn *c)
{
    forget(h, c);
    if (c->last) {
        stream_finish(&c->stream);
        c->phase = PHASE_FAREWELL;
        conn_deadline(c, FAREWELL_MS);
        return WISH_GO_ON;
    }
    c->phase = PHASE_HEAD;
    if (c->in.len || stream_holds_more(&c->stream)) {
        conn_deadline(c, h->limits.head_ms);
        return WISH_AT_ONCE;
    }
    conn_deadline(c, h->limits.idle_ms);
    atomic_store(&c->member.idle, true);
    return WISH_READ;
}

static enum conn_wish on_write(struct house *h, struct conn *c, bool shed)
{
    size_t n;
    enum conn_wish wish;
    (void)shed;
    if (c->sent == c->out.len)
        return next_request(h, c);
    wish = wish_of(stream_write(&c->stream, buffer_from(&c->out, c->sent), &n));
    c->sent += n;
    if (wish == WISH_CLOSE)
        stream_abort(&c->stream);
    return wish;
}

/* A connection closed while octets wait unread is reset, and the peer may lose our reply with it: so we read
 * on for a while [RFC 9112 9.6]. */
static enum conn_wish on_farewell(struct house *h, struct conn *c, bool shed)
{
    uint8_t waste[READ_STEP];
    (void)h;
    (void)shed;
    for (int i = 0; i < FAREWELL_READS; i++) {
        struct writer w = WRITER(waste);
        enum conn_wish wish = wish_of(stream_read(&c->stream, &w));
        if (wish != WISH_GO_ON)
            return wish;
    }
    return WISH_READ;
}

enum conn_wish conn_serve(struct house *h, struct conn *c, bool shed)
{
    static enum conn_wish (*const phases[CONN_PHASES])(struct house *, struct conn *, bool) = {
        [PHASE_HANDSHAKE] = on_handshake, [PHASE_HEAD] = phase_head,      [PHASE_BODY] = phase_body,
        [PHASE_WRITE] = on_write,         [PHASE_FAREWELL] = on_farewell,
    };
    enum conn_wish wish = WISH_GO_ON;
    while (wish == WISH_GO_ON)
        wish = phases[c->phase](h, c, shed);
    return wish;
}
