/* SPDX-License-Identifier: Apache-2.0 */
/* VERIFY_RECEIPT: each receipt judged by the command that its token was for, its counter stored once; what
 * was refused, forged or repeated is an alarm. Stations 6 and 11. Role. [GPCS 9.1.3.6, C.5; capability S6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "order/manage/authority.h"
#include "role/sem/modes/steps.h"

enum { ANSWER_MAX = 512 };

/* One token of the call, with its row. */
struct told {
    int64_t id, state, counter;
    uint8_t command[TOKEN_COMMAND_MAX], answer[ANSWER_MAX];
    size_t command_len, answer_len;
    struct gp_token_command read;
    struct receipt_event event;
};

static enum tsm_err load_told(struct turn *t, struct tx *tx, const json_t *one, struct told *out)
{
    const char *number = json_member(one, "token");
    ROWS r = {0};
    enum tsm_err e;
    *out = (struct told){.id = text_is_digits(number, 1, 19) ? strtoll(number, NULL, 10) : 0};
    e = db_first(tx, &r, SQL_DM_TOKEN_GET, out->id, t->el.id, t->domain.holder);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "token", "no token %.20s was given for this secure element", number);
    TRY(e);
    TRY(bytes_keep(db_blob(&r, 0), out->command, sizeof out->command, &out->command_len));
    out->state = db_int(&r, 1);
    out->counter = db_int(&r, 2);
    if (json_object_get(one, "answer"))
        TRY(json_member_hex(one, "answer", out->answer, sizeof out->answer, &out->answer_len));
    TRY(gp_token_command_read(BYTES_OF(out->command, out->command_len), &out->read));
    return receipt_event_of(&out->read, BYTES_OF(t->domain.aid, t->domain.aid_len), &out->event);
}

/* What the registry says of a command that was done for certain. */
enum tsm_err token_command_done(struct turn *t, struct tx *tx, const struct gp_token_command *c)
{
    if (c->ins == INS_DELETE) {
        TRY(db_exec(tx, SQL_APPLICATION_DELETE, t->el.id, c->deletion.aid));
        return db_exec(tx, SQL_EXECUTABLE_DELETE, t->el.id, c->deletion.aid);
    }
    if (c->install.p1 == INSTALL_FOR_LOAD)
        return db_exec(tx, SQL_EXECUTABLE_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id,
                       c->install.load_file, c->install.hash, (int64_t)1);
    if (c->install.p1 & INSTALL_FOR_INSTALL)
        return db_exec(tx, SQL_APPLICATION_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id, (int64_t)0,
                       c->install.application, (int64_t)APPLICATION_INSTALLED);
    return TSM_OK;
}

/* And of one that was not. */
enum tsm_err token_command_not_done(struct turn *t, struct tx *tx, const struct gp_token_command *c)
{
    if (c->ins == INS_DELETE)
        return TSM_OK;
    return c->install.p1 == INSTALL_FOR_LOAD
               ? db_exec(tx, SQL_EXECUTABLE_FORGET, t->el.id, c->install.load_file)
               : db_exec(tx, SQL_APPLICATION_FORGET, t->el.id, c->install.application);
}

static enum tsm_err say(struct turn *t, struct tx *tx, const char *text)
{
    struct note n = {.party = t->el.owner,
                     .trace = t->trace,
                     .station = 11,
                     .role = "sem",
                     .step = "RECEIPT",
                     .text = text};
    return note_add(tx, &n);
}

static enum tsm_err keep_unique(struct turn *t, const struct told *told)
{
    struct gp_confirmation c;
    TRY(confirmation_read(BYTES_OF(told->answer, told->answer_len), &c));
    return bytes_keep(c.sd_unique, t->delegation.unique, sizeof t->delegation.unique,
                      &t->delegation.unique_len);
}

static enum tsm_err take_good(struct turn *t, struct tx *tx, const struct told *told, uint16_t counter)
{
    char text[100];
    TRY(keep_unique(t, told));
    t->delegation.last = counter;
    TRY(db_exec(tx, SQL_DELEGATION_RECEIPT, t->el.id, (int64_t)counter,
                BYTES_OF(t->delegation.unique, t->delegation.unique_len)));
    TRY(db_exec(tx, SQL_DM_TOKEN_SET, told->id, (int64_t)TOKEN_CONFIRMED, (int64_t)counter, tx_now(tx)));
    TRY(token_command_done(t, tx, &told->read));
    snprintf(text, sizeof text, "receipt %04X of token %lld is right", counter, (long long)told->id);
    return say(t, tx, text);
}

static enum tsm_err raise(struct turn *t, struct tx *tx, const char *what, const char *text)
{
    return alarm_raise(tx, &(struct alarm){t->el.owner, t->el.id, t->trace, what, text});
}

/* Something between this receipt and the one before is not known here; the receipt itself is genuine. */
static enum tsm_err take_gap(struct turn *t, struct tx *tx, const struct told *told, uint16_t counter)
{
    char text[120];
    snprintf(text, sizeof text, "the receipt of token %lld has number %04X, %lld was the last one known",
             (long long)told->id, counter, (long long)t->delegation.last);
    if (!t->lost)
        TRY(raise(t, tx, "receipt-gap", text));
    t->lost = true;
    return take_good(t, tx, told, counter);
}

static enum tsm_err judge_one(struct turn *t, struct told *told, struct receipt_judgement *j)
{
    struct sealed_keyset key = delegation_key(&t->delegation);
    struct receipt_terms terms = {.sd_unique = BYTES_OF(t->delegation.unique, t->delegation.unique_len),
                                  .last = (int32_t)t->delegation.last};
    struct receipt_case c = {.key = signing_sealed(&key),
                             .terms = &terms,
                             .event = &told->event,
                             .answer = BYTES_OF(told->answer, told->answer_len)};
    return vault_judge_receipt(t->talk.vault, &c, j);
}

