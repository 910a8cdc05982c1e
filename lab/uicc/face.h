/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless face of a laboratory UICC: vpcd framing over TCP, the card as server, while OTA goes on.
 * Edge (station 9, beside the air). [ISO/IEC 7816-4 APDUs in the framing of vsmartcard's vpcd] */
#ifndef LAB_UICC_FACE_H
#define LAB_UICC_FACE_H

#include "card/card.h"
#include "smsc/smpp/loop.h"

enum { FACE_MAX_TERMINALS = 4 };

struct face;

/* Listens on a port (0: any); NULL when it cannot. `*port` becomes the one taken. Borrows loop and card. */
struct face *face_new(struct loop *loop, struct card *card, uint16_t *port);
void face_free(struct face *f);

#endif
