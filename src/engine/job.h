/* SPDX-License-Identifier: Apache-2.0 */
/* A job: one row of work with a state, a due time and an owner. Made inside the transaction of what it
 * follows from. Station 12. Edge. */
#ifndef TSM_ENGINE_JOB_H
#define TSM_ENGINE_JOB_H

#include "engine/arena.h"
#include "store/store.h"

enum { TRACE_LEN = 16 };

enum job_kind {
    JOB_EXCHANGE_SMS = 1, /* bytes to an SE and back by short message; at most one exchange in hand per SE
                             (sql: job_one_active) */
    JOB_EXCHANGE_DEVICE,  /* the same by an agent on the device, which fetches it */
    JOB_ORDER,            /* a provider's order */
    JOB_DOMAIN,           /* the owner's work for a provider: domain, loading, removal */
    JOB_MESSAGE,          /* a partner message to be carried to another process */
    JOB_CALLBACK,         /* a result to be told to a provider */
    JOB_CARE,             /* the owner's own work on an element: audit, lock, rotation */
    JOB_CAMPAIGN,         /* one such work on many elements, by its rules */
    JOB_BULK,             /* a provider's order for many instances, by its rules */
    JOB_KINDS
};

/* Deliveries wait for others' answers, so they have lanes of their own. */
enum job_lane { LANE_WORK, LANE_MESSAGE, LANE_CALLBACK, JOB_LANES };
static inline enum job_lane job_lane(int64_t kind)
{
    return kind == JOB_MESSAGE ? LANE_MESSAGE : kind == JOB_CALLBACK ? LANE_CALLBACK : LANE_WORK;
}
static inline enum job_kind job_kind_of_lane(enum job_lane lane) /* of a lane of deliveries */
{
    return lane == LANE_MESSAGE ? JOB_MESSAGE : JOB_CALLBACK;
}

enum job_state { JOB_WAITING, JOB_READY, JOB_CLAIMED, JOB_SENT, JOB_DONE, JOB_FAILED };

/* What becomes of the job after this turn; filled by a role's `work`, written by the engine with the commit.
 */
struct job_next {
    enum job_state state;
    int64_t step;
    time_us due;           /* ready: not before; sent: when the silence counts as lost */
    struct bytes progress; /* replaces the stored progress */
    bool moved;            /* progress was made: attempts count anew */
};

struct job {
    int64_t id, kind, party, ref, step, attempt;
    int64_t se; /* the element; of a delivery the party that it goes to */
    uint8_t trace[TRACE_LEN];
    time_us due, deadline, now;
    struct bytes body, progress, answer;
    struct arena arena; /* all of the job's spans and whatever a turn needs; dropped after the turn */
    struct job_next next;
    enum tsm_err error; /* set by the engine when work failed for good: commit records it */
    char cause[ERR_CAUSE_MAX];
    bool again; /* work failed and will be repeated: neither commit nor carry of this turn is called */
    void *turn; /* the role's own state between work, commit and carry */
};

struct job_new {
    enum job_kind kind;
    enum job_state state;
    int64_t party, se, ref;
    struct bytes trace, body;
    const char *key; /* idempotency, NULL: none; UNIQUE when it is there already */
    int64_t step;
    time_us due, deadline;
    int64_t id; /* 0: a new one */
};

/* Adds a job; *id last. Exchanges wait where their SE has one in hand. */
enum tsm_err job_add(struct tx *tx, const struct job_new *job, int64_t *id);
/* Stores an answer for a job that waits for it and makes it ready; NOT_FOUND when it is over. */
enum tsm_err job_answer(struct tx *tx, int64_t id, struct bytes answer);
/* Makes a job that waits for an answer ready without one; nothing where it does not wait. */
enum tsm_err job_wake(struct tx *tx, int64_t id);
/* Ends a job that waits (an exchange whose answer came); NOT_FOUND when it is over already. */
enum tsm_err job_end(struct tx *tx, int64_t id, enum job_state state);
static inline bool job_is_exchange(int64_t kind)
{
    return kind == JOB_EXCHANGE_SMS || kind == JOB_EXCHANGE_DEVICE;
}

#endif
