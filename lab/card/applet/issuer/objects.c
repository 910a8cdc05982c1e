/* SPDX-License-Identifier: Apache-2.0 */
/* Data objects of the payment application that its issuer may change, and the counters that tell what it did
 * (station 10, the card's side); pure; EMV Book 3 6.5.7, annex A. */
#include "card/applet/issuer/issuer.h"

#include "common/tlv.h"

#include <string.h>

/* The laboratory's own numbers are of the private class. */
#define TAG_LOWER_LIMIT 0x9F58 /* of transactions that are decided offline */
#define TAG_UPPER_LIMIT 0x9F59
#define TAG_BALANCE     0x9F79
#define TAG_OFFLINE     0xDF71 /* cryptograms since the issuer reset the counter */
#define TAG_ACCEPTED    0xDF72 /* script commands */
#define TAG_REFUSED     0xDF73 /* script commands with a wrong MAC */
#define NUMBER_LEN      2

static const struct {
    unsigned tag;
    size_t len;
} objects[PAY_OBJECTS] = {{TAG_LOWER_LIMIT, 1}, {TAG_UPPER_LIMIT, 1}, {TAG_BALANCE, 6}};

static void put_number(struct out *o, unsigned tag, uint16_t value)
{
    out_tlv(o, tag, (const uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, NUMBER_LEN);
}

bool issuer_get(const struct payment *p, unsigned tag, struct out *o)
{
    for (size_t i = 0; i < PAY_OBJECTS; i++)
        if (objects[i].tag == tag) {
            out_tlv(o, tag, p->issuer.objects[i], objects[i].len);
            return true;
        }
    if (tag == TAG_OFFLINE)
        put_number(o, tag, p->issuer.offline);
    else if (tag == TAG_ACCEPTED)
        put_number(o, tag, p->issuer.accepted);
    else if (tag == TAG_REFUSED)
        put_number(o, tag, p->issuer.refused);
    else
        return false;
    return true;
}

static bool is_decimal(const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i] >> 4 > 9 || (at[i] & 0x0F) > 9)
            return false;
    return true;
}

uint16_t issuer_put(struct payment *p, unsigned tag, const uint8_t *data, size_t n)
{
    if (tag == TAG_OFFLINE) {
        if (n != NUMBER_LEN)
            return SW_WRONG_LENGTH;
        p->issuer.offline = (uint16_t)lab_number(data, n);
        return SW_OK;
    }
    for (size_t i = 0; i < PAY_OBJECTS; i++) {
        if (objects[i].tag != tag)
            continue;
        if (n != objects[i].len)
            return SW_WRONG_LENGTH;
        if (tag == TAG_BALANCE && !is_decimal(data, n))
            return SW_WRONG_DATA;
        memcpy(p->issuer.objects[i], data, n);
        return SW_OK;
    }
    return SW_REFERENCE_NOT_FOUND;
}
