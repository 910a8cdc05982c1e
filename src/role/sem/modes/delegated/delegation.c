/* SPDX-License-Identifier: Apache-2.0 */
/* A card that is delegated: its row, its keys on their way into it, alarms. Stations 5 and 6. Role.
 * [GPCS 9.1.3, 11.8] */
#include "role/sem/modes/delegated/delegation.h"

#include <stdio.h>
#include <string.h>

#include "order/manage/keys.h"
#include "role/sem/care/act/act.h"
#include "role/sem/work.h"
#include "vault/keys/handover.h"
#include "vault/operation/operation.h"

enum { RECEIPT_KEY_LEN = 16 };

const char *token_state_word(int64_t state)
{
    static const char *const words[TOKEN_STATE_COUNT] = {
#define X(name, word, text) [TOKEN_##name] = word,
        TOKEN_STATES(X)
#undef X
    };
    return state >= 0 && state < TOKEN_STATE_COUNT ? words[state] : "unknown";
}

enum tsm_err delegation_load(struct tx *tx, int64_t se, struct delegated_card *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_DELEGATION_GET, se);
    *out = (struct delegated_card){.last = RECEIPT_NONE_YET};
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    out->known = true;
    out->receipt_id = db_int(&r, 0);
    out->last = db_int(&r, 3);
    out->ready = db_int(&r, 4) != 0;
    TRY(bytes_keep(db_blob(&r, 1), out->blob, sizeof out->blob, &out->blob_len));
    return bytes_keep(db_blob(&r, 2), out->unique, sizeof out->unique, &out->unique_len);
}

enum tsm_err delegation_take(struct sem *sem, struct tx *tx, const struct element *el)
{
    static const struct keyset_form form = {
        .protocol = PROTOCOL_SCP03, .kvn = KVN_RECEIPT, .alg = CIPHER_AES, .key_len = RECEIPT_KEY_LEN};
    uint8_t room[SEALED_KEYSET_MAX];
    struct writer blob = WRITER(room);
    struct vault_party *vault;
    struct delegated_card d;
    int64_t id = store_id(tx_store(tx));
    TRY(delegation_load(tx, el->id, &d));
    if (d.known)
        return TSM_OK;
    TRY(sem->c.vault_of(sem->c.self, el->owner, &vault));
    TRY(vault_generate_keyset(vault, &form, (struct keyset_target){.id = (uint64_t)id, .blob = &blob}));
    return db_exec(tx, SQL_DELEGATION_ADD, el->id, el->owner, id, written(&blob), BYTES_NONE);
}

/* The owner's token key is made when the first card needs it. */
static enum tsm_err token_field(struct turn *t)
{
    struct writer w = WRITER(t->token_field);
    enum tsm_err e;
    if (t->token_field_len)
        return TSM_OK;
    e = vault_signing_field(t->talk.vault, VAULT_KEY_DM_TOKEN, KVN_TOKEN, &w);
    if (e == TSM_KEY_MISSING) {
        e = vault_make_signing(t->talk.vault, VAULT_KEY_DM_TOKEN, SIGNING_P256);
        if (e == TSM_OK || e == TSM_UNIQUE)
            e = vault_signing_field(t->talk.vault, VAULT_KEY_DM_TOKEN, KVN_TOKEN, &w);
    }
    TRY(e);
    t->token_field_len = w.len;
    return TSM_OK;
}

static enum tsm_err receipt_field(struct turn *t, const struct channel *channel)
{
    struct writer w = WRITER(t->receipt_field);
    uint8_t room[PUTKEY_ANSWER_MAX];
    struct writer answer = WRITER(room);
    struct new_keys k = {.dek = {.keys = t->talk.key[IN_ISSUER].sealed, .channel = channel},
                         .fresh = delegation_key(&t->delegation),
                         .layout = t->el.profile.put_key_1171 ? GP_LAYOUT_BARE : GP_LAYOUT_LENGTH_INSIDE,
                         .count = 1};
    NEED(t->delegation.known, KEY_MISSING);
    TRY(vault_put_key_body(t->talk.vault, &k, &w, &answer));
    t->facts.receipt_key = written(&w);
    return TSM_OK;
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && !strcmp(name + n - m, end);
}

enum tsm_err delegation_prepare(struct turn *t, const struct plan_step *step, const struct channel *channel)
{
    if (ends_with(step->name, "TOKEN_KEY")) {
        TRY(token_field(t));
        t->facts.token_key = BYTES_OF(t->token_field, t->token_field_len);
    }
    return ends_with(step->name, "RECEIPT_KEY") ? receipt_field(t, channel) : TSM_OK;
}

enum tsm_err alarm_raise(struct tx *tx, const struct alarm *a)
{
    char what[64], detail[80];
    struct note n = {
        .party = a->party, .trace = a->trace, .station = 11, .role = "sem", .step = "ALARM", .text = a->text};
    snprintf(what, sizeof what, "alarm.%s", a->what);
    snprintf(detail, sizeof detail, "{\"se\":\"%lld\"}", (long long)a->se);
    TRY(note_add(tx, &n));
    TRY(audit_add(tx, &(struct audit_leaf){a->party, a->trace, what, detail}));
    return care_tell(tx, a->party, a->trace,
                     json_pack("{ss ss so ss}", "event", "alarm", "kind", a->what, "element",
                               json_sprintf("%lld", (long long)a->se), "text", a->text));
}
