/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only loop: claim due jobs, let their role work, commit all as one, carry what must leave. Knows nothing
 * of cards. Stations 3 to 12. Edge. A crash anywhere repeats a turn that is safe to repeat: nothing is
 * carried that is not committed [DESIGN 4].
 */
#ifndef TSM_ENGINE_ENGINE_H
#define TSM_ENGINE_ENGINE_H

#include "engine/job.h"

struct engine;

/*
 * One row a kind of job.
 * work:   loads facts, decides, protects; no lock is held. An error that may be retried comes back later,
 * another ends the job. commit: writes the turn's changes in the batch's transaction; sees job->error when
 * the job ends in failure. carry:  after the commit; sends, notifies. May be NULL.
 */
struct step_row {
    enum job_kind kind;
    const char *name;
    enum tsm_err (*work)(void *self, struct job *job);
    enum tsm_err (*commit)(void *self, struct tx *tx, struct job *job);
    void (*carry)(void *self, struct job *job);
    void *self;
};

struct engine_config {
    struct store *store;
    struct clock *clock;
    const struct step_row *rows; /* ended by a row without name; borrowed */
    unsigned workers, batch;     /* 0: defaults */
    /* Told of every turn that failed, for the log; may be NULL. */
    void (*trouble)(const struct job *job, enum tsm_err e, const char *cause);
    /* Told once by each thread that cannot take or end jobs any more (a full disk, say), and again after it
     * could; may be NULL. */
    void (*stuck)(enum tsm_err e, const char *cause);
    int64_t node;
};

enum {
    ENGINE_WORKERS = 2,
    ENGINE_CARRIERS = 8,          /* threads of each kind of delivery: a partner that does not answer keeps no
                                     card waiting */
    ENGINE_CARRIERS_EACH = 2,     /* of them for one receiver at most: it keeps no other receiver waiting */
    ENGINE_BATCH = 64,            /* a claim is one unit of the writer: callers wait behind it */
    ENGINE_LEASE_S = 30,          /* a node that dies gives its jobs back after this */
    ENGINE_DELIVERY_LEASE_S = 60, /* longer than any call of the HTTP client */
    ENGINE_SWEEP_MS = 500,        /* under load, elements whose holder's lease ran out are looked for this
                                     often */
    ENGINE_IDLE_MS = 500,         /* longest sleep: jobs of other nodes are seen at least this often */
    ENGINE_BACKOFF_MS = 200,      /* first retry; doubles */
    ENGINE_BACKOFF_MAX_S = 60,
};

enum tsm_err engine_new(const struct engine_config *config, struct engine **out);
/* Takes over what this node had claimed before it stopped, then works until engine_stop. */
enum tsm_err engine_start(struct engine *e);
void engine_stop(struct engine *e); /* ends after the turn in hand */
void engine_free(struct engine *e);
/* One batch in the caller's thread: for tests and benchmarks. *done is how many jobs had a turn. */
enum tsm_err engine_turn(struct engine *e, size_t *done);

#endif
