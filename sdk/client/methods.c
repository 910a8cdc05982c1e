/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the TSM-API: arguments checked, tasks made. Edge. [TR-03165 4.2.5] */
#include <stdio.h>
#include <string.h>

#include "client/call.h"
#include "process/elements.h"
#include "process/future.h"
#include "process/journal.h"
#include "wire/answer.h"
#include "wire/check.h"
#include "wire/names.h"
#include "wire/object/wipe.h"

static struct tsm_api_status no_memory(void)
{
    return status_of(TSM_API_INTERNAL_ERROR, "memory is exhausted");
}

static void remember(struct tsm_api *api, const struct tsm_api_service_instance *i, const char *service)
{
    if (text_is_uuid(i->id))
        journal_service(api, i->id, service);
}

static struct tsm_api_status create(struct tsm_api *api, struct https *line, json_t *body,
                                    struct tsm_api_create_result *out)
{
    struct component components[TSM_API_MAX_READERS];
    struct https_answer answer = {0};
    size_t n = elements_describe(api, components);
    struct tsm_api_status s = elements_status(components, n);
    if (s.execution_status == TSM_API_SUCCESS && !request_add_device(body, api->caller_id, components, n))
        s = no_memory();
    if (s.execution_status == TSM_API_SUCCESS)
        s = call_send(api, line, &(struct call){"createServiceInstance", body}, &answer, NULL);
    if (s.execution_status == TSM_API_SUCCESS &&
        answer_create(BYTES_OF(answer.at, answer.len), out) != TSM_OK)
        s = status_of(TSM_API_INTERNAL_ERROR, "the answer of the TSM is not understood: %s", err_cause());
    https_answer_clear(&answer);
    return s;
}

void tsm_api_create_service_instance(struct tsm_api *api, const char *service_id, const char *version,
                                     struct tsm_api_create_result *out)
{
    static const char request[] = "CreateServiceInstanceRequest";
    struct tsm_api_status s = check_service(service_id, request);
    if (s.execution_status == TSM_API_SUCCESS)
        s = check_version(version, "version", request);
    if (s.execution_status == TSM_API_SUCCESS) {
        struct https *line = client_line(api, false);
        json_t *body = request_service(service_id, version);
        s = line && body ? create(api, line, body, out) : no_memory();
        json_wipe(body);
        https_free(line);
    }
    if (s.execution_status != TSM_API_SUCCESS)
        answer_failed_create(&s, out);
    if (out->created)
        remember(api, &out->service_instance, service_id);
    if (out->execution_status != TSM_API_SUCCESS)
        log_say(&api->log, TSM_API_LOG_ERROR, TSM_API_LOG_PROCESS, "%s", out->execution_message);
}

void tsm_api_get_service_instances(struct tsm_api *api, const char *service_id,
                                   struct tsm_api_instances_result *out)
{
    struct tsm_api_status s = check_service(service_id, "GetServiceInstancesRequest");
    struct https *line = s.execution_status == TSM_API_SUCCESS ? client_line(api, false) : NULL;
    if (s.execution_status == TSM_API_SUCCESS && !line)
        s = no_memory();
    if (s.execution_status == TSM_API_SUCCESS)
        call_instances(api, line, service_id, out);
    else
        answer_failed_instances(&s, out);
    https_free(line);
    for (size_t i = 0; i < out->service_instances.n; i++)
        remember(api, &out->service_instances.at[i], service_id);
    if (out->execution_status != TSM_API_SUCCESS)
        log_say(&api->log, TSM_API_LOG_ERROR, TSM_API_LOG_PROCESS, "%s", out->execution_message);
}

void tsm_api_create_result_clear(struct tsm_api_create_result *r)
{
    memory_free(r->memory);
    *r = (struct tsm_api_create_result){0};
}

void tsm_api_instances_result_clear(struct tsm_api_instances_result *r)
{
    memory_free(r->memory);
    *r = (struct tsm_api_instances_result){0};
}

/* What all tasks have: the listener, and a body unless the arguments were refused. */
static struct tsm_api_future *start(struct tsm_api *api, struct task *t,
                                    const struct tsm_api_listener *listener)
{
    if (listener)
        t->listener = *listener;
    if (t->refused.execution_status == TSM_API_SUCCESS && t->kind != TASK_RESUME && !t->body)
        t->refused = no_memory();
    return future_start(api, t);
}

