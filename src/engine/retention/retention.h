/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is over goes after its time: finished jobs, answered partner messages, device sessions, orders with
 * their timeline. Never audit leaves and usage rows, and nothing that is still under way. Station 12. Edge.
 * In small batches behind all other work, with pauses between them.
 */
#ifndef TSM_ENGINE_RETENTION_RETENTION_H
#define TSM_ENGINE_RETENTION_RETENTION_H

#include "engine/job.h"

enum {
    RETENTION_BATCH = 32,      /* rows in one unit of the writer */
    RETENTION_ORDERS = 4,      /* orders in one: each takes its timeline along */
    RETENTION_REST = 10,       /* the pause after a batch, in times of what the batch took */
    RETENTION_PAUSE_MS = 5,    /* and at least */
    RETENTION_PERIOD_S = 600,  /* how often it looks when nothing was left */
    RETENTION_WAIT_MAX_D = 31, /* longer than any order lives: what asked may still wait until then */
    RETENTION_DAYS_MIN = 2,    /* longer than a partner repeats its calls */
    RETENTION_DAYS_MAX = 36500,
};

/* Days that a row is kept after it was over. */
struct retention_days {
    int64_t jobs;     /* finished jobs; what was asked in them is emptied at their end */
    int64_t messages; /* answered partner messages */
    int64_t sessions; /* device sessions that ended or expired */
    int64_t orders;   /* finished orders: state, failure, timeline; also the client_ref that makes a repeat
                         known; campaigns of providers that are over */
};

struct retention_config {
    struct store *store;
    struct clock *clock;
    struct retention_days days;
    /* Told once when it can remove nothing (a full disk, say), and again after it could; may be NULL. */
    void (*stuck)(enum tsm_err e, const char *cause);
};

struct retention;
/* BAD_VALUE naming the setting for days outside RETENTION_DAYS_MIN..RETENTION_DAYS_MAX. */
enum tsm_err retention_new(const struct retention_config *config, struct retention **out);
enum tsm_err retention_start(struct retention *r); /* a thread of its own */
void retention_free(struct retention *r); /* ends the thread after the batch in hand; NULL is legal */
/* One batch of each kind in the caller's thread: for tests. */
enum tsm_err retention_turn(struct retention *r, size_t *removed);

#endif
