/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges by short message: cut, sent, and ended by the proof of receipt, by the centre's final word, or by
 * time. What was not answered at half time is sent once more with the same octets, and so is what was under
 * way when the process stopped: a card takes a counter once. Stations 8 and 9. Role. [DESIGN 4 rule 2,
 * TS 31.115]
 */
#include "role/ota/ota.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "engine/note.h"
#include "role/ota/inside.h"

enum { POOL_SLOTS = 1024, POOL_TTL_S = 600 };

/* One job's turn; texts of `ex` lie in the job's arena. */
struct turn {
    struct exchange ex;
    bool read;
    uint8_t packet[SECURED_PACKET_MAX];
    size_t packet_len, segments;
    bool late;
};

/* Networks lose messages more often than cards are slow. */
enum { SENDINGS = 2 };

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

static void drop_document(void *document)
{
    json_decref(document);
}

static enum tsm_err work(void *self, struct job *job)
{
    struct turn *t = arena_get(&job->arena, sizeof *t);
    json_t *document;
    (void)self;
    NEED(t != NULL, NO_MEMORY);
    job->turn = t;
    TRY(exchange_read(job->body, &t->ex, &document));
    TRY(arena_owns(&job->arena, drop_document, document));
    t->read = true;
    TRY(read_packet(t));
    t->late = job->step == (t->segments ? EXCHANGE_REPEATED : EXCHANGE_UNDER_WAY);
    if (t->late)
        return TSM_OK;
    job->next.state = JOB_SENT;
    job->next.step = job->step + 1;
    job->next.due = job->now + SECONDS(t->ex.answer_s) / (t->segments ? SENDINGS : 1);
    return TSM_OK;
}

static enum tsm_err lose(struct ota *o, struct tx *tx, const struct turn *t, const char *reason)
{
    return partner_reply_json(o->c.partners, tx, t->ex.call, exchange_lost(reason));
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
    snprintf(text, sizeof text, "%s of %zu bytes in %zu short message%s to %s",
             job->step == EXCHANGE_NEW ? "a packet" : "no answer yet: the same packet again,", t->packet_len,
             t->segments, t->segments == 1 ? "" : "s", t->ex.msisdn);
    return note_add(tx, &n);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct turn *t = job->turn;
    if (!t || !t->read)
        return TSM_OK;
    if (job->error)
        return lose(self, tx, t, job->cause);
    return t->late ? lose(self, tx, t, "no proof of receipt came in time") : note_sent(tx, job, t);
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
}

enum tsm_err ota_new(const struct ota_config *config, struct ota **out)
{
    struct ota *o = calloc(1, sizeof *o);
    struct smpp_events events = ota_events(o);
    enum tsm_err e;
    NEED(o != NULL, NO_MEMORY);
    o->c = *config;
    endings_init(&o->endings);
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

/* What this node had under way when it stopped goes out again, octet by octet the same. */
static enum tsm_err send_again(struct tx *tx, void *arg)
{
    const struct ota *o = arg;
    return db_exec(tx, SQL_EXCHANGE_SEND_AGAIN, tx_now(tx), o->c.node);
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
    endings_close(&o->endings);
    smpp_link_stop(o->link);
    endings_finish(&o->endings);
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
