/* SPDX-License-Identifier: Apache-2.0 */
/* Orders and instances as rows, and as the JSON their owner sees. Stations 3 and 12. Role. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/json.h"
#include "order/life/commands.h"
#include "role/sp/verify/verify.h"
#include "role/sp/issuer/issuer.h"

#define COPY_TEXT(to, from) snprintf(to, sizeof(to), "%s", from)

enum tsm_err order_load(struct tx *tx, int64_t party, int64_t id, struct order *out)
{
    ROWS r = {0};
    struct order o = {.id = id, .party = party};
    size_t n;
    enum tsm_err e = db_first(tx, &r, SQL_ORDER_BY_ID, id, party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no order of this party has this id");
    TRY(e);
    o.operation = db_int(&r, 0);
    o.instance = db_int(&r, 1);
    COPY_TEXT(o.service, db_text(&r, 2));
    COPY_TEXT(o.flavor, db_text(&r, 3));
    o.se_kind = db_int(&r, 4);
    COPY_TEXT(o.se_ref, db_text(&r, 5));
    TRY(bytes_keep(db_blob(&r, 6), o.trace, sizeof o.trace, &n));
    COPY_TEXT(o.session, db_text(&r, 7));
    o.state = db_int(&r, 8);
    COPY_TEXT(o.failure, db_text(&r, 9));
    o.created = db_int(&r, 10);
    o.updated = db_int(&r, 11);
    o.deadline = db_int(&r, 12);
    o.commands = (unsigned)db_int(&r, 13);
    COPY_TEXT(o.version, db_text(&r, 14));
    o.start_state = db_int(&r, 15);
    o.end_state = db_int(&r, 16);
    o.started = db_int(&r, 17);
    o.ended = db_int(&r, 18);
    o.given_up = db_int(&r, 19);
    COPY_TEXT(o.installation, db_text(&r, 20));
    *out = o;
    return TSM_OK;
}

enum tsm_err instance_load(struct tx *tx, int64_t party, int64_t id, struct instance *out)
{
    ROWS r = {0};
    struct instance i = {.id = id, .party = party};
    enum tsm_err e = db_first(tx, &r, SQL_INSTANCE_BY_ID, id, party);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no service instance of this party has this id");
    TRY(e);
    i.service = db_int(&r, 0);
    i.flavor = db_int(&r, 1);
    i.se_kind = db_int(&r, 2);
    COPY_TEXT(i.se_ref, db_text(&r, 3));
    i.domain = db_int(&r, 4);
    TRY(bytes_keep(db_blob(&r, 5), i.aid, sizeof i.aid, &i.aid_len));
    i.state = db_int(&r, 6);
    COPY_TEXT(i.element, db_text(&r, 7));
    i.done = (unsigned)db_int(&r, 8);
    COPY_TEXT(i.version, db_text(&r, 9));
    i.last_operation = db_int(&r, 10);
    COPY_TEXT(i.uuid, db_text(&r, 11));
    *out = i;
    return TSM_OK;
}

static void set_text(json_t *o, const char *name, const char *text)
{
    json_object_set_new(o, name, json_string(text));
}

static void set_time(json_t *o, const char *name, time_us t)
{
    char text[TIME_TEXT];
    set_text(o, name, time_text(t, text));
}

/* Numbers of 63 bits are text in JSON, whose readers may keep only 53. */
static void set_id(json_t *o, const char *name, int64_t id)
{
    json_object_set_new(o, name, json_sprintf("%lld", (long long)id));
}

enum tsm_err instance_state_load(struct tx *tx, const struct order *order, int64_t *out)
{
    struct instance i;
    enum tsm_err e = instance_load(tx, order->party, order->instance, &i);
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    *out = e == TSM_OK ? i.state : INSTANCE_REMOVED;
    return TSM_OK;
}

/* What it was to execute, and what became of the instance by it [TR-03165 4.2.3.9, 4.2.4.2]. */
static void set_course(json_t *o, const struct order *order)
{
    json_t *instance = json_object_get(o, "instance"), *words = json_array();
    int number = service_operation((enum operation)order->operation, order->commands);
    struct command_list list;
    commands_list(order->commands, &list);
    for (size_t i = 0; i < list.n; i++)
        json_array_append_new(words, json_string(service_command_word(list.at[i])));
    if (order->operation == OP_DEPLOY || order->operation == OP_UPDATE) {
        json_object_set(o, "commands", words);
        json_object_set_new(o, "finalise", json_boolean(list.finalise));
    }
    json_decref(words);
    if (number)
        json_object_set_new(o, "service_operation", json_integer(number));
    if (order->version[0])
        set_text(o, "version", order->version);
    if (order->started) {
        set_time(o, "started", order->started);
        set_text(instance, "start_state", instance_state_word(order->start_state));
    }
    if (order->ended) {
        set_time(o, "ended", order->ended);
        set_text(instance, "end_state", instance_state_word(order->end_state));
    }
}

json_t *order_summary(const struct sp *sp, const struct order *order, int64_t instance_state)
{
    char trace[TRACE_TEXT];
    json_t *o = json_object();
    set_id(o, "order", order->id);
    set_text(o, "trace", hex_text(BYTES(order->trace), trace));
    set_text(o, "operation", operation_words[order->operation]);
    set_text(o, "service", order->service);
    set_text(o, "flavor", order->flavor);
    set_text(o, "state", order_state_word(order->state));
    set_time(o, "created", order->created);
    set_time(o, "updated", order->updated);
    set_time(o, "deadline", order->deadline);
    json_object_set_new(o, "se", json_pack("{ss}", se_kind_words[order->se_kind], order->se_ref));
    json_object_set_new(o, "instance", json_object());
    set_id(json_object_get(o, "instance"), "id", order->instance);
    set_text(json_object_get(o, "instance"), "state", instance_state_word(instance_state));
    set_course(o, order);
    if (order->session[0] && (order_is_by_agent(order) || order->state > ORDER_ACCEPTED) &&
        !order_is_final(order->state)) /* a secret that has no use any more is not shown */
        json_object_set_new(o, "seram",
                            json_pack("{ss ss}", "url", sp->device_url, "session_id", order->session));
    if (order->given_up && order->state != ORDER_DONE) /* what had left came to its end */
        json_object_set_new(o, "cancelled", json_true());
    if (order->failure[0])
        json_object_set_new(o, "failure", json_loads(order->failure, 0, NULL));
    return o;
}

enum tsm_err order_json(struct tx *tx, const struct sp *sp, const struct order *order, bool timeline,
                        json_t **out)
{
    json_t *list = NULL, *activation = NULL, *o;
    int64_t state;
    TRY(instance_state_load(tx, order, &state));
    if (order->state == ORDER_RUNNING)
        TRY(verifying_json(tx, order->party, order->id, &activation));
    if (timeline)
        TRY(note_list(tx, order->party, BYTES(order->trace), 0, &list));
    o = order_summary(sp, order, state);
    NEED(o != NULL, NO_MEMORY);
    if (activation)
        json_object_set_new(o, "activation", activation);
    if (timeline)
        json_object_set_new(o, "timeline", list);
    *out = o;
    return order->operation == OP_EXCHANGE ? issuer_show(tx, order->id, o) : TSM_OK;
}
