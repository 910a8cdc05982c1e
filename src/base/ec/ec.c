/* SPDX-License-Identifier: Apache-2.0 */
/* What elliptic curves need beside a library: the table of curves, and a signature's two codings. Stations 5,
 * 7 and 10. Pure. [TR-03111 5.2, X.690 8.3, 10.1] */
#include "base/ec/ec.h"

static const struct {
    size_t side;
    const char *name;
} curves[EC_CURVES] = {
    [EC_P256] = {32, "P-256"},
    [EC_P384] = {48, "P-384"},
    [EC_BRAINPOOL_P256] = {32, "brainpoolP256r1"},
    [EC_BRAINPOOL_P384] = {48, "brainpoolP384r1"},
    [EC_BRAINPOOL_P512] = {64, "brainpoolP512r1"},
};

size_t ec_side(enum ec_curve curve)
{
    return (unsigned)curve < EC_CURVES ? curves[curve].side : 0;
}

const char *ec_name(enum ec_curve curve)
{
    return ec_side(curve) ? curves[curve].name : "";
}

enum { DER_SEQUENCE = 0x30, DER_INTEGER = 0x02, DER_LONG = 0x81, DER_SHORT_MAX = 0x7F, SIGN_BIT = 0x80 };

/* Lengths up to 255, in their only form. */
static enum tsm_err read_length(struct reader *r, size_t *len)
{
    uint8_t b;
    TRY(read_u8(r, &b));
    if (b > DER_SHORT_MAX) {
        NEED(b == DER_LONG, BAD_LENGTH);
        TRY(read_u8(r, &b));
        NEED(b > DER_SHORT_MAX, BAD_LENGTH);
    }
    *len = b;
    return TSM_OK;
}

static enum tsm_err write_head(struct writer *w, unsigned tag, size_t len)
{
    TRY(write_u8(w, tag));
    if (len > DER_SHORT_MAX)
        TRY(write_u8(w, DER_LONG));
    return write_u8(w, (unsigned)len);
}

/* One positive INTEGER in its shortest form, to `side` octets. */
static enum tsm_err read_number(struct reader *r, size_t side, struct writer *out)
{
    uint8_t tag;
    size_t len;
    struct bytes v;
    TRY(read_u8(r, &tag));
    NEED(tag == DER_INTEGER, BAD_VALUE);
    TRY(read_length(r, &len));
    TRY(read_span(r, len, &v));
    NEED(v.len != 0 && !(v.at[0] & SIGN_BIT), BAD_VALUE);
    if (v.at[0] == 0 && v.len > 1) {
        NEED(v.at[1] & SIGN_BIT, BAD_VALUE); /* else the zero is one too many */
        TRY(bytes_part(v, 1, v.len - 1, &v));
    }
    NEED(v.len <= side, BAD_LENGTH);
    TRY(write_fill(out, 0, side - v.len));
    return write_span(out, v);
}

enum tsm_err ec_signature_plain(enum ec_curve curve, struct bytes der, struct writer *rs)
{
    struct reader r = READER(der);
    struct writer at = *rs;
    uint8_t tag;
    size_t len, side = ec_side(curve);
    NEED(side != 0, UNSUPPORTED);
    TRY(read_u8(&r, &tag));
    NEED(tag == DER_SEQUENCE, BAD_VALUE);
    TRY(read_length(&r, &len));
    NEED(len >= r.left.len, TRAILING_BYTES);
    NEED(len == r.left.len, SHORT_INPUT);
    TRY(read_number(&r, side, &at));
    TRY(read_number(&r, side, &at));
    TRY(read_end(&r));
    *rs = at;
    return TSM_OK;
}

static struct bytes without_zeros(struct bytes v)
{
    while (v.len > 1 && v.at[0] == 0)
        (void)bytes_part(v, 1, v.len - 1, &v);
    return v;
}

static size_t number_len(struct bytes v)
{
    return v.len + (v.at[0] & SIGN_BIT ? 1 : 0);
}

static enum tsm_err write_number(struct writer *w, struct bytes v)
{
    TRY(write_head(w, DER_INTEGER, number_len(v)));
    if (v.at[0] & SIGN_BIT)
        TRY(write_u8(w, 0));
    return write_span(w, v);
}

enum tsm_err ec_signature_der(struct bytes rs, struct writer *der)
{
    enum { HEADS = 4 }; /* tag and length of each number */
    struct writer at = *der;
    struct bytes r, s;
    NEED(rs.len >= 2 && rs.len <= EC_RS_MAX && rs.len % 2 == 0, BAD_LENGTH);
    TRY(bytes_part(rs, 0, rs.len / 2, &r));
    TRY(bytes_part(rs, rs.len / 2, rs.len / 2, &s));
    r = without_zeros(r);
    s = without_zeros(s);
    TRY(write_head(&at, DER_SEQUENCE, number_len(r) + number_len(s) + HEADS));
    TRY(write_number(&at, r));
    TRY(write_number(&at, s));
    *der = at;
    return TSM_OK;
}

enum tsm_err ec_agree(const struct ec_private *k, struct ec_public peer, struct secret *x)
{
    SECRET z = {0};
    NEED(k->ops && k->ops->agree, KEY_REFUSED);
    NEED(k->curve == peer.curve, KEY_REFUSED);
    TRY(ec_public_check(peer));
    TRY(k->ops->agree(k, peer.point, &z));
    NEED(z.len == ec_side(k->curve), CRYPTO_FAILED);
    *x = z;
    return TSM_OK;
}
