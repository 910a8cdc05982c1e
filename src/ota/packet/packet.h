/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCP80 secured packets: a command for a card application (TAR) and the proof of receipt (PoR) that comes
 * back, both directions of each. Stations 7, 8 and 10. Pure. [TS 102 225 5.1, 5.2; TS 31.115 4]
 *
 *   command  CPL(2) CHL(1) SPI(2) KIc KID TAR(3) | CNTR(5) PCNTR(1) RC/CC(n) data padding
 *   PoR      02 71 00  RPL(2) RHL(1) TAR(3)      | CNTR(5) PCNTR(1) STATUS(1) RC/CC(n) data padding
 *
 * Behind the bar is ciphered if SPI says so. The checksum covers what stands before it (for a PoR with the
 * three octets of its user data header) and what follows it.
 */
#ifndef TSM_OTA_PACKET_PACKET_H
#define TSM_OTA_PACKET_PACKET_H

#include "base/crypto.h"
#include "ota/sms/segment.h"

enum {
    SCP80_TAR_LEN = 3,
    SCP80_CC_LEN = 8,       /* the usual checksum; AES cards may use SCP80_CC_SHORT [TS 102 225 5.1.3.2] */
    SCP80_CC_SHORT = 4,     /* never announced by KID: the card profile knows it */
    SCP80_HEAD_LEN = 16,    /* octets before the checksum, a whole number of blocks for DES and AES */
    SCP80_CPL_MAX = 0xFFFF, /* CPL and RPL are two octets */
    SCP80_PAD_MAX = 15,
};
#define SCP80_COUNTER_MAX   0xFFFFFFFFFFULL /* accepted once, then the counter is dead: never go near it */
#define SCP80_COUNTER_ALARM (1ULL << 39)    /* from here on an operator must be told */

struct scp80_keys {
    struct cipher_key kic, kid; /* from the vault; a key that the SPI does not ask for may be zero */
};

struct scp80_command {
    uint8_t spi[2], kic, kid, tar[SCP80_TAR_LEN];
    uint64_t counter; /* 0 to SCP80_COUNTER_MAX */
    uint8_t cc_len;   /* of a cryptographic checksum: 8, or 4 with AES; 0 means 8. Not used for RC or none */
    struct bytes data;
};

/*
 * Writes the packet from CPL on, without user data header. BAD_VALUE, BAD_LENGTH, UNSUPPORTED for parameters
 * that no card knows (digital signature, reserved codings, counter above its maximum); KEY_MISSING and
 * KEY_REFUSED for keys that do not fit; TOO_LONG, NO_ROOM. The writer is unchanged then and holds no plain
 * text.
 */
enum tsm_err scp80_wrap(const struct scp80_command *c, const struct scp80_keys *keys, struct writer *packet);
/*
 * The card's direction, for tools and tests: opens exactly one packet (CPL must measure it). out->data is
 * borrowed from `plain`, which receives the secured part and grows by no more than packet.len. Errors as
 * scp80_wrap, and SHORT_INPUT, TRAILING_BYTES, MAC_WRONG.
 */
enum tsm_err scp80_unwrap(struct bytes packet, const struct scp80_keys *keys, struct scp80_command *out,
                          struct writer *plain);

/* The length that scp80_wrap will write, or 0 when it will refuse. */
size_t scp80_packet_len(const struct scp80_command *c, const struct scp80_keys *keys);
/* The most data that a command of so many short messages carries; an implicit cipher counts as AES, a
 * redundancy check as CRC-32. 0 for a number of segments outside 1 to SMS_SEGMENTS_MAX. */
size_t scp80_data_max(size_t segments, enum concat_order order, uint8_t spi1, uint8_t kic, uint8_t cc_len);

/* What the command asked of its proof of receipt. cc_len as in the command; 0 on reading takes what comes. */
struct por_terms {
    uint8_t spi2, kic, kid, cc_len;
};

struct scp80_response {
    uint8_t tar[SCP80_TAR_LEN];
    uint64_t counter;
    uint8_t status; /* enum por_status */
    struct bytes data;
    bool secured; /* a cryptographic checksum was there and right; else this is a hint and no more */
};

/*
 * Before the keys are known: checks RPL and RHL and reads the TAR. `body` starts with the user data header
 * 02 71 00 or with RPL. clear->counter and ->status are filled as if nothing were ciphered, so they are worth
 * nothing where the terms ask for ciphering; clear->data is all behind the TAR. BAD_VALUE, BAD_LENGTH,
 * SHORT_INPUT, TRAILING_BYTES for what is no PoR.
 */
enum tsm_err por_head(struct bytes body, struct scp80_response *clear);
/*
 * Opens a PoR with the keys of its command; out->data is borrowed from `plain`. MAC_WRONG when the checksum
 * is wrong (constant time). A card that refuses a packet may answer without the protection that was asked
 * for: a PoR that carries no checksum although one was asked for is read as plain and flagged by out->secured
 * = false. out->secured is true only for a right cryptographic checksum.
 */
enum tsm_err por_unwrap(struct bytes body, struct por_terms terms, const struct scp80_keys *keys,
                        struct scp80_response *out, struct writer *plain);
/* The card's direction: writes the body from its user data header 02 71 00 on. Errors as scp80_wrap. */
enum tsm_err por_wrap(const struct scp80_response *r, struct por_terms terms, const struct scp80_keys *keys,
                      struct writer *body);

/* [TS 102 225 5.2, table 5] */
enum por_status {
    POR_OK = 0x00, /* the packet was accepted; whether the commands worked is in the data */
    POR_CHECKSUM_FAILED = 0x01,
    POR_COUNTER_LOW = 0x02,
    POR_COUNTER_HIGH = 0x03,
    POR_COUNTER_BLOCKED = 0x04,
    POR_CIPHERING_ERROR = 0x05,
    POR_SECURITY_ERROR = 0x06,
    POR_NO_MEMORY = 0x07,
    POR_MORE_TIME = 0x08,
    POR_TAR_UNKNOWN = 0x09,
    POR_SECURITY_TOO_LOW = 0x0A,
    POR_BY_SUBMIT = 0x0B, /* the actual answer follows by SMS-SUBMIT, with the same counter */
    POR_BY_USSD = 0x0C,
};
/* A sentence for people; never NULL. */
const char *por_status_text(uint8_t status);

#endif
