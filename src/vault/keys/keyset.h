/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key set in clear, as it exists inside the vault for the moments of its use, and its short form under the
 * seal. Stations 5, 7, 10. Only vault/, its tests and the tools of app/ that are given clear keys
 * include this. [GPCS 7.5, TS 102 225 5.1.1]
 */
#ifndef TSM_VAULT_KEYSET_H
#define TSM_VAULT_KEYSET_H

#include "base/crypto.h"
#include "base/secret.h"
#include "gp/keys/kcv.h"

enum { PROTOCOL_SCP02 = 2, PROTOCOL_SCP03 = 3, PROTOCOL_SCP80 = 0x80 };
enum keyset_role { KEY_ENC, KEY_MAC, KEY_DEK, KEYSET_KEYS }; /* KIc, KID, KIK in SCP80 */
enum { KEYSET_PLAIN_MAX = 4 + 3 * 32 };

struct keyset {
    uint8_t protocol; /* PROTOCOL_* */
    uint8_t kvn;
    uint8_t alg;     /* enum cipher_alg */
    uint8_t key_len; /* of each key: AES 16/24/32, TDES 8/16/24 */
    struct secret key[KEYSET_KEYS];
};
static inline void keyset_wipe(struct keyset *k)
{
    explicit_bzero(k, sizeof *k);
}
#define KEYSET __attribute__((cleanup(keyset_wipe))) struct keyset

/* BAD_VALUE for a protocol or algorithm that is none or do not go together (SCP03 is AES, SCP02 TDES),
 * BAD_LENGTH for a key length that the algorithm does not know. The keys themselves are not looked at. */
enum tsm_err keyset_check(const struct keyset *k);

/* The form under the seal: protocol, kvn, alg, key length, three keys. */
enum tsm_err keyset_write(const struct keyset *k, struct writer *w);
/* SHORT_INPUT, TRAILING_BYTES, or as keyset_check. */
enum tsm_err keyset_read(struct bytes plain, struct keyset *out);

/* One key of the set for use with the contexts of `c`. */
enum tsm_err keyset_cipher(const struct keyset *k, enum keyset_role role, struct crypto *c,
                           struct cipher_key *out);
/* The standard's check values of all three. */
enum tsm_err keyset_kcvs(const struct keyset *k, struct crypto *c, uint8_t kcvs[KEYSET_KEYS][GP_KCV_LEN]);

#endif
