/* SPDX-License-Identifier: Apache-2.0 */
/* The acts of one customer: before, order, payment, suspension, resumption, removal. Edge. */
#include "bank/story/story.h"

#include "bank/cryptogram/verify.h"
#include "handset/hex.h"
#include "terminal/data/tags.h"
#include "terminal/outcome.h"
#include "terminal/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void act(struct story *s, const struct customer *c, const char *text)
{
    char line[STORY_MAX_TEXT];
    snprintf(line, sizeof line, "%s. %s", c->name, text);
    story_headline(s, line);
}

static void terminal_refuses(struct story *s, const struct customer *c, const char *check)
{
    struct term_outcome o;
    terminal_pay(c->element, STORY_AMOUNT, STORY_CURRENCY, &o);
    story_check(s, c, o.result == TERM_REFUSED, check, o.result == TERM_ONLINE ? "an ARQC came" : o.reason);
    explicit_bzero(&o, sizeof o);
}

/* The card number and the month of expiry that were ordered stand in the records the terminal read. */
static bool is_the_ordered_card(const struct customer *c, const struct term_outcome *o)
{
    char pan[TERM_PAN_TEXT] = "", expiry[TERM_TEXT];
    term_hex(o, TAG_EXPIRY, expiry);
    bool same = term_pan(&o->data, pan) && strcmp(pan, c->pan) == 0 && strncmp(expiry, c->expiry, 4) == 0;
    explicit_bzero(pan, sizeof pan);
    return same;
}

static void compare_with_last(struct story *s, struct customer *c, unsigned atc, const char *arqc)
{
    char grown[32];
    snprintf(grown, sizeof grown, "%u -> %u", c->atc, atc);
    story_check(s, c, atc > c->atc, "the transaction counter has grown", grown);
    story_check(s, c, strcmp(arqc, c->arqc) != 0, "the cryptogram is a new one", "");
}

static void judge_cryptogram(struct story *s, struct customer *c, const struct term_outcome *o,
                             json_t *record)
{
    struct bank_verdict v;
    char detail[STORY_MAX_TEXT], arqc[TERM_TEXT], arpc[2 * BANK_BLOCK + 1];
    json_t *issuer = term_issuer_json(o);
    bank_verify(NULL, issuer, &v);
    json_decref(issuer);
    snprintf(detail, sizeof detail, "ATC %u, UDK option %s, CVN %d", v.atc,
             v.option == BANK_OPTION_A ? "A" : "B", v.scheme ? (int)v.scheme->cvn : 0);
    story_check(s, c, v.right, "the bank finds the ARQC right", v.right ? detail : v.why);
    hs_hex_write(v.arpc, sizeof v.arpc, arpc);
    json_object_set_new(record, "arqc_right", json_boolean(v.right));
    json_object_set_new(record, "arpc", json_string(arpc));
    term_hex(o, TAG_AC, arqc);
    if (c->arqc[0])
        compare_with_last(s, c, v.atc, arqc);
    c->atc = v.atc;
    snprintf(c->arqc, sizeof c->arqc, "%.16s", arqc);
}

static void terminal_pays(struct story *s, struct customer *c)
{
    struct term_outcome o;
    char pan[TERM_PAN_TEXT], aid[2 * TERM_MAX_AID + 1];
    terminal_pay(c->element, STORY_AMOUNT, STORY_CURRENCY, &o);
    term_shown_pan(&o, pan);
    hs_hex_write(o.aid, o.aid_len, aid);
    if (o.result == TERM_ONLINE)
        story_line("terminal: %s %s, %d.%02d EUR: sent to the bank", o.label, pan, STORY_AMOUNT / 100,
                   STORY_AMOUNT % 100);
    else
        story_line("terminal: %s", o.reason);
    json_t *record = term_json(&o);
    json_object_del(record, "issuer");
    json_object_set_new(record, "customer", json_string(c->name));
    if (story_check(s, c, o.result == TERM_ONLINE, "the terminal finds the application and gets an ARQC",
                    o.result == TERM_ONLINE ? aid : o.reason)) {
        story_check(s, c, is_the_ordered_card(c, &o), "number and expiry are those ordered", pan);
        judge_cryptogram(s, c, &o, record);
    }
    json_array_append_new(s->payments, record);
    explicit_bzero(&o, sizeof o);
}

static json_t *card_data(const struct story *s, const struct customer *c)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "pan", c->pan, "psn", c->psn, "expiry", c->expiry,
                     "effective", "2611", "service_code", "201", "cardholder", "DEMO/CUSTOMER", "card_ref",
                     s->run);
}

static bool deploy(struct story *s, struct customer *c)
{
    act(s, c, "The bank orders the card");
    json_t *card = card_data(s, c);
    bool done = story_place(s, c, "deploy", card);
    json_decref(card);
    return done;
}

/* The stranger asks for the order and must not learn that it exists. */
static void stranger_asks(struct story *s, const struct customer *c)
{
    long status;
    char text[32];
    json_t *answer = bank_api_order(&s->other, c->first_order, 0, &status);
    snprintf(text, sizeof text, "status %ld", status);
    story_check(s, c, status == API_STATUS_NOT_FOUND, "another provider does not see the order", text);
    json_decref(answer);
}

/* Removed means: unknown, or in a state that says so. */
static void instance_is_gone(struct story *s, const struct customer *c)
{
    static const char *const gone[] = {"REMOVED", "DELETED", "TERMINATED", "UNINSTALLED"};
    long status;
    char path[API_MAX_URL], text[64];
    if (!bank_is_id(c->instance))
        return;
    snprintf(path, sizeof path, "/api/v1/instances/%s", c->instance);
    json_t *answer = bank_api_call(&s->bank, path, NULL, &status);
    bool removed = status == API_STATUS_NOT_FOUND;
    for (size_t i = 0; status == API_STATUS_OK && i < sizeof gone / sizeof gone[0]; i++)
        removed = removed || strcmp(bank_text(answer, "state"), gone[i]) == 0;
    snprintf(text, sizeof text, "status %ld%s%.40s", status, status == API_STATUS_OK ? " " : "",
             bank_text(answer, "state"));
    story_check(s, c, removed, "the instance is gone", text);
    json_decref(answer);
}

static void personal_data_is_gone(struct story *s, const struct customer *c)
{
    long status;
    json_t *order = bank_api_order(&s->bank, c->first_order, 0, &status);
    char *text = order ? json_dumps(order, 0) : NULL;
    story_check(s, c, text && !story_tells_pan(text), "the first order shows no card number", "");
    free(text);
    json_decref(order);
}

void story_customer(struct story *s, struct customer *c)
{
    story_headline(s, c->title);
    act(s, c, "Before anything is ordered");
    terminal_refuses(s, c, "the terminal finds no application");
    if (!deploy(s, c))
        return;
    if (s->has_other)
        stranger_asks(s, c);
    act(s, c, "The customer pays");
    terminal_pays(s, c);
    act(s, c, "The card is reported lost: suspend");
    if (!story_place(s, c, "suspend", NULL))
        return;
    terminal_refuses(s, c, "the terminal is refused while suspended");
    act(s, c, "It is found again: resume");
    if (!story_place(s, c, "resume", NULL))
        return;
    terminal_pays(s, c);
    act(s, c, "The customer leaves: terminate");
    if (!story_place(s, c, "terminate", NULL))
        return;
    terminal_refuses(s, c, "the terminal finds no application any more");
    instance_is_gone(s, c);
    personal_data_is_gone(s, c);
}
