/* SPDX-License-Identifier: Apache-2.0 */
/* A card from the factory: issuer security domain with its keys, the built-in load file of security domains,
 * reset and ATR (station 10, the card's side); edge; GPCS 2.3.1 5.1.1.1, 6.6.2, ISO/IEC 7816-3 8. */
#include "card/card.h"

#include "card/applet/builtin.h"
#include "card/casd/casd.h"
#include "card/channel/secure.h"
#include "card/command/command.h"
#include "card/config.h"
#include "card/contactless/contactless.h"
#include "card/model/keys.h"
#include "card/model/registry.h"
#include "card/scp11/factory.h"
#include "card/sems/sems.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SCP80_KVN 0x01
#define DEFAULT_MSL       0x16 /* cryptographic checksum, ciphering, counter higher (TS 102 225 5.1.1) */
#define FACTORY_KEYS      6

/* 6.6.2: the initial privileges of the issuer security domain. */
#define ISD_PRIVILEGES                                                                               \
    (PRIV_SECURITY_DOMAIN | PRIV_CARD_LOCK | PRIV_CARD_TERMINATE | PRIV_CARD_RESET | PRIV_CVM |      \
     PRIV_TRUSTED_PATH | PRIV_AUTHORIZED_MANAGEMENT | PRIV_TOKEN_VERIFICATION | PRIV_GLOBAL_DELETE | \
     PRIV_GLOBAL_LOCK | PRIV_GLOBAL_REGISTRY | PRIV_FINAL_APPLICATION | PRIV_RECEIPT)

static const uint8_t isd_aid[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00};       /* H.1.3 */
static const uint8_t sd_package_aid[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50};      /* "SP" */
static const uint8_t sd_module_aid[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x50, 0x41}; /* "SPA" */
static const uint8_t default_cuid[KDD_LEN] = {0x4F, 0x54, 0x53, 0x4D, 0x00, 0x01, 0, 0, 0, 1};
static const uint8_t isd_tar[TAR_LEN] = {0x00, 0x00, 0x00};

/* A card with SCP11 keeps a door for its maker. */
static const struct scp_option beside_scp11 = {.scp = SCP03, .i = 0x70};

/* TS, T0 (TD1, five historical bytes), TD1 = T=1; category 80, compact TLV 73: selection by full and partial
 * name, data coding, extended length, channels numbered by the card, four of them. */
static const uint8_t atr_without_check[] = {0x3B, 0x85, 0x01, 0x80, 0x73, 0xC0, 0x21, 0x53};

static void factory_key(struct sd *isd, uint8_t kvn, uint8_t kid, const struct sym_key *secret)
{
    for (size_t i = 0; i < SD_MAX_SETS; i++) {
        if (isd->sets[i].kvn == 0)
            isd->sets[i].kvn = kvn;
        if (isd->sets[i].kvn == kvn)
            break;
    }
    for (size_t i = 0; i < SD_MAX_KEYS; i++) {
        if (isd->keys[i].kvn != 0)
            continue;
        isd->keys[i] = (struct key){.kvn = kvn, .kid = kid, .secret = *secret};
        return;
    }
}

static bool secure_channel_keys(struct card *c, const struct card_config *cfg, uint8_t scp)
{
    struct sym_key k = {.type = scp == SCP02 ? KEY_TYPE_DES : KEY_TYPE_AES, .len = 16};

    if (cfg->key_len != 0) {
        k.len = (uint8_t)cfg->key_len;
        memcpy(k.value, cfg->key, k.len <= SYM_MAX_KEY ? k.len : 0);
    } else {
        for (uint8_t i = 0; i < k.len; i++)
            k.value[i] = (uint8_t)(0x40 + i);
    }
    if (cfg->key_len > SYM_MAX_KEY || sym_block(&k) == 0 || (scp == SCP02 && k.len != 16)) {
        fprintf(stderr, "card: the key must have 16 bytes for SCP02, 16, 24 or 32 for SCP03\n");
        return false;
    }
    for (uint8_t kid = KID_ENC; kid <= KID_DEK; kid++)
        factory_key(card_isd(c)->sd, cfg->kvn != 0 ? cfg->kvn : KVN_INITIAL, kid, &k);
    lab_wipe(&k, sizeof k);
    if (sd_set_serves(card_isd(c)->sd, cfg->kvn != 0 ? cfg->kvn : KVN_INITIAL, scp))
        return true;
    fprintf(stderr, "card: key version %02X cannot serve this protocol\n", cfg->kvn);
    return false;
}

static bool over_the_air_key(struct sd *isd, const struct card_config *cfg, uint8_t kid)
{
    const uint8_t *value = kid == KID_ENC                        ? cfg->kic
                           : kid == KID_MAC || cfg->kik_len == 0 ? cfg->kid
                                                                 : cfg->kik;
    size_t len = kid == KID_ENC                        ? cfg->kic_len
                 : kid == KID_MAC || cfg->kik_len == 0 ? cfg->kid_len
                                                       : cfg->kik_len;
    struct sym_key k = {.type = cfg->scp80_type != 0 ? cfg->scp80_type : KEY_TYPE_AES, .len = (uint8_t)len};

    if (len > SYM_MAX_KEY || sym_block(&k) == 0 || len < 16)
        return false;
    memcpy(k.value, value, len);
    factory_key(isd, cfg->scp80_kvn != 0 ? cfg->scp80_kvn : DEFAULT_SCP80_KVN, kid, &k);
    lab_wipe(&k, sizeof k);
    return true;
}

