/* SPDX-License-Identifier: Apache-2.0 */
/* Secure Channel Protocol '02' with explicit initiation: TDES, MAC then encrypt, R-MAC over command and
 * answer. Stations 7 and 10. Pure. [GPCS App. E] */
#include "gp/channel/protocol.h"
#include "gp/channel/retail.h"

enum { KEY_LEN = 16, MAC_LEN = 8, HEADER = 5 };

/* Derivation constants [GPCS E.4.1]. */
enum { DERIVE_C_MAC = 0x0101, DERIVE_R_MAC = 0x0102, DERIVE_ENC = 0x0182, DERIVE_DEK = 0x0181 };

static bool is_tdes(const struct cipher_key *k)
{
    return k->alg == CIPHER_TDES && k->value.len == KEY_LEN;
}

static enum tsm_err allow(const struct channel *ch, const struct static_keys *keys)
{
    bool three = ch->i & SCP02_I_THREE_KEYS;
    bool level = !(ch->level & ~(LEVEL_C_MAC | LEVEL_C_DECRYPTION | LEVEL_R_MAC)) &&
                 (ch->level & LEVEL_C_MAC || !(ch->level & LEVEL_C_DECRYPTION));
    NEED(level, BAD_VALUE);
    NEED(!(ch->i & 0x80), BAD_VALUE);
    NEED(ch->challenge_len == S8_LEN, BAD_LENGTH);
    if (!(ch->i & SCP02_I_EXPLICIT) || ch->i & SCP02_I_ICV_OVER_AID)
        return FAIL(UNSUPPORTED, "SCP02 i=%02X opens the channel implicitly", ch->i);
    if (ch->level & LEVEL_R_MAC && !(ch->i & SCP02_I_R_MAC))
        return FAIL(BAD_VALUE, "a card with SCP02 i=%02X does not know level %02X", ch->i, ch->level);
    NEED(is_tdes(&keys->enc) && (!three || (is_tdes(&keys->mac) && is_tdes(&keys->dek))), KEY_REFUSED);
    return TSM_OK;
}

/* TDES-CBC of constant, sequence counter and zeros [GPCS E.4.1]. */
static enum tsm_err derive_one(const struct cipher_key *from, unsigned constant, const struct channel *ch,
                               struct cipher_key *out)
{
    uint8_t data[KEY_LEN];
    struct writer w = WRITER(data);
    SECRET value = {.len = KEY_LEN};
    TRY(write_u16(&w, constant));
    TRY(write_u8(&w, ch->sequence[1]));
    TRY(write_u8(&w, ch->sequence[2]));
    TRY(write_fill(&w, 0, KEY_LEN - w.len));
    TRY(crypto_cbc(from, ENCRYPT, NULL, BYTES(data), value.at));
    return crypto_derived(from, CIPHER_TDES, secret_bytes(&value), out);
}

static enum tsm_err derive(const struct channel *ch, const struct static_keys *keys,
                           struct session_keys *session)
{
    bool three = ch->i & SCP02_I_THREE_KEYS; /* else one base key stands for all [GPCS E.2] */
    TRY(derive_one(&keys->enc, DERIVE_ENC, ch, &session->enc));
    TRY(derive_one(three ? &keys->mac : &keys->enc, DERIVE_C_MAC, ch, &session->mac));
    TRY(derive_one(three ? &keys->mac : &keys->enc, DERIVE_R_MAC, ch, &session->rmac));
    return derive_one(three ? &keys->dek : &keys->enc, DERIVE_DEK, ch, &session->dek);
}

/* Full TDES CBC-MAC with S-ENC, not the retail MAC of the commands [GPCS E.4.2]. */
static enum tsm_err cryptogram(const struct channel *ch, const struct session_keys *keys, enum side side,
                               uint8_t out[16])
{
    uint8_t data[3 * DES_BLOCK];
    struct writer w = WRITER(data);
    struct bytes host = BYTES_OF(ch->host, S8_LEN);
    if (side == SIDE_CARD)
        TRY(write_span(&w, host));
    TRY(write_u8(&w, ch->sequence[1]));
    TRY(write_u8(&w, ch->sequence[2]));
    TRY(write_span(&w, BYTES_OF(ch->card, SCP02_CARD_CHALLENGE)));
    if (side == SIDE_HOST)
        TRY(write_span(&w, host));
    TRY(pad_80(&w, 0, DES_BLOCK));
    return crypto_tdes_cbc_mac(&keys->enc, NULL, written(&w), out);
}

