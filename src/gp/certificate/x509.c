/* SPDX-License-Identifier: Apache-2.0 */
/* The X.509 form of a certificate, as much as secure elements use. Stations 5 and 7. Pure.
 * [AmdF 6.2, RFC 5280 4.1, RFC 5480 2, RFC 5758 3.2] */
#include "gp/certificate/inside.h"

enum {
    TAG_INTEGER = 0x02,
    TAG_UTC_TIME = 0x17,
    TAG_GENERAL_TIME = 0x18,
    TAG_ISSUER_ID = 0x81,
    TAG_SUBJECT_ID = 0x82,
    TAG_VERSION = 0xA0,
    VERSION_3 = 2,
    UTC_LEN = 13,     /* YYMMDDHHMMSSZ */
    GENERAL_LEN = 15, /* YYYYMMDDHHMMSSZ */
    UTC_THIS_CENTURY = 0x50,
    SERIAL_MAX = 20,
    HASH_SHA256_OID = 2,
    HASH_SHA512_OID = 4,
};

static const uint8_t oid_ec_key[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
/* ecdsa-with-SHA2: .2 SHA-256, .3 SHA-384, .4 SHA-512 */
static const uint8_t oid_ecdsa[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03};

static enum tsm_err read_version(struct reader *r)
{
    struct tlv wrap, number;
    struct reader inside;
    TRY(der_take(r, TAG_VERSION, &wrap));
    inside = (struct reader){wrap.value};
    TRY(der_take(&inside, TAG_INTEGER, &number));
    TRY(read_end(&inside));
    NEED(number.value.len == 1 && number.value.at[0] == VERSION_3, UNSUPPORTED);
    return TSM_OK;
}

static enum tsm_err read_serial(struct reader *r, struct bytes *serial)
{
    struct tlv t;
    TRY(der_take(r, TAG_INTEGER, &t));
    NEED(t.value.len >= 1 && t.value.len <= SERIAL_MAX, BAD_LENGTH);
    if (t.value.at[0] == 0 && t.value.len > 1) /* the sign's octet is no part of the number */
        TRY(bytes_part(t.value, 1, t.value.len - 1, &t.value));
    *serial = t.value;
    return TSM_OK;
}

/* Which hash; the algorithm has no parameters. */
static enum tsm_err read_algorithm(struct bytes value, uint8_t *hash)
{
    struct reader r = READER(value);
    struct tlv oid;
    struct bytes arc;
    TRY(der_take(&r, TAG_OID, &oid));
    TRY(read_end(&r));
    NEED(oid.value.len == sizeof oid_ecdsa + 1, UNSUPPORTED);
    TRY(bytes_part(oid.value, 0, sizeof oid_ecdsa, &arc));
    NEED(bytes_equal(arc, BYTES(oid_ecdsa)), UNSUPPORTED);
    *hash = oid.value.at[sizeof oid_ecdsa];
    NEED(*hash >= HASH_SHA256_OID && *hash <= HASH_SHA512_OID, UNSUPPORTED);
    return TSM_OK;
}

static enum tsm_err read_pair(struct reader *digits, uint32_t *date)
{
    for (int i = 0; i < 2; i++) {
        uint8_t c;
        TRY(read_u8(digits, &c));
        NEED(c >= '0' && c <= '9', BAD_VALUE);
        *date = *date << 4 | (uint32_t)(c - '0');
    }
    return TSM_OK;
}

/* The day alone: a certificate counts as valid to the end of its last day. */
static enum tsm_err read_time(struct reader *r, uint32_t *out)
{
    struct tlv t;
    struct reader digits;
    uint32_t date = 0;
    TRY(tlv_next(r, &t));
    digits = (struct reader){t.value};
    NEED(t.tag == TAG_UTC_TIME || t.tag == TAG_GENERAL_TIME, BAD_VALUE);
    NEED(t.value.len == (t.tag == TAG_UTC_TIME ? UTC_LEN : GENERAL_LEN), BAD_LENGTH);
    TRY(read_pair(&digits, &date));
    if (t.tag == TAG_GENERAL_TIME)
        TRY(read_pair(&digits, &date));
    else
        date |= date < UTC_THIS_CENTURY ? 0x2000 : 0x1900; /* RFC 5280 4.1.2.5.1 */
    TRY(read_pair(&digits, &date));
    TRY(read_pair(&digits, &date));
    TRY(date_check(date));
    *out = date;
    return TSM_OK;
}

static enum tsm_err read_validity(struct reader *r, struct gp_certificate *c)
{
    struct tlv t;
    struct reader inside;
    TRY(der_take(r, TAG_SEQUENCE, &t));
    inside = (struct reader){t.value};
    TRY(read_time(&inside, &c->effective));
    TRY(read_time(&inside, &c->expiry));
    return read_end(&inside);
}

/* A BIT STRING of whole octets. */
static enum tsm_err read_bits(struct reader *r, struct bytes *out)
{
    struct tlv t;
    TRY(der_take(r, TAG_BITS, &t));
    NEED(t.value.len >= 2 && t.value.at[0] == 0, BAD_VALUE);
    return bytes_part(t.value, 1, t.value.len - 1, out);
}

static enum tsm_err read_key(struct reader *r, struct ec_public *key)
{
    struct tlv info, algorithm, kind, curve;
    struct reader inside, names;
    TRY(der_take(r, TAG_SEQUENCE, &info));
    inside = (struct reader){info.value};
    TRY(der_take(&inside, TAG_SEQUENCE, &algorithm));
    names = (struct reader){algorithm.value};
    TRY(der_take(&names, TAG_OID, &kind));
    NEED(bytes_equal(kind.value, BYTES(oid_ec_key)), UNSUPPORTED);
    TRY(der_take(&names, TAG_OID, &curve));
    TRY(read_end(&names));
    TRY(curve_of_oid(curve.value, &key->curve));
    TRY(read_bits(&inside, &key->point));
    NEED(key->point.len == 1 + 2 * ec_side(key->curve), BAD_LENGTH);
    return read_end(&inside);
}

/* The identifiers of RFC 5280 4.1.2.8 say nothing here. */
static enum tsm_err skip_ids(struct reader *r)
{
    struct tlv t;
    if (der_next_is(r, TAG_ISSUER_ID))
        TRY(tlv_next(r, &t));
    if (der_next_is(r, TAG_SUBJECT_ID))
        TRY(tlv_next(r, &t));
    return TSM_OK;
}

static enum tsm_err read_signed(struct bytes value, struct gp_certificate *c)
{
    struct reader r = READER(value);
    struct tlv algorithm, name;
    TRY(read_version(&r));
    TRY(read_serial(&r, &c->serial));
    TRY(der_take(&r, TAG_SEQUENCE, &algorithm));
    TRY(read_algorithm(algorithm.value, &c->hash_oid));
    TRY(der_take(&r, TAG_SEQUENCE, &name));
    c->issuer = name.whole;
    TRY(read_validity(&r, c));
    TRY(der_take(&r, TAG_SEQUENCE, &name));
    c->name = c->subject = name.whole;
    TRY(read_key(&r, &c->key));
    TRY(skip_ids(&r));
    TRY(x509_extensions(&r, c));
    return read_end(&r);
}

enum tsm_err read_x509(struct bytes value, struct gp_certificate *out)
{
    struct gp_certificate c = {.form = CERTIFICATE_X509};
    struct reader r = READER(value);
    struct tlv tbs, algorithm;
    uint8_t hash;
    TRY(der_take(&r, TAG_SEQUENCE, &tbs));
    TRY(der_take(&r, TAG_SEQUENCE, &algorithm));
    TRY(read_algorithm(algorithm.value, &hash));
    TRY(read_bits(&r, &c.signature));
    TRY(read_end(&r));
    TRY(read_signed(tbs.value, &c));
    NEED(hash == c.hash_oid, BAD_VALUE); /* RFC 5280 4.1.1.2 */
    c.signed_data = tbs.whole;
    *out = c;
    return TSM_OK;
}
