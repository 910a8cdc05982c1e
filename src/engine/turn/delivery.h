/* SPDX-License-Identifier: Apache-2.0 */
/* Whose delivery is next: each receiver has a few carriers at most, so that one that never answers keeps no
 * other waiting. Stations 6 and 12. Edge. */
#ifndef TSM_ENGINE_TURN_DELIVERY_H
#define TSM_ENGINE_TURN_DELIVERY_H

#include <pthread.h>

#include "engine/engine.h"

/* Whom this node's carriers of one lane serve at the moment. */
struct receivers {
    pthread_mutex_t lock;
    size_t n; /* deliveries in hand */
    int64_t to[ENGINE_CARRIERS];
};

struct delivery_next {
    int64_t to;       /* the receiver whose delivery has waited longest, counted as in hand; 0: none */
    bool more;        /* another one is due for a carrier that is free */
    time_us next_due; /* of receivers that are not served in full, 0: none */
};
/* Looks at the earliest delivery of each receiver. What it takes is given back by delivery_over. */
enum tsm_err delivery_choose(struct tx *tx, struct receivers *r, enum job_kind kind,
                             struct delivery_next *out);
void delivery_over(struct receivers *r, int64_t to); /* 0 is legal */

#endif
