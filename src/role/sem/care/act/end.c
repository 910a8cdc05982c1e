/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an act, in one commit: row, audit leaf, campaign, device session, callback. Station 12. Role. */
#include <stdio.h>
#include <stdlib.h>

#include "role/sem/care/act/act.h"
#include "role/sem/care/campaign/campaign.h"

enum tsm_err care_tell(struct tx *tx, int64_t party, struct bytes trace, json_t *event)
{
    int64_t ref = store_id(tx_store(tx)), id;
    char key[40], *text = event ? json_text(event) : NULL;
    struct job_new job = {.kind = JOB_CALLBACK,
                          .state = JOB_READY,
                          .party = party,
                          .ref = ref,
                          .trace = trace,
                          .key = key,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(EVENT_DEADLINE_S)};
    enum tsm_err e;
    json_decref(event);
    NEED(text != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "ev%lld", (long long)ref);
    job.body = bytes_of_text(text);
    e = job_add(tx, &job, &id);
    free(text);
    return e;
}

/* What the owner's callback address hears: the end of each act that was asked for alone, and every alarm. */
static enum tsm_err tell_end(struct tx *tx, const struct act *a, const struct act_end *end)
{
    bool drifts = json_array_size(json_object_get(end->result, "drift")) > 0;
    json_t *o;
    if (a->campaign && !end->f && !drifts)
        return TSM_OK;
    o = json_pack("{ss so ss so ss}", "event",
                  drifts   ? "drift"
                  : end->f ? "alarm"
                           : "care",
                  "act", json_sprintf("%lld", (long long)a->id), "kind", act_kind_word(a->kind), "se",
                  care_se_json(end->el), "state", end->f ? "FAILED" : "DONE");
    NEED(o != NULL, NO_MEMORY);
    if (end->f)
        json_object_set_new(o, "failure", failure_json(end->f));
    if (drifts)
        json_object_set(o, "drift", json_object_get(end->result, "drift"));
    return care_tell(tx, a->owner, BYTES(a->trace), o);
}

static enum tsm_err write_row(struct tx *tx, const struct act *a, const struct act_end *end)
{
    char *result = end->result ? json_text(end->result) : NULL,
         *failure = end->f ? failure_text(end->f) : NULL;
    enum tsm_err e = db_exec(tx, SQL_ACT_END, a->id, (int64_t)(end->f ? ACT_FAILED : ACT_DONE),
                             result ? result : "", failure ? failure : "", tx_now(tx));
    free(result);
    free(failure);
    return e;
}

enum tsm_err act_finish(struct sem *sem, struct tx *tx, const struct act *a, const struct act_end *end)
{
    enum tsm_err e = write_row(tx, a, end);
    (void)sem;
    if (e == TSM_OK)
        e = tell_end(tx, a, end);
    json_decref(end->result);
    TRY(e);
    if (a->session[0]) {
        TRY(db_exec(tx, SQL_SERAM_END, a->session, a->se));
        tx_note(tx); /* a poll that is held hears of the end at once */
    }
    if (a->campaign)
        TRY(campaign_member_ended(tx, &(struct member_end){a->campaign, a->se, a->id, !end->f, ""}));
    return care_leaf(tx, a, end->f ? "care.failed" : "care.done");
}
