/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The act that replaces a key set. Both sets are kept from before PUT KEY leaves until the card has proved
 * one of them; nothing but a proof settles which. Stations 5, 7 and 11. Role. [capability S12;
 * GPCS 7.5, 11.8]
 *
 *   PUT under the old keys -> PROVE under the new ones -> RETIRE what is left of the old version
 *
 * After a crash or a lost answer the act goes on where it stood: old keys that open the card mean that it has
 * to be put, old keys that do not mean that the new ones are asked. An act that finds an unfinished rotation
 * asks the new keys first.
 */
#include <string.h>

#include "gp/content/card_data.h"
#include "role/sem/care/keys/rotation.h"
#include "role/sem/care/act/turn.h"
#include "vault/operation/operation.h"

enum { ROTATE_BEGIN, ROTATE_PUT, ROTATE_PROVE, ROTATE_RETIRE };

static bool remembers(const struct care_turn *t, const char *what)
{
    return json_is_true(json_object_get(t->memory, what));
}

static void remember(struct care_turn *t, const char *what)
{
    json_object_set_new(t->memory, what, json_true());
}

static bool in_domain(const struct care_turn *t)
{
    return t->domain != t->el.id;
}

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    struct rotation r;
    enum tsm_err e;
    TRY(rotation_domain_load(tx, t));
    TRY(keys_now(tx, &t->el, t->domain, &t->now));
    e = rotation_load(tx, t->domain, t->el.owner, &r);
    if (e == TSM_OK) {
        t->next = r.keys;
        t->care.old_kvn = (uint8_t)r.old_kvn;
    } else if (e == TSM_NOT_FOUND) {
        t->care.old_kvn = (uint8_t)json_integer_value(json_object_get(t->memory, "old_kvn"));
        t->next = t->now; /* settled, or not begun */
    } else {
        return e;
    }
    t->care.kvn = t->next.kvn;
    return TSM_OK;
}

static enum tsm_err choose(struct care_turn *t)
{
    const struct rotation_plans *plans = in_domain(t) ? &rotation_domain : &rotation_issuer;
    t->facts.domain_aid = BYTES_OF(t->domain_aid, t->domain_aid_len);
    t->facts.tar = (uint32_t)t->tar;
    t->talk.plan = t->phase == ROTATE_PROVE    ? plans->prove
                   : t->phase == ROTATE_RETIRE ? plans->retire
                                               : plans->put;
    t->talk.key[in_domain(t) ? IN_PROVIDER : IN_ISSUER] =
        held_talk_key(t->phase == ROTATE_PROVE || t->phase == ROTATE_RETIRE ? &t->next : &t->now);
    if (t->phase == ROTATE_BEGIN)
        t->event = TALK_DONE; /* nothing is asked yet */
    return TSM_OK;
}

static enum tsm_err prepare(struct care_turn *t, const struct plan_step *step, const struct channel *channel)
{
    struct writer body = WRITER(t->key_body), answer;
    uint8_t room[PUTKEY_ANSWER_MAX];
    struct new_keys k = {
        .dek = {.keys = held_talk_key(&t->now).sealed, .channel = talk_by_packets(&t->talk) ? NULL : channel},
        .fresh = held_talk_key(&t->next).sealed,
        .layout = t->el.profile.put_key_1171 ? GP_LAYOUT_BARE : GP_LAYOUT_LENGTH_INSIDE};
    if (strcmp(step->name, "PUT_KEYS") != 0)
        return TSM_OK;
    answer = WRITER(room);
    TRY(vault_put_key_body(t->talk.vault, &k, &body, &answer));
    t->care.key_body = written(&body);
    return TSM_OK;
}

/* Whether the old version is still there, and with it something to retire. */
static void heard(struct care_turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer)
{
    struct reader keys;
    struct gp_key_info k;
    (void)command;
    if (strcmp(step->name, "PROVE_KEYS") != 0 || key_info_open(answer->data, &keys) != TSM_OK)
        return;
    while (keys.left.len && key_info_next(&keys, &k) == TSM_OK)
        if (k.kvn == t->care.old_kvn && t->care.old_kvn != t->care.kvn)
            remember(t, "old_there");
}

