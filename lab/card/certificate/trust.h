/* SPDX-License-Identifier: Apache-2.0 */
/* Authorities in PEM files: those of off-card certificates are read, the card's own is written (no station);
 * edge; RFC 7468. */
#ifndef LAB_CARD_CERTIFICATE_TRUST_H
#define LAB_CARD_CERTIFICATE_TRUST_H

#include "card/certificate/certificate.h"

#define TRUST_MAX 4

struct trusted {
    struct asym_key key;
    uint8_t id[CA_IDENTIFIER_MAX]; /* subject key identifier, or method 1 of RFC 5280 4.2.1.2 */
    size_t id_len;
};

/* Every X.509 certificate of the file, or the one public key in it, all on one curve. Returns how many, 0 and
 * a message on stderr when there is none or one cannot serve. */
size_t trust_read(const char *path, struct trusted to[TRUST_MAX]);
/* One certificate; false and a message when the file cannot be written. */
bool trust_write(const char *path, const uint8_t *der, size_t n);

#endif
