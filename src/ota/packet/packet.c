/* SPDX-License-Identifier: Apache-2.0 */
/* The command packet: wrap for the card, open as the card does. Stations 7 and 8. Pure. [TS 102 225 5.1,
 * TS 31.115 4.1] */
#include "ota/packet/packet.h"

#include "ota/packet/seal.h"

enum {
    CHL_BASE = 13,      /* SPI to PCNTR, without the checksum */
    CLEAR_LEN = 10,     /* CPL to TAR */
    COUNTER_LEN = 6,    /* CNTR and PCNTR: the first of the secured octets */
    RC_LEN_ASSUMED = 4, /* in an estimate the longer of the two redundancy checks */
    AES_BLOCK = 16,
    DES_BLOCK = 8,
};

/* crc_len 0: by KID. */
static enum tsm_err command_seal(const struct scp80_command *c, const struct scp80_keys *keys,
                                 struct scp80_seal *s)
{
    struct scp80_seal_wish wish = {
        .integrity = (enum scp80_integrity)(c->spi[0] & SPI1_INTEGRITY),
        .ciphered = c->spi[0] & SPI1_CIPHER,
        .kic = c->kic,
        .kid = c->kid,
        .cc_len = c->cc_len,
    };
    return scp80_seal_make(wish, keys, s);
}

/* CPL counts from CHL to the end. */
static size_t command_cpl(const struct scp80_seal *s, size_t data_len)
{
    size_t secured = COUNTER_LEN + s->check_len + data_len;
    return CLEAR_LEN - 2 + secured + scp80_seal_padding(s, secured);
}

static enum tsm_err write_packet(const struct scp80_command *c, const struct scp80_seal *s, struct writer *w)
{
    struct scp80_seal_frame f = {.head = w->len};
    f.pad = scp80_seal_padding(s, COUNTER_LEN + s->check_len + c->data.len);
    TRY(write_u16(w, (unsigned)command_cpl(s, c->data.len)));
    TRY(write_u8(w, (unsigned)(CHL_BASE + s->check_len)));
    TRY(write_span(w, BYTES(c->spi)));
    TRY(write_u8(w, c->kic));
    TRY(write_u8(w, c->kid));
    TRY(write_span(w, BYTES(c->tar)));
    f.secured = w->len;
    TRY(write_u40(w, c->counter));
    TRY(write_u8(w, (unsigned)f.pad));
    return scp80_seal_close(s, f, c->data, w);
}

enum tsm_err scp80_wrap(const struct scp80_command *c, const struct scp80_keys *keys, struct writer *packet)
{
    struct writer at = *packet;
    struct scp80_seal s;
    enum tsm_err e;
    uint8_t *start;
    NEED(c->counter <= SCP80_COUNTER_MAX, BAD_VALUE);
    TRY(command_seal(c, keys, &s));
    NEED(command_cpl(&s, c->data.len) <= SCP80_CPL_MAX, TOO_LONG);
    TRY(write_slot(&at, 0, &start));
    e = write_packet(c, &s, &at);
    if (e != TSM_OK) { /* the data may be secret: nothing of it stays behind */
        explicit_bzero(start, at.len - packet->len);
        return e;
    }
    *packet = at;
    return TSM_OK;
}

static enum tsm_err read_clear(struct reader *r, struct scp80_command *c, size_t *check_len)
{
    uint16_t cpl;
    uint8_t chl;
    TRY(read_u16(r, &cpl));
    NEED(r->left.len >= cpl, SHORT_INPUT);
    NEED(r->left.len == cpl, TRAILING_BYTES);
    TRY(read_u8(r, &chl));
    NEED(chl >= CHL_BASE && chl <= CHL_BASE + SCP80_CC_LEN, BAD_LENGTH);
    TRY(read_copy(r, sizeof c->spi, c->spi));
    TRY(read_u8(r, &c->kic));
    TRY(read_u8(r, &c->kid));
    TRY(read_copy(r, sizeof c->tar, c->tar));
    *check_len = chl - CHL_BASE;
    return TSM_OK;
}

