/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's security domain and the keys to it: asked of the owner, taken over, made its own. Stations 6
 * and 7. Role. [DESIGN 6] */
#include "base/json.h"
#include "engine/element/keyset.h"
#include "order/manage/mode.h"
#include "role/sp/domain/provision.h"
#include "role/sp/modes/confidential.h"
#include "vault/jose/jwk.h"
#include "vault/keys/handover.h"

bool has_domain(const struct turn *t)
{
    return t->instance.domain != 0;
}

bool has_own_keys(const struct turn *t)
{
    return has_domain(t) && t->own_live;
}

bool is_domain_of_use(const struct turn *t)
{
    bool keys_to_come = json_member(t->progress, "groupings")[0] != 0;
    return has_domain(t) && (!by_casd(t->hand_over) || t->own_live || keys_to_come);
}

enum tsm_err ask_domain(struct turn *t, json_t **question)
{
    json_t *jwk = NULL;
    TRY(vault_public_jwk(t->vault, VAULT_KEY_HANDOVER, &jwk));
    *question = json_pack("{ss so ss sb ss}", "domain", json_member(t->flavor, "domain"), "jwk", jwk, "mode",
                          mode_row(t->mode)->word, "dap", t->dap, "hand_over", hand_over_word(t->hand_over));
    NEED(*question != NULL, NO_MEMORY);
    if (json_object_get(t->flavor, "quota"))
        json_object_set(*question, "nonvolatile", json_object_get(t->flavor, "quota"));
    return TSM_OK;
}

/* The owner's key set, which opens the domain once: for the provider's own. */
static enum tsm_err take_first_keys(struct turn *t, const json_t *reply)
{
    const char *jwe = json_string_value(json_object_get(reply, "keys"));
    struct writer first = WRITER(t->new_blob[0]);
    NEED(jwe != NULL, MISSING_FIELD);
    t->new_id[0] = store_id(t->sp->c.store);
    TRY(vault_import_keyset_jwe(
        t->vault, VAULT_KEY_HANDOVER, bytes_of_text(jwe),
        (struct keyset_target){.id = (uint64_t)t->new_id[0], .blob = &first, .kcvs = NULL}));
    t->new_len[0] = first.len;
    return TSM_OK;
}

/* Keys come in and are made before the commit, since the token is slow. */
enum tsm_err read_domain(struct turn *t, const json_t *reply)
{
    struct writer own = WRITER(t->new_blob[1]);
    struct keyset_form form = {.protocol = (uint8_t)t->profile.protocol,
                               .kvn = (uint8_t)t->profile.own_kvn,
                               .alg = t->profile.protocol == PROTOCOL_SCP02 ? CIPHER_TDES : CIPHER_AES,
                               .key_len = 16};
    if (by_casd(t->hand_over))
        return confidential_read_domain(t, reply);
    TRY(json_member_hex(reply, "aid", t->domain_aid, sizeof t->domain_aid, &t->domain_aid_len));
    if (!hand_over_is_confidential(t->hand_over))
        TRY(take_first_keys(t, reply));
    t->new_id[1] = store_id(t->sp->c.store);
    TRY(provision_keys(t, &form,
                       (struct keyset_target){.id = (uint64_t)t->new_id[1], .blob = &own, .kcvs = NULL}));
    t->new_len[1] = own.len;
    return TSM_OK;
}

enum tsm_err keep_domain(struct turn *t, struct tx *tx, const json_t *reply)
{
    int64_t party = t->job->party, tar = json_integer_value(json_object_get(reply, "tar")),
            domain = store_id(tx_store(tx));
    if (has_domain(t))
        return TSM_OK; /* an earlier order's: only its keys are still to come */
    TRY(db_exec(tx, SQL_DOMAIN_ADD, domain, party, t->instance.id, BYTES_OF(t->domain_aid, t->domain_aid_len),
                (int64_t)0, tar, party, t->mode, (int64_t)DOMAIN_HANDED_OVER));
    TRY(db_exec(tx, SQL_DOMAIN_TERMS, domain, t->mode, (int64_t)0, (int64_t)0, (int64_t)0, (int64_t)t->dap,
                (int64_t)0, t->hand_over));
    TRY(provision_keep(t, tx, domain));
    if (t->new_len[0])
        TRY(db_exec(tx, SQL_KEYSET_ADD, domain, party, t->profile.protocol, t->profile.first_kvn,
                    t->new_id[0], (int64_t)KEYSET_LIVE, BYTES_OF(t->new_blob[0], t->new_len[0])));
    if (t->new_len[1])
        TRY(db_exec(tx, SQL_KEYSET_ADD, domain, party, t->profile.protocol, t->profile.own_kvn, t->new_id[1],
                    (int64_t)KEYSET_PLANNED, BYTES_OF(t->new_blob[1], t->new_len[1])));
    t->instance.domain = domain;
    return db_exec(tx, SQL_INSTANCE_SET_DOMAIN, t->instance.id, domain, t->instance.flavor,
                   BYTES_OF(t->instance.aid, t->instance.aid_len));
}

/* The domain has our keys and no others: the owner's first set is forgotten here, too. */
enum tsm_err keep_own_keys(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)reply;
    TRY(keyset_forget(tx, &(struct keyset_name){t->instance.domain, t->job->party, t->profile.protocol,
                                                t->profile.first_kvn}));
    TRY(audit_add(tx, &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "domain.own-keys", "{}"}));
    return db_exec(tx, SQL_KEYSET_SET_STATE, t->instance.domain, t->job->party, t->profile.protocol,
                   t->profile.own_kvn, (int64_t)KEYSET_LIVE);
}
