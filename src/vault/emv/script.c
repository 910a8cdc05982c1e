/* SPDX-License-Identifier: Apache-2.0 */
/* Personalisation scripts played on locked pages. Stations 5, 7 and 10. Edge. [docs/personalisation.md] */
#include "vault/emv/script.h"

#include <string.h>

#include "base/json.h"
#include "vault/emv/inside.h"
#include "vault/memory.h"
#include "vault/operation/inside.h"

enum { CLEAR_ROOM = PROFILE_DGIS_MAX * PROFILE_VALUE_MAX };

/* What one step needs in clear while it is worked on. */
struct desk {
    uint8_t json[CARD_RECORD_JSON_MAX];
    struct card_record card;
    struct icc_pair pair;
    struct script_play play;
    struct emv_keys keys;
    struct script_keys more;
    struct vault_party *party;
    struct cipher_key dek; /* its own: the bench is used by others on the way */
    uint8_t clear[CLEAR_ROOM];
};

static void desk_clear(struct desk **d)
{
    if (*d) {
        json_decref((json_t *)(uintptr_t)(*d)->play.inputs[FROM_ORDER]);
        json_decref((json_t *)(uintptr_t)(*d)->play.inputs[FROM_PARAMETERS]);
    }
    locked_free(*d, sizeof **d);
}
#define DESK(name)                                                 \
    __attribute__((cleanup(desk_clear))) struct desk *name = NULL; \
    TRY(locked_new(sizeof *(name), (void **)&(name)))

static enum tsm_err derive(void *self, const struct script_derivation *d, struct emv_card_id card,
                           struct bytes with, struct bytes over, struct writer *w)
{
    return derive_for(((struct desk *)self)->party, d, card, with, over, w);
}

static enum tsm_err encrypt(void *self, struct bytes clear, struct writer *w)
{
    const struct desk *d = self;
    NEED(d->dek.ops != NULL, WRONG_STATE);
    return encrypt_data(&d->dek, (struct dek_data){clear, clear.len % cipher_block(&d->dek) != 0}, w);
}

static enum tsm_err open_inputs(struct vault_party *p, const struct script_order *o, struct desk *d)
{
    struct writer w = WRITER(d->clear);
    json_t *object = NULL;
    enum tsm_err e;
    if (o->inputs.len) {
        e = vault_unseal_data(p, o->inputs_id, o->inputs, &w);
        if (e == TSM_OK)
            e = json_read(written(&w), &object);
        explicit_bzero(d->clear, w.len);
        TRY(e);
    }
    d->play.inputs[FROM_ORDER] = object ? object : json_object();
    object = NULL;
    if (o->parameters.len)
        TRY(json_read(o->parameters, &object));
    d->play.inputs[FROM_PARAMETERS] = object ? object : json_object();
    return TSM_OK;
}

static enum tsm_err open_played(struct vault_party *p, const struct script_order *o, struct desk *d)
{
    struct writer w = WRITER(d->clear);
    enum tsm_err e;
    if (!o->played.len)
        return TSM_OK;
    e = vault_unseal_data(p, o->order, o->played, &w);
    if (e == TSM_OK)
        e = script_played_read(&d->play, written(&w));
    explicit_bzero(d->clear, w.len);
    return e;
}

static enum tsm_err open_card(struct vault_party *p, const struct script_order *o, struct desk *d)
{
    struct writer json = WRITER(d->json);
    if (!o->jwe.len)
        return TSM_OK;
    TRY(record_open(p, o->jwe, &json));
    TRY(card_record_read(written(&json), &d->card));
    d->play.v.in.card = &d->card;
    return TSM_OK;
}

static enum tsm_err desk_open(struct vault_party *p, const struct script_order *o, struct desk *d)
{
    d->party = p;
    d->keys = perso_keys(p);
    d->more = (struct script_keys){d, derive, encrypt};
    d->play.script = o->script;
    d->play.keys = &d->more;
    d->play.v.in = (struct emv_perso_input){.keys = &d->keys, .pair = &d->pair};
    TRY(open_inputs(p, o, d));
    TRY(open_played(p, o, d));
    return open_card(p, o, d);
}

enum tsm_err vault_script_due(struct vault_party *p, const struct script_order *o, size_t step, bool *due)
{
    DESK(d);
    TRY(desk_open(p, o, d));
    return script_due(&d->play, step, due);
}

/* Out of the locked pages: commands as they are, their secrets are under the data key already. */
static enum tsm_err put_out(struct desk *d, struct script_output *made, struct writer *buffer)
{
    for (size_t i = 0; i < made->n && made->store; i++)
        TRY(grouping_out(&d->dek, &made->dgi[i], buffer));
    for (size_t i = 0; i < made->n && !made->store; i++) {
        size_t from = buffer->len;
        TRY(write_span(buffer, made->command[i]));
        made->command[i] = written_since(buffer, from);
    }
    return TSM_OK;
}

enum tsm_err vault_script_write(struct vault_party *p, const struct script_order *o, size_t step,
                                struct writer *buffer, struct script_output *out)
{
    struct script_output made;
    struct writer at = *buffer, clear;
    const struct cipher_key *dek;
    DESK(d);
    WORKER(w);
    TRY(roles_check(p, &o->script->profile.keys));
    TRY(desk_open(p, o, d));
    if (o->kept)
        TRY(kept_open(p, o->kept, &d->pair));
    TRY(use_dek(p, w, o->dek, &dek));
    d->dek = *dek;
    clear = WRITER(d->clear);
    TRY(script_write(&d->play, step, &clear, &made));
    TRY(put_out(d, &made, &at));
    if (o->kept)
        TRY(kept_seal(p, &d->pair, o->kept));
    *buffer = at;
    *out = made;
    return TSM_OK;
}

enum tsm_err vault_script_take(struct vault_party *p, const struct script_order *o, size_t step,
                               struct script_answer a, struct writer *played)
{
    struct writer clear;
    DESK(d);
    TRY(desk_open(p, o, d));
    TRY(script_take(&d->play, step, a));
    clear = WRITER(d->clear);
    TRY(script_played_write(&d->play, &clear));
    return clear.len ? vault_seal_data(p, o->order, written(&clear), played) : TSM_OK;
}

enum tsm_err vault_script_inputs(struct vault_party *p, uint64_t inputs_id, struct bytes json,
                                 struct writer *blob)
{
    NEED(json.len <= SCRIPT_INPUTS_ROOM, TOO_LONG);
    return vault_seal_data(p, inputs_id, json, blob);
}
