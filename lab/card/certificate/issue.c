/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that the laboratory's own card authority (CA-KLCC) issues when a card is made, in both formats
 * (no station); pure but for the random number of a signature; Amd F 1.4 6.1, 6.2, Annex C, RFC 5280 4.1. */
#include "card/certificate/issue.h"

#include "common/crypto/cipher.h"
#include "common/tlv.h"

#include <string.h>

#define DER_SEQUENCE 0x30
#define DER_SET      0x31
#define DER_BITS     0x03
#define DER_OCTETS   0x04
#define DER_OID      0x06
#define BODY_MAX     1024
#define SHA1_LEN     20

static const uint8_t not_before[] = "20200101000000Z", not_after[] = "20491231235959Z";
static const uint8_t effective[] = {0x20, 0x20, 0x01, 0x01}, expiration[] = {0x20, 0x49, 0x12, 0x31};

bool issue_key_identifier(const struct asym_key *public_key, uint8_t id[KEY_IDENTIFIER_LEN])
{
    return lab_digest(SHA1_LEN, public_key->value, public_key->len, id);
}

/* The first bytes of the subject's key identifier: unique enough for the laboratory, and always positive. */
static bool serial_number(const struct issue *what, uint8_t serial[8])
{
    uint8_t id[KEY_IDENTIFIER_LEN];

    if (!issue_key_identifier(what->key, id))
        return false;
    memcpy(serial, id, 8);
    serial[0] = (uint8_t)((serial[0] & 0x3F) | 0x40);
    return true;
}

/* Name of the authority as a key identifier. */
static bool authority_identifier(const struct issue *what, uint8_t id[KEY_IDENTIFIER_LEN])
{
    struct asym_key k;

    return ecka_public_of(what->authority, &k) && issue_key_identifier(&k, id);
}

/* Table 6-3; of an RSA key modulus and exponent as ISO/IEC 7816-8 tags them (not checked against Amd A). */
static void out_key(struct out *o, const struct asym_key *key)
{
    bool rsa = key->type == KEY_TYPE_RSA_PUBLIC;

    out_tlv(o, rsa ? TAG_RSA_MODULUS : KEY_TYPE_ECC_PUBLIC, key->value, key->len);
    if (rsa)
        out_tlv(o, TAG_RSA_EXPONENT, key->exponent, key->exponent_len);
    else
        out_tlv(o, KEY_TYPE_ECC_REFERENCE, &key->curve, 1);
}

bool issue_gp(const struct issue *what, struct out *o)
{
    uint8_t serial[8], id[KEY_IDENTIFIER_LEN], signature[ASYM_MAX_SIGNATURE];
    size_t mark = out_open(o, TAG_CERTIFICATE), key, n;

    if (!serial_number(what, serial) || !authority_identifier(what, id))
        return false;
    out_tlv(o, TAG_SERIAL, serial, sizeof serial);
    out_tlv(o, TAG_CA_IDENTIFIER, id, sizeof id);
    out_tlv(o, TAG_SUBJECT, what->subject.at, what->subject.len);
    if (what->usage.len > 0)
        out_tlv(o, 0x95, what->usage.at, what->usage.len);
    else if (what->is_authority)
        out_tlv(o, 0x95, (const uint8_t[]){0x82}, 1);
    else
        out_tlv(o, 0x95, (const uint8_t[]){0x00, 0x80}, 2);
    out_tlv(o, 0x5F25, effective, sizeof effective);
    out_tlv(o, 0x5F24, expiration, sizeof expiration);
    key = out_open(o, 0x7F49);
    out_key(o, what->key);
    out_close(o, key);
    n = o->full ? 0 : asym_sign(what->authority, o->at + mark, o->len - mark, signature);
    out_tlv(o, 0x5F37, signature, n);
    out_close(o, mark);
    return n > 0 && !o->full;
}

