/* SPDX-License-Identifier: Apache-2.0 */
/* The four methods that start a process: judged as the order that it will be, kept until the app says that it
 * listens. Stations 2 and 3. Role. [TR-03165 3.2.1, 4.2.5.3 to 4.2.5.6] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/content/installation.h"
#include "role/sp/tsmapi/process/process.h"
#include "vault/vault.h"

struct beginning {
    struct api_call *c;
    struct process_row p;
    uint8_t trace[TRACE_LEN];
    bool judged;
};

static enum operation operation_of(const struct api_request *q)
{
    switch (q->method) {
    case METHOD_UPDATE:
        return OP_UPDATE;
    case METHOD_SUSPEND_OR_RESUME:
        return q->suspend ? OP_SUSPEND : OP_RESUME;
    case METHOD_TERMINATE:
        return OP_TERMINATE;
    default:
        return OP_DEPLOY;
    }
}

/* A limit on what waits and runs: no more is begun than can be carried. A party has a share of it, and what
 * it has beyond (orders and campaigns of its own API are not limited here) takes no room of the others. */
static enum tsm_err check_load(struct tx *tx, struct api_call *c)
{
    const struct tsmapi_config *limits = &c->api->c;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TSMAPI_PROCESS_LOAD, clock_now(c->sp->c.clock), c->party, limits->party_max));
    return db_int(&r, 0) < limits->party_max && db_int(&r, 1) < limits->processes_max
               ? TSM_OK
               : CALL_FAULT(c, API_OVERLOAD_PROTECTION, "%s", "");
}

