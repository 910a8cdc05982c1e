/* SPDX-License-Identifier: Apache-2.0 */
/* Command APDUs, short and extended, and the status words the card answers with (station 10, the card's
 * side); pure; ISO/IEC 7816-3 12.1, ISO/IEC 7816-4 5.1, GPCS 2.3.1 Table 11-10. */
#include "card/apdu.h"

#include "common/bytes.h"

#define HEADER           4
#define EXTENDED_MAX_LE  65536
#define SHORT_BODY_AT    5
#define EXTENDED_BODY_AT 7

static bool parse_extended(const uint8_t *in, size_t n, struct capdu *c)
{
    size_t first;

    if (n < EXTENDED_BODY_AT)
        return false;
    c->extended = true;
    first = (size_t)lab_number(in + SHORT_BODY_AT, 2);
    if (n == EXTENDED_BODY_AT) {
        c->le = first == 0 ? EXTENDED_MAX_LE : first;
        return true;
    }
    c->lc = first;
    c->data = in + EXTENDED_BODY_AT;
    if (c->lc == 0 || c->lc > n - EXTENDED_BODY_AT)
        return false;
    if (n == EXTENDED_BODY_AT + c->lc)
        return true;
    if (n != EXTENDED_BODY_AT + c->lc + 2)
        return false;
    c->le = (size_t)lab_number(in + n - 2, 2);
    if (c->le == 0)
        c->le = EXTENDED_MAX_LE;
    return true;
}

static bool parse_short(const uint8_t *in, size_t n, struct capdu *c)
{
    c->lc = in[HEADER];
    c->data = in + SHORT_BODY_AT;
    if (c->lc > n - SHORT_BODY_AT || n - SHORT_BODY_AT - c->lc > 1)
        return false;
    if (n == SHORT_BODY_AT + c->lc)
        return true;
    c->le = in[n - 1] == 0 ? APDU_SHORT_MAX_LE : in[n - 1];
    return true;
}

bool capdu_parse(const uint8_t *in, size_t n, struct capdu *c)
{
    if (n < HEADER)
        return false;
    *c = (struct capdu){.cla = in[0], .ins = in[1], .p1 = in[2], .p2 = in[3]};
    if (n == HEADER)
        return true;
    if (n == HEADER + 1) {
        c->le = in[HEADER] == 0 ? APDU_SHORT_MAX_LE : in[HEADER];
        return true;
    }
    return in[HEADER] == 0 ? parse_extended(in, n, c) : parse_short(in, n, c);
}

bool sw_is_error(uint16_t sw)
{
    return sw != SW_OK && sw >> 8 != 0x62 && sw >> 8 != 0x63;
}
