/* SPDX-License-Identifier: Apache-2.0 */
/* The one form that all signatures of offline data authentication share. Inside emv/oda only. Station 5.
 * Pure. [EMV Book 2 annex A2.1] */
#ifndef TSM_EMV_ODA_BLOCK_H
#define TSM_EMV_ODA_BLOCK_H

#include "base/sign/sign.h"

enum {
    ODA_MODULUS_MAX = 248, /* EMV's longest key: 1984 bits */
    ODA_HASH = 20,
    ODA_FRAME = 2 + ODA_HASH + 1, /* 6A, format, hash, BC */
    ODA_TAILS_MAX = 4,
    ODA_FILL = 0xBB,
    ODA_HASH_ALG = 0x01, /* SHA-1 */
    ODA_PK_ALG = 0x01,   /* RSA */
};
enum oda_format { ODA_ISSUER = 0x02, ODA_STATIC = 0x03, ODA_ICC = 0x04, ODA_DYNAMIC = 0x05 };

/* 6A | format | fields | left, filled up with BB | hash | BC; the hash is over format to left and the tails,
 * which go beside the signature. */
struct oda_block {
    enum oda_format format;
    struct bytes fields, left;
    struct bytes tails[ODA_TAILS_MAX];
    size_t tails_n;
};
/* How many octets of `left` a signature of `modulus` octets has room for behind `fields_len`; 0 for none. */
size_t oda_room(size_t modulus, size_t fields_len);
/* Appends the signature. TOO_LONG when left does not fit or the key is longer than EMV knows. */
enum tsm_err oda_sign(const struct sign_key *key, const struct oda_block *b, struct writer *out);
/* Recovers a signature: *inner is what stands between format and hash, borrowed from `room`
 * (ODA_MODULUS_MAX). MAC_WRONG unless frame, format and hash are right. */
struct oda_signed {
    enum oda_format format;
    struct bytes signature;
    struct bytes tails[ODA_TAILS_MAX];
    size_t tails_n;
};
enum tsm_err oda_recover(const struct sign_key *key, const struct oda_signed *s, struct writer *room,
                         struct bytes *inner);

#endif
