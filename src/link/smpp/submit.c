/* SPDX-License-Identifier: Apache-2.0 */
/* Segments on their way: sent within window and pace, settled by every answer, repeated when there is none.
 * Station 9. Pure but for the events it calls. [SMPP 3.4 4.4, 5.1.3, 7.1.1] */
#include "link/smpp/session.h"

#include <stdio.h>
#include <stdlib.h>

/* xorshift32: only spreads pauses, no secret hangs on it. */
static uint32_t draw(struct session *s)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 17;
    s->random ^= s->random << 5;
    return s->random;
}

static void refuse(struct session *s, struct segment *g, uint32_t status, enum smpp_class class)
{
    session_tally(s, &s->counts->refused);
    if (s->events->on_refused)
        s->events->on_refused(s->events->self, g->ref, g->number, status, class);
    free(g);
}

void session_put_back(struct session *s, struct segment *g, void (*where)(struct queue *, struct segment *))
{
    pthread_mutex_lock(s->lock);
    where(s->queue, g);
    pthread_mutex_unlock(s->lock);
}

static void accept(struct session *s, struct segment *g, const struct smpp_sm_resp *r, time_us now)
{
    char id[SMPP_MESSAGE_ID_ROOM];
    if (smpp_id_canonical(r->message_id, s->config->sent_form, id) != TSM_OK)
        snprintf(id, sizeof id, "%s", r->message_id);
    pacing_accepted(&s->pacing, now);
    session_tally(s, &s->counts->accepted);
    if (s->events->on_accepted)
        s->events->on_accepted(s->events->self, g->ref, g->number, id);
    /* Some centres hand back the card's answer with theirs. */
    if (r->payload.len && s->events->on_message) {
        session_tally(s, &s->counts->messages);
        s->events->on_message(s->events->self, &(struct smpp_in){g->msisdn, r->payload, true},
                              (struct smpp_ticket){0});
    }
    free(g);
}

enum tsm_err session_settle(struct session *s, struct segment *g, const struct smpp_pdu *p, time_us now)
{
    enum smpp_class class = smpp_error_class(p->status);
    switch (class) {
    case SMPP_CLASS_OK:
        accept(s, g, &p->sm_resp, now);
        return TSM_OK;
    case SMPP_CLASS_THROTTLE:
        session_tally(s, &s->counts->throttled);
        pacing_throttled(&s->pacing, now, draw(s));
        g->sent = false; /* for certain it was not taken */
        session_put_back(s, g, queue_put_back);
        return TSM_OK;
    case SMPP_CLASS_RETRY:
        if (++g->tries >= SMPP_TRIES_MAX)
            refuse(s, g, p->status, class);
        else
            session_put_back(s, g, queue_put_last);
        return TSM_OK;
    case SMPP_CLASS_PERMANENT:
        refuse(s, g, p->status, class);
        return TSM_OK;
    case SMPP_CLASS_BIND:
        break;
    }
    session_put_back(s, g, queue_put_back);
    return FAIL(PEER_DOWN, "the centre says %s to a message", smpp_error_name(p->status));
}

/* Relative time [SMPP 3.4 7.1.1]: days, hours, minutes, seconds; the same text whenever the segment is sent.
 */
static void write_validity(uint32_t seconds, char out[SMPP_TIME_ROOM])
{
    unsigned days = seconds / 86400 % 100, rest = seconds % 86400;
    if (seconds)
        snprintf(out, SMPP_TIME_ROOM, "0000%02u%02u%02u%02u000R", days, rest / 3600 % 24, rest / 60 % 60,
                 rest % 60);
}

static enum tsm_err submit(struct session *s, struct segment *g, time_us now)
{
    const struct smpp_config *c = s->config;
    struct smpp_pdu p = {.id = SMPP_SUBMIT_SM, .sequence = session_sequence(s)};
    p.sm.source = c->source;
    p.sm.destination.ton = c->dest_ton;
    p.sm.destination.npi = c->dest_npi;
    snprintf(p.sm.destination.digits, sizeof p.sm.destination.digits, "%s", g->msisdn);
    p.sm.esm_class = g->udhi ? SMPP_ESM_UDHI : 0;
    p.sm.protocol_id = c->protocol_id;
    p.sm.data_coding = c->data_coding;
    p.sm.registered_delivery = c->receipts ? SMPP_REGISTERED_FINAL : 0;
    p.sm.message = BYTES_OF(g->user_data, g->len);
    write_validity(g->validity_s, p.sm.validity);
    g->sent = true;
    g->sequence = p.sequence;
    g->answer_by = now + (time_us)c->answer_ms * 1000;
    window_add(&s->window, g);
    session_tally(s, &s->counts->submitted);
    return session_put(s, &p);
}

static struct segment *take_next(struct session *s)
{
    struct segment *g;
    pthread_mutex_lock(s->lock);
    g = queue_take(s->queue);
    pthread_mutex_unlock(s->lock);
    return g;
}

enum tsm_err session_pump(struct session *s, time_us now)
{
    while (s->window.n < s->config->window && s->out_len < SESSION_OUT_LOW &&
           pacing_ready_at(&s->pacing, now) <= now) {
        struct segment *g = take_next(s);
        if (!g)
            break;
        if (g->expires && g->expires <= now) {
            refuse(s, g, g->sent ? SMPP_NO_ANSWER : SMPP_NOT_SENT, SMPP_CLASS_RETRY);
            continue;
        }
        pacing_take(&s->pacing, now);
        TRY(submit(s, g, now));
    }
    return TSM_OK;
}

void session_repeat_overdue(struct session *s, time_us now)
{
    struct segment *g;
    while ((g = window_overdue(&s->window, now)))
        if (++g->tries >= SMPP_TRIES_MAX)
            refuse(s, g, SMPP_NO_ANSWER, SMPP_CLASS_RETRY);
        else
            session_put_back(s, g, queue_put_back);
}

void session_give_up(struct session *s)
{
    struct segment *g;
    while ((g = take_next(s)))
        refuse(s, g, g->sent ? SMPP_NO_ANSWER : SMPP_NOT_SENT, SMPP_CLASS_RETRY);
}
