/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets of a rotation as rows: planned, live, retired. Stations 6 and 12. Role. [capability S12] */
#include "role/sem/care/keys/rotation.h"

#include "base/hex.h"
#include "role/sem/care/status/block.h"
#include "vault/keys/handover.h"

enum { KEY_LEN = 16, PROTOCOL_FIRST_KVN_SCP02 = 0x20, PROTOCOL_FIRST_KVN_SCP03 = 0x30, SCP80_KVN_MAX = 0x0F };

enum tsm_err rotation_load(struct tx *tx, int64_t domain, int64_t owner, struct rotation *out)
{
    struct rotation x = {.old_kvn = 0};
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_ROTATION_GET, domain, owner));
    x.old_kvn = db_int(&r, 1);
    x.keys.kvn = (uint8_t)db_int(&r, 2);
    x.keys.id = db_int(&r, 3);
    TRY(bytes_keep(db_blob(&r, 4), x.keys.blob, sizeof x.keys.blob, &x.keys.len));
    x.state = db_int(&r, 5);
    *out = x;
    return TSM_OK;
}

enum tsm_err rotation_domain_load(struct tx *tx, struct care_turn *t)
{
    ROWS r = {0};
    enum tsm_err e;
    if (!json_member(t->act.ask, "domain")[0])
        return TSM_OK;
    TRY(json_member_hex(t->act.ask, "domain", t->domain_aid, sizeof t->domain_aid, &t->domain_aid_len));
    e = db_first(tx, &r, SQL_DOMAIN_BY_AID, t->el.id, t->el.owner,
                 BYTES_OF(t->domain_aid, t->domain_aid_len));
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "domain",
                          "the registry has no domain of this AID on the secure element");
    TRY(e);
    t->domain = db_int(&r, 0);
    t->tar = db_int(&r, 1);
    return TSM_OK;
}

static void range_of(int64_t protocol, int64_t *first, int64_t *last)
{
    *first = protocol == PROTOCOL_SCP80   ? 1
             : protocol == PROTOCOL_SCP02 ? PROTOCOL_FIRST_KVN_SCP02
                                          : PROTOCOL_FIRST_KVN_SCP03;
    *last = protocol == PROTOCOL_SCP80 ? SCP80_KVN_MAX : *first + 0x0F;
}

int64_t rotation_next_kvn(int64_t protocol, int64_t kvn)
{
    int64_t first, last;
    range_of(protocol, &first, &last);
    return kvn >= first && kvn < last ? kvn + 1 : first;
}

enum tsm_err rotation_check_kvn(int64_t protocol, int64_t kvn)
{
    int64_t first, last;
    range_of(protocol, &first, &last);
    return kvn >= first && kvn <= last
               ? TSM_OK
               : FAIL_FIELD(BAD_VALUE, "kvn", "key versions of this protocol are %lld to %lld",
                            (long long)first, (long long)last);
}

static enum tsm_err generate(struct care_turn *t, struct tx *tx, int64_t kvn, struct held_keys *out)
{
    struct held_keys k = {.id = store_id(tx_store(tx)), .kvn = (uint8_t)kvn};
    struct writer blob = WRITER(k.blob);
    struct keyset_facts old;
    TRY(vault_keyset_facts(t->talk.vault, held_talk_key(&t->now).sealed, &old));
    old.form.kvn = (uint8_t)kvn;
    TRY(vault_generate_keyset(t->talk.vault, &old.form,
                              (struct keyset_target){.id = (uint64_t)k.id, .blob = &blob, .kcvs = NULL}));
    k.len = blob.len;
    *out = k;
    return TSM_OK;
}

enum tsm_err rotation_plan(struct care_turn *t, struct tx *tx, struct rotation *out)
{
    int64_t protocol = t->el.profile.protocol, kvn = json_integer_value(json_object_get(t->act.ask, "kvn"));
    struct rotation r = {.old_kvn = t->now.kvn, .state = ROTATION_PLANNED};
    if (json_is_true(json_object_get(t->act.ask, "same_kvn")))
        kvn = t->now.kvn;
    if (!kvn)
        kvn = rotation_next_kvn(protocol, t->now.kvn);
    TRY(rotation_check_kvn(protocol, kvn));
    TRY(generate(t, tx, kvn, &r.keys));
    TRY(db_exec(tx, SQL_ROTATION_ADD, t->domain, t->el.owner, protocol, r.old_kvn, kvn, r.keys.id,
                BYTES_OF(r.keys.blob, r.keys.len), (int64_t)ROTATION_PLANNED, t->act.id));
    TRY(care_leaf(tx, &t->act, "keyset.planned"));
    *out = r;
    return TSM_OK;
}

enum tsm_err rotation_set_live_state(struct tx *tx, struct care_turn *t, enum keyset_state state)
{
    return db_exec(tx, SQL_KEYSET_SET_STATE, t->domain, t->el.owner, t->el.profile.protocol,
                   (int64_t)t->care.old_kvn, (int64_t)state);
}

enum tsm_err rotation_settle(struct tx *tx, struct care_turn *t)
{
    TRY(rotation_set_live_state(tx, t, KEYSET_RETIRED));
    TRY(db_exec(tx, SQL_KEYSET_PUT, t->domain, t->el.owner, t->el.profile.protocol, (int64_t)t->next.kvn,
                t->next.id, (int64_t)KEYSET_LIVE, BYTES_OF(t->next.blob, t->next.len)));
    TRY(db_exec(tx, SQL_ROTATION_END, t->domain, t->el.owner));
    TRY(waiting_lost(t->sem, tx, &t->el, "the key set was replaced"));
    return care_leaf(tx, &t->act, "keyset.rotated");
}

enum tsm_err rotation_retired(struct tx *tx, struct care_turn *t)
{
    if (t->care.old_kvn == t->care.kvn)
        return TSM_OK; /* its row holds the new set */
    return db_exec(tx, SQL_KEYSET_EMPTY, t->domain, t->el.owner, t->el.profile.protocol,
                   (int64_t)t->care.old_kvn, (int64_t)KEYSET_RETIRED, BYTES_NONE);
}

enum tsm_err rotation_drop(struct tx *tx, struct care_turn *t)
{
    return db_exec(tx, SQL_ROTATION_END, t->domain, t->el.owner);
}

json_t *rotation_result(const struct care_turn *t, bool old_gone)
{
    char old[3], new[3];
    return json_pack("{ss ss sb sb}", "old_kvn", hex_text(BYTES_OF(&t->care.old_kvn, 1), old), "kvn",
                     hex_text(BYTES_OF(&t->care.kvn, 1), new), "old_gone", old_gone, "taken_over",
                     json_is_true(json_object_get(t->memory, "taken_over")));
}
