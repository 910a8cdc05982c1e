/* SPDX-License-Identifier: Apache-2.0 */
/* The first half of a batch: due jobs of a lane become this node's by a lease. Stations 3 to 12. Edge.
 * [DESIGN 4, rule 6] */
#ifndef TSM_ENGINE_TURN_CLAIM_H
#define TSM_ENGINE_TURN_CLAIM_H

#include "engine/turn/batch.h"

struct batch {
    const struct engine_core *core;
    enum job_lane lane;
    struct job *jobs;
    size_t n, max;
    int64_t owner; /* of the leases: this claim, by time and node; who comes late finds another's name */
    int64_t to;    /* the receiver of a delivery */
    bool more;     /* another one is due */
    time_us next_due;
};

/* A unit of work over a struct batch: fills jobs, n, owner, to, more and next_due. */
enum tsm_err claim_batch(struct tx *tx, void *batch);

#endif
