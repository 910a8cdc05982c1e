/* SPDX-License-Identifier: Apache-2.0 */
/* The PIN of the payment application: verified by a terminal, changed and unblocked by its issuer (station
 * 10, the card's side); pure; EMV Book 3 6.5.10 and 6.5.12, ISO 9564-1 9.3. */
#include "card/applet/issuer/issuer.h"

#include <string.h>

#define P2_UNBLOCK     0x00
#define P2_CHANGE      0x02 /* without the old one */
#define P2_PLAIN       0x80
#define FORMAT_2       0x20
#define PIN_DIGITS_MIN 4
#define PIN_DIGITS_MAX 12
#define CIPHER_BLOCKS  3
#define KEY_PART_AT    4
#define PAD_MARK       0x80

static bool is_pin(const uint8_t block[PAY_PIN_LEN])
{
    unsigned digits = block[0] & 0x0F;

    if ((block[0] & 0xF0) != FORMAT_2 || digits < PIN_DIGITS_MIN || digits > PIN_DIGITS_MAX)
        return false;
    for (unsigned i = 0; i < 14; i++) {
        unsigned nibble = block[1 + i / 2] >> (i % 2 ? 0 : 4) & 0x0F;

        if (i < digits ? nibble > 9 : nibble != 0x0F)
            return false;
    }
    return true;
}

uint16_t issuer_verify(struct payment *p, struct job *j)
{
    struct pay_data *d = p->live;

    if (j->cmd.p1 != 0 || j->cmd.p2 != P2_PLAIN)
        return SW_WRONG_P1P2;
    if (j->cmd.lc != PAY_PIN_LEN)
        return SW_WRONG_LENGTH;
    if (d == NULL || !is_pin(d->pin))
        return SW_REFERENCE_UNUSABLE;
    if (d->try_counter == 0)
        return SW_AUTHENTICATION_BLOCKED;
    if (!lab_same(d->pin, j->cmd.data, PAY_PIN_LEN)) {
        d->try_counter--;
        return (uint16_t)(SW_PIN_WRONG | d->try_counter);
    }
    d->try_counter = d->try_limit;
    return SW_OK;
}

/* The data of one script command in clear; false where they are not what the scheme's cipher gives. */
static bool decipher(const struct sym_key *key, enum pay_script_cipher how, const struct job *j, size_t n,
                     uint8_t block[PAY_PIN_LEN])
{
    uint8_t plain[CIPHER_BLOCKS * DES_BLOCK];
    const uint8_t *at = plain;
    bool padded = how != SCRIPT_CBC_SHORT;
    bool ok;

    if (n == 0 || n > sizeof plain || n % DES_BLOCK != 0 || n != (padded ? 2U : 1U) * DES_BLOCK)
        return false;
    ok = how == SCRIPT_LENGTH_ECB ? sym_ecb_decrypt(key, j->cmd.data, n, plain)
                                  : sym_cbc_decrypt(key, NULL, j->cmd.data, n, plain);
    if (ok && how == SCRIPT_LENGTH_ECB)
        ok = *at++ == PAY_PIN_LEN;
    ok = ok && (!padded || at[PAY_PIN_LEN] == PAD_MARK);
    if (ok)
        memcpy(block, at, PAY_PIN_LEN);
    lab_wipe(plain, sizeof plain);
    return ok;
}

/* Bound to the cryptogram key: the right half of its left half lies over the block, whose length digit stands
 * without the mark of format 2. */
static void unbind(const struct sym_key *key, uint8_t block[PAY_PIN_LEN])
{
    for (size_t i = KEY_PART_AT; i < PAY_PIN_LEN; i++)
        block[i] ^= key->value[i];
    block[0] = (uint8_t)(FORMAT_2 | block[0]);
}

static uint16_t change(struct payment *p, const struct pay_script_rules *r, struct job *j, size_t n)
{
    uint8_t block[PAY_PIN_LEN];
    struct sym_key key = {.type = 0};
    bool ok = issuer_session_key(p, r, UDK_ENC, &key) && decipher(&key, r->cipher, j, n, block);

    lab_wipe(&key, sizeof key);
    if (ok && r->pin_by_key)
        unbind(&p->live->udk[UDK_AC], block);
    if (!ok || !is_pin(block))
        return SW_WRONG_DATA;
    memcpy(p->live->pin, block, sizeof block);
    lab_wipe(block, sizeof block);
    p->live->try_counter = p->live->try_limit;
    return SW_OK;
}

uint16_t issuer_pin_change(struct payment *p, const struct pay_script_rules *r, struct job *j, size_t n)
{
    if (j->cmd.p1 != 0 || (j->cmd.p2 != P2_UNBLOCK && j->cmd.p2 != P2_CHANGE))
        return SW_WRONG_P1P2;
    if (j->cmd.p2 == P2_CHANGE)
        return change(p, r, j, n);
    if (n != 0)
        return SW_WRONG_LENGTH;
    p->live->try_counter = p->live->try_limit;
    return SW_OK;
}
