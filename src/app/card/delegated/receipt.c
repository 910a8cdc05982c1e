/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts in the answers of a card: told, and judged when there is a key for it. Stations 10 and 11. App.
 * [GPCS 9.1.3.6, C.5] */
#include <stdlib.h>

#include "app/card/delegated/delegated.h"

enum { COUNTER_MAX = 32767 };

static enum tsm_err last_counter(const struct card *c, int32_t *out)
{
    char *end;
    long v;
    *out = c->last_seen;
    if (!c->args->last)
        return TSM_OK;
    v = strtol(c->args->last, &end, 10);
    if (c->args->last[0] == 0 || *end || v < 0 || v > COUNTER_MAX)
        return FAIL(BAD_FORM, "--last is the number of the receipt before, 0 to %d", COUNTER_MAX);
    *out = c->last_seen > (int32_t)v ? c->last_seen : (int32_t)v;
    return TSM_OK;
}

static enum tsm_err judge(struct card *c, const struct receipt_event *event, struct bytes answer,
                          struct receipt_judgement *out)
{
    struct receipt_terms terms = {.last = RECEIPT_NONE_YET};
    struct receipt_case which = {.terms = &terms, .event = event, .answer = answer};
    CARD_SIGNER s = {.name = NULL};
    TRY(last_counter(c, &terms.last));
    TRY(card_signer_open(c, &c->args->receipt_key, &s));
    if (!s.name)
        return receipt_judge(&s.signer, &terms, event, answer, out);
    which.key = card_signer_named(&s);
    return vault_judge_receipt(c->ring.vault, &which, out);
}

static json_t *receipt_json(const struct gp_confirmation *n, const struct receipt_event *event)
{
    json_t *o = json_pack("{ss si}", "for", receipt_for_word(event->kind), "counter", (int)n->counter);
    card_set_hex(o, "domain_number", n->sd_unique);
    if (n->token_id.len)
        card_set_hex(o, "token_id", n->token_id);
    card_set_hex(o, "receipt", n->receipt);
    return o;
}

static void tell(struct card *c, json_t *receipt)
{
    json_t *list = json_object_get(c->doc, "receipts");
    if (!list) {
        list = json_array();
        json_object_set_new(c->doc, "receipts", list);
    }
    json_array_append_new(list, receipt);
}

enum tsm_err card_take_receipt(struct card *c, const struct receipt_event *event, struct bytes answer)
{
    struct receipt_judgement j = {.verdict = RECEIPT_MISSING};
    struct gp_confirmation n;
    json_t *receipt;
    if (c->args->dry_run)
        return TSM_OK;
    TRY(confirmation_read(answer, &n));
    receipt = receipt_json(&n, event);
    if (c->args->receipt_key.given) {
        enum tsm_err e = judge(c, event, answer, &j);
        if (e != TSM_OK) {
            json_decref(receipt);
            return e;
        }
        json_object_set_new(receipt, "verdict", json_string(receipt_verdict_text(j.verdict)));
    }
    if (n.present)
        tell(c, receipt);
    else
        json_decref(receipt);
    c->last_seen = n.present ? (int32_t)n.counter : c->last_seen;
    if (c->args->receipt_key.given && j.verdict != RECEIPT_GOOD)
        return FAIL(MAC_WRONG, "%s", receipt_verdict_text(j.verdict));
    return TSM_OK;
}
