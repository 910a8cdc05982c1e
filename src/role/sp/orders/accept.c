/* SPDX-License-Identifier: Apache-2.0 */
/* Orders are accepted: the wish judged against instance and life cycle, and stored with its job. Stations 2
 * and 3. Role. [TR-03165 3.2.2] */
#include "role/sp/orders/accept.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/issuer/issuer.h"
#include "role/sp/life/subject.h"
#include "role/sp/owner/ask_now.h"
#include "role/sp/prep/same.h"
#include "role/sp/process.h"
#include "role/sp/verify/verify.h"
#include "vault/operation/perso.h"

struct accepting {
    const struct order_wish *wish;
    struct accepted *out;
    struct subject subject;
};

static const char *said(const char *text)
{
    return text ? text : "";
}

static bool personalises(const struct order *o)
{
    return o->operation == OP_EXCHANGE ||
           ((o->operation == OP_DEPLOY || o->operation == OP_UPDATE) && (o->commands & COMMAND_PERSONALISE));
}

/* Of the form that the intake key opens; stored unopened and judged at station 5 [RFC 7516 7.1]. No order
 * that does not personalise keeps card data or inputs of a script. */
static enum tsm_err check_data(const struct order *o, const struct order_wish *w)
{
    if (!personalises(o) && (*said(w->data) || w->inputs.len))
        return FAIL_FIELD(BAD_VALUE, *said(w->data) ? "data" : "personalization_data",
                          "%s takes no card data", operation_words[o->operation]);
    return *said(w->data) ? vault_record_check(bytes_of_text(w->data)) : TSM_OK;
}

/* The same client_ref again is the same order, if it asks the same. */
static enum tsm_err find_repeated(struct tx *tx, struct accepting *a)
{
    const char *ref = said(a->wish->client_ref);
    struct order *o = &a->out->order;
    ROWS r = {0};
    enum tsm_err e;
    if (!*ref)
        return TSM_OK;
    e = db_first(tx, &r, SQL_ORDER_BY_REF, a->wish->party, ref);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    if (!bytes_equal(db_blob(&r, 1), a->wish->digest))
        return FAIL_FIELD(CONFLICT, "client_ref", "another order of yours has this client_ref");
    a->out->repeated = true;
    TRY(order_load(tx, a->wish->party, db_int(&r, 0), o));
    return instance_state_load(tx, o, &a->out->instance_state);
}

static enum tsm_err check_free(struct tx *tx, const struct order *o)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_ORDER_RUNNING_ON, o->party, o->instance);
    if (e == TSM_OK)
        return FAIL(CONFLICT, "order %lld is still running on this instance", (long long)db_int(&r, 0));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err write_rows(struct tx *tx, const struct accepting *a)
{
    const struct order *o = &a->out->order;
    const char *ref = said(a->wish->client_ref);
    struct job_new job = {.kind = JOB_ORDER,
                          .state = JOB_READY,
                          .party = o->party,
                          .ref = o->id,
                          .id = o->id, /* so that who cancels the order finds its job */
                          .step = (int64_t)first_step_of((enum operation)o->operation, o->commands),
                          .trace = BYTES(o->trace),
                          .due = tx_now(tx),
                          .deadline = o->deadline};
    int64_t job_id;
    TRY(db_exec(tx, SQL_ORDER_ADD, o->id, o->party, *ref ? ref : NULL, o->operation, o->instance, o->service,
                o->flavor, o->se_kind, o->se_ref, BYTES(o->trace), o->session, a->wish->digest,
                bytes_of_text(said(a->wish->data)), o->state, "", o->created, o->updated, o->deadline));
    if (o->commands != COMMANDS_ALL || o->version[0])
        TRY(db_exec(tx, SQL_LIFE_ORDER_WISH, o->id, (int64_t)o->commands, o->version));
    if (said(a->wish->installation)[0])
        TRY(db_exec(tx, SQL_ORDER_INSTALLATION, o->id, a->wish->installation));
    if (o->operation == OP_EXCHANGE)
        TRY(db_exec(tx, SQL_EXCHANGE_SET, o->id, said(a->wish->exchange)));
    if (a->wish->inputs.len)
        TRY(db_exec(tx, SQL_SCRIPT_INPUTS, o->id, a->wish->inputs, BYTES_NONE));
    return job_add(tx, &job, &job_id);
}

static enum tsm_err write_order(struct tx *tx, const struct accepting *a)
{
    const struct order *o = &a->out->order;
    struct note note = {
        .party = o->party, .trace = BYTES(o->trace), .station = 3, .role = "sp", .step = "ACCEPTED"};
    char text[SERVICE_MAX + IDENT_MAX + 100], detail[120];
    TRY(write_rows(tx, a));
    snprintf(text, sizeof text, "order %s of service %s on the secure element with %s %s",
             operation_words[o->operation], o->service, se_kind_words[o->se_kind], o->se_ref);
    note.text = text;
    TRY(note_add(tx, &note));
    snprintf(detail, sizeof detail, "{\"order\":\"%lld\",\"operation\":\"%s\"}", (long long)o->id,
             operation_words[o->operation]);
    TRY(audit_add(tx, &(struct audit_leaf){o->party, BYTES(o->trace), "order.accepted", detail}));
    snprintf(text, sizeof text, "order:%lld", (long long)o->id);
    return usage_add(tx, o->party, text, BYTES(o->trace), operation_words[o->operation], 1);
}

