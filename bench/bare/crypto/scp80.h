/* SPDX-License-Identifier: Apache-2.0 */
/* The bare limit of a secured packet: blob opened, checksum, cipher, each by EVP alone. Bench only. [TS 102
 * 225 5.1] */
#ifndef TSM_BENCH_BARE_SCP80_H
#define TSM_BENCH_BARE_SCP80_H

#include "bare/crypto/crypto.h"

enum {
    BARE_PAYLOAD = 98,
    BARE_PACKET_CLEAR = 10, /* CPL to TAR */
    BARE_PACKET_HEAD = 16,  /* and the counter with its padding octet: covered by the checksum */
    BARE_PACKET_CC = 8,
    BARE_PACKET = BARE_PACKET_HEAD + BARE_PACKET_CC + BARE_PAYLOAD,
};

/* A card's key set as it stands in the database. */
struct bare_card {
    uint8_t aad[8];
    uint8_t blob[BARE_BLOB];
};

/* One packet from an unsealed key set: `packet` holds clear head, counter and payload at their places
 * already. */
bool bare_packet(struct bare_crypto *c, const uint8_t keys[BARE_PLAIN], uint8_t packet[BARE_PACKET]);
/* The packets of n cards, each with its own keys, `rounds` times over. */
bool bare_scp80(struct bare_crypto *c, const struct bare_card *cards, size_t n, size_t rounds);

#endif
