/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of SCP11 as the card reads them: the GlobalPlatform format and signatures (station 7, the
 * card's side); pure; Amd F 1.4 6.1, Tables 6-1 to 6-3, GPCS 2.3.1 B.4.3. */
#include "card/certificate/certificate.h"

#include "common/tlv.h"

#include <string.h>

#define TAG_USAGE          0x95
#define TAG_EFFECTIVE      0x5F25
#define TAG_EXPIRATION     0x5F24
#define TAG_DISCRETIONARY  0x53
#define TAG_DISCRETIONARY2 0x73
#define TAG_PUBLIC_KEY     0x7F49
#define TAG_SIGNATURE      0x5F37
#define TAG_SEQUENCE       0x30
#define TAG_INTEGER        0x02

#define USAGE_VERIFICATION 0x82
#define USAGE_AGREEMENT    0x0080
#define SERIAL_MAX         16
#define DATE_LEN           4
#define DISCRETIONARY_MAX  127

/* Modulus and exponent as ISO/IEC 7816-8 tags them: keys of the Controlling Authority's scenarios. */
static bool read_rsa(const struct tlv *t, struct asym_key *k)
{
    struct tlv n, e;

    if (!tlv_read(t->value, t->len, 0, &n) || n.tag != TAG_RSA_MODULUS ||
        !tlv_read(t->value, t->len, n.end, &e) || e.tag != TAG_RSA_EXPONENT || e.end != t->len ||
        n.len > sizeof k->value || e.len > sizeof k->exponent)
        return false;
    *k = (struct asym_key){
        .type = KEY_TYPE_RSA_PUBLIC, .len = (uint16_t)n.len, .exponent_len = (uint8_t)e.len};
    memcpy(k->value, n.value, n.len);
    memcpy(k->exponent, e.value, e.len);
    return asym_valid(k);
}

/* Table 6-3: the point and the reference of its curve. */
static bool read_key(const struct tlv *t, struct certificate *c)
{
    struct tlv point, curve;

    if (t->len > 0 && t->value[0] == TAG_RSA_MODULUS)
        return read_rsa(t, &c->key);

    return tlv_read(t->value, t->len, 0, &point) && point.tag == KEY_TYPE_ECC_PUBLIC &&
           tlv_read(t->value, t->len, point.end, &curve) && curve.tag == KEY_TYPE_ECC_REFERENCE &&
           curve.len == 1 && curve.end == t->len &&
           ecka_point(curve.value[0], point.value, point.len, &c->key);
}

static bool read_usage(const struct tlv *t, struct certificate *c)
{
    c->verifies = t->len == 1 && t->value[0] == USAGE_VERIFICATION;
    c->agrees = t->len == 2 && lab_number(t->value, 2) == USAGE_AGREEMENT;
    return t->len == 1 || t->len == 2;
}

static bool take(const struct tlv *t, size_t min, size_t max, struct octets *to)
{
    *to = (struct octets){.at = t->value, .len = t->len};
    return t->len >= min && t->len <= max;
}

/* Table 6-1 in its order; the optional ones may be absent. */
enum member {
    M_SERIAL,
    M_AUTHORITY,
    M_SUBJECT,
    M_USAGE,
    M_EFFECTIVE,
    M_EXPIRATION,
    M_FREE,
    M_RIGHTS,
    M_KEY,
    MEMBERS
};

static const struct {
    uint32_t tag, other;
    bool optional;
} members[MEMBERS] = {
    [M_SERIAL] = {TAG_SERIAL, 0, false},
    [M_AUTHORITY] = {TAG_CA_IDENTIFIER, 0, false},
    [M_SUBJECT] = {TAG_SUBJECT, 0, false},
    [M_USAGE] = {TAG_USAGE, 0, false},
    [M_EFFECTIVE] = {TAG_EFFECTIVE, 0, true},
    [M_EXPIRATION] = {TAG_EXPIRATION, 0, false},
    [M_FREE] = {TAG_DISCRETIONARY, TAG_DISCRETIONARY2, true},
    [M_RIGHTS] = {TAG_AUTHORIZATIONS, 0, true},
    [M_KEY] = {TAG_PUBLIC_KEY, 0, false},
};

static bool read_member(enum member which, const struct tlv *t, struct certificate *c)
{
    switch (which) {
    case M_SERIAL:
        return take(t, 1, SERIAL_MAX + 4, &c->serial); /* 20 bytes are met where X.509 numbers are used */
    case M_AUTHORITY:
        return take(t, 1, CA_IDENTIFIER_MAX, &c->authority);
    case M_SUBJECT:
        return take(t, 1, SUBJECT_MAX, &c->subject);
    case M_USAGE:
        return read_usage(t, c);
    case M_FREE:
        return t->len >= 1 && t->len <= DISCRETIONARY_MAX;
    case M_RIGHTS:
        return take(t, 0, AUTHORIZATIONS_MAX, &c->rights);
    case M_KEY:
        return read_key(t, c);
    default:
        return t->len == DATE_LEN;
    }
}

static bool read_gp(const uint8_t *at, size_t n, struct certificate *c)
{
    size_t member = 0, offset = 0;
    struct tlv t;

    while (member < MEMBERS) {
        if (!tlv_read(at, n, offset, &t))
            return false;
        while (member < MEMBERS && members[member].tag != t.tag &&
               (members[member].other == 0 || members[member].other != t.tag)) {
            if (!members[member].optional)
                return false;
            member++;
        }
        if (member == MEMBERS || !read_member((enum member)member, &t, c))
            return false;
        offset = t.end;
        member++;
    }
    c->signed_data = (struct octets){.at = at, .len = offset};
    if (!tlv_read(at, n, offset, &t) || t.tag != TAG_SIGNATURE || t.end != n)
        return false;
    c->signature = (struct octets){.at = t.value, .len = t.len};
    return true;
}

bool certificate_read(const uint8_t *at, size_t n, struct certificate *c)
{
    struct tlv t;

    *c = (struct certificate){0};
    if (!tlv_read(at, n, 0, &t) || t.end != n)
        return false;
    if (t.tag == TAG_CERTIFICATE)
        return read_gp(t.value, t.len, c);
    return t.tag == TAG_X509 && certificate_read_x509(at, n, c);
}

/* An INTEGER at the length of a coordinate. */
static bool put_integer(const struct tlv *t, size_t coordinate, uint8_t *to)
{
    const uint8_t *at = t->value;
    size_t n = t->len;

    if (t->tag != TAG_INTEGER || n == 0)
        return false;
    if (at[0] == 0) {
        at++;
        n--;
    }
    if (n > coordinate)
        return false;
    memset(to, 0, coordinate - n);
    memcpy(to + coordinate - n, at, n);
    return true;
}

/* SEQUENCE of the two INTEGERs r and s. */
static bool plain_of_der(const struct octets *der, size_t coordinate, uint8_t *to)
{
    struct tlv pair, r, s;

    return tlv_read(der->at, der->len, 0, &pair) && pair.tag == TAG_SEQUENCE && pair.end == der->len &&
           tlv_read(pair.value, pair.len, 0, &r) && tlv_read(pair.value, pair.len, r.end, &s) &&
           s.end == pair.len && put_integer(&r, coordinate, to) &&
           put_integer(&s, coordinate, to + coordinate);
}

bool certificate_verify(const struct certificate *c, const struct asym_key *issuer)
{
    size_t coordinate = asym_coordinate(issuer->curve);
    uint8_t plain[ASYM_MAX_SIGNATURE];

    if (issuer->type != KEY_TYPE_ECC_PUBLIC || coordinate == 0)
        return false;
    if (!c->x509 && c->signature.len == 2 * coordinate)
        return asym_verify(issuer, c->signed_data.at, c->signed_data.len, c->signature.at, c->signature.len);
    return plain_of_der(&c->signature, coordinate, plain) &&
           asym_verify(issuer, c->signed_data.at, c->signed_data.len, plain, 2 * coordinate);
}