static enum tsm_err read_instance(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    struct api_call *c = b->c;
    enum tsm_err e;
    TRY(check_load(tx, c));
    TRY(api_instance_find(tx, c->party, c->q.instance, &c->instance));
    TRY(service_load(tx, c->party, c->instance.service, &c->service));
    TRY(service_admits(&c->service, c->q.caller));
    ROWS r = {0};
    e = db_first(tx, &r, SQL_ORDER_RUNNING_ON, c->party, c->instance.id);
    if (e == TSM_OK)
        return CALL_FAULT(c, API_NOT_ALLOWED, "a process is running on this service instance");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* --- the element --- */

static enum tsm_err find_shown(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    struct api_call *c = b->c;
    for (size_t i = 0; i < c->n_shown; i++)
        TRY(element_instance(tx, c->party, c->service.id, &c->shown[i]));
    return TSM_OK;
}

static const struct component *component_of(const struct api_call *c)
{
    for (size_t i = 0; i < c->n_shown; i++)
        if (c->shown[i].instance == c->instance.id)
            return c->shown[i].component;
    return NULL;
}

/* Among those that are shown: by a name that the handset knows, else by its owner's. */
static enum tsm_err find_component(struct beginning *b, const struct component **out)
{
    struct api_call *c = b->c;
    for (size_t i = 0; i < c->q.n_components; i++)
        c->shown[c->n_shown++] = (struct shown_element){.component = &c->q.component[i]};
    TRY(store_read(c->sp->c.store, find_shown, b));
    *out = component_of(c);
    if (*out)
        return TSM_OK;
    for (size_t i = 0; i < c->n_shown; i++)
        TRY(element_look(c->sp, c->party, &c->q.component[i], &c->shown[i]));
    TRY(store_read(c->sp->c.store, find_shown, b));
    *out = component_of(c);
    return TSM_OK;
}

/* An element that messages reach needs no handset; any other one must be there and let us in. */
static enum tsm_err check_element(struct beginning *b)
{
    struct api_call *c = b->c;
    const struct component *found;
    struct shown_element owned;
    TRY(find_component(b, &found));
    if (found)
        snprintf(b->p.reader, sizeof b->p.reader, "%s", found->reader);
    if (found && found->accessible)
        return TSM_OK;
    TRY(element_by_name(c->sp, c->party, &c->instance, &owned));
    if (owned.known && owned.by_messages)
        return TSM_OK;
    return found
               ? CALL_FAULT(c, API_SC_INACCESSIBLE, "access to SC failed: reader %s", found->reader)
               : CALL_FAULT(c, API_SC_INACCESSIBLE,
                            "the secure component of the service instance is not among those of the handset");
}

/* --- the order that it will be --- */

/* Card data are the member cardData, encrypted by whoever has them; the others are a script's, and sealed
 * before they are stored. */
static enum tsm_err take_data(struct beginning *b)
{
    const json_t *map = b->c->q.personalization;
    struct writer w = WRITER(b->p.inputs);
    json_t *others = json_deep_copy(map);
    enum tsm_err e = TSM_OK;
    snprintf(b->p.data, sizeof b->p.data, "%s", json_member(map, "cardData"));
    json_object_del(others, "cardData");
    e = installation_keep(b->c->q.installation, b->p.installation);
    if (e == TSM_OK && json_object_size(others))
        e = inputs_seal(b->c->sp, b->c->party, b->trace, others, &w);
    json_decref(others);
    b->p.inputs_len = w.len;
    return e;
}

static enum tsm_err fill_row(struct beginning *b)
{
    struct api_call *c = b->c;
    struct process_row *p = &b->p;
    const char *version = c->q.method == METHOD_UPDATE   ? c->q.version
                          : c->q.method == METHOD_DEPLOY ? c->instance.version
                                                         : "";
    p->party = c->party;
    p->instance = c->instance.id;
    p->operation = operation_of(&c->q);
    if (c->q.method == METHOD_DEPLOY || c->q.method == METHOD_UPDATE)
        TRY(commands_mask((enum operation)p->operation, &c->q.commands, &p->commands));
    snprintf(p->version, sizeof p->version, "%s", version);
    snprintf(p->caller, sizeof p->caller, "%s", c->q.caller);
    snprintf(p->instance_uuid, sizeof p->instance_uuid, "%s", c->instance.uuid);
    TRY(vault_random(b->trace, sizeof b->trace));
    uuid_text(b->trace, p->uuid);
    TRY(process_trace(p->uuid, b->trace)); /* with the bits of a UUID */
    return take_data(b);
}

/* Accepted as the start will accept it, and undone. */
static enum tsm_err rehearse(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    struct order_wish wish;
    struct accepted a;
    process_wish(&b->p, b->trace, &wish);
    TRY(sp_accept_in(tx, &wish, &a));
    b->judged = true;
    return TSM_INTERRUPTED;
}

static enum tsm_err judge(struct beginning *b)
{
    enum tsm_err e = store_write(b->c->sp->c.store, rehearse, b);
    if (!b->judged)
        return e;
    err_clear();
    return TSM_OK;
}

static enum tsm_err write_process(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    struct process_row *p = &b->p;
    p->id = store_id(tx_store(tx));
    p->begun = tx_now(tx);
    p->start_by = p->begun + SECONDS(PROCESS_START_S);
    TRY(db_exec(tx, SQL_TSMAPI_PROCESS_LATE, p->begun, "not started in time"));
    TRY(db_exec(tx, SQL_TSMAPI_PROCESS_OLD, p->begun - SECONDS(PROCESS_KEEP_S)));
    /* The app begins anew: what it did not start is given up. */
    TRY(db_exec(tx, SQL_TSMAPI_PROCESS_REPLACED, p->instance, "another process was asked for", p->begun));
    TRY(db_exec(tx, SQL_TSMAPI_PROCESS_ADD, p->id, p->party, p->uuid, p->caller, p->instance,
                p->instance_uuid, p->operation, (int64_t)p->commands, p->version, p->data, p->reader,
                p->start_by, p->begun, BYTES_OF(p->inputs, p->inputs_len)));
    return p->installation[0] ? db_exec(tx, SQL_TSMAPI_PROCESS_INSTALLATION, p->id, p->installation) : TSM_OK;
}

static enum tsm_err begin(struct beginning *b)
{
    struct api_call *c = b->c;
    struct store *s = c->sp->c.store;
    char start[API_TIME_TEXT];
    TRY(store_read(s, read_instance, b));
    TRY(fill_row(b));
    TRY(judge(b));
    TRY(check_element(b));
    TRY(store_write(s, write_process, b));
    c->result = json_pack("{ss ss ss ss}", "process", b->p.uuid, "callerId", b->p.caller, "startDate",
                          api_time(b->p.begun, start), "serviceInstanceId", b->p.instance_uuid);
    c->accepted = true;
    return c->result ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

enum tsm_err method_begin(struct api_call *c)
{
    struct beginning *b = calloc(1, sizeof *b);
    enum tsm_err e;
    NEED(b != NULL, NO_MEMORY);
    b->c = c;
    e = begin(b);
    free(b);
    return e;
}
