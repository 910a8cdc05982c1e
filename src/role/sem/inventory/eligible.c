/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Is this element fit for my service?": the provider sends what each of its flavors needs, the owner judges
 * the one that names the element's profile and tells every reason against. Station 4. Role. [capability S9]
 */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "engine/element/block.h"
#include "order/eligibility.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/inventory/row.h"
#include "role/sem/work.h"

enum { BYTES_MAX = 1 << 30, SESSION_MAX = 39, AIDS_MAX = PLAN_APPLICATIONS_MAX + 1 };

struct question {
    json_t *se, *flavors; /* borrowed from the document */
    char service[PROFILE_NAME_MAX + 1], session[SESSION_MAX + 1], ref[BOOKING_REF_MAX + 1];
    int64_t bytes, session_until;
    bool certified;
};
static const struct json_row question_rows[] = {
    {"se", JSON_VALUE, offsetof(struct question, se), 0, 0, JSON_NEEDED, NULL},
    {"service", JSON_TEXT, offsetof(struct question, service), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"flavors", JSON_VALUE, offsetof(struct question, flavors), 0, 0, JSON_OPTIONAL, NULL},
    {"bytes", JSON_INT, offsetof(struct question, bytes), 0, BYTES_MAX, JSON_OPTIONAL, NULL},
    {"certified", JSON_BOOL, offsetof(struct question, certified), 0, 0, JSON_OPTIONAL, NULL},
    {"session", JSON_TEXT, offsetof(struct question, session), 0, SESSION_MAX, JSON_OPTIONAL, NULL},
    {"session_until", JSON_INT, offsetof(struct question, session_until), 0, INT64_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

/* What one flavor needs. */
struct need {
    json_t *profiles, *aids; /* aids: hex, of domain and applications */
    char ref[BOOKING_REF_MAX + 1];
    int64_t bytes;
    bool certified, dap;
};
static const struct json_row need_rows[] = {
    {"profiles", JSON_VALUE, offsetof(struct need, profiles), 0, 0, JSON_NEEDED, NULL},
    {"aids", JSON_VALUE, offsetof(struct need, aids), 0, 0, JSON_OPTIONAL, NULL},
    {"ref", JSON_TEXT, offsetof(struct need, ref), 0, BOOKING_REF_MAX, JSON_OPTIONAL, NULL},
    {"bytes", JSON_INT, offsetof(struct need, bytes), 0, BYTES_MAX, JSON_OPTIONAL, NULL},
    {"certified", JSON_BOOL, offsetof(struct need, certified), 0, 0, JSON_OPTIONAL, NULL},
    {"dap", JSON_BOOL, offsetof(struct need, dap), 0, 0, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

struct scene {
    const struct partner_call *call;
    struct question q;
    struct need need;
    struct element el;
    struct standing standing;
    struct eligibility_facts facts;
};

static bool lists(const json_t *texts, const char *text)
{
    const json_t *one;
    size_t i;
    json_array_foreach(texts, i,
                       one) if (json_is_string(one) && !strcmp(json_string_value(one), text)) return true;
    return false;
}

/* The need of the first flavor that names the profile; without flavors, what the question says itself. */
static enum tsm_err choose_need(struct scene *s)
{
    const json_t *flavor;
    size_t i;
    if (!s->q.flavors) {
        s->need = (struct need){.bytes = s->q.bytes, .certified = s->q.certified};
        return TSM_OK;
    }
    json_array_foreach(s->q.flavors, i, flavor)
    {
        struct need n = {.bytes = 0};
        TRY(json_fill_known(flavor, need_rows, &n));
        if (!lists(n.profiles, s->el.profile.name))
            continue;
        s->need = n;
        return TSM_OK;
    }
    s->facts.no_flavor = true;
    return TSM_OK;
}

static enum tsm_err shut_out(struct tx *tx, struct scene *s)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ACCESS_GET, s->call->party, s->call->peer);
    s->facts.shut_out = e == TSM_OK && db_int(&r, 0) == 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err aids_taken(struct tx *tx, struct scene *s)
{
    const json_t *one;
    size_t i;
    json_array_foreach(s->need.aids, i, one)
    {
        uint8_t aid[16];
        size_t n;
        ROWS r = {0};
        enum tsm_err e;
        if (i >= AIDS_MAX || !json_is_string(one) ||
            hex_read(json_string_value(one), aid, sizeof aid, &n) != TSM_OK)
            return FAIL_FIELD(BAD_VALUE, "aids", "aids are at most %d hex texts of at most 16 bytes",
                              AIDS_MAX);
        e = db_first(tx, &r, SQL_AID_OF_ANOTHER, s->el.id, BYTES_OF(aid, n), s->call->peer);
        s->facts.aid_taken = s->facts.aid_taken || e == TSM_OK;
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
    }
    return TSM_OK;
}

static enum tsm_err gather(struct tx *tx, struct scene *s)
{
    struct eligibility_facts *f = &s->facts;
    TRY(choose_need(s));
    TRY(standing_load(tx, s->el.id, &s->standing));
    TRY(space_booked(tx, s->el.id, s->call->peer, s->need.ref, &f->booked));
    TRY(shut_out(tx, s));
    TRY(aids_taken(tx, s));
    f->profile = &s->el.profile;
    f->state = (enum se_state)s->el.state;
    f->subscription = (enum se_subscription)s->standing.subscription;
    f->device = (enum se_device)s->standing.device;
    f->needed = s->need.bytes;
    f->certified = s->need.certified;
    f->wants_dap = s->need.dap;
    return TSM_OK;
}

static enum tsm_err open_session(struct tx *tx, const struct scene *s)
{
    if (s->el.profile.bearer != BEARER_SERAM || !s->q.session[0] || s->el.state != SE_ACTIVE)
        return TSM_OK;
    return db_exec(tx, SQL_SERAM_ADD, s->q.session, s->call->party, s->el.id, (int64_t)0, s->q.session_until);
}

static enum tsm_err profile_json(struct tx *tx, int64_t profile, json_t **out)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PROFILE_BY_ID, profile));
    return json_read(bytes_of_text(db_text(&r, 0)), out);
}

