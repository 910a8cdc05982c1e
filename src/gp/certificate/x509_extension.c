/* SPDX-License-Identifier: Apache-2.0 */
/* The extensions of an X.509 certificate that say what its key may do and whose it is. Stations 5 and 7.
 * Pure. [AmdF 6.2.1.3 to 6.2.1.6, Annex C; RFC 5280 4.2] */
#include "gp/certificate/inside.h"

enum {
    TAG_BOOLEAN = 0x01,
    TAG_OCTETS = 0x04,
    TAG_EXTENSIONS = 0xA3,
    BOOLEAN_TRUE = 0xFF,
    KEY_AGREEMENT = 0x08, /* bits 4 and 5 of the first octet */
    KEY_CERT_SIGN = 0x04,
    BITS_UNUSED_MAX = 7,
};

enum tsm_err der_take(struct reader *r, uint32_t tag, struct tlv *out)
{
    struct reader at = *r;
    TRY(tlv_next(&at, out));
    if (out->tag != tag)
        return FAIL(BAD_VALUE, "the certificate has %02X where %02X stands", (unsigned)out->tag,
                    (unsigned)tag);
    *r = at;
    return TSM_OK;
}

bool der_next_is(const struct reader *r, uint8_t tag)
{
    return r->left.len && r->left.at[0] == tag;
}

enum extension { KEY_USAGE, CONSTRAINTS, POLICIES, SUBJECT_ID, AUTHORIZATION, DISCRETIONARY, EXTENSIONS };

/* The values of those that are known here; empty: not there. */
struct extensions {
    struct bytes value[EXTENSIONS];
};

static const struct {
    uint8_t len, oid[12];
} extension_oids[EXTENSIONS] = {
    [KEY_USAGE] = {3, {0x55, 0x1D, 0x0F}},
    [CONSTRAINTS] = {3, {0x55, 0x1D, 0x13}},
    [POLICIES] = {3, {0x55, 0x1D, 0x20}},
    [SUBJECT_ID] = {12, {0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x64, 0x00, 0x0A, 0x02, 0x00, 0x02}},
    [AUTHORIZATION] = {12, {0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x64, 0x00, 0x0A, 0x02, 0x00, 0x01}},
    [DISCRETIONARY] = {12, {0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x64, 0x00, 0x0A, 0x02, 0x00, 0x00}},
};

static enum tsm_err read_extension(struct bytes one, struct extensions *e)
{
    struct reader r = READER(one);
    struct tlv oid, critical = {0}, value;
    size_t i = 0;
    TRY(der_take(&r, TAG_OID, &oid));
    if (der_next_is(&r, TAG_BOOLEAN))
        TRY(der_take(&r, TAG_BOOLEAN, &critical));
    TRY(der_take(&r, TAG_OCTETS, &value));
    TRY(read_end(&r));
    while (i < EXTENSIONS && !bytes_equal(oid.value, BYTES_OF(extension_oids[i].oid, extension_oids[i].len)))
        i++;
    if (i == EXTENSIONS && critical.value.len && critical.value.at[0])
        return FAIL(UNSUPPORTED, "the certificate has a critical extension that is not known here");
    if (i == EXTENSIONS)
        return TSM_OK;
    NEED(e->value[i].len == 0, DUPLICATE_TAG);
    NEED(value.value.len != 0, BAD_LENGTH);
    e->value[i] = value.value;
    return TSM_OK;
}

static enum tsm_err read_extensions(struct reader *r, struct extensions *e)
{
    struct tlv wrap, all, one;
    struct reader inside;
    TRY(der_take(r, TAG_EXTENSIONS, &wrap));
    inside = (struct reader){wrap.value};
    TRY(der_take(&inside, TAG_SEQUENCE, &all));
    TRY(read_end(&inside));
    inside = (struct reader){all.value};
    while (inside.left.len) {
        TRY(der_take(&inside, TAG_SEQUENCE, &one));
        TRY(read_extension(one.value, e));
    }
    return TSM_OK;
}

/* The one object that an extension's value is. */
static enum tsm_err only(struct bytes value, uint32_t tag, struct bytes *inside)
{
    struct reader r = READER(value);
    struct tlv t;
    TRY(der_take(&r, tag, &t));
    TRY(read_end(&r));
    *inside = t.value;
    return TSM_OK;
}

static enum tsm_err read_constraints(struct bytes value, bool *ca)
{
    struct bytes inside;
    struct reader r;
    struct tlv flag;
    *ca = false;
    if (value.len == 0)
        return TSM_OK;
    TRY(only(value, TAG_SEQUENCE, &inside));
    r = (struct reader){inside};
    if (!der_next_is(&r, TAG_BOOLEAN))
        return TSM_OK;
    TRY(der_take(&r, TAG_BOOLEAN, &flag));
    NEED(flag.value.len == 1, BAD_LENGTH);
    *ca = flag.value.at[0] == BOOLEAN_TRUE;
    return TSM_OK;
}

static enum tsm_err read_uses(const struct extensions *e, uint8_t *uses)
{
    struct bytes bits;
    bool ca;
    NEED(e->value[KEY_USAGE].len != 0, MISSING_FIELD);
    TRY(only(e->value[KEY_USAGE], TAG_BITS, &bits));
    NEED(bits.len >= 2 && bits.at[0] <= BITS_UNUSED_MAX, BAD_VALUE);
    TRY(read_constraints(e->value[CONSTRAINTS], &ca));
    *uses = 0;
    if (bits.at[1] & KEY_AGREEMENT)
        *uses |= CERTIFICATE_AGREES;
    if (bits.at[1] & KEY_CERT_SIGN && ca)
        *uses |= CERTIFICATE_SIGNS;
    return TSM_OK;
}

/* A GlobalPlatform extension holds one OCTET STRING with the value that its tag has in 7F21. */
static enum tsm_err read_octets(struct bytes value, struct bytes *out)
{
    return value.len ? only(value, TAG_OCTETS, out) : TSM_OK;
}

enum tsm_err x509_extensions(struct reader *r, struct gp_certificate *c)
{
    struct extensions e = {0};
    TRY(read_extensions(r, &e));
    TRY(read_uses(&e, &c->uses));
    TRY(read_octets(e.value[SUBJECT_ID], &c->subject));
    TRY(read_octets(e.value[AUTHORIZATION], &c->authorizations));
    return read_octets(e.value[DISCRETIONARY], &c->discretionary);
}
