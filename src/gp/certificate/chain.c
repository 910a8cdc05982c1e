/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in a row: the next one of either form, and the chain from a trusted key to the one that
 * agrees. Stations 5 and 7. Pure. [AmdF 3.3, 7.2.2; RFC 5280 6.1.3] */
#include "gp/certificate/inside.h"

enum { HASH_OID_256 = 2, HASH_OID_384 = 3, HASH_OID_512 = 4, SIDE_256 = 32, SIDE_384 = 48 };

/* An X.509 certificate inside 7F21 is not the standard's, but one software card speaks so. */
static enum tsm_err read_either(const struct tlv *t, struct gp_certificate *c)
{
    struct reader inside = READER(t->value);
    struct tlv sequence;
    if (t->tag == TAG_SEQUENCE)
        return read_x509(t->value, c);
    if (t->tag != TAG_CERTIFICATE)
        return FAIL(BAD_VALUE, "data object %02X is no certificate", (unsigned)t->tag);
    if (!der_next_is(&inside, TAG_SEQUENCE))
        return read_gp(t->value, c);
    TRY(der_take(&inside, TAG_SEQUENCE, &sequence));
    TRY(read_end(&inside));
    return read_x509(sequence.value, c);
}

enum tsm_err certificate_next(struct reader *r, struct gp_certificate *out)
{
    struct reader at = *r;
    struct gp_certificate c;
    struct tlv t;
    TRY(tlv_next(&at, &t));
    TRY(read_either(&t, &c));
    c.whole = t.whole;
    *r = at;
    *out = c;
    return TSM_OK;
}

enum tsm_err certificate_read(struct bytes whole, struct gp_certificate *out)
{
    struct reader r = READER(whole);
    struct gp_certificate c;
    TRY(certificate_next(&r, &c));
    TRY(read_end(&r));
    *out = c;
    return TSM_OK;
}

/* The hash that the signer's key asks for [GPCS Table B-3]. */
static uint8_t hash_of(enum ec_curve curve)
{
    size_t side = ec_side(curve);
    return side == SIDE_256 ? HASH_OID_256 : side == SIDE_384 ? HASH_OID_384 : HASH_OID_512;
}

/* r | s as it is in X.509 (DER), in GP certificates (plain), and in GP certificates of makers who sign as for
 * X.509. */
static enum tsm_err plain_signature(const struct gp_certificate *c, enum ec_curve curve, struct writer *rs)
{
    if (c->form == CERTIFICATE_GP && c->signature.len == 2 * ec_side(curve))
        return write_span(rs, c->signature);
    return ec_signature_plain(curve, c->signature, rs);
}

static enum tsm_err check_signature(const struct gp_certificate *c, struct ec_public signer)
{
    uint8_t room[EC_RS_MAX];
    struct writer rs = WRITER(room);
    NEED(c->form == CERTIFICATE_GP || c->hash_oid == hash_of(signer.curve), UNSUPPORTED);
    TRY(plain_signature(c, signer.curve, &rs));
    return ec_verify(signer, &c->signed_data, 1, written(&rs));
}

static enum tsm_err check_serial(const struct gp_certificate *c, const struct certificate_trust *trust)
{
    for (size_t i = 0; i < trust->denied_n; i++)
        if (bytes_equal(c->serial, trust->denied[i]))
            return FAIL(KEY_REFUSED, "the certificate's serial number is on the list of denied ones");
    return TSM_OK;
}

static enum tsm_err check_one(const struct gp_certificate *c, const struct certificate_trust *trust,
                              uint8_t use)
{
    if (c->expiry < trust->today)
        return FAIL(EXPIRED, "the certificate was valid until %08X", (unsigned)c->expiry);
    if (c->effective > trust->today)
        return FAIL(EXPIRED, "the certificate is valid from %08X on", (unsigned)c->effective);
    if (!(c->uses & use))
        return FAIL(KEY_REFUSED, "the certificate's key may not %s",
                    use == CERTIFICATE_SIGNS    ? "sign certificates"
                    : use == CERTIFICATE_AGREES ? "agree on keys"
                                                : "decipher keys");
    return check_serial(c, trust);
}

enum tsm_err certificate_verify(const struct gp_certificate *c, const struct certificate_trust *trust,
                                uint8_t use)
{
    TRY(check_signature(c, trust->ca));
    TRY(check_one(c, trust, use));
    return c->modulus.len ? TSM_OK : ec_public_check(c->key);
}

/* Of `c` with the certificate before it; all in the same form [AmdF 6]. */
static enum tsm_err check_link(const struct gp_certificate *c, const struct gp_certificate *before)
{
    NEED(c->form == before->form, BAD_VALUE);
    if (c->form == CERTIFICATE_X509)
        NEED(bytes_equal(c->issuer, before->name), BAD_VALUE); /* AmdF Table 6-4 */
    return TSM_OK;
}

enum tsm_err certificate_chain_verify(struct bytes chain, const struct certificate_trust *trust,
                                      struct gp_certificate *leaf)
{
    struct reader r = READER(chain);
    struct gp_certificate c = {0}, before;
    struct ec_public signer = trust->ca;
    NEED(chain.len != 0, MISSING_FIELD);
    for (size_t i = 0; r.left.len; i++) {
        NEED(i < CERTIFICATE_CHAIN_MAX, TOO_LONG);
        before = c;
        TRY(certificate_next(&r, &c));
        if (i != 0)
            TRY(check_link(&c, &before));
        TRY(check_signature(&c, signer));
        TRY(check_one(&c, trust, r.left.len ? CERTIFICATE_SIGNS : CERTIFICATE_AGREES));
        signer = c.key;
    }
    TRY(ec_public_check(c.key));
    *leaf = c;
    return TSM_OK;
}
