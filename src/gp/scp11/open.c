/* SPDX-License-Identifier: Apache-2.0 */
/* From agreed secrets to an open channel: key derivation, receipt, state. Stations 7 and 10. Pure.
 * [AmdF 3.1, 5.3.2, 7.6.2.3, 7.7.2.3] */
#include "gp/scp11/scp11.h"

#include "gp/scp11/kdf.h"
#include "gp/tlv.h"

enum {
    TAG_POINT = 0x5F49,
    KEY_TYPE_AES = 0x88,
    KEYS = 5, /* receipt key, S-ENC, S-MAC, S-RMAC, S-DEK [Table 7-16] */
    INFO_MAX = 3 + 3 * (1 + 127),
    COVERED_MAX = 512, /* A6 and two points */
};

/* The five keys in a row; it wipes itself. */
struct key_data {
    uint8_t at[X963_OUT_MAX];
};
static inline void key_data_wipe(struct key_data *k)
{
    explicit_bzero(k, sizeof *k);
}
#define KEY_DATA __attribute__((cleanup(key_data_wipe))) struct key_data

/* ShS in its two halves, which wipe themselves. */
struct shared {
    struct secret half[X963_SECRETS_MAX];
};
static inline void shared_wipe(struct shared *s)
{
    explicit_bzero(s, sizeof *s);
}
#define SHARED __attribute__((cleanup(shared_wipe))) struct shared

/* a: ShSee, ShSss. b: ShSee, ShSes. c: ShSes, ShSss. `answer` is the domain's point of the answer, which c
 * does not use: its key is the static one both times. */
static enum tsm_err agree(const struct scp11_opening *o, struct bytes answer, struct shared *s)
{
    struct ec_public other = {o->sd.curve, answer};
    bool oce = o->terms->variant != SCP11B;
    NEED(o->ephemeral != NULL && (o->oce != NULL) == oce, KEY_REFUSED);
    TRY(ec_agree(o->ephemeral, o->terms->variant == SCP11C ? o->sd : other, &s->half[0]));
    return ec_agree(oce ? o->oce : o->ephemeral, o->sd, &s->half[1]);
}

static enum tsm_err write_info(const struct scp11_terms *t, struct writer *w)
{
    TRY(write_u8(w, t->usage));
    TRY(write_u8(w, KEY_TYPE_AES));
    TRY(write_u8(w, t->key_len));
    if (t->host_id.len == 0)
        return TSM_OK;
    TRY(write_lv(w, t->host_id));
    if (t->variant == SCP11C)
        return write_lv(w, t->card_group);
    TRY(write_lv(w, t->sin));
    return write_lv(w, t->sdin);
}

/* Key number n of those in a row. */
static enum tsm_err key_at(struct crypto *c, const struct key_data *data, size_t n, size_t len,
                           struct cipher_key *out)
{
    struct bytes value;
    TRY(bytes_part(BYTES(data->at), n * len, len, &value));
    return crypto_key(c, CIPHER_AES, value, out);
}

static enum tsm_err derive(struct crypto *c, const struct scp11_terms *t, const struct shared *s,
                           struct cipher_key *receipt, struct session_keys *keys)
{
    struct cipher_key *const order[KEYS] = {receipt, &keys->enc, &keys->mac, &keys->rmac, &keys->dek};
    uint8_t room[INFO_MAX];
    struct writer info = WRITER(room);
    KEY_DATA data = {0};
    TRY(write_info(t, &info));
    TRY(x963_kdf(c, &(struct x963_input){s->half, X963_SECRETS_MAX, written(&info)}, data.at,
                 KEYS * (size_t)t->key_len));
    for (size_t i = 0; i < KEYS; i++)
        TRY(key_at(c, &data, i, t->key_len, order[i]));
    return TSM_OK;
}

/* Over the command's A6 and point and the answer's point [Table 7-17]. */
static enum tsm_err make_receipt(const struct scp11_opening *o, const struct cipher_key *key,
                                 struct bytes answer, uint8_t receipt[CMAC_LEN])
{
    uint8_t room[COVERED_MAX];
    struct writer w = WRITER(room);
    struct bytes covered;
    TRY(scp11_data_write(o->terms, o->ephemeral_point, &w));
    TRY(tlv_write(&w, TAG_POINT, answer));
    covered = written(&w);
    return crypto_cmac(key, &covered, 1, receipt);
}

