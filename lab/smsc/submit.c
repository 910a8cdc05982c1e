/* SPDX-License-Identifier: Apache-2.0 */
/* submit_sm at the laboratory's SMSC: licence, checks, the way into the store, the answer. Edge (station 9).
 * [SMPP 3.4 4.4, 5.2.16; TS 23.040 9.2.3.16] */
#include "smsc/receipt.h"
#include "smsc/smsc.h"

#include <stdio.h>
#include <string.h>

static bool throttled(struct endpoint *e)
{
    int64_t limit = (int64_t)e->smsc->config.throttle * 1000;
    int64_t now = loop_now();
    if (limit == 0)
        return false;
    e->tokens_milli += (now - e->tokens_at) * e->smsc->config.throttle;
    e->tokens_at = now;
    if (e->tokens_milli > limit)
        e->tokens_milli = limit;
    if (e->tokens_milli < 1000)
        return true;
    e->tokens_milli -= 1000;
    return false;
}

static bool is_number(const char *digits)
{
    return digits[0] && digits[strspn(digits, "0123456789")] == '\0';
}

static enum smpp_status check(const struct smpp_message *m, struct stored *like)
{
    long seconds;
    if (!is_number(m->to.digits))
        return ESME_RINVDSTADR;
    if (m->schedule[0])
        return ESME_RINVSCHED;
    if (m->body_len > SMSC_MAX_USER_DATA && (m->data_coding != 0 || m->esm_class & ESM_UDHI))
        return ESME_RINVMSGLEN; /* the ESME segments, this centre does not */
    if (!validity_read(m->validity, like->submitted, SMSC_VALIDITY_S, &seconds))
        return ESME_RINVEXPIRY;
    like->expires = loop_now() + (int64_t)seconds * 1000;
    return ESME_ROK;
}

static bool every(uint64_t count, unsigned n)
{
    return n > 0 && count % n == 0;
}

/* Stores a message for its destination `*at`; `like` gets its id. */
static enum smpp_status accept_message(struct session *s, const struct smpp_message *m, struct stored *like,
                                       struct endpoint **at)
{
    struct smsc *centre = s->smsc;
    struct endpoint *to;
    like->submitted = time(NULL);
    enum smpp_status status = check(m, like);
    if (status != ESME_ROK)
        return status;
    like->id = ++centre->last_id;
    if (s->endpoint->handset) {
        to = endpoint_route(centre, m->to.digits);
        like->expires = 0;
    } else {
        to = endpoint_make(centre, true, m->to.digits);
        memcpy(like->account, s->endpoint->name, sizeof like->account);
        if (every(like->id, centre->config.faults.drop_every))
            return ESME_ROK;
    }
    if (!to)
        return ESME_RSUBMITFAIL;
    if (!endpoint_store(to, m, like))
        return ESME_RMSGQFUL;
    *at = to;
    return ESME_ROK;
}

/* The down-after fault: the message is stored, the answer is lost with every ESME connection. */
static bool go_down(struct session *s)
{
    struct smsc *centre = s->smsc;
    if (centre->was_down || centre->config.faults.down_after == 0 ||
        centre->submits < centre->config.faults.down_after)
        return false;
    centre->was_down = true;
    for (struct session *at = centre->sessions, *next; at; at = next) {
        next = at->next;
        if (!at->endpoint || !at->endpoint->handset)
            session_cut(at);
    }
    return true;
}

/* The centre's own reasons to refuse an ESME, before the message is looked at. */
static enum smpp_status licence(struct session *s)
{
    if (!s->transmits)
        return ESME_RINVBNDSTS;
    if (s->endpoint->handset)
        return ESME_ROK;
    s->smsc->submits++;
    if (throttled(s->endpoint))
        return ESME_RTHROTTLED;
    return every(s->smsc->submits, s->smsc->config.faults.full_every) ? ESME_RMSGQFUL : ESME_ROK;
}

void submit_take(struct session *s, const struct smpp_header *h, const uint8_t *pdu, size_t len)
{
    uint8_t out[SMPP_MAX_PDU_OVERHEAD];
    struct smpp_message m;
    struct stored like = {0};
    struct smpp_answer a = {0};
    struct endpoint *to = NULL;
    enum smpp_status status = licence(s);
    if (status == ESME_ROK)
        status = smpp_read_message(pdu, len, &m);
    if (status == ESME_ROK)
        status = accept_message(s, &m, &like, &to);
    if (status != ESME_ROK) {
        session_answer(s, h->command | SMPP_RESPONSE, status, h->sequence);
    } else if (s->endpoint->handset || !go_down(s)) {
        snprintf(a.message_id, sizeof a.message_id, "%010llX", (unsigned long long)like.id);
        link_send(&s->link, out, smpp_write_answer(h, status, &a, out));
    }
    if (to)
        endpoint_pump(to); /* only now: no receipt overtakes the response */
}
