/* SPDX-License-Identifier: Apache-2.0 */
/* Closing and opening an element, a domain or an application at the server, in the commit that accepts the
 * act. Stations 2 and 9. Role. [capability S11] */
#ifndef TSM_ROLE_SEM_CARE_STATUS_BLOCK_H
#define TSM_ROLE_SEM_CARE_STATUS_BLOCK_H

#include "role/sem/care/act/act.h"

struct block {
    const struct element *el;
    struct bytes aid; /* empty: the whole element */
    bool domain;      /* the AID is a domain's */
    int64_t holder;   /* whose work it stops; 0: everybody's */
    const char *reason;
};
/* Finds domain or application by AID in the registry and fills domain and holder; NOT_FOUND. */
enum tsm_err block_find(struct tx *tx, struct block *b);
/* Closed: sessions of devices end, exchanges that wait are answered with the reason, nothing new begins. */
enum tsm_err block_set(struct sem *sem, struct tx *tx, const struct block *b, enum se_state state);
/* How the card was found when its lock was asked for; the numbers are stored. */
enum block_found { FOUND_UNKNOWN, FOUND_OPEN, FOUND_LOCKED };
enum tsm_err block_found(struct tx *tx, const struct block *b, enum block_found found);
/* Had the holder of an application locked it before the owner did? */
enum tsm_err block_was_locked(struct tx *tx, const struct block *b, bool *yes);
enum tsm_err block_end(struct tx *tx, const struct block *b);
/* What the owner's own works have waiting in the line counts as lost: each asks its element anew, under the
 * keys of that moment. */
enum tsm_err waiting_lost(struct sem *sem, struct tx *tx, const struct element *el, const char *reason);

#endif
