/* SPDX-License-Identifier: Apache-2.0 */
/* A card that knows one thing: packets in, proofs of receipt out. Bench only; includes nothing of src/. */
#include "bare/crypto/card.h"

#include <string.h>

enum { TAR_AT = 7, PAD = 14, STATUS_OK = 0, DATA = 3 };

static bool por_checksum(struct bare_crypto *c, const uint8_t *kid, const uint8_t *por, uint8_t mac[16])
{
    const struct bare_part parts[] = {{por, POR_HEAD},
                                      {por + POR_HEAD + BARE_PACKET_CC, POR_LEN - POR_HEAD - BARE_PACKET_CC}};
    return bare_cmac(c->rmac, kid, parts, 2, mac);
}

bool card_answer(struct bare_crypto *c, const uint8_t keys[BARE_PLAIN], const uint8_t packet[BARE_PACKET],
                 uint8_t por[POR_LEN])
{
    static const uint8_t head[] = {0x02, 0x71, 0x00, 0x00, POR_LEN - 5, 10 + BARE_PACKET_CC};
    static const uint8_t result[DATA] = {0x01, 0x90, 0x00};
    const uint8_t *kic = keys + 4, *kid = kic + BARE_KEY;
    uint8_t open[BARE_PACKET], mac[16], *cc = open + BARE_PACKET_HEAD;
    const struct bare_part parts[] = {{open, BARE_PACKET_HEAD}, {cc + BARE_PACKET_CC, BARE_PAYLOAD}};
    memcpy(open, packet, sizeof open);
    if (!bare_cbc(c->decrypt, kic, open + BARE_PACKET_CLEAR, BARE_PACKET - BARE_PACKET_CLEAR) ||
        !bare_cmac(c->mac, kid, parts, 2, mac) || memcmp(cc, mac, BARE_PACKET_CC) != 0)
        return false;
    memset(por, 0, POR_LEN);
    memcpy(por, head, sizeof head);
    memcpy(por + sizeof head, open + TAR_AT, 3);
    memcpy(por + POR_CLEAR, open + BARE_PACKET_CLEAR, 5);
    por[POR_CLEAR + 5] = PAD;
    por[POR_CLEAR + 6] = STATUS_OK;
    memcpy(por + POR_HEAD + BARE_PACKET_CC, result, DATA);
    if (!por_checksum(c, kid, por, mac))
        return false;
    memcpy(por + POR_HEAD, mac, BARE_PACKET_CC);
    return bare_cbc(c->encrypt, kic, por + POR_CLEAR, POR_SECURED);
}

bool bare_por(struct bare_crypto *c, const uint8_t keys[BARE_PLAIN], uint8_t por[POR_LEN])
{
    const uint8_t *kic = keys + 4, *kid = kic + BARE_KEY;
    uint8_t mac[16];
    return bare_cbc(c->decrypt, kic, por + POR_CLEAR, POR_SECURED) && por_checksum(c, kid, por, mac) &&
           memcmp(por + POR_HEAD, mac, BARE_PACKET_CC) == 0;
}
