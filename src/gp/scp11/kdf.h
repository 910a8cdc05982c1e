/* SPDX-License-Identifier: Apache-2.0 */
/* The X9.63 key derivation with SHA-256, from agreed secrets to keys. Stations 5 and 7. Pure.
 * [AmdF 3.1.2, TR-03111 4.3.3, ANSI X9.63 5.6.3] */
#ifndef TSM_GP_SCP11_KDF_H
#define TSM_GP_SCP11_KDF_H

#include "base/crypto.h"

/* What keys are made of: the shared secrets in order, as if they were one, and the SharedInfo. */
struct x963_input {
    const struct secret *secret;
    size_t secrets;
    struct bytes info;
};
enum { X963_SECRETS_MAX = 2, X963_OUT_MAX = 5 * 32 };

/* Writes `len` octets to `out`. BAD_LENGTH above X963_OUT_MAX or for no or too many secrets. */
enum tsm_err x963_kdf(struct crypto *c, const struct x963_input *in, uint8_t *out, size_t len);

#endif
