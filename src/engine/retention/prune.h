/* SPDX-License-Identifier: Apache-2.0 */
/* One batch of what is over and old: found on a read connection, removed by the writer. Station 12. Edge. */
#ifndef TSM_ENGINE_RETENTION_PRUNE_H
#define TSM_ENGINE_RETENTION_PRUNE_H

#include "engine/retention/retention.h"

enum prune_kind {
    PRUNE_JOBS,
    PRUNE_MESSAGES,
    PRUNE_RESULTS,
    PRUNE_SESSIONS,
    PRUNE_ORDERS,
    PRUNE_EVENTS,
    PRUNE_TARGETS,
    PRUNE_CAMPAIGNS,
    PRUNE_KINDS
};

struct prune {
    struct store *store;
    struct retention_days days;
    time_us now;
};
/* *removed 0: nothing of this kind is old enough. */
enum tsm_err prune_batch(const struct prune *p, enum prune_kind kind, size_t *removed);

#endif
