/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of GP SERAM 2.0.0 as a Local Agent writes and reads them. Pure but for allocation.
 * [GP SERAM gpseram.yaml, Overview "Local Agent Behaviour"] */
#include "wire/seram.h"

#include <string.h>

#include "wire/object/wipe.h"

#define TRANSPORT   "HTTPS"
#define DATA_FORMAT "application/json"
#define VERSION     "2.0.0"

static const char *const status_names[] = {
    [SERAM_POLLING] = "POLLING",
    [SERAM_PROCESSED] = "PROCESSED",
    [SERAM_UNAVAILABLE_SE] = "UNAVAILABLE_SE",
    [SERAM_UNKNOWN_FAILURE] = "UNKNOWN_FAILURE",
    [SERAM_UNGRANTED_ACCESS] = "UNGRANTED_ACCESS",
};

json_t *seram_handshake(const char *se_type, const char *se_id)
{
    return json_pack("{s:[{s:s,s:s}],s:[s],s:[s],s:[s]}", "secureElements", "seType", se_type, "seId", se_id,
                     "supportedTransportProtocols", TRANSPORT, "supportedDataFormats", DATA_FORMAT,
                     "supportedVersions", VERSION);
}

static bool chosen_is(const json_t *root, const char *name, const char *ours, bool needed)
{
    const json_t *value = json_object_get(root, name);
    return value ? strcmp(json_member(root, name), ours) == 0 : !needed;
}

/* The schema requires "chosenDataProtocol" but describes "chosenDataFormat": either may be there, or neither.
 */
enum tsm_err seram_choice_read(struct bytes text)
{
    json_t *root;
    TRY(json_read(text, &root));
    bool fine = chosen_is(root, "chosenTransportProtocol", TRANSPORT, true) &&
                chosen_is(root, "chosenDataFormat", DATA_FORMAT, false) &&
                chosen_is(root, "chosenDataProtocol", DATA_FORMAT, false) &&
                chosen_is(root, "chosenVersion", VERSION, true);
    json_decref(root);
    return fine ? TSM_OK : FAIL(BAD_VALUE, "the handshake chose what was not offered");
}

static enum tsm_err read_delay(const json_t *root, unsigned *out)
{
    const json_t *delay = json_object_get(root, "delay");
    *out = SERAM_DEFAULT_DELAY_MS;
    if (!delay)
        return TSM_OK;
    if (!json_is_integer(delay) || json_integer_value(delay) < 0 ||
        json_integer_value(delay) > SERAM_MAX_DELAY_MS)
        return FAIL_FIELD(BAD_VALUE, "delay", "delay is not a number of milliseconds up to five minutes");
    *out = (unsigned)json_integer_value(delay);
    return TSM_OK;
}

static enum tsm_err check_command(const json_t *command)
{
    const json_t *apdus = json_object_get(command, "listOfCAPDU"), *apdu;
    size_t i;
    if (!json_is_string(json_object_get(command, "ramCommandType")))
        return FAIL_FIELD(MISSING_FIELD, "ramCommandType", "a command lacks its ramCommandType");
    if (seram_kind(command) != SERAM_APDUS)
        return TSM_OK;
    if (!json_is_array(apdus) || json_array_size(apdus) > SERAM_MAX_APDUS)
        return FAIL_FIELD(BAD_VALUE, "listOfCAPDU", "an SE RAM Command lacks its listOfCAPDU");
    json_array_foreach(apdus, i, apdu)
    {
        if (!json_is_string(apdu))
            return FAIL_FIELD(BAD_VALUE, "listOfCAPDU", "a C-APDU is no text");
    }
    return TSM_OK;
}

static enum tsm_err read_order(const json_t *root, struct seram_order *o)
{
    const json_t *chosen = json_object_get(root, "chosenSecureElement");
    TRY(read_delay(root, &o->delay_ms));
    o->chosen_id = chosen ? json_string_value(json_object_get(chosen, "seId")) : NULL;
    if (chosen && !o->chosen_id)
        return FAIL_FIELD(MISSING_FIELD, "seId", "chosenSecureElement lacks its seId");
    o->commands = json_object_get(root, "ramCommands");
    if (!o->commands)
        return TSM_OK;
    size_t n = json_array_size(o->commands);
    if (n == 0 || n > SERAM_MAX_COMMANDS)
        return FAIL_FIELD(BAD_VALUE, "ramCommands", "ramCommands is no list of 1 to %d", SERAM_MAX_COMMANDS);
    for (size_t i = 0; i < n; i++)
        TRY(check_command(json_array_get(o->commands, i)));
    return TSM_OK;
}

enum tsm_err seram_order_read(struct bytes text, struct seram_order *out)
{
    struct seram_order o = {0};
    TRY(json_read(text, &o.document));
    enum tsm_err e =
        json_is_object(o.document) ? read_order(o.document, &o) : FAIL(BAD_FORM, "the Order is no object");
    if (e != TSM_OK) {
        json_wipe(o.document);
        return e;
    }
    *out = o;
    return TSM_OK;
}

enum seram_command seram_kind(const json_t *command)
{
    static const struct {
        const char *name;
        enum seram_command kind;
    } kinds[] = {
        {"ramStartCommand", SERAM_START}, {"startCommand", SERAM_START},
        {"seRamCommand", SERAM_APDUS},    {"notificationCommand", SERAM_NOTIFICATION},
        {"ramStopCommand", SERAM_STOP},   {"stopCommand", SERAM_STOP},
    };
    const char *name = json_member(command, "ramCommandType");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(name, kinds[i].name) == 0)
            return kinds[i].kind;
    return SERAM_UNKNOWN_COMMAND;
}

json_t *seram_report(enum seram_status s, unsigned executed, const char *error, json_t *responses)
{
    json_t *report = json_pack("{s:{s:s,s:i,s:s*}}", "localAgentStatus", "localAgentStatusEnum",
                               status_names[s], "executedSeRamCommands", (int)executed, "errorMsg", error);
    if (report && json_array_size(responses) > 0)
        json_object_set(report, "ramResponses", responses);
    json_decref(responses);
    return report;
}

json_t *seram_response(json_t *rapdus)
{
    return json_pack("{s:s,s:o}", "ramResponseType", "seRamResponse", "listOfRAPDU", rapdus);
}
