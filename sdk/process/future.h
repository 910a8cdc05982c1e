/* SPDX-License-Identifier: Apache-2.0 */
/* A Future: a task on a thread of its own and the result that it comes to. Edge. [TR-03165 4.2.4.3] */
#ifndef OPENTSM_SDK_FUTURE_H
#define OPENTSM_SDK_FUTURE_H

#include "client/client.h"
#include "wire/answer.h"

enum task_kind { TASK_PROCESS, TASK_RESUME, TASK_CHECK_DEPLOYMENT, TASK_CHECK_UPDATE };

/* What the thread does. */
struct task {
    enum task_kind kind;
    const char *method;            /* of the back end; static */
    char instance[UUID_LEN + 1];   /* of a process */
    char process[UUID_LEN + 1];    /* of TASK_RESUME, and of any from its 202 on; or "" */
    char service[UUID_LEN + 1];    /* of TASK_RESUME without a process: where to look for it */
    json_t *body;                  /* without `device`; the task's */
    struct tsm_api_status refused; /* an error that is known already */
    struct tsm_api_listener listener;
    size_t n_commands; /* that were asked for */
};

struct tsm_api_future {
    struct tsm_api *api;
    struct task task;
    struct https *line; /* of the thread */
    int64_t asked_ms;   /* since 1970, UTC */
    struct tsm_api_memory *memory;
    union {
        struct tsm_api_process_result process;
        struct tsm_api_available_result available;
    } result; /* the thread's until done */
    pthread_mutex_t lock;
    pthread_cond_t change;
    unsigned owners; /* the app and the thread */
    bool done, cancelled;
    void (*then)(void *self, struct tsm_api_future *f);
    void *then_self;
    struct tsm_api_future *next, *previous; /* in the client's list */
};

/* Takes over the task (its body too, on failure as well). NULL when memory is exhausted. */
struct tsm_api_future *future_start(struct tsm_api *api, const struct task *task);
/* Whether the app has asked to give the process up. */
bool future_is_cancelled(struct tsm_api_future *f);
/* Ends the requests of all that run; under the client's lock. */
void futures_stop(struct tsm_api *api);

#endif
