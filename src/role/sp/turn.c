/* SPDX-License-Identifier: Apache-2.0 */
/* What one turn of an order needs: rows, keys, profile, progress, answer. Stations 4 and 5. Role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "order/manage/applications.h"
#include "order/manage/keys.h"
#include "role/sp/content/installation.h"
#include "role/sp/content/part.h"
#include "role/sp/content/words.h"
#include "role/sp/life/life.h"
#include "role/sp/issuer/issuer.h"
#include "role/sp/prep/attest.h"
#include "role/sp/prep/played.h"
#include "role/sp/modes/confidential.h"
#include "role/sp/modes/managed.h"
#include "role/sp/verify/verify.h"
#include "vault/operation/delegated.h"
#include "vault/operation/operation.h"

static enum tsm_err load_flavor(struct turn *t, struct tx *tx)
{
    int64_t flavor = flavor_in_hand(t);
    ROWS r = {0};
    if (!flavor)
        return TSM_OK;
    TRY(db_first(tx, &r, SQL_FLAVOR_BY_ID, flavor, t->job->party));
    TRY(json_read(bytes_of_text(db_text(&r, 1)), &t->flavor));
    return installation_apply(t->order.installation, t->flavor);
}

static enum tsm_err load_token(struct turn *t, struct tx *tx)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_TOKEN_GET, t->instance.id));
    snprintf(t->token_provider, sizeof t->token_provider, "%s", db_text(&r, 0));
    snprintf(t->token_ref, sizeof t->token_ref, "%s", db_text(&r, 1));
    return TSM_OK;
}

/* The provider's key sets of its domain: the owner's first one until it is retired, then only its own. */
static enum tsm_err load_key(struct turn *t, struct tx *tx, enum plan_domain place, int64_t kvn)
{
    struct talk_key *key = &t->talk.key[place];
    ROWS r = {0};
    size_t n;
    enum tsm_err e =
        db_first(tx, &r, SQL_KEYSET_GET, t->instance.domain, t->job->party, t->profile.protocol, kvn);
    if (e == TSM_NOT_FOUND)
        return TSM_OK;
    TRY(e);
    TRY(bytes_keep(db_blob(&r, 2), t->blob[place], sizeof t->blob[place], &n));
    key->id = db_int(&r, 0);
    key->kvn = (uint8_t)kvn;
    t->own_live = t->own_live || (place == IN_PROVIDER && db_int(&r, 1) == KEYSET_LIVE);
    key->sealed = (struct sealed_keyset){(uint64_t)key->id, BYTES_OF(t->blob[place], n)};
    return TSM_OK;
}

static enum tsm_err load_domain(struct turn *t, struct tx *tx)
{
    if (!t->instance.domain)
        return TSM_OK;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_DOMAIN_BY_ID, t->instance.domain));
        TRY(bytes_keep(db_blob(&r, 1), t->domain_aid, sizeof t->domain_aid, &t->domain_aid_len));
        t->domain_tar = db_int(&r, 2);
        t->mode = db_int(&r, 6);
        t->dap = db_int(&r, 7) != 0;
        t->hand_over = db_int(&r, 8);
    }
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_KEYSET_STANDING, t->instance.domain, t->job->party));
        t->keys_settled = db_int(&r, 0) > 0 && db_int(&r, 1) == 0;
    }
    TRY(load_key(t, tx, IN_PROVIDER_FIRST, t->profile.first_kvn));
    return load_key(t, tx, IN_PROVIDER, t->profile.own_kvn);
}

/* Nothing of it ever came to the element: to terminate it is to forget it. */
static bool is_never_deployed(const struct turn *t)
{
    return t->order.operation == OP_TERMINATE && t->instance.state == INSTANCE_NOT_DEPLOYED && !has_domain(t);
}

