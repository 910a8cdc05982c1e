/* SPDX-License-Identifier: Apache-2.0 */
/* The key data fields of RSA and ECC keys in PUT KEY: RSA public keys, ECC public and private keys on a curve
 * of Table B-2 (station 6, the card's side); pure; GPCS 2.3.1 11.8.2.3.5, 11.8.2.3.6, Tables 11-73, 11-75.
 * Curve parameters of their own (B2 to B7) and RSA private keys are left out. */
#include "card/keyload/put_key.h"

#include "common/tlv.h"

#include <string.h>

#define LENGTH_128_SHORT 0x80 /* 11.8.2.3.1: length 128 may be coded on one byte */

bool put_key_component(const struct capdu *c, size_t *at, struct key_component *to)
{
    size_t behind;

    if (c->lc - *at < 2)
        return false;
    to->type = c->data[*at];
    if (c->data[*at + 1] == LENGTH_128_SHORT) {
        to->len = LENGTH_128_SHORT;
        behind = *at + 2;
    } else if (!tlv_length(c->data, c->lc, *at + 1, &to->len, &behind)) {
        return false;
    }
    if (to->len > c->lc - behind)
        return false;
    to->at = c->data + behind;
    *at = behind + to->len;
    return true;
}

bool put_key_is_asym(uint8_t type)
{
    return type == KEY_TYPE_RSA_PUBLIC || type == KEY_TYPE_ECC_PUBLIC || type == KEY_TYPE_ECC_PRIVATE;
}

static bool take_modulus(const struct key_component *n, const struct key_component *e, struct asym_key *k)
{
    if (n->len > sizeof k->value || e->len > sizeof k->exponent)
        return false;
    k->len = (uint16_t)n->len;
    memcpy(k->value, n->at, n->len);
    k->exponent_len = (uint8_t)e->len;
    memcpy(k->exponent, e->at, e->len);
    return true;
}

/* A public point is in clear, a private scalar under the DEK. */
static bool take_ecc(const struct job *j, const struct key_component *value,
                     const struct key_component *curve, struct asym_key *k)
{
    struct key_component block = *value;
    size_t len = value->len;

    if (curve->len != 1 || value->len == 0 || value->len > sizeof k->value)
        return false;
    k->curve = curve->at[0];
    if (k->type == KEY_TYPE_ECC_PUBLIC)
        memcpy(k->value, value->at, value->len);
    else if (!put_key_split(j, &block, &len) || block.len > sizeof k->value ||
             !session_decrypt(&j->ch->session, block.at, block.len, k->value))
        return false;
    k->len = (uint16_t)len;
    return true;
}

uint16_t put_key_asym(const struct job *j, size_t *at, struct asym_entry *to)
{
    const struct capdu *c = &j->cmd;
    struct key_component value, second;
    bool rsa;

    if (!put_key_component(c, at, &value) || !put_key_component(c, at, &second))
        return SW_WRONG_DATA;
    to->key.type = value.type;
    rsa = value.type == KEY_TYPE_RSA_PUBLIC;
    if (second.type != (rsa ? KEY_TYPE_RSA_EXPONENT : KEY_TYPE_ECC_REFERENCE))
        return SW_WRONG_DATA;
    /* No check value is defined for either kind: its length is there and zero. */
    if (*at >= c->lc || c->data[(*at)++] != 0)
        return SW_WRONG_DATA;
    if (rsa ? !take_modulus(&value, &second, &to->key) : !take_ecc(j, &value, &second, &to->key))
        return SW_WRONG_DATA;
    return asym_valid(&to->key) ? SW_OK : SW_WRONG_DATA;
}
