/* SPDX-License-Identifier: Apache-2.0 */
/* POST and GET of orders: who asks, is the form right, store order, job, audit and usage as one, answer 202.
 * Stations 1 to 3. Role. */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/owner/ask_now.h"
#include "role/sp/order_api.h"
#include "role/sp/prep/same.h"
#include "role/sp/process.h"
#include "vault/jose/jwe.h"

struct posted {
    int operation;
    char service[SERVICE_MAX + 1], flavor[SERVICE_MAX + 1], client_ref[REF_MAX + 1], data[ORDER_DATA_MAX + 1];
    json_t *se;
    int64_t deadline_s;
};

static const struct json_row posted_rows[] = {
    {"operation", JSON_ENUM, offsetof(struct posted, operation), 0, 0, JSON_NEEDED, operation_words},
    {"service", JSON_TEXT, offsetof(struct posted, service), 1, SERVICE_MAX, JSON_NEEDED, NULL},
    {"flavor", JSON_TEXT, offsetof(struct posted, flavor), 1, SERVICE_MAX, JSON_OPTIONAL, NULL},
    {"se", JSON_VALUE, offsetof(struct posted, se), 0, 0, JSON_NEEDED, NULL},
    {"data", JSON_TEXT, offsetof(struct posted, data), 1, ORDER_DATA_MAX, JSON_OPTIONAL, NULL},
    {"deadline_s", JSON_INT, offsetof(struct posted, deadline_s), 1, ORDER_DEADLINE_MAX_S, JSON_OPTIONAL,
     NULL},
    {"client_ref", JSON_TEXT, offsetof(struct posted, client_ref), 1, REF_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

/* The order as it will be stored. */
struct acceptance {
    struct sp *sp;
    struct posted *posted;
    struct order order;
    uint8_t digest[SHA256_LEN];
    int64_t instance_state;
    int64_t by_element; /* its instance on the element that is named another way, 0: none */
    bool repeated;
};

/* {"iccid": ".."}: exactly one identifier, of the form of its kind. */
static enum tsm_err read_se(const json_t *se, struct order *o)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)se));
    const char *value = name ? json_string_value(json_object_get(se, name)) : NULL;
    size_t n = value ? strlen(value) : 0;
    if (!json_is_object(se) || json_object_size(se) != 1 || !value)
        return FAIL_FIELD(BAD_VALUE, "se",
                          "se must name the secure element by one of iccid, seid, msisdn, eid");
    for (o->se_kind = 0; o->se_kind < SE_KINDS && strcmp(name, se_kind_words[o->se_kind]) != 0; o->se_kind++)
        ;
    if (o->se_kind == SE_KINDS)
        return FAIL_FIELD(UNKNOWN_FIELD, "se", "se.%.20s is no identifier known here", name);
    if (o->se_kind == SE_BY_SEID || o->se_kind == SE_BY_CPLC
            ? n < 4 || n > IDENT_MAX || n % 2 || strspn(value, "0123456789ABCDEFabcdef") != n
            : !text_is_digits(value, 5, 32))
        return FAIL_FIELD(BAD_FORM, "se", "se.%s is not of the right form", name);
    snprintf(o->se_ref, sizeof o->se_ref, "%s", value);
    for (char *p = o->se_ref; *p; p++)
        *p = *p >= 'a' && *p <= 'f' ? (char)(*p - 32) : *p;
    return TSM_OK;
}

/* Compact JWE of the form that the intake key opens; it is stored unopened and judged at station 5 [RFC 7516
 * 7.1]. Only deploy personalises, so no other operation keeps card data. */
static enum tsm_err check_data(const struct posted *p)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (p->operation != OP_DEPLOY)
        return p->data[0]
                   ? FAIL_FIELD(BAD_VALUE, "data", "%s takes no card data", operation_words[p->operation])
                   : TSM_OK;
    if (!p->data[0])
        return FAIL_FIELD(MISSING_FIELD, "data", "deploy needs the card data as compact JWE");
    if (strspn(p->data, alphabet) != strlen(p->data) || vault_jwe_check(bytes_of_text(p->data)) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "data", "data is no compact JWE with ECDH-ES and A256GCM");
    return TSM_OK;
}

static enum tsm_err read_posted(struct http_request *q, struct posted *p, struct order *o)
{
    const char *key = http_header(q, "Idempotency-Key");
    json_t *body;
    enum tsm_err e;
    TRY(json_read(q->body, &body));
    e = json_fill(body, posted_rows, p);
    if (e == TSM_OK)
        e = read_se(p->se, o);
    p->se = NULL;
    json_decref(body);
    TRY(e);
    if (key && !p->client_ref[0]) {
        if (strlen(key) > REF_MAX)
            return FAIL_FIELD(BAD_LENGTH, "Idempotency-Key", "the key has more than %d characters", REF_MAX);
        snprintf(p->client_ref, sizeof p->client_ref, "%s", key);
    }
    return check_data(p);
}

