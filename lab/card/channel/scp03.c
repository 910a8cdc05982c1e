/* SPDX-License-Identifier: Apache-2.0 */
/* SCP03, the card's half of a session: derivation, cryptograms, command unwrapping, response protection
 * (station 7); pure; GlobalPlatform Amendment D 1.1.1 with the S16 mode of 1.2. */
#include "card/channel/scp03.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_ZEROES   11
#define DERIVE_HEAD    16 /* label, separation indicator, L, i */
#define COUNTER_OFFSET 12 /* of the 4-byte counter in its block */
#define SHORT_HEADER   5
#define LONG_HEADER    7

bool scp03_derive(const struct sym_key *key, enum scp03_constant constant,
                  const struct scp03_context *context, size_t len, uint8_t *to)
{
    uint8_t input[DERIVE_HEAD + SCP03_MAX_CONTEXT] = {0};
    uint8_t block[AES_BLOCK];
    bool ok = context->len <= SCP03_MAX_CONTEXT;

    for (size_t done = 0; ok && done < len; done += AES_BLOCK) {
        size_t part = len - done < AES_BLOCK ? len - done : AES_BLOCK;

        input[LABEL_ZEROES] = (uint8_t)constant;
        input[13] = (uint8_t)(len * 8 >> 8);
        input[14] = (uint8_t)(len * 8);
        input[15] = (uint8_t)(done / AES_BLOCK + 1);
        memcpy(input + DERIVE_HEAD, context->at, context->len);
        ok = aes_cmac(key, input, DERIVE_HEAD + context->len, block);
        memcpy(to + done, block, part);
    }
    lab_wipe(block, sizeof block);
    return ok;
}

/* Host challenge, then card challenge: the context of session keys and cryptograms. */
static struct scp03_context challenges(const struct session *s, uint8_t at[SCP03_MAX_CONTEXT])
{
    memcpy(at, s->host, s->challenge_len);
    memcpy(at + s->challenge_len, s->card, s->challenge_len);
    return (struct scp03_context){.at = at, .len = 2U * s->challenge_len};
}

static bool session_key(struct sym_key *to, const struct sym_key *from, enum scp03_constant constant,
                        const struct scp03_context *context)
{
    to->type = KEY_TYPE_AES;
    to->len = from->len;
    return scp03_derive(from, constant, context, from->len, to->value);
}

bool scp03_open(struct session *s, const struct static_keys *keys)
{
    uint8_t at[SCP03_MAX_CONTEXT];
    struct scp03_context context = challenges(s, at);

    s->dek = keys->dek;
    memset(s->chain, 0, sizeof s->chain);
    s->counter = 0;
    return session_key(&s->s_enc, &keys->enc, SCP03_S_ENC, &context) &&
           session_key(&s->s_mac, &keys->mac, SCP03_S_MAC, &context) &&
           session_key(&s->s_rmac, &keys->mac, SCP03_S_RMAC, &context);
}

bool scp03_cryptogram(const struct session *s, enum scp03_constant constant, uint8_t *to)
{
    uint8_t at[SCP03_MAX_CONTEXT];
    struct scp03_context context = challenges(s, at);

    return scp03_derive(&s->s_mac, constant, &context, s->mac_len, to);
}

/* CMAC over the chaining value, the header with secure messaging and without channel, and the data before the
 * MAC. */
static bool command_mac(const struct session *s, const struct capdu *c, uint8_t mac[AES_BLOCK])
{
    size_t data = c->lc - s->mac_len;
    size_t room = AES_BLOCK + LONG_HEADER + data;
    uint8_t *input = malloc(room);
    struct out o;
    bool ok;

    if (input == NULL)
        return false;
    out_init(&o, input, room);
    out_bytes(&o, s->chain, AES_BLOCK);
    out_number(&o, (c->cla & ~(unsigned)(CLA_CHANNEL | CLA_ISO_SECURE)) | CLA_SECURE, 1);
    out_bytes(&o, (const uint8_t[]){c->ins, c->p1, c->p2}, 3);
    out_number(&o, c->lc, c->lc > APDU_SHORT_MAX_LC ? LONG_HEADER - 4 : SHORT_HEADER - 4);
    out_bytes(&o, c->data, data);
    ok = !o.full && aes_cmac(&s->s_mac, input, o.len, mac);
    free(input);
    return ok;
}

