/* SPDX-License-Identifier: Apache-2.0 */
/* What MUTUAL and INTERNAL AUTHENTICATE ask for: the data field, the variant, the key and the off-card entity
 * that it names (station 7, the card's side); pure; Amd F 1.4 7.1.1, 7.6.2, 7.7.2. */
#ifndef LAB_CARD_SCP11_REQUEST_H
#define LAB_CARD_SCP11_REQUEST_H

#include "card/scp11/scp11.h"

#define SCP11_TAG_POINT     0x5F49
#define SCP11_PARAMETER_IDS 0x04 /* host and card numbers go into the derivation */

/* A variant of the protocol: Table 7-2, 5.1, Table 4-1. */
struct scp11_kind {
    enum scp11_variant name;
    uint8_t parameter, kid, i;
};

/* What the command asks for and what it is done with. */
struct scp11_request {
    const struct scp11_kind *variant;
    uint8_t parameters, usage, level, key_len;
    unsigned seen;
    struct octets host, authority; /* 84, 42; at == NULL when absent */
    struct octets crt, point;      /* whole data objects, for the receipt */
    struct asym_key peer;          /* ePK.OCE.ECKA */
    struct sd *owner;              /* of the keys */
    const struct asym_entry *key;  /* SK.SD.ECKA */
    const struct asym_key *oce;    /* PK.OCE.ECKA; NULL for SCP11b */
};

/* Reads and checks the whole command but for the derivation. An off-card entity is taken from the channel: it
 * serves one session unless the domain keeps it. Returns a status word. */
uint16_t scp11_request_read(struct job *j, const struct scp_option *o, struct scp11_request *r);

#endif
