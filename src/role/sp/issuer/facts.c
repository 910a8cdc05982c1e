/* SPDX-License-Identifier: Apache-2.0 */
/* What a talk about a change after issuance needs: the order's changes, the scheme's rules, where the
 * application stands, the script from the vault. Stations 4, 5 and 7. Role. */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "role/sp/issuer/inside.h"
#include "role/sp/token/token.h"
#include "vault/operation/issuer.h"

static enum tsm_err read_rows(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    struct issuer_turn *i = t->issuer;
    const char *name = json_string_value(json_object_get(t->flavor, "perso_script"));
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_EXCHANGE_GET, t->order.id));
        i->what = arena_copy(&t->job->arena, bytes_of_text(db_text(&r, 0)));
    }
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_ORDER_DATA, t->order.id));
        i->data = arena_copy(&t->job->arena, db_blob(&r, 0));
    }
    NEED(name != NULL, MISSING_FIELD);
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PERSO_SCRIPT_BY_NAME, t->job->party, name));
    i->body = arena_copy(&t->job->arena, bytes_of_text(db_text(&r, 1)));
    NEED(i->what.at && i->data.at && i->body.at, NO_MEMORY);
    return TSM_OK;
}

/* What the application said is kept in hex: {"atc", "ac", "counter", "balance"?, "refused"?}. */
static enum tsm_err read_said(const json_t *said, struct issuer_turn *i)
{
    struct issuer_facts *f = &i->facts;
    size_t n;
    if (!said)
        return TSM_OK;
    f->place.atc = (uint16_t)json_integer_value(json_object_get(said, "atc"));
    f->counter = (uint16_t)json_integer_value(json_object_get(said, "counter"));
    f->refused = (uint16_t)json_integer_value(json_object_get(said, "refused"));
    TRY(json_member_hex(said, "ac", f->place.ac, sizeof f->place.ac, &n));
    return json_member_hex(said, "balance", i->balance, sizeof i->balance, &i->balance_len);
}

static enum tsm_err read_changes(struct issuer_turn *i)
{
    json_t *object;
    enum tsm_err e;
    TRY(json_read(i->what, &object));
    e = changes_read(object, &i->changes);
    json_decref(object);
    return e;
}

enum tsm_err issuer_facts(struct turn *t)
{
    struct issuer_turn *i = arena_get(&t->job->arena, sizeof *i);
    NEED(i != NULL, NO_MEMORY);
    i->profile = arena_get(&t->job->arena, sizeof *i->profile);
    NEED(i->profile != NULL, NO_MEMORY);
    t->issuer = i;
    TRY(store_read(t->sp->c.store, read_rows, t));
    TRY(perso_profile(t, i->body, i->profile));
    TRY(read_changes(i));
    if (!i->profile->has_scripts)
        return FAIL(UNSUPPORTED, "the personalisation profile %s says nothing of issuer scripts",
                    i->profile->name);
    i->facts.rules = &i->profile->scripts;
    i->facts.asks_balance = changes_have(&i->changes, CHANGE_TOP_UP);
    TRY(read_said(json_object_get(t->progress, "issuer"), i));
    if (t->process->steps[t->job->step].plan == &plan_issuer_script &&
        !json_object_get(t->progress, "issuer"))
        return FAIL(CARD_REFUSED, "the application did not say where it stands");
    TRY(changes_script(&i->changes, i->facts.rules, BYTES_OF(i->balance, i->balance_len), &i->script));
    i->facts.script_n = i->script.n;
    i->facts.effects = i->script.effect;
    i->facts.effects_n = i->script.effects_n;
    t->facts.issuer = &i->facts;
    return TSM_OK;
}

enum tsm_err issuer_make(struct turn *t)
{
    struct issuer_turn *i = t->issuer;
    struct writer w = WRITER(i->room);
    return vault_issuer_script(t->vault,
                               &(struct script_order){.profile = i->profile,
                                                      .jwe = i->data,
                                                      .place = i->facts.place,
                                                      .commands = i->script.command,
                                                      .n = i->script.n},
                               &w, i->facts.script);
}

static enum tsm_err read_dedup(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_EXCHANGE_DEDUP, t->instance.id));
    return bytes_keep(db_blob(&r, 0), t->dedup, sizeof t->dedup, &t->dedup_len);
}

/* The keys of another card would only be seen as a wrong MAC, which cards count. */
static enum tsm_err judge_card(struct turn *t)
{
    struct card_facts facts;
    size_t len;
    TRY(store_read(t->sp->c.store, read_dedup, t));
    len = t->dedup_len;
    t->dedup_len = 0; /* it stays as it is */
    TRY(perso_card(t, t->issuer->data, &facts));
    if (!bytes_equal(BYTES_OF(t->dedup, len), BYTES(facts.duplicate)))
        return FAIL_FIELD(CONFLICT, "pan", "card %s is not the one that was personalised", facts.masked);
    return issuer_make(t); /* tried with zeros: PIN, masters and usages are there */
}

enum tsm_err issuer_judge(struct turn *t, struct bytes data)
{
    enum tsm_err e = issuer_facts(t);
    if (e == TSM_OK && data.len)
        t->issuer->data = data;
    if (e == TSM_OK)
        e = judge_card(t);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&t->failure, OWNER_SP,
                "correct what the reason names and order again; nothing was sent to the card",
                "exchange%s%s: %s", err_field()[0] ? ", field " : "", err_field(),
                err_cause()[0] ? err_cause() : err_text(e));
    t->failed = true;
    return TSM_OK;
}

/* Where the card has a token, its number says nothing: the token's record is judged when it has come. */
enum tsm_err read_issuer_reach(struct turn *t, const json_t *reply)
{
    TRY(read_reach(t, reply));
    return has_no_token(t) ? issuer_judge(t, BYTES_NONE) : TSM_OK;
}
