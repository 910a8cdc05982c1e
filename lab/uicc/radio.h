/* SPDX-License-Identifier: Apache-2.0 */
/* Between air and SIM: a deliver_sm becomes an ENVELOPE, the SIM's answer the DELIVER-REPORT, its SEND SHORT
 * MESSAGE a submit_sm. Edge (station 9, the air side). [TS 31.111 7.1.1; TS 23.040 9.2.2.1a; TS 102
 * 223 6.6.9] */
#ifndef LAB_UICC_RADIO_H
#define LAB_UICC_RADIO_H

#include "uicc/handset.h"

/* Appends a copy; NULL without memory. */
struct letter *letters_add(struct letters *l, const struct smpp_message *m);
void letters_drop_head(struct letters *l);
void letters_clear(struct letters *l);

/* Does whatever can be done now: send the oldest outgoing message, or let the SIM have the oldest incoming
 * one. */
void radio_work(struct handset *h);
/* The submit_sm under way was answered. */
void radio_submitted(struct handset *h, uint32_t status);

#endif
