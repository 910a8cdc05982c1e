/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its reply: the gate before the body, the handler, the octets that go back. Station 1. Edge.
 * [RFC 9110 8.3, 13, 15.5, 15.6.4] */
#include "http/serve/exchange.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { REPLY_FIELDS_ROOM = 512 }; /* status line, date, type, length and the fixed fields */

/* A body that a coding has changed would be taken for what it is not [RFC 9110 8.4]. */
static enum tsm_err check_coding(const struct http_head *head)
{
    for (size_t i = 0; i < head->n_fields; i++)
        if (http_same_word(head->fields[i].name, "content-encoding") &&
            !http_same_word(head->fields[i].value, "identity"))
            return FAIL_FIELD(WRONG_TYPE, "Content-Encoding", "bodies are taken without content coding");
    return TSM_OK;
}

static enum tsm_err check_type(const struct route *route, const struct http_head *head)
{
    uint8_t room[HTTP_MEDIA_TYPE_MAX];
    struct writer texts = WRITER(room);
    const char *type = "";
    if (!route->row->accepts || (!head->content_length && !head->chunked))
        return TSM_OK;
    TRY(check_coding(head));
    TRY(http_media_type(head, &texts, &type));
    if (!route_accepts(route, type))
        return FAIL_FIELD(WRONG_TYPE, "Content-Type", "this address takes %s", route->row->accepts);
    return TSM_OK;
}

void exchange_tell(const struct house *h, struct bytes path, const struct http_refusal *why,
                   struct http_reply *reply)
{
    for (const struct http_manner *m = h->manners; m && m->prefix; m++) {
        size_t n = strlen(m->prefix);
        if (path.len >= n && !memcmp(path.at, m->prefix, n)) {
            if (m->tell(why, reply) != TSM_OK)
                err_clear();
            return;
        }
    }
}

/* The reply for an error: the problem document, or what the interface has in its place. */
static void tell_error(const struct house *h, struct bytes path, const struct http_head *head, enum tsm_err e,
                       struct http_reply *reply)
{
    char detail[ERR_CAUSE_MAX];
    snprintf(detail, sizeof detail, "%s", err_cause()[0] ? err_cause() : err_text(e));
    http_reply_problem(reply, e);
    exchange_tell(h, path, &(struct http_refusal){err_http(e), detail, head}, reply);
}

static enum tsm_err gate(const struct house *h, const struct http_head *head, const struct route **route,
                         char allow[ROUTE_ALLOW_MAX])
{
    TRY(route_find(&h->routes, head, route, allow));
    if (head->content_length > route_body_max(*route))
        return FAIL(TOO_LONG, "this address takes bodies of at most %zu octets", route_body_max(*route));
    return check_type(*route, head);
}

enum tsm_err exchange_gate(const struct house *h, const struct http_head *head, const struct route **route,
                           struct http_reply *reply)
{
    char allow[ROUTE_ALLOW_MAX];
    enum tsm_err e = gate(h, head, route, allow);
    if (e == TSM_OK)
        return e;
    tell_error(h, head->path, head, e, reply);
    if (e == TSM_WRONG_METHOD)
        http_reply_header(reply, "Allow", "%s", allow);
    return e;
}

void exchange_shed(struct house *h, struct bytes path, struct http_reply *reply)
{
    h->shed++;
    tell_error(h, path, NULL, FAIL(BUSY, "the server has too much work in hand"), reply);
}

static enum tsm_err call_handler(const struct exchange *x, struct http_reply *reply)
{
    uint8_t room[HTTP_TEXTS_MAX];
    struct writer texts = WRITER(room);
    struct http_request request;
    unsigned shortages = json_shortages();
    enum tsm_err e;
    TRY(http_request_read(x->head, &texts, &request));
    http_path_matches(x->route->pattern, x->head->path, &request.params);
    request.body = x->body;
    request.peer_address = x->peer_address;
    if (x->peer) {
        request.peer_name = x->peer->name;
        request.peer_fingerprint = x->peer->fingerprint;
    }
    e = x->route->row->handle(x->route->app, &request, reply);
    if (e != TSM_OK && !err_may_retry(e) && json_shortages() != shortages)
        return FAIL(NO_MEMORY, "no memory for a document of the request"); /* it may not be at fault */
    return e;
}

void exchange_run(struct house *h, const struct exchange *x, struct http_reply *reply)
{
    unsigned now = atomic_fetch_add(&h->in_flight, 1) + 1;
    enum tsm_err e;
    err_clear();
    json_lacks(); /* what the thread made for another request is no matter of this one */
    if (now > h->limits.in_flight) {
        exchange_shed(h, x->head->path, reply);
    } else {
        e = call_handler(x, reply);
        if (e != TSM_OK)
            tell_error(h, x->head->path, x->head, e, reply);
    }
    h->finished++;
    atomic_fetch_sub(&h->in_flight, 1);
}

/* IMF-fixdate [RFC 9110 5.6.7], made once a second and thread. */
static const char *date_text(void)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static _Thread_local char text[64];
    static _Thread_local time_t made;
    time_t now = time(NULL);
    struct tm t;
    if (now == made || !gmtime_r(&now, &t))
        return text;
    snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
             months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    made = now;
    return text;
}

/* Room for the head of a reply: its own fields, and those of every reply. */
static size_t head_room(const struct http_reply *reply)
{
    size_t n = REPLY_FIELDS_ROOM;
    for (size_t i = 0; i < reply->n_extra; i++)
        n += strlen(reply->extra[i].name) + strlen(reply->extra[i].value) + 4;
    return n;
}

static enum tsm_err put_octets(const struct http_reply *reply, struct http_framing f, struct buffer *out)
{
    int status = http_reply_status(reply);
    struct writer w;
    f.date = date_text();
    TRY(buffer_room(out, head_room(reply) + reply->size));
    w = buffer_tail(out);
    TRY(http_reply_head(reply, &f, &w));
    if (!f.head_only && status != 204 && status != 304)
        TRY(write_span(&w, BYTES_OF((const uint8_t *)reply->body, reply->size)));
    buffer_took(out, w.len);
    return TSM_OK;
}

enum tsm_err exchange_send(struct house *h, struct http_reply *reply, const struct http_framing *f,
                           struct buffer *out)
{
    int class = http_reply_status(reply) / 100;
    enum tsm_err e = put_octets(reply, *f, out);
    h->by_class[class > 0 && class < STATUS_CLASSES ? class : 5]++;
    http_reply_drop(reply);
    return e;
}
