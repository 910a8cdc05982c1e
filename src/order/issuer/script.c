/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of an issued application as script commands, with what must be read back. Station 5. Pure. [EMV
 * Book 3 6.5.1, 6.5.2, 6.5.7, 6.5.10] */
#include <string.h>

#include "order/issuer/changes.h"

enum {
    INS_BLOCK = 0x1E,
    INS_UNBLOCK = 0x18,
    INS_PIN = 0x24,
    INS_PUT_DATA = 0xDA,
    INS_UPDATE_RECORD = 0xDC,
    P2_PIN_UNBLOCK = 0x00,
    P2_PIN_CHANGE = 0x02,
    BY_NUMBER = 0x04,
    COUNTER = 2,
};

static void put_octets(struct issuer_command *c, struct change_effect *e, struct bytes value)
{
    struct writer data = WRITER(c->data), seen = WRITER(e->value);
    (void)write_span(&data, value); /* both have room for CHANGE_VALUE_MAX */
    (void)write_span(&seen, value);
    c->len = data.len;
    e->len = seen.len;
}

static enum tsm_err put_data(const struct issuer_rules *rules, uint16_t tag, struct bytes value,
                             struct change_script *out)
{
    struct issuer_command *c = &out->command[out->n++];
    struct change_effect *e = &out->effect[out->effects_n++];
    if (!issuer_may_put(rules, tag))
        return FAIL_FIELD(NOT_ALLOWED, "exchange.tag", "the scheme does not let object %04X be changed", tag);
    *c = (struct issuer_command){.ins = INS_PUT_DATA, .p1 = (uint8_t)(tag >> 8), .p2 = (uint8_t)tag};
    *e = (struct change_effect){.read = {0x80, 0xCA, c->p1, c->p2, 0x00}};
    put_octets(c, e, value);
    return TSM_OK;
}

static enum tsm_err put_record(const struct change *change, struct change_script *out)
{
    struct issuer_command *c = &out->command[out->n++];
    struct change_effect *e = &out->effect[out->effects_n++];
    *c = (struct issuer_command){.ins = INS_UPDATE_RECORD,
                                 .p1 = (uint8_t)change->record,
                                 .p2 = (uint8_t)(change->sfi << 3 | BY_NUMBER)};
    *e = (struct change_effect){.read = {0x00, 0xB2, c->p1, c->p2, 0x00}};
    put_octets(c, e, BYTES_OF(change->value, change->len));
    return TSM_OK;
}

static enum tsm_err lone(uint8_t ins, uint8_t p2, struct change_script *out)
{
    out->command[out->n++] =
        (struct issuer_command){.ins = ins, .p2 = p2, .pin = ins == INS_PIN && p2 == P2_PIN_CHANGE};
    return TSM_OK;
}

static enum tsm_err balance_read(struct bytes digits, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned high = digits.at[i] >> 4, low = digits.at[i] & 0x0F;
        if (high > 9 || low > 9)
            return FAIL(BAD_VALUE, "the card's balance is no decimal number");
        value = value * 100 + high * 10 + low;
    }
    *out = value;
    return TSM_OK;
}

static bool decimal(uint64_t value, uint8_t digits[CHANGE_BALANCE])
{
    for (size_t i = CHANGE_BALANCE; i-- > 0; value /= 100)
        digits[i] = (uint8_t)(value / 10 % 10 << 4 | value % 10);
    return value == 0;
}

/* The purse adds by itself, within its limits; what it must show then is the sum. */
static void credit(const struct issuer_rules *rules, struct bytes amount, struct bytes sum,
                   struct change_script *out)
{
    struct issuer_command *c = &out->command[out->n++];
    struct change_effect *e = &out->effect[out->effects_n++];
    struct writer data = WRITER(c->data), seen = WRITER(e->value);
    *c = (struct issuer_command){.ins = rules->credit[0], .p1 = rules->credit[1], .p2 = rules->credit[2]};
    *e = (struct change_effect){
        .read = {0x80, 0xCA, (uint8_t)(rules->balance >> 8), (uint8_t)rules->balance, 0}};
    (void)write_span(&data, amount); /* both have room for CHANGE_BALANCE */
    (void)write_span(&seen, sum);
    c->len = data.len;
    e->len = seen.len;
}

/* Put is the new balance, not the difference: the same command twice is the same balance. */
static enum tsm_err top_up(const struct change *change, const struct issuer_rules *rules,
                           struct bytes balance, struct change_script *out)
{
    uint8_t digits[CHANGE_BALANCE], amount[CHANGE_BALANCE];
    uint64_t value;
    if (!rules->balance)
        return FAIL_FIELD(UNSUPPORTED, "exchange.kind", "the scheme has no balance to top up");
    TRY(balance_read(balance, &value));
    if (!decimal(value + (uint64_t)change->amount, digits))
        return FAIL_FIELD(TOO_LONG, "exchange.amount", "the balance would pass its %d digits",
                          2 * CHANGE_BALANCE);
    if (!rules->credits)
        return put_data(rules, rules->balance, BYTES(digits), out);
    (void)decimal((uint64_t)change->amount, amount); /* below CHANGE_AMOUNT_MAX */
    credit(rules, BYTES(amount), BYTES(digits), out);
    return TSM_OK;
}

static enum tsm_err reset(const struct issuer_rules *rules, struct change_script *out)
{
    static const uint8_t zero[COUNTER];
    if (!rules->offline)
        return FAIL_FIELD(UNSUPPORTED, "exchange.kind", "the scheme has no counter to reset");
    return put_data(rules, rules->offline, BYTES(zero), out);
}

static enum tsm_err add(const struct change *c, const struct issuer_rules *rules, struct bytes balance,
                        struct change_script *out)
{
    switch (c->kind) {
    case CHANGE_PIN_RESET:
        return lone(INS_PIN, P2_PIN_UNBLOCK, out);
    case CHANGE_PIN:
        return lone(INS_PIN, P2_PIN_CHANGE, out);
    case CHANGE_COUNTER_RESET:
        return reset(rules, out);
    case CHANGE_PARAMETER:
        return c->tag ? put_data(rules, c->tag, BYTES_OF(c->value, c->len), out) : put_record(c, out);
    case CHANGE_TOP_UP:
        return top_up(c, rules, balance, out);
    case CHANGE_BLOCK:
        return lone(INS_BLOCK, 0, out);
    default:
        return lone(INS_UNBLOCK, 0, out);
    }
}

enum tsm_err changes_script(const struct changes *c, const struct issuer_rules *rules, struct bytes balance,
                            struct change_script *out)
{
    struct change_script made = {.n = 0};
    NEED(c->n > 0 && c->n <= CHANGES_MAX, BAD_VALUE);
    for (size_t i = 0; i < c->n; i++)
        TRY(add(&c->at[i], rules, balance, &made));
    *out = made;
    return TSM_OK;
}
