/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life cycle of an instance on its order's way: which service commands were executed, when a new version
 * begins, how a deployment is finalised, what is noted of an order's course. Stations 4 to 12. Role.
 * [TR-03165 3.2.2, 4.2.5.3, 4.2.5.4]
 */
#ifndef TSM_ROLE_SP_LIFE_LIFE_H
#define TSM_ROLE_SP_LIFE_LIFE_H

#include "order/life/commands.h"
#include "role/sp/process.h"

/* --- in the commit of a turn --- */

/* The order's first turn: when it began, and in which state of its instance. */
enum tsm_err life_begin(struct turn *t, struct tx *tx);
/* A step is done and `next` is the one behind it: service commands that have no more steps are executed, and
 * their states reached; a new version begins when the former one is gone. */
enum tsm_err life_advance(struct turn *t, struct tx *tx, size_t next);
/* All steps are done: the states of Deployed, where the order finalises. */
enum tsm_err life_finish(struct turn *t, struct tx *tx);
/* The order failed: in error after a change, else as before. */
enum tsm_err life_fail(struct turn *t, struct tx *tx);
/* The order is over: end, end state, and the operation as the instance's last one. */
enum tsm_err life_end(struct turn *t, struct tx *tx);
/* The instance goes, and with the last one of a flavor that was removed that flavor, too. */
enum tsm_err life_forget(struct turn *t, struct tx *tx);

/* --- an order that goes on with a deployment --- */

enum tsm_err read_completion(struct turn *t, const json_t *reply);
/* The order personalises, and its flavor says how. */
bool takes_card_data(const struct turn *t);

/* --- update to a version: update.c --- */

/* The flavor of the version that suits the element, and what it changes on it; failed where there is none. */
enum tsm_err read_update(struct turn *t, const json_t *reply);
enum tsm_err keep_update(struct turn *t, struct tx *tx, const json_t *reply);
/* The flavor that the step in hand works on: the former one while it is removed, else the new one. */
int64_t flavor_in_hand(const struct turn *t);
/* Once an order: the former version is gone or stays under the new one, whose the instance is from here on.
 */
enum tsm_err update_begins(struct turn *t, struct tx *tx);

/* --- steps that have nothing to do --- */

/* Another management mode, a service command that the order does not have, or nothing to do. */
bool is_absent(const struct turn *t, const struct step *step);

bool is_suspended(const struct turn *t);
bool is_resumed(const struct turn *t);
bool is_not_to_be_held(const struct turn *t);  /* no activation asked for suspension, or it is locked */
bool is_not_held(const struct turn *t);        /* it is not locked, or shall stay so */
bool stays_personalised(const struct turn *t); /* an update leaves the application that has card data */
bool personalises_first(const struct turn *t);
bool personalises_later(const struct turn *t);
bool activates_nothing(const struct turn *t);
bool lists_nothing(const struct turn *t);
bool is_no_upgrade(const struct turn *t);
bool is_no_reinstallation(const struct turn *t);
bool stays_listed(const struct turn *t);
bool keeps_content(const struct turn *t);
bool keeps_all(const struct turn *t);

#endif
