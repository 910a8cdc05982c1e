/* SPDX-License-Identifier: Apache-2.0 */
/* Error types by table: their texts, and what errors and failures become. Stations 2 and 11. Role, without
 * I/O. [TR-03165 4.2.4.4] */
#include "role/sp/tsmapi/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    enum api_error type;
    const char *text;
} texts[] = {
#define X(name, number, text) {API_##name, text},
    API_ERRORS(X)
#undef X
};

enum tsm_err fault_set(struct fault *f, enum api_error type, const char *fmt, ...)
{
    va_list ap;
    f->type = type;
    va_start(ap, fmt);
    vsnprintf(f->details, sizeof f->details, fmt, ap);
    va_end(ap);
    utf8_clean(f->details);
    return TSM_BAD_VALUE;
}

void fault_of_error(struct fault *f, enum tsm_err e)
{
    static const struct {
        enum tsm_err e;
        enum api_error type;
    } rows[] = {
        {TSM_NOT_SIGNED_IN, API_NOT_AUTHENTICATED},
        {TSM_NOT_ALLOWED, API_UNAUTHORIZED},
        {TSM_NOT_FOUND, API_NOT_FOUND},
        {TSM_WRONG_STATE, API_NOT_ALLOWED},
        {TSM_ORPHANED, API_ORPHANED_SERVICE_INSTANCE},
        {TSM_CONFLICT, API_NOT_ALLOWED},
        {TSM_UNIQUE, API_ALREADY_EXISTS},
        {TSM_NOT_ELIGIBLE, API_NO_ELIGIBLE_SC},
        {TSM_BUSY, API_OVERLOAD_PROTECTION},
        {TSM_NO_MEMORY, API_OVERLOAD_PROTECTION},
        {TSM_TIMED_OUT, API_ISSUER_ERROR},
        {TSM_PEER_DOWN, API_ISSUER_ERROR},
        {TSM_PEER_REFUSED, API_ISSUER_ERROR},
        {TSM_UNSUPPORTED, API_UNSPECIFIED},
        {TSM_BAD_VALUE, API_INVALID_ARGUMENT},
        {TSM_BAD_FORM, API_INVALID_ARGUMENT},
        {TSM_BAD_LENGTH, API_INVALID_ARGUMENT},
        {TSM_UNKNOWN_FIELD, API_INVALID_ARGUMENT},
        {TSM_MISSING_FIELD, API_INVALID_ARGUMENT},
        {TSM_TOO_LONG, API_INVALID_ARGUMENT},
    };
    const char *cause = err_cause()[0] ? err_cause() : err_text(e);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].e == e) {
            (void)fault_set(f, rows[i].type, "%s", cause);
            return;
        }
    /* What failed inside is for the log, not for an app. */
    (void)fault_set(f, API_INTERNAL_ERROR, "%s", err_text(e));
}

/* The first row whose owner and beginning of the reason fit. */
static const struct {
    enum fault_owner owner;
    const char *begins;
    enum api_error type;
} failures[] = {
    {OWNER_SP, "not eligible", API_NO_ELIGIBLE_SC},
    {OWNER_SP, "no flavor", API_NO_ELIGIBLE_SC},
    {OWNER_SP, "the service is on this", API_ALREADY_EXISTS},
    {OWNER_SP, "", API_INVALID_ARGUMENT},
    {OWNER_HUB, "", API_ISSUER_ERROR},
    {OWNER_SEM, "not eligible", API_NO_ELIGIBLE_SC},
    {OWNER_SEM, "", API_ISSUER_ERROR},
    {OWNER_OTA, "", API_NETWORK_CONNECTION_ERROR},
    {OWNER_DEVICE, "not eligible", API_NO_ELIGIBLE_SC},
    {OWNER_DEVICE, "", API_EXECUTION_INTERRUPTED},
    {OWNER_SE, "not eligible", API_NO_ELIGIBLE_SC},
    {OWNER_SE, "", API_SECURE_COMPONENT_ERROR},
};

void fault_of_failure(struct fault *f, const struct failure *failure, bool expired)
{
    enum api_error type = expired ? API_EXECUTION_INTERRUPTED : API_UNSPECIFIED;
    for (size_t i = 0; !expired && type == API_UNSPECIFIED && i < COUNT(failures); i++)
        if (failures[i].owner == failure->owner &&
            !strncmp(failure->reason, failures[i].begins, strlen(failures[i].begins)))
            type = failures[i].type;
    (void)fault_set(f, type, "%s", failure->reason);
}

const char *fault_text(const struct fault *f, char out[FAULT_TEXT_MAX])
{
    out[0] = 0;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *text = texts[i].text;
        if (texts[i].type != f->type)
            continue;
        if (text[strlen(text) - 1] == '.')
            snprintf(out, FAULT_TEXT_MAX, "%s", text);
        else
            snprintf(out, FAULT_TEXT_MAX, "%s: %s", text, f->details);
    }
    return out;
}

enum tsm_err fault_put(json_t *object, const struct fault *f)
{
    char text[FAULT_TEXT_MAX];
    NEED(json_object_set_new(object, "executionStatus", json_integer(f->type)) == 0 &&
             json_object_set_new(object, "executionMessage", json_string(fault_text(f, text))) == 0,
         NO_MEMORY);
    return TSM_OK;
}
