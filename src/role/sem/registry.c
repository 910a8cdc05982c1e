/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner's registry follows the card step by step: an object is noted before its command leaves, completed
 * when the card has it, taken back when the card refused it. So a provider can have removed what is his, and
 * nothing else. Stations 6 and 11. Role. [GPCS 6.4]
 */
#include <stdio.h>
#include <string.h>

#include "role/sem/work.h"

static struct bytes instance_aid(const struct plan_application *a)
{
    return BYTES_OF(a->instance, a->instance_len);
}

/* Whose is it? 0: no row. */
static enum tsm_err domain_with(struct tx *tx, enum sql_id statement, int64_t se, struct bytes aid,
                                int64_t found[2])
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, statement, se, aid);
    found[0] = e == TSM_OK ? db_int(&r, 0) : 0;
    found[1] = e == TSM_OK ? db_int(&r, 1) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err registry_load(struct turn *t, struct tx *tx)
{
    struct plan_facts *f = &t->facts;
    int64_t found[2];
    TRY(domain_with(tx, SQL_EXECUTABLE_BY_AID, t->el.id, f->package_aid, found));
    t->executable = found[0];
    t->foreign = found[0] && found[1] != t->domain.id;
    f->package_not_ours = !found[0] || t->foreign;
    for (size_t i = 0; i < f->n_applications; i++) {
        TRY(domain_with(tx, SQL_APPLICATION_BY_AID, t->el.id, instance_aid(&f->applications[i]), found));
        f->applications[i].not_ours = !found[0] || found[1] != t->domain.id;
        t->foreign = t->foreign || (found[0] && found[1] != t->domain.id);
    }
    return TSM_OK;
}

static enum tsm_err add_executable(struct turn *t, struct tx *tx, bool certain)
{
    const struct plan_facts *f = &t->facts;
    return db_exec(tx, SQL_EXECUTABLE_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id, f->package_aid,
                   f->load_hash, certain ? (int64_t)f->load_file.len : (int64_t)0);
}

static enum tsm_err add_application(struct turn *t, struct tx *tx, int arg, bool certain)
{
    int64_t found[2];
    TRY(domain_with(tx, SQL_EXECUTABLE_BY_AID, t->el.id, t->facts.package_aid, found));
    return db_exec(tx, SQL_APPLICATION_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id, found[0],
                   instance_aid(&t->facts.applications[arg]),
                   (int64_t)(certain ? APPLICATION_INSTALLED : APPLICATION_PLANNED));
}

static enum tsm_err set_domain(struct turn *t, struct tx *tx, enum domain_state state)
{
    return db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)state, t->domain.tar);
}

/* One row a step that makes or removes an object: what the registry says before it, after it, and when it was
 * refused. */
enum object { OBJECT_DOMAIN, OBJECT_EXECUTABLE, OBJECT_APPLICATION };
static const struct object_row {
    const char *step;
    enum object object;
    bool removes;
} object_rows[] = {
    {"INSTALL_DOMAIN", OBJECT_DOMAIN, false},       {"LOAD", OBJECT_EXECUTABLE, false},
    {"INSTALL_PAYMENT", OBJECT_APPLICATION, false}, {"INSTALL_PPSE", OBJECT_APPLICATION, false},
    {"DELETE_PAYMENT", OBJECT_APPLICATION, true},   {"DELETE_PPSE", OBJECT_APPLICATION, true},
    {"DELETE_LOAD_FILE", OBJECT_EXECUTABLE, true},
};

static const struct object_row *row_of(const struct plan_step *step)
{
    for (size_t i = 0; i < sizeof object_rows / sizeof object_rows[0]; i++)
        if (!strcmp(object_rows[i].step, step->name))
            return &object_rows[i];
    return NULL;
}

static enum tsm_err note_made(struct turn *t, struct tx *tx, const struct plan_step *step, bool certain)
{
    switch (row_of(step)->object) {
    case OBJECT_DOMAIN:
        return set_domain(t, tx, DOMAIN_CREATED);
    case OBJECT_EXECUTABLE:
        return add_executable(t, tx, certain);
    case OBJECT_APPLICATION:
        break;
    }
    return add_application(t, tx, step->arg, certain);
}

enum tsm_err registry_before(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = talk_step(&t->talk);
    if (!t->talk.changing || t->state.position || !row_of(step) || row_of(step)->removes)
        return TSM_OK;
    return note_made(t, tx, step, false);
}

enum tsm_err registry_after(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = t->talk.said;
    const struct object_row *row = row_of(step);
    if (!row)
        return TSM_OK;
    if (!row->removes)
        return note_made(t, tx, step, true);
    return row->object == OBJECT_EXECUTABLE
               ? db_exec(tx, SQL_EXECUTABLE_DELETE, t->el.id, t->facts.package_aid)
               : db_exec(tx, SQL_APPLICATION_DELETE, t->el.id,
                         instance_aid(&t->facts.applications[step->arg]));
}

enum tsm_err registry_refused(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = t->talk.said;
    const struct object_row *row = row_of(step);
    if (!t->talk.refused || !row || row->removes)
        return TSM_OK;
    switch (row->object) {
    case OBJECT_DOMAIN:
        return set_domain(t, tx, DOMAIN_PLANNED);
    case OBJECT_EXECUTABLE:
        return db_exec(tx, SQL_EXECUTABLE_FORGET, t->el.id, t->facts.package_aid);
    case OBJECT_APPLICATION:
        break;
    }
    return db_exec(tx, SQL_APPLICATION_FORGET, t->el.id, instance_aid(&t->facts.applications[step->arg]));
}

enum tsm_err domain_forget(struct tx *tx, const struct element *el, const struct domain *d)
{
    TRY(db_exec(tx, SQL_KEYSET_DELETE_ALL, d->id, el->owner));
    TRY(db_exec(tx, SQL_DOMAIN_DELETE, d->id));
    return db_exec(tx, SQL_BOOKING_DELETE, el->id, d->holder);
}

enum tsm_err work_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    const char *verb = partner_verb_word(t->verb);
    char key[80];
    *reply = NULL;
    if (t->verb == VERB_CREATE_DOMAIN)
        TRY(domain_hand_over(t, tx, job, reply));
    else if (t->verb == VERB_LOAD_AND_INSTALL)
        TRY(db_exec(tx, SQL_BOOKING_SET, store_id(tx_store(tx)), t->el.id, t->domain.holder,
                    (int64_t)t->facts.load_file.len, (int64_t)0));
    else
        TRY(domain_forget(tx, &t->el, &t->domain));
    if (!*reply)
        *reply = json_object();
    snprintf(key, sizeof key, "%s:%lld", verb, (long long)job->id);
    TRY(usage_add(tx, job->party, key, BYTES(job->trace), verb, 1));
    return audit_add(tx, &(struct audit_leaf){job->party, BYTES(job->trace), verb, "{}"});
}
