/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of row jobs_sqlite share: the row itself and the engine's step that it measures. Bench only.
 */
#ifndef TSM_BENCH_ROW_JOBS_H
#define TSM_BENCH_ROW_JOBS_H

#include <pthread.h>
#include <stdatomic.h>

#include "bare/store/jobs.h"
#include "engine/engine.h"
#include "fleet.h"

enum { JOBS_ROUND = 20000 };

struct jobs_row {
    struct clock clock; /* first: the real one, put forward when a round begins */
    _Atomic int64_t ahead;
    struct fleet *fleet;
    struct vault_party *vault;
    struct store *store;
    struct engine *engine;
    struct bare_crypto card;
    struct bare_jobs bare;
    pthread_mutex_t lock, card_lock;
    pthread_cond_t over;
    size_t left;
    int64_t picked[JOBS_ROUND];
    uint64_t seed;
    unsigned failed;
};

/* A job of one packet: counter, packet and state are committed, then the card is asked; its answer comes back
 * through the store and is opened in a second turn. */
struct step_row jobs_step(struct jobs_row *r);

#endif