/* RelativeDistinguishedName with one attribute 2.5.4.x as UTF8String. */
static void attribute(struct out *o, uint8_t which, const uint8_t *text, size_t n)
{
    size_t set = out_open(o, DER_SET), pair = out_open(o, DER_SEQUENCE);

    out_tlv(o, DER_OID, (const uint8_t[]){0x55, 0x04, which}, 3);
    out_tlv(o, 0x0C, text, n);
    out_close(o, pair);
    out_close(o, set);
}

#define COMMON_NAME   0x03
#define SERIAL_NUMBER 0x05
#define ORGANISATION  0x0A
#define LAB_NAME      "tsm-lab"

static void authority_name(struct out *o, const struct issue *what)
{
    size_t mark = out_open(o, DER_SEQUENCE);

    attribute(o, COMMON_NAME, (const uint8_t *)what->authority_name, strlen(what->authority_name));
    out_close(o, mark);
}

/* 6.2.1.6: organisation and, as the serial number, the subject in hex. */
static void subject_name(struct out *o, const struct issue *what)
{
    char hex[2 * SUBJECT_MAX + 1];
    size_t mark;

    if (what->is_authority) {
        authority_name(o, what);
        return;
    }
    mark = out_open(o, DER_SEQUENCE);
    lab_hex_write(what->subject.at, what->subject.len, hex);
    attribute(o, ORGANISATION, (const uint8_t *)LAB_NAME, strlen(LAB_NAME));
    attribute(o, SERIAL_NUMBER, (const uint8_t *)hex, 2 * what->subject.len);
    out_close(o, mark);
}

/* ecdsa-with-SHA256, 384 or 512 (6.2.1.1). */
static void signature_algorithm(struct out *o, const struct asym_key *authority)
{
    size_t mark = out_open(o, DER_SEQUENCE), hash = asym_hash_len(authority);
    uint8_t last = hash == 32 ? 2 : hash == 48 ? 3 : 4;

    out_tlv(o, DER_OID, (const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, last}, 8);
    out_close(o, mark);
}

static void bits(struct out *o, const uint8_t *at, size_t n)
{
    size_t mark = out_open(o, DER_BITS);

    out_number(o, 0, 1);
    out_bytes(o, at, n);
    out_close(o, mark);
}

static void key_info(struct out *o, const struct asym_key *k)
{
    size_t info = out_open(o, DER_SEQUENCE), algorithm = out_open(o, DER_SEQUENCE);
    uint8_t oid[16];
    size_t n = ecka_curve_oid(k->curve, oid, sizeof oid);

    out_tlv(o, DER_OID, (const uint8_t[]){0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01}, 7);
    out_tlv(o, DER_OID, oid, n);
    out_close(o, algorithm);
    bits(o, k->value, k->len);
    out_close(o, info);
}

/* An extension 2.5.29.x with its DER value. */
static void extension(struct out *o, uint8_t which, bool critical, const struct out *value)
{
    size_t mark = out_open(o, DER_SEQUENCE);

    out_tlv(o, DER_OID, (const uint8_t[]){0x55, 0x1D, which}, 3);
    if (critical)
        out_tlv(o, 0x01, (const uint8_t[]){0xFF}, 1);
    out_tlv(o, DER_OCTETS, value->at, value->len);
    out_close(o, mark);
}

#define EXT_SUBJECT_KEY       0x0E
#define EXT_KEY_USAGE         0x0F
#define EXT_BASIC_CONSTRAINTS 0x13
#define EXT_POLICIES          0x20
#define EXT_AUTHORITY_KEY     0x23
#define ROLE_SD               10 /* Annex C: below id-scp11Role */
#define ROLE_KLCC_CA          30

static void policies(struct out *v, uint8_t role)
{
    size_t all = out_open(v, DER_SEQUENCE), one = out_open(v, DER_SEQUENCE);

    out_tlv(v, DER_OID,
            (const uint8_t[]){0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x64, 0x00, 0x0A, 0x02, 0x01, role}, 12);
    out_close(v, one);
    out_close(v, all);
}

