/* SPDX-License-Identifier: Apache-2.0 */
/* The retail MAC in pieces: SCP02 makes it over a command before the answer that ends it is there. For
 * gp/channel and the DES scheme of gp/delegated. Stations 7 and 10. Pure. [GPCS B.1.2.2, ISO 9797-1 MAC
 * algorithm 3] */
#ifndef TSM_GP_CHANNEL_RETAIL_H
#define TSM_GP_CHANNEL_RETAIL_H

#include "base/crypto.h"

enum { DES_BLOCK = 8 };

/* The single-DES chaining value and the octets that do not fill a block yet. A secret: it wipes itself. */
struct retail {
    uint8_t chain[DES_BLOCK];
    uint8_t tail[DES_BLOCK];
    size_t tail_len;
};
static inline void retail_wipe(struct retail *m)
{
    explicit_bzero(m, sizeof *m);
}
#define RETAIL __attribute__((cleanup(retail_wipe))) struct retail

/* A TDES key of 16 octets made of the first half of `key` twice: single DES. */
enum tsm_err single_des(const struct cipher_key *key, struct cipher_key *out);

void retail_begin(struct retail *m, const uint8_t iv[DES_BLOCK]);
enum tsm_err retail_add(struct retail *m, const struct cipher_key *key, struct bytes part);
/* Pads with 80 00.. and ends with the final triple DES. */
enum tsm_err retail_end(const struct retail *m, const struct cipher_key *key, uint8_t mac[DES_BLOCK]);

#endif
