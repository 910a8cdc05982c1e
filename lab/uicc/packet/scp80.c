/* SPDX-License-Identifier: Apache-2.0 */
/* SCP80 from the card's side: command packets are opened, response packets (proof of receipt) are built. Pure
 * (stations 7 and 10, the card's half). [TS 102 225 5.1, 5.2; TS 31.115 4] */
#include "uicc/packet/scp80.h"

#include <string.h>

enum {
    OFFSET_CHL = 2,
    OFFSET_SPI1 = 3,
    OFFSET_KIC = 5,
    OFFSET_KID = 6,
    OFFSET_TAR = 7,
    OFFSET_COUNTER = 10,
    OFFSET_PCNTR = 15
};

/* The length of RC or CC that SPI1 and KID allow together with CHL. */
static bool check_len_allowed(const struct scp80_command *c)
{
    switch ((enum ota_integrity)(c->spi1 & SPI1_INTEGRITY)) {
    case INTEGRITY_NONE:
        return c->check_len == 0;
    case INTEGRITY_RC:
        return c->check_len > 0 && c->check_len == ota_rc_len(c->kid);
    case INTEGRITY_CC:
        return c->check_len == CC_LEN || c->check_len == CC_SHORT_LEN;
    case INTEGRITY_DS:
    default:
        return false; /* no card of this laboratory verifies signatures */
    }
}

bool scp80_read_header(const uint8_t *packet, size_t n, struct scp80_command *out)
{
    struct scp80_command c = {0};
    if (n < SCP80_HEADER || lab_number(packet, 2) != n - 2)
        return false;
    size_t chl = packet[OFFSET_CHL];
    if (chl < SCP80_MIN_CHL || OFFSET_SPI1 + chl > n)
        return false;
    c.check_len = chl - SCP80_MIN_CHL;
    c.spi1 = packet[OFFSET_SPI1];
    c.spi2 = packet[OFFSET_SPI1 + 1];
    c.kic = packet[OFFSET_KIC];
    c.kid = packet[OFFSET_KID];
    memcpy(c.tar, packet + OFFSET_TAR, sizeof c.tar);
    if (!(c.spi1 & SPI1_CIPHERED))
        c.counter = lab_number(packet + OFFSET_COUNTER, SCP80_COUNTER_LEN);
    if (!check_len_allowed(&c))
        return false;
    *out = c;
    return true;
}

/* RC or CC over contiguous octets. */
static bool compute_check(enum ota_integrity kind, const struct sym_key *kid, const uint8_t *in, size_t n,
                          struct out *check)
{
    uint8_t cc[MAX_CHECK];
    size_t len = check->cap;
    if (kind == INTEGRITY_RC) {
        out_number(check, len == 2 ? ota_crc16(in, n) : ota_crc32(in, n), len);
        return true;
    }
    if (sym_block(kid) == 0 || !ota_cc(kid, in, n, cc, len))
        return false;
    out_bytes(check, cc, len);
    return true;
}

static bool decipher(uint8_t *packet, size_t n, const struct sym_key *kic, uint8_t indicator)
{
    size_t block = sym_block(kic);
    if (block == 0 || !ota_key_fits(kic, indicator) || (n - SCP80_CLEAR) % block != 0)
        return false;
    return ota_cipher(kic, indicator, false, packet + SCP80_CLEAR, n - SCP80_CLEAR);
}

static bool check_holds(uint8_t *packet, size_t n, const struct sym_key *kid, const struct scp80_command *c)
{
    uint8_t found[MAX_CHECK], expected[MAX_CHECK] = {0};
    struct out check;
    enum ota_integrity kind = c->spi1 & SPI1_INTEGRITY;
    if (kind == INTEGRITY_NONE)
        return true;
    if (kind == INTEGRITY_CC && !ota_key_fits(kid, c->kid))
        return false;
    if (kind == INTEGRITY_CC && kid->type != KEY_TYPE_AES && c->check_len != CC_LEN)
        return false;
    out_init(&check, expected, c->check_len);
    memcpy(found, packet + SCP80_HEADER, c->check_len);
    /* The checksum covers header and data without itself: move the header over the checksum's place. */
    memmove(packet + c->check_len, packet, SCP80_HEADER);
    return compute_check(kind, kid, packet + c->check_len, n - c->check_len, &check) &&
           lab_same(found, expected, c->check_len);
}

