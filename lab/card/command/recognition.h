/* SPDX-License-Identifier: Apache-2.0 */
/* The objects by which a card is recognised: CPLC, Card Recognition Data, Card Capability Information
 * (station 4, the card's side); pure; GPCS 2.3.1 appendix H. */
#ifndef LAB_CARD_COMMAND_RECOGNITION_H
#define LAB_CARD_COMMAND_RECOGNITION_H

#include "card/model/model.h"

#define CPLC_LEN 42
#define CUID_LEN 10

/* Each writes the value of its object. */
void recognition_cplc(const struct card *c, struct out *o);
void recognition_data(const struct sd *sd, struct out *o);
void recognition_capabilities(const struct sd *sd, struct out *o);
void recognition_issuer_number(struct out *o);

#endif
