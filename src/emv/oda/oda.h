/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offline data authentication: certificates of issuer and card keys, signed static and dynamic data, made and
 * recovered. Stations 5 and 10. Pure: the signing key may live in a token. [EMV Book 2 5, 6, annex A2, B2]
 */
#ifndef TSM_EMV_ODA_ODA_H
#define TSM_EMV_ODA_ODA_H

#include "emv/oda/block.h"

enum {
    ODA_ISSUER_ID = 4,
    ODA_EXPIRY = 2, /* MMYY as digits */
    ODA_SERIAL = 3,
    ODA_PAN = 10,
    ODA_DAC = 2,
    ODA_EXPONENT_MAX = 3,
};

/* What a certificate says of a key. `subject` is the issuer's identifier (first 3 to 8 digits of its card
 * numbers, F-filled, 4 octets) or the card's number (F-filled, 10 octets). Spans borrowed. */
struct oda_key {
    struct bytes subject;
    uint8_t expiry[ODA_EXPIRY], serial[ODA_SERIAL];
    struct bytes modulus, exponent;
};

/* A certificate and what of the modulus had no room in it (tags 90 and 92, 9F46 and 9F48), borrowed. */
struct oda_certificate {
    struct bytes signature, remainder;
};

/*
 * The issuer's certificate by a scheme's key: tags 90, 92. TOO_LONG when the issuer's key is longer than the
 * signer's, BAD_LENGTH for a subject or exponent of another length than the kind has.
 */
enum tsm_err oda_certify_issuer(const struct sign_key *ca, const struct oda_key *k, struct writer *room,
                                struct oda_certificate *out);
/* The card's certificate by its issuer's key: tags 9F46, 9F48. `data` is the static data to be authenticated.
 */
enum tsm_err oda_certify_icc(const struct sign_key *issuer, const struct oda_key *k, struct bytes data,
                             struct writer *room, struct oda_certificate *out);
/* Signed static application data, tag 93; `dac` is the issuer's data authentication code. */
enum tsm_err oda_sign_static(const struct sign_key *issuer, const uint8_t dac[ODA_DAC], struct bytes data,
                             struct writer *out);

/* The ways back. `room` holds what *out borrows (twice ODA_MODULUS_MAX). MAC_WRONG when a signature is not
 * one over these data; BAD_VALUE for algorithms that EMV does not have, BAD_LENGTH for lengths that disagree.
 */
enum tsm_err oda_read_issuer(const struct sign_key *ca, struct oda_certificate from, struct bytes exponent,
                             struct writer *room, struct oda_key *out);
struct oda_icc_evidence {
    struct oda_certificate certificate;
    struct bytes exponent, data;
};
enum tsm_err oda_read_icc(const struct sign_key *issuer, const struct oda_icc_evidence *from,
                          struct writer *room, struct oda_key *out);
enum tsm_err oda_read_static(const struct sign_key *issuer, struct bytes signature, struct bytes data,
                             uint8_t dac[ODA_DAC]);
/* Signed dynamic data (tag 9F4B): *dynamic is ICC dynamic data, borrowed from room; `data` is what the DDOL
 * asked for, or the unpredictable number of CDA. */
enum tsm_err oda_read_dynamic(const struct sign_key *icc, struct bytes signature, struct bytes data,
                              struct writer *room, struct bytes *dynamic);

/* Static data to be authenticated: appends what one record gives, the contents of template 70 for SFI 1 to
 * 10, the whole record above. BAD_VALUE when a record of the former has no such template. [Book 3 10.3] */
enum tsm_err oda_static_record(struct writer *data, uint8_t sfi, struct bytes record);

#endif
