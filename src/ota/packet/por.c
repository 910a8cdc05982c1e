/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of receipt: the card's answer to a command packet, opened and, for tools and tests, made. Station
 * 10. Pure. [TS 102 225 5.2, TS 31.115 4.2] */
#include "ota/packet/packet.h"

#include "ota/packet/seal.h"

enum {
    UDH_LEN = 3,
    RHL_BASE = 10,        /* TAR to STATUS, without the checksum */
    CLEAR_LEN = 6,        /* RPL, RHL, TAR */
    HEAD_SECURED_LEN = 7, /* CNTR, PCNTR, STATUS */
};

static const uint8_t por_udh[UDH_LEN] = {0x02, ELEMENT_RESPONSE, 0x00};

/* One PoR, its layout checked and nothing deciphered yet. */
struct por_parts {
    struct bytes clear;   /* RPL, RHL, TAR */
    struct bytes secured; /* all behind the TAR */
    uint8_t tar[SCP80_TAR_LEN];
    size_t check_len;
};

static enum tsm_err por_layout(struct bytes body, struct por_parts *out)
{
    struct reader r = READER(body);
    struct por_parts p;
    struct bytes udh;
    uint16_t rpl;
    uint8_t rhl;
    if (bytes_part(body, 0, UDH_LEN, &udh) == TSM_OK && bytes_equal(udh, BYTES(por_udh)))
        TRY(read_span(&r, UDH_LEN, &udh));
    TRY(bytes_part(r.left, 0, r.left.len < CLEAR_LEN ? r.left.len : CLEAR_LEN, &p.clear));
    TRY(read_u16(&r, &rpl));
    NEED(r.left.len >= rpl, SHORT_INPUT);
    NEED(r.left.len == rpl, TRAILING_BYTES);
    TRY(read_u8(&r, &rhl));
    NEED(rhl >= RHL_BASE && rhl <= RHL_BASE + SCP80_CC_LEN, BAD_LENGTH);
    p.check_len = rhl - RHL_BASE;
    NEED(p.check_len == 0 || p.check_len == 2 || p.check_len == 4 || p.check_len == SCP80_CC_LEN, BAD_LENGTH);
    TRY(read_copy(&r, SCP80_TAR_LEN, p.tar));
    p.secured = r.left;
    NEED(p.secured.len >= HEAD_SECURED_LEN + p.check_len, BAD_LENGTH);
    *out = p;
    return TSM_OK;
}

enum tsm_err por_head(struct bytes body, struct scp80_response *clear)
{
    struct scp80_response r = {.secured = false};
    struct por_parts p;
    struct reader at;
    uint8_t pad;
    TRY(por_layout(body, &p));
    memcpy(r.tar, p.tar, sizeof r.tar);
    at = READER(p.secured);
    TRY(read_u40(&at, &r.counter));
    TRY(read_u8(&at, &pad));
    TRY(read_u8(&at, &r.status));
    r.data = p.secured;
    *clear = r;
    return TSM_OK;
}

/*
 * What the terms ask for. A card that refuses a packet may leave all protection out: seen by the checksum
 * that is not there, or by octets that no cipher made.
 */
static enum tsm_err por_seal(struct por_terms terms, const struct por_parts *p, const struct scp80_keys *keys,
                             struct scp80_seal *out)
{
    size_t check_len = p->check_len;
    struct scp80_seal_wish wish = {
        .integrity = (enum scp80_integrity)((terms.spi2 & SPI2_POR_INTEGRITY) >> SPI2_POR_INTEGRITY_SHIFT),
        .ciphered = terms.spi2 & SPI2_POR_CIPHER,
        .kic = terms.kic,
        .kid = terms.kid,
        .cc_len = terms.cc_len ? terms.cc_len : check_len,
        .crc_len = check_len,
    };
    if (wish.integrity != INTEGRITY_NONE && check_len == 0)
        wish = (struct scp80_seal_wish){.integrity = INTEGRITY_NONE};
    TRY(scp80_seal_make(wish, keys, out));
    if (out->check_len != check_len)
        return FAIL(BAD_LENGTH, "the proof of receipt has a checksum of %zu octets, SPI2 %02X asks for %zu",
                    check_len, terms.spi2, (size_t)out->check_len);
    if (out->integrity == INTEGRITY_NONE && scp80_seal_padding(out, p->secured.len) != 0)
        out->ciphered = false;
    return TSM_OK;
}

/* Parses the deciphered octets of p. */
static enum tsm_err read_secured(const struct scp80_seal *s, const struct por_parts *p, struct bytes secured,
                                 struct scp80_response *r)
{
    uint8_t buffer[SCP80_HEAD_LEN];
    struct writer head = WRITER(buffer);
    struct reader at = READER(secured);
    struct bytes counter;
    uint8_t pad;
    TRY(bytes_part(secured, 0, HEAD_SECURED_LEN, &counter));
    TRY(read_u40(&at, &r->counter));
    TRY(read_u8(&at, &pad));
    TRY(read_u8(&at, &r->status));
    TRY(write_span(&head, BYTES(por_udh)));
    TRY(write_span(&head, p->clear));
    TRY(write_span(&head, counter));
    return scp80_seal_open_rest(s, &at, written(&head), pad, &r->data);
}

