/* SPDX-License-Identifier: Apache-2.0 */
/* An answer that comes after its order's end. Station 11. Role. [DESIGN 4, rule 7] */
#include "role/sp/domain/late.h"

#include "role/sp/turn_writes.h"

enum tsm_err late_want(struct partners *p)
{
    for (int op = 0; op < OPERATIONS; op++) {
        const struct process *process = process_of((enum operation)op);
        for (size_t i = 0; i < process->n; i++)
            if (process->steps[i].late)
                TRY(partners_want_late(p, process->steps[i].verb));
    }
    return TSM_OK;
}

/* The instance as it is now; *wants false where it is gone, or has a domain by now. */
static enum tsm_err look(struct turn *t, struct tx *tx, bool *wants)
{
    enum tsm_err e = instance_load(tx, t->job->party, t->order.instance, &t->instance);
    *wants = e == TSM_OK && !has_domain(t);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

struct question {
    struct turn *t;
    bool wants;
};

static enum tsm_err look_before(struct tx *tx, void *arg)
{
    struct question *q = arg;
    return look(q->t, tx, &q->wants);
}

enum tsm_err late_read(struct turn *t)
{
    const json_t *profile = json_object_get(t->progress, "profile");
    const struct step *step;
    struct question q = {.t = t};
    if (!t->reply || json_object_get(t->reply, "failure") || (size_t)t->job->step >= t->process->n)
        return TSM_OK;
    step = &t->process->steps[t->job->step];
    if (!step->late)
        return TSM_OK;
    TRY(store_read(t->sp->c.store, look_before, &q));
    if (!q.wants)
        return TSM_OK;
    NEED(profile != NULL, MISSING_FIELD);
    TRY(profile_read(profile, &t->profile));
    TRY(step->read(t, t->reply));
    t->done = true;
    return TSM_OK;
}

enum tsm_err late_keep(struct turn *t, struct tx *tx)
{
    const struct step *step;
    bool wants;
    if (!t->done)
        return TSM_OK;
    step = &t->process->steps[t->job->step];
    TRY(look(t, tx, &wants));
    if (!wants)
        return TSM_OK;
    TRY(step->keep(t, tx, t->reply));
    TRY(turn_say(
        t, tx,
        (struct note){.station = 11,
                      .step = step->name,
                      .text = "the answer came after the order's end: the next order goes on from it"}));
    return audit_add(tx,
                     &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "order.late-answer", "{}"});
}
