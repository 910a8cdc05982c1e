/* SPDX-License-Identifier: Apache-2.0 */
/* The data field of PUT KEY and the answer that proves it. Stations 5, 7 and 10. Pure.
 * [GPCS 11.8.2.3, AmdD 7.2] */
#include "gp/keys/putkey.h"

#include "gp/keys/wrapkey.h"
#include "gp/tlv.h"

enum { KVN_MAX = 0x7F, AES_BLOCK = 16, DES_BLOCK = 8 };

static enum tsm_err check_keys(const struct gp_new_keys *keys)
{
    NEED(keys->kvn >= 1 && keys->kvn <= KVN_MAX, BAD_VALUE);
    NEED(keys->count >= 1 && keys->count <= PUTKEY_KEYS_MAX, BAD_VALUE);
    for (size_t i = 1; i < keys->count; i++)
        NEED(keys->value[i].len == keys->value[0].len, BAD_LENGTH);
    return TSM_OK;
}

/* Type, length of the block, [length of the clear key], wrapped key, 03, check value. */
static enum tsm_err write_field(const struct gp_new_keys *keys, struct bytes value,
                                const struct cipher_key *dek, struct writer *w)
{
    bool bare = keys->alg == CIPHER_TDES || (keys->layout == GP_LAYOUT_BARE && value.len % AES_BLOCK == 0);
    size_t wrapped = gp_wrapped_len(dek, value.len);
    TRY(write_u8(w, keys->alg == CIPHER_AES ? GP_KEY_AES : GP_KEY_TDES));
    TRY(tlv_write_length(w, bare ? wrapped : wrapped + 1));
    if (!bare)
        TRY(write_u8(w, (unsigned)value.len));
    return gp_wrap_key(dek, value, w);
}

static enum tsm_err write_key(const struct gp_new_keys *keys, struct bytes value,
                              const struct cipher_key *dek, struct writer *w, struct writer *answer)
{
    CIPHER_KEY key = {0};
    uint8_t kcv[GP_KCV_LEN];
    TRY(crypto_derived(dek, keys->alg, value, &key));
    TRY(gp_kcv(&key, keys->kcv_rule, kcv));
    TRY(write_field(keys, value, dek, w));
    TRY(write_lv(w, BYTES(kcv)));
    return write_span(answer, BYTES(kcv));
}

enum tsm_err putkey_write(const struct gp_new_keys *keys, const struct cipher_key *dek, struct writer *w,
                          struct writer *answer)
{
    struct writer at = *w, due = *answer;
    TRY(check_keys(keys));
    TRY(write_u8(&at, keys->kvn));
    TRY(write_u8(&due, keys->kvn));
    for (size_t i = 0; i < keys->count; i++)
        TRY(write_key(keys, keys->value[i], dek, &at, &due));
    *w = at;
    *answer = due;
    return TSM_OK;
}

/* A component in clear; the length is BER coded. */
static enum tsm_err write_clear(struct writer *w, uint8_t type, struct bytes value)
{
    TRY(write_u8(w, type));
    TRY(tlv_write_length(w, value.len));
    return write_span(w, value);
}

enum tsm_err putkey_write_ecc_public(uint8_t kvn, struct bytes point, uint8_t curve, struct writer *w)
{
    struct writer at = *w;
    NEED(kvn >= 1 && kvn <= KVN_MAX, BAD_VALUE);
    NEED(point.len > 1 && point.at[0] == 0x04, BAD_VALUE); /* uncompressed [GPCS 11.8.2.3.5] */
    TRY(write_u8(&at, kvn));
    TRY(write_clear(&at, GP_KEY_ECC_PUBLIC, point));
    TRY(write_clear(&at, GP_KEY_ECC_PARAMETERS, BYTES_OF(&curve, 1)));
    TRY(write_u8(&at, 0)); /* no check value for ECC keys */
    *w = at;
    return TSM_OK;
}

enum tsm_err putkey_write_rsa_public(uint8_t kvn, struct bytes modulus, struct bytes exponent,
                                     struct writer *w)
{
    struct writer at = *w;
    NEED(kvn >= 1 && kvn <= KVN_MAX, BAD_VALUE);
    NEED(modulus.len && exponent.len, BAD_LENGTH);
    TRY(write_u8(&at, kvn));
    TRY(write_clear(&at, GP_KEY_RSA_MODULUS, modulus));
    TRY(write_clear(&at, GP_KEY_RSA_EXPONENT, exponent));
    TRY(write_u8(&at, 0));
    *w = at;
    return TSM_OK;
}

/* The block is whole cipher blocks: bare; one octet more: the clear length stands first [GPCS 11.8.2.3.3]. */
static enum tsm_err split_block(struct bytes block, struct gp_key_field *field)
{
    struct reader r = READER(block);
    uint8_t clear = 0;
    if (block.len % DES_BLOCK)
        TRY(read_u8(&r, &clear));
    NEED(r.left.len && r.left.len % DES_BLOCK == 0 && clear <= r.left.len, BAD_LENGTH);
    NEED(r.left.len == block.len || (size_t)clear + AES_BLOCK > r.left.len, BAD_LENGTH);
    field->clear_len = clear;
    field->wrapped = r.left;
    return TSM_OK;
}

enum tsm_err putkey_next(struct reader *r, struct gp_key_field *out)
{
    struct reader at = *r;
    struct gp_key_field field = {0};
    struct bytes block;
    size_t len;
    TRY(read_u8(&at, &field.type));
    NEED(field.type == GP_KEY_AES || field.type == GP_KEY_TDES, BAD_VALUE);
    TRY(tlv_read_length(&at, &len));
    TRY(read_span(&at, len, &block));
    TRY(split_block(block, &field));
    TRY(read_lv(&at, &field.kcv));
    *r = at;
    *out = field;
    return TSM_OK;
}

enum tsm_err putkey_check_answer(struct bytes answer, struct bytes due)
{
    struct reader got = READER(answer), want = READER(due);
    uint8_t kvn, kvn_due;
    TRY(read_u8(&got, &kvn));
    TRY(read_u8(&want, &kvn_due));
    if (kvn != kvn_due)
        return FAIL(KCV_WRONG, "the card answered for key version %02X, %02X was put", kvn, kvn_due);
    for (unsigned i = 1; want.left.len; i++) {
        struct bytes kcv, kcv_due;
        TRY(read_span(&want, GP_KCV_LEN, &kcv_due));
        TRY(read_span(&got, GP_KCV_LEN, &kcv));
        if (!bytes_equal(kcv, kcv_due))
            return FAIL(KCV_WRONG, "key %u of version %02X is another one on the card", i, kvn);
    }
    return read_end(&got);
}
