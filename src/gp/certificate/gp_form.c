/* SPDX-License-Identifier: Apache-2.0 */
/* The GlobalPlatform form of a certificate: 7F21, read and written by one table. Stations 5 and 7. Pure.
 * [AmdF 6.1, Tables 6-1 to 6-3] */
#include "gp/certificate/inside.h"

enum {
    TAG_SIGNATURE = 0x5F37,
    POINT_MIN = 1 + 2 * 32,
    TEXT_MAX = 127,
    BODY_MAX = 65535,
    SIGNATURE_READ_MAX = EC_DER_MAX,
    MODULUS_MIN = 128,
    MODULUS_MAX = 512,
    EXPONENT_MAX = 4,
    BINARY_19 = 19,
    BINARY_20 = 20,
};

/* The objects of the signed data as they stand. */
struct body {
    struct bytes serial, issuer, subject, usage;
    uint32_t effective, expiry;
    struct bytes data, templates, authorizations, point, curve, modulus, exponent;
};

#define AT(member) offsetof(struct body, member)
static const struct tlv_field key_rows[] = {
    {0xB0, TLV_BYTES, AT(point), POINT_MIN, EC_SPOT_MAX, TLV_OPTIONAL, NULL},
    {0xF0, TLV_BYTES, AT(curve), 1, 2, TLV_OPTIONAL, NULL},
    {0x81, TLV_BYTES, AT(modulus), MODULUS_MIN, MODULUS_MAX, TLV_OPTIONAL, NULL}, /* ISO 7816-6 for RSA */
    {0x82, TLV_BYTES, AT(exponent), 1, EXPONENT_MAX, TLV_OPTIONAL, NULL},
    {0},
};
static const struct tlv_field rows[] = {
    {0x93, TLV_BYTES, AT(serial), 1, CERTIFICATE_ID_READ_MAX, TLV_NEEDED, NULL},
    {0x42, TLV_BYTES, AT(issuer), 1, CERTIFICATE_ID_READ_MAX, TLV_NEEDED, NULL},
    {0x5F20, TLV_BYTES, AT(subject), 1, TEXT_MAX, TLV_NEEDED, NULL},
    {0x95, TLV_BYTES, AT(usage), 1, 2, TLV_NEEDED, NULL},
    {0x5F25, TLV_NUMBER, AT(effective), 4, 4, TLV_OPTIONAL, NULL},
    {0x5F24, TLV_NUMBER, AT(expiry), 4, 4, TLV_NEEDED, NULL},
    {0x53, TLV_BYTES, AT(data), 1, TEXT_MAX, TLV_OPTIONAL, NULL},
    {0x73, TLV_BYTES, AT(templates), 1, TEXT_MAX, TLV_OPTIONAL, NULL},
    {0xBF20, TLV_BYTES, AT(authorizations), 1, BODY_MAX, TLV_OPTIONAL, NULL},
    {0x7F49, TLV_GROUP, 0, 0, 0, TLV_NEEDED, key_rows},
    {0},
};
#undef AT

static const uint8_t usage_signs[] = {0x82}, usage_agrees[] = {0x00, 0x80}, usage_deciphers[] = {0x88};

enum tsm_err date_check(uint32_t date)
{
    uint32_t month = date >> 8 & 0xFF, day = date & 0xFF;
    for (uint32_t left = date; left; left >>= 4)
        NEED((left & 0xF) <= 9, BAD_VALUE);
    NEED(month >= 0x01 && month <= 0x12 && day >= 0x01 && day <= 0x31, BAD_VALUE);
    return TSM_OK;
}

/* BCD, as the standard says; or each pair of digits as a binary number, as one maker writes them. The first
 * octet tells: a century is 19 or 20 in BCD, 13 or 14 in binary. */
static enum tsm_err date_of(uint32_t coded, uint32_t *out)
{
    uint32_t date = coded;
    if (coded >> 24 == BINARY_19 || coded >> 24 == BINARY_20) {
        date = 0;
        for (int shift = 24; shift >= 0; shift -= 8) {
            uint32_t pair = coded >> shift & 0xFF;
            NEED(pair <= 99, BAD_VALUE);
            date = date << 8 | pair / 10 << 4 | pair % 10;
        }
    }
    TRY(date_check(date));
    *out = date;
    return TSM_OK;
}

static enum tsm_err uses_of(struct bytes usage, uint8_t *out)
{
    if (bytes_equal(usage, BYTES(usage_signs)))
        *out = CERTIFICATE_SIGNS;
    else if (bytes_equal(usage, BYTES(usage_agrees)))
        *out = CERTIFICATE_AGREES;
    else if (bytes_equal(usage, BYTES(usage_deciphers)))
        *out = CERTIFICATE_DECIPHERS;
    else
        return FAIL(BAD_VALUE, "key usage 95 is none of 82, 0080 and 88");
    return TSM_OK;
}

