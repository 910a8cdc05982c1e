/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/orders/{id}/activation: the code as the customer told it, or the provider's own word. Tries
 * are counted before anything is said of them. Stations 1 and 2. Role. [capability P11] */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/orders/order_api.h"
#include "role/sp/verify/verify.h"

enum { ID_TEXT = 24, REASON_MAX = 160 };
enum said { SAID_CODE, SAID_APPROVE, SAID_DECLINE };
static const char *const decisions[] = {"approve", "decline", NULL};

struct posted {
    char code[VERIFY_CODE_TEXT], reason[REASON_MAX + 1];
    int decision;
};
struct answering {
    struct sp *sp;
    int64_t party, order, tries_left;
    struct posted posted;
    bool right;
    uint8_t hash[SHA256_LEN]; /* of the code that was told */
    struct verifying v;
    json_t *answer;
};

static const struct json_row code_rows[] = {
    {"code", JSON_TEXT, offsetof(struct posted, code), 1, VERIFY_DIGITS_MAX, JSON_NEEDED, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};
static const struct json_row decision_rows[] = {
    {"decision", JSON_ENUM, offsetof(struct posted, decision), 0, 0, JSON_NEEDED, decisions},
    {"reason", JSON_TEXT, offsetof(struct posted, reason), 0, REASON_MAX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err read_posted(struct bytes body, struct posted *p, enum said *said)
{
    json_t *o;
    enum tsm_err e;
    TRY(json_read(body, &o));
    *said = json_object_get(o, "decision") ? SAID_APPROVE : SAID_CODE;
    e = json_fill(o, *said == SAID_CODE ? code_rows : decision_rows, p);
    if (*said == SAID_APPROVE && p->decision == 1)
        *said = SAID_DECLINE;
    json_decref(o);
    if (e == TSM_OK && *said == SAID_CODE && !text_is_digits(p->code, 1, VERIFY_DIGITS_MAX))
        return FAIL_FIELD(BAD_FORM, "code", "a code has digits only");
    return e;
}

static enum tsm_err load(struct tx *tx, void *arg)
{
    struct answering *a = arg;
    struct order o;
    enum tsm_err e;
    TRY(order_load(tx, a->party, a->order, &o));
    e = verifying_load(tx, a->party, a->order, &a->v);
    if (e == TSM_NOT_FOUND)
        return FAIL(WRONG_STATE, "the order waits for no activation");
    TRY(e);
    return tx_now(tx) < a->v.expires ? TSM_OK : FAIL(EXPIRED, "the time for the activation is over");
}

static enum tsm_err note(struct tx *tx, const struct answering *a, const char *how)
{
    char detail[96];
    snprintf(detail, sizeof detail, "{\"order\":\"%lld\",\"activation\":\"%s\"}", (long long)a->order, how);
    return audit_add(tx, &(struct audit_leaf){a->party, BYTES_NONE, "activation.answered", detail});
}

static enum tsm_err wrong_code(struct tx *tx, struct answering *a)
{
    a->tries_left = a->v.tries - 1;
    TRY(db_exec(tx, SQL_VERIFYING_TRIED, a->order));
    TRY(note(tx, a, "wrong code"));
    return a->tries_left > 0
               ? TSM_OK
               : verify_settle(tx, &a->v, "the activation code was told wrong as often as is allowed");
}

/* The salt must be the one that was hashed with: a step up may have given another code out meanwhile. */
static enum tsm_err judge_code(struct tx *tx, void *arg)
{
    struct answering *a = arg;
    uint8_t salt[VERIFY_SALT];
    memcpy(salt, a->v.salt, sizeof salt);
    TRY(load(tx, a));
    if (a->v.method != VERIFY_CODE)
        return FAIL(WRONG_STATE, "the order waits for the provider's decision, not for a code");
    a->right = memcmp(salt, a->v.salt, sizeof salt) == 0 && a->v.hash_len == SHA256_LEN &&
               CRYPTO_memcmp(a->v.hash, a->hash, SHA256_LEN) == 0;
    if (!a->right)
        return wrong_code(tx, a);
    TRY(note(tx, a, "right code"));
    return verify_settle(tx, &a->v, NULL);
}

static enum tsm_err decide(struct tx *tx, void *arg)
{
    struct answering *a = arg;
    char text[REASON_MAX + 64];
    bool approves = a->posted.decision == 0;
    TRY(load(tx, a));
    if (a->v.method != VERIFY_HOOK)
        return FAIL(WRONG_STATE, "the order waits for a code, not for the provider's decision");
    TRY(note(tx, a, approves ? "approved" : "declined"));
    snprintf(text, sizeof text, "the provider declined the activation%s%s", a->posted.reason[0] ? ": " : "",
             a->posted.reason);
    return verify_settle(tx, &a->v, approves ? NULL : text);
}

static enum tsm_err take_code(struct answering *a)
{
    struct vault_party *vault;
    TRY(store_read(a->sp->c.store, load, a));
    TRY(a->sp->c.vault_of(a->sp->c.self, a->party, &vault));
    TRY(verify_code_hash(vault, a->v.salt, a->posted.code, a->hash));
    TRY(store_write(a->sp->c.store, judge_code, a));
    if (a->right)
        return TSM_OK;
    return a->tries_left > 0 ? FAIL_FIELD(NOT_ALLOWED, "code", "the code is wrong: %lld more may be tried",
                                          (long long)a->tries_left)
                             : FAIL_FIELD(NOT_ALLOWED, "code",
                                          "the code is wrong, and no other may be tried: the order ends");
}

enum tsm_err verify_post_answer(void *app, struct http_request *q, struct http_reply *reply)
{
    struct answering a = {.sp = app};
    enum said said = SAID_CODE;
    char text[ID_TEXT];
    struct caller who;
    enum tsm_err e;
    TRY(sp_caller(app, q, &who));
    TRY(http_path_param(q, "id", text, sizeof text));
    if (!text_is_digits(text, 1, 19))
        return FAIL(NOT_FOUND, "ids are decimal numbers");
    a.party = who.party;
    a.order = strtoll(text, NULL, 10);
    e = read_posted(q->body, &a.posted, &said);
    if (e == TSM_OK)
        e = said == SAID_CODE ? take_code(&a) : store_write(a.sp->c.store, decide, &a);
    explicit_bzero(&a.posted, sizeof a.posted);
    TRY(e);
    return http_reply_json(
        reply, 200,
        json_pack("{ss ss}", "order", text, "activation", said == SAID_DECLINE ? "declined" : "approved"));
}
