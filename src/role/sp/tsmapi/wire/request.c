/* SPDX-License-Identifier: Apache-2.0 */
/* Requests by table: which members each method has, of which form. Station 1. Role, without I/O. [TR-03165
 * 4.2.3.2 to 4.2.3.5, 4.2.5] */
#include "role/sp/tsmapi/wire/request.h"

#include <ctype.h>
#include <string.h>

#include "role/sp/tsmapi/wire/part.h"

/* As they came, before their forms are judged. */
struct body {
    json_t *device, *commands;
    char service[UUID_MAX + 1], instance[UUID_MAX + 1], version[VERSION_TEXT_MAX + 1];
    bool finalize, suspend;
};

#define MEMBER(name, kind, member, max)                                      \
    {                                                                        \
        name, kind, offsetof(struct body, member), 0, max, JSON_NEEDED, NULL \
    }
#define DEVICE      MEMBER("device", JSON_VALUE, device, 0)
#define SERVICE     MEMBER("serviceId", JSON_TEXT, service, UUID_MAX)
#define INSTANCE    MEMBER("serviceInstanceId", JSON_TEXT, instance, UUID_MAX)
#define VERSION     MEMBER("version", JSON_TEXT, version, VERSION_TEXT_MAX)
#define NEW_VERSION MEMBER("newVersion", JSON_TEXT, version, VERSION_TEXT_MAX)
#define COMMANDS    MEMBER("serviceCommands", JSON_VALUE, commands, 0)
#define FINALIZE    MEMBER("finalizeDeployment", JSON_BOOL, finalize, 0)
#define SUSPEND     MEMBER("suspensionControl", JSON_BOOL, suspend, 0)
#define END                                           \
    {                                                 \
        NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL \
    }

static const struct json_row create_rows[] = {DEVICE, SERVICE, VERSION, END};
static const struct json_row list_rows[] = {DEVICE, SERVICE, END};
static const struct json_row deploy_rows[] = {DEVICE, INSTANCE, COMMANDS, FINALIZE, END};
static const struct json_row update_rows[] = {DEVICE, INSTANCE, NEW_VERSION, COMMANDS, FINALIZE, END};
static const struct json_row suspend_rows[] = {DEVICE, INSTANCE, SUSPEND, END};
static const struct json_row terminate_rows[] = {DEVICE, INSTANCE, END};
static const struct json_row check_update_rows[] = {DEVICE, INSTANCE, NEW_VERSION, END};

static const struct {
    const char *name, *title;
    const struct json_row *rows;
    bool process, pattern; /* starts a process; the version may be a pattern */
} methods[API_METHODS] = {
    [METHOD_CREATE] = {"createServiceInstance", "CreateServiceInstanceRequest", create_rows, false, false},
    [METHOD_LIST] = {"getServiceInstances", "GetServiceInstancesRequest", list_rows, false, false},
    [METHOD_DEPLOY] = {"deployService", "DeployServiceRequest", deploy_rows, true, false},
    [METHOD_UPDATE] = {"updateService", "UpdateServiceRequest", update_rows, true, false},
    [METHOD_SUSPEND_OR_RESUME] = {"suspendOrResumeService", "SuspendOrResumeServiceRequest", suspend_rows,
                                  true, false},
    [METHOD_TERMINATE] = {"terminateService", "TerminateServiceRequest", terminate_rows, true, false},
    [METHOD_CHECK_DEPLOYMENT] = {"checkServiceDeploymentAvailable", "CheckServiceDeploymentAvailableRequest",
                                 create_rows, false, true},
    [METHOD_CHECK_UPDATE] = {"checkServiceUpdateAvailable", "CheckServiceUpdateAvailableRequest",
                             check_update_rows, false, true},
};

bool api_method_find(const char *name, enum api_method *out)
{
    for (enum api_method m = METHOD_CREATE; m < API_METHODS; m++)
        if (!strcmp(methods[m].name, name)) {
            *out = m;
            return true;
        }
    return false;
}

bool api_method_starts_process(enum api_method method)
{
    return methods[method].process;
}

