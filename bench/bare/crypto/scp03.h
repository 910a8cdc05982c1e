/* SPDX-License-Identifier: Apache-2.0 */
/* The bare limit of an SCP03 script: session keys once, then the cipher and MAC calls of each command and
 * answer with the keys kept in their contexts. Bench only. [AmdD 4.1.5, 6.2] */
#ifndef TSM_BENCH_BARE_SCP03_H
#define TSM_BENCH_BARE_SCP03_H

#include "bare/crypto/crypto.h"

enum { BARE_COMMANDS = 40, BARE_COMMAND_DATA = 200, BARE_PADDED = 208, BARE_HEADER = 5, BARE_MAC = 8 };

struct bare_session {
    uint8_t enc[BARE_KEY], mac[BARE_KEY], rmac[BARE_KEY], chain[16];
};

/* CMAC(key, label | context) of SCP03's derivation. */
bool bare_derive(struct bare_crypto *c, const uint8_t key[BARE_KEY], const uint8_t constant_and_bits[2],
                 const uint8_t context[16], uint8_t out[16]);
/* Opens the blob, derives three session keys and both cryptograms, makes EXTERNAL AUTHENTICATE's MAC. */
bool bare_session_open(struct bare_crypto *c, const uint8_t aad[8], const uint8_t blob[BARE_BLOB],
                       const uint8_t context[16], struct bare_session *s);
/* Commands 1..n: ICV, CBC, C-MAC; `commands` holds n headers with BARE_PADDED octets of padded data each. */
bool bare_session_wrap(struct bare_crypto *c, struct bare_session *s, uint8_t *commands,
                       uint8_t (*chains)[16]);
/* The R-MAC of n answers without data. */
bool bare_session_check(struct bare_crypto *c, const struct bare_session *s, uint8_t (*chains)[16],
                        uint8_t (*macs)[16]);

#endif
