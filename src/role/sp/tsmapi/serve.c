/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to its method and back to a reply, errors as the guideline has them. Stations 1 and 2. Role.
 * [TR-03165 4.2.1, 4.2.4.4] */
#include <stdlib.h>
#include <string.h>

#include "role/sp/tsmapi/call.h"

/* What each method does, and its result object when it did not. */
static const struct {
    enum tsm_err (*work)(struct api_call *c);
    const char *nothing;
} methods[API_METHODS] = {
    [METHOD_CREATE] = {method_create, "{\"serviceInstance\":null}"},
    [METHOD_LIST] = {method_list, "{\"serviceInstances\":[]}"},
    [METHOD_DEPLOY] = {method_begin, NULL},
    [METHOD_UPDATE] = {method_begin, NULL},
    [METHOD_SUSPEND_OR_RESUME] = {method_begin, NULL},
    [METHOD_TERMINATE] = {method_begin, NULL},
    [METHOD_CHECK_DEPLOYMENT] =
        {method_check_deployment,
         "{\"deploymentAvailable\":0,\"version\":\"\",\"newTechnicalInformation\":null}"},
    [METHOD_CHECK_UPDATE] = {method_check_update,
                             "{\"updateAvailable\":0,\"newVersion\":\"\",\"newTechnicalInformation\":null}"},
};

enum {
    STATUS_OK = 200,
    STATUS_ACCEPTED = 202,
    STATUS_BAD = 400,
    STATUS_SIGN_IN = 401,
    STATUS_NOWHERE = 404,
    STATUS_FAILED = 500,
    STATUS_LATER = 503
};

enum tsm_err tsmapi_new(const struct tsmapi_config *config, struct tsmapi **out)
{
    struct tsmapi *api = calloc(1, sizeof *api);
    NEED(api != NULL, NO_MEMORY);
    api->c = *config;
    api->c.held_max = config->held_max ? config->held_max : PROCESS_HELD_MAX;
    api->c.processes_max = config->processes_max >= 0 ? config->processes_max : PROCESSES_MAX;
    if (config->party_max <= 0)
        api->c.party_max = api->c.processes_max > 1 ? api->c.processes_max / 2 : 1;
    pthread_mutex_init(&api->lock, NULL);
    *out = api;
    return TSM_OK;
}

void tsmapi_free(struct tsmapi *api)
{
    if (api)
        pthread_mutex_destroy(&api->lock);
    free(api);
}

enum tsm_err api_reply_fault(struct http_reply *reply, int status, const struct fault *f)
{
    json_t *o = json_object();
    enum tsm_err e = o ? fault_put(o, f) : TSM_NO_MEMORY;
    if (e != TSM_OK) {
        json_decref(o);
        return e;
    }
    TRY(http_reply_json(reply, status, o));
    if (status == STATUS_SIGN_IN)
        return http_reply_header(reply, "WWW-Authenticate", "Bearer");
    return status == STATUS_LATER ? http_reply_header(reply, "Retry-After", "5") : TSM_OK;
}

bool api_admit(struct tsmapi *api, struct http_request *q, struct caller *who, struct http_reply *reply,
               enum tsm_err *e)
{
    struct fault f = {.type = API_OK};
    const char *token;
    int status = STATUS_SIGN_IN;
    *e = http_bearer(q, &token);
    if (*e == TSM_OK)
        *e = access_of(api->c.sp->c.store, token, ACCESS_APP, who);
    if (*e == TSM_OK && api->c.maintenance) {
        (void)fault_set(&f, API_UNDER_MAINTENANCE, "%s", "");
        status = STATUS_LATER;
    } else if (*e == TSM_NOT_SIGNED_IN || *e == TSM_NOT_ALLOWED) {
        (void)fault_set(&f, API_NOT_AUTHENTICATED, "the token is not one of an app");
    } else if (*e == TSM_OK) {
        return true;
    } else {
        return false;
    }
    *e = api_reply_fault(reply, status, &f);
    return false;
}

static void call_drop(struct api_call *c)
{
    service_drop(&c->service);
    json_decref(c->reading.document);
    json_decref(c->result);
    free(c);
}

