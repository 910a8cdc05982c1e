/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's own channel into a domain without keys: SCP11a with its certificate, so that the owner who
 * carries the commands learns nothing. Stations 5 and 7. Role. [Amendment F 1.4; capability S7] */
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "role/sp/modes/confidential.h"
#include "role/sp/modes/today.h"
#include "role/sp/orders/order_api.h"
#include "vault/operation/channel/scp11.h"

enum { KVN_MAX = 0x7F };

static enum tsm_err needed_octets(struct turn *t, const json_t *from, const char *name, struct bytes *out)
{
    TRY(member_octets(t, from, name, out));
    return out->len ? TSM_OK : FAIL_FIELD(MISSING_FIELD, name, "the flavor has no %s for SCP11", name);
}

enum tsm_err agreed_way(struct turn *t)
{
    const json_t *way = json_object_get(t->flavor, "scp11");
    int64_t kvn = json_integer_value(json_object_get(way, "kvn"));
    struct talk_agreed a = {.oce = VAULT_KEY_OCE, .trust = {.ca = {.curve = EC_P256}}};
    if (kvn < 1 || kvn > KVN_MAX)
        return FAIL_FIELD(BAD_VALUE, "kvn", "the flavor names no key version for SCP11");
    TRY(needed_octets(t, way, "certificates", &a.certificates));
    TRY(needed_octets(t, way, "card_ca", &a.trust.ca.point));
    a.trust.today = today_of(t->job->now);
    a.kvn = (uint8_t)kvn;
    t->agreed = a;
    t->talk.key[IN_PROVIDER_FIRST] = (struct talk_key){.kvn = a.kvn, .agreed = &t->agreed};
    return TSM_OK;
}

enum tsm_err sp_get_oce_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct vault_party *vault;
    struct caller who;
    uint8_t point[VAULT_OCE_POINT];
    char text[2 * VAULT_OCE_POINT + 1];
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    TRY(sp->c.vault_of(sp->c.self, who.party, &vault));
    e = vault_oce_public(vault, VAULT_KEY_OCE, point);
    if (e == TSM_KEY_MISSING) {
        e = vault_make_oce(vault, VAULT_KEY_OCE);
        if (e == TSM_OK || e == TSM_UNIQUE)
            e = vault_oce_public(vault, VAULT_KEY_OCE, point);
    }
    TRY(e);
    return http_reply_json(reply, 200,
                           json_pack("{ss ss}", "curve", "P-256", "point", hex_text(BYTES(point), text)));
}
