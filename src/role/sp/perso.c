/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation by order of the provider: the vault opens the card data, judges them and gives groupings
 * back, the secret ones under the domain's DEK. Nothing here sees a card number or a key. Station 5. Role.
 * [EMV CPS 1.1 3.2, DESIGN 5] */
#include "vault/operation/perso.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "role/sp/prep/played.h"

enum { DGI_FCI_PROPRIETARY = 0x9102 };

/* The stored card data and the personalisation profile of the flavor. */
struct material {
    struct turn *t;
    struct bytes data, body;
    int64_t other;
};

/* The card's own key, where an earlier turn of this order has made it. */
static enum tsm_err read_kept(struct tx *tx, struct turn *t)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SCRIPT_ROW, t->order.id);
    t->kept.order = (uint64_t)t->order.id;
    if (e != TSM_OK || t->kept.fresh)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    return bytes_keep(db_blob(&r, 1), t->kept.blob, sizeof t->kept.blob, &t->kept.len);
}

static enum tsm_err read_data(struct tx *tx, void *arg)
{
    struct material *m = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_ORDER_DATA, m->t->order.id));
    m->data = arena_copy(&m->t->job->arena, db_blob(&r, 0));
    NEED(m->data.at != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err read_material(struct tx *tx, void *arg)
{
    struct material *m = arg;
    const char *name = json_string_value(json_object_get(m->t->flavor, "perso_script"));
    ROWS r = {0};
    TRY(read_data(tx, m));
    TRY(read_kept(tx, m->t));
    NEED(name != NULL, MISSING_FIELD);
    TRY(db_first(tx, &r, SQL_PERSO_SCRIPT_BY_NAME, m->t->job->party, name));
    m->body = arena_copy(&m->t->job->arena, bytes_of_text(db_text(&r, 1)));
    NEED(m->body.at != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err find_other(struct tx *tx, void *arg)
{
    struct material *m = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_INSTANCE_BY_DEDUP, m->t->job->party, BYTES(m->t->dedup));
    if (e == TSM_OK)
        m->other = db_int(&r, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err perso_card(struct turn *t, struct bytes data, struct card_facts *out)
{
    char within[SERVICE_MAX + IDENT_MAX + 2], yymm[5];
    time_t now = (time_t)(t->job->now / 1000000);
    struct tm utc;
    snprintf(within, sizeof within, "%s|%s", t->order.service, t->instance.element);
    gmtime_r(&now, &utc);
    snprintf(yymm, sizeof yymm, "%02u%02u", (unsigned)utc.tm_year % 100u, (unsigned)(utc.tm_mon + 1) % 100u);
    return vault_card_judge(
        t->vault, &(struct card_order){.jwe = data, .within = bytes_of_text(within), .yymm = yymm}, out);
}

/* The same card for the same product on the same element is one credential, not two. */
static enum tsm_err judge(struct turn *t, struct material *m)
{
    struct card_facts facts;
    TRY(perso_card(t, m->data, &facts));
    memcpy(t->dedup, facts.duplicate, sizeof t->dedup);
    t->dedup_len = sizeof t->dedup;
    TRY(store_read(t->sp->c.store, find_other, m));
    if (m->other && m->other != t->instance.id)
        return FAIL(CONFLICT, "card %s is on this secure element already, as instance %lld", facts.masked,
                    (long long)m->other);
    return TSM_OK;
}

enum tsm_err perso_judge(struct turn *t)
{
    struct material m = {.t = t};
    enum tsm_err e;
    TRY(store_read(t->sp->c.store, read_data, &m));
    e = m.data.len ? judge(t, &m) : played_needs_no_card(t);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&t->failure, OWNER_SP,
                "correct the card data and order again; nothing was changed on the card", "card data%s%s: %s",
                err_field()[0] ? ", field " : "", err_field(), err_cause()[0] ? err_cause() : err_text(e));
    t->failed = true;
    return TSM_OK;
}

/* A script has the environment's entry in the form of a profile. */
enum tsm_err perso_profile(struct turn *t, struct bytes body, struct emv_profile *out)
{
    struct perso_script *script;
    if (!perso_script_is(body))
        return emv_profile_read(body, out);
    script = arena_get(&t->job->arena, sizeof *script);
    NEED(script != NULL, NO_MEMORY);
    TRY(perso_script_read(body, script));
    *out = script->profile;
    return TSM_OK;
}

static enum tsm_err make(struct turn *t, struct material *m, const struct channel *channel,
                         enum emv_target target)
{
    struct emv_profile *profile = arena_get(&t->job->arena, sizeof *profile);
    struct writer w = WRITER(t->perso);
    struct emv_perso made;
    struct perso_order order = {.profile = profile,
                                .target = target,
                                .dek = {.keys = t->talk.key[IN_PROVIDER].sealed, .channel = channel},
                                .kept = target == PERSO_APPLICATION ? &t->kept : NULL};
    NEED(profile != NULL, NO_MEMORY);
    TRY(perso_profile(t, m->body, profile));
    if (target == PERSO_APPLICATION)
        order.jwe = m->data;
    TRY(vault_personalise(t->vault, &order, &w, &made));
    NEED(made.count <= DGIS_MAX, TOO_LONG);
    for (size_t i = 0; i < made.count; i++) {
        t->dgis[i] = (struct plan_dgi){
            .id = made.at[i].id, .encrypted = made.at[i].encrypted, .value = made.at[i].value};
        if (made.at[i].id == DGI_FCI_PROPRIETARY && target == PERSO_PPSE)
            t->facts.ppse = made.at[i].value;
    }
    t->facts.dgis = t->dgis;
    t->facts.n_dgis = made.count;
    return TSM_OK;
}

enum tsm_err perso_material(struct turn *t, struct bytes *data, struct bytes *body)
{
    struct material m = {.t = t};
    TRY(store_read(t->sp->c.store, read_material, &m));
    *data = m.data;
    *body = m.body;
    return TSM_OK;
}

enum tsm_err perso_judge_data(struct turn *t, struct bytes data)
{
    struct material m = {.t = t, .data = data};
    return judge(t, &m);
}

enum tsm_err perso_make(struct turn *t, const struct channel *channel)
{
    struct material m = {.t = t};
    TRY(store_read(t->sp->c.store, read_material, &m));
    TRY(judge(t, &m));
    return make(t, &m, channel, PERSO_APPLICATION);
}

enum tsm_err ppse_make(struct turn *t, const struct channel *channel)
{
    struct material m = {.t = t};
    TRY(store_read(t->sp->c.store, read_material, &m));
    TRY(make(t, &m, channel, PERSO_PPSE));
    return t->facts.ppse.len
               ? TSM_OK
               : FAIL(BAD_VALUE,
                      "the personalisation profile has no entry for the payment system environment");
}
