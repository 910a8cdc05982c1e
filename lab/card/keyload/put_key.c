/* SPDX-License-Identifier: Apache-2.0 */
/* PUT KEY with one or several keys; of AES and DES keys both layouts of the key component block (station 6,
 * the card's side); pure; GPCS 2.3.1 11.8, Tables 11-68, 11-70, 11-71, Amd D 7.2. */
#include "card/keyload/put_key.h"

#include "card/command/command.h"
#include "card/model/keys.h"

#include <string.h>

#define P2_SEVERAL       0x80
#define P2_KID           0x7F
#define MAX_ENCRYPTED    (SYM_MAX_KEY + AES_BLOCK)
#define MAX_KEYS_AT_ONCE 8

/* A component block with the check value behind it. */
struct key_field {
    struct key_component block;
    const uint8_t *kcv;
};

static bool read_field(const struct capdu *c, size_t *at, struct key_field *f)
{
    if (!put_key_component(c, at, &f->block))
        return false;
    /* B.6 defines a check value for AES and DES keys, hence it must be there (11.8.2.3.3). */
    if (c->lc - *at < 1 + SYM_KCV_LEN || c->data[*at] != SYM_KCV_LEN)
        return false;
    f->kcv = c->data + *at + 1;
    *at += 1 + SYM_KCV_LEN;
    return true;
}

bool put_key_split(const struct job *j, struct key_component *block, size_t *key_len)
{
    size_t cipher = sym_block(&j->ch->session.dek);

    *key_len = block->len;
    if (cipher == 0 || block->len == 0)
        return false;
    if (block->len % cipher == 0)
        return true;
    if (j->card->quirks.put_key_1171)
        return false;
    *key_len = block->at[0];
    block->at++;
    block->len--;
    return block->len % cipher == 0 && *key_len <= block->len && block->len - *key_len < cipher;
}

static uint16_t read_key(const struct job *j, const struct key_field *raw, struct key *k)
{
    struct key_component block = raw->block;
    uint8_t plain[MAX_ENCRYPTED];
    uint8_t kcv[SYM_KCV_LEN];
    uint16_t sw = SW_WRONG_DATA;
    size_t key_len;

    if (!put_key_split(j, &block, &key_len) || block.len > sizeof plain || key_len > SYM_MAX_KEY)
        return SW_WRONG_DATA;
    k->secret.type = block.type;
    k->secret.len = (uint8_t)key_len;
    if (session_decrypt(&j->ch->session, block.at, block.len, plain)) {
        memcpy(k->secret.value, plain, key_len);
        if (sym_kcv(&k->secret, kcv))
            sw = lab_same(kcv, raw->kcv, sizeof kcv) ? SW_OK : SW_SECURITY_NOT_SATISFIED;
    }
    lab_wipe(plain, sizeof plain);
    return sw;
}

/* One symmetric key of the data field; its check value goes into the answer. */
static uint16_t read_symmetric(const struct job *j, size_t *at, struct key *k, struct out *answer)
{
    struct key_field f;
    uint16_t sw;

    if (!read_field(&j->cmd, at, &f))
        return SW_WRONG_DATA;
    sw = read_key(j, &f, k);
    out_bytes(answer, f.kcv, SYM_KCV_LEN);
    return sw;
}

static uint16_t read_change(const struct job *j, struct key_change *change, struct out *answer)
{
    const struct capdu *c = &j->cmd;
    size_t at = 1, count = 0;
    uint16_t sw = SW_OK;

    change->replaced_kvn = c->p1;
    out_bytes(answer, c->data, 1);
    for (; sw == SW_OK && at < c->lc; count++) {
        uint8_t kid = (uint8_t)((c->p2 & P2_KID) + count);

        if (count == MAX_KEYS_AT_ONCE)
            return SW_WRONG_DATA;
        if (put_key_is_asym(c->data[at])) {
            struct asym_entry *k = &change->asym[change->asym_count++];

            *k = (struct asym_entry){.kvn = c->data[0], .kid = kid};
            sw = put_key_asym(j, &at, k);
        } else {
            struct key *k = &change->keys[change->count++];

            *k = (struct key){.kvn = c->data[0], .kid = kid};
            sw = read_symmetric(j, &at, k, answer);
        }
    }
    if (sw != SW_OK)
        return sw;
    /* Table 11-66: b8 of P2 tells whether one key or several are in the data field. */
    return count > 0 && (count > 1) == ((c->p2 & P2_SEVERAL) != 0) ? SW_OK : SW_WRONG_DATA;
}

uint16_t sd_put_key(struct job *j)
{
    struct key_change change = {0};
    uint8_t buffer[1 + MAX_KEYS_AT_ONCE * SYM_KCV_LEN];
    struct out answer;
    uint16_t sw;

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
