/* SPDX-License-Identifier: Apache-2.0 */
/* A request coming in: its head, its body whole or in chunks, the handler, the reply made ready. Station 1.
 * Edge. [RFC 9112 2, 6, 7; RFC 9110 10.1.1] */
#include <stdlib.h>

#include "http/serve/phase.h"

enum {
    BODY_STEP =
        256 * 1024, /* room made for a body at a time, so that an announced length alone costs nothing */
    BODY_OCTETS_A_MS = 64 /* who sends a long body at this rate is not cut, however long it takes */
};

/* The reply goes out next. A connection whose framing is in doubt, or whose body we will not read, ends with
 * it. */
static enum conn_wish answer(struct house *h, struct conn *c, struct http_reply *reply, struct http_framing f)
{
    c->last = f.close || atomic_load(&h->stopping);
    f.close = c->last;
    if (exchange_send(h, reply, &f, &c->out) != TSM_OK)
        return WISH_CLOSE;
    c->phase = PHASE_WRITE;
    conn_deadline(c, h->limits.write_ms);
    return WISH_GO_ON;
}

static enum conn_wish refuse(struct house *h, struct conn *c, enum http_verdict v)
{
    struct http_reply reply = {0};
    struct bytes in = buffer_from(&c->in, 0);
    struct http_refusal why = {.status = http_refusal_status(v), .detail = http_refusal_text(v)};
    struct http_head head;
    size_t scanned = 0;
    if (http_head_read(in, &scanned, &head) == HTTP_READY) /* the body it was */
        why.head = &head;
    h->refused++;
    http_reply_refusal(&reply, why.status, why.detail);
    exchange_tell(h, http_path_told(in), &why, &reply);
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
    conn_deadline(c, 0);
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
    exchange_shed(h, http_path_told(buffer_from(&c->in, 0)), &reply);
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
    conn_deadline(c, h->limits.body_ms);
    return head->expects_continue && c->in.len == head->size ? say_continue(c) : WISH_GO_ON;
}

enum conn_wish phase_head(struct house *h, struct conn *c, bool shed)
{
    struct http_head head;
    enum http_verdict v = http_head_read(buffer_from(&c->in, 0), &c->scanned, &head);
    enum conn_wish wish;
    if (http_refused(v))
        return refuse(h, c, v);
    if (v == HTTP_READY)
        return begin(h, c, &head, shed);
    wish = conn_fill(c, READ_STEP);
    if (wish == WISH_GO_ON && atomic_exchange(&c->member.idle, false))
        conn_deadline(c, h->limits.head_ms);
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
    while ((v = http_chunks_read(c->chunks, route_body_max(c->route), &r, &data)) == HTTP_DATA) {
        if (!charge(h, c, data.len) || buffer_add(&c->body, data) != TSM_OK) {
            *full = true;
            return HTTP_MORE;
        }
        conn_extend(c, (unsigned)(data.len / BODY_OCTETS_A_MS));
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
    return v == HTTP_READY ? run_again(h, c) : conn_fill(c, READ_STEP);
}

/* What has come earns time, what is only announced none: its room is kept from others meanwhile. */
static enum conn_wish fill_body(struct conn *c, size_t room)
{
    size_t before = c->in.len;
    enum conn_wish wish = conn_fill(c, room);
    conn_extend(c, (unsigned)(c->in.len / BODY_OCTETS_A_MS - before / BODY_OCTETS_A_MS));
    return wish;
}

enum conn_wish phase_body(struct house *h, struct conn *c, bool shed)
{
    size_t have = c->in.len - c->head_size, missing;
    if (shed)
        return shed_off(h, c, (struct http_framing){.close = true});
    if (c->chunks)
        return on_chunked_body(h, c);
    if (have >= c->content_length)
        return run_again(h, c);
    missing = (size_t)c->content_length - have;
    return fill_body(c, missing < BODY_STEP ? missing : BODY_STEP);
}
