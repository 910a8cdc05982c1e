/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner's registry follows the card step by step: an object is noted before its command leaves, completed
 * when the card has it, taken back when the card refused it. So a provider can have removed what is his, and
 * nothing else. Stations 6 and 11. Role. [GPCS 6.4]
 */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "engine/element/keyset.h"
#include "role/sem/content/usage.h"
#include "order/manage/applications.h"
#include "order/manage/mode.h"
#include "role/sem/modes/steps.h"
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

/* A load file that is there for another service, octet by octet the same: it is installed from, not loaded
 * again. One whose loading was only begun is nobody else's yet. */
static enum tsm_err load_package(struct turn *t, struct tx *tx, int64_t *domain)
{
    struct plan_facts *f = &t->facts;
    struct bytes owner;
    size_t n;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_EXECUTABLE_WITH_DOMAIN, t->el.id, f->package_aid);
    *domain = 0;
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    t->executable = db_int(&r, 0);
    *domain = db_int(&r, 1);
    f->package_there =
        *domain != t->domain.id && db_int(&r, 3) > 0 && bytes_equal(db_blob(&r, 2), f->load_hash);
    owner = *domain == t->el.id ? BYTES_OF(t->el.profile.isd_aid, t->el.profile.isd_aid_len) : db_blob(&r, 4);
    TRY(bytes_keep(owner, t->package_domain, sizeof t->package_domain, &n));
    f->package_domain = BYTES_OF(t->package_domain, n);
    return TSM_OK;
}

/* It is deleted with its last user: by its own domain, or when the issuer's keeps it for nobody else. */
static enum tsm_err judge_package(struct turn *t, struct tx *tx, int64_t domain)
{
    struct plan_facts *f = &t->facts;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_EXECUTABLE_USED, t->executable, t->domain.id);
    f->package_used = e == TSM_OK;
    f->package_not_ours = !t->executable || (domain != t->domain.id && domain != t->el.id);
    t->foreign = t->executable && domain != t->domain.id && !f->package_there;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err registry_load(struct turn *t, struct tx *tx)
{
    struct plan_facts *f = &t->facts;
    int64_t found[2], domain;
    TRY(load_package(t, tx, &domain));
    TRY(judge_package(t, tx, domain));
    for (size_t i = 0; i < f->n_applications; i++) {
        TRY(domain_with(tx, SQL_APPLICATION_BY_AID, t->el.id, instance_aid(&f->applications[i]), found));
        f->applications[i].not_ours = !found[0] || found[1] != t->domain.id;
        t->foreign = t->foreign || (found[0] && found[1] != t->domain.id);
    }
    return TSM_OK;
}

/* What the registry says before, after, and in place of a step that makes or removes an object. */
static enum tsm_err note_domain(struct turn *t, struct tx *tx, int arg, bool certain)
{
    (void)arg;
    (void)certain;
    return db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_CREATED, t->domain.tar);
}

static enum tsm_err take_domain_back(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_PLANNED, t->domain.tar);
}

static enum tsm_err note_executable(struct turn *t, struct tx *tx, int arg, bool certain)
{
    const struct plan_facts *f = &t->facts;
    (void)arg;
    return db_exec(tx, SQL_EXECUTABLE_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id, f->package_aid,
                   f->load_hash, certain ? (int64_t)f->load_file.len : (int64_t)0);
}

static enum tsm_err forget_executable(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return db_exec(tx, SQL_EXECUTABLE_FORGET, t->el.id, t->facts.package_aid);
}

static enum tsm_err delete_executable(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return db_exec(tx, SQL_EXECUTABLE_DELETE, t->el.id, t->facts.package_aid);
}

static enum tsm_err pass_executable(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return db_exec(tx, SQL_EXECUTABLE_SET_DOMAIN, t->el.id, t->facts.package_aid, t->el.id);
}

static enum tsm_err note_application(struct turn *t, struct tx *tx, int arg, bool certain)
{
    int64_t found[2];
    TRY(domain_with(tx, SQL_EXECUTABLE_BY_AID, t->el.id, t->facts.package_aid, found));
    return db_exec(tx, SQL_APPLICATION_ADD, store_id(tx_store(tx)), t->el.id, t->domain.id, found[0],
                   instance_aid(&t->facts.applications[arg]),
                   (int64_t)(certain ? APPLICATION_INSTALLED : APPLICATION_PLANNED));
}

static enum tsm_err forget_application(struct turn *t, struct tx *tx, int arg)
{
    return db_exec(tx, SQL_APPLICATION_FORGET, t->el.id, instance_aid(&t->facts.applications[arg]));
}

static enum tsm_err delete_application(struct turn *t, struct tx *tx, int arg)
{
    return db_exec(tx, SQL_APPLICATION_DELETE, t->el.id, instance_aid(&t->facts.applications[arg]));
}

static enum tsm_err note_prepared(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return db_exec(tx, SQL_DELEGATION_READY, t->el.id);
}

static enum tsm_err note_rules(struct turn *t, struct tx *tx, int arg)
{
    (void)arg;
    return t->verb == VERB_REMOVE ? rule_set_deleted(tx, t->el.id, &t->rules)
                                  : rule_set_stored(tx, t->el.id, &t->rules);
}

/* One row a step: `made` before its first command and, certain, behind its last; `done` behind it; `refused`
 * when the card said no. */
