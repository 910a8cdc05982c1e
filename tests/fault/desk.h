/* SPDX-License-Identifier: Apache-2.0 */
/* An engine with one kind of work whose every move a test decides. Test code. */
#ifndef TSM_TESTS_FAULT_DESK_H
#define TSM_TESTS_FAULT_DESK_H

#include <semaphore.h>

#include "engine/engine.h"
#include "rig.h"

enum { DESK_ANSWER = 16, DESK_PATIENCE_S = 120 };

/* What the role does, and what it saw. Members that a test leaves NULL or 0 do nothing. */
struct desk {
    struct rig *rig;
    struct engine *engine;
    struct step_row rows[3]; /* the last one stays empty */
    const char *writes;      /* the name of the row that a commit adds; NULL: none */
    void (*during_work)(struct desk *d, struct job *job);
    enum tsm_err (*in_commit)(struct desk *d, struct tx *tx, struct job *job);
    enum tsm_err work_says, commit_says;
    struct job_next next; /* of a turn that works; state 0: DONE */
    /* seen: */
    int works, commits, carries;
    char answer[DESK_ANSWER]; /* of the last turn */
    enum tsm_err error;       /* of the last commit */
    int64_t attempt;
    sem_t carried; /* posted by each carry: what it tells of is committed */
};

/* An engine of this node on the rig's store; its kind of work is JOB_ORDER. */
void desk_open(struct desk *d, struct rig *rig, int64_t node);
void desk_close(struct desk *d);
/* A job that is due now. */
int64_t desk_add(struct desk *d, time_us deadline);
/* One batch; how many jobs had a turn. */
size_t desk_turn(struct desk *d);
enum job_state desk_state(struct desk *d, int64_t job);
/* Waits for a carry on the engine's own threads; false when none came in DESK_PATIENCE_S. */
bool desk_await_carry(struct desk *d);
/* A reply for a job, as it comes from another thread. */
enum tsm_err desk_answer(struct desk *d, int64_t job, const char *text);

#endif
