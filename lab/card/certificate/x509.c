/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates of SCP11 as the card reads them: what the key establishment needs and no more (station
 * 7, the card's side); pure; Amd F 1.4 6.2, Annex C, RFC 5280 4.1, 4.2, RFC 5480 2. */
#include "card/certificate/certificate.h"

#include "common/tlv.h"

#include <string.h>

#define DER_BOOLEAN      0x01
#define DER_INTEGER      0x02
#define DER_BIT_STRING   0x03
#define DER_OCTET_STRING 0x04
#define DER_OID          0x06
#define DER_SEQUENCE     0x30
#define DER_CONTEXT_0    0xA0
#define DER_CONTEXT_3    0xA3
#define KEY_IDENTIFIER   0x80 /* [0] of authorityKeyIdentifier */

/* Bits of keyUsage, RFC 5280 4.2.1.3, most significant first. */
#define KEY_AGREEMENT 0x08
#define KEY_CERT_SIGN 0x04

static const uint8_t ec_public_key[] = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};

/* id-scp11Ext = 1.2.840.114283.100.0.10.2.0 (Annex C). */
#define SCP11_EXTENSION 0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x64, 0x00, 0x0A, 0x02, 0x00

enum extension { EXT_KEY_USAGE, EXT_AUTHORITY, EXT_RIGHTS, EXT_SUBJECT, EXT_OTHER };

static const struct {
    size_t len;
    uint8_t oid[12];
} extensions[EXT_OTHER] = {
    [EXT_KEY_USAGE] = {3, {0x55, 0x1D, 0x0F}},
    [EXT_AUTHORITY] = {3, {0x55, 0x1D, 0x23}},
    [EXT_RIGHTS] = {12, {SCP11_EXTENSION, 0x01}},
    [EXT_SUBJECT] = {12, {SCP11_EXTENSION, 0x02}},
};

/* The element at the offset, which must bear the tag; moves behind it. */
static bool element(const struct octets *in, size_t *offset, uint32_t tag, struct tlv *t)
{
    if (!tlv_read(in->at, in->len, *offset, t) || t->tag != tag)
        return false;
    *offset = t->end;
    return true;
}

static struct octets contents(const struct tlv *t)
{
    return (struct octets){.at = t->value, .len = t->len};
}

/* subjectPublicKeyInfo: id-ecPublicKey with a named curve and the uncompressed point. */
static bool read_key(const struct tlv *info, struct certificate *c)
{
    struct octets in = contents(info), algorithm;
    struct tlv t, oid, curve;
    size_t at = 0, inner = 0;
    uint8_t reference;

    if (!element(&in, &at, DER_SEQUENCE, &t))
        return false;
    algorithm = contents(&t);
    if (!element(&algorithm, &inner, DER_OID, &oid) || !element(&algorithm, &inner, DER_OID, &curve) ||
        inner != algorithm.len || oid.len != sizeof ec_public_key ||
        memcmp(oid.value, ec_public_key, sizeof ec_public_key) != 0 ||
        !ecka_curve_by_oid(curve.value, curve.len, &reference))
        return false;
    return element(&in, &at, DER_BIT_STRING, &t) && at == in.len && t.len > 1 && t.value[0] == 0 &&
           ecka_point(reference, t.value + 1, t.len - 1, &c->key);
}

static bool read_key_usage(const struct octets *value, struct certificate *c)
{
    struct tlv bits;
    size_t at = 0;

    if (!element(value, &at, DER_BIT_STRING, &bits) || bits.len < 2)
        return false;
    c->agrees = (bits.value[1] & KEY_AGREEMENT) != 0;
    c->verifies = (bits.value[1] & KEY_CERT_SIGN) != 0;
    return true;
}

static bool read_authority(const struct octets *value, struct certificate *c)
{
    struct tlv sequence, id;
    size_t at = 0;

    if (!element(value, &at, DER_SEQUENCE, &sequence))
        return false;
    if (tlv_find(sequence.value, sequence.len, KEY_IDENTIFIER, &id))
        c->authority = contents(&id);
    return c->authority.len <= CA_IDENTIFIER_MAX;
}

