/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of the TSM-API as commands of the handset. Edge (station 9, the handset's side).
 * [TR-03165 4.2.5] */
#include "handset/app/method.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "handset/app/print.h"

/* What a process tells the app, and what the app does about it. */
struct app {
    const struct words *w;
    atomic_bool cancel;
};

static bool on_start(void *self, const struct tsm_api_process_start *s)
{
    const struct app *a = self;
    fprintf(stderr, "start %s %s\n", s->process_id, s->start_date);
    return !a->w->refuse_start;
}

static void on_progress(void *self, const struct tsm_api_process_progress *p)
{
    struct app *a = self;
    fprintf(stderr, "progress %d %s\n", p->progress, tsm_api_operation_name(p->operation));
    if (a->w->cancel_at && p->progress >= (int)a->w->cancel_at)
        atomic_store(&a->cancel, true);
}

enum { LOOK_MS = 20 };

static int await_process(struct app *a, struct tsm_api_future *f)
{
    if (!f)
        return TSM_API_INTERNAL_ERROR;
    while (!tsm_api_future_wait(f, a->w->cancel_at ? LOOK_MS : TSM_API_WAIT_FOREVER))
        if (atomic_load(&a->cancel))
            tsm_api_future_cancel(f);
    int status = tsm_api_future_status(f, NULL);
    print_result(process_json(tsm_api_future_process(f)), a->w->json);
    tsm_api_future_free(f);
    return status;
}

static int await_check(const struct words *w, struct tsm_api_future *f, bool update)
{
    if (!f)
        return TSM_API_INTERNAL_ERROR;
    tsm_api_future_wait(f, TSM_API_WAIT_FOREVER);
    int status = tsm_api_future_status(f, NULL);
    print_result(available_json(tsm_api_future_available(f), update), w->json);
    tsm_api_future_free(f);
    return status;
}

static int create(struct tsm_api *api, const struct words *w)
{
    struct tsm_api_create_result r;
    tsm_api_create_service_instance(api, w->arguments[0], w->arguments[1], &r);
    int status = r.execution_status;
    print_result(created_json(&r), w->json);
    tsm_api_create_result_clear(&r);
    return status;
}

static int list(struct tsm_api *api, const struct words *w)
{
    struct tsm_api_instances_result r;
    tsm_api_get_service_instances(api, w->arguments[0], &r);
    int status = r.execution_status;
    print_result(instances_json(&r), w->json);
    tsm_api_instances_result_clear(&r);
    return status;
}

static int deploy_or_update(struct tsm_api *api, const struct words *w, bool update)
{
    struct app a = {.w = w};
    const struct tsm_api_listener l = {&a, on_start, on_progress};
    const struct tsm_api_deployment d = {.service_instance_id = w->arguments[0],
                                         .new_version = update ? w->arguments[1] : NULL,
                                         .commands = w->commands,
                                         .n_commands = w->n_commands,
                                         .finalize_deployment = w->finalize};
    return await_process(&a,
                         update ? tsm_api_update_service(api, &d, &l) : tsm_api_deploy_service(api, &d, &l));
}

static int deploy(struct tsm_api *api, const struct words *w)
{
    return deploy_or_update(api, w, false);
}

static int update(struct tsm_api *api, const struct words *w)
{
    return deploy_or_update(api, w, true);
}

static int suspend_or_resume(struct tsm_api *api, const struct words *w, bool suspension_control)
{
    struct app a = {.w = w};
    const struct tsm_api_listener l = {&a, on_start, on_progress};
    return await_process(&a, tsm_api_suspend_or_resume_service(api, w->arguments[0], suspension_control, &l));
}

static int suspend(struct tsm_api *api, const struct words *w)
{
    return suspend_or_resume(api, w, true);
}

static int resume(struct tsm_api *api, const struct words *w)
{
    return suspend_or_resume(api, w, false);
}

static int terminate(struct tsm_api *api, const struct words *w)
{
    struct app a = {.w = w};
    const struct tsm_api_listener l = {&a, on_start, on_progress};
    return await_process(&a, tsm_api_terminate_service(api, w->arguments[0], &l));
}

static int go_on(struct tsm_api *api, const struct words *w)
{
    struct app a = {.w = w};
    const struct tsm_api_listener l = {&a, on_start, on_progress};
    return await_process(&a, tsm_api_resume(api, w->arguments[0], &l));
}

static int follow(struct tsm_api *api, const struct words *w)
{
    struct app a = {.w = w};
    const struct tsm_api_listener l = {&a, on_start, on_progress};
    return await_process(&a, tsm_api_resume_process(api, w->arguments[0], &l));
}

static int check_deployment(struct tsm_api *api, const struct words *w)
{
    return await_check(w, tsm_api_check_service_deployment_available(api, w->arguments[0], w->arguments[1]),
                       false);
}

static int check_update(struct tsm_api *api, const struct words *w)
{
    return await_check(w, tsm_api_check_service_update_available(api, w->arguments[0], w->arguments[1]),
                       true);
}

static const struct {
    const char *name;
    size_t least, most;
    int (*run)(struct tsm_api *api, const struct words *w);
} methods[] = {
    {"create", 2, 2, create},
    {"list", 1, 1, list},
    {"deploy", 1, 1, deploy},
    {"update", 2, 2, update},
    {"suspend", 1, 1, suspend},
    {"resume", 1, 1, resume},
    {"terminate", 1, 1, terminate},
    {"continue", 0, 1, go_on},
    {"follow", 1, 1, follow},
    {"check-deployment", 2, 2, check_deployment},
    {"check-update", 2, 2, check_update},
};

int method_run(struct tsm_api *api, const struct words *w)
{
    for (size_t i = 0; w->method && i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i].name, w->method) == 0)
            return w->n_arguments >= methods[i].least && w->n_arguments <= methods[i].most
                       ? methods[i].run(api, w)
                       : METHOD_USAGE;
    return METHOD_USAGE;
}

const char *method_help(void)
{
    return "  create SERVICE VERSION              createServiceInstance\n"
           "  list SERVICE                        getServiceInstances\n"
           "  deploy INSTANCE COMMANDS            deployService\n"
           "  update INSTANCE VERSION COMMANDS    updateService\n"
           "  suspend | resume INSTANCE           suspendOrResumeService\n"
           "  terminate INSTANCE                  terminateService\n"
           "  check-deployment SERVICE VERSION    checkServiceDeploymentAvailable\n"
           "  check-update INSTANCE VERSION       checkServiceUpdateAvailable\n"
           "  continue [INSTANCE]                 go on with what the journal knows\n"
           "  follow PROCESS                      go on with a process by its id\n"
           "COMMANDS, in the order in which they are executed: --install [key=value ..],\n"
           "  --personalize [key=value ..], --activate [--suspended]; and --finalize. key=@FILE reads a "
           "file.\n";
}
