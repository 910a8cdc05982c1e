/* SPDX-License-Identifier: Apache-2.0 */
/* Cards out of an issuer's file. Station 1. Pure but for the JSON it returns. [RFC 4180; EMV CPS 1.1 annex A]
 */
#include "emv/intake/file.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv/csv.h"

enum { GROUPING_HEAD = 4, GROUPING_ID = 4 };

/* Members of the record; pin_format alone is a number. */
static const char *const card_fields[] = {"pan",           "psn",        "expiry",   "effective",
                                          "service_code",  "cardholder", "card_ref", "pin_block",
                                          "transport_key", NULL};
static const char *const element_fields[] = {"iccid", "seid", "msisdn", "eid", NULL};
#define FIELD_SERVICE    "service"
#define FIELD_PIN_FORMAT "pin_format"

static bool is_one_of(const char *const *list, const char *name)
{
    for (; *list; list++)
        if (!strcmp(*list, name))
            return true;
    return false;
}

static bool is_known(const char *name)
{
    return !strcmp(name, FIELD_SERVICE) || !strcmp(name, FIELD_PIN_FORMAT) || is_one_of(card_fields, name) ||
           is_one_of(element_fields, name);
}

static bool head_has(const struct issuer_head *h, const char *name)
{
    for (size_t i = 0; i < h->n; i++)
        if (!strcmp(h->column[i], name))
            return true;
    return false;
}

static enum tsm_err check_head(const struct issuer_head *h)
{
    bool element = false;
    for (const char *const *e = element_fields; *e; e++)
        element |= head_has(h, *e);
    if (!element || !head_has(h, FIELD_SERVICE) || !head_has(h, "pan"))
        return FAIL(MISSING_FIELD, "the heading needs service, pan and one of iccid, seid, msisdn, eid");
    return TSM_OK;
}

enum tsm_err issuer_head_read(struct bytes line, struct issuer_head *out)
{
    struct issuer_head h = {.n = 0, .separator = csv_separator(line)};
    struct csv_line l = CSV_LINE(line, h.separator);
    NEED(line.len <= ISSUER_LINE_MAX, TOO_LONG);
    while (l.more) {
        char name[ISSUER_NAME_MAX + 1];
        NEED(h.n < ISSUER_COLUMNS_MAX, TOO_LONG);
        TRY(csv_field(&l, name, sizeof name));
        if (!is_known(name))
            return FAIL(UNKNOWN_FIELD, "column %zu of the heading is none that is known here", h.n + 1);
        NEED(!head_has(&h, name), DUPLICATE_TAG);
        memcpy(h.column[h.n++], name, sizeof name);
    }
    TRY(check_head(&h));
    *out = h;
    return TSM_OK;
}

static enum tsm_err put_element(struct issuer_row *row, const char *name, const char *value)
{
    if (row->se_ref[0])
        return FAIL_FIELD(DUPLICATE_TAG, name, "the card names its element twice");
    NEED(strlen(value) <= ISSUER_REF_MAX, TOO_LONG);
    memcpy(row->se_kind, name, strlen(name) + 1);
    memcpy(row->se_ref, value, strlen(value) + 1);
    return TSM_OK;
}

/* An empty column is a field that is not there. */
static enum tsm_err put_field(struct issuer_row *row, const char *name, const char *value)
{
    json_t *member;
    if (!value[0])
        return TSM_OK;
    if (is_one_of(element_fields, name))
        return put_element(row, name, value);
    if (!strcmp(name, FIELD_SERVICE)) {
        NEED(strlen(value) <= ISSUER_REF_MAX && !row->service[0], TOO_LONG);
        memcpy(row->service, value, strlen(value) + 1);
        return TSM_OK;
    }
    if (json_object_get(row->record, name))
        return FAIL_FIELD(DUPLICATE_TAG, name, "the field %s stands twice", name);
    if (!strcmp(name, FIELD_PIN_FORMAT)) {
        NEED(value[0] >= '0' && value[0] <= '9' && !value[1], BAD_FORM);
        member = json_integer(value[0] - '0');
    } else {
        member = json_string(value);
    }
    NEED(member != NULL && json_object_set_new(row->record, name, member) == 0, BAD_FORM);
    return TSM_OK;
}