/* Nothing was started, or nothing found. */
static enum tsm_err reply_nothing(struct api_call *c, struct http_reply *reply)
{
    const struct fault *f = &c->reading.fault;
    json_t *o;
    enum tsm_err e;
    if (f->type == API_OVERLOAD_PROTECTION || c->reading.no_request)
        return api_reply_fault(reply, c->reading.no_request ? STATUS_BAD : STATUS_LATER, f);
    if (api_method_starts_process(c->q.method)) {
        TRY(process_refused(c, clock_now(c->sp->c.clock), &o));
        return http_reply_json(reply, STATUS_OK, o);
    }
    o = json_loads(methods[c->q.method].nothing, 0, NULL);
    e = o ? fault_put(o, f) : TSM_NO_MEMORY;
    if (e == TSM_OK)
        return http_reply_json(reply, STATUS_OK, o);
    json_decref(o);
    return e;
}

static enum tsm_err reply_result(struct api_call *c, struct http_reply *reply)
{
    json_t *o = c->result;
    c->result = NULL;
    if (c->accepted)
        return http_reply_json(reply, STATUS_ACCEPTED, o);
    if (fault_put(o, &c->reading.fault) != TSM_OK) {
        json_decref(o);
        o = NULL;
    }
    return http_reply_json(reply, STATUS_OK, o);
}

static enum tsm_err run(struct api_call *c, struct http_request *q, struct http_reply *reply)
{
    char name[48];
    enum tsm_err e = http_path_param(q, "method", name, sizeof name);
    if (e != TSM_OK || !api_method_find(name, &c->q.method)) {
        c->reading.no_request = true;
        e = CALL_FAULT(c, API_INVALID_ARGUMENT, "there is no such method");
    } else {
        e = api_request_read(q->body, c->q.method, &c->q, &c->reading);
    }
    if (e == TSM_OK && c->app[0] && strcmp(c->app, c->q.caller))
        e = CALL_FAULT(c, API_UNAUTHORIZED, "app not authorized: the token is another app's");
    if (e == TSM_OK)
        e = methods[c->q.method].work(c);
    if (e == TSM_OK)
        return reply_result(c, reply);
    if (c->reading.fault.type == API_OK)
        fault_of_error(&c->reading.fault, e);
    err_clear();
    return reply_nothing(c, reply);
}

static enum tsm_err handle(void *app, struct http_request *q, struct http_reply *reply)
{
    struct tsmapi *api = app;
    struct api_call *c;
    struct caller who;
    enum tsm_err e;
    if (!api_admit(api, q, &who, reply, &e))
        return e;
    c = calloc(1, sizeof *c);
    NEED(c != NULL, NO_MEMORY);
    c->api = api;
    c->sp = api->c.sp;
    c->party = who.party;
    c->app = who.app;
    e = run(c, q, reply);
    call_drop(c);
    return e;
}

/* Before a method was called: too long, of another type, no HTTP; or nobody is free. */
static enum tsm_err tell(const struct http_refusal *why, struct http_reply *reply)
{
    enum api_error type = why->status == STATUS_LATER     ? API_OVERLOAD_PROTECTION
                          : why->status == STATUS_FAILED  ? API_INTERNAL_ERROR
                          : why->status == STATUS_NOWHERE ? API_NOT_FOUND
                                                          : API_INVALID_ARGUMENT;
    struct fault f;
    json_t *o = json_object();
    enum tsm_err e;
    (void)fault_set(&f, type, "%s", why->detail);
    e = o ? fault_put(o, &f) : TSM_NO_MEMORY;
    if (e == TSM_OK)
        return http_reply_json(reply, why->status, o);
    json_decref(o);
    return e;
}

const struct http_manner tsmapi_manners[] = {{TSMAPI_BASE, tell}, {NULL, NULL}};

const struct http_route tsmapi_routes[] = {
    {"POST", TSMAPI_BASE "{method}", handle, API_BODY_MAX, "application/json"},
    {"GET", TSMAPI_BASE "processes/{id}", api_get_process, 0, NULL},
    {"POST", TSMAPI_BASE "processes/{id}/start", api_start_process, API_BODY_MAX, NULL},
    {"POST", TSMAPI_BASE "processes/{id}/cancel", api_cancel_process, API_BODY_MAX, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
