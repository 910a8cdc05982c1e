/* SPDX-License-Identifier: Apache-2.0 */
/* A talk on a bench: a vault, a store for the counters, a tiny card; each half of an exchange on a node of
 * its own, which knows no more than the stored state. Test code. */
#ifndef TSM_TESTS_UNIT_TALK_BENCH_H
#define TSM_TESTS_UNIT_TALK_BENCH_H

#include "../vault/rig.h"
#include "cards.h"
#include "link/talk/talk.h"

/* What becomes of an exchange. */
enum carrying {
    CARRIED,     /* there and back */
    ANSWER_LOST, /* the card did it, and nobody heard */
    NEVER_SENT,  /* the card did not see it */
};

struct bench {
    struct rig rig;
    struct talk_state state;
    const struct plan *plan;
    struct talk_key key[PLAN_DOMAINS];
    struct card card;
    enum talk_event event;
    struct failure failure;
    bool refused;
    json_t *payload;  /* of the exchange that was made last */
    char shown[4096]; /* the dialogue as it would be told */
    size_t exchanges, messages;
};

/* Group set-up and tear-down: the vault's own and a store. */
int bench_setup(void **state);
int bench_teardown(void **state);

void bench_open(struct bench *b, json_t *profile, const struct plan *plan);
void bench_close(struct bench *b);
/* The next payload; the counter is stored. */
enum tsm_err bench_next(struct bench *b);
/* Brings the payload to the card; owned by the caller: {"answers": [..]} or {"lost": true, ..}. */
json_t *bench_carry(struct bench *b, enum carrying how);
/* The talk reads a reply, which is taken over. */
enum talk_event bench_read(struct bench *b, json_t *reply);
/* All three: what came of it. */
enum talk_event bench_exchange(struct bench *b, enum carrying how);
/* Exchanges until the talk is over, done or failed; at most 40. */
enum talk_event bench_run(struct bench *b);
json_t *bench_answer(struct bytes body);                              /* {"answers": [hex]} */
void bench_jump(struct bench *b, enum plan_domain place, int64_t by); /* of the counter in the store */
struct talk_estimate bench_estimate(struct bench *b);

#endif