/* The GlobalPlatform extensions hold an OCTET STRING with the value of a tag. */
static bool read_value(const struct octets *value, size_t max, struct octets *to)
{
    struct tlv t;
    size_t at = 0;

    if (!element(value, &at, DER_OCTET_STRING, &t) || at != value->len || t.len > max)
        return false;
    *to = contents(&t);
    return true;
}

static enum extension which(const struct tlv *oid)
{
    enum extension e = EXT_KEY_USAGE;

    while (e < EXT_OTHER &&
           (extensions[e].len != oid->len || memcmp(extensions[e].oid, oid->value, oid->len) != 0))
        e++;
    return e;
}

static bool read_extension(const struct tlv *one, struct certificate *c)
{
    struct octets in = contents(one), value;
    struct tlv oid, t;
    size_t at = 0;

    if (!element(&in, &at, DER_OID, &oid) || !tlv_read(in.at, in.len, at, &t))
        return false;
    if (t.tag == DER_BOOLEAN) /* critical */
        at = t.end;
    if (!element(&in, &at, DER_OCTET_STRING, &t) || at != in.len)
        return false;
    value = contents(&t);
    switch (which(&oid)) {
    case EXT_KEY_USAGE:
        return read_key_usage(&value, c);
    case EXT_AUTHORITY:
        return read_authority(&value, c);
    case EXT_RIGHTS:
        return read_value(&value, AUTHORIZATIONS_MAX, &c->rights);
    case EXT_SUBJECT:
        return read_value(&value, SUBJECT_MAX, &c->subject);
    default:
        return true;
    }
}

static bool read_extensions(const struct tlv *wrapper, struct certificate *c)
{
    struct octets in = contents(wrapper);
    struct tlv list, one = {0};
    size_t at = 0;

    if (!element(&in, &at, DER_SEQUENCE, &list) || at != in.len)
        return false;
    while (one.end < list.len)
        if (!tlv_read(list.value, list.len, one.end, &one) || one.tag != DER_SEQUENCE ||
            !read_extension(&one, c))
            return false;
    return true;
}

/* tbsCertificate, RFC 5280 4.1: version, serial number, algorithm, issuer, validity, subject, key,
 * extensions. */
static bool read_body(const struct tlv *body, struct certificate *c)
{
    struct octets in = contents(body);
    struct tlv t, key;
    size_t at = 0, name;

    if (!element(&in, &at, DER_CONTEXT_0, &t) || !element(&in, &at, DER_INTEGER, &t))
        return false;
    c->serial = contents(&t);
    for (int skipped = 0; skipped < 3; skipped++)
        if (!element(&in, &at, DER_SEQUENCE, &t))
            return false;
    name = at;
    if (!element(&in, &at, DER_SEQUENCE, &t))
        return false;
    c->subject = (struct octets){.at = in.at + name, .len = at - name};
    return element(&in, &at, DER_SEQUENCE, &key) && read_key(&key, c) &&
           element(&in, &at, DER_CONTEXT_3, &t) && at == in.len && read_extensions(&t, c);
}

bool certificate_read_x509(const uint8_t *at, size_t n, struct certificate *c)
{
    struct octets in;
    struct tlv whole, body, t;
    size_t offset = 0;

    c->x509 = true;
    if (!tlv_read(at, n, 0, &whole) || whole.tag != DER_SEQUENCE || whole.end != n)
        return false;
    in = contents(&whole);
    if (!element(&in, &offset, DER_SEQUENCE, &body))
        return false;
    c->signed_data = (struct octets){.at = in.at, .len = offset};
    if (!element(&in, &offset, DER_SEQUENCE, &t) || !element(&in, &offset, DER_BIT_STRING, &t) ||
        offset != in.len || t.len < 2 || t.value[0] != 0)
        return false;
    c->signature = (struct octets){.at = t.value + 1, .len = t.len - 1};
    return read_body(&body, c);
}
