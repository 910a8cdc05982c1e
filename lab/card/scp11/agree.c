/* SPDX-License-Identifier: Apache-2.0 */
/* MUTUAL AUTHENTICATE and INTERNAL AUTHENTICATE: both sides agree on keys, the card answers with a receipt
 * (station 7, the card's side); pure but for the card's ephemeral key; Amd F 1.4 3.1, 5.3, 7.6, 7.7. */
#include "card/scp11/request.h"

#include "card/channel/secure.h"
#include "card/command/command.h"
#include "card/model/keys.h"
#include "common/tlv.h"

#include <string.h>

#define TAG_RECEIPT 0x86
#define TAG_SIN     0x42 /* security domain provider identification number */
#define TAG_SDIN    0x45 /* security domain image number */

#define INFO_MAX 256
#define KEYS     5 /* Table 7-16: receipt key, S-ENC, S-MAC, S-RMAC, S-DEK */
#define S16_MAC  16
#define S8_MAC   8

/* 4.6: replayable scripts never run side by side in one domain. */
static bool another_script(const struct job *j)
{
    for (size_t i = 0; i < CARD_CHANNELS; i++) {
        const struct channel *ch = &j->card->channels[i];

        if (ch != j->ch && ch->open && ch->selected == j->sd->self && ch->session.phase == SESSION_OPEN &&
            ch->session.scp == SCP11 && ch->session.variant == SCP11_C)
            return true;
    }
    return false;
}

/* A number of the domain, with its length; false when the domain has none. */
static bool out_domain_number(const struct job *j, uint16_t tag, struct out *o)
{
    uint8_t value[SD_MAX_OBJECT_LEN];
    struct out v;

    out_init(&v, value, sizeof value);
    if (!sd_data_object(j->card, j->sd, tag, &v) || v.full)
        return false;
    out_lv(o, value, v.len);
    return true;
}

/* Card Group ID: the subject of CERT.SD.ECKA, the last certificate of the store. */
static bool out_group(const struct scp11_request *r, struct out *o)
{
    const struct scp11_link *l = scp11_link(r->owner, r->key->kvn, r->key->kid, false);
    struct certificate c;
    struct tlv t = {0};
    size_t at = 0;

    while (l != NULL && t.end < l->store_len) {
        at = t.end;
        if (!tlv_read(l->store, l->store_len, at, &t))
            return false;
    }
    if (l == NULL || l->store == NULL || !certificate_read(l->store + at, l->store_len - at, &c))
        return false;
    out_lv(o, c.subject.at, c.subject.len);
    return true;
}

/* SharedInfo of 7.6.2.3; false when a number that it needs is missing. */
static bool shared_info(const struct job *j, const struct scp11_request *r, struct out *o)
{
    out_bytes(o, (const uint8_t[]){r->usage, KEY_TYPE_AES, r->key_len}, 3);
    if ((r->parameters & SCP11_PARAMETER_IDS) == 0)
        return true;
    out_lv(o, r->host.at, r->host.len);
    if (r->variant->name == SCP11_C)
        return out_group(r, o) && !o->full;
    return out_domain_number(j, TAG_SIN, o) && out_domain_number(j, TAG_SDIN, o) && !o->full;
}

/* First the half with the card's session key (its static key in SCP11c), then the half with its static key.
 */
static bool shared_secret(const struct scp11_request *r, const struct asym_key *mine, struct out *o)
{
    size_t n = asym_coordinate(r->key->key.curve);
    uint8_t half[ECKA_MAX_SECRET];
    bool ok = ecka_agree(mine, &r->peer, half);

    out_bytes(o, half, n);
    ok = ok && ecka_agree(&r->key->key, r->oce != NULL ? r->oce : &r->peer, half);
    out_bytes(o, half, n);
    lab_wipe(half, sizeof half);
    return ok && !o->full;
}

static void give_key(struct sym_key *to, const uint8_t *material, const struct scp11_request *r, size_t which)
{
    *to = (struct sym_key){.type = KEY_TYPE_AES, .len = r->key_len};
    memcpy(to->value, material + which * r->key_len, r->key_len);
}

