/* SPDX-License-Identifier: Apache-2.0 */
/* Owners asked while the caller waits: in this process by one commit, else over the wire. Stations 2 and 4.
 * Role.
 */
#include "role/sp/owner/ask_now.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "role/sp/life/subject.h"
#include "role/sp/orders/order_api.h"

enum { LOOK_AGAIN_MS = 20, REPLIED = 2 };

struct asking {
    struct sp *sp;
    int64_t party, owner[OWNERS_MAX];
    size_t n_owners;
    struct partner_ask ask;
    char key[48];
    bool replied;
    json_t *reply; /* owned */
};

static enum tsm_err list_owners(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_PARTY_OWNERS);
    while (e == TSM_OK && a->n_owners < OWNERS_MAX && (e = db_next(&r)) == TSM_OK)
        a->owner[a->n_owners++] = db_int(&r, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err read_reply(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTNER_REPLY, a->party, a->ask.peer, a->key));
    a->replied = db_int(&r, 0) == REPLIED;
    if (!a->replied)
        return TSM_OK;
    json_decref(a->reply);
    a->reply = NULL;
    return json_read(bytes_of_text(db_text(&r, 1)), &a->reply);
}

static enum tsm_err put_question(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    TRY(partner_ask(a->sp->c.partners, tx, &a->ask));
    return read_reply(tx, a);
}

/* An owner elsewhere answers by a message of its own. */
static enum tsm_err wait_for_reply(struct asking *a)
{
    time_us until = clock_now(a->sp->c.clock) + SECONDS(ASK_NOW_S);
    while (!a->replied) {
        time_us now = clock_now(a->sp->c.clock);
        if (now >= until)
            return FAIL(TIMED_OUT, "the owner's TSM did not answer within %d seconds", ASK_NOW_S);
        (void)sp_wait_turn(a->sp, sp_turns(a->sp), now + LOOK_AGAIN_MS * 1000, true);
        TRY(store_read(a->sp->c.store, read_reply, a));
    }
    return TSM_OK;
}

/* Nothing changes by the question: where the owner's roles run here, it needs no message. */
static enum tsm_err look(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    struct partner_call call = {.party = a->ask.peer,
                                .peer = a->party,
                                .verb = a->ask.verb,
                                .body = a->ask.body,
                                .trace = a->ask.trace};
    return partner_look(a->sp->c.partners, tx, &call, &a->reply);
}

static enum tsm_err ask_one(struct asking *a, int64_t owner)
{
    enum tsm_err e;
    a->ask.peer = owner;
    json_decref(a->reply);
    a->reply = NULL;
    e = store_read(a->sp->c.store, look, a);
    if (e != TSM_UNSUPPORTED)
        return e;
    a->replied = false;
    snprintf(a->key, sizeof a->key, "n%lld", (long long)store_id(a->sp->c.store));
    TRY(store_write(a->sp->c.store, put_question, a));
    return wait_for_reply(a);
}

static enum tsm_err ask_all(struct asking *a, struct now_answer *out)
{
    TRY(store_read(a->sp->c.store, list_owners, a));
    for (size_t i = 0; i < a->n_owners; i++) {
        TRY(ask_one(a, a->owner[i]));
        if (json_object_get(a->reply, "failure"))
            continue;
        *out = (struct now_answer){a->owner[i], json_incref(a->reply)};
        return TSM_OK;
    }
    return FAIL(NOT_FOUND, "no owner knows a secure element of this name");
}

enum tsm_err sp_ask_now(struct sp *sp, int64_t party, const json_t *body, struct now_answer *out)
{
    uint8_t trace[TRACE_LEN];
    struct asking a = {.sp = sp, .party = party};
    char *text = json_text(body);
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    e = vault_random(trace, sizeof trace);
    a.ask = (struct partner_ask){
        .party = party, .verb = VERB_CHECK_ELIGIBILITY, .key = a.key, .body = text, .trace = BYTES(trace)};
    if (e == TSM_OK)
        e = ask_all(&a, out);
    json_decref(a.reply);
    free(text);
    return e;
}

struct finding {
    const struct named_element *n;
    const char *element; /* NULL: by the name itself */
    int64_t kind, instance, service;
};

static enum tsm_err find(struct tx *tx, void *arg)
{
    struct finding *f = arg;
    enum tsm_err e = subject_service(tx, f->n->party, f->n->service, &f->service);
    if (e == TSM_NOT_FOUND) {
        err_clear();
        return TSM_OK;
    }
    TRY(e);
    ROWS r = {0};
    e = f->element ? db_first(tx, &r, SQL_INSTANCE_OF_ELEMENT, f->n->party, f->service, f->element)
                   : db_first(tx, &r, SQL_INSTANCE_FIND, f->n->party, f->service, f->kind, f->n->ref);
    f->instance = e == TSM_OK ? db_int(&r, 0) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* The owner's own name of the element: by it the instance was noted at deployment. */
static enum tsm_err element_name(struct sp *sp, const struct named_element *n, char *out, size_t cap)
{
    struct now_answer a = {.owner = 0};
    json_t *body = json_pack("{ss s{ss}}", "service", n->service, "se", n->kind, n->ref);
    enum tsm_err e = body ? sp_ask_now(sp, n->party, body, &a) : FAIL(NO_MEMORY, "no memory for a question");
    json_decref(body);
    TRY(e);
    snprintf(out, cap, "%lld/%s", (long long)a.owner, json_member(a.reply, "element"));
    json_decref(a.reply);
    return TSM_OK;
}

enum tsm_err sp_instance_by_element(struct sp *sp, const struct named_element *n, int64_t *instance)
{
    struct finding f = {.n = n};
    char element[IDENT_MAX + 1];
    enum tsm_err e;
    *instance = 0;
    while (f.kind < SE_KINDS && strcmp(se_kind_words[f.kind], n->kind) != 0)
        f.kind++;
    TRY(store_read(sp->c.store, find, &f));
    if (f.instance || !f.service)
        return TSM_OK; /* it is found under the name itself, or cannot be */
    e = element_name(sp, n, element, sizeof element);
    if (e == TSM_NOT_FOUND) {
        err_clear();
        return TSM_OK;
    }
    TRY(e);
    f.element = element;
    TRY(store_read(sp->c.store, find, &f));
    *instance = f.instance;
    return TSM_OK;
}
