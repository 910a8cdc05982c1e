/* SPDX-License-Identifier: Apache-2.0 */
/* The card record that a provider hands over. Station 5 (in the vault). Pure. [ISO 7812, ISO 7813] */
#include "emv/perso/intake.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "emv/pin/pin.h"

enum { MASK_HEAD = 6, MASK_TAIL = 4, MASK_MIN = 13, GROUPING_ID_DIGITS = 4 };

/* The record before its lists are read. */
struct document {
    struct card_record card;
    json_t *groupings;
};
static void document_wipe(struct document *d)
{
    explicit_bzero(d, sizeof *d);
}

#define ROW(name, min, max, need)                                                          \
    {                                                                                      \
#name, JSON_TEXT, offsetof(struct document, card.name), (min), (max), (need), NULL \
    }
static const struct json_row rows[] = {
    ROW(pan, PAN_DIGITS_MIN, PAN_DIGITS_MAX, JSON_NEEDED),
    ROW(psn, PSN_DIGITS, PSN_DIGITS, JSON_OPTIONAL),
    ROW(expiry, EXPIRY_DIGITS, EXPIRY_DIGITS, JSON_NEEDED),
    ROW(effective, EXPIRY_DIGITS, EXPIRY_DIGITS, JSON_NEEDED),
    ROW(service_code, SERVICE_CODE_DIGITS, SERVICE_CODE_DIGITS, JSON_NEEDED),
    ROW(cardholder, CARDHOLDER_MIN, CARDHOLDER_MAX, JSON_NEEDED),
    ROW(card_ref, 0, CARD_REF_MAX, JSON_OPTIONAL),
    ROW(pin_block, 2 * PIN_BLOCK, CARD_PIN_DIGITS_MAX, JSON_OPTIONAL),
    {"pin_format", JSON_INT, offsetof(struct document, card.pin_format), 0, PIN_ISO_4, JSON_OPTIONAL, NULL},
    ROW(transport_key, 1, CARD_KEY_NAME_MAX, JSON_OPTIONAL),
    {"groupings", JSON_VALUE, offsetof(struct document, groupings), 0, 0, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

struct grouping_document {
    char id[GROUPING_ID_DIGITS + 1];
    bool encrypted;
    char value[2 * CARD_GROUPING_MAX + 1];
};
static const struct json_row grouping_rows[] = {
    {"id", JSON_TEXT, offsetof(struct grouping_document, id), GROUPING_ID_DIGITS, GROUPING_ID_DIGITS,
     JSON_NEEDED, NULL},
    {"encrypted", JSON_BOOL, offsetof(struct grouping_document, encrypted), 0, 0, JSON_OPTIONAL, NULL},
    {"value", JSON_TEXT, offsetof(struct grouping_document, value), 2, 2 * CARD_GROUPING_MAX, JSON_NEEDED,
     NULL},
    {.name = NULL},
};

static bool is_row(const char *name)
{
    for (const struct json_row *row = rows; row->name; row++)
        if (!strcmp(row->name, name))
            return true;
    return false;
}

/* Before the table reads them: a member's name may be a misplaced card number, so it is never shown. */
static enum tsm_err names_check(const json_t *object)
{
    const char *name;
    json_t *unused;
    if (!json_is_object(object))
        return FAIL_FIELD(BAD_FORM, "card", "the card record is not a JSON object");
    json_object_foreach((json_t *)(uintptr_t)object, name, unused)
    {
        if (!is_row(name))
            return FAIL_FIELD(UNKNOWN_FIELD, "card", "the card record has a member that is not known here");
    }
    return TSM_OK;
}

static enum tsm_err need_digits(const char *field, const char *text)
{
    if (!text_is_digits(text, 1, PAN_DIGITS_MAX))
        return FAIL_FIELD(BAD_FORM, field, "%s must be decimal digits", field);
    return TSM_OK;
}

static enum tsm_err need_month(const char *field, const char *yymm)
{
    TRY(need_digits(field, yymm));
    if (record_month(yymm) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, field, "%s must be a month, YYMM", field);
    return TSM_OK;
}

/* Printable characters of the common set, without those that a track cannot hold. [ISO 7813 5.2] */
static bool is_name(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '_' || strchr("%^?;=", *text))
            return false;
    return true;
}

static enum tsm_err judge(const struct card_record *c)
{
    TRY(need_digits("pan", c->pan));
    if (!luhn_right(c->pan))
        return FAIL_FIELD(BAD_VALUE, "pan", "the check digit of the card number is wrong");
    TRY(need_digits("psn", c->psn));
    TRY(need_digits("service_code", c->service_code));
    TRY(need_month("expiry", c->expiry));
    TRY(need_month("effective", c->effective));
    if (strcmp(c->effective, c->expiry) > 0)
        return FAIL_FIELD(BAD_VALUE, "effective", "the card expires before it becomes effective");
    if (!is_name(c->cardholder))
        return FAIL_FIELD(BAD_VALUE, "cardholder", "cardholder holds a character that a card cannot");
    return TSM_OK;
}

/* The cause of a refusal never shows a value: a grouping may be a key. */
static enum tsm_err read_grouping(const json_t *from, struct card_record *c)
{
    struct card_grouping *g = &c->grouping[c->groupings_n];
    struct grouping_document d = {.encrypted = false};
    uint8_t id[2];
    size_t len;
    enum tsm_err e = json_fill(from, grouping_rows, &d);
    if (e == TSM_OK)
        e = hex_read(d.id, id, sizeof id, &len);
    if (e == TSM_OK)
        e = hex_read(d.value, g->value, sizeof g->value, &g->len);
    g->encrypted = d.encrypted;
    explicit_bzero(&d, sizeof d);
    if (e != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "groupings", "a prepared grouping has a wrong form");
    g->id = (uint16_t)(id[0] << 8 | id[1]);
    c->groupings_n++;
    return TSM_OK;
}

static enum tsm_err read_groupings(const json_t *list, struct card_record *c)
{
    size_t n = json_array_size(list);
    if (!list)
        return TSM_OK;
    if (!json_is_array(list) || n > CARD_GROUPINGS_MAX)
        return FAIL_FIELD(BAD_VALUE, "groupings", "groupings is a list of at most %d", CARD_GROUPINGS_MAX);
    for (size_t i = 0; i < n; i++) {
        TRY(read_grouping(json_array_get(list, i), c));
        if (c->grouping[i].encrypted && !c->transport_key[0])
            return FAIL_FIELD(MISSING_FIELD, "transport_key",
                              "an encrypted grouping needs its transport key");
    }
    return TSM_OK;
}

/* PIN blocks of format 2 do not travel; one of format 4 is twice as long as the others. */
static enum tsm_err judge_pin(const struct card_record *c)
{
    uint8_t block[PIN_BLOCK_MAX];
    size_t len;
    if (!c->pin_block[0])
        return TSM_OK;
    if (hex_read(c->pin_block, block, sizeof block, &len) != TSM_OK ||
        len != (c->pin_format == PIN_ISO_4 ? PIN_BLOCK_4 : PIN_BLOCK))
        return FAIL_FIELD(BAD_FORM, "pin_block", "pin_block is no block of this format");
    if (c->pin_format == PIN_ISO_2)
        return FAIL_FIELD(BAD_VALUE, "pin_format", "a PIN block of format 2 goes to a card only");
    return TSM_OK;
}

enum tsm_err card_record_read(struct bytes json, struct card_record *out)
{
    __attribute__((cleanup(document_wipe))) struct document d = {.card = {.psn = "00"}};
    json_t *object = NULL;
    enum tsm_err e;
    if (json.len > CARD_RECORD_JSON_MAX)
        return FAIL_FIELD(TOO_LONG, "card", "the card record is longer than %d octets", CARD_RECORD_JSON_MAX);
    e = json_read(json, &object);
    if (e == TSM_NO_MEMORY)
        return e;
    if (e != TSM_OK) /* its cause shows the text near the fault: say it anew */
        return FAIL_FIELD(BAD_FORM, "card", "the card record is not well-formed JSON");
    e = names_check(object);
    if (e == TSM_OK)
        e = json_fill(object, rows, &d);
    if (e == TSM_OK)
        e = read_groupings(d.groupings, &d.card);
    json_decref(object);
    if (e == TSM_OK)
        e = judge(&d.card);
    if (e == TSM_OK)
        e = judge_pin(&d.card);
    if (e == TSM_OK)
        *out = d.card;
    return e;
}

enum tsm_err card_record_current(const struct card_record *c, const char *yymm)
{
    NEED(text_is_digits(yymm, EXPIRY_DIGITS, EXPIRY_DIGITS), BAD_FORM);
    if (strcmp(c->expiry, yymm) < 0)
        return FAIL_FIELD(EXPIRED, "expiry", "the card has expired");
    return TSM_OK;
}

char *pan_mask(const char *pan, char out[PAN_DIGITS_MAX + 1])
{
    size_t n = strnlen(pan, PAN_DIGITS_MAX);
    for (size_t i = 0; i < n; i++)
        out[i] = n >= MASK_MIN && (i < MASK_HEAD || i >= n - MASK_TAIL) ? pan[i] : '*';
    out[n] = 0;
    return out;
}
