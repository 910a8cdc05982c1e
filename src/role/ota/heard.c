/* SPDX-License-Identifier: Apache-2.0 */
/* What the network says of exchanges by short message: proofs of receipt, refusals, receipts. Stations 9
 * and 10. Role. [SMPP 3.4 4.6, TS 31.115] */
#include <stdio.h>

#include "base/hex.h"
#include "role/ota/inside.h"

/* The answer of a message that this segment completes, taken out of the pool; false while there is none, or
 * when it is no message of ours. The caller holds the pool's lock. */
static bool take_answer(struct ota *o, const struct smpp_in *in, struct reassembly *message,
                        struct writer *packet)
{
    struct reassembly *r;
    enum segment_result result;
    if (reassembly_for(&o->pool, in->msisdn, clock_now(o->c.clock), &r) != TSM_OK ||
        reassembly_add(r, in->user_data, &result) != TSM_OK)
        return false;
    if (result == SEGMENT_WAITING || !r->response || reassembly_packet(r, packet) != TSM_OK)
        return false;
    *message = *r;
    *r = (struct reassembly){.total = 0};
    return true;
}

/* Acknowledged to the centre only when the proof is stored. */
static void on_message(void *self, const struct smpp_in *in, struct smpp_ticket ticket)
{
    struct ota *o = self;
    struct reassembly message;
    uint8_t packet[SECURED_PACKET_MAX];
    char text[2 * SECURED_PACKET_MAX + 1];
    struct writer w = WRITER(packet);
    bool whole;
    pthread_mutex_lock(&o->endings.lock);
    whole = take_answer(o, in, &message, &w);
    pthread_mutex_unlock(&o->endings.lock);
    if (whole)
        ending_begin(o, &(struct heard){.reply = json_pack("{s[s]}", "answers", hex_text(written(&w), text)),
                                        .ticket = ticket,
                                        .msisdn = in->msisdn,
                                        .message = &message});
    else
        smpp_link_settle(o->link, ticket, TSM_OK); /* kept until the rest comes, or forgotten */
}

static void on_accepted(void *self, uint64_t ref, uint32_t segment, const char *message_id)
{
    struct ota *o = self;
    (void)segment;
    sent_add(o->sent, message_id, (int64_t)ref);
}

static void on_refused(void *self, uint64_t ref, uint32_t segment, uint32_t status, enum smpp_class class)
{
    struct heard h = {.job = (int64_t)ref};
    char reason[120];
    (void)segment;
    snprintf(reason, sizeof reason, "the message centre refused: %s (%08X)", smpp_error_name(status), status);
    if (class == SMPP_CLASS_PERMANENT)
        h.reply = json_pack("{s{ss ss ss} sb}", "failure", "owner", "OTA", "reason", reason, "next_action",
                            "compare the number of the secure element with the operator's", "sent", 1);
    else
        h.reply = exchange_lost(reason);
    ending_begin(self, &h);
}

/* A receipt is a hint: only a final "not delivered" ends the wait early. */
static void on_receipt(void *self, const struct smpp_receipt *receipt, struct smpp_ticket ticket)
{
    struct ota *o = self;
    struct heard h = {.job = sent_find(o->sent, receipt->id), .ticket = ticket};
    if (!h.job || receipt->state == RECEIPT_DELIVERED || !smpp_receipt_is_final(receipt->state)) {
        smpp_link_settle(o->link, ticket, TSM_OK);
        return;
    }
    h.reply = exchange_lost("the message centre could not deliver the message");
    ending_begin(o, &h);
}

struct smpp_events ota_events(struct ota *o)
{
    return (struct smpp_events){.self = o,
                                .on_accepted = on_accepted,
                                .on_refused = on_refused,
                                .on_receipt = on_receipt,
                                .on_message = on_message};
}
