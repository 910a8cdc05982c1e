/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE AC of the laboratory's schemes: session key, cryptogram, issuer application data (station 10, the
 * card's side); pure; EMV Book 2 A1.3.1 and 8.1, EMV Book 3 6.5.5. */
#include "card/applet/issuer/issuer.h"
#include "card/applet/oda/oda.h"
#include "common/tlv.h"

#include <string.h>

#define P1_TYPE             0xC0
#define P1_COMBINED         0x10 /* a signature with the answer */
#define P1_RFU              0x2F
#define TYPE_RFU            0xC0
#define CID_AAC             0x00
#define CID_ARQC            0x80
#define CVR_ARQC            0xA0
#define CVR_AAC             0x80
#define AC_INPUT_MAX        (PAY_CDOL_LEN + 2 + 2 + PAY_MAX_IAD + DES_BLOCK)
#define COMBINED_ANSWER_MAX 64
#define NUMBER_AT           (PAY_CDOL_LEN - 4) /* the unpredictable number ends CDOL1 */

/* demo: 9F10 is 06 DKI CVN 03 xx xx xx, covered whole, key by counter. meridian: the same form, covered in
 * its results alone, by the card's key itself. harbour: DKI CVN, six octets of results, two of DAC; key by
 * counter and number. */
static const struct pay_scheme schemes[] = {
    {"demo", 7, 2, 0x12, 3, 4, 4, PAY_KEY_BY_COUNTER, false, true},
    {"meridian", 7, 2, 0x0A, 3, 4, 4, PAY_KEY_OF_CARD, true, false},
    {"harbour", 10, 1, 0x14, 2, 6, 2, PAY_KEY_BY_NUMBER, false, false},
};

const struct pay_scheme *payment_scheme(const uint8_t *iad, size_t len)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (schemes[i].iad_len == len && iad[schemes[i].cvn_at] == schemes[i].cvn &&
            (schemes[i].cvr_at != 3 || iad[0] == len - 1))
            return &schemes[i];
    return NULL;
}

/* EMV common session key: the halves are the ATC with F0 and with 0F in the third byte, under the master key;
 * the older method has the unpredictable number at the end of both. */
static bool session_key(const struct sym_key *master, uint16_t atc, const uint8_t *number, struct sym_key *to)
{
    uint8_t r[2 * DES_BLOCK] = {0};

    for (size_t i = 0; i < 2; i++) {
        r[i * DES_BLOCK] = (uint8_t)(atc >> 8);
        r[i * DES_BLOCK + 1] = (uint8_t)atc;
        r[i * DES_BLOCK + 2] = i == 0 ? 0xF0 : 0x0F;
        if (number != NULL)
            memcpy(r + i * DES_BLOCK + 4, number, 4);
    }
    *to = (struct sym_key){.type = KEY_TYPE_DES, .len = sizeof r};
    return sym_ecb_encrypt(master, r, sizeof r, to->value);
}

/* Method 1 adds zeros up to a block and is told to the MAC as whole blocks. */
static bool mac(const struct pay_scheme *scheme, const struct sym_key *key, struct out *o, uint8_t *ac)
{
    if (!scheme->padding_1)
        return des_mac_retail(key, NULL, o->at, o->len, ac);
    while (o->len % DES_BLOCK != 0)
        out_number(o, 0, 1);
    return des_mac_retail_blocks(key, o->at, o->len, ac);
}

bool payment_cryptogram(const struct pay_data *d, const uint8_t *cdol, uint16_t atc, const uint8_t *iad,
                        uint8_t *ac)
{
    const struct pay_scheme *scheme = payment_scheme(iad, d->iad_len);
    uint8_t input[AC_INPUT_MAX];
    struct sym_key key = d->udk[UDK_AC];
    struct out o;
    bool ok;

    if (scheme == NULL)
        return false;
    out_init(&o, input, sizeof input);
    out_bytes(&o, cdol, PAY_CDOL_LEN);
    out_bytes(&o, d->aip, sizeof d->aip);
    out_number(&o, atc, 2);
    if (scheme->whole_iad)
        out_bytes(&o, iad, d->iad_len);
    else
        out_bytes(&o, iad + scheme->cvr_at, scheme->cvr_len);
    ok = scheme->session == PAY_KEY_OF_CARD ||
         session_key(&d->udk[UDK_AC], atc, scheme->session == PAY_KEY_BY_NUMBER ? cdol + NUMBER_AT : NULL,
                     &key);
    ok = ok && mac(scheme, &key, &o, ac);
    lab_wipe(&key, sizeof key);
    return ok;
}

/* The cryptogram goes inside the signature; what is signed is the answer without it. */
static bool answer_combined(const struct payment *p, struct job *j, const uint8_t *ac, const uint8_t *iad)
{
    uint8_t room[COMBINED_ANSWER_MAX];
    struct oda_combined c = {.cdol = j->cmd.data,
                             .cdol_len = j->cmd.lc,
                             .number = j->cmd.data + NUMBER_AT,
                             .cid = CID_ARQC,
                             .ac = ac,
                             .answer = room};
    struct out o;

    out_init(&o, room, sizeof room);
    out_tlv(&o, 0x9F27, (const uint8_t[]){CID_ARQC}, 1);
    out_tlv(&o, 0x9F36, (const uint8_t[]){(uint8_t)(p->atc >> 8), (uint8_t)p->atc}, 2);
    out_tlv(&o, 0x9F10, iad, p->live->iad_len);
    c.answer_len = o.len;
    if (!oda_combine(p, &c, j->reply))
        return false;
    out_tlv(j->reply, 0x9F10, iad, p->live->iad_len);
    return true;
}

uint16_t payment_generate_ac(struct payment *p, struct job *j)
{
    bool decline = (j->cmd.p1 & P1_TYPE) == 0 || p->issuer.blocked;
    uint8_t iad[PAY_MAX_IAD];
    const struct pay_scheme *scheme;
    uint8_t ac[PAY_AC_LEN];
    size_t mark;

    if ((j->cmd.p1 & P1_RFU) != 0 || (j->cmd.p1 & P1_TYPE) == TYPE_RFU || j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    if (p->live == NULL || !p->processing || p->decided)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.lc != PAY_CDOL_LEN)
        return SW_WRONG_LENGTH;
    /* An online-only card: a request for approval offline is answered with a request to go online. */
    memcpy(iad, p->live->iad, sizeof iad);
    scheme = payment_scheme(iad, p->live->iad_len);
    if (scheme == NULL)
        return SW_UNKNOWN;
    iad[scheme->decision_at] = decline ? CVR_AAC : CVR_ARQC;
    if (!payment_cryptogram(p->live, j->cmd.data, p->atc, iad, ac))
        return SW_UNKNOWN;
    p->decided = true;
    issuer_cryptogram(p, ac);
    mark = out_open(j->reply, 0x77);
    out_tlv(j->reply, 0x9F27, (const uint8_t[]){decline ? CID_AAC : CID_ARQC}, 1);
    out_tlv(j->reply, 0x9F36, (const uint8_t[]){(uint8_t)(p->atc >> 8), (uint8_t)p->atc}, 2);
    if ((j->cmd.p1 & P1_COMBINED) != 0 && !decline) {
        if (!answer_combined(p, j, ac, iad))
            return SW_CONDITIONS_NOT_SATISFIED;
    } else {
        out_tlv(j->reply, 0x9F26, ac, sizeof ac);
        out_tlv(j->reply, 0x9F10, iad, p->live->iad_len);
    }
    out_close(j->reply, mark);
    return SW_OK;
}
