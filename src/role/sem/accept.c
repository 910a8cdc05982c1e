/* SPDX-License-Identifier: Apache-2.0 */
/* What providers ask to be done on a secure element: read, judged by the registry, stored as a job. Stations
 * 2 and 6. Role.
 */
#include <stdlib.h>

#include "order/manage/authority.h"
#include "order/manage/mode.h"
#include "engine/element/block.h"
#include "gp/command/command.h"
#include "role/sem/work.h"
#include "vault/keys/keyset.h"
#include "vault/jose/jwk.h"

static enum tsm_err turn_take(struct turn *t, struct arena *arena)
{
    t->call = json_integer_value(json_object_get(t->body, "call"));
    t->verb = json_integer_value(json_object_get(t->body, "verb"));
    t->created = json_integer_value(json_object_get(t->body, "created"));
    t->work = work_of(t->verb);
    NEED(t->work != NULL, BAD_VALUE);
    if (!t->work->no_domain) {
        TRY(json_member_hex(t->body, "domain", t->domain.aid, sizeof t->domain.aid, &t->domain.aid_len));
        if (t->domain.aid_len < AID_MIN)
            return FAIL_FIELD(BAD_VALUE, "domain", "an AID has %d to %d octets", AID_MIN, AID_MAX);
    }
    return t->work->read ? t->work->read(t, arena) : TSM_OK;
}

enum tsm_err turn_read(struct turn *t, struct bytes body, struct arena *arena)
{
    json_t *o;
    TRY(json_read(body, &o));
    t->body = o;
    return turn_take(t, arena);
}

/* The provider's rows of this element; `*nothing`: a removal of what is not there. */
enum tsm_err removal_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    enum tsm_err e = domain_known(tx, &t->el, &t->domain);
    *nothing = e == TSM_NOT_FOUND;
    if (*nothing)
        return TSM_OK;
    TRY(e);
    TRY(domain_of_holder(&t->domain, provider));
    *nothing = t->domain.state < DOMAIN_CREATED; /* planned, and never on the card */
    return *nothing ? domain_forget(tx, &t->el, &t->domain) : TSM_OK;
}

/* Handed over, or the owner's own, whose keys stay here. */
static bool is_in_use(const struct turn *t)
{
    return t->domain.state == DOMAIN_HANDED_OVER ||
           (t->domain.state == DOMAIN_KEYED && t->domain.holder == t->el.owner);
}

enum tsm_err domain_of_provider(struct turn *t, struct tx *tx, int64_t provider)
{
    enum tsm_err e = domain_known(tx, &t->el, &t->domain);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && !is_in_use(t)))
        return FAIL(WRONG_STATE, "the provider has no security domain of this AID on the secure element");
    TRY(e);
    if (!t->call && provider == t->el.owner)
        return TSM_OK; /* the owner's own desk */
    return domain_of_holder(&t->domain, provider);
}

enum tsm_err installation_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    (void)nothing;
    TRY(domain_of_provider(t, tx, provider));
    TRY(domain_of_holder(&t->domain, provider));
    if (mode_row(t->domain.mode)->party != BY_OWNER)
        return FAIL(WRONG_STATE, "the provider loads and installs itself: its domain has mode %s",
                    mode_row(t->domain.mode)->word);
    TRY(registry_load(t, tx));
    return t->foreign
               ? FAIL(CONFLICT, "the load file or an application is another domain's on this secure element")
               : TSM_OK;
}

/* What the provider wishes of its new domain; all of it may be left out. */
enum tsm_err creation_read(struct turn *t, struct arena *arena)
{
    const char *mode = json_member(t->body, "mode"), *way = json_member(t->body, "hand_over");
    enum domain_mode known = MODE_SIMPLE;
    enum hand_over hand = HAND_OVER_RANDOM;
    (void)arena;
    if (*mode)
        TRY(mode_read(mode, &known));
    if (*way)
        TRY(hand_over_read(way, &hand));
    t->domain.mode = (int64_t)known;
    t->domain.hand_over = (int64_t)hand;
    t->domain.dap = json_is_true(json_object_get(t->body, "dap"));
    t->domain.nonvolatile = json_integer_value(json_object_get(t->body, "nonvolatile"));
    if (t->domain.nonvolatile < 0 || t->domain.nonvolatile > PROFILE_MEMORY_MAX)
        return FAIL_FIELD(BAD_VALUE, "nonvolatile", "a domain gets at most %d octets", PROFILE_MEMORY_MAX);
    t->domain.delegates = MAY_ALL;
    return TSM_OK;
}