static const struct object_row {
    const char *step;
    enum tsm_err (*made)(struct turn *t, struct tx *tx, int arg, bool certain);
    enum tsm_err (*done)(struct turn *t, struct tx *tx, int arg);
    enum tsm_err (*refused)(struct turn *t, struct tx *tx, int arg);
} object_rows[] = {
    {"INSTALL_DOMAIN", note_domain, NULL, take_domain_back},
    {"INSTALL_DOMAIN_ANEW", note_domain, NULL, take_domain_back},
    {"LOAD", note_executable, NULL, forget_executable},
    {"INSTALL_APPLICATION", note_application, NULL, forget_application},
    {"DELETE_APPLICATION", NULL, delete_application, NULL},
    {"STORE_RULES", NULL, note_rules, NULL},
    {"ADMIT_APPS", NULL, note_rules, NULL},
    {"DELETE_RULES", NULL, note_rules, NULL},
    {"PASS_LOAD_FILE", NULL, pass_executable, NULL},
    {"PASS_USED_LOAD_FILE", NULL, pass_executable, NULL},
    {"DELETE_LOAD_FILE", NULL, delete_executable, NULL},
    {"RECEIPT_KEY", NULL, note_prepared, NULL},
    {"PREPARE_RECEIPT_KEY", NULL, note_prepared, NULL},
    {"CONFIRM_COUNTER", NULL, settle_counter, NULL},
    {"CONFIRM_LOAD_FILE", NULL, settle_objects, NULL},
    {"CONFIRM_APPLICATION", NULL, settle_objects, NULL},
    {"DIRECTORY_INSTALL", directory_made, NULL, directory_refused},
    {"DIRECTORY_MOVE", NULL, directory_moved, NULL},
    {"DIRECTORY_WRITE", NULL, directory_written, directory_refused},
    {"DIRECTORY_DELETE", NULL, directory_deleted, NULL},
    {"DIRECTORY_DELETE_LOAD_FILE", NULL, delete_executable, NULL},
};

static const struct object_row *row_of(const struct plan_step *step)
{
    for (size_t i = 0; i < sizeof object_rows / sizeof object_rows[0]; i++)
        if (is_step_of_each(step, object_rows[i].step))
            return &object_rows[i];
    return NULL;
}

enum tsm_err registry_before(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = talk_step(&t->talk);
    const struct object_row *row = row_of(step);
    if (!t->talk.changing || t->state.position || !row || !row->made)
        return TSM_OK;
    return row->made(t, tx, step->arg, false);
}

enum tsm_err registry_after(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = t->talk.said;
    const struct object_row *row = row_of(step);
    if (row && row->made)
        TRY(row->made(t, tx, step->arg, true));
    return row && row->done ? row->done(t, tx, step->arg) : TSM_OK;
}

enum tsm_err registry_refused(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = t->talk.said;
    const struct object_row *row = row_of(step);
    if (!t->talk.refused || !row || !row->refused)
        return TSM_OK;
    return row->refused(t, tx, step->arg);
}

enum tsm_err domain_forget(struct tx *tx, const struct element *el, const struct domain *d)
{
    char ref[BOOKING_REF_MAX + 1];
    TRY(keyset_forget_all(tx, d->id, el->owner));
    TRY(db_exec(tx, SQL_DOMAIN_DELETE, d->id));
    TRY(db_exec(tx, SQL_DIRECTORY_OF_DOMAIN, el->id, d->id));
    TRY(db_exec(tx, SQL_APPLICATIONS_GONE, el->id, d->id));
    TRY(db_exec(tx, SQL_EXECUTABLES_GONE, el->id, d->id));
    return db_exec(tx, SQL_BOOKING_DELETE, el->id, d->holder, domain_ref(d, ref));
}

enum tsm_err creation_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    if (t->domain.parent_len)
        TRY(db_exec(tx, SQL_DOMAIN_SET_PARENT, t->domain.id, t->domain.parent));
    return hand_over_is_confidential(t->domain.hand_over) ? confidential_hand_over(t, tx, job, reply)
                                                          : domain_hand_over(t, tx, job, reply);
}

enum tsm_err installation_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    char ref[BOOKING_REF_MAX + 1];
    ROWS r = {0};
    (void)job;
    (void)reply;
    if (t->facts.keeps_domain) /* more of the service comes: what was booked for it stays booked */
        return TSM_OK;
    TRY(db_first(tx, &r, SQL_EXECUTABLES_BYTES, t->el.id, t->domain.id));
    return db_exec(tx, SQL_BOOKING_SET, store_id(tx_store(tx)), t->el.id, t->domain.holder,
                   domain_ref(&t->domain, ref), db_int(&r, 0), (int64_t)0);
}

enum tsm_err removal_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    (void)job;
    (void)reply;
    return t->facts.keeps_domain ? TSM_OK : domain_forget(tx, &t->el, &t->domain);
}

enum tsm_err work_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    *reply = NULL;
    if (t->work->done)
        TRY(t->work->done(t, tx, job, reply));
    if (!*reply)
        *reply = json_object();
    TRY(content_used(t, tx, job, *reply));
    return audit_add(tx, &(struct audit_leaf){job->party, BYTES(job->trace), t->work->word, "{}"});
}
