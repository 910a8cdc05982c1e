/* SPDX-License-Identifier: Apache-2.0 */
/* DAP blocks in front of a load file: whose signature stands on the load file data block hash and whose must
 * stand there (station 10, the card's side); pure; GPCS 2.3.1 9.2.1, 9.3.5, 11.6.2.3, C.3, Amd D 8.1. */
#include "card/delegated/dap.h"

#include "card/delegated/signature.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#define TAG_AID       0x4F
#define TAG_SIGNATURE 0xC3

static bool verifies_daps(const struct app *a)
{
    return a != NULL && (a->privileges & (PRIV_DAP | PRIV_MANDATED_DAP)) != 0 && a->sd != NULL;
}

/* The GlobalPlatform version first, that of TS 102 226 for want of it. */
static struct signing_key dap_key(struct sd *sd)
{
    struct signing_key key = signature_key(sd, KVN_DAP);

    return signature_key_present(&key) ? key : signature_key(sd, KVN_TS102226_DAP);
}

/* Amd D Table 8-1: under an AES key of 16, 24, 32 bytes stands a hash of 32, 48, 64 at least. */
static bool takes_hash(const struct signing_key *k, size_t hash_len)
{
    if (k->sym != NULL && k->sym->type == KEY_TYPE_AES)
        return hash_len >= 2U * k->sym->len;
    return signature_takes_hash(k, hash_len);
}

uint16_t dap_take(const struct card *c, struct load *l)
{
    struct tlv name, signature;
    struct signing_key key;
    struct app *a;
    struct aid aid;

    if (l->hash_len == 0 || l->verified_count == LOAD_MAX_DAPS || !tlv_read(l->dap, l->size, 0, &name) ||
        name.tag != TAG_AID || !tlv_read(l->dap, l->size, name.end, &signature) ||
        signature.tag != TAG_SIGNATURE || signature.end != l->size || !aid_set(&aid, name.value, name.len))
        return SW_WRONG_DATA;
    a = registry_app(c, &aid);
    if (!verifies_daps(a))
        return SW_CONDITIONS_NOT_SATISFIED;
    key = dap_key(a->sd);
    if (!takes_hash(&key, l->hash_len))
        return SW_WRONG_DATA;
    if (!signature_verify(&key, l->hash, l->hash_len, signature.value, signature.len))
        return SW_CONDITIONS_NOT_SATISFIED;
    l->verified[l->verified_count++] = aid;
    return SW_OK;
}

static bool has_verified(const struct load *l, const struct app *a)
{
    for (size_t i = 0; i < l->verified_count; i++)
        if (aid_same(&l->verified[i], &a->aid))
            return true;
    return false;
}

bool dap_enough(const struct card *c, const struct load *l)
{
    for (size_t i = 0; i < c->app_count; i++) {
        const struct app *a = c->apps[i];
        bool insists = (app_has(a, PRIV_MANDATED_DAP) && a->state == APP_PERSONALIZED) ||
                       (a == l->owner && app_has(a, PRIV_DAP));

        if (insists && !has_verified(l, a))
            return false;
    }
    return true;
}
