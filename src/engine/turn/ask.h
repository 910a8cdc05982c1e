/* SPDX-License-Identifier: Apache-2.0 */
/* How a job of the owner of an element asks for one exchange with it, and lets the element go. Stations 6 and
 * 8. Edge. [DESIGN 4, rules 1 and 2] */
#ifndef TSM_ENGINE_TURN_ASK_H
#define TSM_ENGINE_TURN_ASK_H

#include "engine/element/exchange.h"
#include "engine/engine.h"

struct exchange_ask {
    struct partners *partners;
    char kind;       /* of the job: its holder and keys begin so */
    uint32_t number; /* of the exchange within the job: no key is used twice */
    bool care;       /* it goes through a block of the owner's own */
    bool firm;       /* it goes on with what was begun on the element: it cannot be withdrawn */
    json_t *se;      /* names the element; taken over */
    json_t *payload; /* hex strings, empty: only listen; taken over. NULL: memory is exhausted */
};
/* VERB_SEND_SCRIPT, and the job sleeps until it is answered or its own time is over. */
enum tsm_err exchange_ask(struct tx *tx, struct job *job, const struct exchange_ask *ask);
/* Woken without an answer: the question is still under way. */
void exchange_wait(struct job *job);
/* The job's conversation is over: the element is free for the next one in the line. */
enum tsm_err exchange_let_go(struct tx *tx, const struct job *job, char kind);

#endif
