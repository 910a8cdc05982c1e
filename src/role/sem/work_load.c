/* SPDX-License-Identifier: Apache-2.0 */
/* What one turn of a work needs: element, domain, registry, issuer keys, the talk made ready, key bodies when
 * their step comes. Stations 5 and 7. Role. */
#include <string.h>

#include "order/manage/mode.h"
#include "role/sem/work.h"
#include "vault/operation/operation.h"

/* Key bodies are made when their step comes, under the channel or packet keys of that moment. */
static enum tsm_err prepare(void *self, const struct plan_step *step, const struct channel *channel,
                            struct plan_facts *facts)
{
    struct turn *t = self;
    struct writer w = WRITER(t->keys_body);
    const struct channel *under = talk_by_packets(&t->talk) ? NULL : channel;
    struct new_keys k = {
        .dek = {.keys = t->talk.key[IN_ISSUER].sealed, .channel = under},
        .fresh = {.id = (uint64_t)t->first_id, .blob = BYTES_OF(t->first_blob, t->first_len)}};
    struct store_form form = {.dialect = STOREKEYS_EACH,
                              .access = 0,
                              .usage = {KEY_USAGE_C_ENC_R_ENC, KEY_USAGE_C_MAC_R_MAC, KEY_USAGE_C_DEK_R_DEK}};
    TRY(authority_prepare(t, step));
    if (strcmp(step->name, "DOMAIN_KEYS") != 0)
        return delegation_prepare(t, step, under);
    NEED(t->first_len > 0, KEY_MISSING);
    TRY(vault_store_keys_body(t->talk.vault, &k, &form, &w));
    facts->domain_keys = written(&w);
    return TSM_OK;
}

static enum tsm_err load_keys(struct turn *t, struct tx *tx)
{
    const struct se_profile *p = &t->el.profile;
    enum tsm_err e;
    TRY(keys_now(tx, &t->el, t->el.id, &t->issuer));
    t->talk.key[IN_ISSUER] = held_talk_key(&t->issuer);
    ROWS first = {0};
    e = db_first(tx, &first, SQL_KEYSET_GET, t->domain.id, t->el.owner, p->protocol, p->first_kvn);
    if (e == TSM_OK) {
        t->first_id = db_int(&first, 0);
        TRY(bytes_keep(db_blob(&first, 2), t->first_blob, sizeof t->first_blob, &t->first_len));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err load_rows(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    TRY(element_of_json(tx, t->el.owner, json_object_get(t->body, "se"), &t->el));
    if (t->work->load)
        TRY(t->work->load(t, tx));
    if (t->verb == VERB_LOAD_AND_INSTALL)
        TRY(rule_set_for_load(tx, &t->el, &t->facts, &t->rules));
    if (t->verb == VERB_REMOVE)
        TRY(rule_set_for_removal(tx, &t->el, &t->facts, &t->rules));
    t->facts.rules = t->rules.command;
    t->facts.n_rules = t->rules.commands;
    TRY(made_keys_load(t, tx));
    return load_keys(t, tx);
}

static void heard(void *self, const struct plan_step *step, size_t command, const struct step_answer *answer)
{
    (void)command;
    settle_heard(self, step, answer);
    confidential_heard(self, step, answer);
}

/* What the domain's row says of it. */
static void domain_facts(struct turn *t)
{
    struct plan_facts *f = &t->facts;
    if (!f->domain_aid.len)
        f->domain_aid = BYTES_OF(t->domain.aid, t->domain.aid_len);
    f->tar = (uint32_t)t->domain.tar;
    f->mode = (enum domain_mode)t->domain.mode;
    f->verifies_dap = t->domain.dap != 0;
    f->prepared = t->delegation.ready;
    f->terms = (struct domain_terms){.privileges = (uint32_t)t->domain.privileges,
                                     .nonvolatile = (uint32_t)t->domain.nonvolatile,
                                     .volatile_room = (uint32_t)t->domain.volatile_room,
                                     .parent = BYTES_OF(t->domain.parent_aid, t->domain.parent_len),
                                     .keys_elsewhere = hand_over_is_confidential(t->domain.hand_over),
                                     .opens_by_scp11 = t->domain.hand_over == HAND_OVER_SCP11,
                                     .reads_casd = t->domain.hand_over == HAND_OVER_CASD_PULL ||
                                                   t->domain.hand_over == HAND_OVER_CASD_PUSH,
                                     .tells_keys = t->domain.hand_over == HAND_OVER_CASD_PULL};
}

static void begin_talk(struct turn *t)
{
    domain_facts(t);
    t->facts.profile = &t->el.profile;
    t->facts.data_max = talk_data_max(&t->el.profile);
    t->talk.plan = t->work->plan(t);
    t->talk.facts = &t->facts;
    t->talk.prepare = prepare;
    t->talk.heard = heard;
    t->talk.self = t;
    t->talk.state = &t->state;
}

enum tsm_err work_turn_load(struct turn *t, struct job *job)
{
    TRY(store_read(t->sem->c.store, load_rows, t));
    TRY(t->sem->c.vault_of(t->sem->c.self, job->party, &t->talk.vault));
    TRY(made_keys_make(t));
    if (t->first_len)
        t->talk.key[IN_PROVIDER_FIRST] =
            (struct talk_key){.sealed = {(uint64_t)t->first_id, BYTES_OF(t->first_blob, t->first_len)},
                              .id = t->first_id,
                              .kvn = (uint8_t)t->el.profile.first_kvn};
    if (!t->work->plan)
        return TSM_OK;
    begin_talk(t);
    TRY(talk_state_read(job->progress, &t->state));
    if (job->progress.len == 0 && t->work->was_begun && t->work->was_begun(t))
        talk_ask_first(&t->state);
    return TSM_OK;
}
