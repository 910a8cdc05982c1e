/* SPDX-License-Identifier: Apache-2.0 */
/* Long-term token in, short-term token out; and who stands behind one. Station 2. Role. [TR-03165 4.1.6.1.1,
 * RFC 6750] */
#include <string.h>

#include "base/sign/sign.h"
#include "base/hex.h"
#include "role/sp/sptsm/call.h"
#include "role/sp/sptsm/keep/adopt.h"
#include "vault/vault.h"

struct beginning {
    struct tr_call *c;
    uint8_t hash[SHA256_LEN];
};

static enum tsm_err hash_of(const char *token, uint8_t hash[SHA256_LEN])
{
    return sha256_of(bytes_of_text(token), hash);
}

/* Tokens that are over go with each new one. */
static enum tsm_err write_session(struct tx *tx, void *arg)
{
    struct beginning *b = arg;
    TRY(adopt_all(tx, b->c->party));
    TRY(db_exec(tx, SQL_TR_SESSIONS_OVER, tx_now(tx)));
    TRY(db_exec(tx, SQL_TR_SESSION_ADD, BYTES(b->hash), b->c->party, tx_now(tx) + SECONDS(SPTSM_TOKEN_S)));
    return audit_add(tx, &(struct audit_leaf){b->c->party, BYTES_NONE, "sptsm.signed-in", "{}"});
}

enum tsm_err session_begin(struct tr_call *c)
{
    struct beginning b = {.c = c};
    uint8_t random[SPTSM_TOKEN_BYTES];
    char token[2 * SPTSM_TOKEN_BYTES];
    const char *longterm;
    struct caller who;
    JSON *answer = NULL;
    enum tsm_err e = http_bearer(c->request, &longterm);
    if (e == TSM_OK)
        e = access_of(c->sp->c.store, longterm, ACCESS_ADMINISTRATOR, &who);
    if (e == TSM_NOT_SIGNED_IN || e == TSM_NOT_ALLOWED)
        return call_refuse(c, TR_AUTHENTICATION_FAILED, NULL);
    TRY(e);
    if (c->request->body.len)
        return call_refuse(c, TR_INVALID_REQUEST, "request body not allowed");
    c->party = who.party;
    TRY(vault_random(random, sizeof random));
    b64url_text(BYTES(random), token);
    e = hash_of(token, b.hash);
    if (e == TSM_OK)
        e = store_write(c->sp->c.store, write_session, &b);
    if (e == TSM_OK && !(answer = json_string(token)))
        e = TSM_NO_MEMORY;
    explicit_bzero(random, sizeof random);
    explicit_bzero(token, sizeof token);
    return e == TSM_OK ? call_answer(c, answer) : e;
}

enum tsm_err session_find(struct tx *tx, struct tr_call *c)
{
    uint8_t hash[SHA256_LEN];
    const char *token;
    ROWS r = {0};
    enum tsm_err e = http_bearer(c->request, &token);
    if (e != TSM_OK)
        return call_refuse(c, TR_NOT_AUTHENTICATED, NULL);
    TRY(hash_of(token, hash));
    e = db_first(tx, &r, SQL_TR_SESSION_GET, BYTES(hash), tx_now(tx));
    if (e == TSM_NOT_FOUND)
        return call_refuse(c, TR_NOT_AUTHENTICATED, NULL);
    TRY(e);
    c->party = db_int(&r, 0);
    return TSM_OK;
}
