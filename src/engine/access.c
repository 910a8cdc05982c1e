/* SPDX-License-Identifier: Apache-2.0 */
/* Bearer tokens by their hash. Station 2. Edge. [RFC 6750] */
#include "engine/access.h"

#include <stdio.h>
#include <string.h>

#include "base/sign/sign.h"

static const char *const role_words[] = {[ACCESS_PROVIDER] = "provider",
                                         [ACCESS_OPERATOR] = "operator",
                                         [ACCESS_ADMINISTRATOR] = "administrator",
                                         [ACCESS_APP] = "app"};

struct question {
    uint8_t hash[SHA256_LEN];
    struct caller caller;
};

static enum tsm_err hash_token(const char *token, uint8_t hash[SHA256_LEN])
{
    return sha256_of(bytes_of_text(token), hash);
}

enum tsm_err access_role_of(const char *word, enum access_role *out)
{
    for (enum access_role role = ACCESS_PROVIDER; role < ACCESS_ROLES; role++)
        if (strcmp(word, role_words[role]) == 0) {
            *out = role;
            return TSM_OK;
        }
    return FAIL_FIELD(BAD_VALUE, "role", "%.40s is no role of a token", word);
}

static enum tsm_err find(struct tx *tx, void *arg)
{
    struct question *q = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TOKEN_FIND, BYTES(q->hash));
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_SIGNED_IN, "the bearer token is not known");
    TRY(e);
    q->caller.party = db_int(&r, 0);
    snprintf(q->caller.app, sizeof q->caller.app, "%s", db_text(&r, 2));
    return access_role_of(db_text(&r, 1), &q->caller.role);
}

enum tsm_err access_of(struct store *s, const char *token, enum access_role needed, struct caller *out)
{
    struct question q;
    TRY(hash_token(token, q.hash));
    TRY(store_read(s, find, &q));
    if (q.caller.role != needed)
        return FAIL(NOT_ALLOWED, "this address is for %ss", role_words[needed]);
    *out = q.caller;
    return TSM_OK;
}

enum tsm_err access_grant(struct tx *tx, const char *token, const struct caller *who)
{
    uint8_t hash[SHA256_LEN];
    if (who->app[0] && (who->role != ACCESS_APP || strlen(who->app) != ACCESS_APP_TEXT - 1 ||
                        strspn(who->app, "0123456789abcdef") != ACCESS_APP_TEXT - 1))
        return FAIL_FIELD(
            BAD_VALUE, "app",
            "app is the SHA-256 of an app's certificate in lower-case hex, with role app alone");
    TRY(hash_token(token, hash));
    return db_exec(tx, SQL_TOKEN_ADD, BYTES(hash), who->party, role_words[who->role], tx_now(tx), who->app);
}
