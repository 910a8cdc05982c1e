/* SPDX-License-Identifier: Apache-2.0 */
/* The acts that lock, unlock and terminate, on the card. The server's block stands since the act was
 * accepted; the lock of the card follows when it can be reached, and so does the end of a block after an
 * unlock. Stations 5 and 11. Role. [capability S11; GPCS 5.1.1, 9.6] */
#include <string.h>

#include "gp/command/get_status.h"
#include "role/sem/care/status/block.h"
#include "role/sem/care/audit/registry.h"
#include "role/sem/care/act/turn.h"

enum { CARD_READ, CARD_SECURE, CARD_CHANGE };

static const char *aid_text(const struct care_turn *t)
{
    return json_member(t->act.ask, "aid");
}

static bool is_card(const struct care_turn *t)
{
    return !aid_text(t)[0];
}

static bool is_tree(const struct care_turn *t)
{
    return json_is_true(json_object_get(t->act.ask, "domain"));
}

/* What the act closes or opens. `aid` is the room for its AID. */
static enum tsm_err block_of(const struct care_turn *t, uint8_t aid[16], struct block *b)
{
    *b = (struct block){.el = &t->el};
    if (is_card(t))
        return TSM_OK;
    TRY(json_member_hex(t->act.ask, "aid", aid, 16, &b->aid.len));
    b->aid.at = aid;
    return TSM_OK;
}

static enum tsm_err add_target(struct care_turn *t, struct bytes aid, bool with_content)
{
    struct care_target *x = &t->care.target[t->care.targets];
    NEED(t->care.targets < CARE_TARGETS_MAX, TOO_LONG);
    x->with_content = with_content;
    TRY(bytes_keep(aid, x->aid, sizeof x->aid, &x->len));
    t->care.targets++;
    return TSM_OK;
}

/* A domain goes with all that the registry knows in it: applications, load files, then itself. */
static enum tsm_err add_content(struct care_turn *t, struct tx *tx, int64_t domain)
{
    static const enum sql_id lists[] = {SQL_APPLICATIONS_OF_SE, SQL_EXECUTABLES_OF_SE};
    for (int i = 0; i < 2; i++) {
        ROWS r = {0};
        enum tsm_err e = db_query(tx, &r, lists[i], t->el.id);
        while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
            if (db_int(&r, 1) == domain)
                TRY(add_target(t, db_blob(&r, 0), i == 1));
        if (e != TSM_NOT_FOUND)
            return e;
    }
    return TSM_OK;
}

static enum tsm_err load_target(struct care_turn *t, struct tx *tx)
{
    uint8_t aid[16];
    size_t n;
    TRY(json_member_hex(t->act.ask, "aid", aid, sizeof aid, &n));
    if (t->act.kind == ACT_TERMINATE && is_tree(t)) {
        ROWS r = {0};
        int64_t domain;
        enum tsm_err e = db_first(tx, &r, SQL_DOMAIN_BY_AID, t->el.id, t->el.owner, BYTES_OF(aid, n));
        domain = e == TSM_OK ? db_int(&r, 0) : 0;
        if (e != TSM_OK && e != TSM_NOT_FOUND)
            return e;
        db_end(&r);
        if (domain)
            TRY(add_content(t, tx, domain));
    }
    return add_target(t, BYTES_OF(aid, n), false);
}

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    struct block b;
    uint8_t aid[16];
    TRY(block_of(t, aid, &b));
    if (t->act.kind == ACT_UNLOCK && !is_card(t) && !is_tree(t))
        TRY(block_was_locked(tx, &b, &t->held));
    TRY(keys_now(tx, &t->el, t->el.id, &t->now));
    t->care.card_life = (uint8_t)json_integer_value(json_object_get(t->memory, "life"));
    return is_card(t) ? TSM_OK : load_target(t, tx);
}

static const struct plan *plan_of(const struct care_turn *t)
{
    bool tree = is_tree(t);
    if (is_card(t) && t->phase < CARD_CHANGE)
        return t->phase == CARD_READ ? &plan_read_card : &plan_secure_card;
    if (is_card(t))
        return t->act.kind == ACT_LOCK     ? &plan_lock_card
               : t->act.kind == ACT_UNLOCK ? &plan_unlock_card
                                           : &plan_terminate_card;
    if (t->act.kind == ACT_TERMINATE)
        return &plan_delete_targets;
    if (t->act.kind == ACT_LOCK)
        return tree ? &plan_lock_domain : &plan_lock_application;
    return tree ? &plan_unlock_domain : &plan_unlock_application;
}

