/* SPDX-License-Identifier: Apache-2.0 */
/* Application cryptograms and the issuer's answer to them. Stations 5 and 10. Pure. [EMV Book 2 8.1, 8.2,
 * A1.2] */
#include "emv/cryptogram.h"

static enum tsm_err write_padded(struct writer *w, enum emv_padding padding, struct bytes data)
{
    if (padding == EMV_PAD_3)
        TRY(write_u64(w, (uint64_t)data.len * 8));
    TRY(write_span(w, data));
    if (padding == EMV_PAD_2)
        return pad_80(w, 0, EMV_BLOCK);
    if (w->len == 0 || w->len % EMV_BLOCK)
        return write_fill(w, 0, EMV_BLOCK - w->len % EMV_BLOCK);
    return TSM_OK;
}

enum tsm_err emv_mac(const struct cipher_key *key, enum emv_padding padding, struct bytes data,
                     uint8_t mac[EMV_BLOCK])
{
    uint8_t buffer[EMV_MAC_INPUT_MAX + 2 * EMV_BLOCK];
    struct writer w = WRITER(buffer);
    enum tsm_err e;
    NEED(key->ops != NULL, KEY_MISSING);
    NEED(data.len <= EMV_MAC_INPUT_MAX, TOO_LONG);
    e = write_padded(&w, padding, data);
    if (e == TSM_OK)
        e = crypto_retail_mac(key, NULL, written(&w), mac);
    explicit_bzero(buffer, w.len);
    return e;
}

enum tsm_err emv_ac(const struct cipher_key *key, enum emv_padding padding, struct bytes data,
                    uint8_t ac[EMV_AC_LEN])
{
    return emv_mac(key, padding, data, ac);
}

enum tsm_err emv_arpc_1(const struct cipher_key *key, const uint8_t arqc[EMV_AC_LEN],
                        const uint8_t arc[EMV_ARC_LEN], uint8_t arpc[EMV_AC_LEN])
{
    uint8_t block[EMV_BLOCK];
    memcpy(block, arqc, sizeof block);
    for (size_t i = 0; i < EMV_ARC_LEN; i++)
        block[i] ^= arc[i];
    NEED(key->ops != NULL, KEY_MISSING);
    NEED(key->alg == CIPHER_TDES, KEY_REFUSED);
    return crypto_ecb(key, ENCRYPT, BYTES(block), arpc);
}

enum tsm_err emv_arpc_2(const struct cipher_key *session, const uint8_t arqc[EMV_AC_LEN],
                        const uint8_t csu[EMV_CSU_LEN], struct bytes proprietary,
                        uint8_t arpc[EMV_ARPC_SHORT])
{
    uint8_t buffer[EMV_AC_LEN + EMV_CSU_LEN + EMV_PROPRIETARY_MAX], mac[EMV_BLOCK];
    struct writer w = WRITER(buffer);
    NEED(proprietary.len <= EMV_PROPRIETARY_MAX, TOO_LONG);
    TRY(write_span(&w, BYTES_OF(arqc, EMV_AC_LEN)));
    TRY(write_span(&w, BYTES_OF(csu, EMV_CSU_LEN)));
    TRY(write_span(&w, proprietary));
    TRY(emv_mac(session, EMV_PAD_2, written(&w), mac));
    memcpy(arpc, mac, EMV_ARPC_SHORT);
    return TSM_OK;
}
