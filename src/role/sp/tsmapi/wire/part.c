/* SPDX-License-Identifier: Apache-2.0 */
/* Elements and service commands by table. Station 1. Role, without I/O. [TR-03165 4.2.3.2 to 4.2.3.5] */
#include "role/sp/tsmapi/wire/part.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"

#define SAY(why, ...) (snprintf(why, PART_TEXT, __VA_ARGS__), TSM_BAD_VALUE)

/* --- the device --- */

struct device_body {
    char caller[CALLER_MAX + 1];
    json_t *components;
};
static const struct json_row device_rows[] = {
    {"callerId", JSON_TEXT, offsetof(struct device_body, caller), 1, CALLER_MAX, JSON_NEEDED, NULL},
    {"secureComponents", JSON_VALUE, offsetof(struct device_body, components), 0, 0, JSON_NEEDED, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

#define AT(member) offsetof(struct component, member)
static const struct json_row component_rows[] = {
    {"reader", JSON_TEXT, AT(reader), 1, READER_MAX, JSON_NEEDED, NULL},
    {"accessible", JSON_BOOL, AT(accessible), 0, 0, JSON_OPTIONAL, NULL},
    {"cplc", JSON_TEXT, AT(cplc), 0, 2 * OBJECT_MAX, JSON_OPTIONAL, NULL},
    {"recognition", JSON_TEXT, AT(recognition), 0, 2 * OBJECT_MAX, JSON_OPTIONAL, NULL},
    {"capabilities", JSON_TEXT, AT(capabilities), 0, 2 * OBJECT_MAX, JSON_OPTIONAL, NULL},
    {"iccid", JSON_TEXT, AT(iccid), 0, NAME_MAX_HEX, JSON_OPTIONAL, NULL},
    {"eid", JSON_TEXT, AT(eid), 0, NAME_MAX_HEX, JSON_OPTIONAL, NULL},
    {"seid", JSON_TEXT, AT(seid), 0, NAME_MAX_HEX, JSON_OPTIONAL, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static bool is_hex(const char *text)
{
    size_t n = strlen(text);
    return n % 2 == 0 && strspn(text, "0123456789abcdefABCDEF") == n;
}

/* A hash of the app's certificate: SHA-256, or SHA-1 as old enforcers have it [GP Access Control 6.1]. */
static bool take_caller(const char *text, char out[CALLER_MAX + 1])
{
    size_t n = strlen(text);
    if ((n != CALLER_MAX && n != 40) || !is_hex(text))
        return false;
    for (size_t i = 0; i <= n; i++)
        out[i] = (char)tolower((unsigned char)text[i]);
    return true;
}

static const char *wrong_form(const struct component *c)
{
    const struct {
        const char *name, *text;
        bool fine;
    } forms[] = {
        {"cplc", c->cplc, is_hex(c->cplc)},
        {"recognition", c->recognition, is_hex(c->recognition)},
        {"capabilities", c->capabilities, is_hex(c->capabilities)},
        {"iccid", c->iccid, text_is_digits(c->iccid, 5, 32)},
        {"eid", c->eid, text_is_digits(c->eid, 5, 32)},
        {"seid", c->seid, is_hex(c->seid) && strlen(c->seid) >= 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].text[0] && !forms[i].fine)
            return forms[i].name;
    return NULL;
}

static void upper(char *text)
{
    for (; *text; text++)
        *text = (char)toupper((unsigned char)*text);
}

static enum tsm_err take_component(const json_t *v, struct component *out, char why[PART_TEXT])
{
    const char *wrong;
    *out = (struct component){.accessible = true};
    if (json_fill(v, component_rows, out) != TSM_OK)
        return SAY(why, "has invalid format: secureComponents.%.60s", err_field());
    wrong = wrong_form(out);
    if (wrong)
        return SAY(why, "has invalid format: secureComponents.%s", wrong);
    upper(out->cplc);
    upper(out->recognition);
    upper(out->capabilities);
    upper(out->seid);
    return TSM_OK;
}

enum tsm_err part_device_read(const json_t *device, struct api_request *out, char why[PART_TEXT])
{
    struct device_body b = {.components = NULL};
    const json_t *v;
    size_t i;
    if (json_fill(device, device_rows, &b) != TSM_OK)
        return SAY(why, "has invalid format: %.64s", err_field());
    if (!take_caller(b.caller, out->caller))
        return SAY(why, "has invalid format: callerId is the hash of a certificate in hex");
    if (!json_is_array(b.components) || json_array_size(b.components) > COMPONENTS_MAX)
        return SAY(why, "has invalid format: secureComponents is a list of at most %d", COMPONENTS_MAX);
    json_array_foreach(b.components, i, v) TRY(take_component(v, &out->component[out->n_components++], why));
    return TSM_OK;
}

/* --- the service commands --- */

static const struct {
    enum service_command bit;
    const char *word, *title, *data; /* data: the one member beside the name */
} commands[COMMANDS_MAX] = {
    {COMMAND_INSTALL, "install", "InstallServiceCommands", "installationData"},
    {COMMAND_PERSONALISE, "personalize", "PersonalizeServiceCommands", "personalizationData"},
    {COMMAND_ACTIVATE, "activate", "ActivateServiceCommands", "suspensionControl"},
};

static bool is_text_map(const json_t *map)
{
    const char *name;
    json_t *v;
    if (!json_is_object(map) || json_object_size(map) > MAP_ENTRIES_MAX)
        return false;
    json_object_foreach((json_t *)(uintptr_t)map, name, v)
    {
        if (!json_is_string(v) || json_string_length(v) > MAP_TEXT_MAX || strlen(name) > READER_MAX)
            return false;
    }
    return true;
}

static enum tsm_err take_data(const json_t *v, size_t c, struct api_request *out, char why[PART_TEXT])
{
    json_t *data = json_object_get(v, commands[c].data);
    if (json_object_size(v) != (data ? 2 : 1))
        return SAY(why, "has invalid format: a member of %s is not known", commands[c].word);
    if (commands[c].bit == COMMAND_ACTIVATE) {
        if (!json_is_boolean(data))
            return SAY(why, "has invalid format: suspensionControl is true or false");
        out->commands.suspended = json_is_true(data);
        return TSM_OK;
    }
    if (json_is_null(data))
        data = NULL;
    if (data && !is_text_map(data))
        return SAY(why, "has invalid format: %s is a map of texts", commands[c].data);
    if (commands[c].bit == COMMAND_PERSONALISE)
        out->personalization = data;
    else
        out->installation = data;
    return TSM_OK;
}

static enum tsm_err take_command(const json_t *v, struct api_request *out, char why[PART_TEXT])
{
    struct command_list *list = &out->commands;
    const char *word = json_member(v, "command");
    size_t c = 0;
    while (c < COMMANDS_MAX && strcmp(commands[c].word, word) != 0)
        c++;
    if (c == COMMANDS_MAX)
        return SAY(why, "has invalid format: a command is install, personalize or activate");
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] == commands[c].bit)
            return SAY(why, "contain multiple %s", commands[c].title);
    list->at[list->n++] = commands[c].bit;
    return take_data(v, c, out, why);
}

enum tsm_err part_commands_read(const json_t *list, struct api_request *out, char why[PART_TEXT])
{
    const json_t *v;
    size_t i;
    if (!json_is_array(list))
        return SAY(why, "has invalid format");
    json_array_foreach(list, i, v) TRY(take_command(v, out, why));
    return TSM_OK;
}
