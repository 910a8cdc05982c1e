/* SPDX-License-Identifier: Apache-2.0 */
/* The objects by which a card is recognised: CPLC, Card Recognition Data, Card Capability Information
 * (station 4, the card's side); pure; GPCS 2.3.1 appendix H. */
#include "card/command/recognition.h"

#include "card/content/install.h"
#include "card/model/registry.h"
#include "card/scp11/scp11.h"
#include "common/tlv.h"

/* {globalPlatform} = 1.2.840.114283, H.1.1 */
#define GP_OID 0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B

#define TAG_OID 0x06

/* Offsets of the parts of the CUID within CPLC: fabricator and type in front, serial number and batch behind.
 */
#define CUID_TYPE_LEN 4

/* The card unique identifier, 10 bytes of IC fabricator, IC type, batch and serial number, sits in CPLC. */
void recognition_cplc(const struct card *c, struct out *o)
{
    static const uint8_t before_serial[8] = {0x4F, 0x54, 0x10, 0x15, 0x01, 0x00, 0x10, 0x15};
    static const uint8_t behind[CPLC_LEN - CUID_LEN - sizeof before_serial];
    const uint8_t *cuid = c->kdd;

    out_bytes(o, cuid, CUID_TYPE_LEN);
    out_bytes(o, before_serial, sizeof before_serial); /* operating system, its dates, fabrication date */
    out_bytes(o, cuid + 6, 4);
    out_bytes(o, cuid + CUID_TYPE_LEN, 2);
    out_bytes(o, behind, sizeof behind);
}

static void object_identifier(struct out *o, const uint8_t *arcs, size_t n)
{
    size_t mark = out_open(o, TAG_OID);

    out_bytes(o, (const uint8_t[]){GP_OID}, 6);
    for (size_t i = 0; i < n; i++) {
        /* An arc of 128 and more takes two base-128 digits. */
        if (arcs[i] >= 0x80)
            out_number(o, 0x81, 1);
        out_number(o, arcs[i] & 0x7F, 1);
    }
    out_close(o, mark);
}

static void application_tag(struct out *o, uint32_t tag, const uint8_t *arcs, size_t n)
{
    size_t mark = out_open(o, tag);

    object_identifier(o, arcs, n);
    out_close(o, mark);
}

/* {globalPlatform 4 scp i}; of SCP11 the two bytes of "i" are the digits of one arc (Amd F 4.2). */
static void protocol(struct out *o, const struct scp_option *option)
{
    size_t mark = out_open(o, 0x64);
    size_t oid = out_open(o, TAG_OID);

    out_bytes(o, (const uint8_t[]){GP_OID, 4}, 7);
    if (option->scp >= 0x80)
        out_number(o, 0x81, 1);
    out_number(o, option->scp & 0x7F, 1);
    out_number(o, option->i, 1);
    if (option->scp == SCP11 && (option->i & SCP11_I_MORE) != 0)
        out_number(o, option->i2, 1);
    out_close(o, oid);
    out_close(o, mark);
}

/* Format 1, Tables H-1 and H-3: one tag 64 for each protocol. */
void recognition_data(const struct sd *sd, struct out *o)
{
    size_t mark = out_open(o, 0x73);

    object_identifier(o, (const uint8_t[]){1}, 1);
    application_tag(o, 0x60, (const uint8_t[]){2, 2, 3, 1}, 4);
    application_tag(o, 0x63, (const uint8_t[]){3}, 1);
    for (size_t i = 0; i < sd->scp_count; i++)
        protocol(o, &sd->scps[i]);
    out_close(o, mark);
}

#define SCP03_ALL_AES 0x07 /* Table H-7 */
/* Tables H-9 and H-10: every kind of signature is verified (tokens, DAPs), all but RSA are made (receipts).
 */
#define SIGNATURES_VERIFIED 0xFF03
#define SIGNATURES_MADE     0xFC03

void recognition_capabilities(const struct sd *sd, struct out *o)
{
    for (size_t i = 0; i < sd->scp_count; i++) {
        bool two = sd->scps[i].scp == SCP11 && (sd->scps[i].i & SCP11_I_MORE) != 0;
        size_t mark = out_open(o, 0xA0);

        out_tlv(o, 0x80, &sd->scps[i].scp, 1);
        out_tlv(o, 0x81, (const uint8_t[]){sd->scps[i].i, sd->scps[i].i2}, two ? 2 : 1);
        if (sd->scps[i].scp == SCP03)
            out_tlv(o, 0x82, (const uint8_t[]){SCP03_ALL_AES}, 1);
        out_close(o, mark);
    }
    out_number(o, 0x8103, 2);
    out_number(o, PRIVILEGES_FOR_SD, PRIVILEGES_LEN);
    out_number(o, 0x8203, 2);
    out_number(o, PRIVILEGES_FOR_APP, PRIVILEGES_LEN);
    out_tlv(o, 0x83, (const uint8_t[]){1, 2, 3, 4}, 4); /* SHA-1, 256, 384, 512 */
    out_number(o, 0x8502, 2);
    out_number(o, SIGNATURES_VERIFIED, 2);
    out_number(o, 0x8602, 2);
    out_number(o, SIGNATURES_MADE, 2);
    out_number(o, 0x8702, 2);
    out_number(o, SIGNATURES_VERIFIED, 2);
    out_tlv(o, 0x88, (const uint8_t[ASYM_CURVES]){0, 1, 2, 3, 4, 5, 6, 7, 8}, ASYM_CURVES);
}

/* Issuer Identification Number of the laboratory, not assigned to anybody (leading 9, ISO/IEC 7812-1:
 * national use). */
void recognition_issuer_number(struct out *o)
{
    out_bytes(o, (const uint8_t[]){0x99, 0x99, 0x90, 0x0F}, 4);
}