static struct tsm_api_future *deploy(struct tsm_api *api, const struct tsm_api_deployment *what, bool update,
                                     const struct tsm_api_listener *listener)
{
    struct task t = {.kind = TASK_PROCESS,
                     .method = update ? "updateService" : "deployService",
                     .refused = check_deployment(what, update),
                     .n_commands = what && what->n_commands <= TSM_API_MAX_COMMANDS ? what->n_commands : 0};
    if (t.refused.execution_status == TSM_API_SUCCESS) {
        struct tsm_api_deployment d = *what;
        if (!update)
            d.new_version = NULL;
        snprintf(t.instance, sizeof t.instance, "%s", d.service_instance_id);
        t.body = request_deployment(&d);
    }
    return start(api, &t, listener);
}

struct tsm_api_future *tsm_api_deploy_service(struct tsm_api *api, const struct tsm_api_deployment *what,
                                              const struct tsm_api_listener *listener)
{
    return deploy(api, what, false, listener);
}

struct tsm_api_future *tsm_api_update_service(struct tsm_api *api, const struct tsm_api_deployment *what,
                                              const struct tsm_api_listener *listener)
{
    return deploy(api, what, true, listener);
}

struct tsm_api_future *tsm_api_suspend_or_resume_service(struct tsm_api *api, const char *service_instance_id,
                                                         bool suspension_control,
                                                         const struct tsm_api_listener *listener)
{
    struct task t = {.kind = TASK_PROCESS,
                     .method = "suspendOrResumeService",
                     .refused = check_instance(service_instance_id, "SuspendOrResumeServiceRequest")};
    if (t.refused.execution_status == TSM_API_SUCCESS) {
        snprintf(t.instance, sizeof t.instance, "%s", service_instance_id);
        t.body = request_suspension(service_instance_id, suspension_control);
    }
    return start(api, &t, listener);
}

struct tsm_api_future *tsm_api_terminate_service(struct tsm_api *api, const char *service_instance_id,
                                                 const struct tsm_api_listener *listener)
{
    struct task t = {.kind = TASK_PROCESS,
                     .method = "terminateService",
                     .refused = check_instance(service_instance_id, "TerminateServiceRequest")};
    if (t.refused.execution_status == TSM_API_SUCCESS) {
        snprintf(t.instance, sizeof t.instance, "%s", service_instance_id);
        t.body = request_instance(service_instance_id, NULL);
    }
    return start(api, &t, listener);
}

struct tsm_api_future *tsm_api_check_service_deployment_available(struct tsm_api *api, const char *service_id,
                                                                  const char *version)
{
    static const char request[] = "CheckServiceDeploymentAvailableRequest";
    struct task t = {.kind = TASK_CHECK_DEPLOYMENT,
                     .method = "checkServiceDeploymentAvailable",
                     .refused = check_service(service_id, request)};
    if (t.refused.execution_status == TSM_API_SUCCESS)
        t.refused = check_pattern(version, "version", request);
    if (t.refused.execution_status == TSM_API_SUCCESS)
        t.body = request_service(service_id, version);
    return start(api, &t, NULL);
}

struct tsm_api_future *tsm_api_check_service_update_available(struct tsm_api *api,
                                                              const char *service_instance_id,
                                                              const char *new_version)
{
    static const char request[] = "CheckServiceUpdateAvailableRequest";
    struct task t = {.kind = TASK_CHECK_UPDATE,
                     .method = "checkServiceUpdateAvailable",
                     .refused = check_instance(service_instance_id, request)};
    if (t.refused.execution_status == TSM_API_SUCCESS)
        t.refused = check_pattern(new_version, "newVersion", request);
    if (t.refused.execution_status == TSM_API_SUCCESS)
        t.body = request_instance(service_instance_id, new_version);
    return start(api, &t, NULL);
}

struct tsm_api_future *tsm_api_resume(struct tsm_api *api, const char *service_instance_id,
                                      const struct tsm_api_listener *listener)
{
    struct task t = {.kind = TASK_RESUME};
    struct journal_entry e;
    if (service_instance_id)
        t.refused = check_instance(service_instance_id, "ResumeRequest");
    if (t.refused.execution_status == TSM_API_SUCCESS && !journal_find(api, service_instance_id, &e))
        t.refused = status_of(TSM_API_NOT_FOUND, "no process of this handset is under way");
    if (t.refused.execution_status == TSM_API_SUCCESS) {
        memcpy(t.instance, e.instance, sizeof t.instance);
        memcpy(t.process, e.process, sizeof t.process);
        memcpy(t.service, e.service, sizeof t.service);
    }
    return start(api, &t, listener);
}

struct tsm_api_future *tsm_api_resume_process(struct tsm_api *api, const char *process_id,
                                              const struct tsm_api_listener *listener)
{
    struct task t = {.kind = TASK_RESUME};
    if (process_id && text_is_uuid(process_id))
        snprintf(t.process, sizeof t.process, "%s", process_id);
    else
        t.refused = status_of(TSM_API_INVALID_ARGUMENT, "processId in ResumeRequest has invalid format");
    return start(api, &t, listener);
}
