/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges by short message: cut, sent, and ended by the proof of receipt, by the centre's final word, or by
 * time. After a start what was under way is sent again with the same octets: a card takes a counter once.
 * Stations 8 and 9. Role. [DESIGN 4 rule 2, TS 31.115]
 */
#include "role/ota/ota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "engine/exchange.h"
#include "engine/note.h"
#include "ota/sms/reassembly.h"
#include "role/ota/sent.h"

enum { STEP_NEW, STEP_SENT, PACKET_MAX = 2048, POOL_SLOTS = 1024, POOL_TTL_S = 600 };

struct ota {
    struct ota_config c;
    struct smpp_link *link;
    struct sent_table *sent;
    struct reassembly_pool pool; /* used on the link's thread only */
};

/* One job's turn. */
struct turn {
    struct exchange ex;
    json_t *document;
    uint8_t packet[PACKET_MAX];
    size_t packet_len, segments;
    bool late;
};

static enum tsm_err read_packet(struct turn *t)
{
    const char *text = json_string_value(json_array_get(t->ex.payload, 0));
    if (!text)
        return TSM_OK; /* only listening */
    TRY(hex_read(text, t->packet, sizeof t->packet, &t->packet_len));
    t->segments = sms_segments(t->packet_len, (enum concat_order)t->ex.concat);
    return t->segments ? TSM_OK
                       : FAIL(TOO_LONG, "a packet of %zu bytes does not fit into %d segments", t->packet_len,
                              SMS_SEGMENTS_MAX);
}

static enum tsm_err work(void *self, struct job *job)
{
    struct turn *t = arena_get(&job->arena, sizeof *t);
    (void)self;
    NEED(t != NULL, NO_MEMORY);
    job->turn = t;
    TRY(exchange_read(job->body, &t->ex, &t->document));
    t->late = job->step == STEP_SENT;
    if (t->late)
        return TSM_OK;
    TRY(read_packet(t));
    job->next.state = JOB_SENT;
    job->next.step = STEP_SENT;
    job->next.due = job->now + SECONDS(t->ex.answer_s);
    return TSM_OK;
}

static json_t *lost_json(const char *reason)
{
    return json_pack("{sb ss}", "lost", 1, "reason", reason);
}

static enum tsm_err reply(struct ota *o, struct tx *tx, const struct turn *t, json_t *answer)
{
    char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
    enum tsm_err e =
        text ? partner_reply(o->c.partners, tx, t->ex.call, text) : FAIL(NO_MEMORY, "no memory for a reply");
    json_decref(answer);
    free(text);
    return e;
}

static enum tsm_err note_sent(struct tx *tx, const struct job *job, const struct turn *t)
{
    char text[120];
    struct note n = {.party = job->party,
                     .trace = BYTES(job->trace),
                     .station = 9,
                     .role = "ota",
                     .step = "CARRY",
                     .text = text};
    if (!t->segments)
        return TSM_OK;
    snprintf(text, sizeof text, "a packet of %zu bytes in %zu short message%s to %s", t->packet_len,
             t->segments, t->segments == 1 ? "" : "s", t->ex.msisdn);
    return note_add(tx, &n);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    if (!t || !t->document)
        return TSM_OK;
    if (job->error)
        return reply(self, tx, t, lost_json(job->cause));
    return t->late ? reply(self, tx, t, lost_json("no proof of receipt came in time"))
                   : note_sent(tx, job, t);
}

static void carry(void *self, struct job *job)
{
    struct ota *o = self;
    struct turn *t = job->turn;
    struct segmentation how = {.order = (enum concat_order)t->ex.concat,
                               .element = ELEMENT_COMMAND,
                               .ref = (uint8_t)((uint64_t)job->id % 255 + 1)};
    for (size_t i = 0; !t->late && i < t->segments; i++) {
        uint8_t room[SMS_UD_MAX];
        struct writer w = WRITER(room);
        struct smpp_out out = {.ref = (uint64_t)job->id,
                               .segment = (uint32_t)i,
                               .msisdn = t->ex.msisdn,
                               .udhi = true,
                               .validity_s = (uint32_t)t->ex.answer_s};
        if (sms_segment(BYTES_OF(t->packet, t->packet_len), &how, i, &w) != TSM_OK)
            break;
        out.user_data = written(&w);
        if (smpp_link_send(o->link, &out) != TSM_OK)
            break; /* the queue is full: time ends the exchange, and its plan asks the card */
    }
    json_decref(t->document);
}

