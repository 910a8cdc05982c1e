/* SPDX-License-Identifier: Apache-2.0 */
/* POST of orders: who asks, is the form right; accepted, it is answered with 202. Stations 1 to 3. Role. */
#include <stdio.h>
#include <string.h>

#include "base/sign/sign.h"
#include "base/hex.h"
#include "role/sp/orders/accept.h"
#include "role/sp/issuer/issuer.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/prep/played.h"

struct posted {
    int operation;
    char service[SERVICE_MAX + 1], flavor[SERVICE_MAX + 1], client_ref[REF_MAX + 1], data[ORDER_DATA_MAX + 1];
    char version[VERSION_TAG_MAX + 1], se_ref[IDENT_MAX + 1];
    char exchange[EXCHANGE_TEXT_MAX + 1];
    json_t *se, *list, *change, *personalization, *card;
    uint8_t trace[TRACE_LEN], inputs[INPUTS_MAX];
    size_t inputs_len;
    int64_t deadline_s, se_kind;
    bool finalise, suspended;
    unsigned commands;
};

static const struct json_row posted_rows[] = {
    {"operation", JSON_ENUM, offsetof(struct posted, operation), 0, 0, JSON_NEEDED, operation_words},
    {"service", JSON_TEXT, offsetof(struct posted, service), 1, SERVICE_MAX, JSON_NEEDED, NULL},
    {"flavor", JSON_TEXT, offsetof(struct posted, flavor), 1, SERVICE_MAX, JSON_OPTIONAL, NULL},
    {"se", JSON_VALUE, offsetof(struct posted, se), 0, 0, JSON_NEEDED, NULL},
    {"commands", JSON_VALUE, offsetof(struct posted, list), 0, 0, JSON_OPTIONAL, NULL},
    {"finalise", JSON_BOOL, offsetof(struct posted, finalise), 0, 0, JSON_OPTIONAL, NULL},
    {"suspended", JSON_BOOL, offsetof(struct posted, suspended), 0, 0, JSON_OPTIONAL, NULL},
    {"version", JSON_TEXT, offsetof(struct posted, version), 1, VERSION_TAG_MAX, JSON_OPTIONAL, NULL},
    {"exchange", JSON_VALUE, offsetof(struct posted, change), 0, 0, JSON_OPTIONAL, NULL},
    {"data", JSON_TEXT, offsetof(struct posted, data), 1, ORDER_DATA_MAX, JSON_OPTIONAL, NULL},
    {"card", JSON_VALUE, offsetof(struct posted, card), 0, 0, JSON_OPTIONAL, NULL},
    {"personalization_data", JSON_VALUE, offsetof(struct posted, personalization), 0, 0, JSON_OPTIONAL, NULL},
    {"deadline_s", JSON_INT, offsetof(struct posted, deadline_s), 1, ORDER_DEADLINE_MAX_S, JSON_OPTIONAL,
     NULL},
    {"client_ref", JSON_TEXT, offsetof(struct posted, client_ref), 1, REF_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

/* {"iccid": ".."}: exactly one identifier, of the form of its kind. */
static enum tsm_err read_se(const json_t *se, struct posted *o)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)se));
    const char *value = name ? json_string_value(json_object_get(se, name)) : NULL;
    size_t n = value ? strlen(value) : 0;
    if (!json_is_object(se) || json_object_size(se) != 1 || !value)
        return FAIL_FIELD(BAD_VALUE, "se",
                          "se must name the secure element by one of iccid, seid, msisdn, eid, cplc, cin");
    for (o->se_kind = 0; o->se_kind < SE_KINDS && strcmp(name, se_kind_words[o->se_kind]) != 0; o->se_kind++)
        ;
    if (o->se_kind == SE_KINDS)
        return FAIL_FIELD(UNKNOWN_FIELD, "se", "se.%.20s is no identifier known here", name);
    if (o->se_kind == SE_BY_SEID || o->se_kind == SE_BY_CPLC || o->se_kind == SE_BY_CIN
            ? n < 4 || n > IDENT_MAX || n % 2 || strspn(value, "0123456789ABCDEFabcdef") != n
            : !text_is_digits(value, 5, 32))
        return FAIL_FIELD(BAD_FORM, "se", "se.%s is not of the right form", name);
    snprintf(o->se_ref, sizeof o->se_ref, "%s", value);
    for (char *p = o->se_ref; *p; p++)
        *p = *p >= 'a' && *p <= 'f' ? (char)(*p - 32) : *p;
    return TSM_OK;
}

/* {"commands": ["install"], "finalise": false}: a deployment in parts [TR-03165 4.2.5.3]; all of it else. */
static enum tsm_err read_commands(struct posted *p)
{
    struct command_list list = {.finalise = p->finalise, .suspended = p->suspended};
    const json_t *word;
    size_t i;
    if (!p->list && p->finalise && !p->suspended)
        return TSM_OK;
    if (p->operation != OP_DEPLOY && p->operation != OP_UPDATE)
        return FAIL_FIELD(BAD_VALUE, "commands", "%s takes no commands", operation_words[p->operation]);
    if (!p->list) {
        p->commands =
            COMMAND_STEPS | (p->finalise ? COMMAND_FINALISE : 0) | (p->suspended ? COMMAND_SUSPENDED : 0);
        return TSM_OK;
    }
    if (!json_is_array(p->list) || json_array_size(p->list) > COMMANDS_MAX)
        return FAIL_FIELD(BAD_VALUE, "commands", "commands is a list of at most %d words", COMMANDS_MAX);
    json_array_foreach(p->list, i, word)
    {
        const char *text = json_is_string(word) ? json_string_value(word) : "";
        TRY(service_command_read(text, &list.at[list.n++]));
    }
    return commands_mask((enum operation)p->operation, &list, &p->commands);
}

