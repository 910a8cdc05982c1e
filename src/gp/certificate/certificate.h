/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of secure elements and of those who talk to them, in the two forms that cards know: the
 * GlobalPlatform form 7F21 and a profile of X.509. Read, written, and chains verified. Stations 5 and 7.
 * Pure. [AmdF 3.3, 6.1, 6.2, 7.2.2]
 */
#ifndef TSM_GP_CERTIFICATE_CERTIFICATE_H
#define TSM_GP_CERTIFICATE_CERTIFICATE_H

#include "gp/certificate/curve.h"

enum certificate_form { CERTIFICATE_GP, CERTIFICATE_X509 };
/* What the key may do: sign (95 = 82; keyCertSign with cA), agree on keys (95 = 0080; keyAgreement), or have
 * keys enciphered for it (95 = 88: RSA, of a CASD; not checked against Amendment A). An X.509 certificate may
 * say several. */
enum { CERTIFICATE_SIGNS = 1, CERTIFICATE_AGREES = 2, CERTIFICATE_DECIPHERS = 4 };
/* The standard says 16 octets for serial and identifiers; certificates in the field carry the 20 of an X.509
 * key identifier, so these are read but not written. */
enum { CERTIFICATE_ID_MAX = 16, CERTIFICATE_ID_READ_MAX = 20, CERTIFICATE_CHAIN_MAX = 4 };

/*
 * One certificate; all spans are borrowed from where it was read. Dates are numbers that read like the date
 * in hexadecimal (0x20260131 is the 31st of January 2026); `effective` 0: none is given. `subject` is 5F20,
 * and in X.509 the value of id-sd-subject-id or, without it, the subject's Name: with HostID it is the card
 * group's identifier. `name` and `issuer` of X.509 are whole Names.
 */
struct gp_certificate {
    enum certificate_form form;
    uint8_t uses;
    uint8_t hash_oid; /* X.509: last octet of ecdsa-with-SHA2: 2, 3, 4 */
    uint32_t effective, expiry;
    struct bytes serial, issuer, name, subject;
    struct bytes discretionary;     /* value of 53 or 73 */
    bool discretionary_is_tlv;      /* 73 */
    struct bytes authorizations;    /* value of BF20: what an SCP11a or SCP11c session may do */
    struct ec_public key;           /* curve 0: an RSA key */
    struct bytes modulus, exponent; /* 7F49 with 81 and 82; else empty */
    struct bytes signed_data, signature, whole;
};

/* The next certificate of a row of them, of either form (an X.509 one also inside 7F21, which one software
 * card wants). The reader stays as it was on failure. SHORT_INPUT, MISSING_FIELD, DUPLICATE_TAG, BAD_LENGTH,
 * BAD_VALUE, TRAILING_BYTES; UNSUPPORTED for a curve, an algorithm or a critical extension that is not spoken
 * here. The key is not yet known to be a point of its curve: certificate_chain_verify sees to that. */
enum tsm_err certificate_next(struct reader *r, struct gp_certificate *out);
/* Exactly one; TRAILING_BYTES. */
enum tsm_err certificate_read(struct bytes whole, struct gp_certificate *out);

/* Appends the data that are signed of a 7F21 certificate [AmdF Table 6-2]: all members but form, name, hash,
 * signature. BAD_VALUE for a date that is none or uses other than one of the two, BAD_LENGTH, UNSUPPORTED. */
enum tsm_err certificate_write_signed(const struct gp_certificate *c, struct writer *w);
/* Appends 7F21 around signed data and the plain signature r | s over them. */
enum tsm_err certificate_write(struct bytes signed_data, struct bytes rs, struct writer *w);

/* Whom a chain has to lead to, and when. */
struct certificate_trust {
    struct ec_public ca;        /* PK.CA-KLCC.ECDSA for a domain's chain, PK.CA-KLOC.ECDSA for our own */
    uint32_t today;             /* as the dates above */
    const struct bytes *denied; /* serials that are no longer trusted; NULL with denied_n 0 */
    size_t denied_n;
};
/*
 * Verifies certificates that stand back to back, the one signed by the CA first, the one for key agreement
 * last, and gives that one. Each: signature, validity on `today`, use, not denied; in X.509 the issuer's
 * name, too. MAC_WRONG, EXPIRED, KEY_REFUSED, BAD_VALUE (two forms in one chain, a point off its curve),
 * TOO_LONG above CERTIFICATE_CHAIN_MAX, MISSING_FIELD for an empty chain, and as certificate_next.
 * Certificate policies of X.509 are not judged: cards in the field leave them out.
 */
enum tsm_err certificate_chain_verify(struct bytes chain, const struct certificate_trust *trust,
                                      struct gp_certificate *leaf);

/* One certificate alone, which the CA itself signed, for `use` (of CERTIFICATE_SIGNS and the others): errors
 * as certificate_chain_verify. */
enum tsm_err certificate_verify(const struct gp_certificate *c, const struct certificate_trust *trust,
                                uint8_t use);

#endif
