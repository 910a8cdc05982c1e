/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation with a centre: bind, keep the link alive, hand each PDU to who knows it, leave. Station 9.
 * Pure but for the events it calls. [SMPP 3.4 2.2, 2.7, 2.9, 4] */
#include "link/smpp/session.h"

#include <stdio.h>

enum { UNBIND_MS = 2000, SEQUENCE_MAX = 0x7FFFFFFF };

static time_us ms(unsigned n)
{
    return (time_us)n * 1000;
}

void session_tally(struct session *s, uint64_t *count)
{
    pthread_mutex_lock(s->lock);
    ++*count;
    pthread_mutex_unlock(s->lock);
}

static void publish(struct session *s)
{
    pthread_mutex_lock(s->lock);
    s->counts->window_now = s->window.n;
    s->counts->rate_now = (uint64_t)s->pacing.rate;
    s->counts->up_now = s->state == SESSION_BOUND;
    pthread_mutex_unlock(s->lock);
}

enum tsm_err session_put(struct session *s, const struct smpp_pdu *pdu)
{
    struct writer w = {s->out, s->out_len, sizeof s->out};
    TRY(smpp_write(pdu, &w));
    s->out_len = w.len;
    return TSM_OK;
}

uint32_t session_sequence(struct session *s)
{
    s->sequence = s->sequence < SEQUENCE_MAX ? s->sequence + 1 : 1;
    return s->sequence;
}

static void keep(char *to, size_t room, const char *text)
{
    snprintf(to, room, "%s", text ? text : "");
}

enum tsm_err session_open(struct session *s, time_us now)
{
    struct smpp_pdu p = {.id = SMPP_BIND_TRANSCEIVER, .sequence = session_sequence(s)};
    const struct smpp_config *c = s->config;
    enum tsm_err e;
    keep(p.bind.system_id, sizeof p.bind.system_id, c->system_id);
    keep(p.bind.system_type, sizeof p.bind.system_type, c->system_type);
    keep(p.bind.address_range, sizeof p.bind.address_range, c->address_range);
    p.bind.interface_version = SMPP_VERSION;
    p.bind.addr_ton = c->source.ton;
    p.bind.addr_npi = c->source.npi;
    TRY(secret_set(&p.bind.password, bytes_of_text(c->password)));
    s->state = SESSION_BINDING;
    s->connection++;
    s->refused = false;
    s->heard_at = now;
    s->asked_at = 0;
    s->give_up_at = now + ms(c->answer_ms);
    e = session_put(s, &p);
    secret_wipe(&p.bind.password);
    return e;
}

static enum tsm_err on_bind_resp(struct session *s, const struct smpp_pdu *p, time_us now)
{
    (void)now;
    if (s->state != SESSION_BINDING)
        return FAIL(WRONG_STATE, "an answer to a bind that was not asked");
    if (p->status != ESME_ROK) {
        s->refused = smpp_error_class(p->status) == SMPP_CLASS_BIND;
        return FAIL(PEER_REFUSED, "the centre refuses the bind: %s", smpp_error_name(p->status));
    }
    s->state = SESSION_BOUND;
    session_tally(s, &s->counts->binds);
    if (s->events->on_state)
        s->events->on_state(s->events->self, true);
    return TSM_OK;
}

/* Also generic_nack: it names the PDU that the centre could not read by its sequence number. */
static enum tsm_err on_submit_resp(struct session *s, const struct smpp_pdu *p, time_us now)
{
    struct segment *g = window_take(&s->window, p->sequence);
    return g ? session_settle(s, g, p, now) : TSM_OK;
}

static enum tsm_err answer(struct session *s, const struct smpp_pdu *p, uint32_t id, uint32_t status)
{
    struct smpp_pdu a = {.id = id, .status = status, .sequence = p->sequence};
    return session_put(s, &a);
}

static enum tsm_err on_enquire(struct session *s, const struct smpp_pdu *p, time_us now)
{
    (void)now;
    return answer(s, p, SMPP_ENQUIRE_LINK | SMPP_RESP, ESME_ROK);
}

static enum tsm_err on_enquire_resp(struct session *s, const struct smpp_pdu *p, time_us now)
{
    (void)s;
    (void)p;
    (void)now;
    return TSM_OK;
}

static enum tsm_err on_unbind(struct session *s, const struct smpp_pdu *p, time_us now)
{
    (void)now;
    TRY(answer(s, p, SMPP_UNBIND | SMPP_RESP, ESME_ROK));
    return FAIL(PEER_DOWN, "the centre unbinds");
}

static enum tsm_err on_unbind_resp(struct session *s, const struct smpp_pdu *p, time_us now)
{
    (void)s;
    (void)p;
    (void)now;
    return FAIL(PEER_DOWN, "unbound");
}

