/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCP11 for one run of `tsm card`: our key and certificates, what the domain says of its own, the terms, the
 * two commands. Stations 4, 5, 7 and 10. Inside app/card/scp11 only; others see card_open_scp11. App.
 * [AmdF 4, 7]
 */
#ifndef TSM_APP_CARD_SCP11_SCP11_H
#define TSM_APP_CARD_SCP11_SCP11_H

#include "app/card/card.h"
#include "gp/certificate/certificate.h"
#include "gp/scp11/pso.h"
#include "gp/scp11/scp11.h"
#include "vault/ephemeral.h"
#include "vault/operation/channel/scp11.h"

enum { SCP11_CHAIN_ROOM = 8192, SCP11_NUMBER_MAX = 127 };

/* The off-card entity: its key in memory, or a name in the vault, and the certificates to it. */
struct oce {
    struct ec_private key;
    const char *name; /* NULL: in memory, or none */
    bool there;
    enum ec_curve curve;
    uint8_t point_room[EC_SPOT_MAX], chain_room[SCP11_CHAIN_ROOM];
    struct writer point, chain;
};

/* PK.CA-KLCC.ECDSA. */
struct authority {
    enum ec_curve curve;
    uint8_t room[EC_SPOT_MAX];
    struct writer point;
};

struct scp11_run {
    struct card *c;
    uint32_t today; /* reads like the date in hexadecimal */
    struct oce oce;
    struct authority ca;
    struct scp11_terms terms;
    uint8_t ca_kvn, ca_kid, i;
    bool has_i, key_dek; /* key_dek: the domain has a static Key-DEK beside its key */

    struct gp_certificate domain; /* verified; its spans lie in store_room */
    uint8_t store_room[SCP11_CHAIN_ROOM], sin_room[SCP11_NUMBER_MAX], sdin_room[SCP11_NUMBER_MAX];

    struct ephemeral ephemeral;                /* without a vault */
    uint8_t sealed_room[SEALED_EPHEMERAL_MAX]; /* with one */
    struct writer sealed;
};
static inline void scp11_run_wipe(struct scp11_run *r)
{
    explicit_bzero(r, sizeof *r);
}
#define SCP11_RUN __attribute__((cleanup(scp11_run_wipe))) struct scp11_run

/* files.c: our key and chain, which must be of each other and valid today; the card's authority. A run of
 * SCP11b has no key. MISSING_FIELD, EXPIRED, KEY_REFUSED, IO, and the errors of the readers. */
enum tsm_err oce_read(struct scp11_run *r);
enum tsm_err authority_read(struct scp11_run *r);

/* domain.c: key versions, the authority's key number, certificates (verified), numbers; all of it asked
 * without a key. */
enum tsm_err domain_ask(struct scp11_run *r);

/* ring.c: makes the ephemeral key and appends the AUTHENTICATE command; takes the answer. With an open vault
 * our key is in it. */
enum tsm_err ring_start(struct scp11_run *r, struct writer *authenticate);
enum tsm_err ring_finish(struct scp11_run *r, struct bytes answer);

/* "scp11a" in capitals; "" for none. */
const char *scp11_name(uint8_t variant);

#endif