/* Kept as it was ordered. */
static enum tsm_err read_change(struct posted *p)
{
    size_t n = p->change ? json_dumpb(p->change, p->exchange, EXCHANGE_TEXT_MAX, JSON_COMPACT) : 0;
    if (n > EXCHANGE_TEXT_MAX)
        return FAIL_FIELD(TOO_LONG, "exchange", "exchange has more than %d characters", EXCHANGE_TEXT_MAX);
    p->exchange[n] = 0;
    return TSM_OK;
}

/* A whole deployment comes with its card data. */
static enum tsm_err check_data(const struct posted *p)
{
    return p->operation != OP_DEPLOY || p->data[0] || p->inputs_len ||
                   (p->commands && !(p->commands & COMMAND_PERSONALISE))
               ? TSM_OK
               : FAIL_FIELD(MISSING_FIELD, "data", "deploy needs the card data as compact JWE");
}

/* A card record whose fields come in envelopes of their own stands in the place of `data`. */
static enum tsm_err read_card(struct posted *p)
{
    size_t n;
    if (!p->card)
        return TSM_OK;
    if (p->data[0])
        return FAIL_FIELD(BAD_VALUE, "card", "the card data come as data or as card");
    n = json_dumpb(p->card, p->data, ORDER_DATA_MAX, JSON_COMPACT);
    if (n > ORDER_DATA_MAX)
        return FAIL_FIELD(TOO_LONG, "card", "card has more than %d characters", ORDER_DATA_MAX);
    p->data[n] = 0;
    return TSM_OK;
}

static enum tsm_err read_inputs(struct sp *sp, int64_t party, struct posted *p)
{
    struct writer w = WRITER(p->inputs);
    TRY(vault_random(p->trace, sizeof p->trace));
    if (p->personalization)
        TRY(inputs_seal(sp, party, p->trace, p->personalization, &w));
    p->inputs_len = w.len;
    return TSM_OK;
}

static enum tsm_err read_posted(struct sp *sp, const struct order_letter *letter, struct posted *p)
{
    const char *key = letter->key;
    int64_t party = letter->party;
    json_t *body;
    enum tsm_err e;
    TRY(json_read(letter->body, &body));
    e = json_fill(body, posted_rows, p);
    if (e == TSM_OK)
        e = read_se(p->se, p);
    if (e == TSM_OK)
        e = read_commands(p);
    if (e == TSM_OK)
        e = read_change(p);
    if (e == TSM_OK)
        e = read_card(p);
    if (e == TSM_OK)
        e = read_inputs(sp, party, p);
    p->se = p->list = p->change = p->card = p->personalization = NULL;
    json_decref(body);
    TRY(e);
    if (key && !p->client_ref[0]) {
        if (strlen(key) > REF_MAX)
            return FAIL_FIELD(BAD_LENGTH, "Idempotency-Key", "the key has more than %d characters", REF_MAX);
        snprintf(p->client_ref, sizeof p->client_ref, "%s", key);
    }
    return check_data(p);
}

/* The agent may come as soon as it hears its session: the owner must know it by then. */
static enum tsm_err answer_order(struct sp *sp, struct accepted *a, struct http_reply *reply)
{
    json_t *answer = order_summary(sp, &a->order, a->instance_state); /* as it was accepted */
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

enum tsm_err sp_take_order(struct sp *sp, const struct order_letter *letter, struct accepted *out)
{
    struct posted p = {.finalise = true};
    uint8_t digest[SHA256_LEN];
    TRY(read_posted(sp, letter, &p));
    TRY(sha256_of(letter->body, digest));
    return sp_accept_order(sp,
                           &(struct order_wish){.party = letter->party,
                                                .operation = (enum operation)p.operation,
                                                .service = p.service,
                                                .flavor = p.flavor,
                                                .se_kind = p.se_kind,
                                                .se_ref = p.se_ref,
                                                .commands = p.commands,
                                                .version = p.version,
                                                .data = p.data,
                                                .exchange = p.exchange,
                                                .client_ref = p.client_ref,
                                                .digest = BYTES(digest),
                                                .inputs = BYTES_OF(p.inputs, p.inputs_len),
                                                .trace = BYTES(p.trace),
                                                .deadline_s = p.deadline_s},
                           out);
}

enum tsm_err sp_post_order(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct accepted a;
    struct caller who;
    TRY(sp_caller(sp, q, &who));
    TRY(sp_take_order(sp, &(struct order_letter){who.party, q->body, http_header(q, "Idempotency-Key")}, &a));
    return answer_order(sp, &a, reply);
}