static enum tsm_err load_rows(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    const json_t *profile = json_object_get(t->progress, "profile");
    TRY(order_load(tx, t->job->party, t->job->ref, &t->order));
    t->process = process_of((enum operation)t->order.operation);
    if (order_is_final(t->order.state))
        return TSM_OK;
    TRY(instance_load(tx, t->job->party, t->order.instance, &t->instance));
    if (is_never_deployed(t))
        t->process = &process_discard;
    TRY(load_flavor(t, tx));
    TRY(load_token(t, tx));
    TRY(verify_turn_load(t, tx));
    if (profile)
        TRY(profile_read(profile, &t->profile));
    if (!t->owner) { /* the hub will route; until then the first owner is asked first */
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_PARTY_OWNERS));
        t->owner = db_int(&r, 0);
    }
    return load_domain(t, tx);
}

/* Operations after deploy know profile and owner from the instance's last order: they are asked again, which
 * is cheap and never stale. */
enum tsm_err turn_load(struct turn *t)
{
    struct job *job = t->job;
    json_t *progress;
    TRY(json_read(job->progress.len ? job->progress : bytes_of_text("{}"), &progress));
    t->progress = progress;
    t->owner = json_integer_value(json_object_get(progress, "owner"));
    t->asks = json_integer_value(json_object_get(progress, "asks"));
    t->changed = json_is_true(json_object_get(progress, "changed"));
    TRY(store_read(t->sp->c.store, load_rows, t));
    if (job->answer.len)
        TRY(json_read(job->answer, &t->reply));
    if (t->flavor)
        TRY(managed_flavor(t));
    return t->sp->c.vault_of(t->sp->c.self, job->party, &t->vault);
}

void turn_drop(struct turn *t)
{
    talk_end(&t->talk);
    json_decref(t->progress);
    json_decref(t->reply);
    json_decref(t->question);
    json_decref(t->flavor);
    explicit_bzero(t, sizeof *t);
}

static enum tsm_err read_state(struct turn *t)
{
    const json_t *stored = json_object_get(t->progress, "talk");
    TRY(talk_state_of_json(stored, &t->state));
    /* An earlier order may have brought the keys to the card. */
    if (!stored && json_is_true(json_object_get(t->progress, "ask_first")))
        talk_ask_first(&t->state);
    return TSM_OK;
}

/* Whose turn it is: the application that card data are for comes first, then the directory that lists it. */
static int place_of(const json_t *flavor, const json_t *app)
{
    const json_t *one, *first = NULL;
    size_t i;
    json_array_foreach(json_object_get(flavor, "applications"), i, one)
    {
        if (json_is_true(json_object_get(one, WORD_PERSONALISED)))
            first = one;
        else if (!first && !is_directory(one))
            first = one;
    }
    return app == first ? 0 : is_directory(app) ? 1 : 2;
}

/* A flavor that says nothing of single applications means the one that card data are for. */
static void attest_first(struct turn *t)
{
    struct plan_facts *f = &t->facts;
    bool said = false;
    for (size_t i = 0; i < f->n_applications; i++)
        said = said || f->applications[i].attests;
    if (!said && f->n_applications && json_is_object(json_object_get(t->flavor, WORD_ATTESTATION)))
        f->applications[0].attests = true;
}

enum tsm_err turn_applications(struct turn *t)
{
    struct plan_facts *f = &t->facts;
    const json_t *app;
    size_t i;
    f->n_applications = 0;
    for (int place = 0; place <= 2; place++)
        json_array_foreach(json_object_get(t->flavor, "applications"), i, app)
        {
            if (place_of(t->flavor, app) != place || json_is_true(json_object_get(app, "shared")))
                continue; /* shared: the owner's, for all */
            NEED(f->n_applications < PLAN_APPLICATIONS_MAX, TOO_LONG);
            TRY(application_fact(t, app, &f->applications[f->n_applications++]));
        }
    attest_first(t);
    f->no_card_data = !json_member(t->flavor, "perso_script")[0];
    return TSM_OK;
}

