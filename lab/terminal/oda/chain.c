/* SPDX-License-Identifier: Apache-2.0 */
/* From the scheme's key over the issuer's to the card's, and what each has signed. Pure. [EMV 4.3 Book
 * 2 5.3, 5.4, 6.3, 6.4, 6.5.2; Book 3 10.3] */
#include "terminal/oda/oda.h"

#include "terminal/data/tags.h"

#include <string.h>

enum {
    FORMAT_ISSUER = 0x02,
    FORMAT_STATIC = 0x03,
    FORMAT_ICC = 0x04,
    FORMAT_DYNAMIC = 0x05,
    ISSUER_ID = 4,
    PAN = 10,
    BEHIND_SUBJECT = 9, /* expiry 2, serial 3, hash, algorithm, two lengths */
    TEMPLATE_SFI_MAX = 10,
    AIP_LEN = 2
};

static struct term_bytes value(const struct term_store *s, uint32_t tag)
{
    const struct term_object *o = term_get(s, tag);
    return o ? (struct term_bytes){o->value, o->len} : (struct term_bytes){NULL, 0};
}

void oda_static_add(struct oda_static *s, uint8_t sfi, struct term_bytes record)
{
    struct term_bytes inside = record;
    if (sfi <= TEMPLATE_SFI_MAX && !term_tlv_find(record, TAG_RECORD, &inside))
        s->spoilt = true;
    if (inside.len > sizeof s->at - s->len) {
        s->spoilt = true;
        return;
    }
    memcpy(s->at + s->len, inside.at, inside.len);
    s->len += inside.len;
}

/* Behind the subject: expiry 2, serial 3, hash algorithm, key algorithm, length of modulus, of exponent; then
 * the modulus or its beginning. */
static bool take_key(const struct oda_content *c, size_t subject, struct term_bytes rest,
                     struct term_bytes exponent, struct oda_key *out)
{
    const uint8_t *at = c->at + subject;
    size_t room = c->len - subject - BEHIND_SUBJECT, len, left;
    if (c->len < subject + BEHIND_SUBJECT || at[5] != 1 || at[6] != 1)
        return false;
    len = at[7];
    left = len < room ? len : room;
    if (len == 0 || len > sizeof out->modulus || left + rest.len != len || exponent.len != at[8] ||
        exponent.len > sizeof out->exponent || exponent.len == 0)
        return false;
    *out = (struct oda_key){.len = len, .exponent_len = exponent.len};
    memcpy(out->modulus, at + BEHIND_SUBJECT, left);
    if (rest.len)
        memcpy(out->modulus + left, rest.at, rest.len);
    memcpy(out->exponent, exponent.at, exponent.len);
    return true;
}

/* Leading digits of the card number, F-filled. */
static bool is_beginning(const uint8_t *id, size_t len, struct term_bytes pan)
{
    for (size_t i = 0; i < 2 * len; i++) {
        uint8_t want = i % 2 ? id[i / 2] & 0x0F : id[i / 2] >> 4;
        uint8_t has = i / 2 < pan.len ? (i % 2 ? pan.at[i / 2] & 0x0F : pan.at[i / 2] >> 4) : 0x0F;
        if (want != 0x0F && want != has)
            return false;
    }
    return true;
}

const char *oda_issuer_key(const struct term_store *s, const struct oda_ca *ca, struct oda_key *out)
{
    struct oda_key scheme = {.len = ca->len, .exponent_len = ca->exponent_len};
    struct term_bytes index = value(s, TAG_CA_INDEX), rest = value(s, TAG_ISSUER_REMAINDER),
                      exponent = value(s, TAG_ISSUER_EXPONENT);
    struct oda_claim claim = {&scheme, FORMAT_ISSUER, value(s, TAG_ISSUER_CERTIFICATE), {rest, exponent}};
    struct oda_content c;
    memcpy(scheme.modulus, ca->modulus, ca->len);
    memcpy(scheme.exponent, ca->exponent, sizeof scheme.exponent);
    if (index.len != 1 || index.at[0] != ca->index)
        return "the terminal has not the scheme's key that the card names";
    if (!oda_recover(&claim, &c))
        return "the issuer's certificate is not the scheme's";
    if (!is_beginning(c.at, ISSUER_ID, value(s, TAG_PAN)))
        return "the issuer's certificate is for other card numbers";
    return take_key(&c, ISSUER_ID, rest, exponent, out) ? NULL : "the issuer's certificate holds no key";
}

/* Records, then the interchange profile where tag 9F4A lists it. */
static bool whole_static(const struct term_store *s, const struct oda_static *d, uint8_t aip[AIP_LEN],
                         struct term_bytes parts[2])
{
    struct term_bytes list = value(s, TAG_STATIC_LIST), profile = value(s, TAG_AIP);
    parts[0] = (struct term_bytes){d->at, d->len};
    parts[1] = (struct term_bytes){aip, 0};
    if (d->spoilt || (list.len && (list.len != 1 || list.at[0] != TAG_AIP || profile.len != AIP_LEN)))
        return false;
    if (list.len) {
        memcpy(aip, profile.at, AIP_LEN);
        parts[1].len = AIP_LEN;
    }
    return true;
}

const char *oda_check_static(const struct term_store *s, const struct oda_static *d,
                             const struct oda_key *issuer)
{
    struct oda_claim claim = {issuer, FORMAT_STATIC, value(s, TAG_SIGNED_STATIC), {{NULL, 0}}};
    struct oda_content c;
    uint8_t aip[AIP_LEN];
    if (!whole_static(s, d, aip, claim.tails))
        return "the static data cannot be put together";
    return oda_recover(&claim, &c) ? NULL : "the static data are not what the issuer signed";
}

const char *oda_icc_key(const struct term_store *s, const struct oda_static *d, const struct oda_key *issuer,
                        struct oda_key *out)
{
    struct term_bytes rest = value(s, TAG_ICC_REMAINDER), exponent = value(s, TAG_ICC_EXPONENT), parts[2];
    struct oda_claim claim = {issuer, FORMAT_ICC, value(s, TAG_ICC_CERTIFICATE), {{NULL, 0}}};
    uint8_t aip[AIP_LEN], tail[2 * ODA_MAX_KEY];
    struct oda_content c;
    if (!whole_static(s, d, aip, parts) || rest.len + exponent.len > sizeof tail)
        return "the static data cannot be put together";
    if (rest.len)
        memcpy(tail, rest.at, rest.len);
    if (exponent.len)
        memcpy(tail + rest.len, exponent.at, exponent.len);
    claim.tails[0] = (struct term_bytes){tail, rest.len + exponent.len};
    claim.tails[1] = parts[0];
    claim.tails[2] = parts[1];
    if (!oda_recover(&claim, &c))
        return "the card's certificate is not its issuer's";
    if (!is_beginning(c.at, PAN, value(s, TAG_PAN)))
        return "the card's certificate is for another card number";
    return take_key(&c, PAN, rest, exponent, out) ? NULL : "the card's certificate holds no key";
}

const char *oda_check_dynamic(const struct oda_key *icc, struct term_bytes signature, struct term_bytes data,
                              struct oda_content *dynamic)
{
    struct oda_claim claim = {icc, FORMAT_DYNAMIC, signature, {data}};
    struct oda_content c;
    if (!oda_recover(&claim, &c) || c.len < 2 || c.at[0] != 1 || (size_t)c.at[1] + 2 > c.len)
        return "the card's signature is not over what it was asked";
    dynamic->len = c.at[1];
    memcpy(dynamic->at, c.at + 2, dynamic->len);
    return NULL;
}
