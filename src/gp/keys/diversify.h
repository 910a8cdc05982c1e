/* SPDX-License-Identifier: Apache-2.0 */
/* Card keys from a master key and the key diversification data of the card. Stations 5 and 7. Pure.
 * [EMV Card Personalization Specification, Visa, NIST SP 800-108] */
#ifndef TSM_GP_KEYS_DIVERSIFY_H
#define TSM_GP_KEYS_DIVERSIFY_H

#include "base/crypto.h"

enum gp_kdf {
    GP_KDF_NONE,  /* the master is the card key */
    GP_KDF_EMV,   /* TDES: KDD 5-10, F0 kid, KDD 5-10, 0F kid */
    GP_KDF_VISA2, /* TDES: KDD 1-2, KDD 5-8, F0 kid, the same with 0F kid */
    GP_KDF_KDF3,  /* AES: CMAC in counter mode, as long as the master */
};

/* Which key of a set is derived: the key identifier in a secure channel key set. */
enum gp_key_id { GP_KEY_ENC = 1, GP_KEY_MAC = 2, GP_KEY_DEK = 3 };

enum { GP_DIVERSIFICATION_LEN = 10 }; /* the first octets of the answer to INITIALIZE UPDATE */

/*
 * The bytes of one card key. KEY_REFUSED when the master is of another algorithm than the method takes (EMV,
 * VISA2: a two-key TDES key) or, for GP_KDF_NONE, when it cannot be read out of its token.
 */
enum tsm_err gp_diversify(enum gp_kdf method, const struct cipher_key *master,
                          const uint8_t kdd[GP_DIVERSIFICATION_LEN], enum gp_key_id kid, struct secret *out);
/* "none", "emv", "visa2", "kdf3"; NOT_FOUND for another word. */
enum tsm_err gp_kdf_of_name(const char *name, enum gp_kdf *out);

#endif