bool scp03_check_mac(struct session *s, struct capdu *c)
{
    uint8_t mac[AES_BLOCK];

    if (c->lc < s->mac_len || !command_mac(s, c, mac))
        return false;
    c->lc -= s->mac_len;
    if (!lab_same(mac, c->data + c->lc, s->mac_len))
        return false;
    memcpy(s->chain, mac, AES_BLOCK);
    return true;
}

/* The ICV of 6.2.6 and, with the most significant byte set to 80, of 6.2.7. */
static bool counter_icv(const struct session *s, uint8_t first, uint8_t icv[AES_BLOCK])
{
    memset(icv, 0, AES_BLOCK);
    icv[0] = first;
    for (size_t i = 0; i < 4; i++)
        icv[COUNTER_OFFSET + i] = (uint8_t)(s->counter >> (24 - 8 * i));
    return sym_ecb_encrypt(&s->s_enc, icv, AES_BLOCK, icv);
}

static bool decrypt_data(const struct session *s, struct capdu *c, uint8_t *plain)
{
    uint8_t icv[AES_BLOCK];
    size_t n = c->lc;

    if (n == 0)
        return true;
    if (n % AES_BLOCK != 0 || !counter_icv(s, 0, icv) || !sym_cbc_decrypt(&s->s_enc, icv, c->data, n, plain))
        return false;
    do {
        n--;
    } while (n > 0 && plain[n] == 0x00);
    if (plain[n] != 0x80 || c->lc - n > AES_BLOCK)
        return false;
    /* 6.2.6: an absent data field is not encrypted, so padding alone is not a message. */
    if (n == 0 && !s->takes_padded_empty)
        return false;
    c->lc = n;
    c->data = plain;
    return true;
}

bool scp03_unwrap(struct session *s, struct capdu *c, uint8_t *plain)
{
    if ((s->level & LEVEL_C_MAC) == 0) {
        s->counter++;
        return true;
    }
    if ((c->cla & CLA_SECURE) == 0 || !scp03_check_mac(s, c))
        return false;
    if (c->lc > 0 || !s->counts_only_data)
        s->counter++;
    return (s->level & LEVEL_C_ENC) == 0 || decrypt_data(s, c, plain);
}

static bool encrypt_reply(const struct session *s, struct out *reply)
{
    uint8_t icv[AES_BLOCK];
    size_t padding = AES_BLOCK - reply->len % AES_BLOCK;

    if (reply->len == 0)
        return true;
    out_number(reply, 0x80, 1);
    while (--padding > 0)
        out_number(reply, 0x00, 1);
    return !reply->full && counter_icv(s, 0x80, icv) &&
           sym_cbc_encrypt(&s->s_enc, icv, reply->at, reply->len, reply->at);
}

bool scp03_protect(struct session *s, struct out *reply, uint16_t sw)
{
    uint8_t mac[AES_BLOCK];
    uint8_t *input;
    struct out o;
    bool ok;

    if ((s->level & LEVEL_R_MAC) == 0 || sw_is_error(sw))
        return true;
    if ((s->level & LEVEL_R_ENC) != 0 && !encrypt_reply(s, reply))
        return false;
    input = malloc(AES_BLOCK + reply->len + 2);
    if (input == NULL)
        return false;
    out_init(&o, input, AES_BLOCK + reply->len + 2);
    out_bytes(&o, s->chain, AES_BLOCK);
    out_bytes(&o, reply->at, reply->len);
    out_number(&o, sw, 2);
    ok = aes_cmac(&s->s_rmac, input, o.len, mac);
    free(input);
    out_bytes(reply, mac, s->mac_len);
    return ok && !reply->full;
}

bool scp03_level_allowed(uint8_t level, uint8_t option)
{
    if (level & LEVEL_R_ENC && (option & SCP03_I_RENC) == 0)
        return false;
    if (level & LEVEL_R_MAC && (option & SCP03_I_RMAC) == 0)
        return false;
    return level == 0x00 || level == 0x01 || level == 0x03 || level == 0x11 || level == 0x13 || level == 0x33;
}
