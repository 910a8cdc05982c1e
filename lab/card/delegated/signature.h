/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of content management: which key of a domain serves and how its kind signs (station 6, the
 * card's side); pure; GPCS 2.3.1 appendix C.1, Table C-1. */
#ifndef LAB_CARD_DELEGATED_SIGNATURE_H
#define LAB_CARD_DELEGATED_SIGNATURE_H

#include "card/model/keys.h"

/* Key KID_SOLE of a version; both NULL = the domain has none. */
struct signing_key {
    const struct sym_key *sym;
    const struct asym_key *asym;
};

struct signing_key signature_key(struct sd *sd, uint8_t kvn);
bool signature_key_present(const struct signing_key *k);
/* True when a signature with this key may stand over a load file data block hash of this length (Table C-3;
 * it has no row for MACs). */
bool signature_takes_hash(const struct signing_key *k, size_t hash_len);
/* False for a wrong signature and for a key that cannot verify. */
bool signature_verify(const struct signing_key *k, const uint8_t *msg, size_t n, const uint8_t *signature,
                      size_t signature_len);
/* True when the key can sign: DES, AES, ECC private. */
bool signature_can_make(const struct signing_key *k);
/* Returns the length, 0 on failure. */
size_t signature_make(const struct signing_key *k, const uint8_t *msg, size_t n,
                      uint8_t signature[ASYM_MAX_SIGNATURE]);

#endif