/* The order as it would be stored, with a trace and a session of its own. */
static enum tsm_err begin(struct accepting *a)
{
    const struct order_wish *w = a->wish;
    struct order *o = &a->out->order;
    uint8_t random[16];
    *a->out = (struct accepted){.repeated = false};
    if (process_of(w->operation)->n == 0)
        return FAIL_FIELD(UNSUPPORTED, "operation", "%s is not offered by this server",
                          operation_words[w->operation]);
    o->party = w->party;
    o->operation = w->operation;
    o->commands = w->commands ? w->commands : COMMANDS_ALL;
    o->se_kind = w->se_kind;
    snprintf(o->service, sizeof o->service, "%s", said(w->service));
    snprintf(o->flavor, sizeof o->flavor, "%s", said(w->flavor));
    snprintf(o->version, sizeof o->version, "%s", said(w->version));
    snprintf(o->se_ref, sizeof o->se_ref, "%s", said(w->se_ref));
    TRY(issuer_wish_judge(w->operation, said(w->exchange), said(w->data)));
    TRY(check_data(o, w));
    if (w->trace.len == TRACE_LEN)
        memcpy(o->trace, w->trace.at, TRACE_LEN);
    else
        TRY(vault_random(o->trace, sizeof o->trace));
    /* For an agent on the device its session is the bearer secret [DESIGN 6]. Whether one reaches the element
     * the owner says; else the session goes. */
    TRY(vault_random(random, sizeof random));
    uuid_text(random, o->session);
    return TSM_OK;
}

static enum tsm_err accept_order(struct tx *tx, void *arg)
{
    struct accepting *a = arg;
    struct order *o = &a->out->order;
    TRY(find_repeated(tx, a));
    if (a->out->repeated)
        return TSM_OK;
    TRY(subject_find(tx, &a->subject, o));
    TRY(check_free(tx, o));
    TRY(subject_judge(tx, &a->subject, o, &a->out->instance_state));
    o->id = store_id(tx_store(tx));
    o->created = o->updated = tx_now(tx);
    o->deadline = tx_now(tx) + SECONDS(a->wish->deadline_s ? a->wish->deadline_s : ORDER_DEADLINE_S);
    return write_order(tx, a);
}

enum tsm_err sp_accept_in(struct tx *tx, const struct order_wish *wish, struct accepted *out)
{
    struct accepting a = {.wish = wish, .out = out, .subject = {.instance = wish->instance}};
    TRY(begin(&a));
    return accept_order(tx, &a);
}

static enum tsm_err load_known(struct tx *tx, void *arg)
{
    struct accepted *out = arg;
    TRY(order_load(tx, out->order.party, out->order.id, &out->order));
    return instance_state_load(tx, &out->order, &out->instance_state);
}

/* A deploy that its instance stands against: the same card again is the order that it was. */
static enum tsm_err accept_or_known(struct sp *sp, struct accepting *a)
{
    struct order *o = &a->out->order;
    struct same_asked asked = {.party = o->party, .service = o->service};
    enum tsm_err e = store_write(sp->c.store, accept_order, a);
    char cause[ERR_CAUSE_MAX];
    int64_t known = 0;
    if ((e != TSM_CONFLICT && e != TSM_WRONG_STATE) || o->operation != OP_DEPLOY || !o->instance)
        return e;
    snprintf(cause, sizeof cause, "%s", err_cause());
    asked.instance = o->instance;
    asked.data = bytes_of_text(said(a->wish->data));
    if (asked.data.len)
        TRY(same_order(sp, &asked, &known));
    if (!known)
        return err_fail(e, ERR_HERE, "%s", cause);
    err_clear();
    o->id = known;
    a->out->repeated = true;
    return store_read(sp->c.store, load_known, a->out);
}

enum tsm_err sp_accept_order(struct sp *sp, const struct order_wish *wish, struct accepted *out)
{
    struct accepting a = {.wish = wish, .out = out, .subject = {.instance = wish->instance}};
    TRY(begin(&a));
    if (wish->operation != OP_DEPLOY && !wish->instance)
        TRY(sp_instance_by_element(sp,
                                   &(struct named_element){.party = wish->party,
                                                           .service = out->order.service,
                                                           .kind = se_kind_words[wish->se_kind],
                                                           .ref = out->order.se_ref},
                                   &a.subject.by_element));
    return accept_or_known(sp, &a);
}

/* An order that sleeps until its customer answers is woken; any other hears of something soon. */
enum tsm_err sp_give_up_in(struct tx *tx, int64_t party, int64_t order, enum given_up by)
{
    struct verifying v;
    enum tsm_err e;
    TRY(db_exec(tx, SQL_ORDER_GIVE_UP, order, party, (int64_t)by));
    e = verifying_load(tx, party, order, &v);
    if (e == TSM_OK)
        return verify_settle(tx, &v, "manually cancelled");
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}
