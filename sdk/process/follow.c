/* SPDX-License-Identifier: Apache-2.0 */
/* A process from its 202 to its result: start, progress, the exchange beside it, cancellation. Edge.
 * [TR-03165 4.2.3.6 to 4.2.3.9, docs/tsm-api.md "Processes"] */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/call.h"
#include "process/journal.h"
#include "process/process.h"
#include "process/side.h"
#include "wire/names.h"

enum { MS = 1000, FIRST_GAP_MS = 500, LONGEST_GAP_MS = 10000, PATH_ROOM = 192 };

struct follow {
    struct tsm_api_future *f;
    const char *process;
    struct answer_progress now;
    int told_progress, told_operation;
    bool cancel_sent, over;
    struct side side;
};

static int64_t now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

static bool is_closing(struct follow *w)
{
    struct tsm_api *api = w->f->api;
    pthread_mutex_lock(&api->lock);
    bool closing = api->closing;
    /* What stopped the line was the app's cancellation: it goes on, to say so to the back end. */
    if (!closing)
        https_go(w->f->line);
    pthread_mutex_unlock(&api->lock);
    return closing;
}

/* A call that goes on for the retry time when the network fails, as a process must not end for a tunnel. */
static struct tsm_api_status insist(struct follow *w, const struct call *c, struct https_answer *out)
{
    struct tsm_api *api = w->f->api;
    int64_t give_up = now_s() + api->retry_s;
    enum https_end end;
    struct tsm_api_status s = call_send(api, w->f->line, c, out, &end);
    for (unsigned gap = FIRST_GAP_MS; call_may_retry(&s, end) && now_s() < give_up;
         gap = 2 * gap < LONGEST_GAP_MS ? 2 * gap : LONGEST_GAP_MS) {
        if (!https_pause(w->f->line, gap))
            break;
        s = call_send(api, w->f->line, c, out, &end);
    }
    if (s.execution_status == TSM_API_NETWORK_CONNECTION_ERROR)
        s = status_of(TSM_API_EXECUTION_INTERRUPTED, "connection to '%s' interrupted", api->base_url);
    return s;
}

static struct tsm_api_status take(struct follow *w, const struct https_answer *answer)
{
    struct tsm_api_process_result r;
    if (answer_progress(BYTES_OF(answer->at, answer->len), w->f->memory, &w->now, &r) != TSM_OK)
        return status_of(TSM_API_INTERNAL_ERROR, "the answer of the TSM is not understood: %s", err_cause());
    w->over = w->now.state == PROCESS_DONE;
    if (w->over)
        w->f->result.process = r;
    return STATUS_FINE;
}

/* POST processes/UUID/start and /cancel. */
static struct tsm_api_status post(struct follow *w, const char *what)
{
    char path[PATH_ROOM];
    struct https_answer answer = {0};
    json_t *nothing = json_object();
    snprintf(path, sizeof path, "processes/%s/%s?caller=%s", w->process, what, w->f->api->caller_id);
    struct tsm_api_status s = insist(w, &(struct call){path, nothing}, &answer);
    if (s.execution_status == TSM_API_SUCCESS)
        s = take(w, &answer);
    https_answer_clear(&answer);
    json_decref(nothing);
    return s;
}

/* The answer is held until something changed since `seen`. */
static struct tsm_api_status look(struct follow *w, unsigned wait_s)
{
    char path[PATH_ROOM];
    struct https_answer answer = {0};
    snprintf(path, sizeof path, "processes/%s?wait=%u&seen=%lld&caller=%s", w->process, wait_s,
             (long long)w->now.seen, w->f->api->caller_id);
    struct tsm_api_status s = insist(w, &(struct call){path, NULL}, &answer);
    if (s.execution_status == TSM_API_SUCCESS)
        s = take(w, &answer);
    https_answer_clear(&answer);
    return s;
}

static void tell_progress(struct follow *w)
{
    const struct tsm_api_listener *l = &w->f->task.listener;
    struct tsm_api_process_progress p = {w->process, (int)w->now.progress, (int)w->now.operation};
    if (!l->on_process_progress || p.operation == TSM_API_NO_OPERATION ||
        (p.progress == w->told_progress && p.operation == w->told_operation))
        return;
    w->told_progress = p.progress;
    w->told_operation = p.operation;
    l->on_process_progress(l->self, &p);
}

/* A start that the app did not take: nothing is executed. */
static struct tsm_api_status begin(struct follow *w, const struct answer_started *started)
{
    const struct tsm_api_listener *l = &w->f->task.listener;
    struct tsm_api_process_start start = {w->process, w->f->api->caller_id,
                                          started ? started->start_date : w->now.start_date};
    if (!l->on_process_start || l->on_process_start(l->self, &start))
        return post(w, "start");
    struct tsm_api_status s = post(w, "cancel");
    if (s.execution_status != TSM_API_SUCCESS)
        return s;
    w->over = true; /* what the back end says of it is that it was cancelled */
    return status_of(TSM_API_EXECUTION_INTERRUPTED, "the start of the process could not be delivered");
}

/* One turn of the loop: the app's wish, the exchange, the next answer. */
static struct tsm_api_status turn(struct follow *w)
{
    tell_progress(w);
    if (future_is_cancelled(w->f) && !w->cancel_sent) {
        w->cancel_sent = true;
        (void)is_closing(w); /* the wish may have stopped the line since it was looked at last */
        return post(w, "cancel");
    }
    side_follow(&w->side, w->now.has_exchange ? &w->now.exchange : NULL);
    return look(w, PROCESS_WAIT_S);
}

/* The handset knows better why its element was not reached. */
static void explain(struct follow *w)
{
    struct tsm_api_process_info *info = &w->f->result.process.process_info;
    struct tsm_api_status s = access_status(w->side.agent.access);
    if (info->execution_status != TSM_API_SECURE_COMPONENT_ERROR || s.execution_status == TSM_API_SUCCESS)
        return;
    const char *text = memory_text(w->f->memory, s.execution_message);
    info->execution_status = s.execution_status;
    info->execution_message = text ? text : info->execution_message;
}

struct tsm_api_status process_follow(struct tsm_api_future *f, const char *process,
                                     const struct answer_started *started)
{
    struct follow w = {.f = f, .process = process, .told_progress = -1, .side = {.api = f->api}};
    struct tsm_api_status s = started ? STATUS_FINE : look(&w, 0);
    log_say(&f->api->log, TSM_API_LOG_INFO, TSM_API_LOG_PROCESS, "process %s", process);
    if (s.execution_status == TSM_API_SUCCESS && !w.over && w.now.state == PROCESS_WAITING)
        s = begin(&w, started);
    while (!w.over) {
        bool stopped = s.execution_status == TSM_API_EXECUTION_INTERRUPTED && future_is_cancelled(f);
        if (is_closing(&w) || (s.execution_status != TSM_API_SUCCESS && !(stopped && !w.cancel_sent)))
            break;
        s = turn(&w);
    }
    side_end(&w.side);
    if (w.over || s.execution_status == TSM_API_NOT_FOUND)
        journal_over(f->api, f->task.instance, process);
    if (w.over && s.execution_status == TSM_API_SUCCESS) {
        tell_progress(&w);
        explain(&w);
    }
    return s;
}