/* "serviceId in DeployServiceRequest has invalid format". */
static enum tsm_err bad(struct api_reading *r, enum api_method m, const char *member, const char *what)
{
    return fault_set(&r->fault, API_INVALID_ARGUMENT, "%.64s in %s %s", member, methods[m].title, what);
}

static enum tsm_err wrong_member(struct api_reading *r, enum api_method m, enum tsm_err e)
{
    const char *what = e == TSM_MISSING_FIELD   ? "is missing"
                       : e == TSM_UNKNOWN_FIELD ? "is not known"
                                                : "has invalid format";
    r->no_request = r->no_request || !strcmp(err_field(), "device");
    return bad(r, m, err_field(), what);
}

/* Lower case, as ids are stored [RFC 9562 4]. */
static bool take_uuid(const char *text, char out[UUID_MAX + 1])
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(text) != UUID_MAX)
        return false;
    for (size_t i = 0; i < UUID_MAX; i++) {
        if (shape[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[UUID_MAX] = 0;
    return true;
}

static bool has_row(enum api_method m, const char *name)
{
    const struct json_row *row = methods[m].rows;
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    return row->name != NULL;
}

static enum tsm_err take_ids(const struct body *b, struct api_request *out, struct api_reading *r)
{
    if (has_row(out->method, "serviceId") && !take_uuid(b->service, out->service))
        return bad(r, out->method, "serviceId", "has invalid format");
    if (has_row(out->method, "serviceInstanceId") && !take_uuid(b->instance, out->instance))
        return bad(r, out->method, "serviceInstanceId", "has invalid format");
    return TSM_OK;
}

static enum tsm_err take_version(const struct body *b, struct api_request *out, struct api_reading *r)
{
    const char *member = has_row(out->method, "version") ? "version" : "newVersion";
    enum tsm_err e;
    if (!has_row(out->method, member))
        return TSM_OK;
    memcpy(out->version, b->version, sizeof out->version);
    e = methods[out->method].pattern ? version_pattern(b->version, &out->pattern)
                                     : version_tag(b->version, &out->pattern);
    if (e == TSM_UNSUPPORTED)
        return bad(r, out->method, member, "uses an unsupported filter pattern");
    return e == TSM_OK ? TSM_OK : bad(r, out->method, member, "has invalid format");
}

static enum tsm_err take_commands(const struct body *b, struct api_request *out, struct api_reading *r)
{
    char why[PART_TEXT];
    out->suspend = b->suspend;
    out->commands.finalise = b->finalize;
    if (!has_row(out->method, "serviceCommands"))
        return TSM_OK;
    if (part_commands_read(b->commands, out, why) != TSM_OK)
        return bad(r, out->method, "serviceCommands", why);
    return out->commands.n || b->finalize
               ? TSM_OK
               : bad(r, out->method, "serviceCommands",
                     "is only allowed to be empty if the finalize deployment flag is set");
}

static enum tsm_err take_device(const struct body *b, struct api_request *out, struct api_reading *r)
{
    char why[PART_TEXT];
    if (part_device_read(b->device, out, why) == TSM_OK)
        return TSM_OK;
    r->no_request = true;
    return bad(r, out->method, "device", why);
}

enum tsm_err api_request_read(struct bytes text, enum api_method method, struct api_request *out,
                              struct api_reading *r)
{
    struct body b = {.device = NULL};
    enum tsm_err e;
    *out = (struct api_request){.method = method};
    r->no_request = true;
    e = json_read(text, &r->document);
    if (e == TSM_NO_MEMORY)
        return e;
    if (e != TSM_OK || !json_is_object(r->document))
        return fault_set(&r->fault, API_INVALID_ARGUMENT, "the body of %s is no JSON object",
                         methods[method].title);
    r->no_request = false;
    e = json_fill(r->document, methods[method].rows, &b);
    if (e != TSM_OK)
        return wrong_member(r, method, e);
    TRY(take_device(&b, out, r));
    TRY(take_ids(&b, out, r));
    TRY(take_version(&b, out, r));
    return take_commands(&b, out, r);
}
