/* SPDX-License-Identifier: Apache-2.0 */
/* SCP03, the card's half of a session: derivation, cryptograms, command unwrapping, response protection
 * (station 7); pure; GlobalPlatform Amendment D 1.1.1 with the S16 mode of 1.2. */
#ifndef LAB_CARD_CHANNEL_SCP03_H
#define LAB_CARD_CHANNEL_SCP03_H

#include "card/channel/session.h"

/* Parameter "i", Amd D Table 5-1 and 1.2: b1 S16, b5 pseudo-random challenge, b6 R-MAC, b7 R-ENCRYPTION. */
#define SCP03_I_S16    0x01
#define SCP03_I_PSEUDO 0x10
#define SCP03_I_RMAC   0x20
#define SCP03_I_RENC   0x40

/* Derivation constants, Amd D Table 4-1. */
enum scp03_constant {
    SCP03_CARD_CRYPTOGRAM = 0x00,
    SCP03_HOST_CRYPTOGRAM = 0x01,
    SCP03_CARD_CHALLENGE = 0x02,
    SCP03_S_ENC = 0x04,
    SCP03_S_MAC = 0x06,
    SCP03_S_RMAC = 0x07
};

struct scp03_context {
    const uint8_t *at;
    size_t len; /* at most SCP03_MAX_CONTEXT */
};
#define SCP03_MAX_CONTEXT 32

/* Amd D 4.1.5: `len` bytes (8, 16, 24 or 32) derived from `key`. */
bool scp03_derive(const struct sym_key *key, enum scp03_constant constant,
                  const struct scp03_context *context, size_t len, uint8_t *to);
/* Session keys from the static keys and both challenges, which are already in the session (6.2.1). */
bool scp03_open(struct session *s, const struct static_keys *keys);
/* Card or host cryptogram of mac_len bytes (6.2.2). */
bool scp03_cryptogram(const struct session *s, enum scp03_constant constant, uint8_t *to);
/* True when the command's C-MAC is right: the chain moves on and the MAC is cut from the data field (6.2.4).
 */
bool scp03_check_mac(struct session *s, struct capdu *c);
/* Verifies and decrypts a command at the session's level; `plain` receives the data field. */
bool scp03_unwrap(struct session *s, struct capdu *c, uint8_t *plain);
/* Encrypts and signs a response at the session's level (6.2.5, 6.2.7); errors stay bare. */
bool scp03_protect(struct session *s, struct out *reply, uint16_t sw);
/* True for the levels of Table 7-3 that "i" allows. */
bool scp03_level_allowed(uint8_t level, uint8_t option);

#endif
