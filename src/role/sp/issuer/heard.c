/* SPDX-License-Identifier: Apache-2.0 */
/* What the application says: where it stands before the script, how it took it, what shows afterwards.
 * Stations 10 to 12. Role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "role/sp/issuer/inside.h"
#include "role/sp/turn_writes.h"

enum { TAG_ANSWERS = 0xAB, SW_FINE = 0x9000, SW_MAC_WRONG = 0x6988, HEX_ROOM = 2 * CHANGE_VALUE_MAX + 1 };

static void keep_said(struct turn *t, const struct issuer_said *said)
{
    char ac[2 * EMV_AC_LEN + 1], balance[2 * CHANGE_BALANCE + 1];
    json_t *o = json_pack("{si ss si ss}", "atc", (int)said->place.atc, "ac",
                          hex_text(BYTES(said->place.ac), ac), "counter", (int)said->counter, "balance",
                          hex_text(BYTES_OF(said->balance, said->balance_len), balance));
    json_object_set_new(t->progress, "issuer", o);
}

/* What is no answer to our question is nothing that another order would mend. */
static void asked(struct turn *t, struct bytes answer)
{
    struct issuer_said said;
    enum tsm_err e = issuer_answers_read(&t->issuer->facts, answer, &said);
    if (e == TSM_OK) {
        keep_said(t, &said);
        return;
    }
    failure_set(
        &t->failure, OWNER_SE,
        "look at the application: it may be blocked, terminated or another version than the profile says",
        "the application did not say where it stands: %s", err_cause()[0] ? err_cause() : err_text(e));
    t->failed = true;
}

static void scripted(struct turn *t, struct bytes answer)
{
    struct carried_answers said;
    if (carry_read(answer, &said) != TSM_OK)
        return; /* the application's counter decides */
    for (size_t i = 0; i < said.n; i++)
        if (said.at[i].sw != SW_FINE) {
            json_object_set_new(json_object_get(t->progress, "issuer"), "refused",
                                json_integer(said.at[i].sw));
            json_object_set_new(json_object_get(t->progress, "issuer"), "taken", json_integer((json_int_t)i));
        }
}

void issuer_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer)
{
    if (!t->issuer || answer->data.len == 0 || answer->data.at[0] != TAG_ANSWERS)
        return; /* INSTALL and the blocks before the last */
    if (step == plan_issuer_ask.steps)
        asked(t, answer->data);
    else if (step == plan_issuer_script.steps)
        scripted(t, answer->data);
}

void issuer_failed(struct turn *t)
{
    const json_t *said = json_object_get(t->progress, "issuer");
    int sw = (int)json_integer_value(json_object_get(said, "refused"));
    int taken = (int)json_integer_value(json_object_get(said, "taken"));
    if (!sw)
        return;
    if (sw == SW_MAC_WRONG)
        failure_set(
            &t->failure, OWNER_SP,
            "order again: the card may have paid meanwhile; if it is refused again, compare masters, "
            "derivation and rules of the profile with the card. Do not retry blindly: cards count",
            "the application refused the MAC of command %d of the issuer script (%04X); %d were taken",
            taken + 1, sw, taken);
    else
        failure_set(&t->failure, OWNER_SP,
                    "look the status word up in the application's manual, correct the change and order again",
                    "the application refused command %d of the issuer script with %04X; %d were taken",
                    taken + 1, sw, taken);
}

static json_t *effects_json(const struct issuer_turn *i)
{
    json_t *list = json_array();
    for (size_t e = 0; list && e < i->script.effects_n; e++) {
        const struct change_effect *effect = &i->script.effect[e];
        char read[2 * CHANGE_READ + 1], value[HEX_ROOM];
        json_array_append_new(list, json_pack("{ss ss}", "read", hex_text(BYTES(effect->read), read), "value",
                                              hex_text(BYTES_OF(effect->value, effect->len), value)));
    }
    return list;
}

/* The probe had the last word, so what was wanted is what the card showed. */
enum tsm_err keep_issuer_result(struct turn *t, struct tx *tx, const json_t *reply)
{
    const struct issuer_turn *i = t->issuer;
    json_t *o = json_pack("{si si so}", "commands", (int)i->script.n, "script_counter",
                          (int)(uint16_t)(i->facts.counter + i->script.n), "effects", effects_json(i));
    char *text = o ? json_text(o) : NULL, line[160];
    enum tsm_err e =
        text ? db_exec(tx, SQL_EXCHANGE_DONE, t->order.id, text) : FAIL(NO_MEMORY, "no memory for a result");
    free(text);
    json_decref(o);
    TRY(e);
    snprintf(line, sizeof line, "%s: the application's counter of issuer scripts went from %u to %u",
             change_words[i->changes.kind], i->facts.counter, (uint16_t)(i->facts.counter + i->script.n));
    TRY(turn_say(t, tx, (struct note){.station = 11, .step = "EFFECT", .text = line}));
    return keep_personalised(t, tx, reply);
}
