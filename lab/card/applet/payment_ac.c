/* SPDX-License-Identifier: Apache-2.0 */
/* GENERATE AC of the demo scheme: session key, cryptogram, issuer application data (station 10, the card's
 * side); pure; EMV Book 2 A1.3.1 and 8.1, EMV Book 3 6.5.5, cryptogram version 18. */
#include "card/applet/payment.h"
#include "common/tlv.h"

#include <string.h>

#define P1_TYPE      0xC0
#define P1_RFU       0x3F
#define TYPE_RFU     0xC0
#define CID_AAC      0x00
#define CID_ARQC     0x80
#define IAD_DECISION 4 /* offset of CVR byte 2 in 9F10: 06 DKI CVN 03 xx */
#define CVR_ARQC     0xA0
#define CVR_AAC      0x80
#define AC_INPUT_MAX (PAY_CDOL_LEN + 2 + 2 + PAY_IAD_LEN)

/* EMV common session key: the halves are the ATC with F0 and with 0F in the third byte, under the master key.
 */
static bool session_key(const struct sym_key *master, uint16_t atc, struct sym_key *to)
{
    uint8_t r[2 * DES_BLOCK] = {0};

    for (size_t i = 0; i < 2; i++) {
        r[i * DES_BLOCK] = (uint8_t)(atc >> 8);
        r[i * DES_BLOCK + 1] = (uint8_t)atc;
        r[i * DES_BLOCK + 2] = i == 0 ? 0xF0 : 0x0F;
    }
    *to = (struct sym_key){.type = KEY_TYPE_DES, .len = sizeof r};
    return sym_ecb_encrypt(master, r, sizeof r, to->value);
}

bool payment_cryptogram(const struct pay_data *d, const uint8_t *cdol, uint16_t atc, const uint8_t *iad,
                        uint8_t *ac)
{
    uint8_t input[AC_INPUT_MAX];
    struct sym_key key;
    struct out o;
    bool ok;

    out_init(&o, input, sizeof input);
    out_bytes(&o, cdol, PAY_CDOL_LEN);
    out_bytes(&o, d->aip, sizeof d->aip);
    out_number(&o, atc, 2);
    out_bytes(&o, iad, PAY_IAD_LEN);
    ok = session_key(&d->udk[UDK_AC], atc, &key) && des_mac_retail(&key, NULL, input, o.len, ac);
    lab_wipe(&key, sizeof key);
    return ok;
}

uint16_t payment_generate_ac(struct payment *p, struct job *j)
{
    bool decline = (j->cmd.p1 & P1_TYPE) == 0;
    uint8_t iad[PAY_IAD_LEN];
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
    iad[IAD_DECISION] = decline ? CVR_AAC : CVR_ARQC;
    if (!payment_cryptogram(p->live, j->cmd.data, p->atc, iad, ac))
        return SW_UNKNOWN;
    p->decided = true;
    mark = out_open(j->reply, 0x77);
    out_tlv(j->reply, 0x9F27, (const uint8_t[]){decline ? CID_AAC : CID_ARQC}, 1);
    out_tlv(j->reply, 0x9F36, (const uint8_t[]){(uint8_t)(p->atc >> 8), (uint8_t)p->atc}, 2);
    out_tlv(j->reply, 0x9F26, ac, sizeof ac);
    out_tlv(j->reply, 0x9F10, iad, sizeof iad);
    out_close(j->reply, mark);
    return SW_OK;
}
