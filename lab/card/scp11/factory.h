/* SPDX-License-Identifier: Apache-2.0 */
/* SCP11 as a card has it from the factory: keys and certificates of the issuer's domain, the authority of
 * off-card entities from a file (no station); edge; Amd F 1.4 5.1. */
#ifndef LAB_CARD_SCP11_FACTORY_H
#define LAB_CARD_SCP11_FACTORY_H

#include "card/scp11/scp11.h"

#define SCP11_FACTORY_KVN 0x03

/* The laboratory's card authority (CA-KLCC) on a curve. Its private key follows from its name, so that every
 * card of the laboratory bears certificates of the same authority, which is worth nothing elsewhere. */
bool factory_authority(uint8_t curve, struct asym_key *own, struct asym_key *to_verify);

/* Keys and certificates for every variant of the domain's SCP11 option; false and a message on stderr when a
 * file is missing or wrong. */
bool scp11_factory(struct sd *sd, const struct card_config *cfg);

#endif