static bool over_the_air_keys(struct card *c, const struct card_config *cfg)
{
    struct sd *isd = card_isd(c)->sd;

    if (cfg->kic_len == 0 && cfg->kid_len == 0)
        return true;
    isd->scps[isd->scp_count++] = (struct scp_option){.scp = SCP80};
    memcpy(isd->tars[0], isd_tar, TAR_LEN);
    isd->tar_count = 1;
    isd->msl = DEFAULT_MSL;
    for (uint8_t kid = KID_ENC; kid <= KID_DEK; kid++)
        if (!over_the_air_key(isd, cfg, kid)) {
            fprintf(stderr, "card: SCP80 keys must have 16, 24 or 32 bytes of a known key type\n");
            return false;
        }
    if (sd_set_serves(isd, cfg->scp80_kvn != 0 ? cfg->scp80_kvn : DEFAULT_SCP80_KVN, SCP80))
        return true;
    fprintf(stderr, "card: SCP80 key versions are 01 to 0F\n");
    return false;
}

static bool issuer_domain(struct card *c, const struct card_config *cfg, const struct scp_option *option)
{
    struct elf *e;
    struct app *isd;
    struct aid aid;

    aid_set(&aid, isd_aid, sizeof isd_aid);
    isd = registry_add_app(c, &aid, NULL, ISD_PRIVILEGES);
    if (isd == NULL)
        return false;
    isd->state = CARD_OP_READY;
    isd->sd->scps[isd->sd->scp_count++] = *option;
    if (option->scp == SCP11) {
        option = &beside_scp11;
        isd->sd->scps[isd->sd->scp_count++] = *option;
    }
    aid_set(&aid, sd_package_aid, sizeof sd_package_aid);
    e = registry_add_elf(c, &aid, isd);
    if (e == NULL)
        return false;
    e->built_in = true;
    e->version[0] = 1;
    e->module_count = 1;
    aid_set(&e->modules[0], sd_module_aid, sizeof sd_module_aid);
    return over_the_air_keys(c, cfg) && secure_channel_keys(c, cfg, option->scp) &&
           (isd->sd->scps[0].scp != SCP11 || scp11_factory(isd->sd, cfg));
}

/* The card's number: shown as it is under tag 5A, and as ten bytes in CPLC and key diversification data. */
static void identify(struct card *c, const struct card_config *cfg)
{
    size_t n = cfg->seid_len < KDD_LEN ? cfg->seid_len : KDD_LEN;

    c->seid_len = cfg->seid_len <= sizeof c->seid ? cfg->seid_len : sizeof c->seid;
    memcpy(c->seid, cfg->seid, c->seid_len);
    if (n == 0)
        memcpy(c->kdd, default_cuid, KDD_LEN);
    else
        memcpy(c->kdd + KDD_LEN - n, cfg->seid, n);
}

struct card *card_new(const struct card_config *cfg)
{
    struct scp_option option;
    struct card *c = calloc(1, sizeof *c);

    if (c == NULL)
        return NULL;
    c->state = CARD_OP_READY;
    c->memory_total = cfg->memory != 0 ? cfg->memory : CARD_DEFAULT_MEMORY;
    c->verbose = cfg->verbose != 0;
    identify(c, cfg);
    if (!config_scp(cfg->scp, &option) || !config_quirks(cfg->quirk, &c->quirks) ||
        !config_faults(cfg->fault, &c->faults) || !issuer_domain(c, cfg, &option) || !casd_factory(c, cfg) ||
        !builtin_install(c, cfg->with) ||
        (cfg->script_root != NULL && !sems_read_root(c, cfg->script_root))) {
        card_free(c);
        return NULL;
    }
    card_reset(c);
    return c;
}

static void end_channel(struct card *c, struct channel *ch)
{
    channel_clear(c, ch);
    ch->open = false;
    ch->selected = NULL;
}

void card_free(struct card *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < CARD_CHANNELS; i++)
        end_channel(c, &c->channels[i]);
    end_channel(c, &c->ota);
    while (c->app_count > 0)
        registry_remove_app(c, c->apps[c->app_count - 1]);
    while (c->elf_count > 0)
        registry_remove_elf(c, c->elfs[c->elf_count - 1]);
    secure_drop_plain(c);
    free(c->pending);
    free(c->script_root);
    free(c);
}

void card_reset(struct card *c)
{
    for (size_t i = 0; i < CARD_CHANNELS; i++)
        end_channel(c, &c->channels[i]);
    end_channel(c, &c->ota);
    free(c->pending);
    c->pending = NULL;
    c->dead = false;
    cl_end_volatile(c);
    c->channels[0].open = true;
    select_implicitly(c, &c->channels[0]);
}

size_t card_atr(const struct card *c, uint8_t atr[CARD_MAX_ATR])
{
    uint8_t check = 0;

    (void)c;
    memcpy(atr, atr_without_check, sizeof atr_without_check);
    for (size_t i = 1; i < sizeof atr_without_check; i++)
        check ^= atr_without_check[i];
    atr[sizeof atr_without_check] = check;
    return sizeof atr_without_check + 1;
}

bool card_is_dead(const struct card *c)
{
    return c->dead;
}
