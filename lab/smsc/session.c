/* SPDX-License-Identifier: Apache-2.0 */
/* One SMPP session of the laboratory's SMSC: bind, dispatch, responses, life and death. Edge (station 9).
 * [SMPP 3.4 2.2, 4.1, 4.2, 4.6, 4.11] */
#include "smsc/smsc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void session_answer(struct session *s, uint32_t command, uint32_t status, uint32_t sequence)
{
    uint8_t pdu[SMPP_HEADER];
    link_send(&s->link, pdu, smpp_write_empty(command, status, sequence, pdu));
}

/* ---- bind ---- */

static enum smpp_status admit(struct session *s, uint32_t command, const struct smpp_bind *b)
{
    const struct smsc_config *c = &s->smsc->config;
    bool handset = strcmp(b->system_type, "handset") == 0;
    if (s->state != SESSION_OPEN)
        return ESME_RALYBND;
    if (!handset && c->system_id && strcmp(c->system_id, b->system_id) != 0)
        return ESME_RINVSYSID;
    if (!handset && c->password && strcmp(c->password, b->password) != 0)
        return ESME_RINVPASWD;
    if (handset && (command != SMPP_BIND_TRANSCEIVER || b->address_range[0] == '\0' ||
                    strlen(b->address_range) >= sizeof s->endpoint->name))
        return ESME_RBINDFAIL; /* a handset is its number and speaks both ways */
    s->endpoint = endpoint_make(s->smsc, handset, handset ? b->address_range : b->system_id);
    return s->endpoint ? ESME_ROK : ESME_RBINDFAIL;
}

static void take_bind(struct session *s, const struct smpp_header *h, const uint8_t *pdu, size_t len)
{
    uint8_t out[SMPP_MAX_PDU_OVERHEAD];
    struct smpp_bind b;
    enum smpp_status status = smpp_read_bind(pdu, len, &b);
    if (status == ESME_ROK)
        status = admit(s, h->command, &b);
    link_send(&s->link, out, smpp_write_bind_resp(h, status, out));
    if (status != ESME_ROK) {
        if (s->state == SESSION_OPEN)
            link_finish(&s->link);
        return;
    }
    struct endpoint *e = s->endpoint;
    s->state = SESSION_BOUND;
    s->transmits = h->command != SMPP_BIND_RECEIVER;
    s->receives = h->command != SMPP_BIND_TRANSMITTER;
    smsc_log(s->smsc, "%s %s bound", e->handset ? "handset" : "ESME", e->name);
    s->fleet = e->handset && fleet_is_range(b.address_range);
    while (e->handset && e->sessions) /* a phone that comes back has left its old cell */
        session_cut(e->sessions);
    if ((!e->handset && s->receives) || s->fleet)
        memcpy(e->range, b.address_range, sizeof e->range);
    if (s->receives)
        endpoint_attach(e, s);
    if (s->fleet)
        fleet_attach(s);
}

/* ---- responses ---- */

static void take_deliver_resp(struct session *s, const struct smpp_header *h, const uint8_t *pdu, size_t len)
{
    struct smpp_answer a = {0};
    struct stored *m = s->flying.head;
    while (m && m->sequence != h->sequence)
        m = m->next;
    if (!m) {
        smsc_log(s->smsc, "response to nothing, sequence %u", h->sequence);
        return;
    }
    if (smpp_read_answer(pdu, len, &a) != ESME_ROK)
        smsc_log(s->smsc, "malformed response from %s", s->endpoint->name);
    queue_remove(&s->flying, m);
    if (s->flying.head)
        timer_set(s->smsc->loop, &s->response, SMSC_RESPONSE_MS);
    else
        timer_clear(s->smsc->loop, &s->response);
    fleet_landed(s, m->at);
    outcome_answered(m->at, m, h->status, &a);
}

static void on_pdu(struct smpp_link *link, const uint8_t *pdu, size_t len)
{
    struct session *s = link->owner;
    struct smpp_header h = smpp_read_header(pdu);
    switch (h.command) {
    case SMPP_BIND_TRANSCEIVER:
    case SMPP_BIND_TRANSMITTER:
    case SMPP_BIND_RECEIVER:
        take_bind(s, &h, pdu, len);
        return;
    case SMPP_SUBMIT_SM:
        submit_take(s, &h, pdu, len);
        return;
    case SMPP_DELIVER_SM | SMPP_RESPONSE:
        take_deliver_resp(s, &h, pdu, len);
        return;
    case SMPP_ENQUIRE_LINK:
        session_answer(s, SMPP_ENQUIRE_LINK | SMPP_RESPONSE, ESME_ROK, h.sequence);
        return;
    case SMPP_UNBIND:
        session_answer(s, SMPP_UNBIND | SMPP_RESPONSE, s->state == SESSION_BOUND ? ESME_ROK : ESME_RINVBNDSTS,
                       h.sequence);
        link_finish(&s->link);
        return;
    case SMPP_GENERIC_NACK:
    case SMPP_ENQUIRE_LINK | SMPP_RESPONSE:
        return;
    default:
        session_answer(s, SMPP_GENERIC_NACK, ESME_RINVCMDID, h.sequence);
    }
}

static void on_bad_length(struct smpp_link *link, const uint8_t *head)
{
    session_answer(link->owner, SMPP_GENERIC_NACK, ESME_RINVCMDLEN, smpp_read_header(head).sequence);
}

/* ---- life and death ---- */

/* Leaves the endpoint; what was in flight goes back to the head of its queue, in order. */
static void leave(struct session *s)
{
    struct endpoint *e = s->endpoint;
    timer_clear(s->smsc->loop, &s->response);
    if (!e || s->state != SESSION_BOUND)
        return;
    s->state = SESSION_OPEN;
    endpoint_detach(e, s);
    fleet_detach(s);
    while (s->flying.tail) {
        struct stored *m = s->flying.tail;
        queue_remove(&s->flying, m);
        queue_prepend(&m->at->waiting, m);
        fleet_landed(s, m->at);
        if (m->at != e)
            endpoint_pump(m->at);
    }
    endpoint_pump(e);
}

void session_cut(struct session *s)
{
    leave(s);
    link_abort(&s->link);
}

static void on_silence(struct timer *t)
{
    session_cut(t->owner);
}

static void on_closed(struct smpp_link *link)
{
    struct session *s = link->owner;
    leave(s);
    if (s->previous)
        s->previous->next = s->next;
    else
        s->smsc->sessions = s->next;
    if (s->next)
        s->next->previous = s->previous;
    free(s);
}

void session_accept(struct smsc *centre, int fd)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        close(fd);
        return;
    }
    s->smsc = centre;
    s->response.owner = s;
    s->response.fire = on_silence;
    s->link = (struct smpp_link){.loop = centre->loop, .owner = s};
    s->link.on_pdu = on_pdu;
    s->link.on_bad_length = on_bad_length;
    s->link.on_closed = on_closed;
    if (!link_open(&s->link, fd, false)) {
        free(s);
        return;
    }
    s->next = centre->sessions;
    if (s->next)
        s->next->previous = s;
    centre->sessions = s;
}