static enum tsm_err unwrap_secured(const struct por_parts *p, const struct scp80_seal *s,
                                   struct scp80_response *r, struct writer *plain)
{
    uint8_t *secured;
    TRY(write_slot(plain, p->secured.len, &secured));
    TRY(scp80_seal_cipher(s, DECRYPT, p->secured, secured));
    return read_secured(s, p, BYTES_OF(secured, p->secured.len), r);
}

enum tsm_err por_unwrap(struct bytes body, struct por_terms terms, const struct scp80_keys *keys,
                        struct scp80_response *out, struct writer *plain)
{
    struct writer at = *plain;
    struct scp80_response r = {.secured = false};
    struct por_parts p;
    struct scp80_seal s;
    uint8_t *start;
    enum tsm_err e;
    TRY(por_layout(body, &p));
    TRY(por_seal(terms, &p, keys, &s));
    TRY(write_slot(&at, 0, &start));
    e = unwrap_secured(&p, &s, &r, &at);
    if (e != TSM_OK) {
        explicit_bzero(start, at.len - plain->len);
        return e;
    }
    memcpy(r.tar, p.tar, sizeof r.tar);
    r.secured = s.integrity == INTEGRITY_CC;
    *plain = at;
    *out = r;
    return TSM_OK;
}

static enum tsm_err write_por(const struct scp80_response *r, const struct scp80_seal *s, struct writer *w)
{
    size_t secured_len = HEAD_SECURED_LEN + s->check_len + r->data.len;
    struct scp80_seal_frame f = {.head = w->len, .pad = scp80_seal_padding(s, secured_len)};
    TRY(write_span(w, BYTES(por_udh)));
    TRY(write_u16(w, (unsigned)(CLEAR_LEN - 2 + secured_len + f.pad)));
    TRY(write_u8(w, (unsigned)(RHL_BASE + s->check_len)));
    TRY(write_span(w, BYTES(r->tar)));
    f.secured = w->len;
    TRY(write_u40(w, r->counter));
    TRY(write_u8(w, (unsigned)f.pad));
    TRY(write_u8(w, r->status));
    return scp80_seal_close(s, f, r->data, w);
}

enum tsm_err por_wrap(const struct scp80_response *r, struct por_terms terms, const struct scp80_keys *keys,
                      struct writer *body)
{
    struct scp80_seal_wish wish = {
        .integrity = (enum scp80_integrity)((terms.spi2 & SPI2_POR_INTEGRITY) >> SPI2_POR_INTEGRITY_SHIFT),
        .ciphered = terms.spi2 & SPI2_POR_CIPHER,
        .kic = terms.kic,
        .kid = terms.kid,
        .cc_len = terms.cc_len,
    };
    struct writer at = *body;
    struct scp80_seal s;
    uint8_t *start;
    enum tsm_err e;
    NEED(r->counter <= SCP80_COUNTER_MAX, BAD_VALUE);
    NEED(r->data.len <= SCP80_CPL_MAX - SMS_UD_MAX, TOO_LONG);
    TRY(scp80_seal_make(wish, keys, &s));
    TRY(write_slot(&at, 0, &start));
    e = write_por(r, &s, &at);
    if (e != TSM_OK) {
        explicit_bzero(start, at.len - body->len);
        return e;
    }
    *body = at;
    return TSM_OK;
}

const char *por_status_text(uint8_t status)
{
    static const char *const texts[] = {
        [POR_OK] = "the packet was accepted",
        [POR_CHECKSUM_FAILED] = "the checksum is wrong (RC, CC or DS)",
        [POR_COUNTER_LOW] = "the counter is too low: the packet was used before, or the card is ahead",
        [POR_COUNTER_HIGH] = "the counter is too high: a packet before this one is missing",
        [POR_COUNTER_BLOCKED] = "the counter is blocked at its maximum",
        [POR_CIPHERING_ERROR] = "the packet could not be deciphered",
        [POR_SECURITY_ERROR] = "a security error that the card does not name",
        [POR_NO_MEMORY] = "the card has not enough memory for the packet",
        [POR_MORE_TIME] = "the card needs more time; the answer follows",
        [POR_TAR_UNKNOWN] = "no application has this TAR",
        [POR_SECURITY_TOO_LOW] = "the packet is below the minimum security level of the application",
        [POR_BY_SUBMIT] = "the answer follows by SMS-SUBMIT",
        [POR_BY_USSD] = "the answer follows by USSD",
    };
    return status < sizeof texts / sizeof *texts ? texts[status] : "a status that the standard reserves";
}
