/* SPDX-License-Identifier: Apache-2.0 */
/* The card record that a provider hands over. Station 5 (in the vault). Pure. [ISO 7812, ISO 7813] */
#include "emv/perso/intake.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"

enum { MASK_HEAD = 6, MASK_TAIL = 4, MASK_MIN = 13 };

#define ROW(name, min, max, need)                                                        \
    {                                                                                    \
#name, JSON_TEXT, offsetof(struct card_record, name), (min), (max), (need), NULL \
    }
static const struct json_row rows[] = {
    ROW(pan, PAN_DIGITS_MIN, PAN_DIGITS_MAX, JSON_NEEDED),
    ROW(psn, PSN_DIGITS, PSN_DIGITS, JSON_OPTIONAL),
    ROW(expiry, EXPIRY_DIGITS, EXPIRY_DIGITS, JSON_NEEDED),
    ROW(effective, EXPIRY_DIGITS, EXPIRY_DIGITS, JSON_NEEDED),
    ROW(service_code, SERVICE_CODE_DIGITS, SERVICE_CODE_DIGITS, JSON_NEEDED),
    ROW(cardholder, NAME_MIN, NAME_MAX, JSON_NEEDED),
    ROW(card_ref, 0, CARD_REF_MAX, JSON_OPTIONAL),
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

enum tsm_err card_record_read(struct bytes json, struct card_record *out)
{
    CARD_RECORD c = {.psn = "00"};
    json_t *object = NULL;
    enum tsm_err e;
    if (json.len > CARD_RECORD_JSON_MAX)
        return FAIL_FIELD(TOO_LONG, "card", "the card record is longer than %d octets", CARD_RECORD_JSON_MAX);
    if (json_read(json, &object) != TSM_OK) /* its cause shows the text near the fault: say it anew */
        return FAIL_FIELD(BAD_FORM, "card", "the card record is not well-formed JSON");
    e = names_check(object);
    if (e == TSM_OK)
        e = json_fill(object, rows, &c);
    json_decref(object);
    if (e == TSM_OK)
        e = judge(&c);
    if (e == TSM_OK)
        *out = c;
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
