/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one secure channel session as the card keeps it, shared by SCP02, SCP03 and the over-the-air
 * door (station 7, the card's side); pure; GPCS 2.3.1 chapter 10, appendix E, Amd D. */
#ifndef LAB_CARD_CHANNEL_SESSION_H
#define LAB_CARD_CHANNEL_SESSION_H

#include "common/bytes.h"
#include "common/crypto/cipher.h"
#include "card/apdu.h"

#define SCP02 0x02
#define SCP03 0x03
#define SCP11 0x11
#define SCP80 0x80

/* Security level bits, GPCS Table 10-1. */
#define LEVEL_C_MAC             0x01
#define LEVEL_C_ENC             0x02
#define LEVEL_R_MAC             0x10
#define LEVEL_R_ENC             0x20
#define LEVEL_AUTHENTICATED     0x80
#define LEVEL_ANY_AUTHENTICATED 0x40

#define SCP_MAX_CHALLENGE 16
#define SCP_MIN_CHALLENGE 8
#define SCP03_SEQUENCE    3
#define SCP02_SEQUENCE    2
#define SCP02_CHALLENGE   6
#define SCP02_MAC         8

/* The three static keys of a key set: Key-ENC, Key-MAC, Key-DEK (key identifiers 1, 2, 3). */
struct static_keys {
    struct sym_key enc, mac, dek;
};

/* SCP11, Amd F 2.1. */
enum scp11_variant { SCP11_NONE, SCP11_A, SCP11_B, SCP11_C };

/* Who is at the other end (GPCS 10.4.2): the domain's owner, somebody whom its authority knows, nobody known.
 */
enum authentication { AUTHENTICATED_OWNER, AUTHENTICATED_ANY, AUTHENTICATED_NONE };

enum session_phase { SESSION_NONE, SESSION_CHALLENGED, SESSION_OPEN, SESSION_ABORTED };

struct session {
    enum session_phase phase;
    uint8_t scp, option; /* option = the parameter "i"; SCP11: parameters of Table 7-2 */
    uint8_t kvn, level;
    enum scp11_variant variant;
    enum authentication authentication;
    uint8_t mac_len;       /* SCP03: 8 (S8) or 16 (S16); SCP02: 8 */
    uint8_t challenge_len; /* the host's; the card's is the same in SCP03, 6 in SCP02 */
    uint8_t host[SCP_MAX_CHALLENGE], card[SCP_MAX_CHALLENGE];
    uint8_t sequence[SCP03_SEQUENCE];
    struct sym_key s_enc, s_mac, s_rmac;
    struct sym_key dek;       /* SCP03: the static Key-DEK; SCP02: the session's; SCP11: either; SCP80: KIK */
    uint8_t chain[AES_BLOCK]; /* SCP03 MAC chaining value; SCP02 last verified C-MAC */
    uint8_t r_chain[DES_BLOCK];
    uint32_t counter;        /* SCP03 encryption counter */
    bool first_mac;          /* SCP02: no C-MAC has been verified yet */
    bool counts_only_data;   /* quirk: the encryption counter steps only for commands with data */
    bool takes_padded_empty; /* quirk: an encrypted empty data field is taken */
};

/* Decrypts sensitive data under the session's DEK: AES-CBC with a zero IV (Amd D 6.2.8), DES in ECB (E.4.7).
 */
bool session_decrypt(const struct session *s, const uint8_t *in, size_t n, uint8_t *out);

#endif