/* Parses the deciphered octets; `clear` are the CLEAR_LEN octets before them. */
static enum tsm_err read_secured(const struct scp80_seal *s, struct bytes clear, struct bytes secured,
                                 struct scp80_command *c)
{
    uint8_t buffer[SCP80_HEAD_LEN];
    struct writer head = WRITER(buffer);
    struct reader r = READER(secured);
    struct bytes counter;
    uint8_t pad;
    TRY(bytes_part(secured, 0, COUNTER_LEN < secured.len ? COUNTER_LEN : secured.len, &counter));
    TRY(read_u40(&r, &c->counter));
    TRY(read_u8(&r, &pad));
    TRY(write_span(&head, clear));
    TRY(write_span(&head, counter));
    return scp80_seal_open_rest(s, &r, written(&head), pad, &c->data);
}

static enum tsm_err unwrap_secured(struct bytes packet, const struct scp80_keys *keys,
                                   struct scp80_command *c, struct writer *plain)
{
    struct reader r = READER(packet);
    struct bytes clear;
    struct scp80_seal s;
    size_t check_len = 0;
    uint8_t *secured;
    TRY(read_clear(&r, c, &check_len));
    c->cc_len = (c->spi[0] & SPI1_INTEGRITY) == INTEGRITY_CC ? (uint8_t)check_len : 0;
    TRY(command_seal(c, keys, &s));
    NEED(s.check_len == check_len, BAD_LENGTH);
    TRY(bytes_part(packet, 0, CLEAR_LEN, &clear));
    TRY(write_slot(plain, r.left.len, &secured));
    TRY(scp80_seal_cipher(&s, DECRYPT, r.left, secured));
    return read_secured(&s, clear, BYTES_OF(secured, r.left.len), c);
}

enum tsm_err scp80_unwrap(struct bytes packet, const struct scp80_keys *keys, struct scp80_command *out,
                          struct writer *plain)
{
    struct writer at = *plain;
    struct scp80_command c = {0};
    uint8_t *start;
    enum tsm_err e;
    TRY(write_slot(&at, 0, &start));
    e = unwrap_secured(packet, keys, &c, &at);
    if (e != TSM_OK) {
        explicit_bzero(start, at.len - plain->len);
        return e;
    }
    *plain = at;
    *out = c;
    return TSM_OK;
}

size_t scp80_packet_len(const struct scp80_command *c, const struct scp80_keys *keys)
{
    struct scp80_seal s;
    size_t cpl;
    if (c->counter > SCP80_COUNTER_MAX || command_seal(c, keys, &s) != TSM_OK)
        return 0;
    cpl = command_cpl(&s, c->data.len);
    return cpl <= SCP80_CPL_MAX ? 2 + cpl : 0;
}

static size_t shape_check_len(uint8_t spi1, uint8_t cc_len)
{
    switch (spi1 & SPI1_INTEGRITY) {
    case INTEGRITY_NONE:
        return 0;
    case INTEGRITY_RC:
        return RC_LEN_ASSUMED;
    default:
        return cc_len ? cc_len : SCP80_CC_LEN;
    }
}

size_t scp80_data_max(size_t segments, enum concat_order order, uint8_t spi1, uint8_t kic, uint8_t cc_len)
{
    size_t room = sms_capacity(segments, order), overhead = COUNTER_LEN + shape_check_len(spi1, cc_len);
    uint8_t alg = kic & ALG_NIBBLE;
    size_t block = alg == ALG_AES || alg == ALG_IMPLICIT ? AES_BLOCK : DES_BLOCK;
    if (room < CLEAR_LEN)
        return 0;
    room -= CLEAR_LEN;
    if (spi1 & SPI1_CIPHER)
        room -= room % block;
    return room > overhead ? room - overhead : 0;
}
