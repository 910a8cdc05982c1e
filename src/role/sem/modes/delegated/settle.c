/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose receipts were lost are settled by asking the card: what it has, and how far it has counted.
 * Stations 5 and 11. Role. [GPCS 9.1.3.6, 11.3, 11.4; DESIGN 4, rule 3] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "gp/tlv.h"
#include "order/plan_script.h"
#include "role/sem/modes/steps.h"

enum { LOAD_FILE_OBJECT = 0, FIRST_APPLICATION = 1 };

/* The objects of the tokens of a call that are lost. */
struct lost {
    int64_t id;
    struct bytes object;
    bool load_file;
    struct gp_token_command read;
    uint8_t command[TOKEN_COMMAND_MAX];
};

static enum tsm_err load_lost(struct turn *t, struct tx *tx, const json_t *one, struct lost *out, bool *is)
{
    const char *number = json_member(one, "token");
    size_t n;
    ROWS r = {0};
    *is = false;
    if (!text_is_digits(number, 1, 19))
        return TSM_OK;
    out->id = strtoll(number, NULL, 10);
    TRY(db_first(tx, &r, SQL_DM_TOKEN_GET, out->id, t->el.id, t->domain.holder));
    *is = db_int(&r, 1) == TOKEN_LOST || db_int(&r, 1) == TOKEN_SETTLED_DONE ||
          db_int(&r, 1) == TOKEN_SETTLED_NOT_DONE; /* the same objects in each turn */
    TRY(bytes_keep(db_blob(&r, 0), out->command, sizeof out->command, &n));
    TRY(gp_token_command_read(BYTES_OF(out->command, n), &out->read));
    if (out->read.ins == INS_DELETE) {
        out->object = out->read.deletion.aid;
        out->load_file = out->read.deletion.related;
    } else {
        out->load_file = out->read.install.p1 == INSTALL_FOR_LOAD;
        out->object = out->load_file ? out->read.install.load_file : out->read.install.application;
    }
    return TSM_OK;
}

enum tsm_err settle_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    (void)nothing;
    return domain_of_provider(t, tx, provider);
}

static enum tsm_err ask_for(struct turn *t, const struct lost *l)
{
    struct plan_facts *f = &t->facts;
    struct plan_application *a = &f->applications[f->n_applications];
    size_t n;
    if (l->load_file) {
        TRY(bytes_keep(l->object, t->package_domain, sizeof t->package_domain, &n));
        f->package_aid = BYTES_OF(t->package_domain, n);
        return TSM_OK;
    }
    if (f->n_applications + FIRST_APPLICATION >= CONFIRM_OBJECTS)
        return TSM_OK; /* a call has no more than that */
    TRY(bytes_keep(l->object, a->instance, sizeof a->instance, &a->instance_len));
    f->n_applications++;
    return TSM_OK;
}

enum tsm_err settle_load(struct turn *t, struct tx *tx)
{
    const json_t *one;
    size_t i;
    TRY(delegation_load(tx, t->el.id, &t->delegation));
    json_array_foreach(json_object_get(t->body, "receipts"), i, one)
    {
        struct lost l = {0};
        bool is;
        TRY(load_lost(t, tx, one, &l, &is));
        if (is)
            TRY(ask_for(t, &l));
    }
    return TSM_OK;
}

/* Registry entries are there or the card says 6A88. */
static bool has_entry(const struct step_answer *a, struct bytes aid, bool load_file)
{
    uint8_t life;
    return registry_has(a, 1, load_file ? STATUS_LOAD_FILES : STATUS_APPLICATIONS, aid, &life);
}

