/* SPDX-License-Identifier: Apache-2.0 */
/* Names and messages of states, operations and errors: the guideline's lists. Pure. [TR-03165 4.2.4] */
#include "wire/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct name {
    int number;
    const char *name;
    const char *begins; /* of an error's message */
};

static const struct name states[] = {
    {TSM_API_UNKNOWN, "UNKNOWN", NULL},           {TSM_API_NOT_DEPLOYED, "NOT_DEPLOYED", NULL},
    {TSM_API_INITIALIZED, "INITIALIZED", NULL},   {TSM_API_INSTALLED, "INSTALLED", NULL},
    {TSM_API_PERSONALIZED, "PERSONALIZED", NULL}, {TSM_API_ACTIVATED, "ACTIVATED", NULL},
    {TSM_API_OPERATIONAL, "OPERATIONAL", NULL},   {TSM_API_SUSPENDED, "SUSPENDED", NULL},
    {TSM_API_IN_ERROR, "IN_ERROR", NULL},         {0, NULL, NULL},
};

static const struct name operations[] = {
    {TSM_API_NO_OPERATION, "NO_OPERATION", NULL},
    {TSM_API_SERVICE_DEPLOYMENT_INSTALLATION, "SERVICE_DEPLOYMENT_INSTALLATION", NULL},
    {TSM_API_SERVICE_DEPLOYMENT_PERSONALIZATION, "SERVICE_DEPLOYMENT_PERSONALIZATION", NULL},
    {TSM_API_SERVICE_DEPLOYMENT_ACTIVATION, "SERVICE_DEPLOYMENT_ACTIVATION", NULL},
    {TSM_API_SERVICE_DEPLOYMENT_FINALIZE, "SERVICE_DEPLOYMENT_FINALIZE", NULL},
    {TSM_API_SERVICE_UPDATE_INSTALLATION, "SERVICE_UPDATE_INSTALLATION", NULL},
    {TSM_API_SERVICE_UPDATE_PERSONALIZATION, "SERVICE_UPDATE_PERSONALIZATION", NULL},
    {TSM_API_SERVICE_UPDATE_ACTIVATION, "SERVICE_UPDATE_ACTIVATION", NULL},
    {TSM_API_SERVICE_UPDATE_FINALIZE, "SERVICE_UPDATE_FINALIZE", NULL},
    {TSM_API_SERVICE_SUSPENSION, "SERVICE_SUSPENSION", NULL},
    {TSM_API_SERVICE_RESUMPTION, "SERVICE_RESUMPTION", NULL},
    {TSM_API_SERVICE_TERMINATION, "SERVICE_TERMINATION", NULL},
    {0, NULL, NULL},
};

static const struct name errors[] = {
    {TSM_API_SUCCESS, "SUCCESS", ""},
    {TSM_API_TSM_NOT_AVAILABLE, "TSM_NOT_AVAILABLE", "TSM not available"},
    {TSM_API_INTERNAL_ERROR, "INTERNAL_ERROR", "Internal error"},
    {TSM_API_NETWORK_CONNECTION_ERROR, "NETWORK_CONNECTION_ERROR", "Network connection error"},
    {TSM_API_INVALID_ARGUMENT, "INVALID_ARGUMENT", "Invalid argument"},
    {TSM_API_NOT_AUTHENTICATED, "NOT_AUTHENTICATED", "Not authenticated"},
    {TSM_API_EXECUTION_INTERRUPTED, "EXECUTION_INTERRUPTED", "Execution interrupted"},
    {TSM_API_SECURE_COMPONENT_ERROR, "SECURE_COMPONENT_ERROR", "Secure component error"},
    {TSM_API_NO_ELIGIBLE_SC, "NO_ELIGIBLE_SC", "No eligible SC"},
    {TSM_API_SC_INACCESSIBLE, "SC_INACCESSIBLE", "SC inaccessible"},
    {TSM_API_SC_CHANNEL_NOT_AVAILABLE, "SC_CHANNEL_NOT_AVAILABLE", "SC channel not available"},
    {TSM_API_NFC_NOT_ACTIVATED, "NFC_NOT_ACTIVATED", "NFC not activated"},
    {TSM_API_ORPHANED_SERVICE_INSTANCE, "ORPHANED_SERVICE_INSTANCE", "Orphaned service instance"},
    {TSM_API_NOT_ALLOWED, "NOT_ALLOWED", "Not allowed"},
    {TSM_API_ALREADY_EXISTS, "ALREADY_EXISTS", "Already exists"},
    {TSM_API_UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized"},
    {TSM_API_ISSUER_ERROR, "ISSUER_ERROR", "Issuer error"},
    {TSM_API_NOT_FOUND, "NOT_FOUND", "Not found"},
    {TSM_API_OVERLOAD_PROTECTION, "OVERLOAD_PROTECTION", "Overload protection"},
    {TSM_API_UNDER_MAINTENANCE, "UNDER_MAINTENANCE", "Under maintenance"},
    {TSM_API_DEVICE_INTEGRITY_CHECK_FAILED, "DEVICE_INTEGRITY_CHECK_FAILED", "Device integrity check failed"},
    {TSM_API_UNSPECIFIED, "UNSPECIFIED", "Unspecified"},
    {0, NULL, NULL},
};

static const struct name *find(const struct name *list, int number)
{
    while (list->name && list->number != number)
        list++;
    return list->name ? list : NULL;
}

const char *tsm_api_state_name(int state)
{
    const struct name *n = find(states, state);
    return n ? n->name : "UNKNOWN";
}

const char *tsm_api_operation_name(int operation)
{
    const struct name *n = find(operations, operation);
    return n ? n->name : "NO_OPERATION";
}

const char *tsm_api_error_name(int error)
{
    const struct name *n = find(errors, error);
    return n ? n->name : "UNSPECIFIED";
}

/* A cut text must not end within a character. */
static void end_cleanly(char *text)
{
    size_t n = strlen(text), tail = 0;
    while (tail < n && ((unsigned char)text[n - 1 - tail] & 0xC0) == 0x80)
        tail++;
    if (n > tail && (unsigned char)text[n - 1 - tail] >= 0xC0)
        text[n - 1 - tail] = '\0';
}

void status_keep(struct tsm_api_status *s, const char *message)
{
    if (snprintf(s->execution_message, sizeof s->execution_message, "%s", message) >=
        (int)sizeof s->execution_message)
        end_cleanly(s->execution_message);
}

struct tsm_api_status status_of(enum tsm_api_error e, const char *format, ...)
{
    struct tsm_api_status s = {.execution_status = (int)e};
    const struct name *n = find(errors, (int)e);
    size_t cap = sizeof s.execution_message;
    int head = snprintf(s.execution_message, cap, "%s: ", n ? n->begins : "Unspecified");
    va_list list;
    va_start(list, format);
    int whole = vsnprintf(s.execution_message + head, cap - (size_t)head, format, list);
    va_end(list);
    if (whole >= (int)cap - head)
        end_cleanly(s.execution_message);
    return s;
}