/* From here on the card may have the new set. */
static enum tsm_err before(struct care_turn *t, struct tx *tx)
{
    if (t->phase != ROTATE_PUT || remembers(t, "sent"))
        return TSM_OK;
    remember(t, "sent");
    return db_exec_one(tx, SQL_ROTATION_SET, t->domain, t->el.owner, (int64_t)ROTATION_SENT, t->act.id);
}

static enum tsm_err begin(struct care_turn *t, struct tx *tx)
{
    struct rotation r;
    enum tsm_err e = rotation_load(tx, t->domain, t->el.owner, &r);
    bool unfinished = e == TSM_OK && r.state == ROTATION_SENT;
    if (e == TSM_NOT_FOUND)
        e = rotation_plan(t, tx, &r);
    TRY(e);
    t->next = r.keys;
    t->care.kvn = r.keys.kvn;
    t->care.old_kvn = (uint8_t)r.old_kvn;
    json_object_set_new(t->memory, "old_kvn", json_integer(r.old_kvn));
    if (unfinished)
        remember(t, "taken_over");
    care_phase(t, unfinished ? ROTATE_PROVE : ROTATE_PUT);
    return TSM_OK;
}

/* The card holds neither of the two: nobody can say more than that. */
static enum tsm_err unknown(struct care_turn *t, struct tx *tx)
{
    failure_set(
        &t->talk.failure, OWNER_SEM,
        "compare the inventory with the maker's records; both key sets are kept, and the next rotation "
        "asks for both again",
        "the card proves neither key version %02X nor the new %02X", t->care.old_kvn, t->care.kvn);
    TRY(rotation_set_live_state(tx, t, KEYSET_UNKNOWN));
    care_fail(t);
    return care_leaf(tx, &t->act, "keyset.unknown");
}

static enum tsm_err put_ended(struct care_turn *t, struct tx *tx, bool failed)
{
    bool clean = t->talk.refused && t->state.redo == 0 && t->state.losses == 0 && !remembers(t, "tried_new");
    if (!failed) {
        care_phase(t, ROTATE_PROVE);
        return TSM_OK;
    }
    if (t->talk.denied && remembers(t, "tried_new"))
        return unknown(t, tx);
    if (t->talk.denied) {
        remember(t, "tried_old");
        care_phase(t, ROTATE_PROVE);
        return TSM_OK;
    }
    if (clean) /* the card refused the command in an open channel: it has the old set alone */
        TRY(rotation_drop(tx, t));
    care_fail(t);
    return TSM_OK;
}

static enum tsm_err settle(struct care_turn *t, struct tx *tx)
{
    TRY(rotation_settle(tx, t));
    if (!remembers(t, "old_there") || t->care.kvn == t->care.old_kvn) {
        TRY(rotation_retired(tx, t));
        care_over(t, rotation_result(t, true));
        return TSM_OK;
    }
    t->now = t->next;
    care_phase(t, ROTATE_RETIRE);
    return TSM_OK;
}

static enum tsm_err prove_ended(struct care_turn *t, struct tx *tx, bool failed)
{
    if (!failed)
        return settle(t, tx);
    if (t->talk.denied && remembers(t, "tried_old"))
        return unknown(t, tx);
    if (t->talk.denied) { /* the new set is not there, so the old one is, or neither */
        remember(t, "tried_new");
        care_phase(t, ROTATE_PUT);
        return TSM_OK;
    }
    care_fail(t);
    return TSM_OK;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    switch (t->phase) {
    case ROTATE_BEGIN:
        if (!failed)
            return begin(t, tx);
        care_fail(t);
        return TSM_OK;
    case ROTATE_PUT:
        return put_ended(t, tx, failed);
    case ROTATE_PROVE:
        return prove_ended(t, tx, failed);
    default:
        break;
    }
    if (!failed) /* the new set is in use whatever becomes of the old one */
        TRY(rotation_retired(tx, t));
    care_over(t, rotation_result(t, !failed));
    return TSM_OK;
}

const struct care_kind care_rotate = {
    .load = load, .choose = choose, .before = before, .ended = ended, .heard = heard, .prepare = prepare};