/* The first six octets of a MAC over the AID with the C-MAC session key [GPCS E.4.2.3]. */
static enum tsm_err challenge(const struct channel *ch, const struct static_keys *keys, struct bytes aid,
                              uint8_t out[16])
{
    static const uint8_t zero[DES_BLOCK];
    SESSION_KEYS session = {0};
    RETAIL mac;
    NEED(ch->i & SCP02_I_PSEUDO_RANDOM, UNSUPPORTED);
    TRY(derive(ch, keys, &session));
    retail_begin(&mac, zero);
    TRY(retail_add(&mac, &session.mac, aid));
    return retail_end(&mac, &session.mac, out);
}

/* The ICV: zero for EXTERNAL AUTHENTICATE, then the previous C-MAC, encrypted with single DES when i says so
 * [GPCS E.3.2, E.3.4]. */
static enum tsm_err begin_cmac(const struct channel *ch, const struct session_keys *keys, struct retail *mac)
{
    CIPHER_KEY des = {0};
    uint8_t icv[DES_BLOCK];
    memcpy(icv, ch->chain, sizeof icv);
    if (ch->open && ch->i & SCP02_I_ICV_ENCRYPTION) {
        TRY(single_des(&keys->mac, &des));
        TRY(crypto_ecb(&des, ENCRYPT, BYTES(icv), icv));
    }
    retail_begin(mac, icv);
    return TSM_OK;
}

/* C-MAC on the modified header (secure bit set, MAC counted in Lc) or on the plain one [GPCS E.4.4]. */
static enum tsm_err make_cmac(struct channel *ch, const struct session_keys *keys, const struct apdu *plain)
{
    bool modified = !(ch->i & SCP02_I_UNMODIFIED_APDU);
    uint8_t cla = (uint8_t)(cla_without_channel(plain->cla) | (modified ? CLA_SECURE : 0));
    uint8_t lc = (uint8_t)(plain->data.len + (modified ? MAC_LEN : 0));
    uint8_t header[HEADER] = {cla, plain->ins, plain->p1, plain->p2, lc};
    RETAIL mac;
    TRY(begin_cmac(ch, keys, &mac));
    TRY(retail_add(&mac, &keys->mac, BYTES(header)));
    TRY(retail_add(&mac, &keys->mac, plain->data));
    return retail_end(&mac, &keys->mac, ch->chain);
}

/* Padded and encrypted when the level asks for it and there is data [GPCS E.4.6]. */
static enum tsm_err write_data(const struct channel *ch, const struct session_keys *keys, struct bytes data,
                               struct writer *w)
{
    uint8_t *slot;
    size_t from = w->len;
    if (!(ch->level & LEVEL_C_DECRYPTION) || data.len == 0)
        return write_span(w, data);
    TRY(write_slot(w, data.len, &slot));
    TRY(write_span(&(struct writer){slot, 0, data.len}, data));
    TRY(pad_80(w, from, DES_BLOCK));
    return crypto_cbc(&keys->enc, ENCRYPT, NULL, written_since(w, from), slot);
}

static enum tsm_err write_protected(struct channel *ch, const struct session_keys *keys,
                                    const struct apdu *plain, struct writer *w)
{
    uint8_t *lc;
    size_t from;
    NEED(plain->data.len + MAC_LEN <= APDU_SHORT_DATA_MAX && plain->le <= APDU_SHORT_LE_MAX, TOO_LONG);
    TRY(make_cmac(ch, keys, plain));
    TRY(write_u8(w, cla_on_wire(plain->cla)));
    TRY(write_u8(w, plain->ins));
    TRY(write_u8(w, plain->p1));
    TRY(write_u8(w, plain->p2));
    TRY(write_slot(w, 1, &lc));
    from = w->len;
    TRY(write_data(ch, keys, plain->data, w));
    TRY(write_span(w, BYTES_OF(ch->chain, MAC_LEN)));
    NEED(w->len - from <= APDU_SHORT_DATA_MAX, TOO_LONG);
    *lc = (uint8_t)(w->len - from);
    return plain->le == APDU_LE_NONE ? TSM_OK : write_u8(w, (unsigned)plain->le & 0xFF);
}

/* The part of the R-MAC that the plain command makes up [GPCS E.4.5], kept under the R-MAC key until the
 * answer comes. */
