/* SPDX-License-Identifier: Apache-2.0 */
/* First keys by derivation, and the owner's DAP blocks. Stations 5 and 6. Role. [GPCS 9.2.1, B.6, C.3] */
#include "role/sem/modes/keys.h"

#include <string.h>

#include "order/manage/keys.h"
#include "order/manage/mode.h"
#include "role/sem/work.h"
#include "vault/keys/master.h"

enum { KEY_LEN = 16 };

/* Ids are made once and for ever: element and domain together are as good as data of the card. */
static enum tsm_err diversification(const struct turn *t, uint8_t kdd[GP_DIVERSIFICATION_LEN])
{
    struct writer w = {kdd, 0, GP_DIVERSIFICATION_LEN};
    TRY(write_u64(&w, (uint64_t)t->domain.id));
    return write_u16(&w, (unsigned)(t->el.id & 0xFFFF));
}

static enum tsm_err derive(struct turn *t, struct keyset_target to)
{
    struct keyset_derivation d = {
        .master = {VAULT_KEY_DOMAIN_MASTER, VAULT_KEY_DOMAIN_MASTER, VAULT_KEY_DOMAIN_MASTER},
        .kdf = GP_KDF_KDF3,
        .form = {.protocol = (uint8_t)t->el.profile.protocol,
                 .kvn = (uint8_t)t->el.profile.first_kvn,
                 .alg = CIPHER_AES,
                 .key_len = KEY_LEN}};
    enum tsm_err e;
    TRY(diversification(t, d.kdd));
    e = vault_derived_keyset(t->talk.vault, &d, to);
    if (e != TSM_KEY_MISSING)
        return e;
    e = vault_generate_master(t->talk.vault, VAULT_KEY_DOMAIN_MASTER, MASTER_AES, KEY_LEN);
    if (e != TSM_OK && e != TSM_UNIQUE)
        return e;
    return vault_derived_keyset(t->talk.vault, &d, to);
}

static bool needs_derivation(const struct turn *t)
{
    return (t->verb == VERB_CREATE_DOMAIN || t->verb == WORK_CREATE_DOMAIN) &&
           t->domain.hand_over == HAND_OVER_DIVERSIFIED && t->first_len == 0;
}

static enum tsm_err make_first(struct turn *t)
{
    struct writer blob = WRITER(t->first_blob);
    if (!needs_derivation(t))
        return TSM_OK;
    t->first_id = store_id(t->sem->c.store);
    TRY(derive(t, (struct keyset_target){.id = (uint64_t)t->first_id, .blob = &blob}));
    t->first_len = blob.len;
    t->made.first = true;
    return TSM_OK;
}

static bool brings_code(const struct turn *t)
{
    return t->facts.load_file.len > 0 && t->facts.load_hash.len > 0;
}

enum tsm_err made_keys_load(struct turn *t, struct tx *tx)
{
    struct made_keys *m = &t->made;
    enum tsm_err e;
    if (!brings_code(t))
        return TSM_OK;
    {
        ROWS r = {0};
        e = db_first(tx, &r, SQL_DOMAIN_MANDATING, t->el.id, t->el.owner);
        if (e == TSM_NOT_FOUND)
            return TSM_OK;
        TRY(e);
        TRY(bytes_keep(db_blob(&r, 0), m->authority, sizeof m->authority, &m->authority_len));
    }
    ROWS block = {0};
    e = db_first(tx, &block, SQL_OWNER_DAP_GET, t->el.owner, BYTES_OF(m->authority, m->authority_len),
                 t->facts.load_hash);
    if (e == TSM_OK)
        return bytes_keep(db_blob(&block, 0), m->own, sizeof m->own, &m->own_len);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err sign_block(struct turn *t)
{
    struct made_keys *m = &t->made;
    struct writer w = WRITER(m->own);
    TRY(vault_make_dap(t->talk.vault, signing_named(VAULT_KEY_DAP_AUTHORITY),
                       BYTES_OF(m->authority, m->authority_len), t->facts.load_hash, &w));
    m->own_len = w.len;
    m->block = true;
    return TSM_OK;
}

/* Behind the provider's own, which it verifies itself. */
static enum tsm_err join_blocks(struct turn *t)
{
    struct made_keys *m = &t->made;
    struct writer w = WRITER(m->all);
    TRY(write_span(&w, t->facts.dap_blocks));
    TRY(write_span(&w, BYTES_OF(m->own, m->own_len)));
    t->facts.dap_blocks = written(&w);
    return TSM_OK;
}

enum tsm_err made_keys_make(struct turn *t)
{
    TRY(make_first(t));
    if (!t->made.authority_len)
        return TSM_OK;
    if (!t->made.own_len)
        TRY(sign_block(t));
    return join_blocks(t);
}

enum tsm_err made_keys_keep(struct turn *t, struct tx *tx)
{
    struct made_keys *m = &t->made;
    enum tsm_err e;
    if (m->first)
        TRY(db_exec(tx, SQL_KEYSET_ADD, t->domain.id, t->el.owner, t->el.profile.protocol,
                    t->el.profile.first_kvn, t->first_id, (int64_t)KEYSET_PLANNED,
                    BYTES_OF(t->first_blob, t->first_len)));
    if (!m->block)
        return TSM_OK;
    e = db_exec_one(tx, SQL_OWNER_DAP_ADD, t->el.owner, BYTES_OF(m->authority, m->authority_len),
                    t->facts.load_hash, BYTES_OF(m->own, m->own_len));
    return e == TSM_NOT_FOUND ? FAIL(BUSY, "another work signed the same load file") : e;
}

enum tsm_err authority_prepare(struct turn *t, const struct plan_step *step)
{
    struct writer w = WRITER(t->made.field);
    enum tsm_err e;
    if (strcmp(step->name, "AUTHORITY_KEY") != 0 || t->facts.dap_key.len)
        return TSM_OK;
    e = vault_signing_field(t->talk.vault, VAULT_KEY_DAP_AUTHORITY, KVN_DAP, &w);
    if (e == TSM_KEY_MISSING) {
        e = vault_make_signing(t->talk.vault, VAULT_KEY_DAP_AUTHORITY, SIGNING_P256);
        if (e == TSM_OK || e == TSM_UNIQUE)
            e = vault_signing_field(t->talk.vault, VAULT_KEY_DAP_AUTHORITY, KVN_DAP, &w);
    }
    TRY(e);
    t->facts.dap_key = written(&w);
    return TSM_OK;
}
