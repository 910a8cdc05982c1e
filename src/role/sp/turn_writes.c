/* SPDX-License-Identifier: Apache-2.0 */
/* What a turn writes beside the order itself: questions to partners, timeline, the instance's state, the end
 * and its callback. Stations 6, 11 and 12. Role. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "engine/element/keyset.h"
#include "role/sp/life/life.h"
#include "role/sp/bulk/bulk.h"
#include "role/sp/spos/record.h"
#include "role/sp/domain/provision.h"
#include "role/sp/turn_writes.h"

static enum tsm_err send(struct turn *t, struct tx *tx, enum partner_verb verb, json_t *body, int64_t job)
{
    char key[64], *text = NULL;
    struct partner_ask a = {.party = t->job->party,
                            .peer = t->owner,
                            .job = job,
                            .verb = verb,
                            .key = key,
                            .trace = BYTES(t->job->trace)};
    enum tsm_err e;
    snprintf(key, sizeof key, "o%lld.%lld", (long long)t->job->id, (long long)++t->asks);
    json_object_set_new(body, "se", json_pack("{ss}", se_kind_words[t->order.se_kind], t->order.se_ref));
    text = body ? json_text(body) : NULL;
    json_decref(body);
    NEED(text != NULL, NO_MEMORY);
    a.body = text;
    e = partner_ask(t->sp->c.partners, tx, &a);
    free(text);
    return e;
}

enum tsm_err turn_ask(struct turn *t, struct tx *tx, enum partner_verb verb, json_t *body)
{
    return send(t, tx, verb, body, t->job->id);
}

enum tsm_err turn_tell(struct turn *t, struct tx *tx, enum partner_verb verb, json_t *body)
{
    return send(t, tx, verb, body, 0);
}

json_t *turn_holder(const struct turn *t)
{
    char holder[64];
    snprintf(holder, sizeof holder, "o%lld", (long long)t->job->id);
    return json_pack("{ss}", "holder", holder);
}

/* Lets the secure element go; at the end of the order its device session, too. */
enum tsm_err turn_end_conversation(struct turn *t, struct tx *tx, bool session_too)
{
    json_t *body;
    if (!t->owner)
        return TSM_OK;
    body = turn_holder(t);
    if (session_too && t->order.session[0])
        json_object_set_new(body, "session", json_string(t->order.session));
    return turn_tell(t, tx, VERB_END_CONVERSATION, body);
}

enum tsm_err turn_say(struct turn *t, struct tx *tx, struct note n)
{
    n.party = t->job->party;
    n.trace = BYTES(t->job->trace);
    n.role = "sp";
    return note_add(tx, &n);
}

enum tsm_err turn_say_dialogue(struct turn *t, struct tx *tx)
{
    return note_dialogue(tx, t->job, "sp", &t->talk);
}

enum tsm_err turn_instance_event(struct turn *t, struct tx *tx, int event)
{
    enum instance_state next;
    if (event < 0 ||
        instance_next((enum instance_state)t->instance.state, (enum instance_event)event, &next) != TSM_OK)
        return TSM_OK;
    if (t->instance.state == (int64_t)next)
        return TSM_OK;
    t->instance.state = next;
    TRY(turn_say(t, tx,
                 (struct note){.station = 11, .step = "STATE", .text = instance_state_name((int64_t)next)}));
    return db_exec(tx, SQL_INSTANCE_SET_STATE, t->instance.id, (int64_t)next);
}

/* Terminate removes the instance, its domain, its keys [TR-03165 3.2.2: there is no terminated state]. */
enum tsm_err turn_remove_instance(struct turn *t, struct tx *tx)
{
    if (t->instance.domain) {
        TRY(keyset_forget_all(tx, t->instance.domain, t->job->party));
        TRY(provision_forget(tx, t->instance.domain));
        TRY(db_exec(tx, SQL_DOMAIN_DELETE, t->instance.domain));
    }
    return db_exec(tx, SQL_INSTANCE_DELETE, t->instance.id);
}

static enum tsm_err tell_partner(struct turn *t, struct tx *tx, enum order_state state)
{
    char key[40], *text;
    struct job_new cb = {.kind = JOB_CALLBACK,
                         .state = JOB_READY,
                         .party = t->job->party,
                         .se = t->job->party,
                         .ref = t->order.id,
                         .trace = BYTES(t->job->trace),
                         .key = key,
                         .due = tx_now(tx),
                         .deadline = tx_now(tx) + SECONDS(CALLBACK_DEADLINE_S)};
    int64_t id;
    enum tsm_err e;
    json_t *o;
    t->order.state = state;
    TRY(order_json(tx, t->sp, &t->order, false, &o));
    json_object_del(o, "seram"); /* the session is a secret between app and agent */
    json_object_set_new(o, "event", json_string("order"));
    text = json_text(o);
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "cb%lld", (long long)t->order.id);
    cb.body = bytes_of_text(text);
    e = job_add(tx, &cb, &id);
    free(text);
    return e;
}

static enum tsm_err tell_online_system(struct turn *t, struct tx *tx)
{
    return spos_order_ended(tx, &(struct spos_end){.order = &t->order,
                                                   .instance = &t->instance,
                                                   .flavor = t->flavor_id ? t->flavor_id : t->instance.flavor,
                                                   .failure = t->failed ? &t->failure : NULL});
}

/* The text is empty for an order that is done, and for no other. */
static enum tsm_err keep_failure(struct turn *t)
{
    char *text = t->failed ? failure_text(&t->failure) : NULL;
    NEED(text || !t->failed, NO_MEMORY);
    snprintf(t->order.failure, sizeof t->order.failure, "%s", text ? text : "");
    free(text);
    return TSM_OK;
}

enum tsm_err turn_end_order(struct turn *t, struct tx *tx, enum order_state state)
{
    char detail[160];
    enum tsm_err e;
    TRY(keep_failure(t));
    TRY(life_end(t, tx));
    TRY(turn_end_conversation(t, tx, true));
    TRY(db_exec(tx, SQL_ORDER_END, t->order.id, (int64_t)state, t->order.failure, tx_now(tx), BYTES_NONE));
    if (t->order.installation[0])
        TRY(db_exec(tx, SQL_ORDER_INSTALLATION, t->order.id, ""));
    TRY(db_exec(tx, SQL_SCRIPT_ENDED, t->order.id, BYTES_NONE));
    t->order.updated = tx_now(tx);
    e = turn_say(t, tx,
                 (struct note){.station = 12,
                               .step = order_state_word(state),
                               .text = t->failed ? t->failure.reason : "the order is done"});
    TRY(e);
    snprintf(detail, sizeof detail, "{\"order\":\"%lld\",\"state\":\"%s\"}", (long long)t->order.id,
             order_state_word(state));
    TRY(audit_add(tx, &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "order.ended", detail}));
    TRY(tell_partner(t, tx, state));
    TRY(tell_online_system(t, tx));
    TRY(bulk_order_ended(tx, t->order.id, t->order.failure));
    t->job->next.state = state == ORDER_DONE ? JOB_DONE : JOB_FAILED;
    return TSM_OK;
}