/* What the network said of an exchange, as a unit of work. */
struct ending {
    struct ota *o;
    int64_t job;
    const char *msisdn;
    json_t *reply; /* taken over by the finish */
    bool known;
};

static enum tsm_err finish(struct tx *tx, struct ending *e, int64_t job, int64_t se, struct bytes body)
{
    struct exchange ex;
    json_t *document, *answer = e->reply;
    enum tsm_err err;
    TRY(exchange_read(body, &ex, &document));
    e->reply = NULL;
    e->known = true;
    err = exchange_finish(e->o->c.partners, tx, job, se, ex.call, answer);
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
    text = json_dumps(e->reply, JSON_COMPACT);
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

/* Acknowledged to the centre only when the proof is stored: a crash makes it come again. */
static enum tsm_err on_message(void *self, const struct smpp_in *in)
{
    struct ota *o = self;
    struct reassembly *r;
    enum segment_result result;
    uint8_t packet[PACKET_MAX];
    char text[2 * PACKET_MAX + 1];
    struct writer w = WRITER(packet);
    struct ending e = {.o = o, .msisdn = digits_of(in->msisdn)};
    if (reassembly_for(&o->pool, in->msisdn, clock_now(o->c.clock), &r) != TSM_OK ||
        reassembly_add(r, in->user_data, &result) != TSM_OK)
        return TSM_OK; /* no message of ours: taken and forgotten */
    if (result != SEGMENT_COMPLETE || !r->response)
        return TSM_OK;
    TRY(reassembly_packet(r, &w));
    *r = (struct reassembly){.total = 0};
    e.reply = json_pack("{s[s]}", "answers", hex_text(written(&w), text));
    return end(&e, end_by_number);
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
        e.reply = json_pack("{s{ss ss ss}}", "failure", "owner", "OTA", "reason", reason, "next_action",
                            "compare the number of the secure element with the operator's");
    else
        e.reply = lost_json(reason);
    end(&e, end_by_job);
}

/* A receipt is a hint: only a final "not delivered" ends the wait early. */
static enum tsm_err on_receipt(void *self, const struct smpp_receipt *receipt)
{
    struct ota *o = self;
    struct ending e = {.o = o, .job = sent_find(o->sent, receipt->id)};
    if (!e.job || receipt->state == RECEIPT_DELIVERED || !smpp_receipt_is_final(receipt->state))
        return TSM_OK;
    e.reply = lost_json("the message centre could not deliver the message");
    return end(&e, end_by_job);
}

enum tsm_err ota_new(const struct ota_config *config, struct ota **out)
{
    struct ota *o = calloc(1, sizeof *o);
    struct smpp_events events = {.self = o,
                                 .on_accepted = on_accepted,
                                 .on_refused = on_refused,
                                 .on_receipt = on_receipt,
                                 .on_message = on_message};
    enum tsm_err e;
    NEED(o != NULL, NO_MEMORY);
    o->c = *config;
    o->pool = (struct reassembly_pool){
        .slots = calloc(POOL_SLOTS, sizeof *o->pool.slots), .count = POOL_SLOTS, .ttl = SECONDS(POOL_TTL_S)};
    o->sent = sent_new();
    e = o->pool.slots && o->sent ? smpp_link_new(&config->smpp, &events, &o->link)
                                 : FAIL(NO_MEMORY, "no memory for the link");
    if (e != TSM_OK) {
        ota_free(o);
        return e;
    }
    *out = o;
    return TSM_OK;
}

/* What was under way when the process stopped goes out again, octet by octet the same. */
static enum tsm_err send_again(struct tx *tx, void *arg)
{
    (void)arg;
    return db_exec(tx, SQL_EXCHANGE_SEND_AGAIN, tx_now(tx));
}

enum tsm_err ota_start(struct ota *o)
{
    TRY(store_write(o->c.store, send_again, o));
    return smpp_link_start(o->link);
}

void ota_free(struct ota *o)
{
    if (!o)
        return;
    smpp_link_stop(o->link);
    sent_free(o->sent);
    free(o->pool.slots);
    free(o);
}

void ota_counts(struct ota *o, struct smpp_counts *out)
{
    smpp_link_counts(o->link, out);
}

struct step_row ota_row(struct ota *o)
{
    return (struct step_row){.kind = JOB_EXCHANGE_SMS,
                             .name = "exchange-sms",
                             .work = work,
                             .commit = commit,
                             .carry = carry,
                             .self = o};
}