static enum tsm_err finish(struct issuer_row *row, enum tsm_err e, struct issuer_row *out)
{
    if (e == TSM_OK && (!row->service[0] || !row->se_ref[0] || !json_object_get(row->record, "pan")))
        e = FAIL(MISSING_FIELD, "a card needs service, pan and one of iccid, seid, msisdn, eid");
    if (e == TSM_OK)
        *out = *row;
    else
        json_decref(row->record);
    return e;
}

static enum tsm_err read_columns(const struct issuer_head *head, struct bytes line, struct issuer_row *row)
{
    struct csv_line l = CSV_LINE(line, head->separator);
    for (size_t i = 0; i < head->n; i++) {
        char value[ISSUER_VALUE_MAX + 1];
        enum tsm_err e;
        NEED(l.more, BAD_LENGTH);
        e = csv_field(&l, value, sizeof value);
        if (e == TSM_OK)
            e = put_field(row, head->column[i], value);
        explicit_bzero(value, sizeof value);
        TRY(e);
    }
    NEED(!l.more, BAD_LENGTH);
    return TSM_OK;
}

enum tsm_err issuer_csv_read(const struct issuer_head *head, struct bytes line, struct issuer_row *out)
{
    struct issuer_row row = {.record = json_object()};
    NEED(row.record != NULL, NO_MEMORY);
    return finish(&row, line.len <= ISSUER_LINE_MAX ? read_columns(head, line, &row) : TSM_TOO_LONG, out);
}

/* "DGI 0101" in clear, "ENC 8400" under the transport key. */
static enum tsm_err put_grouping(struct issuer_row *row, const char *name, const char *value)
{
    json_t *list = json_object_get(row->record, "groupings"), *one;
    NEED(strlen(name) == GROUPING_HEAD + GROUPING_ID, BAD_FORM);
    if (!list && json_object_set_new(row->record, "groupings", list = json_array()) != 0)
        return FAIL(NO_MEMORY, "no memory for a grouping");
    one = json_pack("{ss sb ss}", "id", name + GROUPING_HEAD, "encrypted", name[0] == 'E', "value", value);
    NEED(one != NULL && json_array_append_new(list, one) == 0, BAD_FORM);
    return TSM_OK;
}

static enum tsm_err add_char(char *to, size_t room, size_t *n, uint8_t c)
{
    NEED(c >= 0x20 && c != 0x7F, BAD_FORM);
    NEED(*n + 1 < room, TOO_LONG);
    to[(*n)++] = (char)c;
    return TSM_OK;
}

static enum tsm_err read_until(struct reader *r, uint8_t end, char *to, size_t room)
{
    size_t n = 0;
    uint8_t c;
    while (r->left.len && r->left.at[0] != end) {
        TRY(read_u8(r, &c));
        TRY(add_char(to, room, &n, c));
    }
    to[n] = 0;
    return TSM_OK;
}

static enum tsm_err read_named(struct reader *r, struct issuer_row *row)
{
    char name[ISSUER_NAME_MAX + 1], value[ISSUER_VALUE_MAX + 1];
    struct bytes unused;
    enum tsm_err e;
    TRY(read_until(r, '=', name, sizeof name));
    TRY(read_span(r, 1, &unused));
    e = read_until(r, '|', value, sizeof value);
    if (e == TSM_OK && (!strncmp(name, "DGI ", GROUPING_HEAD) || !strncmp(name, "ENC ", GROUPING_HEAD)))
        e = put_grouping(row, name, value);
    else if (e == TSM_OK)
        e = is_known(name) ? put_field(row, name, value)
                           : FAIL(UNKNOWN_FIELD, "the line has a field that is not known here");
    explicit_bzero(value, sizeof value);
    TRY(e);
    return r->left.len ? read_span(r, 1, &unused) : TSM_OK;
}

enum tsm_err issuer_cps_read(struct bytes line, struct issuer_row *out)
{
    struct issuer_row row = {.record = json_object()};
    struct reader r = READER(line);
    enum tsm_err e = line.len <= ISSUER_LINE_MAX ? TSM_OK : TSM_TOO_LONG;
    NEED(row.record != NULL, NO_MEMORY);
    while (e == TSM_OK && r.left.len)
        e = read_named(&r, &row);
    return finish(&row, e, out);
}
