/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of an issued application read from an order. Station 2. Pure. [TR-03165 4.2] */
#include "order/issuer/changes.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"

enum { TAG_DIGITS = 4, SFI_MAX = 30, RECORD_MAX = 254 };

const char *const change_words[CHANGE_KINDS + 1] = {
    "pin-reset", "pin-change", "counter-reset", "parameter", "top-up", "block", "unblock", "script", NULL};

/* One change before its texts are converted. */
struct document {
    struct change change;
    char tag[TAG_DIGITS + 1], value[2 * CHANGE_VALUE_MAX + 1];
    json_t *commands;
};

static const struct json_row rows[] = {
    {"kind", JSON_ENUM, offsetof(struct document, change.kind), 0, 0, JSON_NEEDED, change_words},
    {"tag", JSON_TEXT, offsetof(struct document, tag), TAG_DIGITS, TAG_DIGITS, JSON_OPTIONAL, NULL},
    {"value", JSON_TEXT, offsetof(struct document, value), 2, 2 * CHANGE_VALUE_MAX, JSON_OPTIONAL, NULL},
    {"sfi", JSON_INT, offsetof(struct document, change.sfi), 1, SFI_MAX, JSON_OPTIONAL, NULL},
    {"record", JSON_INT, offsetof(struct document, change.record), 1, RECORD_MAX, JSON_OPTIONAL, NULL},
    {"amount", JSON_INT, offsetof(struct document, change.amount), 1, CHANGE_AMOUNT_MAX, JSON_OPTIONAL, NULL},
    {"commands", JSON_VALUE, offsetof(struct document, commands), 0, 0, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

static enum tsm_err read_hex(struct document *d)
{
    uint8_t tag[2];
    size_t n;
    if (d->tag[0]) {
        if (hex_read(d->tag, tag, sizeof tag, &n) != TSM_OK)
            return FAIL_FIELD(BAD_FORM, "exchange.tag", "tag must be two octets in hex");
        d->change.tag = (uint16_t)(tag[0] << 8 | tag[1]);
    }
    if (hex_read(d->value, d->change.value, sizeof d->change.value, &d->change.len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "exchange.value", "value must be octets in hex");
    return TSM_OK;
}

/* Which members a kind has. */
static enum tsm_err members(const struct document *d)
{
    const struct change *c = &d->change;
    const char *word = change_words[c->kind];
    bool parameter = c->kind == CHANGE_PARAMETER, record = c->sfi || c->record;
    if (!parameter && (d->tag[0] || d->value[0] || record))
        return FAIL_FIELD(BAD_VALUE, "exchange.kind", "%s takes no tag, record or value", word);
    if ((c->kind == CHANGE_TOP_UP) != (c->amount != 0))
        return FAIL_FIELD(BAD_VALUE, "exchange.amount", "top-up has an amount of 1 at least, and it alone");
    if ((c->kind == CHANGE_SCRIPT) != (d->commands != NULL))
        return FAIL_FIELD(BAD_VALUE, "exchange.commands", "script has commands, and it alone");
    if (parameter && (!d->value[0] || (d->tag[0] != 0) == record || (c->sfi != 0) != (c->record != 0)))
        return FAIL_FIELD(BAD_VALUE, "exchange.tag",
                          "parameter has a value and either tag or sfi and record");
    return TSM_OK;
}

static enum tsm_err read_one(const json_t *from, struct document *d)
{
    memset(d, 0, sizeof *d);
    TRY(json_fill(from, rows, d));
    TRY(read_hex(d));
    return members(d);
}

static enum tsm_err read_list(const json_t *list, struct changes *out)
{
    const json_t *item;
    size_t i;
    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > CHANGES_MAX)
        return FAIL_FIELD(BAD_VALUE, "exchange.commands", "commands is a list of 1 to %d", CHANGES_MAX);
    json_array_foreach(list, i, item)
    {
        struct document d;
        TRY(read_one(item, &d));
        if (d.change.kind == CHANGE_SCRIPT)
            return FAIL_FIELD(BAD_VALUE, "exchange.commands", "a script holds no script");
        if (d.change.kind == CHANGE_TOP_UP && changes_have(out, CHANGE_TOP_UP))
            return FAIL_FIELD(BAD_VALUE, "exchange.commands", "a script tops up once: add the amounts");
        out->at[out->n++] = d.change;
    }
    return TSM_OK;
}

enum tsm_err changes_read(const json_t *from, struct changes *out)
{
    struct document d;
    struct changes c = {.n = 0};
    TRY(read_one(from, &d));
    c.kind = d.change.kind;
    if (c.kind == CHANGE_SCRIPT)
        TRY(read_list(d.commands, &c));
    else
        c.at[c.n++] = d.change;
    *out = c;
    return TSM_OK;
}

bool changes_have(const struct changes *c, enum change_kind kind)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].kind == (int)kind)
            return true;
    return false;
}
