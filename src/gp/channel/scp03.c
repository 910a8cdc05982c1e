/* SPDX-License-Identifier: Apache-2.0 */
/* Secure Channel Protocol '03': AES, encrypt then MAC, every MAC chained with all 16 octets. Stations 7
 * and 10. Pure. [Amendment D 1.1.1; S16: Amendment D 1.2] */
#include "gp/channel/protocol.h"

enum {
    BLOCK = 16,
    HEADER_MAX = 7, /* CLA INS P1 P2, Lc of one or three octets */
    KDF_LABEL_ZEROS = 11,
    KEY_MAX = 32,
    RESPONSE_ICV = 0x80, /* first octet of the counter block for answers [AmdD 6.2.7] */
};

/* Derivation constants [AmdD Table 4-1]. */
enum {
    DERIVE_CARD_CRYPTOGRAM = 0x00,
    DERIVE_HOST_CRYPTOGRAM = 0x01,
    DERIVE_CARD_CHALLENGE = 0x02,
    DERIVE_S_ENC = 0x04,
    DERIVE_S_MAC = 0x06,
    DERIVE_S_RMAC = 0x07,
};

enum tsm_err scp03_kdf(const struct cipher_key *key, uint8_t constant, struct bytes context, uint8_t *out,
                       size_t len)
{
    struct writer result = {out, 0, len};
    uint8_t counter = 0, fixed[KDF_LABEL_ZEROS + 5], block[CMAC_LEN];
    NEED(len <= 2 * CMAC_LEN, BAD_LENGTH);
    while (result.len < len) {
        struct writer w = WRITER(fixed);
        struct bytes part;
        enum tsm_err err;
        TRY(write_fill(&w, 0, KDF_LABEL_ZEROS));
        TRY(write_u8(&w, constant));
        TRY(write_u8(&w, 0));
        TRY(write_u16(&w, (unsigned)(8 * len)));
        TRY(write_u8(&w, ++counter));
        TRY(crypto_cmac(key, (struct bytes[]){written(&w), context}, 2, block));
        TRY(bytes_part(BYTES(block), 0, len - result.len < CMAC_LEN ? len - result.len : CMAC_LEN, &part));
        err = write_span(&result, part);
        explicit_bzero(block, sizeof block);
        TRY(err);
    }
    return TSM_OK;
}

static enum tsm_err allow(const struct channel *ch, const struct static_keys *keys)
{
    size_t len = keys->enc.value.len;
    bool level = ch->level == 0x00 || ch->level == 0x01 || ch->level == 0x03 || ch->level == 0x11 ||
                 ch->level == 0x13 || ch->level == 0x33;
    NEED(level, BAD_VALUE);
    NEED(!(ch->i & 0x80), BAD_VALUE);
    NEED(!(ch->i & SCP03_I_R_ENCRYPTION) || ch->i & SCP03_I_R_MAC, BAD_VALUE);
    if ((ch->level & LEVEL_R_MAC && !(ch->i & SCP03_I_R_MAC)) ||
        (ch->level & LEVEL_R_ENCRYPTION && !(ch->i & SCP03_I_R_ENCRYPTION)))
        return FAIL(BAD_VALUE, "a card with SCP03 i=%02X does not know level %02X", ch->i, ch->level);
    NEED(ch->challenge_len == S8_LEN || ch->i & SCP03_I_S16, BAD_VALUE);
    NEED(keys->enc.alg == CIPHER_AES && keys->mac.alg == CIPHER_AES && keys->dek.alg == CIPHER_AES,
         KEY_REFUSED);
    NEED(len == keys->mac.value.len && len == keys->dek.value.len && len >= BLOCK && len <= KEY_MAX,
         BAD_LENGTH);
    return TSM_OK;
}

/* Context of keys and cryptograms: host challenge, card challenge [AmdD 6.2.1, 6.2.2]. */
static enum tsm_err context_of(const struct channel *ch, struct writer *w)
{
    TRY(write_span(w, BYTES_OF(ch->host, ch->challenge_len)));
    return write_span(w, BYTES_OF(ch->card, ch->challenge_len));
}

static enum tsm_err derive_one(const struct cipher_key *from, uint8_t constant, struct bytes context,
                               struct cipher_key *out)
{
    SECRET value = {.len = from->value.len};
    TRY(scp03_kdf(from, constant, context, value.at, value.len));
    return crypto_derived(from, CIPHER_AES, secret_bytes(&value), out);
}

