/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of commands by P1.b8: INSTALL, DELETE and PUT KEY longer than one APDU (station 10, the card's
 * side); pure; GPCS 2.3.1 11.1.5.1. */
#ifndef LAB_CARD_CHANNEL_CHAIN_H
#define LAB_CARD_CHANNEL_CHAIN_H

#include "card/model/model.h"

/* Gathers the parts of a chain. True when the command ends here with *sw, neither unwrapped nor protected: a
 * part that is not the last, or a chain that is broken. False: j->cmd is a single command or the whole chain
 * with the header of its last part, to be unwrapped; its data lives until chain_drop. */
bool chain_gather(struct job *j, uint16_t *sw);
void chain_drop(struct channel *ch);

#endif
