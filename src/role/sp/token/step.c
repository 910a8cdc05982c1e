/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of an order with its token service provider: begun once, left by an answer or when patience ends.
 * Stations 6 and 11. Role. [capability Y4] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/mail/callback.h"
#include "role/sp/issuer/issuer.h"
#include "role/sp/life/life.h"
#include "role/sp/token/message.h"
#include "role/sp/token/token.h"
#include "role/sp/turn_writes.h"

#define PROGRESS_UNTIL  "token_until"
#define PROGRESS_VERIFY "token_verify"

static const char *provider_of(const struct turn *t)
{
    return json_member(json_object_get(t->flavor, "token"), "provider");
}

bool needs_no_token(const struct turn *t)
{
    return !provider_of(t)[0];
}

bool needs_no_new_token(const struct turn *t)
{
    return needs_no_token(t) || is_no_reinstallation(t);
}

bool has_no_token(const struct turn *t)
{
    return !t->token_ref[0];
}

bool token_is_active(const struct turn *t)
{
    return !json_is_true(json_object_get(t->progress, PROGRESS_VERIFY));
}

static time_us waits_until(const struct turn *t)
{
    return json_integer_value(json_object_get(t->progress, PROGRESS_UNTIL));
}

static void fail_with(struct turn *t, const char *next, const char *reason)
{
    failure_set(&t->failure, OWNER_TSP, next, "%s", reason);
    t->failed = true;
}

enum tsm_err ask_token(struct turn *t, json_t **question)
{
    *question = NULL;
    if (waits_until(t) && t->job->now >= waits_until(t))
        fail_with(t, "ask the token service provider, naming the trace id, and order again",
                  "the token service provider gave no answer in time");
    return TSM_OK;
}

/* What the delivery must know: {"job", "provider", "reference"?, "state"?}. */
static enum tsm_err ask(struct turn *t, struct tx *tx, json_t *what)
{
    TOKEN_PROVIDER p = {.document = NULL};
    const char *name = json_member(what, "provider");
    char *text, key[64];
    struct job_new job = {.kind = JOB_CALLBACK,
                          .state = JOB_READY,
                          .party = t->job->party,
                          .se = t->job->party,
                          .ref = t->order.id,
                          .step = CALLBACK_TOKEN,
                          .key = key,
                          .trace = BYTES(t->job->trace),
                          .due = tx_now(tx)};
    int64_t id;
    enum tsm_err e = token_provider_load(tx, t->job->party, name, &p);
    job.deadline = tx_now(tx) + SECONDS(p.patience_s);
    if (job.deadline > t->order.deadline)
        job.deadline = t->order.deadline;
    json_object_set_new(what, "job", json_integer(t->job->id));
    text = e == TSM_OK ? json_text(what) : NULL;
    json_decref(what);
    TRY(e);
    NEED(text != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "tok%lld.%lld", (long long)t->job->id, (long long)t->job->step);
    job.body = bytes_of_text(text);
    e = job_add(tx, &job, &id);
    free(text);
    json_object_set_new(t->progress, PROGRESS_UNTIL, json_integer(job.deadline + SECONDS(1)));
    return e;
}

static enum tsm_err wait_or_ask(struct turn *t, struct tx *tx, json_t *what)
{
    if (waits_until(t))
        json_decref(what);
    else
        TRY(ask(t, tx, what));
    t->job->next.due = waits_until(t);
    return TSM_OK;
}

enum tsm_err begin_token(struct turn *t, struct tx *tx)
{
    return wait_or_ask(t, tx, json_pack("{ss}", "provider", provider_of(t)));
}

static const char *state_of(const struct turn *t)
{
    return t->order.operation == OP_SUSPEND     ? "suspended"
           : t->order.operation == OP_TERMINATE ? "deleted"
                                                : "active";
}

enum tsm_err begin_token_state(struct turn *t, struct tx *tx)
{
    return wait_or_ask(t, tx,
                       json_pack("{ss ss ss}", "provider", t->token_provider, "reference", t->token_ref,
                                 "state", state_of(t)));
}

/* A token that its provider wants verified is activated behind the service's own verification. */
static bool can_verify(struct turn *t)
{
    return t->verification != NULL || t->order.operation == OP_EXCHANGE;
}

enum tsm_err read_token(struct turn *t, const json_t *reply)
{
    bool verify = !strcmp(json_member(reply, "status"), "verify");
    const char *card = json_member(reply, "card");
    NEED(*card, MISSING_FIELD);
    if (verify && !can_verify(t))
        fail_with(
            t, "give the service a verification (codes or a hook), and order again",
            "the token service provider wants the customer verified, and the service has no verification");
    if (verify && t->order.operation == OP_DEPLOY)
        json_object_set_new(t->progress, PROGRESS_VERIFY, json_true());
    return t->order.operation == OP_EXCHANGE && !t->failed ? issuer_judge(t, bytes_of_text(card)) : TSM_OK;
}

enum tsm_err keep_token(struct turn *t, struct tx *tx, const json_t *reply)
{
    json_object_del(t->progress, PROGRESS_UNTIL);
    TRY(db_exec(tx, SQL_TOKEN_SET, t->instance.id, provider_of(t), json_member(reply, "reference")));
    TRY(db_exec(tx, SQL_ORDER_DATA_GONE, t->order.id, bytes_of_text(json_member(reply, "card"))));
    return audit_add(tx, &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "token.kept", "{}"});
}

enum tsm_err read_token_state(struct turn *t, const json_t *reply)
{
    (void)t;
    (void)reply; /* a failure was read before */
    return TSM_OK;
}

enum tsm_err keep_token_state(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)tx;
    (void)reply;
    json_object_del(t->progress, PROGRESS_UNTIL);
    json_object_del(t->progress, PROGRESS_VERIFY);
    return TSM_OK;
}
