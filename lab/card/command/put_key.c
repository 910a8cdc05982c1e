/* SPDX-License-Identifier: Apache-2.0 */
/* PUT KEY with one or several AES or DES keys, both layouts of the key component block (station 6, the card's
 * side); pure; GPCS 2.3.1 11.8, Tables 11-68, 11-70, 11-71, Amd D 7.2. */
#include "card/command/command.h"
#include "card/model/keys.h"
#include "common/tlv.h"

#include <string.h>

#define P2_SEVERAL       0x80
#define P2_KID           0x7F
#define MAX_ENCRYPTED    (SYM_MAX_KEY + AES_BLOCK)
#define MAX_KEYS_AT_ONCE 8

/* Key type, length and component block, KCV length and KCV of one key at *at; moves behind them. */
struct key_field {
    uint8_t type;
    const uint8_t *block;
    size_t block_len;
    const uint8_t *kcv;
};

static bool read_field(const struct capdu *c, size_t *at, struct key_field *f)
{
    size_t behind;

    if (*at >= c->lc)
        return false;
    f->type = c->data[*at];
    if (!tlv_length(c->data, c->lc, *at + 1, &f->block_len, &behind) || f->block_len > c->lc - behind)
        return false;
    f->block = c->data + behind;
    *at = behind + f->block_len;
    /* B.6 defines a check value for AES and DES keys, hence it must be there (11.8.2.3.3). */
    if (c->lc - *at < 1 + SYM_KCV_LEN || c->data[*at] != SYM_KCV_LEN)
        return false;
    f->kcv = c->data + *at + 1;
    *at += 1 + SYM_KCV_LEN;
    return true;
}

/* 11.8.2.3.3: a block that is no multiple of the cipher's block starts with the true length (Table 11-70). */
static bool split_block(const struct job *j, struct key_field *f, size_t *key_len)
{
    size_t cipher = sym_block(&j->ch->session.dek);

    *key_len = f->block_len;
    if (cipher == 0 || f->block_len == 0)
        return false;
    if (f->block_len % cipher == 0)
        return true;
    if (j->card->quirks.put_key_1171)
        return false;
    *key_len = f->block[0];
    f->block++;
    f->block_len--;
    return f->block_len % cipher == 0 && *key_len <= f->block_len && f->block_len - *key_len < cipher;
}

static uint16_t read_key(const struct job *j, const struct key_field *raw, struct key *k)
{
    struct key_field f = *raw;
    uint8_t plain[MAX_ENCRYPTED];
    uint8_t kcv[SYM_KCV_LEN];
    uint16_t sw = SW_WRONG_DATA;
    size_t key_len;

    if (!split_block(j, &f, &key_len) || f.block_len > sizeof plain || key_len > SYM_MAX_KEY)
        return SW_WRONG_DATA;
    k->secret.type = f.type;
    k->secret.len = (uint8_t)key_len;
    if (session_decrypt(&j->ch->session, f.block, f.block_len, plain)) {
        memcpy(k->secret.value, plain, key_len);
        if (sym_kcv(&k->secret, kcv))
            sw = lab_same(kcv, f.kcv, sizeof kcv) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
    }
    lab_wipe(plain, sizeof plain);
    return sw;
}

static uint16_t read_change(const struct job *j, struct key_change *change, struct out *answer)
{
    const struct capdu *c = &j->cmd;
    size_t at = 1;

    change->replaced_kvn = c->p1;
    out_bytes(answer, c->data, 1);
    while (at < c->lc) {
        struct key *k = &change->keys[change->count];
        struct key_field f;
        uint16_t sw;

        if (change->count == MAX_KEYS_AT_ONCE || !read_field(c, &at, &f))
            return SW_WRONG_DATA;
        k->kvn = c->data[0];
        k->kid = (uint8_t)((c->p2 & P2_KID) + change->count);
        sw = read_key(j, &f, k);
        if (sw != SW_OK)
            return sw;
        out_bytes(answer, f.kcv, SYM_KCV_LEN);
        change->count++;
    }
    /* Table 11-66: b8 of P2 tells whether one key or several are in the data field. */
    return change->count > 0 && (change->count > 1) == ((c->p2 & P2_SEVERAL) != 0) ? SW_OK : SW_WRONG_DATA;
}

uint16_t sd_put_key(struct job *j)
{
    struct key_change change = {0};
    uint8_t buffer[1 + MAX_KEYS_AT_ONCE * SYM_KCV_LEN];
    struct out answer;
    uint16_t sw;

    if ((j->cmd.p1 & P1_MORE_COMMANDS) != 0)
        return SW_WRONG_P1P2;
    if (j->cmd.lc < 2)
        return SW_WRONG_LENGTH;
    out_init(&answer, buffer, sizeof buffer);
    sw = read_change(j, &change, &answer);
    if (sw == SW_OK)
        sw = sd_change_keys(j->sd, &change);
    lab_wipe(&change, sizeof change);
    if (sw == SW_OK)
        out_bytes(j->reply, buffer, answer.len);
    return sw;
}
