/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of GP SERAM 2.0.0 as the Local Agent reads and writes them: Handshake, Order, Report, in JSON.
 * Pure. [GP SERAM gpseram.yaml, Overview "Local Agent Behaviour", HTTP REST Binding "HTTP Polling"] */
#include "handset/seram.h"

#include <string.h>

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

static json_t *load_object(const char *body, size_t len)
{
    json_t *root = body ? json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (root && !json_is_object(root)) {
        json_decref(root);
        return NULL;
    }
    return root;
}

static bool chosen_is(const json_t *root, const char *name, const char *ours, bool needed)
{
    const json_t *value = json_object_get(root, name);
    if (!value)
        return !needed;
    return json_is_string(value) && strcmp(json_string_value(value), ours) == 0;
}

/* The schema requires "chosenDataProtocol" but describes "chosenDataFormat": either may be there, or neither.
 */
bool seram_handshake_accepted(const char *body, size_t len, const char **why)
{
    json_t *root = load_object(body, len);
    *why = NULL;
    if (!root)
        *why = "the Handshake Response is no JSON object";
    else if (!chosen_is(root, "chosenTransportProtocol", TRANSPORT, true))
        *why = "the chosen transport protocol is not HTTPS";
    else if (!chosen_is(root, "chosenDataFormat", DATA_FORMAT, false) ||
             !chosen_is(root, "chosenDataProtocol", DATA_FORMAT, false))
        *why = "the chosen data format is not application/json";
    else if (!chosen_is(root, "chosenVersion", VERSION, true))
        *why = "the chosen version is not 2.0.0";
    json_decref(root);
    return *why == NULL;
}

static const char *read_delay(const json_t *root, struct seram_order *out)
{
    const json_t *delay = json_object_get(root, "delay");
    out->delay_ms = SERAM_DEFAULT_DELAY_MS;
    if (!delay)
        return NULL;
    if (!json_is_integer(delay) || json_integer_value(delay) < 0 ||
        json_integer_value(delay) > SERAM_MAX_DELAY_MS)
        return "delay is not a number of milliseconds up to five minutes";
    out->delay_ms = (unsigned)json_integer_value(delay);
    return NULL;
}

static const char *read_chosen(const json_t *root, struct seram_order *out)
{
    const json_t *chosen = json_object_get(root, "chosenSecureElement");
    if (!chosen)
        return NULL;
    out->chosen_id = json_string_value(json_object_get(chosen, "seId"));
    if (!out->chosen_id || !json_is_string(json_object_get(chosen, "seType")))
        return "chosenSecureElement lacks seType or seId";
    return NULL;
}

static const char *read_commands(const json_t *root, struct seram_order *out)
{
    const json_t *commands = json_object_get(root, "ramCommands");
    if (!commands)
        return NULL;
    size_t count = json_array_size(commands);
    if (count == 0 || count > SERAM_MAX_COMMANDS)
        return "ramCommands is no list of 1 to 256 commands";
    for (size_t i = 0; i < count; i++) {
        const json_t *command = json_array_get(commands, i);
        const json_t *apdus = json_object_get(command, "listOfCAPDU");
        if (!json_is_string(json_object_get(command, "ramCommandType")))
            return "a command lacks its ramCommandType";
        if (seram_kind(command) == SERAM_APDUS &&
            (!json_is_array(apdus) || json_array_size(apdus) > SERAM_MAX_APDUS))
            return "an SE RAM Command lacks its listOfCAPDU";
    }
    out->commands = commands;
    return NULL;
}

bool seram_read_order(const char *body, size_t len, struct seram_order *out, const char **why)
{
    struct seram_order order = {.root = load_object(body, len)};
    *why = order.root ? NULL : "the Order is no JSON object";
    if (!*why)
        *why = read_delay(order.root, &order);
    if (!*why)
        *why = read_chosen(order.root, &order);
    if (!*why)
        *why = read_commands(order.root, &order);
    if (*why) {
        json_decref(order.root);
        return false;
    }
    *out = order;
    return true;
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
    const char *name = json_string_value(json_object_get(command, "ramCommandType"));
    for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(name, kinds[i].name) == 0)
            return kinds[i].kind;
    return SERAM_UNKNOWN_COMMAND;
}

json_t *seram_report(enum seram_status s, unsigned executed, const char *error_msg, json_t *responses)
{
    json_t *report =
        json_pack("{s:{s:s,s:i,s:s*}}", "localAgentStatus", "localAgentStatusEnum", status_names[s],
                  "executedSeRamCommands", (int)executed, "errorMsg", error_msg);
    if (report && json_array_size(responses) > 0)
        json_object_set(report, "ramResponses", responses);
    json_decref(responses);
    return report;
}

json_t *seram_response(json_t *rapdus)
{
    return json_pack("{s:s,s:o}", "ramResponseType", "seRamResponse", "listOfRAPDU", rapdus);
}
