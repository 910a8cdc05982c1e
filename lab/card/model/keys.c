/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a security domain: versions, inheritance, which set serves which protocol, atomic changes (station
 * 10, the card's side); pure; GPCS 2.3.1 7.5, 11.8.2.3.3, Amd D 6.1. */
#include "card/model/keys.h"

#include "card/model/registry.h"
#include "card/scp11/scp11.h"

struct key *sd_key(struct sd *sd, uint8_t kvn, uint8_t kid)
{
    for (size_t i = 0; i < SD_MAX_KEYS; i++)
        if (sd->keys[i].kvn == kvn && kvn != 0 && sd->keys[i].kid == kid)
            return &sd->keys[i];
    return NULL;
}

struct asym_entry *sd_asym(struct sd *sd, uint8_t kvn, uint8_t kid)
{
    for (size_t i = 0; i < SD_MAX_ASYM; i++)
        if (sd->asym[i].kvn == kvn && kvn != 0 && sd->asym[i].kid == kid)
            return &sd->asym[i];
    return NULL;
}

struct keyset *sd_keyset(struct sd *sd, uint8_t kvn)
{
    for (size_t i = 0; i < SD_MAX_SETS; i++)
        if (sd->sets[i].kvn == kvn && kvn != 0)
            return &sd->sets[i];
    return NULL;
}

const struct scp_option *sd_option(const struct sd *sd, uint8_t scp)
{
    for (size_t i = 0; i < sd->scp_count; i++)
        if (sd->scps[i].scp == scp)
            return &sd->scps[i];
    return NULL;
}

static const struct sym_key *secret_of(const struct sd *sd, uint8_t kvn, uint8_t kid)
{
    for (size_t i = 0; i < SD_MAX_KEYS; i++)
        if (sd->keys[i].kvn == kvn && kvn != 0 && sd->keys[i].kid == kid)
            return &sd->keys[i].secret;
    return NULL;
}

bool sd_set_complete(const struct sd *sd, uint8_t kvn)
{
    const struct sym_key *enc = secret_of(sd, kvn, KID_ENC);
    const struct sym_key *mac = secret_of(sd, kvn, KID_MAC);
    const struct sym_key *dek = secret_of(sd, kvn, KID_DEK);

    return enc != NULL && mac != NULL && dek != NULL;
}

/* The key version ranges of the GlobalPlatform configurations (knowledge of every UICC and eSE profile). */
static bool version_serves(const struct sd *sd, uint8_t kvn, uint8_t scp)
{
    if (kvn == KVN_INITIAL)
        return scp != SCP80;
    if (kvn >= 0x01 && kvn <= 0x0F)
        return scp == SCP80 || sd_option(sd, SCP80) == NULL;
    if (kvn >= 0x20 && kvn <= 0x2F)
        return scp == SCP02;
    if (kvn >= 0x30 && kvn <= 0x3F)
        return scp == SCP03;
    return scp != SCP80 && kvn != KVN_TS102226_DAP && (kvn < 0x40 || kvn > 0x4F) && kvn < 0x70;
}

bool sd_set_serves(const struct sd *sd, uint8_t kvn, uint8_t scp)
{
    const struct sym_key *enc = secret_of(sd, kvn, KID_ENC);
    bool alike = true;

    if (!sd_set_complete(sd, kvn) || !version_serves(sd, kvn, scp))
        return false;
    for (uint8_t kid = KID_MAC; kid <= KID_DEK; kid++) {
        const struct sym_key *other = secret_of(sd, kvn, kid);

        alike = alike && other->type == enc->type && other->len == enc->len;
    }
    if (scp == SCP02)
        return alike && enc->type == KEY_TYPE_DES && enc->len == 16;
    return scp == SCP80 || (alike && enc->type == KEY_TYPE_AES);
}

uint8_t sd_first_set(const struct sd *sd, uint8_t scp)
{
    for (size_t i = 0; i < SD_MAX_SETS; i++)
        if (sd->sets[i].kvn != 0 && sd_set_serves(sd, sd->sets[i].kvn, scp))
            return sd->sets[i].kvn;
    return 0;
}

bool sd_static_keys(const struct sd *sd, uint8_t kvn, struct static_keys *to)
{
    if (!sd_set_complete(sd, kvn))
        return false;
    to->enc = *secret_of(sd, kvn, KID_ENC);
    to->mac = *secret_of(sd, kvn, KID_MAC);
    to->dek = *secret_of(sd, kvn, KID_DEK);
    return true;
}

static bool has_own_keys(const struct sd *sd)
{
    for (size_t i = 0; i < SD_MAX_SETS; i++)
        if (sd->sets[i].kvn != 0 && sd_set_complete(sd, sd->sets[i].kvn))
            return true;
    for (size_t i = 0; i < SD_MAX_ASYM; i++)
        if (scp11_is_private(&sd->asym[i]))
            return true;
    return false;
}

struct sd *sd_key_owner(struct sd *sd)
{
    while (!has_own_keys(sd) && sd->self->owner != NULL)
        sd = sd->self->owner->sd;
    return sd;
}
