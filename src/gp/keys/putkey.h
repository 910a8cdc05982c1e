/* SPDX-License-Identifier: Apache-2.0 */
/* The data field of PUT KEY and the answer that proves it. Stations 5, 7 and 10. Pure.
 * [GPCS 11.8.2.3, AmdD 7.2] */
#ifndef TSM_GP_KEYS_PUTKEY_H
#define TSM_GP_KEYS_PUTKEY_H

#include "gp/keys/kcv.h"

enum { PUTKEY_KEYS_MAX = 3, PUTKEY_ANSWER_MAX = 1 + PUTKEY_KEYS_MAX * GP_KCV_LEN };

/* Key types [GPCS Table 11-16]. */
enum gp_key_type {
    GP_KEY_TDES = 0x80,
    GP_KEY_PSK_TLS = 0x85,
    GP_KEY_AES = 0x88,
    GP_KEY_RSA_EXPONENT = 0xA0,
    GP_KEY_RSA_MODULUS = 0xA1,
    GP_KEY_ECC_PUBLIC = 0xB0,
    GP_KEY_ECC_PARAMETERS = 0xF0,
};

/*
 * How a key whose length is whole blocks is laid out: with the length of the plain key inside (GPCS Table
 * 11-70, `88 11 10 ..`, the default) or without (Table 11-71, `88 10 ..`). A card tells them apart by the
 * length; some take only one. A 24-octet AES key always has the length inside. TDES keys never have it.
 */
enum gp_key_layout { GP_LAYOUT_LENGTH_INSIDE, GP_LAYOUT_BARE };

/* A set of one to three secret keys of one algorithm with identifiers that count up. `value` is borrowed. */
struct gp_new_keys {
    uint8_t kvn; /* new key version number, 01 to 7F */
    enum cipher_alg alg;
    enum gp_key_layout layout;
    enum gp_kcv_rule kcv_rule;
    size_t count;
    struct bytes value[PUTKEY_KEYS_MAX];
};

/*
 * Appends the data field: new KVN and one key data field a key, the values under `dek`. *answer (room for
 * PUTKEY_ANSWER_MAX) is what the card must answer: KVN and the check values. BAD_VALUE for a KVN outside
 * 01..7F, BAD_LENGTH for a key length that the algorithm does not have.
 */
enum tsm_err putkey_write(const struct gp_new_keys *keys, const struct cipher_key *dek, struct writer *w,
                          struct writer *answer);
/* Public keys, in clear: `B0 len point F0 01 curve 00`, and `A1 len n A0 len e 00` [GPCS Tables 11-73,
 * 11-75]. */
enum tsm_err putkey_write_ecc_public(uint8_t kvn, struct bytes point, uint8_t curve, struct writer *w);
enum tsm_err putkey_write_rsa_public(uint8_t kvn, struct bytes modulus, struct bytes exponent,
                                     struct writer *w);

/* One key data field of one component as it stands in the command; spans are borrowed. `clear_len` is 0 when
 * the layout does not tell it. */
struct gp_key_field {
    uint8_t type;
    size_t clear_len;
    struct bytes wrapped, kcv;
};
/* Reads the next field of symmetric keys (the KVN has been read before). */
enum tsm_err putkey_next(struct reader *r, struct gp_key_field *out);

/* Is the card's answer the one that is due? KCV_WRONG when not (the cause says which key), SHORT_INPUT and
 * TRAILING_BYTES for another length. An empty answer is refused: nothing would be proved. */
enum tsm_err putkey_check_answer(struct bytes answer, struct bytes due);

#endif