static enum tsm_err choose(struct care_turn *t)
{
    if (t->held) { /* suspended before: that is its provider's to end */
        t->event = TALK_DONE;
        return TSM_OK;
    }
    t->talk.plan = plan_of(t);
    t->talk.key[IN_ISSUER] = held_talk_key(&t->now);
    if (!t->state.ask_first && !(is_card(t) && t->phase == CARD_READ))
        talk_ask_first(&t->state); /* it may be so already */
    return TSM_OK;
}

static bool locks_application(const struct care_turn *t)
{
    return t->act.kind == ACT_LOCK && !is_card(t) && !is_tree(t);
}

/* The card was asked and had it open: kept before the command leaves, or what an act that is never heard of
 * again has locked would be taken for its holder's suspension by the next one. */
static enum tsm_err before(struct care_turn *t, struct tx *tx)
{
    struct block b;
    uint8_t aid[16];
    if (!locks_application(t) || t->state.phase != TALK_COMMANDS)
        return TSM_OK;
    TRY(block_of(t, aid, &b));
    return block_found(tx, &b, FOUND_OPEN);
}

static void heard(struct care_turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer)
{
    (void)command;
    if (strcmp(step->name, "READ_CARD") != 0)
        return;
    t->care.card_life = card_life_read(answer->data);
    json_object_set_new(t->memory, "life", json_integer(t->care.card_life));
}

static enum tsm_err over(struct care_turn *t, struct tx *tx)
{
    struct block b;
    uint8_t aid[16];
    TRY(block_of(t, aid, &b));
    if (locks_application(t)) /* unless it was found open before */
        TRY(block_found(tx, &b, FOUND_LOCKED));
    if (t->act.kind == ACT_UNLOCK)
        TRY(block_end(tx, &b));
    if (t->act.kind == ACT_TERMINATE && !is_card(t)) {
        for (size_t i = 0; i < t->care.targets; i++)
            TRY(registry_forget(tx, &t->el, t->care.target[i].with_content ? EXPECT_FILE : EXPECT_APPLICATION,
                                BYTES_OF(t->care.target[i].aid, t->care.target[i].len)));
        TRY(registry_forget(tx, &t->el, EXPECT_DOMAIN, b.aid));
        TRY(block_end(tx, &b));
    }
    care_over(t, json_pack("{ss sb}", "done", act_kind_word(t->act.kind), "on_card", 1));
    return care_leaf(tx, &t->act, "care.status-set");
}

/* What a card must be before the change, and what it can be instead. */
static enum tsm_err after_read(struct care_turn *t, struct tx *tx)
{
    uint8_t life = t->care.card_life;
    bool lock = t->act.kind == ACT_LOCK;
    if (t->act.kind == ACT_UNLOCK && life != LIFE_CARD_LOCKED)
        return over(t, tx);
    if (lock && life < LIFE_CARD_SECURED && !json_is_true(json_object_get(t->act.ask, "secure"))) {
        failure_set(&t->talk.failure, OWNER_SEM,
                    "lock again with secure: true, which makes the card SECURED for ever; the block at the "
                    "server stands",
                    "the card is in life cycle state %02X, and only a SECURED card can be locked", life);
        care_fail(t);
        return TSM_OK;
    }
    care_phase(t, lock && life < LIFE_CARD_SECURED ? CARD_SECURE : CARD_CHANGE);
    return TSM_OK;
}

/* A card that was terminated says nothing more in any channel: that is how its end shows when the answer was
 * lost. */
static bool gone_silent(const struct care_turn *t)
{
    return is_card(t) && t->act.kind == ACT_TERMINATE && t->phase == CARD_CHANGE && t->state.changed;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    if (failed && !gone_silent(t)) {
        care_fail(t);
        return TSM_OK;
    }
    if (is_card(t) && t->phase == CARD_READ)
        return after_read(t, tx);
    if (is_card(t) && t->phase == CARD_SECURE) {
        care_phase(t, CARD_CHANGE);
        return TSM_OK;
    }
    return over(t, tx);
}

const struct care_kind care_status = {
    .load = load, .choose = choose, .before = before, .ended = ended, .heard = heard};
