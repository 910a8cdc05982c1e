/* SPDX-License-Identifier: Apache-2.0 */
/* Futures: begin, wait, call back, cancel, free. Edge. [TR-03165 4.2.4.3] */
#include "process/future.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "process/process.h"
#include "wire/names.h"
#include "wire/object/wipe.h"

enum { MS = 1000, NS_OF_MS = 1000000, NS = 1000000000 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MS + now.tv_nsec / NS_OF_MS;
}

static void set_failure(struct tsm_api_future *f, const struct tsm_api_status *s)
{
    const struct answer_failed failed = {.status = s,
                                         .process = f->task.process,
                                         .n_commands = f->task.n_commands,
                                         .start_ms = f->asked_ms,
                                         .end_ms = now_ms()};
    if (f->task.kind == TASK_CHECK_DEPLOYMENT || f->task.kind == TASK_CHECK_UPDATE)
        answer_failed_available(f->memory, s, &f->result.available);
    else
        answer_failed_process(f->memory, &failed, &f->result.process);
}

static void destroy(struct tsm_api_future *f)
{
    https_free(f->line);
    memory_free(f->memory);
    json_wipe(f->task.body);
    pthread_mutex_destroy(&f->lock);
    pthread_cond_destroy(&f->change);
    free(f);
}

static void drop(struct tsm_api_future *f)
{
    pthread_mutex_lock(&f->lock);
    bool last = --f->owners == 0;
    pthread_mutex_unlock(&f->lock);
    if (last)
        destroy(f);
}

/* Out of the client's list; under its lock. */
static void unlink_from(struct tsm_api *api, struct tsm_api_future *f)
{
    if (f->next)
        f->next->previous = f->previous;
    if (f->previous)
        f->previous->next = f->next;
    else
        api->running = f->next;
    https_free(f->line);
    f->line = NULL;
    pthread_cond_broadcast(&api->change);
}

/* The end of a thread. Each joins the one that ended before it, and the client the last of them: so none is
 * left when the client is gone, and none waits to be joined for long. Nothing of the client is touched after
 * this. */
static void leave(struct tsm_api_future *f)
{
    struct tsm_api *api = f->api;
    pthread_mutex_lock(&api->lock);
    bool has_before = api->has_ended;
    pthread_t before = api->ended;
    api->ended = pthread_self();
    api->has_ended = true;
    unlink_from(api, f);
    pthread_mutex_unlock(&api->lock);
    if (has_before)
        pthread_join(before, NULL);
}

static void finish(struct tsm_api_future *f)
{
    pthread_mutex_lock(&f->lock);
    f->done = true;
    void (*then)(void *, struct tsm_api_future *) = f->then;
    f->then = NULL;
    pthread_cond_broadcast(&f->change);
    pthread_mutex_unlock(&f->lock);
    if (then)
        then(f->then_self, f);
}

static void *run(void *arg)
{
    struct tsm_api_future *f = arg;
    struct tsm_api_status s = process_run(f);
    if (s.execution_status != TSM_API_SUCCESS)
        set_failure(f, &s);
    finish(f);
    leave(f);
    drop(f);
    return NULL;
}

static void enter(struct tsm_api_future *f)
{
    struct tsm_api *api = f->api;
    pthread_mutex_lock(&api->lock);
    f->next = api->running;
    if (f->next)
        f->next->previous = f;
    api->running = f;
    pthread_mutex_unlock(&api->lock);
}

/* A task that is refused, or has no thread, is done at once. */
static void begin(struct tsm_api_future *f)
{
    struct tsm_api_status s = f->task.refused;
    pthread_t thread;
    if (s.execution_status == TSM_API_SUCCESS) {
        f->owners++;
        enter(f);
        if (pthread_create(&thread, NULL, run, f) == 0)
            return;
        pthread_mutex_lock(&f->api->lock);
        unlink_from(f->api, f);
        pthread_mutex_unlock(&f->api->lock);
        f->owners--;
        s = status_of(TSM_API_INTERNAL_ERROR, "no thread can be started");
    }
    log_say(&f->api->log, TSM_API_LOG_ERROR, TSM_API_LOG_PROCESS, "%s", s.execution_message);
    set_failure(f, &s);
    f->done = true;
}

