/* SPDX-License-Identifier: Apache-2.0 */
/* A rotation as a row: the key set on its way, and what becomes of the two when the card has proved one.
 * Stations 6 and 12. Role. [capability S12] */
#ifndef TSM_ROLE_SEM_CARE_KEYS_ROTATION_H
#define TSM_ROLE_SEM_CARE_KEYS_ROTATION_H

#include "role/sem/care/act/turn.h"

enum rotation_state { ROTATION_PLANNED, ROTATION_SENT };
struct rotation {
    int64_t old_kvn, state;
    struct held_keys keys; /* the new set */
};
/* NOT_FOUND where none is under way. */
enum tsm_err rotation_load(struct tx *tx, int64_t domain, int64_t owner, struct rotation *out);
/* Whose keys: the issuer's domain, or the supplementary one that the act names. NOT_FOUND, NOT_ALLOWED for
 * one whose keys another party holds. */
enum tsm_err rotation_domain_load(struct tx *tx, struct care_turn *t);
/* The version that was asked for, else the next of the protocol's range [GPCS 7.5, TS 102 225 5.1.1]. */
int64_t rotation_next_kvn(int64_t protocol, int64_t kvn);
enum tsm_err rotation_check_kvn(int64_t protocol, int64_t kvn);
/* Makes the new set and its row. */
enum tsm_err rotation_plan(struct care_turn *t, struct tx *tx, struct rotation *out);
/* The new set lives, the old one is retired; its keys are kept until it is gone from the card. */
enum tsm_err rotation_settle(struct tx *tx, struct care_turn *t);
/* The old set is not on the card any more: its keys are destroyed, its row says that it was there. */
enum tsm_err rotation_retired(struct tx *tx, struct care_turn *t);
/* Nothing was changed: the new set is destroyed. */
enum tsm_err rotation_drop(struct tx *tx, struct care_turn *t);
enum tsm_err rotation_set_live_state(struct tx *tx, struct care_turn *t, enum keyset_state state);
json_t *rotation_result(const struct care_turn *t, bool old_gone);

#endif
