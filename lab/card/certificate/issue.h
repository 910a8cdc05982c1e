/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that the laboratory's own card authority (CA-KLCC) issues when a card is made, in both formats
 * (no station); pure but for the random number of a signature; Amd F 1.4 6.1, 6.2, Annex C. */
#ifndef LAB_CARD_CERTIFICATE_ISSUE_H
#define LAB_CARD_CERTIFICATE_ISSUE_H

#include "card/certificate/certificate.h"

#define KEY_IDENTIFIER_LEN 20

/* Who is certified by whom. */
struct issue {
    const struct asym_key *authority; /* private key of the issuer */
    const char *authority_name;       /* common name */
    const struct asym_key *key;       /* public key of the subject */
    struct octets subject; /* 5F20; in X.509 the serial number attribute in hex, or the CA's name */
    struct octets usage;   /* 95; none: by is_authority */
    bool is_authority;     /* may sign certificates; a self-signed one bears the authority's name */
};

/* Method 1 of RFC 5280 4.2.1.2: the name of an authority in certificates and in the card. */
bool issue_key_identifier(const struct asym_key *public_key, uint8_t id[KEY_IDENTIFIER_LEN]);
/* One certificate with its outer tag. */
bool issue_gp(const struct issue *what, struct out *o);
bool issue_x509(const struct issue *what, struct out *o);

#endif