enum tsm_err creation_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    uint8_t point[P256_POINT];
    (void)nothing;
    if (hand_over_is_confidential(t->domain.hand_over) && t->el.profile.protocol != PROTOCOL_SCP03)
        return FAIL(UNSUPPORTED,
                    "a confidential hand-over gives keys of SCP03: this secure element has none");
    if (t->domain.hand_over == HAND_OVER_SCP11 && !t->el.profile.scp11_i)
        return FAIL(UNSUPPORTED, "the secure element has no SCP11, its profile says");
    TRY(jwk_read(json_object_get(t->body, "jwk"), point));
    TRY(domain_take(tx, &t->el, provider, &t->domain));
    if (t->domain.state == DOMAIN_HANDED_OVER)
        return FAIL(CONFLICT, "the security domain is there and handed over: it must be removed first");
    if (mode_row(t->domain.mode)->tokens)
        TRY(delegation_take(t->sem, tx, &t->el));
    return domain_first_keys(t->sem, tx, &t->el, &t->domain);
}

static enum tsm_err add_work(struct turn *t, struct tx *tx, const struct partner_call *call, int64_t *id)
{
    char *body = json_text(t->ask);
    struct job_new job = {.kind = JOB_DOMAIN,
                          .state = JOB_READY,
                          .party = call->party,
                          .se = t->el.id,
                          .trace = call->trace,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(WORK_DEADLINE_S),
                          .ref = call->id};
    enum tsm_err e;
    NEED(body != NULL, NO_MEMORY);
    job.body = bytes_of_text(body);
    e = job_add(tx, &job, id);
    free(body);
    return e;
}

static enum tsm_err accept(struct turn *t, struct tx *tx, const struct partner_call *call, int64_t *job)
{
    ARENA arena = {0};
    bool nothing = false;
    TRY(turn_take(t, &arena));
    TRY(element_of_json(tx, call->party, json_object_get(t->body, "se"), &t->el));
    TRY(t->work->judge(t, tx, call->peer, &nothing));
    *job = 0;
    if (!nothing)
        return add_work(t, tx, call, job);
    return call->id ? partner_reply_json(t->sem->c.partners, tx, call->id, json_object()) : TSM_OK;
}

enum tsm_err work_accept(struct turn *t, struct tx *tx, const struct partner_call *call, json_t *ask,
                         int64_t *job)
{
    enum tsm_err e;
    json_object_set_new(ask, "created", json_integer(tx_now(tx)));
    json_object_set_new(ask, "call", json_integer(call->id));
    json_object_set_new(ask, "verb", json_integer(t->verb));
    t->ask = t->body = ask; /* the caller's */
    t->trace = call->trace;
    e = accept(t, tx, call, job);
    t->ask = t->body = NULL;
    return e;
}

/* What its owner has blocked is not worked on; an element that is not known is refused further down. */
static enum tsm_err is_closed(struct tx *tx, const struct partner_call *call, const json_t *o,
                              struct failure *f, bool *closed)
{
    struct element el;
    *closed = false;
    if (element_of_json(tx, call->party, json_object_get(o, "se"), &el) != TSM_OK)
        return TSM_OK;
    return block_judge(tx, &el, call->peer, f, closed);
}

/* Rule 8: what will be done is stored with the call that asks for it; what cannot be done is refused at once.
 */
enum tsm_err sem_accept_work(void *self, struct tx *tx, const struct partner_call *call)
{
    struct turn t = {.sem = self, .verb = call->verb};
    struct failure f;
    int64_t job;
    bool closed;
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &o));
    e = is_closed(tx, call, o, &f, &closed);
    if (e == TSM_OK && !closed)
        e = work_accept(&t, tx, call, o, &job);
    json_decref(o);
    if (e == TSM_OK && closed)
        return partner_refuse(t.sem->c.partners, tx, call->id, &f);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&f, OWNER_SEM, "correct the call; nothing was done", "%s",
                err_cause()[0] ? err_cause() : err_text(e));
    return partner_refuse(t.sem->c.partners, tx, call->id, &f);
}
