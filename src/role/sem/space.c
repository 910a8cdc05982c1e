/* SPDX-License-Identifier: Apache-2.0 */
/* Immediate answers to partners: space booked and given back. Stations 4 and 6. Role.
 * [capability S8] */
#include <stdlib.h>

#include "role/sem/work.h"

static const struct json_row asked_rows[] = {
    {"se", JSON_VALUE, offsetof(struct asked, se), 0, 0, JSON_NEEDED, NULL},
    {"service", JSON_TEXT, offsetof(struct asked, service), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"ref", JSON_TEXT, offsetof(struct asked, ref), 0, BOOKING_REF_MAX, JSON_OPTIONAL, NULL},
    {"seconds", JSON_INT, offsetof(struct asked, seconds), 1, BOOKING_S, JSON_OPTIONAL, NULL},
    {"bytes", JSON_INT, offsetof(struct asked, bytes), 0, 1 << 30, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

enum tsm_err space_booked(struct tx *tx, int64_t se, int64_t provider, const char *ref, int64_t *bytes)
{
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_BOOKING_SUM, se, tx_now(tx)));
        *bytes = db_int(&r, 0);
    }
    ROWS own = {0};
    enum tsm_err e = db_first(tx, &own, SQL_BOOKING_GET, se, provider, ref);
    if (e == TSM_OK && (db_int(&own, 1) == 0 || db_int(&own, 1) > tx_now(tx)))
        *bytes -= db_int(&own, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

struct scene {
    struct asked a;
    struct element el;
    int64_t others;
};

/* AIDs are told in either case. */
static void upper(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

/* The call read and its element found; an unknown element is answered, and *known is false. */
static enum tsm_err set_scene(struct sem *sem, struct tx *tx, const struct partner_call *call,
                              struct scene *s, bool *known)
{
    json_t *o;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &o));
    e = json_fill(o, asked_rows, &s->a);
    upper(s->a.ref);
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
    return space_booked(tx, s->el.id, call->peer, s->a.ref, &s->others);
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
    TRY(db_exec(tx, SQL_BOOKING_SET, store_id(tx_store(tx)), s.el.id, call->peer, s.a.ref, s.a.bytes,
                tx_now(tx) + SECONDS(s.a.seconds ? s.a.seconds : BOOKING_S)));
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
    TRY(db_exec(tx, SQL_BOOKING_DELETE, s.el.id, call->peer, s.a.ref));
    return partner_reply_json(((struct sem *)self)->c.partners, tx, call->id, json_object());
}
