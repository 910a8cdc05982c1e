/* SPDX-License-Identifier: Apache-2.0 */
/* File control information of the laboratory's payment applications (stations 7 and 10, the card's side);
 * pure; EMV Book 1 11.3.4, EMV CPS 1.1 (DGI 9102). */
#include "card/applet/payment.h"
#include "common/tlv.h"

#include <string.h>

#define TAG_FCI         0x6F
#define TAG_NAME        0x84
#define TAG_PROPRIETARY 0xA5

void fci_write(const struct app *a, const uint8_t *contents, size_t n, struct out *o)
{
    size_t mark = out_open(o, TAG_FCI);

    out_tlv(o, TAG_NAME, a->aid.value, a->aid.len);
    out_tlv(o, TAG_PROPRIETARY, contents, n);
    out_close(o, mark);
}

bool fci_read(const struct dgi *d, uint8_t *to, size_t cap, size_t *len)
{
    const uint8_t *at = d->value;
    size_t n = d->len;
    struct tlv t;

    if (tlv_read(at, n, 0, &t) && t.tag == TAG_PROPRIETARY && t.end == n) {
        at = t.value;
        n = t.len;
    }
    if (n > cap || !tlv_is_sequence(at, n))
        return false;
    memcpy(to, at, n);
    *len = n;
    return true;
}
