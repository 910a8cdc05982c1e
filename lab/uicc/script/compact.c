/* SPDX-License-Identifier: Apache-2.0 */
/* The compact remote command format: C-APDUs in a row, the answer counts them and carries the last one's
 * data. Pure but for the card it drives (station 10, the card's half). [TS 102 226 5.1] */
#include "uicc/script/script.h"

#include <string.h>

enum {
    APDU_HEADER = 5,
    P3 = 4,
    INS_GET_RESPONSE = 0xC0,
    INS_GET_DATA = 0xCA,
    INS_READ_BINARY = 0xB0,
    INS_READ_RECORD = 0xB2,
    INS_STATUS = 0xF2,
    INS_GET_CHALLENGE = 0x84,
    MAX_SHORT_LE = 256
};

bool script_goes_on(uint16_t sw)
{
    switch (sw >> 8) {
    case 0x61:
    case 0x62:
    case 0x63:
    case 0x90:
    case 0x91:
    case 0x92:
    case 0x9E:
    case 0x9F:
        return true;
    default:
        return false;
    }
}

uint16_t script_transmit(const struct script_target *t, const uint8_t *capdu, size_t n, uint8_t *rapdu,
                         size_t *len)
{
    size_t got = t->transmit(t->closure, capdu, n, rapdu);
    *len = got < 2 ? 0 : got - 2;
    return got < 2 ? 0x6F00 : (uint16_t)lab_number(rapdu + *len, 2);
}

/* The format does not say whether P3 is Lc or Le: the instruction does. GET STATUS of GlobalPlatform (class
 * 8x and up) shares its code with STATUS but brings data. */
static bool p3_is_le(const uint8_t *apdu)
{
    bool globalplatform = (apdu[0] & 0x80) && (apdu[0] & 0xF0) != 0xA0;
    switch (apdu[1]) {
    case INS_GET_RESPONSE:
    case INS_GET_DATA:
    case INS_READ_BINARY:
    case INS_READ_RECORD:
    case INS_GET_CHALLENGE:
        return true;
    case INS_STATUS:
        return !globalplatform;
    default:
        return false;
    }
}

/* Length of the first C-APDU: P3 octets of data, and Le when it is all that is left. 0: cut short. */
static size_t apdu_length(const uint8_t *in, size_t n)
{
    if (n < APDU_HEADER)
        return 0;
    if (p3_is_le(in))
        return APDU_HEADER;
    size_t len = APDU_HEADER + (size_t)in[P3];
    if (len > n)
        return 0;
    return n == len + 1 && in[P3] > 0 ? len + 1 : len;
}

/* The card's state between commands: what GET RESPONSE may fetch. */
struct run {
    uint8_t rapdu[SCRIPT_MAX_RAPDU];
    uint8_t last[SCRIPT_MAX_RAPDU]; /* data of the last command */
    size_t last_len;
    bool last_returned; /* the last command asked for its data */
    uint16_t sw;
};

static void get_response(struct run *r, const uint8_t *apdu)
{
    size_t wanted = apdu[P3] ? apdu[P3] : MAX_SHORT_LE;
    if (r->last_len == 0 || r->last_returned) {
        r->sw = 0x6985;
        r->last_len = 0;
        return;
    }
    if (apdu[P3] && wanted > r->last_len) {
        r->sw = (uint16_t)(0x6C00 | (r->last_len & 0xFF));
        return;
    }
    r->last_len = wanted < r->last_len ? wanted : r->last_len;
    r->last_returned = true;
    r->sw = 0x9000;
}

/* A command with data but without Le leaves its answer to GET RESPONSE. */
static void command(const struct script_target *t, struct run *r, const uint8_t *apdu, size_t len)
{
    size_t got;
    size_t sent = len == APDU_HEADER && !p3_is_le(apdu) && apdu[P3] == 0 ? APDU_HEADER - 1 : len;
    r->sw = script_transmit(t, apdu, sent, r->rapdu, &got);
    memcpy(r->last, r->rapdu, got);
    r->last_len = got;
    r->last_returned = p3_is_le(apdu) || len == APDU_HEADER + 1 + (size_t)apdu[P3];
    if (got > 0 && !r->last_returned && r->sw == 0x9000)
        r->sw = (uint16_t)(0x6100 | (got < MAX_SHORT_LE ? got : 0));
}

void compact_run(const struct script_target *t, const uint8_t *in, size_t n, struct out *out)
{
    static struct run r;
    size_t count = 0;
    r.last_len = 0;
    r.last_returned = false;
    r.sw = 0x9000;
    for (size_t at = 0; at < n && count < SCRIPT_MAX_COUNT && script_goes_on(r.sw);) {
        size_t len = apdu_length(in + at, n - at);
        count++;
        if (len == 0) {
            r.sw = 0x6700;
            r.last_len = 0;
            break;
        }
        if (in[at + 1] == INS_GET_RESPONSE)
            get_response(&r, in + at);
        else
            command(t, &r, in + at, len);
        at += len;
    }
    out_number(out, count, 1);
    out_number(out, r.sw, 2);
    if (r.last_returned && r.last_len <= SCRIPT_MAX_ANSWER - 3)
        out_bytes(out, r.last, r.last_len);
    lab_wipe(&r, sizeof r);
}