static bool extensions(struct out *o, const struct issue *what)
{
    size_t mark = out_open(o, 0xA3), list = out_open(o, DER_SEQUENCE), inner;
    uint8_t id[KEY_IDENTIFIER_LEN], buffer[64];
    struct out v;

    if (!issue_key_identifier(what->key, id))
        return false;
    out_init(&v, buffer, sizeof buffer);
    out_tlv(&v, DER_OCTETS, id, sizeof id);
    extension(o, EXT_SUBJECT_KEY, false, &v);
    if (!authority_identifier(what, id))
        return false;
    out_init(&v, buffer, sizeof buffer);
    inner = out_open(&v, DER_SEQUENCE);
    out_tlv(&v, 0x80, id, sizeof id);
    out_close(&v, inner);
    extension(o, EXT_AUTHORITY_KEY, false, &v);
    out_init(&v, buffer, sizeof buffer);
    /* keyCertSign and cRLSign, or keyAgreement */
    out_tlv(&v, DER_BITS, what->is_authority ? (const uint8_t[]){0x01, 0x06} : (const uint8_t[]){0x03, 0x08},
            2);
    extension(o, EXT_KEY_USAGE, true, &v);
    out_init(&v, buffer, sizeof buffer);
    policies(&v, what->is_authority ? ROLE_KLCC_CA : ROLE_SD);
    extension(o, EXT_POLICIES, true, &v);
    if (what->is_authority) {
        out_init(&v, buffer, sizeof buffer);
        out_bytes(&v, (const uint8_t[]){DER_SEQUENCE, 0x03, 0x01, 0x01, 0xFF}, 5);
        extension(o, EXT_BASIC_CONSTRAINTS, true, &v);
    }
    out_close(o, list);
    out_close(o, mark);
    return true;
}

static bool body(struct out *o, const struct issue *what)
{
    size_t mark = out_open(o, DER_SEQUENCE), validity;
    uint8_t serial[8];

    if (!serial_number(what, serial))
        return false;
    out_bytes(o, (const uint8_t[]){0xA0, 0x03, 0x02, 0x01, 0x02}, 5); /* version 3 */
    out_tlv(o, 0x02, serial, sizeof serial);
    signature_algorithm(o, what->authority);
    authority_name(o, what);
    validity = out_open(o, DER_SEQUENCE);
    out_tlv(o, 0x18, not_before, sizeof not_before - 1);
    out_tlv(o, 0x18, not_after, sizeof not_after - 1);
    out_close(o, validity);
    subject_name(o, what);
    key_info(o, what->key);
    if (!extensions(o, what))
        return false;
    out_close(o, mark);
    return !o->full;
}

/* A positive INTEGER in its shortest form. */
static void integer(struct out *o, const uint8_t *at, size_t n)
{
    size_t mark = out_open(o, 0x02);

    while (n > 1 && at[0] == 0) {
        at++;
        n--;
    }
    if (at[0] & 0x80)
        out_number(o, 0, 1);
    out_bytes(o, at, n);
    out_close(o, mark);
}

bool issue_x509(const struct issue *what, struct out *o)
{
    uint8_t tbs[BODY_MAX], signature[ASYM_MAX_SIGNATURE], der[ASYM_MAX_SIGNATURE];
    size_t whole = out_open(o, DER_SEQUENCE), pair, n;
    struct out b, s;

    out_init(&b, tbs, sizeof tbs);
    if (!body(&b, what))
        return false;
    n = asym_sign(what->authority, tbs, b.len, signature);
    if (n == 0)
        return false;
    out_init(&s, der, sizeof der);
    pair = out_open(&s, DER_SEQUENCE);
    integer(&s, signature, n / 2);
    integer(&s, signature + n / 2, n / 2);
    out_close(&s, pair);
    out_bytes(o, tbs, b.len);
    signature_algorithm(o, what->authority);
    bits(o, der, s.len);
    out_close(o, whole);
    return !o->full && !s.full;
}
