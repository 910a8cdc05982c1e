/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attestation token that a provisioned application gets: who provisioned it, in which process, as which
 * flavor, signed. Stations 5 and 10. Pure. [BSI TR-03165 3.4, appendix A; ISO 8825-1 8.19; RFC 5280 4.2.1.2]
 *
 *   7F41 { A0 { 80 TSM, 81 process, 82 flavor, [83 master key, 84 diversification,] 85 signer }, 81 signature
 * }
 *
 * The signature is ECDSA on P-256 with SHA-256 over the whole object A0, as SEQUENCE { r, s }.
 */
#ifndef TSM_GP_ATTESTATION_ATTESTATION_H
#define TSM_GP_ATTESTATION_ATTESTATION_H

#include "base/bytes.h"

enum {
    ATTESTATION_UUID = 16,
    ATTESTATION_SIGNER = 20, /* subject key identifier, method 1: SHA-1 of the public key's bits */
    ATTESTATION_OID_MAX = 32,
    ATTESTATION_DIVERSIFICATION_MAX = 32,
    ATTESTATION_MAX = 256,
};

/* Spans borrowed. `diversification` empty: neither 83 nor 84. */
struct attestation {
    struct bytes tsm; /* contents of an OBJECT IDENTIFIER */
    uint8_t process[ATTESTATION_UUID], flavor[ATTESTATION_UUID], master_key[ATTESTATION_UUID];
    struct bytes diversification;
    uint8_t signer[ATTESTATION_SIGNER];
};

/* Contents of an OBJECT IDENTIFIER from its dotted text. BAD_FORM. */
enum tsm_err attestation_oid(const char *dotted, struct writer *w);
/* The body A0, to be signed whole. BAD_LENGTH for members that are too long or an empty identifier. */
enum tsm_err attestation_body_write(const struct attestation *a, struct writer *w);
/* The token of a body and its signature in DER. */
enum tsm_err attestation_write(struct bytes body, struct bytes signature, struct writer *w);
/*
 * Takes a token apart: what it says, what was signed, and by which signature; nothing is proved. Members must
 * stand in order. NOT_FOUND for a missing one, BAD_LENGTH, BAD_VALUE, TRAILING_BYTES, SHORT_INPUT.
 */
struct attestation_parts {
    struct attestation says;
    struct bytes body, signature;
};
enum tsm_err attestation_read(struct bytes token, struct attestation_parts *out);

/*
 * The certificate that a verifier takes the public key from: X.509 version 3 with a subject key identifier,
 * made of a body that its own key signs. Times are "YYMMDDHHMMSSZ". `name` is the common name, 1 to 64
 * characters.
 */
enum { CERTIFICATE_SERIAL = 16, CERTIFICATE_MAX = 768 };
struct attestation_subject {
    const char *name, *from, *until;
    struct bytes point; /* 04 | x | y */
    uint8_t serial[CERTIFICATE_SERIAL], key_id[ATTESTATION_SIGNER];
};
enum tsm_err attestation_certificate_body(const struct attestation_subject *s, struct writer *w);
enum tsm_err attestation_certificate(struct bytes body, struct bytes signature, struct writer *w);

#endif
