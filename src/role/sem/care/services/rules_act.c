/* SPDX-License-Identifier: Apache-2.0 */
/* The act on access rules that was asked for by itself: store, delete, or compare what the card's rule master
 * tells with the rows. Stations 5, 10 and 11. Role. [capability S14] */
#include <stdlib.h>
#include <string.h>

#include "role/sem/care/services/raw.h"
#include "role/sem/care/services/rules.h"

enum { NEXT_PARTS = 16, MASTER_ANSWER_MAX = 8192 };

static const uint8_t get_all[] = {0x80, 0xCA, 0xFF, 0x40, 0x00}, get_next[] = {0x80, 0xCA, 0xFF, 0x60, 0x00};

static bool compares(const struct care_turn *t)
{
    return !strcmp(json_member(t->act.ask, "op"), "audit");
}

static bool deletes(const struct care_turn *t)
{
    return !strcmp(json_member(t->act.ask, "op"), "delete");
}

static enum tsm_err load(struct care_turn *t, struct tx *tx)
{
    TRY(keys_now(tx, &t->el, t->el.id, &t->now));
    if (compares(t))
        return TSM_OK;
    t->rules = calloc(1, sizeof *t->rules);
    NEED(t->rules != NULL, NO_MEMORY);
    TRY(rule_of_json(t->act.ask, &t->rules->rule[0]));
    t->rules->n = 1;
    return rule_set_build(t->rules, deletes(t));
}

static enum tsm_err choose(struct care_turn *t)
{
    if (!compares(t)) {
        t->facts.rules = t->rules->command;
        t->facts.n_rules = t->rules->commands;
        t->talk.plan = &plan_set_rules;
        t->talk.key[IN_ISSUER] = held_talk_key(&t->now);
        return TSM_OK;
    }
    TRY(raw_begin(t, BYTES(aram_aid)));
    TRY(raw_add(t, BYTES(get_all)));
    for (int i = 0; i < NEXT_PARTS; i++)
        TRY(raw_add(t, BYTES(get_next)));
    return TSM_OK;
}

/* The parts of the master's answer, joined; those beyond its end are refused by it. */
static enum tsm_err join(const struct care_turn *t, struct writer *store, struct writer *joined)
{
    for (size_t i = 0; i < json_array_size(t->answers); i++) {
        struct rapdu a;
        TRY(raw_answer(t, i, store, &a));
        if (i == 0 && a.sw != SW_OK)
            return FAIL(NOT_FOUND, "the secure element has no access rule master");
        if (i && a.sw == SW_OK)
            TRY(write_span(joined, a.data));
    }
    return TSM_OK;
}

static enum tsm_err on_card(struct bytes answer, json_t *list)
{
    struct access_rule r;
    struct reader rules;
    enum tsm_err e;
    TRY(access_rules_open(answer, &rules));
    while ((e = access_rules_next(&rules, &r)) == TSM_OK)
        json_array_append_new(list, rule_json(&r));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err in_rows(struct tx *tx, int64_t se, json_t *list)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_RULE_LIST, se);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        struct access_rule rule = {.aid = db_blob(&r, 0),
                                   .app_hash = db_blob(&r, 1),
                                   .filters = db_blob(&r, 2),
                                   .allowed = db_int(&r, 3) != 0};
        json_array_append_new(list, rule_json(&rule));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static bool lists(const json_t *list, const json_t *rule)
{
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one) if (json_equal(one, rule)) return true;
    return false;
}

static void differences(json_t *drift, const json_t *these, const json_t *others, const char *what)
{
    json_t *one;
    size_t i;
    json_array_foreach(these, i, one) if (!lists(others, one))
        json_array_append_new(drift, json_pack("{ss sO}", "what", what, "rule", one));
}

static enum tsm_err compare(struct care_turn *t, struct tx *tx, json_t *card, json_t *rows)
{
    uint8_t room[MASTER_ANSWER_MAX], joined_room[MASTER_ANSWER_MAX];
    struct writer store = WRITER(room), joined = WRITER(joined_room);
    json_t *drift;
    TRY(join(t, &store, &joined));
    TRY(on_card(written(&joined), card));
    TRY(in_rows(tx, t->el.id, rows));
    drift = json_array();
    differences(drift, rows, card, "access-rule.missing");
    differences(drift, card, rows, "access-rule.unknown");
    care_over(t, json_pack("{sO so}", "rules", card, "drift", drift));
    return TSM_OK;
}

static enum tsm_err compared(struct care_turn *t, struct tx *tx)
{
    json_t *card = json_array(), *rows = json_array();
    enum tsm_err e = compare(t, tx, card, rows);
    json_decref(card);
    json_decref(rows);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&t->talk.failure, OWNER_SE, "install an access rule master, or use another secure element",
                "the rules cannot be read: %s", err_cause()[0] ? err_cause() : err_text(e));
    care_fail(t);
    return TSM_OK;
}

static enum tsm_err ended(struct care_turn *t, struct tx *tx, bool failed)
{
    if (failed) {
        care_fail(t);
        return TSM_OK;
    }
    if (compares(t))
        return compared(t, tx);
    TRY(deletes(t) ? rule_set_deleted(tx, t->el.id, t->rules) : rule_set_stored(tx, t->el.id, t->rules));
    care_over(t, json_pack("{ss}", "done", json_member(t->act.ask, "op")));
    return care_leaf(tx, &t->act, "access-rule.set");
}

const struct care_kind care_rules = {.load = load, .choose = choose, .ended = ended};
