/* SPDX-License-Identifier: Apache-2.0 */
/* What hangs on a domain's keys of SCP11, in a frozen card: certificates and lists of variable size (station
 * 10, the card's side); pure; Amd F 1.4. */
#ifndef LAB_CARD_FROZEN_OFFCARD_H
#define LAB_CARD_FROZEN_OFFCARD_H

#include "card/frozen/image.h"
#include "card/model/model.h"

/* False when memory ends. */
bool offcard_put(struct out *o, const struct sd *sd);
/* After all applications are there: an identity may have been recognised by another domain. */
void offcard_get(struct thaw *t, struct sd *sd);

#endif