/* Refused: the order fails by it. *failed says so. */
static enum tsm_err take_one(struct turn *t, struct tx *tx, const json_t *one, bool *failed)
{
    struct told told;
    struct receipt_judgement j;
    TRY(load_told(t, tx, one, &told));
    if (told.state == TOKEN_CONFIRMED && told.answer_len == 0)
        return TSM_OK;
    TRY(judge_one(t, &told, &j));
    switch (j.verdict) {
    case RECEIPT_GOOD:
        return take_good(t, tx, &told, j.counter);
    case RECEIPT_GAP:
        return take_gap(t, tx, &told, j.counter);
    case RECEIPT_MISSING:
        t->lost = true;
        return db_exec(tx, SQL_DM_TOKEN_SET, told.id, (int64_t)TOKEN_LOST, (int64_t)-1, (int64_t)0);
    default:
        break;
    }
    *failed = receipt_failure(&j, (int32_t)t->delegation.last, &t->talk.failure);
    if (told.state != TOKEN_CONFIRMED)
        TRY(db_exec(tx, SQL_DM_TOKEN_SET, told.id, (int64_t)TOKEN_REJECTED, (int64_t)-1, tx_now(tx)));
    return raise(t, tx, j.verdict == RECEIPT_REPLAYED ? "receipt-replayed" : "receipt-refused",
                 t->talk.failure.reason);
}

/* {token, sw}: the card said no. Its keys are not the owner's, or somebody sent another command. */
static enum tsm_err take_refused(struct turn *t, struct tx *tx, const json_t *one)
{
    struct told told;
    char text[160];
    TRY(load_told(t, tx, one, &told));
    snprintf(text, sizeof text, "the secure element refused token %lld with %.4s", (long long)told.id,
             json_member(one, "sw"));
    TRY(db_exec(tx, SQL_DM_TOKEN_SET, told.id, (int64_t)TOKEN_REFUSED, (int64_t)-1, tx_now(tx)));
    TRY(token_command_not_done(t, tx, &told.read));
    return raise(t, tx, "token-refused", text);
}

static enum tsm_err take_all(struct turn *t, struct tx *tx, bool *failed)
{
    const json_t *one, *refused = json_object_get(t->body, "refused");
    size_t i;
    json_array_foreach(json_object_get(t->body, "receipts"), i, one) if (!*failed)
        TRY(take_one(t, tx, one, failed));
    return refused ? take_refused(t, tx, refused) : TSM_OK;
}

static enum tsm_err answer_of(struct turn *t, struct tx *tx, bool failed, json_t **answer)
{
    json_t *o, *events;
    if (failed)
        o = json_pack("{so sb}", "failure", failure_json(&t->talk.failure), "changed", 1);
    else
        o = json_pack("{sI}", "counter", (json_int_t)t->delegation.last);
    NEED(o != NULL, NO_MEMORY);
    if (note_list(tx, t->el.owner, t->trace, tx_now(tx), &events) == TSM_OK)
        json_object_set_new(o, "events", events);
    *answer = o;
    return TSM_OK;
}

/* *answer NULL: the card is asked first, and a job answers. */
static enum tsm_err verify(struct turn *t, struct tx *tx, const struct partner_call *call, json_t *ask,
                           json_t **answer)
{
    bool failed = false;
    int64_t job;
    t->body = ask;
    t->trace = call->trace;
    t->call = call->id;
    TRY(element_of_json(tx, call->party, json_object_get(ask, "se"), &t->el));
    TRY(json_member_hex(ask, "domain", t->domain.aid, sizeof t->domain.aid, &t->domain.aid_len));
    TRY(domain_of_provider(t, tx, call->peer));
    TRY(delegation_load(tx, t->el.id, &t->delegation));
    TRY(t->sem->c.vault_of(t->sem->c.self, call->party, &t->talk.vault));
    TRY(take_all(t, tx, &failed));
    t->body = NULL;
    if (failed || !t->lost || json_is_true(json_object_get(ask, "closing")))
        return answer_of(t, tx, failed, answer);
    return work_accept(t, tx, call, ask, &job);
}

enum tsm_err receipts_verify(struct sem *sem, struct tx *tx, const struct partner_call *call, json_t *ask,
                             json_t **answer)
{
    struct turn *t = calloc(1, sizeof *t);
    enum tsm_err e;
    NEED(t != NULL, NO_MEMORY);
    *answer = NULL;
    t->sem = sem;
    t->verb = VERB_VERIFY_RECEIPT;
    e = verify(t, tx, call, ask, answer);
    free(t);
    return e;
}

enum tsm_err sem_verify_receipt(void *self, struct tx *tx, const struct partner_call *call)
{
    struct sem *sem = self;
    struct failure f;
    json_t *ask = NULL, *answer = NULL;
    enum tsm_err e = json_read(bytes_of_text(call->body), &ask);
    if (e == TSM_OK)
        e = receipts_verify(sem, tx, call, ask, &answer);
    json_decref(ask);
    if (e == TSM_OK)
        return answer ? partner_reply_json(sem->c.partners, tx, call->id, answer) : TSM_OK;
    if (err_may_retry(e))
        return e;
    failure_set(&f, OWNER_SEM, "correct the call; nothing was taken over", "%s",
                err_cause()[0] ? err_cause() : err_text(e));
    return partner_refuse(sem->c.partners, tx, call->id, &f);
}