/* The same client_ref again is the same order, if it asks the same. */
static enum tsm_err find_repeated(struct tx *tx, struct acceptance *a)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!a->posted->client_ref[0])
        return TSM_OK;
    e = db_first(tx, &r, SQL_ORDER_BY_REF, a->order.party, a->posted->client_ref);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    if (!bytes_equal(db_blob(&r, 1), BYTES(a->digest)))
        return FAIL_FIELD(CONFLICT, "client_ref", "another order of yours has this client_ref");
    a->repeated = true;
    TRY(order_load(tx, a->order.party, db_int(&r, 0), &a->order));
    return instance_state_load(tx, &a->order, &a->instance_state);
}

static enum tsm_err make_instance(struct tx *tx, struct acceptance *a, int64_t service)
{
    if (a->posted->operation != OP_DEPLOY)
        return FAIL(NOT_FOUND, "the service has no instance on this secure element");
    a->order.instance = store_id(tx_store(tx));
    a->instance_state = INSTANCE_NOT_DEPLOYED;
    return db_exec(tx, SQL_INSTANCE_ADD, a->order.instance, a->order.party, service, (int64_t)0,
                   a->order.se_kind, a->order.se_ref, (int64_t)0, BYTES_NONE, BYTES_NONE,
                   (int64_t)INSTANCE_NOT_DEPLOYED);
}

/* An instance in error is mended by the update that left it so, and by no other. */
static enum tsm_err update_goes_on(struct tx *tx, const struct acceptance *a)
{
    ROWS r = {0};
    enum tsm_err e;
    if (a->posted->operation != OP_UPDATE || a->instance_state != INSTANCE_IN_ERROR)
        return TSM_OK;
    e = db_first(tx, &r, SQL_ORDER_LAST_OF, a->order.instance);
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    return e == TSM_OK && db_int(&r, 0) == OP_UPDATE
               ? TSM_OK
               : FAIL(WRONG_STATE, "update needs an operational instance, this one is %s",
                      instance_state_word(a->instance_state));
}

static enum tsm_err find_instance(struct tx *tx, struct acceptance *a)
{
    int64_t service;
    enum tsm_err e;
    if (process_of((enum operation)a->posted->operation)->n == 0)
        return FAIL_FIELD(UNSUPPORTED, "operation", "%s is not offered by this server",
                          operation_words[a->posted->operation]);
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_SERVICE_BY_NAME, a->order.party, a->posted->service);
        if (e == TSM_NOT_FOUND) { /* or the id that the administration interface gave it */
            db_end(&r);
            e = db_first(tx, &r, SQL_TR_SERVICE_ID_OF, a->posted->service, a->order.party);
        }
        if (e == TSM_NOT_FOUND)
            return FAIL_FIELD(NOT_FOUND, "service", "no service of yours has this name");
        TRY(e);
        service = db_int(&r, 0);
    }
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_INSTANCE_FIND, a->order.party, service, a->order.se_kind, a->order.se_ref);
        if (e == TSM_NOT_FOUND && !a->by_element)
            return make_instance(tx, a, service);
        if (e != TSM_NOT_FOUND)
            TRY(e);
        a->order.instance = e == TSM_OK ? db_int(&r, 0) : a->by_element;
        a->instance_state = e == TSM_OK ? db_int(&r, 1) : 0;
    }
    if (a->order.instance == a->by_element)
        TRY(instance_state_load(tx, &a->order, &a->instance_state));
    ROWS running = {0};
    e = db_first(tx, &running, SQL_ORDER_RUNNING_ON, a->order.instance);
    if (e == TSM_OK)
        return FAIL(CONFLICT, "order %lld is still running on this instance", (long long)db_int(&running, 0));
    if (e != TSM_NOT_FOUND)
        return e;
    TRY(update_goes_on(tx, a));
    return operation_allowed((enum operation)a->posted->operation, (enum instance_state)a->instance_state);
}

