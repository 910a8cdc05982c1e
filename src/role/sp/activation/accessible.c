/* SPDX-License-Identifier: Apache-2.0 */
/* Applications made accessible. Stations 6 and 9. Role. [TR-03165 4.1.4.2, 4.1.4.14] */
#include "role/sp/activation/accessible.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "gp/apdu/apdu.h"
#include "gp/command/select.h"
#include "gp/contactless/crs.h"
#include "role/sp/content/words.h"
#include "role/sp/turn_writes.h"

enum { SHORT_HASH = 20, LONG_HASH = 32, COMMAND_ROOM = 64, FILLING = 0xFF, TRIES_MAX = 3 };

#define WORD_TRIES "contactless_tries" /* of the order's progress */

static bool is_wanted(const json_t *app, const char *word)
{
    return !json_is_true(json_object_get(app, "shared")) && json_is_true(json_object_get(app, word));
}

/* Whether any application has the word. */
static bool any(const struct turn *t, const char *word)
{
    const json_t *app;
    size_t i;
    json_array_foreach(json_object_get(t->flavor, "applications"), i, app)
    {
        if (is_wanted(app, word))
            return true;
    }
    return false;
}

bool is_accessible(const struct turn *t)
{
    bool rules = any(t, WORD_BY_APDU) && json_array_size(json_object_get(t->flavor, WORD_DEVICE_APPS)) > 0;
    return !rules && !any(t, WORD_BECOMES_SELECTABLE);
}

static enum tsm_err add_device_app(const char *text, json_t *list)
{
    uint8_t id[LONG_HASH];
    char hash[2 * LONG_HASH + 1];
    size_t n;
    TRY(hex_read(text, id, sizeof id, &n));
    if (n < SHORT_HASH) {
        memset(id + n, FILLING, SHORT_HASH - n);
        n = SHORT_HASH;
    }
    return json_array_append_new(list, json_string(hex_text(BYTES_OF(id, n), hash))) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for a question");
}

static enum tsm_err device_apps(const struct turn *t, json_t *list)
{
    const json_t *app;
    size_t i;
    json_array_foreach(json_object_get(t->flavor, WORD_DEVICE_APPS), i, app)
    {
        TRY(add_device_app(json_string_value(app), list));
    }
    return TSM_OK;
}

static enum tsm_err add_application(const struct turn *t, const json_t *app, json_t *list)
{
    json_t *apps = json_array(), *o;
    enum tsm_err e = is_wanted(app, WORD_BY_APDU) ? device_apps(t, apps) : TSM_OK;
    bool selectable = is_wanted(app, WORD_BECOMES_SELECTABLE);
    if (e != TSM_OK || (json_array_size(apps) == 0 && !selectable)) {
        json_decref(apps);
        return e;
    }
    o = json_pack("{ss sb so}", "instance", json_member(app, "instance"), WORD_BECOMES_SELECTABLE, selectable,
                  "device_apps", apps);
    return json_array_append_new(list, o) == 0 ? TSM_OK : FAIL(NO_MEMORY, "no memory for a question");
}

enum tsm_err ask_accessible(struct turn *t, json_t **question)
{
    json_t *list = json_array();
    const json_t *app;
    size_t i;
    enum tsm_err e = TSM_OK;
    json_array_foreach(json_object_get(t->flavor, "applications"), i, app)
    {
        if (e == TSM_OK)
            e = add_application(t, app, list);
    }
    if (e != TSM_OK) {
        json_decref(list);
        return e;
    }
    *question = json_pack("{ss so}", "domain", json_member(t->flavor, "domain"), "applications", list);
    return *question ? TSM_OK : FAIL(NO_MEMORY, "no memory for a question");
}

bool has_no_contactless(const struct turn *t)
{
    return t->profile.bearer != BEARER_SERAM || !any(t, WORD_BY_NFC);
}

static enum tsm_err add_command(json_t *payload, struct bytes command)
{
    char text[2 * COMMAND_ROOM + 1];
    NEED(command.len <= COMMAND_ROOM, TOO_LONG);
    return json_array_append_new(payload, json_string(hex_text(command, text))) == 0
               ? TSM_OK
               : FAIL(NO_MEMORY, "no memory for a payload");
}

static enum tsm_err add_activation(json_t *payload, const json_t *app)
{
    uint8_t room[COMMAND_ROOM], aid[16];
    struct writer w = WRITER(room);
    size_t n;
    TRY(json_member_hex(app, "instance", aid, sizeof aid, &n));
    TRY(crs_set_status_write(CRS_ACTIVATE, BYTES_OF(aid, n), &w));
    return add_command(payload, written(&w));
}

static enum tsm_err fill(const struct turn *t, json_t *payload)
{
    uint8_t room[COMMAND_ROOM];
    struct writer w = WRITER(room);
    const json_t *app;
    size_t i;
    TRY(select_write(BYTES_OF(crs_aid, CRS_AID_LEN), &w));
    TRY(add_command(payload, written(&w)));
    json_array_foreach(json_object_get(t->flavor, "applications"), i, app)
    {
        if (is_wanted(app, WORD_BY_NFC))
            TRY(add_activation(payload, app));
    }
    return TSM_OK;
}

/* All in one exchange, so that the registry stays selected; to do it twice is harmless. */
enum tsm_err ask_contactless(struct turn *t, json_t **question)
{
    json_t *payload = json_array(), *body;
    enum tsm_err e = fill(t, payload);
    if (e != TSM_OK) {
        json_decref(payload);
        return e;
    }
    body = turn_holder(t);
    json_object_set_new(body, "payload", payload);
    *question = body;
    return TSM_OK;
}

/* Only the last octets count: the status word. */
static bool is_good(const json_t *answer)
{
    const char *text = json_is_string(answer) ? json_string_value(answer) : "";
    size_t n = strlen(text);
    return n >= 4 && strcmp(text + n - 4, "9000") == 0;
}

static enum tsm_err refuse(struct turn *t, const char *reason)
{
    failure_set(&t->failure, OWNER_SE, "look at the contactless registry: tsm care contactless", "%s",
                reason);
    t->failed = true;
    return TSM_OK;
}

/* To say it again is harmless; a device that never answers does not hold the order for ever. */
static enum tsm_err lost(struct turn *t)
{
    json_int_t tries = json_integer_value(json_object_get(t->progress, WORD_TRIES)) + 1;
    if (tries >= TRIES_MAX)
        return refuse(t, "the device gave no answer of the contactless registry");
    json_object_set_new(t->progress, WORD_TRIES, json_integer(tries));
    t->once_more = true;
    return TSM_OK;
}

enum tsm_err read_contactless(struct turn *t, const json_t *reply)
{
    const json_t *answers = json_object_get(reply, "answers"), *one;
    size_t i;
    if (!json_is_array(answers))
        return lost(t);
    if (!is_good(json_array_get(answers, 0)))
        return refuse(t, "the secure element has no contactless registry: accessibleViaNfc cannot be kept");
    json_array_foreach(answers, i, one)
    {
        if (!is_good(one))
            return refuse(t, "the contactless registry did not activate an application");
    }
    return TSM_OK;
}

enum tsm_err keep_contactless(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)reply;
    return turn_end_conversation(t, tx, false);
}
