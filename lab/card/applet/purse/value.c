/* SPDX-License-Identifier: Apache-2.0 */
/* What changes the value file: BEGIN, CREDIT and DEBIT, each whole or not at all (station 10, the card's
 * side); pure; EMV Book 2 9.2 and A1.3 for keys and MACs. */
#include "card/applet/purse/purse.h"

#include "common/tlv.h"

#include <string.h>

#define TAG_ANSWER  0x77
#define TAG_COUNTER 0x9F36
#define TAG_AC      0x9F26
#define TAG_BALANCE 0x9F79
#define CREDIT_LEN  (PURSE_MONEY + PURSE_MAC_LEN)
#define INPUT_MAX   64
#define DIGITS_BASE 10

bool purse_money_read(const uint8_t at[PURSE_MONEY], uint64_t *value)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < PURSE_MONEY; i++) {
        unsigned high = at[i] >> 4, low = at[i] & 0x0F;

        if (high >= DIGITS_BASE || low >= DIGITS_BASE)
            return false;
        sum = sum * DIGITS_BASE * DIGITS_BASE + high * DIGITS_BASE + low;
    }
    *value = sum;
    return true;
}

void purse_money_write(uint64_t value, uint8_t at[PURSE_MONEY])
{
    for (size_t i = PURSE_MONEY; i-- > 0; value /= DIGITS_BASE * DIGITS_BASE)
        at[i] = (uint8_t)(value / DIGITS_BASE % DIGITS_BASE << 4 | value % DIGITS_BASE);
}

static void out_money(struct out *o, uint64_t value)
{
    uint8_t money[PURSE_MONEY];

    purse_money_write(value, money);
    out_bytes(o, money, sizeof money);
}

/* Retail MAC under the common session key over `r`. */
static bool mac(const struct purse *p, enum purse_key which, const uint8_t r[DES_BLOCK], uint16_t commands,
                const struct out *input, uint8_t to[PURSE_MAC_LEN])
{
    struct sym_key key = {.type = 0};
    bool ok = !input->full && issuer_common_key(&p->file.key[which], r, commands, &key) &&
              des_mac_retail(&key, NULL, input->at, input->len, to);

    lab_wipe(&key, sizeof key);
    return ok;
}

/* The card's own word: its session key is of the transaction counter. */
static bool receipt(const struct purse *p, const struct out *input, uint8_t to[PURSE_MAC_LEN])
{
    const uint8_t r[DES_BLOCK] = {(uint8_t)(p->past.counter >> 8), (uint8_t)p->past.counter};

    return mac(p, KEY_RECEIPT, r, 0, input, to);
}

/* The next transaction: a credit that was bound to the last one is void. */
static bool next(struct purse *p)
{
    if (p->past.counter == PURSE_LAST)
        return false;
    p->past.counter++;
    p->past.begun = false;
    p->past.since_ac = 0;
    lab_wipe(p->past.ac, sizeof p->past.ac);
    return true;
}

uint16_t purse_begin(struct purse *p, struct job *j)
{
    uint8_t room[INPUT_MAX];
    struct out input;
    size_t mark;

    if (j->cmd.lc != 0)
        return SW_WRONG_LENGTH;
    if (!next(p))
        return SW_CONDITIONS_NOT_SATISFIED;
    out_init(&input, room, sizeof room);
    out_number(&input, PURSE_INS_BEGIN, 1); /* so that no receipt of a debit is one of these */
    out_number(&input, p->past.counter, PURSE_COUNTER);
    out_money(&input, p->file.value);
    if (!receipt(p, &input, p->past.ac))
        return SW_UNKNOWN;
    p->past.begun = true;
    mark = out_open(j->reply, TAG_ANSWER);
    out_tlv(j->reply, TAG_COUNTER,
            (const uint8_t[]){(uint8_t)(p->past.counter >> 8), (uint8_t)p->past.counter}, PURSE_COUNTER);
    out_tlv(j->reply, TAG_AC, p->past.ac, sizeof p->past.ac);
    out_close(j->reply, mark);
    return SW_OK;
}

/* Header, counter and cryptogram, amount: the same command is right once. */
static bool credit_is_right(const struct purse *p, const struct job *j)
{
    uint8_t room[INPUT_MAX], expected[PURSE_MAC_LEN];
    struct out input;

    out_init(&input, room, sizeof room);
    out_bytes(&input, (const uint8_t[]){j->cmd.cla, j->cmd.ins, j->cmd.p1, j->cmd.p2, (uint8_t)j->cmd.lc}, 5);
    out_number(&input, p->past.counter, PURSE_COUNTER);
    out_bytes(&input, p->past.ac, sizeof p->past.ac);
    out_bytes(&input, j->cmd.data, PURSE_MONEY);
    return p->past.begun && mac(p, KEY_CREDIT, p->past.ac, p->past.since_ac, &input, expected) &&
           lab_same(expected, j->cmd.data + PURSE_MONEY, sizeof expected);
}

uint16_t purse_credit(struct purse *p, struct job *j)
{
    uint64_t amount;

    if (j->cmd.lc != CREDIT_LEN || j->cmd.extended)
        return SW_WRONG_LENGTH;
    if (!credit_is_right(p, j)) {
        p->past.refused++;
        return SW_MAC_WRONG;
    }
    if (!purse_money_read(j->cmd.data, &amount) || amount == 0)
        return SW_WRONG_DATA;
    if (amount > p->file.upper - p->file.value)
        return SW_BEYOND_LIMIT;
    p->file.value += amount;
    p->past.accepted++;
    p->past.since_ac++;
    return SW_OK;
}

uint16_t purse_debit(struct purse *p, struct job *j)
{
    uint8_t room[INPUT_MAX], made[PURSE_MAC_LEN], money[PURSE_MONEY];
    struct out input;
    uint64_t amount;
    size_t mark;

    if (j->cmd.lc != PURSE_DEBIT_IN)
        return SW_WRONG_LENGTH;
    if (!purse_money_read(j->cmd.data, &amount) || amount == 0)
        return SW_WRONG_DATA;
    if (amount > p->file.value - p->file.lower)
        return SW_BEYOND_LIMIT;
    if (!next(p))
        return SW_CONDITIONS_NOT_SATISFIED;
    purse_money_write(p->file.value - amount, money);
    out_init(&input, room, sizeof room);
    out_number(&input, PURSE_INS_DEBIT, 1);
    out_bytes(&input, j->cmd.data, PURSE_DEBIT_IN);
    out_number(&input, p->past.counter, PURSE_COUNTER);
    out_bytes(&input, money, sizeof money);
    if (!receipt(p, &input, made))
        return SW_UNKNOWN;
    p->file.value -= amount;
    mark = out_open(j->reply, TAG_ANSWER);
    out_tlv(j->reply, TAG_COUNTER,
            (const uint8_t[]){(uint8_t)(p->past.counter >> 8), (uint8_t)p->past.counter}, PURSE_COUNTER);
    out_tlv(j->reply, TAG_BALANCE, money, sizeof money);
    out_tlv(j->reply, TAG_AC, made, sizeof made);
    out_close(j->reply, mark);
    return SW_OK;
}
