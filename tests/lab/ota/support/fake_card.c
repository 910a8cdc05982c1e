/* SPDX-License-Identifier: Apache-2.0 */
/* A card small enough to see through, behind lab/card's interface: two domains, one key set, a few files. For
 * tests of everything above the card; pure. */
#include "fake_card.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_MSL = 0x06, FCP_LEN = 0x32, ARR_RECORD = 0x28 };

struct sd {
    struct card *card;
    uint8_t tar[3];
};

struct card {
    struct card_config config;
    struct sd sds[2];
    uint64_t counter;
    uint8_t msl;
    uint16_t file;
    size_t executed;
};

struct card *card_new(const struct card_config *cfg)
{
    struct card *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->config = *cfg;
    if (c->config.scp80_kvn == 0)
        c->config.scp80_kvn = 1;
    if (c->config.scp80_type == 0)
        c->config.scp80_type = 0x88;
    c->msl = DEFAULT_MSL;
    c->sds[0] = (struct sd){c, {0x00, 0x00, 0x00}};
    c->sds[1] = (struct sd){c, {0xB0, 0x00, 0x11}};
    return c;
}

void card_free(struct card *c)
{
    free(c);
}

void card_reset(struct card *c)
{
    c->file = 0;
}

bool card_is_dead(const struct card *c)
{
    (void)c;
    return false;
}

size_t card_atr(const struct card *c, uint8_t atr[CARD_MAX_ATR])
{
    (void)c;
    memcpy(atr, "\x3B\x80\x80\x01\x01", 5);
    return 5;
}

void fake_card_key_type(struct card *c, uint8_t type)
{
    c->config.scp80_type = type;
}

void fake_card_msl(struct card *c, uint8_t msl)
{
    c->msl = msl;
}

size_t fake_card_executed(const struct card *c)
{
    return c->executed;
}

uint64_t fake_card_counter(const struct card *c)
{
    return c->counter;
}

static size_t answer(uint8_t *out, const void *data, size_t n, unsigned sw)
{
    if (n > 0)
        memcpy(out, data, n);
    out[n] = (uint8_t)(sw >> 8);
    out[n + 1] = (uint8_t)sw;
    return n + 2;
}

static size_t select_file(struct card *c, const uint8_t *in, uint8_t *out)
{
    static const uint8_t fcp[FCP_LEN] = {0x62, FCP_LEN - 2};
    unsigned id = (unsigned)in[5] << 8 | in[6];
    if (id == 0x3F00)
        return answer(out, fcp, sizeof fcp, 0x9000);
    if (id != 0x2FE2 && id != 0x2F06)
        return answer(out, NULL, 0, 0x6A82);
    c->file = (uint16_t)id;
    return answer(out, NULL, 0, 0x9000);
}

/* GET DATA 005A: the ICCID as a TLV; GET DATA 00FF: 230 octets, more than one DELIVER-REPORT holds. */
static size_t get_data(const struct card *c, const uint8_t *in, uint8_t *out)
{
    uint8_t data[CARD_MAX_SEID + 2] = {0x5A, (uint8_t)c->config.seid_len};
    static const uint8_t much[230] = {0x01, 0x02, 0x03};
    if (in[3] == 0x5A) {
        memcpy(data + 2, c->config.seid, c->config.seid_len);
        return answer(out, data, c->config.seid_len + 2, 0x9000);
    }
    return in[3] == 0xFF ? answer(out, much, sizeof much, 0x9000) : answer(out, NULL, 0, 0x6A88);
}

size_t card_transmit(struct card *c, const uint8_t *in, size_t in_len, uint8_t *out)
{
    static const uint8_t iccid[10] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99};
    static const uint8_t status[] = {0xE3, 0x06, 0x4F, 0x01, 0xA0, 0x9F, 0x70, 0x0F};
    if (in_len < 4)
        return answer(out, NULL, 0, 0x6700);
    switch (in[1]) {
    case 0xA4:
        return in_len >= 7 ? select_file(c, in, out) : answer(out, NULL, 0, 0x6700);
    case 0xB0:
        return c->file == 0x2FE2 ? answer(out, iccid, sizeof iccid, 0x9000) : answer(out, NULL, 0, 0x6986);
    case 0xB2:
        return answer(out, NULL, 0, 0x6C00 | ARR_RECORD);
    case 0xCA:
        return get_data(c, in, out);
    case 0xF2:
        return answer(out, status, sizeof status, 0x9000);
    case 0xE6:
        return answer(out, "\0", 1, 0x9000);
    default:
        return answer(out, NULL, 0, 0x6D00);
    }
}

struct sd *card_sd_by_tar(struct card *c, const uint8_t tar[3])
{
    for (size_t i = 0; i < 2; i++)
        if (memcmp(c->sds[i].tar, tar, 3) == 0)
            return &c->sds[i];
    return NULL;
}

static void fill(struct ota_key *k, uint8_t type, const uint8_t *value, size_t len)
{
    k->alg = type;
    k->len = (uint8_t)len;
    memcpy(k->value, value, sizeof k->value);
}

int card_ota_keys(struct sd *sd, uint8_t kvn, struct ota_key *kic, struct ota_key *kid, struct ota_key *kik)
{
    const struct card_config *cfg = &sd->card->config;
    if (kvn != cfg->scp80_kvn || cfg->kid_len == 0)
        return -1;
    fill(kic, cfg->scp80_type, cfg->kic, cfg->kic_len);
    fill(kid, cfg->scp80_type, cfg->kid, cfg->kid_len);
    fill(kik, cfg->scp80_type, cfg->kid, cfg->kid_len);
    return 0;
}

uint64_t *card_ota_counter(struct sd *sd, uint8_t kvn)
{
    return kvn == sd->card->config.scp80_kvn ? &sd->card->counter : NULL;
}

uint8_t card_ota_msl(const struct sd *sd)
{
    return sd->card->msl;
}

size_t card_remote(struct card *c, struct sd *sd, uint8_t kvn, const uint8_t *in, size_t in_len, uint8_t *out)
{
    (void)sd;
    (void)kvn;
    c->executed++;
    return card_transmit(c, in, in_len, out);
}

/* This card has nothing to say. */
void card_say(const struct card *c, const char *format, ...)
{
    (void)c;
    (void)format;
}