/* Where a number decides, it is told. */
static json_t *reason_text(const struct eligibility_facts *f, enum eligibility_reason reason)
{
    const char *text = eligibility_reason_text(reason);
    return reason == REASON_NOT_ENOUGH_SPACE
               ? json_sprintf("%s: %lld bytes are asked for, %lld of %lld are booked", text,
                              (long long)f->needed, (long long)f->booked, (long long)f->profile->memory)
               : json_string(text);
}

static enum tsm_err answer(struct tx *tx, const struct scene *s, json_t **out)
{
    json_t *reasons, *codes, *next, *profile;
    struct eligibility v;
    TRY(profile_json(tx, s->el.profile_id, &profile));
    reasons = json_array();
    codes = json_array();
    next = json_array();
    eligibility_judge(&s->facts, &v);
    for (size_t i = 0; i < v.n; i++) {
        json_array_append_new(reasons, reason_text(&s->facts, v.reason[i]));
        json_array_append_new(codes, json_string(eligibility_reason_word(v.reason[i])));
        json_array_append_new(next, json_string(eligibility_reason_next(v.reason[i])));
    }
    *out = json_pack("{sb ss so so so so so}", "eligible", v.n == 0, "owner",
                     v.n ? fault_owner_word(eligibility_reason_owner(v.reason[0])) : "", "reasons", reasons,
                     "codes", codes, "next_actions", next, "profile", profile, "element",
                     json_sprintf("%lld", (long long)s->el.id));
    return *out ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

static json_t *unknown_here(void)
{
    struct failure f;
    failure_set(&f, OWNER_SEM, "compare the identifier with the owner's inventory, or ask another owner",
                "%s", err_cause());
    return json_pack("{so}", "failure", failure_json(&f));
}

static enum tsm_err judge(struct tx *tx, struct scene *s, const json_t *body, json_t **reply)
{
    struct failure f;
    bool closed;
    enum tsm_err e;
    TRY(json_fill(body, question_rows, &s->q));
    e = element_of_json(tx, s->call->party, s->q.se, &s->el);
    if (e == TSM_NOT_FOUND) {
        *reply = unknown_here();
        s->q.session[0] = 0;
        return TSM_OK;
    }
    TRY(e);
    TRY(block_judge(tx, &s->el, s->call->peer, &f, &closed));
    if (closed && s->el.state == SE_ACTIVE) { /* this provider's part of it alone: S11 */
        *reply = json_pack("{so}", "failure", failure_json(&f));
        s->q.session[0] = 0;
        return TSM_OK;
    }
    TRY(gather(tx, s));
    return answer(tx, s, reply);
}

/* Judged; the scene is told to `then` while its body is there. */
static enum tsm_err ask(struct tx *tx, const struct partner_call *call,
                        enum tsm_err (*then)(struct tx *tx, const struct scene *s), json_t **reply)
{
    struct scene *s;
    json_t *body;
    enum tsm_err e;
    *reply = NULL;
    TRY(json_read(bytes_of_text(call->body), &body));
    s = calloc(1, sizeof *s);
    if (s)
        s->call = call;
    e = s ? judge(tx, s, body, reply) : FAIL(NO_MEMORY, "no memory for a question");
    if (e == TSM_OK && then)
        e = then(tx, s);
    free(s);
    json_decref(body);
    if (e != TSM_OK) {
        json_decref(*reply);
        *reply = NULL;
    }
    return e;
}

enum tsm_err sem_check_eligibility(void *self, struct tx *tx, const struct partner_call *call)
{
    struct sem *sem = self;
    json_t *reply;
    TRY(ask(tx, call, open_session, &reply));
    return partner_reply_json(sem->c.partners, tx, call->id, reply);
}

enum tsm_err sem_look_eligibility(void *self, struct tx *tx, const struct partner_call *call, json_t **reply)
{
    (void)self;
    return ask(tx, call, NULL, reply);
}
