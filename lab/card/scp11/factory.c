/* SPDX-License-Identifier: Apache-2.0 */
/* SCP11 as a card has it from the factory: keys and certificates of the issuer's domain, the authority of
 * off-card entities from a file (no station); edge; Amd F 1.4 5.1, 7.8, 7.10. */
#include "card/scp11/factory.h"

#include "card/model/keys.h"
#include "card/model/registry.h"
#include "card/certificate/issue.h"
#include "card/certificate/trust.h"
#include "common/tlv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CARD_AUTHORITY "tsm-lab CA-KLCC"
#define KEY_AUTHORITY  "tsm-lab KA-KLCC"
#define DEFAULT_GROUP  "tsm-lab"
#define LABEL_MAX      96

static const struct {
    uint8_t bit, kid;
} variants[] = {{SCP11_I_A, KID_SD_A}, {SCP11_I_B, KID_SD_B}, {SCP11_I_C, KID_SD_C}};

bool factory_authority(uint8_t curve, struct asym_key *own, struct asym_key *to_verify)
{
    return ecka_from_label(curve, CARD_AUTHORITY, own) && ecka_public_of(own, to_verify);
}

static bool add_key(struct sd *sd, uint8_t kid, const struct asym_key *key)
{
    for (size_t i = 0; i < SD_MAX_ASYM; i++) {
        if (sd->asym[i].kvn != 0)
            continue;
        sd->asym[i] = (struct asym_entry){.kvn = SCP11_FACTORY_KVN, .kid = kid, .key = *key};
        return memory_take(sd->card, sd->self, MEMORY_PER_ASYM(key->len));
    }
    return false;
}

static struct octets subject_of(const struct sd *sd, const struct card_config *cfg, uint8_t kid)
{
    const char *group = cfg->group != NULL ? cfg->group : DEFAULT_GROUP;

    if (kid == KID_SD_C)
        return (struct octets){.at = (const uint8_t *)group, .len = strnlen(group, SUBJECT_MAX / 2)};
    return (struct octets){.at = sd->card->kdd, .len = KDD_LEN};
}

/* SCP11c: all cards of a group share the key (Card Group ID); the others have one of their own. */
static bool make_key(const struct octets *subject, uint8_t curve, uint8_t kid, struct asym_key *key)
{
    char label[LABEL_MAX];

    if (kid != KID_SD_C)
        return ecka_generate(curve, key);
    snprintf(label, sizeof label, "tsm-lab group %.*s", (int)subject->len, (const char *)subject->at);
    return ecka_from_label(curve, label, key);
}

static bool issue(bool x509, const struct issue *what, struct out *o)
{
    return x509 ? issue_x509(what, o) : issue_gp(what, o);
}

/* The contents of BF21: the domain's certificate, below an intermediate authority when the quirk asks. */
static bool make_store(struct sd *sd, bool x509, const struct issue *what, struct out *o)
{
    struct asym_key between, between_public;
    struct issue first = *what, last = *what;

    if (!sd->card->quirks.sd_chain)
        return issue(x509, what, o);
    if (!ecka_from_label(what->authority->curve, KEY_AUTHORITY, &between) ||
        !ecka_public_of(&between, &between_public))
        return false;
    first.key = &between_public;
    first.is_authority = true;
    first.subject = (struct octets){.at = (const uint8_t *)KEY_AUTHORITY, .len = sizeof KEY_AUTHORITY - 1};
    last.authority = &between;
    last.authority_name = KEY_AUTHORITY;
    return issue(x509, &first, o) && issue(x509, &last, o);
}

static bool keep_store(struct sd *sd, uint8_t kid, const struct out *store, const struct asym_key *authority)
{
    struct scp11_link *l = scp11_link(sd, SCP11_FACTORY_KVN, kid, true);

    if (l == NULL || !memory_take(sd->card, sd->self, (uint32_t)store->len))
        return false;
    l->store = malloc(store->len);
    if (l->store == NULL)
        return false;
    memcpy(l->store, store->at, store->len);
    l->store_len = store->len;
    l->ca_len = KEY_IDENTIFIER_LEN;
    return issue_key_identifier(authority, l->ca);
}

static bool make_variant(struct sd *sd, const struct card_config *cfg, uint8_t curve, uint8_t kid)
{
    bool x509 = (sd_option(sd, SCP11)->i2 & SCP11_I2_NO_GP) != 0;
    struct asym_key own, authority, trusted, key;
    struct issue what = {.authority = &authority, .authority_name = CARD_AUTHORITY, .key = &key};
    uint8_t buffer[SCP11_STORE_MAX];
    struct out store;
    bool ok;

    what.subject = subject_of(sd, cfg, kid);
    out_init(&store, buffer, sizeof buffer);
    ok = factory_authority(curve, &authority, &trusted) && make_key(&what.subject, curve, kid, &own) &&
         ecka_public_of(&own, &key) && make_store(sd, x509, &what, &store) && add_key(sd, kid, &own) &&
         keep_store(sd, kid, &store, &trusted);
    lab_wipe(&own, sizeof own);
    return ok;
}

/* PK.CA-KLOC.ECDSA from the file: identifier 10, further ones from 20 on. */
static bool add_trusted(struct sd *sd, const struct trusted *t, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t kid = (uint8_t)(i == 0 ? KID_CA_KLOC : KID_CA_KLOC_MORE + i - 1);
        struct scp11_link *l = scp11_link(sd, SCP11_FACTORY_KVN, kid, true);

        if (l == NULL || !add_key(sd, kid, &t[i].key))
            return false;
        memcpy(l->ca, t[i].id, t[i].id_len);
        l->ca_len = t[i].id_len;
    }
    return true;
}

/* The certificate of the card authority for the other side. */
static bool write_authority(const char *path, uint8_t curve)
{
    struct asym_key own, key;
    struct issue what = {
        .authority = &own, .authority_name = CARD_AUTHORITY, .key = &key, .is_authority = true};
    uint8_t buffer[SCP11_STORE_MAX];
    struct out der;

    out_init(&der, buffer, sizeof buffer);
    return factory_authority(curve, &own, &key) && issue_x509(&what, &der) &&
           trust_write(path, buffer, der.len);
}

bool scp11_factory(struct sd *sd, const struct card_config *cfg)
{
    const struct scp_option *o = sd_option(sd, SCP11);
    struct trusted t[TRUST_MAX];
    uint8_t curve = ECC_P256;
    size_t count = 0;

    if (cfg->oce_ca != NULL) {
        count = trust_read(cfg->oce_ca, t);
        if (count == 0)
            return false;
        curve = t[0].key.curve;
    }
    if (!add_trusted(sd, t, count) ||
        (cfg->owner_len > 0 && !scp11_set_owner(sd, cfg->owner, cfg->owner_len)))
        return false;
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if ((o->i & variants[i].bit) != 0 && !make_variant(sd, cfg, curve, variants[i].kid))
            return false;
    return cfg->card_ca == NULL || write_authority(cfg->card_ca, curve);
}
