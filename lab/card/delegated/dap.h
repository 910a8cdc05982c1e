/* SPDX-License-Identifier: Apache-2.0 */
/* DAP blocks in front of a load file: whose signature stands on the load file data block hash and whose must
 * stand there (station 10, the card's side); pure; GPCS 2.3.1 9.2.1, 9.3.5, 11.6.2.3, C.3. */
#ifndef LAB_CARD_DELEGATED_DAP_H
#define LAB_CARD_DELEGATED_DAP_H

#include "card/content/load.h"

/* Judges the contents of one E2, already complete in l->dap. Returns a status word. */
uint16_t dap_take(const struct card *c, struct load *l);
/* True when every domain that insists on its signature has seen it: those with Mandated DAP Verification that
 * are personalised, and the one the load file will belong to when it verifies DAPs. */
bool dap_enough(const struct card *c, const struct load *l);

#endif
