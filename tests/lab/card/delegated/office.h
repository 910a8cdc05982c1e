/* SPDX-License-Identifier: Apache-2.0 */
/* The offices around a delegated domain, for tests: the issuer who signs tokens, the provider who sends
 * commands with them, the verification authority; pure but for key generation; GPCS 2.3.1 9.2, 11.1.5.1,
 * appendix C. */
#ifndef TESTS_LAB_CARD_OFFICE_H
#define TESTS_LAB_CARD_OFFICE_H

#include "host.h"
#include "scene.h"

#include <openssl/evp.h>

#define PROVIDER    "F04F5453440010"
#define OTHER       "F04F5453440020"
#define RECEIPT_KEY "505152535455565758595A5B5C5D5E5F"
#define MAX_SIGNED  2048

/* A key that signs: symmetric, or RSA or ECC of libcrypto. */
struct office {
    struct sym_key sym;
    EVP_PKEY *pair;
    uint8_t curve;
};

struct office office_sym(uint8_t type, const char *hex);
struct office office_rsa(unsigned bits);
struct office office_ecc(const char *group, uint8_t reference);
void office_close(struct office *o);
/* Signs as Table C-1 asks of the kind of key; hex. */
void office_sign(const struct office *o, const char *hex, char *signature);
/* True when `signature` is the office's over `hex`. */
bool office_made(const struct office *o, const char *hex, const char *signature);

/* A command of any length through the open SCP03 session: header without Lc, data field; cut into a chain by
 * P1.b8 when it does not fit. */
uint16_t secure_chain(struct desk *d, const char *header, const char *body);
/* PUT KEY of the key that verifies what the office signs, as identifier 01 of a new version. */
uint16_t put_office_key(struct desk *d, const struct office *o, uint8_t kvn);
/* A domain with these privileges and keys NEW_KEY of version 30; the session is in the issuer's domain again.
 */
void domain_with(struct desk *d, const char *aid, const char *privileges);
/* A session in a domain made by domain_with. */
void enter(struct desk *d, const char *aid);
/* The card of most tests: token key of `o` and receipt key in the issuer's domain, PROVIDER with Delegated
 * Management; the session is in PROVIDER. */
struct desk *delegated(const struct office *o, const struct card_config *cfg);

/* The fields of INSTALL without the token, joined. */
void join(const char *const *fields, size_t count, char *body);
/* INSTALL with the office's token over it; the fields are without the token. */
uint16_t install_token(struct desk *d, const struct office *o, unsigned p1, const char *const *fields,
                       size_t count);
/* DELETE of an AID with a token; `crt` = contents of B6 or "". */
uint16_t delete_token(struct desk *d, const struct office *o, const char *aid, const char *crt);
/* LOAD of the file of cap.h after INSTALL [for load] with its SHA-256, into a domain ("" = the one at work).
 */
uint16_t load_token(struct desk *d, const struct office *o, const char *domain);
/* SHA-256 of the load file data block of cap.h. */
const char *cap_hash(void);

#endif
