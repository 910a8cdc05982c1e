/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation tokens signed by a key of the TSM that runs the provider's role, and the certificate that goes
 * with them. Station 5. Edge. [BSI TR-03165 3.4, appendix A] */
#ifndef TSM_VAULT_OPERATION_ATTEST_H
#define TSM_VAULT_OPERATION_ATTEST_H

#include "gp/attestation/attestation.h"
#include "vault/vault.h"

#define VAULT_KEY_ATTESTATION \
    "attestation" /* P-256 signature; made in the token when it is first asked for */

/* The token 7F41 of what `says` (its signer is filled in here). Errors of gp/attestation, TOKEN_FAILED. */
enum tsm_err vault_attest(struct vault_party *p, const struct attestation *says, struct writer *token);
/* The certificate of the key, DER, self-signed anew at each call: name, "YYMMDDHHMMSSZ" from and until. */
struct attest_subject {
    const char *name, *from, *until;
};
enum tsm_err vault_attestation_certificate(struct vault_party *p, const struct attest_subject *s,
                                           struct writer *der);

#endif
