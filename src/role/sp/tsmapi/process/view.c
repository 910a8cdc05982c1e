/* SPDX-License-Identifier: Apache-2.0 */
/* What an app sees of its process while it runs, and the result. Stations 11 and 12. Role. [TR-03165 4.2.3.8
 * to 4.2.3.12, 4.2.5.3 to 4.2.5.6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sign/sign.h"
#include "role/sp/content/words.h"
#include "role/sp/tsmapi/process/process.h"

enum { AID_TEXT = 2 * 16 + 1 };

struct view {
    struct tx *tx;
    const struct sp *sp;
    const struct process_row *p;
    struct order order; /* of a process that was started */
    struct fault fault;
    json_t *o;
};

static bool is_over(const struct view *v)
{
    return v->p->state == PROCESS_OVER || (v->p->state == PROCESS_STARTED && order_is_final(v->order.state));
}

static void judge_end(struct view *v)
{
    struct failure f;
    json_t *failure;
    if (v->p->state == PROCESS_OVER) {
        (void)fault_set(&v->fault, (enum api_error)v->p->status, "%s", v->p->details);
        return;
    }
    if (v->order.state == ORDER_DONE)
        return;
    failure = json_loads(v->order.failure, 0, NULL);
    failure_read(&f, failure);
    json_decref(failure);
    fault_of_failure(&v->fault, &f, v->order.state == ORDER_EXPIRED);
}

/* Of a failed list the first command that the instance has not been through has failed. */
static json_t *command_results(const struct view *v, unsigned done, json_t *personalized)
{
    json_t *list = json_array();
    struct command_list commands;
    bool failed = v->p->state == PROCESS_OVER;
    commands_list(v->p->commands, &commands);
    for (size_t i = 0; i < commands.n; i++) {
        bool fine = v->fault.type == API_OK || (!failed && (done & commands.at[i]));
        int status = fine ? EXECUTION_SUCCESS : failed ? NOT_EXECUTED : EXECUTION_FAILED;
        bool tells = fine && commands.at[i] == COMMAND_PERSONALISE && personalized;
        failed = failed || !fine;
        json_array_append_new(list,
                              json_pack("{si so}", "commandExecutionStatus", status, "personalizationResults",
                                        tells ? json_incref(personalized) : json_array()));
    }
    return list;
}

/* The application that the script is for: the one that the flavor says, else the first. */
static enum tsm_err personalized_aid(struct view *v, int64_t flavor, char aid[AID_TEXT])
{
    const json_t *app, *found = NULL;
    json_t *body;
    size_t i;
    ROWS r = {0};
    TRY(db_first(v->tx, &r, SQL_FLAVOR_BY_ID, flavor, v->p->party));
    TRY(json_read(bytes_of_text(db_text(&r, 1)), &body));
    json_array_foreach(json_object_get(body, "applications"), i, app)
    {
        bool says = json_is_true(json_object_get(app, WORD_PERSONALISED));
        found = says || (!found && !is_directory(app)) ? app : found;
    }
    snprintf(aid, AID_TEXT, "%s", json_member(found, "instance"));
    json_decref(body);
    return TSM_OK;
}

