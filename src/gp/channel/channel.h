/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secure channels SCP02, SCP03 and, once gp/scp11 has opened it, SCP11 under one set of names. Stations 7 and
 * 10. Pure: no I/O, no randomness, no allocation; the state holds no secret and no pointer, so it can be
 * stored between two polls of a device and the session keys are made again from it (not those of SCP11: they
 * are kept sealed). [GPCS 2.3.1 App. E, Amendment D 1.1.1, S16: Amendment D 1.2, SCP11: Amendment F 1.4]
 */
#ifndef TSM_GP_CHANNEL_CHANNEL_H
#define TSM_GP_CHANNEL_CHANNEL_H

#include "base/crypto.h"
#include "gp/apdu/apdu.h"
#include "gp/channel/init_update.h"

/* Security levels, P1 of EXTERNAL AUTHENTICATE [GPCS Table E-11, AmdD Table 7-3]. */
enum {
    LEVEL_AUTHENTICATED = 0x00,
    LEVEL_C_MAC = 0x01,
    LEVEL_C_DECRYPTION = 0x02, /* only together with C-MAC: 03 */
    LEVEL_R_MAC = 0x10,
    LEVEL_R_ENCRYPTION = 0x20, /* only together with all others: 33 */
};

/* What single cards do differently; data of the card profile. */
enum {
    CHANNEL_QUIRK_COUNTER_ONLY_WITH_DATA =
        1,                           /* the encryption counter stands still for commands without data */
    CHANNEL_QUIRK_RMAC_ON_ERROR = 2, /* an R-MAC comes with error status words, too */
};

/*
 * The state of one channel. `challenge_len` is 8, or 16 in S16 mode, and is the length of cryptograms and
 * MACs, too. SCP02 uses 6 octets of `card` and the last two of `sequence`. `chain`: MAC chaining value
 * (SCP03) or last C-MAC in the first 8 octets (SCP02). `rchain`: last R-MAC of SCP02. `counter`: commands
 * since EXTERNAL AUTHENTICATE. `quirks` is 0 after channel_open; the caller sets it before the first command.
 * SCP11: `i` holds the parameters of the CRT (gp/scp11/scp11.h), `chain` begins with the receipt; `host`,
 * `card` and `sequence` are not used.
 */
struct channel {
    uint8_t protocol, i, kvn, level, challenge_len, quirks;
    uint8_t host[16], card[16], sequence[3];
    uint8_t chain[16];
    uint8_t rchain[8];
    uint32_t counter;
    uint8_t open;   /* 1 once channel_authenticate has made the command */
    uint8_t awaits; /* 1 while an answer that the next R-MAC chains to is outstanding (SCP02) */
};

struct static_keys {
    struct cipher_key enc, mac, dek;
};
struct session_keys {
    struct cipher_key enc, mac, rmac, dek;
};
static inline void static_keys_wipe(struct static_keys *k)
{
    explicit_bzero(k, sizeof *k);
}
static inline void session_keys_wipe(struct session_keys *k)
{
    explicit_bzero(k, sizeof *k);
}
/* Keys that wipe themselves on every way out of their block: SESSION_KEYS keys = {0}; */
#define STATIC_KEYS  __attribute__((cleanup(static_keys_wipe))) struct static_keys
#define SESSION_KEYS __attribute__((cleanup(session_keys_wipe))) struct session_keys

/* Appends INITIALIZE UPDATE [GPCS E.5.1, AmdD 7.1.1]: 8 octets of host challenge, or 16 for S16; BAD_LENGTH
 * else. `kvn` 0 leaves the choice of the key set to the card. */
enum tsm_err channel_start(uint8_t kvn, struct bytes host_challenge, struct writer *capdu);

/*
 * Derives the session keys of the answer `iu`, verifies the card cryptogram and sets up the state for
 * channel_authenticate. For SCP02 the answer does not carry `i`: set iu->i from the card profile or the card
 * recognition data (gp_init_update_read leaves SCP02_I_DEFAULT). An `i` without the bit "3 keys" takes
 * static.enc as the base key. CRYPTOGRAM_WRONG (the cause names KVN, protocol and i), BAD_VALUE for a level
 * or an i that the protocol does not know, BAD_LENGTH when the host challenge is of another length than the
 * card's or keys differ in length. *ch and *keys are written only on success.
 */
enum tsm_err channel_open(const struct init_update *iu, struct bytes host_challenge,
                          const struct static_keys *keys, uint8_t level, struct channel *ch,
                          struct session_keys *session);
/* The same session keys again from a stored state. Nothing is verified: a wrong static key shows at the next
 * MAC. */
enum tsm_err channel_rederive(const struct channel *ch, const struct static_keys *keys,
                              struct session_keys *session);
/*
 * Is the card challenge the pseudo-random one that the key, the sequence counter and the AID of the selected
 * domain give [AmdD 6.2.2.1, GPCS E.4.2.3]? CRYPTOGRAM_WRONG when not, UNSUPPORTED when `i` says the
 * challenge is random.
 */
enum tsm_err channel_check_challenge(const struct init_update *iu, const struct static_keys *keys,
                                     struct bytes aid);

/* Appends EXTERNAL AUTHENTICATE for ch->level and moves the chain. WRONG_STATE the second time. A failure
 * leaves the channel and the writer as they were; so do the calls below. */
enum tsm_err channel_authenticate(struct channel *ch, const struct session_keys *keys, struct writer *capdu);

/*
 * What one protected command's answer will be checked against; storable like the channel. `header`: the
 * command without its protection (CLA INS P1 P2 Lc). `protected_`: 1 when an R-MAC is due. SCP02 computes its
 * R-MAC over the plain command: `partial` and `tail_len` hold its intermediate value, encrypted under the
 * session's R-MAC key, so that neither the command nor a chaining value lies open in a database.
 */
struct channel_expect {
    uint8_t chain[16];
    uint32_t counter;
    uint8_t header[5], level, protected_;
    uint8_t partial[16], tail_len;
};

/*
 * Appends the protected form of `plain` for the level of the channel and moves the chain. Logical channels
 * stay in the class byte. Data above 255 octets makes an extended command (SCP03 only: TOO_LONG in SCP02).
 * Commands may be protected ahead of their answers, but not in SCP02 with R-MAC, where each R-MAC chains to
 * the answer before: WRONG_STATE then, and before channel_authenticate. NOT_ALLOWED for a command that a
 * session of SCP11c must not carry because it can be replayed.
 */
enum tsm_err channel_wrap(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                          struct writer *capdu, struct channel_expect *expect);
/*
 * Checks and opens an answer (data and status word, joined by transport.h). Appends the plain data to `plain`
 * (room for answer.len) and gives the status word. MAC_WRONG when the R-MAC is missing or wrong, BAD_VALUE
 * when the padding under a right R-MAC is wrong. Status words that carry no R-MAC in SCP03 (errors) come back
 * unauthenticated, without data; so does a bare 6310, which several cards send.
 */
enum tsm_err channel_unwrap(struct channel *ch, const struct session_keys *keys,
                            const struct channel_expect *expect, struct bytes answer, struct writer *plain,
                            uint16_t *sw);

/* The most plain data octets of one short command under this level. */
size_t channel_block_max(const struct channel *ch);
/* Encrypts a key or sensitive data under the DEK of the channel: SCP03 AES-CBC under the static Key-DEK
 * [AmdD 6.2.8], SCP02 TDES-ECB under the session DEK [GPCS E.4.7]; zero filled to whole blocks. */
enum tsm_err channel_wrap_key(const struct channel *ch, const struct session_keys *keys, struct bytes key,
                              struct writer *w);

#endif
