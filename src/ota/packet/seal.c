/* SPDX-License-Identifier: Apache-2.0 */
/* The protection that command and PoR share: checksum, ciphering, padding counter. Stations 7, 8, 10. Pure.
 * [TS 102 225 5.1.2, 5.1.3] */
#include "ota/packet/seal.h"

#include "ota/packet/crc.h"

enum { CRC_16_LEN = 2, CRC_32_LEN = 4 };

static enum tsm_err cc_make(struct scp80_seal_wish wish, struct scp80_seal *s)
{
    size_t len = wish.cc_len ? wish.cc_len : SCP80_CC_LEN;
    TRY(scp80_algorithm(wish.kid, &s->check_alg));
    NEED(s->check_alg != ALG_DES_ECB, BAD_VALUE);
    NEED(s->keys != NULL, KEY_MISSING);
    TRY(scp80_key_fits(s->check_alg, &s->keys->kid));
    NEED(len == SCP80_CC_LEN || (len == SCP80_CC_SHORT && s->keys->kid.alg == CIPHER_AES), BAD_LENGTH);
    s->check_len = len;
    return TSM_OK;
}

static enum tsm_err rc_make(struct scp80_seal_wish wish, struct scp80_seal *s)
{
    uint8_t crc = wish.kid & ALG_NIBBLE;
    if (wish.crc_len) { /* a PoR tells by its length; KID may speak of the command's checksum */
        NEED(wish.crc_len == CRC_16_LEN || wish.crc_len == CRC_32_LEN, BAD_LENGTH);
        s->check_len = wish.crc_len;
        return TSM_OK;
    }
    if (crc != CRC_16 && crc != CRC_32)
        return FAIL(UNSUPPORTED, "KID %02X names no redundancy check", wish.kid);
    s->check_len = crc == CRC_16 ? CRC_16_LEN : CRC_32_LEN;
    return TSM_OK;
}

enum tsm_err scp80_seal_make(struct scp80_seal_wish wish, const struct scp80_keys *keys,
                             struct scp80_seal *out)
{
    struct scp80_seal s = {.integrity = wish.integrity, .ciphered = wish.ciphered, .keys = keys};
    switch (wish.integrity) {
    case INTEGRITY_NONE:
        break;
    case INTEGRITY_RC:
        TRY(rc_make(wish, &s));
        break;
    case INTEGRITY_CC:
        TRY(cc_make(wish, &s));
        break;
    case INTEGRITY_DS:
        return FAIL(UNSUPPORTED, "no card is known that takes digital signatures in secured packets");
    }
    if (wish.ciphered) {
        TRY(scp80_algorithm(wish.kic, &s.cipher_alg));
        NEED(keys != NULL, KEY_MISSING);
        TRY(scp80_key_fits(s.cipher_alg, &keys->kic));
    }
    *out = s;
    return TSM_OK;
}

size_t scp80_seal_padding(const struct scp80_seal *s, size_t len)
{
    size_t block = s->ciphered ? cipher_block(&s->keys->kic) : 1;
    return (block - len % block) % block;
}

static enum tsm_err rc_value(const struct scp80_seal *s, const struct bytes parts[2], uint8_t *check)
{
    struct writer w = {check, 0, SCP80_CC_LEN};
    if (s->check_len == CRC_16_LEN)
        return write_u16(&w, crc_16(parts, 2));
    return write_u32(&w, crc_32(parts, 2));
}

/* Full triple DES on every block, not the retail MAC; the head is whole blocks, so the chain runs through. */
static enum tsm_err des_cc(const struct scp80_seal *s, const struct bytes parts[2], uint8_t *check)
{
    uint8_t mac[8];
    TRY(crypto_tdes_cbc_mac(&s->keys->kid, NULL, parts[0], mac));
    if (parts[1].len)
        TRY(crypto_tdes_cbc_mac(&s->keys->kid, mac, parts[1], mac));
    memcpy(check, mac, sizeof mac);
    return TSM_OK;
}

enum tsm_err scp80_seal_check(const struct scp80_seal *s, struct bytes head, struct bytes rest,
                              uint8_t check[SCP80_CC_LEN])
{
    struct bytes parts[2] = {head, rest};
    uint8_t mac[CMAC_LEN];
    NEED(head.len == SCP80_HEAD_LEN, BAD_LENGTH);
    if (s->integrity == INTEGRITY_NONE)
        return TSM_OK;
    if (s->integrity == INTEGRITY_RC)
        return rc_value(s, parts, check);
    if (s->keys->kid.alg == CIPHER_TDES)
        return des_cc(s, parts, check);
    TRY(crypto_cmac(&s->keys->kid, parts, 2, mac));
    memcpy(check, mac, SCP80_CC_LEN);
    return TSM_OK;
}

enum tsm_err scp80_seal_cipher(const struct scp80_seal *s, enum cipher_dir dir, struct bytes in, uint8_t *out)
{
    if (!s->ciphered) {
        if (out != in.at && in.len)
            memcpy(out, in.at, in.len);
        return TSM_OK;
    }
    if (s->cipher_alg == ALG_DES_ECB)
        return crypto_ecb(&s->keys->kic, dir, in, out);
    return crypto_cbc(&s->keys->kic, dir, NULL, in, out);
}

enum tsm_err scp80_seal_open_rest(const struct scp80_seal *s, struct reader *r, struct bytes head,
                                  uint8_t pad, struct bytes *data)
{
    uint8_t want[SCP80_CC_LEN];
    struct bytes got;
    TRY(read_span(r, s->check_len, &got));
    TRY(scp80_seal_check(s, head, r->left, want));
    if (!bytes_equal_secret(got, BYTES_OF(want, s->check_len)))
        return FAIL(MAC_WRONG, "the checksum of the secured packet is wrong");
    NEED(pad <= SCP80_PAD_MAX && pad <= r->left.len, BAD_LENGTH);
    return bytes_part(r->left, 0, r->left.len - pad, data);
}

enum tsm_err scp80_seal_close(const struct scp80_seal *s, struct scp80_seal_frame f, struct bytes data,
                              struct writer *w)
{
    struct bytes head = written_since(w, f.head);
    struct writer again = {w->at, f.secured, w->cap};
    uint8_t *slot, *secured, check[SCP80_CC_LEN];
    size_t rest;
    TRY(write_slot(w, s->check_len, &slot));
    rest = w->len;
    TRY(write_span(w, data));
    TRY(write_fill(w, 0, f.pad));
    TRY(scp80_seal_check(s, head, written_since(w, rest), check));
    memcpy(slot, check, s->check_len);
    TRY(write_slot(&again, w->len - f.secured, &secured));
    return scp80_seal_cipher(s, ENCRYPT, written_since(w, f.secured), secured);
}
