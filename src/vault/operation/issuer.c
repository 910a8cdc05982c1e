/* SPDX-License-Identifier: Apache-2.0 */
/* Issuer scripts made on locked pages. Station 7. Edge. [EMV Book 2 9, A1.3, A1.4] */
#include "vault/operation/issuer.h"

#include "vault/block/policy.h"
#include "vault/emv/inside.h"
#include "vault/jose/jwe.h"
#include "vault/keys/emv.h"
#include "vault/memory.h"
#include "vault/operation/inside.h"

/* What one script needs in clear while it is made. */
struct desk {
    uint8_t json[CARD_RECORD_JSON_MAX];
    struct card_record card;
    struct issuer_keys keys;
    struct pin pin;
    uint8_t block[PIN_BLOCK];
};

static void desk_clear(struct desk **d)
{
    locked_free(*d, sizeof **d);
}

static enum tsm_err derive(struct vault_party *p, const struct emv_profile *profile, struct desk *d)
{
    const struct profile_keys *k = &profile->keys;
    const struct {
        const char *master, *usage;
        uint8_t *to;
    } rows[] = {{k->ac, USAGE_IMK_AC, d->keys.ac},
                {k->mac, USAGE_IMK_SMI, d->keys.mac},
                {k->enc, USAGE_IMK_SMC, d->keys.enc}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SECRET key = {0};
        if (!rows[i].master[0])
            return FAIL(KEY_MISSING, "the profile names no master of the script keys");
        TRY(policy_need(p, rows[i].master, rows[i].usage, "X"));
        TRY(vault_emv_udk(p, rows[i].master, profile->option, (struct emv_card_id){d->card.pan, d->card.psn},
                          &key));
        memcpy(rows[i].to, key.at, EMV_KEY_LEN);
    }
    return TSM_OK;
}

static bool needs_pin(const struct script_order *o)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->commands[i].pin)
            return true;
    return false;
}

static enum tsm_err open_pin(struct vault_party *p, const struct script_order *o, struct desk *d)
{
    if (!d->card.pin_block[0])
        return FAIL_FIELD(MISSING_FIELD, "pin_block", "the card data have no PIN block for the new PIN");
    if (!o->profile->keys.pin[0])
        return FAIL(KEY_MISSING, "the profile names no key under which PIN blocks come");
    TRY(pin_for(p, o->profile->keys.pin, &d->card, d->block));
    return pin_block_read(PIN_ISO_2, d->block, NULL, &d->pin);
}

enum tsm_err vault_issuer_script(struct vault_party *p, const struct script_order *o, struct writer *w,
                                 struct bytes *made)
{
    __attribute__((cleanup(desk_clear))) struct desk *d = NULL;
    struct writer json, to = *w;
    struct issuer_making m = {.rules = &o->profile->scripts, .place = o->place};
    WORKER(worker);
    NEED(o->profile->has_scripts, UNSUPPORTED);
    TRY(locked_new(sizeof *d, (void **)&d));
    json = WRITER(d->json);
    TRY(vault_jwe_open(p, VAULT_KEY_INTAKE, o->jwe, &json));
    TRY(card_record_read(written(&json), &d->card));
    TRY(derive(p, o->profile, d));
    if (needs_pin(o)) {
        TRY(open_pin(p, o, d));
        m.pin = &d->pin;
    }
    m.keys = &d->keys;
    m.crypto = worker->crypto;
    for (size_t i = 0; i < o->n; i++) {
        size_t from = to.len;
        TRY(issuer_command_write(&m, &o->commands[i], &to));
        made[i] = written_since(&to, from);
    }
    *w = to;
    return TSM_OK;
}
