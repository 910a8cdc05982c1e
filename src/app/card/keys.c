/* SPDX-License-Identifier: Apache-2.0 */
/* Channels and key packing with keys in memory or in the vault. App. [GPCS App. E, 11.8; AmdD] */
#include "app/card/keys.h"

#include "gp/content/putkey.h"

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

enum tsm_err ring_wrap(struct keyring *r, struct card_keyset *k, struct card_channel *ch,
                       const struct apdu *plain, struct writer *capdu, struct channel_expect *expect)
{
    struct bytes wrapped;
    struct scp_commands one = {.plain = plain, .n = 1, .out = capdu, .wrapped = &wrapped, .expect = expect};
    if (r->vault)
        return vault_wrap_scp(r->vault, k->sealed.sealed, &ch->state, &one);
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
    TRY(vault_unwrap_scp(r->vault, k->sealed.sealed, &ch->state, &one));
    *sw = opened.sw;
    return TSM_OK;
}

static struct new_keys new_keys_of(const struct ring_packing *p)
{
    return (struct new_keys){.dek = {.keys = p->current->sealed.sealed, .channel = &p->channel->state},
                             .fresh = p->fresh->sealed.sealed,
                             .layout = p->layout};
}

enum tsm_err ring_put_key(struct keyring *r, const struct ring_packing *p, struct writer *body,
                          struct writer *answer)
{
    struct gp_new_keys fields = {
        .kvn = p->fresh->form.kvn, .alg = p->fresh->form.alg, .layout = p->layout, .count = KEYSET_KEYS};
    struct new_keys sealed = new_keys_of(p);
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
    if (r->vault)
        return vault_store_keys_body(r->vault, &sealed, &form, body);
    for (size_t i = 0; i < KEYSET_KEYS; i++)
        keys.key[i] = (struct store_key){.kid = (uint8_t)(GP_KEY_ENC + i),
                                         .usage = form.usage[i],
                                         .value = secret_bytes(&p->fresh->clear.key[i])};
    return storekeys_write(&keys, &p->channel->session.dek, body);
}
