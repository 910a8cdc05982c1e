/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's side of one secured packet, for benchmarks: opens the packet as a card does and makes a real
 * proof of receipt. Both sides of a row use it, so its cost is the same in both. Bench only; includes nothing
 * of src/. [TS 102 225 5.1, 5.2; TS 31.115 4.2]
 */
#ifndef TSM_BENCH_BARE_CARD_H
#define TSM_BENCH_BARE_CARD_H

#include "bare/crypto/scp80.h"

enum {
    POR_UDH = 3,
    POR_CLEAR = 9,    /* UDH, RPL, RHL, TAR */
    POR_HEAD = 16,    /* and CNTR, PCNTR, STATUS: covered by the checksum */
    POR_SECURED = 32, /* CNTR .. padding: two blocks */
    POR_LEN = POR_CLEAR + POR_SECURED,
};

/* False when the packet's checksum is wrong. `keys` in the form under the seal. */
bool card_answer(struct bare_crypto *c, const uint8_t keys[BARE_PLAIN], const uint8_t packet[BARE_PACKET],
                 uint8_t por[POR_LEN]);
/* The server's bare side: deciphers the proof in place and compares its checksum. */
bool bare_por(struct bare_crypto *c, const uint8_t keys[BARE_PLAIN], uint8_t por[POR_LEN]);

#endif