static enum tsm_err on_deliver(struct session *s, const struct smpp_pdu *p, time_us now)
{
    (void)now;
    return session_deliver(s, p);
}

static const struct {
    uint32_t id;
    enum tsm_err (*on)(struct session *s, const struct smpp_pdu *p, time_us now);
} handlers[] = {
    {SMPP_BIND_TRANSCEIVER | SMPP_RESP, on_bind_resp},
    {SMPP_SUBMIT_SM | SMPP_RESP, on_submit_resp},
    {SMPP_GENERIC_NACK, on_submit_resp},
    {SMPP_DELIVER_SM, on_deliver},
    {SMPP_DATA_SM, on_deliver},
    {SMPP_ENQUIRE_LINK, on_enquire},
    {SMPP_ENQUIRE_LINK | SMPP_RESP, on_enquire_resp},
    {SMPP_UNBIND, on_unbind},
    {SMPP_UNBIND | SMPP_RESP, on_unbind_resp},
};

/* A request that we cannot read or do not know gets a generic_nack; a response of that kind is passed over.
 */
static enum tsm_err nack(struct session *s, struct bytes pdu, enum tsm_err why)
{
    struct smpp_pdu p;
    session_tally(s, &s->counts->unreadable);
    TRY(smpp_read_head(pdu, &p));
    if (p.id & SMPP_RESP)
        return TSM_OK;
    return answer(s, &p, SMPP_GENERIC_NACK, why == TSM_UNSUPPORTED ? ESME_RINVCMDID : ESME_RINVCMDLEN);
}

enum tsm_err session_hear(struct session *s, struct bytes pdu, time_us now)
{
    struct smpp_pdu p;
    enum tsm_err e = smpp_read(pdu, &p);
    s->heard_at = now;
    s->asked_at = 0;
    if (e != TSM_OK)
        return nack(s, pdu, e);
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (handlers[i].id == p.id) {
            e = handlers[i].on(s, &p, now);
            publish(s);
            return e;
        }
    return nack(s, pdu, TSM_UNSUPPORTED);
}

static enum tsm_err enquire(struct session *s, time_us now)
{
    struct smpp_pdu p = {.id = SMPP_ENQUIRE_LINK};
    if (s->asked_at && now - s->asked_at >= ms(s->config->answer_ms))
        return FAIL(TIMED_OUT, "the centre does not answer enquire_link");
    if (s->asked_at || now - s->heard_at < ms(s->config->enquire_ms))
        return TSM_OK;
    p.sequence = session_sequence(s);
    s->asked_at = now;
    return session_put(s, &p);
}

enum tsm_err session_go_on(struct session *s, time_us now)
{
    enum tsm_err e;
    if (s->state != SESSION_BOUND) {
        NEED(now < s->give_up_at, TIMED_OUT);
        return TSM_OK;
    }
    session_repeat_overdue(s, now);
    e = enquire(s, now);
    if (e == TSM_OK)
        e = session_pump(s, now);
    publish(s);
    return e;
}

static time_us sooner(time_us a, time_us b)
{
    return a < b ? a : b;
}

time_us session_wake_at(struct session *s, time_us now)
{
    time_us at;
    bool waiting;
    if (s->state != SESSION_BOUND)
        return s->give_up_at;
    at = s->asked_at ? s->asked_at + ms(s->config->answer_ms) : s->heard_at + ms(s->config->enquire_ms);
    if (s->window.n)
        at = sooner(at, s->window.at[0]->answer_by);
    pthread_mutex_lock(s->lock);
    waiting = s->queue->n > 0;
    pthread_mutex_unlock(s->lock);
    if (waiting && s->window.n < s->config->window && s->out_len < SESSION_OUT_LOW)
        at = sooner(at, pacing_ready_at(&s->pacing, now));
    return at;
}

void session_lost(struct session *s)
{
    bool was_up = s->state == SESSION_BOUND || s->state == SESSION_UNBINDING;
    for (size_t i = 0; i < s->window.n; i++)
        session_put_back(s, s->window.at[i], queue_put_back);
    s->window.n = 0;
    s->state = SESSION_DOWN;
    s->out_len = 0;
    publish(s);
    if (was_up && s->events->on_state)
        s->events->on_state(s->events->self, false);
}

enum tsm_err session_leave(struct session *s, time_us now)
{
    struct smpp_pdu p = {.id = SMPP_UNBIND, .sequence = session_sequence(s)};
    NEED(s->state == SESSION_BOUND, WRONG_STATE);
    s->state = SESSION_UNBINDING;
    s->give_up_at = now + ms(UNBIND_MS);
    return session_put(s, &p);
}
