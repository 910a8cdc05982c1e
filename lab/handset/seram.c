/* SPDX-License-Identifier: Apache-2.0 */
/* GP SERAM messages at the laboratory's Local Agent, judged by the schemas of gpseram.yaml as rows: a
 * property, what it must be, what is said when it is not. Pure. [GP SERAM 2.0.0 gpseram.yaml
 * "components/schemas", HTTP REST Binding "HTTP Polling"] */
#include "handset/seram.h"

#include <string.h>

struct property {
    const char *name;
    bool required;
    bool (*fits)(const json_t *value);
    const char *why;
};

/* Properties that a schema does not name are let be, as JSON schemas do. */
static const char *breach(const json_t *object, const struct property *schema)
{
    for (; schema->name; schema++) {
        const json_t *value = json_object_get(object, schema->name);
        if (!value && !schema->required)
            continue;
        if (!value || !schema->fits(value))
            return schema->why;
    }
    return NULL;
}

static bool is_one_of(const json_t *value, const char *const *words)
{
    const char *text = json_string_value(value);
    while (text && *words && strcmp(text, *words) != 0)
        words++;
    return text && *words;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

/* ---- Handshake ---- */

static bool is_transport(const json_t *value)
{
    static const char *const ours[] = {"HTTPS", NULL};
    return is_one_of(value, ours);
}

static bool is_format(const json_t *value)
{
    static const char *const ours[] = {"application/json", NULL};
    return is_one_of(value, ours);
}

static bool is_version(const json_t *value)
{
    static const char *const ours[] = {"2.0.0", NULL};
    return is_one_of(value, ours);
}

/* Of the format the schema requires "chosenDataProtocol" and describes "chosenDataFormat", and its example
 * has the latter: neither is insisted on. */
static const struct property handshake_response[] = {
    {"chosenTransportProtocol", true, is_transport, "the chosen transport protocol is not HTTPS"},
    {"chosenDataProtocol", false, is_format, "the chosen data format is not application/json"},
    {"chosenDataFormat", false, is_format, "the chosen data format is not application/json"},
    {"chosenVersion", true, is_version, "the chosen version is not 2.0.0"},
    {NULL, false, NULL, NULL},
};

static json_t *object_of(const char *body, size_t len)
{
    json_t *read = json_loadb(body ? body : "", body ? len : 0, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(read))
        return read;
    json_decref(read);
    return NULL;
}

bool seram_handshake_accepted(const char *body, size_t len, const char **why)
{
    json_t *response = object_of(body, len);
    *why = response ? breach(response, handshake_response) : "the Handshake Response is no JSON object";
    json_decref(response);
    return !*why;
}

json_t *seram_handshake(const char *se_type, const char *se_id)
{
    json_t *command = json_object();
    json_object_set_new(command, "secureElements",
                        json_pack("[{s:s,s:s}]", "seType", se_type, "seId", se_id));
    json_object_set_new(command, "supportedTransportProtocols", json_pack("[s]", "HTTPS"));
    json_object_set_new(command, "supportedDataFormats", json_pack("[s]", "application/json"));
    json_object_set_new(command, "supportedVersions", json_pack("[s]", "2.0.0"));
    return command;
}

/* ---- Order ---- */

static bool is_delay(const json_t *value)
{
    json_int_t ms = json_integer_value(value);
    return json_is_integer(value) && ms >= 0 && ms <= SERAM_MAX_DELAY_MS;
}

static bool is_se_type(const json_t *value)
{
    static const char *const types[] = {"eSE", "iSE", "uicc", "euicc", "ieuicc", "undefined", NULL};
    return is_one_of(value, types);
}

static bool is_element(const json_t *value)
{
    static const struct property schema[] = {{"seType", true, is_se_type, "its type"},
                                             {"seId", true, is_text, "its identifier"},
                                             {"seExtraInfo", false, is_text, "its features"},
                                             {NULL, false, NULL, NULL}};
    return json_is_object(value) && !breach(value, schema);
}

static bool is_apdus(const json_t *value)
{
    const json_t *item;
    size_t i;
    if (!json_is_array(value) || json_array_size(value) > SERAM_MAX_APDUS)
        return false;
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            return false;
    }
    return true;
}

static const struct property plain_command[] = {{NULL, false, NULL, NULL}};
static const struct property apdu_command[] = {
    {"listOfCAPDU", true, is_apdus, "an SE RAM Command lacks its listOfCAPDU"}, {NULL, false, NULL, NULL}};
