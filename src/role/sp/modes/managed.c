/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and receipts between provider and owner, by the steps of the plan that they are for. Stations 5, 6
 * and 11. Role. [GPCS 9.1.3, C.4, C.5] */
#include "role/sp/modes/managed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "order/manage/mode.h"
#include "role/sp/turn_writes.h"

enum { REQUEST_ROOM = 2048, ANSWER_TEXT = 2 * 512 + 1, TOKEN_OCTETS = 512, SW_DIGITS = 4 };

static const struct plan *plan_of(const struct turn *t)
{
    return turn_removes(t) ? &plan_remove_delegated : &plan_load_delegated;
}

static json_t *member_of(struct turn *t, const char *name)
{
    json_t *o = json_object_get(t->progress, name);
    if (!o) {
        o = json_object();
        json_object_set_new(t->progress, name, o);
    }
    return o;
}

static enum tsm_err add_request(struct turn *t, const struct plan_step *step, json_t *commands)
{
    uint8_t room[REQUEST_ROOM];
    char text[2 * REQUEST_ROOM + 1];
    struct script s = {.store = WRITER(room)};
    TRY(plan_token_request(step, &t->facts, &s));
    json_array_append_new(commands, json_string(hex_text(s.command[0], text)));
    return TSM_OK;
}

/* One question for all commands of the plan; which steps they are for is remembered. */
enum tsm_err ask_tokens(struct turn *t, json_t **question)
{
    const struct plan *plan = plan_of(t);
    json_t *commands, *steps;
    enum tsm_err e;
    TRY(managed_facts(t));
    TRY(turn_removes(t) ? ask_remove(t, question) : ask_install(t, question));
    commands = json_array();
    steps = json_array();
    for (size_t i = 0; i < plan->n; i++) {
        const struct plan_step *step = &plan->steps[i];
        if (step->needless && step->needless(&t->facts, step->arg))
            continue;
        e = add_request(t, step, commands);
        if (e != TSM_OK) {
            json_decref(commands);
            json_decref(steps);
            return e;
        }
        json_array_append_new(steps, json_string(step->name));
    }
    json_object_set_new(t->progress, "token_steps", steps);
    json_object_del(*question, "applications");
    if (turn_removes(t))
        json_object_del(*question, "load_file");
    json_object_set_new(*question, "commands", commands);
    return TSM_OK;
}

enum tsm_err read_tokens(struct turn *t, const json_t *reply)
{
    const json_t *steps = json_object_get(t->progress, "token_steps"), *step,
                 *tokens = json_object_get(reply, "tokens");
    json_t *kept;
    size_t i;
    NEED(json_array_size(tokens) == json_array_size(steps), BAD_LENGTH);
    kept = json_object();
    json_array_foreach(steps, i, step)
        json_object_set(kept, json_string_value(step), json_array_get(tokens, i));
    json_object_set_new(t->progress, "tokens", kept);
    if (json_object_get(reply, "dap"))
        json_object_set(t->progress, "owners_dap", json_object_get(reply, "dap"));
    json_object_del(t->progress, "receipts");
    return TSM_OK;
}

void managed_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer)
{
    char text[ANSWER_TEXT];
    if (!step->event || 2 * answer->data.len + 1 > sizeof text)
        return;
    json_object_set_new(member_of(t, "receipts"), step->name, json_string(hex_text(answer->data, text)));
}

static json_t *receipts_of(struct turn *t, bool heard_only)
{
    json_t *list = json_array(), *kept = member_of(t, "tokens"), *answers = member_of(t, "receipts");
    const struct plan *plan = plan_of(t);
    for (size_t i = 0; i < plan->n; i++) {
        const json_t *token = json_object_get(kept, plan->steps[i].name),
                     *answer = json_object_get(answers, plan->steps[i].name);
        json_t *one;
        if (!*json_member(token, "id") || (heard_only && !answer))
            continue;
        one = json_pack("{ss}", "token", json_member(token, "id"));
        if (answer)
            json_object_set(one, "answer", (json_t *)(uintptr_t)answer);
        json_array_append_new(list, one);
    }
    return list;
}

enum tsm_err ask_receipts(struct turn *t, json_t **question)
{
    *question =
        json_pack("{ss so}", "domain", json_member(t->flavor, "domain"), "receipts", receipts_of(t, false));
    NEED(*question != NULL, NO_MEMORY);
    return TSM_OK;
}

enum tsm_err keep_receipts(struct turn *t, struct tx *tx, const json_t *reply)
{
    char text[100];
    snprintf(text, sizeof text, "the owner has counted the receipts up to %lld",
             (long long)json_integer_value(json_object_get(reply, "counter")));
    json_object_del(t->progress, "tokens");
    json_object_set(t->progress, "last_receipts", json_object_get(t->progress, "receipts"));
    json_object_del(t->progress, "receipts");
    return turn_say(t, tx, (struct note){.station = 11, .step = "RECEIPTS_COUNTED", .text = text});
}

/* The status word of the last command that was said; "" when the card said none. */
static const char *last_status(const struct turn *t, char out[SW_DIGITS + 1])
{
    const json_t *last = json_array_get(t->talk.apdus, json_array_size(t->talk.apdus) - 1);
    const char *text = json_member(last, "answer");
    size_t n = strlen(text);
    snprintf(out, SW_DIGITS + 1, "%s", n >= SW_DIGITS ? text + n - SW_DIGITS : "");
    return out;
}

static bool is_token_refusal(const char *sw)
{
    return !strcmp(sw, "6985") || !strcmp(sw, "9484");
}

enum tsm_err managed_failed(struct turn *t, struct tx *tx)
{
    const struct plan_step *step = t->talk.said;
    const json_t *token;
    char sw[SW_DIGITS + 1];
    json_t *body;
    if (!step || !step->request || !json_object_get(t->progress, "tokens"))
        return TSM_OK;
    token = json_object_get(member_of(t, "tokens"), step->name);
    body = json_pack("{ss so sb}", "domain", json_member(t->flavor, "domain"), "receipts",
                     receipts_of(t, true), "closing", 1);
    NEED(body != NULL, NO_MEMORY);
    if (t->talk.refused && is_token_refusal(last_status(t, sw)) && *json_member(token, "id")) {
        json_object_set_new(body, "refused",
                            json_pack("{ss ss}", "token", json_member(token, "id"), "sw", sw));
        failure_set(&t->failure, OWNER_SEM,
                    "compare the owner's token key with the one on the card; the owner was alarmed",
                    "%s: the secure element refused the owner's token with %s", step->name, sw);
    }
    return turn_tell(t, tx, VERB_VERIFY_RECEIPT, body);
}
