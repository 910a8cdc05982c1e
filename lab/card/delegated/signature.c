/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of content management: which key of a domain serves and how its kind signs (station 6, the
 * card's side); pure; GPCS 2.3.1 appendix C.1, Table C-1. */
#include "card/delegated/signature.h"

struct signing_key signature_key(struct sd *sd, uint8_t kvn)
{
    const struct key *sym = sd_key(sd, kvn, KID_SOLE);
    const struct asym_entry *asym = sd_asym(sd, kvn, KID_SOLE);

    return (struct signing_key){.sym = sym == NULL ? NULL : &sym->secret,
                                .asym = asym == NULL ? NULL : &asym->key};
}

bool signature_key_present(const struct signing_key *k)
{
    return k->sym != NULL || k->asym != NULL;
}

bool signature_takes_hash(const struct signing_key *k, size_t hash_len)
{
    return k->asym == NULL || hash_len >= asym_hash_len(k->asym);
}

/* B.2.2 and B.1.2.2; returns the length. */
static size_t mac(const struct sym_key *k, const uint8_t *msg, size_t n, uint8_t to[AES_BLOCK])
{
    if (k->type == KEY_TYPE_AES)
        return aes_cmac(k, msg, n, to) ? AES_BLOCK : 0;
    return des_mac_retail(k, NULL, msg, n, to) ? DES_BLOCK : 0;
}

bool signature_verify(const struct signing_key *k, const uint8_t *msg, size_t n, const uint8_t *signature,
                      size_t signature_len)
{
    uint8_t own[AES_BLOCK];
    size_t len;

    if (k->asym != NULL)
        return asym_verify(k->asym, msg, n, signature, signature_len);
    len = k->sym == NULL ? 0 : mac(k->sym, msg, n, own);
    return len > 0 && signature_len == len && lab_same(own, signature, len);
}

bool signature_can_make(const struct signing_key *k)
{
    return k->sym != NULL || (k->asym != NULL && k->asym->type == KEY_TYPE_ECC_PRIVATE);
}

size_t signature_make(const struct signing_key *k, const uint8_t *msg, size_t n,
                      uint8_t signature[ASYM_MAX_SIGNATURE])
{
    if (k->asym != NULL)
        return asym_sign(k->asym, msg, n, signature);
    return k->sym == NULL ? 0 : mac(k->sym, msg, n, signature);
}