enum por_status scp80_open(uint8_t *packet, size_t n, const struct scp80_keys *keys, struct scp80_command *c)
{
    if (c->spi1 & SPI1_CIPHERED) {
        if (!decipher(packet, n, &keys->kic, c->kic))
            return POR_CIPHERING_ERROR;
        c->counter = lab_number(packet + OFFSET_COUNTER, SCP80_COUNTER_LEN);
    }
    size_t padding = packet[OFFSET_PCNTR];
    if (!check_holds(packet, n, &keys->kid, c))
        return POR_CC_FAILED;
    size_t body = n - SCP80_HEADER - c->check_len;
    size_t most = c->spi1 & SPI1_CIPHERED ? sym_block(&keys->kic) - 1 : 0; /* only ciphering pads */
    if (padding > most || padding > body)
        return POR_CIPHERING_ERROR;
    c->data = packet + SCP80_HEADER + c->check_len;
    c->data_len = body - padding;
    return POR_OK;
}

/* ---- the response ---- */

struct layout {
    size_t check_len, padding;
    enum ota_integrity kind;
    bool ciphered;
};

static bool plan(const struct scp80_command *c, const struct scp80_keys *keys, const struct scp80_answer *a,
                 struct layout *l)
{
    *l = (struct layout){0};
    if (!a->secured)
        return true;
    l->kind = c->spi2 >> SPI2_INTEGRITY_SHIFT & SPI1_INTEGRITY;
    l->ciphered = c->spi2 & SPI2_CIPHERED;
    if (l->kind == INTEGRITY_DS)
        return false;
    if (l->kind == INTEGRITY_RC)
        l->check_len = ota_rc_len(c->kid);
    if (l->kind == INTEGRITY_CC) /* the command's length, if it carried a checksum of the kind */
        l->check_len = (c->spi1 & SPI1_INTEGRITY) == INTEGRITY_CC ? c->check_len : CC_LEN;
    if (l->kind != INTEGRITY_NONE && l->check_len == 0)
        return false;
    if (l->ciphered) {
        size_t block = sym_block(&keys->kic);
        if (block == 0)
            return false;
        l->padding = (block - (POR_HEADER - POR_CLEAR + l->check_len + a->data_len) % block) % block;
    }
    return true;
}

/* Header, data and padding as the checksum sees them: contiguous. */
static size_t write_covered(const struct scp80_command *c, const struct scp80_answer *a,
                            const struct layout *l, struct out *o)
{
    static const uint8_t udh[POR_PREFIX] = {0x02, 0x71, 0x00};
    static const uint8_t zeros[SYM_MAX_BLOCK];
    size_t rhl = POR_MIN_RHL + l->check_len;
    out_bytes(o, udh, sizeof udh);
    out_number(o, 1 + rhl + a->data_len + l->padding, 2);
    out_number(o, rhl, 1);
    out_bytes(o, c->tar, sizeof c->tar);
    out_number(o, c->counter, SCP80_COUNTER_LEN);
    out_number(o, l->padding, 1);
    out_number(o, a->status, 1);
    out_bytes(o, a->data, a->data_len);
    out_bytes(o, zeros, l->padding);
    return o->len;
}

size_t scp80_respond(const struct scp80_command *c, const struct scp80_keys *keys,
                     const struct scp80_answer *a, uint8_t *out)
{
    struct layout l;
    struct out o, check;
    uint8_t value[MAX_CHECK];
    if (!plan(c, keys, a, &l))
        return 0;
    /* The covered octets are written behind a gap, then the header moves down and the checksum fills the gap.
     */
    out_init(&o, out + l.check_len, POR_OVERHEAD + a->data_len - l.check_len);
    size_t n = write_covered(c, a, &l, &o);
    if (a->pad_80 && l.padding > 0 && keys->kic.type == KEY_TYPE_AES)
        out[l.check_len + n - l.padding] = 0x80;
    out_init(&check, value, l.check_len);
    if (l.check_len > 0 && !compute_check(l.kind, &keys->kid, out + l.check_len, n, &check))
        return 0;
    memmove(out, out + l.check_len, POR_HEADER);
    memcpy(out + POR_HEADER, value, l.check_len);
    n += l.check_len;
    if (l.ciphered && !ota_cipher(&keys->kic, c->kic, true, out + POR_CLEAR, n - POR_CLEAR))
        return 0;
    return n;
}
