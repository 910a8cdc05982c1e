/* SPDX-License-Identifier: Apache-2.0 */
/* SCP02 with explicit initiation, the card's half of a session (station 7); pure; GPCS 2.3.1 appendix E. */
#ifndef LAB_CARD_CHANNEL_SCP02_H
#define LAB_CARD_CHANNEL_SCP02_H

#include "card/channel/session.h"

/* Parameter "i", GPCS Table E-1: b1 three keys, b2 C-MAC on the unmodified APDU, b3 explicit initiation, b5
 * ICV encryption, b6 R-MAC, b7 well-known pseudo-random card challenge. */
#define SCP02_I_UNMODIFIED 0x02
#define SCP02_I_ICV        0x10
#define SCP02_I_RMAC       0x20
#define SCP02_I_PSEUDO     0x40

/* Session keys from the static keys and the sequence counter, which is already in the session (E.4.1). */
bool scp02_open(struct session *s, const struct static_keys *keys);
/* The well-known pseudo-random card challenge for the application `aid` (E.4.2.3). */
bool scp02_challenge(const struct session *s, const uint8_t *aid, size_t aid_len,
                     uint8_t to[SCP02_CHALLENGE]);
/* Card cryptogram (host == false) or host cryptogram, 8 bytes (E.4.2). */
bool scp02_cryptogram(const struct session *s, bool host, uint8_t to[DES_BLOCK]);
/* True when the command's C-MAC is right: the chain moves on and the MAC is cut from the data field (E.4.4).
 */
bool scp02_check_mac(struct session *s, struct capdu *c);
/* Decrypts and verifies a command at the session's level; `plain` receives the data field. */
bool scp02_unwrap(struct session *s, struct capdu *c, uint8_t *plain);
/* Appends the R-MAC over `c`, the unwrapped command, and the response (E.4.5). */
bool scp02_protect(struct session *s, const struct capdu *c, struct out *reply, uint16_t sw);
bool scp02_level_allowed(uint8_t level, uint8_t option);

#endif
