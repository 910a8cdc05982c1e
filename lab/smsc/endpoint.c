/* SPDX-License-Identifier: Apache-2.0 */
/* Store and forward: the queues towards subscribers and ESMEs. Edge (station 9). [SMPP 3.4 2.10, 4.6;
 * TS 23.040 3.2] */
#include "smsc/smsc.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { REORDER_HOLD_MS = 1000 };

/* ---- queues ---- */

void queue_append(struct queue *q, struct stored *m)
{
    m->next = NULL;
    if (q->tail)
        q->tail->next = m;
    else
        q->head = m;
    q->tail = m;
    q->count++;
}

void queue_prepend(struct queue *q, struct stored *m)
{
    m->next = q->head;
    q->head = m;
    if (!q->tail)
        q->tail = m;
    q->count++;
}

void queue_remove(struct queue *q, struct stored *m)
{
    struct stored *before = NULL;
    for (struct stored *at = q->head; at && at != m; at = at->next)
        before = at;
    if (before)
        before->next = m->next;
    else
        q->head = m->next;
    if (q->tail == m)
        q->tail = before;
    m->next = NULL;
    q->count--;
}

void stored_free(struct stored *m)
{
    if (!m)
        return;
    free((void *)(uintptr_t)m->message.body);
    free(m);
}

/* ---- the table of endpoints ---- */

static int by_name(const void *a, const void *b)
{
    const struct endpoint *x = a, *y = b;
    return x->handset != y->handset ? (x->handset ? 1 : -1) : strcmp(x->name, y->name);
}

static void fire(struct timer *t)
{
    endpoint_pump(t->owner);
}

struct endpoint *endpoint_find(struct smsc *s, bool handset, const char *name)
{
    struct endpoint key = {.handset = handset};
    strncpy(key.name, name, sizeof key.name - 1);
    struct endpoint **found = tfind(&key, &s->endpoints, by_name);
    return found ? *found : NULL;
}

struct endpoint *endpoint_make(struct smsc *s, bool handset, const char *name)
{
    struct endpoint *e = endpoint_find(s, handset, name);
    if (e)
        return e;
    e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->handset = handset;
    strncpy(e->name, name, sizeof e->name - 1);
    e->smsc = s;
    e->timer.owner = e;
    e->timer.fire = fire;
    e->tokens_milli = (int64_t)s->config.throttle * 1000;
    e->tokens_at = loop_now();
    if (tsearch(e, &s->endpoints, by_name))
        return e;
    free(e);
    return NULL;
}

static void free_endpoint(void *node)
{
    struct endpoint *e = node;
    while (e->waiting.head) {
        struct stored *m = e->waiting.head;
        queue_remove(&e->waiting, m);
        stored_free(m);
    }
    free(e);
}

void endpoints_free(struct smsc *s)
{
    tdestroy(s->endpoints, free_endpoint);
    s->endpoints = NULL;
}

/* ---- mobile-originated routing ---- */

/* How well an address_range covers a number: 2 exactly, 1 by prefix ("^123.*", "123*") or because it is
 * empty. */
int endpoint_covers(const char *range, const char *digits)
{
    range += *range == '^';
    size_t prefix = strspn(range, "0123456789");
    const char *rest = range + prefix;
    if (strncmp(range, digits, prefix) != 0)
        return 0;
    if (strcmp(rest, ".*") == 0 || strcmp(rest, "*") == 0 || strcmp(rest, ".*$") == 0 || *range == '\0')
        return 1;
    return (*rest == '\0' || strcmp(rest, "$") == 0) && digits[prefix] == '\0' ? 2 : 0;
}

struct route_search {
    const char *digits;
    struct endpoint *best;
    int quality;
};

static void consider(const void *node, VISIT visit, void *closure)
{
    struct endpoint *e = *(struct endpoint *const *)node;
    struct route_search *search = closure;
    if ((visit != postorder && visit != leaf) || e->handset)
        return;
    int quality = endpoint_covers(e->range, search->digits) * 2;
    if (quality > 0 && e->sessions)
        quality++; /* of two equal ones, the one that is there */
    if (quality > search->quality) {
        search->quality = quality;
        search->best = e;
    }
}

struct endpoint *endpoint_route(struct smsc *s, const char *digits)
{
    struct route_search search = {.digits = digits};
    twalk_r(s->endpoints, consider, &search);
    return search.best;
}

/* ---- sessions of an endpoint ---- */

void endpoint_attach(struct endpoint *e, struct session *s)
{
    s->next_peer = e->sessions;
    e->sessions = s;
    endpoint_pump(e);
}

