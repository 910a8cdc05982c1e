/* SPDX-License-Identifier: Apache-2.0 */
/* A turn whose order was cancelled, by its app or its provider: what is in flight is heard, nothing new is
 * sent. Stations 11 and 12. Role. */
#ifndef TSM_ROLE_SP_GIVEN_UP_H
#define TSM_ROLE_SP_GIVEN_UP_H

#include "role/sp/process.h"

/* Between two things that are sent: what is in flight is heard first, so that it is known what the card has
 * done. A step that is done is kept; the next one is not begun. */
bool turn_is_given_up(const struct turn *t);
/* Fails a turn that is given up, and calls one so that failed before anything changed: its owner took back
 * what had not left. */
void turn_give_up(struct turn *t);
/* The same for an order that was cancelled while its turn was worked on: in the commit, before anything is
 * asked. */
enum tsm_err turn_hear_given_up(struct turn *t, struct tx *tx);

#endif
