/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's desk for delegated management: tokens signed and receipts judged for providers who ask by other
 * ways than partner messages, and the key that tokens are verified with. Stations 1 and 6. Role.
 * [GPCS C.4, C.5; capability S6] */
#include "base/hex.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/modes/desk.h"
#include "role/sem/work.h"

enum tsm_err sem_post_tokens(void *app, struct http_request *q, struct http_reply *reply)
{
    return work_post(app, q, reply, VERB_GENERATE_TOKEN);
}

struct receipts {
    struct sem *sem;
    struct element_ref ref;
    json_t *ask, *answer;
};

static enum tsm_err take_receipts(struct tx *tx, void *arg)
{
    struct receipts *r = arg;
    uint8_t trace[TRACE_LEN];
    struct partner_call call = {.party = r->ref.owner, .peer = r->ref.owner, .trace = BYTES(trace)};
    struct element el;
    TRY(vault_random(trace, sizeof trace));
    TRY(element_ref_find(tx, &r->ref, &el));
    json_object_set_new(r->ask, "se", element_name(&el));
    json_object_set_new(r->ask, "closing",
                        json_true()); /* a lost one is settled with the next order or audit */
    return receipts_verify(r->sem, tx, &call, r->ask, &r->answer);
}

enum tsm_err sem_post_receipts(void *app, struct http_request *q, struct http_reply *reply)
{
    struct receipts r = {.sem = app};
    enum tsm_err e;
    TRY(element_ref_read(app, q, &r.ref));
    TRY(json_read(q->body, &r.ask));
    e = json_is_object(r.ask) ? store_write(r.sem->c.store, take_receipts, &r)
                              : FAIL(BAD_FORM, "a JSON object is asked for");
    json_decref(r.ask);
    if (e != TSM_OK)
        json_decref(r.answer); /* made, and not committed */
    TRY(e);
    return http_reply_json(reply, json_object_get(r.answer, "failure") ? 409 : 200, r.answer);
}

enum tsm_err sem_get_token_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    uint8_t room[VAULT_PUBLIC_MAX];
    char text[2 * VAULT_PUBLIC_MAX + 1];
    struct writer w = WRITER(room);
    struct vault_party *vault;
    struct vault_public key;
    struct caller who;
    enum tsm_err e;
    TRY(sem_operator(sem, q, &who));
    TRY(sem->c.vault_of(sem->c.self, who.party, &vault));
    e = vault_signing_public(vault, VAULT_KEY_DM_TOKEN, &w, &key);
    if (e == TSM_KEY_MISSING)
        return FAIL(NOT_FOUND, "no card was prepared yet: the token key is made with the first");
    TRY(e);
    if (key.type == SIGN_RSA)
        return http_reply_json(reply, 200,
                               json_pack("{ss ss}", "type", "rsa", "modulus", hex_text(key.n, text)));
    return http_reply_json(reply, 200,
                           json_pack("{ss ss}", "type", "ec", "point", hex_text(key.point, text)));
}