static enum tsm_err derive(const struct channel *ch, const struct static_keys *keys,
                           struct session_keys *session)
{
    uint8_t context[2 * S16_LEN];
    struct writer w = WRITER(context);
    TRY(context_of(ch, &w));
    TRY(derive_one(&keys->enc, DERIVE_S_ENC, written(&w), &session->enc));
    TRY(derive_one(&keys->mac, DERIVE_S_MAC, written(&w), &session->mac));
    TRY(derive_one(&keys->mac, DERIVE_S_RMAC, written(&w), &session->rmac));
    session->dek = keys->dek; /* SCP03 has no session DEK [AmdD 6.2.1] */
    return TSM_OK;
}

/* With S-MAC; SCP02 uses S-ENC [AmdD 6.2.2.2, 6.2.2.3]. */
static enum tsm_err cryptogram(const struct channel *ch, const struct session_keys *keys, enum side side,
                               uint8_t out[16])
{
    uint8_t context[2 * S16_LEN];
    struct writer w = WRITER(context);
    uint8_t constant = side == SIDE_CARD ? DERIVE_CARD_CRYPTOGRAM : DERIVE_HOST_CRYPTOGRAM;
    TRY(context_of(ch, &w));
    return scp03_kdf(&keys->mac, constant, written(&w), out, ch->challenge_len);
}

/* Context: sequence counter, AID of the selected domain; with the static Key-ENC [AmdD 6.2.2.1]. */
static enum tsm_err challenge(const struct channel *ch, const struct static_keys *keys, struct bytes aid,
                              uint8_t out[16])
{
    uint8_t context[3 + 16];
    struct writer w = WRITER(context);
    NEED(ch->i & SCP03_I_PSEUDO_RANDOM, UNSUPPORTED);
    TRY(write_span(&w, BYTES(ch->sequence)));
    TRY(write_span(&w, aid));
    return scp03_kdf(&keys->enc, DERIVE_CARD_CHALLENGE, written(&w), out, ch->challenge_len);
}

/* The ICV of command or answer number `counter` [AmdD 6.2.6, 6.2.7]. */
static enum tsm_err icv(const struct session_keys *keys, uint32_t counter, uint8_t first, uint8_t out[BLOCK])
{
    uint8_t block[BLOCK];
    struct writer w = WRITER(block);
    TRY(write_u8(&w, first));
    TRY(write_fill(&w, 0, BLOCK - 1 - sizeof counter));
    TRY(write_u32(&w, counter));
    return crypto_ecb(&keys->enc, ENCRYPT, BYTES(block), out);
}

static enum tsm_err write_encrypted(const struct channel *ch, const struct session_keys *keys,
                                    struct bytes data, struct writer *w)
{
    uint8_t iv[BLOCK], *slot;
    size_t from = w->len;
    TRY(icv(keys, ch->counter, 0, iv));
    TRY(write_slot(w, data.len, &slot));
    TRY(write_span(&(struct writer){slot, 0, data.len}, data));
    TRY(pad_80(w, from, BLOCK));
    return crypto_cbc(&keys->enc, ENCRYPT, iv, written_since(w, from), slot);
}

/* The header under the MAC: no logical channel, Lc with the MAC counted, of three octets above 255
 * [AmdD 6.2.4, GPCS 11.1.5.1]. */
static enum tsm_err write_header(const struct apdu *plain, size_t lc, struct writer *w, uint8_t **cla)
{
    TRY(write_slot(w, 1, cla));
    **cla = (uint8_t)(cla_without_channel(plain->cla) | CLA_SECURE);
    TRY(write_u8(w, plain->ins));
    TRY(write_u8(w, plain->p1));
    TRY(write_u8(w, plain->p2));
    NEED(lc <= APDU_DATA_MAX, TOO_LONG);
    return lc <= APDU_SHORT_DATA_MAX ? write_u8(w, (unsigned)lc) : write_u24(w, (uint32_t)lc);
}

static enum tsm_err write_le(const struct apdu *plain, bool extended, struct writer *w)
{
    if (plain->le == APDU_LE_NONE)
        return TSM_OK;
    NEED(extended || plain->le <= APDU_SHORT_LE_MAX, BAD_VALUE);
    return extended ? write_u16(w, (unsigned)plain->le & 0xFFFF) : write_u8(w, (unsigned)plain->le & 0xFF);
}

