/* SPDX-License-Identifier: Apache-2.0 */
/* What the network says of exchanges by short message: proofs of receipt, refusals, receipts. Stations 9
 * and 10. Role. [SMPP 3.4 4.6, TS 31.115] */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/json.h"
#include "role/ota/inside.h"

/* What the network said of an exchange, as a unit of work. */
struct ending {
    struct ota *o;
    int64_t job;
    const char *msisdn;
    json_t *reply; /* owned by the caller of the unit, which may run it again */
};

static enum tsm_err finish(struct tx *tx, struct ending *e, int64_t job, int64_t se, struct bytes body)
{
    struct exchange ex;
    json_t *document;
    enum tsm_err err;
    TRY(exchange_read(body, &ex, &document));
    err = exchange_finish(e->o->c.partners, tx,
                          &(struct exchange_end){job, se, ex.call, json_incref(e->reply)});
    json_decref(document);
    return err;
}

/* Nobody waits at this moment: a second proof of the same packet may be ahead of the question for it. The
 * newest one is kept. */
static enum tsm_err keep_stray(struct tx *tx, struct ending *e)
{
    int64_t se;
    char *text;
    enum tsm_err err;
    {
        ROWS r = {0};
        err = db_first(tx, &r, SQL_SE_ID_BY_MSISDN, e->msisdn);
        if (err != TSM_OK)
            return err == TSM_NOT_FOUND ? TSM_OK : err; /* a stranger */
        se = db_int(&r, 0);
    }
    text = e->reply ? json_text(e->reply) : NULL;
    NEED(text != NULL, NO_MEMORY);
    err = db_exec(tx, SQL_STRAY_SET, se, tx_now(tx), text);
    free(text);
    return err;
}

static enum tsm_err end_by_number(struct tx *tx, void *arg)
{
    struct ending *e = arg;
    struct arena arena = {0};
    struct bytes body;
    int64_t job, se;
    enum tsm_err err;
    {
        ROWS r = {0};
        err = db_first(tx, &r, SQL_EXCHANGE_OF_MSISDN, e->msisdn);
        if (err == TSM_NOT_FOUND)
            return keep_stray(tx, e);
        TRY(err);
        job = db_int(&r, 0);
        se = db_int(&r, 1);
        body = arena_copy(&arena, db_blob(&r, 3));
    }
    err = body.at ? finish(tx, e, job, se, body) : FAIL(NO_MEMORY, "no memory for an exchange");
    arena_drop(&arena);
    return err;
}

static enum tsm_err end_by_job(struct tx *tx, void *arg)
{
    struct ending *e = arg;
    struct arena arena = {0};
    struct bytes body;
    int64_t se;
    enum tsm_err err;
    {
        ROWS r = {0};
        err = db_first(tx, &r, SQL_EXCHANGE_BY_ID, e->job);
        if (err == TSM_NOT_FOUND)
            return TSM_OK; /* it is over */
        TRY(err);
        se = db_int(&r, 0);
        body = arena_copy(&arena, db_blob(&r, 1));
    }
    err = body.at ? finish(tx, e, e->job, se, body) : FAIL(NO_MEMORY, "no memory for an exchange");
    arena_drop(&arena);
    return err;
}

static enum tsm_err end(struct ending *e, store_unit how)
{
    enum tsm_err err = store_write(e->o->c.store, how, e);
    json_decref(e->reply);
    return err;
}

static const char *digits_of(const char *msisdn)
{
    return msisdn[0] == '+' ? msisdn + 1 : msisdn;
}

/* Acknowledged to the centre only when the proof is stored, and forgotten only then: else its last segment
 * comes again and completes the message once more. */
static enum tsm_err on_message(void *self, const struct smpp_in *in)
{
    struct ota *o = self;
    struct reassembly *r;
    enum segment_result result;
    uint8_t packet[SECURED_PACKET_MAX];
    char text[2 * SECURED_PACKET_MAX + 1];
    struct writer w = WRITER(packet);
    struct ending e = {.o = o, .msisdn = digits_of(in->msisdn)};
    enum tsm_err err;
    if (reassembly_for(&o->pool, in->msisdn, clock_now(o->c.clock), &r) != TSM_OK ||
        reassembly_add(r, in->user_data, &result) != TSM_OK)
        return TSM_OK; /* no message of ours: taken and forgotten */
    if (result == SEGMENT_WAITING || !r->response || reassembly_packet(r, &w) != TSM_OK)
        return TSM_OK;
    e.reply = json_pack("{s[s]}", "answers", hex_text(written(&w), text));
    err = end(&e, end_by_number);
    if (err == TSM_OK)
        *r = (struct reassembly){.total = 0};
    return err;
}

static void on_accepted(void *self, uint64_t ref, uint32_t segment, const char *message_id)
{
    struct ota *o = self;
    (void)segment;
    sent_add(o->sent, message_id, (int64_t)ref);
}

static void on_refused(void *self, uint64_t ref, uint32_t segment, uint32_t status, enum smpp_class class)
{
    struct ending e = {.o = self, .job = (int64_t)ref};
    char reason[120];
    (void)segment;
    snprintf(reason, sizeof reason, "the message centre refused: %s (%08X)", smpp_error_name(status), status);
    if (class == SMPP_CLASS_PERMANENT)
        e.reply = json_pack("{s{ss ss ss} sb}", "failure", "owner", "OTA", "reason", reason, "next_action",
                            "compare the number of the secure element with the operator's", "sent", 1);
    else
        e.reply = exchange_lost(reason);
    end(&e, end_by_job);
}

/* A receipt is a hint: only a final "not delivered" ends the wait early. */
static enum tsm_err on_receipt(void *self, const struct smpp_receipt *receipt)
{
    struct ota *o = self;
    struct ending e = {.o = o, .job = sent_find(o->sent, receipt->id)};
    if (!e.job || receipt->state == RECEIPT_DELIVERED || !smpp_receipt_is_final(receipt->state))
        return TSM_OK;
    e.reply = exchange_lost("the message centre could not deliver the message");
    return end(&e, end_by_job);
}

struct smpp_events ota_events(struct ota *o)
{
    return (struct smpp_events){.self = o,
                                .on_accepted = on_accepted,
                                .on_refused = on_refused,
                                .on_receipt = on_receipt,
                                .on_message = on_message};
}
