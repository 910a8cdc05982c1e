/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a personalisation run brought all that the demo scheme's payment application needs (station 7, the
 * card's side); pure; EMV Book 3 10.2. */
#ifndef LAB_CARD_APPLET_PAYMENT_CHECK_H
#define LAB_CARD_APPLET_PAYMENT_CHECK_H

#include "card/applet/payment.h"

/* True while keys and check values do not contradict each other. */
bool payment_kcv_agree(const struct pay_data *d);
/* True when nothing is missing: FCI, AIP, AFL and its records, keys with check values, 9F10, the CDOL1 of the
 * scheme. */
bool payment_complete(const struct pay_data *d);
/* Bytes of card memory the data takes. */
uint32_t payment_size(const struct pay_data *d);

#endif
