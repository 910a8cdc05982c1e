/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's domain in the owner's registry: AID, TAR, first keys, hand-over. Station 6. Role. [DESIGN 6]
 */
#include <stdio.h>

#include "base/hex.h"
#include "engine/element/keyset.h"
#include "order/manage/mode.h"
#include "role/sem/work.h"
#include "vault/keys/handover.h"

static enum tsm_err free_tar(struct tx *tx, const struct element *el, int64_t *tar)
{
    *tar = 0;
    if (el->profile.protocol != PROTOCOL_SCP80)
        return TSM_OK; /* found by its AID */
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

static enum tsm_err read_parent(struct tx *tx, const struct element *el, struct domain *d)
{
    ROWS r = {0};
    d->parent_len = 0;
    if (d->parent == 0 || d->parent == el->id)
        return TSM_OK;
    TRY(db_first(tx, &r, SQL_DOMAIN_TREE, d->parent));
    return bytes_keep(db_blob(&r, 0), d->parent_aid, sizeof d->parent_aid, &d->parent_len);
}

enum tsm_err domain_known(struct tx *tx, const struct element *el, struct domain *out)
{
    {
        ROWS r = {0};
        int64_t *const columns[] = {&out->id,         &out->tar,         &out->holder,
                                    &out->state,      &out->mode,        &out->parent,
                                    &out->privileges, &out->nonvolatile, &out->volatile_room,
                                    &out->dap,        &out->delegates,   &out->hand_over};
        TRY(db_first(tx, &r, SQL_DOMAIN_BY_AID, el->id, el->owner, BYTES_OF(out->aid, out->aid_len)));
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
            *columns[i] = db_int(&r, (int)i);
    }
    return read_parent(tx, el, out);
}

const char *domain_ref(const struct domain *d, char out[BOOKING_REF_MAX + 1])
{
    return hex_text(BYTES_OF(d->aid, d->aid_len), out);
}

enum tsm_err domain_of_holder(const struct domain *d, int64_t holder)
{
    return d->holder == holder ? TSM_OK : FAIL(CONFLICT, "the AID belongs to another provider's domain");
}

static enum tsm_err add_domain(struct tx *tx, const struct element *el, struct domain *d)
{
    d->id = store_id(tx_store(tx));
    TRY(free_tar(tx, el, &d->tar));
    TRY(db_exec(tx, SQL_DOMAIN_ADD, d->id, el->owner, el->id, BYTES_OF(d->aid, d->aid_len), el->id, d->tar,
                d->holder, d->mode, d->state));
    return domain_set_terms(tx, d);
}

enum tsm_err domain_set_terms(struct tx *tx, const struct domain *d)
{
    return db_exec(tx, SQL_DOMAIN_TERMS, d->id, d->mode, d->privileges, d->nonvolatile, d->volatile_room,
                   d->dap, d->delegates, d->hand_over);
}

/* What stands on the card cannot be changed by asking for it again. */
static enum tsm_err same_terms(const struct domain *stands, const struct domain *asked)
{
    if (stands->mode != asked->mode)
        return FAIL(CONFLICT, "the security domain is there with management mode %s, not %s",
                    mode_row(stands->mode)->word, mode_row(asked->mode)->word);
    return stands->dap == asked->dap
               ? TSM_OK
               : FAIL(CONFLICT, "the security domain is there and does %sverify load files by DAP",
                      stands->dap ? "" : "not ");
}

enum tsm_err domain_take(struct tx *tx, const struct element *el, int64_t holder, struct domain *d)
{
    struct domain stands = *d;
    enum tsm_err e;
    if (bytes_equal(BYTES_OF(d->aid, d->aid_len), BYTES_OF(el->profile.isd_aid, el->profile.isd_aid_len)))
        return FAIL_FIELD(CONFLICT, "domain", "this is the AID of the issuer's domain");
    e = domain_known(tx, el, &stands);
    if (e == TSM_NOT_FOUND) {
        d->holder = holder;
        d->state = DOMAIN_PLANNED;
        return add_domain(tx, el, d);
    }
    TRY(e);
    TRY(domain_of_holder(&stands, holder));
    if (stands.state == DOMAIN_PLANNED) { /* never on the card: the newer wish counts */
        stands.mode = d->mode;
        stands.dap = d->dap;
        stands.hand_over = d->hand_over;
        stands.nonvolatile = d->nonvolatile;
        TRY(domain_set_terms(tx, &stands));
    }
    TRY(same_terms(&stands, d));
    *d = stands;
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
    if (hand_over_is_confidential(d->hand_over) || d->hand_over == HAND_OVER_DIVERSIFIED)
        return TSM_OK; /* the owner never has them, or derives them when they are due */
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
    TRY(keyset_forget(tx, &(struct keyset_name){t->domain.id, t->el.owner, t->el.profile.protocol,
                                                t->el.profile.first_kvn}));
    TRY(db_exec_one(tx, SQL_DOMAIN_SET, t->domain.id, (int64_t)DOMAIN_HANDED_OVER, t->domain.tar));
    TRY(audit_add(tx, &(struct audit_leaf){job->party, BYTES(job->trace), "domain.handed-over", "{}"}));
    *reply = json_pack("{ss sI ss%}", "aid", hex_text(BYTES_OF(t->domain.aid, t->domain.aid_len), aid), "tar",
                       (json_int_t)t->domain.tar, "keys", jwe, w.len);
    return TSM_OK;
}
