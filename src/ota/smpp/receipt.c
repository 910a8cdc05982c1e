/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery receipts and message ids. Station 10. Pure. [SMPP 3.4 appendix B] */
#include "ota/smpp/receipt.h"

#include <stdio.h>

enum { ERROR_DIGITS_MAX = 5 };

static const char *const state_words[] = {
    [RECEIPT_ENROUTE] = "ENROUTE", [RECEIPT_DELIVERED] = "DELIVRD",     [RECEIPT_EXPIRED] = "EXPIRED",
    [RECEIPT_DELETED] = "DELETED", [RECEIPT_UNDELIVERABLE] = "UNDELIV", [RECEIPT_ACCEPTED] = "ACCEPTD",
    [RECEIPT_UNKNOWN] = "UNKNOWN", [RECEIPT_REJECTED] = "REJECTD",
};

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Takes `word` from the left, whatever its case. */
static bool take_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    struct bytes part;
    if (bytes_part(r->left, 0, r->left.len < n ? r->left.len : n, &part) != TSM_OK || part.len < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(part.at[i]) != lower((uint8_t)word[i]))
            return false;
    return read_span(r, n, &part) == TSM_OK;
}

/* All up to the next space or the end. */
static enum tsm_err take_value(struct reader *r, struct bytes *out)
{
    size_t n = 0;
    while (n < r->left.len && r->left.at[n] != ' ')
        n++;
    return read_span(r, n, out);
}

static enum tsm_err read_state(struct bytes value, enum receipt_state *out)
{
    for (int i = RECEIPT_ENROUTE; i <= RECEIPT_REJECTED; i++) {
        struct reader r = READER(value);
        if (take_word(&r, state_words[i]) && r.left.len == 0) {
            *out = (enum receipt_state)i;
            return TSM_OK;
        }
    }
    return FAIL(BAD_VALUE, "the state of the delivery receipt is unknown");
}

static enum tsm_err read_error(struct bytes value, struct smpp_receipt *receipt)
{
    uint32_t v = 0;
    NEED(value.len > 0 && value.len <= ERROR_DIGITS_MAX, BAD_VALUE);
    for (size_t i = 0; i < value.len; i++) {
        NEED(value.at[i] >= '0' && value.at[i] <= '9', BAD_VALUE);
        v = v * 10 + value.at[i] - '0';
    }
    NEED(v <= UINT16_MAX, BAD_VALUE);
    receipt->error = (uint16_t)v;
    receipt->has_error = true;
    return TSM_OK;
}

static enum tsm_err read_id(struct bytes value, char out[SMPP_MESSAGE_ID_ROOM])
{
    NEED(value.len > 0 && value.len < SMPP_MESSAGE_ID_ROOM, BAD_VALUE);
    for (size_t i = 0; i < value.len; i++)
        NEED(value.at[i] > ' ' && value.at[i] < 0x7F, BAD_VALUE);
    memcpy(out, value.at, value.len);
    out[value.len] = 0;
    return TSM_OK;
}

/* One "name:value", or one word that is passed over. */
static enum tsm_err read_item(struct reader *r, struct smpp_receipt *receipt)
{
    struct bytes value;
    if (take_word(r, "id:")) {
        TRY(take_value(r, &value));
        return read_id(value, receipt->id);
    }
    if (take_word(r, "stat:")) {
        TRY(take_value(r, &value));
        return read_state(value, &receipt->state);
    }
    if (take_word(r, "err:")) {
        TRY(take_value(r, &value));
        return read_error(value, receipt);
    }
    return take_value(r, &value);
}

enum tsm_err smpp_receipt_read(struct bytes text, struct smpp_receipt *out)
{
    struct smpp_receipt receipt = {.id = ""};
    struct reader r = READER(text);
    NEED(text.len <= RECEIPT_TEXT_MAX, TOO_LONG);
    while (r.left.len && !take_word(&r, "text:")) {
        if (take_word(&r, " "))
            continue;
        TRY(read_item(&r, &receipt));
    }
    NEED(receipt.id[0] != 0, MISSING_FIELD);
    NEED(receipt.state != 0, MISSING_FIELD);
    *out = receipt;
    return TSM_OK;
}

enum tsm_err smpp_receipt_write(const struct smpp_receipt *receipt, struct writer *w)
{
    char text[SMPP_MESSAGE_ID_ROOM + 64];
    int n;
    NEED(receipt->state >= RECEIPT_ENROUTE && receipt->state <= RECEIPT_REJECTED, BAD_VALUE);
    n = snprintf(text, sizeof text, "id:%s stat:%s", receipt->id, state_words[receipt->state]);
    TRY(write_span(w, BYTES_OF((const uint8_t *)text, (size_t)n)));
    if (!receipt->has_error)
        return TSM_OK;
    n = snprintf(text, sizeof text, " err:%03u", (unsigned)receipt->error);
    return write_span(w, BYTES_OF((const uint8_t *)text, (size_t)n));
}

bool smpp_receipt_is_final(enum receipt_state state)
{
    return state != RECEIPT_ENROUTE && state != RECEIPT_ACCEPTED;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)lower((uint8_t)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

enum tsm_err smpp_id_canonical(const char *id, enum smpp_id_form form, char out[SMPP_MESSAGE_ID_ROOM])
{
    size_t n = strnlen(id, SMPP_MESSAGE_ID_ROOM);
    int base = form == SMPP_ID_HEX ? 16 : 10;
    uint64_t v = 0;
    NEED(n > 0, BAD_FORM);
    NEED(n < SMPP_MESSAGE_ID_ROOM, TOO_LONG);
    if (form == SMPP_ID_TEXT) {
        memcpy(out, id, n + 1);
        return TSM_OK;
    }
    for (size_t i = 0; i < n; i++) {
        NEED(digit(id[i]) < base, BAD_FORM);
        NEED(!__builtin_mul_overflow(v, (uint64_t)base, &v) &&
                 !__builtin_add_overflow(v, (uint64_t)digit(id[i]), &v),
             TOO_LONG);
    }
    snprintf(out, SMPP_MESSAGE_ID_ROOM, "%llu", (unsigned long long)v);
    return TSM_OK;
}
