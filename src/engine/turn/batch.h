/* SPDX-License-Identifier: Apache-2.0 */
/* One batch of jobs on its way from claim to carry; what engine.c does over and over. Stations 3 to 12. Edge.
 */
#ifndef TSM_ENGINE_TURN_BATCH_H
#define TSM_ENGINE_TURN_BATCH_H

#include <stdatomic.h>

#include "engine/engine.h"
#include "engine/turn/delivery.h"

/* What the engine's threads have in common beside the database. */
struct engine_shared {
    _Atomic time_us swept; /* when elements without a holder were looked for last */
    struct receivers receivers[JOB_LANES];
};

/* What every batch needs; it does not change while the engine runs. */
struct engine_core {
    struct engine_config c;
    const struct step_row *row_of[JOB_KINDS];
    struct engine_shared *shared;
    /* Another delivery is due, and its carrier may sleep. */
    void (*wake)(void *self, enum job_lane lane);
    void *self;
};

/* Gives the due jobs of a lane one turn. *done is how many had one, *next_due when the next is due, 0: none.
 */
enum tsm_err batch_turn(const struct engine_core *core, enum job_lane lane, size_t *done, time_us *next_due);

#endif