void settle_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer)
{
    struct settlement *s = &t->settlement;
    struct reader r = READER(answer->data);
    size_t object =
        !strcmp(step->name, "CONFIRM_LOAD_FILE") ? LOAD_FILE_OBJECT : (size_t)(FIRST_APPLICATION + step->arg);
    struct tlv t2;
    if (!strcmp(step->name, "CONFIRM_COUNTER")) {
        s->counter_told = tlv_next(&r, &t2) == TSM_OK && t2.value.len == sizeof s->counter;
        r = READER(t2.value);
        s->counter_told = s->counter_told && read_u16(&r, &s->counter) == TSM_OK;
        return;
    }
    if (strncmp(step->name, "CONFIRM_", strlen("CONFIRM_")) != 0)
        return;
    s->asked[object] = true;
    s->there[object] = has_entry(
        answer, object == LOAD_FILE_OBJECT ? t->facts.package_aid : application_aid(&t->facts, step->arg),
        object == LOAD_FILE_OBJECT);
}

static bool was_told(const struct turn *t, const struct lost *l, bool *there)
{
    const struct settlement *s = &t->settlement;
    if (l->load_file) {
        *there = s->there[LOAD_FILE_OBJECT];
        return s->asked[LOAD_FILE_OBJECT];
    }
    for (size_t i = 0; i < t->facts.n_applications; i++)
        if (bytes_equal(application_aid(&t->facts, (int)i), l->object)) {
            *there = s->there[FIRST_APPLICATION + i];
            return s->asked[FIRST_APPLICATION + i];
        }
    return false;
}

static enum tsm_err settle_one(struct turn *t, struct tx *tx, const struct lost *l)
{
    bool there, done;
    char text[120];
    struct note n = {.party = t->el.owner,
                     .trace = t->trace,
                     .station = 11,
                     .role = "sem",
                     .step = "SETTLED",
                     .text = text};
    if (!was_told(t, l, &there))
        return TSM_OK;
    done = (l->read.ins == INS_DELETE) != there;
    snprintf(text, sizeof text, "by the card's registry the command of token %lld was %sdone",
             (long long)l->id, done ? "" : "not ");
    TRY(note_add(tx, &n));
    TRY(done ? token_command_done(t, tx, &l->read) : token_command_not_done(t, tx, &l->read));
    return db_exec(tx, SQL_DM_TOKEN_SET, l->id, (int64_t)(done ? TOKEN_SETTLED_DONE : TOKEN_SETTLED_NOT_DONE),
                   (int64_t)-1, tx_now(tx));
}

/* The counter that the next receipt is judged by, from the number of receipts that the card has made. It
 * began with 0 or with 1 [C.5, 9.1.3.6]: the first receipt that is known says which. Where none is, any may
 * come. */
static enum tsm_err take_counter(struct turn *t, struct tx *tx)
{
    int64_t last = RECEIPT_NONE_YET, base;
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_DM_TOKEN_BASE, t->el.id);
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
        base = e == TSM_OK ? db_int(&r, 0) : RECEIPT_NONE_YET;
    }
    if (base == 0 || base == 1)
        last = (int64_t)t->settlement.counter - 1 + base;
    if (!t->settlement.counter_told || last < t->delegation.last)
        return TSM_OK;
    t->delegation.last = last;
    return db_exec(tx, SQL_DELEGATION_RECEIPT, t->el.id, last,
                   BYTES_OF(t->delegation.unique, t->delegation.unique_len));
}

enum tsm_err settle_counter(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return take_counter(t, tx);
}

/* Each answer is written down with its step: the next one is read in another turn. */
enum tsm_err settle_objects(struct turn *t, struct tx *tx, int arg)
{
    const json_t *one;
    size_t i;
    (void)arg;
    json_array_foreach(json_object_get(t->body, "receipts"), i, one)
    {
        struct lost l = {0};
        bool is;
        TRY(load_lost(t, tx, one, &l, &is));
        if (is)
            TRY(settle_one(t, tx, &l));
    }
    return TSM_OK;
}

enum tsm_err settle_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    (void)tx;
    (void)job;
    *reply = json_pack("{sI sb}", "counter", (json_int_t)t->delegation.last, "settled", 1);
    return TSM_OK;
}
