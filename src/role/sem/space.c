/* SPDX-License-Identifier: Apache-2.0 */
/* Immediate answers to partners: is the element fit, space booked and given back. Stations 4 and 6. Role.
 * [capabilities S8, S9] */
#include <stdlib.h>

#include "order/eligibility.h"
#include "role/sem/work.h"

static const struct json_row asked_rows[] = {
    {"se", JSON_VALUE, offsetof(struct asked, se), 0, 0, JSON_NEEDED, NULL},
    {"service", JSON_TEXT, offsetof(struct asked, service), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"bytes", JSON_INT, offsetof(struct asked, bytes), 0, 1 << 30, JSON_OPTIONAL, NULL},
    {"session", JSON_TEXT, offsetof(struct asked, session), 0, 39, JSON_OPTIONAL, NULL},
    {"session_until", JSON_INT, offsetof(struct asked, session_until), 0, INT64_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

/* Bytes that bookings hold on an element, without those of one provider. */
static enum tsm_err booked(struct tx *tx, int64_t se, int64_t provider, int64_t *bytes)
{
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_BOOKING_SUM, se, tx_now(tx)));
        *bytes = db_int(&r, 0);
    }
    ROWS own = {0};
    enum tsm_err e = db_first(tx, &own, SQL_BOOKING_GET, se, provider);
    if (e == TSM_OK && (db_int(&own, 1) == 0 || db_int(&own, 1) > tx_now(tx)))
        *bytes -= db_int(&own, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

struct scene {
    struct asked a;
    struct element el;
    int64_t others;
};

/* The call read and its element found; an unknown element is answered, and *known is false. */
static enum tsm_err set_scene(struct sem *sem, struct tx *tx, const struct partner_call *call,
                              struct scene *s, bool *known)
{
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &o));
    e = json_fill(o, asked_rows, &s->a);
    if (e == TSM_OK)
        e = element_of_json(tx, call->party, s->a.se, &s->el);
    json_decref(o);
    *known = e == TSM_OK;
    if (e == TSM_NOT_FOUND) {
        struct failure f;
        failure_set(&f, OWNER_SEM, "compare the identifier with the owner's inventory, or ask another owner",
                    "%s", err_cause());
        return partner_refuse(sem->c.partners, tx, call->id, &f);
    }
    TRY(e);
    return booked(tx, s->el.id, call->peer, &s->others);
}

static enum tsm_err open_session(struct tx *tx, const struct partner_call *call, const struct scene *s)
{
    if (s->el.profile.bearer != BEARER_SERAM || !s->a.session[0])
        return TSM_OK;
    return db_exec(tx, SQL_SERAM_ADD, s->a.session, call->party, s->el.id, (int64_t)0, s->a.session_until);
}

enum tsm_err sem_check_eligibility(void *self, struct tx *tx, const struct partner_call *call)
{
    struct scene s = {0};
    struct eligibility_facts facts;
    struct eligibility verdict;
    json_t *reasons, *profile;
    bool known;
    TRY(set_scene(self, tx, call, &s, &known));
    if (!known)
        return TSM_OK;
    facts = (struct eligibility_facts){.profile = &s.el.profile,
                                       .state = (enum se_state)s.el.state,
                                       .needed = s.a.bytes,
                                       .booked = s.others};
    eligibility_judge(&facts, &verdict);
    TRY(open_session(tx, call, &s));
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_PROFILE_BY_NAME, s.el.profile.name));
        profile = json_loads(db_text(&r, 1), 0, NULL);
    }
    reasons = json_array();
    for (size_t i = 0; i < verdict.n; i++)
        json_array_append_new(reasons, json_string(eligibility_reason_text(verdict.reason[i])));
    return partner_reply_json(((struct sem *)self)->c.partners, tx, call->id,
                              json_pack("{sb so so so}", "eligible", verdict.n == 0, "reasons", reasons,
                                        "profile", profile, "element",
                                        json_sprintf("%lld", (long long)s.el.id)));
}

enum tsm_err sem_book_space(void *self, struct tx *tx, const struct partner_call *call)
{
    struct sem *sem = self;
    struct scene s = {0};
    struct failure f;
    bool known;
    TRY(set_scene(self, tx, call, &s, &known));
    if (!known)
        return TSM_OK;
    if (s.others + s.a.bytes > s.el.profile.memory) {
        failure_set(&f, OWNER_SE, "free space on the secure element or wait until a booking ends",
                    "%lld bytes are asked for, %lld of %lld are booked by others", (long long)s.a.bytes,
                    (long long)s.others, (long long)s.el.profile.memory);
        return partner_refuse(sem->c.partners, tx, call->id, &f);
    }
    TRY(db_exec(tx, SQL_BOOKING_SET, store_id(tx_store(tx)), s.el.id, call->peer, s.a.bytes,
                tx_now(tx) + SECONDS(BOOKING_S)));
    return partner_reply_json(sem->c.partners, tx, call->id,
                              json_pack("{sI}", "booked", (json_int_t)s.a.bytes));
}

enum tsm_err sem_release_space(void *self, struct tx *tx, const struct partner_call *call)
{
    struct scene s = {0};
    bool known;
    TRY(set_scene(self, tx, call, &s, &known));
    if (!known)
        return TSM_OK;
    TRY(db_exec(tx, SQL_BOOKING_DELETE, s.el.id, call->peer));
    return partner_reply_json(((struct sem *)self)->c.partners, tx, call->id, json_object());
}
