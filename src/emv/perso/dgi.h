/* SPDX-License-Identifier: Apache-2.0 */
/* Data groupings of card personalisation: identifier, length, value, one after the other. Stations 5 and 8.
 * Pure. [EMV CPS 1.1 3.2; EMV CPS 2.0 4.3.5.2] */
#ifndef TSM_EMV_PERSO_DGI_H
#define TSM_EMV_PERSO_DGI_H

#include "base/bytes.h"

enum {
    CPS_DGI_SHORT_MAX = 254, /* FF announces a length of two octets */
    CPS_DGI_VALUE_MAX = 0xFFFF,
    CPS_DGI_HEAD_MAX = 5,
};

struct cps_dgi {
    uint16_t id;
    struct bytes value; /* borrowed */
    bool encrypted;     /* on the way to the card: the value is, or will be, under the session's data key */
};

/* Appends one grouping; an empty one is legal. TOO_LONG above CPS_DGI_VALUE_MAX. */
enum tsm_err cps_dgi_write(struct writer *w, uint16_t id, struct bytes value);
/* Identifier and length alone; the value follows. */
enum tsm_err cps_dgi_write_head(struct writer *w, uint16_t id, size_t len);
/* Reads the next grouping; the wire does not tell whether it is encrypted (false). SHORT_INPUT when it is
 * cut, BAD_LENGTH for the long form of a length that the short form can say. */
enum tsm_err cps_dgi_read(struct reader *r, struct cps_dgi *out);
/* Octets of a whole grouping. */
size_t cps_dgi_len(size_t value_len);

#endif
