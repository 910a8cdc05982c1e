/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption of keys and sensitive data under a data encryption key. Stations 5 and 7. Pure.
 * [AmdD 6.2.8, GPCS E.4.7, TS 102 226 8.2.1.5] */
#ifndef TSM_GP_KEYS_WRAPKEY_H
#define TSM_GP_KEYS_WRAPKEY_H

#include "base/crypto.h"

/*
 * Appends `key` encrypted under `dek`: AES in CBC mode with a zero ICV, TDES in ECB mode, zero filled to
 * whole blocks. The same for a secure channel's DEK and for the KIK of over-the-air key sets. BAD_LENGTH for
 * an empty key.
 */
enum tsm_err gp_wrap_key(const struct cipher_key *dek, struct bytes key, struct writer *w);
/* Its length: the key filled to whole blocks. */
size_t gp_wrapped_len(const struct cipher_key *dek, size_t key_len);

#endif
