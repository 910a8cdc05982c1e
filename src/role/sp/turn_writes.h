/* SPDX-License-Identifier: Apache-2.0 */
/* What a turn of an order writes in its commit. Stations 6, 11 and 12. Role. */
#ifndef TSM_ROLE_SP_TURN_WRITES_H
#define TSM_ROLE_SP_TURN_WRITES_H

#include "role/sp/process.h"

/* Asks the owner; takes `body` over and adds the secure element. The reply comes to the order's job;
 * turn_tell waits for none. */
enum tsm_err turn_ask(struct turn *t, struct tx *tx, enum partner_verb verb, json_t *body);
enum tsm_err turn_tell(struct turn *t, struct tx *tx, enum partner_verb verb, json_t *body);
/* {"holder": ..}: who holds the secure element for this order. */
json_t *turn_holder(const struct turn *t);
/* Lets the secure element go; at the end of the order its device session, too. */
enum tsm_err turn_end_conversation(struct turn *t, struct tx *tx, bool session_too);
/* One line of the timeline, and the one that tells the dialogue with the card. */
enum tsm_err turn_say(struct turn *t, struct tx *tx, struct note n);
enum tsm_err turn_say_dialogue(struct turn *t, struct tx *tx);
/* Moves the instance where the table has a row for the event (-1: none); else leaves it. */
enum tsm_err turn_instance_event(struct turn *t, struct tx *tx, int event);
enum tsm_err turn_remove_instance(struct turn *t, struct tx *tx);
/* The order is over: state, failure, audit, callback, card data gone. */
enum tsm_err turn_end_order(struct turn *t, struct tx *tx, enum order_state state);

#endif
