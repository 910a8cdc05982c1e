/* SPDX-License-Identifier: Apache-2.0 */
/* Status words: which are answers, and what they mean in words. Stations 10 and 11. Pure.
 * [ISO 7816-4 5.6, GPCS 11.1.3 and the error tables of chapter 11] */
#include "gp/apdu/apdu.h"

static const struct {
    uint16_t sw;
    const char *text;
} words[] = {
    {0x9000, "success"},
    {0x6200, "warning: the logical channel was closed already"},
    {0x6283, "warning: the card is locked"},
    {0x6300, "authentication of the host cryptogram failed"},
    {0x6310, "more data available"},
    {0x6400, "no specific diagnosis"},
    {0x6581, "memory failure"},
    {0x6600, "the certificate or signature was not verified"},
    {0x6640, "the certificate is not in the allow list"},
    {0x6700, "wrong length in Lc"},
    {0x6881, "logical channel not supported or not active"},
    {0x6882, "secure messaging not supported"},
    {0x6884, "command chaining not supported"},
    {0x6982, "security status not satisfied, or a wrong key check value"},
    {0x6983, "authentication method blocked"},
    {0x6985, "conditions of use not satisfied"},
    {0x6988, "the secure messaging data are wrong"},
    {0x6A80, "incorrect values in the command data"},
    {0x6A81, "function not supported, or the card is locked"},
    {0x6A82, "application or file not found"},
    {0x6A84, "not enough memory space"},
    {0x6A86, "incorrect P1 P2, or the command is not taken in parts"},
    {0x6A87, "Lc does not agree with P1 P2"},
    {0x6A88, "referenced data not found"},
    {0x6D00, "invalid instruction"},
    {0x6E00, "invalid class"},
    {0x6F00, "the card gives no diagnosis"},
    {0x9484, "algorithm not supported"},
    {0x9485, "invalid key check value"},
};

bool sw_is_success(uint16_t sw)
{
    return sw == SW_OK || sw >> 8 == 0x62 || sw >> 8 == 0x63;
}

const char *sw_text(uint16_t sw)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].sw == sw)
            return words[i].text;
    if (sw >> 4 == 0x63C)
        return "a verification failed; the last digit counts the tries that are left";
    switch (sw >> 8) {
    case 0x61:
        return "more octets are ready for GET RESPONSE";
    case 0x62:
    case 0x63:
        return "warning";
    case 0x6C:
        return "wrong Le; the last octet is the right one";
    default:
        return "unknown status";
    }
}
