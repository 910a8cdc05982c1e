/* SPDX-License-Identifier: Apache-2.0 */
/* The act that carries out the repairs chosen from an audit: first on the card, then in the registry, in one
 * commit with its leaf. Stations 5 and 11. Role. [capability S10] */
#include <stdio.h>
#include <string.h>

#include "gp/command/get_status.h"
#include "role/sem/care/audit/audit.h"
#include "role/sem/care/audit/registry.h"
#include "role/sem/care/act/turn.h"

/* The phases on the card; one without targets is passed over. */
enum { REPAIR_DELETES, REPAIR_LOCKS, REPAIR_UNLOCKS, REPAIR_PHASES };
static const enum drift_repair repair_of[REPAIR_PHASES] = {REPAIR_DELETE, REPAIR_LOCK, REPAIR_UNLOCK};
static const struct plan *const plan_of[REPAIR_PHASES] = {&plan_delete_targets, &plan_lock_application,
                                                          &plan_unlock_application};

static enum tsm_err read_choice(const json_t *o, struct drift *d, enum drift_repair *repair)
{
    TRY(repair_read(json_member(o, "repair"), repair));
    return drift_read(o, d);
}

/* What hangs on another goes before it: applications, load files, domains. */
static int rank(enum drift_what what)
{
    return what == DRIFT_FILE_UNKNOWN ? 1 : what == DRIFT_DOMAIN_UNKNOWN ? 2 : 0;
}

static enum tsm_err add_targets(struct care_turn *t, enum drift_repair wanted, int of_rank)
{
    const json_t *o;
    size_t i;
    json_array_foreach(json_object_get(t->act.ask, "repairs"), i, o)
    {
        struct care_target *x = &t->care.target[t->care.targets];
        enum drift_repair repair;
        struct drift d;
        TRY(read_choice(o, &d, &repair));
        if (repair != wanted || rank(d.what) != of_rank)
            continue;
        NEED(t->care.targets < CARE_TARGETS_MAX, TOO_LONG);
        *x = (struct care_target){.with_content = d.what == DRIFT_FILE_UNKNOWN};
        TRY(bytes_keep(BYTES_OF(d.aid, d.aid_len), x->aid, sizeof x->aid, &x->len));
        t->care.targets++;
    }
    return TSM_OK;
}

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    return keys_now(tx, &t->el, t->el.id, &t->now);
}

static enum tsm_err choose(struct care_turn *t)
{
    t->care.targets = 0;
    for (; t->phase < REPAIR_PHASES; care_phase(t, t->phase + 1)) {
        for (int of_rank = 0; of_rank <= rank(DRIFT_DOMAIN_UNKNOWN); of_rank++)
            TRY(add_targets(t, repair_of[t->phase], of_rank));
        if (t->care.targets)
            break;
    }
    if (t->phase >= REPAIR_PHASES) {
        t->event = TALK_DONE; /* the rest is the registry's */
        return TSM_OK;
    }
    t->talk.plan = plan_of[t->phase];
    t->talk.key[IN_ISSUER] = held_talk_key(&t->now);
    if (!t->state.ask_first)
        talk_ask_first(&t->state); /* somebody may have done it meanwhile */
    return TSM_OK;
}

static enum tsm_err mend_registry(struct care_turn *t, struct tx *tx, json_t *done)
{
    const json_t *o;
    size_t i;
    json_array_foreach(json_object_get(t->act.ask, "repairs"), i, o)
    {
        enum drift_repair repair;
        struct drift d;
        TRY(read_choice(o, &d, &repair));
        TRY(registry_mend(tx, &t->act, &t->el, &d, repair));
        json_array_append_new(done, json_pack("{ss ss sO*}", "what", drift_word(d.what), "repair",
                                              repair_word(repair), "aid", json_object_get(o, "aid")));
    }
    return TSM_OK;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    json_t *done;
    enum tsm_err e;
    if (failed) {
        care_fail(t);
        return TSM_OK;
    }
    if (t->phase < REPAIR_PHASES) {
        care_phase(t, t->phase + 1);
        return TSM_OK;
    }
    done = json_array();
    e = mend_registry(t, tx, done);
    care_over(t, json_pack("{so}", "repaired", done));
    return e;
}

const struct care_kind care_repair = {.load = load, .choose = choose, .ended = ended};
