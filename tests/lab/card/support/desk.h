/* SPDX-License-Identifier: Apache-2.0 */
/* A desk with a card in the reader: commands as hex text, in clear or through a secure channel whose off-card
 * half is written here for the tests (GPCS 2.3.1 appendix E, Amd D); pure. */
#ifndef TESTS_LAB_CARD_DESK_H
#define TESTS_LAB_CARD_DESK_H

#include "card/card.h"
#include "common/crypto/cipher.h"

#define DESK_HEX (2 * 4096 + 1)

struct desk {
    struct card *card;
    uint8_t channel;
    /* static keys of the host and the session it has opened */
    struct sym_key enc, mac, dek;
    struct sym_key s_enc, s_mac, s_rmac, s_dek;
    uint8_t host_challenge[16];
    uint8_t scp, option, level, mac_len;
    uint8_t chain[16], r_chain[8];
    bool chained; /* SCP02: a C-MAC has been sent */
    uint32_t counter;
    char wrapped[DESK_HEX]; /* the last protected command */
    char data[DESK_HEX];    /* data of the last answer, in clear, as hex */
};

/* A factory card, or one of the given configuration; the keys are 40..4F. */
struct desk *desk_new(const struct card_config *cfg);
void desk_free(struct desk *d);

/* One command in clear; returns the status word, 0 when the card is silent. */
uint16_t plain(struct desk *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* INITIALIZE UPDATE (with a 16-byte challenge when s16) and EXTERNAL AUTHENTICATE; checks the card's
 * cryptogram. */
uint16_t open_session(struct desk *d, uint8_t kvn, uint8_t level);
uint16_t open_session_s16(struct desk *d, uint8_t kvn, uint8_t level);
/* One command through the open session: given in clear with CLA 80; the answer's R-MAC is checked. */
uint16_t secure(struct desk *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Only wraps: the result is in d->wrapped. */
void wrap(struct desk *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* INSTALL through the open session with the named LV fields (hex), of which the unused ones are ""; no token.
 */
struct install {
    const char *first, *second, *third, *privileges, *parameters;
};
uint16_t install(struct desk *d, uint8_t p1, const struct install *fields);
/* INSTALL [for install and make selectable] of a security domain with the contents of C9; Trusted Path
 * included. */
uint16_t create_domain(struct desk *d, const char *aid, const char *c9);
/* SELECT by the AID. */
uint16_t select_aid(struct desk *d, const char *aid);

#define SD_PACKAGE "A0000001515350"
#define SD_MODULE  "A000000151535041"
#define ISD        "A000000151000000"
#define DOMAIN     "F04F5453440001"

/* Sets the three static keys to one value. */
void use_key(struct desk *d, uint8_t type, const char *hex);

/* Key blocks for PUT KEY: type, length, [inner length], value under the host's DEK, KCV. */
void key_block(const struct desk *d, uint8_t type, const char *key_hex, bool inner_length, char *to);
/* Hex of `key_hex` encrypted under the DEK of the session. */
void under_dek(const struct desk *d, const char *key_hex, char *to);
/* Hex of the key check value. */
void kcv_of(uint8_t type, const char *key_hex, char to[7]);

#endif