static enum tsm_err write_order(struct tx *tx, struct acceptance *a)
{
    struct order *o = &a->order;
    const struct posted *p = a->posted;
    struct job_new job = {.kind = JOB_ORDER,
                          .state = JOB_READY,
                          .party = o->party,
                          .ref = o->id,
                          .trace = BYTES(o->trace),
                          .due = tx_now(tx),
                          .deadline = o->deadline};
    struct note note = {
        .party = o->party, .trace = BYTES(o->trace), .station = 3, .role = "sp", .step = "ACCEPTED"};
    char text[SERVICE_MAX + IDENT_MAX + 100], detail[120];
    int64_t job_id;
    TRY(db_exec(tx, SQL_ORDER_ADD, o->id, o->party, p->client_ref[0] ? p->client_ref : NULL, o->operation,
                o->instance, o->service, o->flavor, o->se_kind, o->se_ref, BYTES(o->trace), o->session,
                BYTES(a->digest), bytes_of_text(p->data), o->state, "", o->created, o->updated, o->deadline));
    TRY(job_add(tx, &job, &job_id));
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

static enum tsm_err accept_order(struct tx *tx, void *arg)
{
    struct acceptance *a = arg;
    TRY(find_repeated(tx, a));
    if (a->repeated)
        return TSM_OK;
    TRY(find_instance(tx, a));
    a->order.id = store_id(tx_store(tx));
    a->order.created = a->order.updated = tx_now(tx);
    a->order.deadline =
        tx_now(tx) + SECONDS(a->posted->deadline_s ? a->posted->deadline_s : ORDER_DEADLINE_S);
    return write_order(tx, a);
}

static enum tsm_err load_known(struct tx *tx, void *arg)
{
    struct acceptance *a = arg;
    TRY(order_load(tx, a->order.party, a->order.id, &a->order));
    return instance_state_load(tx, &a->order, &a->instance_state);
}

/* A deploy that its instance stands against: the same card again is the order that it was. */
static enum tsm_err accept_or_known(struct sp *sp, struct acceptance *a)
{
    struct same_asked asked = {.party = a->order.party, .service = a->posted->service};
    enum tsm_err e = store_write(sp->c.store, accept_order, a);
    char cause[ERR_CAUSE_MAX];
    int64_t known = 0;
    if ((e != TSM_CONFLICT && e != TSM_WRONG_STATE) || a->posted->operation != OP_DEPLOY ||
        !a->order.instance)
        return e;
    snprintf(cause, sizeof cause, "%s", err_cause());
    asked.instance = a->order.instance;
    asked.data = bytes_of_text(a->posted->data);
    if (same_order(sp, &asked, &known) != TSM_OK || !known)
        return err_fail(e, ERR_HERE, "%s", cause);
    err_clear();
    a->order.id = known;
    a->repeated = true;
    return store_read(sp->c.store, load_known, a);
}

/* The agent may come as soon as it hears its session: the owner must know it by then. */
static enum tsm_err take_order(struct sp *sp, struct acceptance *a, struct http_reply *reply)
{
    json_t *answer;
    if (a->posted->operation != OP_DEPLOY && process_of((enum operation)a->posted->operation)->n)
        TRY(sp_instance_by_element(sp,
                                   &(struct named_element){.party = a->order.party,
                                                           .service = a->posted->service,
                                                           .kind = se_kind_words[a->order.se_kind],
                                                           .ref = a->order.se_ref},
                                   &a->by_element));
    TRY(accept_or_known(sp, a));
    answer = order_summary(sp, &a->order, a->instance_state); /* as it was accepted */
    NEED(answer != NULL, NO_MEMORY);
    if (order_is_by_agent(&a->order)) {
        enum tsm_err e = sp_wait_for_state(sp, &a->order, ORDER_RUNNING, AGENT_WAIT_S);
        if (e != TSM_OK) {
            json_decref(answer);
            return e;
        }
        if (!a->order.session[0]) /* a chip that messages reach */
            json_object_del(answer, "seram");
    }
    TRY(http_reply_json(reply, a->repeated ? 200 : 202, answer));
    return http_reply_header(reply, "Location", "/api/v1/orders/%lld", (long long)a->order.id);
}

enum tsm_err sp_post_order(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct posted p = {0};
    struct acceptance a = {.sp = sp, .posted = &p};
    uint8_t random[16];
    struct caller who;
    TRY(sp_caller(sp, q, &who));
    TRY(read_posted(q, &p, &a.order));
    SHA256(q->body.at, q->body.len, a.digest);
    a.order.party = who.party;
    a.order.operation = p.operation;
    snprintf(a.order.service, sizeof a.order.service, "%s", p.service);
    snprintf(a.order.flavor, sizeof a.order.flavor, "%s", p.flavor);
    TRY(vault_random(a.order.trace, sizeof a.order.trace));
    /* For an agent on the device its session is the bearer secret [DESIGN 6]. Whether one reaches the element
     * the owner says; else the session goes. */
    TRY(vault_random(random, sizeof random));
    uuid_text(random, a.order.session);
    return take_order(sp, &a, reply);
}
