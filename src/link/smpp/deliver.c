/* SPDX-License-Identifier: Apache-2.0 */
/* What a centre delivers: receipts and messages, told apart, handed on with a ticket, acknowledged when the
 * ticket comes back. Station 9. Pure but for the events it calls. [SMPP 3.4 4.6, 5.2.12, appendix B] */
#include "link/smpp/session.h"

#include <stdio.h>

enum { ESM_INTERMEDIATE = 0x20 }; /* intermediate delivery notification [SMPP 3.4 5.2.12] */

static void canonical(char id[SMPP_MESSAGE_ID_ROOM], enum smpp_id_form form)
{
    char same[SMPP_MESSAGE_ID_ROOM];
    if (smpp_id_canonical(id, form, same) == TSM_OK)
        snprintf(id, SMPP_MESSAGE_ID_ROOM, "%s", same);
}

/*
 * The optional parameters are the standard's way and say the id as submit_sm_resp said it; the text is
 * custom, and its id may be in another base.
 */
static enum tsm_err read_receipt(const struct session *s, const struct smpp_sm *sm, struct smpp_receipt *out)
{
    struct smpp_receipt r = {0};
    enum tsm_err e = smpp_receipt_read(sm->message, &r);
    if (e == TSM_OK)
        canonical(r.id, s->config->receipt_form);
    if (sm->receipted_id[0]) {
        snprintf(r.id, sizeof r.id, "%s", sm->receipted_id);
        canonical(r.id, s->config->sent_form);
        if (sm->message_state) {
            r.state = (enum receipt_state)sm->message_state;
            e = TSM_OK;
        }
    }
    if (sm->has_network_error) {
        r.has_error = true;
        r.error = sm->network_error;
    }
    TRY(e);
    *out = r;
    return TSM_OK;
}

static enum tsm_err hand_on_receipt(struct session *s, const struct smpp_sm *sm, struct smpp_ticket ticket)
{
    struct smpp_receipt r;
    if (read_receipt(s, sm, &r) != TSM_OK) {
        /* Asking for it again would not make it readable. */
        session_tally(s, &s->counts->unreadable);
        return session_acknowledge(s, &ticket, TSM_OK);
    }
    session_tally(s, &s->counts->receipts);
    if (!s->events->on_receipt)
        return session_acknowledge(s, &ticket, TSM_OK);
    s->events->on_receipt(s->events->self, &r, ticket);
    return TSM_OK;
}

static enum tsm_err hand_on_message(struct session *s, const struct smpp_sm *sm, struct smpp_ticket ticket)
{
    struct smpp_in in = {sm->source.digits, sm->message, sm->esm_class & SMPP_ESM_UDHI};
    session_tally(s, &s->counts->messages);
    if (!s->events->on_message)
        return session_acknowledge(s, &ticket, TSM_OK);
    s->events->on_message(s->events->self, &in, ticket);
    return TSM_OK;
}

enum tsm_err session_deliver(struct session *s, const struct smpp_pdu *pdu)
{
    uint8_t type = pdu->sm.esm_class & SMPP_ESM_TYPE;
    struct smpp_ticket ticket = {s->connection, pdu->id, pdu->sequence};
    return type == SMPP_ESM_RECEIPT || type == ESM_INTERMEDIATE ? hand_on_receipt(s, &pdu->sm, ticket)
                                                                : hand_on_message(s, &pdu->sm, ticket);
}

enum tsm_err session_acknowledge(struct session *s, const struct smpp_ticket *t, enum tsm_err result)
{
    struct smpp_pdu answer = {.id = t->id | SMPP_RESP, .sequence = t->sequence};
    if (t->connection != s->connection || s->state == SESSION_DOWN)
        return TSM_OK;
    answer.status = result == TSM_OK ? ESME_ROK : ESME_RX_T_APPN;
    return session_put(s, &answer);
}
