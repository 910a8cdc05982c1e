/* SPDX-License-Identifier: Apache-2.0 */
/* SCP03's primitive calls without any of its forms. Bench only. */
#include "bare/crypto/scp03.h"

#include <string.h>

enum {
    S_ENC = 4,
    S_MAC = 6,
    S_RMAC = 7,
    CARD_CRYPTOGRAM = 0,
    HOST_CRYPTOGRAM = 1,
    BITS_KEY = 128,
    BITS_CRYPTOGRAM = 64
};

bool bare_derive(struct bare_crypto *c, const uint8_t key[BARE_KEY], const uint8_t constant_and_bits[2],
                 const uint8_t context[16], uint8_t out[16])
{
    uint8_t label[16] = {[11] = constant_and_bits[0], [14] = constant_and_bits[1], [15] = 1};
    const struct bare_part parts[] = {{label, sizeof label}, {context, 16}};
    return bare_cmac(c->mac, key, parts, 2, out);
}

static bool authenticate(struct bare_crypto *c, struct bare_session *s, const uint8_t context[16])
{
    uint8_t command[BARE_HEADER + 8] = {0x84, 0x82, 0x33, 0x00, 0x10}, host[16], card[16];
    const struct bare_part parts[] = {{s->chain, 16}, {command, sizeof command}};
    if (!bare_derive(c, s->mac, (uint8_t[]){CARD_CRYPTOGRAM, BITS_CRYPTOGRAM}, context, card) ||
        !bare_derive(c, s->mac, (uint8_t[]){HOST_CRYPTOGRAM, BITS_CRYPTOGRAM}, context, host))
        return false;
    memcpy(command + BARE_HEADER, host, 8);
    return bare_cmac(c->mac, s->mac, parts, 2, s->chain);
}

bool bare_session_open(struct bare_crypto *c, const uint8_t aad[8], const uint8_t blob[BARE_BLOB],
                       const uint8_t context[16], struct bare_session *s)
{
    uint8_t keys[BARE_PLAIN];
    const uint8_t *enc = keys + 4, *mac = enc + BARE_KEY;
    memset(s, 0, sizeof *s);
    return bare_open(c, aad, blob, keys) &&
           bare_derive(c, enc, (uint8_t[]){S_ENC, BITS_KEY}, context, s->enc) &&
           bare_derive(c, mac, (uint8_t[]){S_MAC, BITS_KEY}, context, s->mac) &&
           bare_derive(c, mac, (uint8_t[]){S_RMAC, BITS_KEY}, context, s->rmac) &&
           authenticate(c, s, context);
}

/* The keys go into the contexts with the first command and stay there. */
bool bare_session_wrap(struct bare_crypto *c, struct bare_session *s, uint8_t *commands,
                       uint8_t (*chains)[16])
{
    for (size_t i = 0; i < BARE_COMMANDS; i++) {
        uint8_t *command = commands + i * (BARE_HEADER + BARE_PADDED), *data = command + BARE_HEADER;
        uint8_t icv[16] = {[15] = (uint8_t)(i + 1)};
        const struct bare_part parts[] = {{s->chain, 16}, {command, BARE_HEADER + BARE_PADDED}};
        int n = 0;
        if (i == 0 && (EVP_CipherInit_ex2(c->block, NULL, s->enc, NULL, -1, NULL) != 1 ||
                       EVP_CipherInit_ex2(c->encrypt, NULL, s->enc, NULL, -1, NULL) != 1))
            return false;
        if (EVP_CipherUpdate(c->block, icv, &n, icv, 16) != 1 ||
            !bare_cbc_again(c->encrypt, icv, data, BARE_PADDED) ||
            !bare_cmac(c->mac, i == 0 ? s->mac : NULL, parts, 2, s->chain))
            return false;
        memcpy(chains[i], s->chain, 16);
    }
    return true;
}

bool bare_session_check(struct bare_crypto *c, const struct bare_session *s, uint8_t (*chains)[16],
                        uint8_t (*macs)[16])
{
    static const uint8_t sw[2] = {0x90, 0x00};
    for (size_t i = 0; i < BARE_COMMANDS; i++) {
        const struct bare_part parts[] = {{chains[i], 16}, {sw, sizeof sw}};
        if (!bare_cmac(c->rmac, i == 0 ? s->rmac : NULL, parts, 2, macs[i]))
            return false;
    }
    return true;
}