struct tsm_api_future *future_start(struct tsm_api *api, const struct task *task)
{
    struct tsm_api_future *f = calloc(1, sizeof *f);
    if (!f) {
        json_wipe(task->body);
        return NULL;
    }
    f->api = api;
    f->task = *task;
    f->owners = 1;
    f->asked_ms = now_ms();
    pthread_mutex_init(&f->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&f->change, &monotonic);
    pthread_condattr_destroy(&monotonic);
    f->memory = memory_new();
    f->line = client_line(api, false);
    if (!f->memory || !f->line) {
        destroy(f);
        return NULL;
    }
    begin(f);
    return f;
}

bool future_is_cancelled(struct tsm_api_future *f)
{
    pthread_mutex_lock(&f->lock);
    bool cancelled = f->cancelled;
    pthread_mutex_unlock(&f->lock);
    return cancelled;
}

void futures_stop(struct tsm_api *api)
{
    for (struct tsm_api_future *f = api->running; f; f = f->next)
        https_stop(f->line);
    pthread_cond_broadcast(&api->change);
}

bool tsm_api_future_wait(struct tsm_api_future *f, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / MS;
    until.tv_nsec += (long)(timeout_ms % MS) * NS_OF_MS;
    until.tv_sec += until.tv_nsec / NS;
    until.tv_nsec %= NS;
    int e = 0;
    pthread_mutex_lock(&f->lock);
    while (!f->done && e != ETIMEDOUT)
        e = timeout_ms < 0 ? pthread_cond_wait(&f->change, &f->lock)
                           : pthread_cond_timedwait(&f->change, &f->lock, &until);
    bool done = f->done;
    pthread_mutex_unlock(&f->lock);
    return done;
}

void tsm_api_future_then(struct tsm_api_future *f, void (*done)(void *self, struct tsm_api_future *f),
                         void *self)
{
    pthread_mutex_lock(&f->lock);
    bool now = f->done;
    if (!now) {
        f->then = done;
        f->then_self = self;
    }
    pthread_mutex_unlock(&f->lock);
    if (now)
        done(self, f);
}

/* The line is the client's as long as the thread runs. Wish and stop are one for whoever asks for the wish: a
 * stop that came behind it would end the request that tells the back end of it. */
void tsm_api_future_cancel(struct tsm_api_future *f)
{
    if (tsm_api_future_wait(f, 0)) /* done: its client may be gone */
        return;
    pthread_mutex_lock(&f->api->lock);
    pthread_mutex_lock(&f->lock);
    if (!f->done && !f->cancelled && f->line)
        https_stop(f->line);
    f->cancelled = f->cancelled || !f->done;
    pthread_mutex_unlock(&f->lock);
    pthread_mutex_unlock(&f->api->lock);
}

void tsm_api_future_free(struct tsm_api_future *f)
{
    if (f)
        drop(f);
}

static bool is_process(const struct tsm_api_future *f)
{
    return f->task.kind == TASK_PROCESS || f->task.kind == TASK_RESUME;
}

const struct tsm_api_process_result *tsm_api_future_process(struct tsm_api_future *f)
{
    return is_process(f) && tsm_api_future_wait(f, 0) ? &f->result.process : NULL;
}

const struct tsm_api_available_result *tsm_api_future_available(struct tsm_api_future *f)
{
    return !is_process(f) && tsm_api_future_wait(f, 0) ? &f->result.available : NULL;
}

int tsm_api_future_status(struct tsm_api_future *f, const char **message)
{
    const struct tsm_api_process_result *p = tsm_api_future_process(f);
    const struct tsm_api_available_result *a = tsm_api_future_available(f);
    if (message)
        *message = p ? p->process_info.execution_message : a ? a->execution_message : "";
    return p ? p->process_info.execution_status : a ? a->execution_status : TSM_API_UNSPECIFIED;
}
