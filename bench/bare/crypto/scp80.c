/* SPDX-License-Identifier: Apache-2.0 */
/* A packet's primitive calls in a loop: GCM open, CMAC over head and data, CBC over the rest. Bench only. */
#include "bare/crypto/scp80.h"

#include <string.h>

bool bare_packet(struct bare_crypto *c, const uint8_t keys[BARE_PLAIN], uint8_t packet[BARE_PACKET])
{
    const uint8_t *kic = keys + 4, *kid = kic + BARE_KEY;
    uint8_t mac[16], *cc = packet + BARE_PACKET_HEAD;
    const struct bare_part parts[] = {{packet, BARE_PACKET_HEAD}, {cc + BARE_PACKET_CC, BARE_PAYLOAD}};
    if (!bare_cmac(c->mac, kid, parts, 2, mac))
        return false;
    memcpy(cc, mac, BARE_PACKET_CC);
    return bare_cbc(c->encrypt, kic, packet + BARE_PACKET_CLEAR, BARE_PACKET - BARE_PACKET_CLEAR);
}

bool bare_scp80(struct bare_crypto *c, const struct bare_card *cards, size_t n, size_t rounds)
{
    uint8_t packet[BARE_PACKET] = {0}, keys[BARE_PLAIN];
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < n; i++)
            if (!bare_open(c, cards[i].aad, cards[i].blob, keys) || !bare_packet(c, keys, packet))
                return false;
    return true;
}