static const struct property notification[] = {
    {"deviceAppNotification", true, is_text, "a Notification Command lacks its text"},
    {NULL, false, NULL, NULL}};

/* The discriminator's mapping, and the two names of the file's examples. */
static const struct mapping {
    const char *type;
    enum seram_command kind;
    const struct property *schema;
} mappings[] = {
    {"ramStartCommand", SERAM_START, plain_command},
    {"seRamCommand", SERAM_APDUS, apdu_command},
    {"notificationCommand", SERAM_NOTIFICATION, notification},
    {"ramStopCommand", SERAM_STOP, plain_command},
    {"startCommand", SERAM_START, plain_command},
    {"stopCommand", SERAM_STOP, plain_command},
    {NULL, SERAM_UNKNOWN_COMMAND, plain_command},
};

static const struct mapping *mapping_of(const json_t *command)
{
    const char *type = json_string_value(json_object_get(command, "ramCommandType"));
    const struct mapping *m = mappings;
    while (m->type && (!type || strcmp(m->type, type) != 0))
        m++;
    return m;
}

enum seram_command seram_kind(const json_t *command)
{
    return mapping_of(command)->kind;
}

/* A type that is not in the mapping is a matter of the command's execution, one that is missing of the Order.
 */
static const char *command_breach(const json_t *command)
{
    if (!is_text(json_object_get(command, "ramCommandType")))
        return "a command lacks its ramCommandType";
    return breach(command, mapping_of(command)->schema);
}

static bool is_command_list(const json_t *value)
{
    return json_array_size(value) >= 1 && json_array_size(value) <= SERAM_MAX_COMMANDS;
}

static const struct property order_schema[] = {
    {"delay", false, is_delay, "delay is not a number of milliseconds up to five minutes"},
    {"chosenSecureElement", false, is_element, "chosenSecureElement lacks seType or seId"},
    {"ramCommands", false, is_command_list, "ramCommands is no list of 1 to 256 commands"},
    {NULL, false, NULL, NULL},
};

static const char *order_breach(const json_t *order)
{
    const char *why = order ? breach(order, order_schema) : "the Order is no JSON object";
    const json_t *command;
    size_t i;
    json_array_foreach(json_object_get(order, "ramCommands"), i, command)
    {
        why = why ? why : command_breach(command);
    }
    return why;
}

bool seram_read_order(const char *body, size_t len, struct seram_order *out, const char **why)
{
    json_t *order = object_of(body, len);
    const json_t *delay = json_object_get(order, "delay");
    *why = order_breach(order);
    if (*why) {
        json_decref(order);
        return false;
    }
    out->root = order;
    out->delay_ms = delay ? (unsigned)json_integer_value(delay) : SERAM_DEFAULT_DELAY_MS;
    out->chosen_id =
        json_string_value(json_object_get(json_object_get(order, "chosenSecureElement"), "seId"));
    out->commands = json_object_get(order, "ramCommands");
    return true;
}

/* ---- Report ---- */

static const char *status_word(enum seram_status status)
{
    switch (status) {
    case SERAM_POLLING:
        return "POLLING";
    case SERAM_PROCESSED:
        return "PROCESSED";
    case SERAM_UNAVAILABLE_SE:
        return "UNAVAILABLE_SE";
    case SERAM_UNGRANTED_ACCESS:
        return "UNGRANTED_ACCESS";
    case SERAM_UNKNOWN_FAILURE:
        break;
    }
    return "UNKNOWN_FAILURE";
}

json_t *seram_report(enum seram_status s, unsigned executed, const char *error_msg, json_t *responses)
{
    json_t *report = json_object(), *status = json_object();
    json_object_set_new(status, "localAgentStatusEnum", json_string(status_word(s)));
    json_object_set_new(status, "executedSeRamCommands", json_integer((json_int_t)executed));
    if (error_msg)
        json_object_set_new(status, "errorMsg", json_string(error_msg));
    json_object_set_new(report, "localAgentStatus", status);
    if (json_array_size(responses) > 0)
        json_object_set(report, "ramResponses", responses);
    json_decref(responses);
    return report;
}

json_t *seram_response(json_t *rapdus)
{
    json_t *response = json_object();
    json_object_set_new(response, "ramResponseType", json_string("seRamResponse"));
    json_object_set_new(response, "listOfRAPDU", rapdus);
    return response;
}
