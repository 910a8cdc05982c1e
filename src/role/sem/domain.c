/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's domain in the owner's registry: AID, TAR, first keys, hand-over. Station 6. Role. [DESIGN 6]
 */
#include <stdio.h>

#include "base/hex.h"
#include "role/sem/work.h"
#include "vault/keys/handover.h"

static enum tsm_err free_tar(struct tx *tx, const struct element *el, int64_t *tar)
{
    for (int64_t t = el->profile.tar_first; t < el->profile.tar_first + el->profile.tar_count; t++) {
        ROWS r = {0};
        bool used = false;
        enum tsm_err e;
        TRY(db_query(tx, &r, SQL_DOMAIN_TARS, el->id));
        while ((e = db_next(&r)) == TSM_OK)
            used = used || db_int(&r, 0) == t;
        if (e != TSM_NOT_FOUND)
            return e;
        if (!used) {
            *tar = t;
            return TSM_OK;
        }
    }
    return FAIL(CONFLICT, "all %lld TARs of the profile are used on this secure element",
                (long long)el->profile.tar_count);
}

enum tsm_err domain_known(struct tx *tx, const struct element *el, struct domain *out)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_DOMAIN_BY_AID, el->id, el->owner, BYTES_OF(out->aid, out->aid_len)));
    out->id = db_int(&r, 0);
    out->tar = db_int(&r, 1);
    out->holder = db_int(&r, 2);
    out->state = db_int(&r, 3);
    return TSM_OK;
}

enum tsm_err domain_of_holder(const struct domain *d, int64_t holder)
{
    return d->holder == holder ? TSM_OK : FAIL(CONFLICT, "the AID belongs to another provider's domain");
}

enum tsm_err domain_take(struct tx *tx, const struct element *el, int64_t holder, struct bytes aid,
                         struct domain *out)
{
    struct domain d = {.holder = holder, .state = DOMAIN_PLANNED};
    enum tsm_err e;
    TRY(bytes_keep(aid, d.aid, sizeof d.aid, &d.aid_len));
    e = domain_known(tx, el, &d);
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    TRY(domain_of_holder(&d, holder));
    if (!d.id) {
        d.id = store_id(tx_store(tx));
        TRY(free_tar(tx, el, &d.tar));
        TRY(db_exec(tx, SQL_DOMAIN_ADD, d.id, el->owner, el->id, aid, el->id, d.tar, holder,
                    (int64_t)MODE_SIMPLE, d.state));
    }
    *out = d;
    return TSM_OK;
}

enum tsm_err domain_first_keys(struct sem *sem, struct tx *tx, const struct element *el,
                               const struct domain *d)
{
    struct keyset_form form = {.protocol = (uint8_t)el->profile.protocol,
                               .kvn = (uint8_t)el->profile.first_kvn,
                               .alg = el->profile.protocol == PROTOCOL_SCP02 ? CIPHER_TDES : CIPHER_AES,
                               .key_len = 16};
    uint8_t room[SEALED_KEYSET_MAX];
    struct writer blob = WRITER(room);
    struct vault_party *vault;
    int64_t id = store_id(tx_store(tx));
    {
        ROWS r = {0};
        enum tsm_err e =
            db_first(tx, &r, SQL_KEYSET_GET, d->id, el->owner, el->profile.protocol, el->profile.first_kvn);
        if (e != TSM_NOT_FOUND)
            return e; /* there already, or trouble */
    }
    TRY(sem->c.vault_of(sem->c.self, el->owner, &vault));
    TRY(vault_generate_keyset(vault, &form,
                              (struct keyset_target){.id = (uint64_t)id, .blob = &blob, .kcvs = NULL}));
    return db_exec(tx, SQL_KEYSET_ADD, d->id, el->owner, el->profile.protocol, el->profile.first_kvn, id,
                   (int64_t)KEYSET_PLANNED, written(&blob));
}

/* The keys leave as a JWE that only the provider's vault opens, and the owner's copy is gone in the same
 * commit. */
enum tsm_err domain_hand_over(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    const json_t *jwk = json_object_get(t->body, "jwk");
    char jwe[HANDOVER_JWE_MAX + 1], aid[33];
    struct writer w = {(uint8_t *)jwe, 0, HANDOVER_JWE_MAX};
    struct sealed_keyset first = {.id = (uint64_t)t->first_id, .blob = BYTES_OF(t->first_blob, t->first_len)};
    NEED(t->first_len > 0, KEY_MISSING);
    TRY(vault_export_keyset_jwe(t->talk.vault, first, jwk, &w));
    TRY(db_exec(tx, SQL_KEYSET_DELETE, t->domain.id, t->el.owner, t->el.profile.protocol,
                t->el.profile.first_kvn));
    TRY(db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_HANDED_OVER, t->domain.tar));
    TRY(audit_add(tx, &(struct audit_leaf){job->party, BYTES(job->trace), "domain.handed-over", "{}"}));
    *reply = json_pack("{ss sI ss%}", "aid", hex_text(BYTES_OF(t->domain.aid, t->domain.aid_len), aid), "tar",
                       (json_int_t)t->domain.tar, "keys", jwe, w.len);
    return TSM_OK;
}
