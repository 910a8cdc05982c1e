/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elliptic curves behind the crypto seam: points checked, signatures verified, secrets agreed, without
 * knowing where a private key lives. Stations 5, 7 and 10. Pure. [GPCS 2.3.1 B.4, TR-03111 3.2, 4.2, 4.3]
 */
#ifndef TSM_BASE_EC_H
#define TSM_BASE_EC_H

#include "base/bytes.h"
#include "base/secret.h"

/* P-521 is not among them: its coordinates exceed SECRET_MAX, and no card in the field asks for it. */
enum ec_curve { EC_P256 = 1, EC_P384, EC_BRAINPOOL_P256, EC_BRAINPOOL_P384, EC_BRAINPOOL_P512, EC_CURVES };
enum { EC_SIDE_MAX = 64, EC_SPOT_MAX = 1 + 2 * EC_SIDE_MAX, EC_RS_MAX = 2 * EC_SIDE_MAX };
enum { EC_DER_MAX = 3 + 2 * (2 + 1 + EC_SIDE_MAX) };

/* The facts of a curve. Octets of one coordinate (32, 48 or 64), 0 for a number that is none. A point 04 | x
 * | y has 2n + 1 of them, a plain signature r | s 2n. */
size_t ec_side(enum ec_curve curve);
const char *ec_name(enum ec_curve curve); /* "P-256", "brainpoolP256r1"; "" for none */

/* A public key: 04 | x | y, borrowed. */
struct ec_public {
    enum ec_curve curve;
    struct bytes point;
};
/* BAD_LENGTH for another length, BAD_VALUE for another form or a point off the curve, UNSUPPORTED for a curve
 * that is none of the above. */
enum tsm_err ec_public_check(struct ec_public key);

/*
 * ECDSA with the hash that the curve's length asks for (SHA-256, -384, -512: GPCS Table B-3) over the parts
 * in order; `rs` is the plain signature. MAC_WRONG when it is not that key's, BAD_LENGTH for another length,
 * and as ec_public_check.
 */
enum tsm_err ec_verify(struct ec_public key, const struct bytes *parts, size_t n, struct bytes rs);
/* The two codings of a signature [TR-03111 5.2]: appends r | s of the curve's length for the strict DER of
 * SEQUENCE { r, s }, and the way back. BAD_VALUE, BAD_LENGTH, TRAILING_BYTES, SHORT_INPUT. */
enum tsm_err ec_signature_plain(enum ec_curve curve, struct bytes der, struct writer *rs);
enum tsm_err ec_signature_der(struct bytes rs, struct writer *der);

/*
 * A private key for agreement. What it can do is its owner's: in memory (`value` holds d) or in a token
 * (`owner` and `name` find it). `agree` gives the x coordinate of d times a point that was checked.
 */
struct ec_private;
struct ec_ops {
    enum tsm_err (*agree)(const struct ec_private *k, struct bytes peer, struct secret *x);
};
struct ec_private {
    const struct ec_ops *ops;
    enum ec_curve curve;
    void *owner;
    const char *name;
    struct secret value;
};
static inline void ec_private_wipe(struct ec_private *k)
{
    explicit_bzero(k, sizeof *k);
}
/* A key that wipes itself on every way out of its block: EC_PRIVATE key = {0}; */
#define EC_PRIVATE __attribute__((cleanup(ec_private_wipe))) struct ec_private

/* A key in memory from its d of ec_side octets: the ephemeral ones, and those of tests. BAD_LENGTH. */
enum tsm_err ec_private_of(enum ec_curve curve, struct bytes d, struct ec_private *out);
/* The agreed x coordinate after the peer was checked to be a point of the key's curve. */
enum tsm_err ec_agree(const struct ec_private *k, struct ec_public peer, struct secret *x);

#endif