static enum tsm_err write_protected(struct channel *ch, const struct session_keys *keys,
                                    const struct apdu *plain, struct writer *w)
{
    bool encrypt =
        ch->level & LEVEL_C_DECRYPTION && plain->data.len; /* no data, no encryption [AmdD 6.2.6] */
    size_t from = w->len, len = plain->data.len, lc;
    uint8_t *cla, mac[CMAC_LEN];
    NEED(len <= APDU_DATA_MAX, TOO_LONG);
    lc = (encrypt ? (len / BLOCK + 1) * BLOCK : len) + ch->challenge_len;
    TRY(write_header(plain, lc, w, &cla));
    TRY(encrypt ? write_encrypted(ch, keys, plain->data, w) : write_span(w, plain->data));
    TRY(crypto_cmac(&keys->mac, (struct bytes[]){BYTES(ch->chain), written_since(w, from)}, 2, mac));
    TRY(write_span(w, BYTES_OF(mac, ch->challenge_len)));
    TRY(write_le(plain, lc > APDU_SHORT_DATA_MAX, w));
    *cla = cla_on_wire(plain->cla);
    memcpy(ch->chain, mac, sizeof ch->chain); /* all 16 octets chain, also when 8 are sent */
    return TSM_OK;
}

static enum tsm_err wrap(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                         struct writer *capdu, struct channel_expect *expect)
{
    bool stands = ch->quirks & CHANNEL_QUIRK_COUNTER_ONLY_WITH_DATA && plain->data.len == 0;
    NEED(ch->counter < UINT32_MAX, COUNTER_DEAD);
    if (!stands)
        ch->counter++; /* also for a command that is not encrypted [AmdD 6.2.6] */
    TRY(ch->level & LEVEL_C_MAC ? write_protected(ch, keys, plain, capdu) : apdu_write(plain, capdu));
    expect->counter = ch->counter;
    expect->protected_ = ch->level & LEVEL_R_MAC ? 1 : 0;
    memcpy(expect->chain, ch->chain, sizeof expect->chain);
    memcpy(expect->header,
           (uint8_t[]){plain->cla, plain->ins, plain->p1, plain->p2, (uint8_t)plain->data.len},
           sizeof expect->header);
    return TSM_OK;
}

/* Data octets before the R-MAC, after the R-MAC has been found right [AmdD 6.2.5]. */
static enum tsm_err check_rmac(const struct channel *ch, const struct session_keys *keys,
                               const struct channel_expect *expect, const struct rapdu *answer,
                               struct bytes *data)
{
    uint8_t due[CMAC_LEN], sw[2];
    struct writer w = WRITER(sw);
    struct reader r = READER(answer->data);
    if (answer->data.len < ch->challenge_len)
        return FAIL(MAC_WRONG, "the answer with status %04X carries no R-MAC", answer->sw);
    TRY(write_u16(&w, answer->sw));
    TRY(read_span(&r, answer->data.len - ch->challenge_len, data));
    TRY(crypto_cmac(&keys->rmac, (struct bytes[]){BYTES(expect->chain), *data, BYTES(sw)}, 3, due));
    if (!bytes_equal_secret(BYTES_OF(due, ch->challenge_len), r.left))
        return FAIL(MAC_WRONG, "the R-MAC of the answer with status %04X is wrong", answer->sw);
    return TSM_OK;
}

static enum tsm_err write_decrypted(const struct session_keys *keys, uint32_t counter, struct bytes data,
                                    struct writer *plain)
{
    uint8_t iv[BLOCK], *slot;
    size_t from = plain->len;
    struct bytes content;
    TRY(icv(keys, counter, RESPONSE_ICV, iv));
    TRY(write_slot(plain, data.len, &slot));
    TRY(crypto_cbc(&keys->enc, DECRYPT, iv, data, slot));
    TRY(unpad_80(written_since(plain, from), &content));
    write_forget(plain, from + content.len);
    return TSM_OK;
}

static enum tsm_err unwrap(struct channel *ch, const struct session_keys *keys,
                           const struct channel_expect *expect, const struct rapdu *answer,
                           struct writer *plain)
{
    bool bare = answer->data.len == 0 && (!sw_is_success(answer->sw) || answer->sw == SW_MORE_ENTRIES);
    struct bytes data;
    if (bare)
        return TSM_OK; /* an error is not protected [AmdD 6.2.5]; cards send a bare 6310 as well */
    if (!sw_is_success(answer->sw) && !(ch->quirks & CHANNEL_QUIRK_RMAC_ON_ERROR))
        return FAIL(MAC_WRONG, "the error status %04X came with data", answer->sw);
    TRY(check_rmac(ch, keys, expect, answer, &data));
    if (expect->level & LEVEL_R_ENCRYPTION && data.len)
        return write_decrypted(keys, expect->counter, data, plain);
    return write_span(plain, data);
}

const struct channel_protocol scp03 = {
    .allow = allow,
    .derive = derive,
    .cryptogram = cryptogram,
    .challenge = challenge,
    .wrap = wrap,
    .unwrap = unwrap,
    .cipher_block = BLOCK,
};