static uint8_t level_of(uint8_t usage)
{
    switch (usage) {
    case SCP11_C_MAC_R_MAC:
        return LEVEL_C_MAC | LEVEL_R_MAC;
    case SCP11_C_MAC_C_ENC:
        return LEVEL_C_MAC | LEVEL_C_DECRYPTION;
    case SCP11_C_MAC_C_ENC_R_MAC:
        return LEVEL_C_MAC | LEVEL_C_DECRYPTION | LEVEL_R_MAC;
    default:
        return LEVEL_C_MAC | LEVEL_C_DECRYPTION | LEVEL_R_MAC | LEVEL_R_ENCRYPTION;
    }
}

/* The channel as it is when the card's point is `answer` and its receipt the one that is due. */
static enum tsm_err establish(struct crypto *c, const struct scp11_opening *o, struct bytes answer,
                              struct channel *ch, struct session_keys *keys)
{
    const struct scp11_terms *t = o->terms;
    CIPHER_KEY receipt = {0};
    SHARED shared = {0};
    TRY(scp11_check(t));
    TRY(agree(o, answer, &shared));
    TRY(derive(c, t, &shared, &receipt, keys));
    *ch = (struct channel){.protocol = SCP11,
                           .i = scp11_parameters(t),
                           .kvn = t->kvn,
                           .level = level_of(t->usage),
                           .challenge_len = t->mac_len,
                           .open = 1};
    return make_receipt(o, &receipt, answer, ch->chain);
}

static enum tsm_err judge(const struct scp11_terms *t, struct bytes receipt, const struct channel *ch)
{
    static const char letter[] = {[SCP11A] = 'a', [SCP11B] = 'b', [SCP11C] = 'c'};
    if (!bytes_equal_secret(receipt, BYTES(ch->chain)))
        return FAIL(CRYPTOGRAM_WRONG,
                    "KVN %02X, SCP11%c: the receipt does not prove the key of the domain's certificate",
                    t->kvn, letter[t->variant]);
    return TSM_OK;
}

/* SCP11c answers with the static key of the certificate. */
static enum tsm_err check_point(struct bytes point, struct ec_public sd)
{
    if (!bytes_equal(point, sd.point))
        return FAIL(CRYPTOGRAM_WRONG, "the domain answered with another key than its certificate's");
    return TSM_OK;
}

enum tsm_err scp11_open(struct crypto *c, const struct scp11_opening *o, struct bytes answer,
                        struct channel *ch, struct session_keys *keys)
{
    struct scp11_answer a;
    struct channel state;
    SESSION_KEYS fresh = {0};
    TRY(scp11_answer_read(answer, &a));
    if (o->terms->variant == SCP11C)
        TRY(check_point(a.point, o->sd));
    TRY(establish(c, o, a.point, &state, &fresh));
    TRY(judge(o->terms, a.receipt, &state));
    *ch = state;
    *keys = fresh;
    return TSM_OK;
}

enum tsm_err scp11_prepare(struct crypto *c, const struct scp11_opening *o, struct channel *ch,
                           struct session_keys *keys)
{
    struct channel state;
    SESSION_KEYS fresh = {0};
    NEED(o->terms->variant == SCP11C, WRONG_STATE);
    TRY(establish(c, o, o->sd.point, &state, &fresh));
    *ch = state;
    *keys = fresh;
    return TSM_OK;
}

enum tsm_err scp11_answer_check(struct bytes answer, struct ec_public sd, const uint8_t receipt[CMAC_LEN])
{
    struct scp11_answer a;
    TRY(scp11_answer_read(answer, &a));
    TRY(check_point(a.point, sd));
    if (!bytes_equal_secret(a.receipt, BYTES_OF(receipt, CMAC_LEN)))
        return FAIL(CRYPTOGRAM_WRONG, "the receipt is not the one of this script");
    return TSM_OK;
}
