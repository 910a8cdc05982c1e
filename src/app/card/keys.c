/* SPDX-License-Identifier: Apache-2.0 */
/* Channels and key packing with keys in memory or in the vault. App. [GPCS App. E, 11.8; AmdD] */
#include "app/card/keys.h"

#include "gp/keys/putkey.h"

enum { AES_KEY_MAX = 32, STAND_IN_I = 0x70 };

static enum tsm_err statics_of(struct keyring *r, const struct card_keyset *k, struct static_keys *out)
{
    TRY(keyset_cipher(&k->clear, KEY_ENC, r->crypto, &out->enc));
    TRY(keyset_cipher(&k->clear, KEY_MAC, r->crypto, &out->mac));
    return keyset_cipher(&k->clear, KEY_DEK, r->crypto, &out->dek);
}

enum tsm_err ring_open(struct keyring *r, struct card_keyset *k, const struct scp_opening *o,
                       struct card_channel *ch, struct writer *external)
{
    struct scp_opening with = *o;
    STATIC_KEYS statics = {0};
    with.keys = k->sealed.sealed;
    if (r->vault)
        return vault_open_scp(r->vault, &with, &ch->state, external);
    TRY(statics_of(r, k, &statics));
    TRY(channel_open(o->answer, o->host_challenge, &statics, o->level, &ch->state, &ch->session));
    ch->state.quirks = o->quirks;
    return channel_authenticate(&ch->state, &ch->session, external);
}

enum tsm_err ring_pretend(struct keyring *r, struct card_keyset *k, struct card_channel *ch)
{
    STATIC_KEYS statics = {0};
    if (r->vault || !k->there)
        return TSM_OK;
    TRY(statics_of(r, k, &statics));
    return channel_rederive(&ch->state, &statics, &ch->session);
}

enum tsm_err ring_pretend_scp11(struct keyring *r, struct card_keyset *k, struct card_channel *ch)
{
    static const uint8_t none[AES_KEY_MAX];
    struct writer blob = WRITER(k->sealed.room);
    struct keyset_form form = k->form;
    if (!r->vault)
        return crypto_key(r->crypto, CIPHER_AES, BYTES_OF(none, form.key_len), &ch->session.dek);
    form.protocol = SCP03;
    ch->stand_in = (struct channel){
        .protocol = SCP03, .i = STAND_IN_I, .level = 0x33, .challenge_len = S8_LEN, .open = 1};
    TRY(vault_generate_keyset(r->vault, &form, (struct keyset_target){.blob = &blob, .kcvs = k->kcvs}));
    k->sealed.sealed = (struct sealed_keyset){.blob = written(&blob)};
    return TSM_OK;
}

/* What stands for the session in the vault: a session of SCP11, else the key set that makes it again. */
static struct sealed_keyset sealed_of(const struct card_keyset *k, const struct card_channel *ch)
{
    return ch->sealed.blob.len ? ch->sealed : k->sealed.sealed;
}

enum tsm_err ring_wrap(struct keyring *r, struct card_keyset *k, struct card_channel *ch,
                       const struct apdu *plain, struct writer *capdu, struct channel_expect *expect)
{
    struct bytes wrapped;
    struct scp_commands one = {.plain = plain, .n = 1, .out = capdu, .wrapped = &wrapped, .expect = expect};
    if (r->vault)
        return vault_wrap_scp(r->vault, sealed_of(k, ch), &ch->state, &one);
    return channel_wrap(&ch->state, &ch->session, plain, capdu, expect);
}

enum tsm_err ring_unwrap(struct keyring *r, struct card_keyset *k, struct card_channel *ch,
                         const struct channel_expect *expect, struct bytes answer, struct writer *plain,
                         uint16_t *sw)
{
    struct rapdu opened;
    struct scp_answers one = {.expect = expect, .answer = &answer, .n = 1, .out = plain, .opened = &opened};
    if (!r->vault)
        return channel_unwrap(&ch->state, &ch->session, expect, answer, plain, sw);
    TRY(vault_unwrap_scp(r->vault, sealed_of(k, ch), &ch->state, &one));
    *sw = opened.sw;
    return TSM_OK;
}

static struct new_keys new_keys_of(const struct ring_packing *p)
{
    const struct card_channel *ch = p->channel;
    return (struct new_keys){.dek = {.keys = sealed_of(p->current, ch),
                                     .channel = ch->stand_in.protocol ? &ch->stand_in : &ch->state},
                             .fresh = p->fresh->sealed.sealed,
                             .layout = p->layout};
}

enum tsm_err ring_has_dek(const struct card_channel *ch)
{
    if (ch->dek_unknown)
        return FAIL(KEY_MISSING,
                    "the domain has a Key-DEK of its own beside key version %02X: --dek KEY says it",
                    ch->state.kvn);
    return TSM_OK;
}

enum tsm_err ring_put_key(struct keyring *r, const struct ring_packing *p, struct writer *body,
                          struct writer *answer)
{
    struct gp_new_keys fields = {
        .kvn = p->fresh->form.kvn, .alg = p->fresh->form.alg, .layout = p->layout, .count = KEYSET_KEYS};
    struct new_keys sealed = new_keys_of(p);
    TRY(ring_has_dek(p->channel));
    if (r->vault)
        return vault_put_key_body(r->vault, &sealed, body, answer);
    for (size_t i = 0; i < KEYSET_KEYS; i++)
        fields.value[i] = secret_bytes(&p->fresh->clear.key[i]);
    return putkey_write(&fields, &p->channel->session.dek, body, answer);
}

enum tsm_err ring_store_keys(struct keyring *r, const struct ring_packing *p, struct writer *body)
{
    static const struct store_form form = {
        .dialect = STOREKEYS_EACH,
        .usage = {KEY_USAGE_C_ENC_R_ENC, KEY_USAGE_C_MAC_R_MAC, KEY_USAGE_C_DEK_R_DEK}};
    struct new_keys sealed = new_keys_of(p);
    struct store_keys keys = {.dialect = form.dialect,
                              .kvn = p->fresh->form.kvn,
                              .alg = p->fresh->form.alg,
                              .key_len = p->fresh->form.key_len,
                              .count = KEYSET_KEYS};
    TRY(ring_has_dek(p->channel));
    if (r->vault)
        return vault_store_keys_body(r->vault, &sealed, &form, body);
    for (size_t i = 0; i < KEYSET_KEYS; i++)
        keys.key[i] = (struct store_key){.kid = (uint8_t)(GP_KEY_ENC + i),
                                         .usage = form.usage[i],
                                         .value = secret_bytes(&p->fresh->clear.key[i])};
    return storekeys_write(&keys, &p->channel->session.dek, body);
}
