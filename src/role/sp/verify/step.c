/* SPDX-License-Identifier: Apache-2.0 */
/* The step of a deploy in which its customer is awaited: begun once, left by an answer or at the end of its
 * time. Stations 2 and 11. Role. [capability P11] */
#include <stdio.h>
#include <stdlib.h>

#include "role/sp/turn_writes.h"
#include "role/sp/verify/verify.h"

#define PROGRESS_EXPIRES "verify_until"

enum tsm_err verify_turn_load(struct turn *t, struct tx *tx)
{
    ROWS r = {0};
    enum tsm_err e;
    t->verification = NULL;
    if (t->order.operation != OP_DEPLOY)
        return TSM_OK;
    e = db_first(tx, &r, SQL_VERIFICATION_GET, t->job->party, t->instance.service);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    t->verification = arena_text(&t->job->arena, db_text(&r, 0));
    NEED(t->verification != NULL, NO_MEMORY);
    return TSM_OK;
}

bool needs_no_verification(const struct turn *t)
{
    return !t->verification;
}

static time_us waits_until(const struct turn *t)
{
    return json_integer_value(json_object_get(t->progress, PROGRESS_EXPIRES));
}

/* No later than the order itself. */
static enum tsm_err make_row(const struct turn *t, struct verifying *v)
{
    time_us until;
    *v = (struct verifying){.order = t->order.id, .party = t->job->party, .job = t->job->id};
    TRY(verify_setting_read(bytes_of_text(t->verification), &v->setting));
    until = t->job->now + SECONDS(v->setting.expires_s);
    v->method = v->setting.method;
    v->tries = v->setting.tries;
    v->expires = until < t->order.deadline ? until : t->order.deadline;
    return TSM_OK;
}

static enum tsm_err expire(struct turn *t)
{
    failure_set(&t->failure, OWNER_SP, "speak with the customer, then order the activation again",
                "the customer was not verified before the time for it was over");
    t->failed = t->expired = true;
    return TSM_OK;
}

/* A code is made before the commit that gives it out. */
enum tsm_err ask_customer(struct turn *t, json_t **question)
{
    *question = NULL;
    if (waits_until(t))
        return t->job->now >= waits_until(t) ? expire(t) : TSM_OK;
    t->verifying = arena_get(&t->job->arena, sizeof *t->verifying);
    t->code = arena_get(&t->job->arena, sizeof *t->code);
    NEED(t->verifying && t->code, NO_MEMORY);
    TRY(make_row(t, t->verifying));
    return t->verifying->method == VERIFY_CODE ? verify_code_make(t->vault, &t->order, t->verifying, t->code)
                                               : TSM_OK;
}

static enum tsm_err say_waiting(struct turn *t, struct tx *tx)
{
    char text[160], until[TIME_TEXT];
    snprintf(text, sizeof text, "%s, until %s",
             t->verifying->method == VERIFY_CODE
                 ? "the customer's activation code is awaited"
                 : "the provider's hook is asked whether the customer is known",
             time_text(t->verifying->expires, until));
    return turn_say(t, tx, (struct note){.station = 11, .step = VERIFY_WAITING, .text = text});
}

enum tsm_err begin_waiting(struct turn *t, struct tx *tx)
{
    if (t->verifying) {
        TRY(t->verifying->method == VERIFY_CODE
                ? verify_code_give(tx, t->verifying, t->code, BYTES(t->job->trace))
                : verifying_begin(
                      tx, t->verifying,
                      &(struct verify_delivery){CALLBACK_HOOK, BYTES(t->job->trace), BYTES_NONE}));
        json_object_set_new(t->progress, PROGRESS_EXPIRES, json_integer(t->verifying->expires));
        TRY(say_waiting(t, tx));
    }
    t->job->next.due = waits_until(t);
    return TSM_OK;
}

enum tsm_err keep_verified(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)reply;
    return db_exec(tx, SQL_VERIFYING_END, t->order.id);
}
