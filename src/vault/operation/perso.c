/* SPDX-License-Identifier: Apache-2.0 */
/* Card records opened, judged and turned into groupings on locked pages. Stations 5 and 7. Edge. [EMV
 * CPS 1.1 3.2] */
#include "vault/operation/perso.h"

#include <string.h>

#include "vault/block/policy.h"
#include "vault/emv/inside.h"
#include "vault/keys/emv.h"
#include "vault/memory.h"
#include "vault/operation/inside.h"

enum { CLEAR_ROOM = PROFILE_DGIS_MAX * PROFILE_VALUE_MAX };

/* What one card needs in clear while it is worked on. */
struct desk {
    uint8_t json[CARD_RECORD_JSON_MAX];
    struct card_record card;
    struct icc_pair pair;
    uint8_t clear[CLEAR_ROOM];
};

static void desk_clear(struct desk **d)
{
    locked_free(*d, sizeof **d);
}
/* Declares and takes a desk; wiped and given back on every way out of the block. */
#define DESK(name)                                                 \
    __attribute__((cleanup(desk_clear))) struct desk *name = NULL; \
    TRY(locked_new(sizeof *(name), (void **)&(name)))

static enum tsm_err open_record(struct vault_party *p, struct bytes jwe, struct desk *d)
{
    struct writer json = WRITER(d->json);
    TRY(record_open(p, jwe, &json));
    return card_record_read(written(&json), &d->card);
}

enum tsm_err vault_card_judge(struct vault_party *p, const struct card_order *o, struct card_facts *out)
{
    struct card_facts f = {0};
    struct writer w;
    DESK(d);
    TRY(open_record(p, o->jwe, d));
    TRY(card_record_current(&d->card, o->yymm));
    w = WRITER(d->clear);
    TRY(write_lv(&w, bytes_of_text(d->card.pan)));
    TRY(write_span(&w, o->within));
    TRY(vault_hmac(p, VAULT_KEY_DUPLICATE, written(&w), f.duplicate));
    pan_mask(d->card.pan, f.masked);
    memcpy(f.card_ref, d->card.card_ref, sizeof f.card_ref);
    *out = f;
    return TSM_OK;
}

static enum tsm_err udk_for(void *self, const char *master, enum emv_option option, struct emv_card_id id,
                            uint8_t udk[EMV_KEY_LEN])
{
    SECRET key = {0};
    TRY(vault_emv_udk(self, master, option, id, &key));
    memcpy(udk, key.at, EMV_KEY_LEN);
    return TSM_OK;
}

static enum tsm_err icvv_for(void *self, const char *cvk, struct cvv_input in, char icvv[CVV_ROOM])
{
    return vault_emv_cvv(self, cvk, in, icvv);
}

static enum tsm_err kcv_for(void *self, const uint8_t udk[EMV_KEY_LEN], uint8_t kcv[EMV_KCV_LEN])
{
    struct worker *w;
    CIPHER_KEY key = {0};
    (void)self;
    TRY(worker_get(&w));
    TRY(crypto_key(w->crypto, CIPHER_TDES, BYTES_OF(udk, EMV_KEY_LEN), &key));
    return emv_kcv(&key, kcv);
}

/* Clear groupings are copied, the others go under the DEK. */
enum tsm_err grouping_out(const struct cipher_key *dek, struct cps_dgi *dgi, struct writer *buffer)
{
    size_t from = buffer->len;
    if (dgi->encrypted)
        TRY(encrypt_data(dek, (struct dek_data){dgi->value, dgi->value.len % cipher_block(dek) != 0},
                         buffer));
    else
        TRY(write_span(buffer, dgi->value));
    dgi->value = written_since(buffer, from);
    return TSM_OK;
}

/* Each role of a profile by the usage that its key's block must have said. */
enum tsm_err roles_check(struct vault_party *p, const struct profile_keys *k)
{
    const struct {
        const char *name, *usage, *modes;
    } roles[] = {{k->ac, USAGE_IMK_AC, "X"},      {k->mac, USAGE_IMK_SMI, "X"}, {k->enc, USAGE_IMK_SMC, "X"},
                 {k->cvc3, USAGE_IMK_OTHER, "X"}, {k->cvk, USAGE_CVK, "GC"},    {k->pin, USAGE_PIN, "D"}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (roles[i].name[0])
            TRY(policy_need(p, roles[i].name, roles[i].usage, roles[i].modes));
    return TSM_OK;
}

struct emv_keys perso_keys(struct vault_party *p)
{
    return (struct emv_keys){.self = p,
                             .udk = udk_for,
                             .icvv = icvv_for,
                             .kcv = kcv_for,
                             .ssad = ssad_for,
                             .icc = icc_for,
                             .pin = pin_for,
                             .cvc3_iv = cvc3_iv_for,
                             .prepared = prepared_for};
}

static enum tsm_err make_groupings(struct vault_party *p, const struct perso_order *o, struct desk *d,
                                   struct emv_perso *out)
{
    const struct emv_keys keys = perso_keys(p);
    struct emv_perso_input in = {
        .profile = o->profile, .card = o->jwe.len ? &d->card : NULL, .keys = &keys, .pair = &d->pair};
    struct writer clear = WRITER(d->clear);
    TRY(roles_check(p, &o->profile->keys));
    if (o->jwe.len)
        TRY(open_record(p, o->jwe, d));
    if (o->kept)
        TRY(kept_open(p, o->kept, &d->pair));
    TRY(emv_personalise(in, o->target, &clear, out));
    return o->kept ? kept_seal(p, &d->pair, o->kept) : TSM_OK;
}

static bool any_encrypted(const struct emv_perso *made)
{
    for (size_t i = 0; i < made->count; i++)
        if (made->at[i].encrypted)
            return true;
    return false;
}

enum tsm_err vault_personalise(struct vault_party *p, const struct perso_order *o, struct writer *buffer,
                               struct emv_perso *out)
{
    struct writer at = *buffer;
    struct emv_perso made;
    const struct cipher_key *dek = NULL;
    DESK(d);
    WORKER(w);
    TRY(make_groupings(p, o, d, &made));
    if (any_encrypted(&made)) /* what is all in clear goes where there is no channel, too */
        TRY(use_dek(p, w, o->dek, &dek));
    for (size_t i = 0; i < made.count; i++)
        TRY(grouping_out(dek, &made.at[i], &at));
    *buffer = at;
    *out = made;
    return TSM_OK;
}