/* The signature is the last object, and what stands before it is signed as it stands. */
static enum tsm_err split(struct bytes value, struct bytes *body, struct bytes *signature)
{
    struct reader r = READER(value);
    size_t before = 0;
    struct tlv t = {0};
    while (t.tag != TAG_SIGNATURE) {
        before = value.len - r.left.len;
        NEED(r.left.len != 0, MISSING_FIELD);
        TRY(tlv_next(&r, &t));
    }
    TRY(read_end(&r));
    NEED(t.value.len >= 1 && t.value.len <= SIGNATURE_READ_MAX, BAD_LENGTH);
    *signature = t.value;
    return bytes_part(value, 0, before, body);
}

/* Of an elliptic curve, to sign or agree; or RSA, to decipher. */
static enum tsm_err key_of(const struct body *b, struct gp_certificate *c)
{
    bool rsa = c->uses & CERTIFICATE_DECIPHERS;
    NEED((b->modulus.len != 0) == rsa && (b->exponent.len != 0) == rsa, BAD_VALUE);
    NEED((b->point.len != 0) != rsa && (b->curve.len != 0) != rsa, BAD_VALUE);
    c->modulus = b->modulus;
    c->exponent = b->exponent;
    if (rsa)
        return TSM_OK;
    TRY(curve_of_reference(b->curve, &c->key.curve));
    c->key.point = b->point;
    NEED(b->point.len == 1 + 2 * ec_side(c->key.curve), BAD_LENGTH);
    return TSM_OK;
}

enum tsm_err read_gp(struct bytes value, struct gp_certificate *out)
{
    struct gp_certificate c = {.form = CERTIFICATE_GP};
    struct body b = {0};
    TRY(split(value, &c.signed_data, &c.signature));
    TRY(tlv_fill(c.signed_data, rows, &b, TLV_SKIP_UNKNOWN)); /* 45 and others stand in domains' own */
    NEED(!(b.data.len && b.templates.len), DUPLICATE_TAG);
    TRY(uses_of(b.usage, &c.uses));
    NEED(!(b.authorizations.len && c.uses & CERTIFICATE_SIGNS), BAD_VALUE); /* AmdF 7.5.4 */
    TRY(date_of(b.expiry, &c.expiry));
    if (b.effective)
        TRY(date_of(b.effective, &c.effective));
    TRY(key_of(&b, &c));
    c.serial = b.serial;
    c.issuer = b.issuer;
    c.name = c.subject = b.subject;
    c.discretionary_is_tlv = b.templates.len != 0;
    c.discretionary = c.discretionary_is_tlv ? b.templates : b.data;
    c.authorizations = b.authorizations;
    *out = c;
    return TSM_OK;
}

enum tsm_err certificate_write_signed(const struct gp_certificate *c, struct writer *w)
{
    struct body b = {.serial = c->serial,
                     .issuer = c->issuer,
                     .subject = c->subject,
                     .effective = c->effective,
                     .expiry = c->expiry,
                     .authorizations = c->authorizations,
                     .point = c->key.point,
                     .curve = curve_reference(c->key.curve)};
    NEED(c->uses == CERTIFICATE_SIGNS || c->uses == CERTIFICATE_AGREES, BAD_VALUE);
    NEED(!(c->authorizations.len && c->uses == CERTIFICATE_SIGNS), BAD_VALUE);
    NEED(c->serial.len <= CERTIFICATE_ID_MAX && c->issuer.len <= CERTIFICATE_ID_MAX, BAD_LENGTH);
    NEED(b.curve.len != 0, UNSUPPORTED);
    NEED(c->key.point.len == 1 + 2 * ec_side(c->key.curve), BAD_LENGTH);
    TRY(date_check(c->expiry));
    if (c->effective)
        TRY(date_check(c->effective));
    b.usage = c->uses == CERTIFICATE_SIGNS ? BYTES(usage_signs) : BYTES(usage_agrees);
    if (c->discretionary_is_tlv)
        b.templates = c->discretionary;
    else
        b.data = c->discretionary;
    return tlv_put(w, rows, &b);
}

enum tsm_err certificate_write(struct bytes signed_data, struct bytes rs, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    NEED(rs.len >= 1 && rs.len <= EC_RS_MAX, BAD_LENGTH);
    TRY(tlv_open(&at, TAG_CERTIFICATE, &mark));
    TRY(write_span(&at, signed_data));
    TRY(tlv_write(&at, TAG_SIGNATURE, rs));
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}
