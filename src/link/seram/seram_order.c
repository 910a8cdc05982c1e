/* SPDX-License-Identifier: Apache-2.0 */
/* Order: the commands of the platform, built one by one and read back. Stations 8 and 10. Pure but for
 * allocation. [GP SERAM 2.0.0 remoteManagementOrder, ramCommand] */
#include "link/seram/seram_message.h"

#include <string.h>

static const char *const command_words[] = {
    [SERAM_START] = "ramStartCommand",
    [SERAM_SCRIPT] = "seRamCommand",
    [SERAM_NOTIFY] = "notificationCommand",
    [SERAM_STOP] = "ramStopCommand",
    NULL,
};

void seram_order_init(struct seram_order *o, struct writer store)
{
    o->delay_ms = SERAM_DELAY_MS;
    o->has_element = false;
    o->n_commands = 0;
    o->apdus.n = 0;
    o->apdus.store = store;
    o->batch = 0;
}

enum tsm_err seram_order_add(struct seram_order *o, enum seram_command_type type)
{
    NEED(o->n_commands < SERAM_COMMANDS_MAX, TOO_LONG);
    o->commands[o->n_commands++] =
        (struct seram_command){.type = (int)type, .apdus.first = o->apdus.n, .note = ""};
    return TSM_OK;
}

enum tsm_err seram_order_apdu(struct seram_order *o, struct bytes apdu)
{
    uint8_t *slot;
    struct writer copy;
    NEED(o->n_commands && o->commands[o->n_commands - 1].type == SERAM_SCRIPT, WRONG_STATE);
    NEED(o->apdus.n < SERAM_APDUS_MAX, TOO_LONG);
    TRY(write_slot(&o->apdus.store, apdu.len, &slot));
    copy = (struct writer){slot, 0, apdu.len};
    TRY(write_span(&copy, apdu));
    o->apdus.at[o->apdus.n++] = written(&copy);
    o->commands[o->n_commands - 1].apdus.n++;
    return TSM_OK;
}

enum tsm_err seram_order_notify(struct seram_order *o, const char *note)
{
    struct writer store = o->apdus.store;
    size_t from = store.len;
    NEED(strlen(note) <= SERAM_NOTE_MAX, TOO_LONG);
    TRY(write_span(&store, bytes_of_text(note)));
    TRY(write_u8(&store, 0));
    TRY(seram_order_add(o, SERAM_NOTIFY));
    o->commands[o->n_commands - 1].note = (const char *)written_since(&store, from).at;
    o->apdus.store = store;
    return TSM_OK;
}

static json_t *command_json(const struct seram_order *o, const struct seram_command *c)
{
    json_t *v = json_pack("{ss}", "ramCommandType", command_words[c->type]);
    if (c->type == SERAM_SCRIPT &&
        json_object_set_new(v, "listOfCAPDU", seram_apdus_json(&o->apdus, c->apdus))) {
        json_decref(v);
        return NULL;
    }
    if (c->type == SERAM_NOTIFY)
        json_object_set_new(v, "deviceAppNotification", json_string(c->note));
    return v;
}

/* The list is left out when there is nothing to do: it shall hold at least one command. */
enum tsm_err seram_order_write(const struct seram_order *o, char **json)
{
    json_t *list = o->n_commands ? json_array() : NULL;
    bool whole = true;
    for (size_t i = 0; i < o->n_commands; i++)
        whole &= json_array_append_new(list, command_json(o, &o->commands[i])) == 0;
    if (!whole) {
        json_decref(list);
        return FAIL(NO_MEMORY, "no memory for an order");
    }
    return seram_text(json_pack("{sI so* so*}", "delay", (json_int_t)o->delay_ms, "chosenSecureElement",
                                o->has_element ? seram_element_json(&o->element) : NULL, "ramCommands", list),
                      json);
}

struct order_parts {
    int64_t delay;
    json_t *element, *commands;
};

static const struct json_row order_rows[] = {
    {"delay", JSON_INT, offsetof(struct order_parts, delay), 0, SERAM_DELAY_MAX_MS, JSON_OPTIONAL, NULL},
    {"chosenSecureElement", JSON_VALUE, offsetof(struct order_parts, element), 0, 0, JSON_OPTIONAL, NULL},
    {"ramCommands", JSON_VALUE, offsetof(struct order_parts, commands), 0, 0, JSON_OPTIONAL, NULL},
    {0},
};

struct command_parts {
    char type[32], note[SERAM_NOTE_MAX + 1];
    json_t *apdus;
};

static const struct json_row command_rows[] = {
    {"ramCommandType", JSON_TEXT, offsetof(struct command_parts, type), 1, 31, JSON_NEEDED, NULL},
    {"listOfCAPDU", JSON_VALUE, offsetof(struct command_parts, apdus), 0, 0, JSON_OPTIONAL, NULL},
    {"deviceAppNotification", JSON_TEXT, offsetof(struct command_parts, note), 0, SERAM_NOTE_MAX,
     JSON_OPTIONAL, NULL},
    {0},
};

static enum tsm_err command_type(const char *word, enum seram_command_type *out)
{
    static const struct {
        const char *word;
        enum seram_command_type type;
    } of_examples[] = {{"startCommand", SERAM_START}, {"stopCommand", SERAM_STOP}};
    for (int i = 0; command_words[i]; i++)
        if (!strcmp(word, command_words[i])) {
            *out = (enum seram_command_type)i;
            return TSM_OK;
        }
    for (size_t i = 0; i < sizeof of_examples / sizeof *of_examples; i++)
        if (!strcmp(word, of_examples[i].word)) {
            *out = of_examples[i].type;
            return TSM_OK;
        }
    return FAIL_FIELD(BAD_VALUE, "ramCommandType", "%s is no command", word);
}

static enum tsm_err read_command(const json_t *v, struct seram_order *o)
{
    struct command_parts parts = {0};
    enum seram_command_type type = SERAM_START;
    TRY(json_fill_known(v, command_rows, &parts));
    TRY(command_type(parts.type, &type));
    if (type == SERAM_NOTIFY)
        return seram_order_notify(o, parts.note);
    TRY(seram_order_add(o, type));
    if (type != SERAM_SCRIPT)
        return TSM_OK;
    if (!parts.apdus)
        return FAIL_FIELD(MISSING_FIELD, "listOfCAPDU", "listOfCAPDU is missing");
    return seram_apdus_read(parts.apdus, "listOfCAPDU", &o->apdus, &o->commands[o->n_commands - 1].apdus);
}

/* An order that names no delay means one second to an agent [HTTP REST Binding, HTTP Polling]. */
static enum tsm_err read_order(const json_t *v, struct seram_order *o)
{
    struct order_parts parts = {.delay = 1000};
    TRY(json_fill_known(v, order_rows, &parts));
    o->delay_ms = (uint32_t)parts.delay;
    o->has_element = parts.element;
    if (parts.element)
        TRY(seram_element_read(parts.element, &o->element));
    if (parts.commands && !json_array_size(parts.commands))
        return FAIL_FIELD(BAD_VALUE, "ramCommands", "ramCommands must be a list with at least one command");
    for (size_t i = 0; i < json_array_size(parts.commands); i++)
        TRY(read_command(json_array_get(parts.commands, i), o));
    return TSM_OK;
}

enum tsm_err seram_order_read(struct bytes json, struct writer store, struct seram_order *out)
{
    struct seram_order o = {0};
    json_t *v;
    enum tsm_err e;
    seram_order_init(&o, store);
    TRY(json_read(json, &v));
    e = read_order(v, &o);
    json_decref(v);
    TRY(e);
    *out = o;
    return TSM_OK;
}
