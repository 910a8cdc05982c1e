/* SPDX-License-Identifier: Apache-2.0 */
/* SCP02 with explicit initiation, the card's half of a session (station 7); pure; GPCS 2.3.1 appendix E. */
#include "card/channel/scp02.h"

#include <stdlib.h>
#include <string.h>

#define SCP02_KEY       16
#define SHORT_HEADER    5
#define LONG_HEADER     7
#define CRYPTOGRAM_DATA 16

/* Derivation constants, E.4.1. */
#define SCP02_C_MAC 0x0101
#define SCP02_R_MAC 0x0102
#define SCP02_DEK   0x0181
#define SCP02_C_ENC 0x0182

static bool session_key(const struct session *s, const struct sym_key *from, uint16_t constant,
                        struct sym_key *to)
{
    uint8_t data[SCP02_KEY] = {(uint8_t)(constant >> 8), (uint8_t)constant, s->sequence[0], s->sequence[1]};

    to->type = KEY_TYPE_DES;
    to->len = SCP02_KEY;
    return from->len == SCP02_KEY && sym_cbc_encrypt(from, NULL, data, sizeof data, to->value);
}

bool scp02_open(struct session *s, const struct static_keys *keys)
{
    memset(s->chain, 0, sizeof s->chain);
    s->first_mac = true;
    return session_key(s, &keys->enc, SCP02_C_ENC, &s->s_enc) &&
           session_key(s, &keys->mac, SCP02_C_MAC, &s->s_mac) &&
           session_key(s, &keys->mac, SCP02_R_MAC, &s->s_rmac) &&
           session_key(s, &keys->dek, SCP02_DEK, &s->dek);
}

bool scp02_challenge(const struct session *s, const uint8_t *aid, size_t aid_len, uint8_t to[SCP02_CHALLENGE])
{
    uint8_t mac[DES_BLOCK];

    if (!des_mac_retail(&s->s_mac, NULL, aid, aid_len, mac))
        return false;
    memcpy(to, mac, SCP02_CHALLENGE);
    return true;
}

bool scp02_cryptogram(const struct session *s, bool host, uint8_t to[DES_BLOCK])
{
    uint8_t data[CRYPTOGRAM_DATA];
    size_t host_at = host ? DES_BLOCK : 0;
    size_t card_at = host ? 0 : DES_BLOCK;

    memcpy(data + host_at, s->host, DES_BLOCK);
    memcpy(data + card_at, s->sequence, SCP02_SEQUENCE);
    memcpy(data + card_at + SCP02_SEQUENCE, s->card, SCP02_CHALLENGE);
    return des_mac_full(&s->s_enc, NULL, data, sizeof data, to);
}

/* E.3.4: the ICV is the last C-MAC, encrypted with the first half of the C-MAC key when "i" says so; the
 * first C-MAC of a session has a zero ICV, which stays as it is. */
static bool command_icv(const struct session *s, uint8_t icv[DES_BLOCK])
{
    struct sym_key half = s->s_mac;
    bool ok = true;

    memcpy(icv, s->chain, DES_BLOCK);
    if ((s->option & SCP02_I_ICV) != 0 && !s->first_mac) {
        half.len = DES_BLOCK;
        ok = sym_ecb_encrypt(&half, icv, DES_BLOCK, icv);
    }
    lab_wipe(&half, sizeof half);
    return ok;
}

/* `data_len` bytes of c->data are the clear data field; the header is modified or not as "i" says (E.4.4). */
static bool command_mac(const struct session *s, const struct capdu *c, size_t data_len,
                        uint8_t mac[DES_BLOCK])
{
    bool modified = (s->option & SCP02_I_UNMODIFIED) == 0;
    size_t lc = modified ? data_len + SCP02_MAC : data_len;
    unsigned cla = c->cla & ~(unsigned)(CLA_CHANNEL | CLA_ISO_SECURE | CLA_SECURE);
    uint8_t icv[DES_BLOCK];
    uint8_t *input = malloc(LONG_HEADER + data_len);
    struct out o;
    bool ok;

    if (input == NULL)
        return false;
    out_init(&o, input, LONG_HEADER + data_len);
    out_number(&o, modified ? cla | CLA_SECURE : cla, 1);
    out_bytes(&o, (const uint8_t[]){c->ins, c->p1, c->p2}, 3);
    out_number(&o, lc, lc > APDU_SHORT_MAX_LC ? LONG_HEADER - 4 : SHORT_HEADER - 4);
    out_bytes(&o, c->data, data_len);
    ok = command_icv(s, icv) && des_mac_retail(&s->s_mac, icv, input, o.len, mac);
    free(input);
    return ok;
}

