/* SPDX-License-Identifier: Apache-2.0 */
/* `tsmd token`: a new bearer token, printed once; only its hash is stored. App. [RFC 6750] */
#include <stdio.h>
#include <string.h>

#include "app/tsmd/init/init.h"
#include "base/hex.h"
#include "engine/access.h"
#include "vault/vault.h"

enum { TOKEN_BYTES = 32 };

struct grant {
    const struct token_options *o;
    char token[48];
};

static enum tsm_err grant_unit(struct tx *tx, void *arg)
{
    struct grant *g = arg;
    struct caller who = {.app = ""};
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_PARTY_BY_NAME, g->o->party);
        if (e == TSM_NOT_FOUND)
            return FAIL(NOT_FOUND, "there is no party %.60s", g->o->party);
        TRY(e);
        who.party = db_int(&r, 0);
    }
    TRY(access_role_of(g->o->role, &who.role));
    if (g->o->app && snprintf(who.app, sizeof who.app, "%s", g->o->app) >= (int)sizeof who.app)
        return FAIL_FIELD(BAD_VALUE, "app", "app is longer than a SHA-256 in hex");
    TRY(access_grant(tx, g->token, &who));
    return audit_add(tx, &(struct audit_leaf){who.party, BYTES_NONE, "access.granted", "{}"});
}

enum tsm_err tsmd_token(const struct config *c, const struct token_options *o)
{
    struct grant g = {.o = o};
    uint8_t random[TOKEN_BYTES];
    struct store *s;
    enum tsm_err e;
    TRY(vault_random(random, sizeof random));
    b64url_text(BYTES(random), g.token);
    TRY(init_open_store(c, &s));
    e = store_write(s, grant_unit, &g);
    store_close(s);
    TRY(e);
    puts(g.token);
    explicit_bzero(&g, sizeof g);
    return TSM_OK;
}
