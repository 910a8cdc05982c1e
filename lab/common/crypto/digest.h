/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 over pieces, as payment cards and terminals use it; pure; FIPS 180-4, EMV Book 2 annex B3.1. */
#ifndef LAB_COMMON_CRYPTO_DIGEST_H
#define LAB_COMMON_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_SHA1_LEN 20

struct lab_piece {
    const void *at;
    size_t len;
};
bool lab_sha1(const struct lab_piece *pieces, size_t n, uint8_t out[LAB_SHA1_LEN]);

#endif
