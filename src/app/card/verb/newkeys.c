/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card put-key`, and new key sets for other verbs: the card's proof is compared before anyone trusts the
 * set. Station 5. App. [GPCS 11.8, AmdD 7.2] */
#include "app/card/verb/verbs.h"
#include "gp/command/put_key.h"

enum { KVN_MAX = 0x7F, SCP02_FIRST = 0x20, SCP02_LAST = 0x2F, SCP03_FIRST = 0x30, SCP03_LAST = 0x3F };
enum { FRESH_AES_LEN = 16 };

bool fresh_given(const struct card *c)
{
    return key_source_given(&c->args->fresh);
}

/* Which protocol a version is for [GPCS 11.8 and the configurations, by custom: 20-2F SCP02, 30-3F SCP03];
 * other versions go with the protocol of the channel. */
static uint8_t protocol_for(const struct card *c, uint8_t kvn)
{
    if (kvn >= SCP02_FIRST && kvn <= SCP02_LAST)
        return SCP02;
    if (kvn >= SCP03_FIRST && kvn <= SCP03_LAST)
        return SCP03;
    return c->channel.state.protocol;
}

/* A new set is made when the vault does not have the name; one that it has is put into the card as it is. */
static enum tsm_err named_or_made(struct card *c, const struct keyset_wish *wish, struct card_keyset *out)
{
    struct keyset_form form = {.protocol = wish->protocol,
                               .kvn = wish->kvn,
                               .alg = wish->protocol == SCP02 ? CIPHER_TDES : CIPHER_AES,
                               .key_len = c->keys.form.alg == CIPHER_AES && wish->protocol == SCP03
                                              ? c->keys.form.key_len
                                              : FRESH_AES_LEN};
    const struct key_source *s = &c->args->fresh;
    struct named_keyset there;
    if (s->kdf != GP_KDF_NONE || vault_named_keyset(c->ring.vault, s->name, &there) == TSM_OK)
        return keyring_find(&c->ring, s, wish, out);
    err_clear();
    if (c->args->dry_run) { /* a plan makes nothing that stays */
        struct writer blob = WRITER(out->sealed.room);
        TRY(vault_generate_keyset(c->ring.vault, &form,
                                  (struct keyset_target){.blob = &blob, .kcvs = out->kcvs}));
        out->sealed.sealed = (struct sealed_keyset){.blob = written(&blob)};
        out->form = form;
        out->there = true;
        return TSM_OK;
    }
    TRY(keyring_make(&c->ring, s->name, &form, out));
    out->made = true;
    return TSM_OK;
}

enum tsm_err fresh_keys(struct card *c, struct card_keyset *out)
{
    const struct key_source *s = &c->args->fresh;
    uint8_t kvn = c->args->new_kvn.value;
    struct keyset_wish wish = {
        .protocol = protocol_for(c, kvn), .kvn = kvn, .kdd = c->has_kdd ? c->kdd : NULL};
    if (!fresh_given(c) || !c->args->new_kvn.given)
        return FAIL(MISSING_FIELD, "--new-key KEY or --new-keyset NAME, and --new-kvn HH, say the new set");
    if (kvn == 0 || kvn > KVN_MAX)
        return FAIL(BAD_VALUE, "a key version is 01 to 7F");
    if (!wish.kdd && c->args->kdd.len == sizeof c->kdd)
        wish.kdd = c->args->kdd.at;
    TRY(key_source_clear(s) ? keyring_find(&c->ring, s, &wish, out) : named_or_made(c, &wish, out));
    if (out->form.kvn != kvn)
        return FAIL(CONFLICT, "the key set is kept for version %02X, not %02X", out->form.kvn, kvn);
    json_object_set_new(c->doc, "new_keys", card_keyset_json(out, s));
    return TSM_OK;
}

void fresh_undo(struct card *c, struct card_keyset *fresh, enum tsm_err e)
{
    if (!fresh->made || e == TSM_OK)
        return;
    if (c->unsure[0])
        c->remark = "the new key set is kept in the vault: the card may have it (tsm card auth tells)";
    else if (vault_forget_keyset(c->ring.vault, c->args->fresh.name) == TSM_OK)
        c->remark = "the new key set did not reach the card and was dropped from the vault";
}

/* Sends PUT KEY; a card that proves other keys than those we hold is told of at once. */
static enum tsm_err put(struct card *c, struct card_keyset *fresh)
{
    uint8_t body_room[CARD_HEX_MAX], due_room[PUTKEY_ANSWER_MAX], room[APDU_SHORT_MAX];
    struct writer body = WRITER(body_room), due = WRITER(due_room), w = WRITER(room);
    struct ring_packing p = {.current = &c->keys,
                             .fresh = fresh,
                             .channel = &c->channel,
                             .layout = c->profile && c->profile->put_key_1171 ? GP_LAYOUT_BARE
                                                                              : GP_LAYOUT_LENGTH_INSIDE};
    struct rapdu answer;
    TRY(ring_put_key(&c->ring, &p, &body, &due));
    TRY(put_key_write_field(c->args->replace.given ? c->args->replace.value : 0, PUT_KEY_SEVERAL | GP_KEY_ENC,
                            written(&body), &w));
    TRY(card_send(c, &(struct card_request){.plain = written(&w), .changes = true}, &answer));
    if (c->args->dry_run)
        return TSM_OK;
    if (answer.data.len == 0) {
        card_done(c, "the card took key version %02X and proves nothing", fresh->form.kvn);
        return TSM_OK;
    }
    card_done(c, "the card took key version %02X", fresh->form.kvn);
    c->remark = "the card says that it holds other keys than were sent: do not use this version";
    TRY(putkey_check_answer(answer.data, written(&due)));
    c->remark = NULL;
    return TSM_OK;
}

enum tsm_err card_put_key(struct card *c)
{
    if (c->args->single.given)
        return put_single(c);
    struct card_keyset fresh = {.there = false};
    enum tsm_err e = fresh_keys(c, &fresh);
    if (e == TSM_OK)
        e = put(c, &fresh);
    if (json_array_size(c->done) == 0)
        fresh_undo(c, &fresh, e);
    card_keyset_wipe(&fresh);
    return e;
}
