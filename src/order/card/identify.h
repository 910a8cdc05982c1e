/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of an element to learn its kind, in a channel or packet of the issuer's domain
 * (plan_identify) or in plain, as anybody may (identify_commands), and where each answer belongs. Stations 4
 * and 5. Pure.
 */
#ifndef TSM_ORDER_CARD_IDENTIFY_H
#define TSM_ORDER_CARD_IDENTIFY_H

#include "order/card/sight.h"
#include "order/plan.h"

enum { IDENTIFY_COMMANDS = 8 };

/* Steps that only read; a step's `arg` is the tag of its data object. */
extern const struct plan plan_identify;
/* SELECT of the issuer's domain and GET DATA of each object, in the plan's order. */
enum tsm_err identify_commands(struct script *out);
/* The data of the answer to command i of identify_commands, or to the step with this tag; borrowed. */
void identify_put(struct card_answers *a, size_t command, struct bytes data);
void identify_put_data(struct card_answers *a, int tag, struct bytes data);

#endif
