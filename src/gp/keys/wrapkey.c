/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption of keys and sensitive data under a data encryption key. Stations 5 and 7. Pure.
 * [AmdD 6.2.8, GPCS E.4.7, TS 102 226 8.2.1.5] */
#include "gp/keys/wrapkey.h"

size_t gp_wrapped_len(const struct cipher_key *dek, size_t key_len)
{
    size_t block = cipher_block(dek);
    return (key_len + block - 1) / block * block;
}

static enum tsm_err encrypt_in_place(const struct cipher_key *dek, struct bytes key, uint8_t *slot,
                                     size_t len)
{
    struct writer w = {slot, 0, len};
    TRY(write_span(&w, key));
    TRY(write_fill(&w, 0, len - key.len));
    if (dek->alg == CIPHER_AES)
        return crypto_cbc(dek, ENCRYPT, NULL, written(&w), slot);
    return crypto_ecb(dek, ENCRYPT, written(&w), slot);
}

enum tsm_err gp_wrap_key(const struct cipher_key *dek, struct bytes key, struct writer *w)
{
    struct writer at = *w;
    uint8_t *slot;
    enum tsm_err err;
    NEED(key.len != 0, BAD_LENGTH);
    TRY(write_slot(&at, gp_wrapped_len(dek, key.len), &slot));
    err = encrypt_in_place(dek, key, slot, gp_wrapped_len(dek, key.len));
    if (err != TSM_OK) {
        write_forget(&at, w->len);
        return err;
    }
    *w = at;
    return TSM_OK;
}