/* Derivation, receipt and answer; the receipt is the first chaining value (5.3.2). */
static bool finish(struct job *j, const struct scp11_request *r, struct session *s, const uint8_t *material)
{
    const struct key *dek = sd_key(r->owner, r->key->kvn, (uint8_t)(r->key->kid + 1));
    uint8_t input[INFO_MAX + 2 * (ECKA_MAX_POINT + 4)];
    struct sym_key receipt_key;
    struct out o;
    bool ok;

    give_key(&receipt_key, material, r, 0);
    give_key(&s->s_enc, material, r, 1);
    give_key(&s->s_mac, material, r, 2);
    give_key(&s->s_rmac, material, r, 3);
    if (dek != NULL)
        s->dek = dek->secret; /* the static Key-DEK of the same version */
    else
        give_key(&s->dek, material, r, 4);
    out_init(&o, input, sizeof input);
    out_bytes(&o, r->crt.at, r->crt.len);
    out_bytes(&o, r->point.at, r->point.len);
    out_bytes(&o, j->reply->at, j->reply->len); /* 5F49 of the card */
    ok = !o.full && aes_cmac(&receipt_key, input, o.len, s->chain);
    lab_wipe(&receipt_key, sizeof receipt_key);
    out_tlv(j->reply, TAG_RECEIPT, s->chain, AES_BLOCK);
    if (j->card->faults.cryptogram && !j->reply->full)
        j->reply->at[j->reply->len - 1] ^= 0x01;
    return ok && !j->reply->full;
}

static enum authentication who(const struct scp11_request *r, const struct oce *oce)
{
    const struct scp11 *s = r->owner->scp11;

    if (r->variant->name == SCP11_B)
        return AUTHENTICATED_NONE;
    if (s == NULL || s->owner_len == 0)
        return AUTHENTICATED_OWNER;
    return s->owner_len == oce->session.subject_len &&
                   memcmp(s->owner, oce->session.subject, s->owner_len) == 0
               ? AUTHENTICATED_OWNER
               : AUTHENTICATED_ANY;
}

static void start_session(struct job *j, const struct scp_option *o, const struct scp11_request *r,
                          struct session *s)
{
    *s = (struct session){
        .phase = SESSION_OPEN,
        .scp = SCP11,
        .option = r->parameters,
        .variant = r->variant->name,
        .authentication = who(r, j->ch->oce),
        .kvn = r->key->kvn,
        .level = r->level,
        .mac_len = (o->i & SCP11_I_S16) != 0 ? S16_MAC : S8_MAC,
        .counts_only_data = j->card->quirks.counter_only_with_data,
        .takes_padded_empty = j->card->quirks.padded_empty,
    };
}

static uint16_t establish(struct job *j, const struct scp_option *o, const struct scp11_request *r)
{
    uint8_t secret[2 * ECKA_MAX_SECRET], info[INFO_MAX], material[KEYS * SYM_MAX_KEY];
    struct asym_key own = r->key->key, point;
    struct session s;
    struct out shs, shared;
    uint16_t sw = SW_UNKNOWN;

    out_init(&shared, info, sizeof info);
    if (!shared_info(j, r, &shared))
        return SW_REFERENCE_NOT_FOUND;
    out_init(&shs, secret, sizeof secret);
    if ((r->variant->name == SCP11_C || ecka_generate(own.curve, &own)) && ecka_public_of(&own, &point) &&
        shared_secret(r, &own, &shs)) {
        const struct x963 from = {
            .secret = secret, .secret_len = shs.len, .info = info, .info_len = shared.len};

        start_session(j, o, r, &s);
        out_tlv(j->reply, SCP11_TAG_POINT, point.value, point.len);
        if (x963_derive(&from, material, KEYS * (size_t)r->key_len) && finish(j, r, &s, material)) {
            j->ch->session = s;
            sw = SW_OK;
        }
        lab_wipe(&s, sizeof s);
    }
    lab_wipe(&own, sizeof own);
    lab_wipe(secret, sizeof secret);
    lab_wipe(material, sizeof material);
    return sw;
}

uint16_t scp11_authenticate(struct job *j)
{
    const struct scp_option *o = sd_option(j->sd, SCP11);
    struct scp11_request r;
    uint16_t sw;

    secure_end(&j->ch->session);
    if (o == NULL)
        return SW_INS_NOT_SUPPORTED;
    if ((j->cmd.cla & ~(unsigned)CLA_CHANNEL) != CLA_GP)
        return SW_CLA_NOT_SUPPORTED;
    sw = scp11_request_read(j, o, &r);
    if (sw == SW_OK && r.variant->name == SCP11_C && another_script(j))
        sw = SW_CONDITIONS_NOT_SATISFIED;
    return sw == SW_OK ? establish(j, o, &r) : sw;
}
