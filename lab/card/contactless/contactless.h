/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless registry: which applications answer a reader and in which order (station 10, the card's
 * side); pure; GPCS Amendment C (contactless services). The coding of commands and tags was taken from public
 * programs that speak to this service; where none shows a value the comment says so. */
#ifndef LAB_CARD_CONTACTLESS_CONTACTLESS_H
#define LAB_CARD_CONTACTLESS_CONTACTLESS_H

#include "card/model/registry.h"
#include "common/tlv.h"

#define TAG_CL_PROTOCOL 0xA0 /* contactless protocol parameters in EF of INSTALL */
#define TAG_CL_USER     0xA1 /* user interaction parameters */

/* Contactless activation state, second byte of 9F70. */
enum cl_state { CL_DEACTIVATED = 0x00, CL_ACTIVATED = 0x01, CL_NON_ACTIVATABLE = 0x80 };

/* What A0 and A1 of an INSTALL command said. */
struct cl_parameters {
    bool given;
    struct contactless entry;
};

/* Reads the contents of A0 or A1; false when they are malformed or too long. */
bool cl_parameters_read(const struct tlv *t, struct cl_parameters *p);
/* Makes the application take part, at the end of the order, with what was given. */
void cl_apply(struct app *a, const struct cl_parameters *p);

/* True when the application answers a contactless reader: those that never took part do so as always. */
bool cl_answers(const struct app *a);
/* Changes the activation state; false when the application cannot be in it (locked, not selectable, not
 * activatable).
 */
bool cl_set_state(struct app *a, enum cl_state state);
/* First or last in the order; `for_now` puts it first until the next reset or cl_end_volatile. */
void cl_first(struct app *a);
void cl_last(struct app *a);
void cl_volatile_first(struct app *a);
void cl_end_volatile(struct card *c);

#define CL_MAX_ORDER CARD_MAX_APPS
/* The applications that take part, the one with the highest priority first; returns their number. */
size_t cl_order(const struct card *c, struct app *order[CL_MAX_ORDER]);

#endif
