/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to INITIALIZE UPDATE, read and written. Stations 7 and 10. Pure. [AmdD 7.1.1, GPCS E.5.1] */
#ifndef TSM_GP_CHANNEL_INIT_UPDATE_H
#define TSM_GP_CHANNEL_INIT_UPDATE_H

#include "base/bytes.h"

enum { SCP02 = 2, SCP03 = 3, SCP11 = 0x11 }; /* SCP11 has no INITIALIZE UPDATE: gp/scp11 */

/* The bits of `i` for SCP03 [AmdD Table 5-1; b1: AmdD 1.2]. */
enum {
    SCP03_I_S16 = 0x01,
    SCP03_I_PSEUDO_RANDOM = 0x10,
    SCP03_I_R_MAC = 0x20,
    SCP03_I_R_ENCRYPTION = 0x40,
};
/* The bits of `i` for SCP02 [GPCS Table E-1]. */
enum {
    SCP02_I_THREE_KEYS = 0x01,
    SCP02_I_UNMODIFIED_APDU = 0x02,
    SCP02_I_EXPLICIT = 0x04,
    SCP02_I_ICV_OVER_AID = 0x08,
    SCP02_I_ICV_ENCRYPTION = 0x10,
    SCP02_I_R_MAC = 0x20,
    SCP02_I_PSEUDO_RANDOM = 0x40,
    SCP02_I_DEFAULT = 0x15,
};
enum { GP_KDD_LEN = 10, SCP02_CARD_CHALLENGE = 6, S8_LEN = 8, S16_LEN = 16 };

/*
 * `challenge` and `cryptogram` are borrowed: 6 and 8 octets (SCP02), 8 and 8 (SCP03 S8), 16 and 16 (S16).
 * `sequence` is a 3-octet number; SCP02 fills the last two. has_sequence: always in SCP02, in SCP03 only when
 * `i` says so.
 */
struct init_update {
    uint8_t kdd[GP_KDD_LEN];
    uint8_t kvn, protocol, i;
    struct bytes challenge, cryptogram;
    uint8_t sequence[3];
    bool has_sequence;
};

/*
 * Reads the data of the answer (without status word). SCP02 does not carry `i`: SCP02_I_DEFAULT is set.
 * SHORT_INPUT, TRAILING_BYTES or BAD_LENGTH when the length is not the one that protocol and `i` announce;
 * BAD_VALUE for another protocol.
 */
enum tsm_err gp_init_update_read(struct bytes data, struct init_update *out);
enum tsm_err gp_init_update_write(const struct init_update *iu, struct writer *w);

#endif
