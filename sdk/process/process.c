/* SPDX-License-Identifier: Apache-2.0 */
/* A process up to its 202, a check, and a process that is found again. Edge. [TR-03165 4.2.5,
 * docs/tsm-api.md] */
#include "process/process.h"

#include <string.h>

#include "client/call.h"
#include "process/elements.h"
#include "process/journal.h"
#include "wire/names.h"

enum { HTTP_ACCEPTED = 202 };

static struct tsm_api_status not_understood(void)
{
    return status_of(TSM_API_INTERNAL_ERROR, "the answer of the TSM is not understood: %s", err_cause());
}

/* The request with `device`; a handset none of whose elements lets the app in needs not ask. */
static struct tsm_api_status ask(struct tsm_api_future *f, struct https_answer *answer, enum https_end *end)
{
    struct component components[TSM_API_MAX_READERS];
    size_t n = elements_describe(f->api, components);
    *end = HTTPS_NO_CONNECTION;
    if (f->task.kind == TASK_PROCESS) {
        struct tsm_api_status s = elements_status(components, n);
        if (s.execution_status != TSM_API_SUCCESS)
            return s;
    }
    if (!request_add_device(f->task.body, f->api->caller_id, components, n))
        return status_of(TSM_API_INTERNAL_ERROR, "memory is exhausted");
    return call_send(f->api, f->line, &(struct call){f->task.method, f->task.body}, answer, end);
}

static struct tsm_api_status run_check(struct tsm_api_future *f)
{
    enum answer_check which = f->task.kind == TASK_CHECK_UPDATE ? ANSWER_UPDATE : ANSWER_DEPLOYMENT;
    struct https_answer answer = {0};
    enum https_end end;
    struct tsm_api_status s = ask(f, &answer, &end);
    if (s.execution_status == TSM_API_SUCCESS &&
        answer_available(BYTES_OF(answer.at, answer.len), which, f->memory, &f->result.available) != TSM_OK)
        s = not_understood();
    https_answer_clear(&answer);
    return s;
}

/* An answer 200: nothing was started; it is the result, with what it tells of the instance. */
static struct tsm_api_status take_refusal(struct tsm_api_future *f, struct bytes text)
{
    const struct tsm_api_process_info *info = &f->result.process.process_info;
    if (answer_process(text, f->memory, &f->result.process) != TSM_OK)
        return not_understood();
    if (info->execution_status != TSM_API_SUCCESS)
        log_say(&f->api->log, TSM_API_LOG_ERROR, TSM_API_LOG_PROCESS, "%s", info->execution_message);
    return STATUS_FINE;
}

/* From here on the process is known by its id, here and in the journal. */
static struct tsm_api_status accepted(struct tsm_api_future *f, const struct https_answer *answer)
{
    struct answer_started started;
    if (answer_started(BYTES_OF(answer->at, answer->len), &started) != TSM_OK)
        return not_understood();
    journal_begun(f->api, f->task.instance, started.process);
    memcpy(f->task.process, started.process, sizeof f->task.process);
    return process_follow(f, started.process, &started);
}

static struct tsm_api_status run_process(struct tsm_api_future *f)
{
    struct https_answer answer = {0};
    enum https_end end;
    journal_intend(f->api, f->task.instance);
    struct tsm_api_status s = ask(f, &answer, &end);
    bool begun = s.execution_status == TSM_API_SUCCESS && answer.status == HTTP_ACCEPTED;
    /* Only an answer that was lost leaves open whether there is a process. */
    if (!begun && end != HTTPS_LOST && end != HTTPS_STOPPED)
        journal_over(f->api, f->task.instance, "");
    if (begun)
        s = accepted(f, &answer);
    else if (s.execution_status == TSM_API_SUCCESS)
        s = take_refusal(f, BYTES_OF(answer.at, answer.len));
    https_answer_clear(&answer);
    return s;
}

/* The answer 202 never came to this handset: the instance tells whether there is a process. */
static struct tsm_api_status look_for_process(struct tsm_api_future *f, char process[UUID_LEN + 1])
{
    struct tsm_api_instances_result r;
    struct tsm_api_status s = {0};
    call_instances(f->api, f->line, f->task.service, &r);
    s.execution_status = r.execution_status;
    status_keep(&s, r.execution_message);
    for (size_t i = 0; i < r.service_instances.n; i++) {
        const struct tsm_api_service_instance *instance = &r.service_instances.at[i];
        if (strcmp(instance->id, f->task.instance) == 0 && text_is_uuid(instance->running_process))
            memcpy(process, instance->running_process, UUID_LEN + 1);
    }
    tsm_api_instances_result_clear(&r);
    return s;
}

static struct tsm_api_status run_resume(struct tsm_api_future *f)
{
    char process[UUID_LEN + 1] = "";
    struct tsm_api_status s = {0};
    memcpy(process, f->task.process, sizeof process);
    if (!process[0] && f->task.service[0])
        s = look_for_process(f, process);
    if (s.execution_status != TSM_API_SUCCESS)
        return s;
    if (!process[0]) {
        journal_over(f->api, f->task.instance, "");
        return status_of(TSM_API_NOT_FOUND, "no process of this handset is under way");
    }
    if (f->task.instance[0])
        journal_begun(f->api, f->task.instance, process);
    memcpy(f->task.process, process, sizeof f->task.process);
    return process_follow(f, process, NULL);
}

struct tsm_api_status process_run(struct tsm_api_future *f)
{
    struct tsm_api_status s = {0};
    switch (f->task.kind) {
    case TASK_PROCESS:
        s = run_process(f);
        break;
    case TASK_RESUME:
        s = run_resume(f);
        break;
    case TASK_CHECK_DEPLOYMENT:
    case TASK_CHECK_UPDATE:
        s = run_check(f);
        break;
    }
    /* A cancellation that came before there was a process stopped the request. */
    if (s.execution_status == TSM_API_EXECUTION_INTERRUPTED && future_is_cancelled(f))
        s = status_of(TSM_API_EXECUTION_INTERRUPTED, "manually cancelled");
    if (s.execution_status != TSM_API_SUCCESS)
        log_say(&f->api->log, TSM_API_LOG_ERROR, TSM_API_LOG_PROCESS, "%s", s.execution_message);
    return s;
}
