/* SPDX-License-Identifier: Apache-2.0 */
/* Issuer script commands of the laboratory's schemes: session keys, MAC, what each command changes (station
 * 10, the card's side); pure; EMV Book 2 9.2 and A1.3, EMV Book 3 6.5. */
#include "card/applet/issuer/issuer.h"

#include <string.h>

#define SCRIPT_INPUT_MAX (5 + 2 + PAY_AC_LEN + APDU_SHORT_MAX_LC)
#define READ_BY_NUMBER   0x04
#define RECORD_HEAD_MIN  2
#define TAG_RECORD       0x70

static const struct pay_script_rules rules[] = {
    {"demo", SCRIPT_KEY_BY_COUNTER, SCRIPT_LENGTH_ECB, true, true, 8},
    {"meridian", SCRIPT_KEY_BY_COUNTER, SCRIPT_CBC_ALWAYS, false, false, 4},
    {"harbour", SCRIPT_KEY_BY_CRYPTOGRAM, SCRIPT_CBC_SHORT, true, false, 8},
};

const struct pay_script_rules *issuer_rules(const struct pay_data *d)
{
    const struct pay_scheme *s = payment_scheme(d->iad, d->iad_len);

    for (size_t i = 0; s != NULL && i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].scheme, s->name) == 0)
            return &rules[i];
    return NULL;
}

void issuer_begin(struct payment *p)
{
    lab_wipe(p->issuer.ac, sizeof p->issuer.ac);
    p->issuer.since_ac = 0;
}

void issuer_cryptogram(struct payment *p, const uint8_t ac[PAY_AC_LEN])
{
    memcpy(p->issuer.ac, ac, PAY_AC_LEN);
    p->issuer.since_ac = 0;
    p->issuer.offline++;
}

/* The card key, its halves changed by the counter and by its complement. */
static void by_counter(const struct sym_key *card, uint16_t atc, struct sym_key *to)
{
    *to = *card;
    to->value[6] ^= (uint8_t)(atc >> 8);
    to->value[7] ^= (uint8_t)atc;
    to->value[14] ^= (uint8_t) ~(atc >> 8);
    to->value[15] ^= (uint8_t)~atc;
}

bool issuer_common_key(const struct sym_key *card, const uint8_t *ac, uint16_t commands, struct sym_key *to)
{
    uint8_t r[2 * DES_BLOCK];
    uint64_t number = lab_number(ac, DES_BLOCK) + commands;
    struct out o;

    out_init(&o, r, sizeof r);
    out_number(&o, number, DES_BLOCK);
    out_number(&o, number, DES_BLOCK);
    r[2] = 0xF0;
    r[DES_BLOCK + 2] = 0x0F;
    *to = (struct sym_key){.type = KEY_TYPE_DES, .len = sizeof r};
    return sym_ecb_encrypt(card, r, sizeof r, to->value);
}

bool issuer_session_key(const struct payment *p, const struct pay_script_rules *r, enum pay_udk which,
                        struct sym_key *to)
{
    const struct sym_key *card = &p->live->udk[which];

    if (r->key == SCRIPT_KEY_BY_CRYPTOGRAM)
        return issuer_common_key(card, p->issuer.ac, p->issuer.since_ac, to);
    by_counter(card, p->atc, to);
    return true;
}

static bool mac_is_right(const struct payment *p, const struct pay_script_rules *r, const struct job *j)
{
    size_t n = j->cmd.lc - r->mac_len;
    uint8_t input[SCRIPT_INPUT_MAX + DES_BLOCK], mac[DES_BLOCK];
    struct sym_key key = {.type = 0};
    struct out o;
    bool ok;

    out_init(&o, input, sizeof input);
    out_bytes(&o, (const uint8_t[]){j->cmd.cla, j->cmd.ins, j->cmd.p1, j->cmd.p2, (uint8_t)j->cmd.lc}, 5);
    if (r->covers_transaction) {
        out_number(&o, p->atc, 2);
        out_bytes(&o, p->issuer.ac, PAY_AC_LEN);
    }
    if (n > 0)
        out_bytes(&o, j->cmd.data, n);
    ok = issuer_session_key(p, r, UDK_MAC, &key) && des_mac_retail(&key, NULL, o.at, o.len, mac) &&
         lab_same(mac, j->cmd.data + n, r->mac_len);
    lab_wipe(&key, sizeof key);
    return ok;
}

static uint16_t update_record(struct payment *p, const struct job *j, size_t n)
{
    uint8_t sfi = j->cmd.p2 >> 3;

    if ((j->cmd.p2 & 0x07) != READ_BY_NUMBER || sfi == 0 || j->cmd.p1 == 0)
        return SW_WRONG_P1P2;
    if (n < RECORD_HEAD_MIN || n > PAY_MAX_RECORD || (sfi <= 10 && j->cmd.data[0] != TAG_RECORD))
        return SW_WRONG_DATA;
    for (size_t i = 0; i < p->live->record_count; i++) {
        struct pay_record *record = &p->live->records[i];

        if (record->sfi != sfi || record->number != j->cmd.p1)
            continue;
        memcpy(record->value, j->cmd.data, n);
        record->len = (uint8_t)n;
        return SW_OK;
    }
    return SW_RECORD_NOT_FOUND;
}

static uint16_t block(struct payment *p, const struct job *j, size_t n, bool blocked)
{
    if (j->cmd.p1 != 0 || j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    if (n != 0)
        return SW_WRONG_LENGTH;
    p->issuer.blocked = blocked;
    return SW_OK;
}

static uint16_t carry_out(struct payment *p, const struct pay_script_rules *r, struct job *j, size_t n)
{
    switch (j->cmd.ins) {
    case INS_APPLICATION_BLOCK:
        return block(p, j, n, true);
    case INS_APPLICATION_UNBLOCK:
        return block(p, j, n, false);
    case INS_PIN_CHANGE:
        return issuer_pin_change(p, r, j, n);
    case INS_PUT_DATA:
        return issuer_put(p, (unsigned)j->cmd.p1 << 8 | j->cmd.p2, j->cmd.data, n);
    default:
        return update_record(p, j, n);
    }
}

uint16_t issuer_command(struct payment *p, struct job *j)
{
    const struct pay_script_rules *r = p->live == NULL ? NULL : issuer_rules(p->live);
    uint16_t sw;

    if (r == NULL)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.lc < r->mac_len || j->cmd.extended)
        return SW_WRONG_LENGTH;
    if (!mac_is_right(p, r, j)) {
        p->issuer.refused++;
        return SW_MAC_WRONG;
    }
    sw = carry_out(p, r, j, j->cmd.lc - r->mac_len);
    if (sw == SW_OK) {
        p->issuer.accepted++;
        p->issuer.since_ac++;
    }
    return sw;
}