/* c->data holds clear data and, behind it or in `tail`, the received C-MAC. */
static bool verify(struct session *s, struct capdu *c, size_t data_len, const uint8_t tail[SCP02_MAC])
{
    uint8_t mac[DES_BLOCK];

    if (!command_mac(s, c, data_len, mac) || !lab_same(mac, tail, SCP02_MAC))
        return false;
    memcpy(s->chain, mac, DES_BLOCK);
    s->first_mac = false;
    c->lc = data_len;
    return true;
}

bool scp02_check_mac(struct session *s, struct capdu *c)
{
    return c->lc >= SCP02_MAC && verify(s, c, c->lc - SCP02_MAC, c->data + c->lc - SCP02_MAC);
}

/* E.4.6: decrypt first, then strip the padding, then verify the C-MAC over the clear data. */
static bool decrypt_and_verify(struct session *s, struct capdu *c, uint8_t *plain)
{
    size_t n = c->lc - SCP02_MAC;
    const uint8_t *tail = c->data + n;

    if (n % DES_BLOCK != 0 || !sym_cbc_decrypt(&s->s_enc, NULL, c->data, n, plain))
        return false;
    do {
        n--;
    } while (n > 0 && plain[n] == 0x00);
    if (plain[n] != 0x80 || c->lc - SCP02_MAC - n > DES_BLOCK || (n == 0 && !s->takes_padded_empty))
        return false;
    c->data = plain;
    return verify(s, c, n, tail);
}

bool scp02_unwrap(struct session *s, struct capdu *c, uint8_t *plain)
{
    if ((s->level & LEVEL_C_MAC) == 0)
        return true;
    if ((c->cla & CLA_SECURE) == 0 || c->lc < SCP02_MAC)
        return false;
    if ((s->level & LEVEL_C_ENC) != 0 && c->lc > SCP02_MAC)
        return decrypt_and_verify(s, c, plain);
    return scp02_check_mac(s, c);
}

bool scp02_protect(struct session *s, const struct capdu *c, struct out *reply, uint16_t sw)
{
    size_t room = LONG_HEADER + c->lc + 1 + reply->len + 2;
    uint8_t *input;
    struct out o;
    bool ok;

    if ((s->level & LEVEL_R_MAC) == 0)
        return true;
    input = malloc(room);
    if (input == NULL)
        return false;
    out_init(&o, input, room);
    out_number(&o, c->cla & ~(unsigned)(CLA_CHANNEL | CLA_ISO_SECURE | CLA_SECURE), 1);
    out_bytes(&o, (const uint8_t[]){c->ins, c->p1, c->p2}, 3);
    out_number(&o, c->lc, c->lc > APDU_SHORT_MAX_LC ? LONG_HEADER - 4 : SHORT_HEADER - 4);
    out_bytes(&o, c->data, c->lc);
    out_number(&o, sw_is_error(sw) ? 0 : reply->len & 0xFF, 1);
    if (!sw_is_error(sw))
        out_bytes(&o, reply->at, reply->len);
    out_number(&o, sw, 2);
    ok = !o.full && des_mac_retail(&s->s_rmac, s->r_chain, input, o.len, s->r_chain);
    free(input);
    out_bytes(reply, s->r_chain, SCP02_MAC);
    return ok && !reply->full;
}

bool scp02_level_allowed(uint8_t level, uint8_t option)
{
    if (level & LEVEL_R_MAC && (option & SCP02_I_RMAC) == 0)
        return false;
    return (level & ~(unsigned)(LEVEL_C_MAC | LEVEL_C_ENC | LEVEL_R_MAC)) == 0 &&
           (level & (LEVEL_C_MAC | LEVEL_C_ENC)) != LEVEL_C_ENC;
}