static enum tsm_err begin_rmac(const struct channel *ch, const struct session_keys *keys,
                               const struct apdu *plain, struct channel_expect *expect)
{
    RETAIL mac;
    uint8_t *at = expect->partial;
    struct writer w = {at, 0, sizeof expect->partial};
    retail_begin(&mac, ch->rchain);
    TRY(retail_add(&mac, &keys->rmac, BYTES(expect->header)));
    TRY(retail_add(&mac, &keys->rmac, plain->data));
    TRY(write_span(&w, BYTES(mac.chain)));
    TRY(write_span(&w, BYTES(mac.tail)));
    expect->tail_len = (uint8_t)mac.tail_len;
    return crypto_cbc(&keys->rmac, ENCRYPT, NULL, written(&w), at);
}

static enum tsm_err wrap(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                         struct writer *capdu, struct channel_expect *expect)
{
    NEED(ch->counter < UINT32_MAX && plain->data.len <= APDU_SHORT_DATA_MAX, TOO_LONG);
    NEED(!ch->awaits, WRONG_STATE);
    TRY(ch->level & LEVEL_C_MAC ? write_protected(ch, keys, plain, capdu) : apdu_write(plain, capdu));
    expect->counter = ++ch->counter;
    expect->protected_ = ch->level & LEVEL_R_MAC ? 1 : 0;
    ch->awaits = expect->protected_;
    memcpy(expect->chain, ch->rchain, sizeof ch->rchain);
    memcpy(expect->header,
           (uint8_t[]){cla_without_channel(plain->cla), plain->ins, plain->p1, plain->p2,
                       (uint8_t)plain->data.len},
           sizeof expect->header);
    return expect->protected_ ? begin_rmac(ch, keys, plain, expect) : TSM_OK;
}

static enum tsm_err resume_rmac(const struct session_keys *keys, const struct channel_expect *expect,
                                struct retail *mac)
{
    uint8_t open[2 * DES_BLOCK];
    struct reader r = {BYTES(open)};
    enum tsm_err err;
    NEED(expect->tail_len < DES_BLOCK, BAD_VALUE);
    err = crypto_cbc(&keys->rmac, DECRYPT, NULL, BYTES(expect->partial), open);
    if (err == TSM_OK)
        err = read_copy(&r, DES_BLOCK, mac->chain);
    if (err == TSM_OK)
        err = read_copy(&r, DES_BLOCK, mac->tail);
    mac->tail_len = expect->tail_len;
    explicit_bzero(open, sizeof open);
    return err;
}

/* Over command, Li, data and status; on an error without data, and it chains all the same [GPCS E.4.5]. */
static enum tsm_err make_rmac(const struct session_keys *keys, const struct channel_expect *expect,
                              struct bytes data, uint16_t sw, uint8_t due[MAC_LEN])
{
    RETAIL mac = {0};
    uint8_t length = (uint8_t)data.len, status[2] = {(uint8_t)(sw >> 8), (uint8_t)sw};
    TRY(resume_rmac(keys, expect, &mac));
    TRY(retail_add(&mac, &keys->rmac, BYTES_OF(&length, 1)));
    TRY(retail_add(&mac, &keys->rmac, data));
    TRY(retail_add(&mac, &keys->rmac, BYTES(status)));
    return retail_end(&mac, &keys->rmac, due);
}

static enum tsm_err unwrap(struct channel *ch, const struct session_keys *keys,
                           const struct channel_expect *expect, const struct rapdu *answer,
                           struct writer *plain)
{
    bool bare = answer->data.len == 0 && (!sw_is_success(answer->sw) || answer->sw == SW_MORE_ENTRIES);
    struct reader r = READER(answer->data);
    struct bytes data = BYTES_NONE;
    if (!bare && answer->data.len < MAC_LEN)
        return FAIL(MAC_WRONG, "the answer with status %04X carries no R-MAC", answer->sw);
    if (!bare)
        TRY(read_span(&r, answer->data.len - MAC_LEN, &data));
    if (!sw_is_success(answer->sw) && data.len)
        return FAIL(MAC_WRONG, "the error status %04X came with data", answer->sw);
    TRY(make_rmac(keys, expect, data, answer->sw, ch->rchain));
    if (!bare && !bytes_equal_secret(BYTES(ch->rchain), r.left))
        return FAIL(MAC_WRONG, "the R-MAC of the answer with status %04X is wrong", answer->sw);
    ch->awaits = 0;
    return write_span(plain, data);
}

const struct channel_protocol scp02 = {
    .allow = allow,
    .derive = derive,
    .cryptogram = cryptogram,
    .challenge = challenge,
    .wrap = wrap,
    .unwrap = unwrap,
    .card_challenge_len = SCP02_CARD_CHALLENGE,
    .cipher_block = DES_BLOCK,
};