/* What tagged steps of the personalisation script told, as PersonalizationResult [4.2.3.11]. */
static enum tsm_err read_personalized(struct view *v, int64_t flavor, json_t **out)
{
    char aid[AID_TEXT];
    json_t *pairs;
    ROWS r = {0};
    enum tsm_err e = v->p->order ? db_first(v->tx, &r, SQL_SCRIPT_ROW, v->p->order) : TSM_NOT_FOUND;
    *out = NULL;
    if (e == TSM_NOT_FOUND || (e == TSM_OK && !db_text(&r, 2)[0]))
        return TSM_OK;
    TRY(e);
    TRY(personalized_aid(v, flavor, aid));
    TRY(json_read(bytes_of_text(db_text(&r, 2)), &pairs));
    *out = json_pack("[{ss so}]", "applicationInstanceAid", aid, "results", pairs);
    return *out ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

/* Of deploy and update; the instance stays whatever happened. */
static enum tsm_err add_instance(struct view *v, json_t *result)
{
    struct api_service service = {.body = NULL};
    struct api_instance i;
    struct instance now;
    json_t *technical = NULL, *personalized = NULL;
    enum tsm_err e = api_instance_load(v->tx, v->p->party, v->p->instance, &i);
    if (e == TSM_NOT_FOUND) /* terminated since */
        return TSM_OK;
    TRY(e);
    TRY(instance_load(v->tx, v->p->party, v->p->instance, &now));
    TRY(service_load(v->tx, v->p->party, i.service, &service));
    e = technical_of_instance(v->tx, &service, &i, &technical);
    service_drop(&service);
    TRY(e);
    json_object_set_new(result, "serviceInstanceState", json_integer(i.state));
    json_object_set_new(result, "technicalInformation", technical);
    TRY(read_personalized(v, i.flavor, &personalized));
    json_object_set_new(result, "serviceCommandResults", command_results(v, now.done, personalized));
    json_decref(personalized);
    return json_object_set_new(result, "reader", json_string(v->p->reader)) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for an answer");
}

static enum tsm_err add_result(struct view *v)
{
    bool ordered = v->p->state == PROCESS_STARTED;
    struct process_times t = {ordered && v->order.started ? v->order.started : v->p->begun,
                              ordered ? v->order.updated : v->p->ended};
    json_t *result = json_object();
    NEED(json_object_set_new(v->o, "result", result) == 0, NO_MEMORY);
    judge_end(v);
    NEED(json_object_set_new(result, "processInfo", process_info(v->p->uuid, &v->fault, t)) == 0, NO_MEMORY);
    if (v->p->operation == OP_DEPLOY || v->p->operation == OP_UPDATE)
        return add_instance(v, result);
    return TSM_OK;
}

/* The session is known to the owner's side from the first step on, and goes where no agent is needed. */
static bool has_exchange(const struct view *v)
{
    return v->p->state == PROCESS_STARTED && v->order.state == ORDER_RUNNING && v->order.session[0];
}

static int progress_of(struct view *v)
{
    ROWS r = {0};
    if (v->p->state != PROCESS_STARTED || db_first(v->tx, &r, SQL_TSMAPI_ORDER_AT, v->p->order) != TSM_OK)
        return 0;
    return process_progress((enum operation)v->p->operation, db_int(&r, 0));
}

static enum tsm_err fill(struct view *v)
{
    bool over = is_over(v);
    const char *state = over ? "done" : v->p->state == PROCESS_WAITS ? "waiting" : "running";
    bool fine = over && v->p->state == PROCESS_STARTED && v->order.state == ORDER_DONE;
    v->o = json_pack("{ss ss si si}", "process", v->p->uuid, "state", state, "operation",
                     service_operation((enum operation)v->p->operation, v->p->commands), "progress",
                     fine ? 100 : progress_of(v));
    NEED(v->o != NULL, NO_MEMORY);
    if (has_exchange(v))
        json_object_set_new(v->o, "exchange",
                            json_pack("{ss ss ss}", "url", v->sp->device_url, "session", v->order.session,
                                      "reader", v->p->reader));
    return over ? add_result(v) : TSM_OK;
}

/* A number for what the answer says. */
static enum tsm_err add_seen(json_t *o)
{
    uint8_t digest[SHA256_LEN];
    char *text = json_text(o);
    int64_t seen;
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    e = sha256_of(bytes_of_text(text), digest);
    free(text);
    TRY(e);
    seen = (int64_t)(digest[0] & 0x7F) << 24 | digest[1] << 16 | digest[2] << 8 | digest[3];
    return json_object_set_new(o, "seen", json_integer(seen)) == 0 ? TSM_OK : TSM_NO_MEMORY;
}

enum tsm_err process_json(struct tx *tx, const struct sp *sp, const struct process_row *p, json_t **out)
{
    struct view v = {.tx = tx, .sp = sp, .p = p};
    enum tsm_err e;
    if (p->state == PROCESS_STARTED)
        TRY(order_load(tx, p->party, p->order, &v.order));
    e = fill(&v);
    if (e == TSM_OK)
        e = add_seen(v.o);
    if (e != TSM_OK) {
        json_decref(v.o);
        return e;
    }
    *out = v.o;
    return TSM_OK;
}