/* The key that the domain verifies load files with; made when the first needs it. */
static enum tsm_err dap_key(struct turn *t, struct plan_facts *facts)
{
    struct writer w = WRITER(t->dap_field);
    enum tsm_err e;
    if (facts->dap_key.len)
        return TSM_OK;
    e = vault_signing_field(t->vault, VAULT_KEY_DAP, KVN_DAP, &w);
    if (e == TSM_KEY_MISSING) {
        e = vault_make_signing(t->vault, VAULT_KEY_DAP, SIGNING_P256);
        if (e == TSM_OK || e == TSM_UNIQUE)
            e = vault_signing_field(t->vault, VAULT_KEY_DAP, KVN_DAP, &w);
    }
    facts->dap_key = written(&w);
    return e;
}

/* Key bodies and groupings, made when their step comes and once a turn. */
static enum tsm_err prepare(void *self, const struct plan_step *step, const struct channel *channel,
                            struct plan_facts *facts)
{
    struct turn *t = self;
    if (played_is(t, step)) /* its name is the script's own */
        return played_make(t, step, talk_by_packets(&t->talk) ? NULL : channel);
    if (!strcmp(step->name, "OWN_KEYS")) {
        struct writer w = WRITER(t->keys_body);
        uint8_t answer_room[PUTKEY_ANSWER_MAX];
        struct writer answer = WRITER(answer_room);
        struct new_keys k = {.dek = {.keys = talk_keys(&t->talk, IN_PROVIDER_FIRST),
                                     .channel = talk_by_packets(&t->talk) ? NULL : channel},
                             .fresh = t->talk.key[IN_PROVIDER].sealed,
                             .layout = t->profile.put_key_1171 ? GP_LAYOUT_BARE : GP_LAYOUT_LENGTH_INSIDE};
        TRY(vault_put_key_body(t->vault, &k, &w, &answer));
        facts->own_keys = written(&w);
        return TSM_OK;
    }
    if (!strcmp(step->name, "DAP_KEY"))
        return dap_key(t, facts);
    if (is_step_of_each(step, "ATTEST"))
        return attest_make(t, step->arg);
    if (t->prepared)
        return TSM_OK;
    if (step == plan_issuer_script.steps)
        TRY(issuer_make(t));
    if (!strcmp(step->name, "PERSONALISE"))
        TRY(perso_make(t, talk_by_packets(&t->talk) ? NULL : channel));
    if (!strcmp(step->name, "ACTIVATE"))
        TRY(ppse_make(t, talk_by_packets(&t->talk) ? NULL : channel));
    t->prepared = true;
    return TSM_OK;
}

static void heard(void *self, const struct plan_step *step, size_t command, const struct step_answer *answer)
{
    struct turn *t = self;
    if (played_is(t, step)) {
        played_heard(t, step, command, answer);
        return;
    }
    managed_heard(self, step, answer);
    issuer_heard(self, step, answer);
}

enum tsm_err turn_talk(struct turn *t)
{
    const struct plan *plan = t->process->steps[t->job->step].plan;
    TRY(read_state(t));
    TRY(turn_applications(t));
    if (is_managed(plan))
        TRY(managed_facts(t));
    if (is_issuer(plan))
        TRY(issuer_facts(t));
    t->facts.profile = &t->profile;
    t->facts.domain_aid = BYTES_OF(t->domain_aid, t->domain_aid_len);
    t->facts.tar = (uint32_t)t->domain_tar;
    t->facts.data_max = talk_data_max(&t->profile);
    t->facts.verifies_dap = t->dap;
    t->facts.own_keys_there = by_casd(t->hand_over);
    t->facts.no_first_keys = t->hand_over == HAND_OVER_SCP11;
    if (plan == &plan_own_keys && t->hand_over == HAND_OVER_SCP11)
        TRY(agreed_way(t));
    if (plan == &plan_personalise)
        TRY(played_begin(t, &plan));
    t->talk.plan = plan;
    t->talk.heard = heard;
    t->talk.facts = &t->facts;
    t->talk.vault = t->vault;
    t->talk.prepare = prepare;
    t->talk.self = t;
    t->talk.state = &t->state;
    t->event = TALK_GO_ON;
    return TSM_OK;
}
