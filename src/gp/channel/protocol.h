/* SPDX-License-Identifier: Apache-2.0 */
/* What one secure channel protocol brings to channel.c: SCP02 and SCP03 are two rows of this, SCP11 is a row
 * with messaging alone. Inside gp/channel only. Stations 7 and 10. Pure. */
#ifndef TSM_GP_CHANNEL_PROTOCOL_H
#define TSM_GP_CHANNEL_PROTOCOL_H

#include "gp/apdu/ins.h"
#include "gp/channel/channel.h"

enum side { SIDE_CARD, SIDE_HOST };

struct channel_protocol {
    /* The bits of `i` and the level that this protocol allows, and lengths of keys. */
    enum tsm_err (*allow)(const struct channel *ch, const struct static_keys *keys);
    enum tsm_err (*derive)(const struct channel *ch, const struct static_keys *keys,
                           struct session_keys *session);
    /* challenge_len octets */
    enum tsm_err (*cryptogram)(const struct channel *ch, const struct session_keys *keys, enum side side,
                               uint8_t out[16]);
    /* The pseudo-random card challenge; UNSUPPORTED when `i` says it is random. */
    enum tsm_err (*challenge)(const struct channel *ch, const struct static_keys *keys, struct bytes aid,
                              uint8_t out[16]);
    /* Level other than 00; on failure `ch` and `capdu` are the caller's copies. */
    enum tsm_err (*wrap)(struct channel *ch, const struct session_keys *keys, const struct apdu *plain,
                         struct writer *capdu, struct channel_expect *expect);
    enum tsm_err (*unwrap)(struct channel *ch, const struct session_keys *keys,
                           const struct channel_expect *expect, const struct rapdu *answer,
                           struct writer *plain);
    size_t card_challenge_len; /* 0: as long as the host's */
    size_t cipher_block;
};

/* scp11 has wrap, unwrap and cipher_block only: its keys are agreed by gp/scp11. */
extern const struct channel_protocol scp02, scp03, scp11;

/* The class byte on the wire and under the MAC [AmdD 6.2.4, GPCS E.4.4]. */
static inline uint8_t cla_on_wire(uint8_t cla)
{
    return (uint8_t)(cla | (cla & CLA_FURTHER ? CLA_SECURE_FURTHER : CLA_SECURE));
}
static inline uint8_t cla_without_channel(uint8_t cla)
{
    return cla & CLA_KEPT;
}

/* SP 800-108 counter mode over CMAC with the labels of SCP03 [AmdD 4.1.5]; `len` up to 32 octets. */
enum tsm_err scp03_kdf(const struct cipher_key *key, uint8_t constant, struct bytes context, uint8_t *out,
                       size_t len);

#endif
