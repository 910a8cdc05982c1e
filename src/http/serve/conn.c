/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: a table of phases, each of which goes on where it stopped. Station 1. Edge. [RFC 9112 9,
 * RFC 9110 10.1.1] */
#include "http/serve/conn.h"

#include <stdlib.h>
#include <string.h>

enum {
    FAREWELL_MS = 2000,  /* how long we listen to a peer that must still read our last words */
    FAREWELL_READS = 16, /* and how much of what it says we throw away at a time */
    READ_STEP = 4096,    /* room made for a read while the length is unknown */
    BODY_STEP =
        256 * 1024 /* room made for a body at a time, so that an announced length alone costs nothing */
};

static void set_deadline(struct conn *c, unsigned ms)
{
    atomic_store_explicit(&c->member.deadline, ms ? now_ms() + ms : 0, memory_order_relaxed);
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

static enum conn_wish fill(struct conn *c, size_t room)
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

/* The reply goes out next. A connection whose framing is in doubt, or whose body we will not read, ends with
 * it. */
static enum conn_wish answer(struct house *h, struct conn *c, struct http_reply *reply, struct http_framing f)
{
    c->last = f.close || atomic_load(&h->stopping);
    f.close = c->last;
    if (exchange_send(h, reply, &f, &c->out) != TSM_OK)
        return WISH_CLOSE;
    c->phase = PHASE_WRITE;
    set_deadline(c, h->limits.write_ms);
    return WISH_GO_ON;
}

static enum conn_wish refuse(struct house *h, struct conn *c, enum http_verdict v)
{
    struct http_reply reply = {0};
    h->refused++;
    http_reply_refusal(&reply, http_refusal_status(v), http_refusal_text(v));
    return answer(h, c, &reply, (struct http_framing){.close = true});
}

static struct http_framing framing_of(const struct http_head *head)
{
    return (struct http_framing){.close = !head->keep_alive,
                                 .head_only = bytes_equal(head->method, bytes_of_text("HEAD")),
                                 .old_peer = head->minor == 0};
}

/* The request is complete. */
static enum conn_wish run(struct house *h, struct conn *c, const struct http_head *head)
{
    struct http_reply reply = {0};
    struct exchange x = {.head = head, .route = c->route, .peer_address = c->address, .peer = c->peer};
    x.body = buffer_from(&c->body, 0);
    if (!c->chunks &&
        bytes_part(buffer_from(&c->in, 0), head->size, (size_t)head->content_length, &x.body) != TSM_OK)
        return WISH_CLOSE;
    c->consumed = head->size + (c->chunks ? 0 : (size_t)head->content_length);
    set_deadline(c, 0);
    exchange_run(h, &x, &reply);
    return answer(h, c, &reply, framing_of(head));
}

/* Counts memory for a body against what all bodies together may take. */
static bool charge(struct house *h, struct conn *c, size_t n)
{
    if (atomic_fetch_add(&h->body_bytes, n) + n > h->limits.body_bytes) {
        atomic_fetch_sub(&h->body_bytes, n);
        return false;
    }
    c->charged += n;
    return true;
}

static enum conn_wish shed_off(struct house *h, struct conn *c, struct http_framing f)
{
    struct http_reply reply = {0};
    exchange_shed(h, &reply);
    f.close = true;
    return answer(h, c, &reply, f);
}

/* "100 Continue" for a peer that waits for it before it sends the body. It fits any socket that has just been
 * silent.
 */
static enum conn_wish say_continue(struct conn *c)
{
    struct bytes line = bytes_of_text("HTTP/1.1 100 Continue\r\n\r\n");
    size_t n;
    return stream_write(&c->stream, line, &n) == STREAM_DID && n == line.len ? WISH_GO_ON : WISH_CLOSE;
}

static bool body_is_there(const struct conn *c, const struct http_head *head)
{
    return !head->chunked && c->in.len - head->size >= head->content_length;
}

/* The head is read: may the request go on, and is its body there already? */
static enum conn_wish begin(struct house *h, struct conn *c, const struct http_head *head, bool shed)
{
    struct http_framing f = framing_of(head);
    struct http_reply reply = {0};
    if (shed)
        return shed_off(h, c, f);
    if (exchange_gate(h, head, &c->route, &reply) != TSM_OK) {
        f.close |= head->chunked || head->content_length;
        c->consumed = head->size;
        return answer(h, c, &reply, f);
    }
    if (body_is_there(c, head))
        return run(h, c, head);
    if (!charge(h, c, (size_t)head->content_length))
        return shed_off(h, c, f);
    if (head->chunked && !(c->chunks = calloc(1, sizeof *c->chunks)))
        return WISH_CLOSE;
    c->head_size = head->size;
    c->content_length = head->content_length;
    c->phase = PHASE_BODY;
    set_deadline(c, h->limits.body_ms);
    return head->expects_continue && c->in.len == head->size ? say_continue(c) : WISH_GO_ON;
}

static enum conn_wish on_head(struct house *h, struct conn *c, bool shed)
{
    struct http_head head;
    enum http_verdict v = http_head_read(buffer_from(&c->in, 0), &c->scanned, &head);
    enum conn_wish wish;
    if (http_refused(v))
        return refuse(h, c, v);
    if (v == HTTP_READY)
        return begin(h, c, &head, shed);
    wish = fill(c, READ_STEP);
    if (wish == WISH_GO_ON && atomic_exchange(&c->member.idle, false))
        set_deadline(c, h->limits.head_ms);
    return wish;
}

/* The head stayed at the start of `in`; it is read again because the buffer may have moved. */
static enum conn_wish run_again(struct house *h, struct conn *c)
{
    struct http_head head;
    size_t scanned = 0;
    if (http_head_read(buffer_from(&c->in, 0), &scanned, &head) != HTTP_READY)
        return WISH_CLOSE;
    return run(h, c, &head);
}

/* Moves what has come of a chunked body from `in` to `body`. */
static enum http_verdict unchunk(struct house *h, struct conn *c, bool *full)
{
    struct reader r = READER(buffer_from(&c->in, c->head_size));
    size_t before = r.left.len;
    struct bytes data;
    enum http_verdict v;
    while ((v = http_chunks_read(c->chunks, route_body_max(c->route), &r, &data)) == HTTP_DATA)
        if (!charge(h, c, data.len) || buffer_add(&c->body, data) != TSM_OK) {
            *full = true;
            return HTTP_MORE;
        }
    buffer_cut(&c->in, c->head_size, before - r.left.len);
    return v;
}

static enum conn_wish on_chunked_body(struct house *h, struct conn *c)
{
    bool full = false;
    enum http_verdict v = unchunk(h, c, &full);
    if (full)
        return shed_off(h, c, (struct http_framing){.close = true});
    if (http_refused(v))
        return refuse(h, c, v);
    return v == HTTP_READY ? run_again(h, c) : fill(c, READ_STEP);
}

static enum conn_wish on_body(struct house *h, struct conn *c, bool shed)
{
    size_t have = c->in.len - c->head_size, missing;
    if (shed)
        return shed_off(h, c, (struct http_framing){.close = true});
    if (c->chunks)
        return on_chunked_body(h, c);
    if (have >= c->content_length)
        return run_again(h, c);
    missing = (size_t)c->content_length - have;
    return fill(c, missing < BODY_STEP ? missing : BODY_STEP);
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
        set_deadline(c, FAREWELL_MS);
        return WISH_GO_ON;
    }
    c->phase = PHASE_HEAD;
    if (c->in.len || stream_holds_more(&c->stream)) {
        set_deadline(c, h->limits.head_ms);
        return WISH_AT_ONCE;
    }
    set_deadline(c, h->limits.idle_ms);
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
        [PHASE_HANDSHAKE] = on_handshake, [PHASE_HEAD] = on_head,         [PHASE_BODY] = on_body,
        [PHASE_WRITE] = on_write,         [PHASE_FAREWELL] = on_farewell,
    };
    enum conn_wish wish = WISH_GO_ON;
    while (wish == WISH_GO_ON)
        wish = phases[c->phase](h, c, shed);
    return wish;
}
