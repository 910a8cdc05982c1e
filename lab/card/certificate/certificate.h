/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of SCP11 as the card reads them: GlobalPlatform format (7F21) and X.509, and their signature
 * (station 7, the card's side); pure; Amd F 1.4 6.1, 6.2, Annex C. Dates are not judged: the card has no
 * clock, and 7.5.1 leaves all other fields aside. */
#ifndef LAB_CARD_CERTIFICATE_CERTIFICATE_H
#define LAB_CARD_CERTIFICATE_CERTIFICATE_H

#include "common/crypto/ecka.h"

#define TAG_CERTIFICATE    0x7F21
#define TAG_X509           0x30
#define TAG_CA_IDENTIFIER  0x42
#define TAG_SERIAL         0x93
#define TAG_SUBJECT        0x5F20
#define TAG_AUTHORIZATIONS 0xBF20
#define TAG_RSA_MODULUS    0x81
#define TAG_RSA_EXPONENT   0x82
#define CA_IDENTIFIER_MAX \
    20 /* Table 6-1 says 16; a key identifier of RFC 5280 has 20 bytes and is met there */
#define SUBJECT_MAX        128
#define AUTHORIZATIONS_MAX 256

/* Borrowed from the certificate. */
struct octets {
    const uint8_t *at;
    size_t len;
};

struct certificate {
    bool x509;
    bool verifies;           /* usage: signatures of other certificates */
    bool agrees;             /* usage: key agreement */
    struct octets serial;    /* 93, or the contents of serialNumber */
    struct octets authority; /* 42, or the key identifier of authorityKeyIdentifier */
    struct octets subject;   /* 5F20, or id-sd-subject-id, or the subject's distinguished name */
    struct octets rights;    /* value of BF20 */
    struct octets signed_data, signature;
    struct asym_key key;
};

/* Reads one certificate that fills the bytes. False when it is malformed or its curve is unknown. */
bool certificate_read(const uint8_t *at, size_t n, struct certificate *c);
bool certificate_read_x509(const uint8_t *at, size_t n, struct certificate *c);
/* Plain r and s (GPCS B.4.3); in a GlobalPlatform certificate the DER of X9.62 too, since issuers use it. */
bool certificate_verify(const struct certificate *c, const struct asym_key *issuer);

#endif