void endpoint_detach(struct endpoint *e, struct session *s)
{
    for (struct session **at = &e->sessions; *at; at = &(*at)->next_peer)
        if (*at == s) {
            *at = s->next_peer;
            return;
        }
}

/* ---- storing and sending ---- */

static struct stored *copy_message(const struct smpp_message *m)
{
    struct stored *copy = calloc(1, sizeof *copy);
    uint8_t *body = malloc(m->body_len + 1);
    if (!copy || !body) {
        free(copy);
        free(body);
        return NULL;
    }
    copy->message = *m;
    if (m->body_len > 0)
        memcpy(body, m->body, m->body_len);
    copy->message.body = body;
    return copy;
}

/* The reorder fault: a lone message waits for a neighbour, which then overtakes it. */
static void append_reordered(struct endpoint *e, struct stored *m)
{
    struct stored *held = e->waiting.count == 1 ? e->waiting.head : NULL;
    if (held && held->not_before > loop_now() && held->attempts == 0) {
        held->not_before = 0;
        queue_prepend(&e->waiting, m);
        return;
    }
    if (e->waiting.count == 0)
        m->not_before = loop_now() + REORDER_HOLD_MS;
    queue_append(&e->waiting, m);
}

struct stored *endpoint_store(struct endpoint *e, const struct smpp_message *m, const struct stored *like)
{
    const struct smsc_faults *faults = &e->smsc->config.faults;
    size_t limit = e->handset ? SMSC_MAX_WAITING : SMSC_MAX_MO_WAITING;
    struct stored *copy = e->waiting.count < limit ? copy_message(m) : NULL;
    if (!copy)
        return NULL;
    copy->id = like->id;
    copy->at = e;
    memcpy(copy->account, like->account, sizeof copy->account);
    copy->expires = like->expires;
    copy->submitted = like->submitted;
    if (faults->slow_ms)
        copy->not_before = loop_now() + faults->slow_ms;
    if (faults->reorder && e->handset)
        append_reordered(e, copy);
    else
        queue_append(&e->waiting, copy);
    return copy;
}

/* The session with the fewest messages in flight and room for one more. A subscriber has one handset, and the
 * air carries one message at a time to it. */
static struct session *choose_session(struct endpoint *e)
{
    size_t window = e->handset ? 1 : SMSC_WINDOW;
    struct session *best = NULL;
    if (e->handset && !e->sessions)
        return fleet_choose(e);
    for (struct session *s = e->sessions; s; s = s->next_peer)
        if (s->flying.count < window && (!best || s->flying.count < best->flying.count))
            best = s;
    return best;
}

static void send_head(struct endpoint *e, struct session *s)
{
    static uint8_t pdu[SMPP_MAX_PDU_OVERHEAD + SMPP_MAX_PAYLOAD];
    struct stored *m = e->waiting.head;
    queue_remove(&e->waiting, m);
    m->sequence = ++s->sequence;
    m->attempts++;
    queue_append(&s->flying, m);
    e->in_fleet_air = s->fleet;
    smsc_log(e->smsc, "deliver_sm %010llX to %s, attempt %u", (unsigned long long)m->id, e->name,
             m->attempts);
    timer_set(e->smsc->loop, &s->response, SMSC_RESPONSE_MS);
    link_send(&s->link, pdu, smpp_write_message(SMPP_DELIVER_SM, m->sequence, &m->message, pdu));
}

/* Drops what expired; returns when the next one will (0: none). Only messages to subscribers have a validity.
 */
static int64_t drop_expired(struct endpoint *e, int64_t now)
{
    int64_t next = 0;
    for (struct stored *m = e->handset ? e->waiting.head : NULL, *after; m; m = after) {
        after = m->next;
        if (m->expires > now) {
            next = next == 0 || m->expires < next ? m->expires : next;
            continue;
        }
        queue_remove(&e->waiting, m);
        outcome_expired(e, m);
    }
    return next;
}

void endpoint_pump(struct endpoint *e)
{
    int64_t now = loop_now();
    int64_t wake = drop_expired(e, now);
    struct session *s;
    while (e->waiting.head && e->waiting.head->not_before <= now && (s = choose_session(e)))
        send_head(e, s);
    if (e->waiting.head && (e->sessions || e->smsc->fleets) && e->waiting.head->not_before > now)
        if (wake == 0 || e->waiting.head->not_before < wake)
            wake = e->waiting.head->not_before;
    if (wake > 0)
        timer_set(e->smsc->loop, &e->timer, wake - now);
    else
        timer_clear(e->smsc->loop, &e->timer);
}
